package ingest

import (
	"fmt"
	"sync"

	"wuku/catalog"
	"wuku/entity"
)

// Limits of a Mapper unless MapperOptions says otherwise.
const (
	defaultMaxBytes = 1 << 20
	defaultMaxDepth = 64
	maxKey          = 1024
	dayMS           = msPerDay
)

// Mapper turns the messages of one feed into rows: claims, findings, quarantine, and exactly one ledger row a message. It is the
// hot path: in steady state it allocates nothing. A Mapper serves one partition in one goroutine; only Recycle may be called
// from others.
type Mapper struct {
	plan     *plan
	opts     MapperOptions
	anchorer *entity.Anchorer
	dec      *decoder
	keyDec   *decoder // of message keys; made when the first is read
	conv     converter

	// The present message.
	key      []byte
	ver      entity.Version
	event    int64
	now      int64  // the broker's timestamp
	field    string // where the fault that is being returned lies
	claims   []claim
	cells    []cell
	also     []entity.ID
	ranks    []uint8 // strengths of also
	findings []finding
	named    []uint64
	anchors  []entity.ID
	keys     []byte
	scratch  []byte
	one      [1]entity.ID

	out     blocks
	ranges  []gap
	part    uint32 // of a message that holds several records: which
	sum     uint64 // of the message, see Digest
	many    manyRecords
	text    textReader
	keyText textReader // of its own, since values alias what text has read
	drift   drift
	judging bool // see Judge
	records int
	bytes   int

	free spare
}

// NewMapper compiles the feed's mapping. The anchorer is used by this Mapper alone from now on.
func NewMapper(cat *catalog.Catalog, feed *catalog.Feed, a *entity.Anchorer, opts MapperOptions) (*Mapper, error) {
	p, err := compile(cat, feed)
	if err != nil {
		return nil, err
	}
	if opts.MaxBytes <= 0 {
		opts.MaxBytes = defaultMaxBytes
	}
	if opts.MaxDepth <= 0 {
		opts.MaxDepth = defaultMaxDepth
	}
	var places Places
	switch {
	case opts.Places != nil:
		if places, err = opts.Places(feed.CRS); err != nil {
			return nil, fmt.Errorf("feed %s cannot be mapped: %w", feed.Name, err)
		}
	case feed.CRS != "":
		return nil, fmt.Errorf("feed %s cannot be mapped: it declares the coordinate system %s and nothing here converts it", feed.Name, feed.CRS)
	}
	m := &Mapper{plan: p, opts: opts, anchorer: a, dec: newDecoder(p, opts.MaxDepth)}
	m.conv.nulls, m.conv.places = feed.Nulls, places
	m.keyText.schemas = opts.Schemas
	m.text.schemas = opts.Schemas
	m.drift.watch(p)
	m.out.claims, m.free.claims = make([]*entity.Block, len(p.slots)), make([]sync.Pool, len(p.slots))
	return m, nil
}

// Map makes the rows of one message. It never fails: what cannot be mapped goes to quarantine with its reason. Nothing of the
// message is kept by reference.
func (m *Mapper) Map(msg *Message) {
	m.ready()
	if m.plan.snapshot != nil {
		m.stage(msg)
		return
	}
	if m.plan.many {
		m.mapMany(msg, nil)
		return
	}
	m.enter(msg, nil, m.message(msg))
}

// MapRetry maps a message that comes by the topic of retries with its original place. All that it says stands at the original
// place; the ledger gets a row for that and one for the retry's own offset, which names the same anchors, so that a cycle that
// goes by offsets sees them. A record of a snapshot changes nothing: claims that no snapshot knows of would never be deleted.
func (m *Mapper) MapRetry(orig, retry *Message) {
	m.ready()
	m.out.varyTopic()
	if m.plan.snapshot != nil { // only whole snapshots say what is so: the next one brings the record again
		m.reset()
		m.records++
		m.account(retry.Topic, retry.Partition, 0, gap{from: retry.Offset, until: retry.Offset, outcome: entity.Unmapped, received: retry.TimeMS}, Digest(retry.Key, retry.Value))
		return
	}
	if m.plan.many {
		m.mapMany(orig, retry)
		return
	}
	m.enter(orig, retry, m.message(orig))
}

// message writes all rows of a message but the ledger's.
func (m *Mapper) message(msg *Message) entity.Outcome {
	outcome, fault := m.read(msg)
	if fault != nil && m.erasedUnread(msg) {
		return entity.Erased
	}
	if fault != nil {
		m.quarantine(msg, fault, true)
		return entity.Quarantined
	}
	m.emit(msg)
	return outcome
}

// erasedUnread reports whether a message that failed before its record was known belongs, by its own key, to an erased one:
// then not even the quarantine may keep it.
func (m *Mapper) erasedUnread(msg *Message) bool {
	if m.key != nil || m.opts.Erased == nil || msg.Key == nil {
		return false
	}
	field := m.field
	if m.messageKey(msg.Key) == nil && m.erased() {
		return true
	}
	m.key, m.field = nil, field
	return false
}

// read decodes the message and makes its claims, without writing a row.
func (m *Mapper) read(msg *Message) (entity.Outcome, *entity.Fault) {
	m.reset()
	if len(msg.Key)+len(msg.Value) > m.opts.MaxBytes {
		return 0, faultSize
	}
	if m.plan.expires != 0 && msg.TimeMS >= m.plan.expires {
		return 0, faultExpired
	}
	if msg.Value == nil && !m.isEvent(msg) {
		return m.tombstone(msg)
	}
	gone, mapped, f := m.open(msg)
	if f != nil {
		return 0, f
	}
	if !mapped {
		return entity.Unmapped, nil
	}
	m.learn(msg)
	return m.record(msg, gone)
}

// record makes the claims of the record that is decoded.
func (m *Mapper) record(msg *Message, gone bool) (entity.Outcome, *entity.Fault) {
	m.now = msg.TimeMS
	if f := m.foreign(); f != nil {
		return 0, f
	}
	f := m.readKey(msg, gone)
	if f != nil {
		return 0, f
	}
	if m.erased() {
		return entity.Erased, nil
	}
	gone = gone || m.saysGone()
	if f := m.readTimes(msg, gone); f != nil {
		return 0, f
	}
	if gone {
		return entity.Deleted, nil
	}
	for i := range m.plan.slots {
		if f := m.slot(i); f != nil {
			return 0, f
		}
	}
	if len(m.claims) == 0 {
		return entity.Unmapped, nil
	}
	return entity.Claimed, nil
}

func (m *Mapper) reset() {
	m.dec.reset()
	m.conv.arena = m.conv.arena[:0]
	m.part = 0
	m.resetRecord()
}

// resetRecord forgets what was made of the last record.
func (m *Mapper) resetRecord() {
	m.key, m.ver, m.event, m.field = nil, entity.Version{}, 0, ""
	m.claims, m.cells, m.also, m.ranks, m.findings = m.claims[:0], m.cells[:0], m.also[:0], m.ranks[:0], m.findings[:0]
	m.named, m.anchors = m.named[:0], m.anchors[:0]
}

// at notes where a fault lies.
func (m *Mapper) at(field string, f *entity.Fault) *entity.Fault {
	m.field = field
	return f
}

// tombstone is a message without a value: a delete if the feed says so, else nothing (after a delete event of Debezium it only
// tells the broker what to compact away).
func (m *Mapper) tombstone(msg *Message) (entity.Outcome, *entity.Fault) {
	if d := m.plan.feed.Delete; d == nil || !d.Tombstone {
		return entity.Unmapped, nil
	}
	if f := m.messageKey(msg.Key); f != nil {
		return 0, f
	}
	if m.erased() {
		return entity.Erased, nil
	}
	if f := m.readTimes(msg, true); f != nil {
		return 0, f
	}
	return entity.Deleted, nil
}

// erased reports whether the record is on the erasure list; then even its key is kept as a hash only.
func (m *Mapper) erased() bool {
	if m.opts.Erased == nil || !m.opts.Erased(m.plan.feed.Name, m.key) {
		return false
	}
	m.key = []byte(ErasedKey(m.anchorer, m.plan.feed.Name, m.key))
	m.ver = entity.Version{}
	return true
}

// ErasedKey is what the ledger and the erasure list keep of an erased record's key.
func ErasedKey(a *entity.Anchorer, feed string, key []byte) string {
	return a.Hash("erased record", feed+"|"+string(key))
}

func (m *Mapper) saysGone() bool {
	if m.plan.gone.at < 0 {
		return false
	}
	v := m.dec.get(m.plan.gone, 0)
	switch v.kind {
	case 0, 'n', '{', '[', astray:
		return false
	}
	return contains(m.plan.goneText, trim(v.text))
}
