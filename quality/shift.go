package quality

import (
	"context"
	"fmt"
)

// Shift is how far a feed's points lie from those that other feeds give of the same places. A feed whose coordinates are of another
// system than its contract says has most of its places shifted alike: GCJ-02 by some 500 m. 坐标偏移
type Shift struct {
	Feed                string
	Places              uint64  // that other feeds give too
	East, North         float64 // the median, in metres
	Alike               uint64  // millionths of the places whose shift is within a fifth of it
	Longitude, Latitude float64 // where about they lie
}

// Shifts measures every feed of the place library whose places others give too, in one scan.
func Shifts(ctx context.Context, store Store) ([]Shift, error) {
	var out []Shift
	err := store.Query(ctx, "quality/shifts", nil, func(scan func(...any) error) error {
		var s Shift
		err := scan(&s.Feed, &s.Places, &s.East, &s.North, &s.Alike, &s.Longitude, &s.Latitude)
		out = append(out, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("shifts of points: %w", err)
	}
	return out, nil
}
