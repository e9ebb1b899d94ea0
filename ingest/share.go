package ingest

import (
	"context"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
)

// Shared is what one instance tells another of an entity: a CloudEvents 1.0 event in binary form. Receiving it is a feed of format
// cloudevents with key envelope.subject, version envelope.sequence, time envelope.time, and envelope.type ending in .removed as a delete.
type Shared struct {
	Library  string
	Sequence uint64 // of the last event that the content takes in
	Entity   string
	At       time.Time
	Data     []byte // JSON object of elements; nil: the library has no such entity any more
}

// SharedType is the type of a library's shared events.
func SharedType(library string, live bool) string {
	if live {
		return "wuku." + library + ".updated"
	}
	return "wuku." + library + ".removed"
}

// Share publishes events to another instance's topic. source names this instance; the receiver's feed declares it.
func (p *Publisher) Share(ctx context.Context, topic, source string, list []Shared) error {
	messages := make([]kafka.Message, len(list))
	for i, e := range list {
		sequence := strconv.FormatUint(e.Sequence, 10)
		m := kafka.Message{Topic: topic, Key: []byte(e.Entity), Value: e.Data}
		for _, h := range [][2]string{{headerID, e.Library + "/" + sequence + "/" + e.Entity}, {"ce_specversion", "1.0"}, {"ce_source", source},
			{"ce_type", SharedType(e.Library, e.Data != nil)}, {"ce_subject", e.Entity}, {"ce_time", e.At.UTC().Format(time.RFC3339Nano)},
			{"ce_sequence", sequence}, {"content-type", "application/json"}} {
			m.Headers = append(m.Headers, kafka.Header{Key: h[0], Value: []byte(h[1])})
		}
		messages[i] = m
	}
	return p.Publish(ctx, messages...)
}
