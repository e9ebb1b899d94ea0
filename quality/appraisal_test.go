package quality_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/quality"
)

// appraised is the test catalogue with departments, two of which have an item on a responsibility list.
func appraised() *catalog.Catalog {
	c := testCatalog()
	for i, code := range []string{"police", "civil", "health", "land", "tax"} {
		c.Departments = append(c.Departments, catalog.Department{Code: code, ZH: code})
		c.Feeds[i].Department, c.Feeds[i].Jurisdiction, c.Feeds[i].Cycle = code, "320000", "daily"
		for _, e := range c.Libraries[0].Elements {
			c.Feeds[i].Claims[0].Fields = append(c.Feeds[i].Claims[0].Fields, catalog.Field{Element: e.Name})
		}
	}
	c.Feeds[0].Item = "1-001"
	c.Items = []catalog.Item{{Number: "1-001", Department: "police"}, {Number: "1-002", Department: "police"}, {Number: "1-003", Department: "civil"}}
	c.Governance.Weights = []catalog.Weight{{Indicator: "connection", Weight: 500}, {Indicator: "quality", Weight: 500}}
	return c
}

// TestBulletin publishes a month and works it out again when the world has gone on: messages, mended records, a changed catalogue.
func TestBulletin(t *testing.T) {
	w := newWorld(t)
	w.reset()
	now := time.Date(1970, 1, 20, 9, 0, 0, 0, time.UTC) // the messages of the test are of January 1970
	clock := func() time.Time { return now }
	c := appraised()
	d := &quality.Desk{Store: w.store, Catalog: c, Now: clock}
	pass := func(lines ...string) {
		t.Helper()
		for _, l := range lines {
			w.write(w.parse(strings.Fields(l)))
		}
		w.cycle()
		now = now.Add(time.Hour)
		if _, err := (&quality.Inspector{Store: w.store, Catalog: c, Now: clock, Desk: d}).Changed(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	pass("a.x 1 1 18 citizen:1 name=Ann", "a.x 2 1 19 citizen:2 name=Bob", "b.x 1 1 3 citizen:1 name=Bea", "b.x 2 1 3 citizen:2 name=Rob height=0.1", "b.x 3 1 3 citizen:3 name=Cyn")
	pass("b.x 1 2 4 citizen:1 name=Ann")
	a := &quality.Appraiser{Store: w.store, Catalog: c, Revision: 7, Now: clock,
		Past: func(context.Context, uint32) (*catalog.Catalog, error) { return appraised(), nil }}
	if _, err := a.Publish(t.Context(), "1970-13"); err == nil {
		t.Error("a month 13 was published")
	}
	b, err := a.Publish(t.Context(), "1970-01")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range b.Departments {
		lines = append(lines, fmt.Sprintf("%d %s connection %d update %d quality %d closure %d index %d %s open %d mended %d", s.Rank, s.Department, s.Connection, s.Update, s.Quality, s.Closure, s.Index, s.Grade, s.Open, s.Mended))
	}
	// police: 1 of 2 items flows, nothing is wrong, nothing in time at the end of January: 5 of 6 dimensions. civil: its item has no
	// feed; of 3 records x 12 elements one differs and one is too small, 35/36 of measures 0401 and 0104, each half of its dimension.
	want := []string{
		"1 police connection 500000 update 0 quality 833333 closure -1 index 666666 差 open 0 mended 0",
		"2 civil connection 0 update 0 quality 828703 closure 1000000 index 414351 差 open 2 mended 1",
		"3 health connection 0 update 0 quality 0 closure -1 index 0 差 open 0 mended 0",
		"3 land connection 0 update 0 quality 0 closure -1 index 0 差 open 0 mended 0",
		"3 tax connection 0 update 0 quality 0 closure -1 index 0 差 open 0 mended 0"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("scorecards (-want +got)\n%s", diff)
	}
	pass("b.x 2 2 9 citizen:2 name=Bob height=2", "a.x 9 1 20 citizen:9 name=Eve", "b.x 9 1 20 citizen:9 name=Pia", "b.x 3 9 20 deleted")
	c.Governance.Weights[0].Weight, c.Governance.Weights[1].Weight = 900, 100
	again, published, err := a.Recompute(t.Context(), "1970-01")
	if err != nil {
		t.Fatal(err)
	}
	one, err1 := again.Encode()
	two, err2 := published.Encode()
	if err1 != nil || err2 != nil || !bytes.Equal(one, two) {
		t.Errorf("the bulletin is another one when worked out again (-published +again)\n%s", cmp.Diff(string(two), string(one)))
	}
	second, err := a.Publish(t.Context(), "1970-01")
	if err != nil {
		t.Fatal(err)
	}
	if second.Edition != 2 || second.Figures == b.Figures {
		t.Errorf("a second edition is number %d, its figures the same: %v", second.Edition, second.Figures == b.Figures)
	}
	now = time.Date(1970, 2, 3, 9, 0, 0, 0, time.UTC) // a period that has not begun is refused
	next, err := a.Publish(t.Context(), "1970-02")
	if err != nil {
		t.Fatal(err)
	}
	if next.Departments[0].Before < 0 {
		t.Error("the next month does not know the index of the one before")
	}
	page, err := next.HTML()
	if err != nil || !bytes.Contains(page, []byte("通报")) || bytes.Contains(page, []byte("<script")) {
		t.Errorf("page: %v", err)
	}
	if none, old, err := a.Recompute(t.Context(), "1999-01"); err != nil || none != nil || old != nil {
		t.Error("a month that was not published was worked out again")
	}
}

// TestMeasures wants the 30 measures of the standard, each in a dimension, and an entry of the dictionary for each.
func TestMeasures(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, i := range quality.Indicators() {
		if known[i.Code] || i.Formula == "" || i.ZH == "" || i.Version == 0 {
			t.Errorf("indicator %s is there twice, or without name, formula or version", i.Code)
		}
		known[i.Code] = true
	}
	ms := quality.Measures()
	if len(ms) != 30 {
		t.Errorf("%d measures, want 30", len(ms))
	}
	for _, m := range ms {
		if !known["m."+m.Code] || !known["d."+m.Dimension] {
			t.Errorf("measure %s is not in the dictionary", m.Code)
		}
	}
}
