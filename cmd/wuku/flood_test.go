package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Attack row 35: a record that its source sends again and again, right, wrong and without a number by turns, costs its library one cycle
// and no more memory than a query may take; the last version counts, and other records go on.
func TestFloodOfOneKey(t *testing.T) {
	t.Parallel()
	const n = 100_000 // a list of all versions beside each of them would be 160 GB
	s := startSmall(t, catalogueOf(t, "suzhou", "suzhou.resident", strings.NewReplacer("{kind: broker}", "{kind: counter, field: v}", "snapshot: {mark: kind, begin: [BEGIN], end: [END], run: run, count: total}\n", "").Replace(snapshotFeed)))
	file := filepath.Join(t.TempDir(), "flood.jsonl")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for i := range n {
		number := [...]string{`"320502199003072313"`, `"320502199003072314"`, "null"}[i%3] // valid, wrong check digit, none
		fmt.Fprintf(w, `{"id":"1","v":%d,"name":"人%d","number":%s,"area":"320505"}`+"\n", i+1, i, number)
	}
	fmt.Fprintln(w, `{"id":"2","v":1,"name":"另一人","area":"320506"}`)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, "publish", "suzhou.resident", file, "--data", s.dir, "--wait", "0s"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.people(fmt.Sprintf("人%d 320505", n-1), "另一人 320506")
	if out, err := run(t, "verify", "--data", s.dir); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
