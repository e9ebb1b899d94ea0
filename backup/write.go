package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Writer writes one backup. It is not safe for concurrent use. End with Finish or Abort.
type Writer struct {
	target  string // where it appears when it is whole
	partial string
	sink    sink
	keys    *keys
	entries []Entry
}

// sink is where files go.
type sink interface {
	put(e Entry, r io.Reader) error
	close() error // everything is on the disk when it returns
}

// Create begins a backup in a new directory, or in a new tar file when target ends in .tar. secrets are files of the instance whose
// content is wrapped under the passphrase. Nothing stands at target before Finish.
func Create(target string, secrets map[string][]byte, passphrase string) (*Writer, error) {
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("backup: %s is there already: name a new directory or a new file that ends in .tar", target)
	}
	w := &Writer{target: target, partial: target + ".partial"}
	if err := os.RemoveAll(w.partial); err != nil { // of a backup that was broken off
		return nil, fmt.Errorf("backup: %w", err)
	}
	var err error
	if strings.HasSuffix(target, ".tar") {
		w.sink, err = newTarSink(w.partial)
	} else {
		w.sink, err = newDirSink(w.partial)
	}
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	text, k, err := wrap(secrets, passphrase)
	if err == nil {
		w.keys = k
		err = w.File(keysName, 0o600, int64(len(text)), bytes.NewReader(text))
	}
	if err != nil {
		return nil, errors.Join(err, w.Abort())
	}
	return w, nil
}

// File adds a file of exactly size bytes.
func (w *Writer) File(name string, mode fs.FileMode, size int64, r io.Reader) error {
	h := sha256.New()
	e := Entry{Name: name, Mode: uint32(mode.Perm()), Size: size}
	counted := &counter{r: io.LimitReader(r, size)}
	if err := w.sink.put(e, io.TeeReader(counted, h)); err != nil {
		return fmt.Errorf("backup: %s: %w", name, err)
	}
	if counted.n != size {
		return fmt.Errorf("backup: %s ended after %d of %d bytes: it was cut while it was read", name, counted.n, size)
	}
	e.SHA256 = hex.EncodeToString(h.Sum(nil))
	w.entries = append(w.entries, e)
	return nil
}

// Dir adds a directory.
func (w *Writer) Dir(name string, mode fs.FileMode) error {
	return w.add(Entry{Name: name, Mode: uint32(mode.Perm()), Dir: true})
}

// Link adds a symbolic link.
func (w *Writer) Link(name, to string) error {
	return w.add(Entry{Name: name, Mode: 0o777, Target: to})
}

func (w *Writer) add(e Entry) error {
	if err := w.sink.put(e, nil); err != nil {
		return fmt.Errorf("backup: %s: %w", e.Name, err)
	}
	w.entries = append(w.entries, e)
	return nil
}

// Finish writes the manifest, of which the caller has filled in what it knows, and lets the backup appear.
func (w *Writer) Finish(m *Manifest) error {
	m.Format, m.Entries = Format, w.entries
	text, err := m.seal(w.keys)
	if err == nil {
		err = w.sink.put(Entry{Name: manifestName, Mode: 0o600, Size: int64(len(text))}, bytes.NewReader(text))
	}
	if err = errors.Join(err, w.sink.close()); err != nil {
		return errors.Join(fmt.Errorf("backup: %w", err), os.RemoveAll(w.partial))
	}
	if err := os.Rename(w.partial, w.target); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return syncDir(filepath.Dir(w.target))
}

// Abort removes what was written.
func (w *Writer) Abort() error { return errors.Join(w.sink.close(), os.RemoveAll(w.partial)) }

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// dirSink writes into a directory, and nowhere else: what is read of a backup is not proven yet, and links that lie behind links may lead
// out of a directory though each name by itself does not.
type dirSink struct {
	dir  string
	root *os.Root
}

func newDirSink(dir string) (*dirSink, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	return openDirSink(dir)
}

func openDirSink(dir string) (*dirSink, error) {
	root, err := os.OpenRoot(dir)
	return &dirSink{dir, root}, err
}

func (d *dirSink) put(e Entry, r io.Reader) error {
	path := filepath.FromSlash(e.Name)
	if e.Dir {
		return d.root.MkdirAll(path, fs.FileMode(e.Mode)|0o700)
	}
	if err := d.root.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if e.Target != "" {
		return d.root.Symlink(e.Target, path)
	}
	f, err := d.root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(e.Mode))
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// close syncs the filesystem once: an fsync a file would cost minutes.
func (d *dirSink) close() error { return errors.Join(syncAll(d.dir), d.root.Close()) }

// tarSink writes one tar file.
type tarSink struct {
	f *os.File
	w *tar.Writer
}

func newTarSink(path string) (*tarSink, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	return &tarSink{f, tar.NewWriter(f)}, err
}

func (t *tarSink) put(e Entry, r io.Reader) error {
	h := &tar.Header{Name: e.Name, Mode: int64(e.Mode), Size: e.Size, Typeflag: tar.TypeReg}
	switch {
	case e.Dir:
		h.Typeflag, h.Name = tar.TypeDir, e.Name+"/"
	case e.Target != "":
		h.Typeflag, h.Linkname = tar.TypeSymlink, e.Target
	}
	if err := t.w.WriteHeader(h); err != nil || r == nil {
		return err
	}
	_, err := io.Copy(t.w, r)
	return err
}

func (t *tarSink) close() error { return errors.Join(t.w.Close(), t.f.Sync(), t.f.Close()) }

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
