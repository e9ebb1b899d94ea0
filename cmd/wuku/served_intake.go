package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/catalog"
	"wuku/ingest"
	"wuku/serve"
)

// servedQuarantine is the quarantine as the API wants it.
type servedQuarantine struct{ in *instance }

var _ serve.Quarantine = servedQuarantine{}

// Message implements serve.Quarantine.
func (q servedQuarantine) Message(ctx context.Context, topic string, partition uint32, offset uint64) (*serve.RefusedMessage, error) {
	list, err := q.in.quarantined(ctx, choice{Topic: topic, Partition: int(partition), Offset: int64(offset), Limit: 1000})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, serve.ErrNone
	}
	first := list[0]
	m := &serve.RefusedMessage{Feed: first.Feed, Topic: topic, Partition: partition, Offset: offset, Received: first.Received, Key: first.key, Content: first.value,
		Erased: first.key == "" && first.value == "" && first.headers == ""}
	for _, r := range list {
		m.Records = append(m.Records, serve.RefusedRecord{Record: r.Record, Reason: r.Reason, Field: r.Field, Detail: r.Detail})
	}
	return m, nil
}

// Retry implements serve.Quarantine.
func (q servedQuarantine) Retry(ctx context.Context, c serve.RetryChoice) (sent, left int, err error) {
	if len(q.in.kafka.Brokers) == 0 {
		return 0, 0, serve.ErrNoBroker
	}
	one := choice{Reason: c.Reason, Partition: -1, Offset: -1, Limit: c.Limit}
	if c.Topic != "" {
		one.Topic, one.Partition, one.Offset = c.Topic, int(c.Partition), int64(c.Offset)
	}
	feeds := c.Feeds
	if len(feeds) == 0 {
		feeds = []string{""}
	}
	for _, feed := range feeds {
		if one.Feed, one.Limit = feed, c.Limit-sent; one.Limit <= 0 {
			break
		}
		n, not, err := q.in.mapAgain(ctx, one)
		if sent, left = sent+n, left+not; err != nil {
			return sent, left, err
		}
	}
	return sent, left, nil
}

// servedIntake takes departments' files through the API.
type servedIntake struct{ in *instance }

var _ serve.Intake = servedIntake{}

// shownProblems is how many problems of a file the API tells; the counts go on.
const shownProblems = 1000

// Try implements serve.Intake.
func (i servedIntake) Try(ctx context.Context, feed *catalog.Feed, f serve.File) (*serve.Trial, error) {
	m, err := i.in.trial(i.in.current.Load().catalog, feed)
	if err != nil {
		return nil, err
	}
	t := &tryRun{feed: feed, mapper: m, encoding: f.Encoding, now: time.Now().UnixMilli()}
	t.report.Feed = feed.Name
	if err := t.file(ctx, f.Name, bytes.NewReader(f.Content)); err != nil {
		return nil, errors.Join(serve.ErrUnfit, err)
	}
	r := t.report
	out := &serve.Trial{Feed: r.Feed, Records: r.Records, Taken: r.Taken, Passed: r.Passed, Refused: r.Refused, Findings: r.Findings, Problems: []serve.TrialProblem{}}
	for _, p := range r.Problems[:min(len(r.Problems), shownProblems)] {
		out.Problems = append(out.Problems, serve.TrialProblem{Line: p.Line, Column: p.Column, Record: p.Record, Code: p.Code, Field: p.Field, Element: p.Element, Detail: p.Detail})
	}
	return out, nil
}

// keptReceipt is a receipt as it stands in ledger.receipt.
type keptReceipt struct {
	ingest.Receipt
	ID         string    `json:"id"`
	Department string    `json:"department"`
	Client     string    `json:"client"`
	Began      time.Time `json:"began"`
	At         time.Time `json:"at"`
}

// receiptWait is how long a publication waits for what becomes of its records; a receipt tells it later, too.
const receiptWait = 3 * time.Second

// Publish implements serve.Intake.
func (i servedIntake) Publish(ctx context.Context, feed *catalog.Feed, f serve.File) (*serve.FileReceipt, error) {
	if len(i.in.kafka.Brokers) == 0 {
		return nil, serve.ErrNoBroker
	}
	sum := sha256.Sum256(f.Content)
	digest := hex.EncodeToString(sum[:])
	named := sha256.Sum256([]byte(feed.Name + "\x00" + digest))
	id := "r" + hex.EncodeToString(named[:8])
	kept, err := i.kept(ctx, id)
	if errors.Is(err, serve.ErrNone) {
		now := time.Now().UTC()
		kept, err = &keptReceipt{ID: id, Department: f.Department, Client: f.Client, Began: now, At: now,
			Receipt: ingest.Receipt{Feed: feed.Name, Topic: feed.Topic, Digest: digest}}, nil
	}
	if err != nil || kept.Done {
		return i.told(ctx, kept, err)
	}
	m, err := i.in.trial(i.in.current.Load().catalog, feed)
	if err != nil {
		return nil, err
	}
	if err := ingest.ReadFile(feed, f.Name, f.Encoding, bytes.NewReader(f.Content), func(ingest.FileRecord) error { return ctx.Err() }); err != nil {
		return nil, errors.Join(serve.ErrUnfit, err) // before anything is sent
	}
	sender := ingest.NewFileSender(i.in.kafka, m)
	_, err = sender.Send(ctx, f.Name, f.Encoding, bytes.NewReader(f.Content), kept.Receipt, func(r ingest.Receipt) error {
		kept.Receipt, kept.At = r, time.Now().UTC()
		return i.keep(ctx, kept)
	})
	if err := errors.Join(err, sender.Close()); err != nil {
		return nil, err
	}
	return i.settled(ctx, feed, kept)
}

// settled waits a while for what becomes of the records.
func (i servedIntake) settled(ctx context.Context, feed *catalog.Feed, kept *keptReceipt) (*serve.FileReceipt, error) {
	p := publishing{wait: receiptWait}
	done := published{Receipt: kept.Receipt}
	if err := p.follow(ctx, i.in, feed, &done); err != nil {
		return nil, err
	}
	out := servedReceipt(kept)
	out.Waiting = max(done.Waiting, 0)
	for _, o := range done.Outcomes {
		out.Outcomes = append(out.Outcomes, serve.FileOutcome{Outcome: o.Outcome, Reason: o.Reason, Field: o.Field, Records: o.Records})
	}
	return &out, nil
}

// told is a receipt with what has become of the records so far.
func (i servedIntake) told(ctx context.Context, kept *keptReceipt, err error) (*serve.FileReceipt, error) {
	if err != nil {
		return nil, err
	}
	out := servedReceipt(kept)
	feed := i.in.named(kept.Feed)
	if feed == nil {
		return &out, nil
	}
	list, waiting, err := i.in.outcomes(ctx, feed, kept.Places)
	out.Waiting = max(waiting, 0)
	for _, o := range list {
		out.Outcomes = append(out.Outcomes, serve.FileOutcome{Outcome: o.Outcome, Reason: o.Reason, Field: o.Field, Records: o.Records})
	}
	return &out, err
}

func servedReceipt(k *keptReceipt) serve.FileReceipt {
	out := serve.FileReceipt{ID: k.ID, Feed: k.Feed, Topic: k.Topic, Department: k.Department, Digest: k.Digest, Sent: k.Sent, Done: k.Done, Places: []serve.FilePlace{}, Began: k.Began, At: k.At}
	for _, p := range k.Places {
		out.Places = append(out.Places, serve.FilePlace(p))
	}
	return out
}

func (i servedIntake) keep(ctx context.Context, k *keptReceipt) error {
	content, err := json.Marshal(k)
	if err != nil {
		return err
	}
	done := uint8(0)
	if k.Done {
		done = 1
	}
	return i.in.store.Append(ctx, "query/file_receipt_add", nil, [][]any{{k.ID, k.Feed, k.Department, k.Client, uint64(k.Sent), done, string(content), k.Began, k.At}})
}

func (i servedIntake) kept(ctx context.Context, id string) (*keptReceipt, error) {
	list, err := i.list(ctx, []string{}, id, serve.ReceiptPlace{}, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, serve.ErrNone
	}
	return &list[0], nil
}

func (i servedIntake) list(ctx context.Context, feeds []string, id string, after serve.ReceiptPlace, limit int) (list []keptReceipt, err error) {
	err = i.in.store.Query(ctx, "query/file_receipts", nil, func(scan func(...any) error) error {
		var content string
		if err := scan(&content); err != nil {
			return err
		}
		var k keptReceipt
		err := json.Unmarshal([]byte(content), &k)
		list = append(list, k)
		return err
	}, clickhouse.Named("feeds", feeds), clickhouse.Named("id", id), clickhouse.Named("after", after.Began), clickhouse.Named("after_id", after.ID), clickhouse.Named("limit", uint64(limit)))
	return list, err
}

// Receipt implements serve.Intake.
func (i servedIntake) Receipt(ctx context.Context, id string) (*serve.FileReceipt, error) {
	kept, err := i.kept(ctx, id)
	return i.told(ctx, kept, err)
}

// Receipts implements serve.Intake.
func (i servedIntake) Receipts(ctx context.Context, feeds []string, after serve.ReceiptPlace, limit int) ([]serve.FileReceipt, error) {
	list, err := i.list(ctx, feeds, "", after, limit)
	out := make([]serve.FileReceipt, len(list))
	for n := range list {
		out[n] = servedReceipt(&list[n])
	}
	return out, err
}
