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

func TestRing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Unix(1_000_000, 0)
	clock := func() time.Time { return now }
	r, err := openRing(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	key, err := r.Issue(Principal{Name: "window 3", Role: RoleService}, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	p, err := r.Authenticate(key)
	if err != nil || p.Role != RoleService || p.ID != key[3:11] {
		t.Fatalf("%+v, %v", p, err)
	}
	stored, err := os.ReadFile(filepath.Join(dir, "keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	secret := key[12:]
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil || len(raw) != 32 {
		t.Fatalf("the key's secret has %d bytes: %v", len(raw), err)
	}
	if bytes.Contains(stored, []byte(secret)) {
		t.Error("keys.json holds the key itself")
	}
	last := byte('A')
	if key[20] == last {
		last = 'B'
	}
	for name, bad := range map[string]string{"empty": "", "cut": key[:len(key)-1], "another secret": key[:20] + string(last) + key[21:],
		"another id": "wk.00000000." + secret, "no prefix": key[3:], "long": strings.Repeat("wk.", 10_000)} {
		if _, err := r.Authenticate(bad); err == nil {
			t.Errorf("%s: was accepted", name)
		}
	}
	other, err := openRing(dir, clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Revoke(p.ID); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	if _, err := r.Authenticate(key); err == nil {
		t.Error("a key that another process revoked still answers after a second")
	}
	key, err = r.Issue(Principal{Role: RoleService}, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if _, err := r.Authenticate(key); err == nil {
		t.Error("an expired key still answers")
	}
}

func TestDemoKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keys, err := DemoKeys(dir, "police")
	if err != nil {
		t.Fatal(err)
	}
	again, err := DemoKeys(dir, "police")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "demo-keys.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	r, err := OpenRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range Roles() {
		p, err := r.Authenticate(keys[role])
		if err != nil || p.Role != role || again[role] != keys[role] || (p.Department == "police") != (role == RoleDepartment) {
			t.Errorf("%s: %+v, %v", role, p, err)
		}
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
