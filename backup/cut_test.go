package backup

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// gone reads what it is given and keeps nothing.
type gone struct{}

func (gone) put(_ Entry, r io.Reader) error {
	if r == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, r)
	return err
}

func (gone) close() error { return nil }

// TestCutAnywhere cuts a backup wherever no block ends: in headers, in files and in what fills their last blocks.
func TestCutAnywhere(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, size := range map[string]int{"a": 10, "b": 700, "c": 512, "d": 0} {
		err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(size), Typeflag: tar.TypeReg})
		if _, err2 := w.Write(make([]byte, size)); errors.Join(err, err2) != nil {
			t.Fatal(err, err2)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cut.tar")
	for n := 1; n < b.Len(); n += 37 {
		if n%512 == 0 {
			continue
		}
		if err := os.WriteFile(path, b.Bytes()[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readTar(path, gone{}); !errors.Is(err, errCut) {
			t.Errorf("cut at %d of %d: %v", n, b.Len(), err)
		}
	}
}
