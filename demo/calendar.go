package demo

import "strconv"

// Days count from 1970-01-01. none is no day.
const (
	none = int32(-1 << 31)
	// today is 2025-06-30, where the demo's history ends: nothing in it happens later.
	today = int32(20269)
	// dayMS is one day, zoneMS the distance of Asia/Shanghai from UTC, in milliseconds.
	dayMS  = int64(86_400_000)
	zoneMS = int64(8 * 3_600_000)
)

// civil is the calendar date of a day (proleptic Gregorian; years counted from March, so that the leap day comes last).
func civil(day int32) (y, m, d int) {
	z := int(day) + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d, m, y = doy-(153*mp+2)/5+1, mp+3, yoe+era*400
	if m > 12 {
		m -= 12
		y++
	}
	return y, m, d
}

// year is the calendar year of a day.
func year(day int32) int {
	y, _, _ := civil(day)
	return y
}

// style is how a source writes dates.
type style uint8

const (
	compact style = iota // 20060102
	dashed               // 2006-01-02
	slashed              // 2006/01/02
	days                 // days since 1970, a number
)

func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

func appendDay(b []byte, day int32, s style) []byte {
	if s == days {
		return strconv.AppendInt(b, int64(day), 10)
	}
	y, m, d := civil(day)
	b = appendTwo(appendTwo(b, y/100), y%100)
	switch s {
	case dashed:
		return appendTwo(append(appendTwo(append(b, '-'), m), '-'), d)
	case slashed:
		return appendTwo(append(appendTwo(append(b, '/'), m), '/'), d)
	}
	return appendTwo(appendTwo(b, m), d)
}

// stamp is how a source writes times.
type stamp uint8

const (
	spaced   stamp = iota // 2006-01-02 15:04:05
	digits14              // 20060102150405
	iso                   // 2006-01-02T15:04:05+08:00
	epochMS
	epochS
	epochUS
	utc // 2006-01-02T15:04:05Z: the normal form of the truth
)

// appendStamp writes a time given in seconds since 1970.
func appendStamp(b []byte, sec int64, s stamp) []byte {
	switch s {
	case epochMS:
		return strconv.AppendInt(b, sec*1000, 10)
	case epochUS:
		return strconv.AppendInt(b, sec*1_000_000, 10)
	case epochS:
		return strconv.AppendInt(b, sec, 10)
	}
	if s != utc {
		sec += zoneMS / 1000
	}
	day, rest := int32(sec/86400), int(sec%86400)
	if s == digits14 {
		b = appendDay(b, day, compact)
		return appendTwo(appendTwo(appendTwo(b, rest/3600), rest/60%60), rest%60)
	}
	b = appendDay(b, day, dashed)
	b = append(b, "T "[boolIndex(s == spaced)])
	b = appendTwo(append(appendTwo(append(appendTwo(b, rest/3600), ':'), rest/60%60), ':'), rest%60)
	switch s {
	case iso:
		return append(b, "+08:00"...)
	case utc:
		return append(b, 'Z')
	}
	return b
}

func boolIndex(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pad appends n in at least width digits.
func pad(b []byte, n, width int) []byte {
	var buf [20]byte
	s := strconv.AppendInt(buf[:0], int64(n), 10)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}
