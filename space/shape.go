package space

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/geo"
)

// cells of a shape: those that may be shown, sorted, and how many may not.
type cells struct {
	resolution uint8
	shown      []uint64
	withheld   int
}

// Areas from which on coarser cells are taken, in square metres: about 5,000 cells each.
const (
	mostAtEight = 3.5e9
	mostAtSeven = 2.5e10
)

// resolutionOf chooses the size of cells for a shape: 8 (0.74 km2), 7 (5.2 km2) or 6 (36 km2).
func resolutionOf(area float64) uint8 {
	switch {
	case area <= mostAtEight:
		return 8
	case area <= mostAtSeven:
		return 7
	}
	return 6
}

// polygons takes a shape apart into valid polygons.
func polygons(shape orb.Geometry) (orb.MultiPolygon, error) {
	g, _, err := geo.Check(shape)
	if err != nil {
		return nil, question("the shape is no valid polygon: %v", err)
	}
	var m orb.MultiPolygon
	switch g := g.(type) {
	case orb.Polygon:
		m = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		m = g
	default:
		return nil, question("the shape is a %s; draw a polygon", g.GeoJSONType())
	}
	for _, p := range m {
		if b := p.Bound(); b.Min[0] < -180 || b.Max[0] > 180 || b.Min[1] < -85 || b.Max[1] > 85 {
			return nil, question("the shape lies outside 180 degrees west to east or 85 degrees south to north")
		}
	}
	return m, nil
}

// cover finds the cells of a shape.
func (s *Space) cover(ctx context.Context, v *Version, shape orb.MultiPolygon, theme string) (*cells, error) {
	area := geo.Area(shape)
	c := &cells{resolution: resolutionOf(area)}
	if area > 40e6*MaxCells {
		return nil, fmt.Errorf("%w: it has %.0f km2", ErrTooLarge, area/1e6)
	}
	if theme == ThemeEmployees {
		theme = ThemeEmployers // a cell's employees are shown where its employers may be
	}
	err := s.store.Query(ctx, "space/cells", nil, func(scan func(...any) error) error {
		var cell, n uint64
		if err := scan(&cell, &n); err != nil {
			return err
		}
		if n < Least {
			c.withheld++
		} else {
			c.shown = append(c.shown, cell)
		}
		return nil
	}, clickhouse.Named("shape", wkt.MarshalString(shape)), clickhouse.Named("resolution", c.resolution), clickhouse.Named("version", v.ID), clickhouse.Named("theme", theme))
	if err != nil {
		return nil, err
	}
	switch {
	case len(c.shown)+c.withheld > MaxCells:
		return nil, fmt.Errorf("%w: it has %d, the most are %d", ErrTooLarge, len(c.shown)+c.withheld, MaxCells)
	case len(c.shown) == 0:
		return nil, ErrTooSmall
	}
	return c, nil
}

// Bits of an H3 index.
const (
	h3ResolutionAt = 52
	h3Finest       = 15
)

// prefixes are the cells as bitShiftRight(h3, shift) gives them for an index of resolution 15: the digits of finer cells fall off.
func (c *cells) prefixes() (list []uint64, shift uint8) {
	shift = 3 * (h3Finest - c.resolution)
	list = make([]uint64, len(c.shown))
	for i, cell := range c.shown {
		list[i] = (cell&^(0xf<<h3ResolutionAt) | h3Finest<<h3ResolutionAt) >> shift
	}
	return list, shift
}

// outline is the shape that the cells are, and its box in the frame of the tables.
func (s *Space) outline(ctx context.Context, c *cells) (orb.MultiPolygon, error) {
	rings := make([]orb.Ring, 0, len(c.shown))
	err := s.store.Query(ctx, "space/outlines", nil, func(scan func(...any) error) error {
		var lats, lons []float64
		if err := scan(&lats, &lons); err != nil {
			return err
		}
		ring := make(orb.Ring, len(lats))
		for i := range lats {
			ring[i] = orb.Point{lons[i], lats[i]}
		}
		rings = append(rings, ring)
		return nil
	}, clickhouse.Named("cells", c.shown))
	return geo.Dissolve(rings), err
}

// near reports whether two sorted lists of cells differ by fewer than Apart, but differ.
func near(a, b []uint64) bool {
	differ := 0
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j >= len(b) || i < len(a) && a[i] < b[j]:
			differ, i = differ+1, i+1
		case i >= len(a) || b[j] < a[i]:
			differ, j = differ+1, j+1
		default:
			i, j = i+1, j+1
		}
		if differ >= Apart {
			return false
		}
	}
	return differ > 0
}

// tooClose reports whether an answer on cells could be subtracted from an earlier one.
func tooClose(now []uint64, earlier [][]uint64) bool {
	return slices.ContainsFunc(earlier, func(e []uint64) bool { return near(now, e) })
}

func emptyBound() orb.Bound { return orb.Bound{} }
