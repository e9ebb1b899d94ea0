package bench

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"wuku/catalog"
	"wuku/demo"
)

// inspections are the rules that every catalogue has whose findings come from looking across records and end when their cause does.
// Declared rules are of this kind too. All others are raised once, by the message.
var inspections = []string{"cross.differs", "record.duplicate"}

// found names one finding, or one message in quarantine (then without library, role and element).
type found struct {
	library, feed, key, role, element, rule string
	quarantined                             bool
}

// place is a record.
type place struct{ feed, key string }

// injected is what the province says that must, and must not, be found.
type injected struct {
	bad   map[found]bool
	near  map[found]string // exact places of near misses of inspections -> family
	quiet map[place]string // records in whose messages nothing is wrong, though it looks so -> family

	declared map[string]string // declared rules of the catalogue that the province breaks somewhere -> family
}

// injectedIn asks the province. A declared rule counts only where the province says that it injects for it: what the others find in
// a world that was not made for them is nobody's defect.
func injectedIn(p *demo.Province, c *catalog.Catalog) *injected {
	in := &injected{bad: map[found]bool{}, near: map[found]string{}, quiet: map[place]string{}, declared: map[string]string{}}
	p.Defects(func(d demo.Defect) bool {
		across := slices.Contains(inspections, d.Rule)
		if c != nil && !across {
			if r, _ := c.Rule(d.Rule); r != nil {
				in.declared[d.Rule], across = d.Family, true
			}
		}
		at := found{library: d.Library, feed: d.Feed, key: d.Key, role: d.Role, element: d.Element, rule: d.Rule}
		switch {
		case d.NearMiss && across:
			in.near[at] = d.Family
		case d.NearMiss:
			in.quiet[place{d.Feed, d.Key}] = d.Family
		case d.Quarantine:
			in.bad[found{feed: d.Feed, key: d.Key, rule: d.Rule, quarantined: true}] = true
		default:
			in.bad[at] = true
		}
		return true
	})
	return in
}

// detectors counts, by rule and by family, what was injected, what was raised and what of it is right.
func (run *TruthRun) detectors(ctx context.Context, cfg TruthConfig, p *demo.Province) error {
	in := injectedIn(p, cfg.Catalog)
	across := slices.Concat(inspections, slices.Collect(maps.Keys(in.declared)))
	rules := map[string]*DetectorScore{}
	score := func(rule string) *DetectorScore {
		if rules[rule] == nil {
			rules[rule] = &DetectorScore{Name: rule, Family: cmp.Or(in.declared[rule], family(rule))}
		}
		return rules[rule]
	}
	for d := range in.bad {
		score(d.rule).Injected++
	}
	wrongNear := map[string]int{}
	data := map[string]any{"Inspections": across}
	right := map[found]bool{}
	err := cfg.Store.Query(ctx, "quality/truth_raised", data, func(scan func(...any) error) error {
		var f found
		var quarantined uint8
		if err := scan(&f.library, &f.feed, &f.key, &f.role, &f.element, &f.rule, &quarantined); err != nil {
			return err
		}
		f.quarantined = quarantined == 1
		s := score(f.rule)
		s.Raised++
		if in.bad[f] {
			s.Found++
			right[f] = true
			return nil
		}
		run.wrong(f)
		if fam, ok := in.near[f]; ok {
			wrongNear[fam]++
		} else if fam, ok := in.quiet[place{f.feed, f.key}]; ok && !slices.Contains(across, f.rule) {
			wrongNear[fam]++
		}
		return nil
	})
	for f := range in.bad {
		if !right[f] {
			run.missed(f)
		}
	}
	run.total(rules, in, wrongNear)
	return err
}

// total sums rules into families and works the shares out.
func (run *TruthRun) total(rules map[string]*DetectorScore, in *injected, wrongNear map[string]int) {
	near := map[string]int{}
	for _, fam := range in.near {
		near[fam]++
	}
	for _, fam := range in.quiet {
		near[fam]++
	}
	for _, f := range demo.Families() {
		sum := DetectorScore{Name: f.Name, Family: f.Name, NearMisses: near[f.Name], NearRaised: wrongNear[f.Name]}
		for _, name := range slices.Sorted(maps.Keys(rules)) {
			s := rules[name]
			if s.Family != f.Name {
				continue
			}
			s.rate()
			run.Rules = append(run.Rules, *s)
			sum.Injected, sum.Raised, sum.Found = sum.Injected+s.Injected, sum.Raised+s.Raised, sum.Found+s.Found
		}
		sum.rate()
		run.Families = append(run.Families, sum)
	}
}

func (s *DetectorScore) rate() {
	s.Recall, s.Precision = share(s.Found, s.Injected), share(s.Found, s.Raised)
}
