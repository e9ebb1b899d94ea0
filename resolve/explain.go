package resolve

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"slices"
	"time"

	"wuku/entity"
)

// Explanation says, for one entity, why each element has its value: the winning claim, the losing ones, and for each loser the one
// reason that decided. Losing values are not in it unless asked for: whose business they are is decided by the caller.
type Explanation struct {
	Library  string               `json:"library"`
	Entity   string               `json:"entity"`
	Live     bool                 `json:"live"`
	Asked    string               `json:"asked,omitempty"` // the id that was asked for, when it belongs to another entity now
	Anchors  []string             `json:"anchors"`
	Elements []ElementExplanation `json:"elements"`
	Links    []Link               `json:"links,omitempty"` // why its anchors are one, beside identifiers, and from which others it is kept apart
}

// ElementExplanation is one element of an Explanation.
type ElementExplanation struct {
	Element string  `json:"element"`
	Value   *string `json:"value"`
	Winner  *Voice  `json:"winner,omitempty"`
	Losers  []Voice `json:"losers,omitempty"`
}

// Voice is one claim that has something to say of an element.
type Voice struct {
	Feed      string    `json:"feed"`
	Key       string    `json:"key"`
	Role      string    `json:"role,omitempty"`
	Version   string    `json:"version"`
	EventTime time.Time `json:"event_time"`
	Topic     string    `json:"topic"`
	Partition uint32    `json:"partition"`
	Offset    uint64    `json:"offset"`
	Rank      int       `json:"rank,omitempty"` // place of the feed in the element's authority list; 0: not in it
	Reason    string    `json:"reason,omitempty"`
	Value     *string   `json:"value,omitempty"`
}

// Reasons why a claim loses.
const (
	ReasonSuperseded = "superseded by a newer version of the same record"
	ReasonGone       = "the record no longer names this entity, or was deleted"
	ReasonUnlisted   = "the feed is not in the element's authority list"
	ReasonRank       = "a feed of higher authority has a value"
	ReasonTime       = "the same rank, but an older event"
	ReasonVersion    = "the same rank and event time, but a lower version"
	ReasonFeed       = "the same rank, time and version: feeds are taken in order of name, then roles"
)

type explained struct {
	anchor entity.ID
	op     string
	ver    *big.Int
	tie    uint64 // of roles of one message, see sql/cycle/resolve.sql
	voice  Voice
	values []*string
	dead   string
}

// Explain tells why an entity has the values it has. ids that the entity had before, and anchors of its weaker identifiers, work
// too. withValues includes losing values. found is false when the library never heard of the id.
func Explain(ctx context.Context, store Store, rule *Rule, id entity.ID, withValues bool) (e Explanation, found bool, err error) {
	e = Explanation{Library: rule.Library, Entity: id.String()}
	data := map[string]any{"Library": rule.Library, "Anchor": id.String(), "Rule": rule}
	for range 2 { // an anchor's row may be a tombstone that names its entity
		var to entity.ID
		var live uint8
		var anchors []entity.ID
		hit := false
		err := store.Query(ctx, "cycle/locate", data, func(scan func(...any) error) error { hit = true; return scan(&to, &live, &anchors) })
		if err != nil {
			return e, false, err
		}
		if !hit {
			return e, false, nil
		}
		e.Live = live == 1
		if to.String() == e.Entity {
			break
		}
		e.Asked, e.Entity = id.String(), to.String()
		data["Anchor"] = e.Entity
	}
	err = store.Query(ctx, "cycle/anchors_of", data, func(scan func(...any) error) error {
		var a entity.ID
		err := scan(&a)
		e.Anchors = append(e.Anchors, a.String())
		return err
	})
	if err != nil {
		return e, false, err
	}
	slices.Sort(e.Anchors)
	data["Anchors"] = e.Anchors
	claims, err := claimsAt(ctx, store, rule, data)
	if err != nil {
		return e, false, fmt.Errorf("claims of an entity: %w", err)
	}
	for i := range rule.Elements {
		e.Elements = append(e.Elements, explainElement(rule, i, claims, withValues))
	}
	e.Links, err = LinksOf(ctx, store, rule.Library, e.Anchors)
	return e, err == nil, err
}

func claimsAt(ctx context.Context, store Store, rule *Rule, data map[string]any) ([]explained, error) {
	var all []explained
	newest := map[[3]string]*big.Int{}
	last := map[[3]string]string{}
	err := store.Query(ctx, "cycle/explain", data, func(scan func(...any) error) error {
		c := explained{values: make([]*string, len(rule.Elements))}
		var tier, jurisdiction string
		var received time.Time
		v := &c.voice
		dest := []any{&c.anchor, &v.Feed, &v.Key, &v.Role, &c.ver, &c.op, &v.EventTime, &v.Topic, &v.Partition, &v.Offset, &received, &tier, &jurisdiction, &c.tie}
		for i := range c.values {
			dest = append(dest, &c.values[i])
		}
		if err := scan(dest...); err != nil {
			return err
		}
		v.Version = c.ver.String()
		at := [3]string{c.anchor.String(), v.Feed, v.Key}
		if top := newest[at]; top == nil || c.ver.Cmp(top) > 0 {
			newest[at], last[at] = c.ver, c.op
		} else if c.ver.Cmp(top) == 0 && c.op == "assert" {
			last[at] = c.op
		}
		if c.op == "assert" {
			all = append(all, c)
		}
		return nil
	})
	for i := range all {
		at := [3]string{all[i].anchor.String(), all[i].voice.Feed, all[i].voice.Key}
		switch {
		case all[i].ver.Cmp(newest[at]) == 0:
		case last[at] == "assert":
			all[i].dead = ReasonSuperseded
		default:
			all[i].dead = ReasonGone
		}
	}
	return all, err
}

// explainElement orders the claims that say something of an element (or of its group) as the rule does.
func explainElement(rule *Rule, index int, claims []explained, withValues bool) ElementExplanation {
	e := rule.Elements[index]
	deciding := []int{index}
	if !e.Alone {
		deciding = nil
		for _, other := range rule.Elements {
			if other.Winner == e.Winner {
				deciding = append(deciding, other.Index)
			}
		}
	}
	ranks := rule.Profiles[e.Profile]
	var living, dead []explained
	for _, c := range claims {
		if !slices.ContainsFunc(deciding, func(i int) bool { return c.values[i] != nil }) {
			continue
		}
		if i, ok := slices.BinarySearch(rule.Feeds, c.voice.Feed); ok && ranks.Ranks[i] != neverWins {
			c.voice.Rank = int(ranks.Ranks[i])
		} else if c.dead == "" {
			c.dead = ReasonUnlisted
		}
		if c.dead == "" {
			living = append(living, c)
		} else {
			c.voice.Reason = c.dead
			dead = append(dead, c)
		}
	}
	slices.SortFunc(living, better)
	out := ElementExplanation{Element: e.Name}
	for i, c := range append(living, dead...) {
		if i == 0 && len(living) > 0 {
			out.Value = c.values[index]
			w := c.voice
			out.Winner = &w
			continue
		}
		if c.voice.Reason == "" {
			c.voice.Reason = whyNot(living[0], c)
		}
		if withValues {
			c.voice.Value = c.values[index]
		}
		out.Losers = append(out.Losers, c.voice)
	}
	return out
}

func better(a, b explained) int {
	return cmp.Or(cmp.Compare(a.voice.Rank, b.voice.Rank), b.voice.EventTime.Compare(a.voice.EventTime), b.ver.Cmp(a.ver),
		cmp.Compare(a.voice.Feed, b.voice.Feed), cmp.Compare(a.tie, b.tie))
}

func whyNot(winner, loser explained) string {
	switch {
	case loser.voice.Rank != winner.voice.Rank:
		return ReasonRank
	case !loser.voice.EventTime.Equal(winner.voice.EventTime):
		return ReasonTime
	case loser.ver.Cmp(winner.ver) != 0:
		return ReasonVersion
	default:
		return ReasonFeed
	}
}
