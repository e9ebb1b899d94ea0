package ogc

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"wuku/geo"
	"wuku/space"
)

// conforms are the conformance classes that hold.
var conforms = []string{
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
	"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
	"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
	"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
	"http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
	"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
	"http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
}

// systems are the coordinate systems in which features are given, the default first, then the one they are kept in.
func systems() []geo.System {
	list := []geo.System{geo.CRS84(), geo.CGCS2000(), geo.WGS84(), geo.WebMercator()}
	for _, name := range []string{"EPSG:4527", "EPSG:4528", "EPSG:4548", "EPSG:4549", "EPSG:4509", "EPSG:4510"} {
		if s, err := geo.ParseSystem(name); err == nil {
			list = append(list, s)
		}
	}
	return list
}

func systemURIs() []string {
	var out []string
	for _, s := range systems() {
		out = append(out, s.URI())
	}
	return out
}

const apiKind = "application/vnd.oai.openapi+json;version=3.0"

func (h *Handler) landing(_ context.Context, r *request) (*answer, error) {
	links := append(r.selves("/", "This document", "application/json"),
		link{r.base + "/api", "service-desc", apiKind, "OpenAPI 3.0 definition", false},
		link{r.base + "/api?f=html", "service-doc", "text/html", "Documentation", false},
		link{r.base + "/conformance", "conformance", "application/json", "Conformance classes", false},
		link{r.base + "/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", "application/json", "Conformance classes", false},
		link{r.base + "/collections", "data", "application/json", "Collections", false},
		link{r.base + "/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", "application/json", "Collections", false},
		link{r.base + "/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "application/json", "Tiling schemes", false},
		link{r.base + "/style", "http://www.opengis.net/def/rel/ogc/1.0/styles", "application/vnd.mapbox.style+json", "Map style", false})
	return &answer{title: "自然资源和空间地理 Open places", body: map[string]any{"title": "自然资源和空间地理 Open places",
		"description": "Places of the base library that are open to all: boundaries, parcels, land use, buildings, schools, and people by cells of ten and more.",
		"attribution": "wuku 五库", "links": links}}, nil
}

func (h *Handler) conformance(_ context.Context, r *request) (*answer, error) {
	return &answer{title: "Conformance", body: map[string]any{"conformsTo": conforms, "links": r.selves("/conformance", "Conformance", "application/json")}}, nil
}

func (h *Handler) collections(ctx context.Context, r *request) (*answer, error) {
	all, err := h.source.Collections(ctx)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for i := range all {
		if all[i].Count == 0 { // a list of what can be drawn: its own path still tells of it
			continue
		}
		d := h.describe(r, &all[i])
		d["crs"] = []string{"#/crs"}
		list = append(list, d)
	}
	return &answer{title: "Collections", body: map[string]any{"links": r.selves("/collections", "Collections", "application/json"), "collections": list, "crs": systemURIs()}}, nil
}

func (h *Handler) collection(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	d := h.describe(r, c)
	d["links"] = append(r.selves("/collections/"+c.ID, c.ZH, "application/json"), d["links"].([]link)...)
	return &answer{title: c.ZH + " " + c.EN, body: d}, nil
}

// describe is a collection's document without links to itself.
func (h *Handler) describe(r *request, c *space.Collection) map[string]any {
	at := r.base + "/collections/" + c.ID
	extent := map[string]any{"spatial": map[string]any{"bbox": [][]float64{outward(c.Extent)}, "crs": geo.CRS84().URI()}}
	var from any
	if c.Count > 0 {
		from = c.From.UTC().Format(time.RFC3339)
	}
	extent["temporal"] = map[string]any{"interval": [][]any{{from, nil}}, "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}
	return map[string]any{"id": c.ID, "title": c.ZH + " " + c.EN, "description": c.EN, "itemType": "feature", "extent": extent,
		"crs": systemURIs(), "storageCrs": geo.CGCS2000().URI(),
		"links": []link{
			{at, "collection", "application/json", c.ZH, false},
			{at + "/items?f=json", "items", "application/geo+json", c.ZH, false},
			{at + "/items?f=html", "items", "text/html", c.ZH, false},
			{at + "/items?f=csv", "items", "text/csv", c.ZH + " CSV, WKT", false},
			{at + "/items?f=fgb&limit=100000", "items", files["fgb"], c.ZH + " FlatGeobuf", false},
			{at + "/items?f=parquet&limit=100000", "items", files["parquet"], c.ZH + " GeoParquet", false},
			{at + "/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", "application/schema+json", "Queryables", false},
			{at + "/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "application/json", "Vector tiles", false}}}
}

// outward is a box rounded outward to a decimetre: who asks for it again, in whichever digits, gets everything.
func outward(b orb.Bound) []float64 {
	down, up := func(v float64) float64 { return math.Floor(v*1e6) / 1e6 }, func(v float64) float64 { return math.Ceil(v*1e6) / 1e6 }
	return []float64{down(b.Min[0]), down(b.Min[1]), up(b.Max[0]), up(b.Max[1])}
}

func (h *Handler) queryables(ctx context.Context, r *request) (*answer, error) {
	c, err := h.find(ctx, r)
	if err != nil {
		return nil, err
	}
	properties := map[string]any{"geometry": map[string]any{"title": "空间范围", "format": "geometry-any", "x-ogc-role": "primary-geometry"}}
	for _, p := range c.Properties {
		properties[p.Name] = schemaOf(p)
	}
	return &answer{title: "Queryables of " + c.ID, kind: "application/schema+json", body: map[string]any{"$schema": "https://json-schema.org/draft/2020-12/schema",
		"$id": r.base + "/collections/" + c.ID + "/queryables", "type": "object", "title": c.ZH, "properties": properties, "additionalProperties": false}}, nil
}

// schemaOf is a property's type in JSON Schema.
func schemaOf(p space.Property) map[string]any {
	out := map[string]any{"title": p.ZH, "type": p.Type}
	switch p.Type {
	case "date":
		out["type"], out["format"] = "string", "date"
	case "timestamp":
		out["type"], out["format"] = "string", "date-time"
	}
	return out
}

// api is the OpenAPI 3.0 document: whole in itself, every collection's path written out.
func (h *Handler) api(ctx context.Context, r *request) (*answer, error) {
	all, err := h.source.Collections(ctx)
	if err != nil {
		return nil, err
	}
	f := parameter("f", "Form of the answer", map[string]any{"type": "string", "enum": []string{"json", "html"}})
	paths := map[string]any{}
	add := func(path, summary, kind string, status int, parameters ...any) {
		if parameters == nil {
			parameters = []any{}
		}
		responses := map[string]any{"200": map[string]any{"description": summary, "content": map[string]any{kind: map[string]any{"schema": map[string]any{"type": "object"}}}},
			"400": refusalOf("A query parameter has an invalid value, or is unknown"), "500": refusalOf("A server error occurred")}
		if status != 0 {
			responses["404"] = refusalOf("There is no such resource")
		}
		id := strings.NewReplacer("/", "_", "{", "", "}", "").Replace("get" + path)
		paths[path] = map[string]any{"get": map[string]any{"summary": summary, "operationId": id, "parameters": parameters, "responses": responses}}
	}
	add("/", "Landing page", "application/json", 0, f)
	add("/conformance", "Conformance classes", "application/json", 0, f)
	add("/api", "This document", apiKind, 0, f)
	add("/collections", "Collections", "application/json", 0, f)
	for i := range all {
		if all[i].Count == 0 {
			continue
		}
		h.apiOf(&all[i], add, f)
	}
	doc := map[string]any{"openapi": "3.0.3", "info": map[string]any{"title": "自然资源和空间地理 Open places", "version": "1.0.0",
		"description": "OGC API Features and Tiles over the open places of wuku 五库."}, "servers": []any{map[string]any{"url": r.base}}, "paths": paths}
	return &answer{title: "API", kind: apiKind, body: doc}, nil
}

func (h *Handler) apiOf(c *space.Collection, add func(path, summary, kind string, status int, parameters ...any), f any) {
	at := "/collections/" + c.ID
	add(at, c.EN, "application/json", 404, f)
	add(at+"/queryables", "Queryables of "+c.EN, "application/schema+json", 404, f)
	list := []any{parameter("f", "Form of the answer: a page, or a file of up to 100,000 features", map[string]any{"type": "string", "enum": []string{"json", "html", "csv", "fgb", "parquet"}}),
		parameter("limit", "How many features a page has at most", map[string]any{"type": "integer", "minimum": 1, "maximum": maxLimit, "default": defaultLimit}),
		parameter("offset", "How many features to pass over", map[string]any{"type": "integer", "minimum": 0, "default": 0}),
		parameter("bbox", "Only features that intersect this box", map[string]any{"type": "array", "minItems": 4, "maxItems": 6, "items": map[string]any{"type": "number"}}),
		parameter("bbox-crs", "Coordinate system of bbox", map[string]any{"type": "string", "format": "uri", "default": geo.CRS84().URI(), "enum": systemURIs()}),
		parameter("crs", "Coordinate system of the answer", map[string]any{"type": "string", "format": "uri", "default": geo.CRS84().URI(), "enum": systemURIs()}),
		parameter("datetime", "Only features that were as they are now at this instant, or in this interval", map[string]any{"type": "string"}),
		parameter("filter", "A condition in CQL2", map[string]any{"type": "string"}),
		parameter("filter-lang", "Its language", map[string]any{"type": "string", "enum": []string{"cql2-text", "cql2-json"}, "default": "cql2-text"}),
		parameter("filter-crs", "Coordinate system of its geometries", map[string]any{"type": "string", "format": "uri", "default": geo.CRS84().URI(), "enum": systemURIs()})}
	for _, p := range c.Properties {
		list = append(list, parameter(p.Name, p.ZH, map[string]any{"type": "string"}))
	}
	add(at+"/items", "Features of "+c.EN, "application/geo+json", 404, list...)
	id := map[string]any{"name": "featureId", "in": "path", "required": true, "description": "Id of a feature", "schema": map[string]any{"type": "string"}}
	add(at+"/items/{featureId}", "One feature of "+c.EN, "application/geo+json", 404, id, f, list[5])
	var tile []any
	for _, name := range []string{"tileMatrix", "tileRow", "tileCol"} {
		tile = append(tile, map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": "integer", "minimum": 0}})
	}
	add(at+"/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}", "A vector tile of "+c.EN, "application/vnd.mapbox-vector-tile", 404, tile...)
}

func parameter(name, text string, schema map[string]any) map[string]any {
	return map[string]any{"name": name, "in": "query", "required": false, "description": text, "schema": schema, "style": "form", "explode": false}
}

func refusalOf(text string) map[string]any {
	return map[string]any{"description": text, "content": map[string]any{"application/json": map[string]any{"schema": map[string]any{"type": "object",
		"required": []string{"code"}, "properties": map[string]any{"code": map[string]any{"type": "string"}, "description": map[string]any{"type": "string"}}}}}}
}
