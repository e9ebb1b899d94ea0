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
	f := newForest(x.table, all)
	loose := newForest(nil, all)
	for _, e := range edges {
		if e.Score >= x.link {
			loose.join(e.A, e.B)
		}
	}
	// What hangs together without different identifiers is one whatever the order; the others are few.
	contested := loose.contested(f.held)
	var order []Edge
	for _, e := range edges {
		if e.Score < x.link {
			continue
		}
		if contested[loose.find(e.A)] {
			order = append(order, e)
		} else {
			f.join(e.A, e.B)
		}
	}
	x.canonical(order)
	for _, e := range order {
		f.join(e.A, e.B)
	}
	out := make([]uint32, x.len())
	least := make([]uint32, x.len())
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
func (x *Index) canonical(edges []Edge) {
	slices.SortFunc(edges, func(a, b Edge) int {
		if c := cmp.Compare(b.Score, a.Score); c != 0 {
			return c
		}
		al, ah := x.ends(a)
		bl, bh := x.ends(b)
		return cmp.Or(cmp.Compare(al, bl), cmp.Compare(ah, bh))
	})
}

// ends are the names of an edge's records, the smaller first.
func (x *Index) ends(e Edge) (string, string) {
	a, b := x.names[e.A], x.names[e.B]
	if a > b {
		return b, a
	}
	return a, b
}

// forest is a union-find whose trees know the identifiers that keep them apart from others.
type forest struct {
	parent []uint32
	size   []uint32
	held   [][]uint32 // by field that keeps apart and root: the valid identifier in the tree, 0 none
}

// newForest puts each of the records into a tree of its own; trees are numbered by the records' places in the list. Without a table
// no identifiers keep them apart.
func newForest(t *table, records []uint32) *forest {
	f := &forest{parent: make([]uint32, len(records)), size: make([]uint32, len(records))}
	for i := range f.parent {
		f.parent[i], f.size[i] = uint32(i), 1
	}
	if t == nil {
		return f
	}
	for n, c := range t.columns {
		if !c.Apart {
			continue
		}
		held := make([]uint32, len(records))
		for i, r := range records {
			if id := t.row(int(r))[n]; id != 0 && c.values[id].alt() != "" {
				held[i] = id
			}
		}
		f.held = append(f.held, held)
	}
	return f
}

// contested says of each root whether its tree holds two different identifiers of a field.
func (f *forest) contested(held [][]uint32) []bool {
	out, first := make([]bool, len(f.parent)), make([]uint32, len(f.parent))
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
