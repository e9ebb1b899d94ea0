package ingest

import (
	"fmt"
	"slices"
	"strings"

	"wuku/entity"
)

const (
	msPerDay = 86_400_000
	// zone is Asia/Shanghai without its summer times of 1940 to 1991: sources that write no zone mean +08:00.
	zone = 8 * 3_600_000
	// The days that the engine's Date32 and DateTime64 hold: 1900-01-01 to 2299-12-31.
	firstDay = -25567
	lastDay  = 120529
)

// timeKind is how a source writes times.
type timeKind uint8

const (
	timePattern timeKind = iota
	timeISO
	timeEpochMS
	timeEpochS
	timeEpochUS
	timeEpochDays
)

// timeStep is one step through a pattern: digits of a field, or a literal.
type timeStep struct {
	field   byte // y, M, d, H, m, s, S, or 0 for a literal
	min     int  // digits
	max     int
	literal string
}

// timeFormat is a compiled format of the catalogue.
type timeFormat struct {
	kind  timeKind
	steps []timeStep
}

// parseTimeFormat compiles iso, epoch_ms, epoch_s, epoch_us, epoch_days, or a pattern of y, M, d, H, m, s, S and literals. A
// field of one letter takes one digit or two.
func parseTimeFormat(format string) (*timeFormat, error) {
	switch format {
	case "", "iso":
		return &timeFormat{kind: timeISO}, nil
	case "epoch_ms":
		return &timeFormat{kind: timeEpochMS}, nil
	case "epoch_s":
		return &timeFormat{kind: timeEpochS}, nil
	case "epoch_us":
		return &timeFormat{kind: timeEpochUS}, nil
	case "epoch_days":
		return &timeFormat{kind: timeEpochDays}, nil
	}
	t := &timeFormat{}
	seen := ""
	for i := 0; i < len(format); {
		c, n := format[i], 1
		if !strings.ContainsRune("yMdHmsS", rune(c)) {
			for i+n < len(format) && !strings.ContainsRune("yMdHmsS", rune(format[i+n])) {
				n++
			}
			t.steps = append(t.steps, timeStep{literal: format[i : i+n]})
			i += n
			continue
		}
		for i+n < len(format) && format[i+n] == c {
			n++
		}
		seen += string(c)
		step := timeStep{field: c, min: n, max: n}
		if n == 1 {
			step.max = 2
		}
		t.steps = append(t.steps, step)
		i += n
	}
	if !strings.HasPrefix(seen, "yMd") || len(seen) > 7 || !strings.HasPrefix("yMdHmsS", seen) {
		return nil, fmt.Errorf("time format %q is unknown: use iso, epoch_ms, epoch_s, epoch_us, epoch_days, or yyyy, MM, dd, HH, mm, ss in this order", format)
	}
	return t, nil
}

// instant is a time as a source wrote it: milliseconds since 1970 in UTC, or, without a time of day, a date alone.
type instant struct {
	ms   int64 // of a date: its midnight at +08:00
	days int64 // the date at +08:00
}

func ofDate(days int64) instant { return instant{ms: days*msPerDay - zone, days: days} }
func ofMS(ms int64) instant     { return instant{ms: ms, days: floorDiv(ms+zone, msPerDay)} }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// parse reads a time in half-width characters; years 1 to 9999.
func (t *timeFormat) parse(b []byte) (instant, bool) {
	switch t.kind {
	case timePattern:
		return t.pattern(b)
	case timeISO:
		return parseISO(b)
	}
	d, ok := parseDecimal(b)
	if !ok {
		return instant{}, false
	}
	return t.epoch(d)
}

func (t *timeFormat) epoch(d decimal) (instant, bool) {
	places := 0 // from the format's unit to milliseconds, or days
	switch t.kind {
	case timeEpochS:
		places = 3
	case timeEpochUS:
		places = -3
	}
	n, how := d.scaled(places)
	if how == tooFine { // finer than a millisecond: towards the past
		d.exp += places
		for d.exp < 0 {
			d.mant /= 10
			d.exp++
		}
		if n, how = d.scaled(0); d.neg {
			n--
		}
	}
	const limit = 253_402_300_800_000 // the year 10000
	switch {
	case how != exact || n > limit || n < -limit:
		return instant{}, false
	case t.kind == timeEpochDays:
		if n > limit/msPerDay || n < -limit/msPerDay {
			return instant{}, false
		}
		return ofDate(n), true
	}
	return ofMS(n), true
}

// clock is the parts of a time as they are read.
type clock struct{ y, mo, d, h, mi, s, ms int }

// instant checks the parts against the calendar.
func (c clock) instant(dateOnly bool) (instant, bool) {
	if c.y < 1 || c.mo < 1 || c.mo > 12 || c.d < 1 || c.d > daysIn(c.y, c.mo) || c.h > 23 || c.mi > 59 || c.s > 59 {
		return instant{}, false
	}
	days := civilDays(c.y, c.mo, c.d)
	if dateOnly {
		return ofDate(days), true
	}
	return ofMS(days*msPerDay + int64(c.h)*3_600_000 + int64(c.mi)*60_000 + int64(c.s)*1000 + int64(c.ms) - zone), true
}

func daysIn(y, m int) int {
	switch {
	case m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

// civilDays is the number of days from 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that
// the leap day is a year's last.
func civilDays(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return int64(365*y+y/4-y/100+y/400+(153*(m-3)+2)/5+d-1) - 719468
}

func (t *timeFormat) pattern(b []byte) (instant, bool) {
	var c clock
	dateOnly := true
	for i := range t.steps {
		s := &t.steps[i]
		if s.field == 0 {
			if len(b) < len(s.literal) || string(b[:len(s.literal)]) != s.literal {
				return instant{}, false
			}
			b = b[len(s.literal):]
			continue
		}
		n, v := 0, 0
		for n < len(b) && n < s.max && b[n]-'0' <= 9 {
			v = v*10 + int(b[n]-'0')
			n++
		}
		if n < s.min {
			return instant{}, false
		}
		b = b[n:]
		c.set(s.field, v)
		dateOnly = dateOnly && s.field != 'H'
	}
	if len(b) > 0 {
		return instant{}, false
	}
	return c.instant(dateOnly)
}

func (c *clock) set(field byte, v int) {
	switch field {
	case 'y':
		c.y = v
	case 'M':
		c.mo = v
	case 'd':
		c.d = v
	case 'H':
		c.h = v
	case 'm':
		c.mi = v
	case 's':
		c.s = v
	case 'S':
		c.ms = v
	}
}

// parseISO reads RFC 3339, also with a space for the T, without seconds, or without a zone (then +08:00), or its date alone.
func parseISO(b []byte) (instant, bool) {
	var c clock
	ok := len(b) >= 10 && b[4] == '-' && b[7] == '-' && digits(b[:4], &c.y) && digits(b[5:7], &c.mo) && digits(b[8:10], &c.d)
	if !ok || len(b) == 10 {
		t, valid := c.instant(true)
		return t, ok && valid
	}
	b = b[10:]
	if len(b) < 6 || b[0] != 'T' && b[0] != 't' && b[0] != ' ' || b[3] != ':' || !digits(b[1:3], &c.h) || !digits(b[4:6], &c.mi) {
		return instant{}, false
	}
	if b = b[6:]; len(b) >= 3 && b[0] == ':' {
		if !digits(b[1:3], &c.s) {
			return instant{}, false
		}
		if b, ok = c.fraction(b[3:]); !ok {
			return instant{}, false
		}
	}
	offset, ok := parseZone(b)
	t, valid := c.instant(false)
	return ofMS(t.ms + zone - offset), ok && valid
}

// fraction reads .digits, of which milliseconds are kept.
func (c *clock) fraction(b []byte) ([]byte, bool) {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return b, true
	}
	n := 1
	for ; n < len(b) && b[n]-'0' <= 9; n++ {
		if n <= 3 {
			c.ms += int(b[n]-'0') * [...]int{100, 10, 1}[n-1]
		}
	}
	return b[n:], n > 1 && n <= 10
}

// parseZone returns the offset from UTC in milliseconds.
func parseZone(b []byte) (int64, bool) {
	switch {
	case len(b) == 0:
		return zone, true
	case len(b) == 1 && (b[0] == 'Z' || b[0] == 'z'):
		return 0, true
	case b[0] != '+' && b[0] != '-':
		return 0, false
	}
	var h, m int
	rest := b[1:]
	switch {
	case len(rest) == 5 && rest[2] == ':' && digits(rest[:2], &h) && digits(rest[3:], &m):
	case len(rest) == 4 && digits(rest[:2], &h) && digits(rest[2:], &m):
	case len(rest) == 2 && digits(rest, &h):
	default:
		return 0, false
	}
	if h > 18 || m > 59 {
		return 0, false
	}
	offset := int64(h)*3_600_000 + int64(m)*60_000
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true
}

func digits(b []byte, v *int) bool {
	n := 0
	for _, c := range b {
		if c -= '0'; c > 9 {
			return false
		}
		n = n*10 + int(c)
	}
	*v = n
	return true
}

// time reads a time in half or full width.
func (x *converter) time(t *timeFormat, b []byte) (instant, bool) {
	at, ok := t.parse(b)
	if !ok {
		if b = x.narrow(b); b != nil {
			at, ok = t.parse(b)
		}
	}
	return at, ok
}

func (x *converter) date(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	at, ok := x.time(p.when, b)
	switch {
	case !ok:
		return p.faults.format
	case placeholder(at.days):
		return p.faults.sentinel
	case at.days < firstDay || at.days > lastDay:
		return p.faults.bounds
	}
	c.num = at.days
	return nil
}

// placeholders are the days that databases, spreadsheets and clerks write for "no date": 0001-01-01, 1899-12-30 and -31,
// 1900-01-01, 2099-12-31, 2999-12-31, 9999-09-09 and 9999-12-31. 1970-01-01 is not among them: people are born on it.
var placeholders = [...]int64{-719162, -25569, -25568, -25567, 47481, 376199, 2932783, 2932896}

func placeholder(day int64) bool {
	if day > placeholders[3] && day < placeholders[4] { // nearly all
		return false
	}
	return slices.Contains(placeholders[:], day)
}

func (x *converter) datetime(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	at, ok := x.time(p.when, b)
	switch {
	case !ok:
		return p.faults.format
	case placeholder(at.days):
		return p.faults.sentinel
	case at.ms < firstDay*msPerDay || at.ms >= (lastDay+1)*msPerDay:
		return p.faults.bounds
	}
	c.num = at.ms
	return nil
}

// versionOf maps a time to the version's 64 bits so that their order is the times' order, before 1970 too: the sign bit is
// flipped. All kinds of time version (event time and broker timestamp) use it, so that they compare with each other.
func versionOf(ms int64) uint64 { return uint64(ms) ^ 1<<63 }
