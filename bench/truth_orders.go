package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"wuku/demo"
	"wuku/quality"
)

// OrderScore says what became of one family's defects as work orders (整改工单): each that stands must have one that is open, at the department
// that the truth says, raised once; each that was mended at its source one that closed by itself; nothing else may be.
type OrderScore struct {
	Family    string `json:"family"`
	Standing  int    `json:"standing"`  // defects that stand
	Open      int    `json:"open"`      // of them with an open order
	Mended    int    `json:"mended"`    // defects that stood until their source mended them
	Closed    int    `json:"closed"`    // of them with an order that closed since its cause is gone
	Astray    int    `json:"astray"`    // orders at another department
	Repeated  int    `json:"repeated"`  // orders that were opened more than once
	Otherwise int    `json:"otherwise"` // orders without a defect, and such as closed though their defect stands
}

// right reports whether nothing is amiss.
func (s *OrderScore) right() bool {
	return s.Open == s.Standing && s.Closed == s.Mended && s.Astray == 0 && s.Repeated == 0 && s.Otherwise == 0
}

// fate is what must have become of a defect.
type fate int

const (
	passed   fate = iota // a later round mended it: it may never have had an order
	standing             // its order is open
	mended               // its order has closed
)

// due is one defect's order.
type due struct {
	family, department string
	fate               fate
}

// dues are all defects, with those that were mended after all rounds.
func dues(now *demo.Province, cfg demo.Config) (map[found]due, error) {
	out := map[found]due{}
	add := func(p *demo.Province, stands fate) {
		p.Defects(func(d demo.Defect) bool {
			at := orderAt(d.Library, d.Feed, d.Key, d.Role, d.Element, d.Rule, d.Quarantine)
			switch {
			case d.NearMiss:
			case d.Stands:
				out[at] = due{d.Family, d.Department, stands}
			case out[at].family == "":
				out[at] = due{d.Family, d.Department, passed}
			}
			return true
		})
	}
	if cfg.Mended > 0 {
		cfg.Mended = 0
		before, err := demo.New(cfg)
		if err != nil {
			return nil, err
		}
		add(before, mended)
	}
	add(now, standing)
	return out, nil
}

// orderAt names a finding; a refusal is one of the whole record.
func orderAt(library, feed, key, role, element, rule string, refused bool) found {
	if refused {
		return found{feed: feed, key: key, rule: rule, quarantined: true}
	}
	return found{library: library, feed: feed, key: key, role: role, element: element, rule: rule}
}

// orders compares the work orders with the defects.
func (run *TruthRun) orders(ctx context.Context, cfg TruthConfig, p *demo.Province) error {
	want, err := dues(p, cfg.Province)
	if err != nil {
		return err
	}
	scores := map[string]*OrderScore{}
	for _, f := range demo.Families() {
		scores[f.Name] = &OrderScore{Family: f.Name}
	}
	for _, d := range want {
		switch d.fate {
		case standing:
			scores[d.family].Standing++
		case mended:
			scores[d.family].Mended++
		}
	}
	err = cfg.Store.Query(ctx, "quality/truth_orders", nil, func(scan func(...any) error) error {
		var library, feed, key, role, element, rule, department, state, outcome string
		var round uint32
		var refused uint8
		if err := scan(&library, &feed, &key, &role, &element, &rule, &department, &state, &outcome, &round, &refused); err != nil {
			return err
		}
		at := orderAt(library, feed, key, role, element, rule, refused == 1)
		d, known := want[at]
		switch {
		case known:
			scores[d.family].take(d, department, state, outcome, round)
		case !run.unjudged(cfg, rule):
			scores[family(rule)].Otherwise++
			run.astray(at, "work order without a defect: "+state)
		}
		return nil
	})
	for _, f := range demo.Families() {
		run.Orders = append(run.Orders, *scores[f.Name])
	}
	return err
}

// unjudged reports whether nobody knows whose findings a rule's are: the world was not made for it.
func (run *TruthRun) unjudged(cfg TruthConfig, rule string) bool {
	if r, _ := cfg.Catalog.Rule(rule); r != nil {
		return !slices.ContainsFunc(run.Rules, func(s DetectorScore) bool { return s.Name == rule && s.Injected > 0 })
	}
	return slices.Contains([]string{quality.RuleOverlaps, quality.RuleOutside, quality.RuleDoubted, quality.RuleTruth}, rule)
}

// take counts the order of a defect.
func (s *OrderScore) take(d due, department, state, outcome string, round uint32) {
	open := state != quality.StateClosed
	switch {
	case d.fate == standing && open:
		s.Open++
	case d.fate == mended && !open && outcome == quality.OutcomeMended:
		s.Closed++
	case d.fate == standing, d.fate == passed && open:
		s.Otherwise++
	}
	if department != d.department {
		s.Astray++
	}
	if round > 1 {
		s.Repeated++
	}
}

func (run *TruthRun) judgeOrders() {
	for _, s := range run.Orders {
		if !s.right() {
			run.Failed = append(run.Failed, fmt.Sprintf("work orders of %s: %d of %d standing defects open, %d of %d mended ones closed, %d at another department, %d opened again, %d otherwise",
				s.Family, s.Open, s.Standing, s.Closed, s.Mended, s.Astray, s.Repeated, s.Otherwise))
		}
	}
}

func (run *TruthRun) printOrders(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\nwork orders\tstanding\topen\tmended\tclosed\telsewhere\tagain\totherwise\t")
	for _, s := range run.Orders {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", s.Family, s.Standing, s.Open, s.Mended, s.Closed, s.Astray, s.Repeated, s.Otherwise)
	}
	w.Flush()
}
