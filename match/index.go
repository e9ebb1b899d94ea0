package match

import (
	"fmt"
	"math"
	"slices"
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
	chain  []link   // of record and key
	seen   []uint32 // of record: the probe that met it last; gone: taken out again, its place in the chains stays
	probe  uint32
	apart  []int // fields that keep records apart
	prior  float64
	near   float64 // the same against those who belong together
	review float64 // score under which a pair is dropped
	link   float64
	order  []int       // of fields, in which they are compared
	part   [most]Level // of field: the most that two values which are not equal can tell for one and the same
}

// link is a record's place in the chain of a block.
type link struct {
	block uint32 // none when it has no such key
	next  uint32 // the record before it
}

// gone is the probe that no probe has.
const gone = ^uint32(0)

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
			c.values[i].exact = float32(m.Fields[f].exact(c.values[i].text()))
		}
	}
	for f := range m.Fields {
		if m.Fields[f].Apart {
			x.apart = append(x.apart, f)
		}
		x.part[f] = m.Fields[f].Levels[1]
		for _, l := range m.Fields[f].Levels[2:] {
			x.part[f].Weight, x.part[f].Apart = max(x.part[f].Weight, l.Weight), max(x.part[f].Apart, l.Apart)
		}
	}
	x.order = cheapFirst(t.fields)
	x.chain, x.seen = make([]link, 0, t.len()*len(keys)), make([]uint32, 0, t.len())
	for i := range t.names {
		x.insert(i)
	}
	return x, nil
}

// cheapFirst lists fields in the order in which two records are best compared: short values without characters first.
func cheapFirst(fields []Field) []int {
	cost := func(f int) int {
		switch fields[f].Kind {
		case Code, Date, Phone, Identifier:
			return 0
		}
		return 1
	}
	order := make([]int, len(fields))
	for f := range order {
		order[f] = f
	}
	slices.SortStableFunc(order, func(a, b int) int { return cost(a) - cost(b) })
	return order
}

// insert puts record i into its blocks.
func (x *Index) insert(i int) {
	row := x.row(i)
	for _, k := range x.keys {
		h := k.hash(x.table, row)
		if h == 0 {
			x.chain = append(x.chain, link{none, none})
			continue
		}
		b, known := x.hashes.put(h, uint32(len(x.blocks)))
		if !known {
			x.blocks = append(x.blocks, block{head: none})
		}
		x.chain = append(x.chain, link{b, x.blocks[b].head})
		x.blocks[b].head = uint32(i)
		x.blocks[b].count++
	}
	x.seen = append(x.seen, 0)
}

// Edge is a pair of records that may be of the same one.
type Edge struct {
	A, B  uint32 // A < B
	Score float64
}

// begin starts a probe.
func (x *Index) begin() {
	if x.probe++; x.probe < gone {
		return
	}
	for i, p := range x.seen { // after four thousand million of them
		if p != gone {
			x.seen[i] = 0
		}
	}
	x.probe = 1
}

// earlier calls each for every record before i that shares a block with it, once.
func (x *Index) earlier(i int, each func(j uint32)) {
	x.begin()
	k := len(x.keys)
	for n := range x.keys {
		b := x.chain[i*k+n].block
		if b == none || int(x.blocks[b].count) > x.model.Cap {
			continue
		}
		for j := x.chain[i*k+n].next; j != none; j = x.chain[int(j)*k+n].next {
			if seen := x.seen[j]; seen != x.probe && seen != gone {
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
		b := x.chain[i*k+n].block
		if b == none || int(x.blocks[b].count) > x.model.Cap {
			continue
		}
		for j := x.blocks[b].head; j != none; j = x.chain[int(j)*k+n].next {
			if seen := x.seen[j]; j != uint32(i) && seen != x.probe && seen != gone {
				x.seen[j] = x.probe
				each(j)
			}
		}
	}
}

// score compares two records: the bits that speak for one and the same, against strangers or against two who belong together,
// whichever is less. What a pair can reach at most is known from the numbers of its values; only a pair that can still reach the
// review threshold has its values looked at, one after the other, and as soon as it cannot any more a number below it is returned.
func (x *Index) score(a, b []uint32) float64 {
	most, nearest := x.prior, x.near
	for f, id := range a {
		switch other := b[f]; {
		case id == 0 || other == 0:
		case id == other:
			most += float64(x.columns[f].values[id].exact)
			nearest += x.model.Fields[f].Levels[0].Apart
		default:
			most += x.part[f].Weight
			nearest += x.part[f].Apart
		}
	}
	sum, near := x.prior, x.near
	for _, f := range x.order {
		if min(most, nearest) < x.review-slack {
			return min(most, nearest)
		}
		id, other := a[f], b[f]
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
		most += l.Weight - x.part[f].Weight
		nearest += l.Apart - x.part[f].Apart
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
	return a[f] != b[f] && a[f] != 0 && b[f] != 0 && x.columns[f].values[a[f]].alt() != "" && x.columns[f].values[b[f]].alt() != ""
}

// Edges compares all records with all that share a key with them.
func (x *Index) Edges() []Edge {
	var edges []Edge
	for i := range x.names {
		if x.seen[i] == gone {
			continue
		}
		row := x.row(i)
		x.earlier(i, func(j uint32) {
			other := x.row(int(j))
			if s := x.score(row, other); s >= x.review && x.comparable(i, int(j), row, other) {
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
