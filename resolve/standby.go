package resolve

import (
	"context"
	"log/slog"
	"time"
)

// How often a process says that it is there, and for how long it is believed.
const (
	beatEvery = 3 * time.Second
	beatHolds = 12 * time.Second
)

// Standby keeps processes that may own the same libraries from taking them from each other: one that is not the newest owner waits
// until that one has ended or was not heard of for 12 s. It is courtesy, not safety: the Fence keeps two owners apart, also one that was only
// stopped. It may be used concurrently.
type Standby struct {
	Store    Store
	Instance string // as in Config
	Log      *slog.Logger
}

type standing struct {
	Instance, Library string
	Ended             bool
	Seconds           int
}

// Beat says that this process is there until ctx ends, and then that it has ended.
func (s *Standby) Beat(ctx context.Context) error {
	defer func() { // what is not said is found out 12 s later
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatEvery)
		defer cancel()
		_ = s.Store.Exec(end, "cycle/beat", standing{Instance: s.Instance, Ended: true})
	}()
	for {
		if err := s.Store.Exec(ctx, "cycle/beat", standing{Instance: s.Instance}); err != nil && ctx.Err() == nil {
			s.Log.Warn("cannot say that this process is there; another may take its libraries over", "error", err)
		}
		if !sleep(ctx, beatEvery) {
			return ctx.Err()
		}
	}
}

// Wait returns when no other living process owns the library, or with ctx's error. role is told whether this process stands by.
func (s *Standby) Wait(ctx context.Context, library string, role func(standsBy bool)) error {
	for {
		held, err := s.held(ctx, library)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			s.Log.Warn("who owns the library is not known, asking again", "library", library, "error", err)
		case !held:
			role(false)
			return nil
		default:
			role(true)
		}
		if !sleep(ctx, beatEvery) {
			return ctx.Err()
		}
	}
}

func (s *Standby) held(ctx context.Context, library string) (bool, error) {
	var others uint64
	data := standing{Instance: s.Instance, Library: library, Seconds: int(beatHolds / time.Second)}
	err := s.Store.Query(ctx, "cycle/held", data, func(scan func(...any) error) error { return scan(&others) })
	return others > 0, err
}
