package ingest

import (
	"encoding/base64"
	"encoding/json/jsontext"
	"slices"
	"sync"

	"wuku/entity"
)

// Places of the fixed columns, in the order of entity.ClaimColumns.
const (
	colAnchor = iota
	colFeed
	colKey
	colRole
	colVer
	colOp
	colAlso
	colEventTime
	colTopic
	colPartition
	colOffset
	colReceived
	colDigest
	colTier
	colJurisdiction
	colStrength
	firstElement
)

// blocks is the set of blocks that is being filled: claims by slot.
type blocks struct {
	claims     []*entity.Block
	findings   *entity.Block
	quarantine *entity.Block
	ledger     *entity.Block
	staged     *entity.Block // of feeds of snapshots; nil if there is nothing
}

// spare is what was recycled. Pools, so that the memory of a load goes back to the system when the feed falls quiet.
type spare struct {
	claims                       []sync.Pool // by slot
	findings, quarantine, ledger sync.Pool
}

// gap is a range of offsets without a message to map.
type gap struct {
	from, until int64
	outcome     entity.Outcome
	received    int64
}

// newClaims makes the block of one slot.
func (m *Mapper) newClaims(slot int) *entity.Block {
	f, s := m.plan.feed, m.plan.slots[slot]
	b := entity.NewClaims(s.library.Name, f.Name, f.Topic, f.Tier, f.Jurisdiction)
	for _, p := range s.fields {
		b.Add(p.name, p.kind, true)
	}
	return b
}

// ready makes sure that there are blocks to write to.
func (m *Mapper) ready() {
	if m.out.ledger == nil {
		m.refill()
	}
}

// refill puts empty blocks where there are none, from what was recycled if there is some. It is called when there is a row to
// write, so that a quiet feed holds nothing.
func (m *Mapper) refill() {
	f := m.plan.feed
	for i, b := range m.out.claims {
		if b == nil {
			m.out.claims[i] = pop(&m.free.claims[i], func() *entity.Block { return m.newClaims(i) })
		}
	}
	if m.out.findings == nil {
		m.out.findings = pop(&m.free.findings, func() *entity.Block { return entity.NewFindings(f.Name, f.Topic) })
	}
	if m.out.quarantine == nil {
		m.out.quarantine = pop(&m.free.quarantine, func() *entity.Block { return m.parted(entity.NewQuarantine(f.Name, f.Topic)) })
	}
	if m.out.ledger == nil {
		m.out.ledger = pop(&m.free.ledger, func() *entity.Block { return m.parted(entity.NewLedger(f.Name, f.Topic)) })
	}
}

// parted adds the column that numbers the records of a message, for feeds whose messages may hold several. Elsewhere it is 0.
func (m *Mapper) parted(b *entity.Block) *entity.Block {
	if m.plan.many {
		b.Add("part", entity.U32, false)
	}
	return b
}

func pop(free *sync.Pool, make func() *entity.Block) *entity.Block {
	if b, ok := free.Get().(*entity.Block); ok {
		return b
	}
	return make()
}

// Recycle takes back the memory of a batch that Take gave and that is stored. It may be called from any goroutine; a batch that
// is never recycled is left to the garbage collector.
func (m *Mapper) Recycle(b *entity.Batch) {
	for _, c := range b.Claims {
		for i := range m.plan.slots {
			if m.fits(i, c) {
				c.Reset()
				m.free.claims[i].Put(c)
				break
			}
		}
	}
	if b.Ledger != nil && b.Ledger.Columns[ledgerTopic].Kind == entity.Text { // of retries: the next one begins with one topic again
		b.Ledger = nil
	}
	for _, p := range []struct {
		block *entity.Block
		free  *sync.Pool
	}{{b.Findings, &m.free.findings}, {b.Quarantine, &m.free.quarantine}, {b.Ledger, &m.free.ledger}} {
		if p.block != nil {
			p.block.Reset()
			p.free.Put(p.block)
		}
	}
	b.Claims, b.Findings, b.Quarantine, b.Ledger = nil, nil, nil, nil
}

// fits reports whether a block of claims has the columns of a slot; slots that are alike may share their blocks.
func (m *Mapper) fits(slot int, b *entity.Block) bool {
	s := m.plan.slots[slot]
	if len(b.Columns) != firstElement+len(s.fields) || b.Table != "claims."+s.library.Name {
		return false
	}
	for i, c := range b.Columns[firstElement:] {
		if c.Name != s.fields[i].name {
			return false
		}
	}
	return true
}

// varyTopic lets the ledger's rows stand in different topics.
func (b *blocks) varyTopic() {
	c := b.ledger.Columns[ledgerTopic]
	if c.Kind == entity.Text {
		return
	}
	topic := string(c.Data)
	c.Kind, c.Data = entity.Text, nil
	for range b.ledger.Rows {
		c.AppendString(topic)
	}
}

// emit writes the claims and findings of the present message, and notes what they name.
func (m *Mapper) emit(msg *Message) {
	for i := range m.claims {
		c := &m.claims[i]
		also := m.also[c.also[0]:c.also[1]]
		m.row(msg, c, entity.Assert, c.anchor, c.rank, also)
		m.named, m.anchors = append(m.named, c.word[0]), append(m.anchors, c.anchor)
		for k, weaker := range also {
			m.one[0] = c.anchor
			m.row(msg, c, entity.Alias, weaker, m.ranks[c.also[0]+k], m.one[:])
			m.named, m.anchors = append(m.named, c.word[1]), append(m.anchors, weaker)
		}
	}
	for i := range m.findings {
		m.finding(msg, &m.findings[i])
	}
}

// row writes one row of claims: elements for Assert, none for Alias.
func (m *Mapper) row(msg *Message, c *claim, op entity.Op, anchor entity.ID, rank uint8, also []entity.ID) {
	s, b := m.plan.slots[c.slot], m.out.claims[c.slot]
	cols := b.Columns
	cols[colAnchor].AppendID(anchor)
	cols[colKey].AppendText(m.key)
	cols[colRole].AppendText(c.role)
	cols[colVer].AppendVersion(m.ver)
	cols[colOp].AppendU8(uint8(op))
	cols[colAlso].AppendIDs(also)
	cols[colEventTime].AppendInt64(m.event)
	cols[colPartition].AppendU32(uint32(msg.Partition))
	cols[colOffset].AppendU64(uint64(msg.Offset))
	cols[colReceived].AppendInt64(received(msg.TimeMS))
	cols[colStrength].AppendU8(rank)
	size := 16 + len(m.key) + len(c.role) + 80 + 16*len(also)
	digest := uint64(0)
	if op == entity.Assert {
		digest = m.digest(s, c.cells)
		size += m.elements(s, cols[firstElement:], c.cells)
	} else {
		for _, col := range cols[firstElement:] {
			col.AppendNull()
		}
		size += 9 * len(s.fields)
	}
	cols[colDigest].AppendU64(digest)
	b.Rows++
	m.bytes += size
}

// elements writes the cells of a claim and returns about how many bytes they took.
func (m *Mapper) elements(s *slotPlan, cols []*entity.Column, cells int) (size int) {
	for i, p := range s.fields {
		c, col := &m.cells[cells+i], cols[i]
		if c.state != filled {
			col.AppendNull()
			continue
		}
		switch p.kind {
		case entity.Text:
			col.AppendText(c.text)
			size += len(c.text)
		case entity.Date:
			col.AppendDays(int32(c.num))
		case entity.Bool:
			col.AppendU8(uint8(c.num))
		default: // Int, Decimal, DateTime, and Float, whose bits the cell holds
			col.AppendInt64(c.num)
		}
	}
	return size + 8*len(s.fields)
}

// received keeps the broker's timestamp within what the engine's DateTime64 holds.
func received(ms int64) int64 { return min(max(ms, 0), (lastDay+1)*msPerDay-1) }

func (m *Mapper) finding(msg *Message, f *finding) {
	b := m.out.findings
	cols := b.Columns[2:]
	cols[0].AppendU32(uint32(msg.Partition))
	cols[1].AppendU32(m.plan.feed.Revision)
	cols[2].AppendU64(uint64(msg.Offset))
	cols[3].AppendString(m.plan.slots[f.slot].library.Name)
	cols[4].AppendText(m.key)
	cols[5].AppendText(f.role)
	cols[6].AppendVersion(m.ver)
	cols[7].AppendID(f.anchor)
	cols[8].AppendString(f.field.name)
	cols[9].AppendString(f.fault.Code)
	cols[10].AppendText(m.detail(f.fault))
	cols[11].AppendInt64(received(msg.TimeMS))
	b.Rows++
	m.bytes += 160 + len(m.key) + len(f.role) + len(f.fault.Message)
}

// detail says what is wrong and what to do.
func (m *Mapper) detail(f *entity.Fault) []byte {
	m.scratch = append(m.scratch[:0], f.Message...)
	if f.Hint != "" {
		m.scratch = append(append(append(m.scratch, " ("...), f.Hint...), ')')
	}
	return m.scratch
}

// quarantine keeps a message, whole or, where its bytes stand beside another of its records, without them.
func (m *Mapper) quarantine(msg *Message, f *entity.Fault, whole bool) {
	if f == faultSender {
		m.impostor(msg)
	}
	b := m.out.quarantine
	field := m.field
	if field == "" {
		field = f.Field
	}
	cols := b.Columns[2:]
	cols[0].AppendU32(uint32(msg.Partition))
	cols[1].AppendU32(m.plan.feed.Revision)
	cols[2].AppendU64(uint64(msg.Offset))
	cols[3].AppendString(f.Code)
	cols[4].AppendText(m.detail(f))
	cols[5].AppendString(field)
	key, value := msg.Key, msg.Value
	m.scratch = m.scratch[:0]
	if whole {
		m.scratch = appendHeaders(m.scratch, msg.Headers)
	} else {
		key, value = nil, nil
	}
	cols[6].AppendText(key)
	cols[7].AppendText(value)
	cols[8].AppendText(m.scratch)
	cols[9].AppendInt64(received(msg.TimeMS))
	record := m.recordOf(msg)
	cols[10].AppendText(record)
	if m.plan.many {
		cols[11].AppendU32(m.part)
	}
	b.Rows++
	m.bytes += 200 + len(record) + len(key) + len(value) + len(m.scratch)
}

// recordOf is the key of the record that is refused: that of the message, where the record itself did not come so far as to say it and is
// the only one.
func (m *Mapper) recordOf(msg *Message) (record []byte) {
	if m.key != nil || msg.Key == nil || len(m.many.rows) > 1 || m.plan.snapshot != nil {
		return m.key
	}
	field := m.field
	if m.messageKey(msg.Key) == nil {
		record = m.key
	}
	m.key, m.field = nil, field
	return record
}

// appendHeaders writes headers as a JSON object of name to base64 (null for a null). A name that repeats has an array.
func appendHeaders(dst []byte, headers []Header) []byte {
	dst = append(dst, '{')
	for i, h := range headers {
		same := func(o Header) bool { return o.Key == h.Key }
		if slices.ContainsFunc(headers[:i], same) {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst, _ = jsontext.AppendQuote(dst, h.Key) // bytes that are no UTF-8 become U+FFFD
		dst = append(dst, ':')
		repeats := slices.ContainsFunc(headers[i+1:], same)
		if repeats {
			dst = append(dst, '[')
		}
		dst = appendHeader(dst, h.Value)
		for _, o := range headers[i+1:] {
			if same(o) {
				dst = appendHeader(append(dst, ','), o.Value)
			}
		}
		if repeats {
			dst = append(dst, ']')
		}
	}
	return append(dst, '}')
}

func appendHeader(dst, value []byte) []byte {
	if value == nil {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	return append(base64.StdEncoding.AppendEncode(dst, value), '"')
}

const ledgerTopic = 1

// enter writes the ledger's row of one record, and that of the retry that it came by, if it did. The retry topic's own rows have
// revision 0, so that its offsets are one stream whatever revisions its messages were mapped under.
func (m *Mapper) enter(msg, retry *Message, outcome entity.Outcome) {
	if m.part == 0 {
		m.sum = Digest(msg.Key, msg.Value)
		m.records++
	}
	if retry == nil {
		m.drift.count(msg, outcome == entity.Quarantined)
	}
	for i, at := range [...]*Message{msg, retry} {
		if at != nil {
			g := gap{from: at.Offset, until: at.Offset, outcome: outcome, received: at.TimeMS}
			m.account(at.Topic, at.Partition, m.plan.feed.Revision*uint32(1-i), g, m.sum)
		}
	}
}

func (m *Mapper) account(topic string, partition int32, revision uint32, g gap, digest uint64) {
	b := m.out.ledger
	if c := b.Columns[ledgerTopic]; c.Kind == entity.Text {
		c.AppendString(topic)
	}
	cols := b.Columns[2:]
	cols[0].AppendU32(uint32(partition))
	cols[1].AppendU32(revision)
	cols[2].AppendU64(uint64(g.from))
	cols[3].AppendU64(uint64(g.until))
	cols[4].AppendU8(uint8(g.outcome))
	cols[5].AppendText(m.key)
	cols[6].AppendVersion(m.ver)
	cols[7].AppendWords(m.named)
	cols[8].AppendIDs(m.anchors)
	cols[9].AppendInt64(received(g.received))
	cols[10].AppendU64(digest)
	if m.plan.many {
		cols[11].AppendU32(m.part)
	}
	b.Rows++
	m.bytes += 80 + len(m.key) + 24*len(m.named)
}

// Range accounts for the offsets from to until, both included, that hold no message to map: Control, Aborted or Gap.
func (m *Mapper) Range(from, until int64, o entity.Outcome, timeMS int64) {
	m.ranges = append(m.ranges, gap{from: from, until: until, outcome: o, received: timeMS})
	m.bytes += 80
}

// Rows is the number of rows made since the last Take.
func (m *Mapper) Rows() int {
	if m.out.ledger == nil {
		return len(m.ranges)
	}
	n := m.out.findings.Rows + m.out.quarantine.Rows + m.out.ledger.Rows + len(m.ranges)
	for _, b := range m.out.claims {
		n += b.Rows
	}
	if m.out.staged != nil {
		n += m.out.staged.Rows
	}
	return n
}

// Bytes is about how many bytes the rows made since the last Take hold.
func (m *Mapper) Bytes() int { return m.bytes }

// Take hands over all rows since the last Take: those of offsets from to (excluded) of one partition. Only claim blocks with
// rows are in it. The batch is the caller's; Recycle gives its memory back.
func (m *Mapper) Take(topic string, partition int32, from, to int64) *entity.Batch {
	m.ready()
	m.key, m.ver, m.part, m.named, m.anchors = nil, entity.Version{}, 0, m.named[:0], m.anchors[:0]
	if c := m.out.ledger.Columns[ledgerTopic]; c.Kind == entity.Constant && topic != string(c.Data) {
		m.out.varyTopic()
	}
	for _, g := range m.ranges {
		m.account(topic, partition, m.plan.feed.Revision, g, 0)
	}
	b := &entity.Batch{Feed: m.plan.feed.Name, Topic: topic, Partition: partition, From: from, To: to, Revision: m.plan.feed.Revision,
		Records: m.records, Findings: m.out.findings, Quarantine: m.out.quarantine, Ledger: m.out.ledger, Staged: m.out.staged, Fields: m.drift.take(), Incidents: m.drift.incidents()}
	for i, c := range m.out.claims {
		if c.Rows > 0 {
			b.Claims = append(b.Claims, c)
		} else {
			m.free.claims[i].Put(c)
		}
		m.out.claims[i] = nil
	}
	m.out.findings, m.out.quarantine, m.out.ledger, m.out.staged = nil, nil, nil, nil
	m.records, m.bytes, m.ranges = 0, 0, m.ranges[:0]
	m.letGo()
	return b
}

// letGo forgets the texts of the last message: a single one would hold the broker's whole answer in memory, for every feed.
func (m *Mapper) letGo() {
	m.reset()
	m.claims, m.cells, m.findings = nil, nil, nil
	m.many.rows, m.many.olds = nil, nil
	for _, d := range []*decoder{m.dec, m.keyDec, m.many.old} {
		if d != nil {
			d.letGo()
		}
	}
}
