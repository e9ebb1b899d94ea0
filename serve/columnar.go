package serve

import (
	"bytes"
	"encoding/json/jsontext"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"wuku/catalog"
	"wuku/serve/access"
)

// The formats of columnar exports, and their media types.
const (
	formatParquet = "parquet"
	formatArrow   = "arrow"
)

var columnarMedia = map[string]string{formatParquet: "application/vnd.apache.parquet", formatArrow: "application/vnd.apache.arrow.stream"}

// columnar writes an export as a Parquet file or an Arrow stream: a row group or a batch a page. A file that was cut has no end, and no
// reader takes it for a whole one. It belongs to the goroutine that answers.
type columnar struct {
	fields []string
	rows   *array.RecordBuilder
	to     interface {
		Write(arrow.RecordBatch) error
		Close() error
	}
}

// newColumnar begins one. Elements that are shown in clear have their own type; what is masked, and all else, is text.
func newColumnar(format string, page *bytes.Buffer, lib *catalog.Library, d access.Decision) (*columnar, error) {
	columns := []arrow.Field{{Name: "entity", Type: arrow.BinaryTypes.String}}
	for _, name := range d.Fields() {
		columns = append(columns, arrow.Field{Name: name, Type: arrowType(lib.Element(name), d.Treatment(name)), Nullable: true})
	}
	schema := arrow.NewSchema(columns, nil)
	c := &columnar{fields: d.Fields(), rows: array.NewRecordBuilder(memory.DefaultAllocator, schema)}
	if format == formatArrow {
		c.to = ipc.NewWriter(page, ipc.WithSchema(schema))
		return c, nil
	}
	w, err := pqarrow.NewFileWriter(schema, page, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	c.to = w
	return c, err
}

func arrowType(e *catalog.Element, t access.Treatment) arrow.DataType {
	if t == access.Clear {
		switch e.Type {
		case catalog.TypeInt:
			return arrow.PrimitiveTypes.Int64
		case catalog.TypeFloat:
			return arrow.PrimitiveTypes.Float64
		case catalog.TypeBool:
			return arrow.FixedWidthTypes.Boolean
		}
	}
	return arrow.BinaryTypes.String
}

// add takes one entity into the page.
func (c *columnar) add(entity string, values map[string]Value) {
	c.rows.Field(0).(*array.StringBuilder).Append(entity)
	for i, name := range c.fields {
		appendValue(c.rows.Field(i+1), values[name].Value)
	}
}

// appendValue adds a value; one that is not of the column's type is none, rather than another.
func appendValue(b array.Builder, v any) {
	if v == nil {
		b.AppendNull()
		return
	}
	if number, ok := v.(jsontext.Value); ok {
		v = string(number)
	}
	text, _ := v.(string)
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(text)
		return
	case *array.Int64Builder:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			b.Append(n)
			return
		}
	case *array.Float64Builder:
		if n, err := strconv.ParseFloat(text, 64); err == nil {
			b.Append(n)
			return
		}
	case *array.BooleanBuilder:
		if yes, ok := v.(bool); ok {
			b.Append(yes)
			return
		}
	}
	b.AppendNull()
}

// flush writes the rows that were added, if any, and the end behind the last ones.
func (c *columnar) flush(last bool) error {
	batch := c.rows.NewRecordBatch()
	defer batch.Release()
	if batch.NumRows() > 0 {
		if err := c.to.Write(batch); err != nil {
			return err
		}
	}
	if last {
		return c.to.Close()
	}
	return nil
}
