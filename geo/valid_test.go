package geo_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"pgregory.net/rapid"

	"wuku/geo"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, out, reason string
		fixed                 geo.Repairs
	}{
		{"square", "POLYGON((0 0,1 0,1 1,0 1,0 0))", "POLYGON((0 0,1 0,1 1,0 1,0 0))", "", geo.Repairs{}},
		{"open ring", "POLYGON((0 0,1 0,1 1,0 1))", "POLYGON((0 0,1 0,1 1,0 1,0 0))", "", geo.Repairs{Closed: 1}},
		{"clockwise", "POLYGON((0 0,0 1,1 1,1 0,0 0))", "POLYGON((0 0,1 0,1 1,0 1,0 0))", "", geo.Repairs{Reversed: 1}},
		{"points twice", "POLYGON((0 0,1 0,1 0,1 1,0 1,0 1,0 0))", "POLYGON((0 0,1 0,1 1,0 1,0 0))", "", geo.Repairs{Duplicates: 2}},
		{"hole", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,3 2,3 3,2 3,2 2))", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,2 3,3 3,3 2,2 2))", "", geo.Repairs{Reversed: 1}},
		{"hole without area", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,3 2,2 2))", "POLYGON((0 0,9 0,9 9,0 9,0 0))", "", geo.Repairs{Dropped: 1}},
		{"hole touching the shell once", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 4,2 5,2 3,0 4))", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 4,2 5,2 3,0 4))", "", geo.Repairs{}},
		{"hole touching the shell twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(0 4,5 5,9 4,5 3,0 4))", "", geo.FaultCut, geo.Repairs{}},
		{"bow-tie", "POLYGON((0 0,1 1,1 0,0 2,0 0))", "", geo.FaultCrossing, geo.Repairs{}},
		{"bow-tie of no area", "POLYGON((0 0,1 1,1 0,0 1,0 0))", "", geo.FaultRing, geo.Repairs{}},
		{"touches itself", "POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", "", geo.FaultTouch, geo.Repairs{}},
		{"spike", "POLYGON((0 0,4 0,4 4,4 6,4 4,0 4,0 0))", "", geo.FaultSpike, geo.Repairs{}},
		{"two points", "POLYGON((0 0,1 1,0 0))", "", geo.FaultRing, geo.Repairs{}},
		{"a line", "POLYGON((0 0,1 1,2 2,0 0))", "", geo.FaultRing, geo.Repairs{}},
		{"hole outside", "POLYGON((0 0,4 0,4 4,0 4,0 0),(6 6,7 6,7 7,6 6))", "", geo.FaultHole, geo.Repairs{}},
		{"hole across the shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(3 1,6 1,6 2,3 2,3 1))", "", geo.FaultRingsCross, geo.Repairs{}},
		{"hole in a hole", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(3 3,4 3,4 4,3 3))", "", geo.FaultHole, geo.Repairs{}},
		{"hole on the shell's line", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 1,1 1,1 2,0 2,0 1))", "", geo.FaultRingsCross, geo.Repairs{}},
		{"two parts", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))", "", geo.Repairs{}},
		{"parts that touch", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((1 1,3 2,3 3,1 1)))", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((1 1,3 2,3 3,1 1)))", "", geo.Repairs{}},
		{"parts that overlap", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((2 2,6 2,6 6,2 6,2 2)))", "", geo.FaultParts, geo.Repairs{}},
		{"a part in another", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((1 1,2 1,2 2,1 1)))", "", geo.FaultParts, geo.Repairs{}},
		{"a part in another's hole", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1)),((3 3,4 3,4 4,3 3)))", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1)),((3 3,4 3,4 4,3 3)))", "", geo.Repairs{}},
		{"point", "POINT(1 2)", "POINT(1 2)", "", geo.Repairs{}},
		{"line of one place", "LINESTRING(1 2,1 2)", "", geo.FaultRing, geo.Repairs{}},
		{"empty", "POLYGON EMPTY", "", geo.FaultEmpty, geo.Repairs{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, _, err := geo.Read([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			out, fixed, err := geo.Check(g)
			if c.reason != "" {
				var f *geo.Fault
				if !errors.As(err, &f) || f.Reason != c.reason {
					t.Fatalf("%v, want %s", err, c.reason)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.out, wkt.MarshalString(out)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.fixed, fixed); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	square := orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}
	for name, in := range map[string]string{
		"wkt":      "POLYGON ((0 0, 1 0, 1 1, 0 0))",
		"geojson":  `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`,
		"feature":  `{"type":"Feature","properties":null,"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}`,
		"wkb":      "\x01\x03\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"hex ewkb": "01030000208A11000001000000040000000000000000000000000000000000000000000000" + "0000F03F0000000000000000000000000000F03F000000000000F03F00000000000000000000000000000000",
	} {
		g, srid, err := geo.Read([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want := map[string]int{"hex ewkb": 4490}[name]; srid != want {
			t.Errorf("%s: SRID %d", name, srid)
		}
		if diff := cmp.Diff(orb.Geometry(square), g); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got, want := string(geo.AppendJSON(nil, g, 7)), `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`; got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for in, reason := range map[string]string{
		"":                                       geo.FaultFormat,
		"POLYGON((0 0":                           geo.FaultFormat,
		"三亩地":                                    geo.FaultFormat,
		"POINT Z (1 2 3)":                        geo.FaultHeight,
		"POINT(1 2 3)":                           geo.FaultHeight,
		"{}":                                     geo.FaultFormat,
		`{"type":"Point"}`:                       geo.FaultFormat,
		`{"type":"Point","coordinates":[1,2,3]}`: geo.FaultHeight,
		`{"type":"Point","coordinates":["1","2"]}`: geo.FaultFormat,
		"\x01\xe9\x03\x00\x00":                     geo.FaultHeight,
		"\x01\x03":                                 geo.FaultFormat,
		"0102030405060708":                         geo.FaultFormat,
	} {
		var f *geo.Fault
		if _, _, err := geo.Read([]byte(in)); !errors.As(err, &f) || f.Reason != reason {
			t.Errorf("%q: %v, want %s", in, err, reason)
		}
	}
}

// A star around a middle never crosses itself; two of its corners exchanged, far apart, always do or stay simple: the sweep must
// agree with comparing every pair.
func TestCheckAgreesWithEveryPair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 14).Draw(t, "corners")
		ring := make(orb.Ring, n)
		for i := range ring { // a coarse grid makes touches and shared lines likely
			ring[i] = orb.Point{float64(rapid.IntRange(0, 6).Draw(t, "x")), float64(rapid.IntRange(0, 6).Draw(t, "y"))}
		}
		_, _, err := geo.Check(orb.Polygon{ring})
		if got, want := err == nil, naivelySimple(ring); got != want {
			t.Fatalf("%v: %v, every pair says simple = %v", ring, err, want)
		}
	})
}

// naivelySimple compares every pair of edges in integers.
func naivelySimple(r orb.Ring) bool {
	var p []orb.Point
	for i, q := range r {
		if q != r[(i+1)%len(r)] {
			p = append(p, q)
		}
	}
	n := len(p)
	if n < 3 {
		return false
	}
	cross := func(a, b, c orb.Point) float64 { return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]) }
	on := func(a, b, c orb.Point) bool {
		return cross(a, b, c) == 0 && c[0] >= min(a[0], b[0]) && c[0] <= max(a[0], b[0]) && c[1] >= min(a[1], b[1]) && c[1] <= max(a[1], b[1])
	}
	area := 0.0
	for i := range n {
		area += p[i][0]*p[(i+1)%n][1] - p[(i+1)%n][0]*p[i][1]
		for j := i + 1; j < n; j++ {
			a, b, c, d := p[i], p[(i+1)%n], p[j], p[(j+1)%n]
			switch {
			case j == i+1 && n > 3, j == i+1:
				if on(a, b, d) || on(c, d, a) {
					return false
				}
			case (j+1)%n == i:
				if on(a, b, c) || on(c, d, b) {
					return false
				}
			case on(a, b, c), on(a, b, d), on(c, d, a), on(c, d, b):
				return false
			case cross(a, b, c)*cross(a, b, d) < 0 && cross(c, d, a)*cross(c, d, b) < 0:
				return false
			}
		}
	}
	return area != 0
}

func TestCircle(t *testing.T) {
	t.Parallel()
	middle := orb.Point{118.78, 32.06}
	c := geo.Circle(middle, 5000, 64)
	for _, p := range c[0] {
		if d := geo.Distance(middle, p); math.Abs(d-5000) > 0.5 {
			t.Errorf("a corner at %f m", d)
		}
	}
	if _, _, err := geo.Check(c); err != nil {
		t.Error(err)
	}
}
