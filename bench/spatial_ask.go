package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/geo"
)

// asked is one query at one place: by what answers it here, by PostGIS and, where it has a statement for it, by our engine alone. Answers
// are texts; rows are sorted.
type asked struct {
	ours, peer, engine func(ctx context.Context) (string, error)
	same               func(a, b string) bool // nil: the same text
}

// call asks the indexes in memory over HTTP.
func (b *spatial) call(q spatialQuestion) func(ctx context.Context) (string, error) {
	body, encodeErr := json.Marshal(q)
	return func(ctx context.Context) (string, error) {
		if encodeErr != nil {
			return "", encodeErr
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url, bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		a, err := b.client.Do(r)
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(a.Body)
		if err = errors.Join(err, a.Body.Close()); err == nil && a.StatusCode != http.StatusOK {
			err = errors.New(string(text))
		}
		return string(text), err
	}
}

// rows asks PostGIS and gives its rows as lines.
func (b *spatial) rows(text string, args ...any) func(ctx context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		rows, err := b.peer.pool.Query(ctx, text, args...)
		if err != nil {
			return "", err
		}
		lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
			values, err := row.Values()
			return strings.TrimSuffix(fmt.Sprintln(values...), "\n"), err
		})
		return strings.Join(lines, "\n"), err
	}
}

// sums asks the engine for a count and a sum.
func (b *spatial) sums(name string, args ...any) func(ctx context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		statement, err := render(name, nil)
		if err != nil {
			return "", err
		}
		var n, sum uint64
		err = b.db.conn.QueryRow(ctx, statement, args...).Scan(&n, &sum)
		return fmt.Sprint(n, sum), err
	}
}

// framed are the parameters of a box in the table's order.
func framed(box orb.Bound, more ...any) []any {
	x0, x1, y0, y1 := geo.FrameBox(box)
	return append([]any{clickhouse.Named("x0", x0), clickhouse.Named("x1", x1), clickhouse.Named("y0", y0), clickhouse.Named("y1", y1)}, more...)
}

func (b *spatial) within(radius float64) func(orb.Point) asked {
	return func(p orb.Point) asked {
		return asked{ours: b.call(spatialQuestion{Kind: "within", At: p, Radius: radius}),
			peer:   b.rows("SELECT count(*), coalesce(sum(pop), 0) FROM point WHERE ST_DWithin(geog, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, $3)", p[0], p[1], radius),
			engine: b.sums("spatial_within", framed(geo.BoxAround(p, radius), clickhouse.Named("lon", p[0]), clickhouse.Named("lat", p[1]), clickhouse.Named("radius", radius))...)}
	}
}

// around is a square.
func around(p orb.Point, size float64) orb.Bound {
	return orb.Bound{Min: orb.Point{p[0] - size/2, p[1] - size/2}, Max: orb.Point{p[0] + size/2, p[1] + size/2}}
}

// box compares with ST_Intersects: the operator && alone works on single precision and is off by some points.
func (b *spatial) box(size float64) func(orb.Point) asked {
	return func(p orb.Point) asked {
		box := around(p, size)
		return asked{ours: b.call(spatialQuestion{Kind: "box", Box: box}),
			peer: b.rows("SELECT count(*), coalesce(sum(pop), 0) FROM point WHERE ST_Intersects(geom, ST_MakeEnvelope($1, $2, $3, $4, 4326))", box.Min[0], box.Min[1], box.Max[0], box.Max[1]),
			engine: b.sums("spatial_box", framed(box, clickhouse.Named("west", box.Min[0]), clickhouse.Named("south", box.Min[1]),
				clickhouse.Named("east", box.Max[0]), clickhouse.Named("north", box.Max[1]))...)}
	}
}

func (b *spatial) drawn(least, most float64) func(orb.Point) asked {
	return func(p orb.Point) asked {
		m := b.zone(p, least+b.random.Float64()*(most-least))
		text := wkt.MarshalString(m)
		return asked{ours: b.call(spatialQuestion{Kind: "zone", Shape: text}),
			peer:   b.rows("SELECT count(*), coalesce(sum(pop), 0) FROM point WHERE ST_Intersects(geom, ST_GeomFromText($1, 4326))", text),
			engine: b.sums("spatial_polygon", framed(m.Bound(), clickhouse.Named("shape", wkt.MarshalString(m[0])))...)}
	}
}

// nearest of PostGIS is by the sphere; where that tells other ten, ours is held against all points one by one.
func (b *spatial) nearest(p orb.Point) asked {
	return asked{ours: b.call(spatialQuestion{Kind: "nearest", At: p}),
		peer: b.rows("SELECT id FROM point ORDER BY geog <-> ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography LIMIT 10", p[0], p[1]),
		same: func(ours, peer string) bool {
			if lines(ours) == lines(peer) {
				return true
			}
			all := make([]geo.Near, len(b.points))
			for i, q := range b.points {
				all[i] = geo.Near{ID: i, Metres: geo.Distance(p, q)}
			}
			slices.SortFunc(all, func(a, b geo.Near) int {
				if a.Metres != b.Metres {
					return int(math.Copysign(1, a.Metres-b.Metres))
				}
				return a.ID - b.ID
			})
			var want strings.Builder
			for _, n := range all[:10] {
				fmt.Fprintln(&want, n.ID)
			}
			return lines(ours) == lines(want.String())
		}}
}

// lines sorts rows: their order was not asked for.
func lines(text string) string {
	list := strings.Split(strings.TrimSpace(text), "\n")
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func sameRows(a, b string) bool { return lines(a) == lines(b) }

// sameArea compares a count and an area: the count exactly, the area to 1e-9.
func sameArea(a, b string) bool {
	var n [2]int
	var area [2]float64
	for i, text := range []string{a, b} {
		if _, err := fmt.Sscan(text, &n[i], &area[i]); err != nil {
			return false
		}
	}
	return n[0] == n[1] && math.Abs(area[0]-area[1]) <= 1e-9*math.Abs(area[1])
}

func (b *spatial) cellsIn(size float64) func(orb.Point) asked {
	return func(p orb.Point) asked {
		box := around(p, size)
		return asked{ours: b.call(spatialQuestion{Kind: "cells", Box: box}), same: sameRows,
			peer: b.rows("SELECT h8, count(*) FROM point WHERE ST_Intersects(geom, ST_MakeEnvelope($1, $2, $3, $4, 4326)) GROUP BY h8", box.Min[0], box.Min[1], box.Max[0], box.Max[1])}
	}
}

// top asks the engine for two columns.
func (b *spatial) top(statement, peer string) func(orb.Point) asked {
	return func(orb.Point) asked {
		return asked{same: sameRows, peer: b.rows(peer), ours: func(ctx context.Context) (string, error) {
			text, err := render(statement, nil)
			if err != nil {
				return "", err
			}
			rows, err := b.db.conn.Query(ctx, text)
			if err != nil {
				return "", err
			}
			defer func() { _ = rows.Close() }() // what went wrong is in Err
			var out strings.Builder
			for rows.Next() {
				var n uint64
				var hash string
				var cell uint64
				if statement == "spatial_cells" {
					err = rows.Scan(&cell, &n)
					hash = fmt.Sprint(cell)
				} else {
					err = rows.Scan(&hash, &n)
				}
				if err != nil {
					return "", err
				}
				fmt.Fprintln(&out, hash, n)
			}
			return out.String(), rows.Err()
		}}
	}
}

// join counts all points by the polygons of a table.
func (b *spatial) join(kind, table string) func(orb.Point) asked {
	return func(orb.Point) asked {
		return asked{ours: b.call(spatialQuestion{Kind: kind}), same: sameRows,
			peer: b.rows("SELECT t.id, count(p.id), coalesce(sum(p.pop), 0) FROM " + table + " t LEFT JOIN point p ON ST_Intersects(t.geom, p.geom) GROUP BY t.id")}
	}
}

func (b *spatial) county(p orb.Point) asked {
	return asked{ours: b.call(spatialQuestion{Kind: "county", At: p}), same: sameRows,
		peer: b.rows("SELECT id FROM county WHERE ST_Intersects(geom, ST_SetSRID(ST_MakePoint($1, $2), 4326))", p[0], p[1])}
}

func (b *spatial) intersects(p orb.Point) asked {
	text := wkt.MarshalString(b.zone(p, 0.02+0.48*b.random.Float64()))
	return asked{ours: b.call(spatialQuestion{Kind: "intersects", Shape: text}), same: sameRows,
		peer: b.rows("SELECT id FROM county WHERE ST_Intersects(geom, ST_GeomFromText($1, 4326))", text)}
}

func (b *spatial) overlay(layer string) func(orb.Point) asked {
	return func(p orb.Point) asked {
		text := wkt.MarshalString(b.zone(p, 0.02+0.48*b.random.Float64()))
		return asked{ours: b.call(spatialQuestion{Kind: "overlay", Layer: layer, Shape: text}), same: sameArea,
			peer: b.rows("SELECT count(*), coalesce(sum(ST_Area(ST_Intersection(t.geom, z))), 0) FROM "+layer+" t, ST_GeomFromText($1, 4326) z WHERE ST_Intersects(t.geom, z)", text)}
	}
}

func (b *spatial) overlays(layer string) func(orb.Point) asked {
	return func(orb.Point) asked {
		return asked{ours: b.call(spatialQuestion{Kind: "overlays", Layer: layer}), same: sameArea,
			peer: b.rows("SELECT count(*), coalesce(sum(ST_Area(ST_Intersection(t.geom, z.geom))), 0) FROM " + layer + " t JOIN zone z ON ST_Intersects(t.geom, z.geom)")}
	}
}

// tile compares how many features there are: to 1 in 500, and 2, for each rounds to its own grid and drops what has no area there.
func (b *spatial) tile(layer string, z uint32) func(orb.Point) asked {
	return func(p orb.Point) asked {
		mx, my := geo.Frame(p)
		x, y := mx>>(32-z), my>>(32-z)
		value := "id"
		if layer == "point" {
			value = "pop"
		}
		return asked{ours: b.call(spatialQuestion{Kind: "tile", Layer: layer, Tile: [3]uint32{z, x, y}}),
			peer: func(ctx context.Context) (string, error) {
				var tile []byte
				err := b.peer.pool.QueryRow(ctx, "SELECT ST_AsMVT(q, '"+layer+"') FROM (SELECT ST_AsMVTGeom(m, ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom, "+value+" FROM "+layer+
					" WHERE m && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)) q WHERE geom IS NOT NULL", int32(z), int32(x), int32(y)).Scan(&tile)
				return string(tile), err
			},
			same: func(a, b string) bool {
				n, m := features([]byte(a)), features([]byte(b))
				return math.Abs(float64(n-m)) <= 2+float64(m)/500
			}}
	}
}

// features counts those of a vector tile with one layer.
func features(tile []byte) (n int) {
	each := func(b []byte, f func(field uint64, content []byte)) {
		for len(b) > 0 {
			key, size := binary.Uvarint(b)
			b = b[max(size, 1):]
			v, size := binary.Uvarint(b)
			b = b[max(size, 0):]
			if key&7 == 2 {
				f(key>>3, b[:min(int(v), len(b))])
				b = b[min(int(v), len(b)):]
			}
		}
	}
	each(tile, func(_ uint64, layer []byte) {
		each(layer, func(field uint64, _ []byte) {
			if field == 2 {
				n++
			}
		})
	})
	return n
}
