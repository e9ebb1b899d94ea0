package ingest

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
)

// Refusal tells a department, on the topic TopicQuarantine of its feed, that a record of its own was refused. It names the record's place
// and what is wrong, and holds none of its content: the department reads that at the place.
type Refusal struct {
	Feed      string    `json:"feed"`
	Topic     string    `json:"topic"`
	Partition uint32    `json:"partition"`
	Offset    uint64    `json:"offset"`
	Record    uint32    `json:"record"` // of a message that holds several, from 0
	Revision  uint32    `json:"revision"`
	Reason    string    `json:"reason"`
	Field     string    `json:"field,omitempty"`
	Detail    string    `json:"detail"`
	Received  time.Time `json:"received"`
}

// Refuse publishes refusals. Sent again they name the same places.
func (p *Publisher) Refuse(ctx context.Context, list []Refusal) error {
	messages := make([]kafka.Message, len(list))
	for i, r := range list {
		b, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("refusal at %s/%d@%d: %w", r.Topic, r.Partition, r.Offset, err)
		}
		messages[i] = kafka.Message{Topic: TopicQuarantine(r.Topic), Key: fmt.Appendf(nil, "%d@%d", r.Partition, r.Offset), Value: b}
	}
	return p.Publish(ctx, messages...)
}
