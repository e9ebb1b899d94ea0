package space_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"wuku/space"
)

// crowd puts WUKU_PEOPLE people (a million) in 200 towns and half as many places into a version of their own.
func crowd(b *testing.B) *town {
	b.Helper()
	n := 1_000_000
	if text := os.Getenv("WUKU_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	w, ctx := newTown(b), context.Background()
	v, err := w.space.Current()
	if err != nil {
		b.Fatal(err)
	}
	version := v.ID + 1
	const spot = `116.8 + (cityHash64(number % 200) % 1000) / 1000 * 4.4 + randNormal(0, 0.05, number) AS lon, 31 + (cityHash64(number % 200, 1) % 1000) / 1000 * 3.6 + randNormal(0, 0.04, number + 1) AS lat,
		toUInt32((lon + 180) / 360 * 4294967296) AS mx, toUInt32((1 - log(tan(lat * pi() / 360 + pi() / 4)) / pi()) / 2 * 4294967296) AS my, geoToH3(lat, lon, 8) AS h3`
	w.exec(b, fmt.Sprintf(`INSERT INTO space.person SELECT %d, generateUUIDv4(number), '320102', lon, lat, mx, my, h3, 95, toString(1 + number %% 2), toDate32('1935-01-01') + number %% 33000, toDate32('1900-01-01'), intDiv(number, 3)
		FROM (SELECT number, %s FROM numbers(%d))`, version, spot, n))
	w.exec(b, fmt.Sprintf(`INSERT INTO space.place (ver, entity, area, lon, lat, mx, my, h3, west, south, east, north, wkt, geom, changed, name) SELECT %d, generateUUIDv4(number), '3', lon, lat, mx, my, h3, lon, lat, lon, lat, '', [], now64(3), '楼'
		FROM (SELECT number, %s FROM numbers(%d))`, version, spot, n/2))
	w.exec(b, fmt.Sprintf(`INSERT INTO space.place (ver, entity, area, lon, lat, mx, my, h3, west, south, east, north, wkt, geom, changed, name)
		SELECT %d, generateUUIDv4(number), '1', lon, lat, mx, my, h3, lon, lat, lon + 0.001, lat + 0.001, wkt(geom), [[[(lon, lat), (lon + 0.001, lat), (lon + 0.001, lat + 0.001), (lon, lat + 0.001), (lon, lat)]]]::MultiPolygon AS geom, now64(3), '宗地'
		FROM (SELECT number, %s FROM numbers(%d))`, version, spot, n/10))
	data := map[string]any{"Version": version, "Least": 50, "Heads": []struct {
		Library string
		Head    uint64
	}{{"place", 1}}}
	for _, step := range []string{"space/build_cell", "space/finish"} {
		if err := w.store.Exec(ctx, step, data); err != nil {
			b.Fatal(err)
		}
	}
	start := time.Now()
	if err := w.space.Refresh(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d people, %d places, %d parcels; held after %v", n, n/2, n/10, time.Since(start))
	return w
}

// middle is the middle of one of the towns.
func (w *town) middle(b *testing.B, ctx context.Context) (p orb.Point) {
	b.Helper()
	row := w.conn.QueryRow(ctx, fmt.Sprintf("SELECT 116.8 + (cityHash64(toUInt64(%d)) %% 1000) / 1000 * 4.4, 31 + (cityHash64(toUInt64(%[1]d), 1) %% 1000) / 1000 * 3.6", rand.IntN(200)))
	if err := row.Scan(&p[0], &p[1]); err != nil {
		b.Fatal(err)
	}
	return p
}

func report(b *testing.B, name string, took []time.Duration) {
	slices.Sort(took)
	b.Logf("%s: median %v, p99 %v, most %v of %d", name, took[len(took)/2], took[len(took)*99/100], took[len(took)-1], len(took))
}

// BenchmarkDrawn asks for people by age band in polygons of 100 corners, each of another caller, so that none is too close to an earlier one.
func BenchmarkDrawn(b *testing.B) {
	w, ctx := crowd(b), context.Background()
	for _, radius := range []float64{0.03, 0.1, 0.3} {
		var took []time.Duration
		for i := range 60 {
			at, ring := w.middle(b, ctx), orb.Ring{}
			for k := range 100 {
				s, c := math.Sincos(2 * math.Pi * float64(k) / 100)
				far := radius * (0.7 + 0.3*rand.Float64())
				ring = append(ring, orb.Point{at[0] + far*c, at[1] + far*s})
			}
			q := space.Question{Caller: fmt.Sprint("bench", radius, i), Shape: orb.Polygon{append(ring, ring[0])}, Theme: space.ThemePeople, By: space.SplitAge}
			start := time.Now()
			a, err := w.space.Statistics(ctx, q)
			if err != nil || a.Total == nil {
				b.Fatal(a, err)
			}
			took = append(took, time.Since(start))
		}
		report(b, fmt.Sprintf("drawn, %.2f degrees", radius), took)
	}
}

// BenchmarkTiles makes the tiles around towns at every zoom, none from a cache.
func BenchmarkTiles(b *testing.B) {
	w, ctx := crowd(b), context.Background()
	all, err := w.space.Collections(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for i := range all {
		c := &all[i]
		if c.Count < 1000 {
			continue
		}
		var all []time.Duration
		worst, at := time.Duration(0), uint32(0)
		for z := range uint32(17) {
			for range 20 {
				p := w.middle(b, ctx)
				x := uint32((p[0] + 180) / 360 * math.Exp2(float64(z)))
				y := uint32((1 - math.Log(math.Tan(p[1]*math.Pi/360+math.Pi/4))/math.Pi) / 2 * math.Exp2(float64(z)))
				start := time.Now()
				if _, err := w.space.Tile(ctx, c, z, x, y); err != nil {
					b.Fatal(err)
				}
				took := time.Since(start)
				if all = append(all, took); took > worst {
					worst, at = took, z
				}
			}
		}
		report(b, fmt.Sprintf("tiles of %s, zooms 0 to 16, the slowest at %d", c.ID, at), all)
	}
}
