package space

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/geo"
)

// What a tile has at most.
const (
	mostTilePoints = 20_000
	mostTileShapes = 5_000
)

// Tile makes one vector tile of a collection (Mapbox Vector Tile 2.1), in Web Mercator, x and y from the north-west corner. Points that lie
// close together are one with their number; shapes smaller than half a pixel are left out.
func (s *Space) Tile(ctx context.Context, c *Collection, z, x, y uint32) ([]byte, error) {
	if z > 24 || x >= 1<<z || y >= 1<<z {
		return nil, wrong("tile", "there is no tile %d/%d/%d", z, y, x)
	}
	t := geo.NewTile(z, x, y)
	layer := geo.NewLayer(c.ID)
	b := t.Bound()
	least := (b.Max[0] - b.Min[0]) / 1024
	shift := uint8(max(32-int(z)-8, 0)) // 256 squares across a tile
	if z >= 15 {
		shift = 0
	}
	var err error
	switch {
	case c.Polygons && c.held != nil:
		c.held.tileShapes(t, least, layer)
	case c.Polygons:
		err = s.tileShapes(ctx, c, t, b, least, layer)
	case c.held != nil:
		c.held.tilePoints(t, shift, layer)
	default:
		err = s.tilePoints(ctx, c, t, shift, layer)
	}
	return layer.Bytes(), err
}

// pointTags are the properties of a point that stands for n places.
func pointTags(id, name string, n int) []geo.Tag {
	tags := []geo.Tag{{Key: "count", Number: float64(n)}}
	if n == 1 {
		tags = append(tags, geo.Tag{Key: "id", Text: id}, geo.Tag{Key: "name", Text: name})
	}
	return tags
}

// shapeTags are the properties of a shape, as far as it has them.
func shapeTags(id, name, division string, value float64) []geo.Tag {
	tags := []geo.Tag{{Key: "id", Text: id}}
	if name != "" {
		tags = append(tags, geo.Tag{Key: "name", Text: name})
	}
	if division != "" { // by which figures of divisions find their shapes: two counties may share a name
		tags = append(tags, geo.Tag{Key: "division", Text: division})
	}
	if value != 0 {
		tags = append(tags, geo.Tag{Key: "value", Number: value})
	}
	return tags
}

// tilePoints asks the engine for a tile's points.
func (s *Space) tilePoints(ctx context.Context, c *Collection, t geo.Tile, shift uint8, layer *geo.Layer) error {
	x0, x1, y0, y1 := t.Frame()
	return s.store.Query(ctx, "space/tile_points", map[string]any{"Source": c.source, "Name": c.name, "Most": mostTilePoints}, func(scan func(...any) error) error {
		var id, name string
		var p orb.Point
		var n uint64
		if err := scan(&id, &p[0], &p[1], &n, &name); err != nil {
			return err
		}
		layer.Add(t.Place(p), pointTags(id, name, int(n)))
		return nil
	}, clickhouse.Named("x0", x0), clickhouse.Named("x1", x1), clickhouse.Named("y0", y0), clickhouse.Named("y1", y1), clickhouse.Named("shift", shift))
}

// tileShapes asks the engine for a tile's shapes.
func (s *Space) tileShapes(ctx context.Context, c *Collection, t geo.Tile, b orb.Bound, least float64, layer *geo.Layer) error {
	return s.store.Query(ctx, "space/tile_shapes", map[string]any{"Source": c.source, "Name": c.name, "Extra": c.extra, "Division": c.division, "Most": mostTileShapes}, func(scan func(...any) error) error {
		var id, text, name, division string
		var extra float64
		if err := scan(&id, &text, &name, &extra, &division); err != nil {
			return err
		}
		g, err := wkt.Unmarshal(text)
		if err != nil {
			return nil // a place without a shape has none on the map
		}
		layer.Add(t.Place(g), shapeTags(id, name, division, extra))
		return nil
	}, clickhouse.Named("west", b.Min[0]), clickhouse.Named("east", b.Max[0]), clickhouse.Named("south", b.Min[1]), clickhouse.Named("north", b.Max[1]), clickhouse.Named("least", least))
}
