package ogc_test

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"wuku/geo"
	"wuku/serve/ogc"
	"wuku/space"
)

// shelf is a source in memory: 25 points on a line from south-west to north-east, and two polygons across the zero lines.
type shelf struct{ features map[string][]space.Feature }

func newShelf() *shelf {
	s := &shelf{features: map[string][]space.Feature{}}
	text := func(v string) *string { return &v }
	for i := range 25 {
		s.features["schools"] = append(s.features["schools"], space.Feature{ID: fmt.Sprintf("s%02d", i), Geometry: orb.Point{116 + float64(i)/10, 31 + float64(i)/10},
			Values: []*string{text(fmt.Sprintf("学校%d", i)), text(fmt.Sprint(i))}, Changed: time.Date(2000+i, 6, 1, 0, 0, 0, 0, time.UTC)})
	}
	for i, p := range []orb.Polygon{{{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}}}, {{{179, 10}, {180, 10}, {180, 11}, {179, 11}, {179, 10}}}} {
		s.features["zones"] = append(s.features["zones"], space.Feature{ID: fmt.Sprintf("z%d", i), Geometry: p, Values: []*string{text("区"), nil}, Changed: time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)})
	}
	return s
}

func (s *shelf) Current() (*space.Version, error) { return &space.Version{ID: 7}, nil }

func (s *shelf) Collections(context.Context) ([]space.Collection, error) {
	properties := []space.Property{{Name: "name", ZH: "名称", Type: "string"}, {Name: "floors", ZH: "层数", Type: "number"}}
	return []space.Collection{
		{ID: "schools", ZH: "学校", EN: "Schools", Properties: properties, Count: 25, Extent: orb.Bound{Min: orb.Point{116, 31}, Max: orb.Point{118.4, 33.4}}, From: time.Date(2000, 6, 1, 0, 0, 0, 0, time.UTC)},
		{ID: "nothing", ZH: "空", EN: "Without a feature", Properties: properties},
		{ID: "zones", ZH: "区域", EN: "Zones", Polygons: true, Properties: properties, Count: 2, Extent: orb.Bound{Min: orb.Point{-1, -1}, Max: orb.Point{180, 11}}},
	}, nil
}

func (s *shelf) Features(_ context.Context, c *space.Collection, q space.FeatureQuery) ([]space.Feature, uint64, error) {
	var out []space.Feature
	for _, f := range s.features[c.ID] {
		switch {
		case q.ID != "" && f.ID != q.ID, len(q.Boxes) > 0 && !slices.ContainsFunc(q.Boxes, func(b orb.Bound) bool { return b.Intersects(f.Geometry.Bound()) }),
			!q.To.IsZero() && f.Changed.After(q.To), q.Equal["name"] != "" && q.Equal["name"] != *f.Values[0]:
			continue
		}
		out = append(out, f)
	}
	n := uint64(len(out))
	out = out[min(q.Offset, len(out)):]
	return out[:min(q.Limit, len(out))], n, nil
}

func (s *shelf) Tile(context.Context, *space.Collection, uint32, uint32, uint32) ([]byte, error) {
	return []byte{0x1a, 0}, nil
}

func handler() *ogc.Handler {
	return ogc.New(newShelf(), "/ogc", slog.New(slog.DiscardHandler), error.Error)
}

func get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/ogc"+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler().ServeHTTP(w, r)
	return w
}

func document(t *testing.T, path string) map[string]any {
	t.Helper()
	w := get(t, path)
	var out map[string]any
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// relations are the links of a document by relation.
func relations(t *testing.T, doc map[string]any) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	links, ok := doc["links"].([]any)
	if !ok {
		t.Fatalf("no links in %v", doc)
	}
	for _, l := range links {
		m := l.(map[string]any)
		if m["href"] == "" || m["type"] == "" {
			t.Errorf("a link without href or type: %v", m)
		}
		out[m["rel"].(string)] = append(out[m["rel"].(string)], m["href"].(string))
	}
	return out
}

// Abstract tests of OGC 17-069r4, annex A.2 and A.3: documents and their links.
func TestDocuments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, kind string
		rels             []string
	}{
		{"A.2.2.1 landing page", "/", "application/json", []string{"self", "alternate", "service-desc", "service-doc", "conformance", "data"}},
		{"A.2.2.2 conformance", "/conformance", "application/json", []string{"self", "alternate"}},
		{"A.2.2.3 collections", "/collections", "application/json", []string{"self", "alternate"}},
		{"A.2.2.4 collection", "/collections/schools", "application/json", []string{"self", "alternate", "items", "http://www.opengis.net/def/rel/ogc/1.0/queryables", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"}},
		{"items", "/collections/schools/items", "application/geo+json", []string{"self", "alternate", "collection", "next"}},
		{"feature", "/collections/schools/items/s03", "application/geo+json", []string{"self", "alternate", "collection"}},
		{"tilesets", "/collections/schools/tiles", "application/json", []string{"self"}},
		{"tileset", "/collections/schools/tiles/WebMercatorQuad", "application/json", []string{"self", "item", "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := get(t, c.path)
			if kind := w.Header().Get("Content-Type"); w.Code != http.StatusOK || kind != c.kind {
				t.Fatalf("%d %s", w.Code, kind)
			}
			rels := relations(t, document(t, c.path))
			for _, rel := range c.rels {
				if len(rels[rel]) == 0 {
					t.Errorf("no link %s", rel)
				}
			}
			for rel, hrefs := range rels { // every link that is ours leads somewhere
				for _, href := range hrefs {
					u, err := url.Parse(href)
					if err != nil || u.Host != "example.com" {
						t.Errorf("%s leads to %s", rel, href)
						continue
					}
					if strings.Contains(href, "{") {
						continue
					}
					if w := get(t, strings.TrimPrefix(u.RequestURI(), "/ogc")); w.Code != http.StatusOK {
						t.Errorf("%s: %s answers %d", rel, href, w.Code)
					}
				}
			}
			if page := get(t, c.path, "Accept", "text/html"); page.Code != http.StatusOK || !strings.HasPrefix(page.Body.String(), "<!doctype html>") {
				t.Errorf("as HTML: %d %.60s", page.Code, page.Body)
			}
		})
	}
}

func TestConformanceClasses(t *testing.T) {
	t.Parallel()
	claims := document(t, "/conformance")["conformsTo"].([]any)
	for _, class := range []string{"ogcapi-features-1/1.0/conf/core", "ogcapi-features-1/1.0/conf/geojson", "ogcapi-features-1/1.0/conf/html", "ogcapi-features-1/1.0/conf/oas30", "ogcapi-features-2/1.0/conf/crs"} {
		if !slices.Contains(claims, any("http://www.opengis.net/spec/"+class)) {
			t.Errorf("%s is not claimed", class)
		}
	}
}

// The API definition is whole in itself and has every path and parameter that the tests of annex A look for.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	w := get(t, "/api")
	if kind := w.Header().Get("Content-Type"); kind != "application/vnd.oai.openapi+json;version=3.0" || strings.Contains(w.Body.String(), "$ref") {
		t.Fatalf("%s, or a reference to elsewhere", kind)
	}
	doc := document(t, "/api")
	paths := doc["paths"].(map[string]any)
	for _, p := range []string{"/", "/conformance", "/collections", "/collections/schools", "/collections/schools/items", "/collections/schools/items/{featureId}", "/collections/zones/items"} {
		if paths[p] == nil {
			t.Errorf("path %s is not declared", p)
		}
	}
	want := map[string]bool{"limit": true, "bbox": true, "datetime": true, "crs": true, "bbox-crs": true, "filter": true, "filter-lang": true, "filter-crs": true}
	for _, one := range paths["/collections/schools/items"].(map[string]any)["get"].(map[string]any)["parameters"].([]any) {
		p := one.(map[string]any)
		if !want[p["name"].(string)] {
			continue
		}
		delete(want, p["name"].(string))
		if p["in"] != "query" || p["required"] != false || p["style"] != "form" || p["explode"] != false || p["schema"] == nil {
			t.Errorf("parameter %v", p)
		}
		schema := p["schema"].(map[string]any)
		switch p["name"] {
		case "limit":
			if schema["type"] != "integer" || schema["minimum"] != 1.0 || schema["maximum"] == nil || schema["default"] == nil {
				t.Errorf("limit is %v", schema)
			}
		case "bbox":
			if schema["type"] != "array" || schema["minItems"] != 4.0 || schema["maxItems"] != 6.0 || schema["items"].(map[string]any)["type"] != "number" {
				t.Errorf("bbox is %v", schema)
			}
		case "datetime":
			if schema["type"] != "string" {
				t.Errorf("datetime is %v", schema)
			}
		}
	}
	for name := range want {
		t.Errorf("parameter %s is not declared", name)
	}
}

// What is asked and how many features answer; -1: refused with 400, -2: 404.
func TestQueries(t *testing.T) {
	t.Parallel()
	const s, z = "/collections/schools/items", "/collections/zones/items"
	for _, c := range []struct {
		name, path        string
		returned, matched int
	}{
		{"A.2.7 default limit", s, 10, 25},
		{"limit", s + "?limit=3", 3, 25},
		{"limit of everything", s + "?limit=100", 25, 25},
		{"limit above the maximum", s + "?limit=100000", 25, 25},
		{"limit 0", s + "?limit=0", -1, 0},
		{"limit below 0", s + "?limit=-1", -1, 0},
		{"limit that is no number", s + "?limit=ten", -1, 0},
		{"limit that is no whole number", s + "?limit=1.5", -1, 0},
		{"offset", s + "?offset=20", 5, 25},
		{"offset beyond", s + "?offset=99", 0, 25},
		{"offset below 0", s + "?offset=-1", -1, 0},
		{"bbox of all", s + "?limit=50&bbox=116,31,118.4,33.4", 25, 25},
		{"bbox of a part", s + "?bbox=116.05,31,116.35,33", 3, 3},
		{"bbox of six numbers", s + "?bbox=116.05,31,0,116.35,33,100", 3, 3},
		{"bbox of nothing", s + "?bbox=0,0,1,1", 0, 0},
		{"bbox across the zero meridian", z + "?bbox=-1.5,50,1.5,53", 0, 0},
		{"bbox over the zero lines", z + "?bbox=-0.5,-0.5,0.5,0.5", 1, 1},
		{"bbox across the equator", z + "?bbox=-80,-5,-70,5", 0, 0},
		{"bbox across the antimeridian", z + "?bbox=177,-20,-177,20", 1, 1},
		{"bbox at the north pole", z + "?bbox=-180,85,180,90", 0, 0},
		{"bbox at the south pole", z + "?bbox=-180,-90,180,-85", 0, 0},
		{"bbox of the world", z + "?bbox=-180,-90,180,90", 2, 2},
		{"bbox of three numbers", s + "?bbox=1,2,3", -1, 0},
		{"bbox of five numbers", s + "?bbox=1,2,3,4,5", -1, 0},
		{"bbox without a number", s + "?bbox=a,b,c,d", -1, 0},
		{"bbox with NaN", s + "?bbox=NaN,1,2,3", -1, 0},
		{"bbox upside down", s + "?bbox=116,33,117,31", -1, 0},
		{"bbox off the globe", s + "?bbox=116,31,117,91", -1, 0},
		{"empty bbox", s + "?bbox=", -1, 0},
		{"bbox-crs CRS84", s + "?bbox=116.05,31,116.35,33&bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84", 3, 3},
		{"bbox-crs 4326, latitude first", s + "?bbox=31,116.05,33,116.35&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", 3, 3},
		{"bbox-crs 4490, latitude first", s + "?bbox=31,116.05,33,116.35&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490", 3, 3},
		{"bbox-crs 4490 from a client that knows no order of axes", s + "?bbox=116.05,31,116.35,33&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490", 3, 3},
		{"bbox-crs 3857 of the extent, its edges rounded", s + "?limit=50&bbox=12913060.9320264,3632749.1433768,13180227.9443787,3950283.2500700&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", 25, 25},
		{"bbox-crs 3857", s + "?bbox=12918600,3632700,12951900,3900000&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857", 3, 3},
		{"bbox-crs unknown", s + "?bbox=1,2,3,4&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/99999", -1, 0},
		{"bbox-crs empty", s + "?bbox=1,2,3,4&bbox-crs=", -1, 0},
		{"datetime of an instant", s + "?datetime=2004-12-31T00:00:00Z", 5, 5},
		{"datetime of a day", s + "?datetime=2004-06-01", 5, 5},
		{"datetime of an interval", s + "?datetime=2001-01-01T00:00:00Z/2002-12-31T00:00:00Z", 3, 3},
		{"datetime with an open begin", s + "?datetime=../2002-12-31T00:00:00Z", 3, 3},
		{"datetime with an empty begin", s + "?datetime=/2002-12-31T00:00:00Z", 3, 3},
		{"datetime with an open end", s + "?limit=50&datetime=2001-01-01T00:00:00Z/..", 25, 25},
		{"datetime in milliseconds", s + "?datetime=2004-12-31T00:00:00.123Z", 5, 5},
		{"datetime with a zone", s + "?datetime=2004-12-31T00:00:00%2B08:00", 5, 5},
		{"datetime turned round", s + "?datetime=2003-01-01T00:00:00Z/2002-01-01T00:00:00Z", -1, 0},
		{"datetime that is none", s + "?datetime=yesterday", -1, 0},
		{"datetime of three", s + "?datetime=2001-01-01/2002-01-01/2003-01-01", -1, 0},
		{"empty datetime", s + "?datetime=", -1, 0},
		{"property", s + "?name=%E5%AD%A6%E6%A0%A13", 1, 1},
		{"unknown parameter", s + "?unknown=1", -1, 0},
		{"unknown parameter of the landing page", "/?unknown=1", -1, 0},
		{"unknown parameter of the collections", "/collections?unknown=1", -1, 0},
		{"unknown parameter of a feature", s + "/s03?unknown=1", -1, 0},
		{"a parameter twice", s + "?limit=1&limit=2", -1, 0},
		{"unknown form", s + "?f=shp", -1, 0},
		{"crs", s + "?limit=1&crs=http://www.opengis.net/def/crs/EPSG/0/4528", 1, 25},
		{"crs unknown", s + "?crs=http://www.opengis.net/def/crs/EPSG/0/99999", -1, 0},
		{"crs that is a word", s + "?crs=CGCS2000x", -1, 0},
		{"crs of a feature unknown", s + "/s03?crs=http://www.opengis.net/def/crs/EPSG/0/99999", -1, 0},
		{"filter", s + "?filter=floors%20%3E%203", 10, 25},
		{"filter in JSON", s + "?filter-lang=cql2-json&filter=" + url.QueryEscape(`{"op":"=","args":[{"property":"name"},"x"]}`), 10, 25},
		{"filter that is none", s + "?filter=floors%20%3E", -1, 0},
		{"filter in an unknown language", s + "?filter-lang=sql&filter=1%3D1", -1, 0},
		{"filter-crs unknown", s + "?filter-crs=x&filter=floors%3D1", -1, 0},
		{"unknown collection", "/collections/people/items", -2, 0},
		{"unknown collection's description", "/collections/people", -2, 0},
		{"unknown feature", s + "/none", -2, 0},
		{"unknown path", "/nothing", -2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := get(t, c.path)
			if want := map[int]int{-1: 400, -2: 404}[c.returned]; want != 0 {
				if w.Code != want || !strings.Contains(w.Body.String(), `"code":`) {
					t.Errorf("%d %s, want %d", w.Code, w.Body, want)
				}
				return
			}
			doc := document(t, c.path)
			if doc["type"] != "FeatureCollection" || doc["timeStamp"] == nil || doc["numberMatched"] != float64(c.matched) || doc["numberReturned"] != float64(c.returned) || len(doc["features"].([]any)) != c.returned {
				t.Errorf("%d features, %v returned of %v matched; want %d of %d", len(doc["features"].([]any)), doc["numberReturned"], doc["numberMatched"], c.returned, c.matched)
			}
		})
	}
}

// A.2.7: following next gives every feature once, and the filter stays.
func TestPages(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	path := "/collections/schools/items?limit=7&datetime=2019-12-31"
	for pages := 0; path != ""; pages++ {
		if pages > 5 {
			t.Fatal("next leads on for ever")
		}
		doc := document(t, path)
		for _, f := range doc["features"].([]any) {
			id := f.(map[string]any)["id"].(string)
			if seen[id] {
				t.Errorf("%s comes twice", id)
			}
			seen[id] = true
		}
		next := relations(t, doc)["next"]
		path = ""
		if len(next) > 0 {
			u, err := url.Parse(next[0])
			if err != nil {
				t.Fatal(err)
			}
			path = strings.TrimPrefix(u.RequestURI(), "/ogc")
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d features, want 20", len(seen))
	}
}

// Abstract tests of OGC 18-058r1: lists of systems, Content-Crs, coordinates.
func TestSystems(t *testing.T) {
	t.Parallel()
	doc := document(t, "/collections")
	if crs := doc["crs"].([]any); crs[0] != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" {
		t.Errorf("the default is not first: %v", crs)
	}
	for _, c := range doc["collections"].([]any) {
		if crs := c.(map[string]any)["crs"].([]any); crs[0] != "#/crs" {
			t.Errorf("crs of a collection in the list: %v", crs)
		}
	}
	one := document(t, "/collections/schools")
	list := one["crs"].([]any)
	if !slices.Contains(list, one["storageCrs"]) {
		t.Errorf("storageCrs %v is not in the list", one["storageCrs"])
	}
	for _, uri := range list {
		system, err := geo.ParseSystem(uri.(string))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, path := range []string{"/collections/schools/items", "/collections/schools/items/s00"} {
			w := get(t, path+"?crs="+url.QueryEscape(uri.(string)))
			if w.Code != http.StatusOK || w.Header().Get("Content-Crs") != "<"+uri.(string)+">" {
				t.Errorf("%s of %s: %d, Content-Crs %s", path, uri, w.Code, w.Header().Get("Content-Crs"))
			}
		}
		var f struct {
			Geometry struct {
				Coordinates [2]float64 `json:"coordinates"`
			} `json:"geometry"`
		}
		if err := json.Unmarshal(get(t, "/collections/schools/items/s00?crs="+url.QueryEscape(uri.(string))).Body.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		want := system.FromGeographic(orb.Point{116, 31})
		if system.NorthFirst() {
			want[0], want[1] = want[1], want[0]
		}
		if d := max(f.Geometry.Coordinates[0]-want[0], want[0]-f.Geometry.Coordinates[0], f.Geometry.Coordinates[1]-want[1], want[1]-f.Geometry.Coordinates[1]); d > 1e-4 {
			t.Errorf("%s: %v, want %v", uri, f.Geometry.Coordinates, want)
		}
	}
	if w := get(t, "/collections/schools/items"); w.Header().Get("Content-Crs") != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
		t.Errorf("by default Content-Crs is %s", w.Header().Get("Content-Crs"))
	}
}

func TestTiles(t *testing.T) {
	t.Parallel()
	w := get(t, "/collections/schools/tiles/WebMercatorQuad/6/25/53")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/vnd.mapbox-vector-tile" || w.Header().Get("ETag") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for path, status := range map[string]int{"/1/2/0": http.StatusNotFound, "/1/0/2": http.StatusNotFound, "/25/0/0": http.StatusBadRequest, "/40/0/0": http.StatusBadRequest, "/5/-1/0": http.StatusBadRequest,
		"/5/0/1e9": http.StatusBadRequest, "/a/b/c": http.StatusBadRequest, "/99999999999999999999/0/0": http.StatusBadRequest} {
		if w := get(t, "/collections/schools/tiles/WebMercatorQuad"+path); w.Code != status {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	doc := document(t, "/collections/schools/tiles/WebMercatorQuad/tilejson")
	if doc["tilejson"] != "3.0.0" || len(doc["vector_layers"].([]any)) != 1 {
		t.Errorf("%v", doc)
	}
	style := document(t, "/style")
	if style["version"] != 8.0 || len(style["layers"].([]any)) != 4 {
		t.Errorf("%v", style)
	}
	matrices := document(t, "/tileMatrixSets/WebMercatorQuad")["tileMatrices"].([]any)
	if first := matrices[0].(map[string]any)["scaleDenominator"].(float64); len(matrices) != 25 || first < 559082264.02 || first > 559082264.04 {
		t.Errorf("%d matrices, the first at 1:%f", len(matrices), first)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	w := get(t, "/collections/zones/items?f=csv")
	want := "id,name,floors,wkt\nz0,区,,\"POLYGON((-1 -1,1 -1,1 1,-1 1,-1 -1))\"\n"
	if w.Header().Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(w.Body.String(), want) {
		t.Errorf("%s", w.Body)
	}
}

// broken is a source whose engine quotes what the caller wrote.
type broken struct{ *shelf }

func (broken) Features(context.Context, *space.Collection, space.FeatureQuery) ([]space.Feature, uint64, error) {
	return nil, 0, errors.New("cannot read '32010219700101777'")
}

// TestLogHoldsNoWordOfTheCaller: what the log says of an error is what its owner lets it say.
func TestLogHoldsNoWordOfTheCaller(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := ogc.New(broken{newShelf()}, "/ogc", slog.New(slog.NewTextHandler(&log, nil)), func(error) string { return "engine" })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ogc/collections/schools/items", nil))
	if w.Code != http.StatusInternalServerError || !strings.Contains(log.String(), "error=engine") || strings.Contains(log.String()+w.Body.String(), "3201021970") {
		t.Errorf("%d %s, log %s", w.Code, w.Body, &log)
	}
}

// TestTableHoldsNoFormula: a name that a spreadsheet would calculate is text; a number stays one.
func TestTableHoldsNoFormula(t *testing.T) {
	t.Parallel()
	s := newShelf()
	name, floors := "=HYPERLINK(1)", "-2"
	s.features["schools"] = []space.Feature{{ID: "s", Geometry: orb.Point{116, 31}, Values: []*string{&name, &floors}}}
	w := httptest.NewRecorder()
	ogc.New(s, "/ogc", slog.New(slog.DiscardHandler), error.Error).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ogc/collections/schools/items?f=csv", nil))
	if !strings.Contains(w.Body.String(), "s,'=HYPERLINK(1),-2,") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestMethods: a browser may ask what it may do, and nothing can be written.
func TestMethods(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]int{http.MethodHead: 200, http.MethodOptions: 204, http.MethodPost: 405, http.MethodDelete: 405} {
		w := httptest.NewRecorder()
		handler().ServeHTTP(w, httptest.NewRequest(method, "/ogc/collections/schools/items", nil))
		if w.Code != want || want >= 204 && w.Header().Get("Allow") == "" || w.Header().Get("Access-Control-Allow-Origin") == "" && want < 400 {
			t.Errorf("%s: %d %v, want %d", method, w.Code, w.Header(), want)
		}
	}
}

// TestEmptyCollection: what has no feature is in no list, and still answers at its path.
func TestEmptyCollection(t *testing.T) {
	t.Parallel()
	if w := get(t, "/collections"); strings.Contains(w.Body.String(), "/nothing") {
		t.Errorf("listed: %s", w.Body)
	}
	if w := get(t, "/api"); strings.Contains(w.Body.String(), "/nothing") {
		t.Error("declared")
	}
	if doc := document(t, "/collections/nothing/items"); doc["numberMatched"] != 0.0 {
		t.Errorf("%v", doc)
	}
}
