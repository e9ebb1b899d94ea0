package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/paulmach/orb"
)

// SpatialConfig says what Spatial measures. Zero values take the defaults.
type SpatialConfig struct {
	Points   int    // default 1,000,000; a tenth as many buildings stand beside them
	Places   int    // random locations a query is asked at; default 30
	Repeats  int    // how often each is asked, by turns; the best counts; default 3
	Postgres string // directory of PostgreSQL's programs with PostGIS; "" looks in /usr/lib/postgresql
	Say      func(format string, args ...any)
}

// SpatialRun is what was measured: both sides over a client connection on loopback, with the result fetched.
type SpatialRun struct {
	Points  int            `json:"points"`
	Loads   [2]float64     `json:"load_seconds"` // ours with its indexes, PostGIS
	Bytes   [2]int64       `json:"bytes"`        // on disk, of tables with indexes
	Memory  int64          `json:"index_bytes"`  // of our indexes in memory
	Queries []SpatialQuery `json:"queries"`
	Mean    float64        `json:"geometric_mean"` // of the ratios of means: how many times as fast ours is
}

// SpatialQuery is one query: milliseconds of ours, of PostGIS and of our engine alone (0: it has no statement for it).
type SpatialQuery struct {
	Name   string     `json:"name"`
	Median [3]float64 `json:"median_ms"`
	Mean   [3]float64 `json:"mean_ms"`
	Ratio  float64    `json:"ratio"`  // of the means, PostGIS to ours
	Differ int        `json:"differ"` // locations whose answers are not the same
}

// Print writes the run as a table.
func (r *SpatialRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d points; load %.1f s, PostGIS %.1f s; %d MiB on disk and %d MiB of indexes in memory, PostGIS %d MiB on disk\n", r.Points, r.Loads[0], r.Loads[1], r.Bytes[0]>>20, r.Memory>>20, r.Bytes[1]>>20)
	fmt.Fprintf(w, "%-32s %10s %10s %10s %10s %10s %7s %7s\n", "query, ms", "median", "PostGIS", "mean", "PostGIS", "engine", "ratio", "differ")
	for _, q := range r.Queries {
		fmt.Fprintf(w, "%-32s %10.2f %10.2f %10.2f %10.2f %10.2f %7.2f %7d\n", q.Name, q.Median[0], q.Median[1], q.Mean[0], q.Mean[1], q.Mean[2], q.Ratio, q.Differ)
	}
	fmt.Fprintf(w, "geometric mean of the ratios of means: %.2f\n", r.Mean)
}

// spatial is a running bench.
type spatial struct {
	SpatialConfig
	spatialData
	db     *database
	peer   *postgres
	memory *spatialMemory
	client http.Client
	url    string
	random *rand.Rand
}

// Spatial measures the queries of planners and maps beside PostGIS on the same rows.
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
	if b.peer, err = startPostgres(ctx, ServeConfig{Postgres: c.Postgres}, filepath.Join(dir, "postgres"), "shared_buffers=4GB", "work_mem=256MB", "maintenance_work_mem=1GB"); err != nil {
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
	run.Memory = b.memory.bytes
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: b.memory, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // it ends with Close
	defer func() { err = errors.Join(err, server.Close()) }()
	b.url = "http://" + l.Addr().String()
	return run, b.measure(ctx, run)
}

// spatialQuery is one query of the bench; one that does not depend on a place is asked once.
type spatialQuery struct {
	name string
	once bool
	at   func(p orb.Point) asked
}

func (b *spatial) queries() []spatialQuery {
	const hash = "SELECT ST_GeoHash(geom, 6) AS hash, count(*) AS n FROM point GROUP BY 1 ORDER BY n DESC, hash LIMIT 100"
	return []spatialQuery{
		{"within 500 m, count, sum", false, b.within(500)},
		{"within 5 km, count, sum", false, b.within(5000)},
		{"10 nearest", false, b.nearest},
		{"box of 0.02 degrees", false, b.box(0.02)},
		{"box of 0.1 degrees", false, b.box(0.1)},
		{"box of 1 degree", false, b.box(1)},
		{"box of 4 degrees", false, b.box(4)},
		{"drawn polygon, 100 corners", false, b.drawn(0.02, 0.5)},
		{"drawn polygon, < 0.03 degrees", false, b.drawn(0.02, 0.03)},
		{"drawn polygon, > 0.4 degrees", false, b.drawn(0.4, 0.5)},
		{"cells of all, fullest 100", true, b.top("spatial_cells", "SELECT h8, count(*) AS n FROM point GROUP BY h8 ORDER BY n DESC, h8 LIMIT 100")},
		{"cells in a box of 0.2 degrees", false, b.cellsIn(0.2)},
		{"cells in a box of 1 degree", false, b.cellsIn(1)},
		{"geohash of all, fullest 100", true, b.top("spatial_geohash", hash)},
		{"all points by county", true, b.join("counties", "county")},
		{"all points by 300 drawn zones", true, b.join("zones", "zone")},
		{"county of a point", false, b.county},
		{"counties that a zone meets", false, b.intersects},
		{"overlay of a zone, counties", false, b.overlay("county")},
		{"overlay of a zone, buildings", false, b.overlay("building")},
		{"overlay of 300 zones, counties", true, b.overlays("county")},
		{"overlay of 300 zones, buildings", true, b.overlays("building")},
		{"tile of points, zoom 10", false, b.tile("point", 10)},
		{"tile of points, zoom 12", false, b.tile("point", 12)},
		{"tile of points, zoom 14", false, b.tile("point", 14)},
		{"tile of buildings, zoom 12", false, b.tile("building", 12)},
		{"tile of buildings, zoom 14", false, b.tile("building", 14)},
		{"tile of counties, zoom 6", false, b.tile("county", 6)},
		{"tile of counties, zoom 8", false, b.tile("county", 8)},
		{"tile of counties, zoom 10", false, b.tile("county", 10)},
		{"tile of counties, zoom 12", false, b.tile("county", 12)},
	}
}

func (b *spatial) measure(ctx context.Context, run *SpatialRun) error {
	logs := 0.0
	for _, q := range b.queries() {
		b.Say("%s", q.name)
		out := SpatialQuery{Name: q.name}
		places, repeats := b.Places, b.Repeats
		if q.once {
			places, repeats = 1, 1
		}
		var times [3][]float64
		for range places {
			best, same, err := b.ask(ctx, q.at(b.points[b.random.IntN(len(b.points))]), repeats)
			if err != nil {
				return fmt.Errorf("%s: %w", q.name, err)
			}
			if !same {
				out.Differ++
			}
			for i, t := range best {
				times[i] = append(times[i], t)
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

// ask asks all that can answer by turns, and takes the best time of each.
func (b *spatial) ask(ctx context.Context, a asked, repeats int) (best [3]float64, same bool, err error) {
	var answers [3]string
	for r := range repeats {
		for i, ask := range []func(context.Context) (string, error){a.ours, a.peer, a.engine} {
			if ask == nil {
				continue
			}
			start := time.Now()
			if answers[i], err = ask(ctx); err != nil {
				return best, false, err
			}
			if took := time.Since(start).Seconds() * 1000; r == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	if a.same == nil {
		return best, answers[0] == answers[1], nil
	}
	return best, a.same(answers[0], answers[1]), nil
}
