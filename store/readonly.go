package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Limits of a query that a person types.
const (
	readSeconds = 60
	readRows    = 1_000_000
)

// ReadOnly runs one statement of a reader: in a session that can neither write nor lift its limits. rows is called once with the
// column names and returns what takes each row and what ends the output.
func ReadOnly(ctx context.Context, o Options, statement string, rows func(columns []string) (each func(row []any) error, end func() error)) (err error) {
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: o.Address, Auth: clickhouse.Auth{Username: o.User, Password: o.Password}, TLS: o.TLS,
		DialTimeout: 5 * time.Second, ReadTimeout: readSeconds * time.Second})
	if err != nil {
		return fmt.Errorf("connect as %s: %w", o.User, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if o.User != "reader" { // the embedded engine's reader is read-only by its profile
		ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_execution_time": readSeconds, "max_result_rows": readRows, "readonly": 1}))
	}
	result, err := conn.Query(ctx, statement)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer result.Close()
	each, end := rows(result.Columns())
	types := result.ColumnTypes()
	for result.Next() {
		dest := make([]any, len(types))
		for i, t := range types {
			dest[i] = reflect.New(t.ScanType()).Interface()
		}
		if err := result.Scan(dest...); err != nil {
			return fmt.Errorf("query: %w", err)
		}
		if err := each(dest); err != nil {
			return err
		}
	}
	if err := result.Err(); err != nil {
		return fmt.Errorf("query: %w", err)
	}
	return end()
}
