package space

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSuppress(t *testing.T) {
	t.Parallel()
	const hidden = -1
	for _, c := range []struct {
		name        string
		parts, want []int
	}{
		{"all shown", []int{12, 40, 13}, []int{10, 40, 15}},
		{"one small: the next smallest goes too", []int{3, 40, 13}, []int{hidden, 40, hidden}},
		{"two small, of ten together", []int{5, 5, 40}, []int{hidden, hidden, 40}},
		{"two small, of fewer than ten", []int{3, 4, 40, 50}, []int{hidden, hidden, hidden, 50}},
		{"none at all is not told from few", []int{0, 12, 40}, []int{hidden, 10, 40}},
		{"one small beside an empty one", []int{0, 3, 12, 40}, []int{hidden, hidden, hidden, 40}},
		{"everything small", []int{1, 2, 3}, []int{hidden, hidden, hidden}},
		{"nothing", nil, []int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			parts := make([]uint64, len(c.parts))
			for i, n := range c.parts {
				parts[i] = uint64(n)
			}
			got := []int{}
			for _, f := range suppress(parts) {
				if f == nil {
					got = append(got, hidden)
				} else {
					got = append(got, int(*f))
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSuppressHides: what is left out is nothing, or cannot be worked out to be of fewer than ten: it has ten or more of at least two
// parts, or everything is left out.
func TestSuppressHides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Uint64Range(0, 40), 1, 12).Draw(t, "parts")
		shown := suppress(parts)
		sum, some, all := uint64(0), 0, true
		for i, f := range shown {
			switch {
			case f != nil:
				all = false
				if parts[i] < Least || *f%Rounding != 0 || max(*f, parts[i])-min(*f, parts[i]) > Rounding/2 {
					t.Fatalf("%d is shown as %d", parts[i], *f)
				}
			case parts[i] > 0:
				sum, some = sum+parts[i], some+1
			}
		}
		if sum > 0 && !all && (sum < Least || some < 2) {
			t.Fatalf("of %v what is left out is %d in %d parts", parts, sum, some)
		}
	})
}

func TestNear(t *testing.T) {
	t.Parallel()
	a := []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, c := range []struct {
		name string
		b    []uint64
		want bool
	}{
		{"the same", a, false},
		{"one cell more", []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, true},
		{"one cell for another", []uint64{1, 2, 3, 4, 5, 6, 7, 8, 10}, true},
		{"four fewer", a[:5], true},
		{"five fewer", a[:4], false},
		{"another place", []uint64{20, 21, 22, 23, 24}, false},
	} {
		if near(a, c.b) != c.want || near(c.b, a) != c.want {
			t.Errorf("%s: %t", c.name, !c.want)
		}
	}
	if !tooClose(a, [][]uint64{{50}, a[:8]}) || tooClose(a, [][]uint64{{50, 51, 52, 53, 54}, a}) {
		t.Error("earlier shapes")
	}
}

// TestLineage follows codes whose meaning changed: by the table of divisions, checked by hand against the notices it names.
func TestLineage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, code string
		year       int
		want       string
	}{
		{"a district of the same name", "320102", 2005, "320102"},
		{"two were merged", "320104", 2005, "320103|320104"},
		{"a county that became a district under another code", "320509", 2005, "320584"},
		{"and before it was a city", "320509", 1985, "320525"},
		{"320803 in 2005 was 楚州区, whose area is 320803 now", "320803", 2005, "320803"},
		{"and before that the city of 淮安", "320803", 1995, "320882"},
		{"a retired code is followed to where it is now and back", "320584", 2015, "320509"},
		{"a code that never was", "329999", 2015, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Lineage(c.year).At(c.code); got != c.want {
				t.Errorf("%s in %d: %q, want %q", c.code, c.year, got, c.want)
			}
		})
	}
	for _, year := range []int{1985, 1995, 2005, 2015, 2024} {
		a := Lineage(year)
		for now, then := range a.then {
			if len(then) == 0 || !slices.IsSorted(then) {
				t.Errorf("%d: %s has %v", year, now, then)
			}
		}
	}
}
