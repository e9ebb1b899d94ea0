package resolve_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
	"wuku/resolve"
)

// entityOf is the entity that an anchor belongs to now.
func (m *matching) entityOf(a entity.ID) string {
	m.t.Helper()
	e, _, err := resolve.Explain(m.t.Context(), m.store, m.config(m.catalog).Rule, a, false)
	if err != nil {
		m.t.Fatal(err)
	}
	return e.Entity
}

// foretold takes decisions on pairs at random and compares what was shown before with what came of it.
func (m *matching) foretold(r *rand.Rand) {
	m.t.Helper()
	for range 3 {
		pairs := append(m.pairs(true), m.pairs(false)...)
		if len(pairs) == 0 {
			return
		}
		p := pairs[r.IntN(len(pairs))]
		kind := []resolve.Judgement{resolve.Same, resolve.NotSame, resolve.NotSame, resolve.Unsure}[r.IntN(4)]
		e, err := resolve.EffectOf(m.t.Context(), m.store, m.config(m.catalog).Rule, p, kind)
		if err != nil {
			m.t.Fatal(err)
		}
		before := m.entityOf(p.A) == m.entityOf(p.B)
		if err := m.decide(p, string(kind), "test"); err != nil {
			m.t.Fatal(err)
		}
		m.settle()
		after := m.entityOf(p.A) == m.entityOf(p.B)
		if e.Joins != (!before && after) || e.Splits != (before && !after) {
			m.t.Fatalf("%s was to have the effect %+v; one before %v, after %v", kind, e, before, after)
		}
		for _, a := range e.Leaving {
			id := entity.ID{}
			if err := id.UnmarshalText([]byte(a)); err != nil {
				m.t.Fatal(err)
			}
			if m.entityOf(id) != m.entityOf(p.B) {
				m.t.Fatalf("%s was to leave with the second record", a)
			}
		}
	}
}

// TestReviewEffect shows what decisions would change where identifiers have their say, too.
func TestReviewEffect(t *testing.T) {
	m := newMatching(newWorld(t))
	both := said("a.x", 0, "1", "1", "anneliese lee", "13911112222")
	both.claims[0].ids["passport"], both.claims[0].elements["passport"] = "7", "7"
	two := said("a.x", 1, "2", "2", "bobbington ray", "13933334444")
	m.write(m.anchorer, []message{both, two})
	m.settle()
	citizen, passport := m.anchorer.ByIdentifier("citizen", []byte("1")), m.anchorer.ByIdentifier("passport", []byte("7"))
	bob := m.anchorer.ByIdentifier("citizen", []byte("2"))
	for name, c := range map[string]struct {
		a, b          entity.ID
		judgement     resolve.Judgement
		joins, splits bool
		text          string
	}{
		"not the same, and one by identifier":              {citizen, passport, resolve.NotSame, false, false, "identifiers say"},
		"the other way round":                              {passport, citizen, resolve.NotSame, false, false, "identifiers say"},
		"a weaker identifier and another person: the same": {passport, bob, resolve.Same, true, false, "become one"},
		"two people who are two: not the same":             {citizen, bob, resolve.NotSame, false, false, "nothing changes now"},
	} {
		t.Run(name, func(t *testing.T) {
			p := resolve.Pair{ID: resolve.PairID(resolve.ByMatch, "person", c.a, c.b), Library: "person", A: c.a, B: c.b}
			e, err := resolve.EffectOf(t.Context(), m.store, m.config(m.catalog).Rule, p, c.judgement)
			if err != nil || e.Joins != c.joins || e.Splits != c.splits || !strings.Contains(e.Text, c.text) {
				t.Fatalf("effect %+v, %v", e, err)
			}
			before := m.base()
			if err := m.decide(p, string(c.judgement), "test"); err != nil {
				t.Fatal(err)
			}
			m.settle()
			if changed := !cmp.Equal(before, m.base()); changed != (c.joins || c.splits) {
				t.Errorf("the library changed %v, and was to change %v", changed, c.joins || c.splits)
			}
			p.LastAt = time.Now()
			if err := m.decide(p, "revoked", "test"); err != nil {
				t.Fatal(err)
			}
			m.settle()
		})
	}
}

// TestReviewSides shows a steward what the records say now, not what they said once.
func TestReviewSides(t *testing.T) {
	m := newMatching(newWorld(t))
	first := said("b.x", 0, "r1", "", "anneliese lee", "13911112222")
	second := said("b.x", 1, "r1", "", "anneliese lee", "")
	delete(second.claims[0].elements, "phone")
	moved := said("c.x", 1, "9", "1", "anneliese lee", "13911112222")
	m.write(m.anchorer, []message{first, second})
	m.write(m.anchorer, []message{said("c.x", 0, "9", "", "anneliese lee", "13977778888"), moved})
	m.settle()
	p := resolve.Pair{Library: "person", A: m.anchorer.ByRecord("person", "b.x", []byte("r1"), ""), B: m.anchorer.ByRecord("person", "c.x", []byte("9"), "")}
	a, b, err := resolve.Sides(t.Context(), m.store, p, []string{"name", "phone"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"anneliese lee", ""}, {"", ""}}, [][]string{a.Values, b.Values}); diff != "" {
		t.Errorf("(-now +shown)\n%s", diff)
	}
}

// TestReviewPendingVerify verifies a library while a decision waits for the next cycle: that is reported, and is no fault.
func TestReviewPendingVerify(t *testing.T) {
	m := newMatching(newWorld(t))
	m.write(m.anchorer, crowd[:2])
	m.settle()
	p := resolve.Pair{Library: "person", A: m.anchorer.ByIdentifier("citizen", []byte("1")), B: m.anchorer.ByIdentifier("citizen", []byte("2"))}
	look := func() resolve.Report {
		r, err := resolve.Verify(t.Context(), m.config(m.catalog))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if err := m.decide(p, "same", "test"); err != nil {
		t.Fatal(err)
	}
	if r := look(); r.Same() || r.Differs() || r.Pending != 1 {
		t.Errorf("before the cycle: %+v", r)
	}
	m.settle()
	if r := look(); !r.Same() || r.Differs() || r.Pending != 0 {
		t.Errorf("after the cycle: %+v", r)
	}
	for name, c := range map[string]struct {
		report resolve.Report
		want   bool
	}{
		"equal":                            {resolve.Report{Root: "a", Rebuilt: "a"}, false},
		"not equal":                        {resolve.Report{Root: "a", Rebuilt: "b"}, true},
		"not equal while a link waits":     {resolve.Report{Root: "a", Rebuilt: "b", Pending: 1}, false},
		"something forgotten meanwhile":    {resolve.Report{Root: "a", Rebuilt: "b", Pending: 1, Forgotten: 1}, true},
		"equal, though a link still waits": {resolve.Report{Root: "a", Rebuilt: "a", Pending: 1}, false},
	} {
		if got := c.report.Differs(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
