package space

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
			parts := make([]tally, len(c.parts))
			for i, n := range c.parts {
				parts[i] = tally{uint64(n), uint64(n)}
			}
			if diff := cmp.Diff(c.want, shown(parts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shown are the figures that suppress lets through; -1 where it hides one.
func shown(parts []tally) []int {
	out := []int{}
	for _, f := range suppress(parts) {
		if f == nil {
			out = append(out, -1)
		} else {
			out = append(out, int(*f))
		}
	}
	return out
}

// TestSuppressEmployers: employees are hidden by how many employers they are of, not by how many they are.
func TestSuppressEmployers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		parts []tally // employees, employers
		want  []int
	}{
		{"one great employer", []tally{{5000, 1}}, []int{-1}},
		{"beside many: the next lightest goes too", []tally{{5000, 1}, {900, 40}, {300, 60}}, []int{-1, -1, 300}},
		{"nine employers", []tally{{5000, 9}, {100, 10}, {200, 11}}, []int{-1, -1, 200}},
		{"ten employers of few", []tally{{9, 10}, {100, 20}, {200, 30}}, []int{-1, -1, 200}},
		{"many everywhere", []tally{{5000, 10}, {100, 20}}, []int{5000, 100}},
	} {
		if diff := cmp.Diff(c.want, shown(c.parts)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	var s Space
	a := Answer{By: SplitNone}
	if s.publish(&a, map[string]tally{"": {5000, 3}}); a.Total != nil {
		t.Errorf("the total of three employers is shown: %d", *a.Total)
	}
}

// TestSuppressHides: what is left out is nothing, or cannot be worked out to be of fewer than ten: it has ten or more of at least two
// parts, or everything is left out.
func TestSuppressHides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tally {
			units := rapid.Uint64Range(0, 40).Draw(t, "units")
			return tally{units * rapid.Uint64Range(1, 50).Draw(t, "each"), units}
		}), 1, 12).Draw(t, "parts")
		shown := suppress(parts)
		sum, some, all := uint64(0), 0, true
		for i, f := range shown {
			switch n := parts[i].n; {
			case f != nil:
				all = false
				if parts[i].units < Least || *f%Rounding != 0 || max(*f, n)-min(*f, n) > Rounding/2 {
					t.Fatalf("%d is shown as %d", parts[i], *f)
				}
			case n > 0:
				sum, some = sum+parts[i].units, some+1
			}
		}
		if sum > 0 && !all && (sum < Least || some < 2) {
			t.Fatalf("of %v what is left out is of %d in %d parts", parts, sum, some)
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

// TestNearAcrossSizes compares shapes of cells of different sizes: a cell, and the seven in it, are one and the same place.
func TestNearAcrossSizes(t *testing.T) {
	t.Parallel()
	const one = uint64(0x872d14000ffffff) // a cell of resolution 7; its neighbours differ in the digit of resolution 7 and before
	wholes := make([]uint64, 8)
	for i := range wholes {
		wholes[i] = one&^(0o77<<(3*8)) | uint64(i/7)<<(3*9) | uint64(i%7)<<(3*8)
	}
	in := func(cells ...uint64) (all []uint64) {
		for _, c := range cells {
			for digit := range uint64(7) {
				all = append(all, c&^(15<<52)&^(7<<(3*7))|8<<52|digit<<(3*7))
			}
		}
		return all
	}
	if ancestor(in(wholes[0])[6], 7) != wholes[0] {
		t.Fatal("the test's cells are none")
	}
	for _, c := range []struct {
		name string
		a, b []uint64
		want bool
	}{
		{"the whole and its seven", wholes[:1], in(wholes[0]), false},
		{"the whole and six of seven", wholes[:1], in(wholes[0])[:6], true},
		{"the whole and one more small cell", wholes[:1], append(in(wholes[0]), in(wholes[1])[0]), true},
		{"four wholes more", wholes[:5], in(wholes[0]), true},
		{"five wholes more", wholes[:6], in(wholes[0]), false},
		{"another place", wholes[:1], in(wholes[1]), false},
	} {
		if near(c.a, c.b) != c.want || near(c.b, c.a) != c.want {
			t.Errorf("%s: %t", c.name, !c.want)
		}
	}
}

// paying is a Store of one table, space.spent, whose readers wait at a gate.
type paying struct {
	Store
	gate  chan struct{}
	reads atomic.Int64
	spent atomic.Int64
}

func (p *paying) Query(_ context.Context, _ string, _ any, each func(func(...any) error) error, _ ...any) error {
	p.reads.Add(1)
	<-p.gate
	n := uint64(p.spent.Load())
	return each(func(dest ...any) error { *dest[0].(*uint64) = n; return nil })
}

func (p *paying) Exec(_ context.Context, _ string, data any) error {
	p.spent.Add(int64(data.(map[string]any)["Cost"].(int)))
	return nil
}

// TestOneAnswerPaysAtATime: answers that a caller asks for at once cannot all be paid by the same points.
func TestOneAnswerPaysAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &paying{gate: make(chan struct{})}
		p.spent.Store(Budget - 1)
		s := New(p, nil)
		const calls = 8
		refused := make(chan bool, calls)
		for range calls {
			go func() {
				_, err := s.spend(t.Context(), Question{Caller: "a client"}, &cells{shown: []uint64{1}})
				refused <- errors.Is(err, ErrBudget)
			}()
		}
		synctest.Wait()
		if p.reads.Load() != 1 {
			t.Errorf("%d look at the budget at once", p.reads.Load())
		}
		close(p.gate)
		no := 0
		for range calls {
			if <-refused {
				no++
			}
		}
		if no != calls-1 || p.spent.Load() != Budget {
			t.Errorf("%d were refused, %d points were spent", no, p.spent.Load())
		}
		waiting, cancel := context.WithCancel(t.Context())
		done, err := s.turn(waiting, "a client")
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		cancel()
		if _, err := s.turn(waiting, "a client"); !errors.Is(err, context.Canceled) {
			t.Errorf("who waits for a turn cannot give up: %v", err)
		}
	})
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
