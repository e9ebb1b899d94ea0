package main

import (
	"context"
	"time"

	"wuku/ingest"
)

// refusals tells departments what was refused of theirs, partition by partition, once it is in the ledger.
type refusals struct {
	s    *services
	next map[refusalPlace]uint64 // the first offset that was not looked at
}

// refusalPlace is one partition of a topic under one revision of its mapping.
type refusalPlace struct {
	topic     string
	partition uint32
	revision  uint32
}

// refusalWindow is one partition's offsets to look at.
type refusalWindow struct {
	Topic               string
	Partition, Revision uint32
	From, To            uint64
}

// refusalPause is how often is looked, refusalPage how many are told at once.
const (
	refusalPause = 2 * time.Second
	refusalPage  = 5_000
)

func (s *services) refusals(ctx context.Context) error {
	r := &refusals{s: s}
	for {
		if err := r.look(ctx); err != nil && ctx.Err() == nil {
			r.next = nil // what stands in the table counts
			s.in.log.Warn("telling departments what was refused, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(refusalPause):
		}
	}
}

func (r *refusals) look(ctx context.Context) error {
	if r.next == nil {
		if err := r.load(ctx); err != nil {
			return err
		}
	}
	windows := r.windows()
	if len(windows) == 0 {
		return nil
	}
	var list []ingest.Refusal
	err := r.s.in.store.Query(ctx, "query/refused", map[string]any{"Windows": windows, "Limit": refusalPage}, func(scan func(...any) error) error {
		var f ingest.Refusal
		err := scan(&f.Feed, &f.Topic, &f.Partition, &f.Revision, &f.Offset, &f.Record, &f.Reason, &f.Field, &f.Detail, &f.Received)
		list = append(list, f)
		return err
	})
	if err != nil {
		return err
	}
	if len(list) == refusalPage { // the windows end where the page does; the rest comes with the next look
		windows = cut(windows, list[len(list)-1])
	}
	if len(list) > 0 {
		if err := r.s.publisher.Refuse(ctx, list); err != nil {
			return err
		}
	}
	if err := r.s.in.store.Exec(ctx, "query/tell", map[string]any{"Windows": windows}); err != nil {
		return err
	}
	for _, w := range windows {
		r.next[refusalPlace{w.Topic, w.Partition, w.Revision}] = w.To
	}
	return nil
}

// cut keeps the windows up to the place of the last record of a page, which is told again with the next. A single message that fills a
// page is told with the page's part of its records.
func cut(windows []refusalWindow, last ingest.Refusal) []refusalWindow {
	var kept []refusalWindow
	for _, w := range windows {
		switch {
		case w.Topic == last.Topic && w.Partition == last.Partition:
			whole := w
			if w.To = last.Offset; w.To > w.From {
				kept = append(kept, w)
			} else if len(kept) == 0 {
				whole.To = last.Offset + 1
				kept = append(kept, whole)
			}
		case w.Topic < last.Topic || w.Topic == last.Topic && w.Partition < last.Partition:
			kept = append(kept, w)
		}
	}
	return kept
}

// windows are the offsets of this process's partitions that are in the ledger and were not looked at.
func (r *refusals) windows() []refusalWindow {
	var list []refusalWindow
	now := r.s.in.current.Load().catalog
	for _, l := range r.s.consumer.Lag() {
		if now.FeedByTopic(l.Topic) == nil || l.State != "running" {
			continue
		}
		at := refusalPlace{l.Topic, uint32(l.Partition), l.Revision} // a newer one may be in force already
		if from, to := r.next[at], uint64(l.Next); to > from {
			list = append(list, refusalWindow{l.Topic, at.partition, at.revision, from, to})
		}
	}
	return list
}

func (r *refusals) load(ctx context.Context) error {
	next := map[refusalPlace]uint64{}
	err := r.s.in.store.Query(ctx, "query/told", nil, func(scan func(...any) error) error {
		var at refusalPlace
		var n uint64
		err := scan(&at.topic, &at.partition, &at.revision, &n)
		next[at] = n
		return err
	})
	if err == nil {
		r.next = next
	}
	return err
}
