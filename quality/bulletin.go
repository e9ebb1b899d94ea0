package quality

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"slices"

	"wuku/catalog"
)

//go:embed bulletin.html
var bulletinPage string

// total is the province's own line, and what is worst in it.
func (b *Bulletin) total(c *catalog.Catalog, figures []Figure, n counts) {
	b.Total = Scorecard{Department: c.Name, ZH: c.ZH, Index: -1, Connection: -1, Update: -1, Quality: -1, Closure: -1, Before: -1, Dimensions: map[string]int64{}, FourQuality: map[string]int64{}}
	for _, f := range figures {
		if f.Kind != "province" {
			continue
		}
		switch {
		case f.Indicator == "quality":
			b.Total.Quality = f.Value
		case f.Indicator == "m.0502":
			b.Total.Update = f.Value
		case f.Indicator[:2] == "d.":
			b.Total.Dimensions[f.Indicator[2:]] = f.Value
		case f.Indicator[:2] == "q.":
			b.Total.FourQuality[f.Indicator[2:]] = f.Value
		}
	}
	rules, feeds := map[string]uint64{}, map[string]uint64{}
	for _, o := range n.open {
		rules[o.rule] += o.n
		feeds[o.feed] += o.n
	}
	b.WorstRules, b.WorstFeeds = worst(rules), worst(feeds)
	for _, x := range n.closed {
		b.Total.Open, b.Total.Overdue, b.Total.Mended, b.Total.Disputed = b.Total.Open+x.open, b.Total.Overdue+x.overdue, b.Total.Mended+x.mended, b.Total.Disputed+x.disputed
	}
}

// shown is how many names a list of the best or worst has.
const shown = 10

func worst(counts map[string]uint64) []Tally {
	out := []Tally{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, Tally{name, counts[name]})
	}
	slices.SortStableFunc(out, func(a, b Tally) int { return cmp.Compare(b.Count, a.Count) })
	return out[:min(len(out), shown)]
}

// bestOf is how many departments are praised for their index, and how many for their rise.
const bestOf = 3

// judge says who is praised and who is admonished. 表扬与批评
func (b *Bulletin) judge() {
	b.Praised, b.Admonished = []string{}, []string{}
	risen := slices.Clone(b.Departments)
	slices.SortStableFunc(risen, func(x, y Scorecard) int { return cmp.Compare(y.Trend, x.Trend) })
	for i, s := range b.Departments {
		if i < bestOf && s.Index >= 850_000 && s.Overdue == 0 {
			b.Praised = append(b.Praised, s.Department)
		}
		if s.Grade == "差" || s.Overdue > 0 {
			b.Admonished = append(b.Admonished, s.Department)
		}
	}
	for i, s := range risen {
		if i < bestOf && s.Trend > 0 && !slices.Contains(b.Praised, s.Department) && s.Overdue == 0 {
			b.Praised = append(b.Praised, s.Department)
		}
	}
}

// percent writes millionths as a percentage with four digits behind the point, exactly.
func percent(millionths int64) string {
	if millionths < 0 {
		return "–"
	}
	return fmt.Sprintf("%d.%04d %%", millionths/10_000, millionths%10_000)
}

func trend(millionths int64) string {
	switch {
	case millionths > 0:
		return "▲ " + percent(millionths)
	case millionths < 0:
		return "▼ " + percent(-millionths)
	}
	return ""
}

// HTML is the bulletin as a page of its own, without scripts and without anything from elsewhere.
func (b *Bulletin) HTML() ([]byte, error) {
	t, err := template.New("bulletin").Funcs(template.FuncMap{"percent": percent, "trend": trend, "name": b.name,
		"day": func(s string) string { return s }}).Parse(bulletinPage)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{"B": b, "Dimensions": Dimensions()})
	return out.Bytes(), err
}

// name is a department's name for people.
func (b *Bulletin) name(code string) string {
	for _, s := range b.Departments {
		if s.Department == code {
			return s.ZH
		}
	}
	return code
}
