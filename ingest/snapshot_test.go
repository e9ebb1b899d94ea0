package ingest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

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

// TestSnapshotForms: the same snapshot says the same as JSON messages, as arrays and as CSV, however it is cut into messages; a record
// that is refused stands in it with its key, one without a key makes it delete nothing.
func TestSnapshotForms(t *testing.T) {
	t.Parallel()
	records := []string{`{"mark":"BEGIN","run":"n1"}`, `{"id":"1","xm":"张三","xb":"M","run":"n1","updated":"2026-03-04 05:06:07"}`, `{"id":"2","xm":"李四","xb":"9","updated":"2026-03-04 05:06:07"}`,
		`{"xm":"无号","updated":"2026-03-04 05:06:07"}`, `{"id":"4","xm":"王五","updated":"2026-02-30 05:06:07"}`, `{"mark":"END","run":"n1","total":"4"}`}
	lines := []string{"mark,id,xm,xb,run,total,updated", "BEGIN,,,,n1,,", "\"\",1,张三,M,n1,,2026-03-04 05:06:07", ",2,李四,9,,,2026-03-04 05:06:07",
		",,无号,,,,2026-03-04 05:06:07", ",4,王五,,,,2026-02-30 05:06:07", "END,,,,n1,4,"}
	chinese, err := simplifiedchinese.GB18030.NewEncoder().String(strings.Join(lines, "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	stagedOf := func(format, encoding string, values ...string) map[string][]string {
		feed := personFeed()
		feed.Format, feed.Encoding = format, encoding
		feed.Snapshot = &catalog.Snapshot{Mark: "mark", Begin: []string{"BEGIN"}, End: []string{"END"}, Run: "run", Count: "total"}
		m := newMapper(t, smallCatalog(), feed, MapperOptions{})
		for i, v := range values {
			m.Map(&Message{Topic: feed.Topic, Offset: int64(i), TimeMS: 1772672400000, Value: []byte(v)})
		}
		b := m.Take(feed.Topic, 0, 0, int64(len(values)))
		if len(b.Claims) != 0 || b.Findings != nil && b.Findings.Rows > 0 {
			t.Errorf("%s makes claims or findings: %s", format, dump(b))
		}
		out := map[string][]string{"reasons": column(t, b.Quarantine, "reason")}
		for _, name := range []string{"kind", "key", "run", "count", "digest"} {
			out[name] = column(t, b.Staged, name)
		}
		return out
	}
	want := stagedOf(catalog.FormatJSON, "", records...)
	if diff := cmp.Diff([]string{"1", "3", "3", "4", "4", "2"}, want["kind"]); diff != "" {
		t.Fatalf("kinds (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"message.key", "message.version"}, want["reasons"]); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	for name, got := range map[string]map[string][]string{
		"one array":         stagedOf(catalog.FormatArray, "", "["+strings.Join(records, ",")+"]"),
		"two arrays":        stagedOf(catalog.FormatArray, "", "["+strings.Join(records[:2], ",")+"]", "["+strings.Join(records[2:], ",")+"]"),
		"CSV in GB 18030":   stagedOf(catalog.FormatCSV, catalog.EncodingGB18030, chinese),
		"CSV, two messages": stagedOf(catalog.FormatCSV, "", strings.Join(lines[:4], "\n"), lines[0]+"\n"+strings.Join(lines[4:], "\n")),
	} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-as JSON messages +got):\n%s", name, diff)
		}
	}
	whole := stagedOf(catalog.FormatArray, "", "["+records[0]+"]", `[{"id":`, "["+records[5]+"]")
	if diff := cmp.Diff([]string{"1", "4", "2"}, whole["kind"]); diff != "" {
		t.Errorf("a message that is refused whole (-want +got):\n%s", diff)
	}
}
