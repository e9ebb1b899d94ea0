package demo

import "slices"

// Some records of people and organisations bear no identifier at all, as old books do. Whose they are only matching can tell.

// names reports whether an element's values name a person or an organisation.
func names(element string) bool {
	for _, library := range [...]int{people, organisations} {
		for _, id := range identities[library] {
			if id.elements[0] == element {
				return true
			}
		}
	}
	return false
}

// mayLack reports whether a feed tells of people or organisations and its contract lets their identifiers be missing: where it does
// not, that is a defect, and the feed has a place for it.
func (p *Province) mayLack(f *feed) bool {
	tells := func(library int) bool {
		return slices.ContainsFunc(p.rules[library], func(r rule) bool { return r.element == identities[library][0].elements[0] && r.ranks[f.name] > 0 })
	}
	required := slices.ContainsFunc(f.spots, func(s spot) bool { return s.required && s.family == Null && names(s.element) })
	return !required && (tells(people) || tells(organisations))
}

// lacks reports whether a record bears no identifier in any version.
func (p *Province) lacks(f *feed, subject, copy int) bool {
	if p.loose == 0 || !f.spares {
		return false
	}
	d := p.draw(f.id<<1|uint64(copy), subject) + 13
	return d.below(100) < p.loose
}
