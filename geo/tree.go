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

// Nearest finds the k points nearest to a place, by the geodesic; equals by id. It goes down to the nearest node first, measures roughly,
// and exactly only what may be among the k.
func (t *Tree) Nearest(at orb.Point, k int) []Near {
	if len(t.ids) == 0 || k < 1 {
		return nil
	}
	s := search{at: at, k: k, metres: MetresPerDegree(at[1])}
	for s.push(open{0, len(t.levels), 0}); len(s.queue) > 0; {
		o := s.pop()
		if o.least > s.limit() {
			break
		}
		below := len(t.ids)
		if o.level > 1 {
			below = len(t.levels[o.level-2])
		}
		for i := o.at * fan; i < min((o.at+1)*fan, below); i++ {
			if o.level == 1 {
				s.point(int(t.ids[i]), i, t.boxes[i].Min)
			} else if least := leastMetres(at, t.levels[o.level-2][i].box); least <= s.limit() {
				s.push(open{least, o.level - 1, i})
			}
		}
	}
	limit, out := s.limit(), []Near(nil)
	for _, c := range s.may {
		if c.rough <= limit {
			out = append(out, Near{c.id, Distance(at, t.boxes[c.item].Min)})
		}
	}
	slices.SortFunc(out, func(a, b Near) int { return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.ID, b.ID)) })
	return out[:min(k, len(out))]
}

// open is a node that was not looked into yet.
type open struct {
	least     float64 // metres
	level, at int
}

// search is a running Nearest.
type search struct {
	at     orb.Point
	k      int
	metres orb.Point // of a degree
	queue  []open    // a heap, the nearest first
	best   []float64 // the k least rough distances so far
	may    []candidate
}

// candidate is a point that may be among the nearest.
type candidate struct {
	id, item int
	rough    float64
}

// limit is how far, measured roughly, the k-th nearest can be.
func (s *search) limit() float64 {
	if len(s.best) < s.k {
		return math.Inf(1)
	}
	return s.best[s.k-1]*1.0001 + 0.1
}

// point measures a point: within half a degree on a plane, to better than 5e-5, and beyond exactly.
func (s *search) point(id, item int, p orb.Point) {
	dx, dy := p[0]-s.at[0], p[1]-s.at[1]
	limit := s.limit()
	if math.Abs(dy)*110_000 > limit {
		return
	}
	var rough float64
	if math.Abs(dx) < 0.5 && math.Abs(dy) < 0.5 && math.Abs(s.at[1]) < 60 {
		if x, y := dx*s.metres[0], dy*s.metres[1]; x*x+y*y > 1.1*limit*limit {
			return // a degree is within 2 % as long half a degree to the north or south
		}
		m := MetresPerDegree(s.at[1] + dy/2)
		rough = math.Hypot(dx*m[0], dy*m[1])
	} else {
		rough = Distance(s.at, p)
	}
	if rough > limit {
		return
	}
	s.may = append(s.may, candidate{id, item, rough})
	i, _ := slices.BinarySearch(s.best, rough)
	if s.best = slices.Insert(s.best, i, rough); len(s.best) > s.k {
		s.best = s.best[:s.k]
	}
}

func (s *search) push(o open) {
	s.queue = append(s.queue, o)
	for i := len(s.queue) - 1; i > 0 && s.queue[i].least < s.queue[(i-1)/2].least; i = (i - 1) / 2 {
		s.queue[i], s.queue[(i-1)/2] = s.queue[(i-1)/2], s.queue[i]
	}
}

func (s *search) pop() open {
	top, last := s.queue[0], len(s.queue)-1
	s.queue[0] = s.queue[last]
	s.queue = s.queue[:last]
	for i := 0; ; {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if s.queue[c].least < s.queue[least].least {
				least = c
			}
		}
		if least == i {
			return top
		}
		s.queue[i], s.queue[least] = s.queue[least], s.queue[i]
		i = least
	}
}

// leastMetres is no more than the distance from a point to anything in a box, on either way around the globe. What is beyond five degrees
// of longitude is no nearer than if it were at five, which is as far as a plane serves.
func leastMetres(p orb.Point, b orb.Bound) float64 {
	dx, dy := max(b.Min[0]-p[0], p[0]-b.Max[0], 0), max(b.Min[1]-p[1], p[1]-b.Max[1], 0)
	if dx > 5 {
		dx = min(dx, 360-max(b.Max[0]-p[0], p[0]-b.Min[0]), 5)
	}
	y := dy * 110_570
	x := max(dx, 0) * 111_320 * math.Cos(min(max(math.Abs(b.Min[1]), math.Abs(b.Max[1]), math.Abs(p[1])), 90)*math.Pi/180)
	return math.Sqrt(x*x+y*y) * 0.998
}
