package quality_test

import (
	"testing"

	"wuku/catalog"
	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
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

// TestParentheses runs rules whose truth hangs on where their parentheses stand: in the compiled statement they must bind as written.
func TestParentheses(t *testing.T) {
	w := newWorld(t)
	w.reset()
	c := testCatalog()
	c.Packs = []catalog.RulePack{{Name: "parentheses", Family: catalog.FamilyBusiness}}
	for _, x := range []struct {
		code, must string
		value      map[string]string
		finds      bool
	}{
		{"minus", "height - (height - 1) = 1", map[string]string{"height": "5"}, false},
		{"or", "(present(name) or present(phone)) = present(sex)", map[string]string{"name": "Ann", "sex": "1"}, false},
		{"and", "(missing(name) and present(phone)) = present(sex)", map[string]string{"name": "Ann"}, false},
		{"not", "(not present(name)) < present(sex)", map[string]string{"phone": "1"}, true},
		{"comparison", "(height > 1) = (height > 2)", map[string]string{"height": "5"}, false},
	} {
		c.Packs[0].Rules = append(c.Packs[0].Rules, catalog.QualityRule{Code: "entity." + x.code, ZH: x.code, Hint: "look", Measure: "0104", Severity: catalog.SeverityMinor,
			Library: entity.Person, Over: catalog.OverEntity, Element: "name", Must: x.must,
			Examples: []catalog.Example{{Name: x.must, Finds: x.finds, Given: x.value}}})
	}
	verdicts, err := quality.TryRules(t.Context(), w.store, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if !v.Right() {
			t.Errorf("%s: found %v, want %v", v.Example, v.Found, v.Want)
		}
	}
	if len(verdicts) != len(c.Packs[0].Rules) {
		t.Errorf("%d examples ran of %d", len(verdicts), len(c.Packs[0].Rules))
	}
}
