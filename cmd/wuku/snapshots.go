package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/ingest"
)

// snapshotPause is how often a process looks whether a snapshot of its topics has ended.
const snapshotPause = 2 * time.Second

// openingPause is the same while partitions are being opened: a start is ready when all snapshots have been looked at.
const openingPause = 100 * time.Millisecond

// snapshots compares the snapshots of the topics that this process reads.
func (s *services) snapshots(ctx context.Context) error {
	c := &ingest.Comparer{Store: s.in.store, Publisher: s.publisher, Clock: time.Now, Log: s.in.log}
	for {
		again := false // what was compared may have kept the next one waiting
		lags, pause := s.consumer.Lag(), snapshotPause
		if len(lags) == 0 || slices.ContainsFunc(lags, func(l ingest.Lag) bool { return l.State == "opening" }) {
			pause = openingPause
		}
		for _, l := range lags {
			feed := s.in.current.Load().catalog.FeedByTopic(l.Topic)
			if feed == nil || feed.Snapshot == nil || l.State != "running" || l.Revision != feed.Revision { // else it is about to be read anew
				continue
			}
			worked, err := c.Step(ctx, feed, l.Next)
			if err == nil && !worked {
				err = s.compared.note(ctx, s.in.kafka, feed, l.Next)
			}
			if err != nil && ctx.Err() == nil {
				s.in.log.Warn("snapshot, trying again", "feed", feed.Name, "error", err)
			}
			again = again || worked && err == nil
		}
		if again {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// compared is how far the topics of snapshots that this process reads have been looked at.
type compared struct {
	mu   sync.Mutex
	upTo map[string]comparedTo // by topic
}

type comparedTo struct {
	next    int64 // there is no whole snapshot below it that is not dealt with
	changes int64 // where the topic of changes ended then
}

// note notes that there was nothing to compare below next.
func (c *compared) note(ctx context.Context, k ingest.Kafka, feed *catalog.Feed, next int64) error {
	c.mu.Lock()
	upTo, known := c.upTo[feed.Topic]
	c.mu.Unlock()
	if known && upTo.next == next {
		return nil
	}
	end, err := ingest.End(ctx, k, feed.ChangesTopic(), 0)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.upTo == nil {
		c.upTo = map[string]comparedTo{}
	}
	c.upTo[feed.Topic] = comparedTo{next, end}
	return nil
}

// behind names a feed whose snapshots are in the ledger and not yet compared, or whose changes are not yet read; "" if there is none.
func (c *compared) behind(all *catalog.Catalog, lags []ingest.Lag) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := map[string]int64{}
	for _, l := range lags {
		next[l.Topic] = l.Next
	}
	for i := range all.Feeds {
		f := &all.Feeds[i]
		at, ours := next[f.Topic]
		if f.Snapshot == nil || !ours {
			continue
		}
		changes, read := next[f.ChangesTopic()]
		if upTo, known := c.upTo[f.Topic]; !known || upTo.next < at || read && changes < upTo.changes {
			return f.Name
		}
	}
	return ""
}

// snapshotRun is one snapshot with what became of it.
type snapshotRun struct {
	Feed     string    `json:"feed"`
	Begin    uint64    `json:"begin"` // offsets of its marks
	End      uint64    `json:"end"`
	Name     string    `json:"name"`
	Declared int64     `json:"declared"` // -1: nothing was declared
	Records  uint64    `json:"records"`
	Refused  uint64    `json:"refused"`
	Changed  uint64    `json:"changed"`
	Deleted  uint64    `json:"deleted"`
	Why      string    `json:"why,omitempty"` // why it, or a part of it, was not taken
	At       time.Time `json:"at"`
}

func snapshotsCommand() *cobra.Command {
	var f flags
	var asJSON bool
	c := choice{Limit: 100}
	cmd := &cobra.Command{
		Use:   "snapshots",
		Short: "snapshots 全量 that feeds have sent: how many records, what has changed, or why nothing was taken",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list := []snapshotRun{}
				err := in.store.Query(cmd.Context(), "snapshot/list", c, func(scan func(...any) error) error {
					var r snapshotRun
					err := scan(&r.Feed, &r.Begin, &r.End, &r.Name, &r.Declared, &r.Records, &r.Refused, &r.Changed, &r.Deleted, &r.Why, &r.At)
					list = append(list, r)
					return err
				})
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), list)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, r := range list {
					fmt.Fprintf(w, "%s\t@%d–%d\t%s\t%d records\t%d refused\t%d changed\t%d deleted\t%s\n", r.Feed, r.Begin, r.End, r.Name, r.Records, r.Refused, r.Changed, r.Deleted, r.Why)
				}
				return w.Flush()
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&c.Feed, "feed", "", "only of this feed")
	cmd.Flags().IntVar(&c.Limit, "limit", 100, "at most so many")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
