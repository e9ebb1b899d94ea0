package bench

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"wuku/entity"
)

// Bars that a run must reach.
const (
	BarDetector = 0.99 // recall and precision of every rule and family
)

// Ways in which a base record is not the truth's.
const (
	MissEntity        = "entity missing"
	MissSurplusEntity = "entity too many"
	MissValue         = "no value"
	MissSurplusValue  = "value too many"
	MissOther         = "another value"
	MissSource        = "right value, wrong source"
)

// TruthRun is what a comparison with the truth gave.
type TruthRun struct {
	People     int             `json:"people"`
	Seed       uint64          `json:"seed"`
	Facts      int             `json:"facts"`
	Right      int             `json:"right"` // value and source
	Share      float64         `json:"share"`
	Libraries  []LibraryScore  `json:"libraries"`
	Mismatches []Mismatch      `json:"mismatches"`
	Families   []DetectorScore `json:"families"`
	Rules      []DetectorScore `json:"rules"`
	Orders     []OrderScore    `json:"orders"`
	Astray     []Astray        `json:"astray"`
	Failed     []string        `json:"failed"` // the bars that were missed, in words
}

// LibraryScore is one library's part.
type LibraryScore struct {
	Library       string  `json:"library"`
	Entities      int     `json:"entities"` // of the truth
	Missing       int     `json:"missing"`
	Surplus       int     `json:"surplus"`
	Facts         int     `json:"facts"`
	Right         int     `json:"right"`
	SurplusValues int     `json:"surplus_values"`
	Share         float64 `json:"share"`
}

// Mismatch counts one way in which one element differs, with the first entities that show it.
type Mismatch struct {
	Library  string   `json:"library"`
	Element  string   `json:"element,omitempty"`
	What     string   `json:"what"`
	Count    int      `json:"count"`
	Entities []string `json:"entities"`
}

// DetectorScore is how well one rule, or one family of defects, is found. Shares of nothing are 1.
type DetectorScore struct {
	Name       string  `json:"name"`
	Family     string  `json:"family"`
	Injected   int     `json:"injected"`
	Raised     int     `json:"raised"`
	Found      int     `json:"found"` // raised and injected
	Recall     float64 `json:"recall"`
	Precision  float64 `json:"precision"`
	NearMisses int     `json:"near_misses,omitempty"`
	NearRaised int     `json:"near_raised,omitempty"`
}

// Astray counts what was raised without a cause, or injected and not found, by rule, feed and element, with the first records.
type Astray struct {
	Rule    string   `json:"rule"`
	Feed    string   `json:"feed"`
	Element string   `json:"element,omitempty"`
	What    string   `json:"what"` // "raised without cause" or "not found"
	Count   int      `json:"count"`
	Records []string `json:"records"`
}

// examples is how many ids stand beside a count.
const examples = 3

func (run *TruthRun) miss(library, element, what string, id entity.ID) {
	i := slices.IndexFunc(run.Mismatches, func(m Mismatch) bool { return m.Library == library && m.Element == element && m.What == what })
	if i < 0 {
		i = len(run.Mismatches)
		run.Mismatches = append(run.Mismatches, Mismatch{Library: library, Element: element, What: what})
	}
	m := &run.Mismatches[i]
	if m.Count++; len(m.Entities) < examples {
		m.Entities = append(m.Entities, id.String())
	}
}

func (run *TruthRun) wrong(f found)  { run.astray(f, "raised without cause") }
func (run *TruthRun) missed(f found) { run.astray(f, "not found") }

func (run *TruthRun) astray(f found, what string) {
	i := slices.IndexFunc(run.Astray, func(a Astray) bool {
		return a.Rule == f.rule && a.Feed == f.feed && a.Element == f.element && a.What == what
	})
	if i < 0 {
		i = len(run.Astray)
		run.Astray = append(run.Astray, Astray{Rule: f.rule, Feed: f.feed, Element: f.element, What: what})
	}
	a := &run.Astray[i]
	if a.Count++; len(a.Records) < examples {
		a.Records = append(a.Records, f.key)
	}
}

// judge sums the libraries and says which bars were missed.
func (run *TruthRun) judge() {
	for _, l := range run.Libraries {
		run.Facts, run.Right = run.Facts+l.Facts, run.Right+l.Right
		if l.Right != l.Facts || l.SurplusValues > 0 || l.Missing > 0 || l.Surplus > 0 {
			run.Failed = append(run.Failed, fmt.Sprintf("%s: %d of %d values wrong, %d too many; %d entities missing, %d too many",
				l.Library, l.Facts-l.Right, l.Facts, l.SurplusValues, l.Missing, l.Surplus))
		}
	}
	run.Share = share(run.Right, run.Facts)
	for _, s := range slices.Concat(run.Families, run.Rules) {
		if s.Recall < BarDetector || s.Precision < BarDetector {
			run.Failed = append(run.Failed, fmt.Sprintf("%s: recall %.4f, precision %.4f, want %.2f", s.Name, s.Recall, s.Precision, BarDetector))
		}
	}
	for _, s := range run.Families {
		if s.NearRaised > 0 && share(s.NearRaised, s.NearMisses) > 1-BarDetector {
			run.Failed = append(run.Failed, fmt.Sprintf("%s: %d of %d near misses raised", s.Name, s.NearRaised, s.NearMisses))
		}
	}
	run.judgeOrders()
	slices.SortStableFunc(run.Mismatches, func(a, b Mismatch) int { return cmp.Compare(b.Count, a.Count) })
	slices.SortFunc(run.Astray, func(a, b Astray) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Rule+a.Feed+a.Element, b.Rule+b.Feed+b.Element))
	})
}

// Print writes the run as tables for people.
func (run *TruthRun) Print(out io.Writer) {
	fmt.Fprintf(out, "demo of %d people, seed %d: %d of %d values right (%.4f %%)\n", run.People, run.Seed, run.Right, run.Facts, run.Share*100)
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "library\tentities\tmissing\ttoo many\tvalues\tright\ttoo many\tshare\t")
	for _, l := range run.Libraries {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%.6f\t\n", l.Library, l.Entities, l.Missing, l.Surplus, l.Facts, l.Right, l.SurplusValues, l.Share)
	}
	fmt.Fprintln(w, "\t\t\t\t\t\t\t\t")
	fmt.Fprintln(w, "defects\tinjected\traised\tfound\trecall\tprecision\tnear misses\traised\t")
	for _, s := range run.Families {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.4f\t%.4f\t%d\t%d\t\n", s.Name, s.Injected, s.Raised, s.Found, s.Recall, s.Precision, s.NearMisses, s.NearRaised)
	}
	for _, s := range run.Rules {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%.4f\t%.4f\t\t\t\n", s.Name, s.Injected, s.Raised, s.Found, s.Recall, s.Precision)
	}
	w.Flush()
	run.printOrders(out)
	for _, m := range run.Mismatches {
		fmt.Fprintf(out, "%s.%s: %s: %d, first %v\n", m.Library, m.Element, m.What, m.Count, m.Entities)
	}
	for _, a := range run.Astray {
		fmt.Fprintf(out, "%s %s %s: %s: %d, first records %v\n", a.Rule, a.Feed, a.Element, a.What, a.Count, a.Records)
	}
	for _, f := range run.Failed {
		fmt.Fprintln(out, "FAILED", f)
	}
}
