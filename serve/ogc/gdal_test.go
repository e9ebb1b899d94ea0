package ogc_test

import (
	"encoding/json/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGDALReads lets GDAL's client of OGC API Features, which QGIS uses too, read what is served: the layers, all features over several
// pages, those of a box, and coordinates with east before north.
func TestGDALReads(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		t.Fatal("ogrinfo is not installed: run make witnesses")
	}
	s := httptest.NewServer(handler())
	defer s.Close()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "GDAL_HTTP_PROXY=", "http_proxy=", "no_proxy=127.0.0.1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
		return string(out)
	}
	at := "OAPIF:" + s.URL + "/ogc"
	if said := run("ogrinfo", "-ro", at); !strings.Contains(said, "schools") || !strings.Contains(said, "zones") {
		t.Errorf("layers: %s", said)
	}
	if said := run("ogrinfo", "-ro", "-so", at, "schools"); !strings.Contains(said, "Feature Count: 25") || !strings.Contains(said, "name: String") {
		t.Errorf("the schools: %s", said)
	}
	if said := run("ogrinfo", "-ro", "-so", "-spat", "116", "31", "116.55", "31.55", at, "schools"); !strings.Contains(said, "Feature Count: 6") {
		t.Errorf("in a box: %s", said)
	}
	for id, want := range map[string][]string{"schools": {"Geometry: Point", "Feature Count: 25", "floors: Real", "name (String) = 学校3", "POINT (116.3 31.3)", `ID["EPSG",4326]`},
		"zones": {"Geometry: Multi Polygon", "Feature Count: 2", "MULTIPOLYGON (((-1 -1,1 -1,1 1,-1 1,-1 -1)))", "id (String) = z1"}} {
		flat := filepath.Join(t.TempDir(), id+".fgb")
		if err := os.WriteFile(flat, get(t, "/collections/"+id+"/items?limit=100&f=fgb").Body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		said := run("ogrinfo", "-ro", "-al", flat)
		for _, text := range want {
			if !strings.Contains(said, text) {
				t.Errorf("FlatGeobuf of %s lacks %s: %s", id, text, said)
			}
		}
	}
	projected := filepath.Join(t.TempDir(), "z.fgb")
	if err := os.WriteFile(projected, get(t, "/collections/schools/items?limit=1&f=fgb&crs=http://www.opengis.net/def/crs/EPSG/0/4549").Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := run("ogrinfo", "-ro", "-al", projected); !strings.Contains(said, `ID["EPSG",4549]`) || !strings.Contains(said, "POINT (117836.19") { // easting first
		t.Errorf("in Gauss-Krueger: %s", said)
	}
	file := filepath.Join(t.TempDir(), "schools.geojson")
	run("ogr2ogr", "-f", "GeoJSON", file, at, "schools", "-oo", "PAGE_SIZE=10")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Features []struct {
			Properties map[string]any `json:"properties"`
			Geometry   struct {
				Coordinates []float64 `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Features) != 25 || doc.Features[3].Geometry.Coordinates[0] != 116.3 || doc.Features[3].Geometry.Coordinates[1] != 31.3 || doc.Features[3].Properties["name"] != "学校3" {
		t.Errorf("%d features over three pages, %+v", len(doc.Features), doc.Features[3])
	}
}
