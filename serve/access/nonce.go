package access

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
)

// Nonces remembers under which nonces calls were signed: each is good once, in all processes that share the tables. A nonce is noted
// before it is looked whether anybody else has noted it, so that of two processes that get one call at once neither takes it for the
// first. All methods may be called concurrently.
type Nonces struct {
	tables  Tables // nil: this process only
	process uuid.UUID
	turn    chan struct{} // held by the one that asks the engine

	mu    sync.Mutex
	seen  map[nonce]time.Time // until when it must be remembered
	swept time.Time
	next  *noncePage
}

// nonce stands for a key's id and a nonce.
type nonce = uuid.UUID

// noncePage is what callers note while the engine is asked. Whoever opens it asks.
type noncePage struct {
	noted []nonce
	at    time.Time
	done  chan struct{}
	again map[nonce]bool // noted elsewhere, too
	err   error
}

// sweepEvery is how often what need not be remembered any more is dropped.
const sweepEvery = time.Minute

// NewNonces returns an empty memory. tables may be nil.
func NewNonces(tables Tables) *Nonces {
	return &Nonces{tables: tables, process: uuid.New(), turn: make(chan struct{}, 1), seen: map[nonce]time.Time{}, next: &noncePage{done: make(chan struct{})}}
}

// First reports whether a key's nonce is used for the first time. It is remembered until then at least; whatever comes back, it is used.
func (n *Nonces) First(ctx context.Context, key, text string, now, until time.Time) (bool, error) {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint32(nil, uint32(len(key))), key+text...))
	id := nonce(sum[:16])
	page, open := n.note(id, now, until)
	if page == nil {
		return false, nil
	}
	if n.tables == nil {
		return true, nil
	}
	if open {
		go n.ask(context.WithoutCancel(ctx), page) // others wait for it too: one caller's end must not end it
	}
	select {
	case <-page.done:
		return page.err == nil && !page.again[id], page.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// note remembers a nonce here and puts it on the next page; nil for one that is known. open: the page is the caller's to ask.
func (n *Nonces) note(id nonce, now, until time.Time) (page *noncePage, open bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.swept) > sweepEvery {
		n.swept = now
		for one, until := range n.seen {
			if now.After(until) {
				delete(n.seen, one)
			}
		}
	}
	if _, known := n.seen[id]; known {
		return nil, false
	}
	n.seen[id] = until
	page = n.next
	open, page.at = len(page.noted) == 0, now
	page.noted = append(page.noted, id)
	return page, open
}

// askFor bounds how long a call waits for the engine.
const askFor = 5 * time.Second

// ask notes a page in the engine, then looks who else has noted something of it.
func (n *Nonces) ask(ctx context.Context, page *noncePage) {
	n.turn <- struct{}{}
	defer func() { <-n.turn }()
	n.mu.Lock()
	n.next = &noncePage{done: make(chan struct{})}
	n.mu.Unlock()
	defer close(page.done)
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	rows := make([][]any, len(page.noted))
	for i, id := range page.noted {
		rows[i] = []any{id, n.process, page.at}
	}
	if err := n.tables.Append(ctx, "query/serve_nonce_add", nil, rows); err != nil {
		page.err = errors.Join(ErrStale, err)
		return
	}
	page.again = map[nonce]bool{}
	err := n.tables.Query(ctx, "query/serve_nonce_again", nil, func(scan func(...any) error) error {
		var id nonce
		err := scan(&id)
		page.again[id] = true
		return err
	}, clickhouse.Named("ids", page.noted), clickhouse.Named("process", n.process))
	if err != nil {
		page.err = errors.Join(ErrStale, err)
	}
}
