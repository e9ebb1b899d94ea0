package quality

import (
	"context"
	"fmt"
	"time"
)

// Prediction is what the rules of another catalogue would find in a library (预演): by rule, what would be open, opened and closed.
type Prediction struct {
	Library string        `json:"library"`
	Rules   []RuleCount   `json:"rules"`
	Took    time.Duration `json:"seconds,format:sec"`
}

// Rehearse looks at one whole library by the inspector's catalogue without keeping anything: no finding, no state, no work order. bases
// names, by library, tables of base rows to look at instead of the published ones, for values that are rehearsed too; members, if not
// empty, likewise the table that says which anchors are one entity in this library. It may run while the instance works.
func (i *Inspector) Rehearse(ctx context.Context, library string, bases map[string]string, members string) (Prediction, error) {
	started := time.Now()
	p := Prediction{Library: library, Rules: []RuleCount{}}
	fail := func(err error) (Prediction, error) {
		return p, fmt.Errorf("rehearse the rules of library %s: %w", library, err)
	}
	in, err := prepare(i.Catalog, library, i.now())
	if err != nil {
		return p, err
	}
	in.All, in.Run = true, uint64(started.UnixNano()) // of no other inspection
	if base := bases[library]; base != "" {
		in.Base = base
	}
	if members != "" {
		in.MemberTable = members
	}
	for k := range in.Joined {
		for s := range in.Joined[k].With {
			if base := bases[in.Joined[k].With[s].Library]; base != "" {
				in.Joined[k].With[s].Base = base
			}
		}
	}
	err = i.look(ctx, in)
	if err == nil {
		err = i.Store.Query(ctx, "quality/rehearsed", in, func(scan func(...any) error) error {
			var r RuleCount
			err := scan(&r.Rule, &r.Open, &r.Opened, &r.Closed)
			p.Rules = append(p.Rules, r)
			return err
		})
	}
	if gone := i.Store.Exec(context.WithoutCancel(ctx), "quality/clear", in); err == nil {
		err = gone
	}
	if err != nil {
		return fail(err)
	}
	p.Took = time.Since(started)
	return p, nil
}
