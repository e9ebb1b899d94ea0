package trust

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Attack row 27: whatever is done to the files, the verifier names the first bad leaf.
func TestVerifyNamesFirstBadLeaf(t *testing.T) {
	t.Parallel()
	lines := func(f func([][]byte) [][]byte) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, "audit", "leaves")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			list := f(bytes.SplitAfter(bytes.TrimSuffix(b, []byte{'\n'}), []byte{'\n'}))
			b = append(bytes.TrimSuffix(bytes.Join(list, nil), []byte{'\n'}), '\n')
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	edit := lines(func(l [][]byte) [][]byte {
		l[7] = bytes.Replace(l[7], []byte("demo"), []byte("Demo"), 1)
		return l
	})
	both := func(t *testing.T, dir string) { // the leaf and every stored hash over it
		edit(t, dir)
		b, err := os.ReadFile(filepath.Join(dir, "audit", "leaves"))
		if err != nil {
			t.Fatal(err)
		}
		var tr tree
		var stored []tlog.Hash
		if err := eachLeaf(bytes.NewReader(b), func(line []byte) error { stored = tr.add(tlog.RecordHash(line), stored); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "audit", "hashes"), flat(stored), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		name        string
		tamper      func(t *testing.T, dir string)
		first, last int64 // -1: the log is good
	}{
		{"untouched", func(*testing.T, string) {}, -1, -1},
		{"one byte edited", edit, 7, 7},
		{"a leaf removed", lines(func(l [][]byte) [][]byte { return append(l[:3:3], l[4:]...) }), 3, 3},
		{"two leaves exchanged", lines(func(l [][]byte) [][]byte { l[4], l[5] = l[5], l[4]; return l }), 4, 4},
		{"a leaf inserted", lines(func(l [][]byte) [][]byte { return append(append(l[:6:6], l[1]), l[6:]...) }), 6, 6},
		{"the end cut off", lines(func(l [][]byte) [][]byte { return l[:17] }), 17, 19},
		{"a leaf added", lines(func(l [][]byte) [][]byte { l[19] = append(l[19], '\n'); return append(l, l[0]) }), -1, -1},
		{"a leaf and its hashes", both, 5, 9},
		{"a stored hash", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "audit", "hashes")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[tlog.StoredHashIndex(0, 12)*tlog.HashSize] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}, 12, 12},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			fill(t, dir, 20, 5, 10)
			c.tamper(t, dir)
			report, err := Verify(dir, VerifyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got := [2]int64{-1, -1}
			if report.Bad != nil {
				got = [2]int64{report.Bad.Leaf, report.Bad.Last}
			}
			if got != [2]int64{c.first, c.last} {
				t.Errorf("first bad leaf %v, want %d to %d: %+v", got, c.first, c.last, report.Bad)
			}
			if _, err := OpenLog(dir); (err == nil) != (c.first == -1 || c.name == "a stored hash") {
				t.Errorf("opening: %v", err)
			}
		})
	}
}

// A log written anew with the key in hand agrees with itself, but not with a checkpoint kept elsewhere.
func TestForkIsFoundByKeptCheckpoint(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 10)
	l := open(t, dir)
	kept, err := l.Checkpoint(time.Unix(100, 0))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"leaves", "hashes", "checkpoints"} {
		if err := os.Remove(filepath.Join(dir, "audit", name)); err != nil {
			t.Fatal(err)
		}
	}
	l = open(t, dir)
	for i := range 12 {
		if _, err := l.Append(t.Context(), leaf(i+1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if report, err := Verify(dir, VerifyOptions{}); err != nil || report.Bad != nil {
		t.Fatalf("the fork alone: %+v, %v", report, err)
	}
	report, err := Verify(dir, VerifyOptions{Checkpoints: [][]byte{kept.Note}})
	if err != nil || report.Bad == nil || report.Bad.Last != 9 {
		t.Errorf("with the kept checkpoint: %+v, %v", report, err)
	}
}

func TestForgedCheckpointIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, 3)
	path := filepath.Join(dir, "audit", "checkpoints")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(b, []byte(`\n3\n`), []byte(`\n2\n`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(dir, VerifyOptions{}); err == nil || !strings.Contains(err.Error(), "line 1 of checkpoints") {
		t.Errorf("verify: %v", err)
	}
	if _, err := OpenLog(dir); err == nil {
		t.Error("a log with a forged checkpoint was opened")
	}
}

func BenchmarkVerify(b *testing.B) {
	dir := b.TempDir()
	l := open(b, dir)
	const n = 100_000
	line, err := leaf(1).line()
	if err != nil {
		b.Fatal(err)
	}
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = line
	}
	if _, err := l.write(lines); err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r, err := Verify(dir, VerifyOptions{}); err != nil || r.Bad != nil {
			b.Fatal(r, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/leaf")
}

func TestPepper(t *testing.T) {
	t.Parallel()
	p, other := NewPepper(bytes.Repeat([]byte("k"), 32), International), NewPepper(bytes.Repeat([]byte("l"), 32), International)
	key, id, hash := p.NewKey()
	if got, ok := KeyID(key); !ok || got != id || !p.Same(key, hash) || other.Same(key, hash) || strings.Contains(hash, key[12:]) {
		t.Errorf("key of id %s: %v", id, ok)
	}
	raw, err := base64.RawURLEncoding.DecodeString(key[12:])
	if err != nil || len(raw) != 32 {
		t.Errorf("the key's secret has %d bytes: %v", len(raw), err)
	}
	for name, bad := range map[string]string{"empty": "", "cut": key[:len(key)-1], "no prefix": key[3:], "long": strings.Repeat("wk.", 10_000)} {
		if _, ok := KeyID(bad); ok {
			t.Errorf("%s: may be a key", name)
		}
	}
	if p.Seal("ab", "c") == p.Seal("a", "bc") || p.Seal("a") != p.Seal("a") || p.Seal("a") == other.Seal("a") {
		t.Error("seals run into each other, or are not keyed")
	}
}
