package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Opened is a backup that was read whole and found to be as it was written.
type Opened struct {
	Manifest *Manifest
	Secrets  map[string][]byte // unwrapped: name to content
}

// found is what a backup really holds.
type found struct {
	entries  []Entry
	keys     []byte
	manifest []byte
}

// mostText bounds the two files that are read into memory.
const mostText = 1 << 30

// Open reads every byte of a backup and compares it with the manifest. With a directory into, which must be there and empty, it writes
// the instance's files there as it goes; they may be used only when there is no error. The secrets are not written.
func Open(source, passphrase, into string) (*Opened, error) {
	var out sink = nowhere{}
	if into != "" {
		d, err := openDirSink(into)
		if err != nil {
			return nil, fmt.Errorf("backup: %w", err)
		}
		defer d.root.Close()
		out = d
	}
	f, err := readAll(source, out)
	if err != nil {
		return nil, fmt.Errorf("backup %s: %w", source, err)
	}
	o := &Opened{}
	var k *keys
	switch {
	case f.manifest == nil:
		err = errors.New(manifestName + " is missing: the backup was broken off, or this is none")
	case f.keys == nil:
		err = errors.New(keysName + " is missing")
	default:
		o.Secrets, k, err = unwrap(f.keys, passphrase)
	}
	if err == nil {
		o.Manifest, err = parseManifest(f.manifest, k)
	}
	if err == nil {
		err = compare(o.Manifest.Entries, f.entries)
	}
	if err == nil {
		err = out.close()
	}
	if err != nil {
		return nil, fmt.Errorf("backup %s: %w", source, err)
	}
	return o, nil
}

// compare names the first entry that is not as the manifest has it, and any that is missing or too many.
func compare(want, got []Entry) error {
	byName := func(a, b Entry) int { return strings.Compare(a.Name, b.Name) }
	want, got = slices.SortedFunc(slices.Values(want), byName), slices.SortedFunc(slices.Values(got), byName)
	for i, g := range got {
		if i > 0 && got[i-1].Name == g.Name {
			return fmt.Errorf("%s is there twice", g.Name)
		}
		at, ok := slices.BinarySearchFunc(want, g, byName)
		switch {
		case !ok:
			return fmt.Errorf("%s is not in the manifest", g.Name)
		case g.Size != want[at].Size:
			return fmt.Errorf("%s has %d bytes, not %d: it was cut or changed", g.Name, g.Size, want[at].Size)
		case g.SHA256 != want[at].SHA256 || g.Target != want[at].Target || g.Dir != want[at].Dir:
			return fmt.Errorf("%s is not as it was written: SHA-256 %s, want %s", g.Name, g.SHA256, want[at].SHA256)
		}
	}
	for _, w := range want {
		if _, ok := slices.BinarySearchFunc(got, w, byName); !ok {
			return fmt.Errorf("%s is missing", w.Name)
		}
	}
	return nil
}

func readAll(source string, out sink) (*found, error) {
	st, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return readDir(source, out)
	}
	return readTar(source, out)
}

func readDir(dir string, out sink) (*found, error) {
	f := &found{}
	return f, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		e := Entry{Name: filepath.ToSlash(name), Mode: uint32(info.Mode().Perm())}
		switch {
		case d.IsDir():
			e.Dir = true
			return f.take(e, nil, out)
		case info.Mode()&fs.ModeSymlink != 0:
			if e.Target, err = os.Readlink(path); err != nil {
				return err
			}
			return f.take(e, nil, out)
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is neither file, directory nor link", e.Name)
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		e.Size = info.Size()
		return f.take(e, file, out)
	})
}

var errCut = errors.New("the backup ends in the middle of it")

func readTar(path string, out sink) (*found, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, r := &found{}, tar.NewReader(file)
	last := "its beginning"
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			if info, err := file.Stat(); err == nil && info.Size()%512 != 0 { // the reader takes a cut in what fills a file's last block for the end
				return nil, fmt.Errorf("%s: %w", last, errCut)
			}
			return f, nil
		}
		if errors.Is(err, io.ErrUnexpectedEOF) { // in a header
			return nil, fmt.Errorf("%s: %w", last, errCut)
		}
		if err != nil {
			return nil, fmt.Errorf("the tar file is broken behind %s: %w", last, err)
		}
		last = h.Name
		e := Entry{Name: strings.TrimSuffix(h.Name, "/"), Mode: uint32(h.Mode) & 0o777}
		switch h.Typeflag {
		case tar.TypeDir:
			e.Dir = true
		case tar.TypeSymlink:
			e.Target = h.Linkname
		case tar.TypeReg:
			e.Size = h.Size
		default:
			return nil, fmt.Errorf("%s is neither file, directory nor link", h.Name)
		}
		err = f.take(e, r, out)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errCut
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

// take reads one entry, keeps its digest and passes it on.
func (f *found) take(e Entry, r io.Reader, out sink) error {
	if !filepath.IsLocal(filepath.FromSlash(e.Name)) {
		return fmt.Errorf("%q would lie outside the directory", e.Name)
	}
	if e.Target != "" && (filepath.IsAbs(e.Target) || !filepath.IsLocal(filepath.Join(filepath.Dir(filepath.FromSlash(e.Name)), filepath.FromSlash(e.Target)))) {
		return fmt.Errorf("%s points outside the directory", e.Name)
	}
	if e.Name == manifestName || e.Name == keysName {
		return f.text(e, r)
	}
	if e.Dir || e.Target != "" {
		f.entries = append(f.entries, e)
		return out.put(e, nil)
	}
	h := sha256.New()
	counted := &counter{r: r}
	if err := out.put(e, io.TeeReader(counted, h)); err != nil {
		return err
	}
	e.Size, e.SHA256 = counted.n, hex.EncodeToString(h.Sum(nil))
	f.entries = append(f.entries, e)
	return nil
}

// text reads the manifest or the keys into memory.
func (f *found) text(e Entry, r io.Reader) error {
	if r == nil || e.Size > mostText {
		return fmt.Errorf("%s is no file of a sensible size", e.Name)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if e.Name == manifestName {
		f.manifest = b
		return nil
	}
	sum := sha256.Sum256(b)
	e.Size, e.SHA256 = int64(len(b)), hex.EncodeToString(sum[:])
	f.keys, f.entries = b, append(f.entries, e)
	return nil
}

// nowhere only reads.
type nowhere struct{}

func (nowhere) put(_ Entry, r io.Reader) error {
	if r == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, r)
	return err
}

func (nowhere) close() error { return nil }
