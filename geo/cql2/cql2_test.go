package cql2_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/geo/cql2"
)

// The filters are those of the standard's text (OGC 21-065r2) and its kinds; the JSON follows the standard's schema, by hand.
func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`landsat:scene_id = 'LC82030282019133LGN00'`:                                              `{"op":"=","args":[{"property":"landsat:scene_id"},"LC82030282019133LGN00"]}`,
		`eo:instrument LIKE 'OLI%'`:                                                               `{"op":"like","args":[{"property":"eo:instrument"},"OLI%"]}`,
		`eo:cloud_cover BETWEEN 0.1 AND 0.2 AND landsat:wrs_row=28`:                               `{"op":"and","args":[{"op":"between","args":[{"property":"eo:cloud_cover"},0.1,0.2]},{"op":"=","args":[{"property":"landsat:wrs_row"},28]}]}`,
		`S_INTERSECTS(footprint,POLYGON((0 0,1 0,1 1,0 0)))`:                                      `{"op":"s_intersects","args":[{"property":"footprint"},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]}`,
		`beamMode='ScanSAR Narrow' AND swathDirection='ascending' AND polarization='HH+VV+HV+VH'`: `{"op":"and","args":[{"op":"=","args":[{"property":"beamMode"},"ScanSAR Narrow"]},{"op":"=","args":[{"property":"swathDirection"},"ascending"]},{"op":"=","args":[{"property":"polarization"},"HH+VV+HV+VH"]}]}`,
		`floors>5 OR NOT swimming_pool=true`:                                                      `{"op":"or","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"not","args":[{"op":"=","args":[{"property":"swimming_pool"},true]}]}]}`,
		`(floors>5 AND material='brick') OR swimming_pool=true`:                                   `{"op":"or","args":[{"op":"and","args":[{"op":">","args":[{"property":"floors"},5]},{"op":"=","args":[{"property":"material"},"brick"]}]},{"op":"=","args":[{"property":"swimming_pool"},true]}]}`,
		`owner NOT LIKE '%Mike%'`:                                                                 `{"op":"not","args":[{"op":"like","args":[{"property":"owner"},"%Mike%"]}]}`,
		`value IN (1.0, 2.0, 3.0)`:                                                                `{"op":"in","args":[{"property":"value"},[1,2,3]]}`,
		`value NOT IN ('a','b')`:                                                                  `{"op":"not","args":[{"op":"in","args":[{"property":"value"},["a","b"]]}]}`,
		`value IS NOT NULL`:                                                                       `{"op":"not","args":[{"op":"isNull","args":[{"property":"value"}]}]}`,
		`CASEI(road_class) IN (CASEI('Οδος'),CASEI('Straße'))`:                                    `{"op":"in","args":[{"op":"casei","args":[{"property":"road_class"}]},[{"op":"casei","args":["Οδος"]},{"op":"casei","args":["Straße"]}]]}`,
		`T_INTERSECTS(event_time, INTERVAL('1969-07-16T05:32:00Z', '..'))`:                        `{"op":"t_intersects","args":[{"property":"event_time"},{"interval":["1969-07-16T05:32:00Z",".."]}]}`,
		`updated >= DATE('2024-01-01')`:                                                           `{"op":">=","args":[{"property":"updated"},{"date":"2024-01-01"}]}`,
		`t_metBy(INTERVAL(a, b), INTERVAL('2020-01-01','2021-01-01'))`:                            `{"op":"t_metBy","args":[{"interval":[{"property":"a"},{"property":"b"}]},{"interval":["2020-01-01","2021-01-01"]}]}`,
		`vehicle_height > bridge_clearance - 1 * 2 ^ 3`:                                           `{"op":">","args":[{"property":"vehicle_height"},{"op":"-","args":[{"property":"bridge_clearance"},{"op":"*","args":[1,{"op":"^","args":[2,3]}]}]}]}`,
		`A_CONTAINS(layer:ids, ('layers-ca','layers-us'))`:                                        `{"op":"a_contains","args":[{"property":"layer:ids"},["layers-ca","layers-us"]]}`,
		`S_WITHIN(geom, BBOX(-118,33.8,-117.9,34))`:                                               `{"op":"s_within","args":[{"property":"geom"},{"bbox":[-118,33.8,-117.9,34]}]}`,
		`S_WITHIN(POLYGON Z ((0 0 -7,1 0 0.5,1 1 3,0 0 -7)), geom)`:                               `{"op":"s_within","args":[{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},{"property":"geom"}]}`,
		`"名称" = '南京''s'`:                                                                          `{"op":"=","args":[{"property":"名称"},"南京's"]}`,
		`Foo(geom, 3) = TRUE`:                                                                     `{"op":"=","args":[{"op":"Foo","args":[{"property":"geom"},3]},true]}`,
		`a = -5`:                                                                                  `{"op":"=","args":[{"property":"a"},-5]}`,
		`a = 1 or b = 2 and c = 3`:                                                                `{"op":"or","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"and","args":[{"op":"=","args":[{"property":"b"},2]},{"op":"=","args":[{"property":"c"},3]}]}]}`,
	} {
		n, err := cql2.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, string(cql2.JSON(n))); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
		again, err := cql2.ParseJSON([]byte(want))
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if diff := cmp.Diff(want, string(cql2.JSON(again))); diff != "" {
			t.Errorf("%s as JSON:\n%s", text, diff)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, part := range map[string]string{
		``:                                "a value is wanted",
		`a =`:                             "but the filter ends",
		`a = 'b`:                          "a ' is missing",
		`a == 2`:                          "a value is wanted",
		`a LIKE`:                          "but the filter ends",
		`a IS 5`:                          "null is wanted",
		`a BETWEEN 1 OR 2`:                "and is wanted",
		`(a = 1`:                          "a , or ) is wanted",
		`a = 1)`:                          "should end here",
		`a = 1; DROP TABLE x`:             "means nothing here",
		`DATE('2024-13-01') = a`:          "DATE wants",
		`S_INTERSECTS(g, POLYGON((0`:      "is wanted",
		`S_INTERSECTS(g, POINT(1 2 3 4))`: "two or three dimensions",
		`BBOX(1,2,3)`:                     "four or six",
		"a = '\xff'":                      "UTF-8",
		strings.Repeat("(", 200):          "too deep",
		strings.Repeat("a", 70_000):       "longer",
		`()`:                              "nothing in the brackets",
	} {
		if _, err := cql2.Parse(text); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%.40s: %v, want %q", text, err, part)
		}
	}
	for _, text := range []string{``, `null`, `{}`, `{"op":"="}`, `{"op":"=","args":[1]}`, `{"property":5}`, `{"date":"x"}`, `{"interval":[1]}`, `{"bbox":[1,2]}`, `{"type":"Blob"}`, `{"op":"not","args":[]}`,
		strings.Repeat(`{"op":"not","args":[`, 100) + `true` + strings.Repeat(`]}`, 100)} {
		if _, err := cql2.ParseJSON([]byte(text)); err == nil {
			t.Errorf("%.40s is taken", text)
		}
	}
}

// TestHeights: GeoJSON of three dimensions is read as WKT of three is.
func TestHeights(t *testing.T) {
	t.Parallel()
	n, err := cql2.ParseJSON([]byte(`{"op":"s_within","args":[{"property":"g"},{"type":"Point","coordinates":[1.5,2,-3]}]}`))
	if err != nil || string(cql2.JSON(n)) != `{"op":"s_within","args":[{"property":"g"},{"type":"Point","coordinates":[1.5,2]}]}` {
		t.Errorf("%v, %v", n, err)
	}
	if _, err := cql2.Parse("S_WITHIN(g, POINT ZM (1 2 3 4))"); err == nil {
		t.Error("a measure was taken")
	}
}

// TestNeverPanics feeds both parsers with pieces of filters in any order; what parses must survive its own JSON.
func TestNeverPanics(t *testing.T) {
	t.Parallel()
	pieces := []string{"a", "名", "'b'", "5", "-", "(", ")", ",", "=", "<>", "and", "or", "not", "like", "in", "is", "null", "between", "S_INTERSECTS", "POINT", "(1 2)", "DATE", "INTERVAL", "BBOX", "CASEI", "+", "^", "true", "\"c\"", "'..'", "z", "empty"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 14).Draw(t, "pieces"), " ")
		n, err := cql2.Parse(text)
		if err != nil {
			return
		}
		_, _, _ = cql2.Condition(n, table())
		if _, err := cql2.ParseJSON(cql2.JSON(n)); err != nil && !strings.Contains(err.Error(), "arguments") && !strings.Contains(err.Error(), "geometry") {
			t.Fatalf("%s gives %s: %v", text, cql2.JSON(n), err)
		}
	})
}

func table() *cql2.Table {
	return &cql2.Table{Prefix: "c", Shapes: cql2.Shapes{Lon: "lon", Lat: "lat", Polygons: "geom"}, Columns: map[string]cql2.Column{
		"name": {"`name`", cql2.TypeText}, "area": {"`land_area`", cql2.TypeNumber}, "day": {"`registered`", cql2.TypeDate}, "at": {"changed", cql2.TypeTime},
		"open": {"`open`", cql2.TypeBool}, "geometry": {"geom", cql2.TypeGeometry}}}
}

func TestCondition(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`name = 'x'`:                        "(`name` = {c0:String})",
		`area > 5 AND NOT open = true`:      "((toFloat64(`land_area`) > toFloat64({c0:Float64}))) AND (NOT ((`open` = true)))",
		`name LIKE 'a%' OR name IS NULL`:    "((`name` LIKE {c0:String})) OR ((`name` IS NULL))",
		`area BETWEEN 1 AND 2`:              "((toFloat64(`land_area`) >= toFloat64({c0:Float64})) AND (toFloat64(`land_area`) <= toFloat64({c1:Float64})))",
		`name IN ('a','b')`:                 "((`name` = {c0:String}) OR (`name` = {c1:String}))",
		`CASEI(name) = CASEI('Ab')`:         "(lowerUTF8(`name`) = lowerUTF8({c0:String}))",
		`day < DATE('2024-01-01')`:          "(`registered` < toDate32({c0:String}))",
		`area + 1 = 2`:                      "(toFloat64((toFloat64(`land_area`) + toFloat64({c0:Float64}))) = toFloat64({c1:Float64}))",
		`S_INTERSECTS(geometry,POINT(1 2))`: "if(empty(geom), geometryIntersectCartesian((lon, lat)::Point::Geometry, readWKT({c0:String})), geometryIntersectCartesian(geom::Geometry, readWKT({c0:String})))",
	} {
		n, err := cql2.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		sql, params, err := cql2.Condition(n, table())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, sql); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
		for _, p := range params {
			if !strings.Contains(sql, "{"+p.Name+":") {
				t.Errorf("%s: parameter %s is not used", text, p.Name)
			}
		}
	}
	for text, part := range map[string]string{
		`height = 5`: "no queryable", `name = 5`: "cannot be compared", `name`: "no condition", `geometry = 'x'`: "s_ operators",
		`S_INTERSECTS(name, POINT(1 2))`: "is no place", `S_INTERSECTS(geometry, 'x')`: "literal", `S_TOUCHES(geometry, POINT(1 2))`: "not supported",
		`S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 2,0 0)))`: "self_crossing", `Foo(name) = 'x'`: "not supported", `A_EQUALS(name, ('a','b'))`: "not supported",
		`T_AFTER(name, DATE('2024-01-01'))`: "days and instants", `name LIKE 5`: "wanted",
	} {
		n, err := cql2.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		if _, _, err := cql2.Condition(n, table()); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", text, err, part)
		}
	}
}

// TestConditionLimits: what the engine would work on for long is refused, and what people write is not.
func TestConditionLimits(t *testing.T) {
	t.Parallel()
	ring := func(n int) string {
		var points strings.Builder
		for i := range n {
			a := 2 * math.Pi * float64(i) / float64(n)
			fmt.Fprintf(&points, "%.6f %.6f,", math.Cos(a), math.Sin(a))
		}
		return "S_INTERSECTS(geometry, POLYGON((" + points.String() + "1.000000 0.000000)))"
	}
	for _, x := range []struct{ name, filter, part string }{
		{"fifty alternatives", strings.Repeat("name = 'a' OR ", 49) + "name = 'a'", ""},
		{"a hundred alternatives", strings.Repeat("name = 'a' OR ", 99) + "name = 'a'", "too many parts"},
		{"ten nots", strings.Repeat("NOT (", 10) + "name = 'a'" + strings.Repeat(")", 10), ""},
		{"twenty nots", strings.Repeat("NOT (", 20) + "name = 'a'" + strings.Repeat(")", 20), "too deep"},
		{"a shape of 1,000 points", ring(1_000), ""},
		{"two shapes of 1,000 and 4,001 points", ring(999) + " AND S_INTERSECTS(geometry, LINESTRING(" + strings.Repeat("0 0,1 1,", 2_000) + "0 0))", "5,000 points"},
		{"a pattern with an open end", `{"op":"like","args":[{"property":"name"},"a\\"]}`, "stands before nothing"},
		{"a folded pattern with an open end", `{"op":"like","args":[{"op":"casei","args":[{"property":"name"}]},{"op":"casei","args":["a\\"]}]}`, "stands before nothing"},
		{"a pattern that ends in a backslash", `{"op":"like","args":[{"property":"name"},"a\\\\"]}`, ""},
	} {
		parse := cql2.Parse
		if strings.HasPrefix(x.filter, "{") {
			parse = func(text string) (cql2.Node, error) { return cql2.ParseJSON([]byte(text)) }
		}
		n, err := parse(x.filter)
		if err != nil {
			t.Fatal(x.name, err)
		}
		_, _, err = cql2.Condition(n, table())
		if (err == nil) != (x.part == "") || err != nil && !strings.Contains(err.Error(), x.part) {
			t.Errorf("%s: %v, want %q", x.name, err, x.part)
		}
	}
}
