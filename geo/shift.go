package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The shift of Chinese web maps (GCJ-02). Its official form is not published; this is the formula that all open libraries use.
// The ellipsoid is Krassovsky's.
const (
	gcjAxis = 6378245.0
	gcjE2   = 0.00669342162296594323
)

// outsideChina is where map makers apply no shift.
func outsideChina(p orb.Point) bool {
	return p[0] < 72.004 || p[0] > 137.8347 || p[1] < 0.8293 || p[1] > 55.8271
}

// gcjFrom shifts a WGS84 point.
func gcjFrom(p orb.Point) orb.Point {
	if outsideChina(p) {
		return p
	}
	x, y := p[0]-105, p[1]-35
	swing := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	root := math.Sqrt(math.Abs(x))
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + swing
	dLat += (20*math.Sin(y*math.Pi) + 40*math.Sin(y/3*math.Pi)) * 2 / 3
	dLat += (160*math.Sin(y/12*math.Pi) + 320*math.Sin(y*math.Pi/30)) * 2 / 3
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + swing
	dLon += (20*math.Sin(x*math.Pi) + 40*math.Sin(x/3*math.Pi)) * 2 / 3
	dLon += (150*math.Sin(x/12*math.Pi) + 300*math.Sin(x/30*math.Pi)) * 2 / 3
	rad := p[1] / 180 * math.Pi
	magic := 1 - gcjE2*math.Sin(rad)*math.Sin(rad)
	dLat = dLat * 180 / (gcjAxis * (1 - gcjE2) / (magic * math.Sqrt(magic)) * math.Pi)
	dLon = dLon * 180 / (gcjAxis / math.Sqrt(magic) * math.Cos(rad) * math.Pi)
	return orb.Point{p[0] + dLon, p[1] + dLat}
}

// bdFrom shifts a GCJ-02 point on to BD-09.
func bdFrom(p orb.Point) orb.Point {
	const turn = math.Pi * 3000 / 180
	z := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*turn)
	theta := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*turn)
	return orb.Point{z*math.Cos(theta) + 0.0065, z*math.Sin(theta) + 0.006}
}

// unshift inverts a shift by fixed-point iteration: the shift changes so slowly that each step gains two digits and more.
func unshift(p orb.Point, shift func(orb.Point) orb.Point) orb.Point {
	q := p
	for range 12 {
		s := shift(q)
		dx, dy := s[0]-p[0], s[1]-p[1]
		q[0] -= dx
		q[1] -= dy
		if math.Abs(dx) < 1e-11 && math.Abs(dy) < 1e-11 {
			break
		}
	}
	return q
}

// ShiftMetres is how far GCJ-02 lies from the true place at a point, as east and north parts in metres.
func ShiftMetres(p orb.Point) (east, north float64) {
	q := gcjFrom(p)
	m := MetresPerDegree(p[1])
	return (q[0] - p[0]) * m[0], (q[1] - p[1]) * m[1]
}
