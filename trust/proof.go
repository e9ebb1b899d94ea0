package trust

import (
	"bufio"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrRange is returned for a leaf or a size that the log does not have.
var ErrRange = errors.New("audit: the log has no such leaf or size")

// Entry is a leaf with its place.
type Entry struct {
	Index int64  `json:"index"`
	Leaf  Leaf   `json:"leaf"`
	Hash  string `json:"hash"` // RFC 6962 leaf hash in base64
}

// Leaves returns up to n leaves from an index on.
func (l *Log) Leaves(from int64, n int) ([]Entry, error) {
	l.mu.Lock()
	size, end := l.tree.size, l.bytes
	if from < 0 || from > size {
		l.mu.Unlock()
		return nil, ErrRange
	}
	if from == size {
		l.mu.Unlock()
		return nil, nil
	}
	start := l.offsets[from/stride]
	l.mu.Unlock()
	in := bufio.NewReaderSize(io.NewSectionReader(l.leaves, start, end-start), 1<<16)
	var entries []Entry
	for i := from / stride * stride; i < size && len(entries) < n; i++ {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("audit: read leaf %d: %w", i, err)
		}
		if i < from {
			continue
		}
		e := Entry{Index: i, Hash: tlog.RecordHash(line[:len(line)-1]).String()}
		if err := json.Unmarshal(line, &e.Leaf); err != nil {
			return nil, fmt.Errorf("audit: leaf %d is not as it was written: run wuku audit verify", i)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Line is one leaf as it is stored and hashed, without its newline.
func (l *Log) Line(index int64) ([]byte, error) {
	l.mu.Lock()
	size, end := l.tree.size, l.bytes
	if index < 0 || index >= size {
		l.mu.Unlock()
		return nil, ErrRange
	}
	start := l.offsets[index/stride]
	l.mu.Unlock()
	in := bufio.NewReaderSize(io.NewSectionReader(l.leaves, start, end-start), 1<<16)
	for i := index / stride * stride; ; i++ {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return nil, fmt.Errorf("audit: read leaf %d: %w", i, err)
		}
		if i == index {
			return line[:len(line)-1], nil
		}
	}
}

// Inclusion proves that the leaf at an index is in the tree of the given size (RFC 9162 section 2.1.3).
func (l *Log) Inclusion(index, size int64) (tlog.RecordProof, error) {
	if index < 0 || index >= size || size > l.Size() {
		return nil, ErrRange
	}
	return tlog.ProveRecord(size, index, tlog.HashReaderFunc(l.readHashes))
}

// Consistency proves that the tree of the older size is the beginning of the newer one (RFC 9162 section 2.1.4).
func (l *Log) Consistency(older, newer int64) (tlog.TreeProof, error) {
	if older < 1 || older > newer || newer > l.Size() {
		return nil, ErrRange
	}
	return tlog.ProveTree(newer, older, tlog.HashReaderFunc(l.readHashes))
}

// VerifierText is the public key of the checkpoints as a note verifier text, for those who check without the system.
func (l *Log) VerifierText() string { return l.public }

// Verifier is the public key of the checkpoints.
func (l *Log) Verifier() note.Verifier { return l.verifier }

func (l *Log) readHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if _, err := l.hashes.ReadAt(out[i][:], at*tlog.HashSize); err != nil {
			return nil, fmt.Errorf("audit: read hash %d: %w", at, err)
		}
	}
	return out, nil
}
