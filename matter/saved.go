package matter

import (
	"slices"
	"time"

	"wuku/catalog"
)

// Saved counts what a case spared against its matter's baseline: materials that nobody brought, working days, and visits. Opening it is one
// step, a person's decision one more, and bringing something one more.
func (p *Plan) Saved(outcomes []Outcome, accepted []string, opened, decided time.Time, byRule bool) Saved {
	b, brought := p.Matter.Baseline, len(accepted)
	for _, o := range outcomes {
		if o.State == Accepted && !slices.Contains(accepted, o.Material) {
			brought++
		}
	}
	steps := 1
	if !byRule {
		steps++
	}
	if brought > 0 {
		steps++
	}
	return Saved{Materials: b.Materials - brought, Days: b.Days - workingDays(&p.catalog.Governance, opened, decided), Steps: b.Steps - steps}
}

// workingDays counts the working days in China from one moment to another; the day of opening counts for nothing.
func workingDays(g *catalog.Governance, from, to time.Time) int {
	n := 0
	last := to.In(china).Format(time.DateOnly)
	for day := from.In(china); day.Format(time.DateOnly) < last && n < 10_000; {
		day = day.AddDate(0, 0, 1)
		date, weekend := day.Format(time.DateOnly), day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if weekend && slices.Contains(g.Workdays, date) || !weekend && !slices.Contains(g.Holidays, date) {
			n++
		}
	}
	return n
}

// Take marks the materials that were brought and taken at the counter: those that are open.
func Take(outcomes []Outcome, brought []string) {
	for i := range outcomes {
		if o := &outcomes[i]; o.Open() && slices.Contains(brought, o.Material) {
			o.State = Accepted
		}
	}
}

// OpenMaterials are the materials that keep a case open.
func OpenMaterials(outcomes []Outcome) []string {
	open := []string{}
	for i := range outcomes {
		if outcomes[i].Open() {
			open = append(open, outcomes[i].Material)
		}
	}
	return open
}

// Recognise marks a material as proved by what a recognised issuer's presentation shows: every element of the proof, of which the condition
// holds. Only a matter of scope nation recognises any.
func (p *Plan) Recognise(outcomes []Outcome, material string, shown map[string]string, w Where) bool {
	i := slices.IndexFunc(p.Materials, func(x Planned) bool { return x.Name == material })
	if i < 0 || p.Matter.Scope != catalog.ScopeNation || p.Materials[i].By != ByLibrary || p.Materials[i].proof.Absent {
		return false
	}
	x := &p.Materials[i]
	value := func(element string) (string, bool) { v, ok := shown[element]; return v, ok }
	for _, e := range x.Elements {
		if _, ok := shown[e]; !ok {
			return false
		}
	}
	for _, c := range []*catalog.Expr{x.where, x.must} {
		if c != nil && Evaluate(c, value, w.today()) != True {
			return false
		}
	}
	outcomes[i].State, outcomes[i].Points, outcomes[i].Record = Recognised, nil, -1
	return true
}
