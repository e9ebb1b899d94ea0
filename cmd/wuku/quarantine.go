package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"wuku/ingest"
)

// refused is one message in quarantine.
type refused struct {
	Feed      string    `json:"feed"`
	Topic     string    `json:"topic"`
	Partition uint32    `json:"partition"`
	Offset    uint64    `json:"offset"`
	Record    uint32    `json:"record"` // of a message that holds several, from 0
	Reason    string    `json:"reason"`
	Field     string    `json:"field"`
	Detail    string    `json:"detail"`
	Received  time.Time `json:"received"`
	key       string
	value     string
	headers   string
}

// choice is which messages a command is about.
type choice struct {
	Feed, Reason, Topic string
	Partition           int
	Offset              int64
	Since, Until        int64 // milliseconds; 0: no bound
	Limit               int
	since, until        string
}

func (c *choice) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.Feed, "feed", "", "only of this feed")
	cmd.Flags().StringVar(&c.Reason, "reason", "", "only with this reason")
	cmd.Flags().IntVar(&c.Limit, "limit", 1000, "at most so many")
	cmd.Flags().StringVar(&c.since, "since", "", "only what was received at or after this time: 2026-03-01, 2026-03-01T08:00:00+08:00, or a duration before now such as 24h")
	cmd.Flags().StringVar(&c.until, "until", "", "only what was received before this time")
}

// times reads the bounds of time. Without a zone they are China's.
func (c *choice) times(now time.Time) (err error) {
	if c.Since, err = instant("--since", c.since, now); err == nil {
		c.Until, err = instant("--until", c.until, now)
	}
	return err
}

func instant(flag, text string, now time.Time) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if ago, err := time.ParseDuration(text); err == nil {
		return now.Add(-ago).UnixMilli(), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, time.FixedZone("+08:00", 8*60*60)); err == nil {
			return at.UnixMilli(), nil
		}
	}
	return 0, fmt.Errorf("%s: %q is no time: write 2026-03-01, 2026-03-01T08:00:00+08:00, or a duration before now such as 24h", flag, text)
}

func quarantineCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "quarantine", Short: "messages that could not be taken: kept whole, with place and reason"}
	cmd.AddCommand(quarantineList(), quarantineShow(), quarantineRetry())
	return cmd
}

func (in *instance) quarantined(ctx context.Context, c choice) ([]refused, error) {
	list := []refused{}
	if err := c.times(time.Now()); err != nil {
		return nil, err
	}
	err := in.store.Query(ctx, "query/quarantine", c, func(scan func(...any) error) error {
		var r refused
		err := scan(&r.Feed, &r.Topic, &r.Partition, &r.Offset, &r.Record, &r.Reason, &r.Field, &r.Detail, &r.Received, &r.key, &r.value, &r.headers)
		list = append(list, r)
		return err
	})
	return list, err
}

func quarantineList() *cobra.Command {
	var f flags
	var asJSON bool
	c := choice{Partition: -1, Offset: -1}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "what is in quarantine, by feed and reason",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list, err := in.quarantined(cmd.Context(), c)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), list)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, r := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Feed, r.place(), r.Reason, r.Field, r.Detail)
				}
				return w.Flush()
			})
		},
	}
	f.add(cmd)
	c.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func quarantineShow() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "show TOPIC PARTITION OFFSET",
		Short: "one message as it came, with its reason",
		Args:  cobra.ExactArgs(3),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := at(args)
			if err != nil {
				return err
			}
			return with(cmd.Context(), f, func(in *instance) error {
				list, err := in.quarantined(cmd.Context(), c)
				if err != nil {
					return err
				}
				if len(list) == 0 {
					return errors.New("no message of that place is in quarantine")
				}
				out := cmd.OutOrStdout()
				for _, r := range list {
					fmt.Fprintf(out, "%s %s received %s\n%s %s: %s\n", r.Feed, r.place(), r.Received.Format(time.RFC3339), r.Reason, r.Field, r.Detail)
				}
				fmt.Fprintf(out, "key: %s\nheaders: %s\n%s\n", strconv.Quote(list[0].key), list[0].headers, list[0].value)
				return nil
			})
		},
	}
	f.add(cmd)
	return cmd
}

func at(args []string) (choice, error) {
	partition, err1 := strconv.Atoi(args[1])
	offset, err2 := strconv.ParseInt(args[2], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return choice{}, fmt.Errorf("partition and offset are whole numbers: %w", err)
	}
	return choice{Topic: args[0], Partition: partition, Offset: offset, Limit: 100_000}, nil
}

// place is topic/partition@offset, with the number of the record where it is not the first.
func (r refused) place() string {
	at := fmt.Sprintf("%s/%d@%d", r.Topic, r.Partition, r.Offset)
	if r.Record > 0 {
		at += fmt.Sprintf("#%d", r.Record)
	}
	return at
}

func quarantineRetry() *cobra.Command {
	var f flags
	c := choice{Partition: -1, Offset: -1}
	cmd := &cobra.Command{
		Use:   "retry [TOPIC PARTITION OFFSET]",
		Short: "map messages again after the cause is mended; they keep their original place",
		Args: cobra.MatchAll(cobra.MaximumNArgs(3), func(_ *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) == 2 {
				return errors.New("a place is TOPIC PARTITION OFFSET")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 3 {
				one, err := at(args)
				if err != nil {
					return err
				}
				c.Topic, c.Partition, c.Offset = one.Topic, one.Partition, one.Offset
			}
			return with(cmd.Context(), f, func(in *instance) error { return in.retry(cmd, c) })
		},
	}
	f.add(cmd)
	c.add(cmd)
	return cmd
}

func (in *instance) retry(cmd *cobra.Command, c choice) error {
	if len(in.kafka.Brokers) == 0 {
		return errors.New("a retry goes by the topic wuku.retry and needs the broker: start the instance (`wuku up`) or give --kafka")
	}
	sent, left, err := in.mapAgain(cmd.Context(), c)
	if err != nil {
		return err
	}
	if left > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "%d messages are of feeds of snapshots and were not sent: the next dump brings their records\n", left)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d messages sent to be mapped again\n", sent)
	return nil
}

// mapAgain sends messages in quarantine to be mapped again. It returns how many, and how many records were left because they are of
// snapshots.
func (in *instance) mapAgain(ctx context.Context, c choice) (sent, left int, err error) {
	list, err := in.quarantined(ctx, c)
	if err != nil {
		return 0, 0, err
	}
	left = len(list)
	list = slices.DeleteFunc(list, in.ofSnapshot)
	left -= len(list)
	messages, err := retries(list)
	if err != nil || len(messages) == 0 {
		return 0, left, err
	}
	p := ingest.NewPublisher(in.kafka, kafka.Compression(0))
	return len(messages), left, errors.Join(p.PublishRetry(ctx, messages...), p.Close())
}

// ofSnapshot reports whether a record stands in a snapshot. Only whole snapshots say what is so, so that mapping it again changes nothing.
func (in *instance) ofSnapshot(r refused) bool {
	feed := in.current.Load().catalog.FeedByTopic(r.Topic)
	return feed != nil && feed.Snapshot != nil
}

// retries are the messages of refused records, each once: a message is mapped again as a whole. One whose bytes are not kept any more,
// since a record in it was erased, is left out.
func retries(list []refused) ([]ingest.Message, error) {
	var messages []ingest.Message
	type place struct {
		topic     string
		partition uint32
		offset    uint64
	}
	sent := map[place]bool{}
	for _, r := range list {
		at := place{r.Topic, r.Partition, r.Offset}
		if sent[at] || r.value == "" && r.key == "" && r.headers == "" {
			continue
		}
		sent[at] = true
		m := ingest.Message{Topic: r.Topic, Partition: int32(r.Partition), Offset: int64(r.Offset), TimeMS: r.Received.UnixMilli(), Key: []byte(r.key), Value: []byte(r.value)}
		var err error
		if m.Headers, err = headers(r.headers); err != nil {
			return nil, fmt.Errorf("%s: its stored headers cannot be read: %w", r.place(), err)
		}
		messages = append(messages, m)
	}
	return messages, nil
}

// headers reads quality.quarantine.message_headers; most messages have none.
func headers(text string) ([]ingest.Header, error) {
	if text == "" {
		return nil, nil
	}
	return ingest.DecodeHeaders([]byte(text))
}
