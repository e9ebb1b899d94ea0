package resolve

import (
	"context"
	"fmt"
	"time"

	"wuku/entity"
)

// Rehearsal is what another rule would change in a library (预演). It says what the next cycle would publish if nothing else came.
type Rehearsal struct {
	Library  string          `json:"library"`
	Created  uint64          `json:"created"` // entities that would be new, because identifiers belong to others
	Removed  uint64          `json:"removed"`
	Updated  uint64          `json:"updated"`  // entities with another value, source or identifier
	Elements []ElementChange `json:"elements"` // those with a change
	Samples  []Sample        `json:"samples"`
	Took     time.Duration   `json:"seconds,format:sec"`
}

// Events is how many events the change would publish.
func (r Rehearsal) Events() uint64 { return r.Created + r.Removed + r.Updated }

// ElementChange counts what would change of one element.
type ElementChange struct {
	Element string `json:"element"`
	Changed uint64 `json:"changed"` // other values, with those below
	Gained  uint64 `json:"gained"`  // a value where there was none
	Lost    uint64 `json:"lost"`    // none where there was one
	Moved   uint64 `json:"moved"`   // the same value from another source
}

// Sample is one value that would be another. Was and Will are values as texts: mask them before anybody sees them.
type Sample struct {
	Entity  entity.ID `json:"entity"`
	Element string    `json:"element"`
	Was     string    `json:"was"`
	Will    string    `json:"will"`
}

// samplesEach is how many samples an element has at most, as cycle/rehearsed_samples says. lowest bounds the sixty-fourth of all entities that come
// first in the engine's order: where an authority over very many moves, all samples are among them, and the whole library need not be joined
// a second time for them.
const (
	samplesEach = 5
	lowest      = "00000000-0000-0000-0400-000000000000"
)

// sampled reports whether every element with other values has all the samples that it can have of many.
func (r *Rehearsal) sampled() bool {
	of := map[string]int{}
	for _, s := range r.Samples {
		of[s.Element]++
	}
	for _, e := range r.Elements {
		if e.Changed > 0 && of[e.Element] < samplesEach {
			return false
		}
	}
	return true
}

// Rehearse works a library out by the rule of a configuration beside the published rows and compares them. It writes to the work tables
// of Verify alone (resolve.check_*), so no two of both may run at once over a library; readers, cycles and claims see nothing of it.
// The rows stay until clear is called, for whoever wants to look at them.
func Rehearse(ctx context.Context, c Config) (r Rehearsal, clear func(context.Context) error, err error) {
	started := time.Now()
	o := &Owner{Config: c}
	if o.CrashPoint == nil {
		o.CrashPoint = func(string) {}
	}
	w := o.data()
	w.All, w.Cycle, w.MemberTable, w.OwnedTable = true, 1, "resolve.check_member", "resolve.check_owned"
	w.Target = "resolve.check_" + w.Library
	r = Rehearsal{Library: w.Library, Elements: []ElementChange{}, Samples: []Sample{}}
	clear = func(ctx context.Context) error { return o.Store.Exec(ctx, "cycle/clear_check", w) }
	fail := func(err error) (Rehearsal, func(context.Context) error, error) {
		return r, clear, fmt.Errorf("rehearse library %s: %w", w.Library, err)
	}
	if err := clear(ctx); err != nil {
		return fail(err)
	}
	if err := o.scan(ctx, w); err != nil {
		return fail(err)
	}
	w.Rule = o.Rule
	var changed, gained, lost, moved []uint64
	err = o.Store.Query(ctx, "cycle/rehearsed", w, func(scan func(...any) error) error {
		return scan(&r.Created, &r.Removed, &r.Updated, &changed, &gained, &lost, &moved)
	})
	if err != nil {
		return fail(err)
	}
	for i := range changed {
		if e := (ElementChange{w.Rule.Elements[i].Name, changed[i], gained[i], lost[i], moved[i]}); e.Changed+e.Moved > 0 {
			r.Elements = append(r.Elements, e)
		}
	}
	for _, w.Below = range []string{lowest, ""} {
		r.Samples = r.Samples[:0]
		err = o.Store.Query(ctx, "cycle/rehearsed_samples", w, func(scan func(...any) error) error {
			var s Sample
			err := scan(&s.Entity, &s.Element, &s.Was, &s.Will)
			r.Samples = append(r.Samples, s)
			return err
		})
		if err != nil {
			return fail(err)
		}
		if r.sampled() {
			break
		}
	}
	r.Took = time.Since(started)
	return r, clear, nil
}
