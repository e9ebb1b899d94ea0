package matter

import (
	"slices"
	"strings"
	"time"

	"wuku/catalog"
)

// Value is one element of a record. A nil Text is no value.
type Value struct {
	Text    *string
	Feed    string
	At      time.Time // of the winning claim
	Doubted bool
}

// Record is what a library has of a party, as far as the grant allows.
type Record struct {
	Entity string // names it for the caller; not looked at
	Values map[string]Value
}

// Found is what one query of a plan found. Refused is why it was not allowed; "" where it was.
type Found struct {
	Records []Record
	Refused string
}

// States of an Outcome, from the best to the gravest.
const (
	Proved     = "proved"     // 已证明
	Bring      = "bring"      // 须提交: no library proves it
	Weak       = "weak"       // 非权威来源: a value is not of a source that counts
	Foreign    = "foreign"    // 不互认: a value's source is outside the scope of recognition
	TooOld     = "stale"      // 过期: a value is older than allowed, or its source does not deliver
	Doubtful   = "doubted"    // 存疑: a quality finding on a value is open
	Missing    = "missing"    // 缺失: no record, or no value
	Failed     = "failed"     // 不符: the condition does not hold
	Closed     = "closed"     // 无授权
	Accepted   = "accepted"   // 已收: brought and taken at the counter
	Recognised = "recognised" // 互认: proved by a presentation of a recognised issuer
)

var gravity = []string{Proved, Recognised, Accepted, Bring, Weak, Foreign, TooOld, Doubtful, Missing, Failed, Closed}

// Point is one thing that keeps a material open, with who can mend it. 待核事项
type Point struct {
	Code       string `json:"code" doc:"bring, weak, foreign, stale, doubted, missing, failed, closed"`
	Element    string `json:"element,omitempty"`
	Feed       string `json:"feed,omitempty"`
	Department string `json:"department,omitempty" doc:"Who can mend it"`
	ZH         string `json:"zh"`
	EN         string `json:"en"`
}

// Outcome is what one material comes to in a case.
type Outcome struct {
	Material string  `json:"material"`
	ZH       string  `json:"zh"`
	EN       string  `json:"en"`
	Step     string  `json:"step"`
	Party    string  `json:"party"`
	State    string  `json:"state" doc:"proved, recognised, accepted, or what keeps it open: bring, weak, foreign, stale, doubted, missing, failed, closed"`
	Points   []Point `json:"points,omitempty"`

	Query  int `json:"-"` // of the plan; -1: none
	Record int `json:"-"` // of what the query found; -1: none
}

// Open reports whether the material keeps a case from being decided by rule.
func (o *Outcome) Open() bool {
	return o.State != Proved && o.State != Recognised && o.State != Accepted
}

// Where is where and when a case is judged.
type Where struct {
	Division string // of the counter, 6 digits
	Now      time.Time
	Pulse    *Pulse // nil: every source is taken to deliver
}

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// today is the day in China, as a date.
func (w Where) today() time.Time {
	t := w.Now.In(china)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// Judge says what each material comes to. found runs parallel to the plan's queries.
func (p *Plan) Judge(found []Found, w Where) []Outcome {
	out := make([]Outcome, len(p.Materials))
	for i := range p.Materials {
		x := &p.Materials[i]
		out[i] = Outcome{Material: x.Name, ZH: x.ZH, EN: x.EN, Step: x.Step, Party: x.Party, State: Proved, Query: x.Query, Record: -1}
		switch {
		case x.By == ByHand:
			out[i].add(p.point(x, Bring, "", ""))
		case found[x.Query].Refused != "":
			out[i].add(p.point(x, Closed, "", ""))
		case x.proof.Absent:
			p.absence(&out[i], x, found[x.Query].Records, w)
		default:
			p.presence(&out[i], x, found[x.Query].Records, w)
		}
	}
	return out
}

// add takes a point in; the gravest is the outcome's state.
func (o *Outcome) add(points ...Point) {
	for _, x := range points {
		if !slices.Contains(o.Points, x) {
			o.Points = append(o.Points, x)
		}
		if slices.Index(gravity, x.Code) > slices.Index(gravity, o.State) {
			o.State = x.Code
		}
	}
}

// presence is a material that one record at least must prove: the best one counts.
func (p *Plan) presence(o *Outcome, x *Planned, records []Record, w Where) {
	best := *o
	best.add(p.point(x, Missing, "", ""))
	for i := range records {
		if x.where != nil && Evaluate(x.where, records[i].text, w.today()) != True {
			continue // of another kind
		}
		one := *o
		one.Points, one.Record = nil, i
		p.record(&one, x, &records[i], w)
		a, b := slices.Index(gravity, one.State), slices.Index(gravity, best.State)
		if best.Record < 0 || a < b || a == b && len(one.Points) < len(best.Points) {
			best = one
		}
	}
	*o = best
}

// record judges one record.
func (p *Plan) record(o *Outcome, x *Planned, r *Record, w Where) {
	for _, e := range x.Elements {
		if r.Values[e].Text == nil {
			o.add(p.point(x, Missing, e, ""))
		}
	}
	if x.must != nil {
		switch Evaluate(x.must, r.text, w.today()) {
		case Unknown:
			o.add(p.point(x, Missing, strings.Join(x.Tests, " "), ""))
		case False:
			o.add(p.point(x, Failed, strings.Join(x.Tests, " "), ""))
		}
	}
	for _, e := range append(slices.Clone(x.Elements), x.Tests...) {
		p.value(o, x, e, r.Values[e], w)
	}
}

// value looks at one value that the material rests on.
func (p *Plan) value(o *Outcome, x *Planned, element string, v Value, w Where) {
	if v.Text == nil {
		return
	}
	if v.Doubted {
		o.add(p.point(x, Doubtful, element, v.Feed))
	}
	if !x.counted[element][v.Feed] {
		o.add(p.point(x, Weak, element, v.Feed))
	}
	if !p.recognises(v.Feed, w.Division) {
		o.add(p.point(x, Foreign, element, v.Feed))
	}
	if x.proof.Fresh > 0 && w.Now.Sub(w.Pulse.heard(v)) > time.Duration(x.proof.Fresh)*24*time.Hour || w.Pulse.State(p.catalog, v.Feed) == Stale {
		o.add(p.point(x, TooOld, element, v.Feed))
	}
}

// absence is a material that no record may contradict. What is unknown or doubted of a record might.
func (p *Plan) absence(o *Outcome, x *Planned, records []Record, w Where) {
	for i := range records {
		r := &records[i]
		if x.where != nil && Evaluate(x.where, r.text, w.today()) == False {
			continue
		}
		switch Evaluate(x.must, r.text, w.today()) {
		case True:
			o.Record = i
			o.add(p.point(x, Failed, strings.Join(x.Tests, " "), ""))
		case Unknown:
			o.add(p.point(x, Missing, strings.Join(x.Tests, " "), ""))
		}
		for _, e := range x.Tests {
			if v := r.Values[e]; v.Doubted {
				o.add(p.point(x, Doubtful, e, v.Feed))
			}
		}
	}
	// What does not deliver may have something to say. A feed that never did is a hole of the declaration: the report tells of it.
	for _, feed := range x.Sources {
		if w.Pulse.State(p.catalog, feed) == Stale {
			o.add(p.point(x, TooOld, "", feed))
		}
	}
}

func (r *Record) text(element string) (string, bool) {
	v := r.Values[element]
	if v.Text == nil {
		return "", false
	}
	return *v.Text, true
}

// recognises reports whether a feed's values count at a counter: those of the nation and of the whole province everywhere, a city's as
// far as the matter's scope reaches.
func (p *Plan) recognises(feed, division string) bool {
	f := p.catalog.Feed(feed)
	if f == nil || strings.HasSuffix(f.Jurisdiction, "0000") {
		return f != nil
	}
	switch p.Matter.Scope {
	case catalog.ScopeCity:
		return len(division) == 6 && strings.HasPrefix(f.Jurisdiction, division[:4])
	case catalog.ScopeRegion:
		in := func(code string) bool {
			return slices.ContainsFunc(p.Matter.Region, func(area string) bool { return strings.HasPrefix(code, area) })
		}
		return in(f.Jurisdiction) && in(division)
	}
	return true
}

// Settled reports whether the rule decides the case: the matter says so and no material is open.
func (p *Plan) Settled(outcomes []Outcome) bool {
	return p.Matter.Automatic && !slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.Open() || o.State == Accepted })
}
