package trust

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// stride is how many leaves lie between two offsets that are kept in memory, to find a leaf in the file.
const stride = 256

// maxBatch bounds the leaves of one fsync.
const maxBatch = 4096

// checkpointEvery is the time between two checkpoints of a growing log.
const checkpointEvery = 10 * time.Second

// file is what the log needs of a file.
type file interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

// Log is an open audit log. All methods may be called concurrently. One process has a log open at a time.
type Log struct {
	signer   note.Signer
	verifier note.Verifier
	public   string // verifier as text
	leaves   file
	hashes   file
	points   *os.File

	writing sync.Mutex // held by the one batch that is being written

	mu      sync.Mutex
	next    *batch  // leaves that wait for the write after the present one
	tree    tree    // what is on disk
	bytes   int64   // length of leaves
	offsets []int64 // of every stride-th leaf
	signed  int64   // size of the last checkpoint
	last    Checkpoint
	broken  error // an fsync failed: what is on disk is unknown
	batches uint64
}

// batch is the leaves that share one fsync. The goroutine that opened it writes it; the others wait for done.
type batch struct {
	lines [][]byte
	first int64 // index of the first leaf, set before done is closed
	done  chan struct{}
	err   error
}

// OpenLog opens the audit log in dir/audit, making it when there is none. It recomputes the tree from the leaves (about a second
// a million), cuts a line that a crash left unfinished, and refuses a log that does not agree with its last checkpoint.
func OpenLog(dir string) (*Log, error) {
	if err := os.MkdirAll(filepath.Join(dir, "audit"), 0o700); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	l := &Log{next: &batch{done: make(chan struct{})}}
	var err error
	if l.signer, l.verifier, err = signingKey(dir); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "audit", "verifier"))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	l.public = strings.TrimSpace(string(text))
	var opened []*os.File
	for _, name := range []string{"leaves", "hashes", "checkpoints"} {
		f, err := os.OpenFile(filepath.Join(dir, "audit", name), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		opened = append(opened, f)
	}
	l.leaves, l.hashes, l.points = opened[0], opened[1], opened[2]
	if err := syscall.Flock(int(opened[0].Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("audit: %s is open in another process: stop it first", opened[0].Name()), l.close())
	}
	if err := l.recover(opened[0]); err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

// recover reads what is there and leaves the files as a clean stop would have.
func (l *Log) recover(leaves *os.File) error {
	points, end, err := readCheckpoints(l.points, l.verifier)
	if err != nil {
		return err
	}
	if err := l.points.Truncate(end); err != nil {
		return fmt.Errorf("audit: checkpoints: %w", err)
	}
	if len(points) > 0 {
		l.last = points[len(points)-1]
	}
	var stored []tlog.Hash
	agreed := l.last.Size == 0
	err = eachLeaf(leaves, func(line []byte) error {
		l.note(int64(len(line)) + 1)
		stored = l.tree.add(tlog.RecordHash(line), stored)
		if l.tree.size == l.last.Size {
			agreed = l.tree.root() == l.last.Root
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !agreed {
		return fmt.Errorf("audit: %s does not agree with its checkpoint of size %d: it was changed or cut; run wuku audit verify", leaves.Name(), l.last.Size)
	}
	l.signed = l.last.Size
	return errors.Join(l.leaves.Truncate(l.bytes), l.restoreHashes(stored))
}

// note accounts for one line before its leaf joins the tree.
func (l *Log) note(length int64) {
	if l.tree.size%stride == 0 {
		l.offsets = append(l.offsets, l.bytes)
	}
	l.bytes += length
}

// restoreHashes writes the derived file anew. A crash may have left it behind, or with garbage at its end.
func (l *Log) restoreHashes(stored []tlog.Hash) error {
	if _, err := l.hashes.WriteAt(flat(stored), 0); err != nil {
		return fmt.Errorf("audit: hashes: %w", err)
	}
	return errors.Join(l.hashes.Truncate(int64(len(stored))*tlog.HashSize), l.hashes.Sync())
}

func flat(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

// eachLeaf calls f for every complete line of a leaves file, without its newline.
func eachLeaf(r io.Reader, f func(line []byte) error) error {
	in := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) { // a leaf of very many subjects
			long := slices.Clone(line)
			for errors.Is(err, bufio.ErrBufferFull) {
				line, err = in.ReadSlice('\n')
				long = append(long, line...)
			}
			line = long
		}
		switch {
		case err == io.EOF:
			return nil // what follows the last newline was never acknowledged
		case err != nil:
			return fmt.Errorf("audit: leaves: %w", err)
		}
		if err := f(line[:len(line)-1]); err != nil {
			return err
		}
	}
}

// Append adds leaves, one behind the other and with one sync, and returns the index of the last when all are on disk. On an error nothing
// may be served: they are not in the log, or it cannot be known. When ctx ends first they may still be written.
func (l *Log) Append(ctx context.Context, leaves ...Leaf) (int64, error) {
	lines := make([][]byte, len(leaves))
	for i, leaf := range leaves {
		var err error
		if lines[i], err = leaf.line(); err != nil {
			return 0, err
		}
	}
	l.mu.Lock()
	b := l.next
	place := len(b.lines)
	b.lines = append(b.lines, lines...)
	if len(b.lines) >= maxBatch {
		l.next = &batch{done: make(chan struct{})}
	}
	l.mu.Unlock()
	if place == 0 {
		l.commit(b)
	}
	select {
	case <-b.done:
		return b.first + int64(place+len(lines)-1), b.err
	case <-ctx.Done():
		return 0, fmt.Errorf("audit: %w", ctx.Err())
	}
}

// commit waits for the write before it, closes the batch to newcomers and writes it: while it waits, others join.
func (l *Log) commit(b *batch) {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	if l.next == b {
		l.next = &batch{done: make(chan struct{})}
	}
	b.err = l.broken
	l.mu.Unlock()
	if b.err == nil {
		b.first, b.err = l.write(b.lines)
	}
	close(b.done)
}

// write puts lines on disk. Only then do size, tree and derived hashes move on.
func (l *Log) write(lines [][]byte) (first int64, err error) {
	text := append(bytes.Join(lines, []byte{'\n'}), '\n')
	if _, err := l.leaves.WriteAt(text, l.bytes); err != nil {
		// Nothing is lost: the next batch is written over what arrived of this one.
		return 0, errors.Join(fmt.Errorf("audit: the log cannot be written, nothing is served until it can: %w", err), l.leaves.Truncate(l.bytes))
	}
	if err := l.leaves.Sync(); err != nil {
		err = fmt.Errorf("audit: the log cannot be synced, nothing is served until a restart: %w", err)
		l.mu.Lock()
		l.broken = err
		l.mu.Unlock()
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	first = l.tree.size
	at := tlog.StoredHashCount(first) * tlog.HashSize
	var stored []tlog.Hash
	for _, line := range lines {
		l.note(int64(len(line)) + 1)
		stored = l.tree.add(tlog.RecordHash(line), stored)
	}
	l.batches++
	if _, err := l.hashes.WriteAt(flat(stored), at); err != nil {
		l.broken = fmt.Errorf("audit: hashes cannot be written: free space and restart: %w", err)
		return first, l.broken
	}
	return first, nil
}

// Size is the number of leaves on disk, Batches the number of fsyncs that took since the log was opened.
func (l *Log) Size() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tree.size
}

// Batches is the number of fsyncs since the log was opened.
func (l *Log) Batches() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.batches
}

// Err says why the log takes no more leaves; nil while it does.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

// Checkpoint signs the log as it is and keeps the checkpoint. A log that has not grown gives its last one.
func (l *Log) Checkpoint(now time.Time) (Checkpoint, error) {
	l.writing.Lock() // no batch moves the tree meanwhile
	defer l.writing.Unlock()
	l.mu.Lock()
	size, root, signed, last, broken := l.tree.size, l.tree.root(), l.signed, l.last, l.broken
	l.mu.Unlock()
	if broken != nil {
		return Checkpoint{}, broken
	}
	if size == signed && last.Note != nil {
		return last, nil
	}
	c, err := sign(l.signer, size, root, now)
	if err != nil {
		return Checkpoint{}, err
	}
	line, err := json.Marshal(string(c.Note))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("audit: checkpoint: %w", err)
	}
	if err := l.keep(append(line, '\n')); err != nil {
		return Checkpoint{}, err
	}
	l.mu.Lock()
	l.signed, l.last = size, c
	l.mu.Unlock()
	return c, nil
}

// keep appends a line to the checkpoints and syncs it, the derived hashes before it.
func (l *Log) keep(line []byte) error {
	if err := l.hashes.Sync(); err != nil {
		return fmt.Errorf("audit: hashes: %w", err)
	}
	info, err := l.points.Stat()
	if err != nil {
		return fmt.Errorf("audit: checkpoints: %w", err)
	}
	if _, err := l.points.WriteAt(line, info.Size()); err != nil {
		return errors.Join(fmt.Errorf("audit: checkpoints: %w", err), l.points.Truncate(info.Size()))
	}
	if err := l.points.Sync(); err != nil {
		return fmt.Errorf("audit: checkpoints: %w", err)
	}
	return nil
}

// Run signs a checkpoint every ten seconds in which the log has grown, until ctx ends. A checkpoint that cannot be kept is not
// an error of Run: leaves are already safe, and the next turn tries again.
func (l *Log) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if _, err := l.Checkpoint(now); err != nil {
				failed(err)
			}
		}
	}
}

// Close signs a last checkpoint and closes the files. No Append may run or follow.
func (l *Log) Close() error {
	_, err := l.Checkpoint(time.Now())
	return errors.Join(err, l.close())
}

func (l *Log) close() error {
	return errors.Join(l.leaves.Close(), l.hashes.Close(), l.points.Close())
}
