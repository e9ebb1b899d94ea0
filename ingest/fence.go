package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/segmentio/kafka-go"
)

// Fence gives each library one owner at a time: taking over is a message on the one-partition topic wuku.owner, and its offset,
// counted from 1, is the owner's epoch. It is safe for concurrent use. End with Close.
type Fence struct {
	client    *kafka.Client
	transport *kafka.Transport
	instance  string

	mu     sync.Mutex
	next   int64             // first offset not read yet
	newest map[string]uint64 // library -> newest epoch
}

// NewFence returns a Fence; instance names this process in the topic.
func NewFence(k Kafka, instance string) *Fence {
	t := k.Transport(TopicOwner)
	return &Fence{client: &kafka.Client{Addr: k.addr(), Transport: t, Timeout: requestTimeout}, transport: t, instance: instance, newest: map[string]uint64{}}
}

// Close ends the connections.
func (f *Fence) Close() { f.transport.CloseIdleConnections() }

// Take makes the caller the owner of the library and returns its epoch.
func (f *Fence) Take(ctx context.Context, library string) (uint64, error) {
	answer, err := f.client.Produce(ctx, &kafka.ProduceRequest{Topic: TopicOwner, Partition: 0, RequiredAcks: kafka.RequireAll,
		Records: kafka.NewRecordReader(kafka.Record{Key: kafka.NewBytes([]byte(library)), Value: kafka.NewBytes([]byte(f.instance))})})
	if err != nil {
		return 0, fmt.Errorf("write to %s: %w", TopicOwner, err)
	}
	if answer.Error != nil {
		return 0, fmt.Errorf("write to %s: %w", TopicOwner, answer.Error)
	}
	return uint64(answer.BaseOffset) + 1, nil
}

// Current returns the epoch of the library's newest owner, 0 when it never had one.
func (f *Fence) Current(ctx context.Context, library string) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		end, err := f.end(ctx)
		if err != nil {
			return 0, err
		}
		if f.next >= end {
			return f.newest[library], nil
		}
		if err := f.read(ctx); err != nil {
			return 0, err
		}
	}
}

func (f *Fence) end(ctx context.Context) (int64, error) {
	answer, err := f.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{TopicOwner: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)}}})
	if err != nil {
		return 0, fmt.Errorf("end of %s: %w", TopicOwner, err)
	}
	for _, p := range answer.Topics[TopicOwner] {
		if p.Error != nil {
			return 0, fmt.Errorf("end of %s: %w", TopicOwner, p.Error)
		}
		f.next = max(f.next, p.FirstOffset)
		return p.LastOffset, nil
	}
	return 0, fmt.Errorf("end of %s: the broker does not know the topic", TopicOwner)
}

func (f *Fence) read(ctx context.Context) error {
	answer, err := f.client.Fetch(ctx, &kafka.FetchRequest{Topic: TopicOwner, Partition: 0, Offset: f.next, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: dialTimeout})
	if err != nil {
		return fmt.Errorf("read %s: %w", TopicOwner, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("read %s: %w", TopicOwner, answer.Error)
	}
	for {
		record, err := answer.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", TopicOwner, err)
		}
		key, err := kafka.ReadAll(record.Key)
		if err != nil {
			return fmt.Errorf("read %s: %w", TopicOwner, err)
		}
		if record.Offset >= f.next {
			f.newest[string(key)], f.next = uint64(record.Offset)+1, record.Offset+1
		}
	}
}

// End returns the offset behind the last record of a partition.
func End(ctx context.Context, k Kafka, topic string, partition int) (int64, error) {
	t := k.Transport(topic)
	defer t.CloseIdleConnections()
	client := &kafka.Client{Addr: k.addr(), Transport: t, Timeout: requestTimeout}
	answer, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: {kafka.LastOffsetOf(partition)}}})
	if err != nil {
		return 0, fmt.Errorf("end of %s/%d: %w", topic, partition, err)
	}
	for _, p := range answer.Topics[topic] {
		if p.Error != nil {
			return 0, fmt.Errorf("end of %s/%d: %w", topic, partition, p.Error)
		}
		return p.LastOffset, nil
	}
	return 0, fmt.Errorf("end of %s/%d: the broker does not know it", topic, partition)
}

// Ends returns the offset behind the last record of every partition of the topics, by topic and partition; partitions says how many a
// topic has. A topic that the broker does not know is left out.
func Ends(ctx context.Context, k Kafka, partitions map[string]int) (map[string][]int64, error) {
	t := k.Transport()
	defer t.CloseIdleConnections()
	client := &kafka.Client{Addr: k.addr(), Transport: t, Timeout: requestTimeout}
	ask := make(map[string][]kafka.OffsetRequest, len(partitions))
	for topic, n := range partitions {
		for p := range n {
			ask[topic] = append(ask[topic], kafka.LastOffsetOf(p))
		}
	}
	answer, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: ask})
	if err != nil {
		return nil, fmt.Errorf("ends of %d topics: %w", len(partitions), err)
	}
	ends := map[string][]int64{}
	for topic, list := range answer.Topics {
		all := make([]int64, partitions[topic])
		for _, p := range list {
			switch {
			case errors.Is(p.Error, kafka.UnknownTopicOrPartition):
				all = nil
			case p.Error != nil:
				return nil, fmt.Errorf("end of %s/%d: %w", topic, p.Partition, p.Error)
			case p.Partition < len(all):
				all[p.Partition] = p.LastOffset
			}
		}
		if all != nil {
			ends[topic] = all
		}
	}
	return ends, nil
}
