package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// LibraryVersion is the version of the npm package @chdb/lib-… that the library is taken from. fetch.sh names it too.
const LibraryVersion = "26.7.3-stable.1"

//go:embed fetch.sh
var fetchScript []byte

// A pin is what the library file of one platform must be.
type pin struct {
	size    int64
	sha256  string
	version uintptr // address of the function chdb_version in the file
	handler uintptr // address of the vtable of killingHandler in the file, at its type description
}

// pinOf returns the pin of a platform in Go's names; fetch.sh holds the same figures in npm's names, and a test compares them.
func pinOf(goos, goarch string) (pin, bool) {
	switch goos + "/" + goarch {
	case "linux/amd64":
		return pin{
			size:    566330096,
			sha256:  "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5",
			version: 0xf214700,
			handler: 0x21138b90,
		}, true
	}
	return pin{}, false
}

// Library returns the path of libchdb for this machine, fetching it first when this user's cache does not have it yet
// (about 180 MB, by npm). Its size and SHA-256 have been compared with the pinned ones when it returns, at each call: the
// file could have been changed since the last one, and reading it once more costs less than half a second.
//
// The environment variable WUKU_LIBCHDB names another file, for a platform without a pin or an air-gapped machine; on a
// platform that has a pin the named file must still match it.
func Library(ctx context.Context) (string, error) {
	path := os.Getenv("WUKU_LIBCHDB")
	want, pinned := pinOf(runtime.GOOS, runtime.GOARCH)
	if path == "" {
		if !pinned {
			return "", fmt.Errorf("engine: no libchdb is pinned for %s/%s; set WUKU_LIBCHDB to a library you trust, or use --clickhouse with a server", runtime.GOOS, runtime.GOARCH)
		}
		var err error
		if path, err = cachedLibrary(ctx); err != nil {
			return "", err
		}
	}
	if !pinned {
		return filepath.Abs(path)
	}
	if err := checkLibrary(path, want); err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// cachedLibrary returns the cached file, running the embedded fetch script only when there is none.
func cachedLibrary(ctx context.Context) (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "libchdb.so")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	cmd := exec.CommandContext(ctx, "bash", "-s")
	cmd.Stdin = bytes.NewReader(fetchScript)
	var out, diag bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, io.MultiWriter(&diag, os.Stderr)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("engine: fetching libchdb %s: %w: %s", LibraryVersion, err, strings.TrimSpace(diag.String()))
	}
	return strings.TrimSpace(out.String()), nil
}

// cacheDir is where fetch.sh puts the library: a directory of this user and this version.
func cacheDir() (string, error) {
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("engine: no cache directory for libchdb: %w; set HOME or XDG_CACHE_HOME", err)
		}
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "wuku", "libchdb-"+LibraryVersion), nil
}

// checkLibrary compares the file with its pin and says how to get a right one.
func checkLibrary(path string, want pin) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("engine: libchdb: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return fmt.Errorf("engine: libchdb: %w", err)
	}
	if st.Size() != want.size {
		return fmt.Errorf("engine: %s has %d bytes, not %d: it is not libchdb %s; remove it and start again", path, st.Size(), want.size, LibraryVersion)
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, f, make([]byte, 1<<20)); err != nil {
		return fmt.Errorf("engine: reading %s: %w", path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want.sha256 {
		return fmt.Errorf("engine: %s has SHA-256 %s, not the pinned %s; it will not be loaded: remove it and start again", path, got, want.sha256)
	}
	return nil
}
