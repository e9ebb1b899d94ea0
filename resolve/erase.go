package resolve

import (
	"context"
	"fmt"
)

// Erasure names a record that must be forgotten by law, and what is kept instead of its key.
type Erasure struct {
	Feed, Key  string
	Hash       string // keyed hash of the key, as ingest computes it
	Reason, By string
}

// Refuse puts the record on the erasure list, which ingest checks: from then on no replay brings it back. It comes first of all;
// processes that ingest look at the list every few seconds.
func Refuse(ctx context.Context, store Store, e Erasure) error {
	return store.Exec(ctx, "cycle/erase_list", e)
}

// Erase removes what the record said from this library, and resolves what it had a part in again; the changes are published like
// any others. Repeating it is harmless.
func (o *Owner) Erase(ctx context.Context, e Erasure) (Result, error) {
	started := o.Now()
	w := o.data()
	w.Erasure = e
	if err := o.windows(ctx, w); err != nil {
		return Result{}, err
	}
	if err := o.mine(ctx); err != nil {
		return Result{}, err
	}
	o.count++
	w.Cycle, w.Last, w.Started = o.epoch<<32|o.count, o.last.cycle, started.UnixMilli()
	if len(w.Windows) > 0 {
		if err := o.gone(ctx, w); err != nil {
			return Result{}, err
		}
		if err := o.Store.Exec(ctx, "cycle/touched", w); err != nil {
			return Result{}, err
		}
	}
	if err := o.steps(ctx, w, "cycle/erase_anchors", "cycle/erase_claims"); err != nil {
		return Result{}, err
	}
	anchors, err := o.touched(ctx, w)
	if err != nil {
		return Result{}, err
	}
	err = o.Store.Query(ctx, "cycle/touched_list", w, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		w.Anchors = append(w.Anchors, id)
		return err
	})
	if err != nil {
		return Result{}, err
	}
	if err := o.finish(ctx, w); err != nil {
		return Result{}, fmt.Errorf("library %s: %w", w.Library, err)
	}
	if err := o.sweep(ctx); err != nil { // the lists hold copies of claims
		return Result{}, err
	}
	if len(w.Anchors) > 0 {
		if err := o.steps(ctx, w, "cycle/erase_rows"); err != nil {
			return Result{}, err
		}
	}
	return Result{Cycle: w.Cycle, Anchors: anchors, Events: w.SeqTo - w.Seq, Took: o.Now().Sub(started)}, nil
}

// Forget removes the record's key from the ledger, which keeps only that its offsets were read. It comes last, when every library
// has erased the record.
func Forget(ctx context.Context, store Store, e Erasure) error {
	return store.Exec(ctx, "cycle/erase_ledger", e)
}
