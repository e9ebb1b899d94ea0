package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wuku/bench"
)

func runMatch(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := matchCommand()
	var said bytes.Buffer
	cmd.SetOut(&said)
	cmd.SetErr(&said)
	cmd.SetArgs(args)
	cmd.SilenceUsage = true
	err := cmd.ExecuteContext(t.Context())
	return said.String(), err
}

// TestMatchInParts gives one file to `wuku match` in memory and in parts, with one model: what is written is the same.
func TestMatchInParts(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var file bytes.Buffer
	if _, err := (bench.MatchSet{Records: 3000, Seed: 5}).Write(&file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("people.csv"), file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	common := []string{"--in", at("people.csv"), "--id", "id", "--truth", "truth", "--field", "name=name,dob=date,citizen_number=identifier:citizen,phone=phone,address=address,county=code"}
	run := func(out string, more ...string) string {
		said, err := runMatch(t, append(append(more, "--out", at(out)), common...)...)
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	whole := run("whole.csv", "--save-model", at("model.json"))
	parts := run("parts.csv", "--model", at("model.json"), "--parts", "3")
	learned := run("learned.csv", "--parts", "3")
	for _, name := range []string{"parts.csv", "learned.csv"} {
		a, errA := os.ReadFile(at("whole.csv"))
		b, errB := os.ReadFile(at(name))
		if errA != nil || errB != nil || bytes.Count(a, []byte{'\n'}) != 3001 || !bytes.Equal(a, b) {
			t.Errorf("%s: other clusters than in memory: %v %v", name, errA, errB)
		}
	}
	if whole != parts || whole != learned || !strings.Contains(whole, "3000 records in ") || !strings.Contains(whole, "precision ") {
		t.Errorf("in memory:\n%sin parts:\n%s%s", whole, parts, learned)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) > 0 {
		t.Errorf("files are left behind: %v %v", left, err)
	}
}

// TestMatchSaysWhatIsWrong: errors of the command name the file, or the flag, and what to do.
func TestMatchSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.csv", "id,name,dob,who\n1,Ann Lee,1980-01-02,a\n2,Ann Lee,1980-01-02,a\n")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"--in: name at least one CSV file", nil},
		{"no such file", []string{"--in", filepath.Join(dir, "none.csv")}},
		{"empty.csv: the file is empty", []string{"--in", file("empty.csv", "")}},
		{"no records", []string{"--in", file("header.csv", "id,name\n")}},
		{"ragged.csv: line 3 has 1 values, the header 2 columns", []string{"--in", file("ragged.csv", "id,name\n1,a\n2\n")}},
		{"good.csv: the truth: the file has no column \"cluster\"; it has id, name, dob, who", []string{"--in", good, "--truth", "cluster"}},
		{"good.csv: mapping: the file has no column \"ID\"", []string{"--in", good, "--id", "ID"}},
		{"kind \"names\" is not known: choose address", []string{"--in", good, "--field", "name=names"}},
		{"--across links records of different sources: name two files", []string{"--in", good, "--across"}},
		{"stands there twice", []string{"--in", good + "," + good, "--id", "id"}},
		{"encoding \"latin1\" is not known", []string{"--in", good, "--encoding", "latin1"}},
		{"--parts", []string{"--in", good, "--parts", "-1"}},
		{"want 0 < review <= threshold < 1", []string{"--in", good, "--threshold", "2"}},
	} {
		if said, err := runMatch(t, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s\n%s", c.args, err, c.want, said)
		}
	}
	said, err := runMatch(t, "--in", file("one.csv", "id,name,who\n1,Ann Lee,a\n"), "--id", "id", "--truth", "who", "--out", "-")
	if err != nil || !strings.Contains(said, "id,cluster\n1,1\n") {
		t.Errorf("one record: %v\n%s", err, said)
	}
}
