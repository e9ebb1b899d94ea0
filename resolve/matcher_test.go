package resolve_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
	"wuku/match"
	"wuku/resolve"
)

// learned trains a model of names, telephones and citizen numbers on made-up people in two records each.
func learned(t *testing.T) *match.Model {
	t.Helper()
	b := match.NewBatch(&match.Mapping{Fields: []match.Field{{Column: "name", Kind: match.Name}, {Column: "phone", Kind: match.Phone}, {Column: "citizen", Kind: match.Identifier, Apart: true}}})
	r := rand.New(rand.NewPCG(1, 1))
	word := func() string {
		s := make([]byte, 5)
		for i := range s {
			s[i] = 'a' + byte(r.IntN(26))
		}
		return string(s)
	}
	for i := range 300 {
		name, phone, number := word()+" "+word(), fmt.Sprintf("139%08d", r.IntN(1e8)), fmt.Sprintf("X%d", i*7919)
		b.Add(fmt.Sprint(i, "a"), "", []string{name, phone, number})
		if i%10 == 0 {
			phone = ""
		}
		b.Add(fmt.Sprint(i, "b"), "", []string{name, phone, ""})
	}
	m, err := b.Learn()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// matching is a world whose owner matches.
type matching struct {
	*world
	anchorer *entity.Anchorer
	catalog  *catalog.Catalog
	owner    *resolve.Owner
}

func newMatching(w *world) *matching {
	m := &matching{world: w, anchorer: entity.NewAnchorer(testKey), catalog: personCatalog(false)}
	m.reset()
	m.restart()
	return m
}

func (m *matching) restart() {
	m.t.Helper()
	c := m.config(m.catalog)
	c.Links = m.store
	o, err := resolve.Take(m.t.Context(), c)
	if err != nil {
		m.t.Fatal(err)
	}
	m.owner = o
}

func (m *matching) settle() {
	m.t.Helper()
	m.drain(m.owner)
}

// model puts a model into force; nil takes matching back.
func (m *matching) model(model *match.Model) {
	m.t.Helper()
	var text []byte
	if model != nil {
		var err error
		if text, err = model.Save(); err != nil {
			m.t.Fatal(err)
		}
	}
	if _, err := resolve.PutModel(m.t.Context(), m.store, m.store, "person", string(text), "test", 1, time.Now()); err != nil {
		m.t.Fatal(err)
	}
}

// blank checks that no model tells anything once matching is off.
func (m *matching) blank() {
	m.t.Helper()
	rows := 0
	err := m.store.Query(m.t.Context(), "query/models", map[string]any{"Library": "person"}, func(scan func(...any) error) error {
		var by, text string
		var at time.Time
		if err := scan(&by, &at, &text); err != nil {
			return err
		}
		if rows++; text != "" {
			m.t.Errorf("the model of %s still stands there", at)
		}
		return nil
	})
	if err != nil || rows != 2 {
		m.t.Errorf("%d rows of models, want that both are remembered; %v", rows, err)
	}
}

// said is a message of one claim; number "" gives no identifier.
func said(feed string, offset int64, key, number, name, phone string) message {
	c := claim{ids: map[string]string{}, elements: map[string]string{"name": name, "phone": phone}}
	if number != "" {
		c.ids["citizen"], c.elements["citizen"] = number, number
	}
	return message{feed: feed, offset: offset, revision: 1, key: key, declared: uint64(offset) + 1, claims: []claim{c}}
}

// crowd: Ann and Bob with numbers; one record each without; two people of one name and telephone, and a record of either.
var crowd = []message{
	said("a.x", 0, "1", "1", "anneliese lee", "13911112222"),
	said("a.x", 1, "2", "2", "bobbington ray", "13933334444"),
	said("a.x", 2, "3", "3", "chrisanta doe", "13955556666"),
	said("a.x", 3, "4", "4", "chrisanta doe", "13955556666"),
	said("b.x", 0, "r1", "", "anneliese lee", "13911112222"),
	said("b.x", 1, "r2", "", "bobbington ray", "13933334444"),
	said("b.x", 2, "r3", "", "chrisanta doe", "13955556666"),
	said("c.x", 0, "r4", "", "somebody else", "13977778888"),
}

func (m *matching) pairs(linked bool) []resolve.Pair {
	m.t.Helper()
	list, err := resolve.Pairs(m.t.Context(), m.store, resolve.Choice{Library: "person", Linked: linked, Decided: true, Limit: 100})
	if err != nil {
		m.t.Fatal(err)
	}
	return list
}

func (m *matching) decide(p resolve.Pair, kind, by string) error {
	_, err := resolve.Decide(m.t.Context(), m.store, m.store, m.config(m.catalog).Rule, resolve.Decision{Pair: p, Kind: kind, By: by, At: time.Now()})
	return err
}

// TestMatching runs the life of links by match on an engine.
func TestMatching(t *testing.T) {
	w := newWorld(t)
	model := learned(t)
	m := newMatching(w)
	ann, bob := m.anchorer.ByIdentifier("citizen", []byte("1")), m.anchorer.ByIdentifier("citizen", []byte("2"))
	r1 := m.anchorer.ByRecord("person", "b.x", []byte("r1"), "")
	for _, one := range crowd {
		m.write(m.anchorer, []message{one})
	}
	m.settle()
	before := m.base()
	if len(before) != 8 {
		t.Fatalf("%d entities before matching, want 8", len(before))
	}
	m.model(model)
	m.settle()
	matched := m.base()
	if len(matched) != 6 || matched[r1] != nil || matched[ann] == nil || matched[bob] == nil {
		t.Fatalf("%d entities, want 6: r1 is Ann's and r2 Bob's", len(matched))
	}
	if n := len(m.pairs(false)); n != 2 {
		t.Errorf("%d pairs for review, want the two that r3 may be of", n)
	}
	m.verify(m.catalog)
	t.Run("an owner that takes over finds nothing to do", func(t *testing.T) {
		at := m.owner.Sequence()
		m.restart()
		m.settle()
		if m.owner.Sequence() != at {
			t.Errorf("%d events", m.owner.Sequence()-at)
		}
	})
	t.Run("the reasons add up", func(t *testing.T) {
		e, found, err := resolve.Explain(t.Context(), m.store, m.config(m.catalog).Rule, r1, true)
		if err != nil || !found || len(e.Links) != 1 || e.Links[0].Why == nil {
			t.Fatalf("links %v, found %v, %v", e.Links, found, err)
		}
		sum := e.Links[0].Why.Prior
		for _, r := range e.Links[0].Why.Reasons {
			sum += r.Weight
		}
		if d := sum - e.Links[0].Score; d > 1e-9 || d < -1e-9 {
			t.Errorf("reasons add up to %v, the score is %v", sum, e.Links[0].Score)
		}
	})
	t.Run("a decision holds and is taken back exactly", func(t *testing.T) { m.decisions(t, r1, matched) })
	t.Run("a record that changes leaves, and comes back", func(t *testing.T) {
		m.write(m.anchorer, []message{said("b.x", 3, "r1", "", "quite different", "13900001111")})
		m.settle()
		if got := m.base(); got[r1] == nil || got[r1]["name"] != "quite different" {
			t.Fatal("r1 is still Ann's")
		}
		m.write(m.anchorer, []message{said("b.x", 4, "r1", "", "anneliese lee", "13911112222")})
		m.settle()
		if diff := cmp.Diff(matched, m.base()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("nothing is left when matching is off", func(t *testing.T) {
		m.model(nil)
		m.settle()
		if diff := cmp.Diff(before, m.base()); diff != "" {
			t.Error(diff)
		}
		m.verify(m.catalog)
		m.blank()
	})
}

func (m *matching) decisions(t *testing.T, r1 entity.ID, matched map[entity.ID]map[string]string) {
	i := slices.IndexFunc(m.pairs(true), func(p resolve.Pair) bool { return p.A == r1 || p.B == r1 })
	find := func() resolve.Pair { return m.pairs(true)[i] }
	effect, err := resolve.EffectOf(t.Context(), m.store, m.config(m.catalog).Rule, find(), resolve.NotSame)
	if err != nil || !effect.Splits {
		t.Fatalf("not the same would split: %+v, %v", effect, err)
	}
	for _, step := range []struct {
		kind, by string
		want     error
		entities int
	}{
		{"claimed", "anna", nil, 6},
		{"not_same", "bert", resolve.ErrClaimed, 6},
		{"not_same", "anna", nil, 7},
		{"revoked", "bert", nil, 6},
	} {
		if err := m.decide(find(), step.kind, step.by); !errors.Is(err, step.want) {
			t.Fatalf("%s by %s: %v, want %v", step.kind, step.by, err, step.want)
		}
		m.settle()
		if n := len(m.base()); n != step.entities {
			t.Fatalf("%s by %s: %d entities, want %d", step.kind, step.by, n, step.entities)
		}
		m.verify(m.catalog)
	}
	if diff := cmp.Diff(matched, m.base()); diff != "" {
		t.Errorf("after the decision was taken back (-before +after)\n%s", diff)
	}
	acts, err := resolve.History(t.Context(), m.store, find().ID.String())
	if err != nil || len(acts) != 3 {
		t.Errorf("%d acts in the history, want 3; %v", len(acts), err)
	}
	// A steward may say that a person has two numbers; matching may not.
	p := m.pairs(false)
	if err := errors.Join(m.decide(p[0], "same", "anna"), m.decide(p[1], "same", "anna")); err != nil {
		t.Fatal(err)
	}
	m.settle()
	if n := len(m.base()); n != 4 {
		t.Errorf("%d entities after a steward joined two numbers, want 4", n)
	}
	if err := errors.Join(m.decide(p[0], "revoked", "anna"), m.decide(p[1], "unsure", "anna")); err != nil {
		t.Fatal(err)
	}
	m.settle()
	if diff := cmp.Diff(matched, m.base()); diff != "" {
		t.Error(diff)
	}
}

// TestMatchingOrders lets the crowd arrive in many orders and portions, the model before, between or after them, owners change: the
// library is the same.
func TestMatchingOrders(t *testing.T) {
	w := newWorld(t)
	model := learned(t)
	var want map[entity.ID]map[string]string
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		m := newMatching(w)
		list := slices.Clone(crowd)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		when := r.IntN(len(list) + 1)
		for i, one := range list {
			if i == when {
				m.model(model)
			}
			m.write(m.anchorer, []message{one})
			switch r.IntN(4) {
			case 0:
				m.cycle(m.owner)
			case 1:
				m.settle()
			case 2:
				m.restart()
			}
		}
		if when == len(list) {
			m.model(model)
		}
		m.settle()
		m.verify(m.catalog)
		if got := m.base(); want == nil {
			want = got
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("order %d (-first +this)\n%s", seed, diff)
		}
	}
	if len(want) != 6 {
		t.Errorf("%d entities, want 6", len(want))
	}
}
