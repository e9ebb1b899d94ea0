package space_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"wuku/space"
)

// sameByEngine: whether places are held in memory or the engine is asked, the answers are the same.
func (w *town) sameByEngine(ctx context.Context, t *testing.T) {
	engine := space.New(w.store, w.catalog)
	engine.Hold(0)
	if err := engine.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	for _, at := range []orb.Point{{118.9, 32.2}, {118.7, 32}, {120, 33}} {
		a, errA := w.space.Nearest(ctx, "schools", at, 50)
		b, errB := engine.Nearest(ctx, "schools", at, 50)
		if errA != nil || errB != nil || len(a) != 50 || !slices.Equal(a, b) {
			t.Errorf("the nearest of %v differ: %v, %v", at, errA, errB)
		}
		a, errA = w.space.Within(ctx, "schools", at, 20_000, 1000)
		b, errB = engine.Within(ctx, "schools", at, 20_000, 1000)
		if errA != nil || errB != nil || !slices.Equal(a, b) {
			t.Errorf("within 20 km of %v differ: %d and %d, %v, %v", at, len(a), len(b), errA, errB)
		}
	}
	zone := orb.Polygon{{{118.71, 32.01}, {118.76, 32.02}, {118.74, 32.06}, {118.71, 32.01}}}
	a, errA := w.space.Overlay(ctx, zone)
	b, errB := engine.Overlay(ctx, zone)
	if errA != nil || errB != nil || len(a) != 1 || len(b) != 1 || math.Abs(a[0].Area-b[0].Area) > 1e-6*b[0].Area || a[0].Shapes != b[0].Shapes {
		t.Errorf("overlays differ: %v and %v, %v, %v", a, b, errA, errB)
	}
	for z := range uint32(17) {
		for _, id := range []string{"schools", "redlines", space.GridPeople} {
			x := uint32((118.72 + 180) / 360 * math.Exp2(float64(z)))
			y := uint32((1 - math.Log(math.Tan(32.02*math.Pi/360+math.Pi/4))/math.Pi) / 2 * math.Exp2(float64(z)))
			tiles := [2][]byte{tileOf(ctx, t, w.space, id, z, x, y), tileOf(ctx, t, engine, id, z, x, y)}
			if id == "redlines" && !bytes.Equal(tiles[0], tiles[1]) || featuresIn(tiles[0]) != featuresIn(tiles[1]) {
				t.Errorf("tile %d/%d/%d of %s: %d and %d features", z, x, y, id, featuresIn(tiles[0]), featuresIn(tiles[1]))
			}
		}
	}
}

func tileOf(ctx context.Context, t *testing.T, s *space.Space, id string, z, x, y uint32) []byte {
	t.Helper()
	all, err := s.Collections(ctx)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(c space.Collection) bool { return c.ID == id })
	tile, err := s.Tile(ctx, &all[i], z, x, y)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

// featuresIn counts the features of a vector tile with one layer.
func featuresIn(tile []byte) (n int) {
	each := func(b []byte, f func(field uint64, content []byte)) {
		for len(b) > 0 {
			key, size := binary.Uvarint(b)
			v, more := binary.Uvarint(b[max(size, 1):])
			b = b[max(size, 1)+max(more, 0):]
			if key&7 == 2 {
				f(key>>3, b[:v])
				b = b[v:]
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

// sameInBands: what does not fit is the same whether all shapes are compared at once or three at a time.
func (w *town) sameInBands(ctx context.Context, t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var places []string
	for i := range 60 { // squares of a kilometre, of which many overlap, some of them parcels, in a county that holds half of them
		x, y, kind := 119.5+r.Float64()*0.1, 33.5+r.Float64()*0.1, [...]string{"1", "1", "6"}[i%3]
		places = append(places, fmt.Sprintf("(generateUUIDv4(%d), generateUUIDv4(%[1]d), 1, 1, '%s', '320829', 'POLYGON((%f %f,%f %[4]f,%[5]f %f,%[3]f %[6]f,%[3]f %[4]f))')", i, kind, x, y, x+0.01, y+0.01))
	}
	places = append(places, "(generateUUIDv4(), generateUUIDv4(), 1, 1, '5', '320829', 'POLYGON((119.5 33.5,119.55 33.5,119.55 33.61,119.5 33.61,119.5 33.5))')")
	w.exec(t, "INSERT INTO typed.place (anchor, entity, live, ver, kind, division, geometry) VALUES "+strings.Join(places, ","))
	misfits := func(shapes int) (list []string) {
		t.Helper()
		s := space.New(w.store, w.catalog)
		s.Band(shapes)
		if err := s.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		v, err := s.Build(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.conn.QueryRow(ctx, "SELECT arraySort(groupArray(concat(toString(entity), rule, toString(other), toString(area)))) FROM space.topology WHERE ver = ?", v.ID).Scan(&list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	if whole, parts := misfits(1000), misfits(3); len(whole) < 60 || !slices.Equal(whole, parts) {
		t.Errorf("%d misfits at once, %d in bands", len(whole), len(parts))
	}
}
