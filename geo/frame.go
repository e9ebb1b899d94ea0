package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Frame is Web Mercator scaled to 2^32 from the north-west corner, the frame in which tables and tiles count: tile x of zoom z holds
// mx from x<<(32-z) on. One unit is 9 mm at the equator. Latitudes beyond 85.05 degrees end at the frame's edge.
func Frame(p orb.Point) (mx, my uint32) {
	x := math.Floor((p[0] + 180) / 360 * (1 << 32))
	y := math.Floor((1 - math.Log(math.Tan(p[1]*math.Pi/360+math.Pi/4))/math.Pi) / 2 * (1 << 32))
	clamp := func(v float64) uint32 {
		if !(v > 0) {
			return 0
		}
		return uint32(min(v, 1<<32-1))
	}
	return clamp(x), clamp(y)
}

// FrameBox is the box of the frame that holds a box in degrees.
func FrameBox(b orb.Bound) (x0, x1, y0, y1 uint32) {
	x0, y1 = Frame(b.Min)
	x1, y0 = Frame(b.Max)
	return x0, x1, y0, y1
}

// BoxAround is a box in degrees that holds all within radius metres of a point.
func BoxAround(p orb.Point, radius float64) orb.Bound {
	m := MetresPerDegree(math.Min(math.Abs(p[1])+radius/110_000, 89))
	n := MetresPerDegree(p[1])
	dx, dy := radius/m[0]*1.001, radius/min(n[1], m[1])*1.001
	return orb.Bound{Min: orb.Point{p[0] - dx, p[1] - dy}, Max: orb.Point{p[0] + dx, p[1] + dy}}
}
