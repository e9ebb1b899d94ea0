package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
)

// SnapshotStore runs statements of sql/snapshot. The store fulfils it by shape.
type SnapshotStore interface {
	Exec(ctx context.Context, statement string, data any) error
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
	Report(ctx context.Context, incident entity.Incident) error
}

// Comparer compares whole snapshots with the ones before them, in the engine, and publishes what has changed to the feed's topic of
// changes: changed records as they came, missing ones as messages without a value. A snapshot that is not whole changes nothing. Stopped
// anywhere, it does the same again: what is published twice falls onto itself. One Comparer works on a feed at a time: that of the
// process which reads the feed's topic. One that has lost the topic without knowing it applies nothing: before each page that it
// publishes and before it takes a snapshot it looks whether another has dealt with it, and what is read for that says the same.
type Comparer struct {
	Store     SnapshotStore
	Publisher *Publisher
	Clock     func() time.Time
	Log       *slog.Logger
	Page      int // about how many records are compared at once, which bounds the engine's memory; default 1,000,000
}

// mark is a begin or end mark of a snapshot.
type mark struct {
	offset uint64
	part   uint32 // its number in a message of several records
	kind   entity.StagedKind
	run    string
	count  int64 // -1: it declares none
}

// snapshotSpan is one snapshot: what its statements need, and what becomes of it.
type snapshotSpan struct {
	Feed, Topic      string
	Revision         uint32 // of the mapping that the topic is read under
	Begin, End       uint64 // it stands between these offsets
	Until            uint64 // last offset that is dealt with by it
	BeginPart        uint32 // and, within them, between these parts
	EndPart          uint32
	UntilPart        uint32
	Name, Why        string
	Declared         int64 // -1: nothing
	Records, Refused uint64
	Erased           uint64 // records of the erasure list, without a key
	unknown          uint64 // of Refused, those whose key could not be read
	crashed          uint64 // of Refused and unknown, those that crashed the mapping and are not staged
	lost             uint64 // offsets that the broker had no more when they were to be read
	keys, foreign    uint64
	Changed, Deleted uint64
	Delete           bool
	At               int64
	Page, Pages      int    // of the comparison
	From, Upto       uint64 // offsets of the page, the last excluded
}

const comparePage = 1_000_000

// page goes to the i-th page of so many as the records ask for.
func (s *snapshotSpan) page(i int) {
	span := s.End - s.Begin + 1
	s.Page, s.From, s.Upto = i, s.Begin+span*uint64(i)/uint64(s.Pages), s.Begin+span*uint64(i+1)/uint64(s.Pages)
}

// all is how many messages the snapshot has between its marks, as far as they were there to be read.
func (s *snapshotSpan) all() uint64 { return s.Records + s.Refused + s.Erased }

// Waiting is how many of them are staged. Their number stays, whatever is erased or read again, until the snapshot is dealt with: what
// does not find them all compares with something else than was judged.
func (s *snapshotSpan) Waiting() uint64 { return s.all() - s.crashed }

// Step deals with the snapshots of one feed that have ended below stored, the offset up to which the topic is in the ledger. It reports
// whether there was one.
func (c *Comparer) Step(ctx context.Context, feed *catalog.Feed, stored int64) (worked bool, err error) {
	data := struct {
		Feed     string
		Done     uint64 // what stands before this place is dealt with
		DonePart uint32
		Stored   int64
	}{Feed: feed.Name, Stored: stored}
	var spent uint64
	var newest int64
	err = c.Store.Query(ctx, "snapshot/done", data, func(scan func(...any) error) error { return scan(&data.Done, &data.DonePart, &newest, &spent) })
	if err != nil {
		return false, err
	}
	var marks []mark
	err = c.Store.Query(ctx, "snapshot/marks", data, func(scan func(...any) error) error {
		var m mark
		var kind uint8
		var count uint64
		err := scan(&m.offset, &m.part, &kind, &m.run, &count)
		m.kind, m.count = entity.StagedKind(kind), int64(count)-1
		marks = append(marks, m)
		return err
	})
	if err != nil {
		return false, err
	}
	for _, s := range spans(feed, marks) {
		s.At = max(c.Clock().UnixMilli(), newest+1)
		newest = s.At
		if err := c.settle(ctx, feed, s); err != nil {
			return worked, fmt.Errorf("snapshot of %s at offset %d: %w", feed.Name, s.Begin, err)
		}
		worked, data.Done, data.DonePart, spent = true, s.Until, s.UntilPart+1, 1
	}
	if spent > 0 {
		err = c.Store.Exec(ctx, "snapshot/clear", data)
	}
	return worked, err
}

// lastPart stands behind all records of a message.
const lastPart = math.MaxUint32 - 1

// spans pairs marks. What cannot be paired is a span with its reason; a begin mark whose end has not come yet is left.
func spans(feed *catalog.Feed, marks []mark) []*snapshotSpan {
	var list []*snapshotSpan
	var open *mark
	add := func(from, until mark, why string) *snapshotSpan {
		s := &snapshotSpan{Feed: feed.Name, Topic: feed.Topic, Revision: feed.Revision, Begin: from.offset, BeginPart: from.part, End: until.offset, EndPart: until.part, Until: until.offset, UntilPart: until.part, Name: from.run, Why: why, Declared: from.count}
		if until.kind == entity.StagedEnd && until.count >= 0 {
			if s.Declared >= 0 && s.Declared != until.count && why == "" {
				s.Why = fmt.Sprintf("its marks declare %d and %d records", s.Declared, until.count)
			}
			s.Declared = until.count
		}
		list = append(list, s)
		return s
	}
	for i := range marks {
		m := &marks[i]
		switch {
		case m.kind == entity.StagedBegin && open != nil:
			s := add(*open, *m, "truncated or interleaved: another snapshot begins before its end mark")
			if s.UntilPart--; m.part == 0 { // it is dealt with up to the place before the mark
				s.Until, s.UntilPart = m.offset-1, lastPart
			}
			open = m
		case m.kind == entity.StagedBegin:
			open = m
		case open == nil:
			add(*m, *m, "an end mark without a begin mark: its snapshot was broken by another one, or its begin was lost")
		case open.run != "" && m.run != "" && open.run != m.run:
			add(*open, *m, "interleaved: the end mark of another snapshot stands where its own should")
			open = nil
		default:
			add(*open, *m, "")
			open = nil
		}
	}
	return list
}

// judge says why a snapshot cannot be taken, or "".
func (s *snapshotSpan) judge() string {
	all, keyed := s.all(), s.Records+s.Refused-s.unknown
	switch {
	case s.Why != "":
		return s.Why
	case s.lost > 0:
		return fmt.Sprintf("truncated: the broker no longer had %d of its messages when they were to be read", s.lost)
	case s.foreign > 0:
		return fmt.Sprintf("interleaved: %d of its %d records name another snapshot", s.foreign, all)
	case s.Declared >= 0 && all < uint64(s.Declared):
		return fmt.Sprintf("truncated: %d of the %d records that its mark declares", all, s.Declared)
	case s.keys < keyed:
		return fmt.Sprintf("doubled: %d of its %d records stand in it more than once", keyed-s.keys, all)
	case s.Declared >= 0 && all > uint64(s.Declared):
		return fmt.Sprintf("doubled or interleaved: %d records, and its mark declares %d", all, s.Declared)
	case all == 0 && s.Declared != 0:
		return "empty, and no mark declares that it has 0 records"
	}
	return ""
}

// settle takes a snapshot or says why not.
func (c *Comparer) settle(ctx context.Context, feed *catalog.Feed, s *snapshotSpan) error {
	err := c.Store.Query(ctx, "snapshot/look", s, func(scan func(...any) error) error {
		return scan(&s.Records, &s.Refused, &s.unknown, &s.Erased, &s.keys, &s.foreign, &s.lost, &s.crashed)
	})
	if err != nil {
		return err
	}
	s.Refused, s.unknown = s.Refused+s.crashed, s.unknown+s.crashed
	if s.Why = s.judge(); s.Why == "" {
		s.Delete, s.Pages = s.unknown == 0, int(s.all())/cmp.Or(c.Page, comparePage)+1
		if err := c.publish(ctx, feed, s); err != nil {
			return err
		}
	}
	if err := c.untaken(ctx, s, "snapshot/untaken"); err != nil {
		return err
	}
	if s.Why == "" {
		for i := range s.Pages {
			s.page(i)
			if err := c.Store.Exec(ctx, "snapshot/take", s); err != nil {
				return err
			}
		}
		if !s.Delete {
			s.Why = fmt.Sprintf("the changes were taken, but nothing was deleted: %d refused records have no key, so that nobody knows which are missing", s.unknown)
		}
	}
	if s.Why != "" {
		if err := c.Store.Report(ctx, entity.Incident{Kind: IncidentSnapshot, Feed: feed.Name, Topic: feed.Topic, From: int64(s.Begin), To: int64(s.Until) + 1, Detail: s.Why, TimeMS: s.At}); err != nil {
			return err
		}
	}
	c.Log.Info("snapshot", "feed", feed.Name, "run", s.Begin, "records", s.Records, "changed", s.Changed, "deleted", s.Deleted, "why", s.Why)
	return c.Store.Exec(ctx, "snapshot/run", s)
}

// errTaken says that what was looked at is not what is to be applied.
var errTaken = errors.New("another process has taken it, or what is staged of it has changed")

// untaken is errTaken if the snapshot is dealt with already, or, for the statement of that name, if what is staged of it is not what was
// looked at. Since what is staged goes only after the snapshot is dealt with, what was read before untaken is nil was read from the whole
// of it.
func (c *Comparer) untaken(ctx context.Context, s *snapshotSpan, statement string) error {
	var ours bool
	err := c.Store.Query(ctx, statement, s, func(scan func(...any) error) error { return scan(&ours) })
	if err == nil && !ours {
		err = errTaken
	}
	return err
}

// publishPage is how many changes are published at once.
const publishPage = 5_000

func (c *Comparer) publish(ctx context.Context, feed *catalog.Feed, s *snapshotSpan) error {
	var page []kafka.Message
	at := time.UnixMilli(s.At)
	flush := func() error {
		if len(page) == 0 {
			return nil
		}
		err := c.untaken(ctx, s, "snapshot/undone")
		if err == nil {
			err = c.Publisher.Publish(ctx, page...)
		}
		page = nil
		return err
	}
	add := func(key, value []byte, offset uint64) error {
		page = append(page, kafka.Message{Topic: feed.ChangesTopic(), Key: key, Value: value, Time: at, Headers: []kafka.Header{
			{Key: headerTopic, Value: []byte(feed.Topic)}, {Key: headerPartition, Value: []byte("0")}, {Key: headerOffset, Value: strconv.AppendUint(nil, offset, 10)}}})
		if len(page) < publishPage {
			return nil
		}
		return flush()
	}
	changed := func(scan func(...any) error) error {
		var key, value string
		var offset uint64
		if err := scan(&key, &value, &offset); err != nil {
			return err
		}
		s.Changed++
		return add([]byte(key), []byte(value), offset)
	}
	deleted := func(scan func(...any) error) error {
		var key string
		if err := scan(&key); err != nil {
			return err
		}
		s.Deleted++
		return add([]byte(key), nil, s.End)
	}
	for i := range s.Pages {
		s.page(i)
		if err := c.Store.Query(ctx, "snapshot/changed", s, changed); err != nil {
			return err
		}
		if s.Delete {
			if err := c.Store.Query(ctx, "snapshot/deleted", s, deleted); err != nil {
				return err
			}
		}
	}
	return flush()
}
