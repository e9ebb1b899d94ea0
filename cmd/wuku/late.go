package main

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"wuku/entity"
	"wuku/ingest"
	"wuku/quality"
)

// lateness tells once of every feed that misses its update cycle: an incident, a message on wuku.alerts, the metric wuku_feed_late; and
// once when it delivers again.
type lateness struct {
	told map[string]quality.Late // by feed
}

// late looks which feeds are late. In a demo, whose clock is not the machine's, none is.
func (s *services) late(ctx context.Context) error {
	now := s.in.judged(time.Now())
	if now.IsZero() {
		return nil
	}
	list, err := quality.LateFeeds(ctx, s.in.store, s.in.current.Load().catalog, now)
	if err != nil {
		return err
	}
	return s.tellLate(ctx, list, now)
}

func (s *services) tellLate(ctx context.Context, list []quality.Late, now time.Time) error {
	next := map[string]quality.Late{}
	for _, l := range list {
		next[l.Feed] = l
		s.meters.late.WithLabelValues(l.Feed).Set(1)
		if s.lateness.told[l.Feed].Newest.Equal(l.Newest) {
			continue
		}
		if err := s.in.store.Report(ctx, lateIncident(l, now)); err != nil {
			return err
		}
		if err := s.publisher.Publish(ctx, lateMessage(l, "wuku.feed.late", now)); err != nil {
			return err
		}
	}
	for feed, l := range s.lateness.told {
		if _, still := next[feed]; still {
			continue
		}
		s.meters.late.WithLabelValues(feed).Set(0)
		if err := s.publisher.Publish(ctx, lateMessage(l, "wuku.feed.delivers", now)); err != nil {
			return err
		}
	}
	s.lateness.told = next
	return nil
}

// lateIncident is the same for the same lateness, however often it is reported: it goes by the newest message.
func lateIncident(l quality.Late, now time.Time) entity.Incident {
	return entity.Incident{Kind: ingest.IncidentLate, Feed: l.Feed, Topic: l.Topic, From: l.Newest.UnixMilli(), To: l.Newest.UnixMilli(), TimeMS: now.UnixMilli(),
		Detail: fmt.Sprintf("nothing has come since %s; the feed is declared %s: ask %s (%s) for it, or correct cycle in its contract", inChina(l.Newest), l.Cycle, l.Department, l.Contact)}
}

// lateMessage is what wuku.alerts says. Its id is the same however often it comes.
func lateMessage(l quality.Late, kind string, now time.Time) kafka.Message {
	body, err := json.Marshal(l)
	if err != nil {
		body = []byte("{}") // cannot be: texts and times
	}
	return kafka.Message{Topic: ingest.TopicAlerts, Key: []byte(l.Feed), Value: body, Headers: []kafka.Header{
		{Key: "ce_id", Value: fmt.Appendf(nil, "%s/%s/%d", strings.TrimPrefix(kind, "wuku."), l.Feed, l.Newest.UnixMilli())}, {Key: "ce_specversion", Value: []byte("1.0")}, {Key: "ce_source", Value: []byte("wuku")},
		{Key: "ce_type", Value: []byte(kind)}, {Key: "ce_time", Value: []byte(now.UTC().Format(time.RFC3339Nano))}, {Key: "content-type", Value: []byte("application/json")}}}
}

// checkLate is the doctor's look at feeds that are late.
func (in *instance) checkLate(cmd *cobra.Command) check {
	now := in.judged(time.Now())
	if now.IsZero() {
		return check{What: "update cycles", OK: true, Says: "a demo: its clock is not this machine's"}
	}
	list, err := quality.LateFeeds(cmd.Context(), in.store, in.current.Load().catalog, now)
	if err != nil {
		return check{What: "update cycles", Says: err.Error(), Do: "mend the engine first"}
	}
	if len(list) == 0 {
		return check{What: "update cycles", OK: true, Says: "no feed is later than its declared cycle"}
	}
	var names []string
	for _, l := range list {
		names = append(names, fmt.Sprintf("%s (%s, last %s, ask %s)", l.Feed, l.Cycle, inChina(l.Newest), l.Department))
	}
	return check{What: "update cycles", Says: "late 超期未更新: " + strings.Join(names, ", "), Do: "ask the departments for their messages, or correct cycle in the contracts"}
}
