package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
	"wuku/resolve"
	"wuku/space"
)

// services are the long-running parts of one process. Each runs in group until its context ends.
type services struct {
	in        *instance
	publisher *ingest.Publisher
	fence     *ingest.Fence
	consumer  *ingest.Consumer
	bell      resolve.Bell
	outside   tlsFlags    // how others know this deployment
	busy      func() bool // a load that is known to be going on; nil: not known
	where     *space.Space
	loops     map[string]*resolve.Loop
	reloads   map[string]chan struct{}
	turns     *resolve.Standby        // nil: no other process can own a library
	standby   map[string]*atomic.Bool // libraries that another process owns
	meters    *meters
	lateness  lateness
	compared  compared
	progress  *progress
}

func newServices(in *instance) *services {
	s := &services{in: in, publisher: ingest.NewPublisher(in.kafka, kafka.Compression(0)), fence: ingest.NewFence(in.kafka, instanceName()),
		loops: map[string]*resolve.Loop{}, reloads: map[string]chan struct{}{}, standby: map[string]*atomic.Bool{}, meters: newMeters(), progress: newProgress()}
	in.closers = append(in.closers, func(context.Context) error { s.fence.Close(); return s.publisher.Close() })
	return s
}

// keep is the setting of topics whose messages must not go by age: sources publish messages with old timestamps, which a broker would
// delete at once by its default of a week.
var keep = map[string]string{"retention.ms": "-1"}

// ninetyDays is the setting of topics about what was refused, which may name records: what departments read (refusals, work orders), and what
// was sent to be mapped again, which stands in quarantine until it is. 90 days.
var ninetyDays = map[string]string{"retention.ms": "7776000000"}

// compact is the setting of topics of changes: of each record the newest change stays, of an erased one nothing after two days.
var compact = map[string]string{"cleanup.policy": "compact", "segment.ms": dayMS, "max.compaction.lag.ms": dayMS, "delete.retention.ms": dayMS}

const dayMS = "86400000"

// topics makes the topics of all feeds and the program's own.
func (s *services) topics(ctx context.Context) error {
	list := []ingest.Topic{{Name: ingest.TopicRetry, Partitions: 1, Config: ninetyDays}, {Name: ingest.TopicOwner, Partitions: 1, Config: keep},
		{Name: ingest.TopicAlerts, Partitions: 1, Config: keep}}
	for _, l := range entity.Libraries {
		list = append(list, ingest.Topic{Name: ingest.TopicChanges(l), Partitions: 1, Config: keep})
	}
	for _, d := range s.in.current.Load().catalog.Departments {
		list = append(list, ingest.Topic{Name: ingest.TopicWorkOrders(d.Code), Partitions: 1, Config: ninetyDays})
	}
	for _, f := range s.in.current.Load().streams.Feeds {
		config := keep
		if catalog.IsChanges(f.Topic) {
			config = compact
		}
		list = append(list, ingest.Topic{Name: f.Topic, Partitions: f.Partitions, Config: config})
	}
	for _, f := range s.in.current.Load().catalog.Feeds {
		list = append(list, ingest.Topic{Name: ingest.TopicQuarantine(f.Topic), Partitions: 1, Config: ninetyDays})
	}
	return s.publisher.EnsureTopics(ctx, list)
}

// startPause is how long a start waits before it asks a broker again that is away.
const startPause = 2 * time.Second

// startPatience is how long a step of a start waits for an engine that went away.
const startPatience = time.Minute

// awaitTopics is topics, as often as it takes: a broker that is away while we start is weather.
func (s *services) awaitTopics(ctx context.Context) error {
	for {
		attempt, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := s.topics(attempt)
		cancel()
		if err == nil {
			return nil
		}
		say("waiting for the broker: %v", err)
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(startPause):
		}
	}
}

// persist does a step of a start again while the engine is away: one that died just now is being brought back.
func persist(ctx context.Context, step func(context.Context) error) error {
	for deadline := time.Now().Add(startPatience); ; {
		err := step(ctx)
		var network net.Error
		away := errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if !away || time.Now().After(deadline) {
			return err
		}
		say("waiting for the engine: %v", err)
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(startPause / 4):
		}
	}
}

func (s *services) ingest(ctx context.Context, group *errgroup.Group) error {
	forgotten := &erased{in: s.in}
	if err := persist(ctx, forgotten.load); err != nil {
		return err
	}
	group.Go(func() error { return forgotten.watch(ctx) })
	schemas, err := s.in.schemas()
	if err != nil {
		return err
	}
	c, err := ingest.NewConsumer(ingest.Config{
		Kafka: s.in.kafka, Catalog: func() *catalog.Catalog { return s.in.current.Load().streams },
		Anchorer: s.in.anchorer(), Sink: s.in.store, Stored: s.stored, Log: s.in.log,
		Options: ingest.MapperOptions{Erased: forgotten.has, Schemas: schemas, Places: places},
	})
	if err != nil {
		return err
	}
	s.consumer = c
	group.Go(func() error { return ended(ctx, "ingest", c.Run(ctx)) })
	group.Go(func() error { return s.snapshots(ctx) })
	group.Go(func() error { return s.refusals(ctx) })
	return nil
}

// schemas is the client of the schema registry, nil without one; that of a demo which is running is known by itself.
func (f flags) schemas() (*ingest.Registry, error) {
	address := f.registry
	if address == "" {
		in := instance{flags: f}
		if r, err := in.readRunning(); err == nil {
			address = r.Registry
		}
	}
	if address == "" {
		return nil, nil
	}
	r, err := ingest.NewRegistry(address)
	if err != nil {
		return nil, fmt.Errorf("--registry: %w", err)
	}
	return r, nil
}

func (s *services) resolve(ctx context.Context, group *errgroup.Group, libraries []string) {
	if s.in.engine == nil { // an embedded engine serves one process only: nobody to stand by for
		s.turns = &resolve.Standby{Store: s.in.store, Instance: instanceName(), Log: s.in.log}
		group.Go(func() error { return ended(ctx, "beat", s.turns.Beat(ctx)) })
	}
	for _, library := range libraries {
		if s.in.current.Load().catalog.Library(library) == nil {
			continue // a city may keep fewer than five; one that a reload adds is resolved from the next start on
		}
		reload := make(chan struct{}, 1)
		l := &resolve.Loop{
			Config:    func() resolve.Config { return s.matching(library) },
			Reload:    reload,
			Announcer: announcer{s.publisher},
			Wake:      s.bell.Listen(library),
			Loading:   s.loading(),
			Log:       s.in.log.With("library", library),
			Done:      s.meters.watch(library),
		}
		s.loops[library], s.reloads[library] = l, reload
		waits := &atomic.Bool{}
		s.standby[library] = waits
		group.Go(func() error { return ended(ctx, "resolve "+library, s.own(ctx, l, library, waits)) })
	}
}

// matching is what an owner that stays works by: it matches, too.
func (s *services) matching(library string) resolve.Config {
	c := s.in.config(library, s.fence)
	c.Links = s.in.store
	return c
}

// muchBehind is a backlog that counts as a load.
const muchBehind = 20_000

// loading tells a first resolve whether to wait; nil where this process does not ingest.
func (s *services) loading() func() bool {
	if s.busy == nil {
		return nil
	}
	return func() bool {
		if s.busy() || s.consumer == nil {
			return true
		}
		var behind int64
		lags := s.consumer.Lag()
		for _, l := range lags {
			behind += l.Behind
		}
		return len(lags) == 0 || behind > muchBehind
	}
}

// regain is how long a fenced owner leaves the library to the one that took it over: a rebuild from the command line takes it for
// a moment only.
const regain = 3 * time.Second

func (s *services) own(ctx context.Context, l *resolve.Loop, library string, waits *atomic.Bool) error {
	for {
		if s.turns != nil {
			if err := s.turns.Wait(ctx, library, waits.Store); err != nil {
				return err
			}
		}
		err := l.Run(ctx)
		if !errors.Is(err, resolve.ErrFenced) {
			return err
		}
		s.in.log.Warn("fenced: another process owns the library now; trying again", "pause", regain, "error", err)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(regain):
		}
	}
}

// ended turns the end of a service into the group's error, unless everything is ending.
func ended(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("%s ended: %w", name, err)
}

// reload brings the catalogue's files into force in a running process.
func (s *services) reload(ctx context.Context) error {
	if err := s.in.reload(ctx); err != nil {
		return err
	}
	return s.renew(ctx)
}

// renew makes the running parts take the catalogue that is in force now.
func (s *services) renew(ctx context.Context) error {
	if err := s.topics(ctx); err != nil {
		return err
	}
	for _, c := range s.reloads {
		select {
		case c <- struct{}{}:
		default: // one is waiting already
		}
	}
	return nil
}

// settled reports whether all that was published is resolved, and else what is still to do.
func (s *services) settled() (bool, string) {
	if s.consumer != nil {
		var behind int64
		opening := 0
		lags := s.consumer.Lag()
		for _, l := range lags {
			behind += l.Behind
			if l.State == "opening" {
				opening++
			}
		}
		switch {
		case len(lags) == 0:
			return false, "joining the consumer group"
		case opening > 0:
			return false, fmt.Sprintf("opening %d partitions", opening)
		case behind > 0:
			return false, fmt.Sprintf("%d messages behind", behind)
		}
		if feed := s.compared.behind(s.in.current.Load().catalog, lags); feed != "" {
			return false, "comparing snapshots of " + feed
		}
	}
	for name, l := range s.loops {
		if !s.standby[name].Load() && !l.Settled() { // what another process owns is that one's to report
			return false, "resolving " + name
		}
	}
	return true, ""
}

// stored wakes the resolvers of what ingest has written.
func (s *services) stored(batches []*entity.Batch) {
	s.bell.Stored(s.in.current.Load().streams, batches)
}

// ledgerPoll is how often a process that resolves without ingesting looks whether the ledger has grown.
const ledgerPoll = 300 * time.Millisecond

// watchLedger rings the bell for what other processes write.
func (s *services) watchLedger(ctx context.Context) error {
	var before uint64
	for {
		var rows uint64
		err := s.in.store.Query(ctx, "cycle/ledger_rows", nil, func(scan func(...any) error) error { return scan(&rows) })
		if err == nil && rows != before {
			before = rows
			for _, library := range entity.Libraries {
				s.bell.Ring(library)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(ledgerPoll):
		}
	}
}

// announcer carries the resolver's events to their topics.
type announcer struct{ *ingest.Publisher }

// Announce publishes events in order.
func (a announcer) Announce(ctx context.Context, events []resolve.Event) error {
	out := make([]ingest.Event, len(events))
	for i, e := range events {
		out[i] = ingest.Event(e)
	}
	return a.Publisher.Announce(ctx, out)
}
