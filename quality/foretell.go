package quality

import (
	"context"
	"slices"

	"wuku/catalog"
)

// Foretold is what a rehearsed catalogue would do to a library's quality (质量变化), in millionths; -1: nothing to count.
type Foretold struct {
	Library string `json:"library"`
	Now     int64  `json:"now"`
	Then    int64  `json:"then"`
}

// Foretell works the libraries' quality out as it is and as it would be, with the findings that rehearsals say would open and close, under the
// other catalogue. The work orders of the month that is going on count, as in scorecards.
func (a *Appraiser) Foretell(ctx context.Context, next *catalog.Catalog, predictions []Prediction) ([]Foretold, error) {
	begins, ends, err := parsePeriod(a.now().In(china()).Format("2006-01"))
	if err != nil {
		return nil, err
	}
	cut := Cut{}
	if cut, err = a.cut(ctx); err != nil {
		return nil, err
	}
	n, err := a.gather(ctx, cut, begins, ends)
	if err != nil {
		return nil, err
	}
	now := qualityOf(a.Catalog, n)
	n.open = foretoldOpen(n.open, predictions)
	then := qualityOf(next, n)
	out := []Foretold{}
	for _, l := range next.Libraries {
		f := Foretold{Library: l.Name, Now: -1, Then: -1}
		if v, ok := now[l.Name]; ok {
			f.Now = v
		}
		if v, ok := then[l.Name]; ok {
			f.Then = v
		}
		out = append(out, f)
	}
	return out, nil
}

// qualityOf is the quality of each library.
func qualityOf(c *catalog.Catalog, n counts) map[string]int64 {
	out := map[string]int64{}
	for _, f := range figures(c, n) {
		if f.Kind == "library" && f.Indicator == "quality" {
			out[f.Scope] = f.Value
		}
	}
	return out
}

// foretoldOpen are the open orders with those that would open, and without those that would close.
func foretoldOpen(open []openCount, predictions []Prediction) []openCount {
	open = slices.Clone(open)
	for _, p := range predictions {
		for _, r := range p.Rules {
			closed := r.Closed
			for i := range open {
				if o := &open[i]; o.library == p.Library && o.rule == r.Rule {
					gone := min(o.n, closed)
					o.n, closed = o.n-gone, closed-gone
				}
			}
			open = append(open, openCount{library: p.Library, rule: r.Rule, n: r.Opened})
		}
	}
	return open
}

// NewlyBroken are the rules of a prediction that nothing breaks now and something would.
func (p Prediction) NewlyBroken() (out []string) {
	for _, r := range p.Rules {
		if r.Opened > 0 && r.Opened == r.Open {
			out = append(out, r.Rule)
		}
	}
	return out
}
