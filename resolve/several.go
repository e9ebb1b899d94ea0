package resolve

import (
	"cmp"
	"context"
)

// membersAtOnce is Config.MembersAtOnce by default.
const membersAtOnce = 2_000_000

// several resolves the entities of several anchors, in a scan of a large library slice by slice.
func (o *Owner) several(ctx context.Context, w *work) error {
	slice, slices := w.Slice, w.Slices
	w.Members, w.Slice, w.Slices = true, 0, 1
	defer func() { w.Members, w.Slice, w.Slices = false, slice, slices }()
	if w.All {
		var n uint64
		if err := o.Store.Query(ctx, "cycle/member_count", w, func(scan func(...any) error) error { return scan(&n) }); err != nil {
			return err
		}
		w.Slices = int(n/cmp.Or(o.MembersAtOnce, membersAtOnce)) + 1
	}
	for ; w.Slice < w.Slices; w.Slice++ {
		if err := o.steps(ctx, w, "cycle/resolve"); err != nil {
			return err
		}
	}
	return nil
}
