// Package enginetest gives tests real engines: the embedded ClickHouse, the embedded broker, and Apache Kafka itself. A test
// binary that uses it has
//
//	func TestMain(m *testing.M) { enginetest.Main(m) }
//
// because the embedded ClickHouse is that binary, started again.
package enginetest

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"wuku/engine"
)

// Main runs the tests of a package, or becomes the engine's child process. It stops the shared engine at the end.
func Main(m *testing.M) {
	engine.RunIfChild()
	code := m.Run()
	shared.close()
	os.Exit(code)
}

// sharedEngine is the one engine of a test binary, started by the first test that wants it.
type sharedEngine struct {
	mu     sync.Mutex
	engine *engine.Engine
	err    error
	dir    string
}

// One engine a test binary is the point of ClickHouse, and a test binary has no other place than a variable to keep it.
var shared sharedEngine

// ClickHouse returns the test binary's shared engine, starting it at the first call. Databases are the caller's business:
// use names that no other test of the package uses.
func ClickHouse(tb testing.TB) *engine.Engine {
	tb.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.engine == nil && shared.err == nil {
		shared.dir, shared.err = os.MkdirTemp("", "wuku-engine-")
		if shared.err == nil {
			shared.engine, shared.err = engine.Start(context.Background(), engine.Config{Dir: shared.dir, Log: os.Stderr})
		}
	}
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.engine
}

// close stops the shared engine, when there is one, and removes its directory.
func (s *sharedEngine) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine != nil {
		stop(s.engine)
	}
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// NewClickHouse starts an engine for this test alone and stops it at the test's end. A zero Dir is a temporary one.
func NewClickHouse(tb testing.TB, cfg engine.Config) *engine.Engine {
	tb.Helper()
	if cfg.Dir == "" {
		cfg.Dir = tb.TempDir()
	}
	if cfg.Log == nil {
		cfg.Log = tb.Output()
	}
	e, err := engine.Start(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { stop(e) })
	return e
}

func stop(e interface{ Close(context.Context) error }) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return e.Close(ctx)
}

// Broker starts an embedded broker for this test alone, with its data on disk, auto-creation of topics, and 6 partitions a
// topic; it stops at the test's end.
func Broker(tb testing.TB, topics ...string) *engine.Broker {
	tb.Helper()
	b, err := engine.StartBroker(engine.BrokerConfig{Dir: tb.TempDir(), Topics: topics, AutoCreate: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}
