package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
)

// TestRetryOfSnapshot: a record of a snapshot makes no claims by a retry, since no later snapshot would know to delete them.
func TestRetryOfSnapshot(t *testing.T) {
	t.Parallel()
	feed := personFeed()
	feed.Snapshot = &catalog.Snapshot{Mark: "mark", Begin: []string{"BEGIN"}, End: []string{"END"}}
	m := newMapper(t, smallCatalog(), feed, MapperOptions{})
	msg := &Message{Topic: feed.Topic, Partition: 0, Offset: 5, TimeMS: 1772672400000, Value: []byte(personRecord)}
	m.MapRetry(msg, &Message{Topic: "wuku.retry", Offset: 1, TimeMS: msg.TimeMS, Value: msg.Value})
	b := m.Take("wuku.retry", 0, 1, 2)
	if len(b.Claims) != 0 || b.Records != 1 {
		t.Errorf("%d blocks of claims, %d records: %s", len(b.Claims), b.Records, dump(b))
	}
	for name, want := range map[string][]string{"topic": {"wuku.retry"}, "offset": {"1"}} {
		if diff := cmp.Diff(want, column(t, b.Ledger, name)); diff != "" {
			t.Errorf("%s of the ledger (-want +got):\n%s", name, diff)
		}
	}
}

// TestErasedStandsInSnapshot: of an erased record a snapshot keeps that it stood there, read or not, so that the snapshot is whole.
func TestErasedStandsInSnapshot(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]Message{
		"read":   {Value: []byte(`{"id":"erased","updated":"2026-03-04 05:06:07"}`)},
		"broken": {Key: []byte("erased"), Value: []byte(`{"id":"era`)},
	} {
		feed := personFeed()
		feed.Snapshot = &catalog.Snapshot{Mark: "mark", Begin: []string{"BEGIN"}, End: []string{"END"}}
		mapper := newMapper(t, smallCatalog(), feed, MapperOptions{Erased: func(_ string, key []byte) bool { return string(key) == "erased" }})
		m.Topic, m.TimeMS = feed.Topic, 1772672400000
		mapper.Map(&m)
		b := mapper.Take(feed.Topic, 0, 0, 1)
		if b.Staged == nil || b.Staged.Rows != 1 || b.Quarantine.Rows > 0 {
			t.Fatalf("%s leaves\n%s", name, dump(b))
		}
		for field, want := range map[string]string{"kind": "9", "key": "", "value": "", "digest": "0"} {
			if got := column(t, b.Staged, field)[0]; got != want {
				t.Errorf("%s: %s is %q, want %q", name, field, got, want)
			}
		}
	}
}
