package enginetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// CreateTopic creates a topic on any broker (a bootstrap list, commas between) with the broker's own replication, and
// returns when every partition has a leader.
func CreateTopic(tb testing.TB, bootstrap, topic string, partitions int) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(strings.Split(bootstrap, ",")...), Transport: transport}
	resp, err := client.CreateTopics(ctx, &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: partitions, ReplicationFactor: -1}},
	})
	if err == nil {
		err = resp.Errors[topic]
	}
	if err != nil {
		tb.Fatalf("enginetest: creating topic %s: %v", topic, err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
		if err == nil && led(meta, partitions) {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			tb.Fatalf("enginetest: topic %s has no leaders: %v", topic, err)
		}
	}
}

// led says whether the one topic asked for has all its partitions, each with a leader.
func led(meta *kafka.MetadataResponse, partitions int) bool {
	if len(meta.Topics) != 1 || meta.Topics[0].Error != nil || len(meta.Topics[0].Partitions) != partitions {
		return false
	}
	for _, p := range meta.Topics[0].Partitions {
		if p.Error != nil || p.Leader.Port == 0 {
			return false
		}
	}
	return true
}
