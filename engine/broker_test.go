package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"wuku/engine"
	"wuku/engine/enginetest"
)

const (
	brokerTopic = "src.test.feed"
	brokerGroup = "wuku-test"
)

// A brokerState is what must outlive a restart.
type brokerState struct {
	Ends      map[int]int64 // of each partition of brokerTopic
	Committed int64         // of partition 0 in brokerGroup
}

// client talks to a broker on connections of its own, closed at the test's end.
func client(t *testing.T, address string) *kafka.Client {
	transport := &kafka.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &kafka.Client{Addr: kafka.TCP(address), Transport: transport, Timeout: 20 * time.Second}
}

// fill writes n records and commits an offset.
func fill(t *testing.T, address string, n int, offset int64) {
	t.Helper()
	w := &kafka.Writer{Addr: kafka.TCP(address), Topic: brokerTopic, RequiredAcks: kafka.RequireAll, BatchTimeout: 5 * time.Millisecond, Transport: &kafka.Transport{}}
	defer w.Close()
	messages := make([]kafka.Message, n)
	for i := range messages {
		messages[i].Value = fmt.Appendf(nil, "record %d", i)
	}
	if err := w.WriteMessages(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
	resp, err := client(t, address).OffsetCommit(t.Context(), &kafka.OffsetCommitRequest{
		GroupID: brokerGroup, GenerationID: -1,
		Topics: map[string][]kafka.OffsetCommit{brokerTopic: {{Partition: 0, Offset: offset}}},
	})
	if err == nil {
		err = resp.Topics[brokerTopic][0].Error
	}
	if err != nil {
		t.Fatal(err)
	}
}

// state reads what the broker has.
func state(t *testing.T, address string) brokerState {
	t.Helper()
	c := client(t, address)
	ends, err := c.ListOffsets(t.Context(), &kafka.ListOffsetsRequest{
		Topics: map[string][]kafka.OffsetRequest{brokerTopic: {kafka.LastOffsetOf(0), kafka.LastOffsetOf(1)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := brokerState{Ends: map[int]int64{}}
	for _, p := range ends.Topics[brokerTopic] {
		s.Ends[p.Partition] = p.LastOffset
	}
	got, err := c.OffsetFetch(t.Context(), &kafka.OffsetFetchRequest{GroupID: brokerGroup, Topics: map[string][]int{brokerTopic: {0}}})
	if err == nil {
		err = got.Error
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Committed = got.Topics[brokerTopic][0].CommittedOffset
	return s
}

func TestBrokerKeepsDataOverClose(t *testing.T) {
	t.Parallel()
	cfg := engine.BrokerConfig{Dir: t.TempDir(), Topics: []string{brokerTopic}, Partitions: 2, Sync: true}
	b, err := engine.StartBroker(cfg)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, b.Address(), 50, 7)
	want := state(t, b.Address())
	if sum := want.Ends[0] + want.Ends[1]; sum != 50 || want.Committed != 7 {
		t.Fatalf("before the restart: %+v", want)
	}
	for range 2 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if b, err = engine.StartBroker(cfg); err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if diff := cmp.Diff(want, state(t, b.Address())); diff != "" {
		t.Errorf("after the restart (-want +got):\n%s", diff)
	}
}

func TestBrokerKeepsDataOverKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var want brokerState
	for round := 1; round <= 3; round++ {
		p := startHelper(t, "broker", dir)
		address := p.address(t)
		if round > 1 {
			if diff := cmp.Diff(want, state(t, address)); diff != "" {
				t.Fatalf("after kill %d (-want +got):\n%s", round-1, diff)
			}
		}
		fill(t, address, 100, int64(round))
		want = state(t, address)
		if want.Committed != int64(round) {
			t.Fatalf("round %d: %+v", round, want)
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		p.cmd.Wait()
	}
}

// address reads the address that the helper "broker" prints.
func (p *process) address(t *testing.T) string {
	t.Helper()
	line, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the helper did not start its broker: %v", err)
	}
	return strings.TrimSpace(line)
}

func TestBrokerDirectoryInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	startHelper(t, "broker", dir).address(t)
	_, err := engine.StartBroker(engine.BrokerConfig{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "is in use by process") {
		t.Errorf("StartBroker on a directory in use: %v", err)
	}
}

func TestBrokerUnknownTopic(t *testing.T) {
	t.Parallel()
	for name, auto := range map[string]bool{"refused": false, "created": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := engine.StartBroker(engine.BrokerConfig{Dir: t.TempDir(), AutoCreate: auto, Partitions: 3})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			conn, err := kafka.DialContext(t.Context(), "tcp", b.Address())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			partitions, err := conn.ReadPartitions("new") // asks for creation, as a consumer does
			if known := err == nil && len(partitions) == 3; known != auto {
				t.Errorf("AutoCreate %v: %d partitions, %v", auto, len(partitions), err)
			}
		})
	}
}

func TestBrokerRetention(t *testing.T) {
	t.Parallel()
	b, err := engine.StartBroker(engine.BrokerConfig{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c := client(t, b.Address())
	for topic, want := range map[string]int64{"kept": 0, "two-hours": 1} { // the first offset that is left
		config := kafka.TopicConfig{Topic: topic, NumPartitions: 1, ReplicationFactor: 1}
		if want == 1 {
			config.ConfigEntries = []kafka.ConfigEntry{{ConfigName: "retention.ms", ConfigValue: "7200000"}}
		}
		if _, err := c.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{config}}); err != nil {
			t.Fatal(err)
		}
		w := &kafka.Writer{Addr: c.Addr, Topic: topic, RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond, Transport: c.Transport}
		defer w.Close()
		if err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte("old"), Time: time.Now().AddDate(-1, 0, 0)}); err != nil {
			t.Fatal(err)
		}
		b.ApplyRetention()
		resp, err := c.ListOffsets(t.Context(), &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: {kafka.FirstOffsetOf(0)}}})
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Topics[topic][0].FirstOffset; got != want {
			t.Errorf("%s: first offset %d after a year, want %d", topic, got, want)
		}
	}
}

// BenchmarkBrokerProduce writes records of 500 bytes, acknowledged, in batches as the demo's publisher does.
func BenchmarkBrokerProduce(b *testing.B) {
	broker := enginetest.Broker(b, brokerTopic)
	w := &kafka.Writer{Addr: kafka.TCP(broker.Address()), Topic: brokerTopic, RequiredAcks: kafka.RequireAll, BatchSize: 2000, BatchBytes: 1 << 20, BatchTimeout: time.Millisecond}
	defer w.Close()
	const batch = 20000
	messages := make([]kafka.Message, batch)
	value := []byte(strings.Repeat("0123456789", 50))
	b.SetBytes(int64(len(value)))
	b.ResetTimer()
	for done := 0; done < b.N; done += batch {
		n := min(batch, b.N-done)
		for i := range messages[:n] {
			messages[i] = kafka.Message{Value: value}
		}
		if err := w.WriteMessages(context.Background(), messages[:n]...); err != nil {
			b.Fatal(err)
		}
	}
}
