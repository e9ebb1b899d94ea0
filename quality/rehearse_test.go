package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
	"wuku/resolve"
)

// TestRehearsalComesTrue rehearses another authority and another rule, then puts both into force: values, events and findings must be
// those that were foretold, and until then nothing may have changed.
func TestRehearsalComesTrue(t *testing.T) {
	w := newWorld(t)
	w.reset()
	for i := range 40 {
		for _, l := range []string{
			fmt.Sprintf("a.x %d 1 1 citizen:%d name=N%d height=1.%d", i, i, i, i%7),
			fmt.Sprintf("b.x %d 1 2 citizen:%d name=N%d street=S%d", i, i, i-i%3, i%5),
			fmt.Sprintf("d.x %d 1 3 citizen:%d name=N%d partner=%d gone=%s", i, i, i-i%4, (i+1)%40, map[bool]string{true: "yes"}[i%5 == 0]),
			fmt.Sprintf("d.x p%d 1 3 passport:%d name=P%d", i, i%9, i),
		} {
			w.write(w.parse(strings.Fields(strings.TrimSuffix(l, " gone="))))
		}
	}
	w.cycle()
	if _, err := quality.Inspect(t.Context(), w.store, testCatalog(), entity.Person); err != nil {
		t.Fatal(err)
	}
	next := testCatalog()
	for _, name := range []string{"name", "partner"} {
		next.Libraries[0].Element(name).Authority = []catalog.Rank{{"d.x"}, {"a.x"}}
	}
	next.Packs[0].Rules[0].Must = "height > 1.3"
	config := resolve.Config{Rule: resolve.Compile(next, entity.Person, w.columns), RuleDigest: "two", Catalog: 2, Store: w.store, Fence: w.fence, Instance: "test"}
	for _, f := range next.Feeds {
		config.Sources = append(config.Sources, resolve.Source{Topic: f.Topic, Revision: f.Revision})
	}
	before := w.state()
	told, clear, err := resolve.Rehearse(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	inspector := &quality.Inspector{Store: w.store, Catalog: next}
	foretold, err := inspector.Rehearse(t.Context(), entity.Person, map[string]string{entity.Person: "resolve.check_person"}, "resolve.check_member")
	if err != nil {
		t.Fatal(err)
	}
	if err := clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, w.state()); diff != "" {
		t.Fatalf("a rehearsal changed something (-before +after)\n%s", diff)
	}
	o, err := resolve.Take(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	res, _, err := o.Cycle(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	happened, err := inspector.Whole(t.Context(), entity.Person)
	if err != nil {
		t.Fatal(err)
	}
	if told.Events() != res.Events || told.Events() == 0 {
		t.Errorf("%d events were foretold, %d came", told.Events(), res.Events)
	}
	if !slices.ContainsFunc(told.Elements, func(e resolve.ElementChange) bool { return e.Element == "name" && e.Changed > 0 }) || len(told.Samples) == 0 {
		t.Errorf("nothing was foretold of names: %v", told.Elements)
	}
	opened := func(rules []quality.RuleCount) (out []string) {
		for _, r := range rules {
			out = append(out, fmt.Sprintf("%s: %d open, %d closed", r.Rule, r.Open, r.Closed))
		}
		return out
	}
	if diff := cmp.Diff(opened(foretold.Rules), opened(happened.Rules)); diff != "" {
		t.Errorf("findings (-foretold +happened)\n%s", diff)
	}
}

// state is all that readers and stewards can see of the library.
func (w *world) state() []string {
	w.t.Helper()
	var out []string
	w.rows("SELECT concat(toString(entity), ' ', ifNull(name, ''), ' ', arrayStringConcat(doubted, ',')) AS line FROM base.person ORDER BY line", func(scan func(...any) error) error {
		var line string
		err := scan(&line)
		out = append(out, line)
		return err
	})
	w.rows("SELECT concat('states ', toString(count()), ', findings ', toString((SELECT count() FROM quality.finding)), ', events ', toString((SELECT count() FROM resolve.event))) FROM quality.state FINAL", func(scan func(...any) error) error {
		var line string
		err := scan(&line)
		out = append(out, line)
		return err
	})
	return out
}
