package catalog

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"wuku/entity"
)

func (k *checker) feeds() {
	names, topics, taken, resources := map[string]bool{}, map[string]bool{}, map[string]string{}, map[string]bool{}
	for i := range k.catalog.Feeds {
		f, p := &k.catalog.Feeds[i], at(k.feedFiles[i])
		k.unique(p.key("feed"), "feed.duplicate", "feed", f.Name, names)
		k.unique(p.key("topic"), "topic.duplicate", "topic", f.Topic, topics)
		if f.Snapshot != nil {
			topics[f.ChangesTopic()] = true
		}
		k.feed(p, f)
		k.fulfils(p, f, taken)
		if f.Resource != nil {
			k.unique(p.key("resource").key("code"), "resource.duplicate", "resource code", f.Resource.Code, resources)
		}
		k.version(p.key("version"), f.Version)
		if f.EventTime != nil {
			k.path(p.key("event_time").key("field"), f.EventTime.Field)
			k.oneOf(p.key("event_time").key("format"), "format.unknown", "time format", f.EventTime.Format, Formats[:])
		}
		if f.Delete != nil {
			k.deletion(p.key("delete"), f)
		}
		k.distinct(p.key("nulls"), "nulls.duplicate", "null text", f.Nulls)
		k.writing(p, f)
		k.slots(p.key("claims"), f)
	}
}

func (k *checker) feed(p place, f *Feed) {
	if k.form(p.key("feed"), "feed.form", "feed", f.Name, feedForm, "<department>.<resource>, each of small letters, digits and _") {
		if first, _, _ := strings.Cut(f.Name, "."); first != f.Department {
			k.fail(p.key("feed"), "feed.department", fmt.Sprintf("feed %q is declared for department %q", f.Name, f.Department), "the first part of a feed's name is its department")
		}
	}
	k.department(p.key("department"), f.Department)
	k.filled(p.key("zh"), "zh", f.ZH)
	k.form(p.key("topic"), "topic.form", "topic", f.Topic, topicForm, "letters, digits, . _ and -, at most 200 characters")
	if strings.HasPrefix(f.Topic, "wuku.") || strings.HasSuffix(f.Topic, ".quarantine") || IsChanges(f.Topic) {
		k.fail(p.key("topic"), "topic.reserved", fmt.Sprintf("topic %q is of the program's own", f.Topic), "names that begin with wuku. or end in .quarantine or .changes are taken")
	}
	if f.Partitions < 1 || f.Partitions > entity.MaxPartition+1 {
		k.fail(p.key("partitions"), "partitions.range", fmt.Sprintf("%d partitions", f.Partitions), fmt.Sprintf("1 to %d", entity.MaxPartition+1))
	}
	if f.Revision > entity.MaxRevision {
		k.fail(p, "revision.range", fmt.Sprintf("feed %q is at revision %d of its mapping; versions hold at most %d", f.Name, f.Revision, entity.MaxRevision), "give the feed a new name and retire this one")
	}
	d := k.catalog.departmentOf(f)
	if d == nil {
		d = &Department{} // reported above; what the feed says itself is still checked
	}
	if f.Tier != d.Tier { // what is inherited is checked at the department
		k.oneOf(p.key("tier"), "tier.unknown", "tier", f.Tier, Tiers[:])
	}
	if f.Jurisdiction != d.Jurisdiction {
		k.jurisdiction(p.key("jurisdiction"), f.Jurisdiction)
	}
	if f.Class != "" {
		k.oneOf(p.key("class"), "feed.class", "class", f.Class, FeedClasses[:])
	}
	k.oneOf(p.key("format"), "message.unknown", "message format", f.Format, MessageFormats[:])
	if f.Expires != "" {
		k.day(p.key("expires"), f.Expires)
	}
	if f.Cycle != "" {
		k.oneOf(p.key("cycle"), "cycle.unknown", "update cycle", f.Cycle, Cycles[:])
	}
	if len(f.Key) == 0 {
		k.fail(p.key("key"), "key.empty", fmt.Sprintf("feed %q has no record key", f.Name), "name the source fields that name a record, for example key: [id]")
	}
	k.paths(p.key("key"), f.Key)
}

// departmentOf returns the department of a feed, or nil.
func (c *Catalog) departmentOf(f *Feed) *Department {
	for i := range c.Departments {
		if c.Departments[i].Code == f.Department {
			return &c.Departments[i]
		}
	}
	return nil
}

// path checks the form of a source path.
func (k *checker) path(p place, path string) {
	k.form(p, "path.form", "source path", path, pathForm, `field names joined by dots, for example address.street; "$." before it reads from the message`)
}

func (k *checker) paths(p place, paths []string) {
	for i, path := range paths {
		k.path(p.item(i), path)
	}
	k.distinct(p, "path.duplicate", "source path", paths)
}

// distinct checks that no text of a list stands in it twice.
func (k *checker) distinct(p place, code, what string, list []string) {
	for i, text := range list {
		if slices.Contains(list[:i], text) {
			k.fail(p.item(i), code, fmt.Sprintf("%s %q stands twice in the list", what, text), "remove one of the two")
		}
	}
}

func (k *checker) version(p place, v Version) {
	if !k.oneOf(p.key("kind"), "version.kind", "version kind", v.Kind, versionKinds[:]) {
		return
	}
	switch {
	case v.Kind != VersionBroker && v.Field == "":
		k.fail(p, "version.field", fmt.Sprintf("a version of kind %s needs a field", v.Kind), "name the source field that orders a record's versions")
	case v.Kind == VersionBroker && v.Field != "":
		k.fail(p.key("field"), "version.field", "a version of kind broker has no field: it is the broker's timestamp", "remove field, or choose kind counter or event_time")
	case v.Field != "":
		k.path(p.key("field"), v.Field)
	}
	switch {
	case v.Kind == VersionTime && v.Format == "":
		k.fail(p, "version.format", "a version of kind event_time needs a format", meant("", Formats[:]))
	case v.Kind != VersionTime && v.Format != "":
		k.fail(p.key("format"), "version.format", fmt.Sprintf("a version of kind %s has no format", v.Kind), "remove format, or choose kind event_time")
	case v.Format != "":
		k.oneOf(p.key("format"), "format.unknown", "time format", v.Format, Formats[:])
	}
}

func (k *checker) deletion(p place, f *Feed) {
	d := f.Delete
	switch {
	case d.Field == "" && !d.Tombstone:
		k.fail(p, "delete.empty", "delete says neither a field nor tombstone", "add field and values, or tombstone: true, or remove delete")
	case d.Field == "" && len(d.Values) > 0:
		k.fail(p.key("values"), "delete.field", "delete has values but no field", "name the field that holds them")
	case d.Field != "" && len(d.Values) == 0:
		k.fail(p.key("field"), "delete.values", fmt.Sprintf("delete names field %q but no values that mean gone", d.Field), "add values")
	}
	if d.Field != "" {
		k.path(p.key("field"), d.Field)
	}
	k.distinct(p.key("values"), "delete.duplicate", "value", d.Values)
	if !d.Tombstone {
		return
	}
	if f.Version.Kind != VersionBroker {
		k.fail(p.key("tombstone"), "delete.version", fmt.Sprintf("a tombstone has no field %q to order it by", f.Version.Field),
			"choose version kind broker, or say by a field that a record is gone")
	}
	for _, key := range f.Key {
		if strings.Contains(key, ".") {
			k.fail(p.key("tombstone"), "delete.tombstone", fmt.Sprintf("a tombstone names its record by the message's key, which has no nested field %q", key),
				"use plain fields in key, or say by a field that a record is gone")
		}
	}
}

func (k *checker) slots(p place, f *Feed) {
	if len(f.Claims) == 0 {
		k.fail(p, "claims.empty", fmt.Sprintf("feed %q makes no claims", f.Name), "map it to at least one library")
	}
	roles := map[string]bool{}
	for i := range f.Claims {
		s, q := &f.Claims[i], p.item(i)
		if roles[s.Role] {
			k.fail(q.key("role"), "role.duplicate", fmt.Sprintf("two slots of feed %q have the role %q", f.Name, s.Role), "give each slot of a feed a role of its own")
		}
		roles[s.Role] = true
		if s.Role != "" {
			k.form(q.key("role"), "name.form", "role", s.Role, nameForm, nameHint)
		}
		if s.Rank != "" {
			k.oneOf(q.key("rank"), "slot.rank", "rank", s.Rank, SlotRanks[:])
		}
		k.each(q, s)
		if s.When != nil {
			k.when(q.key("when"), s.When)
		}
		k.fields(q, f, s)
	}
}

func (k *checker) each(p place, s *Slot) {
	switch {
	case s.Each != "" && len(s.ListKey) == 0:
		k.fail(p.key("each"), "each.list_key", fmt.Sprintf("the slot reads a list at %q but names no list_key", s.Each), "name the fields of an element that name it within its record: its place in the list may change")
	case s.Each == "" && len(s.ListKey) > 0:
		k.fail(p.key("list_key"), "each.missing", "list_key without each", "add each: <path of the list>, or remove list_key")
	}
	if s.Each != "" {
		k.path(p.key("each"), s.Each)
	}
	k.paths(p.key("list_key"), s.ListKey)
}

func (k *checker) when(p place, w *When) {
	k.path(p.key("field"), w.Field)
	if (len(w.In) > 0) == w.Present {
		k.fail(p, "when.form", "a condition needs either in or present", "add in: [values], or present: true")
	}
	k.distinct(p.key("in"), "when.duplicate", "value", w.In)
}

func (k *checker) fields(p place, f *Feed, s *Slot) {
	if !k.oneOf(p.key("library"), "library.unknown", "library", s.Library, entity.Libraries[:]) {
		return
	}
	if len(s.Fields) == 0 {
		k.fail(p.key("fields"), "fields.empty", "the slot maps no fields", "map at least one element")
	}
	if k.unsure(librariesDir + "/" + s.Library + ".yaml") {
		return
	}
	l := k.catalog.Library(s.Library)
	if l == nil {
		k.fail(p.key("library"), "library.missing", fmt.Sprintf("library %q is not declared", s.Library), "add "+librariesDir+"/"+s.Library+".yaml")
		return
	}
	seen := map[string]bool{}
	for i := range s.Fields {
		x, q := &s.Fields[i], p.key("fields").item(i)
		k.unique(q.key("element"), "field.duplicate", "element", x.Element, seen)
		e := l.Element(x.Element)
		if e == nil {
			k.fail(q.key("element"), "element.unknown", fmt.Sprintf("library %q has no element %q", l.Name, x.Element), meant(x.Element, elementNames(l)))
			continue
		}
		if !slices.Contains(Types[:], e.Type) {
			continue // reported where the element is declared
		}
		k.field(q, x, e)
		k.outsideFields(q.key("element"), f, e)
		if x.Definition != "" && x.Definition != e.Definition && slices.ContainsFunc(e.Authority, func(r Rank) bool { return slices.Contains(r, f.Name) }) {
			k.fail(q.key("definition"), "definition.differs", fmt.Sprintf("feed %q defines element %q otherwise than the library and gives it a value", f.Name, e.Name),
				fmt.Sprintf("take the feed off the authority of %q, or map the field to an element of that definition: two definitions are never mixed", e.Name))
		}
		if x.Definition == "" && !identifies(l, e.Name) && !slices.ContainsFunc(e.Authority, func(r Rank) bool { return slices.Contains(r, f.Name) }) {
			k.warn(q.key("element"), "field.unranked", fmt.Sprintf("feed %q maps element %q but never gives it a value", f.Name, e.Name),
				fmt.Sprintf("list the feed in the authority of %q in %s/%s.yaml, or remove the field if it serves no comparison", e.Name, librariesDir, l.Name))
		}
	}
}

// identifies reports whether an element is part of the library's identity: such elements are mapped to find the entity, whoever
// has authority over them.
func identifies(l *Library, element string) bool {
	return slices.ContainsFunc(l.Identity, func(id Identity) bool { return slices.Contains(id.Elements, element) })
}

func (k *checker) field(p place, x *Field, e *Element) {
	switch {
	case x.From == "" && x.Const == "":
		k.fail(p, "field.empty", fmt.Sprintf("element %q has neither from nor const", e.Name), "say where its value comes from")
	case x.From != "" && x.Const != "":
		k.fail(p.key("const"), "field.both", fmt.Sprintf("element %q has both from and const", e.Name), "keep one of them")
	case x.From != "":
		k.path(p.key("from"), x.From)
		k.source(p, x, e)
	default:
		k.fixed(p, x, e)
	}
}

// source checks how a value that is read from the message is converted.
func (k *checker) source(p place, x *Field, e *Element) {
	switch {
	case isTime(e.Type) && x.Format == "":
		k.fail(p, "format.missing", fmt.Sprintf("element %q is a %s: its format is not said", e.Name, e.Type), meant("", Formats[:]))
	case !isTime(e.Type) && x.Format != "":
		k.fail(p.key("format"), "format.type", fmt.Sprintf("element %q is of type %s, which has no format", e.Name, e.Type), "remove format")
	case x.Format != "":
		k.oneOf(p.key("format"), "format.unknown", "time format", x.Format, Formats[:])
	}
	if !(x.Scale >= 0) || math.IsInf(x.Scale, 0) || x.Scale != 0 && !isNumber(e.Type) {
		k.fail(p.key("scale"), "scale.type", fmt.Sprintf("a scale of %v does not fit element %q of type %s", x.Scale, e.Name, e.Type), "a scale is above 0 and for numbers only")
	}
	if len(x.Values) > 0 && (isTime(e.Type) || e.Type == TypeGeometry || e.Type == TypeIdentifier) {
		k.fail(p.key("values"), "values.type", fmt.Sprintf("element %q is of type %s, whose values cannot be listed", e.Name, e.Type), "remove values")
		return
	}
	if k.unsure(codesFile) {
		return
	}
	for _, from := range sortedKeys(x.Values) {
		if err := k.constant(e, x.Values[from]); err != nil {
			k.fail(p.key("values").entry(from), "values.target", fmt.Sprintf("%q is no value of element %q", x.Values[from], e.Name), err.Error())
		}
	}
}

// fixed checks a constant.
func (k *checker) fixed(p place, x *Field, e *Element) {
	if x.Format != "" || len(x.Values) > 0 || x.Scale != 0 || x.Required {
		k.fail(p.key("const"), "const.extra", fmt.Sprintf("the constant of element %q has format, values, scale or required", e.Name), "write the value itself and remove them")
	}
	if k.unsure(codesFile) {
		return
	}
	if err := k.constant(e, x.Const); err != nil {
		k.fail(p.key("const"), "const.value", fmt.Sprintf("%q is no value of element %q", x.Const, e.Name), err.Error())
	}
}
