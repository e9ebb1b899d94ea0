package resolve_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"wuku/resolve"
)

// topic is a topic of changes that holds events up to a number already.
type topic struct {
	mu     sync.Mutex
	last   uint64
	events []resolve.Event
}

func (p *topic) Announced(context.Context, string) (uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last, nil
}

func (p *topic) Announce(_ context.Context, events []resolve.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, events...)
	p.last = events[len(events)-1].Sequence
	return nil
}

// TestRestoredStoreNumbersBehindTheTopic: after a restore the topic of changes may hold more than the store knows of; no change may fall
// behind a number that subscribers have passed.
func TestRestoredStoreNumbersBehindTheTopic(t *testing.T) {
	w := newWorld(t)
	m := newMatching(w)
	run := func(p *topic) {
		t.Helper()
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		l := &resolve.Loop{Config: func() resolve.Config { return m.config(m.catalog) }, Announcer: p, Loading: func() bool { return false }, Log: slog.New(slog.DiscardHandler)}
		looks := 0
		l.Done = func(r resolve.Result) {
			if looks++; r.Cycle == 0 && looks > 1 {
				stop() // all is done and told
			}
		}
		_ = l.Run(ctx) // ends with the context
		if ctx.Err() == context.DeadlineExceeded {
			t.Fatal("the loop found no end")
		}
	}
	p := &topic{last: 1000}
	check := func(after uint64) {
		t.Helper()
		if len(p.events) == 0 {
			t.Fatal("nothing was told")
		}
		for i, e := range p.events {
			if e.Sequence != after+1+uint64(i) {
				t.Fatalf("event %d has number %d, want %d", i, e.Sequence, after+1+uint64(i))
			}
		}
	}
	m.write(m.anchorer, crowd[:4])
	run(p)
	check(1000)
	p.last, p.events = p.last+50, nil // what the lost store had told
	after := p.last
	m.write(m.anchorer, crowd[4:5])
	run(p)
	check(after)
}
