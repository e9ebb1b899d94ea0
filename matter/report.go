package matter

import "wuku/catalog"

// Zero is the zero-material report 零材料报告 of one matter: what still has to be brought, and why.
type Zero struct {
	Matter    string   `json:"matter"`
	ZH        string   `json:"zh"`
	EN        string   `json:"en"`
	Materials int      `json:"materials"`
	Proved    int      `json:"proved"`  // by libraries whose sources deliver
	Bring     []Reason `json:"bring"`   // materials that no library proves
	Broken    []Reason `json:"broken"`  // materials whose every source is dead or stale
	Delayed   []Reason `json:"delayed"` // materials some of whose sources are
	Baseline  int      `json:"baseline"`
	Zero      bool     `json:"zero"` // nothing has to be brought 零材料
}

// Reason is one material with why it is not simply proved.
type Reason struct {
	Material string   `json:"material"`
	ZH       string   `json:"zh"`
	EN       string   `json:"en"`
	Why      string   `json:"why,omitempty"`
	Sources  []Source `json:"sources,omitempty"`
}

// Report makes the zero-material report of all matters of a catalogue. A nil pulse takes every source to deliver.
func Report(c *catalog.Catalog, pulse *Pulse) ([]Zero, error) {
	list := []Zero{}
	for _, name := range Names(c) {
		p, err := Compile(c, name)
		if err != nil {
			return nil, err
		}
		list = append(list, p.Zero(pulse))
	}
	return list, nil
}

// Zero is the plan's zero-material report.
func (p *Plan) Zero(pulse *Pulse) Zero {
	z := Zero{Matter: p.Name, ZH: p.ZH, EN: p.EN, Materials: len(p.Materials), Baseline: p.Matter.Baseline.Materials, Bring: []Reason{}, Broken: []Reason{}, Delayed: []Reason{}}
	for _, x := range p.Sources(pulse).Materials {
		r := Reason{Material: x.Name, ZH: x.ZH, EN: x.EN, Why: x.Reason, Sources: x.Problems}
		switch {
		case x.By == ByHand:
			z.Bring = append(z.Bring, r)
		case len(x.Problems) == 0:
			z.Proved++
		case len(x.Problems) == len(x.Sources):
			z.Broken = append(z.Broken, r)
		default:
			z.Proved++
			z.Delayed = append(z.Delayed, r)
		}
	}
	z.Zero = z.Proved == z.Materials
	return z
}
