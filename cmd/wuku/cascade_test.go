package main

import (
	"context"
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

	"wuku/ingest"
)

// Two catalogues of one library: the city's own, and the province's, whose feed is what the city tells.
const (
	commonRoot       = "name: %s\nzh: 试验\njurisdictions:\n  - {code: \"320000\", zh: 江苏省, en: Jiangsu}\n  - {code: \"320500\", zh: 苏州市, en: Suzhou, parent: \"320000\"}\n"
	commonDepartment = "departments:\n  - {code: suzhou, zh: 苏州市大数据管理局, en: Suzhou data bureau, tier: city, jurisdiction: \"320500\", contact: {name: 王工, phone: 0512-00000000}}\n"
	commonLibrary    = `library: person
zh: 人口库
en: Population
identity:
  - {scheme: citizen, elements: [citizen_number]}
elements:
  - {name: citizen_number, zh: 公民身份号码, type: identifier, scheme: citizen, level: 4, personal: true, authority: [%[1]s]}
  - {name: name, zh: 姓名, type: text, max_length: 50, level: 3, personal: true, authority: [%[1]s]}
  - {name: birth_date, zh: 出生日期, type: date, level: 3, personal: true, authority: [%[1]s]}
  - {name: division, zh: 行政区划, type: text, level: 2, personal: true, division: true, authority: [%[1]s]}
`
	cityFeed = `feed: suzhou.resident
department: suzhou
zh: 常住人口
format: csv
key: [编号]
version: {kind: counter, field: 版本}
delete: {field: 状态, values: [注销]}
claims:
  - library: person
    fields:
      - {element: citizen_number, from: 证号}
      - {element: name, from: 姓名}
      - {element: birth_date, from: 生日, format: yyyy-MM-dd}
      - {element: division, from: 区划}
`
	provinceFeed = `feed: suzhou.base
department: suzhou
zh: 苏州市人口库
format: cloudevents
key: [envelope.subject]
version: {kind: counter, field: envelope.sequence}
event_time: {field: envelope.time, format: iso}
source: {field: envelope.source, values: [wuku/suzhou]}
delete: {field: envelope.type, values: [wuku.person.removed]}
claims:
  - library: person
    fields:
      - {element: citizen_number, from: citizen_number}
      - {element: name, from: name}
      - {element: birth_date, from: birth_date, format: yyyy-MM-dd}
      - {element: division, from: division}
`
)

// catalogueOf writes a catalogue of one feed.
func catalogueOf(t *testing.T, name, feed, text string) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range map[string]string{"catalog.yaml": fmt.Sprintf(commonRoot, name), "departments.yaml": commonDepartment, "codes.yaml": "codes:\n  - {table: sex, zh: 性别, values: {\"1\": 男, \"2\": 女}}\n",
		"libraries/person.yaml": fmt.Sprintf(commonLibrary, feed), "feeds/" + feed + ".yaml": text} {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// small is a running instance of one library.
type small struct {
	t   *testing.T
	dir string
}

func startSmall(t *testing.T, catalogue string, more ...string) *small {
	t.Helper()
	s := &small{t: t, dir: filepath.Join(t.TempDir(), "data")}
	p := start(t, nil, append([]string{"up", "--data", s.dir, "--catalog", catalogue, "--http", freePort(t)}, more...)...)
	until(t, "the instance is ready", func() error {
		if ended, err := p.ended(); ended {
			t.Fatalf("wuku ended: %v: %s", err, p.said())
		}
		if !strings.Contains(p.said(), "ready after") {
			return errors.New(p.said())
		}
		return nil
	})
	return s
}

func (s *small) kafka() string {
	s.t.Helper()
	b, err := os.ReadFile(filepath.Join(s.dir, "run.json"))
	if err != nil {
		s.t.Fatal(err)
	}
	var r running
	if err := json.Unmarshal(b, &r); err != nil {
		s.t.Fatal(err)
	}
	return r.Kafka
}

// people waits until base.person is as wanted, "name division" a line, in order of names.
func (s *small) people(want ...string) {
	s.t.Helper()
	until(s.t, fmt.Sprintf("people %v", want), func() error {
		out, err := run(s.t, "sql", "--data", s.dir, "SELECT concat(name, ' ', division) FROM base.person ORDER BY name")
		if err != nil {
			return err
		}
		lines := strings.Fields(strings.ReplaceAll(strings.TrimSpace(out), " ", "_"))
		got := []string{}
		for _, l := range lines[1:] {
			got = append(got, strings.ReplaceAll(l, "_", " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			return errors.New(diff)
		}
		return nil
	})
}

// publish publishes a file of the city's feed and wants its receipt to say something.
func (s *small) publish(text, want string) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "residents.csv")
	if err := os.WriteFile(file, []byte("编号,证号,姓名,生日,区划,版本,状态\n"+text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	out, err := run(s.t, "publish", "suzhou.resident", file, "--data", s.dir)
	if err != nil || !strings.Contains(out, want) {
		s.t.Fatalf("%v: %s\nwant it to say %q", err, out, want)
	}
}

// TestCascade: a city tells the province what its library says, and what has changed and gone since.
func TestCascade(t *testing.T) {
	t.Parallel()
	city := startSmall(t, catalogueOf(t, "suzhou", "suzhou.resident", cityFeed))
	province := startSmall(t, catalogueOf(t, "jiangsu", "suzhou.base", provinceFeed))
	told := 0
	tell := func(all int) { // base rows are seen a moment before the cycle's events are numbered
		t.Helper()
		until(t, fmt.Sprintf("%d entities told", all), func() error {
			out, err := run(t, "cascade", "--data", city.dir, "--library", "person", "--fields", "citizen_number,name,birth_date,division", "--to", province.kafka(), "--topic", "src.suzhou.base")
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			if _, err := fmt.Sscan(out, &n); err != nil {
				t.Fatal(err)
			}
			if told += n; told < all {
				return errors.New(out)
			}
			return nil
		})
		if told != all {
			t.Fatalf("%d entities told, want %d", told, all)
		}
	}
	city.publish("1,320502199003072313,张三,1990-03-07,320505,1,\n2,320508198506120026,王芳,1985-06-12,320508,1,\n3,,李四,坏,320505,1,\n,,无号,,,1,\n", "3 taken")
	city.people("张三 320505", "李四 320505", "王芳 320508")
	tell(3)
	province.people("张三 320505", "李四 320505", "王芳 320508")
	tell(3)
	city.publish("1,320502199003072313,张三丰,1990-03-07,320506,2,\n2,,,,,2,注销\n", "1 deletes taken")
	city.people("张三丰 320506", "李四 320505")
	tell(5)
	province.people("张三丰 320506", "李四 320505")
	if out, err := run(t, "verify", "--data", province.dir); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	city.refused()
	if out, err := run(t, "catalog", "drift", "--data", city.dir); err != nil || out != "" {
		t.Errorf("messages that keep to the contract: %v: %s", err, out)
	}
	out, err := run(t, "quarantine", "list", "--data", city.dir, "--since", "1h")
	if err != nil || !strings.Contains(out, "message.key") {
		t.Errorf("%v: %s", err, out)
	}
}

// refused reads what the city's department is told of its record without a number, and holds that nothing of the record stands in it.
func (s *small) refused() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	r := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{s.kafka()}, Topic: "src.suzhou.resident.quarantine", MaxWait: 100 * time.Millisecond})
	defer r.Close()
	m, err := r.ReadMessage(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	var got ingest.Refusal
	if err := json.Unmarshal(m.Value, &got); err != nil {
		s.t.Fatal(err)
	}
	if got.Reason != "message.key" || got.Field != "编号" || got.Topic != "src.suzhou.resident" || got.Offset != 3 || strings.Contains(string(m.Value), "无号") {
		s.t.Errorf("told %s", m.Value)
	}
}
