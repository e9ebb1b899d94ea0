package bench

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"wuku/geo"
)

// What is drawn, beside the points: counties tile the country, as real ones do with about a thousand corners each.
const (
	countyColumns, countyRows = 56, 50
	countySide                = 256 // corners along a side
	zoneCorners               = 100
	zoneCount                 = 300
	clusterCount              = 400
)

// country is where everything lies.
var country = orb.Bound{Min: orb.Point{100, 24}, Max: orb.Point{122, 42}}

// spatialData are the rows, the same for both sides.
type spatialData struct {
	points                     []orb.Point
	weights                    []float64
	cells                      []uint64 // H3 of resolution 8, as the engine has it
	counties, buildings, zones []orb.MultiPolygon
}

func (b *spatial) draw() {
	r, size := b.random, orb.Point{country.Max[0] - country.Min[0], country.Max[1] - country.Min[1]}
	anywhere := func() orb.Point {
		return orb.Point{country.Min[0] + size[0]*r.Float64(), country.Min[1] + size[1]*r.Float64()}
	}
	var middles [clusterCount]orb.Point
	for i := range middles {
		middles[i] = anywhere()
	}
	for i := range b.Points { // nine tenths in clusters
		p := anywhere()
		if i%10 > 0 {
			m := middles[r.IntN(len(middles))]
			p = orb.Point{m[0] + r.NormFloat64()*0.06, m[1] + r.NormFloat64()*0.05}
		}
		b.points, b.weights = append(b.points, p), append(b.weights, float64(r.IntN(500)))
	}
	b.counties = drawCounties(r, size)
	for range b.Points / 10 {
		b.buildings = append(b.buildings, drawBuilding(r, b.points[r.IntN(len(b.points))]))
	}
	for range zoneCount {
		b.zones = append(b.zones, b.zone(b.points[r.IntN(len(b.points))], 0.02+0.48*r.Float64()))
	}
}

// drawCounties cuts the country along lines that two neighbours share.
func drawCounties(r *rand.Rand, size orb.Point) (out []orb.MultiPolygon) {
	w, h := size[0]/countyColumns, size[1]/countyRows
	corner := make(map[[2]int]orb.Point)
	for x := range countyColumns + 1 {
		for y := range countyRows + 1 {
			corner[[2]int{x, y}] = orb.Point{country.Min[0] + w*(float64(x)+0.3*(r.Float64()-0.5)), country.Min[1] + h*(float64(y)+0.3*(r.Float64()-0.5))}
		}
	}
	lines := map[[4]int]orb.LineString{}
	line := func(x0, y0, x1, y1 int) orb.LineString {
		key := [4]int{x0, y0, x1, y1}
		if lines[key] == nil {
			lines[key] = wiggle(r, corner[[2]int{x0, y0}], corner[[2]int{x1, y1}])
		}
		return lines[key]
	}
	for x := range countyColumns {
		for y := range countyRows {
			ring := orb.Ring{}
			for _, side := range []orb.LineString{line(x, y, x+1, y), line(x+1, y, x+1, y+1)} {
				ring = append(ring, side[:len(side)-1]...)
			}
			for _, side := range []orb.LineString{line(x, y+1, x+1, y+1), line(x, y, x, y+1)} {
				for i := len(side) - 1; i > 0; i-- {
					ring = append(ring, side[i])
				}
			}
			out = append(out, orb.MultiPolygon{{append(ring, ring[0])}})
		}
	}
	return out
}

// wiggle is a line that wanders off to the side, no further than a fifth of its length: a sum of waves whose height falls with their length.
func wiggle(r *rand.Rand, a, b orb.Point) orb.LineString {
	var phase [8]float64
	for i := range phase {
		phase[i] = 2 * math.Pi * r.Float64()
	}
	out := make(orb.LineString, countySide+1)
	for i := range out {
		t, off := float64(i)/countySide, 0.0
		for k, p := range phase {
			f := float64(int(1) << k)
			off += 0.04 / math.Pow(f, 1.1) * (math.Sin(2*math.Pi*f*t+p) - math.Sin(p)) * 4 * t * (1 - t)
		}
		dx, dy := b[0]-a[0], b[1]-a[1]
		out[i] = orb.Point{a[0] + t*dx - off*dy, a[1] + t*dy + off*dx}
	}
	out[0], out[countySide] = a, b
	return out
}

// drawBuilding is the footprint of a house like an L, turned.
func drawBuilding(r *rand.Rand, at orb.Point) orb.MultiPolygon {
	s, c := math.Sincos(2 * math.Pi * r.Float64())
	w, h, u, v := 2e-4*(1+r.Float64()), 2e-4*(1+r.Float64()), 0.3+0.4*r.Float64(), 0.3+0.4*r.Float64()
	ring := orb.Ring{}
	for _, p := range []orb.Point{{0, 0}, {w, 0}, {w, h * v}, {w * u, h * v}, {w * u, h}, {0, h}, {0, 0}} {
		ring = append(ring, orb.Point{at[0] + p[0]*c - p[1]*s, at[1] + p[0]*s + p[1]*c})
	}
	ring[len(ring)-1] = ring[0]
	return orb.MultiPolygon{{ring}}
}

// zone is a shape as a hand draws it.
func (b *spatial) zone(at orb.Point, radius float64) orb.MultiPolygon {
	ring := make(orb.Ring, 0, zoneCorners+1)
	for i := range zoneCorners {
		s, c := math.Sincos(2 * math.Pi * float64(i) / zoneCorners)
		far := radius * (0.7 + 0.3*b.random.Float64())
		ring = append(ring, orb.Point{at[0] + far*c, at[1] + far*s})
	}
	return orb.MultiPolygon{{append(ring, ring[0])}}
}

// loadOurs fills the engine and reads the cells of H3 back, which PostGIS gets as a column; then it builds the indexes in memory.
func (b *spatial) loadOurs(ctx context.Context) (size int64, err error) {
	tables, err := renderAll("spatial_table", nil)
	if err != nil {
		return 0, err
	}
	for _, t := range tables {
		if err := b.db.conn.Exec(ctx, t); err != nil {
			return 0, err
		}
	}
	for from := 0; from < len(b.points); from += 1_000_000 {
		batch, err := b.db.conn.PrepareBatch(ctx, "INSERT INTO default.bench_point (id, lon, lat, mx, my, pop)")
		if err != nil {
			return 0, err
		}
		for i := from; i < min(from+1_000_000, len(b.points)); i++ {
			p := b.points[i]
			mx, my := geo.Frame(p)
			if err := batch.Append(uint32(i), p[0], p[1], mx, my, uint16(b.weights[i])); err != nil {
				return 0, err
			}
		}
		if err := batch.Send(); err != nil {
			return 0, err
		}
	}
	after, err := renderAll("spatial_after", nil)
	if err != nil {
		return 0, err
	}
	for _, t := range after {
		if err := b.db.conn.Exec(ctx, t); err != nil {
			return 0, err
		}
	}
	if err := b.readCells(ctx); err != nil {
		return 0, err
	}
	b.memory = newSpatialMemory(&b.spatialData)
	var bytes uint64
	err = b.db.conn.QueryRow(ctx, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table LIKE 'bench%'").Scan(&bytes)
	return int64(bytes), err
}

func (b *spatial) readCells(ctx context.Context) error {
	rows, err := b.db.conn.Query(ctx, "SELECT id, h3 FROM default.bench_point")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what went wrong is in Err
	b.cells = make([]uint64, len(b.points))
	for rows.Next() {
		var id uint32
		var cell uint64
		if err := rows.Scan(&id, &cell); err != nil {
			return err
		}
		b.cells[id] = cell
	}
	return rows.Err()
}

// loadPeer copies the same rows, sorts them on disk along a Hilbert curve and indexes them for boxes, for distances and for tiles.
func (b *spatial) loadPeer(ctx context.Context) (size int64, err error) {
	exec := func(statements ...string) error {
		for _, s := range statements {
			if _, err := b.peer.pool.Exec(ctx, s); err != nil {
				return fmt.Errorf("PostGIS (package postgresql-15-postgis-3): %w", err)
			}
		}
		return nil
	}
	if err := exec("CREATE EXTENSION postgis", "CREATE UNLOGGED TABLE raw (id int, lon float8, lat float8, pop int, h8 bigint)"); err != nil {
		return 0, err
	}
	_, err = b.peer.pool.CopyFrom(ctx, pgx.Identifier{"raw"}, []string{"id", "lon", "lat", "pop", "h8"}, pgx.CopyFromSlice(len(b.points), func(i int) ([]any, error) {
		return []any{int32(i), b.points[i][0], b.points[i][1], int32(b.weights[i]), int64(b.cells[i])}, nil
	}))
	if err != nil {
		return 0, err
	}
	err = exec("CREATE TABLE point AS SELECT id, geom, geom::geography AS geog, ST_Transform(geom, 3857) AS m, pop, h8 FROM (SELECT *, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom FROM raw) r ORDER BY geom",
		"DROP TABLE raw", "CREATE INDEX ON point USING gist (geom)", "CREATE INDEX ON point USING gist (geog)", "CREATE INDEX ON point USING gist (m)", "VACUUM ANALYZE point")
	if err != nil {
		return 0, err
	}
	for name, list := range map[string][]orb.MultiPolygon{"county": b.counties, "building": b.buildings, "zone": b.zones} {
		if err := exec("CREATE UNLOGGED TABLE raw (id int, shape bytea)"); err != nil {
			return 0, err
		}
		_, err = b.peer.pool.CopyFrom(ctx, pgx.Identifier{"raw"}, []string{"id", "shape"}, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) {
			shape, err := wkb.Marshal(list[i])
			return []any{int32(i), shape}, err
		}))
		if err != nil {
			return 0, err
		}
		err = exec("CREATE TABLE "+name+" AS SELECT id, geom, ST_Transform(geom, 3857) AS m FROM (SELECT id, ST_GeomFromWKB(shape, 4326) AS geom FROM raw) r ORDER BY geom",
			"DROP TABLE raw", "CREATE INDEX ON "+name+" USING gist (geom)", "CREATE INDEX ON "+name+" USING gist (m)", "VACUUM ANALYZE "+name)
		if err != nil {
			return 0, err
		}
	}
	return size, b.peer.pool.QueryRow(ctx, "SELECT sum(pg_total_relation_size(t)) FROM unnest(ARRAY['point', 'county', 'building', 'zone']) t").Scan(&size)
}
