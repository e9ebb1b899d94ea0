package demo

import (
	"testing"

	"wuku/catalog"
)

// TestSingleFeedsAreTheCatalogues: a second record of an entity is injected as a duplicate only where the contract says that one is.
func TestSingleFeedsAreTheCatalogues(t *testing.T) {
	t.Parallel()
	cat, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(Config{People: MinPeople, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range p.feeds {
		if f.single && f.key == nil && !cat.Feed(f.name).Claims[0].Single {
			t.Errorf("%s: the demo injects second records, and the contract does not call its claims single", f.name)
		}
	}
}
