package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
	"wuku/resolve"
)

// The faulty programs: each does everything right as long as it is not killed at one moment.
const (
	faultLedger = "ledger-first" // the ledger is written before the claims
	faultMarker = "marker-first" // a cycle is marked as finished before its base rows are written
	faultRows   = "rows-first"   // base rows are written before their changes
	faultPanic  = "panics"       // mapping a message may panic: that message goes to quarantine
)

// The moments.
const (
	deathLedger = "store/ledger"
	deathMarker = "test/marker"
	deathRows   = "test/rows"
)

// program is the root command of what this test binary is started again as.
func program(kind string) *cobra.Command {
	switch kind {
	case faultLedger, faultMarker, faultRows, faultPanic:
	default:
		return root()
	}
	var f upFlags
	cmd := &cobra.Command{Use: "up", SilenceUsage: true, SilenceErrors: true, RunE: func(cmd *cobra.Command, _ []string) error { return faulty(cmd.Context(), f.flags, kind) }}
	f.add(cmd)
	cmd.Flags().StringVar(&f.http, "http", "", "not served")
	parent := &cobra.Command{Use: "wuku", SilenceUsage: true, SilenceErrors: true}
	parent.AddCommand(cmd)
	return parent
}

// faulty is `wuku up` without its API, with one fault.
func faulty(ctx context.Context, f flags, kind string) (err error) {
	in, err := open(ctx, f, runAll)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	s := newServices(in)
	if err := s.topics(ctx); err != nil {
		return err
	}
	if err := in.writeRunning(""); err != nil {
		return err
	}
	defer os.Remove(in.path("run.json"))
	group, inner := errgroup.WithContext(ctx)
	var out ingest.Sink = in.store
	if kind == faultLedger {
		out = ledgerFirst{out}
	}
	config := ingest.Config{Kafka: in.kafka, Catalog: func() *catalog.Catalog { return in.current.Load().streams }, Anchorer: in.anchorer(), Sink: out, Stored: s.stored, Log: in.log, Options: ingest.MapperOptions{Places: places}}
	if kind == faultPanic {
		config.Mapper = func(c *catalog.Catalog, f *catalog.Feed) (ingest.Mapping, error) {
			m, err := ingest.NewMapper(c, f, in.anchorer(), ingest.MapperOptions{Places: places})
			return panicky{m}, err
		}
	}
	c, err := ingest.NewConsumer(config)
	if err != nil {
		return err
	}
	s.consumer = c
	group.Go(func() error { return ended(inner, "ingest", c.Run(inner)) })
	for _, library := range entity.Libraries {
		l := &resolve.Loop{
			Config: func() resolve.Config {
				c := in.config(library, s.fence)
				c.Store = &disordered{Store: c.Store, kind: kind, crash: crashPoint()}
				return c
			},
			Announcer: announcer{s.publisher}, Wake: s.bell.Listen(library), Loading: func() bool { return false }, Log: in.log,
		}
		group.Go(func() error { return ended(inner, "resolve", l.Run(inner)) })
	}
	return group.Wait()
}

// ledgerFirst accounts for messages before their claims are stored.
type ledgerFirst struct{ ingest.Sink }

// Write stores the ledger, then the rest. The store's own crash point stands behind each of the two.
func (s ledgerFirst) Write(ctx context.Context, batches []*entity.Batch) error {
	first, rest := make([]*entity.Batch, len(batches)), make([]*entity.Batch, len(batches))
	for i, b := range batches {
		first[i] = &entity.Batch{Ledger: b.Ledger}
		rest[i] = &entity.Batch{Claims: b.Claims, Findings: b.Findings, Quarantine: b.Quarantine}
	}
	if err := s.Sink.Write(ctx, first); err != nil {
		return err
	}
	return s.Sink.Write(ctx, rest)
}

// panicky has a defect that a later version of the program has not.
type panicky struct{ *ingest.Mapper }

// Map panics at every 40th offset.
func (m panicky) Map(message *ingest.Message) {
	if message.Offset%40 == 7 {
		panic("a defect of the mapping")
	}
	m.Mapper.Map(message)
}

// disordered runs the statements of a cycle in an order that loses something when it is interrupted.
type disordered struct {
	resolve.Store
	kind  string
	crash func(string)
}

// Exec implements resolve.Store.
func (d *disordered) Exec(ctx context.Context, statement string, data any) error {
	switch {
	case d.kind == faultMarker && statement == "cycle/publish":
		return nil // with the marker
	case d.kind == faultMarker && statement == "cycle/marker":
		if err := d.Store.Exec(ctx, statement, data); err != nil {
			return err
		}
		d.die(deathMarker)
		statement = "cycle/publish"
	case d.kind == faultRows && statement == "cycle/changes" && os.Getenv("WUKU_CRASH") == deathRows:
		if err := d.Store.Exec(ctx, "cycle/publish", data); err != nil {
			return err
		}
		d.die(deathRows)
	}
	return d.Store.Exec(ctx, statement, data)
}

func (d *disordered) die(at string) {
	if d.crash != nil {
		d.crash(at)
	}
}

// prove tells the history to each faulty program: what they lose must be found, or the trials prove nothing.
func prove(t *testing.T, want *outcome) {
	for _, tooth := range []struct {
		kind, death string
		finds       []string // one of these
		after       int      // the first part in which it dies
	}{
		{faultLedger, deathLedger, []string{"is lost"}, 0},
		{faultMarker, deathMarker, []string{"is lost", "differs in", "should not be"}, 1},
		{faultRows, deathRows, []string{"no event tells"}, 1},
	} {
		t.Run(tooth.kind, func(t *testing.T) {
			h := newHistory(t, 0)
			h.kind, h.want, h.keep = tooth.kind, want, true
			h.plan = func(part int) []string {
				if part < tooth.after {
					return nil
				}
				return []string{tooth.death}
			}
			h.tell()
			if h.seen[tooth.death] == 0 {
				t.Fatal("it was never killed at its moment")
			}
			found := strings.Join(h.fault, "\n")
			if !slices.ContainsFunc(tooth.finds, func(text string) bool { return strings.Contains(found, text) }) {
				t.Errorf("what %s loses was not found, want one of %q among: %s", tooth.kind, tooth.finds, found)
			}
			t.Logf("%d problems found: %s", len(h.fault), brief(h.fault[:min(3, len(h.fault))]))
		})
	}
}
