package ogc_test

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/paulmach/orb/encoding/wkb"
)

// TestGeoParquet reads a file back: every feature with its geometry as WKB, and what GeoParquet 1.1 wants to be told of it.
func TestGeoParquet(t *testing.T) {
	t.Parallel()
	w := get(t, "/collections/schools/items?f=parquet&limit=100")
	if kind := w.Header().Get("Content-Type"); w.Code != 200 || kind != "application/vnd.apache.parquet" {
		t.Fatal(w.Code, kind)
	}
	r, err := file.NewParquetReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var geo struct {
		Version string `json:"version"`
		Primary string `json:"primary_column"`
		Columns map[string]struct {
			Encoding string    `json:"encoding"`
			Types    []string  `json:"geometry_types"`
			Box      []float64 `json:"bbox"`
		} `json:"columns"`
	}
	text := r.MetaData().KeyValueMetadata().FindValue("geo")
	if text == nil || json.Unmarshal([]byte(*text), &geo) != nil || geo.Version != "1.1.0" || geo.Primary != "geometry" {
		t.Fatalf("geo: %v", text)
	}
	if c := geo.Columns["geometry"]; c.Encoding != "WKB" || len(c.Types) != 1 || c.Types[0] != "Point" || len(c.Box) != 4 || c.Box[0] != 116 {
		t.Errorf("geometry: %+v", c)
	}
	a, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := a.ReadTable(context.Background())
	if err != nil || table.NumRows() != 25 || table.NumCols() != 4 {
		t.Fatal(table, err)
	}
	defer table.Release()
	shapes := table.Column(3).Data().Chunk(0).(*array.Binary)
	p, err := wkb.Unmarshal(shapes.Value(3))
	if err != nil || p.Bound().Min[0] != 116.3 || table.Column(1).Data().Chunk(0).(*array.String).Value(3) != "学校3" || table.Column(2).Data().Chunk(0).(*array.Float64).Value(3) != 3 {
		t.Error(p, err)
	}
	if w := get(t, "/collections/schools/items?f=parquet&crs=http://www.opengis.net/def/crs/EPSG/0/4549"); w.Code != 400 {
		t.Error("another system:", w.Code)
	}
	if w := get(t, "/collections?f=parquet"); w.Code != 400 {
		t.Error("a document as a file:", w.Code)
	}
}
