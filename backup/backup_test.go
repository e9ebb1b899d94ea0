package backup_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/backup"
)

const pass = "a synthetic passphrase"

// fruit is what the backups of these tests hold.
var fruit = map[string]string{"engine/data/apple": "red", "engine/data/pear": strings.Repeat("green", 10_000), "audit/plum": ""}

// write makes a backup in a form and returns its place.
func write(t testing.TB, target string) string {
	t.Helper()
	w, err := backup.Create(target, map[string][]byte{"deployment.key": []byte("a secret that must not show")}, pass)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"audit", "engine", "engine/data", "engine/data/empty"} {
		if err := w.Dir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"engine/data/apple", "engine/data/pear", "audit/plum"} {
		if err := w.File(name, 0o640, int64(len(fruit[name])), strings.NewReader(fruit[name]+"what is appended later")); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Link("engine/data/link", "../data/apple"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("the backup stands at its place before it is whole")
	}
	m := &backup.Manifest{Made: time.Unix(1, 0).UTC(), Libraries: []backup.Library{{Name: "person", Root: "00", Entities: 3}}}
	if err := w.Finish(m); err != nil {
		t.Fatal(err)
	}
	return target
}

func forms(t *testing.T, test func(t *testing.T, target string)) {
	for _, form := range []string{"dir", "file.tar"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			test(t, write(t, filepath.Join(t.TempDir(), form)))
		})
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	forms(t, func(t *testing.T, target string) {
		into := t.TempDir()
		o, err := backup.Open(target, pass, into)
		if err != nil {
			t.Fatal(err)
		}
		if o.Manifest.Libraries[0].Entities != 3 || string(o.Secrets["deployment.key"]) != "a secret that must not show" {
			t.Errorf("%+v", o)
		}
		got := map[string]string{}
		for name := range fruit {
			b, err := os.ReadFile(filepath.Join(into, name))
			if err != nil {
				t.Fatal(err)
			}
			got[name] = string(b)
		}
		if diff := cmp.Diff(fruit, got); diff != "" {
			t.Error(diff)
		}
		if to, err := os.Readlink(filepath.Join(into, "engine/data/link")); to != "../data/apple" {
			t.Errorf("link to %q, %v", to, err)
		}
		if st, err := os.Stat(filepath.Join(into, "engine/data/empty")); err != nil || !st.IsDir() {
			t.Errorf("the empty directory: %v", err)
		}
		if _, err := os.Stat(filepath.Join(into, "keys.json")); err == nil {
			t.Error("keys.json was restored")
		}
	})
}

// TestSecretsDoNotShow: no file of a backup holds a secret as it is.
func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(write(t, filepath.Join(t.TempDir(), "x.tar")))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b, []byte("must not show")) || !bytes.Contains(b, []byte("keys.json")) {
		t.Error("the secret shows, or this test looks in the wrong place")
	}
}

// TestChangesAreFound: whatever one does to one file, the backup is refused and the file named.
func TestChangesAreFound(t *testing.T) {
	t.Parallel()
	edit := func(name string, f func([]byte) []byte) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, f(b), 0o600)
		}
	}
	for name, c := range map[string]struct {
		do   func(dir string) error
		want string
	}{
		"a byte":   {edit("engine/data/pear", func(b []byte) []byte { b[77] ^= 1; return b }), "engine/data/pear is not as it was written"},
		"cut":      {edit("engine/data/pear", func(b []byte) []byte { return b[:100] }), "engine/data/pear has 100 bytes, not 50000"},
		"longer":   {edit("audit/plum", func([]byte) []byte { return []byte("x") }), "audit/plum has 1 bytes, not 0"},
		"missing":  {func(dir string) error { return os.Remove(filepath.Join(dir, "engine/data/apple")) }, "engine/data/apple is missing"},
		"too many": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "more"), nil, 0o600) }, "more is not in the manifest"},
		"another link": {func(dir string) error {
			p := filepath.Join(dir, "engine/data/link")
			os.Remove(p)
			return os.Symlink("pear", p)
		}, "engine/data/link is not as it was written"},
		"a link out": {func(dir string) error {
			p := filepath.Join(dir, "engine/data/link")
			os.Remove(p)
			return os.Symlink("/etc/passwd", p)
		}, "engine/data/link points outside"},
		"the manifest":     {edit("manifest.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"entities": 3`), []byte(`"entities": 4`), 1) }), "manifest.json: it is not as it was written"},
		"no manifest":      {func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) }, "manifest.json is missing"},
		"another format":   {edit("manifest.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 2`), 1) }), "manifest.json: format 2"},
		"the keys":         {edit("keys.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"sealed":"`), []byte(`"sealed":"AAAA`), 1) }), "keys.json: it does not open"},
		"fewer rounds":     {edit("keys.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"rounds":600`), []byte(`"rounds":6`), 1) }), "keys.json: made with 6 rounds"},
		"no keys":          {func(dir string) error { return os.Remove(filepath.Join(dir, "keys.json")) }, "keys.json is missing"},
		"manifest no JSON": {edit("manifest.json", func(b []byte) []byte { return b[:len(b)/2] }), "manifest.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, filepath.Join(t.TempDir(), "b"))
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Open(dir, pass, ""); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v; want an error with %q", err, c.want)
			}
		})
	}
	dir := write(t, filepath.Join(t.TempDir(), "b"))
	if _, err := backup.Open(dir, pass+"x", ""); err == nil || !strings.Contains(err.Error(), "the passphrase is another one") {
		t.Errorf("another passphrase: %v", err)
	}
}

// TestAnyDamageIsFound: a tar file with one changed byte, or cut anywhere, never passes as another backup than it was.
func TestAnyDamageIsFound(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(write(t, filepath.Join(t.TempDir(), "x.tar")))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "damaged.tar")
	rapid.Check(t, func(t *rapid.T) {
		b, at := bytes.Clone(whole), rapid.IntRange(0, len(whole)-1).Draw(t, "at")
		cut := rapid.Bool().Draw(t, "cut")
		if cut {
			b = b[:at]
		} else {
			b[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		o, err := backup.Open(path, pass, "")
		if err != nil {
			return
		}
		// What tar itself does not look at (padding, times, names of owners, its end) may differ; nothing that counts.
		if string(o.Secrets["deployment.key"]) != "a secret that must not show" || len(o.Manifest.Entries) != 9 {
			t.Fatalf("damage at %d (cut: %v) passed: %+v", at, cut, o.Manifest)
		}
	})
}

func TestPassphrase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p")
	for text, want := range map[string]string{"": "has 0 bytes", "short\n": "has 5 bytes", "long enough, 16 b\r\nmore": ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := backup.Passphrase(path)
		if want == "" && (err != nil || got != "long enough, 16 b") || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if _, err := backup.Passphrase(""); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("none: %v", err)
	}
}

// TestLinksBehindLinks: each name of this tar lies in the directory, but a link behind a link leads out of it; nothing is written there,
// though nobody has proven the backup yet.
func TestLinksBehindLinks(t *testing.T) {
	outside := t.TempDir()
	into := filepath.Join(outside, "a", "into")
	if err := os.MkdirAll(into, 0o700); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	w := tar.NewWriter(&text)
	for _, h := range []*tar.Header{
		{Name: "d/e/", Typeflag: tar.TypeDir, Mode: 0o700},
		{Name: "d/e/up", Typeflag: tar.TypeSymlink, Linkname: "../.."},
		{Name: "d/e/up/f/out", Typeflag: tar.TypeSymlink, Linkname: "../.."},
		{Name: "d/e/up/f/out/evil", Typeflag: tar.TypeReg, Mode: 0o600, Size: 1},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(outside, "b.tar")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Open(file, "a passphrase of some length", into); err == nil {
		t.Error("it was taken")
	}
	if _, err := os.Lstat(filepath.Join(outside, "a", "evil")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was written outside the directory: %v", err)
	}
}
