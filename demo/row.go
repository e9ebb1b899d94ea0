package demo

import (
	"strconv"

	"wuku/entity"
)

// row is one version of one record while it is written: as JSON into buf and, where live is set, as what it claims. The loaders
// of feeds leave the record's subject in per, mate, org, cert, dec or plc.
type row struct {
	p    *Province
	feed *feed
	plan plan
	ver  int // which version, from 0; plan.versions for a delete
	past int // how many versions before the last
	gone bool
	live bool
	buf  []byte
	tmp  []byte
	aux  []byte
	key  []byte
	run  string // of a snapshot

	spot        *spot  // the defect of this version, or nil
	hit         bool   // the defect could be made
	drift       string // the field that disagrees in this version
	drifted     bool
	quarantined bool
	noKey       bool
	noVersion   bool
	future      bool
	event       int64 // event time in seconds since 1970

	claims  []claim
	per     person
	mate    person
	org     company
	cert    certificate
	dec     decision
	natural bool // a person holds cert
	rep     representative
	plc     place
}

// claim is what one live record says of one entity.
type claim struct {
	feed    *feed
	key     string
	role    string
	library int
	who     int // the entity's index in its library, or -1 where the record names somebody else
	bad     bool
	odd     string // the element whose value is a near miss of disagreement
	paired  bool   // a second record of the entity was there once
	event   int64
	version int64
	values  []said
	stays   []string // the names of an earlier version, where this one's identifier is spoiled
}

type said struct{ element, value string }

func (c *claim) get(element string) string {
	for i := range c.values {
		if c.values[i].element == element {
			return c.values[i].value
		}
	}
	return ""
}

// text is what values are held in.
type text interface{ ~string | ~[]byte }

// about begins a claim on an entity: the values that follow are its.
func (r *row) about(library int, role string, who int) {
	if r.live {
		r.claims = append(r.claims, claim{feed: r.feed, role: role, library: library, who: who})
	}
}

// say notes a value of the claim begun last.
func say[T text](r *row, element string, v T) {
	if r.live && element != "" && len(v) > 0 {
		c := &r.claims[len(r.claims)-1]
		c.values = append(c.values, said{element, string(v)})
	}
}

func (r *row) field(name string) {
	r.buf = append(append(append(r.buf, '"'), name...), '"', ':')
}

// raw writes a field whose value is already JSON.
func raw[T text](r *row, field string, v T) {
	r.field(field)
	r.buf = append(append(r.buf, v...), ',')
}

// quoted writes a text field. The texts of this package need no escapes.
func quoted[T text](r *row, field string, v T) {
	r.field(field)
	r.buf = append(append(append(r.buf, '"'), v...), '"', ',')
}

// null writes a field without a value, in the feed's own way.
func (r *row) null(field string) {
	r.field(field)
	r.buf = append(append(r.buf, r.feed.null...), ',')
}

// at reports whether this version's defect belongs here. A field's name alone does not say it: objects within a message have names of
// their own.
func (r *row) at(field, element string) bool {
	return r.spot != nil && r.spot.field == field && (r.spot.element == "" || r.spot.element == element)
}

// put writes a text of an element (or of none, where element is empty).
func put[T text](r *row, field, element string, v T) {
	switch {
	case len(v) == 0 || r.plan.loose && names(element):
		r.null(field)
	case r.at(field, element) && r.damage(string(v), string(v), element):
	default:
		quoted(r, field, v)
		say(r, element, v)
	}
}

// coded writes the source's own code of a value and notes ours.
func coded(r *row, field, element, own, ours string) {
	switch {
	case own == "":
		r.null(field)
	case r.at(field, element) && r.damage(own, ours, element):
	default:
		quoted(r, field, own)
		say(r, element, ours)
	}
}

// state is coded for a field that also says that a record is gone: then it is left to object.
func (r *row) state(field, element, own, ours string) {
	if !r.gone {
		coded(r, field, element, own, ours)
	}
}

// number writes a number without quotes.
func number[T text](r *row, field, element string, v T) {
	switch {
	case len(v) == 0:
		r.null(field)
	case r.at(field, element) && r.damage(string(v), string(v), element):
	default:
		raw(r, field, v)
		say(r, element, v)
	}
}

// whole writes a whole number.
func (r *row) whole(field, element string, n int) {
	r.tmp = strconv.AppendInt(r.tmp[:0], int64(n), 10)
	number(r, field, element, r.tmp)
}

// money writes a number of hundredths; the source counts in units of 10,000 where wan is set.
func (r *row) money(field, element string, cents int, wan bool) {
	r.tmp = hundredths(r.tmp[:0], cents)
	own := r.tmp
	if wan {
		own = strconv.AppendInt(r.tmp, int64(cents/1_000_000), 10)[len(r.tmp):]
		if rest := cents % 1_000_000; rest != 0 {
			own = pad(append(own, '.'), rest, 6)
			for own[len(own)-1] == '0' {
				own = own[:len(own)-1]
			}
		}
	}
	if r.at(field, element) && r.damage(string(own), string(r.tmp), element) {
		return
	}
	raw(r, field, own)
	say(r, element, r.tmp)
}

// date writes a day.
func (r *row) date(field, element string, day int32, s style) {
	if day == none {
		r.null(field)
		return
	}
	r.tmp = appendDay(r.tmp[:0], day, s)
	if r.at(field, element) && r.damage(string(r.tmp), string(appendDay(nil, day, dashed)), element) {
		return
	}
	if s == days {
		raw(r, field, r.tmp)
	} else {
		quoted(r, field, r.tmp)
	}
	if r.live {
		say(r, element, appendDay(nil, day, dashed))
	}
}

// time writes a time given in seconds.
func (r *row) time(field, element string, sec int64, s stamp) {
	r.tmp = appendStamp(r.tmp[:0], sec, s)
	if s >= epochMS {
		raw(r, field, r.tmp)
	} else {
		quoted(r, field, r.tmp)
	}
	if r.live && element != "" {
		say(r, element, appendStamp(nil, sec, utc))
	}
}

// micros writes a coordinate given in microdegrees.
func (r *row) micros(field, element string, n int) {
	r.tmp = micro(r.tmp[:0], n)
	number(r, field, element, r.tmp)
}

// open and shut enclose a nested object.
func (r *row) open(field string) {
	r.field(field)
	r.buf = append(r.buf, '{')
}

func (r *row) shut() {
	if r.buf[len(r.buf)-1] == ',' {
		r.buf = r.buf[:len(r.buf)-1]
	}
	r.buf = append(r.buf, '}', ',')
}

// before is how many versions before the present truth a field's value is: the versions of the record, and one more where the
// field is to disagree with other departments.
func (r *row) before(field string) int { return r.past + r.off(field) }

// off is 1 where a field disagrees with other departments.
func (r *row) off(field string) int {
	if r.drift != field {
		return 0
	}
	r.drifted = true
	return 1
}

// keyed writes the field that names the record.
func (r *row) keyed(field, element string) {
	if r.noKey {
		raw(r, field, "null")
		return
	}
	quoted(r, field, r.key)
	say(r, element, r.key)
}

// Libraries by number.
const (
	people = iota
	organisations
	certificates
	credits
	places
	libraries
)

func libraryName(n int) string { return entity.Libraries[n] }
