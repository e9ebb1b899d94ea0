package quality_test

import (
	"testing"

	"wuku/catalog"
	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/quality"
	"wuku/store"
)

// TestProvinceRules runs every example of every rule of the shipped catalogue, as `wuku rule test` does.
func TestProvinceRules(t *testing.T) {
	e := enginetest.NewClickHouse(t, engine.Config{})
	s, err := store.Open(t.Context(), store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
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
	verdicts, err := quality.TryRules(t.Context(), s, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if !v.Right() {
			t.Errorf("%s, example %q: found %v, want %v", v.Rule, v.Example, v.Found, v.Want)
		}
	}
	if len(verdicts) < 40 {
		t.Errorf("only %d examples", len(verdicts))
	}
}
