package ingest

import (
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
)

// Headers of a message in TopicRetry. Key and value are those of the original message.
const (
	headerTopic     = "wuku-topic"     // the original topic
	headerPartition = "wuku-partition" // decimal
	headerOffset    = "wuku-offset"    // decimal
	headerTimestamp = "wuku-timestamp" // the broker's, milliseconds, decimal
	headerHeaders   = "wuku-headers"   // the original headers, as in quality.quarantine: see DecodeHeaders
)

// PublishRetry sends quarantined messages, with the place where they first stood, to be mapped again.
func (p *Publisher) PublishRetry(ctx context.Context, messages ...Message) error {
	out := make([]kafka.Message, len(messages))
	for i := range messages {
		m := &messages[i]
		out[i] = kafka.Message{Topic: TopicRetry, Key: m.Key, Value: m.Value, Headers: []kafka.Header{
			{Key: headerTopic, Value: []byte(m.Topic)},
			{Key: headerPartition, Value: strconv.AppendInt(nil, int64(m.Partition), 10)},
			{Key: headerOffset, Value: strconv.AppendInt(nil, m.Offset, 10)},
			{Key: headerTimestamp, Value: strconv.AppendInt(nil, m.TimeMS, 10)},
		}}
		if len(m.Headers) > 0 {
			out[i].Headers = append(out[i].Headers, kafka.Header{Key: headerHeaders, Value: appendHeaders(nil, m.Headers)})
		}
	}
	return p.Publish(ctx, out...)
}

// errNoPlace says that a message of TopicRetry does not say where it first stood.
var errNoPlace = errors.New("the message does not name its original topic, partition and offset")

// original returns a retried message as it first stood. Key and value are shared with m.
func original(m *Message) (Message, error) {
	o := Message{Partition: -1, Offset: -1, TimeMS: -1, Key: m.Key, Value: m.Value}
	for _, h := range m.Headers {
		var err error
		switch h.Key {
		case headerTopic:
			o.Topic = string(h.Value)
		case headerPartition:
			var n int64
			n, err = strconv.ParseInt(string(h.Value), 10, 32)
			o.Partition = int32(n)
		case headerOffset:
			o.Offset, err = strconv.ParseInt(string(h.Value), 10, 64)
		case headerTimestamp:
			o.TimeMS, err = strconv.ParseInt(string(h.Value), 10, 64)
		case headerHeaders:
			o.Headers, err = DecodeHeaders(h.Value)
		}
		if err != nil {
			return Message{}, fmt.Errorf("header %s: %w", h.Key, errNoPlace)
		}
	}
	if o.Topic == "" || o.Partition < 0 || o.Offset < 0 {
		return Message{}, errNoPlace
	}
	return o, nil
}

// DecodeHeaders reads quality.quarantine.message_headers: a JSON object of name to base64, null, or a list of these. The order of names is lost.
func DecodeHeaders(b []byte) ([]Header, error) {
	var object map[string]jsontext.Value
	if err := json.Unmarshal(b, &object); err != nil {
		return nil, err
	}
	var headers []Header
	for _, name := range slices.Sorted(maps.Keys(object)) {
		values := make([][]byte, 1) // []byte is base64 in JSON, and null is nil
		into := any(&values[0])
		if object[name].Kind() == '[' {
			into = &values
		}
		if err := json.Unmarshal(object[name], into); err != nil {
			return nil, err
		}
		for _, v := range values {
			headers = append(headers, Header{Key: name, Value: v})
		}
	}
	return headers, nil
}

// crashed is the batch of one message that crashed its mapping: a row of quarantine and one of the ledger, made without the
// mapping.
func crashed(p *partition, m *Message) *entity.Batch {
	b := &entity.Batch{Feed: p.feedName(), Topic: m.Topic, Partition: m.Partition, From: m.Offset, To: m.Offset + 1, Revision: p.revision, Records: 1,
		Quarantine: entity.NewQuarantine(p.feedName(), m.Topic), Ledger: entity.NewLedger(p.feedName(), m.Topic)}
	fill(b.Quarantine, row{"partition": uint32(m.Partition), "revision": p.revision, "offset": uint64(m.Offset), "reason": ReasonCrasher,
		"detail": "mapping the message panics: report it with its bytes, then retry it", "field": "",
		"message_key": m.Key, "message_value": m.Value, "message_headers": appendHeaders(nil, m.Headers), "received": m.TimeMS, "record": m.Key})
	fill(b.Ledger, row{"partition": uint32(m.Partition), "revision": p.revision, "offset": uint64(m.Offset), "until": uint64(m.Offset),
		"outcome": uint8(entity.Quarantined), "key": m.Key, "ver": entity.MakeVersion(0, m.Offset, m.Partition, p.revision), "received": m.TimeMS, "digest": Digest(m.Key, m.Value)})
	return b
}

// row is one row of a block by column name.
type row map[string]any

// fill appends a row; columns that the row does not name get an empty list.
func fill(b *entity.Block, r row) {
	b.Rows++
	for _, c := range b.Columns {
		switch v := r[c.Name].(type) {
		case uint8:
			c.AppendU8(v)
		case uint32:
			c.AppendU32(v)
		case uint64:
			c.AppendU64(v)
		case int64:
			c.AppendInt64(v)
		case string:
			c.AppendString(v)
		case []byte:
			c.AppendText(v)
		case entity.Version:
			c.AppendVersion(v)
		default:
			switch c.Kind {
			case entity.Words:
				c.AppendWords(nil)
			case entity.UUIDs:
				c.AppendIDs(nil)
			}
		}
	}
}

// retrier is a Mapping that can map a message that stands in TopicRetry for another place. *Mapper is one.
type retrier interface{ MapRetry(orig, retry *Message) }

// retryMapping maps TopicRetry: each message by the mapping of the feed that it first stood in.
type retryMapping struct {
	make      func(topic string) (Mapping, error) // nil Mapping: no feed has this topic
	feeds     map[string]Mapping                  // by topic
	partition int32
	own       *entity.Block // ledger rows of offsets that no feed accounts for
	rows      int
}

func (c *Consumer) newRetryMapping(cat *catalog.Catalog, partition int32) *retryMapping {
	return &retryMapping{partition: partition, feeds: map[string]Mapping{}, make: func(topic string) (Mapping, error) {
		feed := cat.FeedByTopic(topic)
		if feed == nil {
			return nil, nil
		}
		return c.cfg.Mapper(cat, feed)
	}}
}

// Map maps one retried message. One that has no place, or whose feed is gone or cannot be mapped, changes nothing: the original
// stays in quarantine.
func (r *retryMapping) Map(m *Message) {
	if o, err := original(m); err == nil {
		if feed, ok := r.feed(o.Topic).(retrier); ok {
			feed.MapRetry(&o, m)
			r.rows++
			return
		}
	}
	r.account(m.Offset, m.Offset, entity.Unmapped, m.TimeMS, Digest(m.Key, m.Value))
}

// prepared reports whether the mapping of a retried message's feed has what it needs.
func (r *retryMapping) prepared(m *Message) bool {
	if o, err := original(m); err == nil {
		if feed, ok := r.feed(o.Topic).(awaiter); ok {
			return feed.prepared(&o)
		}
	}
	return true
}

// await makes it so.
func (r *retryMapping) await(ctx context.Context, backoff time.Duration, m *Message, failed func(error)) {
	if o, err := original(m); err == nil {
		if feed, ok := r.feed(o.Topic).(awaiter); ok {
			feed.await(ctx, backoff, &o, failed)
		}
	}
}

func (r *retryMapping) feed(topic string) Mapping {
	m, ok := r.feeds[topic]
	if !ok {
		var err error
		if m, err = r.make(topic); err != nil {
			m = nil
		}
		r.feeds[topic] = m
	}
	return m
}

// Range accounts for offsets without a message.
func (r *retryMapping) Range(from, until int64, outcome entity.Outcome, timeMS int64) {
	r.account(from, until, outcome, timeMS, 0)
}

func (r *retryMapping) account(from, until int64, outcome entity.Outcome, timeMS int64, digest uint64) {
	if r.own == nil {
		r.own = entity.NewLedger("", TopicRetry)
	}
	fill(r.own, row{"partition": uint32(r.partition), "revision": uint32(0), "offset": uint64(from), "until": uint64(until), "outcome": uint8(outcome),
		"key": "", "ver": entity.Version{}, "received": timeMS, "digest": digest})
	r.rows++
}

func (r *retryMapping) Rows() int  { return r.rows }
func (r *retryMapping) Bytes() int { return 0 }

// TakeAll hands over one batch for each feed and one for what no feed accounts for. All name the same offsets.
func (r *retryMapping) TakeAll(from, to int64) []*entity.Batch {
	var batches []*entity.Batch
	for _, m := range r.feeds {
		if m != nil && m.Rows() > 0 {
			batches = append(batches, m.Take(TopicRetry, r.partition, from, to))
		}
	}
	if r.own != nil {
		batches = append(batches, &entity.Batch{Topic: TopicRetry, Partition: r.partition, From: from, To: to, Records: r.own.Rows, Ledger: r.own})
		r.own = nil
	}
	r.rows = 0
	return batches
}

// Take gives nothing: there may be several batches, see TakeAll.
func (r *retryMapping) Take(string, int32, int64, int64) *entity.Batch { return nil }

// Recycle leaves the memory to the collector: retries are few.
func (r *retryMapping) Recycle(*entity.Batch) {}
