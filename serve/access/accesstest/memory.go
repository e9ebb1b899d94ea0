// Package accesstest helps tests of what rests on grants and keys.
package accesstest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wuku/serve/access"
	"wuku/trust"
)

// Memory is an access.Store in memory. It may be used concurrently.
type Memory struct {
	mu     sync.Mutex
	events []access.Event
	broken bool
}

var errBroken = errors.New("the store is broken")

// Break makes every later call fail.
func (m *Memory) Break() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = true
}

// Events returns all events.
func (m *Memory) Events(context.Context) ([]access.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return nil, errBroken
	}
	return slices.Clone(m.events), nil
}

// Since returns the events that were stamped then or later.
func (m *Memory) Since(ctx context.Context, at time.Time) ([]access.Event, error) {
	events, err := m.Events(ctx)
	return slices.DeleteFunc(events, func(e access.Event) bool { return e.At.Before(at) }), err
}

// Count counts them.
func (m *Memory) Count(context.Context) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return 0, errBroken
	}
	return uint64(len(m.events)), nil
}

// Append adds events.
func (m *Memory) Append(_ context.Context, events ...access.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken {
		return errBroken
	}
	m.events = append(m.events, events...)
	return nil
}

// Book opens a book over a store; now may be nil.
func Book(tb testing.TB, store access.Store, deploymentKey []byte, now func() time.Time) *access.Book {
	tb.Helper()
	b, err := access.OpenBook(context.Background(), store, trust.NewPepper(deploymentKey, trust.International), now)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Clock is a clock that tests push forward. It may be used concurrently.
type Clock struct{ ahead atomic.Int64 }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Add pushes the clock forward.
func (c *Clock) Add(d time.Duration) { c.ahead.Add(int64(d)) }

// Grant gives a client a grant by the way that every grant goes.
func Grant(tb testing.TB, b *access.Book, client string, terms access.Terms) *access.Case {
	tb.Helper()
	ctx := context.Background()
	c, err := b.File(ctx, trust.Principal{ID: "test", Client: "applicant"}, access.Application{Client: client, Title: "t", Reason: "r", Terms: terms}, "")
	if err != nil {
		tb.Fatal(err)
	}
	for _, steward := range []string{"first", "second"} {
		p := trust.Principal{ID: steward, Client: steward, Role: trust.RoleSteward}
		if steward == "first" {
			if _, err := b.Assess(ctx, p, c.ID, access.Assessment{Level: "low", Text: "for a test only"}); err != nil {
				tb.Fatal(err)
			}
		}
		if c, err = b.Approve(ctx, p, c.ID, ""); err != nil {
			tb.Fatal(err)
		}
	}
	if c.State != access.StateGranted {
		tb.Fatalf("the application is %s", c.State)
	}
	return c
}
