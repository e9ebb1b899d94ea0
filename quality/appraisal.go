package quality

import (
	"cmp"
	"slices"

	"wuku/catalog"
)

// weights are the shares of the index where the catalogue declares none, in thousandths.
func weights(c *catalog.Catalog) []catalog.Weight {
	if len(c.Governance.Weights) > 0 {
		return c.Governance.Weights
	}
	return []catalog.Weight{{Indicator: "connection", Weight: 250}, {Indicator: "update", Weight: 200}, {Indicator: "quality", Weight: 400}, {Indicator: "closure", Weight: 150}}
}

// departments is the figures of the appraisal of every department: connection, update, closure and the index.
func departments(c *catalog.Catalog, n counts, quality []Figure) []Figure {
	var out []Figure
	for _, d := range c.Departments {
		values := map[string]int64{}
		put := func(code string, a, b uint64, v int64) {
			values[code] = v
			out = append(out, Figure{Kind: "department", Scope: d.Code, Indicator: code, A: a, B: b, Value: v})
		}
		a, b := connection(c, d.Code, n)
		put("connection", a, b, share(a, b))
		for _, f := range quality {
			if f.Kind == "department" && f.Scope == d.Code && (f.Indicator == "m.0502" || f.Indicator == "quality") {
				values[f.Indicator] = f.Value
				if f.Indicator == "m.0502" {
					put("update", f.A, f.B, f.Value)
				}
			}
		}
		x := n.closed[d.Code]
		put("closure", x.inTime, x.mended+x.overdue, share(x.inTime, x.mended+x.overdue))
		sum, total := int64(0), int64(0)
		for _, w := range weights(c) {
			if v, ok := values[w.Indicator]; ok && v >= 0 {
				sum, total = sum+v*int64(w.Weight), total+int64(w.Weight)
			}
		}
		index := int64(-1)
		if total > 0 && b > 0 {
			index = sum / total
		}
		put("index", 0, 0, index)
	}
	return out
}

// connection counts the items of a department's responsibility list, and those of which a feed flows; without items its feeds.
func connection(c *catalog.Catalog, department string, n counts) (a, b uint64) {
	flows := map[string]bool{} // by item
	feeds, flowing := uint64(0), uint64(0)
	for _, f := range c.Feeds {
		flow := n.feeds[f.Name].messages > 0
		if flow && f.Item != "" {
			flows[f.Item] = true
		}
		if Mender(c, f.Name) == department {
			feeds++
			if flow {
				flowing++
			}
		}
	}
	for _, i := range c.Items {
		if i.Department == department {
			b++
			if flows[i.Number] {
				a++
			}
		}
	}
	if b == 0 {
		return flowing, feeds
	}
	return a, b
}

// Scorecard is one department's line of the appraisal. Values are in millionths; -1: nothing to count. 评分卡
type Scorecard struct {
	Rank        int              `json:"rank"` // 0: not ranked, since there is nothing to count
	Department  string           `json:"department"`
	ZH          string           `json:"zh"`
	Index       int64            `json:"index"`
	Grade       string           `json:"grade"` // 优 良 中 差
	Connection  int64            `json:"connection"`
	Update      int64            `json:"update"`
	Quality     int64            `json:"quality"`
	Closure     int64            `json:"closure"`
	Dimensions  map[string]int64 `json:"dimensions"`
	FourQuality map[string]int64 `json:"qualities"`
	Open        uint64           `json:"open"`     // work orders that stand open
	Overdue     uint64           `json:"overdue"`  // of them those with a term passed
	Mended      uint64           `json:"mended"`   // in the period
	Disputed    uint64           `json:"disputed"` // rounds with a dispute
	Before      int64            `json:"before"`   // the index of the period before; -1: none
	Trend       int64            `json:"trend"`    // index less before; 0 without one
}

// grade is the word for an index.
func grade(index int64) string {
	switch {
	case index < 0:
		return ""
	case index >= 950_000:
		return "优"
	case index >= 850_000:
		return "良"
	case index >= 700_000:
		return "中"
	}
	return "差"
}

// scorecards makes one line a department, ranked by the index; those with nothing to count stand at the end without a rank.
func scorecards(c *catalog.Catalog, figures []Figure, closed map[string]closedCount, before map[string]int64) []Scorecard {
	byName := map[string]map[string]int64{}
	for _, f := range figures {
		if f.Kind == "department" {
			if byName[f.Scope] == nil {
				byName[f.Scope] = map[string]int64{}
			}
			byName[f.Scope][f.Indicator] = f.Value
		}
	}
	value := func(department, indicator string) int64 {
		if v, ok := byName[department][indicator]; ok {
			return v
		}
		return -1
	}
	var out []Scorecard
	for _, d := range c.Departments {
		x := closed[d.Code]
		s := Scorecard{Department: d.Code, ZH: d.ZH, Index: value(d.Code, "index"), Connection: value(d.Code, "connection"), Update: value(d.Code, "update"),
			Quality: value(d.Code, "quality"), Closure: value(d.Code, "closure"), Open: x.open, Overdue: x.overdue, Mended: x.mended, Disputed: x.disputed,
			Dimensions: map[string]int64{}, FourQuality: map[string]int64{}, Before: -1}
		s.Grade = grade(s.Index)
		for _, dim := range Dimensions() {
			s.Dimensions[dim.Code] = value(d.Code, "d."+dim.Code)
		}
		for q := range FourQualities() {
			s.FourQuality[q] = value(d.Code, "q."+q)
		}
		if b, ok := before[d.Code]; ok && b >= 0 {
			s.Before = b
			if s.Index >= 0 {
				s.Trend = s.Index - b
			}
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Scorecard) int {
		return cmp.Or(cmp.Compare(b.Index, a.Index), cmp.Compare(a.Department, b.Department))
	})
	for i := range out {
		if out[i].Index >= 0 {
			out[i].Rank = i + 1
			if i > 0 && out[i].Index == out[i-1].Index {
				out[i].Rank = out[i-1].Rank
			}
		}
	}
	return out
}
