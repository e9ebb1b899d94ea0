package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
)

// Sink is where ingest puts what it has mapped. Its methods are called concurrently. The store fulfils it by shape.
type Sink interface {
	// Write stores batches of one or several partitions: claims, quarantine and findings first, the ledger last. When it returns
	// nil all of it is durable. The same batch may come again, whole or cut differently, after any error, restart or rebalance; the
	// effect must be that of once. An error is taken as weather: Write is called again with the same batches, for ever, with growing
	// pauses. An error that has a method `Permanent() (table string, ok bool)` with ok set is taken as a bug: partitions with
	// rows for that table stop (nothing of them is dropped), the other batches are written again without them.
	Write(ctx context.Context, batches []*entity.Batch) error
	// Positions tells, for each topic and each partition of it that the ledger knows under the given revision of the mapping, where
	// reading goes on: the first offset that it does not account for, and the digest of the message before it. The retry topic's
	// revision is 0.
	Positions(ctx context.Context, revisions map[string]uint32) (map[string]map[int32]entity.Position, error)
	// Report stores an incident. It may be reported again.
	Report(ctx context.Context, incident entity.Incident) error
}

// Config is what a Consumer needs. Zero values take the defaults below.
type Config struct {
	Kafka    Kafka
	Group    string                                                 // consumer group; one per deployment, shared by all its processes
	Catalog  func() *catalog.Catalog                                // the current revision; asked every few seconds
	Anchorer *entity.Anchorer                                       // cloned for each partition
	Sink     Sink                                                   //
	Clock    func() time.Time                                       // for the times of incidents and ranges
	Log      *slog.Logger                                           //
	Mapper   func(*catalog.Catalog, *catalog.Feed) (Mapping, error) // makes the mapping of one partition; nil: NewMapper
	Options  MapperOptions                                          // for NewMapper
	Stored   func([]*entity.Batch)                                  // called with what each Write has stored; must not block. May be nil

	Workers       int           // messages are mapped by so many goroutines, one partition by one at a time
	MaxBatchRows  int           // rows, of all tables, that go into one Write (about); as many more wait in memory
	MaxBatchBytes int64         // and their bytes
	MaxFetched    int64         // bytes fetched and not yet mapped, over all partitions
	FetchBytes    int32         // bytes asked for per partition and fetch
	Flush         time.Duration // what is mapped waits at most so long for company
	Wait          time.Duration // a fetch without data is answered after so long
	Watch         time.Duration // how often topics, partitions, leaders and the catalogue are compared
	Stall         time.Duration // nothing arrives although there is something: after so long all connections are made anew
	Reopen        time.Duration // a stopped partition is looked at again after so long

	Session   time.Duration // a member that is silent for so long has left the group
	Heartbeat time.Duration
	Rebalance time.Duration // members have so long to give their partitions back; a third of it is for writes under way
	Backoff   time.Duration // the first pause after a failure; pauses double up to maxBackoff
}

// Defaults of Config.
const (
	DefaultGroup         = "wuku"
	DefaultMaxBatchRows  = 400_000
	DefaultMaxBatchBytes = 128 << 20
	DefaultMaxFetched    = 64 << 20
	DefaultFetchBytes    = 4 << 20
	DefaultFlush         = 300 * time.Millisecond
	DefaultWait          = 500 * time.Millisecond
	DefaultWatch         = 5 * time.Second
	DefaultStall         = time.Minute
	DefaultReopen        = time.Minute
	DefaultSession       = 20 * time.Second
	DefaultHeartbeat     = 2 * time.Second
	DefaultRebalance     = 30 * time.Second
	DefaultBackoff       = 200 * time.Millisecond

	maxBackoff   = 30 * time.Second
	closeTimeout = 10 * time.Second
)

func (c *Config) validate() error {
	switch {
	case len(c.Kafka.Brokers) == 0:
		return errors.New("ingest: Kafka.Brokers is empty: give at least one host:port")
	case c.Catalog == nil:
		return errors.New("ingest: Catalog is not set")
	case c.Sink == nil:
		return errors.New("ingest: Sink is not set")
	case c.Mapper == nil && c.Anchorer == nil:
		return errors.New("ingest: Anchorer is not set")
	}
	if c.Stored == nil {
		c.Stored = func([]*entity.Batch) {}
	}
	setDefault(&c.Group, DefaultGroup)
	setDefault(&c.Workers, runtime.GOMAXPROCS(0))
	setDefault(&c.MaxBatchRows, DefaultMaxBatchRows)
	setDefault(&c.MaxBatchBytes, DefaultMaxBatchBytes)
	setDefault(&c.MaxFetched, DefaultMaxFetched)
	setDefault(&c.FetchBytes, DefaultFetchBytes)
	setDefault(&c.Flush, DefaultFlush)
	setDefault(&c.Wait, DefaultWait)
	setDefault(&c.Watch, DefaultWatch)
	setDefault(&c.Stall, DefaultStall)
	setDefault(&c.Reopen, DefaultReopen)
	setDefault(&c.Session, DefaultSession)
	setDefault(&c.Heartbeat, DefaultHeartbeat)
	setDefault(&c.Rebalance, DefaultRebalance)
	setDefault(&c.Backoff, DefaultBackoff)
	if c.Mapper == nil {
		key, opts := c.Anchorer, c.Options
		c.Mapper = func(cat *catalog.Catalog, feed *catalog.Feed) (Mapping, error) {
			return NewMapper(cat, feed, key.Clone(), opts)
		}
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Consumer reads the topics of all feeds and the retry topic, maps them and writes them to its Sink. Several consumers with one
// Group share the partitions. Use NewConsumer; Run once. Lag and Stats may be called at any time.
type Consumer struct {
	cfg     Config
	wire    *wire
	buffers bufferPool
	stats   Stats

	mu      sync.Mutex
	session *session // what is being read now, nil between generations
}

// NewConsumer checks the configuration. It does not connect.
func NewConsumer(cfg Config) (*Consumer, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return &Consumer{cfg: cfg, wire: newWire(cfg.Kafka)}, nil
}

// Run consumes until ctx ends and then returns nil. Whatever goes wrong with Kafka, the network or the sink is waited out and
// shows in Stats, Lag, the log and incidents; only ctx ends it.
func (c *Consumer) Run(ctx context.Context) error {
	defer c.wire.close()
	for pause := c.pauses(); ctx.Err() == nil; {
		p, err := c.plan(ctx)
		switch {
		case err != nil:
			c.cfg.Log.Warn("cannot read the cluster's topics", "error", err)
			pause.wait(ctx)
		case len(p.topics) == 0:
			sleep(ctx, c.cfg.Watch) // no topic exists yet
		default:
			pause.reset()
			if err := c.join(ctx, p); err != nil && !errors.Is(err, errReplan) && ctx.Err() == nil {
				c.cfg.Log.Warn("consumer group", "group", c.cfg.Group, "error", err)
				pause.wait(ctx)
			}
		}
	}
	return nil
}

// scope is what to read: a catalogue revision and those of its topics that exist.
type scope struct {
	catalog    *catalog.Catalog
	wanted     []string // sorted; all topics of the catalogue and the retry topic
	topics     []string // sorted; those that exist. kafka-go assigns nothing at all if one topic of a group does not exist
	partitions map[string]int
	leaders    map[place]int32
}

func (c *Consumer) plan(ctx context.Context) (*scope, error) {
	cat := c.cfg.Catalog()
	p := &scope{catalog: cat, wanted: []string{TopicRetry}}
	for i := range cat.Feeds {
		p.wanted = append(p.wanted, cat.Feeds[i].Topic)
	}
	slices.Sort(p.wanted)
	p.wanted = slices.Compact(p.wanted)
	l, err := c.wire.layout(ctx, p.wanted)
	if err != nil {
		return nil, err
	}
	p.partitions, p.leaders = l.partitions, l.leaders
	for _, t := range p.wanted {
		if p.partitions[t] > 0 {
			p.topics = append(p.topics, t)
		}
	}
	return p, nil
}

// same reports whether a scope still stands beside a newer look at the cluster. Of the catalogue only the revisions of the feeds'
// mappings count: they grow whenever what ingest makes of a message changes.
func (p *scope) same(q *scope) bool {
	mapped := func(a, b catalog.Feed) bool {
		return a.Name == b.Name && a.Topic == b.Topic && a.Revision == b.Revision
	}
	if !slices.EqualFunc(p.catalog.Feeds, q.catalog.Feeds, mapped) || !slices.Equal(p.topics, q.topics) {
		return false
	}
	for _, t := range p.topics {
		if p.partitions[t] != q.partitions[t] {
			return false
		}
	}
	return true
}

// errReplan says that topics, partitions or the catalogue have changed.
var errReplan = errors.New("plan changed")

// join is a member of the group with one plan: generation after generation, until the plan changes or ctx ends.
func (c *Consumer) join(ctx context.Context, p *scope) error {
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: c.cfg.Group, Brokers: c.cfg.Kafka.Brokers, Dialer: c.cfg.Kafka.Dialer(), Topics: p.topics,
		GroupBalancers:    []kafka.GroupBalancer{spread{}},
		HeartbeatInterval: c.cfg.Heartbeat, SessionTimeout: c.cfg.Session, RebalanceTimeout: c.cfg.Rebalance,
		JoinGroupBackoff: c.cfg.Backoff, StartOffset: kafka.FirstOffset,
	})
	if err != nil {
		return err
	}
	defer leave(group, c.cfg.Group, c.cfg.Log)
	for {
		gen, err := group.Next(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.stats.GroupErrors.Add(1)
			c.cfg.Log.Warn("join consumer group", "group", c.cfg.Group, "error", err)
			continue // kafka-go pauses and tries again
		}
		c.stats.Generations.Add(1)
		if err := c.serve(ctx, gen, p); err != nil {
			return err
		}
	}
}

// leave closes a group, but does not wait for ever: kafka-go's Close has hung before (segmentio/kafka-go#1353).
func leave(group *kafka.ConsumerGroup, id string, log *slog.Logger) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := group.Close(); err != nil {
			log.Warn("leave consumer group", "group", id, "error", err)
		}
	}()
	timer := time.NewTimer(closeTimeout)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		log.Warn("leaving the consumer group takes too long, going on without", "group", id)
	}
}

// serve runs one generation to its end. It returns errReplan if the group must be joined again with other topics, and nil if
// the next generation of the same membership should follow.
func (c *Consumer) serve(ctx context.Context, gen *kafka.Generation, p *scope) error {
	result := make(chan error, 1)
	gen.Start(func(genCtx context.Context) {
		both, cancel := context.WithCancel(ctx)
		defer cancel()
		stop := context.AfterFunc(genCtx, cancel)
		defer stop()
		s := c.newSession(gen, p)
		c.setSession(s)
		err := s.run(both)
		c.setSession(nil)
		result <- err
	})
	err := <-result
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *Consumer) setSession(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
}

// report stores an incident, as often as it takes while ctx lasts.
func (c *Consumer) report(ctx context.Context, i entity.Incident) {
	i.TimeMS = c.cfg.Clock().UnixMilli()
	c.stats.Incidents.Add(1)
	c.cfg.Log.Error("incident", "kind", i.Kind, "topic", i.Topic, "partition", i.Partition, "from", i.From, "to", i.To, "detail", i.Detail)
	for pause := c.pauses(); ctx.Err() == nil; pause.wait(ctx) {
		err := c.cfg.Sink.Report(ctx, i)
		if err == nil {
			return
		}
		c.cfg.Log.Warn("cannot store an incident, trying again", "kind", i.Kind, "error", err)
	}
}

// mappingOf returns a new mapping for a partition.
func (c *Consumer) mappingOf(p *partition, cat *catalog.Catalog) (Mapping, error) {
	if p.feed == nil {
		return c.newRetryMapping(cat, p.partition), nil
	}
	m, err := c.cfg.Mapper(cat, p.feed)
	if err != nil {
		return nil, fmt.Errorf("mapping of feed %s: %w", p.feed.Name, err)
	}
	return m, nil
}
