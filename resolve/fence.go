package resolve

import (
	"context"
	"encoding/binary"
	"time"
)

// A process that has lost a library may still have rows of matching under way: between its last look at the fence and the engine's
// answer nothing stops them. The owner therefore knows the rows that it has written or read itself, and builds matching again, from
// the claims, as soon as it meets another.

// now is the time of the next rows: later than every row that matching has written, so that the newest row of a pair is the last
// one whatever the clocks of earlier owners showed.
func (m *matcher) now(o *Owner) time.Time {
	at := o.Now().UTC().Truncate(time.Microsecond)
	if !at.After(m.newest) {
		at = m.newest.Add(time.Microsecond)
	}
	m.newest = at
	return at
}

// strange drops the index of matching when rows are stored that it does not know; it is then built again.
func (o *Owner) strange(ctx context.Context, w *work, pending uint64) error {
	m := o.match
	if o.Links == nil || m == nil {
		return nil
	}
	stamps := map[int64]uint64{}
	if pending > 0 {
		var err error
		if stamps, err = o.stamps(ctx, w); err != nil {
			return err
		}
	}
	for at, n := range stamps {
		if n > m.stamps[at] {
			o.match = nil
			return nil
		}
	}
	m.stamps = stamps
	var count, digest uint64
	err := o.Store.Query(ctx, "cycle/match_reviewed", o.data(), func(scan func(...any) error) error { return scan(&count, &digest) })
	if err != nil {
		return err
	}
	for id, p := range m.reviews.pairs {
		count--
		digest ^= binary.LittleEndian.Uint64(id[:8]) + uint64(p.at.UnixMicro())
	}
	if count != 0 || digest != 0 {
		o.match = nil
	}
	return nil
}

// stamps counts the links by match that no finished cycle has seen, by their time in microseconds.
func (o *Owner) stamps(ctx context.Context, w *work) (map[int64]uint64, error) {
	stamps := map[int64]uint64{}
	err := o.Store.Query(ctx, "cycle/link_stamps", w, func(scan func(...any) error) error {
		var at time.Time
		var n uint64
		err := scan(&at, &n)
		stamps[at.UnixMicro()] = n
		return err
	})
	return stamps, err
}
