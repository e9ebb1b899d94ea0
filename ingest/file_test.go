package ingest

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"wuku/catalog"
)

// TestReadFile: what departments keep in files becomes one message a record, with the line that it stands on.
func TestReadFile(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	tests := []struct {
		name, feed, file, encoding, text string
		want                             []string
	}{
		{"JSON lines", "person", "a.jsonl", "", "{\"a\":1}\n\n{\"a\":2}\r\n{\"a\":", []string{`1 {"a":1}`, `3 {"a":2}`, `4 {"a":`}},
		{"a mark before", "person", "a.jsonl", "", "\ufeff{\"a\":1}\n", []string{`1 {"a":1}`}},
		{"objects over lines", "person", "a.json", "", "{\n \"a\": 1\n}\n{\"a\":2}", []string{"1 {\n \"a\": 1\n}", `4 {"a":2}`}},
		{"an array", "person", "a.json", "", "[\n{\"a\":1},\n{\"a\":2}\n]", []string{`2 {"a":1}`, `3 {"a":2}`}},
		{"an array for a feed of arrays", "array", "a.json", "", `[{"a":1},7]`, []string{`1 [{"a":1}]`, `1 [7]`}},
		{"broken in the middle", "person", "a.json", "", "[{\"a\":1},\n{\"a\":,}]", []string{`1 {"a":1}`, `2 {"a":,}]`}},
		{"empty", "person", "a.json", "", "", nil},
		{"CSV for JSON", "person", "a.CSV", "", "编号,名\n1,\"张\n三\"\n2,李\n", []string{"2 {\"编号\":\"1\",\"名\":\"张\\n三\"}", `4 {"编号":"2","名":"李"}`}},
		{"CSV", "csv", "a.txt", "", "1|a\n2|b", []string{"1 1|a\n", "2 2|b"}},
		{"CSV with a quote that is not closed", "csv", "a.txt", "", "1|\"a\n2|\"b\"\n3|c", []string{"1 1|\"a\n", "2 2|\"b\"\n", "3 3|c"}},
		{"CSV with its header", "csvhead", "a.txt", "", "编号,名\n1,a\n\n2,b\n", []string{"2 编号,名\n1,a\n", "4 编号,名\n2,b\n"}},
		{"CSV with carriage returns alone", "person", "a.csv", "", "编号,名\r1,张\r2,李\r", []string{`2 {"编号":"1","名":"张"}`, `3 {"编号":"2","名":"李"}`}},
		{"GB 18030 for a feed in UTF-8", "person", "a.csv", catalog.EncodingGB18030, "\xb1\xe0\xba\xc5\n\xd5\xc5\n", []string{`2 {"编号":"张"}`}},
		{"UTF-8 for a feed in GB 18030", "gbk", "a.jsonl", catalog.EncodingUTF8, `{"名":"张"}`, []string{"1 {\"\xc3\xfb\":\"\xd5\xc5\"}"}},
		{"a long line", "person", "a.jsonl", "", `{"a":"` + long + `"}`, []string{`1 {"a":"` + long + `"}`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			err := ReadFile(testFeeds()[test.feed], test.file, test.encoding, strings.NewReader(test.text), func(r FileRecord) error {
				got = append(got, fmt.Sprintf("%d %s", r.Line, r.Value))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for name, test := range map[string]struct{ feed, text, want string }{
		"CSV for change events": {"canal", "a\n1\n", "feed wuxi.resident takes messages of format canal"},
		"a line too short":      {"person", "a,b\n1\n", "line 2: the line has more or fewer values"},
		"columns without names": {"person", "a,,b\n1,2,3\n", "line 1: the first line names no columns"},
	} {
		err := ReadFile(testFeeds()[test.feed], "x.csv", "", strings.NewReader(test.text), func(FileRecord) error { return nil })
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// TestJudge: the verdict of a message is what mapping it would do, and leaves nothing behind.
func TestJudge(t *testing.T) {
	t.Parallel()
	judge := func(feed, value string) Verdict {
		m := newMapper(t, smallCatalog(), testFeeds()[feed], MapperOptions{})
		v := m.Judge(&Message{TimeMS: 1772672400000, Value: []byte(value)})
		if n := m.Rows(); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		return v
	}
	const tail = `"updated":"2026-03-04 05:06:07"}`
	if v := judge("person", `{"id":"1","xm":"张",`+tail); v.Key != "1" || v.Taken != 1 || len(v.Refused)+len(v.Findings) > 0 || v.At != -1 {
		t.Errorf("a good record: %+v", v)
	}
	v := judge("person", `{"id":"1","xm":"张","xb":"7",`+tail)
	if v.Taken != 1 || len(v.Findings) != 1 || v.Findings[0].Code != "value.code" || v.Findings[0].Element != "person.sex" {
		t.Errorf("a bad code: %+v", v)
	}
	if v := judge("person", `{"id":"1",,`); v.Taken != 0 || len(v.Refused) != 1 || v.Refused[0].Code != "message.json" || v.At != 10 {
		t.Errorf("broken JSON: %+v", v)
	}
	v = judge("array", `[{"编号":"1","seq":1},{"seq":1},{"编号":"3","姓名":"x","seq":1}]`)
	if v.Taken != 1 || v.Passed != 1 || len(v.Refused) != 1 || v.Refused[0].Record != 1 || v.Refused[0].Field != "编号" {
		t.Errorf("an array: %+v", v)
	}
}

// TestSendResumes: a file that was interrupted anywhere ends with every record in the topic, versions of a record in their order, and
// nothing sent twice but the batch that was under way.
func TestSendResumes(t *testing.T) {
	t.Parallel()
	c := broker(t, kfake.SeedTopics(3, "src.police.person"))
	const records = 2*sendBatch + 500
	var text strings.Builder
	for i := range records {
		fmt.Fprintf(&text, `{"id":"%d","xm":"v%d","updated":"2026-03-04 05:06:07"}`+"\n", i%700, i)
	}
	feed := personFeed()
	send := func(from Receipt, stop func(Receipt) error) (Receipt, error) {
		m := newMapper(t, smallCatalog(), feed, MapperOptions{})
		s := NewFileSender(Kafka{Brokers: c.ListenAddrs()}, m)
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		return s.Send(t.Context(), "a.jsonl", "", strings.NewReader(text.String()), from, stop)
	}
	var kept Receipt
	pulled := errors.New("the plug was pulled")
	if _, err := send(Receipt{Feed: feed.Name, Topic: feed.Topic}, func(r Receipt) error {
		if kept.Sent > 0 {
			return pulled // the second batch is sent, its receipt is lost
		}
		kept = r
		return nil
	}); !errors.Is(err, pulled) {
		t.Fatal(err)
	}
	last, err := send(kept, func(r Receipt) error { kept = r; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept, last); diff != "" || !last.Done || last.Sent != records {
		t.Errorf("receipt %+v\n%s", last, diff)
	}
	places := 0
	for _, p := range last.Places {
		places += int(p.To - p.From + 1)
	}
	if places != records {
		t.Errorf("the receipt names %d places of %d records", places, records)
	}
	checkSent(t, c, records)
}

// TestSendNamesTooLarge: a record that no message holds is named by its line; what stands before it is sent.
func TestSendNamesTooLarge(t *testing.T) {
	t.Parallel()
	c, feed := broker(t, kfake.SeedTopics(1, "src.police.person")), personFeed()
	s := NewFileSender(Kafka{Brokers: c.ListenAddrs()}, newMapper(t, smallCatalog(), feed, MapperOptions{}))
	text := personRecord + "\n" + `{"id":"2","xm":"` + strings.Repeat("x", 1<<20) + `"}` + "\n" + personRecord + "\n"
	got, err := s.Send(t.Context(), "a.jsonl", "", strings.NewReader(text), Receipt{Feed: feed.Name, Topic: feed.Topic}, func(Receipt) error { return nil })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err == nil || !strings.Contains(err.Error(), "line 2: the record has 1048") || got.Sent != 1 || got.Done {
		t.Errorf("%+v, %v", got, err)
	}
}

// checkSent reads the topic: all versions of each record in one partition, in order, the lost batch twice.
func checkSent(t *testing.T, c *kfake.Cluster, records int) {
	t.Helper()
	consumer := producer(t, c, kgo.ConsumeTopics("src.police.person"))
	at, newest, seen, n := map[string]int32{}, map[string]int{}, map[string]int{}, 0
	for n < records+sendBatch {
		fetched := consumer.PollFetches(context.Background())
		for _, r := range fetched.Records() {
			n++
			var row struct{ ID, XM string }
			if err := json.Unmarshal(r.Value, &row, json.MatchCaseInsensitiveNames(true)); err != nil {
				t.Fatal(err)
			}
			if p, known := at[row.ID]; known && p != r.Partition || string(r.Key) != row.ID {
				t.Fatalf("record %s stands in two partitions, or has another key", row.ID)
			}
			at[row.ID] = r.Partition
			var v int
			if _, err := fmt.Sscanf(row.XM, "v%d", &v); err != nil {
				t.Fatal(err)
			}
			if seen[row.XM] == 0 && v < newest[row.ID] {
				t.Fatalf("record %s: version %d after %d", row.ID, v, newest[row.ID])
			}
			newest[row.ID] = v
			seen[row.XM]++
		}
	}
	if len(seen) != records {
		t.Errorf("%d records of %d", len(seen), records)
	}
}
