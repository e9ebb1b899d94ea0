package match

import (
	"strings"

	"github.com/cespare/xxhash/v2"
)

// value is one distinct value of a column.
type value struct {
	text, alt string
	count     uint32
	facet     [2]uint64 // hashes to look it up by, see Key; 0: none
	checked   bool      // an identifier that passed the check of a scheme
	exact     float32   // weight of two records that both have it
}

// street is the part of an address before its numbers.
func (v *value) street() string {
	s, _, _ := strings.Cut(v.text, "#")
	return s
}

// column keeps the distinct values of a field; number 0 is "nothing there".
type column struct {
	Field
	ids    map[string]uint32
	values []value
	filled int // records that have a value
}

// table is records as numbers: rows[i*width+f] is the value of field f of record i.
type table struct {
	fields  []Field
	columns []*column
	rows    []uint32
	names   []string // of the records
	source  []uint32 // of the records, when the mapping names a source
	sources map[string]uint32
	parser  *parser
}

func newTable(fields []Field) *table {
	t := &table{fields: fields, parser: newParser(), sources: map[string]uint32{}}
	for _, f := range fields {
		t.columns = append(t.columns, &column{Field: f, ids: map[string]uint32{}, values: make([]value, 1)})
	}
	return t
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
	t.names = append(t.names, strings.Clone(name))
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
	if id, ok := c.ids[string(text)]; ok {
		return id
	}
	return unknown
}

// id returns the number of a value as it stands in a file, and counts it.
func (c *column) id(p *parser, raw string) uint32 {
	text, alt := p.parse(&c.Field, raw)
	if len(text) == 0 {
		return 0
	}
	c.filled++
	id, ok := c.ids[string(text)]
	if !ok {
		id = uint32(len(c.values))
		v := value{text: string(text), checked: c.Kind == Identifier && c.Scheme != "" && len(alt) > 0}
		switch {
		case len(alt) == 0:
		case c.Kind == Identifier:
			v.alt = "v"
		case strings.HasSuffix(v.text, string(alt)):
			v.alt = v.text[len(v.text)-len(alt):]
		default:
			v.alt = string(alt)
		}
		v.facet = [2]uint64{xxhash.Sum64String(v.text) | 1, secondFacet(c.Kind, &v)}
		c.values = append(c.values, v)
		c.ids[v.text] = id
	}
	c.values[id].count++
	return id
}
