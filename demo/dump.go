package demo

import (
	"strconv"
	"time"
)

// marks are the fields and values by which a feed of snapshots says where one begins and ends.
type marks struct{ mark, begin, end, run, count string }

var (
	plainMarks   = marks{"kind", "BEGIN", "END", "run", "total"}
	chineseMarks = marks{"标记", "开始", "结束", "批次", "总数"}
)

// dump sends the feed's whole content as it is in a round, between marks: every record's newest version, nothing of those that are gone.
func (s *sender) dump(n int, round uint8) bool {
	r, m := s.r, s.r.feed.marks
	r.run = time.UnixMilli(firstRoundMS + int64(round)*roundMS).UTC().Format("20060102")
	if !s.mark(m.mark, m.begin, m.run, r.run) {
		return false
	}
	sent := 0
	for subject := range n {
		for copy := range 1 + boolIndex(r.p.doubled(r.feed, subject)) {
			pl := r.p.plan(r.feed, subject, copy)
			ver, there := pl.standing(round)
			if !there || !r.feed.load(r, subject) {
				continue
			}
			sent++
			r.plan = pl
			if !s.send(s.message(entry{round: round, ver: ver})) {
				return false
			}
		}
	}
	return s.mark(m.mark, m.end, m.run, r.run, m.count, strconv.Itoa(sent))
}

// standing is the version of a record that the source has in a round, if it has the record then.
func (pl *plan) standing(round uint8) (ver uint8, there bool) {
	for _, e := range pl.entries[:pl.n] {
		if e.round <= round {
			ver, there = e.ver, e.kind != removal
		}
	}
	return ver, there
}

// mark sends fields and values that are no record.
func (s *sender) mark(pairs ...string) bool {
	r := s.r
	r.key, r.buf = append(r.key[:0], r.run...), append(r.buf[:0], '{')
	for i := 0; i < len(pairs); i += 2 {
		quoted(r, pairs[i], pairs[i+1])
	}
	r.buf[len(r.buf)-1] = '}'
	return s.send(r.wrap())
}
