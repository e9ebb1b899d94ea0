package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"wuku/entity"
)

// TestConsumerReadsCompactedChanges: on a topic of changes the message before the position may have been compacted away, and a first
// read finds the newest change of each record only; every offset is accounted for. Elsewhere that message's absence stops the partition.
func TestConsumerReadsCompactedChanges(t *testing.T) {
	t.Parallel()
	for topic, kinds := range map[string][]string{"a.changes": nil, "a": {IncidentRecreated}} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			c := broker(t)
			pub := NewPublisher(Kafka{Brokers: c.ListenAddrs()}, 0)
			defer pub.Close()
			if err := pub.EnsureTopics(t.Context(), []Topic{{Name: topic, Partitions: 1, Config: map[string]string{"cleanup.policy": "compact"}}}); err != nil {
				t.Fatal(err)
			}
			cl := producer(t, c)
			sink := newMemory()
			if err := cl.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Key: []byte("stays"), Value: []byte("v")}).FirstErr(); err != nil {
				t.Fatal(err)
			}
			send(t, cl, topic, 0, 10)
			_, stop := start(t, config(c, feeds(1, topic), sink))
			sink.until(t, "the first part", func() bool { return sink.reached(topic, 0, 1, 11) })
			stop()
			send(t, cl, topic, 0, 10) // the same keys again
			send(t, cl, topic, 0, 1)  // the last batch is never compacted
			c.Compact()
			_, stop = start(t, config(c, feeds(1, topic), sink))
			sink.until(t, "the rest, or an incident", func() bool { return sink.reached(topic, 0, 1, 22) || len(sink.incidents) > 0 })
			stop()
			if diff := cmp.Diff(kinds, sink.kinds()); diff != "" {
				t.Fatal(diff)
			}
			if kinds != nil {
				return
			}
			_, stop = start(t, config(c, feeds(2, topic), sink))
			sink.until(t, "all under another mapping", func() bool { return sink.reached(topic, 0, 2, 22) })
			stop()
			if diff := cmp.Diff(map[entity.Outcome]int64{entity.Control: 10, entity.Claimed: 12}, sink.outcomes(t, topic, 0, 2)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
