package resolve_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/resolve"
	"wuku/sql"
	"wuku/store"
)

// newCluster is a world on two engine processes, each one shard.
func newCluster(t *testing.T) (*world, []*engine.Supervisor) {
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
			w.dense(o)
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

// dense asks for every event there should be.
func (w *world) dense(o *resolve.Owner) {
	w.t.Helper()
	events, err := resolve.Events(w.t.Context(), w.store, "person", 0, o.Sequence())
	if err != nil {
		w.t.Fatal(err)
	}
	for i, e := range events {
		if e.Sequence != uint64(i+1) {
			w.t.Fatalf("event %d has sequence %d", i+1, e.Sequence)
		}
	}
	if uint64(len(events)) != o.Sequence() {
		w.t.Fatalf("%d events of %d", len(events), o.Sequence())
	}
}

// TestClusterSplitsWork loads 200,000 claims and then touches a part of them again, and reports how much processor time each shard
// spent. Only the result is asserted.
func TestClusterSplitsWork(t *testing.T) {
	const people, again = 200_000, 20_000
	w, shards := newCluster(t)
	a := entity.NewAnchorer(testKey)
	c := personCatalog(false)
	o := w.owner(c)
	w.write(a, peopleFrom(0, people, "first"))
	before := processorTimes(t, shards)
	w.drain(o)
	loaded := processorTimes(t, shards)
	w.write(a, peopleFrom(people, again, "second"))
	written := processorTimes(t, shards)
	w.drain(o)
	done := processorTimes(t, shards)
	for i := range shards {
		t.Logf("shard %d: first load %v, cycle of %d messages %v", i+1, loaded[i]-before[i], again, done[i]-written[i])
	}
	w.verify(c)
	if n := len(w.base()); n != people {
		t.Errorf("%d entities, want %d", n, people)
	}
}

// peopleFrom makes n messages of one partition from an offset on: one record a person, by citizen number.
func peopleFrom(offset int64, n int, name string) []message {
	list := make([]message, n)
	for i := range list {
		id := strconv.Itoa(i)
		list[i] = message{feed: "a.x", offset: offset + int64(i), revision: 1, key: id, declared: uint64(offset) + 1,
			claims: []claim{{ids: map[string]string{"citizen": id}, elements: map[string]string{"citizen": id, "name": name, "phone": id}}}}
	}
	return list
}

// processorTimes reads how long each engine process has computed (Linux, 100 ticks a second).
func processorTimes(t *testing.T, engines []*engine.Supervisor) []time.Duration {
	t.Helper()
	times := make([]time.Duration, len(engines))
	for i, e := range engines {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", e.Engine().PID()))
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		for _, f := range fields[11:13] { // utime, stime
			ticks, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			times[i] += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return times
}

// TestClusterScenarios runs the scenarios of TestScenarios, with their links, erasures and mappings, on two shards.
func TestClusterScenarios(t *testing.T) {
	w, _ := newCluster(t)
	w.scenarios(t)
}
