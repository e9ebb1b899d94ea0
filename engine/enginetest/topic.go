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
	awaitTopic(ctx, tb, bootstrap, topic, partitions)
}

// awaitTopic returns when every node of the bootstrap list knows the topic with all its leaders: a node learns of it later than
// the one that made it, and a client may ask any of them.
func awaitTopic(ctx context.Context, tb testing.TB, bootstrap, topic string, partitions int) {
	tb.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for _, node := range strings.Split(bootstrap, ",") {
		for {
			found, err := partitionsAt(ctx, node, topic)
			if err == nil && led(found, partitions) {
				break
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				tb.Fatalf("enginetest: topic %s has no leaders at %s: %v", topic, node, err)
			}
		}
	}
}

// partitionsAt asks this node itself, over a connection of its own: a kafka.Transport answers from what it remembers.
func partitionsAt(ctx context.Context, node, topic string) ([]kafka.Partition, error) {
	conn, err := kafka.DialContext(ctx, "tcp", node)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ReadPartitions(topic)
}

// led says whether the one topic asked for has all its partitions, each with a leader.
func led(found []kafka.Partition, partitions int) bool {
	for _, p := range found {
		if p.Error != nil || p.Leader.Port == 0 {
			return false
		}
	}
	return len(found) == partitions
}
