package ingest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"wuku/catalog"
	"wuku/entity"
	"wuku/geo"
)

// placeMapper maps {"id","x","y","g"} of a feed in the given coordinate system.
func placeMapper(t *testing.T, system string) *Mapper {
	t.Helper()
	text := func(s string) *string { return &s }
	cat := smallCatalog()
	cat.Libraries = append(slices.DeleteFunc(slices.Clone(cat.Libraries), func(l catalog.Library) bool { return l.Name == entity.Place }), catalog.Library{Name: entity.Place, Elements: []catalog.Element{
		{Name: "longitude", Type: catalog.TypeFloat, Min: text("116"), Max: text("122.5")},
		{Name: "latitude", Type: catalog.TypeFloat, Min: text("30"), Max: text("35.5")},
		{Name: "geometry", Type: catalog.TypeGeometry},
	}})
	feed := &catalog.Feed{Name: "land.test", Topic: "src.land.test", Format: catalog.FormatJSON, CRS: system, Key: []string{"id"}, Tier: "province", Jurisdiction: "320000",
		Version: catalog.Version{Kind: catalog.VersionBroker}, Claims: []catalog.Slot{{Library: entity.Place, Fields: []catalog.Field{
			{Element: "longitude", From: "x"}, {Element: "latitude", From: "y"}, {Element: "geometry", From: "g"}}}}}
	return newMapper(t, cat, feed, MapperOptions{Places: func(system string) (Places, error) { return geo.NewReader(system) }})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, system, message, point, geometry, faults string }{
		{"degrees stay as they are", "", `{"id":1,"x":118.78,"y":32.06,"g":"POINT(118.780 32.06)"}`, "118.78 32.06", "POINT(118.780 32.06)", ""},
		{"Gauss-Krueger", "EPSG:4528", `{"id":1,"x":40500000,"y":3548910.8,"g":"POINT(40500000 3548910.8)"}`, "120 32.0637", "POINT(120 32.06365", ""},
		{"shifted", "GCJ-02", `{"id":1,"x":118.785135,"y":32.057924}`, "118.78 32.06", "", ""},
		{"exchanged", "", `{"id":1,"x":32.06,"y":118.78}`, "", "", "longitude place.axes_swapped, latitude place.axes_swapped"},
		{"exchanged metres", "EPSG:4528", `{"id":1,"x":3548910.8,"y":40500000}`, "", "", "longitude place.axes_swapped, latitude place.axes_swapped"},
		{"too far east", "", `{"id":1,"x":139.7,"y":32.06}`, "", "", "longitude value.range"},
		{"half a point", "", `{"id":1,"x":139.7}`, "", "", "longitude value.range"},
		{"half a point in metres", "EPSG:4528", `{"id":1,"x":40500000}`, "", "", "longitude value.format"},
		{"degrees in a feed of metres", "EPSG:4528", `{"id":1,"x":118.78,"y":32.06,"g":"POINT(118.78 32.06)"}`, "", "", "geometry geometry.range, longitude geometry.range, latitude geometry.range"},
		{"a bow-tie", "", `{"id":1,"x":118.78,"y":32.06,"g":"POLYGON((0 0,1 1,1 0,0 2,0 0))"}`, "118.78 32.06", "", "geometry geometry.self_crossing"},
		{"a clockwise ring", "", `{"id":1,"x":118.78,"y":32.06,"g":"POLYGON((0 0,0 1,1 1,0 0))"}`, "118.78 32.06", "POLYGON((0 0,1 1,0 1,0 0))", ""},
		{"GeoJSON", "", `{"id":1,"g":"{\"type\":\"Point\",\"coordinates\":[118,32]}"}`, "", "POINT(118 32)", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := placeMapper(t, c.system)
			outcome, fault := m.read(&Message{Value: []byte(c.message), TimeMS: 1})
			if fault != nil || outcome != entity.Claimed {
				t.Fatalf("%v, %v", outcome, fault)
			}
			var faults []string
			for _, f := range m.findings {
				faults = append(faults, f.field.name+" "+f.fault.Code)
			}
			if got := strings.Join(faults, ", "); got != c.faults {
				t.Errorf("faults %q, want %q", got, c.faults)
			}
			point := ""
			if m.cells[0].state == filled {
				point = fmt.Sprintf("%.6g %.6g", math.Float64frombits(uint64(m.cells[0].num)), math.Float64frombits(uint64(m.cells[1].num)))
			}
			if point != c.point {
				t.Errorf("point %q, want %q", point, c.point)
			}
			if got := string(m.cells[2].text); !strings.HasPrefix(got, c.geometry) || c.geometry == "" && got != "" {
				t.Errorf("geometry %q, want %q", got, c.geometry)
			}
		})
	}
}

func TestPlacesAreDeclared(t *testing.T) {
	t.Parallel()
	cat := smallCatalog()
	feed := *personFeed()
	feed.CRS = "EPSG:4528"
	cat.Feeds = slices.Clone(cat.Feeds)
	if _, err := NewMapper(cat, &feed, entity.NewAnchorer(testKey), MapperOptions{}); err == nil || !strings.Contains(err.Error(), "EPSG:4528") {
		t.Errorf("without a converter: %v", err)
	}
	feed.CRS = "EPSG:4610"
	if _, err := NewMapper(cat, &feed, entity.NewAnchorer(testKey), MapperOptions{Places: func(system string) (Places, error) { return geo.NewReader(system) }}); err == nil {
		t.Error("Xian 1980 was taken")
	}
}
