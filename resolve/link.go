package resolve

import (
	"bytes"
	"cmp"
	"slices"

	"wuku/entity"
)

// Edge says that two anchors are, or are not, the same: by match (with its weight) or by a steward, who wins. RootA and RootB are
// the entities that the ends belong to by identifiers alone, StrengthA and StrengthB the places of their identifiers in the
// library's list: 1 is the strongest, which is nobody else's; 0 is unknown.
type Edge struct {
	A, B                 entity.ID
	RootA, RootB         entity.ID
	Same                 bool
	Weight               float64
	Steward              bool
	StrengthA, StrengthB uint8
}

func compareText(a, b string) int { return cmp.Compare(a, b) }

// Cluster works out which roots the edges join: root -> the entity it belongs to, for every root of a joined cluster (the
// representative maps to itself). It is a pure function of the set of edges: they are taken in canonical order (stewards first,
// then by weight, then by ids) and an edge that would bring together two roots that cannot be the same is left out (Kruskal with
// cannot-link), so the order of arrival never shows. Two roots cannot be the same when a steward says so, and, unless a steward says
// the contrary, when each has a valid identifier of the strongest kind. The entity is the root of the strongest identifier.
func Cluster(edges []Edge) map[entity.ID]entity.ID {
	c := clusters{parent: map[entity.ID]entity.ID{}, apart: map[entity.ID][]entity.ID{}, strength: map[entity.ID]uint8{}}
	for _, e := range edges {
		c.strength[e.RootA], c.strength[e.RootB] = e.StrengthA, e.StrengthB
		if !e.Same {
			c.apart[e.RootA] = append(c.apart[e.RootA], e.RootB)
			c.apart[e.RootB] = append(c.apart[e.RootB], e.RootA)
		}
	}
	order := slices.Clone(edges)
	slices.SortFunc(order, canonical)
	for _, e := range order {
		if e.Same {
			c.join(c.find(e.RootA), c.find(e.RootB), e.Steward)
		}
	}
	joined := map[entity.ID]entity.ID{}
	for root := range c.parent {
		if to := c.find(root); to != root {
			joined[root], joined[to] = to, to
		}
	}
	return joined
}

func canonical(a, b Edge) int {
	if a.Steward != b.Steward {
		if a.Steward {
			return -1
		}
		return 1
	}
	low, high := ends(a)
	l, h := ends(b)
	return cmp.Or(cmp.Compare(b.Weight, a.Weight), bytes.Compare(low[:], l[:]), bytes.Compare(high[:], h[:]))
}

func ends(e Edge) (entity.ID, entity.ID) {
	if bytes.Compare(e.A[:], e.B[:]) > 0 {
		return e.B, e.A
	}
	return e.A, e.B
}

// clusters is a union-find whose sets remember what they must stay apart from. A representative is the strongest root of its set.
type clusters struct {
	parent   map[entity.ID]entity.ID
	apart    map[entity.ID][]entity.ID // by representative
	strength map[entity.ID]uint8       // of roots
}

func (c *clusters) find(id entity.ID) entity.ID {
	for {
		p, ok := c.parent[id]
		if !ok || p == id {
			return id
		}
		id = p
	}
}

// join unites two sets under the stronger representative, then the smaller id, unless they cannot be the same.
func (c *clusters) join(a, b entity.ID, steward bool) {
	if a == b || !steward && c.strength[a] == 1 && c.strength[b] == 1 {
		return
	}
	for _, other := range c.apart[a] {
		if c.find(other) == b {
			return
		}
	}
	if c.weaker(a, b) {
		a, b = b, a
	}
	c.parent[b] = a
	if _, ok := c.parent[a]; !ok {
		c.parent[a] = a
	}
	c.apart[a] = append(c.apart[a], c.apart[b]...)
	delete(c.apart, b)
}

// weaker reports whether a set would rather be named after b than after a; 0, unknown, is the weakest.
func (c *clusters) weaker(a, b entity.ID) bool {
	return cmp.Or(cmp.Compare(c.strength[a]-1, c.strength[b]-1), bytes.Compare(a[:], b[:])) > 0
}
