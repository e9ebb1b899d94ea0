package engine_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wuku/engine"
)

func TestLibraryIsChecked(t *testing.T) {
	dir := t.TempDir()
	right, err := engine.Library(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(right)
	if err != nil {
		t.Fatal(err)
	}
	short := filepath.Join(dir, "short.so")
	if err := os.WriteFile(short, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(dir, "changed.so") // the right size, all zeros, and no bytes on the disk
	if err := os.WriteFile(changed, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(changed, st.Size()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "none.so"), "no such file"},
		{"wrong size", short, "has 13 bytes, not"},
		{"wrong content", changed, "it will not be loaded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("WUKU_LIBCHDB", c.path)
			path, err := engine.Library(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Library: %q, %v; want an error with %q", path, err, c.want)
			}
			_, err = engine.Start(t.Context(), engine.Config{Dir: t.TempDir()})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Start: %v; want an error with %q", err, c.want)
			}
		})
	}
	t.Setenv("WUKU_LIBCHDB", right)
	if path, err := engine.Library(t.Context()); err != nil || path != right {
		t.Errorf("Library with the right file named: %q, %v", path, err)
	}
}

// fetchWith runs fetch.sh with an empty cache and a program in npm's place, which gets the package's name.
func fetchWith(t *testing.T, npm string) (cache, stderr string, err error) {
	t.Helper()
	bin, cache := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\n"+npm), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "fetch.sh", "linux-x64-gnu")
	cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "XDG_CACHE_HOME="+cache)
	var diag bytes.Buffer
	cmd.Stderr = &diag
	err = cmd.Run()
	return cache, diag.String(), err
}

func TestFetchRefusesWhatIsNotPinned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ npm, want string }{
		"npm fails":        {"echo no network >&2; exit 1", "npm could not fetch @chdb/lib-linux-x64-gnu@" + engine.LibraryVersion},
		"another package":  {"echo x > chdb.tgz", "not the pinned"},
		"nothing at all":   {"exit 0", "No such file"},
		"asked by version": {`[ "$3" = "@chdb/lib-linux-x64-gnu@` + engine.LibraryVersion + `" ] && echo x > chdb.tgz`, "not the pinned"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache, stderr, err := fetchWith(t, c.npm)
			if err == nil || !strings.Contains(stderr, c.want) {
				t.Errorf("%v: %s; want %q", err, stderr, c.want)
			}
			left, err := filepath.Glob(filepath.Join(cache, "wuku", "*", "*"))
			if err != nil || len(left) != 1 || filepath.Base(left[0]) != ".lock" {
				t.Errorf("left behind: %v, %v; want the lock alone", left, err)
			}
		})
	}
}

// The script and the program must mean the same library.
func TestPinsAgree(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("fetch.sh")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(script), "version="+engine.LibraryVersion+"\n") {
		t.Errorf("fetch.sh does not name version %s", engine.LibraryVersion)
	}
	for npm, platform := range map[string][2]string{
		"linux-x64-gnu": {"linux", "amd64"}, "linux-arm64-gnu": {"linux", "arm64"},
		"darwin-x64": {"darwin", "amd64"}, "darwin-arm64": {"darwin", "arm64"},
	} {
		line := regexp.MustCompile(regexp.QuoteMeta(npm) + `\) echo ([0-9a-f]{64}) ([0-9a-f]{64}) ;;`).FindSubmatch(script)
		got, ok := engine.PinnedSHA256(platform[0], platform[1])
		switch {
		case !ok && line != nil:
			t.Errorf("%s is pinned in fetch.sh and not in library.go", npm)
		case ok && (line == nil || string(line[2]) != got):
			t.Errorf("%s: library.go pins %s, fetch.sh does not", npm, got)
		}
	}
}
