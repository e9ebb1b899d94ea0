package resolve_test

import (
	"context"
	"log/slog"
	"testing"

	"wuku/resolve"
)

// TestStandby: who owns a library and is heard of is waited for; who ended well, or is this process itself, is not.
func TestStandby(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reset()
	owns := func(instance string, epoch uint64) {
		t.Helper()
		if err := w.store.Exec(t.Context(), "cycle/owner", map[string]any{"Library": "person", "Epoch": epoch, "Instance": instance, "Taken": int64(0)}); err != nil {
			t.Fatal(err)
		}
	}
	turns := func(instance string) *resolve.Standby {
		return &resolve.Standby{Store: w.store, Instance: instance, Log: slog.New(slog.DiscardHandler)}
	}
	free := func(instance string) {
		t.Helper()
		if err := turns(instance).Wait(t.Context(), "person", func(bool) {}); err != nil {
			t.Fatal(err)
		}
	}
	free("one") // nobody owned it yet
	owns("gone", 1)
	free("one") // its owner was never heard of
	alive, stop := context.WithCancel(t.Context())
	beats := make(chan error, 1)
	go func() { beats <- turns("one").Beat(alive) }()
	owns("one", 2)
	if err := w.store.Exec(t.Context(), "cycle/beat", map[string]any{"Instance": "one", "Ended": false}); err != nil { // as Beat does soon
		t.Fatal(err)
	}
	free("one") // it is its own
	waiting := make(chan struct{}, 100)
	got := make(chan error, 1)
	go func() {
		got <- turns("two").Wait(t.Context(), "person", func(standsBy bool) {
			if standsBy {
				waiting <- struct{}{}
			}
		})
	}()
	<-waiting
	stop()
	if err := <-beats; err != context.Canceled {
		t.Errorf("Beat ended with %v", err)
	}
	if err := <-got; err != nil {
		t.Errorf("the other did not get its turn: %v", err)
	}
}
