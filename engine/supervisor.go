package engine

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// The pause before a restart doubles from firstPause to maxPause, and starts again after steadyAfter without a crash.
const (
	firstPause  = 100 * time.Millisecond
	maxPause    = 10 * time.Second
	steadyAfter = time.Minute
)

// Restart tells of one attempt to bring a crashed engine back.
type Restart struct {
	Count int   // restarts that succeeded since Watch, this one included
	Cause error // why the engine had ended
	Err   error // nil when the engine is back; else why this attempt failed, and another follows
}

// Supervisor keeps an engine running: a child that ends by itself is started again on the same ports with the same
// passwords, so that clients only see broken connections. Its methods may be called concurrently.
type Supervisor struct {
	first  *Engine // its addresses and passwords are those of all that follow
	lock   *os.File
	cancel context.CancelFunc
	done   chan struct{}

	mu       sync.Mutex
	current  *Engine
	restarts int
}

// Watch starts an engine and keeps it running until Close. onRestart, which may be nil, is called after each attempt to
// restart it, from one goroutine, and must not call Close.
func Watch(ctx context.Context, cfg Config, onRestart func(Restart)) (*Supervisor, error) {
	cfg, lock, err := claim(cfg)
	if err != nil {
		return nil, err
	}
	e, err := start(ctx, cfg, func() {}) // the directory stays ours between a crash and the restart
	if err != nil {
		lock.Close()
		return nil, err
	}
	if onRestart == nil {
		onRestart = func(Restart) {}
	}
	run, cancel := context.WithCancel(context.Background())
	s := &Supervisor{first: e, lock: lock, cancel: cancel, done: make(chan struct{}), current: e}
	go s.loop(run, e, onRestart)
	return s, nil
}

// loop waits for the engine's end and starts the next one, until ctx ends.
func (s *Supervisor) loop(ctx context.Context, e *Engine, onRestart func(Restart)) {
	defer close(s.done)
	pause := firstPause
	for {
		born := time.Now()
		select {
		case <-ctx.Done():
			return
		case <-e.Done():
		}
		if time.Since(born) > steadyAfter {
			pause = firstPause
		}
		cause := e.Err()
		for next := (*Engine)(nil); next == nil; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			pause = min(pause*2, maxPause)
			var err error
			if next, err = start(ctx, e.cfg, func() {}); err == nil {
				e = next
			}
			onRestart(Restart{Count: s.note(next), Cause: cause, Err: err})
		}
	}
}

// note records a restarted engine (nil for a failed attempt) and returns the number of restarts.
func (s *Supervisor) note(e *Engine) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e != nil {
		s.current = e
		s.restarts++
	}
	return s.restarts
}

// Engine is the engine that runs now, or that ended last. Its addresses and passwords never change.
func (s *Supervisor) Engine() *Engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Restarts is how often the engine had to be started again.
func (s *Supervisor) Restarts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.restarts
}

// Native is the host:port of the native protocol.
func (s *Supervisor) Native() string { return s.first.Native() }

// HTTP is the host:port of the HTTP protocol.
func (s *Supervisor) HTTP() string { return s.first.HTTP() }

// User is the name of the program's own user.
func (s *Supervisor) User() string { return s.first.User() }

// Password is the password of User.
func (s *Supervisor) Password() string { return s.first.Password() }

// ReaderPassword is the password of UserReader.
func (s *Supervisor) ReaderPassword() string { return s.first.ReaderPassword() }

// Close ends the watch, then stops the engine (see Engine.Close). It may be called again.
func (s *Supervisor) Close(ctx context.Context) error {
	s.cancel()
	<-s.done // bounded: a start under way ends with its context
	err := s.Engine().Close(ctx)
	if lockErr := s.lock.Close(); lockErr != nil && !errors.Is(lockErr, os.ErrClosed) {
		err = errors.Join(err, lockErr)
	}
	return err
}
