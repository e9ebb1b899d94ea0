package access

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/trust"
)

// Store keeps events for good. Its methods may be called concurrently.
type Store interface {
	// Events returns all events, in any order.
	Events(ctx context.Context) ([]Event, error)
	// Since returns the events that were stamped then or later, in any order.
	Since(ctx context.Context, at time.Time) ([]Event, error)
	// Count returns how many Events would return.
	Count(ctx context.Context) (uint64, error)
	// Append adds events and returns when they are durable.
	Append(ctx context.Context, events ...Event) error
}

// freshFor is the greatest age of what a decision may rest on: a revocation that another process wrote counts within a second.
const freshFor = 900 * time.Millisecond

// overlap is how far apart the clocks of processes are taken to be: an event that is stamped earlier than that before the newest costs a
// reading of all.
const overlap = 2 * time.Second

// pollEvery is how often a running Book looks by itself, so that calls need not wait for it.
const pollEvery = 300 * time.Millisecond

// ErrStale is returned when it cannot be known any more what is granted: then nothing is decided.
var ErrStale = errors.New("access: grants and keys cannot be read")

// Book is what a serve process knows of grants and keys: never older than a second. All methods may be called concurrently.
type Book struct {
	store   Store
	pepper  *trust.Pepper
	now     func() time.Time
	catalog func() *catalog.Catalog // nil: not governed

	state   atomic.Pointer[bookState]
	reading sync.Mutex // held while the store is read: others wait for the result
	folding *folding
	beside  int // rows of the store that are no events of their own: repeated ones that are not merged yet
}

type bookState struct {
	*Folded
	at    time.Time // when reading began
	count uint64
}

// OpenBook reads all events. now may be nil.
func OpenBook(ctx context.Context, store Store, pepper *trust.Pepper, now func() time.Time) (*Book, error) {
	if now == nil {
		now = time.Now
	}
	b := &Book{store: store, pepper: pepper, now: now, folding: newFolding(pepper)}
	return b, b.refresh(ctx, true)
}

// Run keeps the book fresh until ctx ends.
func (b *Book) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = b.refresh(ctx, false) // who needs it fresh will read again and get the error
		}
	}
}

// refresh reads what is new. A book that somebody else has refreshed meanwhile is fresh, unless force says to read anyway.
func (b *Book) refresh(ctx context.Context, force bool) error {
	wanted := b.now()
	b.reading.Lock()
	defer b.reading.Unlock()
	old := b.state.Load()
	if old != nil && !force && !old.at.Before(wanted) {
		return nil
	}
	at := b.now()
	count, err := b.store.Count(ctx)
	if err != nil {
		return errors.Join(ErrStale, err)
	}
	if old != nil && !force && old.count == count {
		b.state.Store(&bookState{Folded: old.Folded, at: at, count: count})
		return nil
	}
	folded, err := b.read(ctx, old == nil, int(count))
	if err != nil {
		return errors.Join(ErrStale, err)
	}
	b.state.Store(&bookState{Folded: folded, at: at, count: count})
	return nil
}

// read takes in what is new: what was stamped since the newest event, and when that is not all (a process with a slow clock wrote), the
// whole store. The caller holds reading.
func (b *Book) read(ctx context.Context, whole bool, count int) (*Folded, error) {
	if !whole {
		events, err := b.store.Since(ctx, b.folding.newest.Add(-overlap))
		if err != nil {
			return nil, err
		}
		if folded := b.folding.take(events); len(b.folding.rows)+b.beside == count {
			return folded, nil
		}
	}
	events, err := b.store.Events(ctx)
	if err != nil {
		return nil, err
	}
	folded := b.folding.take(events)
	b.beside = len(events) - len(b.folding.rows)
	return folded, nil
}

// Now returns what stands now. It reads the store when what it has is too old, and fails when it cannot.
func (b *Book) Now(ctx context.Context) (*Folded, error) {
	if s := b.state.Load(); b.now().Sub(s.at) <= freshFor {
		return s.Folded, nil
	}
	if err := b.refresh(ctx, false); err != nil {
		return nil, err
	}
	return b.state.Load().Folded, nil
}

// Authenticate returns whom a key stands for, trust.ErrKey, or ErrStale. certificate is the SHA-256 of the connection's client
// certificate in hexadecimal, "" for none: a key that is bound to one is good with no other, and a certificate to which a key is bound
// carries no key of another client.
func (b *Book) Authenticate(ctx context.Context, key, certificate string) (trust.Principal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return trust.Principal{}, err
	}
	id, ok := trust.KeyID(key)
	if !ok {
		return trust.Principal{}, trust.ErrKey
	}
	k := f.Keys[id]
	if same := b.pepper.Same(key, k.Hash); !same || !f.usable(k, certificate, b.now()) {
		return trust.Principal{}, trust.ErrKey
	}
	return k.Principal, nil
}

// bound reports whether a certificate belongs to another client than this one.
func (f *Folded) bound(certificate, client string) bool {
	for _, k := range f.Keys {
		if k.Certificate == certificate && k.Client != client {
			return true
		}
	}
	return false
}

// Refused is why an application, a vote or a key was not taken; Code is stable.
type Refused struct{ Code string }

// Error is the code.
func (r *Refused) Error() string { return "refused: " + r.Code }

// The codes of a Refused, beside NoRole.
const (
	OwnApplication = "application.own"        // nobody decides on their own
	NoApplication  = "application.none"       // there is no such application or grant
	WrongState     = "application.state"      // it is not in a state for that
	NotAssessed    = "application.unassessed" // no approval before the risk assessment
	VotedAlready   = "application.voted"      // one vote a client
	BadTerms       = "application.terms"      // the terms do not fit the catalogue
	SameKey        = "idempotency.conflict"   // another application came under this idempotency key
	BadPublicKey   = "key.public"             // it is no public key to sign with
	SignsOnly      = "key.signs"              // who signs its calls gets no key that is a secret
	TooMany        = "open.many"              // so many of the client's are open that no more are taken
)

// add seals an event, keeps it and takes it into account at once.
func (b *Book) add(ctx context.Context, p trust.Principal, kind, subject string, content any) error {
	e, err := b.event(newID("e"), p, kind, subject, content)
	if err != nil {
		return err
	}
	if err := b.store.Append(ctx, e); err != nil {
		return err
	}
	return b.refresh(ctx, true)
}

// event makes a sealed event.
func (b *Book) event(id string, p trust.Principal, kind, subject string, content any) (Event, error) {
	text, err := json.Marshal(content, json.Deterministic(true))
	if err != nil {
		return Event{}, fmt.Errorf("access: %w", err)
	}
	e := Event{ID: id, At: b.now().UTC().Truncate(time.Microsecond), Kind: kind, Subject: subject, Actor: p.ID, Client: p.Client, Content: string(text)}
	e.MAC = b.pepper.MAC(e.parts()...)
	return e, nil
}

// File takes an application and returns its id. A repeated idempotency key ("" for none) of the same client gives the same
// application. What is wrong with one is told by Faulty.
func (b *Book) File(ctx context.Context, p trust.Principal, a Application, idempotency string) (*Case, error) {
	a.Department = p.Department
	id := newID("g")
	if idempotency != "" {
		id = "g" + b.pepper.Seal("idempotency", p.Client, idempotency)[:16]
	}
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.check(f, p, &a); err != nil {
		return nil, err
	}
	if there := f.Cases[id]; there != nil {
		if !sameJSON(there.Application, a) {
			return nil, &Refused{SameKey}
		}
		return there, nil
	}
	open := 0
	for _, c := range f.Cases {
		if c.Applicant == p.Client && (c.State == StateFiled || c.State == StateAssessed) {
			open++
		}
	}
	if open >= mostApplications {
		return nil, &Refused{TooMany}
	}
	return b.fileAs(ctx, p, id, a)
}

// How many of one client's may be open at once: every event is kept for good, in every process.
const (
	mostApplications = 200
	mostDoubts       = 1000
	mostKeys         = 20
)

func (b *Book) fileAs(ctx context.Context, p trust.Principal, id string, a Application) (*Case, error) {
	if err := b.add(ctx, p, Filed, id, a); err != nil {
		return nil, err
	}
	return b.state.Load().Cases[id], nil
}

func newID(prefix string) string {
	id := uuid.New()
	return prefix + strings.ReplaceAll(id.String(), "-", "")[:16]
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a, json.Deterministic(true))
	y, errY := json.Marshal(b, json.Deterministic(true))
	return errX == nil && errY == nil && string(x) == string(y)
}

// on finds an application for a step that needs one of these states.
func (b *Book) on(ctx context.Context, id string, states ...State) (*Case, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	c := f.Cases[id]
	if c == nil {
		return nil, &Refused{NoApplication}
	}
	for _, s := range states {
		if c.State == s {
			return c, nil
		}
	}
	return nil, &Refused{WrongState}
}

// step adds an event to an application and returns it as it stands then.
func (b *Book) step(ctx context.Context, p trust.Principal, kind, id string, content any) (*Case, error) {
	if err := b.add(ctx, p, kind, id, content); err != nil {
		return nil, err
	}
	return b.state.Load().Cases[id], nil
}

// Assess records the risk assessment of an application.
func (b *Book) Assess(ctx context.Context, p trust.Principal, id string, a Assessment) (*Case, error) {
	c, err := b.on(ctx, id, StateFiled)
	if err != nil {
		return nil, err
	}
	if code := b.mayVote(c, p); code != "" {
		return nil, &Refused{code}
	}
	return b.step(ctx, p, Assessed, id, a)
}

// Approve casts a vote for an application; the second one makes it a grant.
func (b *Book) Approve(ctx context.Context, p trust.Principal, id, reason string) (*Case, error) {
	c, err := b.on(ctx, id, StateFiled, StateAssessed, StateGranted)
	if err != nil {
		return nil, err
	}
	if code := b.mayVote(c, p); code != "" {
		return nil, &Refused{code}
	}
	for _, a := range c.Approvals {
		if a.By == p.Client {
			return nil, &Refused{VotedAlready}
		}
	}
	switch c.State {
	case StateFiled:
		return nil, &Refused{NotAssessed}
	case StateGranted:
		return nil, &Refused{WrongState}
	}
	if b.catalog != nil { // the policies may have changed since it was filed
		if faults := c.Application.beyond(b.catalog(), c.Filed); len(faults) > 0 {
			return nil, &Faulty{faults}
		}
	}
	return b.step(ctx, p, Approved, id, vote(p, reason))
}

// Reject ends an application that is not granted yet.
func (b *Book) Reject(ctx context.Context, p trust.Principal, id, reason string) (*Case, error) {
	c, err := b.on(ctx, id, StateFiled, StateAssessed)
	if err != nil {
		return nil, err
	}
	if code := b.mayVote(c, p); code != "" {
		return nil, &Refused{code}
	}
	return b.step(ctx, p, Rejected, id, vote(p, reason))
}

// Withdraw ends the caller's own application.
func (b *Book) Withdraw(ctx context.Context, p trust.Principal, id, reason string) (*Case, error) {
	c, err := b.on(ctx, id, StateFiled, StateAssessed)
	if err != nil {
		return nil, err
	}
	if c.Applicant != p.Client {
		return nil, &Refused{NoApplication}
	}
	return b.step(ctx, p, Withdrawn, id, vote(p, reason))
}

// Revoke ends a grant: at once here, within a second in other processes. Its holder and applicant may, a steward and an operator.
func (b *Book) Revoke(ctx context.Context, p trust.Principal, id, reason string) (*Case, error) {
	c, err := b.on(ctx, id, StateGranted)
	if err != nil {
		return nil, err
	}
	if c.Application.Client != p.Client && c.Applicant != p.Client && p.Role != trust.RoleSteward && p.Role != trust.RoleOperator {
		return nil, &Refused{NoApplication}
	}
	return b.step(ctx, p, Revoked, id, vote(p, reason))
}

// Lock stops a grant until a steward unlocks it.
func (b *Book) Lock(ctx context.Context, id, reason string) error {
	_, err := b.step(ctx, trust.Principal{ID: "wuku", Client: "wuku"}, Locked, id, Vote{Reason: reason})
	return err
}

// Unlock lets a locked grant work again.
func (b *Book) Unlock(ctx context.Context, p trust.Principal, id, reason string) (*Case, error) {
	c, err := b.on(ctx, id, StateGranted)
	if err != nil {
		return nil, err
	}
	if code := b.mayVote(c, p); code != "" || p.Role != trust.RoleSteward {
		return nil, &Refused{NoRole}
	}
	return b.step(ctx, p, Unlocked, c.ID, vote(p, reason))
}

// Acknowledge notes that a client has taken notice of a recall; the first time counts.
func (b *Book) Acknowledge(ctx context.Context, p trust.Principal, recall, reason string) error {
	f, err := b.Now(ctx)
	if err != nil {
		return err
	}
	if _, done := f.Acknowledged[recall]; done {
		return nil
	}
	return b.add(ctx, p, Acked, recall, vote(p, reason))
}

func vote(p trust.Principal, reason string) Vote {
	return Vote{Reason: reason, Role: p.Role, Dept: p.Department}
}
