package enginetest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func TestKafkaKeepsRecordsOverKill(t *testing.T) {
	t.Parallel()
	k := enginetest.Kafka(t)
	const topic, records = "src.test.feed", 100
	enginetest.CreateTopic(t, k.Address, topic, 3)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := &kafka.Writer{Addr: kafka.TCP(k.Address), Topic: topic, RequiredAcks: kafka.RequireAll, BatchTimeout: 5 * time.Millisecond}
	defer w.Close()
	messages := make([]kafka.Message, records)
	for i := range messages {
		messages[i].Value = fmt.Appendf(nil, "%d", i)
	}
	if err := w.WriteMessages(ctx, messages...); err != nil {
		t.Fatal(err)
	}
	k.Kill()
	if conn, err := kafka.DialContext(ctx, "tcp", k.Address); err == nil {
		conn.Close()
		t.Fatal("a killed broker still answers")
	}
	k.Restart()
	if n := countRecords(ctx, t, k.Address, topic); n != records {
		t.Errorf("records after kill -9: %d, want %d", n, records)
	}
}

func TestKafkaClusterSurvivesOneNode(t *testing.T) {
	t.Parallel()
	k := enginetest.KafkaCluster(t, 3)
	if n := len(strings.Split(k.Address, ",")); n < 3 { // a write retried may stand twice
		t.Fatalf("bootstrap list %q has %d nodes, want 3", k.Address, n)
	}
	enginetest.CreateTopic(t, k.Address, "src.test.feed", 3)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := &kafka.Writer{Addr: kafka.TCP(strings.Split(k.Address, ",")...), Topic: "src.test.feed", RequiredAcks: kafka.RequireAll, MaxAttempts: 100, BatchTimeout: 5 * time.Millisecond}
	defer w.Close()
	write := func() {
		if err := w.WriteMessages(ctx, kafka.Message{Value: []byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	write()
	k.Kill(2)
	write()
	k.Restart()
	write()
	if n := countRecords(ctx, t, k.Address, "src.test.feed"); n < 3 { // a write retried may stand twice
		t.Errorf("records after a node's crash and return: %d, want 3 or more", n)
	}
}

// countRecords sums the ends of all partitions.
func countRecords(ctx context.Context, t *testing.T, address, topic string) int64 {
	t.Helper()
	client := &kafka.Client{Addr: kafka.TCP(strings.Split(address, ",")...), Transport: &kafka.Transport{}} // no connection from before the kill
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		t.Fatal(err)
	}
	var ask []kafka.OffsetRequest
	for _, p := range meta.Topics[0].Partitions {
		ask = append(ask, kafka.LastOffsetOf(p.ID))
	}
	ends, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: ask}})
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for _, p := range ends.Topics[topic] {
		if p.Error != nil {
			t.Fatal(p.Error)
		}
		sum += p.LastOffset
	}
	return sum
}
