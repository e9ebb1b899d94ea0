package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Overlap is how much of two outlines lies in both: in square degrees, or with metres in square metres on the ellipsoid.
//
// The latitudes of all corners, and those where edges of one cross edges of the other, cut the plane into slabs in which no two edges
// cross. In a slab the width in both outlines is a linear function, so its middle (of metres, two points of Gauss) gives the area. Unlike an overlay that
// joins rings, an edge that both share costs nothing and can only be wrong by the width of a rounding error.
func (o *Outline) Overlap(p *Outline, metres bool) float64 {
	box := orb.Bound{Min: orb.Point{max(o.box.Min[0], p.box.Min[0]), max(o.box.Min[1], p.box.Min[1])}, Max: orb.Point{min(o.box.Max[0], p.box.Max[0]), min(o.box.Max[1], p.box.Max[1])}}
	if box.Min[0] >= box.Max[0] || box.Min[1] >= box.Max[1] {
		return 0
	}
	s := &sweep{metres: metres}
	for which, side := range [2]*Outline{o, p} {
		for i := range side.edges {
			e := side.edges[i]
			switch place := e.place(box); {
			case place == edgeFlips:
				s.odd[which] = !s.odd[which]
			case place != edgeGone && e.y0 < e.y1:
				s.edges = append(s.edges, sweepEdge{edge: e, of: uint8(which), slope: (e.x1 - e.x0) / (e.y1 - e.y0)})
				s.ys = append(s.ys, min(max(e.y0, box.Min[1]), box.Max[1]), min(max(e.y1, box.Min[1]), box.Max[1]))
			}
		}
		s.odd[which] = s.odd[which] != side.odd
	}
	slices.SortFunc(s.edges, func(a, b sweepEdge) int {
		if a.y0 < b.y0 {
			return -1
		} else if a.y0 > b.y0 {
			return 1
		}
		return 0
	})
	s.ys = append(s.ys, box.Min[1], box.Max[1])
	slices.Sort(s.ys)
	s.ys = slices.Compact(s.ys)
	s.west, s.east = box.Min[0], box.Max[0]
	next := 0 // the first edge that is not active yet
	for i := 1; i < len(s.ys); i++ {
		low, high := s.ys[i-1], s.ys[i]
		s.active = slices.DeleteFunc(s.active, func(e sweepEdge) bool { return e.y1 <= low })
		for ; next < len(s.edges) && s.edges[next].y0 <= low; next++ {
			if s.edges[next].y1 > low {
				s.active = append(s.active, s.edges[next])
			}
		}
		s.slab(low, high)
	}
	return s.area
}

// sweepEdge is an edge with where it is at the two ends of a slab.
type sweepEdge struct {
	edge
	of        uint8 // whose: 0 or 1
	slope     float64
	low, high float64
	x         float64
}

func (e *sweepEdge) at(y float64) float64 { return e.x0 + (y-e.y0)*e.slope }

type sweep struct {
	edges, active []sweepEdge
	ys, cuts      []float64
	odd           [2]bool
	west, east    float64
	metres        bool
	area          float64
}

// slab adds what lies in both between two latitudes, cut again where edges of the two cross.
func (s *sweep) slab(low, high float64) {
	s.cuts = append(s.cuts[:0], low)
	for i := range s.active {
		a := &s.active[i]
		a.low, a.high = a.at(low), a.at(high)
		for j := range i {
			b := &s.active[j]
			if d0, d1 := a.low-b.low, a.high-b.high; a.of != b.of && (d0 < 0 && d1 > 0 || d0 > 0 && d1 < 0) {
				if y := low + (high-low)*d0/(d0-d1); y > low && y < high {
					s.cuts = append(s.cuts, y)
				}
			}
		}
	}
	s.cuts = append(s.cuts, high)
	if len(s.cuts) > 3 {
		slices.Sort(s.cuts)
	}
	for i := 1; i < len(s.cuts); i++ {
		low, high := s.cuts[i-1], s.cuts[i]
		if !s.metres {
			s.area += s.width((low+high)/2) * (high - low)
			continue
		}
		mid, off := (low+high)/2, (high-low)/2/math.Sqrt(3)
		for _, y := range [2]float64{mid - off, mid + off} {
			m := MetresPerDegree(y)
			s.area += s.width(y) * (high - low) / 2 * m[0] * m[1]
		}
	}
}

// width is how many degrees of a parallel are in both. Edges west of the box were not listed: from the east end to the west is how it is
// counted.
func (s *sweep) width(y float64) (sum float64) {
	for i := range s.active {
		s.active[i].x = s.active[i].at(y)
	}
	for i := 1; i < len(s.active); i++ { // nearly sorted from the slab before
		for j := i; j > 0 && s.active[j].x > s.active[j-1].x; j-- {
			s.active[j], s.active[j-1] = s.active[j-1], s.active[j]
		}
	}
	in, from := s.odd, math.Inf(1)
	for _, e := range s.active {
		if in[0] && in[1] {
			sum += max(min(from, s.east)-max(e.x, s.west), 0)
		}
		in[e.of] = !in[e.of]
		from = e.x
	}
	if in[0] && in[1] {
		sum += max(min(from, s.east)-s.west, 0)
	}
	return sum
}

// Meets tells whether two outlines have an inner point in common, or edges that cross or touch.
func (o *Outline) Meets(p *Outline) bool {
	if !o.box.Intersects(p.box) {
		return false
	}
	a, side := o.narrow(p.box)
	if side != Across {
		return side == Inside
	}
	b, side := p.narrow(o.box)
	if side != Across {
		return side == Inside
	}
	for _, e := range a.edges {
		west, east := e.x0, e.x1
		if west > east {
			west, east = east, west
		}
		box := orb.Bound{Min: orb.Point{west, e.y0}, Max: orb.Point{east, e.y1}}
		for i := range b.edges {
			if f := &b.edges[i]; f.place(box) == edgeTouches && cross(e, *f) {
				return true
			}
		}
	}
	return slices.ContainsFunc(p.rings, o.Holds) || slices.ContainsFunc(o.rings, p.Holds)
}

// cross tells whether two segments meet.
func cross(e, f edge) bool {
	turn := func(ax, ay, bx, by, cx, cy float64) float64 { return (bx-ax)*(cy-ay) - (by-ay)*(cx-ax) }
	a, b := turn(e.x0, e.y0, e.x1, e.y1, f.x0, f.y0), turn(e.x0, e.y0, e.x1, e.y1, f.x1, f.y1)
	c, d := turn(f.x0, f.y0, f.x1, f.y1, e.x0, e.y0), turn(f.x0, f.y0, f.x1, f.y1, e.x1, e.y1)
	return a*b <= 0 && c*d <= 0
}
