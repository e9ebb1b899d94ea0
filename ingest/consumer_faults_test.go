package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"wuku/catalog"
	"wuku/entity"
)

// transact writes n messages in one transaction.
func transact(t *testing.T, c *kfake.Cluster, id, topic string, n int, commit bool) {
	t.Helper()
	cl := producer(t, c, kgo.TransactionalID(id))
	defer cl.Close()
	if err := cl.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	send(t, cl, topic, 0, n)
	if err := cl.EndTransaction(context.Background(), kgo.TransactionEndTry(commit)); err != nil {
		t.Fatal(err)
	}
}

func TestConsumerAccountsForTransactions(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a"))
	cl := producer(t, c)
	send(t, cl, "a", 0, 3)              // 0-2
	transact(t, c, "t1", "a", 4, true)  // 3-6, marker 7
	transact(t, c, "t2", "a", 5, false) // 8-12, marker 13
	send(t, cl, "a", 0, 2)              // 14-15
	transact(t, c, "t3", "a", 1, false) // 16, marker 17
	transact(t, c, "t2", "a", 2, true)  // 18-19, marker 20: the producer that was aborted before
	sink := newMemory()
	cfg := config(c, feeds(1, "a"), sink)
	_, stop := start(t, cfg)
	sink.until(t, "21 offsets", func() bool { return sink.reached("a", 0, 1, 21) })
	stop()
	want := map[entity.Outcome]int64{entity.Claimed: 11, entity.Aborted: 6, entity.Control: 4}
	if diff := cmp.Diff(want, sink.outcomes(t, "a", 0, 1)); diff != "" {
		t.Error(diff)
	}
}

func TestConsumerHoldsBackOpenTransaction(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a"))
	cl := producer(t, c)
	tx := producer(t, c, kgo.TransactionalID("open"))
	if err := tx.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	send(t, cl, "a", 0, 2)
	send(t, tx, "a", 0, 2)
	send(t, cl, "a", 0, 2)
	sink := newMemory()
	consumer, _ := start(t, config(c, feeds(1, "a"), sink))
	sink.until(t, "what stands before the transaction", func() bool { return sink.reached("a", 0, 1, 2) })
	if l := consumer.Lag(); len(l) != 1 || l[0].Next != 2 || l[0].Behind != 4 || l[0].Held != 4 {
		t.Errorf("lag %+v, want 4 behind, all held back", l)
	}
	if err := tx.EndTransaction(context.Background(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	sink.until(t, "the rest", func() bool { return sink.reached("a", 0, 1, 7) })
}

func TestConsumerRecordsGap(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		first int // read before the deletion
		start int64
		want  map[entity.Outcome]int64
		kinds []string
	}{
		{"before the first read", 0, 40, map[entity.Outcome]int64{entity.Gap: 40, entity.Claimed: 60}, []string{IncidentGap}},
		{"behind the position", 10, 40, map[entity.Outcome]int64{entity.Claimed: 70, entity.Gap: 30}, []string{IncidentGap}},
		{"before the position", 50, 40, map[entity.Outcome]int64{entity.Claimed: 100}, nil},
		{"up to the position", 50, 50, map[entity.Outcome]int64{entity.Claimed: 100}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := broker(t, kfake.SeedTopics(1, "a"))
			cl := producer(t, c)
			sink := newMemory()
			if tc.first > 0 {
				send(t, cl, "a", 0, tc.first)
				_, stop := start(t, config(c, feeds(1, "a"), sink))
				sink.until(t, "the first part", func() bool { return sink.reached("a", 0, 1, int64(tc.first)) })
				stop()
			}
			send(t, cl, "a", 0, 100-tc.first)
			if err := c.DeleteRecords("a", 0, tc.start); err != nil {
				t.Fatal(err)
			}
			_, stop := start(t, config(c, feeds(1, "a"), sink))
			sink.until(t, "100 offsets", func() bool { return sink.reached("a", 0, 1, 100) })
			stop()
			if diff := cmp.Diff(tc.want, sink.outcomes(t, "a", 0, 1)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tc.kinds, sink.kinds()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A topic that is deleted and made again stops its own partition, whatever stands in it now; other feeds go on.
func TestConsumerStopsOnRecreatedTopic(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		n    int // messages in the new topic
		kind string
	}{{"shorter", 3, IncidentTruncated}, {"as long", 10, IncidentRecreated}, {"longer", 50, IncidentRecreated}} {
		for _, live := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, consumer running %v", tc.name, live), func(t *testing.T) {
				t.Parallel()
				c := broker(t, kfake.SeedTopics(1, "a", "b"))
				cl := producer(t, c)
				sink := newMemory()
				send(t, cl, "a", 0, 10)
				_, stop := start(t, config(c, feeds(1, "a", "b"), sink))
				sink.until(t, "10 messages", func() bool { return sink.reached("a", 0, 1, 10) })
				if !live {
					stop()
				}
				if err := c.DeleteTopic("a"); err != nil {
					t.Fatal(err)
				}
				if err := c.CreateTopic("a", 1, nil); err != nil {
					t.Fatal(err)
				}
				again := producer(t, c)
				rs := make([]*kgo.Record, tc.n)
				for i := range rs {
					rs[i] = &kgo.Record{Topic: "a", Value: fmt.Appendf(nil, "other %d", i)}
				}
				if err := again.ProduceSync(context.Background(), rs...).FirstErr(); err != nil {
					t.Fatal(err)
				}
				if !live {
					start(t, config(c, feeds(1, "a", "b"), sink))
				}
				sink.until(t, "the incident", func() bool { return len(sink.incidents) > 0 })
				send(t, cl, "b", 0, 5)
				sink.until(t, "the other feed", func() bool { return sink.reached("b", 0, 1, 5) })
				if diff := cmp.Diff([]string{tc.kind}, sink.kinds()); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(map[entity.Outcome]int64{entity.Claimed: 10}, sink.outcomes(t, "a", 0, 1)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestConsumerSurvivesSinkAndBroker(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.NumBrokers(3), kfake.SeedTopics(4, "a", "b"))
	cl := producer(t, c)
	sink := newMemory()
	rng := rand.New(rand.NewPCG(1, 2))
	sink.fail = func([]*entity.Batch) error {
		if rng.IntN(3) == 0 {
			return errWeather
		}
		return nil
	}
	sink.after = func() error { // stored, but the answer is lost
		if rng.IntN(3) == 0 {
			return errWeather
		}
		return nil
	}
	c.Fault(
		kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.NotLeaderForPartition, Count: 30},
		kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.RebalanceInProgress, Count: 3},
		kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.NotCoordinator, Count: 5},
		kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.UnknownServerError, Count: 10},
		kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.LeaderNotAvailable, Count: 3},
	)
	start(t, config(c, feeds(1, "a", "b"), sink))
	const rounds, each = 20, 50
	for range rounds {
		for p := range int32(4) {
			send(t, cl, "a", p, each)
			send(t, cl, "b", p, each)
		}
		c.ShufflePartitionLeaders()
	}
	sink.until(t, "everything", func() bool {
		for p := range int32(4) {
			if !sink.reached("a", p, 1, rounds*each) || !sink.reached("b", p, 1, rounds*each) {
				return false
			}
		}
		return true
	})
	if k := sink.kinds(); k != nil {
		t.Errorf("incidents %v, want none", k)
	}
}

func TestConsumersShareAndTakeOver(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a", "b", "c", "d"), kfake.SeedTopics(6, "e"))
	cl := producer(t, c)
	sink := newMemory()
	cat := feeds(1, "a", "b", "c", "d", "e")
	one, stopOne := start(t, config(c, cat, sink))
	two, _ := start(t, config(c, cat, sink))
	// Each send moves the sink, which makes until look again at how the partitions are shared.
	total := 0
	sink.until(t, "an even share", func() bool {
		go func() { sink.mu.Lock(); defer sink.mu.Unlock(); sink.tell() }()
		return len(one.Lag()) == 5 && len(two.Lag()) == 5
	})
	for range 10 {
		for p := range int32(6) {
			send(t, cl, "e", p, 100)
		}
		if total += 100; total == 500 {
			go stopOne()
		}
	}
	sink.until(t, "everything", func() bool {
		for p := range int32(6) {
			if !sink.reached("e", p, 1, int64(total)) {
				return false
			}
		}
		return true
	})
	for p := range int32(6) {
		if diff := cmp.Diff(map[entity.Outcome]int64{entity.Claimed: 1000}, sink.outcomes(t, "e", p, 1)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestConsumerNoticesTopicsPartitionsAndRevisions(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a"))
	cl := producer(t, c)
	sink := newMemory()
	var cat atomic.Pointer[catalog.Catalog]
	cat.Store(feeds(1, "a", "late"))
	cfg := config(c, nil, sink)
	cfg.Catalog = cat.Load
	start(t, cfg)
	send(t, cl, "a", 0, 10)
	sink.until(t, "the topic that exists", func() bool { return sink.reached("a", 0, 1, 10) })

	if err := c.CreateTopic("late", 1, nil); err != nil {
		t.Fatal(err)
	}
	send(t, producer(t, c), "late", 0, 10)
	sink.until(t, "the new topic", func() bool { return sink.reached("late", 0, 1, 10) })

	adm := kmsg.NewPtrCreatePartitionsRequest()
	rt := kmsg.NewCreatePartitionsRequestTopic()
	rt.Topic, rt.Count = "a", 3
	adm.Topics, adm.TimeoutMillis = append(adm.Topics, rt), 1000
	if _, err := adm.RequestWith(context.Background(), cl); err != nil {
		t.Fatal(err)
	}
	send(t, producer(t, c), "a", 2, 10)
	sink.until(t, "the new partition", func() bool { return sink.reached("a", 2, 1, 10) })

	cat.Store(feeds(2, "a", "late"))
	sink.until(t, "both topics again under the new revision", func() bool {
		return sink.reached("a", 0, 2, 10) && sink.reached("a", 2, 2, 10) && sink.reached("late", 0, 2, 10)
	})
}

// refusal is an error that never goes away.
type refusal struct{ table string }

func (r refusal) Error() string             { return "wrong type in " + r.table }
func (r refusal) Permanent() (string, bool) { return r.table, true }

func TestConsumerStopsRefusedTableOnly(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a", "b"))
	cl := producer(t, c)
	sink := newMemory()
	var mended atomic.Bool
	sink.fail = func(batches []*entity.Batch) error {
		for _, b := range batches {
			if !mended.Load() && touches(b, "claims.person") {
				return refusal{"claims.person"}
			}
		}
		return nil
	}
	cfg := config(c, feeds(1, "a", "b"), sink)
	cfg.Mapper = func(cat *catalog.Catalog, feed *catalog.Feed) (Mapping, error) {
		m, err := plainMapper(cat, feed)
		if feed.Topic == "a" {
			return claiming{m.(*plain)}, err
		}
		return m, err
	}
	consumer, _ := start(t, cfg)
	send(t, cl, "a", 0, 10)
	send(t, cl, "b", 0, 10)
	sink.until(t, "the other feed", func() bool { return sink.reached("b", 0, 1, 10) && len(sink.incidents) > 0 })
	if l := consumer.Lag(); len(l) != 2 || l[0].State == "running" && l[0].Next != 0 {
		t.Errorf("lag %+v, want the first feed not to move", l)
	}
	if sink.reached("a", 0, 1, 1) {
		t.Error("rows of a refused table were accounted for")
	}
	mended.Store(true)
	sink.until(t, "the first feed, once mended", func() bool { return sink.reached("a", 0, 1, 10) })
}

// claiming adds a claims row to each batch.
type claiming struct{ *plain }

func (c claiming) Take(topic string, partition int32, from, to int64) *entity.Batch {
	b := c.plain.Take(topic, partition, from, to)
	b.Claims = append(b.Claims, &entity.Block{Table: "claims.person", Rows: 1})
	return b
}

func TestConsumerQuarantinesCrashers(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a"))
	cl := producer(t, c)
	rs := make([]*kgo.Record, 100)
	for i := range rs {
		rs[i] = &kgo.Record{Topic: "a", Value: []byte("fine")}
		if i == 17 || i == 18 || i == 99 {
			rs[i].Value = []byte("panic")
		}
	}
	if err := cl.ProduceSync(context.Background(), rs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	sink := newMemory()
	consumer, stop := start(t, config(c, feeds(1, "a"), sink))
	sink.until(t, "all messages", func() bool { return sink.reached("a", 0, 1, 100) })
	stop()
	if diff := cmp.Diff(map[entity.Outcome]int64{entity.Claimed: 97, entity.Quarantined: 3}, sink.outcomes(t, "a", 0, 1)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{IncidentPoison}, sink.kinds()); diff != "" {
		t.Error(diff)
	}
	if got := consumer.Stats().Quarantined.Load(); got != 3 {
		t.Errorf("quarantined %d, want 3", got)
	}
}

func TestConsumerMapsRetries(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(1, "a"))
	pub := NewPublisher(Kafka{Brokers: c.ListenAddrs()}, 0)
	t.Cleanup(func() {
		if err := pub.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := pub.EnsureTopics(context.Background(), []Topic{{Name: TopicRetry, Partitions: 1}, {Name: "a", Partitions: 1}}); err != nil {
		t.Fatal(err)
	}
	sink := newMemory()
	start(t, config(c, feeds(3, "a"), sink))
	if err := pub.PublishRetry(context.Background(),
		Message{Topic: "a", Partition: 0, Offset: 5, TimeMS: 1000, Key: []byte("k"), Value: []byte("v"), Headers: []Header{{Key: "x", Value: []byte("y")}}},
		Message{Topic: "gone", Partition: 0, Offset: 6, TimeMS: 1000, Key: []byte("k"), Value: []byte("v")},
		Message{Topic: "a", Partition: 1, Offset: 7, TimeMS: 1000, Value: []byte("w")}); err != nil {
		t.Fatal(err)
	}
	sink.until(t, "the retries", func() bool { return sink.reached(TopicRetry, 0, 0, 3) })
	sink.mu.Lock()
	defer sink.mu.Unlock()
	if got, want := sink.rows[ledgerKey{place{"a", 0}, 3}][5].digest, Digest([]byte("k"), []byte("v")); got != want {
		t.Errorf("digest at the original place %x, want %x", got, want)
	}
	if _, ok := sink.rows[ledgerKey{place{"a", 1}, 3}][7]; !ok {
		t.Error("the third retry is not in its original place")
	}
}

func TestConsumerWaitsForBroker(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	sink := newMemory()
	cfg := Config{Kafka: Kafka{Brokers: []string{fmt.Sprintf("127.0.0.1:%d", port)}}, Catalog: func() *catalog.Catalog { return feeds(1, "a") },
		Sink: sink, Mapper: plainMapper, Watch: 50 * time.Millisecond, Backoff: 10 * time.Millisecond, Session: time.Second, Heartbeat: 50 * time.Millisecond}
	start(t, cfg)
	c := broker(t, kfake.Ports(port), kfake.SeedTopics(1, "a"))
	send(t, producer(t, c), "a", 0, 10)
	sink.until(t, "the messages of a broker that came later", func() bool { return sink.reached("a", 0, 1, 10) })
}
