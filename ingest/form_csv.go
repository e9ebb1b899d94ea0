package ingest

import (
	"bytes"
	"encoding/json/jsontext"
	"unicode/utf8"

	"wuku/entity"
)

// csvReader reads lines of separated values (RFC 4180). The zero value is ready.
type csvReader struct {
	delimiter []byte
	names     [][]byte // of the columns, as JSON strings
	fields    []span   // of the line in hand, in values
	values    []byte
	json      []byte // the records made so far
}

// span is bytes [from, to).
type span struct{ from, to int }

// compileCSV prepares the header line of a feed that declares its columns.
func (c *compiler) compileCSV() {
	if c.feed.CSV == nil {
		return
	}
	for i, name := range c.feed.CSV.Columns {
		if i > 0 {
			c.columns = append(c.columns, ',')
		}
		c.columns = appendCSV(c.columns, []byte(name))
	}
}

// appendCSV writes one value between quotes.
func appendCSV(dst, v []byte) []byte {
	dst = append(dst, '"')
	dst = append(dst, bytes.ReplaceAll(v, []byte(`"`), []byte(`""`))...)
	return append(dst, '"')
}

// splitCSV makes a JSON object of every line but the header. Texts keep what stands between the delimiters; the header line may come
// again where the columns are declared, since some programs write it before every message.
func (m *Mapper) splitCSV(b []byte) *entity.Fault {
	r := &m.many.csv
	if !utf8.Valid(b) {
		return faultEncoding
	}
	r.delimiter, r.json = []byte(","), r.json[:0]
	declared := m.plan.columns
	if declared != nil {
		if f, _ := r.line(declared); f != nil || !r.header() {
			return faultHeader
		}
	}
	if o := m.plan.feed.CSV; o != nil && o.Delimiter != "" {
		r.delimiter = []byte(o.Delimiter)
	}
	type piece struct {
		at    span
		fault *entity.Fault
	}
	var pieces []piece
	for first := true; len(b) > 0; {
		if n := lineEnd(b); n > 0 { // an empty line
			b = b[n:]
			continue
		}
		f, n := r.line(b)
		b = b[n:]
		switch {
		case first && declared == nil:
			if f != nil || !r.header() {
				return faultHeader
			}
		case f == nil && first && r.isHeader():
		case f == nil && len(r.fields) != len(r.names):
			pieces = append(pieces, piece{fault: faultColumns})
		case f != nil:
			pieces = append(pieces, piece{fault: f})
		default:
			pieces = append(pieces, piece{at: r.object()})
		}
		first = false
	}
	for _, p := range pieces {
		m.many.rows = append(m.many.rows, piecePlace{text: r.json[p.at.from:p.at.to], fault: p.fault})
	}
	return nil
}

// lineEnd is the length of the line end that b begins with, 0 if it begins with none.
func lineEnd(b []byte) int {
	switch {
	case b[0] == '\n':
		return 1
	case b[0] != '\r':
		return 0
	case len(b) > 1 && b[1] == '\n':
		return 2
	}
	return 1
}

// line reads one line into r.fields and returns its length with its end. A line with a fault ends at its first line end, even one between
// quotes: a quote that is not closed, or stands where none may, must not take the lines behind it along.
func (r *csvReader) line(b []byte) (f *entity.Fault, n int) {
	f, n = r.whole(b)
	if at := bytes.IndexAny(b[:n], "\r\n"); f != nil && at >= 0 {
		n = at + lineEnd(b[at:])
	}
	return f, n
}

// whole is line where line ends between quotes belong to their value.
func (r *csvReader) whole(b []byte) (f *entity.Fault, n int) {
	r.fields, r.values = r.fields[:0], r.values[:0]
	for i := 0; ; {
		from := len(r.values)
		if i < len(b) && b[i] == '"' {
			if i = r.quoted(b, i+1); i < 0 {
				return faultQuote, len(b)
			}
		} else {
			for i < len(b) && b[i] != '\n' && b[i] != '\r' && !bytes.HasPrefix(b[i:], r.delimiter) {
				if b[i] == '"' {
					f = faultQuote
				}
				r.values = append(r.values, b[i])
				i++
			}
		}
		r.fields = append(r.fields, span{from, len(r.values)})
		switch {
		case i >= len(b):
			return f, i
		case bytes.HasPrefix(b[i:], r.delimiter):
			i += len(r.delimiter)
		case lineEnd(b[i:]) > 0:
			return f, i + lineEnd(b[i:])
		default: // something behind a closing quote
			f = faultQuote
			for i < len(b) && lineEnd(b[i:]) == 0 && !bytes.HasPrefix(b[i:], r.delimiter) {
				i++
			}
			if i < len(b) && lineEnd(b[i:]) == 0 {
				i += len(r.delimiter)
			}
		}
	}
}

// quoted reads a value between quotes from behind the first; it returns where it goes on, -1 if the value is not closed.
func (r *csvReader) quoted(b []byte, i int) int {
	for {
		end := bytes.IndexByte(b[i:], '"')
		if end < 0 {
			return -1
		}
		r.values = append(r.values, b[i:i+end]...)
		i += end + 1
		if i >= len(b) || b[i] != '"' {
			return i
		}
		r.values = append(r.values, '"')
		i++
	}
}

// header takes the line in hand as the names of the columns.
func (r *csvReader) header() bool {
	r.names = r.names[:0]
	for _, f := range r.fields {
		name := trim(r.values[f.from:f.to])
		quoted, err := jsontext.AppendQuote(nil, name)
		if err != nil || len(name) == 0 {
			return false
		}
		for _, other := range r.names {
			if bytes.Equal(other, quoted) {
				return false
			}
		}
		r.names = append(r.names, quoted)
	}
	return true
}

// isHeader reports whether the line in hand is the columns' names.
func (r *csvReader) isHeader() bool {
	if len(r.fields) != len(r.names) {
		return false
	}
	for i, f := range r.fields {
		quoted, err := jsontext.AppendQuote(nil, trim(r.values[f.from:f.to]))
		if err != nil || !bytes.Equal(quoted, r.names[i]) {
			return false
		}
	}
	return true
}

// object writes the line in hand as a JSON object.
func (r *csvReader) object() span {
	from := len(r.json)
	for i, f := range r.fields {
		if i == 0 {
			r.json = append(r.json, '{')
		} else {
			r.json = append(r.json, ',')
		}
		r.json = append(append(r.json, r.names[i]...), ':')
		r.json, _ = jsontext.AppendQuote(r.json, r.values[f.from:f.to]) // it is UTF-8: see splitCSV
	}
	r.json = append(r.json, '}')
	return span{from, len(r.json)}
}
