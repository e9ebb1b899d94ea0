package catalog

import (
	"fmt"
	"time"
)

// Plan is a scheduled inspection (巡检计划): at its times everything in its libraries is looked at, whatever has changed. Between them a running
// instance looks at what changes.
type Plan struct {
	Name      string   `yaml:"plan" json:"plan"`
	ZH        string   `yaml:"zh" json:"zh"`
	Libraries []string `yaml:"libraries,omitempty" json:"libraries,omitempty"` // none: all
	Every     string   `yaml:"every" json:"every"`                             // day, week or month
	On        int      `yaml:"on,omitempty" json:"on,omitempty"`               // of a week: 1 Monday to 7; of a month: 1 to 28
	At        string   `yaml:"at" json:"at"`                                   // "02:30", in China
}

// How often a plan comes.
const (
	EveryDay   = "day"
	EveryWeek  = "week"
	EveryMonth = "month"
)

// Last is the last time of the plan that is not after now, and Next the one that follows.
func (p *Plan) Last(now time.Time) time.Time { return p.around(now, 0) }

// Next is the first time of the plan after now.
func (p *Plan) Next(now time.Time) time.Time { return p.around(now, 1) }

func (p *Plan) around(now time.Time, further int) time.Time {
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	now = now.In(zone)
	clock, err := time.Parse("15:04", p.At)
	if err != nil {
		return time.Time{}
	}
	at := func(n int) time.Time { // the n-th time, counted from that of this day, week or month
		day := time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
		switch p.Every {
		case EveryWeek:
			return day.AddDate(0, 0, max(p.On, 1)-(int(now.Weekday())+6)%7-1+7*n)
		case EveryMonth:
			return time.Date(now.Year(), now.Month()+time.Month(n), max(p.On, 1), clock.Hour(), clock.Minute(), 0, 0, zone)
		}
		return day.AddDate(0, 0, n)
	}
	if at(0).After(now) {
		further--
	}
	return at(further).UTC()
}

func (k *checker) plans(p place) {
	names := map[string]bool{}
	for i := range k.catalog.Governance.Inspections {
		o, q := &k.catalog.Governance.Inspections[i], p.key("inspections").item(i)
		k.form(q.key("plan"), "name.form", "plan", o.Name, nameForm, nameHint)
		k.unique(q.key("plan"), "plan.duplicate", "plan", o.Name, names)
		k.filled(q.key("zh"), "zh", o.ZH)
		for n, l := range o.Libraries {
			if k.catalog.Library(l) == nil {
				k.fail(q.key("libraries").item(n), "library.unknown", fmt.Sprintf("library %q is unknown", l), "name a library of the catalogue")
			}
		}
		k.oneOf(q.key("every"), "plan.every", "how often", o.Every, []string{EveryDay, EveryWeek, EveryMonth})
		if most := map[string]int{EveryWeek: 7, EveryMonth: 28}[o.Every]; o.On < 0 || o.On > most {
			k.fail(q.key("on"), "plan.on", fmt.Sprintf("%d is no day of a %s here", o.On, o.Every), "of a week 1 (Monday) to 7, of a month 1 to 28, of a day none")
		}
		if _, err := time.Parse("15:04", o.At); err != nil || len(o.At) != 5 {
			k.fail(q.key("at"), "plan.at", fmt.Sprintf("%q is no time of day", o.At), `write it in quotes as "02:30"`)
		}
	}
}
