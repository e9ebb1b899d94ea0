package serve

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/serve/access"
	"wuku/trust"
)

// copyEvery is how often the audit log's copy for queries is brought up to date.
const copyEvery = time.Second

// copyBatch is how many leaves go to the engine at once.
const copyBatch = 5000

// auditCopy carries leaves from the audit log to the table access.audit: for queries only, the log is the record. It follows behind
// and never delays an answer.
type auditCopy struct {
	log    *trust.Log
	name   string // of the log, in the table
	tables access.Tables

	mu   sync.Mutex // held by the one that carries
	next int64      // first leaf that the table does not have; -1: not known yet
}

// newAuditCopy returns nil where there is nothing to copy, or nowhere to.
func newAuditCopy(a Auditor, tables access.Tables) *auditCopy {
	log, ok := a.(*trust.Log)
	if !ok || tables == nil {
		return nil
	}
	var id [4]byte
	binary.BigEndian.PutUint32(id[:], log.Verifier().KeyHash())
	return &auditCopy{log: log, name: hex.EncodeToString(id[:]), tables: tables, next: -1}
}

// run carries until ctx ends.
func (c *auditCopy) run(ctx context.Context, logger *slog.Logger) {
	tick := time.NewTicker(copyEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := c.sync(ctx); err != nil && ctx.Err() == nil {
				logger.Error("audit copy", "error", cause(err))
			}
		}
	}
}

// sync brings the table up to the log's present size.
func (c *auditCopy) sync(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next < 0 {
		err := c.tables.Query(ctx, "query/serve_audit_next", nil, func(scan func(...any) error) error { return scan(&c.next) }, clickhouse.Named("log", c.name))
		if err != nil {
			return err
		}
	}
	for size := c.log.Size(); c.next < size; {
		entries, err := c.log.Leaves(c.next, copyBatch)
		if err != nil {
			return err
		}
		rows := make([][]any, len(entries))
		for i, e := range entries {
			rows[i] = c.row(e)
		}
		if err := c.tables.Append(ctx, "query/serve_audit_add", nil, rows); err != nil {
			return err
		}
		c.next += int64(len(entries))
	}
	return nil
}

func (c *auditCopy) row(e trust.Entry) []any {
	l := e.Leaf
	subjects := l.Subjects
	if l.Subject != "" {
		subjects = append([]string{l.Subject}, subjects...)
	}
	return []any{c.name, uint64(e.Index), l.Time, l.Caller, l.Client, l.Role, l.Operation, l.Grant, l.Case, l.Purpose, l.Library,
		append([]string{}, subjects...), append([]string{}, l.Columns...), uint32(l.Count), l.Decision, l.Reason, l.Digest}
}
