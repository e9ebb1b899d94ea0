package catalog

import (
	"fmt"
	"time"
)

// Governance is governance.yaml: who decides disputes, by which calendar and clocks, and how the index of the appraisal is weighed.
// All of it may be left out: then the program's own values hold (see package quality). 治理规则
type Governance struct {
	Board    string   `yaml:"board,omitempty" json:"board,omitempty"`       // department that decides what others dispute 数据主管部门
	Holidays []string `yaml:"holidays,omitempty" json:"holidays,omitempty"` // days off that are no weekend, 2006-01-02
	Workdays []string `yaml:"workdays,omitempty" json:"workdays,omitempty"` // days at a weekend on which work is done 调休
	Clocks   []Clock  `yaml:"clocks,omitempty" json:"clocks,omitempty"`
	Weights  []Weight `yaml:"weights,omitempty" json:"weights,omitempty"`
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
