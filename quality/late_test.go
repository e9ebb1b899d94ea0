package quality_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/quality"
)

// received is a store that knows only when each feed last delivered.
type received map[string]time.Time

func (r received) Exec(context.Context, string, any) error { return nil }

func (r received) Query(_ context.Context, _ string, _ any, each func(func(...any) error) error, _ ...any) error {
	for feed, at := range r {
		if err := each(func(dest ...any) error {
			*dest[0].(*string), *dest[1].(*time.Time) = feed, at
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// TestLateFeeds: by a made-up clock, a feed is late from the moment its cycle has passed until its next message.
func TestLateFeeds(t *testing.T) {
	t.Parallel()
	c := &catalog.Catalog{}
	for _, cycle := range []string{"daily", "weekly", "monthly", "yearly", "irregular", "daily"} {
		c.Feeds = append(c.Feeds, catalog.Feed{Name: fmt.Sprintf("a.f%d", len(c.Feeds)), Department: "a", Cycle: cycle})
	}
	sent := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	store := received{}
	for _, f := range c.Feeds[:5] { // the last never sent
		store[f.Name] = sent
	}
	for days, want := range map[int][]string{2: nil, 3: nil, 4: {"a.f0"}, 11: {"a.f0", "a.f1"}, 41: {"a.f0", "a.f1", "a.f2"}, 401: {"a.f0", "a.f1", "a.f2", "a.f3"}} {
		list, err := quality.LateFeeds(t.Context(), store, c, sent.AddDate(0, 0, days))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range list {
			got = append(got, l.Feed)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("after %d days (-want +got)\n%s", days, diff)
		}
	}
	store["a.f0"] = sent.AddDate(0, 0, 4)
	if list, _ := quality.LateFeeds(t.Context(), store, c, sent.AddDate(0, 0, 5)); len(list) > 0 {
		t.Errorf("late after a new message: %v", list)
	}
}
