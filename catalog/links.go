package catalog

import (
	"fmt"
	"slices"
	"strings"

	"wuku/entity"
)

// Link says that an element of one library holds the value of an element of another (or of the same one): whoever holds it is related to
// whoever has it. 关联关系
type Link struct {
	Library, Element     string // who names
	ToLibrary, ToElement string // who is named
}

// Shared reports whether the two sides are one element: then those that hold the same value belong together, as a household does.
func (l Link) Shared() bool { return l.Library == l.ToLibrary && l.Element == l.ToElement }

// Links lists how entities are related, in the order of libraries and elements: what elements declare in links, and every identifier
// that is not its own library's but is the only element of an identity of one.
func (c *Catalog) Links() []Link {
	var out []Link
	for i := range c.Libraries {
		lib := &c.Libraries[i]
		for k := range lib.Elements {
			e := &lib.Elements[k]
			for _, to := range e.Links {
				library, element, _ := strings.Cut(to, ".")
				out = append(out, Link{lib.Name, e.Name, library, element})
			}
			if len(e.Links) > 0 || e.Type != TypeIdentifier || lib.identifies(e.Name) {
				continue
			}
			for n := range c.Libraries {
				for _, id := range c.Libraries[n].Identity {
					if slices.Contains(entity.Schemes(e.Scheme), id.Scheme) && len(id.Elements) == 1 {
						out = append(out, Link{lib.Name, e.Name, c.Libraries[n].Name, id.Elements[0]})
					}
				}
			}
		}
	}
	return out
}

// Linked lists the elements of a library by whose values entities are related, sorted.
func (c *Catalog) Linked(library string) []string {
	var out []string
	for _, l := range c.Links() {
		if l.Library == library {
			out = append(out, l.Element)
		}
		if l.ToLibrary == library {
			out = append(out, l.ToElement)
		}
	}
	return set(out)
}

// identifies reports whether an element alone is one of the library's own identities.
func (l *Library) identifies(element string) bool {
	return slices.ContainsFunc(l.Identity, func(i Identity) bool { return slices.Equal(i.Elements, []string{element}) })
}

// links checks what an element says of whom its value names.
func (k *checker) links(p place, l *Library, e *Element) {
	k.distinct(p, "link.duplicate", "link", e.Links)
	for i, to := range e.Links {
		library, name, _ := strings.Cut(to, ".")
		other := k.catalog.Library(library)
		var target *Element
		if other != nil {
			target = other.Element(name)
		}
		switch {
		case target == nil && !k.unsure(librariesDir+"/"+library+".yaml"):
			k.fail(p.item(i), "link.unknown", fmt.Sprintf("element %q links to %q, which no library has", e.Name, to), "write <library>.<element>, for example person.citizen_number")
		case target != nil && (exprType(e.Type) != ExprText || exprType(target.Type) != ExprText):
			k.fail(p.item(i), "link.type", fmt.Sprintf("element %q of type %s cannot link to %q of type %s", e.Name, e.Type, to, target.Type), "link texts, codes or identifiers")
		}
	}
}
