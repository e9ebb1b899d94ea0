package catalog

import (
	"fmt"
	"slices"
	"time"

	"wuku/entity"
)

// Governance is governance.yaml: who decides disputes, by which calendar and clocks, and how the index of the appraisal is weighed.
// All of it may be left out: then the program's own values hold (see package quality). 治理规则
type Governance struct {
	Board       string   `yaml:"board,omitempty" json:"board,omitempty"`       // department that decides what others dispute 数据主管部门
	Holidays    []string `yaml:"holidays,omitempty" json:"holidays,omitempty"` // days off that are no weekend, 2006-01-02
	Workdays    []string `yaml:"workdays,omitempty" json:"workdays,omitempty"` // days at a weekend on which work is done 调休
	Clocks      []Clock  `yaml:"clocks,omitempty" json:"clocks,omitempty"`
	Weights     []Weight `yaml:"weights,omitempty" json:"weights,omitempty"`
	Inspections []Plan   `yaml:"inspections,omitempty" json:"inspections,omitempty"` // scheduled ones 巡检计划
	Policies    []Policy `yaml:"policies,omitempty" json:"policies,omitempty"`       // 共享策略
}

// Policy says whose a library, or some of its elements, is, how far they may be shared at most, and by which ways. An application that
// goes further is refused; where several policies speak of an element, all must allow it. What no policy speaks of has no bounds but those
// of a grant. 归属、边界、渠道
type Policy struct {
	Library  string   `yaml:"library" json:"library"`
	Elements []string `yaml:"elements,omitempty" json:"elements,omitempty"` // none: all of the library
	Owner    string   `yaml:"owner" json:"owner"`                           // department that answers for the sharing 归属
	Clear    int      `yaml:"clear" json:"clear"`                           // highest level of an element that may be shown in clear; 0: none 边界
	Mask     int      `yaml:"mask" json:"mask"`                             // highest level that may be shown masked; others are only verified
	Months   int      `yaml:"months,omitempty" json:"months,omitempty"`     // longest term of a grant; 0: any
	Channels []string `yaml:"channels" json:"channels"`                     // operations by which it is shared 渠道
	Basis    string   `yaml:"basis,omitempty" json:"basis,omitempty"`
}

// SharingChannels are the ways by which a library can be shared under a grant.
var SharingChannels = [...]string{"lookup", "verify", "entity", "explain", "history", "relations", "search", "export", "proofs", "certify", "case"}

// speaks reports whether a policy is about an element of its library.
func (p *Policy) speaks(element string) bool {
	return len(p.Elements) == 0 || slices.Contains(p.Elements, element)
}

// Shows reports whether the policies let an element be shown in clear, or masked; one that may be neither may only be verified.
func (g *Governance) Shows(library string, e *Element) (clear, masked bool) {
	clear, masked = true, true
	for i := range g.Policies {
		if p := &g.Policies[i]; p.Library == library && p.speaks(e.Name) {
			clear, masked = clear && e.Level <= p.Clear, masked && e.Level <= max(p.Mask, p.Clear)
		}
	}
	return clear, masked
}

// Shares reports whether the policies let an operation be granted for elements of a library.
func (g *Governance) Shares(library, operation string, elements []string) bool {
	for i := range g.Policies {
		p := &g.Policies[i]
		if p.Library == library && slices.ContainsFunc(elements, p.speaks) && !slices.Contains(p.Channels, operation) {
			return false
		}
	}
	return true
}

// Months is the longest term of a grant of elements of a library; 0: any.
func (g *Governance) Months(library string, elements []string) (months int) {
	for i := range g.Policies {
		p := &g.Policies[i]
		if p.Library == library && p.Months > 0 && slices.ContainsFunc(elements, p.speaks) && (months == 0 || p.Months < months) {
			months = p.Months
		}
	}
	return months
}

func (k *checker) policies(p place) {
	for i := range k.catalog.Governance.Policies {
		o, q := &k.catalog.Governance.Policies[i], p.key("policies").item(i)
		lib := k.catalog.Library(o.Library)
		if lib == nil {
			k.oneOf(q.key("library"), "library.unknown", "library", o.Library, entity.Libraries[:])
			continue
		}
		for n, e := range o.Elements {
			if lib.Element(e) == nil {
				k.fail(q.key("elements").item(n), "policy.element", fmt.Sprintf("library %q has no element %q", o.Library, e), "name one of its elements, or leave elements out for all")
			}
		}
		k.department(q.key("owner"), o.Owner)
		for _, b := range []struct {
			key   string
			level int
		}{{"clear", o.Clear}, {"mask", o.Mask}} {
			if b.level < 0 || b.level > 4 {
				k.fail(q.key(b.key), "policy.level", fmt.Sprintf("%d is no level", b.level), "0 (none) to 4")
			}
		}
		if o.Months < 0 || o.Months > 60 {
			k.fail(q.key("months"), "policy.months", fmt.Sprintf("%d months are no term", o.Months), "1 to 60, or leave it out")
		}
		for n, c := range o.Channels {
			k.oneOf(q.key("channels").item(n), "policy.channel", "channel", c, SharingChannels[:])
		}
	}
}

// Clock is a term set by law or by agreement. 时限
type Clock struct {
	Code  string `yaml:"clock" json:"code"` // for example order.acknowledge
	ZH    string `yaml:"zh" json:"zh"`
	Days  int    `yaml:"days" json:"days"`
	Unit  string `yaml:"unit" json:"unit"`             // working, calendar or month
	Basis string `yaml:"basis,omitempty" json:"basis"` // what sets it
}

// Units of clocks.
const (
	UnitWorking  = "working"  // 工作日
	UnitCalendar = "calendar" // 自然日
	UnitMonth    = "month"    // 月
)

// Weight is the share of an indicator in the index, in thousandths. 指标权重
type Weight struct {
	Indicator string `yaml:"indicator" json:"indicator"`
	Weight    int    `yaml:"weight" json:"weight"`
}

func (k *checker) governance() {
	g, p := &k.catalog.Governance, at(governanceFile)
	if g.Board != "" {
		k.department(p.key("board"), g.Board)
	}
	for _, list := range []struct {
		key  string
		days []string
	}{{"holidays", g.Holidays}, {"workdays", g.Workdays}} {
		for i, d := range list.days {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				k.fail(p.key(list.key).item(i), "clock.day", fmt.Sprintf("%q is no date", d), `write it in quotes as "2006-01-02"`)
			}
		}
	}
	clocks := map[string]bool{}
	for i, c := range g.Clocks {
		q := p.key("clocks").item(i)
		k.unique(q.key("clock"), "clock.duplicate", "clock", c.Code, clocks)
		k.filled(q.key("zh"), "zh", c.ZH)
		k.oneOf(q.key("unit"), "clock.unit", "unit", c.Unit, []string{UnitWorking, UnitCalendar, UnitMonth})
		if c.Days < 1 || c.Days > 3660 {
			k.fail(q.key("days"), "clock.days", fmt.Sprintf("%d days are no term", c.Days), "1 to 3660")
		}
	}
	k.policies(p)
	k.plans(p)
	sum, weights := 0, map[string]bool{}
	for i, w := range g.Weights {
		q := p.key("weights").item(i)
		k.unique(q.key("indicator"), "weight.duplicate", "indicator", w.Indicator, weights)
		sum += w.Weight
	}
	if len(g.Weights) > 0 && sum != 1000 {
		k.fail(p.key("weights"), "weight.sum", fmt.Sprintf("the weights are %d thousandths together", sum), "make them 1000")
	}
}
