package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// population draws records of people who share names, days, numbers and telephones with others.
func population(seed uint64, n int) []testRecord {
	r := rand.New(rand.NewPCG(seed, 7))
	numbers := []string{"11010519491231002X", "440524188001010014", "110105194912310021"}
	var out []testRecord
	for i := range n {
		who := r.IntN(n / 3)
		v := []string{string([]rune("王李张刘陈尉"[3*(who%6):][:3])) + string(rune(0x4e00+who%900)), fmt.Sprintf("19%02d-%02d-%02d", who%90, 1+who%12, 1+who%28), "", fmt.Sprintf("139%08d", who*7919%100_000_000)}
		switch r.IntN(6) {
		case 0:
			v[0] += "英"
		case 1:
			v[1] = fmt.Sprintf("19%02d-01-01", who%90)
		case 2:
			v[2] = numbers[r.IntN(len(numbers))]
		case 3:
			v[3] = ""
		}
		out = append(out, testRecord{fmt.Sprintf("r%05d", i), v})
	}
	return out
}

// TestTwentyOrders lets the same records come in twenty orders, in batches of 1, 7 and 1,000, some with other values first, some of
// them leaving and coming back: edges, scores and clusters are the same to the last bit.
func TestTwentyOrders(t *testing.T) {
	t.Parallel()
	const n = 1500
	m, records := testModel(40), population(1, n)
	b := NewBatch(&Mapping{Fields: testFields})
	for _, r := range records {
		b.Add(r.name, "", r.values)
	}
	x, err := b.Index(m)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join(picture(x.Live()), "\n")
	for seed := range uint64(20) {
		for _, size := range []int{1, 7, 1000} {
			if got := strings.Join(picture(arrive(t, m, records, seed, size)), "\n"); got != want {
				t.Fatalf("order %d in batches of %d (-at once +so)\n%s", seed, size, cmp.Diff(want, got))
			}
		}
	}
}

// arrive puts records into an index in an order and in batches of a size; after each batch some leave, and come back with the next.
func arrive(t *testing.T, m *Model, records []testRecord, seed uint64, size int) *Live {
	t.Helper()
	l, err := NewLive(m)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, uint64(size)))
	order := slices.Clone(records)
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var away []testRecord
	ignore := func(uint32) {}
	for batch := range slices.Chunk(order, size) {
		for _, one := range away {
			l.Put(one.name, "", one.values, ignore)
		}
		away = away[:0]
		for _, one := range batch {
			if r.IntN(8) == 0 {
				l.Put(one.name, "", records[r.IntN(len(records))].values, ignore)
			}
			l.Cluster(l.Put(one.name, "", one.values, ignore))
			if r.IntN(8) == 0 && l.Remove(one.name, ignore) {
				away = append(away, one)
			}
		}
	}
	for _, one := range away {
		l.Put(one.name, "", one.values, ignore)
	}
	return l
}

// TestClustersAreCanonical compares the clusters of a batch, of which only contested ones are sorted, with all edges taken in order.
func TestClustersAreCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := NewBatch(&Mapping{Fields: testFields})
		for _, r := range crowd(t, rapid.IntRange(2, 14).Draw(t, "records")) {
			b.Add(r.name, "", r.values)
		}
		x, err := b.Index(testModel(50))
		if err != nil {
			t.Fatal(err)
		}
		edges := x.Edges()
		got := x.Clusters(edges)
		all := make([]uint32, x.len())
		for i := range all {
			all[i] = uint32(i)
		}
		canonical(x.names, edges)
		f := newForest(x.len(), x.held(all))
		for _, e := range edges {
			if e.Score >= x.link {
				f.join(e.A, e.B)
			}
		}
		for i := range all {
			for j := range i {
				if one := f.find(uint32(i)) == f.find(uint32(j)); one != (got[i] == got[j]) {
					t.Fatalf("%s and %s: together %v, in order %v", x.names[i], x.names[j], !one, one)
				}
			}
		}
	})
}

// TestReadParts reads a date that stands in three columns.
func TestReadParts(t *testing.T) {
	t.Parallel()
	r := Reader{Mapping: &Mapping{Fields: []Field{{Column: "name", Kind: Name}, {Column: "by:bm:bd", Kind: Date}}}}
	if err := r.Read(strings.NewReader("bd,bm,by,name\n5,1,1980,王秀英\n,1,1980,李伟\n")); err != nil {
		t.Fatal(err)
	}
	c := r.Batch.table.columns[1]
	if got := c.values[r.Batch.table.row(0)[1]].text(); got != "19800105" {
		t.Errorf("the parts read as %q", got)
	}
	if id := r.Batch.table.row(1)[1]; id != 0 {
		t.Errorf("a date without its day reads as %q", c.values[id].text())
	}
	r = Reader{Mapping: &Mapping{Fields: []Field{{Column: "by:bm", Kind: Date}}}}
	if err := r.Read(strings.NewReader("by,name\n1980,x\n")); err == nil || !strings.Contains(err.Error(), `"bm"`) {
		t.Errorf("a part that the file lacks: %v", err)
	}
}
