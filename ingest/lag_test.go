package ingest

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestLag(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	moving := meter{}
	moving.add(now, 1000)
	for _, tc := range []struct {
		name string
		p    *partition
		want Lag
	}{
		{"there", &partition{state: running, stored: 10, end: 10, stable: 10}, Lag{Next: 10, End: 10, State: "running"}},
		{"behind and moving", &partition{state: running, stored: 10, end: 510, stable: 510, meter: moving},
			Lag{Next: 10, End: 510, Behind: 500, Rate: 100, CatchUp: 5, State: "running"}},
		{"behind and still", &partition{state: stopped, reason: "why", stored: 10, end: 20, stable: 20},
			Lag{Next: 10, End: 20, Behind: 10, CatchUp: -1, State: "stopped", Reason: "why"}},
		{"held back by a transaction", &partition{state: running, stored: 10, end: 30, stable: 10},
			Lag{Next: 10, End: 30, Behind: 20, Held: 20, CatchUp: -1, State: "running"}},
		{"nothing seen yet", &partition{stored: 7}, Lag{Next: 7, End: 7, State: "opening"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.p.lag(now), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMeterSettlesAtTheRate(t *testing.T) {
	t.Parallel()
	var m meter
	now := time.Unix(0, 0)
	for range 1200 { // two minutes of 500 events each 100 ms
		now = now.Add(100 * time.Millisecond)
		m.add(now, 500)
	}
	if got := m.rate(now); math.Abs(got-5000) > 100 {
		t.Errorf("rate %v, want about 5000", got)
	}
	if got := m.rate(now.Add(time.Minute)); got > 20 {
		t.Errorf("rate a minute later %v, want almost none", got)
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	p := partition{stored: 5, islands: map[int64]int64{}}
	for _, step := range []struct{ from, to, want int64 }{
		{7, 9, 5}, {9, 12, 5}, {20, 21, 5}, {5, 7, 12}, {12, 20, 21},
	} {
		if p.settle(step.from, step.to); p.stored != step.want {
			t.Errorf("after [%d, %d): stored %d, want %d", step.from, step.to, p.stored, step.want)
		}
	}
	if len(p.islands) != 0 {
		t.Errorf("islands %v are left", p.islands)
	}
}

func TestPauses(t *testing.T) {
	t.Parallel()
	p := pauses{first: 100 * time.Millisecond}
	for i, want := range []time.Duration{100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000} {
		want *= time.Millisecond
		if got := p.next(); got > want || got < want*3/4 {
			t.Errorf("pause %d is %v, want between 3/4 and all of %v", i, got, want)
		}
	}
	if p.reset(); p.next() > 100*time.Millisecond {
		t.Error("the pause after a success is not the first one")
	}
}
