package serve

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
)

type historyInput struct {
	ID      string    `path:"id" maxLength:"36" doc:"The entity's id"`
	Library string    `query:"library" maxLength:"40" doc:"Where to look; without it all libraries of your grants are tried in their order"`
	Purpose string    `header:"Wuku-Purpose" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string    `header:"Wuku-Grant" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string    `header:"Wuku-Case" maxLength:"100" doc:"Number of the case"`
	KnownAt time.Time `query:"known_at" doc:"What was known then: only messages that had arrived"`
	ValidAt time.Time `query:"valid_at" doc:"What was so then: only what had happened at the source"`

	Revision uint32 `query:"revision" doc:"By the rule of this revision of the catalogue; 0: of the one in force"`
}

// HistoryAnswer is how an entity's values came to be: for each element the values that won, in the order in which they were known.
// 历史
type HistoryAnswer struct {
	Library  string                 `json:"library"`
	Entity   string                 `json:"entity"`
	Grant    string                 `json:"grant"`
	Elements map[string][]PastValue `json:"elements"`
}

// PastValue is a value that won for a while.
type PastValue struct {
	Value     any       `json:"value" doc:"null: no value any more"`
	Masked    bool      `json:"masked,omitempty"`
	Source    *Source   `json:"source,omitempty"`
	ValidFrom time.Time `json:"valid_from,omitzero" doc:"When it became so at the source"`
	KnownFrom time.Time `json:"known_from" doc:"When the message arrived that made it win"`
}

func (s *Server) historyRoutes() {
	register(s, operation{id: "history", method: http.MethodGet, path: "/api/v1/entities/{id}/history", kind: access.History, tag: "base libraries",
		summary: "How its values came to be 历史", text: "Valid time by known time: without parameters every value that won, as it became known; with known_at or valid_at the state then; by the rule in force, or that of a revision."}, s.history)
}

func (s *Server) history(ctx context.Context, x *exchange, in *historyInput) (answer *HistoryAnswer, err error) {
	err = s.eachLibrary(ctx, x, &entityInput{in.ID, in.Library, in.Purpose, in.Grant, in.Case}, access.History, func(st *state, lib *catalog.Library, d access.Decision, _ entity.ID, r *read.Record) error {
		c, err := s.revision(ctx, in.Revision)
		if err != nil {
			return err
		}
		rule := ruleOf(c.Library(lib.Name), d)
		claims, err := s.reads.Claims(ctx, d, r.Entity, rule.columns)
		if err != nil {
			return err
		}
		then := Then{AsOf: in.ValidAt, KnownAt: in.KnownAt}
		claims = slices.DeleteFunc(claims, func(c read.Claim) bool { return !then.knows(c) })
		answer = &HistoryAnswer{Library: lib.Name, Entity: r.Entity.String(), Grant: d.Grant(), Elements: map[string][]PastValue{}}
		for i, name := range d.Fields() {
			past := s.past(st, lib.Element(name), d, rule, claims, i)
			if then.asked() {
				past = past[max(len(past)-1, 0):]
			}
			answer.Elements[name] = past
		}
		return nil
	})
	return answer, err
}

// record names a record of a feed in one role.
type record struct {
	anchor          entity.ID
	feed, key, role string
}

// past replays the claims in the order in which they arrived and notes every change of the winner.
func (s *Server) past(st *state, e *catalog.Element, d access.Decision, r *rule, claims []read.Claim, at int) []PastValue {
	live := map[record]*read.Claim{}
	list := []PastValue{}
	var last *read.Claim
	for i := range claims {
		c := &claims[i]
		if r.ranks[at][c.Feed] == 0 {
			continue
		}
		take(live, c)
		winner := r.winner(live, at)
		if winner != nil && (winner.Values[at] == nil || !visible(d, st.catalog.Feed(winner.Feed))) { // it gives the group, and of this element nothing that may be seen
			winner = nil
		}
		if winner == last || winner != nil && last != nil && *winner.Values[at] == *last.Values[at] && winner.Feed == last.Feed {
			last = winner
			continue
		}
		last = winner
		one := PastValue{KnownFrom: c.Received.UTC()}
		if winner != nil {
			v := s.value(st, e, d, read.Value{Text: winner.Values[at], Source: feedHash(winner.Feed), TimeMS: winner.Event.UnixMilli()})
			one.Value, one.Masked, one.Source, one.ValidFrom = v.Value, v.Masked, v.Source, winner.Event.UTC()
		}
		list = append(list, one)
	}
	return list
}

// newest is the role under which the newest version of a record at an anchor is kept among live claims; no mapping has one of that name.
const newest = "\x00"

// take puts a claim in the place of the older version of its record at its anchor, all roles of that; one that says that the record is gone from the
// anchor ends them, those of older versions that arrive later, too. It is what the rule does: of each record its newest version counts at an anchor.
func take(live map[record]*read.Claim, c *read.Claim) {
	place := record{c.Anchor, c.Feed, c.Key, newest}
	top := live[place]
	if top != nil {
		if order := top.Version.Cmp(c.Version); order > 0 || order == 0 && top.Gone {
			return
		}
	}
	if top == nil || top.Version.Cmp(c.Version) < 0 || c.Gone {
		if top != nil {
			for name := range live {
				if name.anchor == c.Anchor && name.feed == c.Feed && name.key == c.Key {
					delete(live, name)
				}
			}
		}
		live[place] = c
	}
	if !c.Gone {
		live[record{c.Anchor, c.Feed, c.Key, c.Role}] = c
	}
}

// winnerOf is the claim that the rule takes among live ones for a group of elements: one that has a value of any of them. nil when none has.
func winnerOf(ranks map[string]int, live map[record]*read.Claim, group []int) (winner *read.Claim) {
	for _, c := range live {
		if c.Gone || ranks[c.Feed] == 0 || !slices.ContainsFunc(group, func(at int) bool { return c.Values[at] != nil }) {
			continue
		}
		if winner == nil || cmp.Or(cmp.Compare(ranks[c.Feed], ranks[winner.Feed]), winner.Event.Compare(c.Event), winner.Version.Cmp(c.Version),
			cmp.Compare(c.Feed, winner.Feed), cmp.Compare(c.Key, winner.Key), cmp.Compare(c.Role, winner.Role)) < 0 {
			winner = c
		}
	}
	return winner
}
