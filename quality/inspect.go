package quality

import (
	"context"
	"fmt"
	"time"

	"wuku/catalog"
)

// Store runs the statements of package sql. Both methods may be called concurrently; a statement that ends without an error is
// durable.
type Store interface {
	// Exec runs every statement of a template in order.
	Exec(ctx context.Context, statement string, data any) error
	// Query runs one statement and calls each for every row with a function that scans it.
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
}

// Rules of inspections.
const (
	RuleDiffers   = "cross.differs"    // 不一致
	RuleDuplicate = "record.duplicate" // 重复
)

// Counts is what an inspection of one library found, by rule.
type Counts struct {
	Library string        `json:"library"`
	Rules   []RuleCount   `json:"rules"` // rules that have ever found something, by name
	Took    time.Duration `json:"took"`
}

// RuleCount is one rule's part.
type RuleCount struct {
	Rule   string `json:"rule"`
	Open   uint64 `json:"open"`   // findings that hold now
	Opened uint64 `json:"opened"` // that this inspection opened, or that stand at another version or entity than before
	Closed uint64 `json:"closed"` // whose cause has ended
}

// Inspect brings the findings of one library up to date with its live claims. It reads the library once, writes only what has
// changed and may be repeated or interrupted at any point. Two at a time over one library do no harm, but the newer one should
// end last. It sees whole cycles: what ingest has stored and no cycle has resolved yet may show for one inspection.
func Inspect(ctx context.Context, store Store, c *catalog.Catalog, library string) (Counts, error) {
	started := time.Now()
	counts := Counts{Library: library, Rules: []RuleCount{}}
	in, err := prepare(c, library)
	if err != nil {
		return counts, err
	}
	fail := func(err error) (Counts, error) { return counts, fmt.Errorf("inspect library %s: %w", library, err) }
	var last uint64
	if err := store.Query(ctx, "quality/last_run", in, func(scan func(...any) error) error { return scan(&last) }); err != nil {
		return fail(err)
	}
	in.Run = max(uint64(started.UnixMilli()), last+1)
	if len(in.Feeds) > 0 {
		for _, in.Members = range []bool{false, true} { // entities of one anchor stream by in the order of storage
			if err := store.Exec(ctx, "quality/inspect", in); err != nil {
				return fail(err)
			}
		}
	}
	if err := store.Exec(ctx, "quality/findings", in); err != nil {
		return fail(err)
	}
	err = store.Query(ctx, "quality/counts", in, func(scan func(...any) error) error {
		var r RuleCount
		err := scan(&r.Rule, &r.Open, &r.Opened, &r.Closed)
		counts.Rules = append(counts.Rules, r)
		return err
	})
	if err != nil {
		return fail(err)
	}
	counts.Took = time.Since(started)
	return counts, nil
}
