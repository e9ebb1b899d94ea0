package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"wuku/catalog"
	"wuku/entity"
)

// ledgerKey is one partition of one topic under one revision.
type ledgerKey struct {
	place
	revision uint32
}

// ledgerRow is one row as a ledger holds it.
type ledgerRow struct {
	until   int64
	outcome entity.Outcome
	digest  uint64
}

// memory is a Sink that keeps ledgers. Rows with equal keys replace each other, as in the store.
type memory struct {
	mu        sync.Mutex
	rows      map[ledgerKey]map[int64]ledgerRow
	incidents []entity.Incident
	writes    int
	fail      func(batches []*entity.Batch) error // before a write takes effect; nil never fails
	after     func() error                        // after it took effect
	changed   chan struct{}
}

func newMemory() *memory {
	return &memory{rows: map[ledgerKey]map[int64]ledgerRow{}, changed: make(chan struct{})}
}

func (s *memory) Write(_ context.Context, batches []*entity.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(batches); err != nil {
			return err
		}
	}
	for _, b := range batches {
		s.add(b)
	}
	s.writes++
	s.tell()
	if s.after != nil {
		return s.after()
	}
	return nil
}

func (s *memory) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *memory) add(b *entity.Batch) {
	l := b.Ledger
	for i := range l.Rows {
		k := ledgerKey{place{text(l, "topic", i), int32(number(l, "partition", i))}, uint32(number(l, "revision", i))}
		if s.rows[k] == nil {
			s.rows[k] = map[int64]ledgerRow{}
		}
		s.rows[k][int64(number(l, "offset", i))] = ledgerRow{int64(number(l, "until", i)), entity.Outcome(number(l, "outcome", i)), number(l, "digest", i)}
	}
}

// text reads a column of short texts or a constant.
func text(b *entity.Block, column string, row int) string {
	for _, c := range b.Columns {
		if c.Name != column {
			continue
		}
		if c.Kind == entity.Constant {
			return string(c.Data)
		}
		d := c.Data
		for ; row > 0; row-- {
			d = d[1+d[0]:]
		}
		return string(d[1 : 1+d[0]])
	}
	return ""
}

// number reads a fixed-size unsigned column.
func number(b *entity.Block, column string, row int) uint64 {
	for _, c := range b.Columns {
		if c.Name != column {
			continue
		}
		switch c.Kind {
		case entity.U8:
			return uint64(c.Data[row])
		case entity.U32:
			return uint64(binary.LittleEndian.Uint32(c.Data[4*row:]))
		default:
			return binary.LittleEndian.Uint64(c.Data[8*row:])
		}
	}
	return 0
}

func (s *memory) Positions(_ context.Context, revisions map[string]uint32) (map[string]map[int32]entity.Position, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	positions := map[string]map[int32]entity.Position{}
	for topic := range revisions {
		positions[topic] = map[int32]entity.Position{}
	}
	for k, rows := range s.rows {
		if revision, ok := revisions[k.topic]; ok && k.revision == revision {
			positions[k.topic][k.partition] = frontier(rows)
		}
	}
	return positions, nil
}

// frontier is the first hole and the row before it.
func frontier(rows map[int64]ledgerRow) entity.Position {
	var p entity.Position
	for {
		r, ok := rows[p.Next]
		if !ok {
			return p
		}
		p = entity.Position{Next: r.until + 1, Digest: r.digest}
	}
}

func (s *memory) Report(_ context.Context, i entity.Incident) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.incidents = append(s.incidents, i)
	s.tell()
	return nil
}

// until waits for a condition on the sink, which is looked at after every change.
func (s *memory) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waited for %s; rows %v, incidents %v", what, s.summary(), s.incidents)
		}
	}
}

func (s *memory) summary() map[string]entity.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := map[string]entity.Position{}
	for k, rows := range s.rows {
		m[fmt.Sprintf("%s/%d@%d (%d rows)", k.topic, k.partition, k.revision, len(rows))] = frontier(rows)
	}
	return m
}

// reached reports whether the ledger of a partition accounts for all offsets below next. The sink is locked.
func (s *memory) reached(topic string, partition int32, revision uint32, next int64) bool {
	return frontier(s.rows[ledgerKey{place{topic, partition}, revision}]).Next >= next
}

// outcomes counts the offsets of a partition by outcome and fails on any that is accounted for twice.
func (s *memory) outcomes(t *testing.T, topic string, partition int32, revision uint32) map[entity.Outcome]int64 {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.rows[ledgerKey{place{topic, partition}, revision}]
	n, next := map[entity.Outcome]int64{}, int64(0)
	for _, off := range slices.Sorted(maps.Keys(rows)) {
		if off != next {
			t.Errorf("%s/%d: row at %d, want %d", topic, partition, off, next)
		}
		n[rows[off].outcome] += rows[off].until - off + 1
		next = rows[off].until + 1
	}
	return n
}

func (s *memory) kinds() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kinds []string
	for _, i := range s.incidents {
		kinds = append(kinds, i.Kind)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// plain is a Mapping that only fills the ledger, and proves that offsets come in order and without holes. It panics on the
// value "panic".
type plain struct {
	feed   *catalog.Feed
	ledger *entity.Block
	spans  [][3]int64
	first  int64
	next   int64
	n      int
}

func plainMapper(_ *catalog.Catalog, feed *catalog.Feed) (Mapping, error) {
	return &plain{feed: feed, ledger: entity.NewLedger(feed.Name, feed.Topic), next: -1}, nil
}

func (p *plain) follow(from, to int64) {
	if p.next < 0 {
		p.first, p.next = from, from
	}
	if p.next != from {
		panic(fmt.Sprintf("%s: offset %d after %d", p.feed.Topic, from, p.next))
	}
	p.next = to
}

func (p *plain) row(partition int32, from, to int64, outcome entity.Outcome, digest uint64) {
	fill(p.ledger, row{"partition": uint32(partition), "revision": p.feed.Revision, "offset": uint64(from), "until": uint64(to - 1),
		"outcome": uint8(outcome), "key": "", "ver": entity.Version{}, "received": int64(0), "digest": digest})
}

func (p *plain) Map(m *Message) {
	if string(m.Value) == "panic" {
		p.ledger.Rows = 1 << 40 // what is left behind must not be used
		panic("a bug")
	}
	p.follow(m.Offset, m.Offset+1)
	p.row(m.Partition, m.Offset, m.Offset+1, entity.Claimed, Digest(m.Key, m.Value))
	p.n++
}

func (p *plain) MapRetry(orig, retry *Message) {
	if p.ledger.Columns[1].Kind == entity.Constant {
		p.ledger.Columns[1] = &entity.Column{Name: "topic", Kind: entity.Text}
	}
	own := *p
	own.feed = &catalog.Feed{} // the retry topic's own rows have revision 0
	for i, m := range []*Message{orig, retry} {
		p.ledger.Columns[1].AppendString(m.Topic)
		[]*plain{p, &own}[i].row(m.Partition, m.Offset, m.Offset+1, entity.Claimed, Digest(m.Key, m.Value))
	}
}

func (p *plain) Range(from, until int64, outcome entity.Outcome, _ int64) {
	p.follow(from, until+1)
	p.spans = append(p.spans, [3]int64{from, until + 1, int64(outcome)})
}

func (p *plain) Rows() int  { return p.ledger.Rows + len(p.spans) }
func (p *plain) Bytes() int { return 0 }

func (p *plain) Take(topic string, partition int32, from, to int64) *entity.Batch {
	if p.next >= 0 && p.next != to {
		panic(fmt.Sprintf("%s/%d: take up to %d, mapped up to %d", topic, partition, to, p.next))
	}
	for _, s := range p.spans {
		p.row(partition, s[0], s[1], entity.Outcome(s[2]), 0)
	}
	b := &entity.Batch{Feed: p.feed.Name, Topic: topic, Partition: partition, From: from, To: to, Revision: p.feed.Revision, Records: p.n, Ledger: p.ledger}
	p.ledger, p.spans, p.next, p.n = entity.NewLedger(p.feed.Name, topic), nil, -1, 0
	return b
}

func (p *plain) Recycle(*entity.Batch) {}

// feeds is a catalogue of feeds f0, f1, … with topics of the same name.
func feeds(revision uint32, topics ...string) *catalog.Catalog {
	c := &catalog.Catalog{}
	for _, t := range topics {
		c.Feeds = append(c.Feeds, catalog.Feed{Name: "feed." + t, Topic: t, Revision: revision})
	}
	return c
}

func broker(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.GroupMinSessionTimeout(100 * time.Millisecond)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// config has short times, for tests over real sockets.
func config(c *kfake.Cluster, cat *catalog.Catalog, sink Sink) Config {
	return Config{Kafka: Kafka{Brokers: c.ListenAddrs()}, Catalog: func() *catalog.Catalog { return cat }, Sink: sink, Mapper: plainMapper,
		Flush: 5 * time.Millisecond, Wait: 50 * time.Millisecond, Watch: 50 * time.Millisecond, Reopen: 100 * time.Millisecond,
		Session: time.Second, Heartbeat: 50 * time.Millisecond, Rebalance: 3 * time.Second, Backoff: 10 * time.Millisecond}
}

// start runs a consumer until the test ends or stop is called.
func start(t testing.TB, cfg Config) (c *Consumer, stop func()) {
	t.Helper()
	c, err := NewConsumer(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return c, stop
}

func producer(t testing.TB, c *kfake.Cluster, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(c.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

// send writes values v0, v1, … and returns when they are there.
func send(t testing.TB, cl *kgo.Client, topic string, partition int32, n int) {
	t.Helper()
	rs := make([]*kgo.Record, n)
	for i := range rs {
		rs[i] = &kgo.Record{Topic: topic, Partition: partition, Key: fmt.Appendf(nil, "k%d", i), Value: fmt.Appendf(nil, "v%d", i),
			Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("x")}}}
	}
	if err := cl.ProduceSync(context.Background(), rs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

func TestConsumerReadsEverything(t *testing.T) {
	t.Parallel()
	for _, codec := range []struct {
		name  string
		codec kgo.CompressionCodec
	}{{"plain", kgo.NoCompression()}, {"gzip", kgo.GzipCompression()}, {"snappy", kgo.SnappyCompression()}, {"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()}} {
		t.Run(codec.name, func(t *testing.T) {
			t.Parallel()
			c := broker(t, kfake.SeedTopics(3, "a", "b"))
			cl := producer(t, c, kgo.ProducerBatchCompression(codec.codec))
			sink := newMemory()
			consumer, stop := start(t, config(c, feeds(1, "a", "b"), sink))
			for p := range int32(3) {
				send(t, cl, "a", p, 1000)
				send(t, cl, "b", p, 10)
			}
			sink.until(t, "all messages", func() bool {
				for p := range int32(3) {
					if !sink.reached("a", p, 1, 1000) || !sink.reached("b", p, 1, 10) {
						return false
					}
				}
				return true
			})
			stop()
			for p := range int32(3) {
				if diff := cmp.Diff(map[entity.Outcome]int64{entity.Claimed: 1000}, sink.outcomes(t, "a", p, 1)); diff != "" {
					t.Error(diff)
				}
			}
			if got := consumer.Stats().Records.Load(); got != 3030 {
				t.Errorf("records %d, want 3030", got)
			}
		})
	}
}

var errWeather = errors.New("weather")
