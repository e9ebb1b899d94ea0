package quality

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// Verdict is what an example of a rule came to.
type Verdict struct {
	Rule    string `json:"rule"`
	Example string `json:"example"`
	Want    bool   `json:"want"`  // the rule finds it
	Found   bool   `json:"found"` // it did
}

// Right reports whether the example came out as it says.
func (v Verdict) Right() bool { return v.Want == v.Found }

// TryRules runs the examples of the rules of some packs (nil: of all) through the very statements of inspections, in an engine made
// for it: store must be empty but for the tables of the catalogue, and holds the examples afterwards. Rules that are switched off
// are tried too.
func TryRules(ctx context.Context, store Store, c *catalog.Catalog, packs []string) ([]Verdict, error) {
	t := &trial{ctx: ctx, store: store, catalog: c, run: 1}
	for _, p := range c.Packs {
		if packs != nil && !slices.Contains(packs, p.Name) {
			continue
		}
		for i := range p.Rules {
			if err := t.rule(&p.Rules[i]); err != nil {
				return t.out, fmt.Errorf("rule %s: %w", p.Rules[i].Code, err)
			}
		}
	}
	for i := range c.Warnings {
		w := &c.Warnings[i]
		if packs != nil && !slices.Contains(packs, w.Name) {
			continue
		}
		if err := t.rule(w.Rule(c)); err != nil {
			return t.out, fmt.Errorf("warning %s: %w", w.Name, err)
		}
	}
	return t.out, nil
}

type trial struct {
	ctx     context.Context
	store   Store
	catalog *catalog.Catalog
	run     uint64
	rows    int
	out     []Verdict
}

// row is a made-up base row or claim, as its template sees it.
type exampleRow struct {
	Library, Anchor, Feed string
	Names, Values         []string // of elements
	Own, Said             []string // of other columns, such as updated
}

// rule runs the examples of a rule, those of one day together.
func (t *trial) rule(r *catalog.QualityRule) error {
	days := map[string][]catalog.Example{}
	for _, x := range r.Examples {
		days[x.Today] = append(days[x.Today], x)
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if err := t.day(r, day, days[day]); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) day(r *catalog.QualityRule, day string, examples []catalog.Example) error {
	only := *t.catalog
	alone := *r
	alone.Disabled = false
	only.Warnings = nil
	only.Packs = []catalog.RulePack{{Name: "trial", Rules: []catalog.QualityRule{alone}}}
	now := time.Now()
	if day != "" {
		at, err := time.ParseInLocation(time.DateOnly, day, china())
		if err != nil {
			return err
		}
		now = at
	}
	in, err := prepare(&only, r.Library, now)
	if err != nil {
		return err
	}
	in.Run, in.All, in.Feeds, in.Standing = t.run, true, nil, nil
	t.run++
	anchors := map[string]int{}
	for i, x := range examples {
		id, err := t.write(r, x)
		if err != nil {
			return err
		}
		anchors[id] = i
	}
	if err := (&Inspector{Store: t.store}).look(t.ctx, in); err != nil {
		return err
	}
	found := map[int]bool{}
	err = t.store.Query(t.ctx, "quality/example_found", in, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		if i, ours := anchors[id]; ours {
			found[i] = true
		}
		return err
	})
	for i, x := range examples {
		t.out = append(t.out, Verdict{Rule: r.Code, Example: x.Name, Want: x.Finds, Found: found[i]})
	}
	return err
}

// write stores an example's record and what is related to it, and returns its anchor. Values that tie them are made up where the
// example leaves them out.
func (t *trial) write(r *catalog.QualityRule, x catalog.Example) (string, error) {
	given := maps.Clone(x.Given)
	if given == nil {
		given = map[string]string{}
	}
	for _, w := range r.With {
		related, there := x.With[w.As]
		if !there {
			continue
		}
		related = maps.Clone(related)
		tie := "trial-" + strconv.Itoa(t.rows)
		for _, v := range []string{given[w.Is], related[w.Element]} {
			if v != "" {
				tie = v
			}
		}
		given[w.Is], related[w.Element] = tie, tie
		if _, err := t.insert("quality/example_entity", w.Library, "", related); err != nil {
			return "", err
		}
	}
	if r.Over == catalog.OverRecord {
		feed := "trial"
		if len(r.Feeds) > 0 {
			feed = r.Feeds[0]
		}
		return t.insert("quality/example_record", r.Library, feed, given)
	}
	return t.insert("quality/example_entity", r.Library, "", given)
}

func (t *trial) insert(statement, library, feed string, values map[string]string) (string, error) {
	t.rows++
	id := entity.ID{0: byte(t.rows >> 16), 1: byte(t.rows >> 8), 2: byte(t.rows), 6: 0x80, 8: 0x80}
	row := exampleRow{Library: library, Anchor: id.String(), Feed: feed}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := strings.TrimSpace(values[name])
		if t.catalog.Library(library).Element(name) == nil {
			row.Own, row.Said = append(row.Own, name), append(row.Said, value)
			continue
		}
		row.Names, row.Values = append(row.Names, name), append(row.Values, value)
	}
	return row.Anchor, t.store.Exec(t.ctx, statement, row)
}
