package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
)

// session is one generation of the consumer group: the partitions that are ours, from opening them to giving them back.
//
// Fetch loops (one a broker) put chunks of raw batches into the partitions' queues; workers map them, one partition by one
// worker at a time; the collector takes what is mapped, of all partitions together, and hands it to at most two writes at
// once; the committer tells the group how far the ledger is. Each stage stops the one before it when it is full.
type session struct {
	c    *Consumer
	cfg  *Config
	gen  committer
	plan *scope
	wire *wire
	list []*partition

	ready    chan *partition // partitions with something to map; each at most once
	commits  chan struct{}   // something was stored
	dirty    chan struct{}   // something was mapped
	full     chan struct{}   // as much is mapped as one write may take
	end      context.CancelCauseFunc
	writing  context.Context // outlives the session a little, so that writes under way can end well
	inFlight sync.WaitGroup

	rows, bytes atomic.Int64 // mapped and not taken yet
	fetched     atomic.Int64 // bytes fetched and not mapped yet

	mu      sync.Mutex // guards what follows and each partition's fields below its own mark
	room    chan struct{}
	brokers map[int32]chan struct{} // fetch loops' bells
	loops   sync.WaitGroup
}

// committer is what a session needs of a kafka.Generation.
type committer interface {
	CommitOffsets(map[string]map[int]int64) error
}

// state is where a partition is in its life.
type state uint8

const (
	unopened state = iota // its position is being compared with the broker's log
	running
	stopped // an incident; looked at again after Config.Reopen
)

// partition is one partition of one topic while it is ours.
type partition struct {
	place
	feed     *catalog.Feed // nil for the retry topic
	revision uint32

	mapMu    sync.Mutex // guards the mapper and what follows
	mapper   Mapping
	done     []*entity.Batch // finished batches that wait for the collector, before those in the mapper
	doneRows int             // rows in done
	taken    int64           // what done and the mapper hold together begins here
	from, to int64           // what the mapper holds
	crashers []int64         // offsets of messages that crashed the mapping
	bytes    int64           // about what done and the mapper hold
	rows     atomic.Int64    // and how many rows; read without mapMu

	// Guarded by session.mu.
	state    state
	reason   string // why it is stopped
	leader   int32
	corrupt  int   // broken answers since the last stored batch
	epoch    int   // counts openings: chunks of an older one are dropped
	next     int64 // first offset not fetched yet
	end      int64 // the broker's high watermark, as last seen
	stable   int64
	start    int64
	maxBytes int32
	queue    []*chunk
	busy     bool // in ready, or with a worker
	failures int
	retryAt  time.Time
	progress time.Time // when next last moved, or nothing was left to read

	stored    int64           // every offset below is durable in the ledger
	islands   map[int64]int64 // stored ranges beyond, from -> to
	committed int64
	meter     meter
}

func (c *Consumer) newSession(gen *kafka.Generation, p *scope) *session {
	s := &session{c: c, cfg: &c.cfg, gen: gen, plan: p, wire: c.wire, commits: make(chan struct{}, 1), dirty: make(chan struct{}, 1),
		full: make(chan struct{}, 1), room: make(chan struct{}), brokers: map[int32]chan struct{}{}}
	for topic, assigned := range gen.Assignments {
		feed := p.catalog.FeedByTopic(topic)
		if feed == nil && topic != TopicRetry {
			continue
		}
		for _, a := range assigned {
			part := &partition{place: place{topic, int32(a.ID)}, feed: feed, committed: max(a.Offset, 0), leader: noLeader, mapper: nothing{}, islands: map[int64]int64{}}
			if feed != nil {
				part.revision = feed.Revision
			}
			s.list = append(s.list, part)
		}
	}
	s.ready = make(chan *partition, len(s.list))
	return s
}

const noLeader = -1

// run reads until ctx or the generation ends, or the plan has changed (errReplan).
func (s *session) run(ctx context.Context) error {
	began := ctx
	ctx, s.end = context.WithCancelCause(ctx)
	defer s.end(nil)
	writing, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	s.writing = writing

	var stages sync.WaitGroup
	stages.Go(func() { s.collect(ctx) })
	for range s.cfg.Workers {
		stages.Go(func() { s.work(ctx) })
	}
	stages.Go(func() { s.openAll(ctx, s.list) })
	stages.Go(func() { s.watch(ctx) })
	committing, stopCommitting := context.WithCancel(context.WithoutCancel(ctx))
	var committer sync.WaitGroup
	committer.Go(func() { s.commitLoop(committing) })

	<-ctx.Done()
	grace := time.AfterFunc(s.cfg.Rebalance/3, abandon)
	defer grace.Stop()
	stages.Wait()
	s.loops.Wait()
	s.inFlight.Wait()
	stopCommitting()
	committer.Wait()
	if began.Err() == nil {
		return context.Cause(ctx)
	}
	return nil
}

// opens is how many partitions are opened at a time.
const opens = 8

// openAll reads the ledger's positions of partitions, all at once, and opens them, a few at a time.
func (s *session) openAll(ctx context.Context, list []*partition) {
	revisions := map[string]uint32{}
	for _, p := range list {
		revisions[p.topic] = p.revision
	}
	var positions map[string]map[int32]entity.Position
	for pause := s.c.pauses(); ctx.Err() == nil; pause.wait(ctx) {
		var err error
		if positions, err = s.cfg.Sink.Positions(ctx, revisions); err == nil {
			break
		}
		s.c.cfg.Log.Warn("read the ledger's positions, trying again", "topics", len(revisions), "error", err)
	}
	slots := make(chan struct{}, opens)
	var all sync.WaitGroup
	for _, p := range list {
		all.Go(func() {
			select {
			case slots <- struct{}{}:
				at, known := positions[p.topic][p.partition]
				s.open(ctx, p, at, known)
				<-slots
			case <-ctx.Done():
			}
		})
	}
	all.Wait()
}

// open compares one partition's position with the broker until there is an answer, then starts or stops it.
func (s *session) open(ctx context.Context, p *partition, at entity.Position, known bool) {
	lost := 0
	for pause := s.c.pauses(); ctx.Err() == nil; pause.wait(ctx) {
		leader, err := s.leaderOf(ctx, p.place)
		var o opening
		if err == nil {
			o, err = s.wire.open(ctx, leader, p.place, at, known, &s.c.buffers)
		}
		if err != nil {
			s.cfg.Log.Warn("open partition, trying again", "topic", p.topic, "partition", p.partition, "error", err)
			s.forgetLeader(p.place)
			continue
		}
		// A leader that was elected a moment ago may not know yet how far its log is committed: ask again before crying wolf.
		if lost++; o.stops && lost < confirmations {
			s.forgetLeader(p.place)
			continue
		}
		s.opened(ctx, p, leader, o)
		return
	}
}

const confirmations = 4

// opened starts a partition, or stops it with its incident.
func (s *session) opened(ctx context.Context, p *partition, leader int32, o opening) {
	s.mu.Lock()
	p.end, p.stored = o.last, o.next
	s.mu.Unlock()
	if o.incident.Kind != "" {
		i := o.incident
		i.Topic, i.Partition, i.Feed = p.topic, p.partition, p.feedName()
		s.c.report(ctx, i)
		if o.stops {
			s.stop(p, i.Detail)
			return
		}
	}
	if err := s.renewMapper(p, o.next); err != nil {
		s.stop(p, err.Error())
		s.cfg.Log.Error("a feed cannot be mapped", "feed", p.feedName(), "error", err)
		return
	}
	s.mu.Lock()
	p.state, p.reason, p.leader, p.maxBytes, p.failures = running, "", leader, s.cfg.FetchBytes, 0
	p.epoch++
	p.next, p.stored, p.start, p.progress = o.next, o.next, o.first, time.Now()
	clear(p.islands)
	p.queue = nil
	if o.gap {
		p.queue = append(p.queue, &chunk{place: p.place, epoch: p.epoch, from: o.next, to: o.first, start: o.first})
		p.next = o.first
		s.schedule(p)
	}
	s.mu.Unlock()
	s.ring(ctx, leader)
}

// renewMapper gives a partition a mapper without leftovers.
func (s *session) renewMapper(p *partition, next int64) error {
	p.mapMu.Lock()
	defer p.mapMu.Unlock()
	m, err := s.c.mappingOf(p, s.plan.catalog)
	if err != nil {
		return err
	}
	s.forget(p)
	p.mapper, p.done, p.taken, p.from, p.to = m, nil, next, next, next
	return nil
}

// stop takes a partition out of the work until its incident is settled.
func (s *session) stop(p *partition, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.state, p.reason, p.retryAt = stopped, reason, time.Now().Add(s.cfg.Reopen)
	p.epoch++
}

func (p *partition) feedName() string {
	if p.feed == nil {
		return ""
	}
	return p.feed.Name
}

// leaderOf returns who leads a partition, asking the cluster if that is not known.
func (s *session) leaderOf(ctx context.Context, p place) (int32, error) {
	s.mu.Lock()
	leader, ok := s.plan.leaders[p]
	s.mu.Unlock()
	if ok {
		return leader, nil
	}
	l, err := s.wire.layout(ctx, []string{p.topic})
	if err != nil {
		return noLeader, err
	}
	leader, ok = l.leaders[p]
	if !ok {
		return noLeader, fmt.Errorf("%s/%d has no leader at the moment", p.topic, p.partition)
	}
	s.learn(l)
	return leader, nil
}

func (s *session) learn(l *layout) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p, leader := range l.leaders {
		s.plan.leaders[p] = leader
	}
}

func (s *session) forgetLeader(p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.plan.leaders, p)
}

// watch compares the cluster and the catalogue with the plan, moves partitions to new leaders, looks at stopped partitions
// again and notices stalls. kafka-go's own watcher misses changes (segmentio/kafka-go#1351, #1414) and asks topic by topic.
func (s *session) watch(ctx context.Context) {
	for sleep(ctx, s.cfg.Watch) {
		now, err := s.c.plan(ctx)
		if err != nil {
			s.cfg.Log.Warn("look at the cluster's topics", "error", err)
			continue
		}
		if !s.plan.same(now) {
			s.cfg.Log.Info("topics, partitions or the catalogue have changed, joining again")
			s.end(errReplan)
			return
		}
		s.learn(&layout{leaders: now.leaders})
		s.follow(ctx, now.leaders)
		for _, p := range s.due() {
			s.openAll(ctx, []*partition{p})
		}
		if p := s.stalled(); p != nil {
			from, to := s.unread(p)
			s.c.stats.Stalls.Add(1)
			s.c.report(ctx, entity.Incident{Kind: IncidentStall, Feed: p.feedName(), Topic: p.topic, Partition: p.partition, From: from, To: to,
				Detail: fmt.Sprintf("nothing arrived for %s although there is something to read: all connections are made anew", s.cfg.Stall)})
			s.wire.close()
			s.end(errStalled)
			return
		}
	}
}

// follow moves running partitions to their leaders.
func (s *session) follow(ctx context.Context, leaders map[place]int32) {
	var moved []int32
	s.mu.Lock()
	for _, p := range s.list {
		if leader, ok := leaders[p.place]; ok && p.state == running && p.leader != leader {
			p.leader, p.retryAt = leader, time.Time{}
			moved = append(moved, leader)
		}
	}
	s.mu.Unlock()
	for _, leader := range moved {
		s.ring(ctx, leader)
	}
}

// due lists stopped partitions whose time to be looked at has come. A partition is opened again only when nothing of it is
// under way any more.
func (s *session) due() []*partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*partition
	now := time.Now()
	for _, p := range s.list {
		if p.state == stopped && now.After(p.retryAt) && !p.busy {
			p.state, p.queue = unopened, nil
			due = append(due, p)
		}
	}
	return due
}

// stalled returns a partition that has something to read, room to take it, and has not moved for Config.Stall.
func (s *session) stalled() *partition {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, p := range s.list {
		if p.state != running || p.next >= p.stable || len(p.queue) > 0 || p.busy || s.fetched.Load() >= s.cfg.MaxFetched {
			p.progress = now
			continue
		}
		if now.Sub(p.progress) > s.cfg.Stall {
			return p
		}
	}
	return nil
}

// unread is what of a partition is committed at the broker and not fetched yet.
func (s *session) unread(p *partition) (from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return p.next, max(p.next, p.stable)
}

// pauses returns growing pauses for one kind of failure.
func (c *Consumer) pauses() *pauses { return &pauses{first: c.cfg.Backoff} }

type pauses struct{ first, now time.Duration }

func (p *pauses) reset() { p.now = 0 }

// next is the coming pause: doubled each time up to maxBackoff, minus up to a quarter so that many do not beat in time.
func (p *pauses) next() time.Duration {
	p.now = min(max(2*p.now, p.first), max(maxBackoff, p.first))
	return p.now - rand.N(p.now/4+1)
}

func (p *pauses) wait(ctx context.Context) { sleep(ctx, p.next()) }

// sleep waits and reports whether ctx still lasts.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// errStalled says that nothing arrived although there was something to read.
var errStalled = errors.New("reading has stalled")

// permanent asks an error whether it will never go away, and for which table.
func permanent(err error) (table string, ok bool) {
	var p interface{ Permanent() (string, bool) }
	if errors.As(err, &p) {
		return p.Permanent()
	}
	return "", false
}

// touches reports whether a batch has rows for a table.
func touches(b *entity.Batch, table string) bool {
	for _, block := range append(b.Claims[:len(b.Claims):len(b.Claims)], b.Findings, b.Quarantine, b.Fields, b.Staged, b.Ledger) {
		if block != nil && block.Rows > 0 && block.Table == table {
			return true
		}
	}
	return false
}
