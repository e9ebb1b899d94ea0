package geo_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"wuku/geo"
)

// testdata/gauss-krueger.csv was computed by PROJ 9.5.1 (pyproj, EPSG:4490 to each zone, longitude first).
func TestGaussKruegerIsPROJ(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/gauss-krueger.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 500 {
		t.Fatalf("%d rows", len(rows))
	}
	worst, back := 0.0, 0.0
	for _, row := range rows[1:] {
		var v [4]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(row[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		s, err := geo.ParseSystem("EPSG:" + row[0])
		if err != nil {
			t.Fatal(err)
		}
		p := s.FromGeographic(orb.Point{v[0], v[1]})
		worst = max(worst, math.Hypot(p[0]-v[2], p[1]-v[3]))
		q := s.ToGeographic(orb.Point{v[2], v[3]})
		m := geo.MetresPerDegree(v[1])
		back = max(back, math.Hypot((q[0]-v[0])*m[0], (q[1]-v[1])*m[1]))
	}
	if worst > 1e-6 || back > 1e-6 { // the table has 1e-6 m and 1e-9 degrees; the bar is 1e-3 m
		t.Fatalf("off by %g m, back by %g m", worst, back)
	}
}

func TestWebMercatorIsPROJ(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lon, lat, x, y float64 }{
		{118.78, 32.06, 13222529.116425034, 3771189.138929073},
		{121.9, 35.1, 13569845.927700048, 4177479.0621810867},
		{-179.9, -80.5, -20026376.393709917, -15867450.707559844},
	} {
		p := geo.WebMercator().FromGeographic(orb.Point{c.lon, c.lat})
		if math.Hypot(p[0]-c.x, p[1]-c.y) > 1e-6 {
			t.Errorf("%v: %v", c, p)
		}
		if q := geo.WebMercator().ToGeographic(p); math.Hypot(q[0]-c.lon, q[1]-c.lat) > 1e-11 {
			t.Errorf("%v back: %v", c, q)
		}
	}
}

func TestShiftsInvert(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := orb.Point{rapid.Float64Range(116, 122).Draw(t, "lon"), rapid.Float64Range(30, 36).Draw(t, "lat")}
		for _, s := range []geo.System{geo.GCJ02(), geo.BD09()} {
			if d := geo.Distance(p, s.ToGeographic(s.FromGeographic(p))); d > 0.3 {
				t.Fatalf("%v: %g m at %v", s, d, p)
			}
		}
		if d := geo.Distance(p, geo.GCJ02().FromGeographic(p)); d < 300 || d > 800 {
			t.Fatalf("a shift of %g m", d)
		}
	})
}

// A place whose coordinates in all three systems are published in the open libraries' own tests (Tiananmen).
func TestShiftPublished(t *testing.T) {
	t.Parallel()
	got := geo.GCJ02().FromGeographic(orb.Point{116.404, 39.915})
	if math.Abs(got[0]-116.41024449916938) > 1e-9 || math.Abs(got[1]-39.91640428150164) > 1e-9 {
		t.Errorf("GCJ-02 %v", got)
	}
	got = geo.BD09().FromGeographic(geo.GCJ02().ToGeographic(orb.Point{116.404, 39.915}))
	if math.Abs(got[0]-116.41036949371029) > 1e-9 || math.Abs(got[1]-39.92133699351021) > 1e-9 {
		t.Errorf("BD-09 %v", got)
	}
}

func TestParseSystem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, out, uri string }{
		{"CGCS2000", "EPSG:4490", "http://www.opengis.net/def/crs/EPSG/0/4490"},
		{"epsg:4528", "EPSG:4528", "http://www.opengis.net/def/crs/EPSG/0/4528"},
		{"urn:ogc:def:crs:EPSG::4549", "EPSG:4549", "http://www.opengis.net/def/crs/EPSG/0/4549"},
		{"[http://www.opengis.net/def/crs/EPSG/0/3857]", "EPSG:3857", "http://www.opengis.net/def/crs/EPSG/0/3857"},
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
		{"gcj-02", "GCJ-02", ""},
		{"BD09", "BD-09", ""},
	} {
		s, err := geo.ParseSystem(c.in)
		if err != nil || s.String() != c.out || s.URI() != c.uri {
			t.Errorf("%s: %v %q, %v", c.in, s, s.URI(), err)
		}
	}
	for in, why := range map[string]string{"EPSG:4610": "Xian 1980", "EPSG:21458": "Beijing 1954", "EPSG:9999": "not known", "": "not known", "EPSG:x": "not known"} {
		if _, err := geo.ParseSystem(in); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// By PROJ's geod on GRS80, which is CGCS2000 to 1e-4 m.
func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b orb.Point
		want float64
	}{
		{orb.Point{118.78, 32.06}, orb.Point{118.79, 32.07}, 1456.4506651574711},
		{orb.Point{116.4, 39.9}, orb.Point{121.47, 31.23}, 1065615.4565739399},
		{orb.Point{0, 0}, orb.Point{0.5, 60}, 6654213.79158177},
		{orb.Point{118, 32}, orb.Point{118, 32}, 0},
	} {
		if got := geo.Distance(c.a, c.b); math.Abs(got-c.want) > 1e-3 {
			t.Errorf("%v %v: %f, want %f", c.a, c.b, got, c.want)
		}
	}
}

func TestAreaOfGraticule(t *testing.T) {
	t.Parallel()
	// One degree square at 32 N; area by PROJ's authalic cylinder (EPSG:6933 on GRS80).
	box := orb.Bound{Min: orb.Point{118, 32}, Max: orb.Point{119, 33}}
	ring := orb.Ring{{118, 32}, {119, 32}, {119, 33}, {118, 33}, {118, 32}}
	m := geo.MetresPerDegree(32.5)
	if got := geo.Area(box); math.Abs(got/(m[0]*m[1])-1) > 1e-4 || math.Abs(got-geo.RingArea(ring)) > 1e-6 {
		t.Errorf("%f against %f", got, m[0]*m[1])
	}
	hole := orb.Ring{{118.4, 32.4}, {118.6, 32.4}, {118.6, 32.6}, {118.4, 32.6}, {118.4, 32.4}}
	if got, want := geo.Area(orb.Polygon{ring, hole}), geo.Area(ring)-geo.Area(hole); math.Abs(got-want) > 1e-3 {
		t.Errorf("with a hole %f, want %f", got, want)
	}
}
