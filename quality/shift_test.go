package quality_test

import (
	"math"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/quality"
	"wuku/store"
	"wuku/store/storetest"
)

// TestShifts measures a feed that is 500 m to the south-east of another one at the same places, and leaves alone who shares no place.
func TestShifts(t *testing.T) {
	e := enginetest.ClickHouse(t)
	s, err := store.Open(t.Context(), store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); conn.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := &catalog.Catalog{Libraries: []catalog.Library{{Name: entity.Place, Elements: []catalog.Element{{Name: "longitude", Type: catalog.TypeFloat}, {Name: "latitude", Type: catalog.TypeFloat}}}}}
	if _, err := s.Sync(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	storetest.Typed(t, conn, entity.Place)
	place := "INSERT INTO typed.claims_place (feed, key, anchor, op, longitude, latitude) SELECT ?, toString(number), toUUID(concat('00000000-0000-8000-8000-', leftPad(toString(number), 12, '0'))), 'assert', 118 + number / 1000 + ?, 32 + number / 2000 - ? FROM numbers(?, 100)"
	for _, x := range []struct {
		feed  string
		shift float64
		from  uint64
	}{{"a.right", 0, 0}, {"b.shifted", 0.004, 0}, {"c.alone", 0.1, 1000}} {
		if err := conn.Exec(t.Context(), place, x.feed, x.shift, x.shift/2, x.from); err != nil {
			t.Fatal(err)
		}
	}
	got, err := quality.Shifts(t.Context(), s)
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, sign := range []float64{-1, 1} { // each of the two is shifted from the other: the direction tells which system it is
		x := got[i]
		if x.Places != 100 || x.Alike < 990_000 || math.Abs(x.East-sign*0.004*math.Cos(32*math.Pi/180)*111320) > 5 || math.Abs(x.North+sign*0.002*111320) > 5 {
			t.Errorf("%+v", x)
		}
	}
}
