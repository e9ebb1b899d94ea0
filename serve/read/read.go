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

// slots is how many shared queries of a library run at once. With one, who comes meanwhile shares the next: a query for ten costs
// the engine little more than one for one.
const slots = 1

// Reads reads base libraries. It is safe for concurrent use.
type Reads struct {
	source  Source
	columns func(library string) []string

	mu      sync.Mutex
	readers map[pointKey]*pointReader
}

// New returns a Reads. columns gives the order of a library's element columns in storage.
func New(source Source, columns func(library string) []string) *Reads {
	return &Reads{source: source, columns: columns, readers: map[pointKey]*pointReader{}}
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
	found, err := r.reader(d).get(ctx, []entity.ID{id}, wanted(d))
	if err != nil {
		return nil, err
	}
	return allowed(d, found[id])
}

// Entities reads several at once. What is not there, or may not be seen, is absent; hidden counts what is there but outside the
// grant's area.
func (r *Reads) Entities(ctx context.Context, d access.Decision, ids []entity.ID) (records map[entity.ID]*Record, hidden int, err error) {
	if !d.Valid() || d.Library() == "" {
		return nil, 0, errDecision
	}
	found, err := r.reader(d).get(ctx, ids, wanted(d))
	if err != nil {
		return nil, 0, err
	}
	records = make(map[entity.ID]*Record, len(ids))
	for _, id := range ids {
		switch one, err := allowed(d, found[id]); {
		case err == nil:
			records[id] = one
		case errors.Is(err, ErrHidden):
			hidden++
		}
	}
	return records, hidden, nil
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

// pointKey tells readers apart.
type pointKey struct {
	library string
	lean    bool
}

// reader is the one for a decision: a lean one where only values are compared.
func (r *Reads) reader(d access.Decision) *pointReader {
	return r.points(pointKey{d.Library(), d.Operation() == access.Check && !d.OwnFeeds()})
}

func (r *Reads) points(key pointKey) *pointReader {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.readers[key]
	if p == nil {
		p = &pointReader{source: r.source, library: key.library, lean: key.lean, columns: func() []string { return r.columns(key.library) }, next: newBatch(), slots: make(chan struct{}, slots), broad: make(chan struct{}, 2)}
		r.readers[key] = p
	}
	return p
}
