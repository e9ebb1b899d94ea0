package ingest

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"io"
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
	hash []*node // kids by hashName, open addressing; nil if there are none
}

func newNode(name string) *node { return &node{name: name, at: -1, list: inRecord} }

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
func (n *node) finish() {
	if len(n.kids) == 0 || n.hash != nil {
		return
	}
	size := 4
	for size < 4*len(n.kids) {
		size *= 2
	}
	n.hash = make([]*node, size)
	for _, k := range n.kids {
		i := hashName([]byte(k.name)) & uint32(size-1)
		for n.hash[i] != nil {
			i = (i + 1) & uint32(size-1)
		}
		n.hash[i] = k
		k.finish()
	}
}

// hashName need not be good, only quick: names that fall together are told apart by comparing them.
func hashName(b []byte) uint32 {
	h := uint32(len(b))
	if len(b) > 0 {
		h += uint32(b[0])*31 + uint32(b[len(b)/2])*1021 + uint32(b[len(b)-1])*65599
	}
	return h ^ h>>7
}

// find returns the wanted node of that name, or nil.
func (n *node) find(name []byte) *node {
	if len(n.hash) == 0 {
		return nil
	}
	mask := uint32(len(n.hash) - 1)
	for i := hashName(name) & mask; ; i = (i + 1) & mask {
		k := n.hash[i]
		if k == nil || k.name == string(name) {
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
// It is strict: RFC 8259 with unique names and valid UTF-8, one value, bounded depth.
type decoder struct {
	src      bytes.Buffer
	json     *jsontext.Decoder
	plan     *plan
	maxDepth int
	vals     []value
	env      []value
	lists    []elements
	keyVals  []value
	images   [2]byte // kinds of a Debezium envelope's row images, before and after; 0 if absent
	seen     [2]int  // how often each stood in the envelope
	old      []byte  // the JSON text of before
	arena    []byte
}

func newDecoder(p *plan, maxDepth int) *decoder {
	return &decoder{plan: p, maxDepth: maxDepth, json: jsontext.NewDecoder(bytes.NewReader(nil)), vals: make([]value, p.width),
		env: make([]value, p.envWidth), lists: make([]elements, len(p.lists)), keyVals: make([]value, p.keyWidth)}
}

// reset forgets the last message.
func (d *decoder) reset() {
	d.resetRow()
	clear(d.env)
	d.images, d.seen, d.old = [2]byte{}, [2]int{}, nil
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
	if tooDeep(b, d.maxDepth) {
		return faultDepth
	}
	if err := d.document(b, root); err != nil {
		return jsonFault(b, err)
	}
	return nil
}

var errNoObject = errors.New("the message is no JSON object")

func (d *decoder) document(b []byte, root *node) error {
	d.src = *bytes.NewBuffer(b)
	d.json.Reset(&d.src)
	kind := d.json.PeekKind()
	if kind != '{' {
		if err := d.json.SkipValue(); err != nil {
			return err
		}
		return errNoObject
	}
	if err := d.object(root, 0); err != nil {
		return err
	}
	if _, err := d.json.ReadToken(); err != io.EOF {
		if err == nil {
			err = errTrailing
		}
		return err
	}
	return nil
}

var errTrailing = errors.New("more follows the JSON value")

// object reads an object whose wanted names are n's. base is where the values of the present list element begin.
func (d *decoder) object(n *node, base int) error {
	if _, err := d.json.ReadToken(); err != nil {
		return err
	}
	for d.json.PeekKind() != '}' {
		raw, err := d.json.ReadValue()
		if err != nil {
			return err
		}
		k := n.find(d.unquote(raw))
		if k == nil {
			err = d.json.SkipValue()
		} else {
			err = d.value(k, base)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.json.ReadToken()
	return err
}

func (d *decoder) value(n *node, base int) error {
	kind := d.json.PeekKind()
	if n.span > 0 {
		return d.image(n, kind)
	}
	switch {
	case kind == '{' && len(n.kids) > 0:
		d.put(n, base, value{kind: '{'})
		return d.object(n, base)
	case kind == '[' && n.each > 0:
		d.put(n, base, value{kind: '['})
		return d.array(n.each - 1)
	}
	raw, err := d.json.ReadValue()
	if err != nil {
		return err
	}
	v := value{kind: byte(kind), text: raw}
	if kind == '"' {
		v.text = d.unquote(raw)
	}
	if kind != 'n' {
		d.lose(n, base)
	}
	d.put(n, base, v)
	return nil
}

// image notes where a row image of the envelope stands and reads the one that counts for most messages, after.
func (d *decoder) image(n *node, kind jsontext.Kind) error {
	which := n.span - 1
	d.seen[which]++
	d.images[which] = byte(kind)
	if kind == '{' && which == imageAfter {
		return d.object(d.plan.row, 0)
	}
	raw, err := d.json.ReadValue()
	if which == imageBefore {
		d.old = raw
	}
	return err
}

func (d *decoder) array(which int) error {
	if _, err := d.json.ReadToken(); err != nil {
		return err
	}
	l := d.plan.lists[which]
	for {
		kind := d.json.PeekKind()
		switch kind {
		case ']':
			_, err := d.json.ReadToken()
			return err
		case '{':
			e := &d.lists[which]
			base := len(e.vals)
			for range l.width {
				e.vals = append(e.vals, value{})
			}
			e.count++
			if err := d.object(l.elem, base); err != nil {
				return err
			}
		default:
			if kind != 'n' {
				d.put(&node{at: l.value.at, list: inRecord}, 0, value{kind: astray})
			}
			if err := d.json.SkipValue(); err != nil {
				return err
			}
		}
	}
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

// unquote returns the text of a JSON string: a part of it if nothing is escaped, else a copy in the arena.
func (d *decoder) unquote(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	start := len(d.arena)
	d.arena, _ = jsontext.AppendUnquote(d.arena, raw) // the decoder has checked it
	return d.arena[start:len(d.arena):len(d.arena)]
}

// tooDeep reports whether a text nests deeper than most. It is checked before decoding, which is then free to skip; text in
// strings does not count.
func tooDeep(b []byte, most int) bool {
	if bytes.Count(b, []byte{'{'})+bytes.Count(b, []byte{'['}) <= most {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// jsonFault puts a decoding error into the words of the quarantine.
func jsonFault(b []byte, err error) *entity.Fault {
	switch {
	case errors.Is(err, errNoObject):
		return faultShape
	case errors.Is(err, jsontext.ErrDuplicateName):
		return faultDuplicateName
	case errors.Is(err, io.ErrUnexpectedEOF) && utf8.Valid(b):
		return faultJSON
	case !utf8.Valid(b), bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return faultEncoding
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) && int(syntax.ByteOffset) < len(b) && bytes.HasPrefix(b[syntax.ByteOffset:], []byte(`\u`)) {
		return faultEncoding // half of a surrogate pair
	}
	return faultJSON
}
