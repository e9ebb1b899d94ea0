package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"wuku/ingest"
	"wuku/resolve"
)

// erased is the erasure list in memory, for ingest: records that no replay may bring back.
type erased struct {
	in   *instance
	mu   sync.RWMutex
	list map[[2]string]bool
}

// erasedEvery is how often the list is read again; an erasure waits longer than that before it deletes.
const erasedEvery = 2 * time.Second

func (e *erased) load(ctx context.Context) error {
	list := map[[2]string]bool{}
	err := e.in.store.Query(ctx, "query/erased", nil, func(scan func(...any) error) error {
		var at [2]string
		err := scan(&at[0], &at[1])
		list[at] = true
		return err
	})
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = list
	return nil
}

func (e *erased) watch(ctx context.Context) error {
	tick := time.NewTicker(erasedEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := e.load(ctx); err != nil && ctx.Err() == nil {
				e.in.log.Warn("erasure list not read, the last one stays", "error", err)
			}
		}
	}
}

// has is called by many goroutines, once a message; an empty list costs nothing.
func (e *erased) has(feed string, key []byte) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if len(e.list) == 0 {
		return false
	}
	return e.list[[2]string{feed, ingest.ErasedKey(e.in.anchorer(), feed, key)}]
}

func eraseCommand() *cobra.Command {
	var f flags
	var e resolve.Erasure
	cmd := &cobra.Command{
		Use:   "erase --feed FEED --reason REASON",
		Short: "forget a record by law: what it said goes from claims, libraries and quarantine, and no replay brings it back",
		Long:  "forget a record by law: what it said goes from claims, libraries and quarantine, and no replay brings it back.\n\nThe record key is read from standard input, so that it stands in no argument list or history.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			if e.Key = strings.TrimSpace(line); e.Key == "" {
				return errors.New("give the record key on standard input")
			}
			return with(cmd.Context(), f, func(in *instance) error { return in.erase(cmd, e) })
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&e.Feed, "feed", "", "the record's feed")
	cmd.Flags().StringVar(&e.Reason, "reason", "", "why: law, order, file number")
	cmd.Flags().StringVar(&e.By, "by", instanceName(), "who answers for it")
	_ = cmd.MarkFlagRequired("feed")   // the flags exist: it cannot fail
	_ = cmd.MarkFlagRequired("reason") //
	return cmd
}

func (in *instance) erase(cmd *cobra.Command, e resolve.Erasure) error {
	ctx := cmd.Context()
	feed := in.current.Load().catalog.Feed(e.Feed)
	if feed == nil {
		return fmt.Errorf("there is no feed %s", e.Feed)
	}
	if len(in.kafka.Brokers) == 0 {
		return errors.New("an erasure takes the libraries over and needs the broker for that: start the instance (`wuku up`) or give --kafka")
	}
	e.Hash = ingest.ErasedKey(in.anchorer(), e.Feed, []byte(e.Key))
	if err := resolve.Refuse(ctx, in.store, e); err != nil {
		return err
	}
	select { // until every process that ingests has read the list
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(2 * erasedEvery):
	}
	if feed.Snapshot != nil {
		if err := in.compactAway(ctx, feed.ChangesTopic(), e.Key); err != nil {
			return err
		}
	}
	fence := ingest.NewFence(in.kafka, instanceName())
	defer fence.Close()
	libraries := map[string]bool{}
	for _, s := range feed.Claims {
		libraries[s.Library] = true
	}
	for l := range libraries {
		o, err := resolve.Take(ctx, in.config(l, fence))
		if err != nil {
			return err
		}
		res, err := o.Erase(ctx, e)
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %d anchors resolved again, %d entities changed\n", l, res.Anchors, res.Events)
	}
	return resolve.Forget(ctx, in.store, e)
}

// compactAway ends the record on its topic of changes: what stands there of it goes at the next compaction, and this message after it.
func (in *instance) compactAway(ctx context.Context, topic, key string) error {
	p := ingest.NewPublisher(in.kafka, kafka.Compression(0))
	return errors.Join(p.Publish(ctx, kafka.Message{Topic: topic, Key: []byte(key)}), p.Close())
}
