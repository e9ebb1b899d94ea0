package main

import (
	"context"
	"time"
)

// inspectEvery is how often inspections across records run at most, when something has changed and nothing is being loaded. What has
// changed is looked at alone, so that the cost follows the change.
const inspectEvery = 10 * time.Second

// inspections runs the inspections across records: of all when a load has settled or the rules have changed, else of what has changed.
func (s *services) inspections(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if ok, _ := s.settled(); !ok || time.Since(last) < inspectEvery {
			continue
		}
		if err := s.inspect(ctx); err != nil && ctx.Err() == nil {
			s.in.log.Warn("inspection failed, it runs again later", "error", err)
		}
		last = time.Now()
	}
}

// inspect looks at what has changed, and at everything when a plan says so, tells which feeds are late, lets work orders and warnings follow and ends or presses those whose term has passed, and tells who must know.
func (s *services) inspect(ctx context.Context) error {
	inspector := s.in.inspector()
	if _, err := inspector.Changed(ctx); err != nil {
		return err
	}
	if _, err := inspector.Due(ctx); err != nil {
		return err
	}
	if err := s.late(ctx); err != nil {
		return err
	}
	desk := s.in.desk()
	if err := desk.Press(ctx); err != nil {
		return err
	}
	if _, err := desk.Tell(ctx, orderTeller{s.publisher, desk.Board()}); err != nil {
		return err
	}
	watch := s.in.watch()
	if err := watch.Expire(ctx); err != nil {
		return err
	}
	_, err := watch.Tell(ctx, s.alert)
	return err
}
