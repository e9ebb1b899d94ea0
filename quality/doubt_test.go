package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
	"wuku/quality"
)

// TestDoubts: a doubted value opens a finding and an order at who gave it, which stays as long as the record says the same, whatever
// else it says, and ends when it says something else or somebody who answers for it lets it stand.
func TestDoubts(t *testing.T) {
	w := newWorld(t)
	w.reset()
	c := appraised()
	i := &quality.Inspector{Store: w.store, Catalog: c, Desk: &quality.Desk{Store: w.store, Catalog: c}}
	send := func(lines ...string) {
		t.Helper()
		for _, l := range lines {
			w.write(w.parse(strings.Fields(l)))
		}
		w.cycle()
		if _, err := i.Changed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	is := func(when string, want ...string) {
		t.Helper()
		list, err := i.Doubts(t.Context(), entity.Person, quality.RuleDoubted)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			o, err := i.Desk.Show(t.Context(), d.Order)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s at %s/%s %s: %s %s", d.ID, o.Department, o.Key, o.Element, d.State, d.Outcome))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got)\n%s", when, diff)
		}
	}
	doubt := func(id string, at entity.ID, element string) {
		t.Helper()
		for range 2 { // brought twice it is the same
			if err := i.Doubt(t.Context(), entity.Person, quality.RuleDoubted, []quality.Doubt{{ID: id, Entity: at, Element: element, By: "somebody"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	send("a.x 1 1 1 citizen:1 name=Ann sex=2", "b.x 1 1 1 citizen:1 phone=5", "a.x 2 1 1 citizen:2 name=Bob")
	one, two := w.anchorer.ByIdentifier("citizen", []byte("1")), w.anchorer.ByIdentifier("citizen", []byte("2"))
	doubt("d1", one, "name")
	doubt("d2", two, "name")
	is("after the doubts", "d1 at police/1 name: open ", "d2 at police/2 name: open ")
	if doubted := w.state(); !slices.ContainsFunc(doubted, func(l string) bool { return strings.HasSuffix(l, "Ann name") }) {
		t.Errorf("readers do not see that the name is doubted: %v", doubted)
	}
	send("a.x 1 2 2 citizen:1 name=Ann sex=1")
	is("after a version with the same name", "d1 at police/1 name: open ", "d2 at police/2 name: open ")
	send("a.x 1 3 3 citizen:1 name=Anna sex=1")
	is("after another name", "d1 at police/1 name: closed mended", "d2 at police/2 name: open ")
	if err := i.EndDoubts(t.Context(), entity.Person, quality.RuleDoubted, quality.WhyStands, []string{"d2"}); err != nil {
		t.Fatal(err)
	}
	is("after the answer that it stands", "d1 at police/1 name: closed mended", "d2 at police/2 name: closed stands")
	if _, err := i.Whole(t.Context(), entity.Person); err != nil {
		t.Fatal(err)
	}
	is("after an inspection of everything", "d1 at police/1 name: closed mended", "d2 at police/2 name: closed stands")
	doubt("d3", entity.ID{7}, "name") // of nobody: nothing comes of it
	is("after a doubt about nobody", "d1 at police/1 name: closed mended", "d2 at police/2 name: closed stands")
	if err := i.Doubt(t.Context(), entity.Person, quality.RuleDoubted, []quality.Doubt{{ID: "d4", Entity: one, Element: "shoe"}}); err == nil {
		t.Error("a doubt about an element that is none is taken")
	}
}
