package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"wuku/match"
)

// largeSample is about how many records a model is learned from when memory does not hold all.
const largeSample = 1_000_000

// large clusters more records than memory holds. The files are read three times: to see how long they are, to learn from some of
// the records, and to take all of them in.
func (f *matchFlags) large(cmd *cobra.Command, m *match.Mapping) (err error) {
	if slices.Contains(f.in, "-") {
		return errors.New("--parts reads the files more than once, which standard input cannot: name a file")
	}
	lines, err := f.lines()
	if err != nil {
		return err
	}
	some := &match.Reader{Mapping: m, Every: lines / largeSample, Encoding: f.encoding}
	if err := f.read(some); err != nil {
		return err
	}
	some.Batch.Of = max(lines-len(f.in), some.Batch.Len()) // without the headers
	model, err := f.readModel(some.Batch)
	if err != nil {
		return err
	}
	some = nil // its memory is wanted
	l, err := match.NewLarge(model, f.parts, unlinked)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	all := &match.Reader{Mapping: m, Truth: f.truth, Large: l, Encoding: f.encoding}
	if err := f.read(all); err != nil {
		return err
	}
	edges, err := l.Edges()
	if err != nil {
		return err
	}
	return f.finish(cmd, l, model, edges, l.Clusters(edges), all.Labels)
}

// unlinked makes a file that is gone when it is closed, or when the program dies.
func unlinked() (match.File, error) {
	f, err := os.CreateTemp("", "wuku-match-")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// lines counts those of the files: about how many records there are.
func (f *matchFlags) lines() (n int, err error) {
	buf := make([]byte, 1<<20)
	for _, name := range f.in {
		file, err := os.Open(name)
		if err != nil {
			return 0, err
		}
		for err == nil {
			var k int
			k, err = file.Read(buf)
			n += bytes.Count(buf[:k], []byte{'\n'})
		}
		if err := file.Close(); err != nil {
			return 0, err
		}
		if !errors.Is(err, io.EOF) {
			return 0, err
		}
	}
	return n, nil
}
