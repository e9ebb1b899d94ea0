package access_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/trust"
)

// counting counts the events that a store gives.
type counting struct {
	accesstest.Memory
	given atomic.Int64
}

// Events counts.
func (c *counting) Events(ctx context.Context) ([]access.Event, error) {
	events, err := c.Memory.Events(ctx)
	c.given.Add(int64(len(events)))
	return events, err
}

// Since counts.
func (c *counting) Since(ctx context.Context, at time.Time) ([]access.Event, error) {
	events, err := c.Memory.Since(ctx, at)
	c.given.Add(int64(len(events)))
	return events, err
}

// TestWhatIsKnownIsNotReadAgain writes many events one after the other: each reads what is new, not all there ever were. What another
// process with a slow clock writes counts nevertheless, within a second.
func TestWhatIsKnownIsNotReadAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var clock accesstest.Clock
	store := &counting{}
	b := accesstest.Book(t, store, key, clock.Now)
	c := accesstest.Grant(t, b, "enrol", terms())
	before := store.given.Load()
	const writes = 300
	for i := range writes {
		clock.Add(3 * time.Second)
		if err := b.Lock(ctx, c.ID, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if given := store.given.Load() - before; given > 2*writes+10 {
		t.Errorf("%d writes read %d events", writes, given)
	}
	slow := accesstest.Book(t, store, key, func() time.Time { return clock.Now().Add(-5 * time.Minute) })
	if _, err := slow.Revoke(ctx, steward, c.ID, "r"); err != nil {
		t.Fatal(err)
	}
	clock.Add(time.Second)
	f, err := b.Now(ctx)
	if err != nil || !f.Grants["enrol"][0].Revoked {
		t.Errorf("%+v, %v", f.Grants, err)
	}
}

// TestFoldingBitByBit gives a book events in any order, a few at a time, some again: what it knows is what they all come to, and what it
// said before does not change.
func TestFoldingBitByBit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	all := &accesstest.Memory{}
	var clock accesstest.Clock
	b := accesstest.Book(t, all, key, clock.Now)
	for i := range 2 {
		client := fmt.Sprintf("client-%d", i)
		c := accesstest.Grant(t, b, client, terms())
		_, p, err := b.Issue(ctx, steward, trust.Principal{Client: client}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := b.Doubt(ctx, trust.Principal{Client: client}, access.Doubt{Library: "person", Element: "name"}, "", "")
		if err != nil {
			t.Fatal(err)
		}
		clock.Add(time.Minute)
		_, answer := b.Answer(ctx, steward, d.ID, i == 1, "r")
		for _, err := range []error{answer, b.Lock(ctx, c.ID, "r"), b.Acknowledge(ctx, p, client, "r"), b.RevokePresentation(ctx, p, i, "r"), b.RevokeKey(ctx, p, p.ID, "r")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Unlock(ctx, steward, c.ID, "r"); err != nil {
			t.Fatal(err)
		}
	}
	events, err := all.Events(ctx)
	if err != nil {
		t.Fatal(err)
	}
	bad := events[3]
	bad.Content, bad.Actor = "{}", "nobody"
	events = append(events, bad)
	pepper := trust.NewPepper(key, trust.International)
	unexported := []cmp.Option{cmpopts.IgnoreUnexported(access.Case{}, access.Doubt{})}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(append(events, rapid.SliceOfN(rapid.SampledFrom(events), 0, 5).Draw(t, "again")...)).Draw(t, "order")
		store := &accesstest.Memory{}
		var clock accesstest.Clock
		b, err := access.OpenBook(ctx, store, pepper, clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		var earlier, then *access.Folded
		for at := 0; at < len(order); {
			n := min(rapid.IntRange(1, 12).Draw(t, "few"), len(order)-at)
			if err := store.Append(ctx, order[at:at+n]...); err != nil {
				t.Fatal(err)
			}
			at += n
			clock.Add(time.Second)
			now, err := b.Now(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(access.Fold(order[:at], pepper), now, unexported...); diff != "" {
				t.Fatalf("after %d events: %s", at, diff)
			}
			if earlier != nil {
				if diff := cmp.Diff(then, earlier, unexported...); diff != "" {
					t.Fatalf("what was said before has changed: %s", diff)
				}
			}
			earlier, then = now, access.Fold(order[:at], pepper)
		}
	})
}

// TestOpenThingsAreBounded files, doubts and asks for keys without end, and acknowledges one recall again and again.
func TestOpenThingsAreBounded(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := &accesstest.Memory{}
	var clock accesstest.Clock
	b := accesstest.Book(t, store, key, clock.Now)
	_, p, err := b.Issue(ctx, steward, trust.Principal{Client: "eager"}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		most int
		do   func() error
	}{
		"applications": {200, func() error {
			_, err := b.File(ctx, p, access.Application{Client: "eager", Terms: terms()}, "")
			return err
		}},
		"feedback": {1000, func() error { _, err := b.Doubt(ctx, p, access.Doubt{Library: "person"}, "", ""); return err }},
		"keys":     {19, func() error { _, _, err := b.Rotate(ctx, p, ""); return err }},
	} {
		n, code := 0, ""
		for ; n <= c.most && code == ""; n++ {
			clock.Add(3 * time.Second)
			code = codeOf(c.do())
		}
		if n != c.most+1 || code != access.TooMany {
			t.Errorf("%s: %q at the %dth", name, code, n)
		}
	}
	for range 3 {
		if err := b.Acknowledge(ctx, p, "r1", "seen"); err != nil {
			t.Fatal(err)
		}
		if err := b.RevokePresentation(ctx, p, 7, "lost"); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := store.Count(ctx); err != nil || n != 1+200+1000+19+2 {
		t.Errorf("%d events, %v", n, err)
	}
}
