package main

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wuku/ingest"
)

const snapshotFeed = `feed: suzhou.resident
department: suzhou
zh: 常住人口全量
format: json
partitions: 1
key: [id]
version: {kind: broker}
snapshot: {mark: kind, begin: [BEGIN], end: [END], run: run, count: total}
claims:
  - library: person
    fields:
      - {element: citizen_number, from: number}
      - {element: name, from: name}
      - {element: birth_date, from: born, format: yyyy-MM-dd}
      - {element: division, from: area}
`

// The same feed as lines of CSV as a spreadsheet saves them.
const sheetFeed = `feed: suzhou.resident
department: suzhou
zh: 常住人口全量表
format: csv
encoding: gb18030
partitions: 1
key: [编号]
version: {kind: broker}
snapshot: {mark: 标记, begin: [开始], end: [结束], run: 批次, count: 总数}
claims:
  - library: person
    fields:
      - {element: citizen_number, from: 证件}
      - {element: name, from: 姓名}
      - {element: birth_date, from: 出生日期, format: yyyy-MM-dd}
      - {element: division, from: 区划}
`

// dump is a department's nightly file.
type dump struct{ strings.Builder }

func (d *dump) begin(run string) *dump {
	fmt.Fprintf(d, `{"kind":"BEGIN","run":"%s"}`+"\n", run)
	return d
}
func (d *dump) end(run string, total int) *dump {
	fmt.Fprintf(d, `{"kind":"END","run":"%s","total":%d}`+"\n", run, total)
	return d
}

// row is a record; exported is a field that differs every night and that nothing is read from.
func (d *dump) row(run, id, name, area string) *dump {
	fmt.Fprintf(d, `{"id":"%s","name":"%s","area":"%s","run":"%s","exported":"%s"}`+"\n", id, name, area, run, run)
	return d
}

func (d *dump) rows(run string, from, to int) *dump {
	for i := from; i < to; i++ {
		d.row(run, fmt.Sprint(i), fmt.Sprintf("人%05d", i), "320505")
	}
	return d
}

// push publishes a dump and waits for what became of it: why is a part of the reason, "" if it was taken.
func (s *small) push(d *dump, records, changed, deleted int, why string) {
	s.t.Helper()
	all := len(s.snapshots()) + strings.Count(d.String(), `"kind":"BEGIN"`)
	file := filepath.Join(s.t.TempDir(), "dump.jsonl")
	if err := os.WriteFile(file, []byte(d.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if out, err := run(s.t, "publish", "suzhou.resident", file, "--data", s.dir, "--wait", "0s"); err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	until(s.t, "the snapshot is compared", func() error {
		list := s.snapshots()
		if len(list) < all {
			return errors.New("it is not")
		}
		last := list[0]
		want := []any{uint64(records), uint64(changed), uint64(deleted), true}
		if diff := cmp.Diff(want, []any{last.Records, last.Changed, last.Deleted, strings.Contains(last.Why, why) && (why != "" || last.Why == "")}); diff != "" {
			s.t.Fatalf("%+v\n%s", last, diff)
		}
		return nil
	})
}

func (s *small) snapshots() (list []snapshotRun) {
	s.t.Helper()
	out, err := run(s.t, "snapshots", "--json", "--data", s.dir)
	if err != nil {
		s.t.Fatalf("%v: %s", err, out)
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		s.t.Fatal(err)
	}
	return list
}

// count asks the library how many live records it has, and how many of a name.
func (s *small) count(all, named int, name string) {
	s.t.Helper()
	until(s.t, fmt.Sprintf("%d people, %d called %s", all, named, name), func() error {
		out, err := run(s.t, "sql", "--data", s.dir, fmt.Sprintf("SELECT count(), countIf(name = '%s') FROM base.person", name))
		if err != nil {
			return err
		}
		fields := strings.Fields(out)
		if got := fields[len(fields)-2:]; got[0] != fmt.Sprint(all) || got[1] != fmt.Sprint(named) {
			return fmt.Errorf("%v", got)
		}
		return nil
	})
}

// last is the last message of a topic of one partition.
func (s *small) last(topic string) kafka.Message {
	s.t.Helper()
	end, err := ingest.End(s.t.Context(), ingest.Kafka{Brokers: []string{s.kafka()}}, topic, 0)
	if err != nil || end == 0 {
		s.t.Fatalf("%s ends at %d: %v", topic, end, err)
	}
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{s.kafka()}, Topic: topic, MaxWait: 100 * time.Millisecond})
	defer r.Close()
	if err := r.SetOffset(end - 1); err != nil {
		s.t.Fatal(err)
	}
	m, err := r.ReadMessage(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// TestSnapshots: of a whole dump only the differences become claims, and missing records are deleted; a dump that is not whole changes
// nothing and says why.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	const n = 3_000
	s := startSmall(t, catalogueOf(t, "suzhou", "suzhou.resident", snapshotFeed))
	whole := func(run string) *dump { return new(dump).begin(run).rows(run, 0, n).end(run, n) }
	s.push(whole("d1"), n, n, 0, "")
	s.count(n, 1, "人00007")
	s.push(whole("d2"), n, 0, 0, "")

	s.push(new(dump).begin("d3").rows("d3", 1, n).row("d3", "0", "新名", "320506").row("d3", "new", "新人", "320505").end("d3", n+1), n+1, 2, 0, "")
	s.count(n+1, 1, "新名")
	s.push(new(dump).begin("d4").rows("d4", 10, n).row("d4", "new", "新人", "320505").end("d4", n-9), n-9, 0, 10, "")
	s.count(n-9, 0, "新名")

	s.push(new(dump).begin("t1").rows("t1", 10, 100).end("t1", n), 90, 0, 0, "truncated: 90 of the 3000 records")
	s.push(new(dump).begin("t2").rows("t2", 10, 100).begin("t3").rows("t3", 10, n).row("t3", "new", "新人", "320505").end("t3", n-9), n-9, 0, 0, "")
	s.push(new(dump).begin("o1").rows("o1", 10, n).rows("o1", 10, n).end("o1", n-10), 2*(n-10), 0, 0, "doubled")
	s.push(new(dump).begin("i1").rows("i1", 10, 500).rows("i2", 500, n).end("i1", n-10), n-10, 0, 0, "interleaved")
	s.push(new(dump).begin("i1").rows("i1", 10, n).end("i9", n-10), n-10, 0, 0, "interleaved: the end mark of another")
	s.push(new(dump).begin("e1").end("e1", 1), 0, 0, 0, "truncated: 0 of the 1")
	s.push(func() *dump {
		d := new(dump).begin("k1").rows("k1", 20, n).row("k1", "new", "新人", "320505")
		d.WriteString(`{"name":"无号"}` + "\n")
		return d.end("k1", n-18)
	}(), n-19, 0, 0, "nothing was deleted: 1 refused")
	s.count(n-9, 1, "新人")
	if out, err := run(t, "quarantine", "retry", "--data", s.dir); err != nil || !strings.Contains(out, "1 messages are of feeds of snapshots") || !strings.Contains(out, "0 messages sent") {
		t.Errorf("%v: %s", err, out)
	}
	s.push(new(dump).begin("k2").rows("k2", 10, n).row("k2", "new", "新人", "320505").end("k2", n-9), n-9, 0, 0, "")
	if out, err := runWith(t, "2999\n", "erase", "--feed", "suzhou.resident", "--reason", "test", "--data", s.dir); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.count(n-10, 0, "人02999")
	if m := s.last("src.suzhou.resident.changes"); string(m.Key) != "2999" || len(m.Value) > 0 {
		t.Error("the topic of changes keeps what the erased record said: no message of its key without a value stands behind it")
	}
	s.push(new(dump).begin("x1").rows("x1", 10, n).row("x1", "new", "新人", "320505").end("x1", n-9), n-10, 0, 0, "") // the department still sends it
	s.push(new(dump).begin("x2").rows("x2", 10, n-1).row("x2", "new", "新人", "320505").end("x2", n-10), n-10, 0, 0, "")
	if out, err := run(t, "catalog", "drift", "--data", s.dir); err != nil || !strings.Contains(out, "exported  is not in the contract  text") || strings.Contains(out, "stays away") {
		t.Errorf("a field that the contract does not have: %v: %s", err, out)
	}
	if out, err := run(t, "verify", "--data", s.dir); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestSnapshotFiles: a spreadsheet is a snapshot as it is, with the marks that publish sets; so is a message that holds all of it.
func TestSnapshotFiles(t *testing.T) {
	t.Parallel()
	cat := catalogueOf(t, "suzhou", "suzhou.resident", sheetFeed)
	s := startSmall(t, cat)
	const head = "编号,姓名,区划\r\n"
	publish := func(name, text string, want ...string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := run(t, "publish", "suzhou.resident", file, "--snapshot", "--encoding", "utf-8", "--data", s.dir)
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("publish does not say %q: %s", w, out)
			}
		}
	}
	publish("a.csv", head+"1,张三,320505\r\n2,\"李\n四\",320505\r\n3,王五,320506\r\n", "3 records arrived", "3 stand in a snapshot")
	s.count(3, 1, "张三")
	publish("b.csv", head+"1,张三,320505\r\n3,王五,320505\r\n,无号,320505\r\n", "2 stand in a snapshot", "1 refused 拒收", "message.key")
	until(t, "the second is compared", func() error {
		if list := s.snapshots(); len(list) < 2 {
			return errors.New("it is not")
		} else if last := list[0]; last.Records != 2 || last.Refused != 1 || last.Changed != 1 || last.Deleted != 0 || !strings.Contains(last.Why, "nothing was deleted") {
			t.Fatalf("%+v", last)
		}
		return nil
	})
	empty := filepath.Join(t.TempDir(), "empty.csv")
	if err := os.WriteFile(empty, []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, "publish", "suzhou.resident", empty, "--snapshot", "--data", s.dir); err == nil || !strings.Contains(err.Error(), "the file has no records") {
		t.Errorf("an empty file: %v: %s", err, out)
	}
	whole, err := simplifiedchinese.GB18030.NewEncoder().String("标记,编号,姓名,区划,总数\n开始,,,,\n,1,张三,320505,\n,4,赵六,320506,\n结束,,,,2\n")
	if err != nil {
		t.Fatal(err)
	}
	p := ingest.NewPublisher(ingest.Kafka{Brokers: []string{s.kafka()}}, kafka.Zstd)
	if err := errors.Join(p.Publish(t.Context(), kafka.Message{Topic: "src.suzhou.resident", Value: []byte(whole)}), p.Close()); err != nil {
		t.Fatal(err)
	}
	s.count(2, 1, "赵六")
	file := filepath.Join(t.TempDir(), "try.csv")
	if err := os.WriteFile(file, []byte("编号,姓名,出生日期\n7,名,2023-02-29\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, "try", "suzhou.resident", file, "--encoding", "utf-8", "--catalog", cat)
	if err != nil || !strings.Contains(out, "value.format person.birth_date") || !strings.Contains(out, "1 taken") {
		t.Errorf("try: %v: %s", err, out)
	}
	if out, err := run(t, "verify", "--data", s.dir); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
