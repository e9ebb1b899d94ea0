package serve

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/read"
)

// Then names another time or another rule than the present ones: what had happened at the source, what was known, which revision of the
// catalogue decides. 时点
type Then struct {
	AsOf     time.Time `json:"as_of,omitzero" doc:"What was so then: only what had happened at the source"`
	KnownAt  time.Time `json:"known_at,omitzero" doc:"What was known then: only messages that had arrived"`
	Revision uint32    `json:"revision,omitempty" doc:"By the rule of this revision of the catalogue; 0: of the one in force"`
}

// asked reports whether anything but the present is meant.
func (t Then) asked() bool { return t != Then{} }

// knows reports whether a claim counts then.
func (t Then) knows(c read.Claim) bool {
	return (t.KnownAt.IsZero() || !c.Received.After(t.KnownAt)) && (t.AsOf.IsZero() || !c.Event.After(t.AsOf))
}

// revision is the catalogue of a revision; 0 and the one in force are the present one.
func (s *Server) revision(ctx context.Context, number uint32) (*catalog.Catalog, error) {
	if number == 0 || number == s.cfg.Revision() {
		return s.current().catalog, nil
	}
	if s.cfg.Catalogues == nil {
		return nil, ErrNone
	}
	return cached(ctx, &s.cached, "catalog/"+strconv.Itoa(int(number)), s.cfg.Now(), pastFor, func(ctx context.Context) (*catalog.Catalog, error) {
		return s.cfg.Catalogues.Revision(ctx, number)
	})
}

// rule is how one library's elements are decided under a revision: for each element of a decision the ranks of its feeds, and the elements
// that move with it, as places in columns.
type rule struct {
	columns []string // of the claims: the decision's elements first, then those that move with them
	ranks   []map[string]int
	groups  [][]int
}

// ruleOf takes the rule for a decision's elements from a library; nil, a library that was not there, decides nothing.
func ruleOf(lib *catalog.Library, d access.Decision) *rule {
	r := &rule{columns: slices.Clone(d.Fields()), ranks: make([]map[string]int, len(d.Fields())), groups: make([][]int, len(d.Fields()))}
	for i, name := range d.Fields() {
		r.groups[i] = []int{i}
		if lib == nil || lib.Element(name) == nil {
			continue
		}
		e := lib.Element(name)
		r.ranks[i] = e.Ranks()
		if e.Group == "" {
			continue
		}
		for j := range lib.Elements {
			if mate := &lib.Elements[j]; mate.Group == e.Group && mate.Name != name {
				r.groups[i] = append(r.groups[i], r.place(mate.Name))
			}
		}
	}
	return r
}

// place is where a column is among those of the claims; it is added where there is none.
func (r *rule) place(name string) int {
	at := slices.Index(r.columns, name)
	if at < 0 {
		at = len(r.columns)
		r.columns = append(r.columns, name)
	}
	return at
}

// winner is the claim that gives the element at a place its value; nil when none has a say.
func (r *rule) winner(live map[record]*read.Claim, at int) *read.Claim {
	return winnerOf(r.ranks[at], live, r.groups[at])
}

// past reports whether another time is meant, and not only another rule.
func (t Then) past() bool { return !t.AsOf.IsZero() || !t.KnownAt.IsZero() }

// rewound gives an entity the values that it had then, where a call asks for another time or rule than the present ones. That it may be
// seen, and by which ids it is known, is decided by what it is now; one that is gone by what it was then, under the id that was asked for.
func (s *Server) rewound(ctx context.Context, t Then, a *inquiry) error {
	c, err := s.revision(ctx, t.Revision)
	if err != nil {
		return err
	}
	lib := c.Library(a.lib.Name)
	r := ruleOf(lib, a.d)
	from := s.reads.Claims
	if a.r == nil {
		from = s.reads.Former
	}
	division, area := a.d.Area()
	at := -1
	if a.r == nil && len(area) > 0 && division != "" {
		at = r.place(division)
	}
	claims, err := from(ctx, a.d, a.q.id, r.columns)
	if err != nil {
		return err
	}
	live := map[record]*read.Claim{}
	for i := range claims {
		if t.knows(claims[i]) {
			take(live, &claims[i])
		}
	}
	if a.r == nil {
		if a.r, err = formerly(a, lib, live, division, at); err != nil {
			return err
		}
	}
	for i, name := range a.d.Fields() {
		doubted := a.r.Values[name].Doubted // doubts are of the present
		a.r.Values[name] = read.Value{Doubted: doubted}
		if w := r.winner(live, i); w != nil && w.Values[i] != nil {
			a.r.Values[name] = read.Value{Doubted: doubted, Text: w.Values[i], Source: feedHash(w.Feed), TimeMS: w.Event.UnixMilli()}
		}
	}
	return nil
}

// formerly is an entity that is gone, as far as a decision lets what it was then be seen: at is the place of its division among the values,
// -1 where the decision knows no area or the library no divisions.
func formerly(a *inquiry, lib *catalog.Library, live map[record]*read.Claim, division string, at int) (*read.Record, error) {
	there := false
	for _, c := range live {
		there = there || !c.Gone
	}
	if !there {
		return nil, read.ErrNotFound
	}
	was := ""
	if at >= 0 && lib != nil && lib.Element(division) != nil {
		if w := winnerOf(lib.Element(division).Ranks(), live, []int{at}); w != nil {
			was = *w.Values[at]
		}
	}
	if !a.d.Within(was) {
		return nil, read.ErrHidden
	}
	return &read.Record{Entity: a.q.id, Values: map[string]read.Value{}}, nil
}
