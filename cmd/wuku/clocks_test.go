package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/quality"
	"wuku/serve/access"
)

// TestTermsOfLaw lets a made-up clock run over an application, a grant, a doubt and a demand: each is on time until the last second of
// its term, and overdue after it.
func TestTermsOfLaw(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 5, 11, 1, 0, 0, 0, time.UTC) // nine in the morning in China
	open, closed := "", ""
	lib := c.Library("person")
	for _, e := range lib.Elements {
		switch e.Share {
		case "unconditional":
			open = e.Name
		case "conditional":
			closed = e.Name
		}
	}
	lib = c.Library("organisation")
	for _, e := range lib.Elements {
		if e.Share == "unconditional" {
			open = e.Name
		}
	}
	if open == "" || closed == "" {
		t.Fatal("the province has no elements of both kinds")
	}
	applied := func(state access.State, library, element string) *access.Case {
		return &access.Case{State: state, Filed: monday, Granted: monday, Application: access.Application{Terms: access.Terms{Library: library, Columns: map[string]access.Treatment{element: access.Clear}}}}
	}
	f := &access.Folded{Cases: map[string]*access.Case{"a1": applied(access.StateFiled, "organisation", open), "a2": applied(access.StateAssessed, "person", closed),
		"g1": applied(access.StateGranted, "person", closed), "g2": applied(access.StateGranted, "person", closed), "x": applied(access.StateRejected, "person", closed)},
		Doubts:  map[string]*access.Doubt{"d1": {State: access.DoubtOpen, Filed: monday}, "d2": {State: access.DoubtRejected, Filed: monday}},
		Demands: map[string]*access.Demand{"w1": {State: "open", Filed: monday}, "w2": {State: "met", Filed: monday}}}
	running := runningClocks(c, f, map[string]time.Time{"g2": monday})
	cal := quality.NewCalendar(c.Governance)
	got := map[string]string{}
	for _, term := range cal.Terms(monday, running) {
		if term.Overdue || term.ZH == "" || term.Basis == "" {
			t.Errorf("%+v", term)
		}
		got[term.Clock+" "+term.What] = term.Due.Add(-time.Second).In(time.FixedZone("", 8*3600)).Format("01-02 15:04:05")
	}
	want := map[string]string{"share.conformity application a1": "05-13 23:59:59", "share.unconditional application a1": "05-12 23:59:59", "share.conditional application a2": "05-25 23:59:59",
		"share.deliver grant g1": "06-08 23:59:59", "share.check feedback d1": "05-25 23:59:59", "share.unpublished demand w1": "05-25 23:59:59"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("last seconds (-want +got)\n%s", diff)
	}
	for _, term := range cal.Terms(monday, running) {
		for shift, want := range map[time.Duration]bool{-time.Second: false, 0: true} {
			for _, again := range cal.Terms(term.Due.Add(shift), running) {
				if again.Clock == term.Clock && again.What == term.What && again.Overdue != want {
					t.Errorf("%s of %s, %s from its end: overdue %t", term.Clock, term.What, shift, again.Overdue)
				}
			}
		}
	}
	ended := cal.Terms(monday.AddDate(1, 0, 0), []quality.Running{{Clock: quality.ClockCheck, What: "x", Since: monday, Ended: monday.AddDate(0, 0, 1)}, {Clock: "no.clock", What: "y", Since: monday}})
	if fmt.Sprint(len(ended), ended[0].Overdue) != "1 false" {
		t.Errorf("what ended in time: %+v", ended)
	}
}
