package serve

import (
	"context"
	"encoding/json/v2"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"wuku/matter"
)

// caseEvent makes a sealed event of a case.
func (s *Server) caseEvent(x *exchange, c *matter.Case, kind string, content any) (matter.Event, error) {
	text, err := json.Marshal(content, json.Deterministic(true))
	if err != nil {
		return matter.Event{}, err
	}
	e := matter.Event{ID: newCaseID("e"), At: s.cfg.Now().UTC().Truncate(time.Microsecond), Kind: kind, Case: c.ID, Matter: c.Matter, Division: c.Division,
		Department: x.caller.Department, Actor: x.caller.ID, Client: x.caller.Client, Role: x.caller.Role, Content: string(text)}
	e.MAC = s.sealOf(&e)
	return e, nil
}

func newCaseID(prefix string) string {
	return prefix + strings.ReplaceAll(uuid.NewString(), "-", "")[:16]
}

func (s *Server) sealOf(e *matter.Event) string {
	return s.salts.Seal("case", e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Kind, e.Case, e.Matter, e.Division, e.Department, e.Actor, e.Client, e.Role, e.Content)
}

// keepEvents adds events and returns when the engine has them.
func (s *Server) keepEvents(ctx context.Context, events ...matter.Event) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{e.ID, e.At, e.Kind, e.Case, e.Matter, e.Division, e.Department, e.Actor, e.Client, e.Role, e.Content, e.MAC}
	}
	return s.cfg.Tables.Append(ctx, "query/matter_event_add", nil, rows)
}

// eventsOf reads events by a statement and keeps those whose seal is right, by case. A repeated row is one event.
func (s *Server) eventsOf(ctx context.Context, statement string, args ...any) (map[string][]matter.Event, error) {
	cases, seen := map[string][]matter.Event{}, map[string]bool{}
	err := s.cfg.Tables.Query(ctx, statement, nil, func(scan func(...any) error) error {
		var e matter.Event
		if err := scan(&e.ID, &e.At, &e.Kind, &e.Case, &e.Matter, &e.Division, &e.Department, &e.Actor, &e.Client, &e.Role, &e.Content, &e.MAC); err != nil {
			return err
		}
		e.At = e.At.UTC()
		if s.sealOf(&e) == e.MAC && !seen[e.ID] {
			seen[e.ID] = true
			cases[e.Case] = append(cases[e.Case], e)
		}
		return nil
	}, args...)
	return cases, err
}

// oneCase reads a case; nil where there is none.
func (s *Server) oneCase(ctx context.Context, id string) (*matter.Case, []matter.Event, error) {
	cases, err := s.eventsOf(ctx, "query/matter_events", clickhouse.Named("case", id))
	if err != nil || len(cases[id]) == 0 {
		return nil, nil, err
	}
	return matter.Fold(cases[id]), cases[id], nil
}
