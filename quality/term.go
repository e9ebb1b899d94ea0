package quality

import (
	"cmp"
	"slices"
	"time"
)

// Codes of the clocks of the law of sharing. 共享时限
const (
	ClockUnconditional = "share.unconditional" // answer, where all that is asked for is shared without conditions
	ClockConditional   = "share.conditional"   // answer, else
	ClockConformity    = "share.conformity"    // look whether an application is complete
	ClockDeliver       = "share.deliver"       // give, after consent
	ClockCheck         = "share.check"         // answer a doubted value
	ClockUnpublished   = "share.unpublished"   // answer a demand for what the catalogue does not have yet
)

// Running is something that a clock runs for.
type Running struct {
	Clock string    `json:"clock"`
	What  string    `json:"what"` // for example application a1b2
	Since time.Time `json:"since"`
	Ended time.Time `json:"ended,omitzero"` // zero: not yet
}

// Term is how a running clock stands. 时限检查
type Term struct {
	Running
	ZH      string    `json:"zh"`
	Basis   string    `json:"basis,omitempty"`
	Due     time.Time `json:"due"` // the first moment after the term
	Overdue bool      `json:"overdue"`
}

// Terms tells how clocks stand at a moment: what has ended counts as it was when it ended. What runs for a clock that neither the
// catalogue nor the program has is left out. The first term to end comes first.
func (c *Calendar) Terms(now time.Time, running []Running) []Term {
	out := []Term{}
	for _, r := range running {
		due, ok := c.Due(r.Clock, r.Since)
		if !ok {
			continue
		}
		at := now
		if !r.Ended.IsZero() {
			at = r.Ended
		}
		k := c.clocks[r.Clock]
		out = append(out, Term{Running: r, ZH: k.ZH, Basis: k.Basis, Due: due, Overdue: !at.Before(due)})
	}
	slices.SortStableFunc(out, func(a, b Term) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Clock, b.Clock), cmp.Compare(a.What, b.What))
	})
	return out
}
