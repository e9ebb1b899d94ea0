package space

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"

	"wuku/entity"
	"wuku/geo"
)

// Less than this is how surveys differ: an overlap in square metres, and the share of a shape outside its county. County boundaries are drawn
// coarser than parcels.
const (
	leastOverlap = 1.0
	leastOutside = 0.1
)

// misfit is one that does not fit.
type misfit struct {
	Entity, Rule, Other string
	Area                string // square metres
}

// shape is one that is held against others.
type shape struct {
	id      string
	outline *geo.Outline
	area    float64
	of      string // division
}

// Kinds of shapes, by their codes.
const (
	kindParcel   = "1"
	kindBoundary = "5"
	kindLandUse  = "6"
	kindFarmland = "8"
)

// band is about how many shapes are held at once while they are compared; of shapes a corner takes some 40 bytes.
const band = 50_000

// topology holds the shapes of a version against each other and keeps what does not fit. It goes from west to east by bands, so that its memory
// is that of a band and of the counties, however many shapes there are.
func (s *Space) topology(ctx context.Context, version uint64) error {
	edges, err := s.bands(ctx, version)
	if err != nil {
		return err
	}
	everywhere := math.Inf(1)
	counties := map[string]shape{}
	err = s.shapes(ctx, version, []string{kindBoundary}, -everywhere, everywhere, func(_ string, x shape) { counties[x.of] = x })
	if err != nil {
		return err
	}
	edges = append(append([]float64{-everywhere}, edges...), everywhere)
	for i := 1; i < len(edges); i++ {
		from, to := edges[i-1], edges[i]
		byKind := map[string][]shape{}
		err := s.shapes(ctx, version, inCounties(), from, to, func(kind string, x shape) { byKind[kind] = append(byKind[kind], x) })
		if err != nil {
			return err
		}
		found := overlaps(byKind[kindParcel], from)
		for _, kind := range inCounties() {
			found = append(found, outside(byKind[kind], counties, from)...)
		}
		for part := range slices.Chunk(found, 1000) { // a statement of modest length
			if err := s.store.Exec(ctx, "space/topology", map[string]any{"Version": version, "Found": part}); err != nil {
				return err
			}
		}
	}
	return nil
}

// inCounties are the kinds of shapes that lie in counties.
func inCounties() []string { return []string{kindParcel, kindLandUse, kindFarmland} }

// bands are the longitudes between bands.
func (s *Space) bands(ctx context.Context, version uint64) (edges []float64, err error) {
	shapes := 0
	err = s.store.Query(ctx, "space/sizes", nil, func(scan func(...any) error) error {
		var kind string
		var n, corners uint64
		err := scan(&kind, &n, &corners)
		if slices.Contains(inCounties(), kind) {
			shapes += int(n)
		}
		return err
	}, clickhouse.Named("version", version))
	var parts []float64
	for n, i := shapes/s.band+1, 1; i < n; i++ {
		parts = append(parts, float64(i)/float64(n))
	}
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	err = s.store.Query(ctx, "space/bands", map[string]any{"Parts": parts}, func(scan func(...any) error) error { return scan(&edges) },
		clickhouse.Named("version", version), clickhouse.Named("areas", inCounties()))
	slices.Sort(edges)
	return slices.Compact(edges), err
}

// shapes reads the shapes of some kinds that reach into a band.
func (s *Space) shapes(ctx context.Context, version uint64, kinds []string, from, to float64, each func(kind string, x shape)) error {
	return s.store.Query(ctx, "space/shapes", map[string]string{"Division": s.open("division")}, func(scan func(...any) error) error {
		var id entity.ID
		var kind, text string
		var x shape
		if err := scan(&id, &kind, &x.of, &text); err != nil {
			return err
		}
		m, err := polygonsOf(text)
		if err != nil {
			return fmt.Errorf("the shape of place %s: %w", id, err)
		}
		if len(m) > 0 {
			x.id, x.outline, x.area = id.String(), geo.NewOutline(m), geo.Area(m)
			each(kind, x)
		}
		return nil
	}, clickhouse.Named("version", version), clickhouse.Named("areas", kinds), clickhouse.Named("from", max(from, -1e9)), clickhouse.Named("to", min(to, 1e9)))
}

func square(metres float64) string { return strconv.FormatFloat(metres, 'f', 1, 64) }

// overlaps finds the pairs of shapes that have an area in common; both sides are named, for either may be wrong. A pair whose eastern shape
// begins west of the band was found in an earlier one.
func overlaps(list []shape, from float64) (out []misfit) {
	boxes := make([]orb.Bound, len(list))
	for i, x := range list {
		boxes[i] = x.outline.Bound()
	}
	tree := geo.NewBoxes(boxes, nil)
	for i, x := range list {
		tree.Each(geo.Box(boxes[i]), func(j int, _ bool) {
			if j <= i || max(boxes[i].Min[0], boxes[j].Min[0]) < from {
				return
			}
			if area := x.outline.Overlap(list[j].outline, true); area >= leastOverlap {
				out = append(out, misfit{x.id, entity.RuleOverlaps, list[j].id, square(area)}, misfit{list[j].id, entity.RuleOverlaps, x.id, square(area)})
			}
		})
	}
	return out
}

// outside finds shapes that begin in the band and of which a part lies outside the county that their record names. Where its boundary is not
// known, nothing is said.
func outside(list []shape, counties map[string]shape, from float64) (out []misfit) {
	for _, x := range list {
		county, known := counties[x.of]
		box := x.outline.Bound()
		if !known || x.area == 0 || box.Min[0] < from {
			continue
		}
		if _, side := county.outline.Narrow(box); side == geo.Inside {
			continue
		}
		if area := x.area - x.outline.Overlap(county.outline, true); area >= leastOverlap && area >= leastOutside*x.area {
			out = append(out, misfit{x.id, entity.RuleOutside, county.id, square(area)})
		}
	}
	return out
}
