package quality_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
)

// at is a time in China.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", text, time.FixedZone("", 8*3600))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestClocks looks at every clock of the shipped catalogue, and of the program, on a made-up day.
func TestClocks(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	cal := quality.NewCalendar(c.Governance)
	want := map[string]string{ // from Tuesday 2026-09-29, 16:30; 1 to 7 October is a holiday, 10 October a Saturday that is worked
		"order.acknowledge": "2026-10-09", "order.answer": "2026-10-13", "order.mend_critical": "2026-10-13", "order.mend_major": "2026-10-20",
		"order.mend_minor": "2026-11-03", "order.decide": "2026-10-20", "order.board": "2026-10-20", "order.escalate": "2026-10-10",
		"share.unconditional": "2026-10-01", "share.conditional": "2026-10-20", "share.deliver": "2026-11-03", "share.check": "2026-10-20",
		"share.conformity": "2026-10-09", "share.answer": "2026-10-13", "share.unpublished": "2026-10-20", "publish.penalty": "2029-10-02", "log.retention": "2027-03-30",
	}
	got := map[string]string{}
	for _, k := range c.Governance.Clocks {
		due, ok := cal.Due(k.Code, at(t, "2026-09-29 16:30"))
		if !ok {
			t.Errorf("%s has no term", k.Code)
		}
		got[k.Code] = due.In(time.FixedZone("", 8*3600)).Format("2006-01-02")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("first moment after each term (-want +got)\n%s", diff)
	}
	if _, ok := cal.Due("order.nothing", time.Now()); ok {
		t.Error("an unknown clock has a term")
	}
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	cal := quality.NewCalendar(catalog.Governance{Holidays: []string{"2026-05-01"}, Workdays: []string{"2026-05-09"}, Clocks: []catalog.Clock{
		{Code: "day", Days: 1, Unit: catalog.UnitWorking}, {Code: "week", Days: 7, Unit: catalog.UnitCalendar}, {Code: "month", Days: 1, Unit: catalog.UnitMonth}}})
	for _, c := range []struct{ name, clock, from, want string }{
		{"the next day", "day", "2026-05-05 09:00", "2026-05-06"},
		{"over a holiday and a weekend", "day", "2026-04-30 23:59", "2026-05-04"},
		{"a Saturday that is worked", "day", "2026-05-08 09:00", "2026-05-09"},
		{"a week that ends on a day off ends with the next working day", "week", "2026-04-24 09:00", "2026-05-04"},
		{"a month has the same day", "month", "2026-05-12 09:00", "2026-06-12"},
		{"or its last", "month", "2026-03-31 09:00", "2026-04-30"},
		{"midnight in China is late evening in London", "day", "2026-05-05 00:30", "2026-05-06"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			due, _ := cal.Due(c.clock, at(t, c.from).UTC())
			if got := due.Add(-time.Second).In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04:05"); got != c.want+" 23:59:59" {
				t.Errorf("the term's last second is %s, want %s 23:59:59", got, c.want)
			}
		})
	}
}

// legal is the drawing of Advance, written once more: state and action to the next state, for an order whose authority is another
// department than its own.
var legal = map[string]string{
	"open ack": "acknowledged", "open accept": "mending", "acknowledged accept": "mending", "open dispute": "disputed", "acknowledged dispute": "disputed",
	"disputed uphold": "open", "disputed reject": "mending", "mending appeal": "appealed", "appealed uphold": "open", "appealed reject": "mending",
	"appealed waive": "closed", "closed reopen": "open",
	"open verify": "closed", "acknowledged verify": "closed", "disputed verify": "closed", "appealed verify": "closed", "mending verify": "closed",
	"open escalate": "open", "acknowledged escalate": "acknowledged", "disputed escalate": "disputed", "appealed escalate": "appealed", "mending escalate": "mending",
}

// TestOrdersModel drives 10,000 orders through random acts of everybody: none may ever enter a state that the drawing does not have,
// act out of turn, lose a term or wait for nobody.
func TestOrdersModel(t *testing.T) {
	t.Parallel()
	cal := quality.NewCalendar(catalog.Governance{})
	seen := map[string]int{}
	orders := 0
	drive := func(t *rapid.T) {
		orders++
		o := quality.Order{ID: entity.ID{1}, N: 1, State: quality.StateOpen, Stage: quality.StageAssess, Round: 1, Department: "a",
			Authority: rapid.SampledFrom([]string{"b", "b", "b", "a", "board", ""}).Draw(t, "authority"), Severity: catalog.SeverityMajor, Due: time.Unix(1, 0)}
		now := time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
		appealable := false
		for range rapid.IntRange(6, 24).Draw(t, "acts") {
			now = now.Add(time.Hour)
			a := quality.Act{Action: rapid.SampledFrom([]string{"ack", "accept", "dispute", "dispute", "uphold", "reject", "reject", "appeal", "appeal", "waive", "verify", "reopen", "escalate", "open", "delete"}).Draw(t, "action"),
				By: rapid.SampledFrom([]string{"a", "b", "board", quality.BySystem}).Draw(t, "by"), At: now}
			if rapid.IntRange(0, 4).Draw(t, "in turn") > 0 {
				a.By = o.Holder("board")
			}
			before := o
			next, err := cal.Advance(o, a, "board")
			if err != nil {
				if !cmp.Equal(next, before) {
					t.Fatalf("a refused act changed the order: %v", cmp.Diff(before, next))
				}
				continue
			}
			o = next
			want, ok := legal[before.State+" "+a.Action]
			if before.State == quality.StateOpen && o.State == quality.StateAppealed || before.State == quality.StateAcknowledged && o.State == quality.StateAppealed {
				ok, want = a.Action == quality.ActionDispute && (before.Authority == before.Department || before.Authority == "" || before.Authority == "board"), o.State
			}
			if !ok || o.State != want {
				t.Fatalf("%s by %s led from %s to %s", a.Action, a.By, before.State, o.State)
			}
			if a.Action == quality.ActionAppeal && !appealable {
				t.Fatal("an appeal without a rejection by the authority")
			}
			switch a.Action {
			case quality.ActionReject:
				appealable = before.State == quality.StateDisputed
			case quality.ActionEscalate:
			default:
				appealable = false
			}
			if by := map[string]string{"verify": "system", "reopen": "system", "escalate": "system", "waive": "board"}[a.Action]; by != "" && a.By != by {
				t.Fatalf("%s by %s", a.Action, a.By)
			}
			if o.N != before.N+1 || o.State != quality.StateClosed && (!o.Due.After(now) || o.Holder("board") == "") || o.State == quality.StateClosed && !o.Due.IsZero() {
				t.Fatalf("after %s: number %d, due %s, waits for %q", a.Action, o.N, o.Due, o.Holder("board"))
			}
			seen[before.State+" "+a.Action]++
		}
	}
	for orders < 10_000 {
		rapid.Check(t, drive)
	}
	for step := range legal {
		if seen[step] == 0 {
			t.Errorf("in %d orders nobody came to %s", orders, step)
		}
	}
}

// TestWorkOrders follows orders on an engine from finding to closure: by the department, by dispute, by itself, and again.
func TestWorkOrders(t *testing.T) {
	w := newWorld(t)
	w.reset()
	now := at(t, "2026-05-05 09:00")
	c := testCatalog()
	c.Feeds[1].Department, c.Feeds[0].Department = "bureau", "police"
	c.Libraries[0].Elements[2].Owner = "police"
	d := &quality.Desk{Store: w.store, Catalog: c, Secret: [2]uint64{7, 9}, Now: func() time.Time { return now }}
	i := &quality.Inspector{Store: w.store, Catalog: c, Now: d.Now, Desk: d}
	pass := func(lines ...string) []quality.Order {
		t.Helper()
		for _, l := range lines {
			w.write(w.parse(strings.Fields(l)))
		}
		w.cycle()
		now = now.Add(time.Hour)
		if _, err := i.Changed(t.Context()); err != nil {
			t.Fatal(err)
		}
		orders, err := d.List(t.Context(), quality.Filter{Closed: true})
		if err != nil {
			t.Fatal(err)
		}
		return orders
	}
	act := func(id entity.ID, action, by string) error {
		t.Helper()
		now = now.Add(time.Hour)
		_, err := d.Act(t.Context(), id, quality.Act{Action: action, By: by, Note: "it's \\ so"})
		return err
	}
	orders := pass("a.x 1 1 1 citizen:1 name=Ann", "b.x 2 1 1 citizen:1 name=Bea")
	if len(orders) != 1 {
		t.Fatalf("%d orders, want 1", len(orders))
	}
	o := orders[0]
	if got := fmt.Sprint(o.Rule, o.Feed, o.Key, o.Element, o.State, o.Stage, o.Round, o.Department, o.Authority, o.Severity, o.Due.Sub(now) > 24*time.Hour); got !=
		"cross.differsb.x2nameopenassess1bureaupolicemajortrue" && got != fmt.Sprint("cross.differs", "b.x", "2", "name", "open", "assess", 1, "bureau", "police", "major", true) {
		t.Errorf("the order is %s", got)
	}
	if again := pass(); len(again) != 1 || again[0].N != 1 {
		t.Error("an inspection without a change changed the order")
	}
	for _, s := range []struct {
		action, by string
		want       error
	}{{"ack", "police", quality.ErrNotYours}, {"ack", "bureau", nil}, {"ack", "bureau", quality.ErrNotNow}, {"dispute", "bureau", nil}, {"reject", "bureau", quality.ErrNotYours},
		{"reject", "police", nil}, {"appeal", "bureau", nil}, {"uphold", "data", nil}, {"accept", "police", nil}} {
		if err := act(o.ID, s.action, s.by); !errors.Is(err, s.want) {
			t.Fatalf("%s by %s: %v, want %v", s.action, s.by, err, s.want)
		}
	}
	now = now.AddDate(0, 2, 0)
	if err := d.Press(t.Context()); err != nil {
		t.Fatal(err)
	}
	orders = pass("a.x 1 2 2 citizen:1 name=Bea")
	if orders[0].State != quality.StateClosed || orders[0].Outcome != quality.OutcomeMended {
		t.Errorf("after mending it is %s, %s", orders[0].State, orders[0].Outcome)
	}
	orders = pass("a.x 1 3 3 citizen:1 name=Ann")
	if orders[0].State != quality.StateOpen || orders[0].Round != 2 {
		t.Errorf("when it is back it is %s, round %d", orders[0].State, orders[0].Round)
	}
	s, err := d.Show(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	var history []string
	for _, e := range s.History {
		history = append(history, fmt.Sprintf("%d %s %s %s %d", e.N, e.Action, e.By, e.State, e.Level))
	}
	want := []string{"1 open system open 0", "2 ack bureau acknowledged 0", "3 dispute bureau disputed 0", "4 reject police mending 0", "5 appeal bureau appealed 0",
		"6 uphold data open 0", "7 accept police mending 0", "8 escalate system mending 1", "9 verify system closed 0", "10 reopen system open 0"}
	if diff := cmp.Diff(want, history); diff != "" {
		t.Errorf("history (-want +got)\n%s", diff)
	}
	if s.Topic != "src.b.x" || !strings.Contains(s.Detail, "a.x") || s.Holder != "police" || s.History[1].Note != "it's \\ so" {
		t.Errorf("evidence: topic %q, detail %q, holder %q", s.Topic, s.Detail, s.Holder)
	}
	told := &notebook{}
	for range 2 {
		if _, err := d.Tell(t.Context(), told); err != nil {
			t.Fatal(err)
		}
	}
	if len(told.orders) != 10 || !slices.IsSortedFunc(told.orders, func(a, b quality.Order) int { return int(a.N) - int(b.N) }) {
		t.Errorf("%d events told, want 10 in order", len(told.orders))
	}
}

// notebook keeps what it is told.
type notebook struct{ orders []quality.Order }

func (n *notebook) Tell(_ context.Context, orders []quality.Order) error {
	n.orders = append(n.orders, orders...)
	return nil
}
