package ingest

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"wuku/catalog"
	"wuku/entity"
)

const drained = 1_000_000

// BenchmarkDrain consumes a million records of about 500 bytes from an in-process broker, whose CPU time is included, into a
// sink that only counts. One iteration is one drain: run it with -benchtime 1x.
func BenchmarkDrain(b *testing.B) {
	for _, partitions := range []int32{1, 4, 100} {
		c := broker(b, kfake.SeedTopics(partitions, "src.police.person"))
		preload(b, c, partitions)
		for _, way := range []struct {
			name   string
			mapper func(*catalog.Catalog, *catalog.Feed) (Mapping, error)
		}{{"no-op", countOnly}, {"mapper", nil}} {
			b.Run(fmt.Sprintf("%s/%d partitions", way.name, partitions), func(b *testing.B) {
				for range b.N {
					drain(b, c, way.mapper)
				}
			})
		}
	}
}

// preload fills the topic with records that differ in their key and citizen's name only.
func preload(b *testing.B, c *kfake.Cluster, partitions int32) {
	cl := producer(b, c, kgo.MaxBufferedRecords(50_000), kgo.ProducerBatchMaxBytes(900_000), kgo.ProducerLinger(5*time.Millisecond),
		kgo.ProducerBatchCompression(kgo.NoCompression()))
	for i := range drained {
		key := fmt.Sprintf("320500-%010d", i)
		cl.Produce(context.Background(), &kgo.Record{Topic: "src.police.person", Partition: int32(i) % partitions, Key: []byte(key),
			Value: []byte(strings.Replace(personRecord, "320500-0012345678", key, 1))}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.Error(err)
			}
		})
	}
	if err := cl.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func drain(b *testing.B, c *kfake.Cluster, mapper func(*catalog.Catalog, *catalog.Feed) (Mapping, error)) {
	cat := smallCatalog()
	cat.Feeds = []catalog.Feed{*personFeed()}
	cfg := config(c, cat, nil)
	sink := &counting{done: make(chan struct{})}
	cfg.Sink, cfg.Mapper, cfg.Anchorer = sink, mapper, entity.NewAnchorer(testKey)
	cfg.Flush, cfg.Wait, cfg.Watch, cfg.Session, cfg.Group = 0, 0, 0, 0, fmt.Sprintf("bench-%d", time.Now().UnixNano())
	runtime.GC()
	before, began := cpu(), time.Now()
	_, stop := start(b, cfg)
	<-sink.done
	wall, used := time.Since(began), cpu()-before
	stop()
	b.ReportMetric(drained/wall.Seconds(), "msg/s")
	b.ReportMetric(used.Seconds()*1e6/drained, "cpu-s/M")
	b.ReportMetric(float64(sink.writes), "writes")
	b.ReportMetric(float64(sink.rows)/drained, "rows/msg")
}

// counting is a Sink without a memory.
type counting struct {
	memory
	records int
	rows    int
	done    chan struct{}
}

func (s *counting) Write(_ context.Context, batches []*entity.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.records
	for _, b := range batches {
		s.records += b.Records
		s.rows += blockRows(b)
	}
	s.writes++
	if was < drained && s.records >= drained {
		close(s.done)
	}
	return nil
}

func countOnly(_ *catalog.Catalog, feed *catalog.Feed) (Mapping, error) {
	return &noOp{feed: feed}, nil
}

// noOp is a Mapping that looks at nothing.
type noOp struct {
	feed *catalog.Feed
	n    int
}

func (m *noOp) Map(*Message)                              { m.n++ }
func (m *noOp) Range(int64, int64, entity.Outcome, int64) {}
func (m *noOp) Rows() int                                 { return m.n }
func (m *noOp) Bytes() int                                { return 0 }
func (m *noOp) Recycle(*entity.Batch)                     {}
func (m *noOp) Take(topic string, partition int32, from, to int64) *entity.Batch {
	b := &entity.Batch{Topic: topic, Partition: partition, From: from, To: to, Revision: m.feed.Revision, Records: m.n}
	m.n = 0
	return b
}

// BenchmarkIdle is the CPU of a consumer of 100 topics of 1 to 6 partitions in which nothing happens, the in-process broker's
// included. One iteration is 10 seconds: run it with -benchtime 1x.
func BenchmarkIdle(b *testing.B) {
	var opts []kfake.Opt
	cat := &catalog.Catalog{}
	for i := range 100 {
		topic := fmt.Sprintf("src.d%d.f", i)
		opts = append(opts, kfake.SeedTopics(int32(1+i%6), topic))
		cat.Feeds = append(cat.Feeds, catalog.Feed{Name: topic, Topic: topic, Revision: 1})
	}
	c := broker(b, opts...)
	sink := newMemory()
	cfg := config(c, cat, sink)
	cfg.Flush, cfg.Wait, cfg.Watch, cfg.Session, cfg.Heartbeat, cfg.Reopen = 0, 0, 0, 0, 0, 0
	consumer, _ := start(b, cfg)
	for consumer.running() < 346 {
		sleep(b.Context(), 10*time.Millisecond)
	}
	for range b.N {
		before, began := cpu(), time.Now()
		sleep(b.Context(), 10*time.Second)
		b.ReportMetric(float64(cpu()-before)/float64(time.Since(began))*100, "%-of-a-core")
	}
}

// running counts the partitions that are being read.
func (c *Consumer) running() int {
	n := 0
	for _, l := range c.Lag() {
		if l.State == "running" {
			n++
		}
	}
	return n
}
