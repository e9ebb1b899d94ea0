package demo

// Someone is a person or organisation of the world with the entities that identifiers alone make of its records: one, unless records
// lack a number or bear a spoiled one. Names lists, by entity, every name that an anchor of it may have: each identifier, and each
// record by itself; Loose says which entities have no identifier.
type Someone struct {
	Names [][]Name
	Loose []bool
}

// Same yields every person and organisation of the world. It says what matching should join and what it must not. Iteration ends when
// yield returns false.
func (p *Province) Same(yield func(Someone) bool) {
	r := &row{p: p, live: true}
	for _, library := range []int{people, organisations} {
		for who := range p.worlds(library) {
			var s Someone
			for _, e := range p.entitiesOf(r, library, who) {
				s.Names, s.Loose = append(s.Names, e.every()), append(s.Loose, e.name.Scheme == "")
			}
			if len(s.Names) > 0 && !yield(s) {
				return
			}
		}
	}
}

// every is all names of an entity.
func (e *entityTruth) every() []Name {
	library := libraryName(e.library)
	var names []Name
	for _, c := range e.claims {
		names = append(names, Name{Library: library, Feed: c.feed.name, Key: c.key, Role: c.role})
		for i, v := range c.names() {
			if v != "" {
				names = append(names, Name{Library: library, Scheme: identities[e.library][i].scheme, Value: v})
			}
		}
	}
	return names
}
