package resolve_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/resolve"
	"wuku/store"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

var testKey = []byte("a test deployment's key, 32 bytes")

// memoryFence hands out epochs from memory.
type memoryFence struct{ epoch uint64 }

func (f *memoryFence) Take(context.Context, string) (uint64, error)    { f.epoch++; return f.epoch, nil }
func (f *memoryFence) Current(context.Context, string) (uint64, error) { return f.epoch, nil }

// world is one engine with the test library, and what a cycle needs.
type world struct {
	t       *testing.T
	store   *store.Store
	columns []string
	fence   *memoryFence
}

func newWorld(t *testing.T) *world {
	t.Helper()
	e := enginetest.ClickHouse(t)
	return worldOn(t, store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
}

func worldOn(t *testing.T, o store.Options) *world {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	order, err := s.Sync(t.Context(), personCatalog(false))
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, store: s, columns: order["person"], fence: &memoryFence{}}
}

// reset empties every table.
func (w *world) reset() {
	w.t.Helper()
	var tables []string
	err := w.store.Query(w.t.Context(), "query/tables", nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		tables = append(tables, name)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.store.Exec(w.t.Context(), "query/truncate", tables); err != nil {
		w.t.Fatal(err)
	}
	w.fence.epoch = 0
}

func (w *world) owner(c *catalog.Catalog) *resolve.Owner {
	w.t.Helper()
	o, err := resolve.Take(w.t.Context(), w.config(c))
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) config(c *catalog.Catalog) resolve.Config {
	var sources []resolve.Source
	for _, f := range c.Feeds {
		sources = append(sources, resolve.Source{Topic: f.Topic, Revision: f.Revision})
	}
	rule := resolve.Compile(c, "person", w.columns)
	return resolve.Config{Rule: rule, RuleDigest: fmt.Sprint(rule.Profiles), Catalog: 1, Sources: sources, Store: w.store, Fence: w.fence, Instance: "test", MembersAtOnce: 3} // so that scans have slices
}

func (w *world) write(a *entity.Anchorer, messages []message) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(), []*entity.Batch{batch(a, messages)}); err != nil {
		w.t.Fatal(err)
	}
}

// base reads the library as a reader would.
func (w *world) base() map[entity.ID]map[string]string {
	w.t.Helper()
	values := map[entity.ID]map[string]string{}
	err := w.store.Query(w.t.Context(), "query/test_person", nil, func(scan func(...any) error) error {
		var id entity.ID
		row := make([]*string, len(personElements))
		dest := []any{&id}
		for i := range row {
			dest = append(dest, &row[i])
		}
		if err := scan(dest...); err != nil {
			return err
		}
		values[id] = map[string]string{}
		for i, v := range row {
			if v != nil {
				values[id][personElements[i]] = *v
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return values
}

func trials(t *testing.T, name string, usual int) int {
	t.Helper()
	if v := os.Getenv(name); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return n
	}
	return usual
}

// TestConverge writes one history after another in random order, cut into random batches, some twice, with cycles between, owners
// taking over, and the rule changed and rolled back: the base library must equal the oracle's, whatever happened on the way.
func TestConverge(t *testing.T) {
	w := newWorld(t)
	a := entity.NewAnchorer(testKey)
	first := trials(t, "WUKU_FIRST_SEED", 0)
	for trial := first; trial < first+trials(t, "WUKU_PERMUTATIONS", 40); trial++ {
		seed := uint64(trial)
		r := rand.New(rand.NewPCG(seed, 7))
		history := randomHistory(r, 20+r.IntN(60))
		w.reset()
		c := personCatalog(false)
		o := w.owner(c)
		for _, cut := range shuffled(r, history) {
			w.write(a, cut)
			switch r.IntN(6) {
			case 0:
				w.cycle(o)
			case 1:
				c = personCatalog(!turned(c))
				o = w.owner(c)
			}
		}
		w.drain(o)
		if diff := disagree(oracle(a, c, history), w.base()); diff != "" {
			t.Fatalf("trial %d (run it alone with WUKU_FIRST_SEED=%d WUKU_PERMUTATIONS=1): base library differs from the oracle:\n%s", trial, trial, diff)
		}
		w.explains(c)
		w.verify(c)
	}
}

// explains checks on a few entities that what explain calls the winner is what the library has.
func (w *world) explains(c *catalog.Catalog) {
	w.t.Helper()
	checked := 0
	for id, values := range w.base() {
		if checked++; checked > 3 {
			return
		}
		e, found, err := resolve.Explain(w.t.Context(), w.store, w.config(c).Rule, id, true)
		if err != nil || !found {
			w.t.Fatalf("explain %s: found %v, %v", id, found, err)
		}
		for _, el := range e.Elements {
			said := ""
			if el.Value != nil {
				said = *el.Value
			}
			if said != values[el.Element] {
				w.t.Fatalf("explain %s: %s is %q, the library has %q", id, el.Element, said, values[el.Element])
			}
		}
	}
}

func turned(c *catalog.Catalog) bool {
	return c.Library("person").Element("name").Authority[0][0] == "c.x"
}

// shuffled cuts each partition's messages into contiguous runs and deals the runs in random order, some of them twice. A run that
// comes before an earlier one of its partition leaves a hole that cycles must wait for.
func shuffled(r *rand.Rand, history []message) [][]message {
	partitions := map[string][]message{}
	for _, m := range history {
		k := fmt.Sprint(m.feed, m.partition)
		partitions[k] = append(partitions[k], m)
	}
	var names []string
	for k := range partitions {
		names = append(names, k)
	}
	slices.Sort(names)
	var cuts [][]message
	for _, k := range names {
		rest := partitions[k]
		for len(rest) > 0 {
			n := 1 + r.IntN(min(len(rest), 7))
			cuts = append(cuts, rest[:n])
			if r.IntN(5) == 0 {
				cuts = append(cuts, rest[:n])
			}
			rest = rest[n:]
		}
	}
	r.Shuffle(len(cuts), func(i, j int) { cuts[i], cuts[j] = cuts[j], cuts[i] })
	return cuts
}

func (w *world) cycle(o *resolve.Owner) bool {
	w.t.Helper()
	_, worked, err := o.Cycle(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return worked
}

func (w *world) drain(o *resolve.Owner) {
	w.t.Helper()
	for w.cycle(o) {
	}
}

func (w *world) verify(c *catalog.Catalog) {
	w.t.Helper()
	report, err := resolve.Verify(w.t.Context(), w.config(c))
	if err != nil {
		w.t.Fatal(err)
	}
	if !report.Same() {
		w.t.Fatalf("incremental and rebuilt differ: %+v", report)
	}
}
