// Package read is the only way from the API to the base libraries: every method wants an access.Decision, and reads no more than
// it allows. Statements are templates of package sql (sql/query/serve_*.sql); names in them come from the catalogue, values
// from callers are bound parameters.
package read

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"golang.org/x/sync/errgroup"

	"wuku/entity"
	"wuku/serve/access"
)

// Source runs the one statement of a template and calls each for every row, with a function that scans the row. args are bound
// {name:Type} parameters. It is safe for concurrent use.
type Source interface {
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
}

// ErrNotFound is returned for an entity that is not there, whatever the reason.
var ErrNotFound = errors.New("no such entity")

// ErrHidden is an ErrNotFound of an entity that is there but outside the grant's area.
var ErrHidden = fmt.Errorf("%w in the grant's area", ErrNotFound)

// errDecision guards against a programming error: reading without a decision.
var errDecision = errors.New("read: the call was not decided")

// queryTimeout bounds one query for several callers.
const queryTimeout = 5 * time.Second

// Reads reads base libraries. It is safe for concurrent use.
type Reads struct {
	source  Source
	columns func(library string) []string

	mu     sync.Mutex
	points map[string]*pointReader // by library
}

// New returns a Reads. columns gives the order of a library's element columns in storage.
func New(source Source, columns func(library string) []string) *Reads {
	return &Reads{source: source, columns: columns, points: map[string]*pointReader{}}
}

// Value is one element of an entity as stored. A nil Text is no value.
type Value struct {
	Text    *string
	Source  uint32 // hash of the feed's name
	TimeMS  int64  // event time of the winning claim
	Doubted bool
}

// Record is an entity with the elements that a decision allows.
type Record struct {
	Entity  entity.ID
	Anchors []entity.ID // every id that it answers to
	Feeds   []string
	Update  time.Time
	Values  map[string]Value
}

// Entity reads the entity to which an anchor or an older id belongs now: at most two point reads by primary key. A caller that
// comes while others are being answered shares the next read with those that wait.
func (r *Reads) Entity(ctx context.Context, d access.Decision, id entity.ID) (*Record, error) {
	if !d.Valid() || d.Library() == "" {
		return nil, errDecision
	}
	found, err := r.reader(d.Library()).get(ctx, id, wanted(d))
	if err != nil {
		return nil, err
	}
	return allowed(d, found)
}

// wanted are the elements to read: those of the decision and the one that tells whether the entity is in its area.
func wanted(d access.Decision) []string {
	element, prefixes := d.Area()
	if len(prefixes) == 0 || element == "" || slices.Contains(d.Fields(), element) {
		return d.Fields()
	}
	return append(slices.Clone(d.Fields()), element)
}

// allowed is a found row as far as a decision lets it be seen.
func allowed(d access.Decision, found *row) (*Record, error) {
	if found == nil {
		return nil, ErrNotFound
	}
	element, _ := d.Area()
	division := ""
	if v := found.values[element].Text; v != nil {
		division = *v
	}
	if !d.Within(division) {
		return nil, ErrHidden
	}
	record := &Record{Entity: found.entity, Anchors: found.anchors, Feeds: found.feeds, Update: found.updated, Values: make(map[string]Value, len(d.Fields()))}
	for _, f := range d.Fields() {
		record.Values[f] = found.values[f]
	}
	return record, nil
}

func (r *Reads) reader(library string) *pointReader {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.points[library]
	if p == nil {
		p = &pointReader{source: r.source, library: library, columns: func() []string { return r.columns(library) }, next: newBatch(), slots: make(chan struct{}, 2)}
		r.points[library] = p
	}
	return p
}

// row is one base row: an entity's, or a tombstone.
type row struct {
	anchor, entity entity.ID
	live           bool
	anchors        []entity.ID
	feeds          []string
	updated        time.Time
	values         map[string]Value
}

// pointReader reads one library by anchor, many callers with one query.
type pointReader struct {
	source  Source
	library string
	columns func() []string
	slots   chan struct{} // queries that may run at once

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

// get returns the live row to which id belongs, or nil.
func (p *pointReader) get(ctx context.Context, id entity.ID, fields []string) (*row, error) {
	p.mu.Lock()
	b := p.next
	first := len(b.ids) == 0
	b.ids[id] = true
	for _, f := range fields {
		b.fields[f] = true
	}
	p.mu.Unlock()
	if first {
		go p.run(context.WithoutCancel(ctx), b) // others wait for it too: one caller's end must not end it
	}
	select {
	case <-b.done:
		return b.rows[id], b.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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

// read answers a batch: rows at the anchors, then those of the entities that tombstones name.
func (p *pointReader) read(ctx context.Context, b *batch) (map[entity.ID]*row, error) {
	ids := make([]entity.ID, 0, len(b.ids))
	for id := range b.ids {
		ids = append(ids, id)
	}
	rows, doubts, err := p.round(ctx, ids, b.fields)
	if err != nil {
		return nil, err
	}
	var more []entity.ID // entities behind tombstones, and further anchors whose doubts count
	for _, r := range rows {
		if !r.live && r.entity != r.anchor && rows[r.entity] == nil {
			more = append(more, r.entity)
		}
		more = append(more, without(r.anchors, b.ids)...)
	}
	if len(more) > 0 {
		behind, theirs, err := p.round(ctx, more, b.fields)
		if err != nil {
			return nil, err
		}
		var rest []entity.ID
		for id, r := range behind {
			if rows[id] == nil {
				rows[id] = r
			}
			rest = append(rest, without(r.anchors, b.ids)...)
		}
		rest = slices.DeleteFunc(rest, func(id entity.ID) bool { return slices.Contains(more, id) })
		if err := errors.Join(err, p.doubts(ctx, rest, theirs)); err != nil {
			return nil, err
		}
		for id, elements := range theirs {
			doubts[id] = append(doubts[id], elements...)
		}
	}
	return settle(ids, rows, doubts), nil
}

// without lists the anchors that are not in a set.
func without(anchors []entity.ID, known map[entity.ID]bool) []entity.ID {
	return slices.DeleteFunc(slices.Clone(anchors), func(id entity.ID) bool { return known[id] })
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

// column is one element in a statement: its name and its place in sources and times, from 1.
type column struct {
	Name  string
	Place int
}

// round reads rows and open doubts at anchors, both at once.
func (p *pointReader) round(ctx context.Context, anchors []entity.ID, fields map[string]bool) (map[entity.ID]*row, map[entity.ID][]string, error) {
	var columns []column
	for i, name := range p.columns() {
		if fields[name] {
			columns = append(columns, column{Name: name, Place: i + 1})
		}
	}
	rows, doubts := map[entity.ID]*row{}, map[entity.ID][]string{}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.doubts(ctx, anchors, doubts) })
	group.Go(func() error { return p.rows(ctx, anchors, columns, rows) })
	return rows, doubts, group.Wait()
}

func (p *pointReader) rows(ctx context.Context, anchors []entity.ID, columns []column, into map[entity.ID]*row) error {
	data := map[string]any{"Library": p.library, "Columns": columns}
	return p.source.Query(ctx, "query/serve_row", data, func(scan func(...any) error) error {
		r := &row{values: make(map[string]Value, len(columns))}
		var live uint8
		var values []*string
		var sources []uint32
		var times []int64
		if err := scan(&r.anchor, &r.entity, &live, &r.anchors, &r.feeds, &r.updated, &values, &sources, &times); err != nil {
			return err
		}
		if len(values) != len(columns) || len(sources) != len(columns) || len(times) != len(columns) {
			return fmt.Errorf("%d values, %d sources and %d times for %d columns", len(values), len(sources), len(times), len(columns))
		}
		r.live = live == 1
		for i, c := range columns {
			r.values[c.Name] = Value{Text: values[i], Source: sources[i], TimeMS: times[i]}
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
		var elements []string
		if err := scan(&anchor, &elements); err != nil {
			return err
		}
		into[anchor] = append(into[anchor], elements...)
		return nil
	}, clickhouse.Named("library", p.library), clickhouse.Named("anchors", anchors))
}
