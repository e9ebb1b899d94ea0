package ingest_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"

	"wuku/engine/enginetest"
	"wuku/ingest"
)

// TestLeadHasOneLeader runs two that could lead: one works and the other stands by until the first leaves.
func TestLeadHasOneLeader(t *testing.T) {
	t.Parallel()
	k := ingest.Kafka{Brokers: []string{enginetest.Broker(t, ingest.TopicOwner).Address()}}
	var working atomic.Int32
	start := func(led chan<- struct{}) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- ingest.Lead(ctx, k, "person", slog.New(slog.DiscardHandler), nil, func(ctx context.Context) error {
				if working.Add(1) > 1 {
					t.Error("two lead at once")
				}
				defer working.Add(-1)
				select {
				case led <- struct{}{}:
				default:
				}
				<-ctx.Done()
				return ctx.Err()
			})
		}()
		return func() {
			cancel()
			if err := <-done; err != context.Canceled {
				t.Errorf("Lead ended with %v", err)
			}
		}
	}
	one, other := make(chan struct{}, 1), make(chan struct{}, 1)
	stopOne := start(one)
	<-one
	stopOther := start(other)
	go stopOne()
	select {
	case <-other:
	case <-t.Context().Done():
		t.Fatal("the other never led")
	}
	stopOther()
}

// TestLeadEndsWithWork returns the error of work that ends by itself.
func TestLeadEndsWithWork(t *testing.T) {
	t.Parallel()
	k := ingest.Kafka{Brokers: []string{enginetest.Broker(t, ingest.TopicOwner).Address()}}
	err := ingest.Lead(t.Context(), k, "person", slog.New(slog.DiscardHandler), nil, func(context.Context) error { return context.DeadlineExceeded })
	if err == nil {
		t.Error("work ended and Lead did not say so")
	}
}
