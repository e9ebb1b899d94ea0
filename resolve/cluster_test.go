package resolve_test

import (
	"math/rand/v2"
	"testing"

	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/resolve"
	"wuku/sql"
	"wuku/store"
)

// newCluster is a world on two engine processes, each one shard.
func newCluster(t *testing.T) (*world, []*engine.Engine) {
	t.Helper()
	shards := enginetest.Cluster(t, 2)
	o := store.Options{User: shards[0].User(), Password: shards[0].Password(), Dialect: sql.Dialect{Cluster: "wuku"}}
	for _, e := range shards {
		o.Address = append(o.Address, e.Native())
	}
	return worldOn(t, o), shards
}

// TestClusterConverges runs the same random histories on one engine and on two shards, each in an order of its own: both must give
// the oracle's answer, and the same Merkle root.
func TestClusterConverges(t *testing.T) {
	one := newWorld(t)
	two, _ := newCluster(t)
	a := entity.NewAnchorer(testKey)
	first := trials(t, "WUKU_FIRST_SEED", 0)
	for trial := first; trial < first+trials(t, "WUKU_CLUSTER_SEEDS", 10); trial++ {
		history := randomHistory(rand.New(rand.NewPCG(uint64(trial), 7)), 20+trial%40)
		var roots []string
		for i, w := range []*world{one, two} {
			w.reset()
			c := personCatalog(false)
			o := w.owner(c)
			r := rand.New(rand.NewPCG(uint64(trial), uint64(i)))
			for _, cut := range shuffled(r, history) {
				w.write(a, cut)
				switch r.IntN(8) {
				case 0:
					w.cycle(o)
				case 1:
					c = personCatalog(!turned(c))
					o = w.owner(c)
				}
			}
			c = personCatalog(trial%2 == 1)
			o = w.owner(c)
			w.drain(o)
			if diff := disagree(oracle(a, c, history), w.base()); diff != "" {
				t.Fatalf("trial %d on %d shards: base library differs from the oracle:\n%s", trial, i+1, diff)
			}
			report, err := resolve.Verify(t.Context(), w.config(c))
			if err != nil {
				t.Fatal(err)
			}
			roots = append(roots, report.Root, report.Rebuilt)
		}
		for _, root := range roots[1:] {
			if root != roots[0] {
				t.Fatalf("trial %d: roots of one engine, rebuilt, of two shards, rebuilt: %q", trial, roots)
			}
		}
	}
}
