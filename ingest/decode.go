package ingest

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"

	"wuku/entity"
)

// value is one JSON value of a message, by reference. The zero value is "absent".
type value struct {
	kind byte   // 0 absent, 'n' null, 't', 'f', '"' text, '0' number, '{', '[', or astray
	text []byte // the text without quotes and escapes, the number, true or false; the JSON text of an object or array
}

// astray is the kind of a value whose path leads through something that is no object.
const astray = '?'

// node is one name of the wanted paths. What is not wanted is skipped.
type node struct {
	name string
	at   int // where the value goes, or -1
	list int // the list whose element it belongs to, or inRecord or inEnvelope
	each int // 1 plus the list whose array stands here, or 0
	span int // 1 plus the envelope's place for the row image here, or 0
	kids []*node

	hash  uint64  // of the name
	table []*node // kids by hash, open addressing; nil if there are none

	// What drift notes; seen is the only part that changes while messages are read.
	kinds   uint8  // bits of the kinds that values had
	watched bool   // names that are no kids are told
	unknown bool   // the contract does not have it
	away    bool   // it is told that it stays away
	seen    uint32 // number of the last record that had it
	path    string // from the record
	prefix  string // of the kids' paths
}

func newNode(name string) *node { return &node{name: name, at: -1, list: inRecord, kinds: anyKind} }

func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	k := newNode(name)
	n.kids = append(n.kids, k)
	return k
}

// finish builds the lookup of the node and of all below it.
func (n *node) finish(seed maphash.Seed) {
	if len(n.kids) == 0 || n.table != nil {
		return
	}
	size := 4
	for size < 4*len(n.kids) {
		size *= 2
	}
	n.table = make([]*node, size)
	for _, k := range n.kids {
		k.hash = maphash.String(seed, k.name)
		i := k.hash & uint64(size-1)
		for n.table[i] != nil {
			i = (i + 1) & uint64(size-1)
		}
		n.table[i] = k
		k.finish(seed)
	}
}

// find returns the wanted node of that name, or nil.
func (n *node) find(hash uint64, name []byte) *node {
	if n == nil || len(n.table) == 0 {
		return nil
	}
	mask := uint64(len(n.table) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		k := n.table[i]
		if k == nil || k.hash == hash && k.name == string(name) {
			return k
		}
	}
}

// elements are the values of one list in one message.
type elements struct {
	count int
	vals  []value // count times the list's width
}

// decoder reads one message at a time into values that alias its bytes (or the arena, where a text had escapes).
// It is as strict as encoding/json/jsontext, which its tests hold it against: RFC 8259, unique names, valid UTF-8, whole
// surrogate pairs, one value, bounded depth. It exists because it takes less than half of jsontext's time.
type decoder struct {
	scanner
	plan   *plan
	vals   []value
	env    []value
	lists  []elements
	images [2]byte // kinds of a Debezium envelope's row images, before and after; 0 if absent
	seen   [2]int  // how often each stood in the envelope
	old    []byte  // the JSON text of before
	serial uint32  // number of the record, see drift
	news   []news
}

func newDecoder(p *plan, maxDepth int) *decoder {
	return &decoder{plan: p, scanner: scanner{seed: p.seed, maxDepth: maxDepth}, vals: make([]value, p.width),
		env: make([]value, p.envWidth), lists: make([]elements, len(p.lists))}
}

// reset forgets the last message.
func (d *decoder) reset() {
	d.resetRow()
	clear(d.env)
	d.images, d.seen, d.old = [2]byte{}, [2]int{}, nil
	d.news = d.news[:0]
	d.arena = d.arena[:0]
}

// resetRow forgets the record, not its envelope.
func (d *decoder) resetRow() {
	clear(d.vals)
	for i := range d.lists {
		d.lists[i].count = 0
		d.lists[i].vals = d.lists[i].vals[:0]
	}
}

// letGo forgets the last message so that its memory can be used for another.
func (d *decoder) letGo() {
	d.reset()
	clear(d.lists)
	d.b = nil
}

// get returns the value at a place; base is where the present list element's values begin.
func (d *decoder) get(s source, base int) value {
	switch s.list {
	case inRecord:
		return d.vals[s.at]
	case inEnvelope:
		return d.env[s.at]
	}
	return d.lists[s.list].vals[base+s.at]
}

// message decodes a whole message value below root.
func (d *decoder) message(b []byte, root *node) *entity.Fault {
	f := d.document(b, root)
	switch {
	case f == nil:
		return nil
	case f == faultJSON && (!utf8.Valid(b) || bytes.HasPrefix(b, []byte("\xef\xbb\xbf"))):
		return faultEncoding // what broke the syntax is most likely that
	}
	return f
}

func (d *decoder) document(b []byte, root *node) *entity.Fault {
	d.scanner.start(b)
	object := d.peek() == '{'
	ok := object && d.object(root, 0) || !object && d.skip()
	d.space()
	switch {
	case !ok:
		return d.fault
	case d.i < len(d.b): // more follows
		return faultJSON
	case !object:
		return faultShape
	}
	return nil
}

// object reads an object whose wanted names are n's (none if n is nil). base is where the values of the present list element
// begin.
func (d *decoder) object(n *node, base int) bool {
	id, ok := d.open()
	if !ok {
		return false
	}
	for more := d.first('}'); more; more = d.next('}') {
		name, hash, ok := d.name(id)
		if !ok {
			return false
		}
		k := n.find(hash, name)
		if k == nil {
			if n != nil && n.watched {
				d.news = append(d.news, news{in: n, name: string(name), bit: kindBits[d.peek()]})
			}
			ok = d.skip()
		} else {
			ok = d.value(k, base)
		}
		if !ok {
			return false
		}
	}
	return d.fault == nil
}

// skip reads a value that nobody wants, as strictly as any other.
func (d *decoder) skip() bool {
	switch d.peek() {
	case '{':
		return d.object(nil, 0)
	case '[':
		if _, ok := d.open(); !ok {
			return false
		}
		for more := d.first(']'); more; more = d.next(']') {
			if !d.skip() {
				return false
			}
		}
		return d.fault == nil
	}
	_, ok := d.scalar()
	return ok
}

// whole reads any value; of an object or array it returns the JSON text.
func (d *decoder) whole() (value, bool) {
	kind := d.peek()
	if kind != '{' && kind != '[' {
		return d.scalar()
	}
	start := d.i
	ok := d.skip()
	return value{kind: kind, text: d.b[start:d.i]}, ok
}

func (d *decoder) value(n *node, base int) bool {
	kind := d.peek()
	n.seen = d.serial
	if bit := kindBits[kind]; n.kinds&bit == 0 {
		d.news = append(d.news, news{node: n, bit: bit})
	}
	switch {
	case n.span > 0:
		return d.image(n, kind)
	case kind == '{' && len(n.kids) > 0:
		d.put(n, base, value{kind: '{'})
		return d.object(n, base)
	case kind == '[' && n.each > 0:
		d.put(n, base, value{kind: '['})
		return d.array(n.each - 1)
	}
	v, ok := d.whole()
	if ok && v.kind != 'n' && len(n.kids) > 0 {
		d.lose(n, base)
	}
	d.put(n, base, v)
	return ok
}

// image notes where a row image of the envelope stands and reads the one that counts for most messages, after.
func (d *decoder) image(n *node, kind byte) bool {
	which := n.span - 1
	d.seen[which]++
	d.images[which] = kind
	if kind == '{' && which == imageAfter {
		return d.object(d.plan.row, 0)
	}
	v, ok := d.whole()
	if which == imageBefore {
		d.old = v.text
	}
	return ok
}

// array reads a list element by element. Nulls are passed over; anything else that is no object makes the list astray.
func (d *decoder) array(which int) bool {
	if _, ok := d.open(); !ok {
		return false
	}
	l, e := d.plan.lists[which], &d.lists[which]
	for more := d.first(']'); more; more = d.next(']') {
		ok := true
		switch kind := d.peek(); kind {
		case '{':
			base := len(e.vals)
			for range l.width {
				e.vals = append(e.vals, value{})
			}
			e.count++
			ok = d.object(l.elem, base)
		default:
			if kind != 'n' {
				d.vals[l.value.at] = value{kind: astray}
			}
			ok = d.skip()
		}
		if !ok {
			return false
		}
	}
	return d.fault == nil
}

// put stores a value where its node says.
func (d *decoder) put(n *node, base int, v value) {
	switch {
	case n.at < 0:
	case n.list == inRecord:
		d.vals[n.at] = v
	case n.list == inEnvelope:
		d.env[n.at] = v
	default:
		d.lists[n.list].vals[base+n.at] = v
	}
}

// lose marks what is wanted below a node that is no object.
func (d *decoder) lose(n *node, base int) {
	for _, k := range n.kids {
		d.put(k, base, value{kind: astray})
		d.lose(k, base)
	}
}
