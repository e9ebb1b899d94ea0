package resolve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// Announcer publishes change events. Announcing an event again must be harmless: its name is (library, sequence).
type Announcer interface {
	// Announced returns the last sequence that was published for a library.
	Announced(ctx context.Context, library string) (uint64, error)
	// Announce publishes events in order.
	Announce(ctx context.Context, events []Event) error
}

// Event is one numbered change.
type Event struct {
	Library  string
	Sequence uint64
	Kind     string // created, updated, removed, merged or split
	Entity   string
	Elements []string
	Other    string // merged: the entity it is now; split: the entity it was part of; else ""
	At       time.Time
}

// Loop runs the cycles of one library until its context ends or another owner takes over.
type Loop struct {
	// Config returns what the owner works by; it is asked again when Reload is signalled.
	Config    func() Config
	Reload    <-chan struct{}
	Announcer Announcer
	Log       *slog.Logger
	Pause     time.Duration   // between a cycle's end and the next look; 0 means 100 ms
	Wake      <-chan struct{} // says that the ledger has grown; without it the loop looks every few seconds
	// Loading reports whether a load is going on, which a first resolve then waits for. Nil: judged by the ledger's growth.
	Loading func() bool
	Done    func(Result) // called after each cycle and after each look that found nothing or waits for a load (zero Result); may be nil

	epoch     uint64 // under which it owned last; 0: it has not, or another took over
	announced uint64
	settled   atomic.Bool
}

const (
	defaultPause = 100 * time.Millisecond
	idle         = 5 * time.Second // between looks when nobody wakes the loop
	maxPause     = 10 * time.Second
	// A load is over when the ledger has grown by less than loadRate rows a second for calmSeconds; nothing waits for longer than
	// maxHold.
	loadRate    = 5_000
	calmSeconds = 3
	maxHold     = 30 * time.Minute
	page        = 10_000 // events that are read and published at once
)

// Run returns ErrFenced when another owner has taken over, ctx's error when that ends, and nothing else: other errors are logged
// and tried again with growing pauses, since an unfinished cycle is done again.
func (l *Loop) Run(ctx context.Context) error {
	if l.Pause == 0 {
		l.Pause = defaultPause
	}
	pause := l.Pause
	for {
		err := l.own(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, ErrFenced):
			l.epoch = 0
			return err
		case err != nil:
			l.Log.Warn("cycle failed, trying again", "error", err, "pause", pause)
			if !sleep(ctx, pause) {
				return ctx.Err()
			}
			pause = min(2*pause, maxPause)
		default:
			pause = l.Pause // reloaded
		}
	}
}

// Settled reports whether the last look found nothing left to do.
func (l *Loop) Settled() bool { return l.settled.Load() }

// still stops a loop that failed, or is to reload, and was taken over meanwhile: it would take the library back from its new owner.
func (l *Loop) still(ctx context.Context, c Config) error {
	if l.epoch == 0 {
		return nil
	}
	current, err := c.Fence.Current(ctx, c.Rule.Library)
	if err != nil {
		return fmt.Errorf("library %s: who owns it: %w", c.Rule.Library, err)
	}
	if current != l.epoch {
		return fmt.Errorf("library %s: %w (epoch %d, newest %d)", c.Rule.Library, ErrFenced, l.epoch, current)
	}
	return nil
}

func (l *Loop) own(ctx context.Context) error {
	c := l.Config()
	if err := l.still(ctx, c); err != nil {
		return err
	}
	o, err := Take(ctx, c)
	if err != nil {
		return err
	}
	l.epoch = o.epoch
	if l.announced, err = l.Announcer.Announced(ctx, o.Rule.Library); err != nil {
		return err
	}
	if l.announced > o.last.seq { // the store is older than the topic: a number that subscribers have seen is not given again
		l.Log.Warn("the topic of changes is ahead of the store, which was restored: numbers go on behind the topic", "library", o.Rule.Library, "store", o.last.seq, "topic", l.announced)
		o.last.seq = l.announced
	}
	if err := l.hold(ctx, o); err != nil {
		return err
	}
	for {
		if err := l.announce(ctx, o); err != nil {
			return err
		}
		res, worked, err := o.Cycle(ctx)
		if err != nil {
			return err
		}
		l.settled.Store(!worked)
		if worked {
			l.Log.Info("cycle", "library", o.Rule.Library, "cycle", res.Cycle, "messages", res.Messages, "anchors", res.Anchors, "events", res.Events, "took", res.Took, "all", res.Full)
		}
		if l.Done != nil {
			l.Done(res)
		}
		if err := l.announce(ctx, o); err != nil {
			return err
		}
		again, err := l.wait(ctx, worked)
		if err != nil || !again {
			return err
		}
	}
}

// wait returns after a pause, or, when there was nothing to do, once there may be; again is false when the configuration changed.
func (l *Loop) wait(ctx context.Context, worked bool) (again bool, err error) {
	pause := l.Pause
	if !worked {
		pause = idle
		select {
		case <-l.Wake:
			pause = l.Pause // let some more come along
		default:
		}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	wake := l.Wake
	if pause == l.Pause {
		wake = nil
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-l.Reload:
		return false, nil
	case <-wake:
		if !sleep(ctx, l.Pause) {
			return false, ctx.Err()
		}
	case <-timer.C:
	}
	return true, nil
}

// hold waits out a first load: a library that has nothing published yet resolves once, by scan, at the load's end.
func (l *Loop) hold(ctx context.Context, o *Owner) error {
	loading := l.Loading
	if loading == nil {
		loading = growing(ctx, o.Store)
	}
	for range int(maxHold / time.Second) {
		if o.last.found || !loading() {
			return ctx.Err()
		}
		if l.Done != nil {
			l.Done(Result{})
		}
		if !sleep(ctx, time.Second) {
			return ctx.Err()
		}
	}
	return nil
}

// growing reports, asked once a second, whether the ledger is empty or still grows fast.
func growing(ctx context.Context, store Store) func() bool {
	var before uint64
	calm := 0
	return func() bool {
		var rows uint64
		if err := store.Query(ctx, "cycle/ledger_rows", nil, func(scan func(...any) error) error { return scan(&rows) }); err != nil {
			return true
		}
		if rows == 0 || rows-before > loadRate {
			calm = 0
		} else {
			calm++
		}
		before = rows
		return calm < calmSeconds
	}
}

// announce publishes what is numbered and not yet on the topic.
func (l *Loop) announce(ctx context.Context, o *Owner) error {
	for l.announced < o.last.seq {
		events, err := Events(ctx, o.Store, o.Rule.Library, l.announced, min(o.last.seq, l.announced+page))
		if err != nil {
			return err
		}
		if uint64(len(events)) != min(o.last.seq, l.announced+page)-l.announced {
			return fmt.Errorf("library %s: events after %d are not dense", o.Rule.Library, l.announced)
		}
		if err := o.mine(ctx); err != nil {
			return err
		}
		if err := l.Announcer.Announce(ctx, events); err != nil {
			return err
		}
		l.announced = events[len(events)-1].Sequence
	}
	return nil
}

// Events returns the events of a library with after < sequence <= to, in order.
func Events(ctx context.Context, store Store, library string, after, to uint64) ([]Event, error) {
	var events []Event
	data := map[string]any{"Library": library, "After": after, "To": to}
	err := store.Query(ctx, "cycle/event_page", data, func(scan func(...any) error) error {
		e := Event{Library: library}
		if err := scan(&e.Sequence, &e.Kind, &e.Entity, &e.Elements, &e.Other, &e.At); err != nil {
			return err
		}
		events = append(events, e)
		return nil
	})
	return events, err
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
