package catalog

import (
	"slices"
)

// The feed keys that decide what ingest makes of a message, and the element keys that decide what it accepts: what
// MappingDigest covers. The element keys that decide which value wins: what RuleDigest covers.
var (
	mappingKeys    = [...]string{"tier", "jurisdiction", "format", "encoding", "crs", "csv", "source", "snapshot", "expires", "key", "version", "event_time", "delete", "nulls", "claims"}
	validationKeys = [...]string{"type", "codes", "scheme", "max_length", "min", "max", "pattern"}
	ruleKeys       = [...]string{"type", "group", "division", "authority", "strict"}
)

// effect says what a change at a path makes necessary.
func (d *differ) effect(t trail, kind string) Effect {
	name := t[0].name
	switch t[0].key {
	case "feeds":
		switch {
		case len(t) > 2 && (t[2].key == "single" || t[2].key == "rank"), len(t) > 3 && t[3].key == "definition": // ingest makes the same of a message
		case len(t) > 1 && slices.Contains(mappingKeys[:], t[1].key), len(t) == 1 && kind == Added:
			return Effect{MappingChanged: []string{name}}
		case len(t) == 1:
			return Effect{FeedsRemoved: []string{name}}
		}
	case "codes":
		// The meaning of a code is for people; only which codes there are counts.
		if len(t) == 1 || t[1].key == "values" && kind != Changed {
			return Effect{MappingChanged: d.mapping(func(_ string, e *Element) bool { return e.Codes == name })}
		}
	case "libraries":
		return d.libraryEffect(t, name)
	}
	return Effect{}
}

func (d *differ) libraryEffect(t trail, library string) Effect {
	inLibrary := func(l string, _ *Element) bool { return l == library }
	switch {
	case len(t) == 1:
		return Effect{MappingChanged: d.mapping(inLibrary), RuleChanged: d.rule(library, func(*Element) bool { return true })}
	case t[1].key == "identity":
		return Effect{MappingChanged: d.mapping(inLibrary), RuleChanged: d.rule(library, func(*Element) bool { return true })}
	case t[1].key == "relations":
		return Effect{MappingChanged: d.mapping(inLibrary)}
	case t[1].key != "elements":
		return Effect{}
	}
	element := t[1].name
	this := func(e *Element) bool { return e.Name == element }
	mapping := func(l string, e *Element) bool { return l == library && e.Name == element }
	if len(t) == 2 {
		return Effect{MappingChanged: d.mapping(mapping), RuleChanged: d.rule(library, d.grouped(library, element, this))}
	}
	var out Effect
	if slices.Contains(validationKeys[:], t[2].key) {
		out.MappingChanged = d.mapping(mapping)
	}
	if slices.Contains(ruleKeys[:], t[2].key) {
		if t[2].key == "group" || t[2].key == "authority" || t[2].key == "strict" {
			this = d.grouped(library, element, this)
		}
		out.RuleChanged = d.rule(library, this)
	}
	return out
}

// grouped widens a choice of one element to all elements that share a group with it before or after: they are taken from one
// claim, so that another member may change which claim that is.
func (d *differ) grouped(library, element string, this func(*Element) bool) func(*Element) bool {
	var groups []string
	for _, c := range []*Catalog{d.old, d.new} {
		if l := c.Library(library); l != nil {
			if e := l.Element(element); e != nil && e.Group != "" {
				groups = append(groups, e.Group)
			}
		}
	}
	return func(e *Element) bool { return this(e) || slices.Contains(groups, e.Group) }
}

// mapping lists the feeds that both catalogues have and that map an element of which the condition holds in either.
func (d *differ) mapping(holds func(library string, e *Element) bool) []string {
	var feeds []string
	for _, c := range []*Catalog{d.old, d.new} {
		for _, f := range c.Feeds {
			if d.new.Feed(f.Name) != nil && c.maps(&f, holds) {
				feeds = append(feeds, f.Name)
			}
		}
	}
	return set(feeds)
}

// maps reports whether a feed maps an element of which the condition holds.
func (c *Catalog) maps(f *Feed, holds func(library string, e *Element) bool) bool {
	for _, s := range f.Claims {
		l := c.Library(s.Library)
		if l == nil {
			continue
		}
		for _, x := range s.Fields {
			if e := l.Element(x.Element); e != nil && holds(l.Name, e) {
				return true
			}
		}
	}
	return false
}

// rule lists the elements of a library of which the condition holds in either catalogue.
func (d *differ) rule(library string, holds func(*Element) bool) map[string][]string {
	var names []string
	for _, c := range []*Catalog{d.old, d.new} {
		l := c.Library(library)
		if l == nil {
			continue
		}
		for i := range l.Elements {
			if holds(&l.Elements[i]) {
				names = append(names, l.Elements[i].Name)
			}
		}
	}
	return map[string][]string{library: set(names)}
}
