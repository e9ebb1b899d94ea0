package space

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/entity"
	"wuku/geo"
)

// Held is about how many bytes the places of one version may take in memory, while a version is replaced twice as many. Layers are held from
// the smallest on as long as they fit; of those that do not, the engine is asked.
const Held = 512 << 20

// What a place and a corner of its shape take, with their share of the indexes.
const (
	placeBytes  = 200
	cornerBytes = 64
)

// heldLayer is one layer in memory. It is never changed.
type heldLayer struct {
	places []heldPlace
	points *geo.Tree // of places
	shapes []heldShape
	boxes  *geo.Tree // of shapes
}

type heldPlace struct {
	id             entity.ID
	name, division string
	at             orb.Point
	mx, my         uint32
}

// heldShape is a place that has a shape, or a cell with its figure.
type heldShape struct {
	place   int
	cell    string
	figure  float64
	use     string
	shape   orb.MultiPolygon
	outline *geo.Outline
}

// hold reads the cells and the layers of a version that fit.
func (s *Space) hold(ctx context.Context, v *Version) (out map[string]*heldLayer, err error) {
	var kinds []string
	out = map[string]*heldLayer{}
	left := s.held
	if left > 0 { // of cells there are never more than the country has room for
		cells, err := s.holdCells(ctx, v)
		if err != nil {
			return nil, err
		}
		out[GridPeople] = cells
		left -= len(cells.shapes) * (placeBytes + 7*cornerBytes)
	}
	err = s.store.Query(ctx, "space/sizes", nil, func(scan func(...any) error) error {
		var kind string
		var n, corners uint64
		if err := scan(&kind, &n, &corners); err != nil {
			return err
		}
		if left -= int(n)*placeBytes + int(corners)*cornerBytes; left >= 0 {
			kinds = append(kinds, kind)
		}
		return nil
	}, clickhouse.Named("version", v.ID))
	for _, kind := range kinds {
		if err == nil {
			out[kind], err = s.holdLayer(ctx, v.ID, kind)
		}
	}
	return out, err
}

func (s *Space) holdLayer(ctx context.Context, version uint64, kind string) (*heldLayer, error) {
	l := &heldLayer{}
	names := map[string]string{} // each name once
	once := func(name string) string {
		if known, ok := names[name]; ok {
			return known
		}
		names[name] = name
		return name
	}
	data := map[string]string{"Name": s.open("name"), "Division": s.open("division"), "LandUse": s.open("land_use")}
	err := s.store.Query(ctx, "space/held", data, func(scan func(...any) error) error {
		var p heldPlace
		var use, text string
		if err := scan(&p.id, &p.name, &p.division, &use, &p.at[0], &p.at[1], &p.mx, &p.my, &text); err != nil {
			return err
		}
		p.name, p.division = once(p.name), once(p.division)
		l.places = append(l.places, p)
		if text == "" {
			return nil
		}
		m, err := polygonsOf(text)
		if err != nil {
			return fmt.Errorf("the shape of place %s: %w", p.id, err)
		}
		l.shapes = append(l.shapes, heldShape{place: len(l.places) - 1, use: once(use), shape: m, outline: geo.NewOutline(m)})
		return nil
	}, clickhouse.Named("version", version), clickhouse.Named("area", kind))
	if err != nil {
		return nil, err
	}
	l.index()
	return l, nil
}

// holdCells reads the people by cells of a version.
func (s *Space) holdCells(ctx context.Context, v *Version) (*heldLayer, error) {
	l := &heldLayer{}
	err := s.store.Query(ctx, "space/held_cells", map[string]string{"Source": gridOf(v).source}, func(scan func(...any) error) error {
		var p heldPlace
		var x heldShape
		var text string
		if err := scan(&x.cell, &x.figure, &p.at[0], &p.at[1], &text); err != nil {
			return err
		}
		m, err := polygonsOf(text)
		x.place, x.shape, x.outline = len(l.places), m, geo.NewOutline(m)
		l.places, l.shapes = append(l.places, p), append(l.shapes, x)
		return err
	})
	l.index()
	return l, err
}

// index builds the trees.
func (l *heldLayer) index() {
	points, boxes := make([]orb.Point, len(l.places)), make([]orb.Bound, len(l.shapes))
	for i := range l.places {
		points[i] = l.places[i].at
	}
	for i := range l.shapes {
		boxes[i] = l.shapes[i].outline.Bound()
	}
	l.points, l.boxes = geo.NewPoints(points, nil), geo.NewBoxes(boxes, nil)
}

// polygonsOf reads the polygons of a place; another geometry has none.
func polygonsOf(text string) (orb.MultiPolygon, error) {
	g, err := wkt.Unmarshal(text)
	if p, one := g.(orb.Polygon); one {
		return orb.MultiPolygon{p}, err
	}
	m, _ := g.(orb.MultiPolygon)
	return m, err
}

// nearest lists the k places nearest to a point, none further than most metres.
func (l *heldLayer) nearest(at orb.Point, k int, most float64) []Place {
	var out []Place
	for _, n := range l.points.Nearest(at, k) {
		if n.Metres > most {
			break
		}
		p := &l.places[n.ID]
		out = append(out, Place{Entity: p.id, Name: p.name, Division: p.division, Point: p.at, Metres: n.Metres})
	}
	return out
}

// touched calls each for every shape that has an area in common with a zone.
func (l *heldLayer) touched(zone *geo.Outline, each func(use string, area float64)) {
	l.boxes.Each(zone, func(i int, _ bool) {
		if area := zone.Overlap(l.shapes[i].outline, true); area > 0 {
			each(l.shapes[i].use, area)
		}
	})
}

// gathered is one of the squares into which a tile's points are gathered.
type gathered struct {
	lon, lat float64 // sums
	n        int
	first    *heldPlace
}

// tilePoints adds the points of a tile to a layer, those of one square together.
func (l *heldLayer) tilePoints(t geo.Tile, shift uint8, layer *geo.Layer) {
	x0, x1, y0, y1 := t.Frame()
	squares := map[uint64]*gathered{}
	var list []*gathered
	l.points.Each(geo.Box(t.Bound()), func(i int, _ bool) {
		p := &l.places[i]
		if p.mx < x0 || p.mx > x1 || p.my < y0 || p.my > y1 {
			return
		}
		key := uint64(p.mx>>shift)<<32 | uint64(p.my>>shift)
		q := squares[key]
		if q == nil {
			q = &gathered{first: p}
			squares[key], list = q, append(list, q)
		}
		q.lon, q.lat, q.n = q.lon+p.at[0], q.lat+p.at[1], q.n+1
	})
	slices.SortFunc(list, func(a, b *gathered) int {
		return cmp.Or(cmp.Compare(b.n, a.n), bytes.Compare(a.first.id[:], b.first.id[:]))
	})
	for _, q := range list[:min(len(list), mostTilePoints)] {
		layer.Add(t.Place(orb.Point{q.lon / float64(q.n), q.lat / float64(q.n)}), pointTags(q.first.id.String(), q.first.name, q.n))
	}
}

// tileShapes adds the shapes of a tile that are at least so many degrees wide or high, the largest first.
func (l *heldLayer) tileShapes(t geo.Tile, least float64, layer *geo.Layer) {
	type found struct {
		shape *heldShape
		size  float64
	}
	var list []found
	l.boxes.Each(geo.Box(t.Bound()), func(i int, _ bool) {
		b := l.shapes[i].outline.Bound()
		if w, h := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]; w >= least || h >= least {
			list = append(list, found{&l.shapes[i], w * h})
		}
	})
	slices.SortFunc(list, func(a, b found) int {
		x, y := &l.places[a.shape.place], &l.places[b.shape.place]
		return cmp.Or(cmp.Compare(b.size, a.size), bytes.Compare(x.id[:], y.id[:]), cmp.Compare(a.shape.cell, b.shape.cell))
	})
	for _, f := range list[:min(len(list), mostTileShapes)] {
		p := &l.places[f.shape.place]
		id := f.shape.cell
		if id == "" {
			id = p.id.String()
		}
		layer.Add(t.Place(f.shape.shape), shapeTags(id, p.name, p.division, f.shape.figure))
	}
}
