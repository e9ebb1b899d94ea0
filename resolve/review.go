package resolve

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"wuku/entity"
	"wuku/match"
)

// Judgement is what a steward says of a pair.
type Judgement string

// The judgements. Same and NotSame become decisions in resolve.link, which win over every link by match and hold until they are
// revoked; Unsure takes the pair off the list and changes nothing.
const (
	Same    Judgement = "same"
	NotSame Judgement = "not_same"
	Unsure  Judgement = "unsure"
)

// Pair is a pair of anchors for a person to look at.
type Pair struct {
	ID      entity.ID
	Library string
	A, B    entity.ID
	Score   float64
	At      time.Time
	Why     *match.Explanation
	// Last is the newest that a steward did with it: claimed, released, same, not_same, unsure, revoked; "" when nobody has.
	Last     string
	LastBy   string
	LastNote string
	LastAt   time.Time
}

// Choice says which pairs are wanted.
type Choice struct {
	Library string
	ID      string
	Linked  bool   // pairs that matching linked, instead of those it was not sure of
	Decided bool   // those that a steward has decided, too
	Sample  uint64 // not 0: in an order that is none, another for each number, for quality control
	After   string // id of a pair; only those behind it, by score
	Score   float64
	Limit   int
}

// Bits is the score of After as the engine can take it without rounding.
func (c Choice) Bits() uint64 { return math.Float64bits(c.Score) }

// Pairs lists pairs for review.
func Pairs(ctx context.Context, store Store, c Choice) ([]Pair, error) {
	var list []Pair
	err := store.Query(ctx, "query/review_list", c, func(scan func(...any) error) error {
		var p Pair
		var reason string
		if err := scan(&p.ID, &p.Library, &p.A, &p.B, &p.Score, &reason, &p.At, &p.Last, &p.LastBy, &p.LastNote, &p.LastAt); err != nil {
			return err
		}
		var err error
		p.Why, err = Why(reason, ByMatch)
		list = append(list, p)
		return err
	})
	return list, err
}

// ErrNoPair means that no such pair waits for review or is linked.
var ErrNoPair = errors.New("no pair of this id waits for review or is linked by matching: `wuku review list` shows those that are")

// FindPair returns one pair by its id, decided or not.
func FindPair(ctx context.Context, store Store, id string) (Pair, error) {
	for _, linked := range []bool{false, true} {
		list, err := Pairs(ctx, store, Choice{ID: id, Linked: linked, Decided: true, Limit: 1})
		if err != nil || len(list) == 1 {
			return slices.Concat(list, []Pair{{}})[0], err
		}
	}
	return Pair{}, ErrNoPair
}

// Decision is what a steward does with a pair.
type Decision struct {
	Pair Pair
	Kind string // claimed, released, same, not_same, unsure or revoked
	By   string
	Note string
	At   time.Time
}

// ErrClaimed means that somebody else has the pair.
var ErrClaimed = errors.New("somebody else has claimed this pair")

// claimHolds is how long a claim keeps others from deciding.
const claimHolds = 30 * time.Minute

// Decide records what a steward does with a pair and returns what that changes. same and not_same stand as decisions from the next
// cycle on; revoked takes the decision back, and the links by match count again as if it had never been.
func Decide(ctx context.Context, store Store, links Links, rule *Rule, d Decision) (Effect, error) {
	p := d.Pair
	if p.Last == "claimed" && p.LastBy != d.By && d.At.Sub(p.LastAt) < claimHolds {
		return Effect{}, fmt.Errorf("%w: %s, at %s", ErrClaimed, p.LastBy, p.LastAt.Format(time.RFC3339))
	}
	effect := Effect{Text: "nothing changes"}
	var err error
	if j := Judgement(d.Kind); j == Same || j == NotSame || j == Unsure {
		if effect, err = EffectOf(ctx, store, rule, p, j); err != nil {
			return effect, err
		}
	}
	data := map[string]any{"Library": p.Library}
	at := d.At.UTC()
	if !at.After(p.LastAt) { // by another clock: the later decision counts, not the later clock
		at = p.LastAt.Add(time.Microsecond)
	}
	id := PairID(BySteward, p.Library, p.A, p.B)
	var row []any
	switch d.Kind {
	case string(Same), string(NotSame):
		row = []any{id, p.Library, p.A, p.B, d.Kind, p.Score, uint8(1), d.By, d.Note, uint8(0), at}
	case "revoked", string(Unsure): // also takes back an earlier decision
		row = []any{id, p.Library, p.A, p.B, string(Same), p.Score, uint8(1), d.By, d.Note, uint8(1), at}
		if d.Kind == "revoked" {
			effect.Text = "the decision is taken back; what matching found counts again"
		}
	case "claimed", "released":
	default:
		return effect, fmt.Errorf("decision %q is not known: choose same, not_same, unsure, claimed, released or revoked", d.Kind)
	}
	// The event comes first: a decision without its history would be worse than a history without its decision, which the steward
	// sees and takes again.
	if err := links.Append(ctx, "query/review_event_add", data, [][]any{{p.ID, p.Library, p.A, p.B, d.Kind, d.By, d.Note, effect.Text, at}}); err != nil {
		return effect, err
	}
	if row != nil {
		err = links.Append(ctx, "cycle/link_add", data, [][]any{row})
	}
	return effect, err
}

// Reveal records that a steward looks at a value of a pair in clear, and why. It must be called before the value is shown.
func Reveal(ctx context.Context, links Links, p Pair, element, by, reason string, at time.Time) error {
	return links.Append(ctx, "query/review_reveal_add", nil, [][]any{{p.ID, element, by, reason, at.UTC()}})
}

// Act is one entry of a pair's history.
type Act struct {
	Kind   string    `json:"kind"`
	By     string    `json:"by"`
	Note   string    `json:"note,omitempty"`
	Effect string    `json:"effect,omitempty"`
	At     time.Time `json:"at"`
}

// History lists what stewards did with a pair, the oldest first.
func History(ctx context.Context, store Store, id string) ([]Act, error) {
	var acts []Act
	err := store.Query(ctx, "query/review_history", map[string]any{"ID": id}, func(scan func(...any) error) error {
		var a Act
		err := scan(&a.Kind, &a.By, &a.Note, &a.Effect, &a.At)
		acts = append(acts, a)
		return err
	})
	return acts, err
}

// Side is what the claims at one anchor of a pair say of the elements that are matched.
type Side struct {
	Anchor entity.ID
	Feeds  []string
	Values []string // in the order of the fields that were asked for; "" where nothing is said
}

// Sides reads what the living claims say of both ends of a pair. They are personal values: the caller masks them.
func Sides(ctx context.Context, store Store, p Pair, fields []string) (a, b Side, err error) {
	data := &work{Library: p.Library, Fields: fields, At: []string{p.A.String(), p.B.String()}}
	a, b = Side{Anchor: p.A, Values: make([]string, len(fields))}, Side{Anchor: p.B, Values: make([]string, len(fields))}
	err = store.Query(ctx, "query/review_sides", data, func(scan func(...any) error) error {
		s := Side{Values: make([]string, len(fields))}
		dest := []any{&s.Anchor, &s.Feeds}
		for i := range fields {
			dest = append(dest, &s.Values[i])
		}
		err := scan(dest...)
		if s.Anchor == p.A {
			a = s
		} else {
			b = s
		}
		return err
	})
	return a, b, err
}
