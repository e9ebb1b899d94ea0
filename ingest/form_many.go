package ingest

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// manyRecords are the records of one message of a format that may hold several.
type manyRecords struct {
	rows    []piecePlace
	olds    []piecePlace // Canal and Maxwell: what changed columns of the row at the same place held before
	gone    bool         // all rows are deleted ones
	refused []refusedRecord
	erased  bool // a record of the message is on the erasure list: its bytes are not kept
	seen    map[string]entity.Version
	old     *decoder
	csv     csvReader
}

// piecePlace is the JSON text of one record, or why there is none.
type piecePlace struct {
	text  []byte
	fault *entity.Fault
}

// refusedRecord is a record that goes to quarantine.
type refusedRecord struct {
	part  uint32
	fault *entity.Fault
	field string
	key   []byte // of the record, where it is known
}

// mapMany maps a message of several records. Each record stands for itself: its claims, its row in the ledger (numbered by part) and
// its reason if it is refused. The message is kept in quarantine once, beside its first refused record; a retry maps it whole.
func (m *Mapper) mapMany(msg, retry *Message) {
	m.reset()
	many := &m.many
	many.reset()
	f := m.split(msg)
	switch {
	case f != nil && m.erasedUnread(msg):
		m.enter(msg, retry, entity.Erased)
		return
	case f != nil:
		m.quarantine(msg, f, true)
		m.enter(msg, retry, entity.Quarantined)
		return
	case len(many.rows) == 0:
		m.enter(msg, retry, entity.Unmapped)
		return
	}
	extra := uint32(len(many.rows))
	for i, row := range many.rows {
		m.part = uint32(i)
		m.resetRecord()
		outcome, f := m.mapOne(msg, row)
		m.settleOne(msg, retry, outcome, f)
		if f != nil || outcome == entity.Erased || i >= len(many.olds) {
			continue
		}
		if outcome, ok := m.renamed(many.olds[i]); ok {
			m.part = extra
			extra++
			many.erased = many.erased || outcome == entity.Erased
			m.enter(msg, retry, outcome)
		}
	}
	m.quarantineMany(msg)
}

func (many *manyRecords) reset() {
	many.rows, many.olds, many.refused, many.gone, many.erased = many.rows[:0], many.olds[:0], many.refused[:0], false, false
	clear(many.seen)
}

// quarantineMany keeps the refused records of a message, and the message itself beside the first, unless an erased one is in it.
func (m *Mapper) quarantineMany(msg *Message) {
	for i, r := range m.many.refused {
		m.part, m.field, m.key = r.part, r.field, r.key
		m.quarantine(msg, r.fault, i == 0 && !m.many.erased)
	}
}

// settleOne writes what became of one record.
func (m *Mapper) settleOne(msg, retry *Message, outcome entity.Outcome, f *entity.Fault) {
	if f != nil {
		m.many.refused = append(m.many.refused, refusedRecord{m.part, f, m.field, slices.Clone(m.key)})
		m.ver, m.named, m.anchors = entity.Version{}, m.named[:0], m.anchors[:0] // the key stays: by it an erasure finds what is kept
		outcome = entity.Quarantined
	} else if outcome == entity.Erased {
		m.many.erased = true
		m.claims, m.findings = m.claims[:0], m.findings[:0]
	} else {
		m.emit(msg)
	}
	m.enter(msg, retry, outcome)
}

// mapOne maps one record of the message.
func (m *Mapper) mapOne(msg *Message, row piecePlace) (entity.Outcome, *entity.Fault) {
	if row.fault != nil {
		return 0, row.fault
	}
	if f := m.openRow(row.text); f != nil {
		return 0, f
	}
	m.learn(msg)
	outcome, f := m.record(msg, m.many.gone)
	if f != nil || outcome == entity.Erased {
		return outcome, f
	}
	if m.many.seen == nil {
		m.many.seen = map[string]entity.Version{}
	}
	if before, twice := m.many.seen[string(m.key)]; twice && before == m.ver {
		return 0, m.at(m.plan.feed.Key[0], faultTwice)
	}
	m.many.seen[string(m.key)] = m.ver
	return outcome, nil
}

// openRow decodes the text of one record.
func (m *Mapper) openRow(text []byte) *entity.Fault {
	m.dec.resetRow()
	f := m.dec.document(text, m.plan.row)
	if f == faultShape {
		f = faultRow
	}
	return f
}

// renamed reports whether a change gave the record another key, and makes the record of the old key the present one, deleted.
func (m *Mapper) renamed(before piecePlace) (outcome entity.Outcome, ok bool) {
	many := &m.many
	if before.fault != nil || len(before.text) == 0 || many.gone {
		return 0, false
	}
	if many.old == nil {
		many.old = newDecoder(m.plan, m.opts.MaxDepth)
	}
	many.old.reset()
	if many.old.document(before.text, m.plan.row) != nil {
		return 0, false
	}
	changed := false
	for _, at := range m.plan.key {
		if at.list != inRecord {
			return 0, false
		}
		if v := many.old.vals[at.at]; v.kind != 0 {
			changed = true
		} else {
			many.old.vals[at.at] = m.dec.vals[at.at]
		}
	}
	if !changed {
		return 0, false
	}
	now := bytes.Clone(m.key)
	ver := m.ver
	if m.join(many.old, m.plan.key) >= 0 || m.setKey("") != nil || bytes.Equal(now, m.keys) {
		return 0, false
	}
	m.resetRecord()
	m.key, m.ver = m.keys, ver
	if m.erased() {
		return entity.Erased, true
	}
	return entity.Deleted, true
}

// split finds the records of a message. A fault is the whole message's.
func (m *Mapper) split(msg *Message) *entity.Fault {
	if len(msg.Key)+len(msg.Value) > m.opts.MaxBytes {
		return faultSize
	}
	if msg.Value == nil {
		return m.splitTombstone(msg)
	}
	b, f := m.text.read(m.plan.feed, msg.Value, m.opts)
	if f != nil {
		return f
	}
	switch m.plan.feed.Format {
	case catalog.FormatArray:
		return m.dec.pieces(b, &m.many.rows, faultArray)
	case catalog.FormatCSV:
		return m.splitCSV(b)
	}
	return m.splitRows(msg, b)
}

// splitTombstone makes a message without a value the delete of the record that its key names, if the feed says so.
func (m *Mapper) splitTombstone(msg *Message) *entity.Fault {
	if d := m.plan.feed.Delete; d == nil || !d.Tombstone {
		return nil
	}
	m.many.gone = true
	m.many.rows = append(m.many.rows, piecePlace{text: []byte("{}")}) // the key is the message's
	return nil
}

// splitRows finds the rows of a Canal or Maxwell message. Messages about tables have none.
func (m *Mapper) splitRows(msg *Message, b []byte) *entity.Fault {
	d, e := m.dec, m.plan.envelope
	if f := d.message(b, m.plan.root); f != nil {
		return f
	}
	kind := d.get(e.op, 0)
	if kind.kind != '"' {
		return faultRows
	}
	if d.get(e.ddl, 0).kind == 't' {
		kind.text = []byte("ddl")
	}
	switch string(kind.text) {
	case "INSERT", "UPDATE", "insert", "update", "bootstrap-insert":
	case "DELETE", "delete":
		m.many.gone = true
	case "TRUNCATE":
		m.drift.truncated(msg)
		return nil
	default:
		return nil
	}
	data, old := d.get(e.data, 0), d.get(e.old, 0)
	if m.plan.feed.Format == catalog.FormatMaxwell {
		if data.kind != '{' {
			return faultRows
		}
		m.many.rows = append(m.many.rows, piecePlace{text: data.text})
		if old.kind == '{' {
			m.many.olds = append(m.many.olds, piecePlace{text: old.text})
		}
		return nil
	}
	if data.kind != '[' {
		return faultRows
	}
	if old.kind == '[' {
		if f := d.pieces(old.text, &m.many.olds, faultRows); f != nil {
			return f
		}
	}
	return d.pieces(data.text, &m.many.rows, faultRows)
}

// pieces cuts a JSON array into its elements, all of it checked as JSON.
func (d *decoder) pieces(b []byte, into *[]piecePlace, shape *entity.Fault) *entity.Fault {
	f := d.cut(b, into, shape)
	if f == faultJSON && !utf8.Valid(b) {
		return faultEncoding // what broke the syntax is most likely that
	}
	return f
}

func (d *decoder) cut(b []byte, into *[]piecePlace, shape *entity.Fault) *entity.Fault {
	d.scanner.start(b)
	if d.peek() != '[' {
		if f := d.message(b, nil); f != nil && f != faultShape {
			return f
		}
		return shape
	}
	if _, ok := d.open(); !ok {
		return d.fault
	}
	for more := d.first(']'); more; more = d.next(']') {
		start, p := d.i, piecePlace{}
		if d.peek() != '{' {
			p.fault = faultRow
		}
		if !d.skip() {
			break
		}
		p.text = d.b[start:d.i]
		*into = append(*into, p)
	}
	if d.fault == nil {
		if d.space(); d.i < len(d.b) {
			d.fail(faultJSON)
		}
	}
	return d.fault
}
