package geo

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// star is a polygon without crossings around a point, with a hole where hollow.
func star(r *rand.Rand, at orb.Point, radius float64, corners int, hollow bool) orb.MultiPolygon {
	ring := func(scale float64) orb.Ring {
		out := make(orb.Ring, 0, corners+1)
		for i := range corners {
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(corners))
			far := radius * scale * (0.5 + 0.5*r.Float64())
			out = append(out, orb.Point{at[0] + far*c, at[1] + far*s})
		}
		return append(out, out[0])
	}
	p := orb.Polygon{ring(1)}
	if hollow {
		hole := ring(0.4)
		slices.Reverse(hole)
		p = append(p, hole)
	}
	return orb.MultiPolygon{p}
}

func somePoints(r *rand.Rand, n int) ([]orb.Point, []float64) {
	points, weights := make([]orb.Point, n), make([]float64, n)
	for i := range points {
		points[i], weights[i] = orb.Point{118 + 3*r.Float64(), 31 + 3*r.Float64()}, float64(r.IntN(100))
		if i%50 == 1 {
			points[i] = points[i-1] // places are shared
		}
	}
	return points, weights
}

func TestTreeIsBruteForce(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, 15, 16, 17, 257, 5000} {
		points, weights := somePoints(r, size)
		tree := NewPoints(points, weights)
		for range 40 {
			at := orb.Point{118 + 3*r.Float64(), 31 + 3*r.Float64()}
			radius := 100 * math.Pow(10, 3*r.Float64())
			shape := star(r, at, radius/100_000, 3+r.IntN(100), r.IntN(2) == 0)
			box := BoxAround(at, radius)
			for name, region := range map[string]Region{"box": Box(box), "disc": NewDisc(at, radius), "outline": NewOutline(shape)} {
				inside := map[string]func(orb.Point) bool{
					"box":     box.Contains,
					"disc":    func(p orb.Point) bool { return Distance(at, p) <= radius },
					"outline": func(p orb.Point) bool { return oddRings(shape, p) },
				}[name]
				var want []int
				sum := 0.0
				for i, p := range points {
					if inside(p) {
						want, sum = append(want, i), sum+weights[i]
					}
				}
				n, got := tree.Sum(region, nil)
				if n != len(want) || got != sum {
					t.Fatalf("%s around %v, %g m, of %d points: %d weighing %g, want %d weighing %g", name, at, radius, size, n, got, len(want), sum)
				}
				var ids []int
				tree.Each(region, func(id int, _ bool) { ids = append(ids, id) })
				slices.Sort(ids)
				if !slices.Equal(ids, want) {
					t.Fatalf("%s around %v: Each and brute force differ", name, at)
				}
			}
			nearestIsBruteForce(t, tree, points, at, 1+r.IntN(20))
		}
	}
}

// oddRings is a ray cast written another way: ring by ring, by the sign of the turn.
func oddRings(m orb.MultiPolygon, p orb.Point) bool {
	odd := false
	for _, polygon := range m {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				turn := (b[0]-a[0])*(p[1]-a[1]) - (p[0]-a[0])*(b[1]-a[1])
				if a[1] <= p[1] && b[1] > p[1] && turn > 0 || b[1] <= p[1] && a[1] > p[1] && turn < 0 {
					odd = !odd
				}
			}
		}
	}
	return odd
}

func nearestIsBruteForce(t *testing.T, tree *Tree, points []orb.Point, at orb.Point, k int) {
	t.Helper()
	var all []Near
	for i, p := range points {
		all = append(all, Near{i, Distance(at, p)})
	}
	slices.SortFunc(all, func(a, b Near) int { return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.ID, b.ID)) })
	if got, want := tree.Nearest(at, k), all[:min(k, len(all))]; !slices.Equal(got, want) {
		t.Fatalf("the %d nearest of %v are %v, want %v", k, at, got, want)
	}
}

func TestTreeOfBoxes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var boxes []orb.Bound
	for range 3000 {
		p := orb.Point{118 + 3*r.Float64(), 31 + 3*r.Float64()}
		boxes = append(boxes, orb.Bound{Min: p, Max: orb.Point{p[0] + 0.1*r.Float64(), p[1] + 0.1*r.Float64()}})
	}
	tree := NewBoxes(boxes, nil)
	for range 50 {
		at := orb.Point{118 + 3*r.Float64(), 31 + 3*r.Float64()}
		ask := Box{Min: at, Max: orb.Point{at[0] + r.Float64(), at[1] + r.Float64()}}
		want := 0
		for _, b := range boxes {
			if b.Intersects(orb.Bound(ask)) {
				want++
			}
		}
		if n, _ := tree.Sum(ask, func(int) (float64, bool) { return 1, true }); n != want {
			t.Fatalf("%d boxes meet %v, want %d", n, ask, want)
		}
	}
}

// The overlap of a star with a box is the star cut to the box; with itself it is itself; with both halves of the plane the sum.
func TestOverlap(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 200 {
		at := orb.Point{118 + r.Float64(), 31 + r.Float64()}
		m := star(r, at, 0.3, 3+r.IntN(200), i%2 == 0)
		o := NewOutline(m)
		whole, metres := o.Overlap(o, false), o.Overlap(o, true)
		if want := planarArea(m); math.Abs(whole-want) > 1e-12*want {
			t.Fatalf("the overlap of a star with itself is %g, want %g", whole, want)
		}
		if want := Area(m); math.Abs(metres-want) > 1e-9*want {
			t.Fatalf("the overlap of a star with itself is %g m2, want %g", metres, want)
		}
		other := star(r, orb.Point{at[0] + 0.3*r.NormFloat64(), at[1] + 0.3*r.NormFloat64()}, 0.2, 100, false)
		p := NewOutline(other)
		a, b := o.Overlap(p, false), p.Overlap(o, false)
		if math.Abs(a-b) > 1e-14 || a > min(whole, planarArea(other))+1e-14 {
			t.Fatalf("overlaps one way %g and the other %g, of %g", a, b, whole)
		}
		if (a > 1e-15) && !o.Meets(p) {
			t.Fatal("what overlaps does not meet")
		}
		sum, cutAt := 0.0, at[0]+0.05*r.NormFloat64()
		for _, half := range []orb.Bound{{Min: orb.Point{100, 20}, Max: orb.Point{cutAt, 50}}, {Min: orb.Point{cutAt, 20}, Max: orb.Point{130, 50}}} {
			sum += o.Overlap(NewOutline(orb.MultiPolygon{half.ToPolygon()}), true)
		}
		if math.Abs(sum-metres) > 1e-9*metres {
			t.Fatalf("both halves are %g m2, the whole is %g", sum, metres)
		}
	}
}

func planarArea(m orb.MultiPolygon) (sum float64) {
	for _, p := range m {
		for i, ring := range p {
			twice := 0.0
			for j := 1; j < len(ring); j++ {
				twice += (ring[j-1][0]-ring[0][0])*(ring[j][1]-ring[0][1]) - (ring[j][0]-ring[0][0])*(ring[j-1][1]-ring[0][1])
			}
			if twice = math.Abs(twice) / 2; i > 0 {
				twice = -twice
			}
			sum += twice
		}
	}
	return sum
}

// Neighbours share an edge and nothing else.
func TestOverlapOfNeighbours(t *testing.T) {
	t.Parallel()
	box := func(x, y float64) *Outline {
		return NewOutline(orb.MultiPolygon{orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + 0.1, y + 0.1}}.ToPolygon()})
	}
	a := box(118, 32)
	if got := a.Overlap(box(118.1, 32), true); got > 1e-3 {
		t.Errorf("neighbours overlap by %g m2", got)
	}
	if !a.Meets(box(118.1, 32)) || a.Meets(box(118.2001, 32)) {
		t.Error("neighbours meet, others do not")
	}
	if inner := NewOutline(star(rand.New(rand.NewPCG(1, 1)), orb.Point{118.05, 32.05}, 0.02, 50, false)); !a.Meets(inner) || !inner.Meets(a) {
		t.Error("what lies inside meets")
	}
}

// TestNearestAroundTheGlobe: points on both sides of the antimeridian, and some far away in longitude alone, are found in their order.
func TestNearestAroundTheGlobe(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	points := make([]orb.Point, 2000)
	for i := range points {
		points[i] = orb.Point{360*r.Float64() - 180, 120*r.Float64() - 60}
	}
	tree := NewPoints(points, nil)
	for range 60 {
		nearestIsBruteForce(t, tree, points, orb.Point{360*r.Float64() - 180, 118*r.Float64() - 59}, 10)
	}
	for _, at := range []orb.Point{{179.9, 0}, {-179.9, 30}, {180, -45}, {-180, 10}} {
		nearestIsBruteForce(t, tree, points, at, 10)
	}
}
