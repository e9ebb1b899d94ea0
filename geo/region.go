package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Box is a region of degrees, its edges included.
type Box orb.Bound

// Narrow is of Region.
func (r Box) Narrow(b orb.Bound) (Region, Side) {
	switch {
	case b.Max[0] < r.Min[0] || b.Min[0] > r.Max[0] || b.Max[1] < r.Min[1] || b.Min[1] > r.Max[1]:
		return r, Outside
	case b.Min[0] >= r.Min[0] && b.Max[0] <= r.Max[0] && b.Min[1] >= r.Min[1] && b.Max[1] <= r.Max[1]:
		return r, Inside
	}
	return r, Across
}

// Holds is of Region.
func (r Box) Holds(p orb.Point) bool { return orb.Bound(r).Contains(p) }

// Disc is the region at most so many metres from a point, by the geodesic.
type Disc struct {
	At     orb.Point
	Radius float64
	box    orb.Bound
}

// NewDisc makes a region of a radius of at most 100 km.
func NewDisc(at orb.Point, radius float64) *Disc {
	return &Disc{at, radius, BoxAround(at, radius)}
}

// Narrow is of Region. A box is inside where its corners are, by more than its edges along the parallels bow.
func (c *Disc) Narrow(b orb.Bound) (Region, Side) {
	if !c.box.Intersects(b) || leastMetres(c.At, b) > c.Radius {
		return c, Outside
	}
	south, north := math.Abs(b.Min[1]), math.Abs(b.Max[1])
	width := (b.Max[0] - b.Min[0]) * 111_320
	bow := width * width / 5e7 * math.Tan(min(max(south, north), 89)*math.Pi/180)
	for _, p := range [...]orb.Point{b.Min, b.Max, {b.Min[0], b.Max[1]}, {b.Max[0], b.Min[1]}} {
		if d, _ := c.about(p); d*1.0001+bow+0.1 > c.Radius {
			return c, Across
		}
	}
	return c, Inside
}

// about is the distance on the plane that touches half way: to better than 1e-5 up to 100 km and 60 degrees of latitude.
func (c *Disc) about(p orb.Point) (metres float64, good bool) {
	m := MetresPerDegree((p[1] + c.At[1]) / 2)
	x, y := (p[0]-c.At[0])*m[0], (p[1]-c.At[1])*m[1]
	return math.Sqrt(x*x + y*y), math.Abs(p[1]) < 60 && c.Radius <= 100_000
}

// Holds is of Region. Only along the edge it is measured exactly.
func (c *Disc) Holds(p orb.Point) bool {
	if d, good := c.about(p); good && math.Abs(d-c.Radius) > 1e-4*c.Radius+0.01 {
		return d < c.Radius
	}
	return Distance(c.At, p) <= c.Radius
}

// Outline is a polygon, or several, as the edges of its rings: what lies inside an odd number of rings is inside. Edges are straight in
// degrees. A narrowed Outline has only the edges that matter to points in the box.
type Outline struct {
	edges []edge
	rings []orb.Point // a corner of each ring
	odd   bool        // an odd number of edges that are no longer listed lie east of all the box
	box   orb.Bound
}

// edge runs from south to north.
type edge struct{ x0, y0, x1, y1 float64 }

// at is where an edge is at a latitude.
func (e edge) at(y float64) float64 {
	if e.y1 == e.y0 {
		return e.x0
	}
	return e.x0 + (y-e.y0)/(e.y1-e.y0)*(e.x1-e.x0)
}

// NewOutline prepares polygons that geo.Check has passed.
func NewOutline(m orb.MultiPolygon) *Outline {
	o := &Outline{box: m.Bound()}
	for _, polygon := range m {
		for _, ring := range polygon {
			if len(ring) > 0 {
				o.rings = append(o.rings, ring[0])
			}
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				if a[1] > b[1] {
					a, b = b, a
				}
				o.edges = append(o.edges, edge{a[0], a[1], b[0], b[1]})
			}
		}
	}
	return o
}

// Bound is the box of the whole outline.
func (o *Outline) Bound() orb.Bound { return o.box }

// Holds is of Region: the ray east of a point crosses an odd number of edges.
func (o *Outline) Holds(p orb.Point) bool {
	odd := o.odd
	for _, e := range o.edges {
		if (e.y0 > p[1]) != (e.y1 > p[1]) && p[0] < e.at(p[1]) {
			odd = !odd
		}
	}
	return odd
}

// Narrow is of Region.
func (o *Outline) Narrow(b orb.Bound) (Region, Side) {
	r, side := o.narrow(b)
	return r, side
}

func (o *Outline) narrow(b orb.Bound) (*Outline, Side) {
	if !o.box.Intersects(b) {
		return o, Outside
	}
	touched, listed := false, 0
	for i := range o.edges {
		switch o.edges[i].place(b) {
		case edgeTouches:
			touched = true
			listed++
		case edgeEast:
			listed++
		}
	}
	if !touched {
		if o.Holds(b.Min) {
			return o, Inside
		}
		return o, Outside
	}
	if listed > len(o.edges)*3/4 {
		return o, Across
	}
	n := &Outline{edges: make([]edge, 0, listed), odd: o.odd, box: o.box}
	for i := range o.edges {
		switch e := o.edges[i]; e.place(b) {
		case edgeTouches, edgeEast:
			n.edges = append(n.edges, e)
		case edgeFlips:
			n.odd = !n.odd
		}
	}
	return n, Across
}

// Places of an edge to a box.
const (
	edgeGone    = iota // no ray from the box crosses it
	edgeFlips          // all rays do
	edgeEast           // some do, it is east of the box
	edgeTouches        // it may touch the box
)

func (e *edge) place(b orb.Bound) int {
	west, east := e.x0, e.x1
	if west > east {
		west, east = east, west
	}
	switch {
	case e.y1 < b.Min[1] || e.y0 > b.Max[1] || east < b.Min[0]:
		return edgeGone
	case west > b.Max[0]:
		if e.y0 <= b.Min[1] && e.y1 > b.Max[1] {
			return edgeFlips
		}
		return edgeEast
	}
	return edgeTouches
}
