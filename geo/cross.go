package geo

import (
	"math"
	"math/big"
	"slices"

	"github.com/paulmach/orb"
)

// orient is 1 when a, b, c turn left, -1 right, 0 on one line. Exact: what floating point cannot decide is computed in rationals.
func orient(a, b, c orb.Point) int {
	l, r := (b[0]-a[0])*(c[1]-a[1]), (b[1]-a[1])*(c[0]-a[0])
	det := l - r
	if math.Abs(det) > 4e-16*(math.Abs(l)+math.Abs(r)) {
		if det > 0 {
			return 1
		}
		return -1
	}
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(rat(x), rat(y)) }
	left := new(big.Rat).Mul(sub(b[0], a[0]), sub(c[1], a[1]))
	return left.Cmp(new(big.Rat).Mul(sub(b[1], a[1]), sub(c[0], a[0])))
}

// segment is one edge of a ring.
type segment struct {
	a, b             orb.Point
	ring, part, at   int
	last             int // number of edges of the ring
	left, low, right float64
	high             float64
}

func segmentsOf(rings []orb.Ring, part []int) []segment {
	var out []segment
	for i, r := range rings {
		for k := 1; k < len(r); k++ {
			a, b := r[k-1], r[k]
			out = append(out, segment{a: a, b: b, ring: i, part: part[i], at: k - 1, last: len(r) - 1,
				left: min(a[0], b[0]), right: max(a[0], b[0]), low: min(a[1], b[1]), high: max(a[1], b[1])})
		}
	}
	slices.SortFunc(out, func(x, y segment) int {
		if x.left < y.left {
			return -1
		}
		if x.left > y.left {
			return 1
		}
		return x.ring - y.ring
	})
	return out
}

// simple wants that rings do not cross, whether themselves or each other; part tells which rings belong together. Edges are swept
// from west to east, so that only those whose extents meet are compared.
func simple(rings []orb.Ring, part []int) error {
	edges := segmentsOf(rings, part)
	touches := map[touch]bool{}
	var active []int
	for i := range edges {
		e := &edges[i]
		keep := active[:0]
		for _, j := range active {
			o := &edges[j]
			if o.right < e.left {
				continue
			}
			keep = append(keep, j)
			if o.low > e.high || o.high < e.low {
				continue
			}
			if err := meet(o, e, touches); err != nil {
				return err
			}
		}
		active = append(keep, i)
	}
	return whole(len(rings), touches)
}

// touch is a ring passing through a point where another ring is.
type touch struct {
	ring int
	at   orb.Point
}

// meet judges two edges whose extents meet.
func meet(x, y *segment, touches map[touch]bool) error {
	o1, o2 := orient(x.a, x.b, y.a), orient(x.a, x.b, y.b)
	o3, o4 := orient(y.a, y.b, x.a), orient(y.a, y.b, x.b)
	if o1*o2 > 0 || o3*o4 > 0 {
		return nil
	}
	if o1 == 0 && o2 == 0 {
		return collinear(x, y, touches)
	}
	if o1*o2 < 0 && o3*o4 < 0 {
		return crossing(x, y, intersection(x, y))
	}
	// one ends on the other
	at := y.a
	switch {
	case o1 == 0:
	case o2 == 0:
		at = y.b
	case o3 == 0:
		at = x.a
	default:
		at = x.b
	}
	return touching(x, y, at, touches)
}

// intersection is about where two crossing edges cross; only for telling people.
func intersection(x, y *segment) orb.Point {
	dx, dy := orb.Point{x.b[0] - x.a[0], x.b[1] - x.a[1]}, orb.Point{y.b[0] - y.a[0], y.b[1] - y.a[1]}
	t := ((y.a[0]-x.a[0])*dy[1] - (y.a[1]-x.a[1])*dy[0]) / (dx[0]*dy[1] - dx[1]*dy[0])
	return orb.Point{x.a[0] + t*dx[0], x.a[1] + t*dx[1]}
}

func crossing(x, y *segment, at orb.Point) error {
	switch {
	case x.ring == y.ring:
		return faultAt(FaultCrossing, at)
	case x.part == y.part:
		return faultAt(FaultRingsCross, at)
	}
	return faultAt(FaultParts, at)
}

// neighbours reports whether two edges of one ring follow each other.
func neighbours(x, y *segment) bool {
	d := x.at - y.at
	return x.ring == y.ring && (d == 1 || d == -1 || d == x.last-1 || d == 1-x.last)
}

func touching(x, y *segment, at orb.Point, touches map[touch]bool) error {
	if x.ring == y.ring {
		if neighbours(x, y) {
			return nil
		}
		return faultAt(FaultTouch, at)
	}
	if x.part == y.part {
		touches[touch{x.ring, at}], touches[touch{y.ring, at}] = true, true
	}
	return nil
}

// collinear judges two edges on one line.
func collinear(x, y *segment, touches map[touch]bool) error {
	axis := 0
	if math.Abs(x.b[0]-x.a[0]) < math.Abs(x.b[1]-x.a[1]) {
		axis = 1
	}
	low := max(min(x.a[axis], x.b[axis]), min(y.a[axis], y.b[axis]))
	high := min(max(x.a[axis], x.b[axis]), max(y.a[axis], y.b[axis]))
	switch {
	case low > high:
		return nil
	case low == high: // end to end
		for _, p := range [...]orb.Point{x.a, x.b} {
			if p == y.a || p == y.b {
				return touching(x, y, p, touches)
			}
		}
		return nil
	case x.ring == y.ring:
		return faultAt(FaultSpike, y.a)
	}
	return crossing(x, y, y.a)
}

// whole wants that touching rings do not cut the inside in two: rings and the points where they touch must form no cycle.
func whole(rings int, touches map[touch]bool) error {
	if len(touches) < 4 {
		return nil
	}
	number := map[orb.Point]int{}
	up := make([]int, rings)
	for i := range up {
		up[i] = i
	}
	var root func(int) int
	root = func(i int) int {
		for up[i] != i {
			up[i] = up[up[i]]
			i = up[i]
		}
		return i
	}
	for t := range touches {
		n, ok := number[t.at]
		if !ok {
			n = len(up)
			number[t.at], up = n, append(up, n)
		}
		a, b := root(t.ring), root(n)
		if a == b {
			return faultAt(FaultCut, t.at)
		}
		up[a] = b
	}
	return nil
}
