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
