package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// TestCanaryOfAnInstance sends a department's records, right and wrong in many ways, through a whole instance: neither name nor number stands
// in its log, its metrics, what it tells the department of refusals (headers, key and value), its commands' lists, or the dump of a process that
// is killed. That both went through is seen in the library and in quarantine.
func TestCanaryOfAnInstance(t *testing.T) {
	t.Parallel()
	const name, number, wrong = "金丝雀鸣", "320502199003072313", "320502199003072314"
	address := freePort(t)
	dir := filepath.Join(t.TempDir(), "data")
	p := start(t, nil, "up", "--data", dir, "--catalog", catalogueOf(t, "suzhou", "suzhou.resident", cityFeed), "--http", address, "--log", "json")
	until(t, "ready", func() error { return readySaid(p) })
	file := filepath.Join(t.TempDir(), "rows.csv")
	rows := "编号,版本,证号,姓名,生日,区划,状态\n" +
		"a,1," + number + "," + name + ",1990-03-07,320502,\n" + // right
		"b,x," + number + "," + name + ",1990-03-07,320502,\n" + // no version
		"c,1," + wrong + "," + name + "," + number + "," + name + ",\n" + // wrong number, day and division
		"d," + number + number + ",," + name + ",,,\n" // a version that is none
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, "publish", "suzhou.resident", file, "--data", dir); err != nil && !strings.Contains(out, "refused") {
		t.Fatalf("%v: %s", err, out)
	}
	s := &small{t: t, dir: dir}
	places := map[string]string{}
	until(t, "the department is told", func() error {
		told, err := toldOf(s.kafka(), "src.suzhou.resident.quarantine")
		if err == nil && strings.Count(told, "\n") < 2 {
			err = fmt.Errorf("told: %s", told)
		}
		places["what the department is told"] = told
		return err
	})
	until(t, "the library has the name", func() error {
		out, err := run(t, "sql", "--data", dir, "SELECT name FROM base.person")
		if err == nil && !strings.Contains(out, name) {
			err = errors.New(out)
		}
		return err
	})
	kept, err := run(t, "sql", "--data", dir, "SELECT name, citizen_number FROM base.person")
	if err != nil || !strings.Contains(kept, number) {
		t.Fatalf("the canary is not where it should be: %v: %s", err, kept)
	}
	for _, args := range [][]string{{"status", "--json"}, {"doctor", "--json"}, {"quarantine", "list"}, {"verify"}} {
		places["wuku "+strings.Join(args, " ")], _ = run(t, append(args, "--data", dir)...) // the doctor's exit code tells of the machine
	}
	places["the metrics"] = fetched(t, "http://"+address+"/metrics")
	p.signal(syscall.SIGQUIT)
	<-p.done
	places["the log, and the dump of the process"] = p.said()
	if !strings.Contains(p.said(), "goroutine ") {
		t.Error("the process left no dump: this test looks in the wrong place")
	}
	for place, text := range places {
		if text == "" {
			t.Errorf("%s is empty: this test looks in the wrong place", place)
		}
		for _, secret := range []string{name, number, wrong} {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s holds %s: %.300s", place, secret, text[max(i-200, 0):])
			}
		}
	}
}

// fetched is the body of an answer.
func fetched(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// toldOf is everything of the messages in a topic of one partition, a line each.
func toldOf(broker, topic string) (string, error) {
	conn, err := kafka.DialLeader(context.Background(), "tcp", broker, topic, 0)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return "", err
	}
	last, err := conn.ReadLastOffset()
	if err != nil || last == 0 {
		return "", errors.Join(err, errors.New("nothing yet"))
	}
	if _, err := conn.Seek(0, kafka.SeekStart); err != nil {
		return "", err
	}
	var told bytes.Buffer
	for at := int64(0); at < last; {
		m, err := conn.ReadMessage(1 << 20)
		if err != nil {
			return "", err
		}
		at = m.Offset + 1
		fmt.Fprintf(&told, "%s %s %s\n", m.Headers, m.Key, m.Value)
	}
	return told.String(), nil
}
