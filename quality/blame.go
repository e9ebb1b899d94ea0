package quality

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
	"wuku/entity"
)

// Correction is one correction at one source, with the contradictions that it removes (归责). It proposes and proves nothing more than who
// agrees with whom: the paper decides.
type Correction struct {
	Department string   `json:"department"`
	Feed       string   `json:"feed"`             // whose record is to be corrected
	Record     string   `json:"record,omitempty"` // its key; empty: the record of Feed at Entity, as `wuku explain` names it
	Library    string   `json:"library"`
	Entity     string   `json:"entity,omitempty"`
	Element    string   `json:"element,omitempty"`
	Removes    int      `json:"removes"`  // open findings that close with it
	Evidence   []string `json:"evidence"` // feed and record of those that agree against it, or that hang on it
}

// contradiction is what contradicts one value, or hangs on one record.
type contradiction struct {
	library, element, other string
	entity                  entity.ID
	feeds, keys, elements   []string
	hashes                  []uint64
	winner                  string
}

// Blame finds the fewest corrections at the sources that remove the open contradictions, over all libraries, those first that remove most. A
// contradiction ends when the record that it stands at is corrected, or what it contradicts. That is proposed only where several say so:
// the value with more authority where two or more departments hold one and the same other value (the one that most hold), a record
// of another library where several hang on it. Within these offers no smaller set exists: see cover.
func Blame(ctx context.Context, store Store, c *catalog.Catalog) ([]Correction, error) {
	g := &blaming{catalog: c, lefts: map[key]int{}}
	outside := c.Outside()
	for i := range c.Libraries {
		l := &c.Libraries[i]
		var elements []string
		for k := range l.Elements {
			if isContested(&l.Elements[k], outside) {
				elements = append(elements, l.Elements[k].Name)
			}
		}
		if len(elements) == 0 {
			continue
		}
		err := store.Query(ctx, "quality/blame", map[string]any{"Library": l.Name, "Elements": elements}, func(scan func(...any) error) error {
			x := contradiction{library: l.Name}
			err := scan(&x.entity, &x.element, &x.other, &x.feeds, &x.keys, &x.hashes, &x.winner, &x.elements)
			g.add(&x)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("blame: library %s: %w", l.Name, err)
		}
	}
	out := g.fewest()
	slices.SortStableFunc(out, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(b.Removes, a.Removes), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Feed, b.Feed), cmp.Compare(a.Library+a.Entity+a.Element+a.Record, b.Library+b.Entity+b.Element+b.Record))
	})
	return out, nil
}

// blaming is the graph of what can be corrected: on the left the elements of records at which contradictions stand, on the right what they
// contradict. An edge is a contradiction.
type blaming struct {
	catalog *catalog.Catalog
	lefts   map[key]int
	left    []Correction
	right   []Correction
	edges   [][]int
	against [][]string // by edge: what the left one contradicts, for the evidence
}

// key names an element of a record.
type key struct{ library, feed, record, element string }

// edge adds a contradiction of the element of a record with a right vertex.
func (g *blaming) edge(c Correction, right int, against string) {
	k := key{c.Library, c.Feed, c.Record, c.Element}
	l, there := g.lefts[k]
	if !there {
		l = len(g.left)
		g.lefts[k] = l
		g.left, g.edges, g.against = append(g.left, c), append(g.edges, nil), append(g.against, nil)
	}
	g.edges[l], g.against[l] = append(g.edges[l], right), append(g.against[l], against)
}

// offer adds a right vertex. One without a department cannot be chosen: it has one edge, whose left end is as good.
func (g *blaming) offer(c Correction) int {
	g.right = append(g.right, c)
	return len(g.right) - 1
}

// add adds what contradicts one value, or hangs on one record.
func (g *blaming) add(x *contradiction) {
	if x.other != "" {
		g.hanging(x)
		return
	}
	agreeing := map[uint64][]int{}
	best := uint64(0)
	for i, h := range x.hashes {
		agreeing[h] = append(agreeing[h], i)
		if n, m := len(agreeing[h]), len(agreeing[best]); n > m || n == m && h < best {
			best = h
		}
	}
	winner := -1
	if x.independent(agreeing[best], g.catalog) > 1 {
		winner = g.offer(Correction{Department: Mender(g.catalog, x.winner), Feed: x.winner, Library: x.library, Entity: x.entity.String(), Element: x.element})
	}
	for i, h := range x.hashes {
		right := winner
		if h != best || winner < 0 {
			right = g.offer(Correction{})
		}
		g.edge(Correction{Department: Mender(g.catalog, x.feeds[i]), Feed: x.feeds[i], Record: x.keys[i], Library: x.library, Entity: x.entity.String(), Element: x.element}, right, x.winner)
	}
}

// hanging adds findings that name one record of another library.
func (g *blaming) hanging(x *contradiction) {
	library, id, _ := strings.Cut(x.other, " ")
	other := -1
	if len(x.feeds) > 1 {
		w := Correction{Library: library, Entity: id}
		if l := g.catalog.Library(library); l != nil && len(l.Elements) > 0 {
			w.Department = Authority(g.catalog, l, &l.Elements[0])
		}
		other = g.offer(w)
	}
	for i := range x.feeds {
		right := other
		if right < 0 {
			right = g.offer(Correction{})
		}
		g.edge(Correction{Department: Mender(g.catalog, x.feeds[i]), Feed: x.feeds[i], Record: x.keys[i], Library: x.library, Element: x.elements[i]}, right, x.other)
	}
}

// fewest are the chosen corrections, each with the contradictions that it removes.
func (g *blaming) fewest() []Correction {
	_, right, _ := cover(g.edges, len(g.right))
	var out []Correction
	for l := range g.edges {
		c := g.left[l]
		for k, r := range g.edges[l] {
			if right[r] {
				g.right[r].Removes++
				g.right[r].Evidence = append(g.right[r].Evidence, c.Feed+" "+c.Record)
				continue
			}
			c.Removes++
			c.Evidence = append(c.Evidence, g.against[l][k])
		}
		if c.Removes > 0 {
			slices.Sort(c.Evidence)
			out = append(out, c)
		}
	}
	for r, c := range g.right {
		if right[r] && c.Removes > 0 {
			slices.Sort(c.Evidence)
			out = append(out, c)
		}
	}
	return out
}

// independent is how many departments hold the value of some records.
func (x *contradiction) independent(records []int, c *catalog.Catalog) int {
	departments := map[string]bool{}
	for _, i := range records {
		departments[Mender(c, x.feeds[i])] = true
	}
	return len(departments)
}
