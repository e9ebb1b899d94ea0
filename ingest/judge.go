package ingest

import (
	"encoding/binary"
	"slices"

	"wuku/entity"
)

// Verdict is what would become of one message.
type Verdict struct {
	Key      string   // of the first record, "" where it is not known
	Taken    int      // records that make claims, deletes among them
	Passed   int      // records, or whole messages, that say nothing
	Refused  []Remark // records that would go to quarantine
	Findings []Remark // values that would be left out; their records are taken
	// At is the place in the message, in bytes from 0, where reading it stopped, for faults of its syntax; -1 elsewhere.
	At int
}

// Remark is one thing that is wrong: where, what, and how to mend it. It never holds a value.
type Remark struct {
	Record  int    `json:"record"`            // of a message that holds several, from 0
	Code    string `json:"code"`              // see docs/departments.md
	Field   string `json:"field,omitempty"`   // path in the message, of a refusal
	Element string `json:"element,omitempty"` // library.element, of a finding
	Detail  string `json:"detail"`
}

// placed are the faults whose place in the message is known.
var placed = []string{faultJSON.Code, faultEncoding.Code, faultDuplicateName.Code, faultDepth.Code}

// Judge maps a message and tells what would become of it. Nothing is kept.
func (m *Mapper) Judge(msg *Message) Verdict {
	m.judging = true
	m.Map(msg)
	m.judging = false
	v := Verdict{At: -1}
	b := m.Take(msg.Topic, msg.Partition, msg.Offset, msg.Offset+1)
	v.count(b, m.plan.snapshot != nil)
	if keys := textsOf(b.Ledger, "key"); len(keys) > 0 {
		v.Key = keys[0]
	}
	v.Refused = remarks(b.Quarantine, "reason", "detail", "field")
	for i, part := range numbersOf(b.Quarantine, "part") {
		v.Refused[i].Record = int(part)
	}
	for i, element := range textsOf(b.Findings, "element") {
		r := remarks(b.Findings, "rule", "detail", "")[i]
		r.Element = textsOf(b.Findings, "library")[i] + "." + element
		v.Findings = append(v.Findings, r)
	}
	if len(v.Refused) == 1 && slices.Contains(placed, v.Refused[0].Code) && !m.plan.many && !m.plan.feed.IsAvro() && m.plan.feed.Encoding == "" {
		v.At = m.dec.i
	}
	m.Recycle(b)
	return v
}

// count counts records that are not refused. Those of a snapshot are staged, and its marks say nothing by themselves.
func (v *Verdict) count(b *entity.Batch, snapshot bool) {
	if snapshot && b.Staged != nil {
		for _, kind := range bytesOf(b.Staged, "kind") {
			switch entity.StagedKind(kind) {
			case entity.StagedRecord:
				v.Taken++
			case entity.StagedBegin, entity.StagedEnd, entity.StagedErased:
				v.Passed++
			}
		}
		return
	}
	for _, o := range bytesOf(b.Ledger, "outcome") {
		switch entity.Outcome(o) {
		case entity.Claimed, entity.Deleted:
			v.Taken++
		case entity.Unmapped, entity.Erased:
			v.Passed++
		}
	}
}

func remarks(b *entity.Block, code, detail, field string) []Remark {
	codes, details := textsOf(b, code), textsOf(b, detail)
	list := make([]Remark, len(codes))
	for i := range list {
		list[i] = Remark{Code: codes[i], Detail: details[i]}
		if field != "" {
			list[i].Field = textsOf(b, field)[i]
		}
	}
	return list
}

func columnOf(b *entity.Block, name string) *entity.Column {
	i := slices.IndexFunc(b.Columns, func(c *entity.Column) bool { return c.Name == name })
	if i < 0 {
		return &entity.Column{}
	}
	return b.Columns[i]
}

// textsOf reads a text column back.
func textsOf(b *entity.Block, name string) []string {
	var list []string
	for data := columnOf(b, name).Data; len(data) > 0; {
		n, size := binary.Uvarint(data)
		list = append(list, string(data[size:size+int(n)]))
		data = data[size+int(n):]
	}
	return list
}

func bytesOf(b *entity.Block, name string) []byte { return columnOf(b, name).Data }

// numbersOf reads a column of 32-bit numbers back.
func numbersOf(b *entity.Block, name string) []uint32 {
	var list []uint32
	for data := columnOf(b, name).Data; len(data) >= 4; data = data[4:] {
		list = append(list, binary.LittleEndian.Uint32(data))
	}
	return list
}
