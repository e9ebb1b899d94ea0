package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/listoffsets"

	"wuku/catalog"
	"wuku/entity"
)

// bounds are the offsets that a partition has now: [first, last).
type bounds struct{ first, last int64 }

// Special timestamps of the list-offsets API.
const (
	latest   = -1
	earliest = -2
)

// bounds asks a partition's leader for its first offset and the one behind its last.
func (w *wire) bounds(ctx context.Context, leader int32, p place) (bounds, error) {
	first, err := w.listOffset(ctx, leader, p, earliest)
	if err != nil {
		return bounds{}, err
	}
	last, err := w.listOffset(ctx, leader, p, latest)
	return bounds{first, last}, err
}

func (w *wire) listOffset(ctx context.Context, leader int32, p place, timestamp int64) (int64, error) {
	answer, err := w.ask(ctx, leader, &listoffsets.Request{ReplicaID: -1, Topics: []listoffsets.RequestTopic{{Topic: p.topic,
		Partitions: []listoffsets.RequestPartition{{Partition: p.partition, CurrentLeaderEpoch: -1, Timestamp: timestamp}}}}})
	if err != nil {
		return 0, err
	}
	for _, t := range answer.(*listoffsets.Response).Topics {
		for _, a := range t.Partitions {
			if t.Topic != p.topic || a.Partition != p.partition {
				continue
			}
			if a.ErrorCode != 0 {
				return 0, kafka.Error(a.ErrorCode)
			}
			return a.Offset, nil
		}
	}
	return 0, fmt.Errorf("list offsets of %s/%d: the broker did not answer for it", p.topic, p.partition)
}

// errGone says that an offset no longer holds a message.
var errGone = errors.New("no message at this offset")

// digestAt reads one message again and returns the digest of its key and value, or errGone.
func (w *wire) digestAt(ctx context.Context, leader int32, p place, offset int64, buffers *bufferPool) (uint64, error) {
	r := &fetchRequest{broker: leader, maxBytes: 1, buffers: buffers, parts: []fetchPart{{place: p, offset: offset, maxBytes: 1}}}
	if err := w.fetch(ctx, r); err != nil {
		return 0, err
	}
	defer r.held.release()
	if len(r.answer) != 1 {
		return 0, fmt.Errorf("fetch %s/%d: the broker did not answer for it", p.topic, p.partition)
	}
	f := r.answer[0]
	if f.err != 0 {
		return 0, f.err
	}
	digest, found := uint64(0), false
	walk := walker{span: func(int64, int64, entity.Outcome) {}, message: func(m *Message) {
		if m.Offset == offset {
			digest, found = Digest(m.Key, m.Value), true
		}
	}}
	if _, err := walk.walk(&chunk{from: offset, to: reach(f.records, offset), records: f.records}); err != nil {
		return 0, err
	}
	if !found {
		return 0, errGone
	}
	return digest, nil
}

// opening is what comparing a ledger position with the broker says.
type opening struct {
	next     int64
	gap      bool // [next, first) was lost to retention; reading goes on at first
	first    int64
	last     int64
	stops    bool
	incident entity.Incident // Kind "" if all is well
}

// open compares the ledger's position with what the broker has, and never guesses:
//   - the log starts behind the position: what lies between is lost, a gap;
//   - the log ends before the position, or the last message read is not the same any more: the topic was re-created or
//     truncated, and what it holds under these numbers now is not what we read. A person decides. On a compacted topic that
//     message may be missing.
func (w *wire) open(ctx context.Context, leader int32, p place, at entity.Position, known bool, buffers *bufferPool) (opening, error) {
	b, err := w.bounds(ctx, leader, p)
	if err != nil {
		return opening{}, err
	}
	o := opening{next: at.Next, first: b.first, last: b.last}
	if !known {
		o.next = 0
	}
	switch {
	case b.last < o.next:
		o.stops, o.incident = true, entity.Incident{Kind: IncidentTruncated, From: b.last, To: o.next,
			Detail: fmt.Sprintf("the ledger has offsets up to %d, the topic ends before %d: it was re-created or truncated; restore it, or have its feed read again from the start under a new revision", o.next-1, b.last)}
	case b.first > o.next:
		o.gap = true
		if o.next == 0 && catalog.IsChanges(p.topic) { // some brokers move the start when they compact: the ledger's gap says enough
			break
		}
		o.incident = entity.Incident{Kind: IncidentGap, From: o.next, To: b.first,
			Detail: fmt.Sprintf("retention deleted %d offsets before they were read: ask the department to send the feed again", b.first-o.next)}
	case known && at.Digest != 0 && b.first < o.next:
		digest, err := w.digestAt(ctx, leader, p, o.next-1, buffers)
		gone := errors.Is(err, errGone)
		if gone && catalog.IsChanges(p.topic) {
			break
		}
		if gone || err == nil && digest != at.Digest {
			o.stops, o.incident = true, entity.Incident{Kind: IncidentRecreated, From: o.next - 1, To: o.next,
				Detail: fmt.Sprintf("offset %d is not the message that was read: the topic was re-created or truncated; restore it, or have its feed read again from the start under a new revision", o.next-1)}
		} else if err != nil {
			return opening{}, err
		}
	}
	return o, nil
}
