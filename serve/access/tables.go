package access

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Tables runs the statements of package sql; *store.Store is one. Append adds rows by an INSERT template and returns when the engine
// has them.
type Tables interface {
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
	Append(ctx context.Context, statement string, data any, rows [][]any) error
}

// OnTables is the Store in the engine: the table access.event.
func OnTables(t Tables) Store { return tableStore{t} }

type tableStore struct{ tables Tables }

// Events reads all events.
func (s tableStore) Events(ctx context.Context) ([]Event, error) {
	return s.Since(ctx, time.Unix(0, 0))
}

// Since reads the events that were stamped then or later.
func (s tableStore) Since(ctx context.Context, at time.Time) (events []Event, err error) {
	err = s.tables.Query(ctx, "query/serve_access_events", nil, func(scan func(...any) error) error {
		var e Event
		err := scan(&e.ID, &e.At, &e.Kind, &e.Subject, &e.Actor, &e.Client, &e.Content, &e.MAC)
		events = append(events, e)
		return err
	}, clickhouse.Named("since", max(at.UnixMicro(), 0)))
	return events, err
}

// Count counts the events. A merge of repeated rows changes it too: one more reading of all, no more.
func (s tableStore) Count(ctx context.Context) (n uint64, err error) {
	err = s.tables.Query(ctx, "query/serve_access_count", nil, func(scan func(...any) error) error { return scan(&n) })
	return n, err
}

// Append inserts events.
func (s tableStore) Append(ctx context.Context, events ...Event) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{e.ID, e.At, e.Kind, e.Subject, e.Actor, e.Client, e.Content, e.MAC}
	}
	return s.tables.Append(ctx, "query/serve_access_add", nil, rows)
}
