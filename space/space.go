package space

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"wuku/catalog"
)

// Store runs the statements of package sql. Its methods may be called concurrently.
type Store interface {
	// Exec runs every statement of a template in order.
	Exec(ctx context.Context, statement string, data any) error
	// Query runs one statement and calls each for every row with a function that scans it. args are bound {name:Type} parameters.
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
	// Define runs a template that makes tables.
	Define(ctx context.Context, statement string, data any) error
}

// Limits of what an answer may show.
const (
	Least    = 10  // of people, households or employers in a group, and in a cell
	Rounding = 5   // to which figures are rounded
	Apart    = 5   // cells, of the coarser of the two, by which two shapes of one caller differ at least
	Budget   = 200 // points a caller has for a day; an answer costs one, and one more for every 1,000 cells
	MaxCells = 20_000
)

// leastConfidence is from which confidence on a location counts: the street.
const leastConfidence = 50

// Errors that callers can mend.
var (
	ErrBuilding = errors.New("the places have not been worked out yet")
	ErrBudget   = errors.New("today's budget is spent")
	ErrClose    = errors.New("the shape differs too little from an earlier one")
	ErrTooLarge = errors.New("the shape has too many cells")
	ErrTooSmall = errors.New("no cell of the shape may be shown")
	ErrQuestion = errors.New("the question cannot be answered")
)

// Version is one state of the tables.
type Version struct {
	ID       uint64            // when its making began, in milliseconds since 1970
	Heads    map[string]uint64 // library -> last event that it knows of
	Counts   map[string]uint64 // person, organisation, place, located
	Finished time.Time
	held     map[string]*heldLayer // kind -> its places in memory
}

// Space answers questions about places.
type Space struct {
	store   Store
	catalog func() *catalog.Catalog
	current atomic.Pointer[Version]
	kept    atomic.Pointer[keptCollections]
	turns   sync.Map // caller -> chan struct{}; as many as there are clients
	now     func() time.Time
	held    int // bytes of places that are held in memory
	band    int // shapes that are compared at once
}

// New returns a Space over a store. It reads nothing yet.
func New(store Store, c func() *catalog.Catalog) *Space {
	return &Space{store: store, catalog: c, now: time.Now, held: Held, band: band}
}

// Current is the version in use; ErrBuilding before the first.
func (s *Space) Current() (*Version, error) {
	if v := s.current.Load(); v != nil {
		return v, nil
	}
	return nil, ErrBuilding
}

// Refresh looks which version is the newest, and holds its places in memory before it is put in use. Processes that do not build call it
// from time to time.
func (s *Space) Refresh(ctx context.Context) error {
	var v *Version
	err := s.store.Query(ctx, "space/current", nil, func(scan func(...any) error) error {
		v = &Version{}
		return scan(&v.ID, &v.Heads, &v.Counts, &v.Finished)
	})
	if now := s.current.Load(); err != nil || v == nil || now != nil && now.ID >= v.ID {
		return err
	}
	if v.held, err = s.hold(ctx, v); err != nil {
		return err
	}
	s.current.Store(v)
	return nil
}

// Wrong is a question that cannot be answered as it is asked: where it is wrong, a stable code, and what is wrong in words.
type Wrong struct{ Field, Code, Text string }

// Error is the words.
func (w *Wrong) Error() string { return w.Field + ": " + w.Text }

// Is makes it an ErrQuestion.
func (w *Wrong) Is(target error) bool { return target == ErrQuestion }

// wrong makes a Wrong whose code is invalid.
func wrong(field, format string, args ...any) error {
	return &Wrong{field, "invalid", fmt.Sprintf(format, args...)}
}
