package match

import "math"

// Reason is what one field says about a pair, in bits: above 0 for one and the same, below against.
type Reason struct {
	Field  string  `json:"field"`
	Level  string  `json:"level"` // how the values agree; "not given" when one lacks it
	Weight float64 `json:"weight"`
}

// Explanation says why two records are, or are not, of the same one. Score is Prior and the weights of Reasons added up.
type Explanation struct {
	A           string   `json:"a"`
	B           string   `json:"b"`
	Score       float64  `json:"score"`
	Probability float64  `json:"probability"`
	Against     string   `json:"against"` // the likelier alternative: "strangers" or "two who belong together"
	Prior       float64  `json:"prior"`   // bits before any field is looked at
	Reasons     []Reason `json:"reasons"`
	Apart       string   `json:"apart,omitempty"` // the rule that forbids it whatever the score, by field
	Shares      []string `json:"shares"`          // blocking keys that both have
}

// Explain compares two records and shows the sum.
func (x *Index) Explain(i, j int) Explanation {
	a, b := x.row(i), x.row(j)
	e := Explanation{A: x.names[i], B: x.names[j]}
	sum, near := x.prior, x.near
	strangers, together := make([]Reason, len(a)), make([]Reason, len(a))
	for f, id := range a {
		field := &x.model.Fields[f]
		strangers[f] = Reason{Field: field.Column, Level: "not given"}
		together[f] = strangers[f]
		if id == 0 || b[f] == 0 {
			continue
		}
		c := x.columns[f]
		l := &field.Levels[0]
		weight := float64(c.values[id].exact)
		if id != b[f] {
			l = &field.Levels[compare(c.Kind, &c.values[id], &c.values[b[f]])]
			weight = l.Weight
		}
		sum += weight
		near += l.Apart
		strangers[f].Level, strangers[f].Weight = l.Name, weight
		together[f].Level, together[f].Weight = l.Name, l.Apart
	}
	e.Score, e.Against, e.Prior, e.Reasons = sum, "strangers", x.prior, strangers
	if near < sum {
		e.Score, e.Against, e.Prior, e.Reasons = near, "two who belong together", x.near, together
	}
	e.Probability = Probability(e.Score)
	for _, f := range x.apart {
		if x.differ(f, a, b) {
			e.Apart = x.model.Fields[f].Column + " valid and different"
		}
	}
	k := len(x.keys)
	for n := range x.keys {
		if s := x.chain[i*k+n].block; s != none && s == x.chain[j*k+n].block {
			e.Shares = append(e.Shares, x.model.Keys[n])
		}
	}
	if math.IsInf(e.Score, 0) {
		e.Score = 0
	}
	return e
}

// Bits from which a field speaks for a pair, and below which one that is a person's own speaks against it.
const (
	speaksFor     = 1
	speaksAgainst = -4
)

// Solid reports whether a pair may be linked without a person looking at it, whatever its score: at least two fields speak for it,
// since one alone, be it ever so rare, is easily shared, and no name, date or number speaks against it, since twins agree in all else.
func (x *Index) Solid(i, j int) bool {
	a, b := x.row(i), x.row(j)
	agree := 0
	for f, id := range a {
		if id == 0 || b[f] == 0 {
			continue
		}
		c := x.columns[f]
		weight := float64(c.values[id].exact)
		if id != b[f] {
			weight = x.model.Fields[f].Levels[compare(c.Kind, &c.values[id], &c.values[b[f]])].Weight
		}
		switch c.Kind {
		case Name, Date, Identifier, Organisation:
			if weight < speaksAgainst {
				return false
			}
		}
		if weight > speaksFor {
			agree++
		}
		if c.Kind == Organisation && id == b[f] { // the whole name of an organisation is registered, and nobody else's
			agree++
		}
	}
	return agree >= 2
}
