package trust

import (
	"bufio"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// VerifyOptions brings in what the log's own directory cannot vouch for.
type VerifyOptions struct {
	// Verifier is the public key as a note verifier text, kept elsewhere; "" takes the one in the directory.
	Verifier string
	// Checkpoints are signed notes kept elsewhere: a rewritten log does not agree with them.
	Checkpoints [][]byte
}

// Report is what Verify found. The log is good when Bad is nil.
type Report struct {
	Leaves      int64  `json:"leaves"`
	Checkpoints int    `json:"checkpoints"`
	Root        string `json:"root"`
	Bad         *Bad   `json:"bad,omitempty"`
}

// Bad names the first leaf that is not as it was written. Leaf and Last differ when only a checkpoint shows the change: then it
// lies somewhere between them.
type Bad struct {
	Leaf   int64  `json:"leaf"`
	Last   int64  `json:"last"`
	Reason string `json:"reason"`
}

// Verify recomputes the audit log in dir/audit and compares it with the stored hashes and every signed checkpoint. It needs no
// private key and changes nothing. An error means that the log could not be read or that a checkpoint's signature is wrong.
func Verify(dir string, o VerifyOptions) (Report, error) {
	points, err := checkpointsOf(dir, o)
	if err != nil {
		return Report{}, err
	}
	leaves, err := os.Open(filepath.Join(dir, "audit", "leaves"))
	if err != nil {
		return Report{}, fmt.Errorf("audit: %w", err)
	}
	defer leaves.Close()
	hashes, err := os.Open(filepath.Join(dir, "audit", "hashes"))
	if err != nil {
		return Report{}, fmt.Errorf("audit: %w", err)
	}
	defer hashes.Close()
	a := &audit{points: points, stored: bufio.NewReaderSize(hashes, 1<<20)}
	if err := a.check(); err != nil { // a checkpoint of an empty log
		return a.report(), nil
	}
	if err := eachLeaf(leaves, a.leaf); err != nil && !errors.Is(err, errBad) {
		return Report{}, err
	}
	if a.bad == nil {
		a.ending()
	}
	return a.report(), nil
}

var errBad = errors.New("audit: a bad leaf was found")

// audit is one pass over the leaves.
type audit struct {
	points []Checkpoint // by size
	passed int          // how many of them agreed
	good   int64        // size of the last that agreed
	tree   tree
	stored *bufio.Reader
	behind bool // the derived file has ended, as after a crash
	bad    *Bad
	buf    []tlog.Hash
}

func (a *audit) leaf(line []byte) error {
	index := a.tree.size
	a.buf = a.tree.add(tlog.RecordHash(line), a.buf[:0])
	for i, h := range a.buf {
		var kept tlog.Hash
		if !a.behind {
			_, err := io.ReadFull(a.stored, kept[:])
			a.behind = err != nil
		}
		switch {
		case a.behind || kept == h:
		case i == 0:
			return a.fail(index, index, "the leaf does not have the hash that was stored when it was written: it was edited, moved, added or removed")
		default:
			return a.fail(a.good, index, "a stored hash over several leaves was changed")
		}
	}
	return a.check()
}

// check compares the tree with the checkpoints of its size.
func (a *audit) check() error {
	for ; a.passed < len(a.points) && a.points[a.passed].Size == a.tree.size; a.passed++ {
		if a.points[a.passed].Root != a.tree.root() {
			return a.fail(a.good, max(a.tree.size-1, 0), fmt.Sprintf("the tree does not have the root of the signed checkpoint of size %d: a leaf and its stored hashes were changed together", a.tree.size))
		}
		a.good = a.tree.size
	}
	return nil
}

func (a *audit) fail(first, last int64, reason string) error {
	a.bad = &Bad{Leaf: first, Last: last, Reason: reason}
	return errBad
}

// ending looks for what was cut off: checkpoints or hashes of leaves that are not there.
func (a *audit) ending() {
	size := a.tree.size
	switch _, err := a.stored.Peek(1); {
	case a.passed < len(a.points):
		_ = a.fail(size, a.points[len(a.points)-1].Size-1, fmt.Sprintf("the leaf is missing: a signed checkpoint counts %d leaves", a.points[len(a.points)-1].Size))
	case err == nil:
		_ = a.fail(size, size, "the leaf is missing: its hash is stored")
	}
}

func (a *audit) report() Report {
	return Report{Leaves: a.tree.size, Checkpoints: a.passed, Root: a.tree.root().String(), Bad: a.bad}
}

// checkpointsOf collects the log's own checkpoints and those kept elsewhere, by size.
func checkpointsOf(dir string, o VerifyOptions) ([]Checkpoint, error) {
	verifier, err := readVerifier(dir)
	if o.Verifier != "" {
		verifier, err = note.NewVerifier(o.Verifier)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, "audit", "checkpoints"))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	defer f.Close()
	points, _, err := readCheckpoints(f, verifier)
	if err != nil {
		return nil, err
	}
	for i, text := range o.Checkpoints {
		c, err := ParseCheckpoint(text, verifier)
		if err != nil {
			return nil, fmt.Errorf("checkpoint %d of those kept elsewhere: %w", i+1, err)
		}
		points = append(points, c)
	}
	slices.SortStableFunc(points, func(a, b Checkpoint) int { return int(min(max(a.Size-b.Size, -1), 1)) })
	return points, nil
}

// readCheckpoints reads every complete line and returns where the last one ends.
func readCheckpoints(f io.Reader, verifier note.Verifier) (points []Checkpoint, end int64, err error) {
	in := bufio.NewReader(f)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return points, end, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("audit: checkpoints: %w", err)
		}
		var signed string
		if err := json.Unmarshal(line, &signed); err != nil {
			return nil, 0, fmt.Errorf("audit: line %d of checkpoints is not as it was written", len(points)+1)
		}
		c, err := ParseCheckpoint([]byte(signed), verifier)
		if err != nil {
			return nil, 0, fmt.Errorf("audit: line %d of checkpoints: %w", len(points)+1, err)
		}
		points, end = append(points, c), end+int64(len(line))
	}
}
