package match

import (
	"fmt"
	"math"
)

// none ends a chain.
const none = ^uint32(0)

// Index holds records in memory, finds for one which others could be of the same one, and says how sure that is.
// It belongs to one goroutine.
type Index struct {
	*table
	model  *Model
	keys   []Key
	hashes hashTable
	blocks []block
	slot   []uint32 // of record and key: its block, none when it has no such key
	next   []uint32 // of record and key: the record before it in the block
	seen   []uint32 // of record: the probe that met it last
	probe  uint32
	dead   []bool // of record: taken out again; its place in the chains stays
	apart  []int  // fields that keep records apart
	prior  float64
	near   float64 // the same against those who belong together
	review float64 // score under which a pair is dropped
	link   float64
	best   [most + 1]float64
	part   [most]float64 // of field: the most that two values which are not equal can tell for one and the same, at least 0
}

// block is the records that share one key.
type block struct {
	head  uint32
	count uint32
}

// newIndex returns an empty index over a table that uses the model's fields.
func newIndex(t *table, m *Model) (*Index, error) {
	keys, err := m.keys()
	if err != nil {
		return nil, err
	}
	if len(t.columns) != len(m.Fields) {
		return nil, fmt.Errorf("the model compares %d fields, the records have %d", len(m.Fields), len(t.columns))
	}
	x := &Index{table: t, model: m, keys: keys, prior: scoreOf(m.Prior), near: math.Inf(1), review: scoreOf(m.Review), link: scoreOf(m.Threshold)}
	if m.Together > 0 {
		x.near = math.Log2(m.Prior / m.Together)
	}
	for f, c := range t.columns {
		for i := range c.values {
			c.values[i].exact = float32(m.Fields[f].exact(c.values[i].text))
		}
	}
	for f := range m.Fields {
		if m.Fields[f].Apart {
			x.apart = append(x.apart, f)
		}
		for _, l := range m.Fields[f].Levels[1:] {
			x.part[f] = max(x.part[f], l.Weight)
		}
	}
	for i := range t.names {
		x.insert(i)
	}
	return x, nil
}

// insert puts record i into its blocks.
func (x *Index) insert(i int) {
	row := x.row(i)
	for _, k := range x.keys {
		h := k.hash(x.table, row)
		if h == 0 {
			x.slot, x.next = append(x.slot, none), append(x.next, none)
			continue
		}
		b, known := x.hashes.put(h, uint32(len(x.blocks)))
		if !known {
			x.blocks = append(x.blocks, block{head: none})
		}
		x.slot, x.next = append(x.slot, b), append(x.next, x.blocks[b].head)
		x.blocks[b].head = uint32(i)
		x.blocks[b].count++
	}
	x.seen, x.dead = append(x.seen, 0), append(x.dead, false)
}

// Edge is a pair of records that may be of the same one.
type Edge struct {
	A, B  uint32 // A < B
	Score float64
}

// begin starts a probe.
func (x *Index) begin() {
	if x.probe++; x.probe == 0 { // after four thousand million of them
		clear(x.seen)
		x.probe = 1
	}
}

// earlier calls each for every record before i that shares a block with it, once.
func (x *Index) earlier(i int, each func(j uint32)) {
	x.begin()
	k := len(x.keys)
	for n := range x.keys {
		b := x.slot[i*k+n]
		if b == none || int(x.blocks[b].count) > x.model.Cap {
			continue
		}
		for j := x.next[i*k+n]; j != none; j = x.next[int(j)*k+n] {
			if !x.dead[j] && x.seen[j] != x.probe {
				x.seen[j] = x.probe
				each(j)
			}
		}
	}
}

// others is earlier for the records before and after i.
func (x *Index) others(i int, each func(j uint32)) {
	x.begin()
	k := len(x.keys)
	for n := range x.keys {
		b := x.slot[i*k+n]
		if b == none || int(x.blocks[b].count) > x.model.Cap {
			continue
		}
		for j := x.blocks[b].head; j != none; j = x.next[int(j)*k+n] {
			if j != uint32(i) && !x.dead[j] && x.seen[j] != x.probe {
				x.seen[j] = x.probe
				each(j)
			}
		}
	}
}

// prepare sums what the fields of a record could still tell at most, last to first. A common value can tell less than one that is
// nearly the same and rare: the most counts, or it would matter from which end a pair is looked at.
func (x *Index) prepare(row []uint32) {
	sum := 0.0
	for f := len(row) - 1; f >= 0; f-- {
		x.best[f+1] = sum
		if id := row[f]; id != 0 {
			sum += max(x.part[f], float64(x.columns[f].values[id].exact))
		}
	}
	x.best[0] = sum
}

// score compares two records: the bits that speak for one and the same, against strangers or against two who belong together,
// whichever is less. It gives up as soon as the pair cannot reach the review threshold any more, and then returns a number below
// it. prepare has been called for a.
func (x *Index) score(a, b []uint32) float64 {
	sum, near := x.prior, x.near
	for f, id := range a {
		other := b[f]
		if id == 0 || other == 0 {
			continue
		}
		c := x.columns[f]
		if id == other {
			sum += float64(c.values[id].exact)
			near += x.model.Fields[f].Levels[0].Apart
			continue
		}
		l := &x.model.Fields[f].Levels[compare(c.Kind, &c.values[id], &c.values[other])]
		sum += l.Weight
		near += l.Apart
		if sum+x.best[f+1] < x.review-slack {
			return sum + x.best[f+1]
		}
	}
	return min(sum, near)
}

// slack keeps rounding from deciding which pairs are given up early.
const slack = 1e-6

// comparable reports whether two records may be of the same one at all: not when they hold different valid identifiers, or are of
// one source while only records of different sources are wanted.
func (x *Index) comparable(i, j int, a, b []uint32) bool {
	if x.model.Across && x.source[i] == x.source[j] {
		return false
	}
	for _, f := range x.apart {
		if x.differ(f, a, b) {
			return false
		}
	}
	return true
}

// differ reports whether two records hold different valid values of a field.
func (x *Index) differ(f int, a, b []uint32) bool {
	return a[f] != b[f] && a[f] != 0 && b[f] != 0 && x.columns[f].values[a[f]].alt != "" && x.columns[f].values[b[f]].alt != ""
}

// Edges compares all records with all that share a key with them.
func (x *Index) Edges() []Edge {
	var edges []Edge
	for i := range x.names {
		if x.dead[i] {
			continue
		}
		row := x.row(i)
		x.prepare(row)
		x.earlier(i, func(j uint32) {
			other := x.row(int(j))
			if !x.comparable(i, int(j), row, other) {
				return
			}
			if s := x.score(row, other); s >= x.review {
				edges = append(edges, Edge{j, uint32(i), s})
			}
		})
	}
	return edges
}

// hashTable maps hashes (never 0) to numbers: open addressing, doubling at three quarters.
type hashTable struct {
	hash []uint64
	to   []uint32
	used int
}

// put returns the number of a hash, which becomes to when it has none yet.
func (t *hashTable) put(h uint64, to uint32) (uint32, bool) {
	if t.used*4 >= len(t.hash)*3 {
		t.grow()
	}
	mask := uint64(len(t.hash) - 1)
	for i := h >> 7 & mask; ; i = (i + 1) & mask {
		switch t.hash[i] {
		case h:
			return t.to[i], true
		case 0:
			t.hash[i], t.to[i] = h, to
			t.used++
			return to, false
		}
	}
}

func (t *hashTable) grow() {
	old := *t
	size := max(1024, 2*len(old.hash))
	t.hash, t.to = make([]uint64, size), make([]uint32, size)
	mask := uint64(size - 1)
	for j, h := range old.hash {
		if h == 0 {
			continue
		}
		i := h >> 7 & mask
		for t.hash[i] != 0 {
			i = (i + 1) & mask
		}
		t.hash[i], t.to[i] = h, old.to[j]
	}
}

// Name is the name of record i.
func (x *Index) Name(i int) string { return x.names[i] }

// Len is how many numbers were given to records.
func (x *Index) Len() int { return x.len() }
