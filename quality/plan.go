package quality

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Planned is one library of a plan: when it was last looked at whole, and when that is due next.
type Planned struct {
	Plan    string    `json:"plan"`
	ZH      string    `json:"zh"`
	Library string    `json:"library"`
	Whole   time.Time `json:"whole,omitzero"` // the last inspection of everything
	Due     bool      `json:"due"`            // the plan's last time has passed since
	Next    time.Time `json:"next"`
}

// Plans tells how the scheduled inspections of the catalogue stand. 巡检计划
func (i *Inspector) Plans(ctx context.Context) ([]Planned, error) {
	whole := map[string]time.Time{}
	err := i.Store.Query(ctx, "quality/whole_since", nil, func(scan func(...any) error) error {
		var library string
		var at time.Time
		err := scan(&library, &at)
		whole[library] = at
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("scheduled inspections: %w", err)
	}
	now := i.now()
	list := []Planned{}
	for k := range i.Catalog.Governance.Inspections {
		p := &i.Catalog.Governance.Inspections[k]
		for _, l := range i.Catalog.Libraries {
			if len(p.Libraries) > 0 && !slices.Contains(p.Libraries, l.Name) {
				continue
			}
			list = append(list, Planned{Plan: p.Name, ZH: p.ZH, Library: l.Name, Whole: whole[l.Name], Due: whole[l.Name].Before(p.Last(now)), Next: p.Next(now)})
		}
	}
	return list, nil
}

// Due looks at everything in the libraries for which a plan's time has come since they were last looked at whole. It keeps no state of its
// own: what was missed while nothing ran is made up for once.
func (i *Inspector) Due(ctx context.Context) ([]Counts, error) {
	plans, err := i.Plans(ctx)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	resolved, err := i.markers(ctx)
	if err != nil {
		return nil, err
	}
	var out []Counts
	done := map[string]bool{}
	for _, p := range plans {
		if _, there := resolved[p.Library]; !there || !p.Due || done[p.Library] {
			continue
		}
		done[p.Library] = true
		c, err := i.Whole(ctx, p.Library)
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, nil
}
