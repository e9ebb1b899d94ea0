package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Side is where a box lies to a region.
type Side uint8

// Sides of a box.
const (
	Outside Side = iota // nothing of it is in the region
	Inside              // all of it is
	Across              // some may be
)

// Region is what a Tree is asked for: a Box, a Disc or an Outline.
type Region interface {
	// Narrow tells where a box lies. Where it lies across, the region that comes back answers for what is in the box alone, with less work.
	Narrow(b orb.Bound) (Region, Side)
	// Holds tells whether a point of the box that the region was narrowed to lies inside.
	Holds(p orb.Point) bool
}

// Tree finds points or boxes in a region. It is packed along a Hilbert curve, cannot be changed, and may be asked concurrently. Every node
// knows how many items it has and what they weigh together, so a sum over a region looks only at what lies along the region's edge.
type Tree struct {
	boxes   []orb.Bound
	ids     []uint32
	weights []float64
	levels  [][]treeNode // from the leaves up; the last has one node
	points  bool
}

type treeNode struct {
	box orb.Bound
	n   int
	sum float64
}

// fan is how many children a node has.
const fan = 16

// NewPoints builds a tree of points. Item i has weights[i], or 1 where weights is nil.
func NewPoints(points []orb.Point, weights []float64) *Tree {
	t := build(len(points), func(i int) orb.Bound { return orb.Bound{Min: points[i], Max: points[i]} }, weights)
	t.points = true
	return t
}

// NewBoxes builds a tree of boxes.
func NewBoxes(boxes []orb.Bound, weights []float64) *Tree {
	return build(len(boxes), func(i int) orb.Bound { return boxes[i] }, weights)
}

func build(n int, box func(i int) orb.Bound, weights []float64) *Tree {
	type key struct {
		at uint64
		id uint32
	}
	keys := make([]key, n)
	for i := range keys {
		keys[i] = key{hilbert(Frame(box(i).Center())), uint32(i)}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.at, b.at) })
	t := &Tree{boxes: make([]orb.Bound, n), ids: make([]uint32, n), weights: make([]float64, n)}
	for i, k := range keys {
		t.boxes[i], t.ids[i], t.weights[i] = box(int(k.id)), k.id, 1
		if weights != nil {
			t.weights[i] = weights[k.id]
		}
	}
	level := pack(n, func(i int) treeNode { return treeNode{t.boxes[i], 1, t.weights[i]} })
	for t.levels = [][]treeNode{level}; len(level) > 1; t.levels = append(t.levels, level) {
		below := level
		level = pack(len(below), func(i int) treeNode { return below[i] })
	}
	return t
}

func pack(n int, at func(i int) treeNode) []treeNode {
	out := make([]treeNode, (n+fan-1)/fan)
	for i := range n {
		c, o := at(i), &out[i/fan]
		if o.n == 0 {
			o.box = c.box
		} else {
			o.box = o.box.Union(c.box)
		}
		o.n, o.sum = o.n+c.n, o.sum+c.sum
	}
	return out
}

// hilbert is the place of a point of the frame on a Hilbert curve.
func hilbert(x, y uint32) (d uint64) {
	for s := uint32(1) << 31; s > 0; s >>= 1 {
		rx, ry := x&s != 0, y&s != 0
		d <<= 2
		switch {
		case rx && ry:
			d |= 2
		case rx:
			d |= 3
		case ry:
			d |= 1
		}
		if !ry {
			if rx {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}

// Sum counts and weighs what is in a region. Of boxes that lie across its edge, partly says whether they count and with which weight; of
// points it may be nil.
func (t *Tree) Sum(r Region, partly func(id int) (weight float64, counts bool)) (n int, sum float64) {
	t.walk(r, len(t.levels), 0, func(node treeNode, _, _ int) { n, sum = n+node.n, sum+node.sum }, func(i int) {
		if t.points {
			n, sum = n+1, sum+t.weights[i]
		} else if w, ok := partly(int(t.ids[i])); ok {
			n, sum = n+1, sum+w
		}
	})
	return n, sum
}

// Each calls f for every point in a region, or every box that may have something of it; whole tells that all of the item is inside.
func (t *Tree) Each(r Region, f func(id int, whole bool)) {
	t.walk(r, len(t.levels), 0, func(_ treeNode, level, at int) {
		span := 1
		for range level {
			span *= fan
		}
		for i := at * span; i < min((at+1)*span, len(t.ids)); i++ {
			f(int(t.ids[i]), true)
		}
	}, func(i int) { f(int(t.ids[i]), t.points) })
}

// walk goes down from one node. Level 0 are the items. whole gets what lies inside, single the items that a point test found or that lie across.
func (t *Tree) walk(r Region, level, at int, whole func(n treeNode, level, at int), single func(i int)) {
	if len(t.ids) == 0 {
		return
	}
	if level == len(t.levels) { // the root has no parent that looked at it
		level--
		narrow, side := r.Narrow(t.levels[level][0].box)
		if side == Inside {
			whole(t.levels[level][0], level+1, 0)
		}
		if side != Across {
			return
		}
		r, at = narrow, 0
		level++
	}
	below := len(t.ids)
	if level > 1 {
		below = len(t.levels[level-2])
	}
	for i := at * fan; i < min((at+1)*fan, below); i++ {
		if level == 1 {
			t.item(r, i, whole, single)
			continue
		}
		c := t.levels[level-2][i]
		narrow, side := r.Narrow(c.box)
		switch side {
		case Inside:
			whole(c, level-1, i)
		case Across:
			t.walk(narrow, level-1, i, whole, single)
		}
	}
}

func (t *Tree) item(r Region, i int, whole func(treeNode, int, int), single func(int)) {
	if t.points {
		if r.Holds(t.boxes[i].Min) {
			single(i)
		}
		return
	}
	switch _, side := r.Narrow(t.boxes[i]); side {
	case Inside:
		whole(treeNode{t.boxes[i], 1, t.weights[i]}, 0, i)
	case Across:
		single(i)
	}
}

// Near is a point and how far it is.
type Near struct {
	ID     int
	Metres float64
}

// Nearest finds the k points nearest to a place, by the geodesic; equals by id.
func (t *Tree) Nearest(at orb.Point, k int) []Near {
	if len(t.ids) == 0 || k < 1 {
		return nil
	}
	best := make([]Near, 0, k+1)
	type open struct {
		least     float64
		level, at int
	}
	queue := []open{{0, len(t.levels), 0}}
	for len(queue) > 0 {
		next := 0
		for i := range queue {
			if queue[i].least < queue[next].least {
				next = i
			}
		}
		o := queue[next]
		queue[next] = queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if len(best) == k && o.least > best[k-1].Metres {
			break
		}
		below := len(t.ids)
		if o.level > 1 {
			below = len(t.levels[o.level-2])
		}
		for i := o.at * fan; i < min((o.at+1)*fan, below); i++ {
			box := t.boxes[min(i, len(t.boxes)-1)]
			if o.level > 1 {
				box = t.levels[o.level-2][i].box
			}
			least := leastMetres(at, box)
			if len(best) == k && least > best[k-1].Metres {
				continue
			}
			if o.level > 1 {
				queue = append(queue, open{least, o.level - 1, i})
				continue
			}
			best = keep(best, Near{int(t.ids[i]), Distance(at, t.boxes[i].Min)}, k)
		}
	}
	return best
}

// keep puts one in its place among the k nearest.
func keep(best []Near, n Near, k int) []Near {
	i, _ := slices.BinarySearchFunc(best, n, func(a, b Near) int { return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.ID, b.ID)) })
	if best = slices.Insert(best, i, n); len(best) > k {
		best = best[:k]
	}
	return best
}

// leastMetres is no more than the distance from a point to anything in a box. Beyond five degrees of longitude only latitudes tell.
func leastMetres(p orb.Point, b orb.Bound) float64 {
	beyond := func(v, low, high float64) float64 { return max(low-v, v-high, 0) }
	dx, dy := beyond(p[0], b.Min[0], b.Max[0]), beyond(p[1], b.Min[1], b.Max[1])
	y := dy * 110_570
	if dx > 5 {
		return y * 0.998
	}
	x := dx * 111_320 * math.Cos(min(max(math.Abs(b.Min[1]), math.Abs(b.Max[1]), math.Abs(p[1])), 90)*math.Pi/180)
	return math.Sqrt(x*x+y*y) * 0.998
}
