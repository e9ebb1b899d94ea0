package quality_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
)

// registerOf is an authority's own register: names by citizen number.
type registerOf map[string]string

func (r registerOf) Verify(_ context.Context, q quality.Question) (string, error) {
	switch name, known := r[q.Identifier]; {
	case q.Scheme != "citizen" || q.Element != "name":
		return "", errors.New("asked about something else")
	case !known:
		return quality.VerdictUnknown, nil
	case name == q.Value:
		return quality.VerdictMatch, nil
	}
	return quality.VerdictDiffers, nil
}

// TestTruthCheck: what an authority says of a sample becomes findings with orders at whose records gave the values, figures of the
// scorecard, and is taken back by the next check, or by the source.
func TestTruthCheck(t *testing.T) {
	w := newWorld(t)
	w.reset()
	c := appraised()
	now := time.Date(1970, 1, 20, 9, 0, 0, 0, time.UTC) // the messages of the test are of January 1970
	clock := func() time.Time { now = now.Add(time.Second); return now }
	i := &quality.Inspector{Store: w.store, Catalog: c, Now: clock, Desk: &quality.Desk{Store: w.store, Catalog: c, Now: clock}}
	for n := range 10 {
		w.write(w.parse(strings.Fields(fmt.Sprintf("b.x %d 1 1 citizen:%d name=N%d", n, n, n))))
	}
	w.write(w.parse(strings.Fields("a.x 77 1 1 citizen:77 name=Own"))) // the authority's own: it is not asked about that
	w.cycle()
	if _, err := i.Changed(t.Context()); err != nil {
		t.Fatal(err)
	}
	truth := registerOf{}
	for n := range 9 {
		truth[fmt.Sprint(n)] = fmt.Sprintf("N%d", n)
	}
	truth["3"], truth["4"] = "other", "other"
	check := func() quality.TruthCheck {
		t.Helper()
		got, err := i.CheckTruth(t.Context(), quality.Sample{Library: entity.Person, Element: "name", N: 100, Seed: 1}, truth)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	open := func() (out []string) {
		t.Helper()
		list, err := i.Desk.List(t.Context(), quality.Filter{Rule: quality.RuleTruth})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			out = append(out, fmt.Sprintf("%s %s/%s %s", o.Department, o.Feed, o.Key, o.Element))
		}
		return out
	}
	first := check()
	if got := fmt.Sprintf("%s: %d match, %d differ, %d unknown", first.Authority, first.Match, first.Differs, first.Unknown); got != "police: 7 match, 2 differ, 1 unknown" {
		t.Error(got)
	}
	if got := open(); len(got) != 2 || !strings.Contains(strings.Join(got, ";"), "civil b.x/3 name") || !strings.Contains(strings.Join(got, ";"), "civil b.x/4 name") {
		t.Errorf("orders after the check: %v", got)
	}
	a := &quality.Appraiser{Store: w.store, Catalog: c, Revision: 1, Now: func() time.Time { return now.Add(2 * time.Minute) }, Past: func(context.Context, uint32) (*catalog.Catalog, error) { return c, nil }}
	standing, err := a.Standing(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, figures, _ := standing.Of("civil")
	told := ""
	for _, f := range figures {
		if f.Indicator == "truth" {
			told = fmt.Sprintf("%d of %d", f.A, f.B)
		}
	}
	if told != "7 of 9" {
		t.Errorf("the scorecard says %q", told)
	}
	truth["3"] = "N3" // the authority has corrected itself
	w.write(w.parse(strings.Fields("b.x 4 2 2 citizen:4 name=other")))
	w.cycle()
	if _, err := i.Changed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"civil b.x/3 name"}, open()); diff != "" {
		t.Errorf("orders after the source was mended (-want +got)\n%s", diff)
	}
	if second := check(); second.Match != 9 || second.Differs != 0 {
		t.Errorf("second check: %+v", second)
	}
	if got := open(); len(got) > 0 {
		t.Errorf("orders after the second check: %v", got)
	}
	for _, bad := range []quality.Sample{{Library: entity.Person, Element: "shoe", N: 1}, {Library: entity.Person, Element: "name"}, {Library: entity.Person, Element: "name", N: 5000}, {Library: entity.Person, Element: "name", N: 1, Scheme: "uscc"}} {
		if _, err := i.CheckTruth(t.Context(), bad, truth); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
	if list, err := quality.TruthChecks(t.Context(), w.store, 10); err != nil || len(list) != 2 || list[1].Differs != 2 {
		t.Errorf("checks: %v, %v", list, err)
	}
}
