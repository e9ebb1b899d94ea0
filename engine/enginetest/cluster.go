package enginetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wuku/engine"
)

// Cluster starts several embedded engines as the shards of one cluster, named "wuku", for this test alone. They share the
// owner's password, and each has the macros {cluster} and {shard}. There is no Keeper: statements ON CLUSTER and replicated
// tables do not work, so run each statement on each shard; Distributed tables do. A shard that is killed is started again.
func Cluster(tb testing.TB, shards int) []*engine.Supervisor {
	tb.Helper()
	dir, password := tb.TempDir(), rand.Text()
	for attempt := 1; ; attempt++ {
		engines, err := startShards(tb, filepath.Join(dir, fmt.Sprint(attempt)), password, shards)
		if err == nil {
			return engines
		}
		if attempt == 3 || !strings.Contains(err.Error(), "Address already in use") {
			tb.Fatal(err)
		}
	}
}

// startShards starts all shards on ports that are free now; when one fails it stops the others.
func startShards(tb testing.TB, dir, password string, shards int) ([]*engine.Supervisor, error) {
	tb.Helper()
	first := freePorts(tb, 2*shards)
	addresses := make([]string, shards)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("127.0.0.1:%d", first+i)
	}
	var engines []*engine.Supervisor
	for i := range addresses {
		e, err := engine.Watch(context.Background(), engine.Config{
			Dir: filepath.Join(dir, fmt.Sprint(i+1)), TCPPort: first + i, HTTPPort: first + shards + i,
			Password: password, Shards: addresses, Shard: i + 1, Log: os.Stderr,
		}, nil)
		if err != nil {
			for _, started := range engines {
				stop(started)
			}
			return nil, err
		}
		engines = append(engines, e)
	}
	tb.Cleanup(func() {
		for _, e := range engines {
			stop(e)
		}
	})
	return engines, nil
}
