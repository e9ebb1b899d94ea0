package space

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/catalog"
	"wuku/entity"
	"wuku/geo"
)

// Layer is one kind of open places. 图层
type Layer struct {
	ID    string // in paths
	Kind  string // code of the element kind
	ZH    string
	EN    string
	Shape bool // polygons
}

// layers are the kinds that are known by name; others are kind-CODE.
var layers = []Layer{
	{"parcels", "1", "宗地", "Parcels", true},
	{"buildings", "3", "楼幢与标准地址", "Buildings and standard addresses", false},
	{"addresses", "4", "门牌地址", "Addresses", false},
	{"boundaries", "5", "县级行政区域", "County boundaries", true},
	{"landuse", "6", "土地利用图斑", "Land use", true},
	{"redlines", "7", "生态保护红线", "Ecological red lines", true},
	{"farmland", "8", "永久基本农田", "Permanent basic farmland", true},
	{"schools", "9", "学校", "Schools", false},
	{"facilities", "20", "公共设施", "Public facilities", false},
	{"outside-carparks", "21", "停车场（外部数据）", "Car parks, outside data: no authority vouches for them", false},
}

// Layers lists the layers of open places that the catalogue has.
func (s *Space) Layers() []Layer {
	c := s.catalog()
	var codes []string
	if l := c.Library(entity.Place); l != nil && l.Element("kind") != nil {
		if t := c.CodeTable(l.Element("kind").Codes); t != nil {
			for k := range t.Values {
				codes = append(codes, k)
			}
		}
	}
	slices.Sort(codes)
	var out []Layer
	for _, k := range codes {
		if i := slices.IndexFunc(layers, func(l Layer) bool { return l.Kind == k }); i >= 0 {
			out = append(out, layers[i])
		}
	}
	return out
}

// Layer returns the layer of an id.
func (s *Space) Layer(id string) (Layer, bool) {
	list := s.Layers()
	i := slices.IndexFunc(list, func(l Layer) bool { return l.ID == id })
	if i < 0 {
		return Layer{}, false
	}
	return list[i], true
}

func (s *Space) layer(id string) (Layer, error) {
	l, ok := s.Layer(id)
	if !ok {
		var names []string
		for _, l := range s.Layers() {
			names = append(names, l.ID)
		}
		return l, wrong("layer", "layer %q is unknown; there are %s", id, strings.Join(names, ", "))
	}
	return l, nil
}

// Place is one open place near another.
type Place struct {
	Entity   entity.ID
	Name     string
	Division string
	Point    orb.Point
	Metres   float64 // on the ellipsoid
}

// Limits of a search around a point.
const (
	MostNear   = 1000
	MostRadius = 50_000.0 // metres
)

// Within lists the places of a layer at most radius metres from a point, the nearest first.
func (s *Space) Within(ctx context.Context, layer string, at orb.Point, radius float64, limit int) ([]Place, error) {
	l, err := s.layer(layer)
	if err != nil {
		return nil, err
	}
	v, err := s.Current()
	if err != nil {
		return nil, err
	}
	if !(radius > 0 && radius <= MostRadius) {
		return nil, wrong("radius", "a radius of %g m; choose up to %.0f", radius, MostRadius)
	}
	if err := onEarth(at); err != nil {
		return nil, err
	}
	limit = min(max(limit, 1), MostNear)
	if held := v.held[l.Kind]; held != nil {
		return held.nearest(at, limit, radius), nil
	}
	return s.around(ctx, v, l, at, radius, limit)
}

// Nearest lists the k places of a layer that are nearest to a point.
func (s *Space) Nearest(ctx context.Context, layer string, at orb.Point, k int) ([]Place, error) {
	l, err := s.layer(layer)
	if err != nil {
		return nil, err
	}
	v, err := s.Current()
	if err != nil {
		return nil, err
	}
	if k < 1 || k > 100 {
		return nil, wrong("k", "the %d nearest; choose 1 to 100", k)
	}
	if err := onEarth(at); err != nil {
		return nil, err
	}
	if held := v.held[l.Kind]; held != nil {
		return held.nearest(at, k, math.Inf(1)), nil
	}
	for radius := 1000.0; ; radius *= 4 { // a circle that grows until it holds k
		found, err := s.around(ctx, v, l, at, radius, k)
		if err != nil || len(found) >= k || radius > 2e6 {
			return found, err
		}
	}
}

func onEarth(p orb.Point) error {
	if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -85 && p[1] <= 85) {
		return wrong("longitude", "the point is not on the map; longitude -180 to 180, latitude -85 to 85")
	}
	return nil
}

// around is one search. The engine measures to 5e-5; the places are measured again and those beyond the radius fall out.
func (s *Space) around(ctx context.Context, v *Version, l Layer, at orb.Point, radius float64, limit int) ([]Place, error) {
	x0, x1, y0, y1 := geo.FrameBox(geo.BoxAround(at, radius))
	var out []Place
	err := s.store.Query(ctx, "space/near", map[string]string{"Name": s.open("name"), "Division": s.open("division")}, func(scan func(...any) error) error {
		var p Place
		var metres float64
		if err := scan(&p.Entity, &p.Name, &p.Division, &p.Point[0], &p.Point[1], &metres); err != nil {
			return err
		}
		p.Metres = geo.Distance(at, p.Point)
		if p.Metres <= radius {
			out = append(out, p)
		}
		return nil
	}, clickhouse.Named("version", v.ID), clickhouse.Named("area", l.Kind), clickhouse.Named("lon", at[0]), clickhouse.Named("lat", at[1]),
		clickhouse.Named("x0", x0), clickhouse.Named("x1", x1), clickhouse.Named("y0", y0), clickhouse.Named("y1", y1),
		clickhouse.Named("radius", radius*1.0001), clickhouse.Named("limit", uint64(limit+8)))
	slices.SortStableFunc(out, func(a, b Place) int {
		switch {
		case a.Metres < b.Metres:
			return -1
		case a.Metres > b.Metres:
			return 1
		}
		return 0
	})
	if len(out) > limit {
		out = out[:limit]
	}
	return out, err
}

// open is an open element of places, or nothing where the catalogue has none of that name.
func (s *Space) open(name string) string {
	if slices.ContainsFunc(openElements(s.catalog()), func(e *catalog.Element) bool { return e.Name == name }) {
		return name
	}
	return "''"
}

// Touched is what of a shape lies in shapes of one kind.
type Touched struct {
	Layer   string
	LandUse string
	Shapes  int
	Area    float64 // square metres on the ellipsoid
}

// mostTouched bounds the shapes that one overlay cuts.
const mostTouched = 20_000

// Overlay tells how much of a shape is parcels and land use of each use, red lines and farmland. Shapes of one layer that overlap are
// counted each.
func (s *Space) Overlay(ctx context.Context, shape orb.Geometry) ([]Touched, error) {
	v, err := s.Current()
	if err != nil {
		return nil, err
	}
	m, err := polygons(shape)
	if err != nil {
		return nil, err
	}
	o := &overlay{names: map[string]string{}, sums: map[[2]string]*Touched{}}
	zone, areas := geo.NewOutline(m), []string(nil) // areas: those of which the engine is asked
	for _, l := range s.Layers() {
		if !l.Shape || l.ID == "boundaries" {
			continue
		}
		o.names[l.Kind] = l.ID
		if held := v.held[l.Kind]; held != nil {
			held.touched(zone, func(use string, area float64) { o.add(l.Kind, use, area) })
		} else {
			areas = append(areas, l.Kind)
		}
	}
	if len(areas) > 0 {
		if err := s.overlayOf(ctx, v, m, areas, o); err != nil {
			return nil, err
		}
	}
	if o.n > mostTouched {
		return nil, wrong("shape", "the shape touches more than %d shapes; draw a smaller one", mostTouched)
	}
	return o.list(), nil
}

// overlay adds up what of a shape lies in others.
type overlay struct {
	names map[string]string      // kind -> layer
	sums  map[[2]string]*Touched // kind, use
	n     int
}

func (o *overlay) add(kind, use string, area float64) {
	o.n++
	if area == 0 { // they only touch
		return
	}
	t := o.sums[[2]string{kind, use}]
	if t == nil {
		t = &Touched{Layer: o.names[kind], LandUse: use}
		o.sums[[2]string{kind, use}] = t
	}
	t.Shapes++
	t.Area += area
}

func (o *overlay) list() []Touched {
	out := make([]Touched, 0, len(o.sums))
	for _, t := range o.sums {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b Touched) int { return strings.Compare(a.Layer+"/"+a.LandUse, b.Layer+"/"+b.LandUse) })
	return out
}

// overlayOf asks the engine for the shapes of some kinds.
func (s *Space) overlayOf(ctx context.Context, v *Version, m orb.MultiPolygon, areas []string, o *overlay) error {
	b := m.Bound()
	return s.store.Query(ctx, "space/overlay", map[string]string{"LandUse": s.open("land_use")}, func(scan func(...any) error) error {
		var area, use, inside string
		var id entity.ID
		if err := scan(&area, &use, &id, &inside); err != nil {
			return err
		}
		g, err := wkt.Unmarshal(inside)
		if err != nil {
			return err
		}
		o.add(area, use, geo.Area(g))
		return nil
	}, clickhouse.Named("version", v.ID), clickhouse.Named("shape", wkt.MarshalString(m)), clickhouse.Named("areas", areas), clickhouse.Named("limit", uint64(mostTouched+1)),
		clickhouse.Named("west", b.Min[0]), clickhouse.Named("east", b.Max[0]), clickhouse.Named("south", b.Min[1]), clickhouse.Named("north", b.Max[1]))
}

// Boundary is the boundary of a county, by its code; ErrQuestion where none is known.
func (s *Space) Boundary(ctx context.Context, code string) (orb.Geometry, error) {
	v, err := s.Current()
	if err != nil {
		return nil, err
	}
	var found orb.Geometry
	err = s.store.Query(ctx, "space/boundary", map[string]string{"Division": s.open("division")}, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		var err error
		found, err = wkt.Unmarshal(text)
		return err
	}, clickhouse.Named("version", v.ID), clickhouse.Named("code", code))
	if err == nil && found == nil {
		return nil, wrong("division", "no boundary of that division is known")
	}
	return found, err
}
