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
	// Count returns a number that differs whenever Events would.
	Count(ctx context.Context) (uint64, error)
	// Append adds events and returns when they are durable.
	Append(ctx context.Context, events ...Event) error
}

// freshFor is the greatest age of what a decision may rest on: a revocation that another process wrote counts within a second.
const freshFor = 900 * time.Millisecond

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
	b := &Book{store: store, pepper: pepper, now: now}
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
	events, err := b.store.Events(ctx)
	if err != nil {
		return errors.Join(ErrStale, err)
	}
	b.state.Store(&bookState{Folded: Fold(events, b.pepper), at: at, count: count})
	return nil
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
	same := b.pepper.Same(key, k.Hash)
	if k.Certificate != certificate && (k.Certificate != "" || f.bound(certificate, k.Client)) {
		return trust.Principal{}, trust.ErrKey
	}
	if !same || k.Ended(b.now()) {
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
	e.MAC = e.seal(b.pepper)
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
	return b.fileAs(ctx, p, id, a)
}

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

// Acknowledge notes that a client has taken notice of a recall.
func (b *Book) Acknowledge(ctx context.Context, p trust.Principal, recall, reason string) error {
	return b.add(ctx, p, Acked, recall, vote(p, reason))
}

func vote(p trust.Principal, reason string) Vote {
	return Vote{Reason: reason, Role: p.Role, Dept: p.Department}
}
