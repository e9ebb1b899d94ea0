package quality_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
)

// someone is a record by its elements; an empty one is missing.
type someone map[string]string

// TestWarningsOfOneForm holds many warnings of few forms, and a few of none, against a count in Go, over random changes.
func TestWarningsOfOneForm(t *testing.T) {
	w := newWorld(t)
	w.reset()
	c := testCatalog()
	c.Packs = nil
	holds := map[string]func(someone) bool{}
	add := func(when string, f func(someone) bool) {
		name := fmt.Sprintf("w%03d", len(c.Warnings))
		c.Warnings = append(c.Warnings, catalog.Warning{Name: name, ZH: "预警", EN: "warning", Hint: "look", Level: "blue", Library: entity.Person, When: when, Audience: []string{"a"}})
		holds[name] = f
	}
	starts := func(v, with string) bool { return v != "" && strings.HasPrefix(v, with) }
	for i := range 20 {
		sex, street, house := fmt.Sprint(i%5), fmt.Sprint("里", i%3), fmt.Sprint(i%4)
		add(fmt.Sprintf("sex = '%s' and phone != '%d'", sex, i), func(p someone) bool { return p["sex"] == sex && p["phone"] != "" && p["phone"] != fmt.Sprint(i) })
		add(fmt.Sprintf("'%s' = sex and starts(street, '%s') and height > %d", sex, street, i%3), func(p someone) bool {
			return p["sex"] == sex && starts(p["street"], street) && p["height"] > fmt.Sprint(i%3) // one digit
		})
		add(fmt.Sprintf("left(street, 1) = '里' and (house in ('%s', '9') or sex = '%s') and missing(gone)", house, sex), func(p someone) bool {
			return starts(p["street"], "里") && (p["house"] == house || p["house"] == "9" || p["sex"] == sex) && p["gone"] == ""
		})
		add(fmt.Sprintf("%d.5 < height", i%4), func(p someone) bool { return p["height"] > fmt.Sprint(i%4) })
	}
	add("sex = '1' and phone = '1'", func(p someone) bool { return p["sex"] == "1" && p["phone"] == "1" })

	rnd := rand.New(rand.NewPCG(1, 2))
	people := map[int]someone{}
	now := time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)
	watch := &quality.Watch{Store: w.store, Catalog: c, Secret: [2]uint64{1, 2}, Now: func() time.Time { return now }}
	inspector := &quality.Inspector{Store: w.store, Catalog: c, Now: watch.Now, Watch: watch}
	for version := 1; version <= 5; version++ {
		for n := range 30 {
			who, p := rnd.IntN(25), someone{}
			m := fmt.Sprintf("a.x %d %d 1 citizen:%d", who, version*100+n, who)
			for element, all := range map[string]int{"sex": 5, "phone": 20, "house": 10, "height": 5, "gone": 2} {
				if rnd.IntN(4) > 0 {
					p[element] = fmt.Sprint(rnd.IntN(all))
				}
			}
			if rnd.IntN(4) > 0 {
				p["street"] = fmt.Sprint("里", rnd.IntN(3), "号")
			}
			for element, value := range p {
				m += " " + element + "=" + value
			}
			people[who] = p
			w.write(w.parse(strings.Fields(m)))
		}
		w.cycle()
		now = now.Add(time.Second)
		if _, err := inspector.Changed(t.Context()); err != nil {
			t.Fatal(err)
		}
		standing, err := watch.List(t.Context(), quality.WarningFilter{State: quality.WarningOpen})
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, s := range standing {
			got = append(got, s.Name+" "+w.names[s.Entity])
		}
		for who, p := range people {
			for name, f := range holds {
				if f(p) {
					want = append(want, fmt.Sprintf("%s citizen:%d", name, who))
				}
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("after %d: %d stand, want %d: %v", version, len(got), len(want), difference(got, want))
		}
	}
}

// difference is what is in one list alone.
func difference(a, b []string) (out []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, "+"+x)
		}
	}
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, "-"+x)
		}
	}
	return out
}
