package match

import (
	gocmp "cmp"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLargeIsTheSame compares records in parts, with their values in files: edges and clusters are those of an index over all of them, to
// the last bit, however many parts there are, and also where keys are too common.
func TestLargeIsTheSame(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{3, 40} {
		m, records := testModel(limit), population(3, 1500)
		b := NewBatch(&Mapping{Fields: testFields})
		for _, r := range records {
			b.Add(r.name, "", r.values)
		}
		x, err := b.Index(m)
		if err != nil {
			t.Fatal(err)
		}
		edges := x.Edges()
		want, clusters := sorted(edges), x.Clusters(edges)
		if len(want) < 100 {
			t.Fatalf("%d edges prove nothing", len(want))
		}
		for _, parts := range []int{1, 3, 7} {
			if parts > 1 && apart(x, clusters, uint64(parts)) == 0 {
				t.Fatalf("limit %d, %d parts: no cluster lies across parts", limit, parts)
			}
			l, err := NewLarge(m, parts, func() (File, error) { return os.CreateTemp(t.TempDir(), "") })
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				if err := l.Add(r.name, "", r.values); err != nil {
					t.Fatal(err)
				}
				if l.Name(l.Len()-1) != r.name {
					t.Fatal("a record has not its name")
				}
			}
			edges, err := l.Edges()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, sorted(edges), cmp.AllowUnexported(exactEdge{})); diff != "" {
				t.Fatalf("limit %d, %d parts: edges (-at once +in parts)\n%s", limit, parts, diff)
			}
			if !slices.Equal(l.Clusters(edges), clusters) || !slices.Equal(l.Clusters(edges), clusters) {
				t.Fatalf("limit %d, %d parts: other clusters", limit, parts)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// apart counts the records that a key brings into another part than the record that their cluster is named after.
func apart(x *Index, clusters []uint32, parts uint64) (n int) {
	for _, k := range x.keys {
		for i, c := range clusters {
			a, b := k.hash(x.table, x.row(i)), k.hash(x.table, x.row(int(c)))
			if a != 0 && b != 0 && a>>32%parts != b>>32%parts {
				n++
			}
		}
	}
	return n
}

type exactEdge struct {
	a, b  uint32
	score uint64
}

func sorted(edges []Edge) []exactEdge {
	var out []exactEdge
	for _, e := range edges {
		out = append(out, exactEdge{e.A, e.B, math.Float64bits(e.Score)})
	}
	slices.SortFunc(out, func(a, b exactEdge) int { return gocmp.Or(gocmp.Compare(a.a, b.a), gocmp.Compare(a.b, b.b)) })
	return out
}
