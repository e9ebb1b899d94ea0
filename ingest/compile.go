package ingest

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// source says where a value stands after decoding: in the message's own values, or in those of a list's element.
type source struct {
	list int // index into plan.lists, or inRecord or inEnvelope
	at   int // index into the values, or -1 if there is none
}

// Places of values outside lists.
const (
	inRecord   = -1
	inEnvelope = -2
)

// list is an array of the message that at least one slot reads element by element.
type list struct {
	path  string
	width int // values an element has
	elem  *node
	value source // its own value, to tell "absent" from "no list"
}

// plan is a feed's mapping compiled for one pass over a message. It belongs to one Mapper, which notes
// in its nodes what messages looked like.
type plan struct {
	feed     *catalog.Feed
	seed     maphash.Seed  // of the hashes of names
	root     *node         // what the decoder walks: the record, or a Debezium envelope
	row      *node         // the record itself (the same as root for plain JSON)
	keyRoot  *node         // how the key of a tombstone is read
	attrs    *node         // where the envelope's own values stand; nil without an envelope
	envelope *envelope     // nil without one
	many     bool          // a message may hold several records
	columns  []byte        // of a CSV feed that declares them: see header
	expires  int64         // Unix milliseconds from which on messages are refused; 0: never
	snapshot *snapshotPlan // nil unless the feed sends snapshots
	sender   source        // what names the message's own sender
	width    int           // values of the record
	envWidth int           // values of the envelope
	keyWidth int
	lists    []*list
	key      []source
	keyAt    []source // the same in a message key that is a JSON object
	version  source
	vtime    *timeFormat
	event    source
	etime    *timeFormat
	gone     source
	goneText []string
	slots    []*slotPlan
}

// slotPlan is one slot of a feed.
type slotPlan struct {
	library   *catalog.Library
	number    uint8
	role      string
	roleBytes []byte
	word      [4]uint64 // the ledger's words of role by Naming, for slots without a list
	list      int       // -1: one claim a message
	listKey   []source
	when      *catalog.When
	whenAt    source
	fields    []*fieldPlan
	mapped    bool // at least one field is read from the message
	idents    []identity
	pair      *pair // longitude and latitude, where the slot maps both
	related   []relationPlan
	citizens  []int // fields of scheme citizen
}

// identity is one entry of the library's identity list that the slot fills whole.
type identity struct {
	scheme string
	rank   uint8 // its place in the library's list, from 1
	fields []int // indexes into slotPlan.fields
}

// compiler collects what went wrong, so that one answer names it all.
type compiler struct {
	*plan
	cat   *catalog.Catalog
	plain map[source]string // paths whose values are converted, and so cannot be objects
	errs  []error
}

func compile(cat *catalog.Catalog, feed *catalog.Feed) (*plan, error) {
	c := &compiler{cat: cat, plain: map[source]string{}, plan: &plan{feed: feed, seed: maphash.MakeSeed(), row: newNode("")}}
	if feed.Expires != "" {
		last, err := time.Parse(catalog.DateLayout, feed.Expires)
		if err != nil {
			return nil, fmt.Errorf("feed %s: expires: %w", feed.Name, err)
		}
		c.plan.expires = last.UnixMilli() + msPerDay - zone // the day belongs to it
	}
	c.root = c.row
	none := source{list: inRecord, at: -1}
	c.version, c.event, c.gone, c.sender = none, none, none, none
	if catalog.HasEnvelope(feed.Format) {
		c.attrs = newNode("payload")
	}
	for _, path := range feed.Key {
		c.key = append(c.key, c.at(path))
	}
	if len(feed.Key) == 0 {
		c.fail("key: a record needs a key; name the fields that identify it")
	}
	for i := range feed.Claims {
		c.slot(&feed.Claims[i])
	}
	if d := feed.Delete; d != nil && d.Field != "" {
		c.gone, c.goneText = c.at(d.Field), d.Values
	}
	if feed.Source != nil {
		c.sender = c.at(feed.Source.Field)
	}
	c.compileSnapshot()
	c.form()
	c.compileKey()
	c.check(c.row)
	for _, n := range []*node{c.root, c.row, c.keyRoot} {
		n.finish(c.seed)
	}
	for _, l := range c.lists {
		c.check(l.elem)
		l.elem.finish(c.seed)
	}
	if len(c.errs) > 0 {
		return nil, fmt.Errorf("feed %s cannot be mapped: %w", feed.Name, errors.Join(c.errs...))
	}
	return c.plan, nil
}

// form prepares what surrounds the record in the feed's format.
func (c *compiler) form() {
	switch c.feed.Format {
	case catalog.FormatJSON, catalog.FormatAvro:
	case catalog.FormatArray:
		c.many = true
	case catalog.FormatCSV:
		c.many = true
		c.compileCSV()
	case catalog.FormatDebezium:
		c.compileDebezium()
		return
	case catalog.FormatCanal, catalog.FormatMaxwell:
		c.many = true
		c.compileRows()
	case catalog.FormatCloudEvents:
		c.times(c.at)
		c.compileEvent()
		return
	default:
		c.fail("format: %q is none of %s", c.feed.Format, strings.Join(catalog.MessageFormats[:], ", "))
	}
	c.times(c.at)
}

// hash is that of a name in the plan's tables.
func (p *plan) hash(name string) uint64 { return maphash.String(p.seed, name) }

// check finds paths that cannot all be right.
func (c *compiler) check(n *node) {
	for _, k := range n.kids {
		path, isPlain := c.plain[source{list: k.list, at: k.at}]
		switch {
		case k.at >= 0 && isPlain && len(k.kids) > 0:
			c.fail("path %q is read both as a value and as an object with %q", path, k.kids[0].name)
		case k.each > 0 && len(k.kids) > 0:
			c.fail("path %q leads through the list %q: only each reads lists", k.kids[0].name, k.name)
		}
		c.check(k)
	}
}

func (c *compiler) fail(format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf(format, args...))
}

// at registers a path of the record and returns where its value will stand.
func (c *compiler) at(path string) source {
	path = strings.TrimPrefix(path, "$.")
	if rest, ok := strings.CutPrefix(path, catalog.EnvelopePrefix); ok && c.attrs != nil {
		return c.attr(rest)
	}
	return c.want(c.row, inRecord, path, &c.width)
}

// attr registers a path of the envelope.
func (c *compiler) attr(path string) source { return c.want(c.attrs, inEnvelope, path, &c.envWidth) }

func (c *compiler) want(n *node, inList int, path string, width *int) source {
	for _, name := range strings.Split(path, ".") {
		if name == "" {
			c.fail("path %q has an empty part", path)
			return source{list: inRecord, at: 0}
		}
		n = n.child(name)
	}
	if n.at < 0 {
		n.at, n.list = *width, inList
		*width++
	}
	return source{list: n.list, at: n.at}
}

// times registers version and event time by the given way of finding a path.
func (c *compiler) times(at func(string) source) {
	v := c.feed.Version
	var err error
	switch v.Kind {
	case catalog.VersionCounter, catalog.VersionTime:
		if v.Field == "" {
			c.fail("version: kind %s needs a field", v.Kind)
			return
		}
		c.version = at(v.Field)
	case catalog.VersionBroker:
	default:
		c.fail("version: %q is none of counter, event_time, broker", v.Kind)
	}
	if v.Kind == catalog.VersionTime {
		if c.vtime, err = parseTimeFormat(v.Format); err != nil {
			c.fail("version: %w", err)
		}
	}
	if e := c.feed.EventTime; e != nil {
		c.event = at(e.Field)
		if c.etime, err = parseTimeFormat(e.Format); err != nil {
			c.fail("event_time: %w", err)
		}
	}
}

func (c *compiler) slot(s *catalog.Slot) {
	lib := c.cat.Library(s.Library)
	if lib == nil {
		c.fail("slot %q: there is no library %q", s.Role, s.Library)
		return
	}
	p := &slotPlan{library: lib, number: entity.LibraryNumber(s.Library), role: s.Role, roleBytes: []byte(s.Role), list: -1, when: s.When}
	for naming := range p.word {
		p.word[naming] = entity.NamedWord(p.number, entity.Naming(naming), s.Role)
	}
	at := c.at
	if s.Each != "" {
		p.list = c.listAt(s.Each)
		l := c.lists[p.list]
		at = func(path string) source {
			if whole, ok := strings.CutPrefix(path, "$."); ok {
				return c.at(whole)
			}
			return c.want(l.elem, p.list, path, &l.width)
		}
		for _, path := range s.ListKey {
			p.listKey = append(p.listKey, at(path))
		}
		if len(s.ListKey) == 0 {
			c.fail("slot %q: each needs a list_key, or its claims have no name", s.Role)
		}
	}
	if s.When != nil {
		p.whenAt = at(s.When.Field)
	}
	for i := range s.Fields {
		c.field(p, &s.Fields[i], at)
	}
	p.identities()
	p.pair = pairOf(p.fields)
	p.relations()
	c.slots = append(c.slots, p)
}

// listAt returns the index of the list at path. Its own value takes a place too, so that "absent" and "no list" differ.
func (c *compiler) listAt(path string) int {
	for i, l := range c.lists {
		if l.path == path {
			return i
		}
	}
	l := &list{path: path, elem: newNode("")}
	l.value = c.at(path)
	n := c.row
	for _, name := range strings.Split(strings.TrimPrefix(path, "$."), ".") {
		n = n.child(name)
	}
	n.each = len(c.lists) + 1
	c.lists = append(c.lists, l)
	return len(c.lists) - 1
}

func (c *compiler) field(p *slotPlan, f *catalog.Field, at func(string) source) {
	e := p.library.Element(f.Element)
	if e == nil {
		c.fail("slot %q: library %s has no element %q", p.role, p.library.Name, f.Element)
		return
	}
	if slices.ContainsFunc(p.fields, func(o *fieldPlan) bool { return o.name == e.Name }) {
		c.fail("slot %q: element %q is mapped twice", p.role, e.Name)
		return
	}
	fp, err := compileField(c.cat, e, f)
	if err != nil {
		c.fail("slot %q: element %q: %w", p.role, e.Name, err)
		return
	}
	if f.From != "" {
		fp.src = at(f.From)
		c.plain[fp.src] = f.From
		p.mapped = true
	}
	p.fields = append(p.fields, fp)
}

// identities keeps the entries of the library's identity list whose elements the slot maps all, strongest first.
func (p *slotPlan) identities() {
	for place, id := range p.library.Identity {
		entry := identity{scheme: id.Scheme, rank: uint8(min(place+1, entity.OwnStrength-1))}
		for _, name := range id.Elements {
			i := slices.IndexFunc(p.fields, func(f *fieldPlan) bool { return f.name == name })
			if i < 0 {
				entry.fields = nil
				break
			}
			entry.fields = append(entry.fields, i)
		}
		if len(entry.fields) > 0 {
			p.idents = append(p.idents, entry)
		}
	}
}

// compileKey prepares the reading of a message key that is a JSON object: the key's fields, plain or below Debezium's payload.
func (c *compiler) compileKey() {
	c.keyRoot = newNode("")
	for _, path := range c.feed.Key {
		c.keyAt = append(c.keyAt, c.want(c.keyRoot, inRecord, strings.TrimPrefix(path, "$."), &c.keyWidth))
	}
	if !slices.ContainsFunc(c.keyRoot.kids, func(n *node) bool { return n.name == "payload" }) {
		payload := newNode("payload")
		payload.kids = slices.Clone(c.keyRoot.kids)
		c.keyRoot.kids = append(c.keyRoot.kids, payload)
	}
}
