package match

import (
	"bytes"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// value is one distinct value of a column.
type value struct {
	both    string    // the normal form, and behind it the second form unless that is its end
	facet   [2]uint64 // hashes to look it up by, see Key; 0: none
	count   uint32
	exact   float32 // weight of two records that both have it
	end     uint16  // of the normal form
	second  uint16  // where the second form begins
	checked bool    // an identifier that passed the check of a scheme
}

func (v *value) text() string { return v.both[:v.end] }
func (v *value) alt() string  { return v.both[v.second:] }

// street is the part of an address before its numbers.
func (v *value) street() string {
	s, _, _ := strings.Cut(v.text(), "#")
	return s
}

// column keeps the distinct values of a field; number 0 is "nothing there".
type column struct {
	Field
	ids    []uint32 // of values, open addressing by the hash of the normal form; 0: free
	values []value
	room   room
	filled int // records that have a value
}

// table is records as numbers: rows[i*width+f] is the value of field f of record i.
type table struct {
	fields  []Field
	columns []*column
	rows    []uint32
	names   []string // of the records
	room    room     // of their names
	source  []uint32 // of the records, when the mapping names a source
	sources map[string]uint32
	parser  *parser
}

func newTable(fields []Field) *table {
	t := &table{fields: fields, parser: newParser(), sources: map[string]uint32{}}
	for _, f := range fields {
		t.columns = append(t.columns, newColumn(f))
	}
	return t
}

func newColumn(f Field) *column {
	return &column{Field: f, ids: make([]uint32, 64), values: make([]value, 1)}
}

// room holds many short texts in few pieces of memory.
type room struct{ piece strings.Builder }

const pieceSize = 16 << 10

// keep returns a text and what comes behind it as one string.
func (r *room) keep(text, behind []byte) string {
	if n := len(text) + len(behind); r.piece.Cap()-r.piece.Len() < n {
		r.piece.Reset()
		r.piece.Grow(max(n, pieceSize))
	}
	from := r.piece.Len()
	r.piece.Write(text)
	r.piece.Write(behind)
	return r.piece.String()[from:]
}

func (t *table) len() int { return len(t.names) }

func (t *table) row(i int) []uint32 {
	w := len(t.columns)
	return t.rows[i*w : i*w+w : i*w+w]
}

// add appends a record.
func (t *table) add(name, source string, values []string) {
	for f, c := range t.columns {
		t.rows = append(t.rows, c.id(t.parser, values[f]))
	}
	t.names = append(t.names, t.room.keep([]byte(name), nil))
	id, ok := t.sources[source]
	if !ok {
		id = uint32(len(t.sources))
		t.sources[strings.Clone(source)] = id
	}
	t.source = append(t.source, id)
}

// unknown is a value that no record has had.
const unknown = ^uint32(0)

// find returns the number of a value as it stands in a file, without taking it in.
func (c *column) find(p *parser, raw string) uint32 {
	text, _ := p.parse(&c.Field, raw)
	if len(text) == 0 {
		return 0
	}
	if _, id := c.place(xxhash.Sum64(text)|1, text); id != 0 {
		return id
	}
	return unknown
}

// place returns where the number of a value stands in ids, or would stand, and the number.
func (c *column) place(h uint64, text []byte) (int, uint32) {
	mask := len(c.ids) - 1
	for i := int(h>>8) & mask; ; i = (i + 1) & mask {
		id := c.ids[i]
		if id == 0 {
			return i, 0
		}
		if v := &c.values[id]; v.facet[0] == h && v.text() == string(text) {
			return i, id
		}
	}
}

// id returns the number of a value as it stands in a file, and counts it.
func (c *column) id(p *parser, raw string) uint32 {
	return c.take(p.parse(&c.Field, raw))
}

// take is id for a value in its normal form.
func (c *column) take(text, alt []byte) uint32 {
	if len(text) == 0 {
		return 0
	}
	c.filled++
	h := xxhash.Sum64(text) | 1
	at, id := c.place(h, text)
	if id == 0 {
		id = uint32(len(c.values))
		c.ids[at] = id
		c.values = append(c.values, c.newValue(h, text, alt))
		if len(c.values)*4 > len(c.ids)*3 {
			c.grow()
		}
	}
	c.values[id].count++
	return id
}

func (c *column) newValue(h uint64, text, alt []byte) value {
	v := value{end: uint16(len(text)), second: uint16(len(text)), checked: c.Kind == Identifier && c.Scheme != "" && len(alt) > 0}
	if bytes.HasSuffix(text, alt) && c.Kind != Identifier {
		v.second -= uint16(len(alt))
		alt = nil
	}
	v.both = c.room.keep(text, alt)
	v.facet = [2]uint64{h, secondFacet(c.Kind, &v)}
	return v
}

func (c *column) grow() {
	c.ids = make([]uint32, 2*len(c.ids))
	mask := len(c.ids) - 1
	for id := 1; id < len(c.values); id++ {
		i := int(c.values[id].facet[0]>>8) & mask
		for c.ids[i] != 0 {
			i = (i + 1) & mask
		}
		c.ids[i] = uint32(id)
	}
}
