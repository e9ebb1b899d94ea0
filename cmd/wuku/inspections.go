package main

import (
	"context"
	"time"

	"wuku/quality"
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
		inspector := quality.Inspector{Store: s.in.store, Catalog: s.in.current.Load().catalog}
		if _, err := inspector.Changed(ctx); err != nil && ctx.Err() == nil {
			s.in.log.Warn("inspection failed, it runs again later", "error", err)
		}
		last = time.Now()
	}
}
