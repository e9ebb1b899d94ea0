package demo

import (
	"bytes"
	"encoding/json"
	"strconv"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// form is how a small feed wraps its records, beside plain JSON objects and Debezium's envelopes.
type form string

const (
	asArray   form = "array"       // an array of one record
	asCSV     form = "csv"         // a header line and a line
	asGB18030 form = "csv+gb18030" // the same in GB 18030
	asCanal   form = "canal"       // Canal's flat message
	asMaxwell form = "maxwell"     // Maxwell's change
	asEvent   form = "cloudevents" // CloudEvents 1.0, structured
)

// changes reports whether the form itself says that a record is gone.
func (f form) changes() bool { return f == asCanal || f == asMaxwell }

// breakages are the kinds of broken messages whose reason is the same in every form.
func (f form) breakages() []breakage {
	if f == asCSV || f == asGB18030 {
		return []breakage{withoutKey}
	}
	return []breakage{notJSON, cutShort, withoutKey}
}

// wrap puts the record in r.buf into the feed's form.
func (r *row) wrap() []byte {
	f := r.feed.form
	switch f {
	case "":
		return r.buf
	case asArray:
		return append(append([]byte{'['}, r.buf...), ']')
	case asCSV, asGB18030:
		return r.lines(f == asGB18030)
	}
	ms := strconv.FormatInt(r.event*1000, 10)
	op := [...]string{"INSERT", "UPDATE", "DELETE"}[boolIndex(r.ver > 0)+boolIndex(r.gone)*(2-boolIndex(r.ver > 0))]
	old := [...]string{"null", "[{}]"}[boolIndex(op == "UPDATE")]
	var b bytes.Buffer
	switch f {
	case asCanal:
		b.WriteString(`{"data":[` + string(r.buf) + `],"database":"zhyw","es":` + ms + `,"id":` + strconv.Itoa(r.plan.subject+1) + `,"isDdl":false,"old":` + old +
			`,"pkNames":null,"sql":"","table":"t_data","ts":` + ms + `,"type":"` + op + `"}`)
	case asMaxwell:
		b.WriteString(`{"database":"zhyw","table":"t_data","type":"` + string(bytes.ToLower([]byte(op))) + `","ts":` + strconv.FormatInt(r.event, 10) + `,"xid":` +
			strconv.Itoa(r.plan.subject+1) + `,"commit":true,"data":` + string(r.buf) + `}`)
	case asEvent:
		b.WriteString(`{"specversion":"1.0","id":"` + string(r.key) + "-" + strconv.Itoa(r.ver) + `","source":"/` + r.feed.name + `","type":"record.changed","time":"` +
			string(appendStamp(nil, r.event, utc)) + `","datacontenttype":"application/json","data":` + string(r.buf) + `}`)
	}
	return b.Bytes()
}

// lines writes the record as a header line and a line of values, every value between quotes.
func (r *row) lines(chinese bool) []byte {
	var head, line []byte
	d := json.NewDecoder(bytes.NewReader(r.buf))
	d.UseNumber()
	for name := true; ; name = !name {
		t, err := d.Token()
		if err != nil {
			break // the end: the record was written here
		}
		text := ""
		switch v := t.(type) {
		case json.Delim:
			name = false // the next token is a name
			continue
		case string:
			text = v
		case json.Number:
			text = v.String()
		}
		to := &line
		if name {
			to = &head
		}
		if len(*to) > 0 {
			*to = append(*to, ',')
		}
		*to = append(append(append(*to, '"'), text...), '"')
	}
	out := append(append(append(head, "\r\n"...), line...), "\r\n"...)
	if chinese {
		if coded, err := simplifiedchinese.GB18030.NewEncoder().Bytes(out); err == nil {
			return coded
		}
	}
	return out
}
