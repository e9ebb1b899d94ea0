package demo

import (
	"cmp"
	"slices"
	"strings"
)

// Defect is one injected defect, or a near miss that must not be found.
type Defect struct {
	Family     string
	NearMiss   bool
	Rule       string // the code of the fault or finding
	Library    string // "" for broken messages
	Feed, Key  string
	Role       string
	Element    string
	Entity     Name // of inconsistency and duplicate
	Quarantine bool // the whole message must be in quarantine, not only a finding raised
	Stands     bool // nothing that came later mended it
	Department string
}

// stewards are the departments of the province that mend what ministries return; all other feeds are their department's own.
func stewards() map[string]string {
	return map[string]string{"tax": "finance", "maritime": "transport", "moe": "education", "pbc": "financial", "weather": "emergency", "immigration": "police",
		"customs": "commerce", "csrc": "financial", "post": "transport"}
}

// department is who mends the records of a feed.
func (f *feed) department() string {
	own, _, _ := strings.Cut(f.name, ".")
	return cmp.Or(stewards()[own], own)
}

// Rules of the detectors that look across records.
const (
	ruleDiffers   = "cross.differs"
	ruleDuplicate = "record.duplicate"
)

// Defects yields every defect and near miss, first those of single messages, feed by feed, then those across records, entity by
// entity, until yield returns false. A defect that two copies of one message show is yielded once. Of records that disagree the
// ones that lose are named; of a duplicate, all but the newest.
func (p *Province) Defects(yield func(Defect) bool) {
	r := &row{p: p, live: true}
	for _, f := range p.feeds {
		for subject := range f.count(p) {
			for copy := range 1 + boolIndex(p.doubled(f, subject)) {
				if !p.recordDefects(r, f, subject, copy, yield) {
					return
				}
			}
		}
	}
	p.entities(func(e *entityTruth) bool { return p.differing(e, yield) && p.doubles(e, yield) })
}

// recordDefects yields what is wrong with one record's own messages.
func (p *Province) recordDefects(r *row, f *feed, subject, copy int, yield func(Defect) bool) bool {
	pl := p.plan(f, subject, copy)
	repeated := slices.ContainsFunc(pl.entries[:pl.n], func(e entry) bool { return e.kind == repeat })
	if pl.spot < 0 && pl.broken == whole && !repeated && pl.drift < 0 && !pl.repoint {
		return true
	}
	r.feed = f
	if !f.load(r, subject) {
		return true
	}
	if pl.drift >= 0 || pl.repoint {
		if !p.contradictions(r, pl, yield) {
			return false
		}
		if !repeated {
			return true
		}
	}
	p.claimsOf(r, pl, max(pl.spotVer, 0))
	d := Defect{Feed: f.name, Key: string(r.key), Department: f.department()}
	switch {
	case pl.broken != whole:
		d.Family, d.Rule, d.Quarantine, d.Stands = Broken, f.reason(pl.broken), true, pl.refusedLast(false)
	case pl.spot < 0:
		d.Family, d.NearMiss = Broken, true
	case !r.hit || f.spots[pl.spot].family == Inconsistency:
		return true
	default:
		s := &f.spots[pl.spot]
		d.Family, d.NearMiss, d.Rule, d.Library, d.Role = s.counts(), s.negative, s.rule, libraryName(s.library), s.role
		d.Element, d.Quarantine = s.element, s.required
		d.Stands = !pl.deleted && pl.lastVersion() == pl.spotVer
		if d.Quarantine {
			d.Stands = pl.refusedLast(true)
		}
	}
	return yield(d)
}

// contradictions yields what a stale birth date or sex, or somebody else's number, makes a person's claim say against itself, once a
// record.
func (p *Province) contradictions(r *row, pl plan, yield func(Defect) bool) bool {
	var told []Defect
	for ver := range pl.versions {
		stands := !pl.deleted && ver == pl.lastVersion()
		for _, c := range p.claimsOf(r, pl, ver) {
			number := c.get("citizen_number")
			if c.library != people || number == "" {
				continue
			}
			wrong := func(element, rule, want string) {
				v := c.get(element)
				if v == "" || v == want {
					return
				}
				i := slices.IndexFunc(told, func(d Defect) bool { return d.Role == c.role && d.Element == element })
				if i < 0 {
					i = len(told)
					told = append(told, Defect{Family: Numbers, Rule: rule, Library: libraryName(people), Feed: c.feed.name, Key: c.key, Role: c.role, Element: element, Department: c.feed.department()})
				}
				told[i].Stands = told[i].Stands || stands
			}
			wrong("birth_date", "relation.born", number[6:10]+"-"+number[10:12]+"-"+number[12:14])
			wrong("sex", "relation.sex", string('2'-(number[16]-'0')%2))
		}
	}
	for _, d := range told {
		if !yield(d) {
			return false
		}
	}
	return true
}

// differing yields the values of an entity that listed feeds hold against the winner.
func (p *Province) differing(e *entityTruth, yield func(Defect) bool) bool {
	for i := range p.rules[e.library] {
		r := &p.rules[e.library][i]
		best := winner(e.claims, r.ranks, p.members(e.library, r))
		if best == nil {
			continue
		}
		v := best.get(r.element)
		for _, c := range e.claims {
			if c.feed == best.feed || r.ranks[c.feed.name] == 0 {
				continue
			}
			w := c.get(r.element)
			differs := v != "" && w != "" && v != w
			if !differs && c.odd != r.element {
				continue
			}
			if !yield(Defect{Family: Inconsistency, NearMiss: !differs, Rule: ruleDiffers, Library: libraryName(e.library), Feed: c.feed.name, Key: c.key,
				Role: c.role, Element: r.element, Entity: e.name, Stands: true, Department: c.feed.department()}) {
				return false
			}
		}
	}
	return true
}

// doubles yields the records that an entity has beside the newest of the same feed.
func (p *Province) doubles(e *entityTruth, yield func(Defect) bool) bool {
	for i, c := range e.claims {
		newest, alone := true, true
		for j, o := range e.claims {
			if i != j && o.feed == c.feed && o.role == c.role {
				alone = false
				newest = newest && better(c, o, 1, 1)
			}
		}
		single := c.feed.single && c.role != "legal_rep"
		d := Defect{Family: Duplicate, Rule: ruleDuplicate, Library: libraryName(e.library), Feed: c.feed.name, Key: c.key, Role: c.role, Entity: e.name, Stands: true, Department: c.feed.department()}
		switch {
		case !alone && single && !newest:
		case !alone && !single, alone && single && c.paired:
			d.NearMiss = true
		default:
			continue
		}
		if !yield(d) {
			return false
		}
	}
	return true
}
