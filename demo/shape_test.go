package demo

import (
	"testing"

	"github.com/paulmach/orb"

	"wuku/geo"
)

// TestBoundariesAreAMap: every county's cell is a valid polygon around the county's middle, and together they fill the box.
func TestBoundariesAreAMap(t *testing.T) {
	t.Parallel()
	total := 0.0
	for i, c := range counties {
		ring := orb.Ring{}
		for _, p := range cellOf(i) {
			ring = append(ring, orb.Point{float64(p[0]) / 1e6, float64(p[1]) / 1e6})
		}
		g, fixed, err := geo.Check(orb.Polygon{append(ring, ring[0])})
		if err != nil || fixed.Any() {
			t.Errorf("%s: %v, mended %+v", c.code, err, fixed)
			continue
		}
		lon, lat := middle(i)
		if !geo.Contains(g, orb.Point{float64(lon) / 1e6, float64(lat) / 1e6}) {
			t.Errorf("%s does not hold its own middle", c.code)
		}
		total += geo.Area(g)
	}
	box := geo.Area(orb.Bound{Min: orb.Point{west / 1e6, south / 1e6}, Max: orb.Point{east / 1e6, north / 1e6}})
	if total < box*0.999999 || total > box*1.000001 {
		t.Errorf("cells of %.0f m2 in a box of %.0f m2", total, box)
	}
}
