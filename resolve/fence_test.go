package resolve_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
	"wuku/match"
	"wuku/resolve"
)

// lateLinks lets rows of matching arrive late: now and then the writer gets an error, and the rows land when they are delivered.
type lateLinks struct {
	to   resolve.Links
	late func() bool
	way  []func() error
}

var errLate = errors.New("no answer from the engine")

func (l *lateLinks) Append(ctx context.Context, statement string, data any, rows [][]any) error {
	if !l.late() {
		return l.to.Append(ctx, statement, data, rows)
	}
	rows = slices.Clone(rows)
	l.way = append(l.way, func() error { return l.to.Append(ctx, statement, data, rows) })
	return errLate
}

func (l *lateLinks) deliver(m *matching) {
	m.t.Helper()
	for _, send := range l.way {
		if err := send(); err != nil {
			m.t.Fatal(err)
		}
	}
	l.way = nil
}

// take makes a new owner whose matching writes through links, by a clock that is off by so much.
func (m *matching) take(links resolve.Links, off time.Duration, crash func(string)) *resolve.Owner {
	m.t.Helper()
	c := m.config(m.catalog)
	c.Links, c.CrashPoint = links, crash
	c.Now = func() time.Time { return time.Now().Add(off) }
	o, err := resolve.Take(m.t.Context(), c)
	if err != nil {
		m.t.Fatal(err)
	}
	return o
}

// TestMatchingFence lets an owner lose its library while it matches.
func TestMatchingFence(t *testing.T) {
	w := newWorld(t)
	model := learned(t)
	start := func() *matching {
		m := newMatching(w)
		m.model(model)
		m.write(m.anchorer, crowd[:4])
		m.settle()
		return m
	}
	r1 := entity.NewAnchorer(testKey).ByRecord("person", "b.x", []byte("r1"), "")
	t.Run("an owner that was fenced in the middle of a cycle writes no links", func(t *testing.T) {
		m := start()
		lost := false
		old := m.take(m.store, 0, func(step string) {
			if step == "cycle/states" {
				m.fence.epoch++
				lost = true
			}
		})
		m.cycleUntil(old, nil)
		m.write(m.anchorer, crowd[4:5])
		m.cycleUntil(old, resolve.ErrFenced)
		if n := len(m.pairs(true)); !lost || n != 0 {
			t.Errorf("lost %v, %d links, want none", lost, n)
		}
	})
	for name, off := range map[string]time.Duration{"": 0, " by a clock that is ahead": time.Hour, " by a clock that is behind": -time.Hour} {
		t.Run("links of an earlier owner that land late"+name, func(t *testing.T) {
			m := start()
			late := &lateLinks{to: m.store, late: func() bool { return true }}
			old := m.take(late, off, nil)
			m.cycleUntil(old, nil)
			m.write(m.anchorer, crowd[4:5])
			m.cycleUntil(old, errLate)
			m.restart()
			m.settle()
			m.write(m.anchorer, []message{said("b.x", 1, "r1", "", "quite different", "13900001111")})
			m.settle()
			want := m.base()
			late.deliver(m)
			m.settle()
			if diff := cmp.Diff(want, m.base()); diff != "" {
				t.Errorf("(-before +after)\n%s", diff)
			}
			if m.base()[r1] == nil {
				t.Error("r1 is still Ann's")
			}
			m.verify(m.catalog)
		})
	}
}

// cycleUntil cycles until there is nothing to do, or the error comes that is wanted.
func (m *matching) cycleUntil(o *resolve.Owner, want error) {
	m.t.Helper()
	for {
		_, worked, err := o.Cycle(m.t.Context())
		switch {
		case err != nil && errors.Is(err, want):
			return
		case err != nil:
			m.t.Fatal(err)
		case !worked && want == nil:
			return
		case !worked:
			m.t.Fatalf("nothing left to do; want %v", want)
		}
	}
}

// peopleHistory is a random history of people of whom some have no number, with names and telephones that matching can use.
func peopleHistory(r *rand.Rand, n int) []message {
	names := []string{"anneliese lee", "bobbington ray", "chrisanta doe", "dorothea finch"}
	list := randomHistory(r, n)
	for _, m := range list {
		for _, c := range m.claims {
			for _, e := range []string{"name", "phone"} {
				v, ok := c.elements[e]
				if !ok {
					continue
				}
				i, err := strconv.Atoi(v[len(e):])
				if err != nil {
					panic(err)
				}
				c.elements[e] = names[i]
				if e == "phone" {
					c.elements[e] = fmt.Sprintf("1391111222%d", 7*i%10)
				}
			}
		}
	}
	return list
}

// found is what matching has found, and laid before a person, by pair.
func (m *matching) found() map[string]float64 {
	m.t.Helper()
	out := map[string]float64{}
	for _, linked := range []bool{false, true} {
		for _, p := range m.pairs(linked) {
			out[fmt.Sprint(p.ID, linked)] = p.Score
		}
	}
	return out
}

// TestConvergeMatching writes random histories with a model in force: in random batches, some twice, by owners that come and go with
// clocks of their own and whose links land late or twice, with rebuilds between. What is found and who is who must be what one owner
// makes of it who is given everything at once.
func TestConvergeMatching(t *testing.T) {
	w := newWorld(t)
	model := learned(t)
	first := trials(t, "WUKU_FIRST_SEED", 0)
	links := 0
	for trial := first; trial < first+trials(t, "WUKU_PERMUTATIONS", 4); trial++ {
		r := rand.New(rand.NewPCG(uint64(trial), 11))
		history := peopleHistory(r, 12+r.IntN(24))
		m := newMatching(w)
		m.model(model)
		for _, cut := range shuffled(r, history) {
			m.write(m.anchorer, cut)
		}
		m.settle()
		wantBase, wantFound := m.base(), m.found()
		links += len(m.pairs(true))

		m = newMatching(w)
		m.wander(r, history, model)
		if diff := cmp.Diff(wantFound, m.found()); diff != "" {
			t.Fatalf("trial %d: what was found (-at once +by history)\n%s", trial, diff)
		}
		if diff := cmp.Diff(wantBase, m.base()); diff != "" {
			t.Fatalf("trial %d (-at once +by history)\n%s", trial, diff)
		}
		m.verify(m.catalog)
		m.foretold(r)
	}
	if links == 0 {
		t.Error("no history had a link")
	}
}

// wander writes a history with all that can happen between its parts, and lets the last owner come to rest.
func (m *matching) wander(r *rand.Rand, history []message, model *match.Model) {
	m.t.Helper()
	late := &lateLinks{to: m.store, late: func() bool { return r.IntN(4) == 0 }}
	off := func() time.Duration { return time.Duration(r.IntN(3)-1) * time.Hour }
	owners := []*resolve.Owner{m.take(late, off(), nil)}
	cuts := shuffled(r, history)
	when := r.IntN(len(cuts))
	for i, cut := range cuts {
		if i == when {
			m.model(model)
		}
		m.write(m.anchorer, cut)
		newest := owners[len(owners)-1]
		var err error
		switch r.IntN(7) {
		case 0:
			owners = append(owners, m.take(late, off(), nil))
		case 1:
			late.deliver(m)
		case 2:
			_, err = newest.Rebuild(m.t.Context())
		case 3:
			_, _, err = owners[r.IntN(len(owners))].Cycle(m.t.Context())
		default:
			_, _, err = newest.Cycle(m.t.Context())
		}
		if err != nil && !errors.Is(err, errLate) && !errors.Is(err, resolve.ErrFenced) {
			m.t.Fatal(err)
		}
	}
	late.late = func() bool { return false }
	m.owner = owners[len(owners)-1]
	m.settle()
	late.deliver(m)
	m.settle()
}
