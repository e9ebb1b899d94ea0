package ingest

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
)

// Event is one change of a base library, as it stands on wuku.changes.<library>: a CloudEvents 1.0 event in binary form. Its id,
// library/sequence, is the same however often it is sent.
type Event struct {
	Library  string
	Sequence uint64
	Kind     string // created, updated, removed, merged or split
	Entity   string
	Elements []string
	Other    string // merged: the entity it is now; split: the entity it was part of
	At       time.Time
}

// eventData is an event's body. It names what changed, never a value.
type eventData struct {
	Entity   string   `json:"entity"`
	Elements []string `json:"elements,omitempty"`
	Other    string   `json:"other,omitempty"`
}

const headerID = "ce_id"

// Announce publishes events in order. The topic has one partition, so order is kept.
func (p *Publisher) Announce(ctx context.Context, events []Event) error {
	messages := make([]kafka.Message, len(events))
	for i, e := range events {
		body, err := json.Marshal(eventData{Entity: e.Entity, Elements: e.Elements, Other: e.Other})
		if err != nil {
			return fmt.Errorf("event %s/%d: %w", e.Library, e.Sequence, err)
		}
		header := func(key, value string) kafka.Header { return kafka.Header{Key: key, Value: []byte(value)} }
		messages[i] = kafka.Message{Topic: TopicChanges(e.Library), Key: []byte(e.Entity), Value: body, Headers: []kafka.Header{
			header(headerID, e.Library+"/"+strconv.FormatUint(e.Sequence, 10)), header("ce_specversion", "1.0"), header("ce_source", "wuku"),
			header("ce_type", "wuku."+e.Library+"."+e.Kind), header("ce_subject", e.Entity), header("ce_time", e.At.UTC().Format(time.RFC3339Nano)),
			header("content-type", "application/json"),
		}}
	}
	return p.Publish(ctx, messages...)
}

// Announced returns the sequence of the last event on a library's topic, 0 when there is none.
func (p *Publisher) Announced(ctx context.Context, library string) (uint64, error) {
	topic := TopicChanges(library)
	answer, err := p.client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)}}})
	if err != nil {
		return 0, fmt.Errorf("end of %s: %w", topic, err)
	}
	for _, at := range answer.Topics[topic] {
		if at.Error != nil {
			return 0, fmt.Errorf("end of %s: %w", topic, at.Error)
		}
		if at.LastOffset <= at.FirstOffset {
			return 0, nil
		}
		return p.lastSequence(ctx, topic, at.LastOffset-1)
	}
	return 0, nil
}

func (p *Publisher) lastSequence(ctx context.Context, topic string, offset int64) (uint64, error) {
	answer, err := p.client.Fetch(ctx, &kafka.FetchRequest{Topic: topic, Partition: 0, Offset: offset, MinBytes: 1, MaxBytes: 1 << 20, MaxWait: dialTimeout})
	if err == nil {
		err = answer.Error
	}
	if err != nil {
		return 0, fmt.Errorf("last event of %s: %w", topic, err)
	}
	var sequence uint64
	for {
		record, err := answer.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return sequence, nil
		}
		if err != nil {
			return 0, fmt.Errorf("last event of %s: %w", topic, err)
		}
		for _, h := range record.Headers {
			if h.Key == headerID {
				_, number, _ := strings.Cut(string(h.Value), "/")
				if sequence, err = strconv.ParseUint(number, 10, 64); err != nil {
					return 0, fmt.Errorf("last event of %s: its %s is no library/sequence: %w", topic, headerID, err)
				}
			}
		}
	}
}
