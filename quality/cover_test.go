package quality

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// TestCover holds the cover against all subsets of small graphs: it touches every edge, and nothing smaller does.
func TestCover(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lefts, rights := rapid.IntRange(1, 6).Draw(t, "left"), rapid.IntRange(1, 6).Draw(t, "right")
		edges := make([][]int, lefts)
		for l := range edges {
			for r := range rights {
				if rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
					edges[l] = append(edges[l], r)
				}
			}
		}
		left, right, size := cover(edges, rights)
		chosen := 0
		for _, side := range [][]bool{left, right} {
			for _, c := range side {
				if c {
					chosen++
				}
			}
		}
		for l := range edges {
			for _, r := range edges[l] {
				if !left[l] && !right[r] {
					t.Fatalf("edge %d-%d of %v is not covered", l, r, edges)
				}
			}
		}
		best := lefts + rights
		for set := range 1 << (lefts + rights) {
			ok := true
			for l := range edges {
				for _, r := range edges[l] {
					ok = ok && (set>>l&1 == 1 || set>>(lefts+r)&1 == 1)
				}
			}
			if ok {
				best = min(best, bits.OnesCount(uint(set)))
			}
		}
		if chosen != best || size != best {
			t.Fatalf("%v: %d chosen, %d proven, %d suffice", edges, chosen, size, best)
		}
	})
}
