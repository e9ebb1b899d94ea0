package space

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

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

// topology holds the shapes of a version against each other and keeps what does not fit.
func (s *Space) topology(ctx context.Context, version uint64) error {
	byKind := map[string][]shape{}
	kinds := []string{kindParcel, kindBoundary, kindLandUse, kindFarmland}
	err := s.store.Query(ctx, "space/shapes", map[string]string{"Division": s.open("division")}, func(scan func(...any) error) error {
		var id entity.ID
		var kind, text string
		var x shape
		if err := scan(&id, &kind, &x.of, &text); err != nil {
			return err
		}
		g, err := wkt.Unmarshal(text)
		if err != nil {
			return fmt.Errorf("the shape of place %s: %w", id, err)
		}
		var m orb.MultiPolygon
		switch g := g.(type) {
		case orb.Polygon:
			m = orb.MultiPolygon{g}
		case orb.MultiPolygon:
			m = g
		default:
			return nil
		}
		x.id, x.outline, x.area = id.String(), geo.NewOutline(m), geo.Area(m)
		byKind[kind] = append(byKind[kind], x)
		return nil
	}, clickhouse.Named("version", version), clickhouse.Named("areas", kinds))
	if err != nil {
		return err
	}
	found := overlaps(byKind[kindParcel])
	counties := map[string]shape{}
	for _, c := range byKind[kindBoundary] {
		counties[c.of] = c
	}
	for _, kind := range []string{kindParcel, kindLandUse, kindFarmland} {
		found = append(found, outside(byKind[kind], counties)...)
	}
	for part := range slices.Chunk(found, 1000) { // a statement of modest length
		if err := s.store.Exec(ctx, "space/topology", map[string]any{"Version": version, "Found": part}); err != nil {
			return err
		}
	}
	return nil
}

func square(metres float64) string { return strconv.FormatFloat(metres, 'f', 1, 64) }

// overlaps finds the pairs of shapes that have an area in common; both sides are named, for either may be wrong.
func overlaps(list []shape) (out []misfit) {
	boxes := make([]orb.Bound, len(list))
	for i, x := range list {
		boxes[i] = x.outline.Bound()
	}
	tree := geo.NewBoxes(boxes, nil)
	for i, x := range list {
		tree.Each(geo.Box(boxes[i]), func(j int, _ bool) {
			if j <= i {
				return
			}
			if area := x.outline.Overlap(list[j].outline, true); area >= leastOverlap {
				out = append(out, misfit{x.id, entity.RuleOverlaps, list[j].id, square(area)}, misfit{list[j].id, entity.RuleOverlaps, x.id, square(area)})
			}
		})
	}
	return out
}

// outside finds shapes of which a part lies outside the county that their record names. Where its boundary is not known, nothing is said.
func outside(list []shape, counties map[string]shape) (out []misfit) {
	for _, x := range list {
		county, known := counties[x.of]
		if !known || x.area == 0 {
			continue
		}
		if _, side := county.outline.Narrow(x.outline.Bound()); side == geo.Inside {
			continue
		}
		if area := x.area - x.outline.Overlap(county.outline, true); area >= leastOverlap && area >= leastOutside*x.area {
			out = append(out, misfit{x.id, entity.RuleOutside, county.id, square(area)})
		}
	}
	return out
}
