package demo

import (
	"strconv"
	"strings"
)

// The feeds of smaller departments are declared as tables rather than written as code: each has its own fields, codes, formats and
// ways to say things, and what it says of its subject is a fact of the world (see fact).

// column is one field of a small feed.
type column struct {
	parent, field string // field within parent, or of the message itself
	element       string
	fixed         string // a constant of the contract: nothing is written
	kind          columnKind
	day           style
	wan           bool        // money in units of 10,000
	codes         [][2]string // own code, ours
	meaning       string      // what people call one of our codes, and no code of the source's own
	required      bool
	drifts        bool // some records hold a stale value
}

type columnKind uint8

const (
	asText columnKind = iota
	asDate
	asCode
	asWhole
	asMoney
	asMicros
)

// small is the declaration of one feed.
type small struct {
	name    string
	subject []string // kind, one in how many, and further words by kind
	keyAt   string
	columns []column
	feed    *feed
	library int
	number  int // among the small feeds
	every   int // one in so many of the world's things
	from    int // the first of its own things in its library, where it has such
}

// parseSmall reads declarations. A feed is a line without indentation: name, subject, field of the key, prefix of keys, how a missing
// value is written, how a delete is said (field=dead/alive; - not at all; env by the envelope), and the version: @field:form (a time
// that is the version), #field@field:form (a counter, and the time of the event), broker@field:form or env@field:form; then, if the messages are no plain objects, their form (see form). Its fields
// follow, indented: path, element, and by kind d8, d-, d/, dn (dates), n (whole), m, mw (money, in 10,000), u (microdegrees), or
// own=ours,… (codes); name:TEXT (a meaning that is no code); ! required; ~ drifts. "= element value" is a constant of the contract.
func parseSmall(text string) []*small {
	var out []*small
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case line[0] != ' ':
			out = append(out, header(words))
		default:
			s := out[len(out)-1]
			s.columns = append(s.columns, columnOf(words))
		}
	}
	return out
}

func header(w []string) *small {
	f := &feed{name: w[0], prefix: w[3], null: w[4], single: true}
	gone, version := w[5], w[6]
	version, written, _ := strings.Cut(version, ":")
	kind, at, _ := strings.Cut(version, "@")
	f.stampAt = at
	for i, name := range [...]string{"spaced", "digits14", "iso", "epochMS", "epochS", "epochUS"} {
		if written == name {
			f.stampAs = stamp(i)
		}
	}
	switch {
	case kind == "":
		f.timed = true
	case kind == "broker":
		f.broker = true
	case kind == "env":
		f.envelope = true
	default:
		f.counter = kind[1:]
	}
	f.keyAt = w[2]
	if len(w) > 7 {
		f.form = form(w[7])
	}
	f.keeps = gone == "-" && !f.form.changes()
	if f.marks = plainMarks; f.form.kind() == asCSV {
		f.marks = chineseMarks
	}
	if field, values, said := strings.Cut(gone, "="); said {
		f.deadAt = field
		f.dead, f.alive, _ = strings.Cut(values, "/")
	}
	return &small{name: w[0], subject: strings.Split(w[1], "/"), keyAt: w[2], feed: f}
}

func columnOf(w []string) column {
	if w[0] == "=" {
		return column{element: w[1], fixed: w[2]}
	}
	c := column{element: w[1]}
	c.parent, c.field, _ = strings.Cut(w[0], ".")
	if c.field == "" {
		c.parent, c.field = "", w[0]
	}
	for _, word := range w[2:] {
		meaning, named := strings.CutPrefix(word, "name:")
		switch {
		case named:
			c.meaning = meaning
		case strings.Trim(word, "!~") == "":
			c.required, c.drifts = strings.Contains(word, "!"), strings.Contains(word, "~")
		case word == "n":
			c.kind = asWhole
		case word == "m" || word == "mw":
			c.kind, c.wan = asMoney, word == "mw"
		case word == "u":
			c.kind = asMicros
		case len(word) == 2 && word[0] == 'd':
			c.kind, c.day = asDate, style(strings.IndexByte("8-/n", word[1]))
		default:
			c.kind = asCode
			for pair := range strings.SplitSeq(word, ",") {
				own, ours, _ := strings.Cut(pair, "=")
				c.codes = append(c.codes, [2]string{own, ours})
			}
		}
	}
	return c
}

// smallFeeds makes the feeds of all declarations and gives those with things of their own a range of their library.
func (p *Province) smallFeeds() []*feed {
	var feeds []*feed
	for i, s := range parseSmall(peopleSmall + residents + companiesSmall + certificatesSmall + creditsSmall + placesSmall + sharesSmall) {
		s.number = i
		s.settle(p)
		f := s.feed
		f.fates = smallFamilies[:]
		f.write = func(r *row) { r.small(s) }
		for j := range s.columns {
			if c := &s.columns[j]; c.drifts {
				f.drifts = append(f.drifts, c.field)
			}
		}
		f.spots = s.spots()
		f.fields = s.fields()
		feeds = append(feeds, f)
	}
	return feeds
}

// fields are all fields of a record, in their order.
func (s *small) fields() []string {
	list := []string{s.keyAt}
	for i := range s.columns {
		if c := &s.columns[i]; c.fixed == "" {
			list = append(list, c.field)
		}
	}
	for _, name := range []string{s.feed.counter, s.feed.stampAt, s.feed.deadAt} {
		if name != "" {
			list = append(list, name)
		}
	}
	return list
}

// settle says what the feed is about: which things, how many, and how they are loaded.
func (s *small) settle(p *Province) {
	f := s.feed
	n, _ := strconv.Atoi(s.subject[1])
	switch s.subject[0] {
	case "person":
		s.library = people
		s.sample(p.people, n, func(r *row, who int) bool {
			r.p.loadPerson(who, &r.per)
			return r.per.adult(18) && !r.per.foreign
		})
	case "org":
		s.library = organisations
		s.sample(p.companies, n, func(r *row, who int) bool {
			r.p.loadCompany(who, &r.org)
			r.p.loadRep(&r.org, &r.rep)
			return true
		})
	case "resident":
		like := residentFeed(n)
		s.library, f.count, f.about, f.load = people, like.count, like.about, like.load
	case "enterprise":
		like := enterpriseFeed(n)
		s.library, f.count, f.about, f.load = organisations, like.count, like.about, like.load
	case "certificate":
		s.own(p, certificates, n, (*row).smallCertificate)
	case "decision":
		s.own(p, credits, n, (*row).smallDecision)
	default:
		s.own(p, places, n, (*row).smallPlace)
	}
}

// fewest is how many records a small feed has at least, more or less.
const fewest = 16

// sample is a feed about one in n of a library's things.
func (s *small) sample(total, n int, load func(r *row, who int) bool) {
	n = max(1, min(n, total/fewest))
	s.every = n
	which := func(i int) int { return i*n + int(mix(uint64(i)+uint64(s.number)<<32)%uint64(n)) }
	s.feed.count = func(*Province) int { return total / n }
	s.feed.load = func(r *row, i int) bool { return load(r, which(i)) }
	s.feed.about = func(_ *Province, library, who int, visit func(int)) {
		if i := who / n; library == s.library && who < total && i < total/n && which(i) == who {
			visit(i)
		}
	}
}

// own is a feed about things that nobody else tells of: one for n people.
func (s *small) own(p *Province, library, n int, load func(r *row, s *small, i int) bool) {
	count := max(p.people/n, fewest)
	s.library, s.from = library, p.worlds(library)
	p.more[library] += count
	s.feed.count = func(*Province) int { return count }
	s.feed.load = func(r *row, i int) bool { return load(r, s, i) }
	s.feed.about = func(_ *Province, which, who int, visit func(int)) {
		if which == library && who >= s.from && who < s.from+count {
			visit(who - s.from)
		}
	}
}

// small writes one record of a small feed.
func (r *row) small(s *small) {
	r.about(s.library, "", r.whoOf(s))
	r.keyed(s.keyAt, "")
	parent := ""
	for i := range s.columns {
		c := &s.columns[i]
		if c.fixed != "" {
			say(r, c.element, c.fixed)
			continue
		}
		if c.parent != parent {
			if parent != "" {
				r.shut()
			}
			if c.parent != "" {
				r.open(c.parent)
			}
			parent = c.parent
		}
		r.column(s, c)
	}
	if parent != "" {
		r.shut()
	}
}

// whoOf is the loaded thing's place in its library.
func (r *row) whoOf(s *small) int {
	switch s.library {
	case people:
		return r.per.index
	case organisations:
		return r.org.index
	case certificates:
		return r.cert.index
	case credits:
		return r.dec.index
	}
	return s.from + r.plc.index
}

// column writes one field.
func (r *row) column(s *small, c *column) {
	v := r.fact(s, c)
	if bent, done := r.bend(s, c, &v); done {
		return
	} else if bent { // the value is another, and stands for itself: nothing else is done to it
		spot := r.spot
		r.spot, r.hit = nil, true
		defer func() { r.spot = spot }()
	}
	switch c.kind {
	case asDate:
		r.date(c.field, c.element, v.day, c.day)
	case asCode:
		own := ""
		for _, pair := range c.codes {
			if pair[1] == v.text {
				own = pair[0]
			}
		}
		if own == "" {
			r.null(c.field)
			return
		}
		coded(r, c.field, c.element, own, v.text)
	case asWhole:
		r.whole(c.field, c.element, v.n)
	case asMoney:
		r.money(c.field, c.element, v.n, c.wan)
	case asMicros:
		r.micros(c.field, c.element, v.n)
	default:
		put(r, c.field, c.element, v.text)
	}
}
