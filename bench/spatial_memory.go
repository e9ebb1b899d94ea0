package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"strconv"
	"sync"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/simplify"

	"wuku/geo"
)

// spatialMemory answers from package geo's indexes. Its answers leave by HTTP, as PostGIS's do by its own protocol.
type spatialMemory struct {
	data     *spatialData
	points   *geo.Tree
	counties *spatialShapes
	houses   *spatialShapes
	bytes    int64 // of the heap that the indexes took
}

// spatialShapes are polygons with an outline each, and for coarse tiles simplified by zoom.
type spatialShapes struct {
	tree     *geo.Tree
	outlines []*geo.Outline
	areas    []float64
	zooms    map[uint32][]orb.MultiPolygon // even zooms below 12
	shapes   []orb.MultiPolygon
}

func newSpatialMemory(d *spatialData) *spatialMemory {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m := &spatialMemory{data: d, points: geo.NewPoints(d.points, d.weights)}
	m.counties, m.houses = newSpatialShapes(d.counties, true), newSpatialShapes(d.buildings, false)
	runtime.GC()
	runtime.ReadMemStats(&after)
	m.bytes = int64(after.HeapAlloc) - int64(before.HeapAlloc)
	return m
}

func newSpatialShapes(list []orb.MultiPolygon, zooms bool) *spatialShapes {
	s := &spatialShapes{shapes: list, zooms: map[uint32][]orb.MultiPolygon{}}
	boxes := make([]orb.Bound, len(list))
	for i, m := range list {
		o := geo.NewOutline(m)
		boxes[i] = m.Bound()
		s.outlines, s.areas = append(s.outlines, o), append(s.areas, o.Overlap(o, false))
	}
	s.tree = geo.NewBoxes(boxes, s.areas)
	for z := uint32(0); zooms && z < 12; z += 2 {
		unit := 360 / math.Exp2(float64(z)) / 4096
		for _, m := range list {
			s.zooms[z] = append(s.zooms[z], simplify.DouglasPeucker(unit/2).Simplify(m.Clone()).(orb.MultiPolygon))
		}
	}
	return s
}

// spatialQuestion is the body of a call.
type spatialQuestion struct {
	Kind   string
	At     orb.Point
	Radius float64
	Box    orb.Bound
	Shape  string // WKT
	Tile   [3]uint32
	Layer  string
}

// ServeHTTP answers one question as text, or as a tile.
func (m *spatialMemory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q spatialQuestion
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var out bytes.Buffer
	if err := m.answer(&out, &q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = w.Write(out.Bytes()) // a client that has left is seen by the client
}

func (m *spatialMemory) answer(out *bytes.Buffer, q *spatialQuestion) error {
	var zone *geo.Outline
	if q.Shape != "" {
		g, err := wkt.UnmarshalMultiPolygon(q.Shape)
		if err != nil {
			return err
		}
		zone = geo.NewOutline(g)
	}
	sum := func(r geo.Region) {
		n, weight := m.points.Sum(r, nil)
		fmt.Fprint(out, n, " ", int64(weight))
	}
	switch q.Kind {
	case "within":
		sum(geo.NewDisc(q.At, q.Radius))
	case "box":
		sum(geo.Box(q.Box))
	case "zone":
		sum(zone)
	case "nearest":
		for _, n := range m.points.Nearest(q.At, 10) {
			fmt.Fprintln(out, n.ID)
		}
	case "cells":
		counts := map[uint64]int{}
		m.points.Each(geo.Box(q.Box), func(id int, _ bool) { counts[m.data.cells[id]]++ })
		for cell, n := range counts {
			out.WriteString(strconv.FormatUint(cell, 10))
			out.WriteByte(' ')
			out.WriteString(strconv.Itoa(n))
			out.WriteByte('\n')
		}
	case "counties", "zones":
		outlines := m.counties.outlines
		if q.Kind == "zones" {
			outlines = nil
			for _, z := range m.data.zones {
				outlines = append(outlines, geo.NewOutline(z))
			}
		}
		m.join(out, outlines)
	case "county":
		m.counties.tree.Each(geo.Box(q.At.Bound()), func(id int, _ bool) {
			if m.counties.outlines[id].Holds(q.At) {
				fmt.Fprint(out, id)
			}
		})
	case "intersects":
		m.counties.tree.Each(zone, func(id int, whole bool) {
			if whole || m.counties.outlines[id].Meets(zone) {
				fmt.Fprintln(out, id)
			}
		})
	case "overlay":
		n, area := m.shapes(q.Layer).overlay(zone)
		fmt.Fprint(out, n, " ", area)
	case "overlays":
		m.overlays(out, m.shapes(q.Layer))
	case "tile":
		m.tile(out, q)
	default:
		return fmt.Errorf("no question is called %q", q.Kind)
	}
	return nil
}

func (m *spatialMemory) shapes(layer string) *spatialShapes {
	if layer == "county" {
		return m.counties
	}
	return m.houses
}

// parallel does n things on all processors.
func parallel(n int, do func(i int)) {
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() {
			for i := w; i < n; i += workers {
				do(i)
			}
		})
	}
	group.Wait()
}

func (m *spatialMemory) join(out *bytes.Buffer, outlines []*geo.Outline) {
	n, sums := make([]int, len(outlines)), make([]float64, len(outlines))
	parallel(len(outlines), func(i int) { n[i], sums[i] = m.points.Sum(outlines[i], nil) })
	for i := range outlines {
		fmt.Fprintln(out, i, n[i], int64(sums[i]))
	}
}

// overlay counts the shapes that a zone meets, and how much of it they cover together.
func (s *spatialShapes) overlay(zone *geo.Outline) (int, float64) {
	return s.tree.Sum(zone, func(id int) (float64, bool) {
		area := zone.Overlap(s.outlines[id], false)
		return area, area > 0
	})
}

func (m *spatialMemory) overlays(out *bytes.Buffer, s *spatialShapes) {
	n, areas := make([]int, len(m.data.zones)), make([]float64, len(m.data.zones))
	parallel(len(n), func(i int) { n[i], areas[i] = s.overlay(geo.NewOutline(m.data.zones[i])) })
	sumN, sum := 0, 0.0
	for i := range n {
		sumN, sum = sumN+n[i], sum+areas[i]
	}
	fmt.Fprint(out, sumN, " ", sum)
}

func (m *spatialMemory) tile(out *bytes.Buffer, q *spatialQuestion) {
	t := geo.NewTile(q.Tile[0], q.Tile[1], q.Tile[2])
	layer := geo.NewLayer(q.Layer)
	box := geo.Box(t.Bound())
	if q.Layer == "point" {
		m.points.Each(box, func(id int, _ bool) {
			layer.Add(t.Place(m.data.points[id]), []geo.Tag{{Key: "pop", Number: m.data.weights[id]}})
		})
	} else {
		s := m.shapes(q.Layer)
		list := s.shapes
		if coarse := s.zooms[q.Tile[0]]; coarse != nil {
			list = coarse
		}
		s.tree.Each(box, func(id int, _ bool) { layer.Add(t.Place(list[id]), []geo.Tag{{Key: "id", Number: float64(id)}}) })
	}
	out.Write(layer.Bytes())
}
