package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"wuku/engine"
	"wuku/entity"
	"wuku/store"
)

// shelter is a synthetic list of people in a shelter, as a county would hand it over.
func shelter(from, to int) string {
	var b strings.Builder
	b.WriteString("登记号,姓名,证件号码,出生年月日,区划,登记时间,备注\n")
	for i := from; i < to; i++ {
		born := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 37*i)
		first := fmt.Sprintf("320505%s%03d", born.Format("20060102"), i%1000)
		fmt.Fprintf(&b, "S-%04d,甲%04d,%s%c,%s,320505,2026-03-01 %02d:%02d:00,无\n", i, i, first, entity.CitizenCheck([]byte(first)), born.Format("2006/01/02"), 8+i/60%12, i%60)
	}
	return b.String()
}

func writeSample(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shelter.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestEmergencyFeed: from a department's file to its people in the library by commands only; after its last day the feed is refused.
func TestEmergencyFeed(t *testing.T) {
	t.Parallel()
	catalogue := catalogueOf(t, "suzhou", "suzhou.resident", cityFeed)
	s := &small{t: t, dir: filepath.Join(t.TempDir(), "data")}
	p := start(t, nil, "up", "--data", s.dir, "--catalog", catalogue, "--http", freePort(t))
	until(t, "ready", func() error { return readySaid(p) })
	began := time.Now()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(shelter(0, 50)) // as it comes
	if err != nil {
		t.Fatal(err)
	}
	sample, rest := writeSample(t, gb), writeSample(t, shelter(0, 200))
	if out, err := run(t, "feed", "propose", "--sample", sample, "--department", "suzhou", "--library", "person", "--name", "suzhou.shelter", "--zh", "安置点登记", "--write", catalogue); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file := filepath.Join(catalogue, "feeds", "suzhou.shelter.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"element: citizen_number, from: 证件号码}  # guessed: ", "element: name, from: 姓名}", "element: birth_date, from: 出生年月日, format: \"yyyy/MM/dd\"}", "element: division, from: 区划}",
		"key: [登记号]  # guessed: ", "version: {kind: event_time, field: 登记时间, format: yyyy-MM-dd HH:mm:ss}", "nulls: [无]", "rank: last", "expires: 2", "not mapped, nothing was found for it: 备注"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in what was guessed:\n%s", want, text)
		}
	}
	if out, err := run(t, "try", "suzhou.shelter", rest, "--catalog", catalogue); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	reload := func(times int) {
		p.signal(syscall.SIGHUP)
		until(t, "reloaded", func() error {
			if n := strings.Count(p.said(), "catalogue reloaded"); n < times {
				return fmt.Errorf("%d times: %s", n, p.said())
			}
			return nil
		})
	}
	reload(1)
	if out, err := run(t, "publish", "suzhou.shelter", rest, "--data", s.dir); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.count(200, 1, "甲0007")
	t.Logf("from the sample to the library in %.0f s", time.Since(began).Seconds())

	over := strings.Replace(string(text), "expires: 2", "expires: 2020-01-31 # 2", 1)
	if err := os.WriteFile(file, []byte(over), 0o600); err != nil {
		t.Fatal(err)
	}
	reload(2)
	if out, err := run(t, "publish", "suzhou.shelter", writeSample(t, shelter(200, 201)), "--data", s.dir); err != nil || !strings.Contains(out, "message.expired") {
		t.Errorf("published after the last day: %v: %s", err, out)
	}
	if out, err := run(t, "quarantine", "list", "--data", s.dir, "--feed", "suzhou.shelter", "--limit", "300"); err != nil || !strings.Contains(out, "message.expired") {
		t.Errorf("%v: %s", err, out)
	}
	destroy := func() (string, error) {
		return run(t, "lifecycle", "destroy", "suzhou.shelter", "--reason", "the emergency is over", "--data", s.dir)
	}
	if out, err := destroy(); err == nil || !strings.Contains(err.Error(), "is in the catalogue in force") {
		t.Errorf("a feed that counts was destroyed: %v: %s", err, out)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	reload(3)
	s.count(0, 0, "甲0007")
	until(t, "destroyed", func() error {
		out, err := destroy()
		n := 0
		if _, bad := fmt.Sscanf(out, "suzhou.shelter: %d records destroyed", &n); err == nil && (bad != nil || n < 200) {
			t.Errorf("destroyed: %s", out)
		}
		return err
	})
	for _, table := range []string{"claims.person", "ledger.record", "quality.state", "resolve.person"} {
		column := map[string]string{"resolve.person": "has(feeds, 'suzhou.shelter')"}[table]
		if column == "" {
			column = "feed = 'suzhou.shelter'"
		}
		s.nothing(table, column)
	}
	s.nothing("ledger.message", "feed = 'suzhou.shelter' AND (key LIKE 'S-%' OR notEmpty(anchors))")
	s.nothing("quality.quarantine", "feed = 'suzhou.shelter' AND (message_value != '' OR message_key != '' OR record != '')")
	if out, err := run(t, "lifecycle", "--data", s.dir); err != nil || !strings.Contains(out, "suzhou.shelter") || !strings.Contains(out, "destroyed") {
		t.Errorf("no record of the destruction: %v: %s", err, out)
	}
	if out, err := destroy(); err == nil || !strings.Contains(err.Error(), "destroyed already") {
		t.Errorf("destroyed twice: %v: %s", err, out)
	}
}

// nothing fails where a table still has rows. It asks as the owner: readers do not see these tables.
func (s *small) nothing(table, where string) {
	s.t.Helper()
	secrets, err := engine.ReadSecrets(filepath.Join(s.dir, "engine"))
	if err != nil {
		s.t.Fatal(err)
	}
	o := store.Options{Address: []string{secrets.Native}, User: engine.UserOwner, Password: secrets.Password, Connections: 1}
	err = rowsOf(s.t.Context(), o, fmt.Sprintf("SELECT count() AS n FROM %s WHERE %s", table, where), func(row map[string]string) {
		if row["n"] != "0" {
			s.t.Errorf("%s rows of %s where %s", row["n"], table, where)
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestProposeFaults(t *testing.T) {
	t.Parallel()
	catalogue := catalogueOf(t, "suzhou", "suzhou.resident", cityFeed)
	for name, c := range map[string]struct {
		sample string
		more   []string
		want   string
	}{
		"no identifier":  {"登记号,姓名\n1,甲\n", nil, "no column holds an identifier"},
		"nothing at all": {"a,b\nx,y\n", nil, "no column of the sample looks like an element"},
		"no record":      {"登记号,姓名\n", nil, "has no record"},
		"no department":  {shelter(0, 3), []string{"--department", "nobody"}, `no department "nobody"`},
		"no library":     {shelter(0, 3), []string{"--library", "moon"}, `no library "moon"`},
		"there already":  {shelter(0, 3), []string{"--name", "suzhou.resident"}, "give the new one another --name"},
		"nothing unique": {"姓名,证件号码\n" + strings.Repeat(strings.Join(strings.Split(strings.Split(shelter(0, 1), "\n")[1], ",")[1:3], ",")+"\n", 2), nil, "no column is filled and different"},
		"another's name": {shelter(0, 3), []string{"--name", "police.shelter", "--write", catalogue}, "the first part of a feed's name is its department"},
		"no day":         {shelter(0, 3), []string{"--expires", "soon", "--name", "suzhou.soon", "--write", catalogue}, `"soon" is no date`},
		"binary":         {"\xff\xfe\x00\x01", nil, "neither UTF-8 nor GB 18030"},
		"broken JSON":    {"{\"a\": ", nil, "unexpected EOF"},
	} {
		args := append([]string{"feed", "propose", "--sample", writeSample(t, c.sample), "--department", "suzhou", "--library", "person", "--catalog", catalogue}, c.more...)
		if out, err := run(t, args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want an error with %q: %s", name, err, c.want, out)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(catalogue, "feeds", "*")); len(left) != 1 {
		t.Errorf("refused proposals left files: %v", left)
	}
}
