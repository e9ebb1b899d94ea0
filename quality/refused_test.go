package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
)

// refuse stores one message as ingest does when it goes to quarantine. record is empty where nobody can read whose it is.
func (w *world) refuse(feed, record, field, reason string) (offset int64) {
	w.t.Helper()
	offset = w.next[feed]
	w.next[feed]++
	q := entity.NewQuarantine(feed, "src."+feed)
	set := setter(q)
	set("partition").AppendU32(0)
	set("revision").AppendU32(1)
	set("offset").AppendU64(uint64(offset))
	for name, v := range map[string]string{"reason": reason, "detail": "fill it", "field": field, "message_key": "", "message_value": "{}", "message_headers": "{}", "record": record} {
		set(name).AppendString(v)
	}
	set("received").AppendInt64(offset)
	q.Rows++
	w.account(feed, record, offset, entity.Quarantined, q)
	return offset
}

// account stores what became of one message, without claims.
func (w *world) account(feed, record string, offset int64, outcome entity.Outcome, quarantine *entity.Block) {
	w.t.Helper()
	ledger := entity.NewLedger(feed, "src."+feed)
	set := setter(ledger)
	set("revision").AppendU32(1)
	set("partition").AppendU32(0)
	set("offset").AppendU64(uint64(offset))
	set("until").AppendU64(uint64(offset))
	set("outcome").AppendU8(uint8(outcome))
	set("key").AppendString(record)
	set("ver").AppendVersion(entity.MakeVersion(9, offset, 0, 1))
	set("named").AppendWords(nil)
	set("anchors").AppendIDs(nil)
	set("received").AppendInt64(offset)
	set("digest").AppendU64(0)
	ledger.Rows++
	b := &entity.Batch{Feed: feed, Topic: "src." + feed, From: offset, To: offset + 1, Revision: 1, Records: 1, Quarantine: quarantine, Ledger: ledger}
	if err := w.store.Write(w.t.Context(), []*entity.Batch{b}); err != nil {
		w.t.Fatal(err)
	}
}

// TestRefused follows work orders of records that were refused: one a record, reason and element, at the feed's department; closed by the
// record's next good message, by its deletion or by a retry, opened again when it is refused again, and by nothing else.
func TestRefused(t *testing.T) {
	for name, open := range map[string]func(*testing.T) *world{"one engine": newWorld, "two shards": newCluster} {
		t.Run(name, func(t *testing.T) {
			refused(t, open(t))
		})
	}
}

func refused(t *testing.T, w *world) {
	w.reset()
	c := testCatalog()
	c.Feeds[1].Department, c.Feeds[0].Department = "bureau", "police"
	c.Feeds[1].Claims[0].Fields = []catalog.Field{{Element: "name", From: "XM", Required: true}}
	c.Libraries[0].Elements[2].Owner = "police"
	now := time.Date(2026, 5, 5, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { now = now.Add(time.Second); return now }
	d := &quality.Desk{Store: w.store, Catalog: c, Secret: [2]uint64{7, 9}, Now: clock}
	i := &quality.Inspector{Store: w.store, Catalog: c, Now: clock, Desk: d}
	look := func() (out []string) {
		t.Helper()
		w.cycle()
		if _, err := i.Changed(t.Context()); err != nil {
			t.Fatal(err)
		}
		orders, err := d.List(t.Context(), quality.Filter{Closed: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			out = append(out, fmt.Sprintf("%s %s %s %s %s/%s %s %d %s", o.Feed, o.Key, o.Rule, o.Element, o.Department, o.Authority, o.State, o.Round, o.Outcome))
			if (o.Entity != entity.ID{}) {
				t.Errorf("an order of a refused record names an entity: %s", o.Entity)
			}
		}
		slices.Sort(out)
		return out
	}
	expect := func(step string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, look()); diff != "" {
			t.Fatalf("%s (-want +got)\n%s", step, diff)
		}
	}
	good := func(text string) { t.Helper(); w.write(w.parse(strings.Fields(text))) }
	good("b.x 1 1 1 citizen:1 name=Ann")
	expect("all is well")
	w.refuse("b.x", "1", "XM", "value.null")
	w.refuse("b.x", "2", "XM", "value.null")
	w.refuse("b.x", "3", "", "message.json")
	unread := w.refuse("b.x", "", "", "message.json")
	good("b.x 4 1 1 citizen:4 name=Dan")
	w.refuse("a.x", "9", "", "message.version")
	place := fmt.Sprintf("0@%d", unread)
	expect("refused",
		"a.x 9 message.version  police/data open 1 ", "b.x "+place+" message.json  bureau/data open 1 ", "b.x 1 value.null name bureau/police open 1 ",
		"b.x 2 value.null name bureau/police open 1 ", "b.x 3 message.json  bureau/data open 1 ")
	w.refuse("b.x", "2", "XM", "value.null") // again: the same order
	good("b.x 1 2 2 citizen:1 name=Ann")
	good("b.x 4 2 2 citizen:4 name=Eve")
	w.account("b.x", "3", w.next["b.x"], entity.Deleted, nil)
	w.next["b.x"]++
	expect("mended and deleted",
		"a.x 9 message.version  police/data open 1 ", "b.x "+place+" message.json  bureau/data open 1 ", "b.x 1 value.null name bureau/police closed 1 mended",
		"b.x 2 value.null name bureau/police open 1 ", "b.x 3 message.json  bureau/data closed 1 mended")
	if _, err := i.Whole(t.Context(), entity.Person); err != nil { // it changes nothing
		t.Fatal(err)
	}
	w.account("b.x", "77", unread, entity.Unmapped, nil) // a retry could read it
	w.refuse("b.x", "1", "XM", "value.null")
	good("b.x 2 3 3 citizen:2 name=Bea")
	expect("retried, refused again, mended",
		"a.x 9 message.version  police/data open 1 ", "b.x "+place+" message.json  bureau/data closed 1 mended", "b.x 1 value.null name bureau/police open 2 ",
		"b.x 2 value.null name bureau/police closed 1 mended", "b.x 3 message.json  bureau/data closed 1 mended")
	if !w.sharded { // the same statements
		w.refusedInSnapshot(i, d)
	}
	order, err := d.List(t.Context(), quality.Filter{Feed: "a.x"})
	if err != nil || len(order) != 1 {
		t.Fatalf("%d orders, %v", len(order), err)
	}
	s, err := d.Show(t.Context(), order[0].ID)
	if err != nil || s.Topic != "src.a.x" || s.Offset != 0 || s.Detail != "fill it" {
		t.Errorf("evidence: %q at %s@%d, %v", s.Detail, s.Topic, s.Offset, err)
	}
}

// refusedInSnapshot: what a snapshot holds that cannot be read stands until another snapshot has come after it.
func (w *world) refusedInSnapshot(i *quality.Inspector, d *quality.Desk) {
	w.t.Helper()
	i.Catalog.Feeds[2].Snapshot = &catalog.Snapshot{}
	again := &quality.Inspector{Store: w.store, Catalog: i.Catalog, Now: i.Now, Desk: d} // of the changed catalogue
	at := w.refuse("c.x", "5", "", "message.shape")
	for n, want := range []string{quality.StateOpen, quality.StateOpen, quality.StateClosed} {
		if n > 0 {
			until := at + int64(n)
			err := w.conn.Exec(w.t.Context(), fmt.Sprintf("INSERT INTO snapshot.run (feed, run, until) VALUES ('c.x', %d, %d)", until-1, until))
			if err != nil {
				w.t.Fatal(err)
			}
		}
		if _, err := again.Whole(w.t.Context(), entity.Person); err != nil {
			w.t.Fatal(err)
		}
		orders, err := d.List(w.t.Context(), quality.Filter{Feed: "c.x", Closed: true})
		if err != nil || len(orders) != 1 || orders[0].State != want {
			w.t.Fatalf("after %d snapshots: %+v, %v; want %s", n, orders, err, want)
		}
	}
}
