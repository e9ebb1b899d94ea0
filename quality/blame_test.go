package quality_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
	"wuku/quality"
)

// TestBlame: two departments that agree against the one with more authority point at its record; a lonely one is corrected itself; what
// several records hang on is corrected once.
func TestBlame(t *testing.T) {
	w := newWorld(t)
	w.reset()
	for _, l := range []string{
		"a.x 1 1 1 citizen:1 name=Ann", "b.x 1 1 1 citizen:1 name=Bea", "d.x 1 1 1 citizen:1 name=Bea", // two against one
		"a.x 2 1 1 citizen:2 name=Ann", "b.x 2 1 1 citizen:2 name=Bob", "d.x 2 1 1 citizen:2 name=Dan", // each for himself
		"a.x 3 1 1 citizen:3 gone=yes", "a.x 4 1 1 citizen:4 partner=3", "b.x 5 1 1 citizen:5 partner=3", // two hang on one
	} {
		w.write(w.parse(strings.Fields(l)))
	}
	w.cycle()
	c := appraised()
	if _, err := quality.Inspect(t.Context(), w.store, c, entity.Person); err != nil {
		t.Fatal(err)
	}
	list, err := quality.Blame(t.Context(), w.store, c)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range list {
		got = append(got, fmt.Sprintf("%s %s/%s %s removes %d: %s", x.Department, x.Feed, x.Record, x.Element, x.Removes, strings.Join(x.Evidence, ", ")))
	}
	if diff := cmp.Diff([]string{
		"police /  removes 2: a.x 4, b.x 5",
		"police a.x/ name removes 2: b.x 1, d.x 1",
		"civil b.x/2 name removes 1: a.x",
		"land d.x/2 name removes 1: a.x",
	}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
