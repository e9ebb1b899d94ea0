package serve_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"wuku/serve/access"
)

// TestColumnarExports exports more than a page as Parquet and as Arrow, and reads it back: the same rows, masked as in every other form.
func TestColumnarExports(t *testing.T) {
	w := newEngineWorld(t)
	w.exec(t, "TRUNCATE TABLE resolve.person")
	defer w.exec(t, "TRUNCATE TABLE resolve.person") // the engine is the package's
	w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, anchors, feeds, sources, times, updated, name, citizen_number) SELECT UUIDNumToString(toFixedString(unhex(leftPad(hex(number + 1), 32, '0')), 16)) AS id, id, 1, 1, [id], ['police.person'], [1], [1], now64(3), concat('人', toString(number)), '320102195508081110' FROM numbers(1500)")
	w.client(t, "exporter", access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear, "citizen_number": access.Mask}})
	ask := func(format string) answer {
		t.Helper()
		a := w.call(t, "exporter", http.MethodPost, "/api/v1/exports/person", `{"fields":["name","citizen_number"],"purpose":"demo","format":"`+format+`"}`)
		if a.status != http.StatusOK || strings.Contains(a.body, "320102195508081110") {
			t.Fatalf("%s: %d %.200s", format, a.status, a.body)
		}
		return a
	}
	check := func(format string, table interface {
		NumRows() int64
		NumCols() int64
	}, first *array.String) {
		t.Helper()
		if table.NumRows() != 1500 || table.NumCols() != 3 || !strings.HasPrefix(first.Value(0), "320102****") {
			t.Errorf("%s: %d rows, %d columns, %s", format, table.NumRows(), table.NumCols(), first.Value(0))
		}
	}
	a := ask("parquet")
	p, err := file.NewParquetReader(bytes.NewReader([]byte(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pqarrow.NewFileReader(p, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	check("parquet", table, table.Column(2).Data().Chunk(0).(*array.String))
	if _, err := file.NewParquetReader(bytes.NewReader([]byte(a.body[:len(a.body)-10]))); err == nil {
		t.Error("a Parquet file that was cut can be read")
	}
	stream, err := ipc.NewReader(strings.NewReader(ask("arrow").body))
	if err != nil {
		t.Fatal(err)
	}
	rows, batches := 0, 0
	for stream.Next() {
		b := stream.RecordBatch()
		rows, batches = rows+int(b.NumRows()), batches+1
		if v := b.Column(2).(*array.String).Value(0); !strings.HasPrefix(v, "320102****") {
			t.Error(v)
		}
	}
	if rows != 1500 || batches != 2 || stream.Err() != nil {
		t.Errorf("arrow: %d rows in %d batches, %v", rows, batches, stream.Err())
	}
	if l := w.lastLeaf(t); l.Operation != "export" || l.Count != 500 {
		t.Errorf("leaf %+v", l)
	}
}
