package engine

import (
	"io"
	"strings"
	"sync"
)

// tail passes on what the child says and keeps the last of it for error messages. It may be written concurrently.
type tail struct {
	mu   sync.Mutex
	next io.Writer // may be nil
	kept []byte
}

const tailSize = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - tailSize; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	if t.next != nil {
		if _, err := t.next.Write(p); err != nil {
			t.next = nil // a broken log must not stop the server, which would get SIGPIPE
		}
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) == 0 {
		return "it said nothing"
	}
	return "it said: " + strings.TrimSpace(string(t.kept))
}
