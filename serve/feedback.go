package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"wuku/serve/access"
	"wuku/trust"
)

// FeedbackBody says that a value is doubtful. 数据异议
type FeedbackBody struct {
	Library  string `json:"library" maxLength:"40"`
	By       By     `json:"by"`
	Element  string `json:"element" minLength:"1" maxLength:"100"`
	Reason   string `json:"reason" minLength:"5" maxLength:"2000" doc:"What is doubtful, without personal values"`
	Proposed string `json:"proposed,omitempty" maxLength:"500" doc:"What it should be; kept encrypted, shown to the department that gives the element and to stewards"`
	Purpose  string `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant    string `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case     string `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type feedbackInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100"`
	Body FeedbackBody
}

// FeedbackPage lists feedback.
type FeedbackPage struct {
	Feedback []access.Doubt `json:"feedback" nullable:"false"`
	Next     string         `json:"next,omitempty" doc:"Send it as after to read on"`
}

// FeedbackDecisionBody says what came of it.
type FeedbackDecisionBody struct {
	Accept bool   `json:"accept" doc:"The source is being corrected: the work order closes when it is; false: the value stands, and the work order closes"`
	Reason string `json:"reason" minLength:"2" maxLength:"2000"`
}

type feedbackDecisionInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body FeedbackDecisionBody
}

func (s *Server) feedbackRoutes() {
	const base = "/api/v1/feedback"
	register(s, operation{id: "feedback", method: http.MethodPost, path: base, kind: access.Feedback, tag: "quality", status: http.StatusCreated,
		summary: "Say that a value is doubtful 数据异议", text: "Under a grant that shows or verifies the element. It becomes a work order at the department whose record gave the value; what came of that is told here, as answer."}, s.feedback)
	register(s, operation{id: "feedback-list", method: http.MethodGet, path: base, kind: access.Feedback, tag: "quality",
		summary: "Feedback and what came of it 异议处理", text: "Your own; of your feeds for departments; all for stewards. Without proposed values: one by one."}, s.feedbackList)
	register(s, operation{id: "feedback-one", method: http.MethodGet, path: base + "/{id}", kind: access.Feedback, tag: "quality",
		summary: "One feedback 异议", text: "With the proposed value, for the department whose feed gave the value and for stewards."}, s.feedbackOne)
	register(s, operation{id: "feedback-decide", method: http.MethodPost, path: base + "/{id}/decision", kind: access.Deciding, tag: "quality",
		summary: "Say what came of it 异议答复", text: "By the department whose feed gave the value, or a steward; not by who doubted."}, s.feedbackDecide)
}

func (s *Server) feedback(ctx context.Context, x *exchange, in *feedbackInput) (*access.Doubt, error) {
	b := &in.Body
	if _, err := s.decide(x, access.Call{Operation: access.Feedback}); err != nil {
		return nil, err
	}
	a, err := s.about(ctx, x, access.Call{Operation: access.Check, Library: b.Library, Fields: []string{b.Element}, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}, b.By)
	if err != nil {
		return nil, err
	}
	doubt := access.Doubt{Library: b.Library, Entity: a.r.Entity.String(), Element: b.Element, Reason: b.Reason, Grant: a.d.Grant()}
	if ranks := a.lib.Element(b.Element).Authority; len(ranks) > 0 {
		doubt.Feeds = ranks[0]
	}
	return s.cfg.Access.Doubt(ctx, x.caller, doubt, b.Proposed, in.Key)
}

// answers reports whether a caller answers for a doubt: a steward, or the department whose feed gives the element.
func (s *Server) answers(x *exchange, d *access.Doubt) bool {
	c := s.current().catalog
	return x.caller.Role == trust.RoleSteward || x.caller.Role == trust.RoleDepartment && slices.ContainsFunc(d.Feeds, func(name string) bool {
		f := c.Feed(name)
		return f != nil && f.Department == x.caller.Department
	})
}

// feedbackList shows no proposed value: those are opened one by one, each on the record.
func (s *Server) feedbackList(_ context.Context, x *exchange, in *pageInput) (*FeedbackPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Feedback}); err != nil {
		return nil, err
	}
	var list []*access.Doubt
	for _, d := range x.book.Doubts {
		if d.ID > in.After && (in.State == "" || d.State == in.State) && (d.Client == x.caller.Client || s.answers(x, d)) {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b *access.Doubt) int { return strings.Compare(a.ID, b.ID) })
	page := &FeedbackPage{Feedback: []access.Doubt{}}
	if len(list) > in.Limit {
		list = list[:in.Limit]
		page.Next = list[in.Limit-1].ID
	}
	for _, d := range list {
		page.Feedback = append(page.Feedback, *d)
	}
	s.doubtsRead(x, list)
	return page, nil
}

func (s *Server) feedbackOne(_ context.Context, x *exchange, in *idInput) (*access.Doubt, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Feedback}); err != nil {
		return nil, err
	}
	d := x.book.Doubts[in.ID]
	if d == nil || d.Client != x.caller.Client && !s.answers(x, d) {
		return nil, &access.Refused{Code: access.NoApplication}
	}
	s.doubtsRead(x, []*access.Doubt{d})
	one := *d
	if s.answers(x, d) {
		one.Proposed = s.cfg.Access.Open(d)
	}
	return &one, nil
}

// doubtsRead puts on the record about whom the doubts of an answer are.
func (s *Server) doubtsRead(x *exchange, list []*access.Doubt) {
	var all []noted
	for _, d := range list {
		if id, err := uuid.Parse(d.Entity); err == nil {
			all = append(all, noted{d.Library, d.Element, id})
		}
	}
	s.note(x, all)
}

func (s *Server) feedbackDecide(ctx context.Context, x *exchange, in *feedbackDecisionInput) (*access.Doubt, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Deciding}); err != nil {
		return nil, err
	}
	d := x.book.Doubts[in.ID]
	if d == nil || !s.answers(x, d) {
		return nil, &access.Refused{Code: access.NoApplication}
	}
	s.doubtsRead(x, []*access.Doubt{d})
	return s.cfg.Access.Answer(ctx, x.caller, in.ID, in.Body.Accept, in.Body.Reason)
}
