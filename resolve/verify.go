package resolve

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
)

// Report is what Verify found of one library.
type Report struct {
	Library   string   `json:"library"`
	Root      string   `json:"root"`    // Merkle root over the published base rows
	Rebuilt   string   `json:"rebuilt"` // the same over rows worked out again from all claims
	Entities  uint64   `json:"entities"`
	Forgotten uint64   `json:"forgotten"`         // statements that a newer version no longer names an anchor, which the claims lack
	Pending   uint64   `json:"pending"`           // links and decisions that no cycle has taken in yet; the rebuild has them
	Buckets   []string `json:"buckets,omitempty"` // buckets that differ
}

// Same reports whether incremental and rebuilt are equal, and nothing that the ledger calls for was forgotten.
func (r Report) Same() bool { return r.Root == r.Rebuilt && r.Forgotten == 0 }

// Differs reports a fault: something was forgotten, or incremental and rebuilt are not equal though no link waits for the next cycle.
// Where one waits, only a look after that cycle can tell.
func (r Report) Differs() bool { return r.Forgotten > 0 || r.Root != r.Rebuilt && r.Pending == 0 }

// Published is the Merkle root over a library's published rows and the number of its entities, as they are now.
func Published(ctx context.Context, c Config) (root string, entities uint64, err error) {
	o := &Owner{Config: c}
	w := o.data()
	w.Target = "resolve." + w.Library
	buckets, err := o.digest(ctx, w)
	if err != nil {
		return "", 0, err
	}
	for _, b := range buckets {
		entities += b.entities
	}
	return Root(buckets), entities, nil
}

type bucket struct {
	number   uint8
	entities uint64
	digest   *big.Int
}

// verifyTries is how often Verify starts anew because a cycle ended while it was at work.
const verifyTries = 5

// Verify works the whole library out again from its claims, beside the published rows, and compares digests of values; it changes
// nothing that readers see. When a cycle ends meanwhile it starts anew, a few times; a library that never rests may then show
// differences that are only its changes.
func Verify(ctx context.Context, c Config) (Report, error) {
	for try := 1; ; try++ {
		before, err := newestCycle(ctx, c)
		if err != nil {
			return Report{}, err
		}
		report, err := verifyOnce(ctx, c)
		if err != nil || report.Same() || try == verifyTries {
			return report, err
		}
		after, err := newestCycle(ctx, c)
		if err != nil || after == before {
			return report, err
		}
	}
}

func newestCycle(ctx context.Context, c Config) (uint64, error) {
	o := &Owner{Config: c}
	err := o.loadLast(ctx)
	return o.last.cycle, err
}

func verifyOnce(ctx context.Context, c Config) (Report, error) {
	o := &Owner{Config: c}
	if o.CrashPoint == nil {
		o.CrashPoint = func(string) {}
	}
	w := o.data()
	w.All, w.Cycle, w.MemberTable, w.OwnedTable = true, 1, "resolve.check_member", "resolve.check_owned"
	w.Target = "resolve.check_" + w.Library
	if err := o.Store.Exec(ctx, "cycle/clear_check", w); err != nil {
		return Report{}, err
	}
	if err := o.scan(ctx, w); err != nil {
		return Report{}, fmt.Errorf("rebuild %s beside: %w", w.Library, err)
	}
	rebuilt, err := o.digest(ctx, w)
	if err != nil {
		return Report{}, err
	}
	w.Target = "resolve." + w.Library
	published, err := o.digest(ctx, w)
	if err != nil {
		return Report{}, err
	}
	report := Report{Library: w.Library, Root: Root(published), Rebuilt: Root(rebuilt)}
	for i := range published {
		report.Entities += published[i].entities
		if published[i].digest.Cmp(rebuilt[i].digest) != 0 {
			report.Buckets = append(report.Buckets, fmt.Sprintf("%02x: %d entities, rebuilt %d", i, published[i].entities, rebuilt[i].entities))
		}
	}
	err = o.Store.Query(ctx, "cycle/missing", w, func(scan func(...any) error) error { return scan(&report.Forgotten) })
	if err != nil {
		return report, err
	}
	// Counted last: a link that came during the rebuild is counted, and when a cycle took one in Verify starts anew.
	err = o.Store.Query(ctx, "cycle/link_pending", w, func(scan func(...any) error) error { return scan(&report.Pending) })
	if err != nil {
		return report, err
	}
	return report, o.Store.Exec(ctx, "cycle/clear_check", w)
}

// digest returns the 256 buckets of a table of base rows.
func (o *Owner) digest(ctx context.Context, w *work) ([]bucket, error) {
	buckets := make([]bucket, 256)
	for i := range buckets {
		buckets[i] = bucket{number: uint8(i), digest: new(big.Int)}
	}
	err := o.Store.Query(ctx, "cycle/digest", w, func(scan func(...any) error) error {
		var b bucket
		if err := scan(&b.number, &b.entities, &b.digest); err != nil {
			return err
		}
		buckets[b.number] = b
		return nil
	})
	return buckets, err
}

// Root is the Merkle root (RFC 6962 hashing) over the buckets, each leaf its entity count and digest.
func Root(buckets []bucket) string {
	level := make([][]byte, len(buckets))
	for i, b := range buckets {
		leaf := binary.BigEndian.AppendUint64([]byte{0, b.number}, b.entities)
		var sum [32]byte
		b.digest.FillBytes(sum[:])
		h := sha256.Sum256(append(leaf, sum[:]...))
		level[i] = h[:]
	}
	for len(level) > 1 {
		next := make([][]byte, 0, len(level)/2)
		for i := 0; i < len(level); i += 2 {
			h := sha256.Sum256(append(append([]byte{1}, level[i]...), level[i+1]...))
			next = append(next, h[:])
		}
		level = next
	}
	return hex.EncodeToString(level[0])
}

// Account is what the ledger says of one stream: every offset below Next has exactly one outcome.
type Account struct {
	Topic     string            `json:"topic"`
	Partition uint32            `json:"partition"`
	Revision  uint32            `json:"revision"`
	Next      uint64            `json:"next"`
	Outcomes  map[string]uint64 `json:"outcomes"` // offsets by outcome
	Missing   uint64            `json:"missing"`  // offsets below the ledger's last without an outcome
	Doubled   uint64            `json:"doubled"`  // offsets with more than one
}

// Accounts sums the ledger per stream.
func Accounts(ctx context.Context, store Store, sources []Source) ([]Account, error) {
	var accounts []Account
	err := store.Query(ctx, "cycle/accounts", map[string]any{"Topics": sources}, func(scan func(...any) error) error {
		var a Account
		if err := scan(&a.Topic, &a.Partition, &a.Revision, &a.Next, &a.Outcomes, &a.Missing, &a.Doubled); err != nil {
			return err
		}
		accounts = append(accounts, a)
		return nil
	})
	return accounts, err
}
