package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// MetresPerDegree is the length of one degree of longitude (X) and of latitude (Y) at a latitude, on the ellipsoid.
func MetresPerDegree(lat float64) orb.Point {
	e2 := flattening * (2 - flattening)
	s, c := math.Sincos(lat * math.Pi / 180)
	w := math.Sqrt(1 - e2*s*s)
	return orb.Point{axis / w * c * math.Pi / 180, axis * (1 - e2) / (w * w * w) * math.Pi / 180}
}

// Distance is the geodesic between two points in metres, by Vincenty's inverse formula: better than a millimetre, but for points
// that are nearly opposite on the globe, where it falls back to the great circle (0.6 %).
func Distance(a, b orb.Point) float64 {
	const minor = axis * (1 - flattening)
	rad := math.Pi / 180
	l := (b[0] - a[0]) * rad
	u1, u2 := math.Atan((1-flattening)*math.Tan(a[1]*rad)), math.Atan((1-flattening)*math.Tan(b[1]*rad))
	s1, c1 := math.Sincos(u1)
	s2, c2 := math.Sincos(u2)
	lambda := l
	for range 60 {
		sl, cl := math.Sincos(lambda)
		sinSigma := math.Hypot(c2*sl, c1*s2-s1*c2*cl)
		if sinSigma == 0 {
			return 0
		}
		cosSigma := s1*s2 + c1*c2*cl
		sigma := math.Atan2(sinSigma, cosSigma)
		sinAlpha := c1 * c2 * sl / sinSigma
		cos2 := 1 - sinAlpha*sinAlpha
		mid := 0.0
		if cos2 > 1e-15 {
			mid = cosSigma - 2*s1*s2/cos2
		}
		c := flattening / 16 * cos2 * (4 + flattening*(4-3*cos2))
		next := l + (1-c)*flattening*sinAlpha*(sigma+c*sinSigma*(mid+c*cosSigma*(2*mid*mid-1)))
		if math.Abs(next-lambda) > 1e-13 {
			lambda = next
			continue
		}
		u := cos2 * (axis*axis - minor*minor) / (minor * minor)
		k := 1 + u/16384*(4096+u*(u*(320-175*u)-768))
		d := u / 1024 * (256 + u*(u*(74-47*u)-128))
		delta := d * sinSigma * (mid + d/4*(cosSigma*(2*mid*mid-1)-d/6*mid*(4*sinSigma*sinSigma-3)*(4*mid*mid-3)))
		return minor * k * (sigma - delta)
	}
	h := math.Sin((b[1]-a[1])*rad/2)*math.Sin((b[1]-a[1])*rad/2) + math.Cos(a[1]*rad)*math.Cos(b[1]*rad)*math.Sin(l/2)*math.Sin(l/2)
	return 2 * axis * math.Asin(math.Sqrt(min(h, 1)))
}

// authalic is the area between the equator and a latitude on the ellipsoid, for one radian of longitude, in square metres.
func authalic(lat float64) float64 {
	e := eccentricity()
	s := math.Sin(lat * math.Pi / 180)
	b2 := axis * axis * (1 - e*e)
	return b2 / 2 * (s/(1-e*e*s*s) + math.Atanh(e*s)/e)
}

// RingArea is the area inside a ring of longitudes and latitudes on the ellipsoid, in square metres, positive for a
// counter-clockwise ring. Edges are straight in longitude and latitude, as on a map in degrees; against geodesic edges it differs
// by less than 5e-5 for parcels and counties. Rings over a pole or the antimeridian are not supported.
func RingArea(r orb.Ring) float64 {
	// Gauss-Legendre, three places an edge
	const at, side, centre = 0.7745966692414834, 5.0 / 18, 8.0 / 18
	sum := 0.0
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		mid, half := (a[1]+b[1])/2, (b[1]-a[1])/2
		q := side*(authalic(mid-at*half)+authalic(mid+at*half)) + centre*authalic(mid)
		sum -= (b[0] - a[0]) * math.Pi / 180 * q
	}
	return sum
}

// Area is the area of polygons in degrees, holes taken off, in square metres on the ellipsoid. Other geometries have none.
func Area(g orb.Geometry) float64 {
	switch g := g.(type) {
	case orb.Ring:
		return math.Abs(RingArea(g))
	case orb.Bound:
		return Area(g.ToPolygon())
	case orb.Polygon:
		area := 0.0
		for i, r := range g {
			if i == 0 {
				area = math.Abs(RingArea(r))
			} else {
				area -= math.Abs(RingArea(r))
			}
		}
		return area
	case orb.MultiPolygon:
		area := 0.0
		for _, p := range g {
			area += Area(p)
		}
		return area
	case orb.Collection:
		area := 0.0
		for _, p := range g {
			area += Area(p)
		}
		return area
	}
	return 0
}
