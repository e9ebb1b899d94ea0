package catalog_test

import (
	"testing"

	"wuku/catalog"
)

// TestSearch finds things of the shipped catalogue in the ways that people type them.
func TestSearch(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	x := catalog.NewIndex(c)
	for _, q := range []struct{ query, want, how string }{
		{"姓名", "person.name", "chinese"}, {"xingming", "person.name", "pinyin"}, {"xm", "person.name", "initials"}, {"name", "person.name", "name"},
		{"公安", "police", "chinese"}, {"gongan", "police", "pinyin"}, {"gat", "police", "initials"}, {"人口", "person", "chinese"},
		{"出生 日期", "person.birth_date", "chinese"}, {"birth date", "person.birth_date", "name"}, {"credit", "credit", "name"},
	} {
		hits := x.Search(q.query, 10)
		found := ""
		for _, h := range hits {
			if h.Name == q.want {
				found = h.How
			}
		}
		if found != q.how {
			t.Errorf("%s: %s by %q, want by %s; first of %d: %+v", q.query, q.want, found, q.how, len(hits), first(hits))
		}
	}
	for _, q := range []string{"", "   ", "没有这种东西", "zzzz"} {
		if hits := x.Search(q, 10); len(hits) != 0 {
			t.Errorf("%q finds %+v", q, hits[0])
		}
	}
	if hits := x.Search("a", 3); len(hits) > 3 {
		t.Errorf("%d hits", len(hits))
	}
}

func first(hits []catalog.Hit) catalog.Hit {
	if len(hits) == 0 {
		return catalog.Hit{}
	}
	return hits[0]
}

func BenchmarkSearch(b *testing.B) {
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		b.Fatal(err)
	}
	x := catalog.NewIndex(c)
	for b.Loop() {
		x.Search("xingming", 20)
	}
}
