package read

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/entity"
	"wuku/serve/access"
)

// Event is one numbered change of a library.
type Event struct {
	Seq      uint64
	Entity   entity.ID
	Kind     string // created, updated, removed, merged or split
	Elements []string
	Other    entity.ID // merged: into which; split: from which; else zero
	At       time.Time
}

// Changes returns up to limit events after a sequence number, of finished cycles only, and the number of the last one there is.
func (r *Reads) Changes(ctx context.Context, d access.Decision, after uint64, limit int) (events []Event, head uint64, err error) {
	if !d.Valid() || d.Operation() != access.Changes {
		return nil, 0, errDecision
	}
	err = r.source.Query(ctx, "query/serve_head", nil, func(scan func(...any) error) error { return scan(&head) }, clickhouse.Named("library", d.Library()))
	if err != nil || after >= head {
		return nil, head, err
	}
	err = r.source.Query(ctx, "query/serve_changes", nil, func(scan func(...any) error) error {
		var e Event
		if err := scan(&e.Seq, &e.Entity, &e.Kind, &e.Elements, &e.Other, &e.At); err != nil {
			return err
		}
		events = append(events, e)
		return nil
	}, clickhouse.Named("library", d.Library()), clickhouse.Named("after", after), clickhouse.Named("head", head), clickhouse.Named("limit", uint64(limit)))
	return events, head, err
}

// Cell is one cell of an open statistic: a value for each dimension (nil: not known) and a rounded count.
type Cell struct {
	Key   []*string `json:"key"`
	Count uint64    `json:"count"`
}

// maxCells bounds a statistic.
const maxCells = 10_000

// Statistics reads the open cube of a library: counts by dimensions, which cube tells to be the library's own cube (open.* is
// suppressed already) or rows of open.* to count.
func (r *Reads) Statistics(ctx context.Context, d access.Decision, dimensions []string, cube bool) ([]Cell, error) {
	if !d.Valid() || d.Operation() != access.Statistics {
		return nil, errDecision
	}
	var cells []Cell
	data := map[string]any{"Library": d.Library(), "Dimensions": dimensions, "Cube": cube}
	err := r.source.Query(ctx, "query/serve_statistics", data, func(scan func(...any) error) error {
		var c Cell
		if err := scan(&c.Key, &c.Count); err != nil {
			return err
		}
		cells = append(cells, c)
		return nil
	}, clickhouse.Named("limit", uint64(maxCells)))
	return cells, err
}

// Total is what the overview tells of one library.
type Total struct {
	Entities uint64
	Updated  time.Time // end of the last finished cycle; zero before the first
	Head     uint64    // number of the last event
}

// Total counts the live entities of a library.
func (r *Reads) Total(ctx context.Context, d access.Decision) (t Total, err error) {
	if !d.Valid() || d.Operation() != access.Overview {
		return t, errDecision
	}
	err = r.source.Query(ctx, "query/serve_total", map[string]any{"Library": d.Library()}, func(scan func(...any) error) error {
		return scan(&t.Entities, &t.Updated, &t.Head)
	}, clickhouse.Named("library", d.Library()))
	if t.Updated.Unix() <= 0 {
		t.Updated = time.Time{}
	}
	return t, err
}
