package ingest

import (
	"context"
	"fmt"
	"log/slog"
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
// process which reads the feed's topic.
type Comparer struct {
	Store     SnapshotStore
	Publisher *Publisher
	Clock     func() time.Time
	Log       *slog.Logger
}

// mark is a begin or end mark of a snapshot.
type mark struct {
	offset uint64
	kind   entity.StagedKind
	run    string
	count  int64 // -1: it declares none
}

// span is one snapshot: what its statements need, and what becomes of it.
type snapshotSpan struct {
	Feed                      string
	Begin, End, Until         uint64
	Name, Why                 string
	Declared                  int64
	Records, Refused, unknown uint64
	keys, foreign             uint64
	Changed, Deleted          uint64
	Delete                    bool
	At                        int64
}

// Step deals with the snapshots of one feed that have ended below stored, the offset up to which the topic is in the ledger. It reports
// whether there was one.
func (c *Comparer) Step(ctx context.Context, feed *catalog.Feed, stored int64) (worked bool, err error) {
	var done, spent uint64
	var newest int64
	data := map[string]any{"Feed": feed.Name}
	if err := c.Store.Query(ctx, "snapshot/done", data, func(scan func(...any) error) error { return scan(&done, &newest, &spent) }); err != nil {
		return false, err
	}
	var marks []mark
	err = c.Store.Query(ctx, "snapshot/marks", map[string]any{"Feed": feed.Name, "Done": done, "Stored": stored}, func(scan func(...any) error) error {
		var m mark
		var kind uint8
		var count uint64
		err := scan(&m.offset, &kind, &m.run, &count)
		m.kind, m.count = entity.StagedKind(kind), int64(count)-1
		marks = append(marks, m)
		return err
	})
	if err != nil {
		return false, err
	}
	for _, s := range spans(feed.Name, marks) {
		s.At = max(c.Clock().UnixMilli(), newest+1)
		newest = s.At
		if err := c.settle(ctx, feed, s); err != nil {
			return worked, fmt.Errorf("snapshot of %s at offset %d: %w", feed.Name, s.Begin, err)
		}
		worked, done, spent = true, s.Until+1, 1
	}
	if spent > 0 {
		err = c.Store.Exec(ctx, "snapshot/clear", map[string]any{"Feed": feed.Name, "Done": done})
	}
	return worked, err
}

// spans pairs marks. What cannot be paired is a span with its reason; a begin mark whose end has not come yet is left.
func spans(feed string, marks []mark) []*snapshotSpan {
	var list []*snapshotSpan
	var open *mark
	add := func(from, until mark, why string) {
		s := &snapshotSpan{Feed: feed, Begin: from.offset, End: until.offset, Until: until.offset, Name: from.run, Why: why, Declared: from.count}
		if until.kind == entity.StagedEnd && until.count >= 0 {
			if s.Declared >= 0 && s.Declared != until.count && why == "" {
				s.Why = fmt.Sprintf("its marks declare %d and %d records", s.Declared, until.count)
			}
			s.Declared = until.count
		}
		list = append(list, s)
	}
	for i := range marks {
		m := &marks[i]
		switch {
		case m.kind == entity.StagedBegin && open != nil:
			before := *m
			before.offset, before.kind = m.offset-1, entity.StagedBegin
			add(*open, before, "truncated or interleaved: another snapshot begins before its end mark")
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
	all := s.Records + s.Refused
	switch {
	case s.Why != "":
		return s.Why
	case s.foreign > 0:
		return fmt.Sprintf("interleaved: %d of its %d records name another snapshot", s.foreign, all)
	case s.Declared >= 0 && all < uint64(s.Declared):
		return fmt.Sprintf("truncated: %d of the %d records that its mark declares", all, s.Declared)
	case s.keys < all-s.unknown:
		return fmt.Sprintf("doubled: %d of its %d records stand in it more than once", all-s.unknown-s.keys, all)
	case s.Declared >= 0 && all > uint64(s.Declared):
		return fmt.Sprintf("doubled or interleaved: %d records, and its mark declares %d", all, s.Declared)
	case all == 0 && s.Declared != 0:
		return "empty, and no mark declares that it has 0 records"
	}
	return ""
}

// settle takes a snapshot or says why not.
func (c *Comparer) settle(ctx context.Context, feed *catalog.Feed, s *snapshotSpan) error {
	if s.Why == "" {
		err := c.Store.Query(ctx, "snapshot/look", s, func(scan func(...any) error) error {
			return scan(&s.Records, &s.Refused, &s.unknown, &s.keys, &s.foreign)
		})
		if err != nil {
			return err
		}
	}
	if s.Why = s.judge(); s.Why == "" {
		s.Delete = s.unknown == 0
		if err := c.publish(ctx, feed, s); err != nil {
			return err
		}
		if err := c.Store.Exec(ctx, "snapshot/take", s); err != nil {
			return err
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

// publishPage is how many changes are published at once.
const publishPage = 5_000

func (c *Comparer) publish(ctx context.Context, feed *catalog.Feed, s *snapshotSpan) error {
	var page []kafka.Message
	at := time.UnixMilli(s.At)
	add := func(key, value []byte, offset uint64) error {
		page = append(page, kafka.Message{Topic: feed.ChangesTopic(), Key: key, Value: value, Time: at, Headers: []kafka.Header{
			{Key: headerTopic, Value: []byte(feed.Topic)}, {Key: headerPartition, Value: []byte("0")}, {Key: headerOffset, Value: strconv.AppendUint(nil, offset, 10)}}})
		if len(page) < publishPage {
			return nil
		}
		err := c.Publisher.Publish(ctx, page...)
		page = nil
		return err
	}
	err := c.Store.Query(ctx, "snapshot/changed", s, func(scan func(...any) error) error {
		var key, value string
		var offset uint64
		if err := scan(&key, &value, &offset); err != nil {
			return err
		}
		s.Changed++
		return add([]byte(key), []byte(value), offset)
	})
	if err != nil {
		return err
	}
	if s.Delete {
		err = c.Store.Query(ctx, "snapshot/deleted", s, func(scan func(...any) error) error {
			var key string
			if err := scan(&key); err != nil {
				return err
			}
			s.Deleted++
			return add([]byte(key), nil, s.End)
		})
		if err != nil {
			return err
		}
	}
	if len(page) == 0 {
		return nil
	}
	return c.Publisher.Publish(ctx, page...)
}
