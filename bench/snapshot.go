package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
	"wuku/resolve"
)

// SnapshotRun says what a feed's whole content costs that is sent again with nothing changed.
type SnapshotRun struct {
	Records int          `json:"records"`
	First   SnapshotLoad `json:"first"`
	Again   SnapshotLoad `json:"again"`
	// New rows that the second one left behind in the engine, by table, and their share of the records.
	New        map[string]int64 `json:"new_rows"`
	Share      float64          `json:"share"`
	PeakMemory Memory           `json:"peak_memory"`
}

// SnapshotLoad is one snapshot, from its first message in the topic until its changes are in the base library.
type SnapshotLoad struct {
	Staged   float64 `json:"staged_seconds"`   // until all of it was staged
	Compared float64 `json:"compared_seconds"` // until what differs was published
	Resolved float64 `json:"resolved_seconds"` // until that was claimed and resolved
	CPU      CPU     `json:"cpu"`
	Changed  uint64  `json:"changed"`
	Deleted  uint64  `json:"deleted"`
}

// snapshotFeed is the feed of the shipped catalogue whose content is made up.
const snapshotFeed = "lianyungang.resident"

// Snapshot sends one and the same snapshot twice and counts the rows that the second leaves behind.
func Snapshot(ctx context.Context, cfg Config) (run *SnapshotRun, err error) {
	cfg.defaults()
	dir, remove, err := cfg.place()
	if err != nil {
		return nil, err
	}
	defer remove()
	b, err := openBroker(ctx, cfg, dir)
	if err != nil {
		return nil, err
	}
	defer b.close()
	r, err := openRig(ctx, cfg, filepath.Join(dir, "ours"), b)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	s := &snapshotBench{rig: r, feed: r.catalog.Feed(snapshotFeed), run: &SnapshotRun{Records: cfg.Records}}
	keep := map[string]string{"retention.ms": "-1"}
	err = r.publisher.EnsureTopics(ctx, []ingest.Topic{{Name: ingest.TopicOwner, Config: keep}, {Name: s.feed.Topic, Config: keep}, {Name: s.feed.ChangesTopic(), Config: keep}})
	if err != nil {
		return nil, err
	}
	return s.run, s.measure(ctx)
}

// snapshotBench is a rig with one feed of snapshots.
type snapshotBench struct {
	*rig
	feed     *catalog.Feed
	consumer *ingest.Consumer
	owner    *resolve.Owner
	sent     int64 // messages of the feed's own topic
	changed  int64 // messages of its topic of changes
	run      *SnapshotRun
}

func (s *snapshotBench) measure(ctx context.Context) (err error) {
	if s.consumer, err = s.rig.consumer(); err != nil {
		return err
	}
	consuming, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.consumer.Run(consuming) }()
	defer func() { stop(); err = errors.Join(err, ended(<-done)) }()
	if s.owner, err = resolve.Take(ctx, s.rig.owner(entity.Person)); err != nil {
		return err
	}
	s.processes().forgetPeak()
	if s.run.First, err = s.load(ctx, "20260301"); err != nil {
		return err
	}
	before, err := s.rows(ctx)
	if err != nil {
		return err
	}
	if s.run.Again, err = s.load(ctx, "20260302"); err != nil {
		return err
	}
	after, err := s.rows(ctx)
	if err != nil {
		return err
	}
	s.run.New = map[string]int64{}
	total := int64(0)
	for table, n := range after {
		if n > before[table] {
			s.run.New[table] = n - before[table]
			total += n - before[table]
		}
	}
	s.run.Share, s.run.PeakMemory = float64(total)/float64(s.cfg.Records), s.processes().peak()
	return nil
}

// load sends a snapshot and returns when it is compared and resolved.
func (s *snapshotBench) load(ctx context.Context, name string) (out SnapshotLoad, err error) {
	s.cfg.Say("publishing snapshot %s of %d records", name, s.cfg.Records)
	began, cpu := time.Now(), s.processes().cpu()
	lap := func(into *float64) { *into, began = time.Since(began).Seconds(), time.Now() }
	if err := s.publish(ctx, name); err != nil {
		return out, err
	}
	if err := await(ctx, s.consumer, s.sent+s.changed, s.cfg.Say); err != nil {
		return out, err
	}
	lap(&out.Staged)
	c := &ingest.Comparer{Store: s.store, Publisher: s.publisher, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
	if worked, err := c.Step(ctx, s.feed, s.sent); err != nil || !worked {
		return out, errors.Join(err, fmt.Errorf("snapshot %s: there was one to compare: %t", name, worked))
	}
	lap(&out.Compared)
	var why string
	err = s.store.Query(ctx, "snapshot/list", map[string]any{"Feed": s.feed.Name, "Limit": 1}, func(scan func(...any) error) error {
		var records uint64
		err := scan(new(string), new(uint64), new(uint64), new(string), new(int64), &records, new(uint64), &out.Changed, &out.Deleted, &why, new(time.Time))
		if err == nil && records != uint64(s.cfg.Records) {
			err = fmt.Errorf("it has %d records of %d", records, s.cfg.Records)
		}
		return err
	})
	if err != nil || why != "" {
		return out, errors.Join(err, fmt.Errorf("snapshot %s was not taken: %s", name, why))
	}
	s.changed += int64(out.Changed + out.Deleted)
	if err := await(ctx, s.consumer, s.sent+s.changed, s.cfg.Say); err != nil {
		return out, err
	}
	for worked := true; worked; {
		if _, worked, err = s.owner.Cycle(ctx); err != nil {
			return out, err
		}
	}
	lap(&out.Resolved)
	out.CPU = s.processes().cpu().minus(cpu)
	s.cfg.Say("snapshot %s: staged %.1f s, compared %.1f s, resolved %.1f s; %d changed, %d deleted", name, out.Staged, out.Compared, out.Resolved, out.Changed, out.Deleted)
	return out, s.settle(ctx)
}

// publish sends the marks and the records between them.
func (s *snapshotBench) publish(ctx context.Context, name string) error {
	var batch []kafka.Message
	flush := func() error {
		s.sent += int64(len(batch))
		err := s.publisher.Publish(ctx, batch...)
		batch = batch[:0]
		return err
	}
	add := func(value []byte) error {
		batch = append(batch, kafka.Message{Topic: s.feed.Topic, Value: value})
		if len(batch) < publishBatch {
			return nil
		}
		return flush()
	}
	if err := add(fmt.Appendf(nil, `{"kind":"BEGIN","run":"%s"}`, name)); err != nil {
		return err
	}
	for i := range s.cfg.Records {
		if err := add(resident(i, name)); err != nil {
			return err
		}
	}
	if err := add(fmt.Appendf(nil, `{"kind":"END","run":"%s","total":%d}`, name, s.cfg.Records)); err != nil {
		return err
	}
	return flush()
}

// resident is one record of the feed; everybody has a number of their own.
func resident(i int, run string) []byte {
	const names = "张伟李娜王芳刘洋陈静杨帆赵磊黄敏"
	born := time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%20_000)
	number := fmt.Appendf(nil, "320722%s%03d", born.Format("20060102"), i/20_000%1000)
	number = append(number, entity.CitizenCheck(number))
	return fmt.Appendf(nil, `{"recordId":"LYG%010d","holder":{"idCard":"%s","name":"%s","mobile":"138%08d"},"home":{"district":"320722","street":"人民路","detail":"%d号阳光花园"},`+
		`"permit":"LYG%010d","since":"2016-12-07","reason":"work","changed":"2021-06-08T11:41:14+08:00","run":"%s"}`,
		i, number, names[i%8*6:i%8*6+6], i%100_000_000, i%997, i, run)
}

// rows are those of every table, as they stand when nothing is left to merge.
func (s *snapshotBench) rows(ctx context.Context) (map[string]int64, error) {
	text, err := render("rows", nil)
	if err != nil {
		return nil, err
	}
	list, err := s.conn.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer list.Close()
	all := map[string]int64{}
	for list.Next() {
		var table string
		var n uint64
		if err := list.Scan(&table, &n); err != nil {
			return nil, err
		}
		all[table] = int64(n)
	}
	return all, list.Err()
}

// Print writes a run for people.
func (r *SnapshotRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%-22s %9s %9s %9s %9s %9s %9s\n", strconv.Itoa(r.Records)+" records", "staged s", "compared", "resolved", "cpu s", "changed", "deleted")
	for _, l := range []struct {
		name string
		SnapshotLoad
	}{{"the first time", r.First}, {"again, unchanged", r.Again}} {
		fmt.Fprintf(w, "%-22s %9.1f %9.1f %9.1f %9.1f %9d %9d\n", l.name, l.Staged, l.Compared, l.Resolved, l.CPU.Sum(), l.Changed, l.Deleted)
	}
	for _, table := range slices.Sorted(maps.Keys(r.New)) {
		fmt.Fprintf(w, "new rows in %-24s %d\n", table, r.New[table])
	}
	fmt.Fprintf(w, "new rows: %.4f %% of the records; most memory: ours %d MB, engine %d MB\n", 100*r.Share, r.PeakMemory.Own>>20, r.PeakMemory.Engine>>20)
}
