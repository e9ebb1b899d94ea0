package quality_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
)

// watched is the test library with three warnings: one looks at the day, one at another record, one counts by area.
func watched() *catalog.Catalog {
	c := testCatalog()
	c.Packs = nil
	c.Warnings = []catalog.Warning{
		{Name: "ends_soon", ZH: "即将到期", EN: "ends soon", Hint: "renew", Level: "blue", Library: entity.Person, When: "date(street) >= today() and date(street) <= today() + 30", Audience: []string{"a"}, Expires: 20},
		{Name: "partner_gone", ZH: "配偶", EN: "partner", Hint: "ask", Level: "red", Library: entity.Person, With: []catalog.Tie{{As: "p", Library: entity.Person, Element: "citizen", Is: "partner"}},
			When: "missing(gone) and present(p.gone)", Audience: []string{"a"}},
		{Name: "crowd", ZH: "密集", EN: "crowd", Hint: "look", Level: "orange", Library: entity.Person, When: "present(name)", Count: &catalog.AreaCount{By: "sex", Least: 10}, Audience: []string{"a"}},
		{Name: "drawn", ZH: "圈定区域", EN: "a drawn area", Hint: "look", Level: "orange", Library: entity.Person, When: "present(longitude)",
			Count: &catalog.AreaCount{Inside: [][2]float64{{118, 32}, {119, 32}, {119, 33}}, Least: 10}, Audience: []string{"a"}},
	}
	return c
}

// watching is a world in which inspections keep warnings.
type watching struct {
	*world
	now  time.Time
	told []string // ce_ids of all that was told
}

// watch is a Watch as a process that has just started makes it.
func (w *watching) watch() *quality.Watch {
	return &quality.Watch{Store: w.store, Catalog: watched(), Secret: [2]uint64{1, 2}, Now: func() time.Time { return w.now }}
}

// step resolves and looks at what has changed, tells, and then looks at everything, which must find nothing more. It returns what was told.
func (w *watching) step(messages ...string) []string {
	w.t.Helper()
	for _, m := range messages {
		w.write(w.parse(strings.Fields(m)))
	}
	w.cycle()
	var news []string
	tell := func() {
		_, err := w.watch().Tell(w.t.Context(), func(_ context.Context, events []quality.Warning) error {
			for _, e := range events {
				w.told = append(w.told, fmt.Sprint(e.ID, "/", e.N))
				who := e.Area
				if e.Entity != (entity.ID{}) {
					who = w.names[e.Entity]
				}
				news = append(news, e.Action+" "+e.Name+" "+who)
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	inspector := &quality.Inspector{Store: w.store, Catalog: watched(), Now: func() time.Time { return w.now }, Watch: w.watch()}
	if _, err := inspector.Changed(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	tell()
	seen := len(news)
	w.now = w.now.Add(time.Second)
	if _, err := inspector.Whole(w.t.Context(), entity.Person); err != nil {
		w.t.Fatal(err)
	}
	tell()
	if len(news) != seen {
		w.t.Errorf("looking at everything finds more: %v", news[seen:])
	}
	slices.Sort(news)
	return news
}

func (w *watching) want(got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("told %v, want %v", got, want)
	}
}

// TestWarnings raises each warning once, withdraws it when its cause has gone, raises it again when the cause comes again, and ends it by
// the clock; every step is made by a process that has just started.
func TestWarnings(t *testing.T) { warnings(t, newWorld(t)) }

// TestClusterWarnings is the same on two shards.
func TestClusterWarnings(t *testing.T) { warnings(t, newCluster(t)) }

func warnings(t *testing.T, world *world) {
	world.reset()
	w := &watching{world: world, now: time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)}
	w.want(w.step("a.x 1 1 1 citizen:1 partner=2", "a.x 2 1 1 citizen:2", "a.x 3 1 1 citizen:3 street=2026-05-01"))
	w.want(w.step("a.x 2 2 2 citizen:2 gone=1"), "raise partner_gone citizen:1")
	w.want(w.step())
	raised, err := w.watch().List(t.Context(), quality.WarningFilter{State: quality.WarningOpen})
	if err != nil || len(raised) != 1 || raised[0].Level != "red" || w.names[raised[0].Other] != "citizen:2" || raised[0].Round != 1 {
		t.Fatalf("%+v, %v", raised, err)
	}
	if _, err := w.watch().Judge(t.Context(), raised[0].ID, "a", "perhaps", ""); err == nil {
		t.Error("a judgement that is none was taken")
	}
	if _, err := w.watch().Judge(t.Context(), entity.ID{1}, "a", quality.JudgedFalse, ""); !errors.Is(err, quality.ErrNoWarning) {
		t.Error(err)
	}
	for _, judgement := range []string{quality.JudgedFalse, quality.JudgedUseful} { // the second corrects the first
		if _, err := w.watch().Judge(t.Context(), raised[0].ID, "a", judgement, "seen"); err != nil {
			t.Fatal(err)
		}
	}
	w.want(w.step("a.x 2 3 3 citizen:2"), "withdraw partner_gone citizen:1")
	w.want(w.step("a.x 2 4 4 citizen:2 gone=1"), "raise partner_gone citizen:1")
	w.want(w.step("a.x 1 2 4 citizen:1"), "withdraw partner_gone citizen:1")

	w.now = time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC) // 30 days before the end
	w.want(w.step(), "raise ends_soon citizen:3")
	w.now = w.now.AddDate(0, 0, 21)
	if err := w.watch().Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.want(w.step(), "expire ends_soon citizen:3")
	w.now = w.now.AddDate(0, 0, 1)
	w.want(w.step())
	w.now = time.Date(2026, 5, 2, 4, 0, 0, 0, time.UTC)
	w.want(w.step(), "withdraw ends_soon citizen:3")

	var many []string
	for i := range 11 {
		many = append(many, fmt.Sprintf("a.x 1%02d 1 1 citizen:1%02d sex=1 name=x", i, i))
	}
	w.want(w.step(many...), "raise crowd 1")
	w.want(w.step("a.x 100 2 2 deleted"))
	w.want(w.step("a.x 101 2 2 deleted"), "withdraw crowd 1")

	many = nil // nine in the drawn triangle and one beside it, which moves in
	for i := range 10 {
		many = append(many, fmt.Sprintf("a.x 2%02d 1 1 citizen:2%02d longitude=118.9 latitude=32.0%d", i, i, i))
	}
	many[9] = "a.x 209 1 1 citizen:209 longitude=118.2 latitude=32.9"
	w.want(w.step(many...))
	w.want(w.step("a.x 209 2 2 citizen:209 longitude=118.9 latitude=32.05"), "raise drawn inside")
	w.want(w.step("a.x 200 2 2 deleted"), "withdraw drawn inside")

	figures, err := w.watch().Figures(t.Context())
	if err != nil || fmt.Sprint(figures) != "[{crowd 1 0 0 0} {drawn 1 0 0 0} {ends_soon 1 0 0 0} {partner_gone 2 0 1 0}]" {
		t.Errorf("%v, %v", figures, err)
	}
	if slices.Sort(w.told); len(slices.Compact(slices.Clone(w.told))) != len(w.told) {
		t.Errorf("told twice: %v", w.told)
	}
}

// TestWarningJudgedWhileWithdrawn lets people judge a warning while an inspection withdraws it: nothing of either is lost.
func TestWarningJudgedWhileWithdrawn(t *testing.T) {
	world := newWorld(t)
	world.reset()
	w := &watching{world: world, now: time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)}
	w.want(w.step("a.x 1 1 1 citizen:1 partner=2", "a.x 2 1 1 citizen:2 gone=1"), "raise partner_gone citizen:1")
	raised, err := w.watch().List(t.Context(), quality.WarningFilter{State: quality.WarningOpen})
	if err != nil || len(raised) != 1 {
		t.Fatalf("%+v, %v", raised, err)
	}
	var people sync.WaitGroup
	for k := range 4 {
		people.Go(func() {
			watch := &quality.Watch{Store: w.store, Catalog: watched(), Secret: [2]uint64{1, 2}}
			if _, err := watch.Judge(t.Context(), raised[0].ID, fmt.Sprint("person ", k), quality.JudgedUseful, ""); err != nil {
				t.Error(err)
			}
		})
	}
	w.want(w.step("a.x 2 2 2 citizen:2"), "withdraw partner_gone citizen:1")
	people.Wait()
	events, err := w.watch().History(t.Context(), raised[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	judges := map[string]bool{}
	for _, e := range events {
		if e.Action == "ack" {
			judges[e.By] = true
		}
	}
	last := slices.MaxFunc(events, func(a, b quality.Warning) int { return int(a.N) - int(b.N) })
	if len(judges) != 4 || last.State != quality.WarningEnded || last.Judgement != quality.JudgedUseful {
		t.Errorf("%d people's judgements are kept, the last event is %s, state %s, judgement %q", len(judges), last.Action, last.State, last.Judgement)
	}
}

// TestWarningsOfManyChanges makes random changes and holds what stands against the plainest count of it.
func TestWarningsOfManyChanges(t *testing.T) {
	world := newWorld(t)
	world.reset()
	w := &watching{world: world, now: time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)}
	rnd := rand.New(rand.NewPCG(7, 11))
	partner, gone := map[int]int{}, map[int]bool{}
	for version := 1; version <= 8; version++ {
		var messages []string
		for range 10 {
			who := rnd.IntN(12)
			partner[who], gone[who] = rnd.IntN(12), rnd.IntN(3) == 0
			m := fmt.Sprintf("a.x %d %d 1 citizen:%d partner=%d", who, version*100+len(messages), who, partner[who])
			if gone[who] {
				m += " gone=1"
			}
			messages = append(messages, m)
		}
		w.step(messages...)
		var want []string
		for who, p := range partner {
			if !gone[who] && gone[p] {
				want = append(want, fmt.Sprintf("citizen:%d", who))
			}
		}
		standing, err := w.watch().List(t.Context(), quality.WarningFilter{State: quality.WarningOpen, Names: []string{"partner_gone"}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range standing {
			got = append(got, w.names[s.Entity])
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("after %d: %v, want %v", version, got, want)
		}
	}
	if slices.Sort(w.told); len(slices.Compact(slices.Clone(w.told))) != len(w.told) {
		t.Errorf("told twice: %v", w.told)
	}
}
