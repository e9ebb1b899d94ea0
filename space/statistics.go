package space

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/paulmach/orb"

	"wuku/catalog"
	"wuku/geo"
)

// Themes that can be counted.
const (
	ThemePeople     = "people"     // 人口
	ThemeHouseholds = "households" // 家庭户
	ThemeEmployers  = "employers"  // 用人单位
	ThemeEmployees  = "employees"  // 从业人员
)

// Splits of a theme.
const (
	SplitNone     = ""
	SplitAge      = "age"
	SplitSex      = "sex"
	SplitIndustry = "industry"
	SplitDivision = "division"
)

// splits says how each theme can be split.
var splits = map[string][]string{
	ThemePeople:     {SplitNone, SplitAge, SplitSex, SplitDivision},
	ThemeHouseholds: {SplitNone, SplitDivision},
	ThemeEmployers:  {SplitNone, SplitIndustry, SplitDivision},
	ThemeEmployees:  {SplitNone, SplitIndustry, SplitDivision},
}

// ages are the upper ends of the bands, in years, exclusive; the last band is open.
var ages = [...]int{6, 15, 35, 60, 65, 80}

// Question is what is asked of a shape.
type Question struct {
	Caller string       // whose budget pays: a client, whichever of its keys it uses
	Shape  orb.Geometry // polygons, CGCS2000 degrees
	Theme  string
	By     string
	Year   int // as of its 31 December; 0: now
}

// Figure is one count, rounded; nil where it is left out.
type Figure = *uint64

// Group is one part of a figure.
type Group struct {
	Key   string `json:"key"`
	ZH    string `json:"zh"`
	EN    string `json:"en,omitempty"`
	Count Figure `json:"count" doc:"null: left out, since it or what follows from it would be of fewer than ten"`
}

// Answer is what may be said.
type Answer struct {
	Theme      string
	By         string
	Year       int
	Total      Figure
	Groups     []Group
	Shape      orb.MultiPolygon // the cells that were counted
	Area       float64          // of Shape, in square metres
	Resolution uint8
	Cells      int
	Withheld   int // cells of the drawn shape that were left out
	Budget     Allowance
	Version    *Version
}

// Allowance is a caller's budget for today.
type Allowance struct {
	Limit  int       `json:"limit"`
	Spent  int       `json:"spent"`
	Left   int       `json:"left"`
	Resets time.Time `json:"resets"`
}

// beijing is the zone in which days begin.
func beijing() *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }

// today is the day, as the time at which it begins.
func (s *Space) today() time.Time {
	y, m, d := s.now().In(beijing()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// day is the last day of a year, or today.
func (s *Space) day(year int) time.Time {
	if year == 0 {
		return s.today()
	}
	return time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
}

// check finds what cannot be asked.
func (q *Question) check() error {
	by, known := splits[q.Theme]
	switch {
	case !known:
		return wrong("theme", "theme %q is unknown; there are people, households, employers and employees", q.Theme)
	case !slices.Contains(by, q.By):
		return wrong("by", "%s cannot be split by %q; they can by %v", q.Theme, q.By, by[1:])
	case q.Year != 0 && (q.Year < 1981 || q.Year > 2100):
		return wrong("year", "year %d is outside 1981 to 2100", q.Year)
	}
	return nil
}

// Statistics counts in a shape.
func (s *Space) Statistics(ctx context.Context, q Question) (*Answer, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	v, err := s.Current()
	if err != nil {
		return nil, err
	}
	shape, err := polygons(q.Shape)
	if err != nil {
		return nil, err
	}
	c, err := s.cover(ctx, v, shape, q.Theme)
	if err != nil {
		return nil, err
	}
	a := &Answer{Theme: q.Theme, By: q.By, Year: q.Year, Resolution: c.resolution, Cells: len(c.shown), Withheld: c.withheld, Version: v}
	if a.Budget, err = s.spend(ctx, q, c); err != nil {
		return nil, err
	}
	if a.Shape, err = s.outline(ctx, c); err != nil {
		return nil, err
	}
	a.Area = geo.Area(a.Shape)
	counts, err := s.count(ctx, v, q, c, a.Shape.Bound())
	if err != nil {
		return nil, err
	}
	s.publish(a, counts)
	return a, nil
}

// tally is a figure, and of how many units it is: of employees the employers, else the figure itself. A figure of few units would tell
// of each of them, however great it is: the headcount of one employer.
type tally struct{ n, units uint64 }

func (t tally) plus(o tally) tally { return tally{t.n + o.n, t.units + o.units} }

// weight is what Least is held against.
func (t tally) weight() uint64 { return min(t.n, t.units) }

// count runs the one query of an answer: part -> how many.
func (s *Space) count(ctx context.Context, v *Version, q Question, c *cells, box orb.Bound) (map[string]tally, error) {
	person := q.Theme == ThemePeople || q.Theme == ThemeHouseholds
	data := map[string]any{"Split": q.By, "Theme": q.Theme, "Ages": ages[:], "Oldest": ages[len(ages)-1], "Person": person, "Table": "space.organisation", "Boxed": c != nil, "Coarse": c != nil && c.resolution < finest, "Least": leastConfidence}
	if person {
		data["Table"] = "space.person"
	}
	args := []any{clickhouse.Named("version", v.ID), clickhouse.Named("day", s.day(q.Year).Format(time.DateOnly))}
	if c != nil {
		x0, x1, y0, y1 := geo.FrameBox(box)
		args = append(args, clickhouse.Named("x0", x0), clickhouse.Named("x1", x1), clickhouse.Named("y0", y0), clickhouse.Named("y1", y1),
			clickhouse.Named("resolution", c.resolution), clickhouse.Named("cells", c.shown))
	}
	counts := map[string]tally{}
	err := s.store.Query(ctx, "space/count", data, func(scan func(...any) error) error {
		var part string
		var t tally
		err := scan(&part, &t.n, &t.units)
		counts[part] = counts[part].plus(t)
		return err
	}, args...)
	return counts, err
}

// turn waits until no other answer of the caller is between looking at its budget and paying; done lets the next one in. The answers of
// other processes are not waited for: they see what was paid.
func (s *Space) turn(ctx context.Context, caller string) (done func(), err error) {
	t, _ := s.turns.LoadOrStore(caller, make(chan struct{}, 1))
	turn := t.(chan struct{})
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// spend takes the cost of an answer from the caller's budget, and refuses what the budget or an earlier answer forbids.
func (s *Space) spend(ctx context.Context, q Question, c *cells) (Allowance, error) {
	done, err := s.turn(ctx, q.Caller)
	if err != nil {
		return Allowance{}, err
	}
	defer done()
	spent, earlier, err := s.spent(ctx, q.Caller, q.Theme)
	if err != nil {
		return Allowance{}, err
	}
	a := s.allowance(spent)
	cost := 1 + len(c.shown)/1000
	switch {
	case cost > a.Left:
		return a, fmt.Errorf("%w: %d of %d points are left until %s and the answer costs %d", ErrBudget, a.Left, a.Limit, a.Resets.Format(time.RFC3339), cost)
	case tooClose(c.shown, earlier):
		return a, ErrClose
	}
	err = s.store.Exec(ctx, "space/spend", map[string]any{"Caller": q.Caller, "Day": s.today().Format(time.DateOnly), "Theme": q.Theme, "Split": q.By, "Cost": cost, "Cells": c.shown})
	return s.allowance(spent + cost), err
}

func (s *Space) spent(ctx context.Context, caller, theme string) (spent int, earlier [][]uint64, err error) {
	err = s.store.Query(ctx, "space/spent", nil, func(scan func(...any) error) error {
		var n uint64
		err := scan(&n, &earlier)
		spent = int(n)
		return err
	}, clickhouse.Named("caller", caller), clickhouse.Named("theme", theme), clickhouse.Named("day", s.today().Format(time.DateOnly)))
	return spent, earlier, err
}

// Allowance tells a caller's budget without spending any.
func (s *Space) Allowance(ctx context.Context, caller string) (Allowance, error) {
	spent, _, err := s.spent(ctx, caller, "")
	return s.allowance(spent), err
}

func (s *Space) allowance(spent int) Allowance {
	y, m, d := s.now().In(beijing()).Date()
	return Allowance{Limit: Budget, Spent: spent, Left: max(Budget-spent, 0), Resets: time.Date(y, m, d+1, 0, 0, 0, 0, beijing())}
}

// publish fills in what may be shown of counts.
func (s *Space) publish(a *Answer, counts map[string]tally) {
	var total tally
	for _, t := range counts {
		total = total.plus(t)
	}
	a.Groups = []Group{}
	if a.By != SplitNone {
		keys := s.keys(a.By, counts)
		parts := make([]tally, len(keys))
		for i, k := range keys {
			parts[i] = counts[k]
		}
		shown := suppress(parts)
		for i, k := range keys {
			g := s.label(a.By, k)
			g.Count = shown[i]
			a.Groups = append(a.Groups, g)
		}
	}
	if total.weight() >= Least {
		a.Total = rounded(total.n)
	}
}

func rounded(n uint64) Figure {
	r := (n + Rounding/2) / Rounding * Rounding
	return &r
}

// suppress gives what may be shown of the parts of a total: nothing that weighs less than Least, and where what is left out would follow
// from the total and the rest, the lightest others are left out too, until it weighs at least Least and is of two parts or more.
func suppress(parts []tally) []Figure {
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(parts[i].weight(), parts[j].weight()) })
	hidden, sum, left := 0, tally{}, 0
	for _, i := range order {
		open := hidden > 0 && sum.n > 0 && (sum.weight() < Least || left < 2)
		if parts[i].weight() >= Least && !open {
			break
		}
		hidden++
		sum = sum.plus(parts[i])
		if parts[i].n > 0 {
			left++
		}
	}
	out := make([]Figure, len(parts))
	for _, i := range order[hidden:] {
		out[i] = rounded(parts[i].n)
	}
	return out
}

// keys are the parts of a split in order: all bands and codes that can be, so that an empty one is not told from a small one, but for
// divisions, of which those that are there are shown.
func (s *Space) keys(by string, counts map[string]tally) []string {
	var keys []string
	switch by {
	case SplitAge:
		for i := range len(ages) + 1 {
			keys = append(keys, strconv.Itoa(i))
		}
		return keys
	case SplitSex, SplitIndustry:
		if t := s.table(by); t != nil {
			for k := range t.Values {
				keys = append(keys, k)
			}
		}
	}
	for k := range counts {
		if !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// table is the code table of a split.
func (s *Space) table(by string) *catalog.CodeTable {
	c := s.catalog()
	for i := range c.Libraries {
		if e := c.Libraries[i].Element(by); e != nil && e.Codes != "" {
			return c.CodeTable(e.Codes)
		}
	}
	return nil
}

// label names a part.
func (s *Space) label(by, key string) Group {
	g := Group{Key: key, ZH: key}
	if by == SplitAge {
		i, _ := strconv.Atoi(key)
		low := 0
		if i > 0 {
			low = ages[i-1]
		}
		if i == len(ages) {
			g.Key, g.ZH, g.EN = fmt.Sprintf("%d+", low), fmt.Sprintf("%d岁及以上", low), fmt.Sprintf("%d and over", low)
			return g
		}
		g.Key = fmt.Sprintf("%d-%d", low, ages[i]-1)
		g.ZH, g.EN = g.Key+"岁", g.Key
		return g
	}
	if t := s.table(by); t != nil && t.Values[key] != "" {
		g.ZH = t.Values[key]
	}
	if key == "" {
		g.Key, g.ZH, g.EN = "unknown", "未知", "unknown"
	}
	return g
}
