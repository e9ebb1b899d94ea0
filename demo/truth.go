package demo

import "slices"

// Name names an entity by its strongest identifier, or, where no live record gives it one, by the record itself.
type Name struct {
	Library       string
	Scheme, Value string // Value in normal form; composite ones joined by "|"
	Feed, Key     string // instead, for an entity without an identifier
	Role          string
}

// Fact is one value that a base record must have.
type Fact struct {
	Entity  Name
	Element string
	Value   string // codes of the catalogue, dates 2006-01-02, times RFC 3339 in UTC, numbers without zeros at their ends
	Feed    string // where it must come from
}

// Truth yields, entity by entity, every value that the base libraries must hold once all messages are in, until yield returns
// false. Elements without a value are not yielded.
func (p *Province) Truth(yield func(Fact) bool) {
	p.entities(func(e *entityTruth) bool { return p.facts(e, yield) })
}

func (p *Province) facts(e *entityTruth, yield func(Fact) bool) bool {
	for i := range p.rules[e.library] {
		r := &p.rules[e.library][i]
		c := winner(e.claims, r.ranks, p.members(e.library, r))
		if c == nil {
			continue
		}
		if v := c.get(r.element); v != "" && !yield(Fact{Entity: e.name, Element: r.element, Value: v, Feed: c.feed.name}) {
			return false
		}
	}
	return true
}

// members are the elements that are taken together with a rule's own.
func (p *Province) members(library int, r *rule) []string {
	if r.group == "" {
		return []string{r.element}
	}
	var out []string
	for i := range p.rules[library] {
		if p.rules[library][i].group == r.group {
			out = append(out, p.rules[library][i].element)
		}
	}
	return out
}

// entityTruth is one entity with the live claims on it.
type entityTruth struct {
	library int
	name    Name
	claims  []*claim
}

// worlds is how many entities of a library the world has: people, for example, and the representatives from outside.
func (p *Province) worlds(library int) int {
	more := p.more[library]
	switch library {
	case people:
		return p.people + p.companies + more
	case organisations:
		return p.companies + more
	case certificates:
		return p.people + 2*p.companies + more
	case credits:
		return p.licences + p.penalties + more
	}
	return p.schoolsFrom() + everySchool(p) + more
}

// entities visits every entity of every library.
func (p *Province) entities(visit func(*entityTruth) bool) {
	r := &row{p: p, live: true}
	for library := range libraries {
		for who := range p.worlds(library) {
			for _, e := range p.entitiesOf(r, library, who) {
				if !visit(e) {
					return
				}
			}
		}
	}
}

// entitiesOf gathers the live claims on one thing of the world and groups them into the entities that identifiers make of it:
// one, unless a record bears no identifier, or one that nothing links to the others.
func (p *Province) entitiesOf(r *row, library, who int) []*entityTruth {
	var claims []*claim
	for _, f := range p.feeds {
		f.about(p, library, who, func(subject int) {
			for copy := range 1 + boolIndex(p.doubled(f, subject)) {
				claims = append(claims, p.liveClaims(r, f, subject, copy, library, who)...)
			}
		})
	}
	return group(claims)
}

// group joins claims that share an identifier.
func group(claims []*claim) []*entityTruth {
	var out []*entityTruth
	sets := make([][]*claim, 0, 2)
	for _, c := range claims {
		set := []*claim{c}
		rest := sets[:0]
		for _, s := range sets {
			if slices.ContainsFunc(s, func(o *claim) bool { return share(c, o) }) {
				set = append(s, set...)
			} else {
				rest = append(rest, s)
			}
		}
		sets = append(rest, set)
	}
	for _, s := range sets {
		out = append(out, &entityTruth{library: s[0].library, name: nameOf(s), claims: s})
	}
	return out
}

func share(a, b *claim) bool {
	x, y := a.names(), b.names()
	for i := range x {
		if x[i] != "" && x[i] == y[i] {
			return true
		}
	}
	return false
}

// nameOf is the strongest identifier in a set, or the record of its only claim.
func nameOf(set []*claim) Name {
	library := libraryName(set[0].library)
	for i, id := range identities[set[0].library] {
		for _, c := range set {
			if v := c.names()[i]; v != "" {
				return Name{Library: library, Scheme: id.scheme, Value: v}
			}
		}
	}
	return Name{Library: library, Feed: set[0].feed.name, Key: set[0].key, Role: set[0].role}
}

// liveClaims are the claims of one record on one entity, after all its messages.
func (p *Province) liveClaims(r *row, f *feed, subject, copy, library, who int) []*claim {
	r.feed = f
	if !f.load(r, subject) {
		return nil
	}
	pl := p.plan(f, subject, copy)
	if pl.deleted {
		return nil
	}
	var out []*claim
	for ver := pl.lastVersion(); ver >= 0; ver = pl.versionBefore(ver) {
		claims := p.claimsOf(r, pl, ver)
		if r.quarantined {
			continue
		}
		for i := range claims {
			if claims[i].library == library && claims[i].who == who {
				out = append(out, p.stay(r, pl, ver, claims[i]))
			}
		}
		break
	}
	return out
}

// claimsOf writes one version and returns its claims; r.quarantined says that the version does not count.
func (p *Province) claimsOf(r *row, pl plan, ver int) []claim {
	f := r.feed
	f.load(r, pl.subject)
	r.plan = pl
	r.prepare(ver)
	r.buf = r.buf[:0]
	r.object()
	for i := range r.claims {
		c := &r.claims[i]
		c.key, c.event = string(r.key), r.event
		c.paired = p.doubled(f, pl.subject)
		c.version = r.event
		if f.counter != "" || f.envelope {
			c.version = r.counter()
		}
	}
	if r.hit && r.spot.family == Inconsistency && len(r.claims) > 0 {
		r.claims[0].odd = r.spot.element
	}
	return slices.Clone(r.claims)
}

// strongest are a claim's names with only the strongest kept.
func (c *claim) strongest() []string {
	names := c.names()
	for i := range names {
		if names[i] != "" {
			clear(names[i+1:])
			break
		}
	}
	return names
}

// stay gives a claim with a spoiled identifier the strongest name of the last version before it that had a good one: a slip of the
// pen does not move a record. The weaker names of that version are gone with it.
func (p *Province) stay(r *row, pl plan, ver int, c claim) *claim {
	if !c.bad {
		return &c
	}
	for before := pl.versionBefore(ver); before >= 0; before = pl.versionBefore(before) {
		old := p.claimsOf(r, pl, before)
		if r.quarantined {
			continue
		}
		for i := range old {
			if o := &old[i]; o.role == c.role && o.library == c.library && !o.bad && o.who == c.who {
				c.bad, c.stays = false, o.strongest()
				return &c
			}
		}
	}
	return &c
}
