package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"wuku/trust"
)

// AuditRun is one measurement of Audit. Times are seconds.
type AuditRun struct {
	Leaves  int     `json:"leaves"`
	Written float64 `json:"written"`  // all leaves, 64 at once
	Verify  float64 `json:"verify"`   // the log as it was written
	Altered int64   `json:"altered"`  // the leaf of which one byte was changed
	Found   int64   `json:"found"`    // the leaf that the verifier names
	FoundIn float64 `json:"found_in"` // how long that took
}

// Audit writes an audit log, verifies it, changes one byte in its middle and verifies it again.
func Audit(ctx context.Context, leaves int, dir string) (run *AuditRun, err error) {
	place := Config{Dir: dir}
	at, remove, err := place.place()
	if err != nil {
		return nil, err
	}
	defer remove()
	run = &AuditRun{Leaves: leaves}
	start := time.Now()
	if err := writeLeaves(ctx, at, leaves); err != nil {
		return nil, err
	}
	run.Written = time.Since(start).Seconds()
	start = time.Now()
	r, err := trust.Verify(at, trust.VerifyOptions{})
	if err != nil || r.Bad != nil || r.Leaves != int64(leaves) {
		return nil, errors.Join(fmt.Errorf("the untouched log is not whole: %+v", r), err)
	}
	run.Verify = time.Since(start).Seconds()
	if run.Altered, err = alter(filepath.Join(at, "audit", "leaves")); err != nil {
		return nil, err
	}
	start = time.Now()
	if r, err = trust.Verify(at, trust.VerifyOptions{}); err != nil || r.Bad == nil {
		return nil, errors.Join(errors.New("a changed byte is not found"), err)
	}
	run.Found, run.FoundIn = r.Bad.Leaf, time.Since(start).Seconds()
	if run.Found != run.Altered {
		return nil, fmt.Errorf("leaf %d was changed and leaf %d is named", run.Altered, run.Found)
	}
	return run, nil
}

// writeLeaves makes a log of so many answers.
func writeLeaves(ctx context.Context, dir string, leaves int) (err error) {
	log, err := trust.OpenLog(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	group, inner := errgroup.WithContext(ctx)
	const writers = 64
	for w := range writers {
		group.Go(func() error {
			for i := w; i < leaves; i += writers {
				_, err := log.Append(inner, trust.Leaf{Time: time.Now(), Caller: "bench", Client: "bench", Operation: "lookup", Grant: "g", Purpose: servePurpose, Library: "person",
					Subject: strconv.Itoa(i), Columns: []string{"name", "birth_date"}, Count: 1, Decision: trust.Allowed})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// alter changes one byte of a value in the middle of the log, so that the line is still a leaf, and says in which leaf.
func alter(path string) (leaf int64, err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	text, err := io.ReadAll(f)
	if err != nil {
		return 0, err
	}
	for i, b := range text {
		switch {
		case b == '\n':
			leaf++
		case i > len(text)/2 && b == 'b': // of "bench" or "birth_date"
			_, err := f.WriteAt([]byte{'c'}, int64(i))
			return leaf, err
		}
	}
	return 0, errors.New("the log is too short to change something in its middle")
}

// Print writes the figures for people.
func (r *AuditRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d leaves written in %.1f s, verified in %.1f s; a byte of leaf %d changed: leaf %d named in %.1f s\n", r.Leaves, r.Written, r.Verify, r.Altered, r.Found, r.FoundIn)
}
