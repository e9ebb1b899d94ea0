package store_test

import (
	"testing"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/store"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func open(t *testing.T) *store.Store {
	t.Helper()
	e := enginetest.ClickHouse(t)
	s, err := store.Open(t.Context(), store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestSchemaOfProvince makes every table and view of the shipped catalogue, twice: the second time changes nothing.
func TestSchemaOfProvince(t *testing.T) {
	s := open(t)
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		order, err := s.Sync(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range c.Libraries {
			if len(order[l.Name]) != len(l.Elements) {
				t.Errorf("library %s: %d columns for %d elements", l.Name, len(order[l.Name]), len(l.Elements))
			}
		}
		published, revision, err := s.Publish(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if revision != 1 || published.Feeds[0].Revision != 1 {
			t.Errorf("revision %d, first feed's mapping %d; want 1 and 1", revision, published.Feeds[0].Revision)
		}
	}
	again, revision, err := s.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if revision != 1 || catalog.Digest(again) != catalog.Digest(c) {
		t.Error("the catalogue that was read back is not the one that was published")
	}
}
