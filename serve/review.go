package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/serve/access"
)

// Reviewer keeps the pairs of records that a person must look at; package resolve has them, and cmd/wuku puts it here.
type Reviewer interface {
	// Pairs lists pairs, the likeliest first.
	Pairs(ctx context.Context, f ReviewFilter) ([]ReviewPair, error)
	// Pair is one pair whole, its values in clear (the server masks them), or ErrNone.
	Pair(ctx context.Context, id entity.ID) (*ReviewPair, error)
	// Act does something with a pair: claimed, released, same, not_same, unsure or revoked; ErrNotYours when somebody else has claimed it,
	// ErrChanged when it is not as the caller has seen it.
	Act(ctx context.Context, id entity.ID, a ReviewAct) (effect string, err error)
	// Reveal records that a value of a pair is looked at in clear, and why.
	Reveal(ctx context.Context, p *ReviewPair, element, by, reason string) error
}

// ReviewFilter chooses pairs.
type ReviewFilter struct {
	Library         string
	Linked, Decided bool
	After           string // id of a pair
	Score           float64
	Limit           int
}

// ReviewAct is what a steward does with a pair.
type ReviewAct struct {
	Kind, By, Note string
	Seen           string // state that the caller has seen, see ReviewPair.etag; "": whatever it is
}

// ReviewPair is a pair of records that may be of one entity. 匹配复核
type ReviewPair struct {
	ID          string        `json:"id"`
	Library     string        `json:"library"`
	A           string        `json:"a" doc:"Entity id of one record"`
	B           string        `json:"b"`
	Score       float64       `json:"score" doc:"Bits of evidence"`
	Probability float64       `json:"probability"`
	Since       time.Time     `json:"since"`
	State       string        `json:"state" doc:"open, claimed, released, same, not_same, unsure or revoked"`
	By          string        `json:"by,omitempty"`
	At          *time.Time    `json:"at,omitempty" doc:"When it came into this state"`
	Fields      []ReviewField `json:"fields,omitempty" doc:"Side by side; in a list without values"`
	Prior       float64       `json:"prior" doc:"Bits before any field is looked at"`
	FeedsA      []string      `json:"feeds_a,omitempty"`
	FeedsB      []string      `json:"feeds_b,omitempty"`
	IfSame      string        `json:"if_same,omitempty" doc:"What the decision would change"`
	IfNotSame   string        `json:"if_not_same,omitempty"`
	History     []ReviewEvent `json:"history,omitempty"`
}

// ReviewField is one element of both records.
type ReviewField struct {
	Element string  `json:"element"`
	A       string  `json:"a,omitempty"`
	B       string  `json:"b,omitempty"`
	Masked  bool    `json:"masked,omitzero"`
	Level   string  `json:"level" doc:"How they agree"`
	Weight  float64 `json:"weight" doc:"What it speaks for or against, in bits"`
}

// ReviewEvent is one thing that was done with a pair.
type ReviewEvent struct {
	Kind   string    `json:"kind"`
	By     string    `json:"by"`
	Note   string    `json:"note,omitempty"`
	Effect string    `json:"effect,omitempty" doc:"What it changed; of revealed, which element"`
	At     time.Time `json:"at"`
}

func (p *ReviewPair) etag() string {
	if p.At == nil {
		return `"0"`
	}
	return `"` + strconv.FormatInt(p.At.UnixMicro(), 10) + `"`
}

// ReviewPage is a page of pairs.
type ReviewPage struct {
	Reviews []ReviewPair `json:"reviews" nullable:"false"`
	Next    string       `json:"next,omitempty" doc:"Send it as after to read on"`
}

// ReviewDone is what was done with a pair.
type ReviewDone struct {
	ID     string `json:"id"`
	Done   bool   `json:"done"`
	State  string `json:"state,omitempty"`
	Effect string `json:"effect,omitempty"`
	Code   string `json:"code,omitempty" doc:"Why it was not done"`
}

// ReviewsDone is what was done with several.
type ReviewsDone struct {
	Items []ReviewDone `json:"items" nullable:"false"`
	Done  int          `json:"done"`
}

type reviewsInput struct {
	Library string `query:"library" maxLength:"40" pattern:"^[a-z]*$"`
	Linked  bool   `query:"linked" doc:"Pairs that matching linked by itself, for quality control"`
	Decided bool   `query:"decided" doc:"Decided ones too"`
	After   string `query:"after" maxLength:"400" doc:"What next was on the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type reviewActInput struct {
	ID    string `path:"id" format:"uuid"`
	Match string `header:"If-Match" maxLength:"40" doc:"ETag of the pair that you saw"`
	Key   string `header:"Idempotency-Key" maxLength:"100"`
	Body  ReviewActBody
}

// ReviewActBody is why.
type ReviewActBody struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Stands in the pair's history: nothing personal"`
}

// ReviewDecisionBody is a steward's word.
type ReviewDecisionBody struct {
	Decision string `json:"decision" enum:"same,not_same,unsure"`
	Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Nothing personal"`
}

type reviewDecisionInput struct {
	ID    string `path:"id" format:"uuid"`
	Match string `header:"If-Match" maxLength:"40" doc:"ETag of the pair that you saw"`
	Key   string `header:"Idempotency-Key" maxLength:"100"`
	Body  ReviewDecisionBody
}

// RevealBody asks for one element of a pair in clear.
type RevealBody struct {
	Element string `json:"element" minLength:"1" maxLength:"100"`
	Reason  string `json:"reason" minLength:"5" maxLength:"500" doc:"Why you must see it; stands in the pair's history: nothing personal"`
}

type revealInput struct {
	ID   string `path:"id" format:"uuid"`
	Body RevealBody
}

// ReviewsBody decides several pairs in one way, or takes the decisions back.
type ReviewsBody struct {
	IDs      []string `json:"ids" minItems:"1" maxItems:"200" nullable:"false"`
	Decision string   `json:"decision" enum:"same,not_same,unsure,undo" doc:"undo takes back what was decided of each"`
	Reason   string   `json:"reason" minLength:"2" maxLength:"500" doc:"Nothing personal"`
}

type reviewManyInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100"`
	Body ReviewsBody
}

func (s *Server) reviewRoutes() {
	if s.cfg.Reviewer == nil {
		return
	}
	const base, tag = "/api/v1/reviews", "identity"
	register(s, operation{id: "reviews", method: http.MethodGet, path: base, kind: access.Reviews, tag: tag,
		summary: "Pairs that may be one entity 匹配复核", text: "The likeliest first, without values."}, s.reviews)
	register(s, operation{id: "review", method: http.MethodGet, path: base + "/{id}", kind: access.Reviews, tag: tag,
		summary: "The two records side by side, masked 并排复核"}, func(ctx context.Context, x *exchange, in *uuidInput) (*ReviewPair, error) {
		if _, err := s.decide(x, access.Call{Operation: access.Reviews}); err != nil {
			return nil, err
		}
		return s.maskedPair(ctx, x, in.ID)
	})
	for path, kind := range map[string]string{"claim": "claimed", "release": "released", "undo": "revoked"} {
		summary := map[string]string{"claim": "Keep a pair for yourself, half an hour 领取", "release": "Give it back 退回", "undo": "Take a decision back: what matching found counts again 撤销"}[path]
		register(s, operation{id: "review-" + path, method: http.MethodPost, path: base + "/{id}/" + path, kind: access.Reviews, tag: tag, summary: summary},
			func(ctx context.Context, x *exchange, in *reviewActInput) (*ReviewDone, error) {
				return s.reviewed(ctx, x, in.ID, in.Key, ReviewAct{Kind: kind, Note: in.Body.Reason, Seen: in.Match})
			})
	}
	register(s, operation{id: "review-decide", method: http.MethodPost, path: base + "/{id}/decide", kind: access.Reviews, tag: tag,
		summary: "Decide a pair: it holds from the next cycle on 裁定"}, func(ctx context.Context, x *exchange, in *reviewDecisionInput) (*ReviewDone, error) {
		return s.reviewed(ctx, x, in.ID, in.Key, ReviewAct{Kind: in.Body.Decision, Note: in.Body.Reason, Seen: in.Match})
	})
	register(s, operation{id: "review-reveal", method: http.MethodPost, path: base + "/{id}/reveal", kind: access.Revealing, tag: tag,
		summary: "One element of both records in clear, for a reason 揭示", text: "The reason stands in the pair's history, the element in the audit log."}, s.reveal)
	register(s, operation{id: "review-many", method: http.MethodPost, path: base + "/decisions", kind: access.Reviews, tag: tag,
		summary: "Decide several pairs, or take the decisions back 批量裁定与撤销"}, s.reviewMany)
}

// reviewPlace is where a page of pairs ends.
type reviewPlace struct {
	Score float64 `json:"score"`
	ID    string  `json:"id"`
}

func (s *Server) reviews(ctx context.Context, x *exchange, in *reviewsInput) (*ReviewPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Reviews}); err != nil {
		return nil, err
	}
	var at reviewPlace
	if err := s.openCursor(x, "reviews", in.After, &at); err != nil {
		return nil, err
	}
	list, err := s.cfg.Reviewer.Pairs(ctx, ReviewFilter{Library: in.Library, Linked: in.Linked, Decided: in.Decided, After: at.ID, Score: at.Score, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	page := &ReviewPage{Reviews: []ReviewPair{}}
	for _, p := range list {
		for i := range p.Fields {
			p.Fields[i].A, p.Fields[i].B = "", ""
		}
		page.Reviews = append(page.Reviews, p)
	}
	if n := len(list); n == in.Limit {
		page.Next, err = s.sealCursor("reviews", reviewPlace{list[n-1].Score, list[n-1].ID})
	}
	x.leaf.Count = len(list)
	return page, err
}

// pair is a pair in clear, on the record.
func (s *Server) pair(ctx context.Context, x *exchange, id string, element string) (*ReviewPair, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, ErrNone
	}
	p, err := s.cfg.Reviewer.Pair(ctx, parsed)
	if err != nil {
		return nil, err
	}
	var all []noted
	for _, side := range []string{p.A, p.B} {
		anchor, err := uuid.Parse(side)
		if err != nil {
			return nil, err
		}
		for _, f := range p.Fields {
			if element == "" || element == f.Element {
				all = append(all, noted{p.Library, f.Element, anchor})
			}
		}
	}
	s.note(x, all)
	x.leaf.Count = 2
	return p, nil
}

// maskedPair is a pair as a steward sees it: personal values under the one mask of their type.
func (s *Server) maskedPair(ctx context.Context, x *exchange, id string) (*ReviewPair, error) {
	p, err := s.pair(ctx, x, id, "")
	if err != nil {
		return nil, err
	}
	lib := s.current().catalog.Library(p.Library)
	for i := range p.Fields {
		f := &p.Fields[i]
		if lib == nil || lib.Element(f.Element) == nil {
			f.A, f.B = "", ""
			continue
		}
		e := lib.Element(f.Element)
		if !e.Personal && e.Level < 3 {
			continue
		}
		f.Masked = true
		for _, v := range []*string{&f.A, &f.B} {
			if *v != "" {
				*v = s.mask(e, *v)
			}
		}
	}
	return p, nil
}

func (s *Server) reveal(ctx context.Context, x *exchange, in *revealInput) (*ReviewField, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Revealing}); err != nil {
		return nil, err
	}
	if err := impersonal(x, "body.reason", in.Body.Reason); err != nil {
		return nil, err
	}
	p, err := s.pair(ctx, x, in.ID, in.Body.Element)
	if err != nil {
		return nil, err
	}
	lib := s.current().catalog.Library(p.Library)
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Element == in.Body.Element {
			if lib != nil && slices.Contains(above(lib, x.caller.Level), f.Element) {
				return nil, &access.Refusal{Code: access.FieldDenied}
			}
			return f, s.cfg.Reviewer.Reveal(ctx, p, f.Element, x.caller.Client, in.Body.Reason)
		}
	}
	return nil, ErrNone
}

func (s *Server) reviewed(ctx context.Context, x *exchange, id, key string, a ReviewAct) (*ReviewDone, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Reviews}); err != nil {
		return nil, err
	}
	if err := impersonal(x, "body.reason", a.Note); err != nil {
		return nil, err
	}
	a.Seen = strings.Trim(a.Seen, `"*`)
	return once(ctx, s, x, key, []any{id, a}, func() (*ReviewDone, string, error) {
		done, err := s.reviewOne(ctx, x, id, a)
		return done, id, err
	}, func(string) (*ReviewDone, error) { return &ReviewDone{ID: id, Done: true, State: a.Kind}, nil })
}

func (s *Server) reviewOne(ctx context.Context, x *exchange, id string, a ReviewAct) (*ReviewDone, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, ErrNone
	}
	a.By = x.caller.Client
	effect, err := s.cfg.Reviewer.Act(ctx, parsed, a)
	if err != nil {
		return nil, err
	}
	x.leaf.Count++
	return &ReviewDone{ID: id, Done: true, State: a.Kind, Effect: effect}, nil
}

func (s *Server) reviewMany(ctx context.Context, x *exchange, in *reviewManyInput) (*ReviewsDone, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Reviews}); err != nil {
		return nil, err
	}
	if err := impersonal(x, "body.reason", in.Body.Reason); err != nil {
		return nil, err
	}
	kind := in.Body.Decision
	if kind == "undo" {
		kind = "revoked"
	}
	do := func() (*ReviewsDone, string, error) {
		out := &ReviewsDone{Items: []ReviewDone{}}
		for _, id := range in.Body.IDs {
			one, err := s.reviewOne(ctx, x, id, ReviewAct{Kind: kind, Note: in.Body.Reason})
			switch code := roomCode(err); {
			case err == nil:
				out.Done++
				out.Items = append(out.Items, *one)
			case code != "":
				out.Items = append(out.Items, ReviewDone{ID: id, Code: code})
			default:
				return nil, "", errors.Join(err)
			}
		}
		return out, strconv.Itoa(out.Done), nil
	}
	return once(ctx, s, x, in.Key, in.Body, do, func(subject string) (*ReviewsDone, error) {
		n, err := strconv.Atoi(subject)
		return &ReviewsDone{Items: []ReviewDone{}, Done: n}, err
	})
}
