package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
)

// Topic is a topic to be made: its name, partitions and settings (for example retention.ms). The zero Replication means the
// broker's default.
type Topic struct {
	Name        string
	Partitions  int
	Replication int
	Config      map[string]string
}

// Publisher writes messages and makes topics. It is safe for concurrent use. End with Close.
//
// kafka-go's writer has no idempotence: a message whose acknowledgement is lost is sent again and may stand twice in the topic.
// Readers must expect that; ours does, since a message's effect depends on its content alone.
type Publisher struct {
	transport *kafka.Transport
	client    *kafka.Client
	writer    *kafka.Writer
}

const (
	publishBatch   = 10_000                // messages
	publishBytes   = 1_000_000             // per batch: a broker refuses more than 1,048,588 unless it was told otherwise
	publishLinger  = 5 * time.Millisecond  // how long a small batch waits for company
	publishRetries = 60                    // with pauses up to publishPause: about a minute without a leader
	publishPause   = time.Second           //
	createTimeout  = 30 * time.Second      //
	topicPoll      = 50 * time.Millisecond // how often a new topic is looked for
)

// NewPublisher returns a Publisher. It does not connect. compression may be 0 (none), kafka.Lz4 and so on.
func NewPublisher(k Kafka, compression kafka.Compression) *Publisher {
	t := k.Transport()
	return &Publisher{
		transport: t,
		client:    &kafka.Client{Addr: k.addr(), Transport: t, Timeout: createTimeout},
		writer: &kafka.Writer{Addr: k.addr(), Transport: t, Balancer: kafka.Murmur2Balancer{Consistent: true}, RequiredAcks: kafka.RequireAll,
			MaxAttempts: publishRetries, WriteBackoffMin: 50 * time.Millisecond, WriteBackoffMax: publishPause,
			BatchSize: publishBatch, BatchBytes: publishBytes, BatchTimeout: publishLinger, Compression: compression},
	}
}

// Close sends what is waiting and closes the connections.
func (p *Publisher) Close() error {
	err := p.writer.Close()
	p.transport.CloseIdleConnections()
	return err
}

// Publish writes messages, each with its Topic set, and returns when all replicas in sync have them. Messages with equal keys go
// to one partition, the same as with the Java clients (murmur2), in the order given. On error any part of them may be written.
func (p *Publisher) Publish(ctx context.Context, messages ...kafka.Message) error {
	if err := p.writer.WriteMessages(ctx, messages...); err != nil {
		return fmt.Errorf("publish %d messages: %w", len(messages), err)
	}
	return nil
}

// EnsureTopics makes those topics that do not exist yet and waits until each can be written to. A topic that exists keeps its
// settings and partitions. Topics are made with cleanup.policy=delete unless Config says otherwise: a compacted topic cannot
// prove that it still is the one that was read.
func (p *Publisher) EnsureTopics(ctx context.Context, topics []Topic) error {
	if len(topics) == 0 {
		return nil
	}
	req := &kafka.CreateTopicsRequest{}
	names := make([]string, 0, len(topics))
	for _, t := range topics {
		c := kafka.TopicConfig{Topic: t.Name, NumPartitions: max(t.Partitions, 1), ReplicationFactor: t.Replication}
		if t.Replication == 0 {
			c.ReplicationFactor = -1
		}
		if _, ok := t.Config["cleanup.policy"]; !ok {
			c.ConfigEntries = append(c.ConfigEntries, kafka.ConfigEntry{ConfigName: "cleanup.policy", ConfigValue: "delete"})
		}
		for name, value := range t.Config {
			c.ConfigEntries = append(c.ConfigEntries, kafka.ConfigEntry{ConfigName: name, ConfigValue: value})
		}
		req.Topics = append(req.Topics, c)
		names = append(names, t.Name)
	}
	answer, err := p.client.CreateTopics(ctx, req)
	if err != nil {
		return fmt.Errorf("create topics: %w", err)
	}
	var failed []error
	for name, err := range answer.Errors {
		if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
			failed = append(failed, fmt.Errorf("create topic %s: %w", name, err))
		}
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return p.await(ctx, names)
}

// await waits until every partition of the topics has a leader.
func (p *Publisher) await(ctx context.Context, names []string) error {
	w := wire{addr: p.client.Addr, transport: p.transport, clientID: p.transport.ClientID}
	for {
		l, err := w.layout(ctx, names)
		if err == nil && l.ready(names) {
			return nil
		}
		if !sleep(ctx, topicPoll) {
			return errors.Join(fmt.Errorf("wait for topics %v to have leaders: %w", names, ctx.Err()), err)
		}
	}
}

func (l *layout) ready(topics []string) bool {
	for _, t := range topics {
		n := l.partitions[t]
		if n == 0 {
			return false
		}
		for i := range n {
			if _, ok := l.leaders[place{t, int32(i)}]; !ok {
				return false
			}
		}
	}
	return true
}
