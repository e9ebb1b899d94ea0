package match

import (
	"cmp"
	"slices"
)

// Clusters gives every record the number of its cluster: the least record in it. It is a pure function of the records' names and
// values and of the set of edges: edges are taken by score, then by the names of their ends, and an edge that would bring together
// records that cannot be the same is left out, so no order of arrival shows.
func (x *Index) Clusters(edges []Edge) []uint32 {
	all := make([]uint32, x.len())
	for i := range all {
		all[i] = uint32(i)
	}
	return clusters(x.names, x.held(all), edges, x.link)
}

// held are the valid identifiers of records by field that keeps records apart, as hashes; 0: none.
func (t *table) held(records []uint32) [][]uint64 {
	var all [][]uint64
	for n, c := range t.columns {
		if !c.Apart {
			continue
		}
		held := make([]uint64, len(records))
		for i, r := range records {
			if v := &c.values[t.row(int(r))[n]]; v.alt() != "" {
				held[i] = v.facet[0]
			}
		}
		all = append(all, held)
	}
	return all
}

func clusters(names []string, held [][]uint64, edges []Edge, link float64) []uint32 {
	f, loose := newForest(len(names), held), newForest(len(names), nil)
	for _, e := range edges {
		if e.Score >= link {
			loose.join(e.A, e.B)
		}
	}
	// What hangs together without different identifiers is one whatever the order; the others are few.
	contested := loose.contested(f.held)
	var order []Edge
	for _, e := range edges {
		if e.Score < link {
			continue
		}
		if contested[loose.find(e.A)] {
			order = append(order, e)
		} else {
			f.join(e.A, e.B)
		}
	}
	canonical(names, order)
	for _, e := range order {
		f.join(e.A, e.B)
	}
	out, least := make([]uint32, len(names)), make([]uint32, len(names))
	for i := range least {
		least[i] = none
	}
	for i := range out {
		r := f.find(uint32(i))
		if least[r] == none {
			least[r] = uint32(i)
		}
		out[i] = least[r]
	}
	return out
}

// canonical sorts edges by score, the best first, then by the names of their ends.
func canonical(names []string, edges []Edge) {
	slices.SortFunc(edges, func(a, b Edge) int {
		if c := cmp.Compare(b.Score, a.Score); c != 0 {
			return c
		}
		al, ah := ends(names, a)
		bl, bh := ends(names, b)
		return cmp.Or(cmp.Compare(al, bl), cmp.Compare(ah, bh))
	})
}

// ends are the names of an edge's records, the smaller first.
func ends(names []string, e Edge) (string, string) {
	a, b := names[e.A], names[e.B]
	if a > b {
		return b, a
	}
	return a, b
}

// forest is a union-find whose trees know the identifiers that keep them apart from others.
type forest struct {
	parent []uint32
	size   []uint32
	held   [][]uint64 // by field that keeps apart and root: the valid identifier in the tree, 0 none
}

// newForest puts each of so many records into a tree of its own. held is the forest's from now on.
func newForest(records int, held [][]uint64) *forest {
	f := &forest{parent: make([]uint32, records), size: make([]uint32, records), held: held}
	for i := range f.parent {
		f.parent[i], f.size[i] = uint32(i), 1
	}
	return f
}

// contested says of each root whether its tree holds two different identifiers of a field.
func (f *forest) contested(held [][]uint64) []bool {
	out, first := make([]bool, len(f.parent)), make([]uint64, len(f.parent))
	for _, of := range held {
		clear(first)
		for i, id := range of {
			if id == 0 {
				continue
			}
			r := f.find(uint32(i))
			out[r] = out[r] || first[r] != 0 && first[r] != id
			first[r] = id
		}
	}
	return out
}

func (f *forest) find(i uint32) uint32 {
	for f.parent[i] != i {
		f.parent[i] = f.parent[f.parent[i]]
		i = f.parent[i]
	}
	return i
}

// join unites the trees of two records unless they hold different identifiers, and reports whether they are one now.
func (f *forest) join(a, b uint32) bool {
	a, b = f.find(a), f.find(b)
	if a == b {
		return true
	}
	for _, held := range f.held {
		if held[a] != 0 && held[b] != 0 && held[a] != held[b] {
			return false
		}
	}
	if f.size[a] < f.size[b] {
		a, b = b, a
	}
	f.parent[b] = a
	f.size[a] += f.size[b]
	for _, held := range f.held {
		if held[a] == 0 {
			held[a] = held[b]
		}
	}
	return true
}
