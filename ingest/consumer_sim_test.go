package ingest

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"wuku/catalog"
	"wuku/entity"
)

// simulation is a broker and its clients in a bubble of virtual time, with the times of a real deployment.
type simulation struct {
	t       *testing.T
	network kfake.VirtualNetwork
	cluster *kfake.Cluster
	sink    *memory
	catalog *catalog.Catalog
	client  *kgo.Client
}

func simulate(t *testing.T, run func(s *simulation), topics ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &simulation{t: t, sink: newMemory(), catalog: feeds(1, topics...)}
		var err error
		s.cluster, err = kfake.NewCluster(kfake.Ports(9092, 9093, 9094), kfake.SeedTopics(4, topics...), kfake.ListenFn(s.network.Listen))
		if err != nil {
			t.Fatal(err)
		}
		defer s.cluster.Close()
		s.client, err = kgo.NewClient(kgo.SeedBrokers(s.cluster.ListenAddrs()...), kgo.Dialer(s.network.DialContext), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		if err != nil {
			t.Fatal(err)
		}
		defer s.client.Close()
		run(s)
	})
}

func (s *simulation) config() Config {
	return Config{Kafka: Kafka{Brokers: s.cluster.ListenAddrs(), Dial: s.network.DialContext}, Catalog: func() *catalog.Catalog { return s.catalog }, Sink: s.sink, Mapper: plainMapper}
}

// run starts a consumer; the returned function stops it.
func (s *simulation) run(cfg Config) (*Consumer, func()) {
	c, err := NewConsumer(cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := c.Run(ctx); err != nil {
			s.t.Error(err)
		}
	})
	return c, func() { cancel(); done.Wait() }
}

// wait lets virtual time pass until a condition on the locked sink holds, and returns how long that took.
func (s *simulation) wait(what string, limit time.Duration, ok func() bool) time.Duration {
	s.t.Helper()
	for began := time.Now(); ; sleep(context.Background(), 50*time.Millisecond) {
		s.sink.mu.Lock()
		done := ok()
		s.sink.mu.Unlock()
		if done {
			return time.Since(began)
		}
		if time.Since(began) > limit {
			s.t.Fatalf("waited %s for %s: %v %v", limit, what, s.sink.summary(), s.sink.incidents)
		}
	}
}

func (s *simulation) reached(topic string, next int64) func() bool {
	return func() bool {
		for p := range int32(4) {
			if !s.sink.reached(topic, p, 1, next) {
				return false
			}
		}
		return true
	}
}

func (s *simulation) send(topic string, n int) {
	s.t.Helper()
	for p := range int32(4) {
		send(s.t, s.client, topic, p, n)
	}
}

// A broker that has messages and gives none, without any error, is noticed, told, and left for new connections.
func TestSimulatedStall(t *testing.T) {
	t.Parallel()
	simulate(t, func(s *simulation) {
		s.cluster.ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
			fetch := req.(*kmsg.FetchRequest)
			if len(s.incidents()) > 0 {
				return nil, nil, false
			}
			s.cluster.KeepControl()
			resp := fetch.ResponseKind().(*kmsg.FetchResponse)
			for _, t := range fetch.Topics {
				rt := kmsg.NewFetchResponseTopic()
				rt.Topic = t.Topic
				for _, p := range t.Partitions {
					rp := kmsg.NewFetchResponseTopicPartition()
					rp.Partition, rp.HighWatermark, rp.LastStableOffset = p.Partition, 10, 10
					rt.Partitions = append(rt.Partitions, rp)
				}
				resp.Topics = append(resp.Topics, rt)
			}
			return resp, nil, true
		})
		s.send("a", 10)
		_, stop := s.run(s.config())
		defer stop()
		took := s.wait("the incident", 3*time.Minute, func() bool { return len(s.sink.incidents) > 0 })
		if took < DefaultStall {
			t.Errorf("a stall after %s, before %s had passed", took, DefaultStall)
		}
		s.wait("the messages", time.Minute, s.reached("a", 10))
		if diff := cmp.Diff([]string{IncidentStall}, s.sink.kinds()); diff != "" {
			t.Error(diff)
		}
	}, "a")
}

func (s *simulation) incidents() []entity.Incident {
	s.sink.mu.Lock()
	defer s.sink.mu.Unlock()
	return s.sink.incidents
}

// While the sink is away for half an hour, reading stops within its bounds, the membership lasts, and everything goes on by itself.
func TestSimulatedSinkAway(t *testing.T) {
	t.Parallel()
	simulate(t, func(s *simulation) {
		away := true
		s.sink.fail = func([]*entity.Batch) error {
			if away {
				return errWeather
			}
			return nil
		}
		cfg := s.config()
		cfg.MaxBatchRows, cfg.FetchBytes, cfg.MaxFetched = 500, 1024, 16<<10
		c, stop := s.run(cfg)
		defer stop()
		s.wait("partitions", time.Minute, func() bool { return c.running() == 4 })
		generations := c.Stats().Generations.Load()
		s.send("a", 5000)
		sleep(context.Background(), 30*time.Minute)
		if got := c.Stats().Mapped.Load(); got > 4*(500+piece) {
			t.Errorf("%d messages were mapped while none could be stored", got)
		}
		if got := c.Stats().Generations.Load(); got != generations {
			t.Errorf("%d generations instead of %d: the membership did not last", got, generations)
		}
		s.sink.mu.Lock()
		away = false
		s.sink.mu.Unlock()
		if took := s.wait("everything", 2*time.Minute, s.reached("a", 5000)); took > maxBackoff+5*time.Second {
			t.Errorf("took %s after the sink was back", took)
		}
		if k := s.sink.kinds(); k != nil {
			t.Errorf("incidents %v, want none", k)
		}
	}, "a")
}
