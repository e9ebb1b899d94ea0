package quality

import (
	"slices"
	"testing"
)

// TestForetoldOpen: what would open is added, what would close taken away, and never more than there is.
func TestForetoldOpen(t *testing.T) {
	t.Parallel()
	open := []openCount{{feed: "a.x", library: "person", rule: "cross.differs", n: 2}, {feed: "b.x", library: "person", rule: "cross.differs", n: 3}, {feed: "b.x", library: "place", rule: "cross.differs", n: 3}}
	p := Prediction{Library: "person", Rules: []RuleCount{{Rule: "cross.differs", Open: 8, Opened: 7, Closed: 4}, {Rule: "entity.new", Open: 5, Opened: 5}}}
	got := map[string]uint64{}
	for _, o := range foretoldOpen(open, []Prediction{p}) {
		got[o.library+" "+o.rule] += o.n
	}
	if got["person cross.differs"] != 8 || got["person entity.new"] != 5 || got["place cross.differs"] != 3 {
		t.Errorf("got %v", got)
	}
	if open[0].n != 2 {
		t.Error("the open orders were changed")
	}
	if broken := p.NewlyBroken(); !slices.Equal(broken, []string{"entity.new"}) {
		t.Errorf("newly broken: %v", broken)
	}
}
