package quality

import (
	"time"

	"wuku/catalog"
)

// Codes of the clocks of work orders. 工单时限
const (
	ClockAcknowledge = "order.acknowledge" // 签收
	ClockAnswer      = "order.answer"      // 反馈
	ClockMend        = "order.mend_"       // 整改; the severity follows
	ClockDecide      = "order.decide"      // 异议答复
	ClockBoard       = "order.board"       // 异议裁定
	ClockEscalate    = "order.escalate"    // 督办
)

// defaults are the terms that hold where the catalogue says nothing.
func defaults() map[string]catalog.Clock {
	out := map[string]catalog.Clock{}
	for _, c := range []catalog.Clock{
		{Code: ClockAcknowledge, ZH: "工单签收", Days: 2}, {Code: ClockAnswer, ZH: "工单反馈", Days: 5},
		{Code: ClockMend + catalog.SeverityCritical, ZH: "严重问题整改", Days: 5}, {Code: ClockMend + catalog.SeverityMajor, ZH: "一般问题整改", Days: 10},
		{Code: ClockMend + catalog.SeverityMinor, ZH: "轻微问题整改", Days: 20}, {Code: ClockDecide, ZH: "异议答复", Days: 10},
		{Code: ClockBoard, ZH: "异议裁定", Days: 10}, {Code: ClockEscalate, ZH: "逾期督办间隔", Days: 3},
	} {
		c.Unit = catalog.UnitWorking
		out[c.Code] = c
	}
	return out
}

// Calendar tells which days are worked, and when terms end. Days are those of China. It is immutable.
type Calendar struct {
	off, on map[string]bool
	clocks  map[string]catalog.Clock
}

// NewCalendar is the calendar of a catalogue, with the program's own terms where it declares none.
func NewCalendar(g catalog.Governance) *Calendar {
	c := &Calendar{off: map[string]bool{}, on: map[string]bool{}, clocks: defaults()}
	for _, d := range g.Holidays {
		c.off[d] = true
	}
	for _, d := range g.Workdays {
		c.on[d] = true
	}
	for _, k := range g.Clocks {
		c.clocks[k.Code] = k
	}
	return c
}

// Working reports whether the day of a time is worked.
func (c *Calendar) Working(t time.Time) bool {
	t = t.In(china())
	d := t.Format(time.DateOnly)
	switch {
	case c.on[d]:
		return true
	case c.off[d]:
		return false
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// Clock returns the term of that code; ok is false where neither the catalogue nor the program has one.
func (c *Calendar) Clock(code string) (catalog.Clock, bool) {
	k, ok := c.clocks[code]
	return k, ok
}

// Due is when a term that begins at a time ends: at the end of its last day. The day on which it begins does not count (民法典 art. 201).
// A term of calendar days or months that would end on a day off ends with the next working day (art. 203). An unknown code has no
// term: ok is false.
func (c *Calendar) Due(code string, from time.Time) (due time.Time, ok bool) {
	k, ok := c.clocks[code]
	if !ok {
		return time.Time{}, false
	}
	from = from.In(china())
	day := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, china())
	switch k.Unit {
	case catalog.UnitWorking:
		for n := 0; n < k.Days; {
			day = day.AddDate(0, 0, 1)
			if c.Working(day) {
				n++
			}
		}
	case catalog.UnitMonth:
		last := time.Date(day.Year(), day.Month()+time.Month(k.Days)+1, 0, 0, 0, 0, 0, china()) // of the month in which it ends
		day = time.Date(last.Year(), last.Month(), min(day.Day(), last.Day()), 0, 0, 0, 0, china())
		day = c.nextWorking(day)
	default:
		day = c.nextWorking(day.AddDate(0, 0, k.Days))
	}
	return day.AddDate(0, 0, 1).UTC(), true
}

func (c *Calendar) nextWorking(day time.Time) time.Time {
	for range 60 { // no holiday is longer
		if c.Working(day) {
			break
		}
		day = day.AddDate(0, 0, 1)
	}
	return day
}
