package main

import (
	"context"
	"time"

	"wuku/quality"
)

// inspectEvery is how often inspections across records run at most, when something has changed and nothing is being loaded.
const inspectEvery = time.Minute

// inspections runs the inspections across records: once when a load has settled, then from time to time.
func (s *services) inspections(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var inspected int64
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		records := s.consumer.Stats().Records.Load()
		if ok, _ := s.settled(); !ok || records == inspected || time.Since(last) < inspectEvery {
			continue
		}
		now := s.in.current.Load()
		for _, l := range now.catalog.Libraries {
			if _, err := quality.Inspect(ctx, s.in.store, now.catalog, l.Name); err != nil && ctx.Err() == nil {
				s.in.log.Warn("inspection failed, it runs again later", "library", l.Name, "error", err)
			}
		}
		inspected, last = records, time.Now()
	}
}
