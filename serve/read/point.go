package read

import (
	"context"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"wuku/entity"
)

// row is one base row: an entity's, or a tombstone.
type row struct {
	anchor, entity entity.ID
	version        uint64 // the newest counts
	live           bool
	anchors        []entity.ID
	feeds          []string
	updated        time.Time
	values         map[string]Value
}

// fewIDs is how many anchors one thread of the engine reads; for more it may take two.
const fewIDs = 300

// pointReader reads one library by anchor, many callers with one query. A lean one reads no sources, times, anchors and doubts: for
// verification.
type pointReader struct {
	source  Source
	library string
	lean    bool
	columns func() []string
	slots   chan struct{} // queries that may run at once
	broad   chan struct{} // those of many anchors

	mu   sync.Mutex
	next *batch
}

// batch is what callers want while a query runs. Whoever opens it runs it.
type batch struct {
	ids    map[entity.ID]bool
	fields map[string]bool
	done   chan struct{}
	rows   map[entity.ID]*row // by the id asked for
	err    error
}

func newBatch() *batch {
	return &batch{ids: map[entity.ID]bool{}, fields: map[string]bool{}, done: make(chan struct{})}
}

// get returns the live rows to which ids belong; an id without one is absent.
func (p *pointReader) get(ctx context.Context, ids []entity.ID, fields []string) (map[entity.ID]*row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if len(ids) > fewIDs {
		return p.wide(ctx, ids, fields)
	}
	p.mu.Lock()
	b := p.next
	first := len(b.ids) == 0
	for _, id := range ids {
		b.ids[id] = true
	}
	for _, f := range fields {
		b.fields[f] = true
	}
	p.mu.Unlock()
	if first {
		go p.run(context.WithoutCancel(ctx), b) // others wait for it too: one caller's end must not end it
	}
	select {
	case <-b.done:
		return b.rows, b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// wide reads many for one caller, who shares with nobody: others would wait for all of it.
func (p *pointReader) wide(ctx context.Context, ids []entity.ID, fields []string) (map[entity.ID]*row, error) {
	b := newBatch()
	for _, id := range ids {
		b.ids[id] = true
	}
	for _, f := range fields {
		b.fields[f] = true
	}
	select {
	case p.broad <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-p.broad }()
	ctx, cancel := context.WithTimeout(ctx, 4*queryTimeout)
	defer cancel()
	return p.read(ctx, b)
}

func (p *pointReader) run(ctx context.Context, b *batch) {
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	p.mu.Lock()
	p.next = newBatch()
	p.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	b.rows, b.err = p.read(ctx, b)
	close(b.done)
}

// read answers a batch: rows and doubts at the anchors, then the rows of entities that tombstones name, then the doubts at the
// further anchors of what was found.
func (p *pointReader) read(ctx context.Context, b *batch) (map[entity.ID]*row, error) {
	ids := make([]entity.ID, 0, len(b.ids))
	for id := range b.ids {
		ids = append(ids, id)
	}
	ctx = p.threads(ctx, len(ids))
	rows, doubts, err := p.round(ctx, ids, b.fields)
	if err != nil {
		return nil, err
	}
	asked := map[entity.ID]bool{}
	var behind []entity.ID
	for _, r := range rows {
		if !r.live && r.entity != r.anchor && rows[r.entity] == nil && !asked[r.entity] {
			asked[r.entity] = true
			behind = append(behind, r.entity)
		}
	}
	if err := p.rows(ctx, behind, p.chosen(b.fields), rows); err != nil {
		return nil, err
	}
	if p.lean {
		return settle(ids, rows, nil), nil
	}
	seen := map[entity.ID]bool{}
	var further []entity.ID
	for _, r := range rows {
		for _, anchor := range r.anchors {
			if r.live && !b.ids[anchor] && !seen[anchor] {
				seen[anchor] = true
				further = append(further, anchor)
			}
		}
	}
	err = p.doubts(ctx, further, doubts)
	return settle(ids, rows, doubts), err
}

// threads says how many of the engine's threads a read of n anchors may take: one for few, since starting others costs more.
func (p *pointReader) threads(ctx context.Context, n int) context.Context {
	threads := 1
	if n > fewIDs {
		threads = 2
	}
	return clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"max_threads": threads}))
}

// settle gives every id its live row, with doubts marked.
func settle(ids []entity.ID, rows map[entity.ID]*row, doubts map[entity.ID][]string) map[entity.ID]*row {
	out := make(map[entity.ID]*row, len(ids))
	for _, id := range ids {
		r := rows[id]
		if r != nil && !r.live && r.entity != r.anchor {
			r = rows[r.entity]
		}
		if r == nil || !r.live {
			continue
		}
		for _, a := range r.anchors {
			for _, element := range doubts[a] {
				if v, ok := r.values[element]; ok && v.Text != nil {
					v.Doubted = true
					r.values[element] = v
				}
			}
		}
		out[id] = r
	}
	return out
}

// chosen are the wanted elements by their numbers in storage.
func (p *pointReader) chosen(fields map[string]bool) map[uint16]string {
	names := make(map[uint16]string, len(fields))
	for i, name := range p.columns() {
		if fields[name] {
			names[uint16(i+1)] = name
		}
	}
	return names
}

// round reads rows and open doubts at anchors, both at once.
func (p *pointReader) round(ctx context.Context, anchors []entity.ID, fields map[string]bool) (map[entity.ID]*row, map[entity.ID][]string, error) {
	names := p.chosen(fields)
	rows, doubts := map[entity.ID]*row{}, map[entity.ID][]string{}
	group, ctx := errgroup.WithContext(ctx)
	if !p.lean {
		group.Go(func() error { return p.doubts(ctx, anchors, doubts) })
	}
	group.Go(func() error { return p.rows(ctx, anchors, names, rows) })
	return rows, doubts, group.Wait()
}

// rows reads rows as they are stored and keeps the wanted elements: to pick them costs the engine more than to send the row.
func (p *pointReader) rows(ctx context.Context, anchors []entity.ID, names map[uint16]string, into map[entity.ID]*row) error {
	if len(anchors) == 0 {
		return nil
	}
	data := map[string]any{"Library": p.library, "Lean": p.lean}
	return p.source.Query(ctx, "query/serve_row", data, func(scan func(...any) error) error {
		r := &row{values: make(map[string]Value, len(names))}
		var live uint8
		var numbers []uint16
		var texts []string
		var sources []uint32
		var times []int64
		dest := []any{&r.anchor, &r.entity, &live, &r.version, &numbers, &texts}
		if !p.lean {
			dest = append(dest, &r.anchors, &r.feeds, &r.updated, &sources, &times)
		}
		if err := scan(dest...); err != nil {
			return err
		}
		if there := into[r.anchor]; there != nil && there.version > r.version {
			return nil
		}
		r.live = live == 1
		for _, name := range names {
			r.values[name] = Value{}
		}
		for i, n := range numbers {
			name, wanted := names[n]
			if !wanted || texts[i] == "" {
				continue
			}
			v := Value{Text: &texts[i]}
			if !p.lean {
				v.Source, v.TimeMS = sources[i], times[i]
			}
			r.values[name] = v
		}
		into[r.anchor] = r
		return nil
	}, clickhouse.Named("anchors", anchors))
}

func (p *pointReader) doubts(ctx context.Context, anchors []entity.ID, into map[entity.ID][]string) error {
	if len(anchors) == 0 {
		return nil
	}
	return p.source.Query(ctx, "query/serve_doubts", nil, func(scan func(...any) error) error {
		var anchor entity.ID
		var element string
		if err := scan(&anchor, &element); err != nil {
			return err
		}
		into[anchor] = append(into[anchor], element)
		return nil
	}, clickhouse.Named("library", p.library), clickhouse.Named("anchors", anchors))
}
