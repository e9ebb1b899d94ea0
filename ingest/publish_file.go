package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
)

// Receipt is how far a file was published: what the broker has acknowledged, and where it stands.
type Receipt struct {
	Feed   string  `json:"feed"`
	Topic  string  `json:"topic"`
	Digest string  `json:"digest"`          // SHA-256 of the file, so that a file that was changed is not taken for the same
	Sent   int     `json:"sent"`            // records of the file, from its beginning, that are acknowledged
	Marks  int     `json:"marks,omitempty"` // of a snapshot, which are no records and stand at Places, too
	Places []Place `json:"places"`          // where they stand, and whatever else was sent twice after an interruption
	Done   bool    `json:"done"`            // the whole file is
}

// Place is a range of offsets of one partition, both included.
type Place struct {
	Partition int   `json:"partition"`
	From      int64 `json:"from"`
	To        int64 `json:"to"`
}

// sendBatch is how many records are sent before the receipt is brought up to date: so many at most are sent twice after an
// interruption, which does no harm.
const sendBatch = 2_000

// mostSent is how many bytes of key and value fit into what a client sends at once, with what surrounds them.
const mostSent = 1<<20 - 256

// FileSender publishes files of one feed. It serves one file at a time. End with Close.
type FileSender struct {
	// Snapshot names the snapshot that a file is: marks are set around it. "": the file is no snapshot, or has its own marks.
	Snapshot  string
	publisher *Publisher
	mapper    *Mapper // finds the records' keys
	mu        sync.Mutex
	places    []Place
}

// NewFileSender returns a sender; the mapper gives the messages' keys, so that the versions of a record stand in one partition in order.
func NewFileSender(k Kafka, m *Mapper) *FileSender {
	s := &FileSender{publisher: NewPublisher(k, kafka.Lz4), mapper: m}
	s.publisher.writer.Completion = s.placed
	return s
}

// Close ends the connections.
func (s *FileSender) Close() error { return s.publisher.Close() }

func (s *FileSender) placed(messages []kafka.Message, err error) {
	if err != nil || len(messages) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places = append(s.places, Place{messages[0].Partition, messages[0].Offset, messages[len(messages)-1].Offset})
}

// Send publishes what of a file the receipt does not say is sent, and calls saved after each batch with the receipt so far. Ended
// anywhere, it goes on from the last receipt that was kept.
func (s *FileSender) Send(ctx context.Context, name, encoding string, r io.Reader, from Receipt, saved func(Receipt) error) (Receipt, error) {
	receipt, seen, marks := from, 0, 0 // marks: in batch
	var batch []kafka.Message
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		if err := s.publisher.Publish(ctx, batch...); err != nil {
			return err
		}
		s.mu.Lock()
		receipt.Places = mergePlaces(append(receipt.Places, s.places...))
		s.places = nil
		s.mu.Unlock()
		receipt.Sent, receipt.Marks = receipt.Sent+len(batch)-marks, receipt.Marks+marks
		batch, marks = batch[:0], 0
		return saved(receipt)
	}
	feed := s.mapper.plan.feed
	read := ReadFile
	if s.Snapshot != "" {
		read = func(feed *catalog.Feed, name, encoding string, r io.Reader, yield func(FileRecord) error) error {
			return readSnapshot(feed, name, encoding, r, s.Snapshot, yield)
		}
	}
	err := read(feed, name, encoding, r, func(rec FileRecord) error {
		if seen++; seen <= from.Sent {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m := kafka.Message{Topic: feed.Topic, Value: rec.Value}
		if key := s.mapper.Judge(&Message{Topic: feed.Topic, Value: rec.Value, TimeMS: time.Now().UnixMilli()}).Key; key != "" {
			m.Key = []byte(key)
		}
		if size := len(m.Key) + len(m.Value); size > mostSent {
			return errors.Join(flush(), fmt.Errorf("line %d: the record has %d bytes and a message at most %d: shorten it, or take it out of the file; what stands before it is sent", rec.Line, size, mostSent))
		}
		if rec.mark {
			marks++
		}
		if batch = append(batch, m); len(batch) < sendBatch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return receipt, err
	}
	receipt.Done = true
	return receipt, saved(receipt)
}

// mergePlaces sorts ranges and joins those that follow each other.
func mergePlaces(list []Place) []Place {
	slices.SortFunc(list, func(a, b Place) int {
		if a.Partition != b.Partition {
			return a.Partition - b.Partition
		}
		return int(min(max(a.From-b.From, -1), 1))
	})
	var out []Place
	for _, p := range list {
		if n := len(out); n > 0 && out[n-1].Partition == p.Partition && p.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, p.To)
			continue
		}
		out = append(out, p)
	}
	return out
}
