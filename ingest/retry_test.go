package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
)

func TestOriginal(t *testing.T) {
	t.Parallel()
	headers := []Header{{Key: "b", Value: []byte("1")}, {Key: "a", Value: nil}, {Key: "b", Value: []byte{}}}
	full := map[string]string{headerTopic: "t", headerPartition: "3", headerOffset: "17", headerTimestamp: "1234", headerHeaders: string(appendHeaders(nil, headers))}
	for _, tc := range []struct {
		name   string
		change map[string]string // "" removes
		want   Message
		fails  bool
	}{
		{"whole", nil, Message{Topic: "t", Partition: 3, Offset: 17, TimeMS: 1234, Key: []byte("k"), Value: []byte("v"),
			Headers: []Header{{Key: "a"}, {Key: "b", Value: []byte("1")}, {Key: "b", Value: []byte{}}}}, false},
		{"without time and headers", map[string]string{headerTimestamp: "", headerHeaders: ""},
			Message{Topic: "t", Partition: 3, Offset: 17, TimeMS: -1, Key: []byte("k"), Value: []byte("v")}, false},
		{"without topic", map[string]string{headerTopic: ""}, Message{}, true},
		{"without offset", map[string]string{headerOffset: ""}, Message{}, true},
		{"a partition that is no number", map[string]string{headerPartition: "x"}, Message{}, true},
		{"a negative offset", map[string]string{headerOffset: "-4"}, Message{}, true},
		{"a partition out of range", map[string]string{headerPartition: "4294967296"}, Message{}, true},
		{"headers that are no JSON", map[string]string{headerHeaders: "{"}, Message{}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m := Message{Topic: TopicRetry, Key: []byte("k"), Value: []byte("v")}
			for name, value := range full {
				if v, ok := tc.change[name]; ok {
					value = v
				}
				if value != "" {
					m.Headers = append(m.Headers, Header{Key: name, Value: []byte(value)})
				}
			}
			got, err := original(&m)
			if (err != nil) != tc.fails {
				t.Fatalf("error %v, want one: %v", err, tc.fails)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// With the real Mapper, rows of the original place keep the feed's revision and those of the retry topic are one stream under 0.
func TestRetryMappingKeepsOneStream(t *testing.T) {
	t.Parallel()
	cat := smallCatalog()
	cat.Feeds = []catalog.Feed{*personFeed()}
	c, err := NewConsumer(Config{Kafka: Kafka{Brokers: []string{"localhost:1"}}, Catalog: func() *catalog.Catalog { return cat }, Sink: newMemory(), Anchorer: entity.NewAnchorer(testKey)})
	if err != nil {
		t.Fatal(err)
	}
	m := c.newRetryMapping(cat, 2)
	m.Range(0, 4, entity.Gap, 1)
	at := func(offset int64, headers ...kafka.Header) *Message {
		r := &Message{Topic: TopicRetry, Partition: 2, Offset: offset, TimeMS: 1772572000000, Key: []byte("320500-0012345678"), Value: []byte(personRecord)}
		for _, h := range headers {
			r.Headers = append(r.Headers, Header(h))
		}
		return r
	}
	for off := int64(5); off < 8; off++ {
		m.Map(at(off, kafka.Header{Key: headerTopic, Value: []byte("src.police.person")}, kafka.Header{Key: headerPartition, Value: []byte("1")},
			kafka.Header{Key: headerOffset, Value: []byte("99")}, kafka.Header{Key: headerTimestamp, Value: []byte("1772572000000")}))
	}
	m.Map(at(8, kafka.Header{Key: headerTopic, Value: []byte("src.gone")}))
	sink := newMemory()
	if err := sink.Write(t.Context(), m.TakeAll(0, 9)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[entity.Outcome]int64{entity.Gap: 5, entity.Claimed: 3, entity.Unmapped: 1}, sink.outcomes(t, TopicRetry, 2, 0)); diff != "" {
		t.Error(diff)
	}
	if rows := sink.rows[ledgerKey{place{"src.police.person", 1}, 7}]; len(rows) != 1 || rows[99].outcome != entity.Claimed {
		t.Errorf("rows at the original place: %+v", rows)
	}
}
