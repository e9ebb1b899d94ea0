package main

import (
	"errors"
	"fmt"
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
	Limit               int
}

func (c *choice) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.Feed, "feed", "", "only of this feed")
	cmd.Flags().StringVar(&c.Reason, "reason", "", "only with this reason")
	cmd.Flags().IntVar(&c.Limit, "limit", 1000, "at most so many")
}

func quarantineCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "quarantine", Short: "messages that could not be taken: kept whole, with place and reason"}
	cmd.AddCommand(quarantineList(), quarantineShow(), quarantineRetry())
	return cmd
}

func (in *instance) quarantined(cmd *cobra.Command, c choice) ([]refused, error) {
	list := []refused{}
	err := in.store.Query(cmd.Context(), "query/quarantine", c, func(scan func(...any) error) error {
		var r refused
		err := scan(&r.Feed, &r.Topic, &r.Partition, &r.Offset, &r.Reason, &r.Field, &r.Detail, &r.Received, &r.key, &r.value, &r.headers)
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
				list, err := in.quarantined(cmd, c)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), list)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, r := range list {
					fmt.Fprintf(w, "%s\t%s/%d@%d\t%s\t%s\t%s\n", r.Feed, r.Topic, r.Partition, r.Offset, r.Reason, r.Field, r.Detail)
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
				list, err := in.quarantined(cmd, c)
				if err != nil {
					return err
				}
				if len(list) == 0 {
					return errors.New("no message of that place is in quarantine")
				}
				r := list[0]
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s/%d@%d received %s\n%s %s: %s\nkey: %s\nheaders: %s\n%s\n", r.Feed, r.Topic, r.Partition, r.Offset,
					r.Received.Format(time.RFC3339), r.Reason, r.Field, r.Detail, strconv.Quote(r.key), r.headers, r.value)
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
	return choice{Topic: args[0], Partition: partition, Offset: offset, Limit: 1}, nil
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
	list, err := in.quarantined(cmd, c)
	if err != nil {
		return err
	}
	messages := make([]ingest.Message, len(list))
	for i, r := range list {
		messages[i] = ingest.Message{Topic: r.Topic, Partition: int32(r.Partition), Offset: int64(r.Offset), TimeMS: r.Received.UnixMilli(), Key: []byte(r.key), Value: []byte(r.value)}
		if messages[i].Headers, err = headers(r.headers); err != nil {
			return fmt.Errorf("%s/%d@%d: its stored headers cannot be read: %w", r.Topic, r.Partition, r.Offset, err)
		}
	}
	p := ingest.NewPublisher(in.kafka, kafka.Compression(0))
	err = errors.Join(p.PublishRetry(cmd.Context(), messages...), p.Close())
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%d messages sent to be mapped again\n", len(messages))
	return nil
}

// headers reads quality.quarantine.message_headers; most messages have none.
func headers(text string) ([]ingest.Header, error) {
	if text == "" {
		return nil, nil
	}
	return ingest.DecodeHeaders([]byte(text))
}
