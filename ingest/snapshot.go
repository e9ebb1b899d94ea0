package ingest

import (
	"slices"
	"strconv"

	"github.com/cespare/xxhash/v2"

	"wuku/entity"
)

// snapshotPlan says where a feed of snapshots has its marks.
type snapshotPlan struct {
	mark, run, count source
}

// compileSnapshot registers the fields of the marks.
func (c *compiler) compileSnapshot() {
	s := c.feed.Snapshot
	if s == nil {
		return
	}
	none := source{list: inRecord, at: -1}
	c.snapshot = &snapshotPlan{mark: c.at(s.Mark), run: none, count: none}
	if s.Run != "" {
		c.snapshot.run = c.at(s.Run)
	}
	if s.Count != "" {
		c.snapshot.count = c.at(s.Count)
	}
}

// staged is one message of a snapshot as it waits for the snapshot's end.
type staged struct {
	kind   entity.StagedKind
	key    []byte
	run    []byte
	count  uint64
	digest uint64
	value  []byte
}

// stage reads one message of a snapshot: marks and records. Neither makes claims: that is decided by comparing whole snapshots. What is
// refused goes to quarantine as ever, and still stands in the snapshot, so that its record is not taken for a deleted one. Of an erased
// record only that it stood there is kept, so that the snapshot is not taken for a truncated one.
func (m *Mapper) stage(msg *Message) {
	m.reset()
	if m.plan.many {
		m.stageMany(msg)
		return
	}
	s, f := m.stageOne(msg)
	switch {
	case f != nil && m.erasedUnread(msg):
		m.enter(msg, nil, entity.Erased)
		s = staged{kind: entity.StagedErased, run: s.run}
	case f != nil:
		m.quarantine(msg, f, true)
		m.enter(msg, nil, entity.Quarantined)
		s = staged{kind: entity.StagedRefused, key: m.key, run: s.run}
	default:
		m.records++
		m.passed(msg)
	}
	m.keep(msg, s)
}

// stageMany reads one message that holds several records and marks, in their order. The message is kept in quarantine once, beside its
// first refused record. A message that is refused whole stands for one record whose key nobody knows.
func (m *Mapper) stageMany(msg *Message) {
	many := &m.many
	many.reset()
	var whole *entity.Fault
	if msg.Value != nil { // a tombstone says nothing here
		whole = m.split(msg)
	}
	if whole != nil && m.erasedUnread(msg) {
		m.enter(msg, nil, entity.Erased)
		m.keep(msg, staged{kind: entity.StagedErased})
		return
	}
	if whole != nil {
		many.rows = append(many.rows[:0], piecePlace{fault: whole})
	}
	for i, row := range many.rows {
		m.part = uint32(i)
		m.resetRecord()
		s, f := m.stageRow(msg, row)
		if f != nil {
			many.refused = append(many.refused, refusedRecord{m.part, f, m.field, slices.Clone(m.key)})
			m.enter(msg, nil, entity.Quarantined)
			s = staged{kind: entity.StagedRefused, key: m.key, run: s.run}
		}
		many.erased = many.erased || s.kind == entity.StagedErased
		m.keep(msg, s)
	}
	if len(many.refused) == 0 || many.refused[0].part > 0 { // else the offset is accounted for
		m.records++
		m.passed(msg)
	}
	m.quarantineMany(msg)
}

// stageRow reads one record, or mark, of a message that holds several.
func (m *Mapper) stageRow(msg *Message, row piecePlace) (staged, *entity.Fault) {
	if row.fault != nil {
		return staged{}, row.fault
	}
	if f := m.openRow(row.text); f != nil {
		return staged{}, f
	}
	return m.stageRecord(msg, row.text)
}

// keep stages what was read.
func (m *Mapper) keep(msg *Message, s staged) {
	if s.kind == entity.StagedNothing {
		return
	}
	if m.out.staged == nil {
		m.out.staged = entity.NewStaged(m.plan.feed.Name)
	}
	fill(m.out.staged, row{"offset": uint64(msg.Offset), "kind": uint8(s.kind), "key": s.key, "run": s.run, "count": s.count, "digest": s.digest, "value": s.value, "part": m.part})
	m.bytes += 64 + len(s.key) + len(s.value)
}

// passed accounts for one message without a row of its own: neighbours share a range.
func (m *Mapper) passed(msg *Message) {
	m.drift.count(msg, false)
	if n := len(m.ranges); n > 0 && m.ranges[n-1].outcome == entity.Unmapped && m.ranges[n-1].until == msg.Offset-1 {
		m.ranges[n-1].until = msg.Offset
		return
	}
	m.Range(msg.Offset, msg.Offset, entity.Unmapped, msg.TimeMS)
}

func (m *Mapper) stageOne(msg *Message) (s staged, _ *entity.Fault) {
	switch {
	case len(msg.Key)+len(msg.Value) > m.opts.MaxBytes:
		return s, faultSize
	case msg.Value == nil:
		return s, nil // a tombstone says nothing here
	}
	if _, _, f := m.open(msg); f != nil {
		return s, f
	}
	return m.stageRecord(msg, msg.Value)
}

// stageRecord reads the mark or the record that is decoded; value is its text.
func (m *Mapper) stageRecord(msg *Message, value []byte) (s staged, _ *entity.Fault) {
	m.learn(msg)
	declared, p := m.plan.feed.Snapshot, m.plan.snapshot
	s.run = m.stagedText(p.run)
	switch mark := string(m.stagedText(p.mark)); {
	case slices.Contains(declared.Begin, mark):
		s.kind = entity.StagedBegin
	case slices.Contains(declared.End, mark):
		s.kind = entity.StagedEnd
	}
	if s.kind != entity.StagedNothing {
		if text := m.stagedText(p.count); len(text) > 0 {
			n, err := strconv.ParseUint(string(text), 10, 63)
			if err != nil {
				return s, m.at(declared.Count, faultCount)
			}
			s.count = n + 1
		}
		return s, nil
	}
	outcome, f := m.record(msg, false)
	switch {
	case f != nil:
		return s, f
	case outcome == entity.Erased:
		s.kind = entity.StagedErased
		return s, nil
	}
	s.kind, s.key, s.digest, s.value = entity.StagedRecord, m.key, m.content(), value
	if m.judging { // else the message on the topic of changes raises them
		for i := range m.findings {
			m.finding(msg, &m.findings[i])
		}
	}
	return s, nil
}

// stagedText is a plain value, or nil.
func (m *Mapper) stagedText(at source) []byte {
	if at.at < 0 {
		return nil
	}
	b, ok := scalar(m.dec.get(at, 0))
	if !ok {
		return nil
	}
	return b
}

// content hashes all that the record says, claims and findings, so that a record counts as changed exactly if they would be.
func (m *Mapper) content() uint64 {
	var h xxhash.Digest
	h.Reset()
	word := make([]byte, 0, 32)
	for i := range m.claims {
		c := &m.claims[i]
		word = strconv.AppendUint(append(word[:0], '|'), m.digest(m.plan.slots[c.slot], c.cells), 36)
		_, _ = h.Write(append(word, c.role...))
		_, _ = h.Write(c.anchor[:])
	}
	for i := range m.findings {
		_, _ = h.WriteString("|" + m.findings[i].fault.Code)
		_, _ = h.Write(m.findings[i].role)
		_, _ = h.WriteString("|" + m.findings[i].field.name)
	}
	_, _ = h.WriteString(strconv.FormatInt(m.stagedTime(), 36))
	return h.Sum64()
}

// stagedTime is the record's own event time, where it has one: it decides between records, so that a change of it is one.
func (m *Mapper) stagedTime() int64 {
	if m.plan.etime == nil {
		return 0
	}
	return m.event
}
