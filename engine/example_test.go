package engine_test

import (
	"context"
	"fmt"
	"os"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/engine"
)

// An engine, one query, and a clean stop. main must have called RunIfChild first.
func ExampleStart() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	e, err := engine.Start(ctx, engine.Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close(ctx)
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr: []string{e.Native()},
		Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	var answer uint16
	err = conn.QueryRow(ctx, "SELECT 6 * 7").Scan(&answer)
	fmt.Println(answer, err)
	// Output: 42 <nil>
}
