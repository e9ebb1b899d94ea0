package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Repairs say what Check mended: nothing of it changes what area is covered.
type Repairs struct {
	Closed     int // rings whose last point was not the first
	Duplicates int // points that stood twice in a row
	Reversed   int // rings whose direction was wrong (shells run counter-clockwise, holes clockwise: RFC 7946)
	Dropped    int // holes and parts without any area
}

// Any reports whether anything was mended.
func (r Repairs) Any() bool { return r != Repairs{} }

// Check tells whether a geometry is valid after the OGC simple features access standard (06-103r4, 6.1.11) and returns it mended:
// rings closed, repeated points and empty parts left out, shells counter-clockwise. What cannot be mended without deciding what was
// meant is a Fault with its reason and place. The input is not changed. Predicates are exact: no tolerance.
func Check(g orb.Geometry) (orb.Geometry, Repairs, error) {
	var fixed Repairs
	if g == nil {
		return nil, fixed, fault(FaultEmpty)
	}
	if !finite(g) {
		return nil, fixed, fault(FaultFinite)
	}
	empty := Points(g, func(orb.Point) bool { return false })
	if empty {
		return nil, fixed, fault(FaultEmpty)
	}
	switch g := g.(type) {
	case orb.Polygon:
		p, err := checkPolygon(g, &fixed)
		if err != nil {
			return nil, fixed, err
		}
		return p, fixed, nil
	case orb.MultiPolygon:
		m, err := checkMulti(g, &fixed)
		if err != nil {
			return nil, fixed, err
		}
		return m, fixed, nil
	case orb.Bound:
		return Check(g.ToPolygon())
	case orb.Ring:
		return Check(orb.Polygon{g})
	case orb.LineString:
		line := without(g, &fixed)
		if len(line) < 2 {
			return nil, fixed, faultAt(FaultRing, g[0])
		}
		return orb.LineString(line), fixed, nil
	case orb.MultiLineString:
		var out orb.MultiLineString
		for _, l := range g {
			if line := without(l, &fixed); len(line) >= 2 {
				out = append(out, line)
			} else {
				fixed.Dropped++
			}
		}
		if len(out) == 0 {
			return nil, fixed, fault(FaultEmpty)
		}
		return out, fixed, nil
	case orb.Collection:
		out := make(orb.Collection, 0, len(g))
		for _, c := range g {
			one, f, err := Check(c)
			if err != nil {
				return nil, fixed, err
			}
			fixed = Repairs{fixed.Closed + f.Closed, fixed.Duplicates + f.Duplicates, fixed.Reversed + f.Reversed, fixed.Dropped + f.Dropped}
			out = append(out, one)
		}
		return out, fixed, nil
	}
	return orb.Clone(g), fixed, nil
}

// without copies a line without repeated points.
func without(in []orb.Point, fixed *Repairs) []orb.Point {
	out := make([]orb.Point, 0, len(in)+1)
	for i, p := range in {
		if i > 0 && p == out[len(out)-1] {
			fixed.Duplicates++
			continue
		}
		out = append(out, p)
	}
	return out
}

// cleanRing closes a ring and drops repeated points. nil is a ring without area.
func cleanRing(in orb.Ring, fixed *Repairs) orb.Ring {
	if len(in) == 0 {
		return nil
	}
	r := orb.Ring(without(in, fixed))
	if r[0] != r[len(r)-1] {
		r = append(r, r[0])
		fixed.Closed++
	}
	if len(r) < 4 || signedArea(r) == 0 {
		return nil
	}
	return r
}

// signedArea is twice the plane area, positive for counter-clockwise rings; its origin is the ring's own, to keep digits.
func signedArea(r orb.Ring) float64 {
	sum, o := 0.0, r[0]
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
	}
	return sum
}

func (fixed *Repairs) turn(r orb.Ring, left bool) {
	if (signedArea(r) > 0) != left {
		slices.Reverse(r)
		fixed.Reversed++
	}
}

func checkPolygon(in orb.Polygon, fixed *Repairs) (orb.Polygon, error) {
	var out orb.Polygon
	for i, ring := range in {
		r := cleanRing(ring, fixed)
		switch {
		case r == nil && i == 0 && len(ring) == 0:
			return nil, fault(FaultRing)
		case r == nil && i == 0:
			return nil, faultAt(FaultRing, ring[0])
		case r == nil:
			fixed.Dropped++
			continue
		}
		if err := spike(r); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	if err := simple(out, make([]int, len(out))); err != nil {
		return nil, err
	}
	for i, r := range out {
		fixed.turn(r, i == 0)
	}
	return out, holes(out)
}

// spike finds a corner at which a ring goes straight back.
func spike(r orb.Ring) error {
	n := len(r) - 1
	for i := range n {
		a, b, c := r[i], r[(i+1)%n], r[(i+2)%n]
		if orient(a, b, c) == 0 && (b[0]-a[0])*(c[0]-b[0])+(b[1]-a[1])*(c[1]-b[1]) < 0 {
			return faultAt(FaultSpike, b)
		}
	}
	return nil
}

// holes wants every hole inside the shell and outside the other holes. Rings do not cross: one point off the other ring decides.
func holes(p orb.Polygon) error {
	for i := 1; i < len(p); i++ {
		if side := ringInRing(p[i], p[0]); side < 0 {
			return faultAt(FaultHole, p[i][0])
		}
		for j := 1; j < len(p); j++ {
			if i != j && p[j].Bound().Intersects(p[i].Bound()) && ringInRing(p[i], p[j]) > 0 {
				return faultAt(FaultHole, p[i][0])
			}
		}
	}
	return nil
}

// ringInRing is 1 when ring a lies inside ring b, -1 outside, 0 when all its corners are on b's line and so say nothing.
func ringInRing(a, b orb.Ring) int {
	for i, p := range a {
		if side := RingSide(b, p); side != 0 {
			return side
		}
		if i > 0 {
			mid := orb.Point{(a[i-1][0] + p[0]) / 2, (a[i-1][1] + p[1]) / 2}
			if side := RingSide(b, mid); side != 0 {
				return side
			}
		}
	}
	return 0
}

func checkMulti(in orb.MultiPolygon, fixed *Repairs) (orb.MultiPolygon, error) {
	var out orb.MultiPolygon
	var rings []orb.Ring
	var part []int
	for _, p := range in {
		if len(p) == 0 || cleanRing(p[0], &Repairs{}) == nil {
			fixed.Dropped++
			continue
		}
		q, err := checkPolygon(p, fixed)
		if err != nil {
			return nil, err
		}
		for _, r := range q {
			rings, part = append(rings, r), append(part, len(out))
		}
		out = append(out, q)
	}
	if len(out) == 0 {
		return nil, fault(FaultRing)
	}
	if len(out) == 1 {
		return out, nil
	}
	if err := simple(rings, part); err != nil {
		return nil, err
	}
	for i := range out {
		for j := range out {
			if i != j && out[i].Bound().Intersects(out[j].Bound()) && polygonSide(out[j], out[i][0]) > 0 {
				return nil, faultAt(FaultParts, out[i][0][0])
			}
		}
	}
	return out, nil
}

// polygonSide is ringInRing against a whole polygon.
func polygonSide(p orb.Polygon, r orb.Ring) int {
	if side := ringInRing(r, p[0]); side <= 0 {
		return side
	}
	for _, hole := range p[1:] {
		if ringInRing(r, hole) > 0 {
			return -1
		}
	}
	return 1
}

// RingSide is 1 for a point inside a closed ring, 0 on its line, -1 outside. Exact.
func RingSide(r orb.Ring, p orb.Point) int {
	inside := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a[1] > p[1]) == (b[1] > p[1]) {
			if a[1] == p[1] && b[1] == p[1] && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) || p == a || p == b {
				return 0
			}
			continue
		}
		switch side := orient(a, b, p); {
		case side == 0:
			return 0
		case side > 0 == (b[1] > a[1]):
			inside = !inside
		}
	}
	if inside {
		return 1
	}
	return -1
}

// Contains reports whether a point is inside polygons or on their line.
func Contains(g orb.Geometry, p orb.Point) bool {
	switch g := g.(type) {
	case orb.Polygon:
		if len(g) == 0 || RingSide(g[0], p) < 0 {
			return false
		}
		for _, hole := range g[1:] {
			if RingSide(hole, p) > 0 {
				return false
			}
		}
		return true
	case orb.MultiPolygon:
		for _, one := range g {
			if Contains(one, p) {
				return true
			}
		}
	case orb.Bound:
		return g.Contains(p)
	}
	return false
}

// Circle is a polygon of n corners around a point, radius metres away on the ellipsoid (to 1e-4 for radii up to 100 km).
func Circle(middle orb.Point, radius float64, n int) orb.Polygon {
	m := MetresPerDegree(middle[1])
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		p := orb.Point{middle[0] + radius*c/m[0], middle[1] + radius*s/m[1]}
		for range 3 { // degrees of longitude shorten northwards: pull the corner to the right distance
			if d := Distance(middle, p); d > 0 {
				p = orb.Point{middle[0] + (p[0]-middle[0])*radius/d, middle[1] + (p[1]-middle[1])*radius/d}
			}
		}
		ring = append(ring, p)
	}
	return orb.Polygon{append(ring, ring[0])}
}
