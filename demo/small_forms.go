package demo

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// form is how a feed writes its records, beside plain JSON objects: a kind, and words behind it, joined by +. Kinds that are connectors are
// those of Debezium: see changeEvent. Words: gb18030 and bom, how text is written; snapshot, the whole content each round, see dump; keyless,
// messages without a key; binary, CloudEvents with attributes as headers; schema, change events with their schema beside them.
type form string

const (
	asArray   form = "array"       // an array of one record
	asCSV     form = "csv"         // a header line and a line
	asCanal   form = "canal"       // Canal's flat message
	asMaxwell form = "maxwell"     // Maxwell's change
	asEvent   form = "cloudevents" // CloudEvents 1.0
	asAvro    form = "avro"        // Confluent's wire format, see Province.Schemas
)

func (f form) kind() form {
	kind, _, _ := strings.Cut(string(f), "+")
	return form(kind)
}

func (f form) has(word string) bool { return strings.Contains(string(f), "+"+word) }

// dumps reports whether the feed sends its whole content each round.
func (f form) dumps() bool { return f.has("snapshot") }

// changes reports whether the form itself says that a record is gone.
func (f form) changes() bool { return f.kind() == asCanal || f.kind() == asMaxwell || f.dumps() }

// breakages are the kinds of broken messages whose reason is the same in every form. A snapshot with a record that nobody can name deletes
// nothing, and what is refused of a message without a key has no name here: neither is broken.
func (f form) breakages() []breakage {
	switch {
	case f.dumps() || f.has("keyless"):
		return nil
	case f.kind() == asCSV:
		return []breakage{withoutKey}
	}
	return []breakage{notJSON, cutShort, withoutKey}
}

// wrap puts the record in r.buf into the feed's form.
func (r *row) wrap() []byte {
	f := r.feed.form
	switch f.kind() {
	case asArray:
		return append(append([]byte{'['}, r.buf...), ']')
	case asCSV:
		return r.lines()
	case asAvro:
		return r.avro()
	case asCanal:
		op, old := r.operation()
		return []byte(`{"data":[` + string(r.buf) + `],"database":"zhyw","es":` + r.millis() + `,"id":` + strconv.Itoa(r.plan.subject+1) + `,"isDdl":false,"old":` + old +
			`,"pkNames":null,"sql":"","table":"t_data","ts":` + r.millis() + `,"type":"` + op + `"}`)
	case asMaxwell:
		op, _ := r.operation()
		return []byte(`{"database":"zhyw","table":"t_data","type":"` + strings.ToLower(op) + `","ts":` + strconv.FormatInt(r.event, 10) + `,"xid":` +
			strconv.Itoa(r.plan.subject+1) + `,"commit":true,"data":` + string(r.buf) + `}`)
	case asEvent:
		if f.has("binary") {
			return r.buf
		}
		b := []byte{'{'}
		for _, a := range r.attributes() {
			b = append(b, `"`+a[0]+`":"`+a[1]+`",`...)
		}
		return append(append(append(b, `"datacontenttype":"application/json","data":`...), r.buf...), '}')
	}
	return r.buf
}

// operation is what a row's change is called, and what the changed columns held before.
func (r *row) operation() (op, old string) {
	switch {
	case r.gone:
		return "DELETE", "null"
	case r.ver > 0:
		return "UPDATE", "[{}]"
	}
	return "INSERT", "null"
}

func (r *row) millis() string { return strconv.FormatInt(r.event*1000, 10) }

// attributes are those of a CloudEvent about the record.
func (r *row) attributes() [][2]string {
	return [][2]string{{"specversion", "1.0"}, {"id", string(r.key) + "-" + strconv.Itoa(r.ver)}, {"source", "/" + r.feed.name}, {"type", "record.changed"},
		{"time", string(appendStamp(nil, r.event, utc))}}
}

// headers are those of the message: the attributes of an event in binary mode.
func (r *row) headers() [][2]string {
	if !r.feed.form.has("binary") {
		return nil
	}
	list := append(r.attributes(), [2]string{"content-type", "application/json"})
	for i := range list[:len(list)-1] {
		list[i][0] = "ce_" + list[i][0]
	}
	return list
}

// cell is one field of a flat record: its name, and its value as text unless it is null.
type cell struct {
	name, text    string
	null, numeric bool
}

// cells reads the flat record in r.buf back.
func (r *row) cells() []cell {
	var list []cell
	d := json.NewDecoder(bytes.NewReader(r.buf))
	d.UseNumber()
	_, err := d.Token() // {
	for err == nil && d.More() {
		var name, value json.Token
		if name, err = d.Token(); err == nil {
			value, err = d.Token()
		}
		c := cell{name: name.(string)}
		switch v := value.(type) {
		case string:
			c.text = v
		case json.Number:
			c.text, c.numeric = v.String(), true
		default:
			c.null = true
		}
		list = append(list, c)
	}
	return list
}

// lines writes the record as a header line and a line of values, every value between quotes.
func (r *row) lines() []byte {
	var head, line []byte
	for i, c := range r.cells() {
		if i > 0 {
			head, line = append(head, ','), append(line, ',')
		}
		head, line = append(head, `"`+c.name+`"`...), append(line, `"`+c.text+`"`...)
	}
	out := append(append(append(head, "\r\n"...), line...), "\r\n"...)
	switch {
	case r.feed.form.has("bom"):
		return append([]byte("\xef\xbb\xbf"), out...)
	case r.feed.form.has("gb18030"):
		if coded, err := simplifiedchinese.GB18030.NewEncoder().Bytes(out); err == nil {
			return coded
		}
	}
	return out
}
