package trust

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// The eight leaves and the roots after each of Certificate Transparency's reference vectors for RFC 6962.
var vectorLeaves = []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}

var vectorRoots = []string{
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

func TestRootsAreThoseOfRFC6962(t *testing.T) {
	t.Parallel()
	var tr tree
	if got, want := hex.EncodeToString(hashOf(tr.root())), hex.EncodeToString(hashOf(sha256.Sum256(nil))); got != want {
		t.Errorf("root of nothing: %s, want %s", got, want)
	}
	for i, leaf := range vectorLeaves {
		data, err := hex.DecodeString(leaf)
		if err != nil {
			t.Fatal(err)
		}
		tr.add(tlog.RecordHash(data), nil)
		if got := hex.EncodeToString(hashOf(tr.root())); got != vectorRoots[i] {
			t.Errorf("root of %d leaves: %s, want %s", i+1, got, vectorRoots[i])
		}
	}
}

func hashOf(h tlog.Hash) []byte { return h[:] }

// leaf makes the i-th leaf of a test.
func leaf(i int) Leaf {
	return Leaf{Time: time.Unix(int64(i), 0), Caller: "0a1b2c3d", Operation: "lookup", Purpose: "demo", Library: "person",
		Subject: fmt.Sprintf("%032x", i), Columns: []string{"name"}, Count: 1, Decision: Allowed}
}

func open(t testing.TB, dir string) *Log {
	t.Helper()
	l, err := OpenLog(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// fill writes n leaves and closes the log; checkpoints are signed after the leaves of at, and at the end.
func fill(t testing.TB, dir string, n int, at ...int) {
	t.Helper()
	l := open(t, dir)
	for i := range n {
		if index, err := l.Append(t.Context(), leaf(i)); err != nil || index != int64(i) {
			t.Fatalf("leaf %d: index %d, %v", i, index, err)
		}
		for _, a := range at {
			if a == i+1 {
				if _, err := l.Checkpoint(time.Unix(int64(i), 0)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestProofsHold(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	defer l.Close()
	var tr tree
	roots := []tlog.Hash{tr.root()}
	var hashes []tlog.Hash
	for i := range 70 {
		if _, err := l.Append(t.Context(), leaf(i)); err != nil {
			t.Fatal(err)
		}
		line, err := leaf(i).line()
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, tlog.RecordHash(line))
		tr.add(hashes[i], nil)
		roots = append(roots, tr.root())
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 70).Draw(t, "size")
		index := rapid.Int64Range(0, size-1).Draw(t, "index")
		older := rapid.Int64Range(1, size).Draw(t, "older")
		inclusion, err := l.Inclusion(index, size)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckRecord(inclusion, size, roots[size], index, hashes[index]); err != nil {
			t.Errorf("inclusion of %d in %d: %v", index, size, err)
		}
		if err := tlog.CheckRecord(inclusion, size, roots[size], index, hashes[(index+1)%70]); err == nil {
			t.Errorf("inclusion of %d in %d also proves another leaf", index, size)
		}
		consistency, err := l.Consistency(older, size)
		if err != nil {
			t.Fatal(err)
		}
		if err := tlog.CheckTree(consistency, size, roots[size], older, roots[older]); err != nil {
			t.Errorf("consistency of %d with %d: %v", older, size, err)
		}
	})
	for _, bad := range [][2]int64{{-1, 5}, {5, 5}, {0, 71}} {
		if _, err := l.Inclusion(bad[0], bad[1]); !errors.Is(err, ErrRange) {
			t.Errorf("inclusion of %d in %d: %v, want ErrRange", bad[0], bad[1], err)
		}
	}
}

func TestConcurrentLeavesShareSyncs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	slow := &slowSync{file: l.leaves, first: make(chan struct{}), release: make(chan struct{})}
	l.leaves = slow
	const n = 200
	seen := make([]bool, n)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			index, err := l.Append(context.Background(), leaf(i))
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[index] {
				t.Errorf("leaf %d: index %d, %v", i, index, err)
				return
			}
			seen[index] = true
		})
	}
	<-slow.first // the first batch is being synced; all others gather
	for arrived := 0; arrived < n; runtime.Gosched() {
		l.mu.Lock()
		arrived = slow.lines + len(l.next.lines)
		l.mu.Unlock()
	}
	close(slow.release)
	wg.Wait()
	if l.Batches() != 2 {
		t.Errorf("%d leaves took %d syncs", n, l.Batches())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	report, err := Verify(dir, VerifyOptions{})
	if err != nil || report.Bad != nil || report.Leaves != n {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

// slowSync holds the first sync until it is released.
type slowSync struct {
	file
	lines   int // of the first write
	once    sync.Once
	first   chan struct{}
	release chan struct{}
}

func (s *slowSync) WriteAt(b []byte, at int64) (int, error) {
	if s.lines == 0 {
		s.lines = bytes.Count(b, []byte{'\n'})
	}
	return s.file.WriteAt(b, at)
}

func (s *slowSync) Sync() error {
	s.once.Do(func() { close(s.first) })
	<-s.release
	return s.file.Sync()
}

// fullDisk refuses to write or to sync while it is told to.
type fullDisk struct {
	file
	write, sync bool
}

func (f *fullDisk) WriteAt(b []byte, at int64) (int, error) {
	if f.write {
		n, _ := f.file.WriteAt(b[:len(b)/2], at) // what a full disk does: a part arrives
		return n, errors.New("no space left on device")
	}
	return f.file.WriteAt(b, at)
}

func (f *fullDisk) Sync() error {
	if f.sync {
		return errors.New("input/output error")
	}
	return f.file.Sync()
}

// Attack row 28: what cannot be written is not acknowledged, and the log goes on when there is space again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	disk := &fullDisk{file: l.leaves}
	l.leaves = disk
	if _, err := l.Append(t.Context(), leaf(0)); err != nil {
		t.Fatal(err)
	}
	disk.write = true
	if _, err := l.Append(t.Context(), leaf(1)); err == nil {
		t.Fatal("a leaf that was not written was acknowledged")
	}
	disk.write = false
	if index, err := l.Append(t.Context(), leaf(2)); err != nil || index != 1 {
		t.Fatalf("after the disk had space: index %d, %v", index, err)
	}
	disk.sync = true
	if _, err := l.Append(t.Context(), leaf(3)); err == nil {
		t.Fatal("a leaf that was not synced was acknowledged")
	}
	disk.sync = false
	if _, err := l.Append(t.Context(), leaf(4)); err == nil || l.Err() == nil {
		t.Fatal("a log whose disk lost a sync goes on as if it had not")
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	if l.Size() < 2 {
		t.Errorf("size after a restart: %d, want the two acknowledged leaves", l.Size())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if report, err := Verify(dir, VerifyOptions{}); err != nil || report.Bad != nil {
		t.Errorf("verify: %+v, %v", report, err)
	}
}

func TestTornLineIsCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 5)
	path := filepath.Join(dir, "audit", "leaves")
	appendTo(t, path, `{"time":"2026-`)
	l := open(t, dir)
	if index, err := l.Append(t.Context(), leaf(5)); err != nil || index != 5 {
		t.Fatalf("index %d, %v", index, err)
	}
	entries, err := l.Leaves(4, 10)
	if err != nil || len(entries) != 2 || entries[1].Leaf.Subject != leaf(5).Subject {
		t.Errorf("leaves from 4: %+v, %v", entries, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir)
	defer l.Close()
	if _, err := OpenLog(dir); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second log on one directory: %v", err)
	}
}

// Attack row 25: texts of callers cannot end a line or colour a terminal.
func TestLeafIsOneLine(t *testing.T) {
	t.Parallel()
	l := leaf(1)
	l.Case = "a\n{\"forged\":true}\x1b[31m${jndi:ldap://x}\u2028"
	line, err := l.line()
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(string(line), "\n\r\x1b") {
		t.Errorf("the line holds control characters: %q", line)
	}
}

func BenchmarkAppend(b *testing.B) {
	l := open(b, b.TempDir())
	defer l.Close()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := l.Append(context.Background(), leaf(1)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/float64(max(l.Batches(), 1)), "leaves/sync")
}
