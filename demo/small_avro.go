package demo

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// Schemas are the Avro schemas of the province's messages, by the id that stands in front of each: what a schema registry answers.
func (p *Province) Schemas() map[uint32]string {
	all := map[uint32]string{}
	for _, f := range p.feeds {
		if f.form.kind() == asAvro {
			all[f.schemaID()] = f.schema()
		}
	}
	return all
}

// schemaID is the id under which the feed's schema is registered.
func (f *feed) schemaID() uint32 { return uint32(1000 + f.id) }

// schema is a flat record whose fields may each be missing, a text or a whole number: what is written wrong must be written somehow, too.
func (f *feed) schema() string {
	space, name, _ := strings.Cut(f.name, ".")
	var b strings.Builder
	b.WriteString(`{"type":"record","name":"` + name + `","namespace":"` + space + `","fields":[`)
	for i, field := range f.fields {
		b.WriteString(strings.Repeat(",", min(i, 1)) + `{"name":"` + field + `","type":["null","string","long"],"default":null}`)
	}
	return b.String() + "]}"
}

// avro writes the flat record in r.buf in Confluent's wire format.
func (r *row) avro() []byte {
	b := binary.BigEndian.AppendUint32([]byte{0}, r.feed.schemaID())
	cells := r.cells()
	for _, field := range r.feed.fields {
		b = appendUnion(b, cells, field)
	}
	return b
}

// appendUnion writes one field: the number of its type in the union, then the value.
func appendUnion(b []byte, cells []cell, field string) []byte {
	for _, c := range cells {
		if c.name != field || c.null {
			continue
		}
		if n, err := strconv.ParseInt(c.text, 10, 64); err == nil && c.numeric {
			return binary.AppendVarint(binary.AppendVarint(b, 2), n)
		}
		return append(binary.AppendVarint(binary.AppendVarint(b, 1), int64(len(c.text))), c.text...)
	}
	return binary.AppendVarint(b, 0)
}
