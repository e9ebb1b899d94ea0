package bench

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"wuku/resolve"
)

// Statement is what one statement of the resolver took, all its runs together. The engine's processor time is the process's
// whole, so it belongs to the statement only while nothing else runs.
type Statement struct {
	Library string  `json:"library"`
	Name    string  `json:"name"`
	Runs    int     `json:"runs"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
}

// timed is a resolver's store that takes the time of statements.
type timed struct {
	resolve.Store
	library string
	engine  process

	mu   *sync.Mutex
	list *[]Statement
}

// Exec is the store's, timed.
func (t *timed) Exec(ctx context.Context, statement string, data any) error {
	defer t.note(statement, time.Now(), t.engine.cpu())
	return t.Store.Exec(ctx, statement, data)
}

// Query is the store's, timed.
func (t *timed) Query(ctx context.Context, statement string, data any, each func(func(...any) error) error, args ...any) error {
	defer t.note(statement, time.Now(), t.engine.cpu())
	return t.Store.Query(ctx, statement, data, each, args...)
}

func (t *timed) note(name string, began time.Time, cpu float64) {
	s := Statement{Library: t.library, Name: name, Runs: 1, Seconds: time.Since(began).Seconds(), CPU: t.engine.cpu() - cpu}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(*t.list, func(o Statement) bool { return o.Library == s.Library && o.Name == s.Name })
	if i < 0 {
		*t.list = append(*t.list, s)
		return
	}
	o := &(*t.list)[i]
	o.Runs, o.Seconds, o.CPU = o.Runs+1, o.Seconds+s.Seconds, o.CPU+s.CPU
}

// dearest sorts statements by what they took.
func dearest(list []Statement) {
	slices.SortFunc(list, func(a, b Statement) int {
		return cmp.Or(cmp.Compare(b.CPU, a.CPU), cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Name, b.Name))
	})
}
