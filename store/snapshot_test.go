package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/ingest"
	"wuku/store"
)

// snapshots is a feed of snapshots on the real engine and an embedded broker, filled by hand.
type snapshots struct {
	t     *testing.T
	s     *store.Store
	feed  *catalog.Feed
	kafka ingest.Kafka
	out   *ingest.Publisher
	next  uint64 // first offset that nothing stands at
	part  uint32 // and its next part, for a message of several records
	many  bool   // whole snapshots stand in one message, until next is moved on
}

func startSnapshots(t *testing.T, name string) *snapshots {
	t.Helper()
	w := &snapshots{t: t, s: open(t), feed: &catalog.Feed{Name: name, Topic: "src." + name, Revision: 1, Snapshot: &catalog.Snapshot{Mark: "mark"}}}
	if err := w.s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	broker := enginetest.Broker(t)
	enginetest.CreateTopic(t, broker.Address(), w.feed.ChangesTopic(), 1)
	w.kafka = ingest.Kafka{Brokers: []string{broker.Address()}}
	w.out = ingest.NewPublisher(w.kafka, 0)
	t.Cleanup(func() {
		if err := w.out.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// stagedRow is one message of a snapshot, or a hole: kind 0 with its outcome.
type stagedRow struct {
	kind    entity.StagedKind
	key     string
	outcome entity.Outcome
}

func records(from, to int) (list []stagedRow) {
	for i := from; i < to; i++ {
		list = append(list, stagedRow{kind: entity.StagedRecord, key: fmt.Sprint(i)})
	}
	return list
}

// stage stores one snapshot with its marks; its end mark declares a number of records.
func (w *snapshots) stage(declared int, rows ...stagedRow) {
	w.t.Helper()
	staged, ledger := entity.NewStaged(w.feed.Name), entity.NewLedger(w.feed.Name, w.feed.Topic)
	from := w.next
	rows = append(append([]stagedRow{{kind: entity.StagedBegin}}, rows...), stagedRow{kind: entity.StagedEnd})
	for _, r := range rows {
		count := uint64(0)
		if r.kind == entity.StagedEnd {
			count = uint64(declared) + 1
		}
		if r.kind != entity.StagedNothing {
			c := staged.Columns
			c[1].AppendU64(w.next)
			c[2].AppendU8(uint8(r.kind))
			c[3].AppendString(r.key)
			c[4].AppendString("")
			c[5].AppendU64(count)
			c[6].AppendU64(7)
			c[7].AppendString("{}")
			c[8].AppendU32(w.part)
			staged.Rows++
		}
		if r.outcome == 0 {
			r.outcome = entity.Unmapped
		}
		if w.many {
			w.part++
		}
		c := ledger.Columns[2:]
		c[0].AppendU32(0)
		c[1].AppendU32(w.feed.Revision)
		c[2].AppendU64(w.next)
		c[3].AppendU64(w.next)
		c[4].AppendU8(uint8(r.outcome))
		c[5].AppendString("")
		c[6].AppendVersion(entity.Version{})
		c[7].AppendWords(nil)
		c[8].AppendIDs(nil)
		c[9].AppendInt64(0)
		c[10].AppendU64(0)
		ledger.Rows++
		if !w.many {
			w.next++
		}
	}
	if err := w.s.Write(w.t.Context(), []*entity.Batch{{Feed: w.feed.Name, Topic: w.feed.Topic, From: int64(from), To: int64(max(w.next, from+1)), Revision: 1, Staged: staged, Ledger: ledger}}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *snapshots) comparer(s ingest.SnapshotStore) *ingest.Comparer {
	return &ingest.Comparer{Store: s, Publisher: w.out, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Page: 7}
}

func (w *snapshots) step(s ingest.SnapshotStore) error {
	_, err := w.comparer(s).Step(w.t.Context(), w.feed, int64(w.next))
	return err
}

// outcome is how many snapshots were dealt with, what the last one changed and deleted and why, how many records are live, and how many
// changes were published.
type snapshotOutcome struct {
	Runs             int
	Changed, Deleted uint64
	Why              string
	Live             int
	Published        int64
}

func (w *snapshots) outcome() (o snapshotOutcome) {
	w.t.Helper()
	err := w.s.Query(w.t.Context(), "snapshot/list", map[string]any{"Feed": w.feed.Name, "Limit": 100}, func(scan func(...any) error) error {
		var feed, name, why string
		var run, until, records, refused, changed, deleted uint64
		var declared int64
		var at time.Time
		err := scan(&feed, &run, &until, &name, &declared, &records, &refused, &changed, &deleted, &why, &at)
		if o.Runs++; o.Runs == 1 {
			o.Changed, o.Deleted, o.Why = changed, deleted, why
		}
		return err
	})
	if err == nil {
		data := map[string]any{"Feed": w.feed.Name, "Begin": 1 << 40, "End": 1<<40 + 1, "BeginPart": 0, "EndPart": 0, "Waiting": 0, "Page": 0, "Pages": 1} // of an empty snapshot everything is missing
		err = w.s.Query(w.t.Context(), "snapshot/deleted", data, func(scan func(...any) error) error {
			var key string
			o.Live++
			return scan(&key)
		})
	}
	if err == nil {
		o.Published, err = ingest.End(w.t.Context(), w.kafka, w.feed.ChangesTopic(), 0)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// meanwhile is a store beside which something happens once, before the first use of a statement.
type meanwhile struct {
	*store.Store
	statement string
	happens   func()
}

func (m *meanwhile) at(statement string) {
	if statement == m.statement && m.happens != nil {
		f := m.happens
		m.happens = nil
		f()
	}
}

func (m *meanwhile) Exec(ctx context.Context, statement string, data any) error {
	m.at(statement)
	return m.Store.Exec(ctx, statement, data)
}

func (m *meanwhile) Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error {
	m.at(statement)
	return m.Store.Query(ctx, statement, data, each, args...)
}

// TestSnapshotIsTakenOnce: a process that has lost the topic goes on where it stood, while the one that has it now has dealt with the
// snapshot and dropped what was staged: nothing is deleted, published or judged a second time.
func TestSnapshotIsTakenOnce(t *testing.T) {
	t.Parallel()
	for i, statement := range []string{"snapshot/marks", "snapshot/look", "snapshot/changed", "snapshot/deleted", "snapshot/undone", "snapshot/untaken", "snapshot/take", "snapshot/run"} {
		t.Run(strings.TrimPrefix(statement, "snapshot/"), func(t *testing.T) {
			t.Parallel()
			w := startSnapshots(t, fmt.Sprintf("test.once%d", i))
			w.stage(20, records(0, 20)...)
			if err := w.step(w.s); err != nil {
				t.Fatal(err)
			}
			w.stage(19, append(records(0, 18), records(30, 31)...)...)
			second := &meanwhile{Store: w.s, statement: statement, happens: func() {
				if err := w.step(w.s); err != nil {
					t.Error(err)
				}
			}}
			want := snapshotOutcome{Runs: 2, Changed: 1, Deleted: 2, Live: 19, Published: 23}
			err := w.step(second)
			if second.happens != nil {
				t.Fatalf("%s was not asked", statement)
			}
			switch statement {
			case "snapshot/take": // both have published, the same
				want.Published += 3
			case "snapshot/marks", "snapshot/run": // nothing is left to do, or all is done
			case "snapshot/untaken": // the same was published, and is not taken
				want.Published += 3
				fallthrough
			default:
				if err == nil || !strings.Contains(err.Error(), "another process") {
					t.Errorf("error %v, want one that names the other process", err)
				}
			}
			if diff := cmp.Diff(want, w.outcome()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestSnapshotSeesItsHoles: what stands between the marks and is not staged as a record of its key makes no live record a deleted one.
func TestSnapshotSeesItsHoles(t *testing.T) {
	t.Parallel()
	const n = 10
	hole := func(outcome entity.Outcome, kind entity.StagedKind, key string) []stagedRow {
		return append(records(0, n-1), stagedRow{kind: kind, key: key, outcome: outcome})
	}
	for i, c := range []struct {
		name    string
		rows    []stagedRow
		deleted uint64
		why     string
	}{
		{"lost by retention", hole(entity.Gap, entity.StagedNothing, ""), 0, "truncated: the broker no longer had 1 of its messages"},
		{"lost and not declared", append(hole(entity.Gap, entity.StagedNothing, ""), records(20, 21)...), 0, "truncated: the broker no longer had 1 of its messages"},
		{"crashed the mapping", hole(entity.Quarantined, entity.StagedNothing, ""), 0, "nothing was deleted: 1 refused records have no key"},
		{"refused without a key", hole(entity.Quarantined, entity.StagedRefused, ""), 0, "nothing was deleted: 1 refused records have no key"},
		{"refused with its key", hole(entity.Quarantined, entity.StagedRefused, fmt.Sprint(n-1)), 0, ""},
		{"erased", hole(entity.Erased, entity.StagedErased, ""), 1, ""}, // by hand: an erasure takes it from the last snapshot
		{"marker of a transaction", append(records(0, n), stagedRow{outcome: entity.Control}), 0, ""},
		{"gone", append(records(0, n-1), records(20, 21)...), 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := startSnapshots(t, fmt.Sprintf("test.hole%d", i))
			w.stage(n, records(0, n)...)
			w.stage(n, c.rows...)
			if err := w.step(w.s); err != nil {
				t.Fatal(err)
			}
			got := w.outcome()
			if got.Deleted != c.deleted || !strings.Contains(got.Why, c.why) || (got.Why == "") != (c.why == "") {
				t.Errorf("%d deleted, why %q; want %d, %q", got.Deleted, got.Why, c.deleted, c.why)
			}
		})
	}
}

// TestSnapshotsInOneMessage: snapshots of messages that hold many records and marks are told apart by the records' numbers.
func TestSnapshotsInOneMessage(t *testing.T) {
	t.Parallel()
	w := startSnapshots(t, "test.parts")
	w.many = true
	w.stage(20, records(0, 20)...)
	w.stage(19, append(records(0, 18), records(30, 31)...)...)
	w.stage(5, records(0, 4)...)
	w.next, w.part = w.next+1, 0
	for range 2 { // the second time nothing is left to do
		if err := w.step(w.s); err != nil {
			t.Fatal(err)
		}
	}
	want := snapshotOutcome{Runs: 3, Why: "truncated: 4 of the 5 records that its mark declares", Live: 19, Published: 23}
	if diff := cmp.Diff(want, w.outcome()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	w.stage(20, append(records(0, 18), records(30, 32)...)...)
	w.next++
	if err := w.step(w.s); err != nil {
		t.Fatal(err)
	}
	want = snapshotOutcome{Runs: 4, Changed: 1, Live: 20, Published: 24}
	if diff := cmp.Diff(want, w.outcome()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestErasureReachesSnapshots: an erased record leaves the last snapshot and the one that waits, which stays whole and deletes nothing.
func TestErasureReachesSnapshots(t *testing.T) {
	t.Parallel()
	w := startSnapshots(t, "test.erasure")
	w.stage(10, records(0, 10)...)
	if err := w.step(w.s); err != nil {
		t.Fatal(err)
	}
	w.stage(10, records(0, 10)...)
	erasure := map[string]string{"Feed": w.feed.Name, "Key": "4", "Hash": "hash"}
	if err := w.s.Exec(t.Context(), "cycle/erase_ledger", erasure); err != nil {
		t.Fatal(err)
	}
	if err := w.step(w.s); err != nil {
		t.Fatal(err)
	}
	want := snapshotOutcome{Runs: 2, Live: 9, Published: 10}
	if diff := cmp.Diff(want, w.outcome()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestErasureEndsWorkOrders: the orders about an erased record close and name it by the keyed hash only; another record's stay.
func TestErasureEndsWorkOrders(t *testing.T) {
	t.Parallel()
	if err := open(t).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := enginetest.ClickHouse(t)
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Exec(t.Context(), `INSERT INTO quality.order_event (id, n, library, feed, key, note, state) SELECT toUUID(id), n, 'person', 'test.orders', key, 'a word', state
		FROM values('id String, n UInt32, key String, state String', ('00000000-0000-0000-0000-0000000000a1', 1, '4', 'open'), ('00000000-0000-0000-0000-0000000000a1', 2, '4', 'mending'),
		('00000000-0000-0000-0000-0000000000a2', 1, '4', 'closed'), ('00000000-0000-0000-0000-0000000000a3', 1, '5', 'open'))`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := open(t).Exec(t.Context(), "cycle/erase_ledger", map[string]string{"Feed": "test.orders", "Key": "4", "Hash": "hash"}); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := conn.Query(t.Context(), "SELECT concat(key, ' ', toString(n), ' ', state, ' ', outcome, ' ', note) FROM quality.order_event FINAL WHERE feed = 'test.orders' ORDER BY id, n")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		got = append(got, row)
	}
	if diff := cmp.Diff([]string{"hash 1 open  ", "hash 2 mending  ", "hash 3 closed erased ", "hash 1 closed  ", "5 1 open  a word"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
