package serve

import (
	"context"
	"encoding/json/v2"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// entityInput is a GET of one entity; what a body would say stands in headers.
type entityInput struct {
	ID      string `path:"id" maxLength:"36" doc:"The entity's id"`
	Library string `query:"library" maxLength:"40" doc:"Where to look; without it all libraries of your grants are tried in their order"`
	Purpose string `header:"Wuku-Purpose" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string `header:"Wuku-Grant" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string `header:"Wuku-Case" maxLength:"100" doc:"Number of the case"`
}

// ExplainAnswer says why each element of an entity has its value. 溯源
type ExplainAnswer struct {
	Library  string             `json:"library"`
	Entity   string             `json:"entity"`
	Asked    string             `json:"asked,omitempty" doc:"The id asked for, when it belongs to another entity now"`
	Live     bool               `json:"live"`
	Anchors  []string           `json:"anchors"`
	Elements []ExplainedElement `json:"elements"`
}

// ExplainedElement is one element with its winner and its losers.
type ExplainedElement struct {
	Element string  `json:"element"`
	Value   any     `json:"value" doc:"As your grant shows it"`
	Masked  bool    `json:"masked,omitempty"`
	Winner  *Voice  `json:"winner,omitempty"`
	Losers  []Voice `json:"losers,omitempty"`
}

// Voice is one claim that has something to say of an element. The record's key at the source is not shown: it may be a person's
// number.
type Voice struct {
	Feed      string `json:"feed"`
	Slot      string `json:"slot,omitempty"`
	Version   string `json:"version"`
	EventTime string `json:"event_time"`
	Topic     string `json:"topic"`
	Partition uint32 `json:"partition"`
	Offset    uint64 `json:"offset"`
	Rank      int    `json:"rank,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Value     any    `json:"value,omitempty" doc:"A losing value, for its own department and for stewards"`
}

// told is the explanation as the Explainer gives it: of anything else in it serve knows nothing and shows nothing.
type told struct {
	Live     bool     `json:"live"`
	Entity   string   `json:"entity"`
	Asked    string   `json:"asked"`
	Anchors  []string `json:"anchors"`
	Elements []struct {
		Element string      `json:"element"`
		Value   *string     `json:"value"`
		Winner  *toldVoice  `json:"winner"`
		Losers  []toldVoice `json:"losers"`
	} `json:"elements"`
}

type toldVoice struct {
	Feed      string  `json:"feed"`
	Role      string  `json:"role"`
	Version   string  `json:"version"`
	EventTime string  `json:"event_time"`
	Topic     string  `json:"topic"`
	Partition uint32  `json:"partition"`
	Offset    uint64  `json:"offset"`
	Rank      int     `json:"rank"`
	Reason    string  `json:"reason"`
	Value     *string `json:"value"`
}

func (s *Server) entityRoutes() {
	register(s, operation{id: "entity", method: http.MethodGet, path: "/api/v1/entities/{id}", kind: access.Entity, tag: "base libraries",
		summary: "An entity by its id 实体", text: "Every element that your grant shows. An id that was merged into another answers with the other."}, s.entity)
	register(s, operation{id: "explain", method: http.MethodGet, path: "/api/v1/explain/{id}", kind: access.Explain, tag: "base libraries",
		summary: "Why the values are what they are 溯源", text: "For each element the winning claim, the losing ones, and why each lost."}, s.explain)
}

func (s *Server) entity(ctx context.Context, x *exchange, in *entityInput) (answer *EntityAnswer, err error) {
	err = s.eachLibrary(ctx, x, in, access.Entity, func(st *state, lib *catalog.Library, d access.Decision, _ entity.ID, r *read.Record) error {
		answer = s.shown(st, lib, d, r)
		return nil
	})
	return answer, err
}

// eachLibrary reads in the libraries in which the caller may look, until one has the entity: that one's grant has a hit. Where none has
// it, each grant that was looked under has a miss. A refusal counts only when there was nothing but refusals.
func (s *Server) eachLibrary(ctx context.Context, x *exchange, in *entityInput, op access.Operation, then func(*state, *catalog.Library, access.Decision, entity.ID, *read.Record) error) error {
	id, err := uuid.Parse(in.ID)
	if err != nil || len(in.ID) != 36 {
		return problem(x.lang, codeRequest).at("path.id", "invalid")
	}
	st := s.current()
	q := question{id: id}
	var refused error
	var tried []access.Decision
	missing := read.ErrNotFound
	for _, name := range libraries(in.Library) {
		d, err := s.decide(x, access.Call{Operation: op, Library: name, Grant: in.Grant, Purpose: in.Purpose, Case: in.Case})
		if err != nil {
			refused = worse(refused, err)
			continue
		}
		r, err := s.single(ctx, x, d, q)
		switch {
		case errors.Is(err, read.ErrHidden):
			missing = err
		case errors.Is(err, read.ErrNotFound):
		case err != nil:
			return err
		default:
			if err := s.outcome(ctx, d, q, true); err != nil {
				return err
			}
			return then(st, st.catalog.Library(name), d, id, r)
		}
		tried = append(tried, d)
	}
	if len(tried) == 0 {
		return refused
	}
	x.leaf.Decision = trust.Allowed
	for _, d := range tried {
		if err := s.outcome(ctx, d, q, false); err != nil {
			return err
		}
	}
	return missing
}

func libraries(one string) []string {
	if one != "" {
		return []string{one}
	}
	return entity.Libraries[:]
}

// worse keeps the refusal that helps the caller more: that a grant exists but the call does not fit it.
func worse(a, b error) error {
	var refusal *access.Refusal
	if a == nil || errors.As(a, &refusal) && refusal.Code == access.NoGrant {
		return b
	}
	return a
}

func (s *Server) explain(ctx context.Context, x *exchange, in *entityInput) (answer *ExplainAnswer, err error) {
	err = s.eachLibrary(ctx, x, in, access.Explain, func(st *state, lib *catalog.Library, d access.Decision, id entity.ID, _ *read.Record) error { // what is not served is not explained
		answer, err = s.explained(ctx, x, st, lib, d, id)
		return err
	})
	return answer, err
}

func (s *Server) explained(ctx context.Context, x *exchange, st *state, lib *catalog.Library, d access.Decision, id entity.ID) (*ExplainAnswer, error) {
	t, err := s.tell(ctx, lib, id)
	if err != nil {
		return nil, err
	}
	x.leaf.Count = 1
	if now, err := uuid.Parse(t.Entity); err == nil {
		x.leaf.Subject = s.subject(now)
	}
	return s.maskExplanation(x, st, lib, d, t), nil
}

// readTold takes what serve knows of an explanation.
func readTold(answer any) (*told, error) {
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	var t *told
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, errors.New("the explanation has another form than resolve.Explanation")
	}
	if t == nil {
		return nil, read.ErrNotFound
	}
	return t, nil
}

// maskExplanation keeps the elements that the decision shows, and of losing values those that the caller may see.
func (s *Server) maskExplanation(x *exchange, st *state, lib *catalog.Library, d access.Decision, t *told) *ExplainAnswer {
	out := &ExplainAnswer{Library: lib.Name, Entity: t.Entity, Asked: t.Asked, Live: t.Live, Anchors: t.Anchors, Elements: []ExplainedElement{}}
	shown := func(e *catalog.Element, v *string, feed string) any {
		f := st.catalog.Feed(feed)
		if v == nil || !visible(d, f) {
			return nil
		}
		if d.Treatment(e.Name) == access.Mask {
			return s.mask(e, *v)
		}
		return typed(e, *v)
	}
	for _, el := range t.Elements {
		e := lib.Element(el.Element)
		if e == nil || d.Treatment(e.Name) < access.Mask {
			continue
		}
		one := ExplainedElement{Element: e.Name, Masked: d.Treatment(e.Name) == access.Mask}
		if el.Winner != nil && !visible(d, st.catalog.Feed(el.Winner.Feed)) { // looks as no value does
			out.Elements = append(out.Elements, one)
			continue
		}
		if el.Winner != nil {
			one.Value, one.Winner = shown(e, el.Value, el.Winner.Feed), el.Winner.public()
		}
		for _, l := range el.Losers {
			v := l.public()
			f := st.catalog.Feed(l.Feed)
			if x.caller.Role == trust.RoleSteward || f != nil && f.Department == x.caller.Department {
				v.Value = shown(e, l.Value, l.Feed)
			}
			one.Losers = append(one.Losers, *v)
		}
		out.Elements = append(out.Elements, one)
	}
	return out
}

// public is a voice without what may name a person: the record's key, and a list element's key in the role.
func (v *toldVoice) public() *Voice {
	slot, _, _ := strings.Cut(v.Role, "/")
	return &Voice{Feed: v.Feed, Slot: slot, Version: v.Version, EventTime: v.EventTime, Topic: v.Topic, Partition: v.Partition, Offset: v.Offset,
		Rank: v.Rank, Reason: v.Reason}
}
