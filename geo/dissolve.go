package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Dissolve joins cells that tile the plane (H3 cells, squares) into polygons: edges that two cells share vanish. Shells come
// counter-clockwise, holes clockwise. Corners are taken as equal when they agree to 1e-7 degrees. It does not join cells that overlap.
func Dissolve(cells []orb.Ring) orb.MultiPolygon {
	type edge struct{ from, to orb.Point }
	edges := map[edge]bool{}
	for _, cell := range cells {
		r := make(orb.Ring, 0, len(cell)+1)
		for _, p := range cell {
			q := orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
			if len(r) == 0 || q != r[len(r)-1] {
				r = append(r, q)
			}
		}
		if len(r) > 0 && r[0] != r[len(r)-1] {
			r = append(r, r[0])
		}
		if len(r) < 4 {
			continue
		}
		if signedArea(r) < 0 {
			slices.Reverse(r)
		}
		for i := 1; i < len(r); i++ {
			if back := (edge{r[i], r[i-1]}); edges[back] {
				delete(edges, back)
			} else {
				edges[edge{r[i-1], r[i]}] = true
			}
		}
	}
	next := map[orb.Point][]orb.Point{}
	for e := range edges {
		next[e.from] = append(next[e.from], e.to)
	}
	starts := make([]orb.Point, 0, len(next))
	for p, to := range next {
		starts = append(starts, p)
		slices.SortFunc(to, comparePoints)
	}
	slices.SortFunc(starts, comparePoints)
	var shells orb.MultiPolygon
	var holes []orb.Ring
	for _, start := range starts {
		for len(next[start]) > 0 {
			r := orb.Ring{start}
			for at := start; len(next[at]) > 0; {
				to := next[at][0]
				next[at] = next[at][1:]
				r = append(r, to)
				if at = to; at == start {
					break
				}
			}
			switch area := signedArea(r); {
			case area > 0:
				shells = append(shells, orb.Polygon{r})
			case area < 0:
				holes = append(holes, r)
			}
		}
	}
	for _, h := range holes {
		for i := range shells {
			if ringInRing(h, shells[i][0]) > 0 {
				shells[i] = append(shells[i], h)
				break
			}
		}
	}
	return shells
}

func comparePoints(a, b orb.Point) int {
	for i := range a {
		if a[i] < b[i] {
			return -1
		}
		if a[i] > b[i] {
			return 1
		}
	}
	return 0
}
