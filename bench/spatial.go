package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/geo"
)

// SpatialConfig says what Spatial measures. Zero values take the defaults.
type SpatialConfig struct {
	Points   int    // default 1,000,000
	Places   int    // random locations a query is asked at; default 30
	Repeats  int    // how often each is asked, by turns; the best counts; default 3
	Postgres string // directory of PostgreSQL's programs with PostGIS; "" looks in /usr/lib/postgresql
	Say      func(format string, args ...any)
}

// SpatialRun is what was measured: both engines over a client connection on loopback, with the result fetched.
type SpatialRun struct {
	Points  int            `json:"points"`
	Loads   [2]float64     `json:"load_seconds"` // ours, PostGIS
	Bytes   [2]int64       `json:"bytes"`        // of tables with indexes
	Queries []SpatialQuery `json:"queries"`
	Mean    float64        `json:"geometric_mean"` // of the ratios of means: how many times as fast ours is
}

// SpatialQuery is one query: milliseconds of ours and of PostGIS.
type SpatialQuery struct {
	Name   string     `json:"name"`
	Median [2]float64 `json:"median_ms"`
	Mean   [2]float64 `json:"mean_ms"`
	Ratio  float64    `json:"ratio"`  // of the means, PostGIS to ours
	Differ int        `json:"differ"` // locations whose answers are not the same
}

// Print writes the run as a table.
func (r *SpatialRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d points; load %.1f s, PostGIS %.1f s; %d MiB, PostGIS %d MiB\n", r.Points, r.Loads[0], r.Loads[1], r.Bytes[0]>>20, r.Bytes[1]>>20)
	fmt.Fprintf(w, "%-28s %10s %10s %10s %10s %7s %7s\n", "query, ms", "median", "PostGIS", "mean", "PostGIS", "ratio", "differ")
	for _, q := range r.Queries {
		fmt.Fprintf(w, "%-28s %10.2f %10.2f %10.2f %10.2f %7.2f %7d\n", q.Name, q.Median[0], q.Median[1], q.Mean[0], q.Mean[1], q.Ratio, q.Differ)
	}
	fmt.Fprintf(w, "geometric mean of the ratios of means: %.2f\n", r.Mean)
}

// spatial is a running bench.
type spatial struct {
	SpatialConfig
	db     *database
	peer   *postgres
	points []orb.Point
	pops   []uint16
	random *rand.Rand
}

// Spatial measures queries of points beside PostGIS on the same rows.
func Spatial(ctx context.Context, c SpatialConfig) (run *SpatialRun, err error) {
	if c.Points == 0 {
		c.Points = 1_000_000
	}
	if c.Places == 0 {
		c.Places = 30
	}
	if c.Repeats == 0 {
		c.Repeats = 3
	}
	if c.Say == nil {
		c.Say = func(string, ...any) {}
	}
	dir, err := os.MkdirTemp("", "wuku-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &spatial{SpatialConfig: c, random: rand.New(rand.NewPCG(8, 9))}
	if b.db, err = openDatabase(ctx, filepath.Join(dir, "engine")); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.db.close()) }()
	if b.peer, err = startPostgres(ctx, ServeConfig{Postgres: c.Postgres}, filepath.Join(dir, "postgres")); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.peer.close()) }()
	b.draw()
	run = &SpatialRun{Points: c.Points}
	for i, load := range []func(context.Context) (int64, error){b.loadOurs, b.loadPeer} {
		c.Say("loading %d points into %s", c.Points, [...]string{"ours", "PostGIS"}[i])
		start := time.Now()
		if run.Bytes[i], err = load(ctx); err != nil {
			return nil, err
		}
		run.Loads[i] = time.Since(start).Seconds()
	}
	return run, b.measure(ctx, run)
}

// draw makes points in 40 clusters over the province, and a tenth anywhere.
func (b *spatial) draw() {
	var middles [40]orb.Point
	for i := range middles {
		middles[i] = orb.Point{116.5 + 5*b.random.Float64(), 31 + 4*b.random.Float64()}
	}
	for i := range b.Points {
		p := orb.Point{116.5 + 5*b.random.Float64(), 31 + 4*b.random.Float64()}
		if i%10 > 0 {
			m := middles[b.random.IntN(len(middles))]
			p = orb.Point{m[0] + b.random.NormFloat64()*0.06, m[1] + b.random.NormFloat64()*0.05}
		}
		b.points, b.pops = append(b.points, p), append(b.pops, uint16(b.random.IntN(500)))
	}
}

func (b *spatial) loadOurs(ctx context.Context) (size int64, err error) {
	text, err := render("spatial_table", nil)
	if err != nil {
		return 0, err
	}
	if err := b.db.conn.Exec(ctx, text); err != nil {
		return 0, err
	}
	batch, err := b.db.conn.PrepareBatch(ctx, "INSERT INTO default.bench_point")
	if err != nil {
		return 0, err
	}
	for i, p := range b.points {
		mx, my := geo.Frame(p)
		if err := batch.Append(uint32(i), p[0], p[1], mx, my, b.pops[i]); err != nil {
			return 0, err
		}
	}
	if err := batch.Send(); err != nil {
		return 0, err
	}
	if err := b.db.conn.Exec(ctx, "OPTIMIZE TABLE default.bench_point FINAL"); err != nil {
		return 0, err
	}
	var bytes uint64
	err = b.db.conn.QueryRow(ctx, "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'bench_point'").Scan(&bytes)
	return int64(bytes), err
}

// loadPeer copies the same rows, sorts them on disk along a Hilbert curve and indexes them for boxes and for distances.
func (b *spatial) loadPeer(ctx context.Context) (size int64, err error) {
	exec := func(statements ...string) error {
		for _, s := range statements {
			if _, err := b.peer.pool.Exec(ctx, s); err != nil {
				return fmt.Errorf("PostGIS (package postgresql-15-postgis-3): %w", err)
			}
		}
		return nil
	}
	if err := exec("CREATE EXTENSION postgis", "CREATE UNLOGGED TABLE raw (id int, lon float8, lat float8, pop int)"); err != nil {
		return 0, err
	}
	_, err = b.peer.pool.CopyFrom(ctx, pgx.Identifier{"raw"}, []string{"id", "lon", "lat", "pop"}, pgx.CopyFromSlice(len(b.points), func(i int) ([]any, error) {
		return []any{int32(i), b.points[i][0], b.points[i][1], int32(b.pops[i])}, nil
	}))
	if err != nil {
		return 0, err
	}
	err = exec("CREATE TABLE point AS SELECT id, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography AS geog, pop FROM raw ORDER BY ST_SetSRID(ST_MakePoint(lon, lat), 4326)",
		"CREATE INDEX ON point USING gist (geom)", "CREATE INDEX ON point USING gist (geog)", "DROP TABLE raw", "VACUUM ANALYZE point")
	if err != nil {
		return 0, err
	}
	return size, b.peer.pool.QueryRow(ctx, "SELECT pg_total_relation_size('point')").Scan(&size)
}

// asked is one query at one place, of both engines; both give what must be equal.
type asked struct {
	ours, peer func(ctx context.Context) (string, error)
}

func (b *spatial) measure(ctx context.Context, run *SpatialRun) error {
	logs := 0.0
	for _, q := range []struct {
		name string
		at   func(p orb.Point) asked
	}{
		{"within 500 m, count, sum", func(p orb.Point) asked { return b.within(p, 500) }},
		{"within 5 km, count, sum", func(p orb.Point) asked { return b.within(p, 5000) }},
		{"10 nearest", b.nearest},
		{"box of 0.02 degrees", func(p orb.Point) asked { return b.box(p, 0.02) }},
		{"box of 0.1 degrees", func(p orb.Point) asked { return b.box(p, 0.1) }},
		{"box of 1 degree", func(p orb.Point) asked { return b.box(p, 1) }},
		{"box of 4 degrees", func(p orb.Point) asked { return b.box(p, 4) }},
		{"drawn polygon, 100 corners", b.polygon},
	} {
		b.Say("%s", q.name)
		out := SpatialQuery{Name: q.name}
		var times [2][]float64
		for range b.Places {
			a := q.at(b.points[b.random.IntN(len(b.points))])
			best := [2]float64{math.Inf(1), math.Inf(1)}
			var answers [2]string
			for range b.Repeats {
				for i, ask := range []func(context.Context) (string, error){a.ours, a.peer} {
					start := time.Now()
					answer, err := ask(ctx)
					if err != nil {
						return fmt.Errorf("%s: %w", q.name, err)
					}
					best[i], answers[i] = min(best[i], time.Since(start).Seconds()*1000), answer
				}
			}
			if answers[0] != answers[1] {
				out.Differ++
			}
			for i := range times {
				times[i] = append(times[i], best[i])
			}
		}
		for i, t := range times {
			slices.Sort(t)
			out.Median[i] = t[len(t)/2]
			for _, v := range t {
				out.Mean[i] += v / float64(len(t))
			}
		}
		out.Ratio = out.Mean[1] / out.Mean[0]
		logs += math.Log(out.Ratio)
		run.Queries = append(run.Queries, out)
	}
	run.Mean = math.Exp(logs / float64(len(run.Queries)))
	return nil
}

// framed are the parameters of a box in the table's order.
func framed(box orb.Bound, more ...any) []any {
	x0, x1, y0, y1 := geo.FrameBox(box)
	return append([]any{clickhouse.Named("x0", x0), clickhouse.Named("x1", x1), clickhouse.Named("y0", y0), clickhouse.Named("y1", y1)}, more...)
}

// sums asks for a count and a sum; text may be another dialect's.
func (b *spatial) sums(name string, args []any, text string, peer ...any) asked {
	ours := func(ctx context.Context) (string, error) {
		statement, err := render(name, nil)
		if err != nil {
			return "", err
		}
		var n, sum uint64
		err = b.db.conn.QueryRow(ctx, statement, args...).Scan(&n, &sum)
		return fmt.Sprint(n, sum), err
	}
	return asked{ours, func(ctx context.Context) (string, error) {
		var n, sum int64
		err := b.peer.pool.QueryRow(ctx, text, peer...).Scan(&n, &sum)
		return fmt.Sprint(n, sum), err
	}}
}

func (b *spatial) within(p orb.Point, radius float64) asked {
	args := framed(geo.BoxAround(p, radius), clickhouse.Named("lon", p[0]), clickhouse.Named("lat", p[1]), clickhouse.Named("radius", radius))
	return b.sums("spatial_within", args, "SELECT count(*), coalesce(sum(pop), 0) FROM point WHERE ST_DWithin(geog, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, $3)", p[0], p[1], radius)
}

// box compares with ST_Intersects: the operator && alone works on single precision and is off by some points.
func (b *spatial) box(p orb.Point, size float64) asked {
	box := orb.Bound{Min: orb.Point{p[0] - size/2, p[1] - size/2}, Max: orb.Point{p[0] + size/2, p[1] + size/2}}
	args := framed(box, clickhouse.Named("west", box.Min[0]), clickhouse.Named("south", box.Min[1]), clickhouse.Named("east", box.Max[0]), clickhouse.Named("north", box.Max[1]))
	return b.sums("spatial_box", args, "SELECT count(*), coalesce(sum(pop), 0) FROM point WHERE ST_Intersects(geom, ST_MakeEnvelope($1, $2, $3, $4, 4326))", box.Min[0], box.Min[1], box.Max[0], box.Max[1])
}

func (b *spatial) polygon(p orb.Point) asked {
	radius := 0.02 + b.random.Float64()*0.4
	ring := make(orb.Ring, 0, 101)
	for i := range 100 {
		s, c := math.Sincos(2 * math.Pi * float64(i) / 100)
		far := radius * (0.7 + 0.3*b.random.Float64())
		ring = append(ring, orb.Point{p[0] + far*c, p[1] + far*s})
	}
	shape := orb.Polygon{append(ring, ring[0])}
	text := wkt.MarshalString(shape)
	return b.sums("spatial_polygon", framed(shape.Bound(), clickhouse.Named("shape", text)),
		"SELECT count(*), coalesce(sum(pop), 0) FROM point WHERE ST_Intersects(geom, ST_GeomFromText($1, 4326))", text)
}

// nearest looks in a circle that grows fourfold until it holds ten, as package space does.
func (b *spatial) nearest(p orb.Point) asked {
	ours := func(ctx context.Context) (string, error) {
		statement, err := render("spatial_near", nil)
		if err != nil {
			return "", err
		}
		for radius := 500.0; ; radius *= 4 {
			rows, err := b.db.conn.Query(ctx, statement, framed(geo.BoxAround(p, radius), clickhouse.Named("lon", p[0]), clickhouse.Named("lat", p[1]), clickhouse.Named("radius", radius))...)
			if err != nil {
				return "", err
			}
			var ids []int
			for rows.Next() {
				var id uint32
				var metres float64
				if err := rows.Scan(&id, &metres); err != nil {
					return "", errors.Join(err, rows.Close())
				}
				ids = append(ids, int(id))
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(ids) == 10 || radius > 1e6 {
				slices.Sort(ids)
				return fmt.Sprint(ids), err
			}
		}
	}
	return asked{ours, func(ctx context.Context) (string, error) {
		rows, err := b.peer.pool.Query(ctx, "SELECT id FROM point ORDER BY geog <-> ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography LIMIT 10", p[0], p[1])
		if err != nil {
			return "", err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int])
		slices.Sort(ids)
		return fmt.Sprint(ids), err
	}}
}
