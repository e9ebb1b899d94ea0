package bench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
	"wuku/store"
)

// WarningConfig says what Warnings measures. Zero values take the defaults.
type WarningConfig struct {
	Conditions int // warnings that are declared; default 10,000
	Changes    int // certificates, each of which changes once; default 1,000,000
	Dir        string
	Say        func(format string, args ...any)
}

// WarningRun is one measurement of Warnings.
type WarningRun struct {
	Conditions int            `json:"conditions"`
	Entities   int            `json:"entities"`
	Rounds     []WarningRound `json:"rounds"`
	Raised     int            `json:"raised"`    // events on the topic
	Withdrawn  int            `json:"withdrawn"` // events on the topic
	Twice      int            `json:"twice"`     // warnings that were raised twice without a withdrawal between, or withdrawn twice: must be 0
	Wrong      int            `json:"wrong"`     // warnings that stand without a cause, or do not stand with one, at the end: must be 0
}

// WarningRound is one inspection after some changes.
type WarningRound struct {
	Changes   int     `json:"changes"`
	Cause     bool    `json:"cause"` // whether the changes make conditions hold; else they end them
	Look      float64 `json:"look_seconds"`
	Tell      float64 `json:"tell_seconds"`
	PerChange float64 `json:"microseconds_a_change"` // of both
}

// Warnings measures inspections that keep so many warnings over a library of certificates: every certificate is of one kind and one
// division, and each condition names one of each and a state into which a change brings a certificate. So every change raises exactly one
// warning, and the change back ends it.
func Warnings(ctx context.Context, cfg WarningConfig) (run *WarningRun, err error) {
	if cfg.Conditions == 0 {
		cfg.Conditions = 10_000
	}
	if cfg.Changes == 0 {
		cfg.Changes = 1_000_000
	}
	if cfg.Say == nil {
		cfg.Say = func(string, ...any) {}
	}
	dir, remove, err := (&Config{Dir: cfg.Dir}).place()
	if err != nil {
		return nil, err
	}
	defer remove()
	d, err := openDatabase(ctx, filepath.Join(dir, "engine"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	s, err := store.Open(ctx, store.Options{Address: []string{d.engine.Native()}, User: d.engine.User(), Password: d.engine.Password()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	b := &warningBench{cfg: cfg, db: d, store: s, run: &WarningRun{Conditions: cfg.Conditions, Entities: cfg.Changes}, stands: make([]bool, cfg.Changes)}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	return b.run, b.rounds(ctx)
}

// warningBench is one measurement.
type warningBench struct {
	cfg     WarningConfig
	db      *database
	store   *store.Store
	catalog *catalog.Catalog
	look    *quality.Inspector
	numbers []uint16 // of the columns of a certificate
	version uint64
	seq     uint64
	run     *WarningRun
	stands  []bool // by certificate, as the topic says
}

// certificateColumns are the elements that a certificate of the bench has.
var certificateColumns = []string{"type_code", "division", "status", "valid_to"}

const (
	calm, alarming = "01", "99"
	mostOfARound   = 100_000
)

// kindNamed and placeNamed are the kind and the division that the n-th condition names: no two conditions name the same.
func kindNamed(n int) string  { return fmt.Sprintf("K%05d", n/100) }
func placeNamed(n int) string { return fmt.Sprintf("3201%02d", n%100) }

// prepare makes tables, declarations and certificates none of which is worth a warning, and has everything looked at once.
func (b *warningBench) prepare(ctx context.Context) error {
	if err := b.store.Migrate(ctx); err != nil {
		return err
	}
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		return err
	}
	order, err := b.store.Sync(ctx, c)
	if err != nil {
		return err
	}
	for _, name := range certificateColumns {
		b.numbers = append(b.numbers, uint16(slices.Index(order[entity.Certificate], name)+1))
	}
	c.Packs, c.Warnings = nil, nil // warnings are measured, not rules
	for n := range b.cfg.Conditions {
		c.Warnings = append(c.Warnings, catalog.Warning{Name: fmt.Sprintf("w%05d", n), ZH: "预警", EN: "warning", Hint: "look", Level: "blue", Library: entity.Certificate, Audience: []string{"market"},
			When: fmt.Sprintf("type_code = '%s' and division = '%s' and status = '%s'", kindNamed(n), placeNamed(n), alarming)})
	}
	b.catalog = c
	b.look = &quality.Inspector{Store: b.store, Catalog: c, Watch: b.watch()}
	b.cfg.Say("loading %d certificates", b.cfg.Changes)
	for from := 0; from < b.cfg.Changes; from += mostOfARound {
		if err := b.change(ctx, from, min(from+mostOfARound, b.cfg.Changes), calm); err != nil {
			return err
		}
	}
	b.cfg.Say("looking at everything for %d conditions", b.cfg.Conditions)
	if _, err := b.look.Changed(ctx); err != nil {
		return err
	}
	return b.db.settle(ctx)
}

func (b *warningBench) watch() *quality.Watch {
	return &quality.Watch{Store: b.store, Catalog: b.catalog, Secret: [2]uint64{1, 2}}
}

// certificate is the id of the n-th certificate.
func certificate(n int) (id entity.ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n)+1)
	return id
}

// change is one cycle after which certificates are in a state.
func (b *warningBench) change(ctx context.Context, from, to int, state string) error {
	b.version++
	rows, err := b.db.conn.PrepareBatch(ctx, "INSERT INTO resolve.certificate (anchor, entity, live, ver, anchors, feeds, els, vals, sources, times, updated)")
	if err != nil {
		return err
	}
	events, err := b.db.conn.PrepareBatch(ctx, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at)")
	if err != nil {
		return errors.Join(err, rows.Abort())
	}
	now, sources, times := time.Now(), make([]uint32, len(b.numbers)), make([]int64, len(b.numbers))
	first := b.seq + 1
	for i := from; i < to; i++ {
		id, n := certificate(i), i%b.cfg.Conditions
		b.seq++
		err := errors.Join(rows.Append(id, id, uint8(1), b.version, []entity.ID{id}, []string{"police.driver"}, b.numbers, []string{kindNamed(n), placeNamed(n), state, "2090-01-01"}, sources, times, now),
			events.Append(entity.Certificate, b.seq, b.version, id, "updated", []string{"status"}, entity.ID{}, now))
		if err != nil {
			return errors.Join(err, rows.Abort(), events.Abort())
		}
	}
	if err := errors.Join(rows.Send(), events.Send()); err != nil {
		return err
	}
	return b.db.conn.Exec(ctx, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to) VALUES (?, ?, ?, ?)", entity.Certificate, b.version, first, b.seq)
}

// rounds changes every certificate once, in rounds of growing size, looks after each, and takes some changes back.
func (b *warningBench) rounds(ctx context.Context) error {
	at := 0
	for _, size := range []int{1, 1_000, 10_000} {
		if err := b.round(ctx, at, min(at+size, b.cfg.Changes), alarming); err != nil {
			return err
		}
		at = min(at+size, b.cfg.Changes)
	}
	for ; at < b.cfg.Changes; at += mostOfARound {
		if err := b.round(ctx, at, min(at+mostOfARound, b.cfg.Changes), alarming); err != nil {
			return err
		}
	}
	for _, size := range []int{1_000, mostOfARound} {
		if err := b.round(ctx, 0, min(size, b.cfg.Changes), calm); err != nil {
			return err
		}
	}
	for i, stands := range b.stands {
		if stands != (i >= min(mostOfARound, b.cfg.Changes)) {
			b.run.Wrong++
		}
	}
	return nil
}

// round changes some certificates and measures what it takes to look and to tell.
func (b *warningBench) round(ctx context.Context, from, to int, state string) error {
	if from >= to {
		return nil
	}
	if err := b.change(ctx, from, to, state); err != nil {
		return err
	}
	r := WarningRound{Changes: to - from, Cause: state == alarming}
	start := time.Now()
	if _, err := b.look.Changed(ctx); err != nil {
		return err
	}
	r.Look = time.Since(start).Seconds()
	start = time.Now()
	if _, err := b.watch().Tell(ctx, b.told); err != nil {
		return err
	}
	r.Tell = time.Since(start).Seconds()
	r.PerChange = (r.Look + r.Tell) / float64(r.Changes) * 1e6
	b.run.Rounds = append(b.run.Rounds, r)
	b.cfg.Say("%d changes: looked at in %.2f s, told in %.2f s", r.Changes, r.Look, r.Tell)
	return nil
}

// told is the topic.
func (b *warningBench) told(_ context.Context, events []quality.Warning) error {
	for _, e := range events {
		n, raised := int(binary.BigEndian.Uint64(e.Entity[8:]))-1, e.Action == "raise"
		if raised {
			b.run.Raised++
		} else {
			b.run.Withdrawn++
		}
		if n < 0 || n >= len(b.stands) || b.stands[n] == raised {
			b.run.Twice++
			continue
		}
		b.stands[n] = raised
	}
	return nil
}

// Print writes a run for people.
func (r *WarningRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d warnings declared over %d certificates; each change makes one condition hold, or ends it\n", r.Conditions, r.Entities)
	for _, x := range r.Rounds {
		fmt.Fprintf(w, "%8d changes (%s): looked at in %7.2f s, told in %6.2f s, %.0f µs a change\n", x.Changes, map[bool]string{true: "causes come", false: "causes go"}[x.Cause], x.Look, x.Tell, x.PerChange)
	}
	fmt.Fprintf(w, "raised %d, withdrawn %d; told twice %d, wrong at the end %d\n", r.Raised, r.Withdrawn, r.Twice, r.Wrong)
}
