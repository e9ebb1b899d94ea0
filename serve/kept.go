package serve

import (
	"context"
	"sync"
	"time"
)

// Kept holds a figure that costs a scan, and that many ask for. It is worked out anew when it is older than For. What took longer than keptAtOnce
// is worked out behind the back of who asks, at most a twentieth of the time: Get then gives the one before. It never holds a person's
// value. Its methods may be called concurrently.
type Kept[T any] struct {
	Make func(context.Context) (T, error)
	For  time.Duration
	Now  func() time.Time

	mu   sync.Mutex // guards what follows
	last T
	at   time.Time // zero: there is none yet
	took time.Duration
	run  *keptRun // nil: none is going on
}

// keptRun is one working out that is going on; err is set when done is closed.
type keptRun struct {
	done chan struct{}
	err  error
}

const (
	keptAtOnce = 500 * time.Millisecond
	keptAtMost = 10 * time.Minute // one working out
)

// Get is the figure, and as of when.
func (k *Kept[T]) Get(ctx context.Context) (T, time.Time, error) {
	k.mu.Lock()
	last, at, run := k.last, k.at, k.run
	old := at.IsZero() || k.Now().Sub(at) > max(k.For, 20*k.took)
	if old && run == nil {
		run = &keptRun{done: make(chan struct{})}
		k.run = run
		go k.work(context.WithoutCancel(ctx), run)
	}
	wait := at.IsZero() || old && k.took <= keptAtOnce
	k.mu.Unlock()
	if !wait {
		return last, at, nil
	}
	select {
	case <-run.done:
	case <-ctx.Done():
		return last, at, ctx.Err()
	}
	if run.err != nil {
		return last, at, run.err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last, k.at, nil
}

// Warm works the figure out as soon as ready says so (nil: at once), so that nobody waits for the first one. One that turns out to be quick is not
// kept: who asks first gets it fresh.
func (k *Kept[T]) Warm(ctx context.Context, ready func() (bool, string)) error {
	for ready != nil {
		if ok, _ := ready(); ok {
			break
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
	_, _, err := k.Get(ctx)
	if ctx.Err() != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.took <= keptAtOnce {
		k.at = time.Time{}
	}
	return err
}

func (k *Kept[T]) work(ctx context.Context, run *keptRun) {
	ctx, cancel := context.WithTimeout(ctx, keptAtMost)
	defer cancel()
	began, at := time.Now(), k.Now()
	made, err := k.Make(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if run.err = err; err == nil {
		k.last, k.at, k.took = made, at, time.Since(began)
	}
	k.run = nil
	close(run.done)
}
