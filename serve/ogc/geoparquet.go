package ogc

import (
	"bytes"
	"encoding/json/v2"
	"errors"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"wuku/geo/cql2"
	"wuku/space"
)

// geoParquet writes features as GeoParquet 1.1 in CRS84, its default: the geometry as WKB. The engine's own Parquet marks geometry as text and
// names its system as no reader wants it.
func geoParquet(c *space.Collection, found []space.Feature) ([]byte, error) {
	fields := []arrow.Field{{Name: "id", Type: arrow.BinaryTypes.String}}
	for _, p := range c.Properties {
		kind := arrow.DataType(arrow.BinaryTypes.String)
		switch p.Type {
		case cql2.TypeNumber:
			kind = arrow.PrimitiveTypes.Float64
		case cql2.TypeBool:
			kind = arrow.FixedWidthTypes.Boolean
		}
		fields = append(fields, arrow.Field{Name: p.Name, Type: kind, Nullable: true})
	}
	schema := arrow.NewSchema(append(fields, arrow.Field{Name: "geometry", Type: arrow.BinaryTypes.Binary}), nil)
	rows := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer rows.Release()
	box := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for i := range found {
		f := &found[i]
		rows.Field(0).(*array.StringBuilder).Append(f.ID)
		for k, v := range f.Values {
			appendColumn(rows.Field(k+1), c.Properties[k], v)
		}
		shape, err := wkb.Marshal(f.Geometry)
		if err != nil {
			return nil, err
		}
		rows.Field(len(fields)).(*array.BinaryBuilder).Append(shape)
		box = box.Union(f.Geometry.Bound())
	}
	kinds := []string{"Point"}
	if c.Polygons {
		kinds = []string{"Polygon", "MultiPolygon"}
	}
	column := map[string]any{"encoding": "WKB", "geometry_types": kinds}
	if len(found) > 0 {
		column["bbox"] = []float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]}
	}
	meta, err := json.Marshal(map[string]any{"version": "1.1.0", "primary_column": "geometry", "columns": map[string]any{"geometry": column}}, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(schema, &out, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, err
	}
	batch := rows.NewRecordBatch()
	defer batch.Release()
	err = errors.Join(w.AppendKeyValueMetadata("geo", string(meta)), w.Write(batch), w.Close())
	return out.Bytes(), err
}

// appendColumn adds one value; what is none of the column's type is none.
func appendColumn(b array.Builder, p space.Property, v *string) {
	if v == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.Float64Builder:
		if n, err := strconv.ParseFloat(*v, 64); err == nil {
			b.Append(n)
			return
		}
		b.AppendNull()
	case *array.BooleanBuilder:
		b.Append(*v == "true" || *v == "1")
	case *array.StringBuilder:
		b.Append(timeText(p, *v))
	}
}
