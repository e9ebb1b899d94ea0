package serve

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// TestOpenReads: so many questions without a key are before the engine and no more; who waits too long gives up, and a place that was
// left is taken again.
func TestOpenReads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := make(openReads, 2)
		_, leave, err := o.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		within, second, err := o.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if _, _, err := o.enter(t.Context()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != openFor {
			t.Errorf("a third: %v after %s", err, time.Since(begun))
		}
		<-within.Done() // a question takes as long and no longer
		leave()
		_, third, err := o.enter(t.Context())
		if err != nil {
			t.Fatal("the place that was left:", err)
		}
		second()
		third()
		if len(o) != 0 {
			t.Errorf("%d places are lost", len(o))
		}
	})
}

// connection notes the deadline that is set.
type connection struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (c *connection) SetWriteDeadline(t time.Time) error { c.until = t; return nil }

// TestSlowReaders: the answer of a caller without a key must be fetched in time; the deadline does not outlive the request for the next
// caller with a key on the connection.
func TestSlowReaders(t *testing.T) {
	t.Parallel()
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	if slowReaders(c, false); time.Until(c.until) <= 0 || time.Until(c.until) > fetchedFor {
		t.Errorf("without a key: until %s", c.until)
	}
	if slowReaders(c, true); !c.until.IsZero() {
		t.Errorf("with a key: until %s", c.until)
	}
}

// TestCacheEnds: figures of ever other years are not kept without end.
func TestCacheEnds(t *testing.T) {
	t.Parallel()
	var c cache
	for i := range 3 * mostKept {
		if _, err := cached(t.Context(), &c, time.Duration(i).String(), time.Now(), time.Hour, func(context.Context) (int, error) { return i, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.entries) > mostKept {
		t.Errorf("%d are kept", len(c.entries))
	}
}
