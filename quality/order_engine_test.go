package quality_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/quality"
)

// manyOrders is how many findings TestOrdersOnEngine drives.
const manyOrders = 10_000

// fleet is many findings with the orders that the model says they have.
type fleet struct {
	*world
	desk  *quality.Desk
	cal   *quality.Calendar
	model map[string]quality.Order
	open  map[string]bool
	dice  *rand.Rand
	now   time.Time
	seen  map[string]int
}

// TestOrdersOnEngine drives 10,000 findings through all states on an engine: they come and go, departments, authorities and the board act,
// terms pass. After every step each order must be what Advance, told of the same events one by one, makes of it.
func TestOrdersOnEngine(t *testing.T) {
	w := newWorld(t)
	w.reset()
	c := testCatalog()
	c.Feeds[0].Department, c.Feeds[1].Department, c.Feeds[2].Department = "police", "bureau", "data"
	c.Libraries[0].Elements[2].Owner = "police" // of name; phone belongs to who has most authority, a record whole to nobody
	f := &fleet{world: w, cal: quality.NewCalendar(c.Governance), model: map[string]quality.Order{}, open: map[string]bool{}, seen: map[string]int{},
		dice: rand.New(rand.NewPCG(6, 1)), now: at(t, "2026-01-05 09:00")}
	f.desk = &quality.Desk{Store: w.store, Catalog: c, Secret: [2]uint64{1, 2}, Now: func() time.Time { return f.now }}
	for n := range manyOrders {
		f.open[fmt.Sprint(n)] = true
	}
	f.find(1)
	f.follow()
	for round := range 14 {
		f.acts()
		if round%2 == 1 {
			f.flip()
			f.find(round + 2)
			f.follow()
		}
		f.now = f.now.AddDate(0, 0, f.dice.IntN(12)) // some terms pass
		f.press()
	}
	for step := range legal {
		if f.seen[step] == 0 {
			t.Errorf("of %d orders none came to %s", manyOrders, step)
		}
	}
}

// find writes which findings hold.
func (f *fleet) find(ver int) {
	f.t.Helper()
	b, err := f.conn.PrepareBatch(f.t.Context(), "INSERT INTO quality.state (library, entity, anchor, feed, key, role, element, rule, claim, open, ver)")
	if err != nil {
		f.t.Fatal(err)
	}
	for n := range manyOrders {
		key, open := fmt.Sprint(n), uint8(0)
		if f.open[fmt.Sprint(n)] {
			open = 1
		}
		id := fmt.Sprintf("00000000-0000-8000-8000-%012d", n)
		feed, element := []string{"a.x", "b.x", "c.x", "b.x"}[n%4], []string{"name", "name", "name", "phone", ""}[n%5]
		if err := b.Append("person", id, id, feed, key, "", element, "cross.differs", big.NewInt(int64(n)), open, uint64(ver)); err != nil {
			f.t.Fatal(err)
		}
	}
	if err := b.Send(); err != nil {
		f.t.Fatal(err)
	}
}

// flip lets some findings end and some come back.
func (f *fleet) flip() {
	for n := range manyOrders {
		if key := fmt.Sprint(n); f.dice.IntN(4) == 0 {
			f.open[key] = !f.open[key]
		}
	}
}

// step is what the model makes of an act; false where it is refused.
func (f *fleet) step(key, action, by string) bool {
	before := f.model[key]
	next, err := f.cal.Advance(before, quality.Act{Action: action, By: by, At: f.now}, "data")
	if err != nil {
		return false
	}
	f.seen[before.State+" "+action]++
	f.model[key] = next
	return true
}

// follow lets the orders follow the findings.
func (f *fleet) follow() {
	f.t.Helper()
	first := len(f.model) == 0
	if err := f.desk.Follow(f.t.Context(), "person"); err != nil {
		f.t.Fatal(err)
	}
	if first {
		for key, o := range f.orders() {
			if o.State != quality.StateOpen || o.N != 1 || o.Round != 1 || !o.Due.After(f.now) {
				f.t.Fatalf("a new order is %+v", o)
			}
			f.model[key] = o
		}
	}
	for key, o := range f.model {
		switch {
		case !f.open[key] && o.State != quality.StateClosed:
			f.step(key, quality.ActionVerify, quality.BySystem)
		case f.open[key] && o.State == quality.StateClosed:
			f.step(key, quality.ActionReopen, quality.BySystem) // refused where the board has waived it
		}
	}
	f.compare("follow")
}

// press lets terms pass.
func (f *fleet) press() {
	f.t.Helper()
	if err := f.desk.Press(f.t.Context()); err != nil {
		f.t.Fatal(err)
	}
	for key, o := range f.model {
		if o.State != quality.StateClosed && !o.Due.IsZero() && !o.Due.After(f.now) {
			f.step(key, quality.ActionEscalate, quality.BySystem)
		}
	}
	f.compare("press")
}

// acts lets everybody act, in turn or not, and writes what came of it.
func (f *fleet) acts() {
	f.t.Helper()
	b, err := f.conn.PrepareBatch(f.t.Context(), `INSERT INTO quality.order_event (id, n, action, by, note, at, stamp, library, feed, key, role, element, rule, entity, anchor, claim, severity,
		state, stage, round, department, authority, level, due, opened, closed, outcome)`)
	if err != nil {
		f.t.Fatal(err)
	}
	actions := []string{"ack", "accept", "dispute", "dispute", "uphold", "reject", "reject", "appeal", "waive"}
	for n := range manyOrders {
		key := fmt.Sprint(n)
		o := f.model[key]
		by := o.Holder("data")
		if f.dice.IntN(5) == 0 {
			by = []string{"police", "bureau", "data", quality.BySystem}[f.dice.IntN(4)]
		}
		if !f.step(key, actions[f.dice.IntN(len(actions))], by) {
			continue
		}
		o = f.model[key]
		err := b.Append(o.ID, o.N, o.Action, o.By, o.Note, o.At, uint64(o.At.UnixMicro()), o.Library, o.Feed, o.Key, o.Role, o.Element, o.Rule, o.Entity, o.Anchor, big.NewInt(int64(n)), o.Severity,
			o.State, o.Stage, o.Round, o.Department, o.Authority, o.Level, stored(o.Due), o.Opened, stored(o.Closed), o.Outcome)
		if err != nil {
			f.t.Fatal(err)
		}
	}
	if err := b.Send(); err != nil {
		f.t.Fatal(err)
	}
	f.compare("acts")
}

// stored is a time as tables have it: none is 1970.
func stored(t time.Time) time.Time {
	if t.IsZero() {
		return time.Unix(0, 0)
	}
	return t
}

func (f *fleet) orders() map[string]quality.Order {
	f.t.Helper()
	list, err := f.desk.List(f.t.Context(), quality.Filter{Closed: true})
	if err != nil {
		f.t.Fatal(err)
	}
	out := map[string]quality.Order{}
	for _, o := range list {
		o.Stamp = 0
		for _, t := range []*time.Time{&o.At, &o.Due, &o.Opened, &o.Closed} {
			if !t.IsZero() {
				*t = t.UTC()
			}
		}
		out[o.Key] = o
	}
	if len(out) != manyOrders || len(list) != manyOrders {
		f.t.Fatalf("%d orders of %d records, want %d", len(list), len(out), manyOrders)
	}
	return out
}

// compare holds every order against the model.
func (f *fleet) compare(step string) {
	f.t.Helper()
	for key, got := range f.orders() {
		want := f.model[key]
		for _, t := range []*time.Time{&want.At, &want.Due, &want.Opened, &want.Closed} {
			*t = t.UTC()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			f.t.Fatalf("after %s, order of record %s (-model +engine)\n%s", step, key, diff)
		}
	}
}
