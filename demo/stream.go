package demo

import "strconv"

// The times of publication: the rounds begin 30 days apart, and a topic's messages follow each other by a millisecond.
const (
	firstRoundMS = int64(today)*dayMS - zoneMS + dayMS // the day after the history ends
	roundMS      = 30 * dayMS
)

// All yields every message, feed by feed, each feed in its order of publication, until yield returns false.
func (p *Province) All(yield func(Message) bool) {
	for _, f := range p.feeds {
		if !p.stream(f, yield) {
			return
		}
	}
}

// Messages yields the messages of one topic in order of publication. An unknown topic has none.
func (p *Province) Messages(topic string, yield func(Message) bool) {
	for _, f := range p.feeds {
		if f.topic() == topic {
			p.stream(f, yield)
		}
	}
}

func (p *Province) stream(f *feed, yield func(Message) bool) bool {
	for round := range uint8(rounds) {
		if !p.round(f, round, yield) {
			return false
		}
	}
	return true
}

// round sends what a feed has to say in one round.
func (p *Province) round(f *feed, round uint8, yield func(Message) bool) bool {
	s := sender{r: &row{p: p, feed: f}, yield: yield, topic: f.topic(), at: firstRoundMS + int64(round)*roundMS}
	n := f.count(p)
	if f.form.dumps() {
		return s.dump(n, round)
	}
	for subject := range n {
		if !s.record(subject, 0, round) {
			return false
		}
		if p.doubled(f, subject) && !s.record(subject, 1, round) {
			return false
		}
	}
	return true
}

// sender sends the messages of one topic.
type sender struct {
	r     *row
	yield func(Message) bool
	topic string
	at    int64
	spare []byte
}

// record sends what a record has to say in a round.
func (s *sender) record(subject, copy int, round uint8) bool {
	r := s.r
	pl := r.p.plan(r.feed, subject, copy)
	if round > 0 && pl.n == 1 && copy == 0 && pl.entries[0].round == 0 {
		return true
	}
	loaded := false
	for _, e := range pl.entries[:pl.n] {
		if e.round != round {
			continue
		}
		if !loaded && !r.feed.load(r, subject) {
			return true
		}
		loaded = true
		r.plan = pl
		if !s.send(s.message(e)) {
			return false
		}
	}
	return true
}

// send sends one message about the record that is loaded.
func (s *sender) send(value []byte) bool {
	r := s.r
	s.at++
	m := Message{Feed: r.feed.name, Topic: s.topic, Key: r.key, Keyless: r.feed.form.has("keyless"), Value: value, TimeMS: s.at}
	if value != nil {
		m.Headers = r.headers()
	}
	return s.yield(m)
}

// message writes one message; nil is a tombstone.
func (s *sender) message(e entry) []byte {
	r := s.r
	r.prepare(int(e.ver))
	if e.kind == broken {
		b := r.plan.broken
		r.spot, r.noKey, r.noVersion, r.future = nil, b == withoutKey, b == withoutVersion, b == fromFuture
		s.spare = append(s.spare[:0], r.encode()...)
		return breakUp(b, s.spare)
	}
	if e.kind == removal && r.feed.deadAt == "" && !r.feed.envelope && !r.feed.form.changes() {
		return nil
	}
	return r.encode()
}

// prepare sets the row to one version of the record.
func (r *row) prepare(ver int) {
	pl := &r.plan
	r.ver, r.gone = ver, ver == pl.versions
	r.past = max(pl.versions-1-ver, 0)
	r.spot, r.hit, r.drift, r.drifted, r.quarantined = nil, false, "", false, false
	r.noKey, r.noVersion, r.future = false, false, false
	if pl.spot >= 0 && ver == pl.spotVer && !r.gone {
		r.spot = &r.feed.spots[pl.spot]
	}
	if pl.drift >= 0 && r.past == 0 && ver <= pl.versions {
		r.drift = r.feed.drifts[pl.drift]
	}
	r.event = eventSecond(pl.dice, ver)
	r.claims = r.claims[:0]
	if r.feed.key != nil {
		r.key = append(r.key[:0], r.feed.key(r)...)
	} else {
		r.key = pad(append(r.key[:0], r.feed.prefix...), pl.subject*2+pl.copy, 10)
	}
}

// eventSecond is when a version was made: between 2012 and 2025, the versions of a record 45 days and more apart.
func eventSecond(d dice, ver int) int64 {
	d += 11
	const from, span = 1_325_347_200, 405_000_000
	return from + int64(d.below(span)) + int64(ver)*45*86400 + int64(ver*d.below(86400))
}

// encode writes the message of the prepared version.
func (r *row) encode() []byte {
	r.buf = r.buf[:0]
	if r.feed.envelope {
		return r.changeEvent()
	}
	r.object()
	return r.wrap()
}

// image writes the row as it was one version before, without its defect.
func (r *row) image() {
	was := *r
	r.live, r.spot, r.drift = false, nil, ""
	r.ver, r.past = r.ver-1, r.past+1
	r.event = eventSecond(r.plan.dice, r.ver)
	r.object()
	buf := r.buf
	r.live, r.spot, r.drift, r.ver, r.past, r.event = was.live, was.spot, was.drift, was.ver, was.past, was.event
	r.buf = buf
}

// object writes the row.
func (r *row) object() {
	f := r.feed
	r.buf = append(r.buf, '{')
	f.write(r)
	switch {
	case f.counter != "" && r.noVersion:
		raw(r, f.counter, "null")
	case f.counter != "":
		raw(r, f.counter, strconv.AppendInt(r.tmp[:0], r.counter(), 10))
	}
	switch {
	case f.stampAt == "":
	case f.timed && r.noVersion:
		raw(r, f.stampAt, "null")
	case f.timed && r.future:
		r.time(f.stampAt, "", 253_390_000_000, f.stampAs)
	default:
		r.time(f.stampAt, "", r.event, f.stampAs)
	}
	if f.form.dumps() {
		quoted(r, f.marks.run, r.run)
	}
	switch {
	case f.deadAt == "":
	case r.gone:
		quoted(r, f.deadAt, f.dead)
	case f.alive != "":
		quoted(r, f.deadAt, f.alive)
	}
	r.shut()
	r.buf = r.buf[:len(r.buf)-1]
}

// counter is the version as the source counts it: it grows from version to version of a record.
func (r *row) counter() int64 {
	if r.feed.envelope {
		return 1_000_000_000*int64(r.ver+1) + int64(r.plan.subject)
	}
	return int64(r.plan.subject%7 + 1 + r.ver*2)
}
