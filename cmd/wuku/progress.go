package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"wuku/entity"
	"wuku/ingest"
)

// How long work may lie there undone before it is an alarm. A library's cycle is one step here: a first load takes minutes.
const (
	ingestPatience  = time.Minute
	libraryPatience = 15 * time.Minute
	progressEvery   = 5 * time.Second
)

// progress notices that nothing moves although there is something to do. It may be used concurrently.
type progress struct {
	mu    sync.Mutex
	stuck map[string]time.Time // stage -> since when; zero: it moves
	moved map[string]movement
}

// movement is what a stage had done when that last changed.
type movement struct {
	done int64
	at   time.Time
}

func newProgress() *progress {
	return &progress{stuck: map[string]time.Time{}, moved: map[string]movement{}}
}

// stages tells since when each stage stands still; zero: it moves.
func (p *progress) stages() map[string]time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make(map[string]time.Time, len(p.stuck))
	for stage, since := range p.stuck {
		all[stage] = since
	}
	return all
}

// note takes one look at a stage: whether it has work, and a figure that grows when it does some. It reports whether the stage has just
// been found to stand still, and since when.
func (p *progress) note(stage string, work bool, done int64, now time.Time, patience time.Duration) (alarm bool, since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, known := p.moved[stage]
	if !known || !work || done != m.done {
		p.moved[stage] = movement{done, now}
		p.stuck[stage] = time.Time{}
		return false, time.Time{}
	}
	if now.Sub(m.at) < patience {
		return false, time.Time{}
	}
	alarm = p.stuck[stage].IsZero()
	p.stuck[stage] = m.at
	return alarm, m.at
}

// watchProgress looks at every stage of this process until ctx ends: an alarm is a metric, a line in the log and an incident.
func (s *services) watchProgress(ctx context.Context) error {
	for first := true; first || rest(ctx, progressEvery); first = false { // at once, so that the metric is there from the first scrape
		now := time.Now()
		if s.consumer != nil {
			var behind int64
			for _, l := range s.consumer.Lag() {
				behind += l.Behind - l.Held // what an open transaction holds back is its producer's to end
			}
			stats := s.consumer.Stats()
			if alarm, since := s.progress.note("ingest", behind > 0, stats.Records.Load(), now, ingestPatience); alarm {
				s.alarm(ctx, "ingest", since, fmt.Sprintf("%d messages are behind", behind))
			}
		}
		for library := range s.loops {
			work := !s.standby[library].Load() // an owner looks every few seconds even where there is nothing to do
			if alarm, since := s.progress.note(library, work, s.meters.looked[library].Load(), now, libraryPatience); alarm {
				s.alarm(ctx, library, since, "no cycle ended")
			}
		}
	}
	return nil
}

func (s *services) alarm(ctx context.Context, stage string, since time.Time, what string) {
	detail := fmt.Sprintf("%s of %s: %s, nothing was done since %s: see docs/runbook.md", stage, instanceName(), what, since.UTC().Format("2006-01-02 15:04:05Z"))
	s.in.log.Error("no progress", "stage", stage, "since", since, "what", what)
	i := entity.Incident{Kind: ingest.IncidentIdle, Detail: detail, From: since.UnixMilli(), To: since.UnixMilli(), TimeMS: time.Now().UnixMilli()}
	if err := s.in.store.Report(ctx, i); err != nil {
		s.in.log.Error("the incident could not be kept", "error", err)
	}
}
