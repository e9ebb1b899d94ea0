package quality

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
	"wuku/entity"
)

// Correction is one correction at one source, with the contradictions that it removes (归责). It proposes and proves nothing more than who
// agrees with whom: the paper decides.
type Correction struct {
	Department string   `json:"department"`
	Feed       string   `json:"feed"`             // whose record is to be corrected
	Record     string   `json:"record,omitempty"` // its key; empty: the record of Feed at Entity, as `wuku explain` names it
	Library    string   `json:"library"`
	Entity     string   `json:"entity,omitempty"`
	Element    string   `json:"element,omitempty"`
	Removes    int      `json:"removes"`  // open findings that close with it
	Evidence   []string `json:"evidence"` // feed and record of those that agree against it, or that hang on it
}

// contradiction is what contradicts one value, or hangs on one record.
type contradiction struct {
	library, element, other string
	entity                  entity.ID
	feeds, keys             []string
	hashes                  []uint64
	winner                  string
}

// Blame looks for a small set of corrections at the sources that removes the open contradictions, those first that remove most. Where
// two or more departments hold one and the same value against the source with more authority, the one correction there is proposed in
// place of theirs; where several records of other libraries hang on one record, that one. Everything else is corrected where it stands.
func Blame(ctx context.Context, store Store, c *catalog.Catalog) ([]Correction, error) {
	var out []Correction
	outside := c.Outside()
	for i := range c.Libraries {
		l := &c.Libraries[i]
		var elements []string
		for k := range l.Elements {
			if isContested(&l.Elements[k], outside) {
				elements = append(elements, l.Elements[k].Name)
			}
		}
		if len(elements) == 0 {
			continue
		}
		err := store.Query(ctx, "quality/blame", map[string]any{"Library": l.Name, "Elements": elements}, func(scan func(...any) error) error {
			x := contradiction{library: l.Name}
			err := scan(&x.entity, &x.element, &x.other, &x.feeds, &x.keys, &x.hashes, &x.winner)
			out = append(out, x.corrections(c)...)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("blame: library %s: %w", l.Name, err)
		}
	}
	slices.SortStableFunc(out, func(a, b Correction) int {
		return cmp.Or(cmp.Compare(b.Removes, a.Removes), cmp.Compare(a.Department, b.Department), cmp.Compare(a.Feed, b.Feed), cmp.Compare(a.Library+a.Entity+a.Element+a.Record, b.Library+b.Entity+b.Element+b.Record))
	})
	return out, nil
}

// corrections are the fewest that end a contradiction.
func (x *contradiction) corrections(c *catalog.Catalog) []Correction {
	if x.other != "" {
		return x.hanging(c)
	}
	agreeing := map[uint64][]int{}
	best := uint64(0)
	for i, h := range x.hashes {
		agreeing[h] = append(agreeing[h], i)
		if n, m := len(agreeing[h]), len(agreeing[best]); n > m || n == m && h < best {
			best = h
		}
	}
	var out []Correction
	for i, h := range x.hashes {
		if h == best && x.independent(agreeing[best], c) > 1 {
			continue // one correction at the winner ends these
		}
		out = append(out, Correction{Department: Mender(c, x.feeds[i]), Feed: x.feeds[i], Record: x.keys[i], Library: x.library, Entity: x.entity.String(), Element: x.element, Removes: 1, Evidence: []string{x.winner}})
	}
	if x.independent(agreeing[best], c) > 1 {
		w := Correction{Department: Mender(c, x.winner), Feed: x.winner, Library: x.library, Entity: x.entity.String(), Element: x.element, Removes: len(agreeing[best])}
		for _, i := range agreeing[best] {
			w.Evidence = append(w.Evidence, x.feeds[i]+" "+x.keys[i])
		}
		slices.Sort(w.Evidence)
		out = append(out, w)
	}
	return out
}

// independent is how many departments hold the value of some records.
func (x *contradiction) independent(records []int, c *catalog.Catalog) int {
	departments := map[string]bool{}
	for _, i := range records {
		departments[Mender(c, x.feeds[i])] = true
	}
	return len(departments)
}

// hanging is the one record of another library that several findings hang on, or, for one finding, its own record.
func (x *contradiction) hanging(c *catalog.Catalog) []Correction {
	library, id, _ := strings.Cut(x.other, " ")
	if len(x.feeds) == 1 {
		return []Correction{{Department: Mender(c, x.feeds[0]), Feed: x.feeds[0], Record: x.keys[0], Library: x.library, Removes: 1, Evidence: []string{x.other}}}
	}
	w := Correction{Library: library, Entity: id, Removes: len(x.feeds)}
	if l := c.Library(library); l != nil && len(l.Elements) > 0 {
		w.Department = Authority(c, l, &l.Elements[0])
	}
	for i := range x.feeds {
		w.Evidence = append(w.Evidence, x.feeds[i]+" "+x.keys[i])
	}
	slices.Sort(w.Evidence)
	return []Correction{w}
}
