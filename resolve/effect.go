package resolve

import (
	"context"
	"fmt"
	"slices"

	"wuku/entity"
)

// Effect says what a judgement would change.
type Effect struct {
	EntityA  string   `json:"entity_a"` // that the anchors belong to now
	EntityB  string   `json:"entity_b"`
	AnchorsA []string `json:"anchors_a"`
	AnchorsB []string `json:"anchors_b"`
	Joins    bool     `json:"joins"`  // two entities would become one
	Splits   bool     `json:"splits"` // one entity would become two
	Leaving  []string `json:"leaving,omitempty"`
	Text     string   `json:"text"`
}

// EffectOf works out what a judgement on a pair would change, before it is taken: by the claims and links as they stand now, in the
// way the next cycle will.
func EffectOf(ctx context.Context, store Store, rule *Rule, p Pair, j Judgement) (Effect, error) {
	var e Effect
	var err error
	if e.EntityA, e.AnchorsA, err = entityOf(ctx, store, rule, p.A); err != nil {
		return e, err
	}
	if e.EntityB, e.AnchorsB, err = entityOf(ctx, store, rule, p.B); err != nil {
		return e, err
	}
	s, err := around(ctx, store, rule, p)
	if err != nil {
		return e, err
	}
	now, then := Cluster(s.edges(nil)), Cluster(s.edges(func(l Link) bool { return l.Steward && s.of(p, l) }))
	if j != Unsure {
		then = Cluster(append(s.edges(func(l Link) bool { return l.Steward && s.of(p, l) }), s.edge(p.A, p.B, j == Same, p.Score, true)))
	}
	a, b := s.root(p.A), s.root(p.B)
	before, after := entityIn(now, a) == entityIn(now, b), entityIn(then, a) == entityIn(then, b)
	switch {
	case !before && after:
		e.Joins = true
		e.Text = fmt.Sprintf("entity %s (%d anchors) and entity %s (%d anchors) become one", e.EntityA, len(e.AnchorsA), e.EntityB, len(e.AnchorsB))
	case before && !after:
		e.Splits = true
		for _, anchor := range s.anchors {
			if root := s.root(anchor); entityIn(now, root) == entityIn(now, b) && entityIn(then, root) == entityIn(then, b) {
				e.Leaving = append(e.Leaving, anchor.String())
			}
		}
		e.Text = fmt.Sprintf("entity %s (%d anchors) is split: %d of them become an entity of their own", e.EntityA, len(e.AnchorsA), len(e.Leaving))
	case j == Unsure:
		e.Text = "nothing changes; the pair leaves the list"
	case j == NotSame && after:
		e.Text = "nothing changes: identifiers say that they are one"
	case j == Same && !after:
		e.Text = "nothing changes: another decision keeps them apart"
	default:
		e.Text = "nothing changes now; later links cannot say otherwise"
	}
	return e, nil
}

func entityIn(joined map[entity.ID]entity.ID, root entity.ID) entity.ID {
	if to, ok := joined[root]; ok {
		return to
	}
	return root
}

// surroundings are the anchors that a pair may be one with, what they are by identifiers alone, and the links among them.
type surroundings struct {
	library  string
	anchors  []entity.ID
	owner    map[entity.ID]entity.ID
	strength map[entity.ID]uint8
	links    []Link
}

// mostAround bounds how many anchors are looked at; no real component comes near.
const mostAround = 10_000

// around collects what identifiers and links tie to a pair, step by step.
func around(ctx context.Context, store Store, rule *Rule, p Pair) (*surroundings, error) {
	s := &surroundings{library: rule.Library, owner: map[entity.ID]entity.ID{}, strength: map[entity.ID]uint8{}}
	seen, known, placed := map[string]bool{}, map[string]bool{}, map[entity.ID]bool{}
	for list := []string{p.A.String(), p.B.String()}; len(list) > 0 && len(s.anchors) < mostAround; {
		var next []string
		add := func(a string) {
			if !seen[a] {
				seen[a] = true
				next = append(next, a)
			}
		}
		for _, a := range list {
			seen[a] = true
		}
		if err := s.forest(ctx, store, rule, list); err != nil {
			return nil, err
		}
		for _, a := range list {
			id := anchorOf(a)
			s.anchors = append(s.anchors, id)
			add(s.owner[id].String())
			if placed[id] {
				continue
			}
			to, anchors, err := entityOf(ctx, store, rule, id)
			if err != nil {
				return nil, err
			}
			for _, other := range append(anchors, to) {
				add(other)
				placed[anchorOf(other)] = true
			}
		}
		links, err := LinksOf(ctx, store, rule.Library, list)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			add(l.A)
			add(l.B)
			if !known[l.ID] {
				known[l.ID] = true
				s.links = append(s.links, l)
			}
		}
		list = next
	}
	slices.SortFunc(s.anchors, func(a, b entity.ID) int { return slices.Compare(a[:], b[:]) })
	return s, nil
}

// forest reads which anchor each of some belongs to by identifiers.
func (s *surroundings) forest(ctx context.Context, store Store, rule *Rule, anchors []string) error {
	data := &work{Library: rule.Library, Rule: rule, At: anchors}
	return store.Query(ctx, "query/review_forest", data, func(scan func(...any) error) error {
		var anchor, owner entity.ID
		var strength uint8
		err := scan(&anchor, &owner, &strength)
		s.owner[anchor], s.strength[anchor] = owner, strength
		return err
	})
}

// root is the end of the chain of owners; there are no more steps than schemes.
func (s *surroundings) root(a entity.ID) entity.ID {
	for range 8 {
		to, ok := s.owner[a]
		if !ok || to == a {
			break
		}
		a = to
	}
	return a
}

func (s *surroundings) edge(a, b entity.ID, same bool, weight float64, steward bool) Edge {
	e := Edge{A: a, B: b, RootA: s.root(a), RootB: s.root(b), Same: same, Weight: weight, Steward: steward}
	e.StrengthA, e.StrengthB = s.strength[e.RootA], s.strength[e.RootB]
	return e
}

// edges are the links but those that are left out.
func (s *surroundings) edges(without func(Link) bool) []Edge {
	var edges []Edge
	for _, l := range s.links {
		if without == nil || !without(l) {
			edges = append(edges, s.edge(anchorOf(l.A), anchorOf(l.B), l.Judgement == string(Same), l.Score, l.Steward))
		}
	}
	return edges
}

// of reports whether a link is between the ends of a pair.
func (s *surroundings) of(p Pair, l Link) bool {
	return PairID(ByMatch, s.library, anchorOf(l.A), anchorOf(l.B)) == PairID(ByMatch, s.library, p.A, p.B)
}

// entityOf is the entity that an anchor belongs to, and all of its anchors.
func entityOf(ctx context.Context, store Store, rule *Rule, a entity.ID) (string, []string, error) {
	to, anchors := a.String(), []string(nil)
	for range 2 {
		data := map[string]any{"Library": rule.Library, "Anchor": to}
		err := store.Query(ctx, "cycle/locate", data, func(scan func(...any) error) error {
			var id entity.ID
			var live uint8
			var all []entity.ID
			err := scan(&id, &live, &all)
			to = id.String()
			anchors = nil
			for _, x := range all {
				anchors = append(anchors, x.String())
			}
			return err
		})
		if err != nil {
			return "", nil, err
		}
	}
	if len(anchors) == 0 {
		anchors = []string{to}
	}
	slices.Sort(anchors)
	return to, anchors, nil
}
