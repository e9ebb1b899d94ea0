// Package bench measures the program and, in the same run on the same broker and data, its peer: ClickHouse's own Kafka table
// engine. Figures depend on the machine, so nothing here asserts a time; every figure comes with its peer's.
//
// Ingest publishes a fixed mix of the demo's five largest feeds and measures from the start of the consumer until the last base
// record is resolved, with everything on: validation, provenance, history, ledger, quarantine and findings. Resolve measures the
// steady state: how long after it was sent a change stands in its base record.
//
// The broker runs in a process of its own (see RunIfChild), so that its processor time is counted apart from ours. Times of
// processes are read from /proc; where there is none they are 0.
package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// Config says what to measure. Zero values take the defaults.
type Config struct {
	Records   int      // messages to publish; default 1,000,000
	Seed      uint64   // of the demo province
	Peers     []string // names of Peers to measure as well
	Dir       string   // where engines and the broker keep their data; "" is a temporary directory that is removed at the end
	Kafka     string   // host:port of a broker that is given; "" starts the embedded one
	BrokerPID int      // its process, to count its processor time; 0 with an embedded one
	Profile   string   // directory for processor profiles of our own process; "" makes none
	// Statements takes the time of the resolver's statements; libraries are then resolved one after the other.
	Statements bool
	Rates      []int // for Resolve: changes a second; default 2,000 and 5,000
	Seconds    int   // for Resolve: how long each rate lasts; default 60
	narrow     bool  // under the catalogue that there was first
	// Say is told of progress; nil tells nobody.
	Say func(format string, args ...any)
}

func (c *Config) defaults() {
	if c.Records == 0 {
		c.Records = 1_000_000
	}
	if c.Say == nil {
		c.Say = func(string, ...any) {}
	}
	if len(c.Rates) == 0 {
		c.Rates = []int{2000, 5000}
	}
	if c.Seconds == 0 {
		c.Seconds = 60
	}
}

// place makes the directory of a run and returns what removes it again when it is a temporary one.
func (c *Config) place() (dir string, remove func(), err error) {
	if c.Dir == "" {
		// The default temporary directory is often memory; figures about disks want a disk.
		if dir, err = os.MkdirTemp("", "wuku-bench-"); err != nil {
			return "", nil, err
		}
		return dir, func() { os.RemoveAll(dir) }, nil
	}
	if entries, err := os.ReadDir(c.Dir); err == nil && len(entries) > 0 {
		return "", nil, fmt.Errorf("%s is not empty: a bench wants a directory of its own", c.Dir)
	}
	if dir, err = filepath.Abs(c.Dir); err != nil {
		return "", nil, err
	}
	return dir, func() {}, os.MkdirAll(dir, 0o700)
}

// deploymentKey is a fresh key: anchors of a bench mean nothing outside it.
func deploymentKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return []byte(hex.EncodeToString(key))
}

// Ingest measures the way from topics to base records, ours and the peers', once.
func Ingest(ctx context.Context, cfg Config) (run *IngestRun, err error) {
	cfg.defaults()
	dir, remove, err := cfg.place()
	if err != nil {
		return nil, err
	}
	defer remove()
	b, err := openBroker(ctx, cfg, dir)
	if err != nil {
		return nil, err
	}
	defer b.close()
	run = &IngestRun{Records: cfg.Records, Seed: cfg.Seed}
	if run.Mix, err = publish(ctx, cfg, b); err != nil {
		return nil, fmt.Errorf("publish the mix: %w", err)
	}
	if err := measureOurs(ctx, cfg, dir, b, run); err != nil {
		return nil, fmt.Errorf("ours: %w", err)
	}
	for _, name := range cfg.Peers {
		side, err := measurePeer(ctx, cfg, filepath.Join(dir, name), b, name, run.Mix)
		if err != nil {
			return nil, fmt.Errorf("peer %s: %w", name, err)
		}
		run.Peers = append(run.Peers, *side)
	}
	run.compare()
	return run, nil
}
