package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wuku/entity"
)

func (k *checker) library(file string, l *Library) {
	p := at(file)
	if !k.oneOf(p.key("library"), "library.unknown", "library", l.Name, entity.Libraries[:]) {
		return
	}
	k.filled(p.key("zh"), "zh", l.ZH)
	k.filled(p.key("en"), "en", l.EN)
	if i := slices.IndexFunc(k.catalog.Libraries, func(o Library) bool { return o.Name == l.Name }); &k.catalog.Libraries[i] != l {
		k.fail(p.key("library"), "library.duplicate", fmt.Sprintf("library %q is declared twice", l.Name), "one file a library")
	}
	k.identity(p.key("identity"), l)
	if len(l.Elements) == 0 {
		k.fail(p.key("elements"), "library.empty", fmt.Sprintf("library %q has no elements", l.Name), "declare at least the elements of its identity")
	}
	seen := map[string]bool{}
	division := ""
	for i := range l.Elements {
		e, q := &l.Elements[i], p.key("elements").item(i)
		k.unique(q.key("name"), "element.duplicate", "element", e.Name, seen)
		k.element(q, l, e)
		if e.Division && division != "" {
			k.fail(q.key("division"), "element.division", fmt.Sprintf("elements %q and %q are both the library's division", division, e.Name), "mark one of them")
		}
		if e.Division && division == "" {
			division = e.Name
		}
	}
	k.groups(p.key("elements"), l)
	k.cube(p.key("open_cube"), l)
	k.relations(p.key("relations"), l)
	for key, department := range map[string]string{"steward": l.Steward, "supervisor": l.Supervisor} {
		if department != "" {
			k.department(p.key(key), department)
		}
	}
}

// cube checks the elements by which anyone may count: they must exist, have few values and not identify.
func (k *checker) cube(p place, l *Library) {
	k.distinct(p, "cube.duplicate", "element", l.OpenCube)
	for i, name := range l.OpenCube {
		e := l.Element(name)
		switch {
		case e == nil:
			k.fail(p.item(i), "element.unknown", fmt.Sprintf("library %q has no element %q", l.Name, name), meant(name, elementNames(l)))
		case e.Type != TypeCode && e.Type != TypeBool && e.Type != TypeText || identifies(l, name):
			k.fail(p.item(i), "cube.type", fmt.Sprintf("element %q has too many values to be counted by", name), "count by elements of type code, bool or short text that do not identify")
		case e.Level > 3:
			k.fail(p.item(i), "cube.level", fmt.Sprintf("element %q has level %d and cannot be counted by without a grant", name, e.Level), "count by elements of level 1 to 3")
		}
	}
}

func (k *checker) identity(p place, l *Library) {
	if len(l.Identity) == 0 {
		k.fail(p, "identity.empty", fmt.Sprintf("library %q has no identity", l.Name), "name the identifiers of its entities from the strongest to the weakest")
	}
	seen := map[string]bool{}
	for i, id := range l.Identity {
		q := p.item(i)
		k.form(q.key("scheme"), "scheme.form", "scheme", id.Scheme, nameForm, nameHint)
		if len(id.Elements) == 0 {
			k.fail(q.key("elements"), "identity.elements", fmt.Sprintf("identity %q names no elements", id.Scheme), "name the element that holds the identifier")
		}
		k.unique(q.key("elements"), "identity.duplicate", "identity of", strings.Join(id.Elements, " "), seen)
		for j, name := range id.Elements {
			k.identityElement(q.key("elements").item(j), l, id, name)
		}
	}
}

func (k *checker) identityElement(p place, l *Library, id Identity, name string) {
	e := l.Element(name)
	switch {
	case e == nil:
		k.fail(p, "element.unknown", fmt.Sprintf("library %q has no element %q", l.Name, name), meant(name, elementNames(l)))
	case e.Type != TypeIdentifier && e.Type != TypeText && e.Type != TypeCode:
		k.fail(p, "identity.type", fmt.Sprintf("element %q is of type %s and cannot identify", name, e.Type), "an identity is made of elements of type identifier, text or code")
	case len(id.Elements) == 1 && e.Type == TypeIdentifier && e.Scheme != id.Scheme:
		k.fail(p, "identity.scheme", fmt.Sprintf("identity %q is filled from element %q of scheme %q", id.Scheme, name, e.Scheme), "use the element's own scheme")
	}
}

func elementNames(l *Library) []string {
	var names []string
	for _, e := range l.Elements {
		names = append(names, e.Name)
	}
	return names
}

func (k *checker) element(p place, l *Library, e *Element) {
	if k.form(p.key("name"), "name.form", "element", e.Name, nameForm, nameHint) && reserved(e.Name) {
		k.fail(p.key("name"), "element.reserved", fmt.Sprintf("element %q has the name of a column that every table has", e.Name), "choose a name that says what it is, for example "+l.Name+"_"+e.Name)
	}
	k.filled(p.key("zh"), "zh", e.ZH)
	if k.oneOf(p.key("type"), "type.unknown", "type", e.Type, Types[:]) {
		k.typed(p, e)
		k.limits(p, e)
	}
	if e.Level < 1 || e.Level > 4 {
		k.fail(p.key("level"), "level.range", fmt.Sprintf("level %d of element %q is not one of 1 to 4", e.Level, e.Name), "1 public, 2 internal, 3 sensitive, 4 highly sensitive")
	} else if e.Personal && e.Level < 2 {
		k.fail(p.key("level"), "level.personal", fmt.Sprintf("element %q is personal and has level 1 (public)", e.Name), "give it level 2 or more, or remove personal")
	}
	if e.Group != "" {
		k.form(p.key("group"), "name.form", "group", e.Group, nameForm, nameHint)
	}
	if e.Division && e.Type != TypeText && e.Type != TypeCode {
		k.fail(p.key("division"), "division.type", fmt.Sprintf("the division element %q is of type %s", e.Name, e.Type), "a division code is of type text or code")
	}
	k.answers(p, l, e)
	k.links(p.key("links"), l, e)
	k.authority(p.key("authority"), l, e)
	k.behind(p.key("authority"), e, k.outside)
}

// answers checks who answers for an element and with whom it is shared.
func (k *checker) answers(p place, l *Library, e *Element) {
	if e.Owner != "" {
		k.department(p.key("owner"), e.Owner)
	}
	if e.Steward != "" && e.Steward != l.Steward { // what is inherited is checked at the library
		k.department(p.key("steward"), e.Steward)
	}
	if e.Supervisor != "" && e.Supervisor != l.Supervisor {
		k.department(p.key("supervisor"), e.Supervisor)
	}
	if e.Share == "" || !k.oneOf(p.key("share"), "share.unknown", "sharing type", e.Share, Shares[:]) {
		return
	}
	if e.Share == ShareFree && (e.Personal || e.Level > 2) {
		k.fail(p.key("share"), "share.level", fmt.Sprintf("element %q is personal or of level %d and shared without condition", e.Name, e.Level), "share it conditionally, or lower its level with its owner's approval")
	}
}

// typed checks what belongs to one type only.
func (k *checker) typed(p place, e *Element) {
	switch {
	case e.Type == TypeCode && e.Codes == "":
		k.fail(p.key("type"), "codes.missing", fmt.Sprintf("element %q is a code without a code table", e.Name), "add codes: <table>")
	case e.Type != TypeCode && e.Codes != "":
		k.fail(p.key("codes"), "codes.type", fmt.Sprintf("element %q has a code table but is of type %s", e.Name, e.Type), "set type: code, or remove codes")
	case e.Codes != "" && !k.unsure(codesFile):
		var names []string
		for _, t := range k.catalog.Codes {
			names = append(names, t.Name)
		}
		k.oneOf(p.key("codes"), "codes.unknown", "code table", e.Codes, names)
	}
	switch {
	case e.Type == TypeIdentifier && e.Scheme == "":
		k.fail(p.key("type"), "scheme.missing", fmt.Sprintf("element %q is an identifier without a scheme", e.Name), "add scheme: one of "+strings.Join(Schemes[:], ", "))
	case e.Type != TypeIdentifier && e.Scheme != "":
		k.fail(p.key("scheme"), "scheme.type", fmt.Sprintf("element %q has a scheme but is of type %s", e.Name, e.Type), "set type: identifier, or remove scheme")
	case e.Scheme != "":
		k.oneOf(p.key("scheme"), "scheme.unknown", "scheme", e.Scheme, k.scheme)
	}
}

// limits checks length, bounds and pattern.
func (k *checker) limits(p place, e *Element) {
	if e.MaxLength < 0 {
		k.fail(p.key("max_length"), "length.range", "max_length is negative", "give the greatest number of characters")
	}
	textual := e.Type == TypeText || e.Type == TypeIdentifier || e.Type == TypeCode
	if e.MaxLength != 0 && !textual && e.Type != TypeGeometry {
		k.fail(p.key("max_length"), "length.type", fmt.Sprintf("element %q is of type %s, which has no length", e.Name, e.Type), "use min and max, or remove max_length")
	}
	if e.Pattern != "" {
		if _, err := regexp.Compile(e.Pattern); err != nil {
			k.fail(p.key("pattern"), "pattern.invalid", fmt.Sprintf("the pattern of element %q is not a regular expression: %v", e.Name, strings.TrimPrefix(err.Error(), "error parsing regexp: ")), "RE2 syntax; it is matched against the whole value")
		} else if !textual {
			k.fail(p.key("pattern"), "pattern.type", fmt.Sprintf("element %q is of type %s, which has no pattern", e.Name, e.Type), "use min and max, or remove pattern")
		}
	}
	k.bounds(p, e)
}

func (k *checker) bounds(p place, e *Element) {
	low, lowOK := k.bound(p.key("min"), e, e.Min)
	high, highOK := k.bound(p.key("max"), e, e.Max)
	if lowOK && highOK && low.Cmp(high) > 0 {
		k.fail(p.key("min"), "bounds.order", fmt.Sprintf("min %s of element %q is above max %s", *e.Min, e.Name, *e.Max), "swap them")
	}
}

// groups checks that the elements of a group are taken from the same place: else "one claim" would have no meaning.
func (k *checker) groups(p place, l *Library) {
	first := map[string]*Element{}
	for i := range l.Elements {
		e := &l.Elements[i]
		if e.Group == "" {
			continue
		}
		f := first[e.Group]
		if f == nil {
			first[e.Group] = e
			continue
		}
		if !sameAuthority(f, e) {
			k.fail(p.item(i).key("authority"), "group.authority", fmt.Sprintf("elements %q and %q of group %q have different authorities", f.Name, e.Name, e.Group),
				"the elements of a group are taken from one claim: give them the same authority list and the same strict")
		}
	}
}

func sameAuthority(a, b *Element) bool {
	return a.Strict == b.Strict && slices.EqualFunc(a.Authority, b.Authority, func(x, y Rank) bool {
		return slices.Equal(slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y)))
	})
}

// authority checks an element's list: every feed known, able to give the element, listed once, and alone in its jurisdiction
// at its rank.
func (k *checker) authority(p place, l *Library, e *Element) {
	if len(e.Authority) == 0 {
		k.fail(p, "authority.empty", fmt.Sprintf("element %q has no authority: it would never have a value", e.Name), "list the feeds that may give it, the first one first")
	}
	seen := map[string]bool{}
	for i, rank := range e.Authority {
		if len(rank) == 0 {
			k.fail(p.item(i), "authority.rank", fmt.Sprintf("rank %d of element %q names no feed", i+1, e.Name), "name a feed or remove the rank")
		}
		for j, name := range rank {
			q := p.item(i)
			if s := k.sources[p.file]; s == nil || s.places[q.item(j).path] != (position{}) {
				q = q.item(j)
			}
			if seen[name] {
				k.fail(q, "authority.repeated", fmt.Sprintf("feed %q stands twice in the authority of element %q", name, e.Name), "keep its higher rank")
				continue
			}
			seen[name] = true
			k.ranked(q, l, e, name)
			k.overlap(q, e, rank[:j], name)
		}
		if e.Strict && i > 0 {
			k.warn(p.item(i), "authority.idle", fmt.Sprintf("element %q is strict: rank %d never counts", e.Name, i+1), "remove the rank, or strict")
		}
	}
}

// ranked checks one feed of an authority list.
func (k *checker) ranked(p place, l *Library, e *Element, name string) {
	file := feedsDir + "/" + name + ".yaml"
	if k.unsure(file) || k.unsure(feedsDir) {
		return
	}
	if k.catalog.Feed(name) == nil {
		var names []string
		for _, f := range k.catalog.Feeds {
			names = append(names, f.Name)
		}
		k.oneOf(p, "feed.unknown", "feed", name, names)
		return
	}
	if !k.mapped[name+" "+l.Name+" "+e.Name] {
		k.fail(p, "authority.unmapped", fmt.Sprintf("feed %q has authority over element %q but does not map it", name, e.Name),
			fmt.Sprintf("map it in %s (claims of library %s), or take the feed off the list", file, l.Name))
	}
}

// overlap checks that a feed's jurisdiction is disjoint from those of the feeds before it in the same rank.
func (k *checker) overlap(p place, e *Element, before []string, name string) {
	f := k.catalog.Feed(name)
	if f == nil || k.unsure(rootFile) || k.unsure(departmentsFile) {
		return
	}
	for _, o := range before {
		g := k.catalog.Feed(o)
		if g == nil || o == name || !k.within(f.Jurisdiction, g.Jurisdiction) && !k.within(g.Jurisdiction, f.Jurisdiction) {
			continue
		}
		k.fail(p, "authority.overlap", fmt.Sprintf("feeds %q (%s) and %q (%s) both have authority over element %q in one jurisdiction", o, g.Jurisdiction, name, f.Jurisdiction, e.Name),
			"put them on different ranks, the decisive one first")
		return
	}
}
