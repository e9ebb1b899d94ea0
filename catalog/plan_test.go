package catalog_test

import (
	"testing"
	"time"

	"wuku/catalog"
)

// TestPlanTimes: the last time and the next one, on a made-up day, in China's time.
func TestPlanTimes(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 8*3600)
	for _, c := range []struct {
		plan            catalog.Plan
		now, last, next string
	}{
		{catalog.Plan{Every: "day", At: "02:30"}, "2026-05-06 02:29", "2026-05-05 02:30", "2026-05-06 02:30"},
		{catalog.Plan{Every: "day", At: "02:30"}, "2026-05-06 02:30", "2026-05-06 02:30", "2026-05-07 02:30"},
		{catalog.Plan{Every: "week", On: 3, At: "02:30"}, "2026-05-06 01:00", "2026-04-29 02:30", "2026-05-06 02:30"}, // a Wednesday
		{catalog.Plan{Every: "week", On: 1, At: "02:30"}, "2026-05-10 23:00", "2026-05-04 02:30", "2026-05-11 02:30"}, // a Sunday
		{catalog.Plan{Every: "week", On: 7, At: "02:30"}, "2026-05-10 23:00", "2026-05-10 02:30", "2026-05-17 02:30"},
		{catalog.Plan{Every: "month", On: 28, At: "00:00"}, "2026-01-10 12:00", "2025-12-28 00:00", "2026-01-28 00:00"},
		{catalog.Plan{Every: "month", At: "23:59"}, "2026-03-31 12:00", "2026-03-01 23:59", "2026-04-01 23:59"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, zone)
		if err != nil {
			t.Fatal(err)
		}
		last, next := c.plan.Last(now.UTC()).In(zone).Format("2006-01-02 15:04"), c.plan.Next(now.UTC()).In(zone).Format("2006-01-02 15:04")
		if last != c.last || next != c.next {
			t.Errorf("%+v at %s: last %s, next %s; want %s and %s", c.plan, c.now, last, next, c.last, c.next)
		}
	}
}
