// Package storetest lets tests write rows as people read them.
package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// Typed makes, for every library, the tables typed.<library> and typed.claims_<library>: what is inserted into them, a typed column an
// element, stands at once in resolve.<library> or claims.<library> as those keep it, numbers and texts. sources and times have a place
// for each element in storage, or are empty.
func Typed(tb testing.TB, conn driver.Conn, libraries ...string) {
	tb.Helper()
	exec := func(format string, args ...any) {
		tb.Helper()
		if err := conn.Exec(context.Background(), fmt.Sprintf(format, args...)); err != nil {
			tb.Fatal(err)
		}
	}
	exec("CREATE DATABASE IF NOT EXISTS typed")
	for _, library := range libraries {
		for name, table := range map[string]string{library: "resolve." + library, "claims_" + library: "claims." + library} {
			fixed, elements := columns(tb, conn, table)
			texts, out := make([]string, len(elements)), make([]string, len(fixed))
			for i, c := range elements {
				texts[i] = fmt.Sprintf("ifNull(toString(`%s`), '')", c[0])
			}
			declared := make([]string, 0, len(fixed)+len(elements))
			for i, c := range fixed {
				out[i] = c[0]
				switch c[0] {
				case "els":
					out[i] = "arrayFilter((n, v) -> v != '', arrayMap(n -> toUInt16(n), arrayEnumerate(texts)), texts) AS els"
				case "vals":
					out[i] = "arrayFilter(v -> v != '', texts) AS vals"
				case "sources", "times":
					out[i] = fmt.Sprintf("arrayMap(n -> given.%s[n], els) AS %[1]s", c[0])
					fallthrough
				default:
					declared = append(declared, "`"+c[0]+"` "+c[1])
				}
			}
			for _, c := range elements {
				declared = append(declared, "`"+c[0]+"` "+c[1])
			}
			exec("DROP TABLE IF EXISTS typed.%s_view", name)
			exec("CREATE OR REPLACE TABLE typed.%s (%s) ENGINE = Null", name, strings.Join(declared, ", "))
			exec("CREATE MATERIALIZED VIEW typed.%s_view TO %s AS WITH [%s] AS texts SELECT %s FROM typed.%s AS given", name, table, strings.Join(texts, ", "), strings.Join(out, ", "), name)
		}
	}
}

// columns are a table's own columns and those of its elements, name and type.
func columns(tb testing.TB, conn driver.Conn, table string) (fixed, elements [][2]string) {
	tb.Helper()
	database, name, _ := strings.Cut(table, ".")
	rows, err := conn.Query(context.Background(), "SELECT name, type, toString(default_kind) FROM system.columns WHERE database = ? AND table = ? ORDER BY position", database, name)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var column, kind, how string
		if err := rows.Scan(&column, &kind, &how); err != nil {
			tb.Fatal(err)
		}
		if how == "ALIAS" {
			elements = append(elements, [2]string{column, kind})
		} else {
			fixed = append(fixed, [2]string{column, kind})
		}
	}
	if err := rows.Err(); err != nil || len(elements) == 0 {
		tb.Fatalf("%s has no elements: %v", table, err)
	}
	return fixed, elements
}
