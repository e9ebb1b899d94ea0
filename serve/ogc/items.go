package ogc

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json/v2"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/geo"
	"wuku/geo/cql2"
	"wuku/serve/sheet"
	"wuku/space"
)

// Limits of a page. A greater limit is answered with the greatest page, as the standard says.
const (
	defaultLimit = 10
	maxLimit     = 10_000
	maxFile      = 100_000 // of a file
	maxOffset    = 1_000_000
)

// itemParameters are those of a page beside the properties.
var itemParameters = []string{"f", "limit", "offset", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs"}

// page is what was asked of items.
type pageRequest struct {
	space.FeatureQuery
	system geo.System
}

func (h *Handler) items(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	q, err := r.page(c)
	if err != nil {
		return nil, err
	}
	found, matched, err := h.source.Features(ctx, c, q.FeatureQuery)
	if err != nil {
		return nil, err
	}
	links := r.pageLinks(c, q, len(found), matched)
	headers := map[string]string{"Content-Crs": "<" + q.system.URI() + ">"}
	if files[r.form] != "" {
		headers["Content-Disposition"] = `attachment; filename="` + c.ID + "." + r.form + `"`
		body, err := file(r.form, c, found, q.system)
		return &answer{raw: body, kind: files[r.form], headers: headers}, err
	}
	if r.form == "html" {
		return &answer{title: c.ZH + " " + c.EN, body: htmlOf(c, found, links, matched), headers: headers}, nil
	}
	b := []byte(`{"type":"FeatureCollection","timeStamp":"` + h.now().UTC().Format(time.RFC3339) + `","numberMatched":`)
	b = strconv.AppendUint(b, matched, 10)
	b = strconv.AppendInt(append(b, `,"numberReturned":`...), int64(len(found)), 10)
	text, err := json.Marshal(links)
	if err != nil {
		return nil, err
	}
	b = append(append(append(b, `,"links":`...), text...), `,"features":[`...)
	for i := range found {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = appendFeature(b, c, &found[i], q.system, nil); err != nil {
			return nil, err
		}
	}
	return &answer{raw: append(b, "]}"...), kind: "application/geo+json", headers: headers}, nil
}

// files are the forms of a page that are files, with their media types.
var files = map[string]string{"csv": "text/csv; charset=utf-8", "fgb": "application/flatgeobuf", "parquet": "application/vnd.apache.parquet"}

func file(form string, c *space.Collection, found []space.Feature, s geo.System) ([]byte, error) {
	switch form {
	case "fgb":
		return flatGeobuf(c, found, s), nil
	case "parquet":
		return geoParquet(c, found)
	}
	return csvOf(c, found, s)
}

func (h *Handler) item(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	system, err := r.system("crs")
	if err != nil {
		return nil, err
	}
	found, _, err := h.source.Features(ctx, c, space.FeatureQuery{ID: r.PathValue("feature"), Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, refuse(http.StatusNotFound, "there is no such feature")
	}
	at := "/collections/" + c.ID
	links := append(r.selves(at+"/items/"+url.PathEscape(found[0].ID), c.ZH, "application/geo+json"), link{r.base + at, "collection", "application/json", c.ZH, false})
	headers := map[string]string{"Content-Crs": "<" + system.URI() + ">"}
	if r.form == "html" {
		return &answer{title: c.ZH, body: htmlOf(c, found, links, 1), headers: headers}, nil
	}
	b, err := appendFeature(nil, c, &found[0], system, links)
	return &answer{raw: b, kind: "application/geo+json", headers: headers}, err
}

// system reads a parameter that names a coordinate system.
func (r *request) system(name string) (geo.System, error) {
	uri := r.query.Get(name)
	if uri == "" {
		if r.query.Has(name) {
			return geo.System{}, refuse(http.StatusBadRequest, name+" is empty")
		}
		return geo.CRS84(), nil
	}
	s, err := geo.ParseSystem(uri)
	if err != nil || !slices.Contains(systems(), s) {
		return geo.System{}, refuse(http.StatusBadRequest, name+" is none of the collection's coordinate systems; see crs in its description")
	}
	return s, nil
}

// page reads the parameters of items.
func (r *request) page(c *space.Collection) (*pageRequest, error) {
	names := slices.Clone(itemParameters)
	for _, p := range c.Properties {
		names = append(names, p.Name)
	}
	if err := r.known(names...); err != nil {
		return nil, err
	}
	q := &pageRequest{}
	var err error
	if q.system, err = r.system("crs"); err != nil {
		return nil, err
	}
	if q.Limit, err = r.whole("limit", defaultLimit, 1); err != nil {
		return nil, err
	}
	most := maxLimit
	if files[r.form] != "" {
		most = maxFile
	}
	q.Limit = min(q.Limit, most)
	if r.form == "parquet" && q.system != geo.CRS84() {
		return nil, refuse(http.StatusBadRequest, "GeoParquet is written in CRS84; leave crs out")
	}
	if q.Offset, err = r.whole("offset", 0, 0); err != nil {
		return nil, err
	}
	if q.Offset > maxOffset {
		return nil, refuse(http.StatusBadRequest, "offset is above 1,000,000: narrow the question by bbox or filter")
	}
	if q.Boxes, err = r.boxes(); err != nil {
		return nil, err
	}
	if q.From, q.To, err = r.times(); err != nil {
		return nil, err
	}
	if q.Filter, err = r.filter(); err != nil {
		return nil, err
	}
	for _, p := range c.Properties {
		if !r.query.Has(p.Name) {
			continue
		}
		if q.Equal == nil {
			q.Equal = map[string]string{}
		}
		q.Equal[p.Name] = r.query.Get(p.Name)
	}
	return q, nil
}

func (r *request) whole(name string, otherwise, least int) (int, error) {
	text := r.query.Get(name)
	if !r.query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, refuse(http.StatusBadRequest, name+" is no whole number from "+strconv.Itoa(least)+" on")
	}
	return n, nil
}

// boxes reads bbox in the system of bbox-crs, as one box in degrees, or two where it crosses the antimeridian.
func (r *request) boxes() ([]orb.Bound, error) {
	system, err := r.system("bbox-crs")
	if err != nil || !r.query.Has("bbox") {
		return nil, err
	}
	bad := func(why string) error { return refuse(http.StatusBadRequest, "bbox "+why) }
	var v []float64
	for part := range strings.SplitSeq(r.query.Get("bbox"), ",") {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || n-n != 0 {
			return nil, bad("is of four or six numbers")
		}
		v = append(v, n)
	}
	switch len(v) {
	case 4:
	case 6:
		v = []float64{v[0], v[1], v[3], v[4]}
	default:
		return nil, bad("is of four or six numbers")
	}
	// Clients whose library knows no order of axes send longitudes first in any system; beyond 90 degrees they cannot be latitudes.
	eastFirst := system.Geographic() && (math.Abs(v[0]) > 90 || math.Abs(v[2]) > 90) && math.Abs(v[1]) <= 90 && math.Abs(v[3]) <= 90
	if system.NorthFirst() && !eastFirst {
		v[0], v[1], v[2], v[3] = v[1], v[0], v[3], v[2]
	}
	if v[1] > v[3] {
		return nil, bad("has its lower edge above its upper edge")
	}
	if !system.Geographic() {
		if v[0] > v[2] {
			return nil, bad("has its left edge right of its right edge")
		}
		return []orb.Bound{around(system, v)}, nil
	}
	if v[0] < -180 || v[0] > 180 || v[2] < -180 || v[2] > 180 || v[1] < -90 || v[3] > 90 {
		return nil, bad("lies outside -180 to 180 and -90 to 90 degrees")
	}
	if v[0] > v[2] {
		return []orb.Bound{{Min: orb.Point{v[0], v[1]}, Max: orb.Point{180, v[3]}}, {Min: orb.Point{-180, v[1]}, Max: orb.Point{v[2], v[3]}}}, nil
	}
	return []orb.Bound{{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}}, nil
}

// around is the box in degrees that holds a box of a projected system.
func around(s geo.System, v []float64) orb.Bound {
	out := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	const steps = 8
	for i := range steps + 1 {
		for j := range steps + 1 {
			p := s.ToGeographic(orb.Point{v[0] + (v[2]-v[0])*float64(i)/steps, v[1] + (v[3]-v[1])*float64(j)/steps})
			out = out.Extend(p)
		}
	}
	return out.Pad(1e-8) // a millimetre: what lies on the edge does not fall out by rounding
}

// times reads datetime: an instant, or an interval with open ends.
func (r *request) times() (from, to time.Time, err error) {
	text := r.query.Get("datetime")
	if !r.query.Has("datetime") {
		return from, to, nil
	}
	bad := refuse(http.StatusBadRequest, "datetime is an instant such as 2024-12-31T12:00:00Z, a day, or two of them with / between; an end may be ..")
	parse := func(s string, last bool) (time.Time, error) {
		if s == ".." || s == "" {
			return time.Time{}, nil
		}
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return t, nil
		}
		t, err := time.Parse(time.DateOnly, s)
		if err == nil && last {
			t = t.AddDate(0, 0, 1).Add(-time.Millisecond)
		}
		return t, err
	}
	first, second, two := strings.Cut(text, "/")
	if !two {
		second = first
	}
	if first == "" && !two || strings.Contains(second, "/") {
		return from, to, bad
	}
	if from, err = parse(first, false); err != nil {
		return from, to, bad
	}
	if to, err = parse(second, true); err != nil || !from.IsZero() && !to.IsZero() && from.After(to) {
		return from, to, bad
	}
	if !two && from.IsZero() {
		return from, to, bad
	}
	return from, to, nil
}

// filter reads a CQL2 filter and brings its geometries into degrees, longitude first.
func (r *request) filter() (cql2.Node, error) {
	system, err := r.system("filter-crs")
	if err != nil {
		return nil, err
	}
	lang := r.query.Get("filter-lang")
	if lang != "" && lang != "cql2-text" && lang != "cql2-json" {
		return nil, refuse(http.StatusBadRequest, "filter-lang is cql2-text or cql2-json")
	}
	if !r.query.Has("filter") {
		return nil, nil
	}
	text := r.query.Get("filter")
	var n cql2.Node
	if lang == "cql2-json" {
		n, err = cql2.ParseJSON([]byte(text))
	} else {
		n, err = cql2.Parse(text)
	}
	if err != nil {
		return nil, refuse(http.StatusBadRequest, err.Error())
	}
	return cql2.Map(n, func(g orb.Geometry) orb.Geometry { return toDegrees(g, system) }), nil
}

// toDegrees brings a geometry of a system, in the order of its definition, into degrees, longitude first.
func toDegrees(g orb.Geometry, s geo.System) orb.Geometry {
	if s.NorthFirst() {
		g = geo.SwapXY(g)
	}
	return geo.Transform(g, s, geo.CRS84())
}

// pageLinks are those of a page: itself, its other forms, the next.
func (r *request) pageLinks(c *space.Collection, q *pageRequest, returned int, matched uint64) []link {
	at := "/collections/" + c.ID
	with := func(change map[string]string) string {
		v := url.Values{}
		for k, list := range r.query {
			v[k] = list
		}
		for k, one := range change {
			if v.Set(k, one); one == "" {
				v.Del(k)
			}
		}
		return r.base + at + "/items?" + v.Encode()
	}
	self, other := link{with(map[string]string{"f": "json"}), "self", "application/geo+json", c.ZH, false}, link{with(map[string]string{"f": "html"}), "alternate", "text/html", c.ZH, false}
	if r.form == "html" {
		self.Rel, other.Rel = "alternate", "self"
	}
	links := []link{self, other, {with(map[string]string{"f": "csv"}), "alternate", "text/csv", c.ZH, false},
		{with(map[string]string{"f": "fgb"}), "alternate", files["fgb"], c.ZH, false}, {with(map[string]string{"f": "parquet", "crs": ""}), "alternate", files["parquet"], c.ZH, false}, {r.base + at, "collection", "application/json", c.ZH, false}}
	form := map[string]string{"json": "application/geo+json", "html": "text/html"}[r.form]
	if form == "" {
		form = files[r.form]
	}
	if next := q.Offset + returned; returned > 0 && uint64(next) < matched && next <= maxOffset {
		links = append(links, link{with(map[string]string{"f": r.form, "offset": strconv.Itoa(next), "limit": strconv.Itoa(q.Limit)}), "next", form, "Next page", false})
	}
	if q.Offset > 0 {
		links = append(links, link{with(map[string]string{"f": r.form, "offset": strconv.Itoa(max(q.Offset-q.Limit, 0)), "limit": strconv.Itoa(q.Limit)}), "prev", form, "Page before", false})
	}
	return links
}

// shown is a feature's geometry in a system, in the order of its definition, and to how many digits it is written.
func shown(g orb.Geometry, s geo.System) (orb.Geometry, int) {
	g = geo.Transform(g, geo.CRS84(), s)
	if s.NorthFirst() {
		g = geo.SwapXY(g)
	}
	if s.Geographic() {
		return g, 9
	}
	return g, 4
}

// appendFeature writes one feature as GeoJSON.
func appendFeature(b []byte, c *space.Collection, f *space.Feature, s geo.System, links []link) ([]byte, error) {
	id, err := json.Marshal(f.ID)
	if err != nil {
		return nil, err
	}
	b = append(append(b, `{"type":"Feature","id":`...), id...)
	g, digits := shown(f.Geometry, s)
	b = geo.AppendJSON(append(b, `,"geometry":`...), g, digits)
	b = append(b, `,"properties":{`...)
	for i, p := range c.Properties {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), p.Name...), '"', ':')
		if b, err = appendValue(b, p, f.Values[i]); err != nil {
			return nil, err
		}
	}
	b = append(b, '}')
	if links != nil {
		text, err := json.Marshal(links)
		if err != nil {
			return nil, err
		}
		b = append(append(b, `,"links":`...), text...)
	}
	return append(b, '}'), nil
}

// appendValue writes a property by its type.
func appendValue(b []byte, p space.Property, v *string) ([]byte, error) {
	switch {
	case v == nil:
		return append(b, "null"...), nil
	case p.Type == cql2.TypeNumber || p.Type == cql2.TypeBool:
		return append(b, *v...), nil
	case p.Type == cql2.TypeTime:
		if t, err := time.Parse("2006-01-02 15:04:05.999", *v); err == nil {
			return append(append(append(b, '"'), t.UTC().Format(time.RFC3339Nano)...), '"'), nil
		}
	}
	text, err := json.Marshal(*v)
	return append(b, text...), err
}

// csvOf writes features as CSV with WKT.
func csvOf(c *space.Collection, found []space.Feature, s geo.System) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	head := []string{"id"}
	for _, p := range c.Properties {
		head = append(head, p.Name)
	}
	if err := w.Write(append(head, "wkt")); err != nil {
		return nil, err
	}
	for i := range found {
		row := []string{sheet.Text(found[i].ID)}
		for k, v := range found[i].Values {
			switch {
			case v == nil:
				row = append(row, "")
			case c.Properties[k].Type == cql2.TypeNumber:
				row = append(row, *v)
			default:
				row = append(row, sheet.Text(*v))
			}
		}
		g, _ := shown(found[i].Geometry, s)
		if err := w.Write(append(row, wkt.MarshalString(g))); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
