package space

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/catalog"
	"wuku/geo/cql2"
)

// Property is one property of a collection's features.
type Property struct {
	Name string
	ZH   string
	Type string // of package cql2
	sql  string
}

// Collection is one set of open features. 要素集
type Collection struct {
	ID         string
	ZH, EN     string
	Polygons   bool // all features are polygons; else all are points
	Properties []Property
	Count      uint64
	Extent     orb.Bound
	From, To   time.Time // of the changes of its features
	version    uint64
	several    bool // some are of several parts, so all are given as MultiPolygon
	source     string
	name       string // expression of a feature's name
	division   string // expression of the division that a shape is of
	extra      string // expression of a number that tiles carry
	held       *heldLayer
}

// Feature is one feature. Values run parallel to the collection's properties; nil is none.
type Feature struct {
	ID       string
	Geometry orb.Geometry
	Values   []*string
	Changed  time.Time
}

// FeatureQuery is what of a collection is wanted. Its zero value is everything.
type FeatureQuery struct {
	Boxes  []orb.Bound       // features that intersect one of these
	From   time.Time         // zero: open. Features are taken from their last change on
	To     time.Time         // zero: open
	Equal  map[string]string // property -> value, as text
	Filter cql2.Node
	ID     string // one feature
	Limit  int
	Offset int
}

// GridPeople is the collection of people by cells.
const GridPeople = "population"

// Collections lists the open collections with their extents. Those without a feature are there too.
func (s *Space) Collections(ctx context.Context) ([]Collection, error) {
	v, err := s.Current()
	if err != nil {
		return nil, err
	}
	if kept := s.kept.Load(); kept != nil && kept.version == v.ID {
		return kept.list, nil
	}
	var out []Collection
	for _, l := range s.Layers() {
		out = append(out, s.collection(v, l))
	}
	out = append(out, gridOf(v))
	for i := range out {
		c := &out[i]
		err := s.store.Query(ctx, "space/extent", map[string]string{"Source": c.source}, func(scan func(...any) error) error {
			return scan(&c.Count, &c.Extent.Min[0], &c.Extent.Min[1], &c.Extent.Max[0], &c.Extent.Max[1], &c.From, &c.To, &c.several)
		})
		if err != nil {
			return nil, err
		}
		if c.Count == 0 {
			c.Extent = orb.Bound{Min: orb.Point{116, 30}, Max: orb.Point{122.5, 35.5}}
		}
	}
	s.kept.Store(&keptCollections{v.ID, out})
	return out, nil
}

// keptCollections are the collections of one version: extents cost a scan.
type keptCollections struct {
	version uint64
	list    []Collection
}

func (s *Space) collection(v *Version, l Layer) Collection {
	c := Collection{ID: l.ID, ZH: l.ZH, EN: l.EN, Polygons: l.Shape, version: v.ID, held: v.held[l.Kind], name: "''", division: "''", extra: "0.", Properties: []Property{}}
	shaped := ""
	if l.Shape { // a place whose shape was refused has a point only: it is found by nearest, not among shapes
		shaped = " AND notEmpty(geom)"
	}
	c.source = fmt.Sprintf("(SELECT *, toString(entity) AS id FROM space.place WHERE ver = %d AND area = '%s'%s)", v.ID, l.Kind, shaped)
	for _, e := range openElements(s.catalog()) {
		kind := cql2.TypeText
		switch e.Type {
		case catalog.TypeInt, catalog.TypeDecimal, catalog.TypeFloat:
			kind = cql2.TypeNumber
		case catalog.TypeBool:
			kind = cql2.TypeBool
		case catalog.TypeDate:
			kind = cql2.TypeDate
		case catalog.TypeDateTime:
			kind = cql2.TypeTime
		}
		c.Properties = append(c.Properties, Property{Name: e.Name, ZH: e.ZH, Type: kind, sql: "`" + e.Name + "`"})
		if e.Name == "name" {
			c.name = "ifNull(name, '')"
		}
		if e.Name == "division" {
			c.division = "ifNull(division, '')"
		}
	}
	c.Properties = append(c.Properties, Property{Name: "updated", ZH: "更新时间", Type: cql2.TypeTime, sql: "changed"})
	return c
}

// gridOf is people by cells of resolution 8, of those with ten and more; figures are rounded.
func gridOf(v *Version) Collection {
	c := Collection{ID: GridPeople, ZH: "人口网格", EN: "People by H3 cells of ten and more, rounded to five", Polygons: true, version: v.ID, held: v.held[GridPeople], name: "''", division: "''", extra: "toFloat64(people)"}
	c.source = fmt.Sprintf(`(SELECT h3ToString(cell) AS id, toUInt64(intDiv(n + 2, 5) * 5) AS people,
        arrayMap(p -> (p.2, p.1), h3ToGeoBoundary(cell)) AS ring, [[arrayConcat(ring, [ring[1]])]]::MultiPolygon AS geom, wkt(geom) AS wkt,
        h3ToGeo(cell).2 AS lon, h3ToGeo(cell).1 AS lat, arrayMin(p -> p.1, ring) AS west, arrayMax(p -> p.1, ring) AS east,
        arrayMin(p -> p.2, ring) AS south, arrayMax(p -> p.2, ring) AS north, fromUnixTimestamp64Milli(%d, 'UTC') AS changed
    FROM space.cell WHERE ver = %[1]d AND theme = 'people' AND n >= %d)`, v.ID, Least)
	c.Properties = []Property{{Name: "people", ZH: "人口", Type: cql2.TypeNumber, sql: "people"}, {Name: "updated", ZH: "更新时间", Type: cql2.TypeTime, sql: "changed"}}
	return c
}

// Table is what a filter on the collection may speak of. The geometry is called geometry.
func (c *Collection) Table() *cql2.Table {
	t := &cql2.Table{Prefix: "f", Shapes: cql2.Shapes{Lon: "lon", Lat: "lat", Polygons: "geom"}, Columns: map[string]cql2.Column{"geometry": {SQL: "geom", Type: cql2.TypeGeometry}}}
	for _, p := range c.Properties {
		t.Columns[p.Name] = cql2.Column{SQL: p.sql, Type: p.Type}
	}
	return t
}

// where writes a query's conditions.
func (c *Collection) where(q *FeatureQuery) (string, []any, error) {
	all := []string{"1"}
	var args []any
	bind := func(kind string, v any) string {
		name := "q" + strconv.Itoa(len(args))
		args = append(args, clickhouse.Named(name, v))
		return "{" + name + ":" + kind + "}"
	}
	if q.ID != "" {
		all = append(all, "id = "+bind("String", q.ID))
	}
	if len(q.Boxes) > 0 {
		var any []string
		for _, b := range q.Boxes {
			w, s, e, n := bind("Float64", b.Min[0]), bind("Float64", b.Min[1]), bind("Float64", b.Max[0]), bind("Float64", b.Max[1])
			box := "readWKTMultiPolygon(" + bind("String", wkt.MarshalString(orb.MultiPolygon{b.ToPolygon()})) + ")"
			cond := fmt.Sprintf("west <= %s AND east >= %s AND south <= %s AND north >= %s", e, w, n, s)
			if c.Polygons && b.Min[0] < b.Max[0] && b.Min[1] < b.Max[1] {
				cond += " AND (empty(geom) OR polygonsIntersectCartesian(geom, " + box + "))"
			}
			any = append(any, "("+cond+")")
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	if !q.To.IsZero() {
		all = append(all, "changed <= parseDateTime64BestEffort("+bind("String", q.To.UTC().Format("2006-01-02 15:04:05.000"))+", 3, 'UTC')")
	}
	for name, v := range q.Equal {
		p, ok := c.property(name)
		if !ok {
			return "", nil, wrong(name, "no such property")
		}
		all = append(all, "ifNull(toString("+p.sql+"), '') = "+bind("String", v))
	}
	if q.Filter != nil {
		sql, params, err := cql2.Condition(q.Filter, c.Table())
		if err != nil {
			return "", nil, &Wrong{"filter", "invalid", err.Error()}
		}
		all = append(all, "("+sql+")")
		for _, p := range params {
			args = append(args, clickhouse.Named(p.Name, p.Value))
		}
	}
	return strings.Join(all, " AND "), args, nil
}

func (c *Collection) property(name string) (Property, bool) {
	for _, p := range c.Properties {
		if p.Name == name {
			return p, true
		}
	}
	return Property{}, false
}

// Features reads one page of a collection and how many features match in all.
func (s *Space) Features(ctx context.Context, c *Collection, q FeatureQuery) (page []Feature, matched uint64, err error) {
	where, args, err := c.where(&q)
	if err != nil {
		return nil, 0, err
	}
	columns := make([]string, len(c.Properties))
	for i, p := range c.Properties {
		columns[i] = p.sql
	}
	data := map[string]any{"Source": c.source, "Where": where, "Properties": columns}
	if q.ID == "" {
		if err := s.store.Query(ctx, "space/matched", data, func(scan func(...any) error) error { return scan(&matched) }, args...); err != nil {
			return nil, 0, err
		}
	}
	page = []Feature{}
	args = append(args, clickhouse.Named("limit", uint64(max(q.Limit, 1))), clickhouse.Named("offset", uint64(max(q.Offset, 0))))
	err = s.store.Query(ctx, "space/features", data, func(scan func(...any) error) error {
		var f Feature
		var text string
		var p orb.Point
		if err := scan(&f.ID, &text, &p[0], &p[1], &f.Changed, &f.Values); err != nil {
			return err
		}
		f.Geometry = p
		if text != "" {
			g, err := wkt.Unmarshal(text)
			if err != nil {
				return fmt.Errorf("geometry of feature %s: %w", f.ID, err)
			}
			f.Geometry = g
			if p, one := g.(orb.Polygon); one && c.several {
				f.Geometry = orb.MultiPolygon{p}
			}
		}
		page = append(page, f)
		return nil
	}, args...)
	return page, matched, err
}
