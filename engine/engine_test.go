package engine_test

import (
	"context"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"wuku/engine"
	"wuku/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// connect opens the native protocol as a user and closes it at the test's end.
func connect(t *testing.T, e *engine.Engine, user, password string) driver.Conn {
	t.Helper()
	conn, err := clickhouse.Open(&clickhouse.Options{
		Addr: []string{e.Native()},
		Auth: clickhouse.Auth{Username: user, Password: password},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestDataOutlivesRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx := context.Background()
	e := enginetest.NewClickHouse(t, engine.Config{Dir: dir})
	conn := connect(t, e, e.User(), e.Password())
	for _, q := range []string{
		"CREATE DATABASE base",
		"CREATE TABLE base.person (id UInt64) ENGINE = MergeTree ORDER BY id",
		"INSERT INTO base.person SELECT number FROM numbers(1000)",
	} {
		if err := conn.Exec(ctx, q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	if err := e.Close(ctx); err != nil {
		t.Fatal(err)
	}
	e = enginetest.NewClickHouse(t, engine.Config{Dir: dir})
	var n uint64
	if err := connect(t, e, e.User(), e.Password()).QueryRow(ctx, "SELECT count() FROM base.person").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 1000 {
		t.Errorf("rows after restart: %d, want 1000", n)
	}
}
