package serve

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/trust"
)

// Quarantine keeps the messages that could not be taken; cmd/wuku puts it here.
type Quarantine interface {
	// Message is what stands in quarantine at a place, or ErrNone.
	Message(ctx context.Context, topic string, partition uint32, offset uint64) (*RefusedMessage, error)
	// Retry sends messages to be mapped again. It returns how many, and how many records of snapshots it left; ErrNoBroker without a broker.
	Retry(ctx context.Context, c RetryChoice) (sent, left int, err error)
}

// RetryChoice is which messages are to be mapped again: those of some feeds, with a reason ("": any), or the one at a place.
type RetryChoice struct {
	Feeds     []string
	Reason    string
	Topic     string
	Partition uint32
	Offset    uint64
	Limit     int
}

// RefusedMessage is a message in quarantine. 隔离的消息
type RefusedMessage struct {
	Feed      string          `json:"feed"`
	Topic     string          `json:"topic"`
	Partition uint32          `json:"partition"`
	Offset    uint64          `json:"offset"`
	Received  time.Time       `json:"received"`
	Records   []RefusedRecord `json:"records" nullable:"false" doc:"What is wrong, by record"`
	Size      int             `json:"size" doc:"Bytes"`
	Key       string          `json:"key,omitempty" doc:"For the department whose message it is"`
	Content   string          `json:"content,omitempty" doc:"For the department whose message it is; of a message that is no text in hexadecimal"`
	Erased    bool            `json:"erased,omitzero" doc:"Its bytes are not kept any more, since a record in it was erased by law"`
}

// RefusedRecord is one record of a message and why it was refused.
type RefusedRecord struct {
	Record uint32 `json:"record" doc:"From 0"`
	Reason string `json:"reason"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail,omitempty"`
}

type placeInput struct {
	Topic     string `path:"topic" maxLength:"200"`
	Partition uint32 `path:"partition"`
	Offset    uint64 `path:"offset"`
}

// RetryBody says what to map again: the message at a place, or those of a feed.
type RetryBody struct {
	Topic     string `json:"topic,omitempty" maxLength:"200" doc:"With partition and offset: the message at this place"`
	Partition uint32 `json:"partition,omitempty"`
	Offset    uint64 `json:"offset,omitempty"`
	Feed      string `json:"feed,omitempty" maxLength:"100" doc:"Those of this feed"`
	Reason    string `json:"reason,omitempty" maxLength:"60" pattern:"^[a-z0-9_.]*$" doc:"Only with this reason"`
	Limit     int    `json:"limit,omitempty" minimum:"0" maximum:"10000" doc:"At most so many; 0: 1,000"`
}

type retryInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100"`
	Body RetryBody
}

// RetryAnswer is how many messages were sent to be mapped again.
type RetryAnswer struct {
	Sent int `json:"sent"`
	Left int `json:"left" doc:"Records of snapshots, which are not mapped again: the next dump brings them"`
}

func (s *Server) quarantineRoutes() {
	if s.cfg.Quarantine == nil {
		return
	}
	register(s, operation{id: "quarantine-show", method: http.MethodGet, path: "/api/v1/quarantine/{topic}/{partition}/{offset}", kind: access.Quarantines, tag: "quality",
		summary: "One message in quarantine 隔离消息", text: "What is wrong with each of its records. The content only for the department whose message it is."}, s.quarantined)
	register(s, operation{id: "quarantine-retry", method: http.MethodPost, path: "/api/v1/quarantine/retry", kind: access.Retries, tag: "quality",
		summary: "Map messages again after the cause is mended 重试", text: "They keep their original place. A department only its own feeds'."}, s.retry)
}

// topicOf is the feed that a topic is of.
func topicOf(c *catalog.Catalog, topic string) *catalog.Feed {
	for i := range c.Feeds {
		if c.Feeds[i].Topic == topic || c.Feeds[i].ChangesTopic() == topic {
			return &c.Feeds[i]
		}
	}
	return nil
}

func (s *Server) quarantined(ctx context.Context, x *exchange, in *placeInput) (*RefusedMessage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Quarantines}); err != nil {
		return nil, err
	}
	feed := topicOf(s.current().catalog, in.Topic)
	if feed == nil || x.caller.Role == trust.RoleDepartment && feed.Department != x.caller.Department {
		return nil, ErrNone
	}
	m, err := s.cfg.Quarantine.Message(ctx, in.Topic, in.Partition, in.Offset)
	if err != nil {
		return nil, err
	}
	x.leaf.Count = 1
	m.Size = len(m.Content)
	if x.caller.Role != trust.RoleDepartment {
		m.Key, m.Content = "", ""
	}
	m.Key, m.Content = asText(m.Key), asText(m.Content)
	return m, nil
}

// asText is a text as it is, and other bytes in hexadecimal.
func asText(b string) string {
	if utf8.ValidString(b) {
		return b
	}
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for i := range len(b) {
		out = append(out, digits[b[i]>>4], digits[b[i]&15])
	}
	return string(out)
}

func (s *Server) retry(ctx context.Context, x *exchange, in *retryInput) (*RetryAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Retries}); err != nil {
		return nil, err
	}
	c := RetryChoice{Reason: in.Body.Reason, Topic: in.Body.Topic, Partition: in.Body.Partition, Offset: in.Body.Offset, Limit: in.Body.Limit}
	if c.Limit == 0 {
		c.Limit = 1000
	}
	if c.Topic != "" {
		feed := topicOf(s.current().catalog, c.Topic)
		if feed == nil || in.Body.Feed != "" && in.Body.Feed != feed.Name {
			return nil, ErrNone
		}
		in.Body.Feed = feed.Name
	}
	feeds, ok := s.ownFeeds(x, in.Body.Feed)
	if !ok {
		return nil, ErrNone
	}
	c.Feeds = slices.Sorted(slices.Values(feeds))
	return once(ctx, s, x, in.Key, in.Body, func() (*RetryAnswer, string, error) {
		sent, left, err := s.cfg.Quarantine.Retry(ctx, c)
		x.leaf.Count = sent
		return &RetryAnswer{Sent: sent, Left: left}, fmt.Sprint(sent, " ", left), err
	}, func(before string) (*RetryAnswer, error) {
		a := &RetryAnswer{}
		_, err := fmt.Sscan(before, &a.Sent, &a.Left) // of the call that is repeated
		return a, err
	})
}
