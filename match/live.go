package match

import (
	"slices"
	"strings"
)

// Half is an edge seen from one of its ends.
type Half struct {
	To    uint32
	Score float64
}

// Live is an index that records come to and leave, one at a time. Its edges are at any time exactly those that Index.Edges would
// find among the records that are in it, whatever happened before: also where a key has become too common since, or no longer is.
type Live struct {
	*Index
	edges  [][]Half
	byName map[string]uint32
	fresh  []uint32 // values of the record that Put is looking at
}

// NewLive returns an index over the model's fields, empty.
func NewLive(m *Model) (*Live, error) {
	x, err := newIndex(newTable(m.Columns()), m)
	if err != nil {
		return nil, err
	}
	return &Live{Index: x, byName: map[string]uint32{}}, nil
}

// Live makes an index that records can come to and leave out of a batch.
func (x *Index) Live() *Live { return x.LiveWith(x.Edges()) }

// LiveWith is Live for edges that Edges has found already.
func (x *Index) LiveWith(edges []Edge) *Live {
	l := &Live{Index: x, edges: make([][]Half, x.len()), byName: make(map[string]uint32, x.len())}
	for i, n := range x.names {
		l.byName[n] = uint32(i)
	}
	for _, e := range edges {
		l.edges[e.A] = append(l.edges[e.A], Half{e.B, e.Score})
		l.edges[e.B] = append(l.edges[e.B], Half{e.A, e.Score})
	}
	return l
}

// Find returns the number of a record by its name.
func (l *Live) Find(name string) (uint32, bool) {
	i, ok := l.byName[name]
	return i, ok
}

// Halves are the edges of a record. The slice is the index's own: it may be read until the next change.
func (l *Live) Halves(i uint32) []Half { return l.edges[i] }

// Put takes a record in, in place of one of the same name, and returns its number. changed is called with every record whose
// edges are not what they were, the new one included. A record that says what it said before keeps its number, and nobody is told.
func (l *Live) Put(name, source string, values []string, changed func(i uint32)) uint32 {
	if i, ok := l.byName[name]; ok && l.unchanged(i, source, values) {
		return i
	}
	l.Remove(name, changed)
	i := l.len()
	l.add(name, source, values)
	for f, c := range l.columns {
		if id := l.row(i)[f]; id != 0 && c.values[id].exact == 0 {
			c.values[id].exact = float32(l.model.Fields[f].exact(c.values[id].text()))
		}
	}
	l.insert(i)
	l.edges = append(l.edges, nil)
	l.byName[l.names[i]] = uint32(i)
	l.crossed(i, l.model.Cap+1, func(b uint32, n int) { l.retire(b, n, changed) })
	a := l.row(i)
	l.others(i, func(j uint32) { l.tie(uint32(i), j, a, changed) })
	changed(uint32(i))
	return uint32(i)
}

// unchanged reports whether record i is of the source and has the values already.
func (l *Live) unchanged(i uint32, source string, values []string) bool {
	if id, ok := l.sources[source]; !ok || id != l.source[i] {
		return false
	}
	l.fresh = l.fresh[:0]
	for f, c := range l.columns {
		l.fresh = append(l.fresh, c.find(l.parser, values[f]))
	}
	return slices.Equal(l.fresh, l.row(int(i)))
}

// fewWorn is how many numbers without a record are always kept.
const fewWorn = 1_000

// Worn reports whether more numbers are of records that have gone or changed than of records that are there. They are never used
// again and cost memory and time: the index is better built anew.
func (l *Live) Worn() bool { return l.len()-len(l.byName) > max(len(l.byName), fewWorn) }

// tie compares i with j and notes the edge.
func (l *Live) tie(i, j uint32, a []uint32, changed func(uint32)) {
	b := l.row(int(j))
	if s := l.score(a, b); s >= l.review && l.comparable(int(i), int(j), a, b) {
		l.edges[i] = append(l.edges[i], Half{j, s})
		l.edges[j] = append(l.edges[j], Half{i, s})
		changed(j)
	}
}

// Remove takes a record out and reports whether it was there.
func (l *Live) Remove(name string, changed func(i uint32)) bool {
	i, ok := l.byName[name]
	if !ok {
		return false
	}
	delete(l.byName, name)
	l.seen[i] = gone
	for _, h := range l.edges[i] {
		l.drop(h.To, i)
		changed(h.To)
	}
	l.edges[i] = nil
	changed(i)
	k := len(l.keys)
	for n := range l.keys {
		if b := l.chain[int(i)*k+n].block; b != none {
			l.blocks[b].count--
		}
	}
	l.crossed(int(i), l.model.Cap, func(b uint32, n int) { l.revive(b, n, changed) })
	return true
}

func (l *Live) drop(i, to uint32) {
	if n := slices.IndexFunc(l.edges[i], func(h Half) bool { return h.To == to }); n >= 0 {
		l.edges[i] = slices.Delete(l.edges[i], n, n+1)
	}
}

// crossed calls each for the blocks of record i that have just so many members now.
func (l *Live) crossed(i, count int, each func(block uint32, key int)) {
	k := len(l.keys)
	for n := range l.keys {
		if b := l.chain[i*k+n].block; b != none && int(l.blocks[b].count) == count {
			each(b, n)
		}
	}
}

// members lists the records of a block.
func (l *Live) members(b uint32, key int) []uint32 {
	var list []uint32
	for j := l.blocks[b].head; j != none; j = l.chain[int(j)*len(l.keys)+key].next {
		if l.seen[j] != gone {
			list = append(list, j)
		}
	}
	return list
}

// retire withdraws the edges that only a block had found which has become too common.
func (l *Live) retire(b uint32, key int, changed func(uint32)) {
	k := len(l.keys)
	for _, i := range l.members(b, key) {
		for _, h := range slices.Clone(l.edges[i]) {
			if h.To > i && l.chain[int(h.To)*k+key].block == b && !l.share(int(i), int(h.To)) {
				l.drop(i, h.To)
				l.drop(h.To, i)
				changed(i)
				changed(h.To)
			}
		}
	}
}

// revive finds the edges of a block that is not too common any more.
func (l *Live) revive(b uint32, key int, changed func(uint32)) {
	list := l.members(b, key)
	for n, i := range list {
		a := l.row(int(i))
		for _, j := range list[:n] {
			if !slices.ContainsFunc(l.edges[i], func(h Half) bool { return h.To == j }) {
				before := len(l.edges[i])
				if l.tie(i, j, a, changed); len(l.edges[i]) > before {
					changed(i)
				}
			}
		}
	}
}

// share reports whether two records have a key in common that is not too common.
func (l *Live) share(i, j int) bool {
	k := len(l.keys)
	for n := range l.keys {
		if b := l.chain[i*k+n].block; b != none && b == l.chain[j*k+n].block && int(l.blocks[b].count) <= l.model.Cap {
			return true
		}
	}
	return false
}

// All lists every edge of the records that are in.
func (l *Live) All() []Edge {
	var all []Edge
	for i, halves := range l.edges {
		for _, h := range halves {
			if uint32(i) < h.To {
				all = append(all, Edge{uint32(i), h.To, h.Score})
			}
		}
	}
	return all
}

// Cluster returns the records of the cluster of i, itself included, in order of their names: only the records that edges tie to it
// are looked at.
func (l *Live) Cluster(i uint32) []uint32 {
	component := []uint32{i}
	place := map[uint32]uint32{i: 0}
	var edges []Edge
	for n := 0; n < len(component); n++ {
		for _, h := range l.edges[component[n]] {
			if h.Score < l.link {
				continue
			}
			if _, ok := place[h.To]; !ok {
				place[h.To] = uint32(len(component))
				component = append(component, h.To)
			}
			if component[n] < h.To {
				edges = append(edges, Edge{component[n], h.To, h.Score})
			}
		}
	}
	canonical(l.names, edges)
	f := newForest(len(component), l.held(component))
	for _, e := range edges {
		f.join(place[e.A], place[e.B])
	}
	root := f.find(0)
	var cluster []uint32
	for n, j := range component {
		if f.find(uint32(n)) == root {
			cluster = append(cluster, j)
		}
	}
	slices.SortFunc(cluster, func(a, b uint32) int { return strings.Compare(l.names[a], l.names[b]) })
	return cluster
}

// Threshold is the probability from which two records are linked.
func (l *Live) Threshold() float64 { return l.model.Threshold }

// Identified reports whether a record holds a valid identifier that keeps it apart from others.
func (l *Live) Identified(i uint32) bool {
	for _, f := range l.apart {
		if id := l.row(int(i))[f]; id != 0 && l.columns[f].values[id].alt() != "" {
			return true
		}
	}
	return false
}

// Distinct reports whether two records hold different valid identifiers.
func (l *Live) Distinct(i, j uint32) bool {
	a, b := l.row(int(i)), l.row(int(j))
	for _, f := range l.apart {
		if l.differ(f, a, b) {
			return true
		}
	}
	return false
}
