package space

import (
	"context"
	"errors"
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
	sum, all   uint64  // how many are in the shown cells, and in all
	share      float64 // how near sum is to what is in the shape: 1 is the same
}

// The sizes of cells that are tried, finest first: 0.74, 5.2, 36 and 253 km2. A shape is answered on the finest cells that show most of
// what is in it and little more.
var resolutions = [...]uint8{8, 7, 6, 5}

// finest is the resolution of the tables' cells.
const finest = uint8(8)

// mostOf is how near to what is in the shape the shown cells must come.
const mostOf = 0.8

// polygons takes a shape apart into valid polygons.
func polygons(shape orb.Geometry) (orb.MultiPolygon, error) {
	g, _, err := geo.Check(shape)
	if err != nil {
		var f *geo.Fault
		if errors.As(err, &f) {
			return nil, &Wrong{"shape", f.Reason, err.Error()}
		}
		return nil, err
	}
	var m orb.MultiPolygon
	switch g := g.(type) {
	case orb.Polygon:
		m = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		m = g
	default:
		return nil, wrong("shape", "the shape is a %s; draw a polygon", g.GeoJSONType())
	}
	for _, p := range m {
		if b := p.Bound(); b.Min[0] < -180 || b.Max[0] > 180 || b.Min[1] < -85 || b.Max[1] > 85 {
			return nil, wrong("shape", "the shape lies outside 180 degrees west to east or 85 degrees south to north")
		}
	}
	return m, nil
}

// cover finds the cells of a shape.
func (s *Space) cover(ctx context.Context, v *Version, shape orb.MultiPolygon, theme string) (*cells, error) {
	area := geo.Area(shape)
	if theme == ThemeEmployees {
		theme = ThemeEmployers // a cell's employees are shown where its employers may be
	}
	var best *cells
	var inside uint64 // by the finest cells
	tried := false
	for _, resolution := range resolutions {
		if area/hexagon(resolution) > MaxCells {
			continue
		}
		tried = true
		c, err := s.cellsAt(ctx, v, shape, theme, resolution)
		if err != nil {
			return nil, err
		}
		if inside == 0 {
			inside = c.all
		}
		c.share = min(share(c.sum, inside), share(inside, c.sum))
		if len(c.shown) > 0 && (best == nil || c.share > best.share) {
			best = c
		}
		if c.share >= mostOf {
			break
		}
	}
	switch {
	case !tried:
		return nil, fmt.Errorf("%w: it has %.0f km2", ErrTooLarge, area/1e6)
	case best == nil:
		return nil, ErrTooSmall
	}
	return best, nil
}

// hexagon is about the area of a cell in square metres.
func hexagon(resolution uint8) float64 {
	area := 737_327.0 // of resolution 8
	for r := uint8(8); r > resolution; r-- {
		area *= 7
	}
	return area
}

func (s *Space) cellsAt(ctx context.Context, v *Version, shape orb.MultiPolygon, theme string, resolution uint8) (*cells, error) {
	c := &cells{resolution: resolution}
	err := s.store.Query(ctx, "space/cells", nil, func(scan func(...any) error) error {
		var cell, n uint64
		if err := scan(&cell, &n); err != nil {
			return err
		}
		c.all += n
		if n < Least {
			c.withheld++
			return nil
		}
		c.sum += n
		c.shown = append(c.shown, cell)
		return nil
	}, clickhouse.Named("shape", wkt.MarshalString(shape)), clickhouse.Named("resolution", resolution), clickhouse.Named("version", v.ID), clickhouse.Named("theme", theme))
	return c, err
}

// share is a of b, 0 of none.
func share(a, b uint64) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// outline is the shape that the cells are, and its box in the frame of the tables.
func (s *Space) outline(ctx context.Context, c *cells) (orb.MultiPolygon, error) {
	rings := make([]orb.Ring, 0, len(c.shown))
	children := len(c.shown) // a coarser cell stands for the finest ones in it, which stick out of its own outline
	for r := finest; r > c.resolution; r-- {
		children *= 7
	}
	fine := c.resolution < finest && children <= MaxCells
	err := s.store.Query(ctx, "space/outlines", map[string]bool{"Children": fine}, func(scan func(...any) error) error {
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

// near reports whether two sorted lists of cells, each of one resolution, differ by fewer than Apart cells of the coarser, but differ.
// A cell is the seven cells of the next resolution in it: who has the whole and six of them has the seventh.
func near(a, b []uint64) bool {
	coarse, fine := a, b
	if resolutionOf(coarse) > resolutionOf(fine) {
		coarse, fine = fine, coarse
	}
	if len(coarse) == 0 || len(fine) == 0 {
		return false
	}
	resolution, whole := resolutionOf(coarse), 1 // whole: of how many fine cells a coarse one is
	for r := resolution; r < resolutionOf(fine); r++ {
		whole *= 7
	}
	inside, differ := 0, 0 // in fine cells
	for _, cell := range fine {
		if _, in := slices.BinarySearch(coarse, ancestor(cell, resolution)); in {
			inside++
		} else {
			differ++
		}
	}
	differ += len(coarse)*whole - inside
	if whole > 1 && inside == 0 {
		return false // of other places: nothing can be subtracted
	}
	return differ > 0 && differ < Apart*whole
}

// resolutionOf is the resolution of a list of cells: H3 keeps it in bits 52 to 55 of an index.
func resolutionOf(cells []uint64) uint8 {
	if len(cells) == 0 {
		return 0
	}
	return uint8(cells[0] >> 52 & 15)
}

// ancestor is the cell of a coarser resolution, or the same, that a cell is of: its digits behind that resolution, three bits each, are all ones.
func ancestor(cell uint64, resolution uint8) uint64 {
	if uint8(cell>>52&15) == resolution {
		return cell
	}
	unused := uint64(1)<<(3*(15-resolution)) - 1
	return cell&^(15<<52) | uint64(resolution)<<52 | unused
}

// tooClose reports whether an answer on cells could be subtracted from an earlier one.
func tooClose(now []uint64, earlier [][]uint64) bool {
	return slices.ContainsFunc(earlier, func(e []uint64) bool { return near(now, e) })
}

func emptyBound() orb.Bound { return orb.Bound{} }
