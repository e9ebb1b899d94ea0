package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/catalog"
	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/quality"
	"wuku/space"
	"wuku/store"
	"wuku/store/storetest"
)

// TestTopology: two parcels that overlap, one that lies outside its county and one of a county whose boundary is unknown; neighbours that
// share an edge are none. When the shapes are mended the findings close.
func TestTopology(t *testing.T) {
	e := enginetest.NewClickHouse(t, engine.Config{}) // the shared one has another catalogue
	s, err := store.Open(t.Context(), store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); conn.Close() })
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sync(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	storetest.Typed(t, conn, entity.Place)
	box := func(x, y, size float64) string {
		return fmt.Sprintf("POLYGON((%[1]v %[2]v,%[3]v %[2]v,%[3]v %[4]v,%[1]v %[4]v,%[1]v %[2]v))", x, y, x+size, y+size)
	}
	id := func(n int) string { return fmt.Sprintf("00000000-0000-8000-8000-%012d", n) }
	put := func(n int, version int, kind, division, shape string) {
		feed := "land.parcel"
		if kind == "5" {
			feed = "land.boundary"
		}
		for _, statement := range []string{
			fmt.Sprintf("INSERT INTO typed.place (anchor, entity, live, ver, anchors, kind, division, geometry) VALUES ('%s', '%[1]s', 1, %d, ['%[1]s'], '%[3]s', '%s', '%s')", id(n), version, kind, division, shape),
			fmt.Sprintf("INSERT INTO typed.claims_place (feed, key, anchor, op, ver, kind, division, geometry) VALUES ('%s', 'K%d', '%s', 'assert', %d, '%s', '%s', '%s')", feed, n, id(n), version, kind, division, shape),
		} {
			if err := conn.Exec(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(1, 1, "5", "320102", box(118, 32, 0.1))
	put(2, 1, "1", "320102", box(118.01, 32.01, 0.001))   // overlaps 3
	put(3, 1, "1", "320102", box(118.0105, 32.01, 0.001)) // overlaps 2
	put(4, 1, "1", "320102", box(118.03, 32.01, 0.001))
	put(5, 1, "1", "320102", box(118.031, 32.01, 0.001)) // beside 4
	put(6, 1, "1", "320102", box(118.0998, 32.05, 0.001))
	put(7, 1, "1", "320104", box(118.5, 32.05, 0.001)) // its county has no boundary
	places := space.New(s, func() *catalog.Catalog { return c })
	inspector := &quality.Inspector{Catalog: c, Store: s}
	open := func() (found []string) {
		t.Helper()
		if _, err := places.Build(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := inspector.Whole(t.Context(), entity.Place); err != nil {
			t.Fatal(err)
		}
		rows, err := conn.Query(t.Context(), "SELECT concat(key, ' ', rule) FROM quality.state FINAL WHERE open = 1 AND element = 'geometry'")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			found = append(found, text)
		}
		slices.Sort(found)
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got, want := strings.Join(open(), ", "), "K2 entity.overlaps, K3 entity.overlaps, K6 entity.outside_division"; got != want {
		t.Fatalf("open: %s, want %s", got, want)
	}
	var detail string
	if err := conn.QueryRow(t.Context(), "SELECT detail FROM quality.finding WHERE key = 'K2' AND rule = 'entity.overlaps'").Scan(&detail); err != nil || !strings.Contains(detail, "place "+id(3)) {
		t.Fatalf("the finding does not name the other parcel: %q, %v", detail, err)
	}
	put(3, 2, "1", "320102", box(118.011, 32.01, 0.001))
	put(6, 2, "1", "320102", box(118.09, 32.05, 0.001))
	if got := open(); len(got) != 0 {
		t.Fatalf("after the mending still open: %v", got)
	}
}
