package resolve_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"wuku/resolve"
)

// noted notes the statements that a store executes.
type noted struct {
	resolve.Store
	names []string
}

func (n *noted) Exec(ctx context.Context, statement string, data any) error {
	n.names = append(n.names, statement)
	return n.Store.Exec(ctx, statement, data)
}

// TestLinkWork looks at what cycles do for links: nothing where none waits, and a decision by a clock that is days behind is taken in
// within the hour.
func TestLinkWork(t *testing.T) {
	m := newMatching(newWorld(t))
	store := &noted{Store: m.store}
	clock := time.Now()
	c := m.config(m.catalog)
	c.Store, c.Links, c.Now = store, m.store, func() time.Time { return clock }
	var err error
	if m.owner, err = resolve.Take(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	of := func() (n int) {
		for _, name := range store.names {
			if slices.Contains([]string{"cycle/touched_link", "cycle/touched_linked", "cycle/link_applied"}, name) {
				n++
			}
		}
		store.names = nil
		return n
	}
	m.write(m.anchorer, crowd[:2])
	m.settle()
	m.write(m.anchorer, crowd[2:4])
	m.settle()
	if n := of(); n != 0 {
		t.Errorf("%d statements for links where there are none", n)
	}
	p := resolve.Pair{Library: "person", A: m.anchorer.ByIdentifier("citizen", []byte("1")), B: m.anchorer.ByIdentifier("citizen", []byte("2"))}
	decide := func(at time.Time, kind string) {
		_, err := resolve.Decide(t.Context(), m.store, m.store, c.Rule, resolve.Decision{Pair: p, Kind: kind, By: "test", At: at})
		if err != nil {
			t.Fatal(err)
		}
	}
	decide(clock.Add(-72*time.Hour), "same")
	m.settle()
	if n := len(m.base()); n != 4 {
		t.Errorf("%d entities; a look at the last day's links was to find none", n)
	}
	clock = clock.Add(time.Hour)
	m.settle()
	if n := of(); n != 3 || len(m.base()) != 3 {
		t.Errorf("%d statements for one link, %d entities, want 3 and 3", n, len(m.base()))
	}
	decide(clock, "revoked")
	m.settle()
	if n := of(); n != 3 || len(m.base()) != 4 {
		t.Errorf("%d statements for one link, %d entities, want 3 and 4", n, len(m.base()))
	}
}
