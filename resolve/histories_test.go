package resolve_test

import (
	"bytes"
	stdcmp "cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
	"wuku/resolve"
)

// TestLinkHistories runs a thousand random histories beside each other in one library, each of six records of its own: linked, taken back,
// said to be the same or not, said again. After each round every record is where a plain reading of its history puts it, and when all
// is taken back everything is as it was.
func TestLinkHistories(t *testing.T) {
	m := newMatching(newWorld(t))
	r := rand.New(rand.NewPCG(11, 13))
	histories := make([]*linkHistory, 1000)
	var records []message
	for i := range histories {
		histories[i] = &linkHistory{said: map[entity.ID][]any{}}
		records = append(records, histories[i].records(m, i)...)
	}
	m.write(m.anchorer, records)
	m.settle()
	before := m.places()
	clock := time.Now().UTC().Truncate(time.Microsecond)
	round := func(step func(*linkHistory) []any) {
		var rows [][]any
		for _, h := range histories {
			clock = clock.Add(time.Microsecond)
			if row := step(h); row != nil {
				rows = append(rows, row)
			}
		}
		if err := m.store.Append(t.Context(), "cycle/link_add", map[string]any{"Library": "person"}, rows); err != nil {
			t.Fatal(err)
		}
		m.settle()
	}
	for range 10 {
		round(func(h *linkHistory) []any { return h.step(r, clock) })
		want := map[entity.ID]entity.ID{}
		for _, h := range histories {
			h.oracle(want)
		}
		if diff := cmp.Diff(want, m.places()); diff != "" {
			t.Fatalf("(-by reading the histories +base)\n%.2000s", diff)
		}
	}
	m.verify(m.catalog)
	for range 15 { // pairs of six
		round(func(h *linkHistory) []any { return h.undo(clock) })
	}
	if diff := cmp.Diff(before, m.places()); diff != "" {
		t.Fatalf("after all is taken back (-before +after)\n%.2000s", diff)
	}
}

// places says which entity each anchor belongs to.
func (m *matching) places() map[entity.ID]entity.ID {
	m.t.Helper()
	out := map[entity.ID]entity.ID{}
	err := m.store.Query(m.t.Context(), "query/test_places", nil, func(scan func(...any) error) error {
		var anchor, owner entity.ID
		var live uint8
		err := scan(&anchor, &owner, &live)
		if out[anchor] = owner; (live == 1) != (anchor == owner) {
			m.t.Errorf("%v belongs to %v, live %d", anchor, owner, live)
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

// linkHistory is what was said of six anchors: 0 and 1 have citizen numbers, 2 a passport, the others nothing.
type linkHistory struct {
	anchors []entity.ID
	said    map[entity.ID][]any // the newest row by its id
	all     [][]any
}

func (h *linkHistory) records(m *matching, n int) []message {
	var out []message
	for i := range 6 {
		name := fmt.Sprintf("%d-%d", n, i)
		one := said("a.x", int64(n*6+i), name, "", name, "")
		scheme := []string{"citizen", "citizen", "passport"}
		if i < len(scheme) {
			one.claims[0].ids[scheme[i]], one.claims[0].elements[scheme[i]] = name, name
			h.anchors = append(h.anchors, m.anchorer.ByIdentifier(scheme[i], []byte(name)))
		} else {
			h.anchors = append(h.anchors, m.anchorer.ByRecord("person", "a.x", []byte(name), ""))
		}
		out = append(out, one)
	}
	return out
}

func (h *linkHistory) row(a, b entity.ID, kind string, weight float64, steward, revoked uint8, at time.Time) []any {
	by := "test"
	if steward == 1 {
		by = resolve.BySteward
	}
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	row := []any{resolve.PairID(by, "person", a, b), "person", a, b, kind, weight, steward, "test", "", revoked, at}
	h.all = append(h.all, row)
	h.said[row[0].(entity.ID)] = row
	return row
}

// step says something new, or something old once more.
func (h *linkHistory) step(r *rand.Rand, at time.Time) []any {
	i := r.IntN(6)
	a, b := h.anchors[i], h.anchors[(i+1+r.IntN(5))%6]
	weight := float64(1 + r.IntN(4))
	switch r.IntN(8) {
	case 0, 1, 2:
		return h.row(a, b, "same", weight, 0, 0, at)
	case 3:
		return h.row(a, b, "same", weight, 0, 1, at)
	case 4:
		return h.row(a, b, "same", weight, 1, 0, at)
	case 5:
		return h.row(a, b, "not_same", weight, 1, 0, at)
	case 6:
		return h.row(a, b, "same", weight, 1, 1, at)
	}
	if len(h.all) == 0 {
		return nil
	}
	return h.all[r.IntN(len(h.all))]
}

// undo takes back one thing that still stands.
func (h *linkHistory) undo(at time.Time) []any {
	for _, row := range h.all {
		if last := h.said[row[0].(entity.ID)]; last[9] == uint8(0) {
			return h.row(last[2].(entity.ID), last[3].(entity.ID), last[4].(string), last[5].(float64), last[6].(uint8), 1, at)
		}
	}
	return nil
}

// oracle puts each anchor where the newest rows say: sets that are joined pair by pair, the surest first.
func (h *linkHistory) oracle(where map[entity.ID]entity.ID) {
	place := map[entity.ID]int{}
	for i, a := range h.anchors {
		place[a] = i
	}
	var links [][]any
	var apart [6][6]bool
	for _, row := range h.said {
		a, b := place[row[2].(entity.ID)], place[row[3].(entity.ID)]
		switch {
		case row[9] == uint8(1):
		case row[4] == "not_same":
			apart[a][b], apart[b][a] = true, true
		default:
			links = append(links, row)
		}
	}
	slices.SortFunc(links, func(a, b []any) int {
		x, y := a[2].(entity.ID), b[2].(entity.ID)
		p, q := a[3].(entity.ID), b[3].(entity.ID)
		return stdcmp.Or(stdcmp.Compare(b[6].(uint8), a[6].(uint8)), stdcmp.Compare(b[5].(float64), a[5].(float64)), bytes.Compare(x[:], y[:]), bytes.Compare(p[:], q[:]))
	})
	set := [6]int{0, 1, 2, 3, 4, 5}
	for _, l := range links {
		a, b := set[place[l[2].(entity.ID)]], set[place[l[3].(entity.ID)]]
		numbers, forbidden := 0, a == b
		for i := range set {
			if i < 2 && (set[i] == a || set[i] == b) {
				numbers++
			}
			for j := range set {
				forbidden = forbidden || set[i] == a && set[j] == b && apart[i][j]
			}
		}
		if forbidden || numbers > 1 && set[0] != set[1] && l[6] == uint8(0) {
			continue
		}
		for i := range set {
			if set[i] == b {
				set[i] = a
			}
		}
	}
	for i, a := range h.anchors {
		best := -1
		for j := range set {
			if set[j] == set[i] && (best < 0 || h.before(j, best)) {
				best = j
			}
		}
		where[a] = h.anchors[best]
	}
}

// before says whether an entity is rather named after anchor i than after j: a citizen number, a passport, nothing, then by id.
func (h *linkHistory) before(i, j int) bool {
	rank := [6]int{1, 1, 2, 3, 3, 3}
	if rank[i] != rank[j] {
		return rank[i] < rank[j]
	}
	return bytes.Compare(h.anchors[i][:], h.anchors[j][:]) < 0
}
