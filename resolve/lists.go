package resolve

import "context"

// mostSpent bounds how many ended cycles leave their work lists lying: dropping them costs more than a small cycle, so they go
// together, when there are many or nothing else is to do.
const mostSpent = 16

// sweep drops the work lists of ended cycles.
func (o *Owner) sweep(ctx context.Context) error {
	if len(o.spent) == 0 {
		return nil
	}
	if err := o.drop(ctx, o.spent...); err != nil {
		return err
	}
	o.spent = o.spent[:0]
	return nil
}

func (o *Owner) drop(ctx context.Context, cycles ...uint64) error {
	w := o.data()
	w.Spent = cycles
	return o.steps(ctx, w, "cycle/clear")
}

// dropLeftovers drops the work lists of earlier owners. One of them that was only stopped and goes on finds its lists empty; it
// learns that it is fenced before it can write a marker.
func (o *Owner) dropLeftovers(ctx context.Context) error {
	w := o.data()
	w.Epoch = o.epoch
	var cycles []uint64
	err := o.Store.Query(ctx, "cycle/leftovers", w, func(scan func(...any) error) error {
		var c uint64
		err := scan(&c)
		cycles = append(cycles, c)
		return err
	})
	if err != nil || len(cycles) == 0 {
		return err
	}
	return o.drop(ctx, cycles...)
}
