package resolve_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/entity"
	"wuku/resolve"
)

func node(n int) entity.ID { return entity.ID{15: byte(n)} }

// drawEdges draws edges over few roots; the first ones have an identifier of the strongest kind.
func drawEdges(t *rapid.T) []resolve.Edge {
	strength := func(n int) uint8 {
		if n < 3 {
			return 1
		}
		return uint8(250 + n%6)
	}
	var edges []resolve.Edge
	for range rapid.IntRange(1, 20).Draw(t, "edges") {
		a, b := rapid.IntRange(0, 8).Draw(t, "a"), rapid.IntRange(0, 8).Draw(t, "b")
		e := resolve.Edge{A: node(a), B: node(b), RootA: node(a), RootB: node(b), StrengthA: strength(a), StrengthB: strength(b),
			Same: rapid.IntRange(0, 4).Draw(t, "same") > 0, Weight: float64(rapid.IntRange(1, 5).Draw(t, "weight"))}
		e.Steward = !e.Same || rapid.IntRange(0, 6).Draw(t, "steward") == 0
		edges = append(edges, e)
	}
	return edges
}

// TestClusterIsAFunctionOfTheSet shuffles and turns edges: the clusters stay.
func TestClusterIsAFunctionOfTheSet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edges := drawEdges(t)
		want := resolve.Cluster(edges)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		for i := range edges {
			if e := &edges[i]; r.IntN(2) == 0 {
				e.A, e.B, e.RootA, e.RootB, e.StrengthA, e.StrengthB = e.B, e.A, e.RootB, e.RootA, e.StrengthB, e.StrengthA
			}
		}
		if diff := cmp.Diff(want, resolve.Cluster(edges)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestClusterKeepsItsRules: what a steward parts is apart; two strongest identifiers are together only by a steward's word; an entity
// is named after its strongest root.
func TestClusterKeepsItsRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		edges := drawEdges(t)
		joined := resolve.Cluster(edges)
		of := func(id entity.ID) entity.ID {
			if to, ok := joined[id]; ok {
				return to
			}
			return id
		}
		word := false
		strength := map[entity.ID]uint8{}
		for _, e := range edges {
			strength[e.RootA], strength[e.RootB] = e.StrengthA, e.StrengthB
			word = word || e.Same && e.Steward
			if !e.Same && e.RootA != e.RootB && of(e.RootA) == of(e.RootB) {
				t.Fatalf("%v and %v are together against a steward's word", e.RootA, e.RootB)
			}
		}
		numbers := map[entity.ID]int{}
		for root := range joined {
			if strength[root] == 1 {
				numbers[of(root)]++
			}
			if strength[root] < strength[of(root)] {
				t.Fatalf("%v is named after %v, which is weaker", root, of(root))
			}
		}
		for to, n := range numbers {
			if n > 1 && !word {
				t.Fatalf("%d different strongest identifiers in %v without a steward's word", n, to)
			}
		}
	})
}
