package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"wuku/serve/access"
)

// DemandBody says what is needed and is not in the catalogue. 数据需求
type DemandBody struct {
	Title   string `json:"title" minLength:"2" maxLength:"200"`
	Text    string `json:"text" minLength:"5" maxLength:"2000" doc:"What is needed, at which level of detail, how often; nothing personal"`
	Purpose string `json:"purpose" minLength:"2" maxLength:"200" doc:"What for"`
	Basis   string `json:"basis,omitempty" maxLength:"500" doc:"Legal basis 法律依据"`
	Library string `json:"library,omitempty" maxLength:"40"`
	Urgency string `json:"urgency" enum:"normal,urgent,emergency"`
}

type demandInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100"`
	Body DemandBody
}

// DemandAnswerBody says what came of a demand.
type DemandAnswerBody struct {
	State  string `json:"state" enum:"planned,met,declined"`
	Item   string `json:"item,omitempty" maxLength:"100" doc:"Number on the responsibility list, or feed, that meets it"`
	Reason string `json:"reason" minLength:"2" maxLength:"2000"`
}

type demandAnswerInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body DemandAnswerBody
}

// DemandPage is a page of the demand register.
type DemandPage struct {
	Demands []access.Demand `json:"demands" nullable:"false"`
	Next    string          `json:"next,omitempty" doc:"Send it as after to read on"`
}

func (s *Server) demandRoutes() {
	const base, tag = "/api/v1/demands", "catalogue"
	register(s, operation{id: "demand", method: http.MethodPost, path: base, kind: access.Demands, tag: tag, status: http.StatusCreated,
		summary: "Say what data you need and do not find 登记数据需求"}, func(ctx context.Context, x *exchange, in *demandInput) (*access.Demand, error) {
		b := &in.Body
		if _, err := s.decide(x, access.Call{Operation: access.Demands}); err != nil {
			return nil, err
		}
		if err := errors.Join(impersonal(x, "body.title", b.Title), impersonal(x, "body.text", b.Text), impersonal(x, "body.purpose", b.Purpose), impersonal(x, "body.basis", b.Basis)); err != nil {
			return nil, err
		}
		if b.Library != "" && s.current().catalog.Library(b.Library) == nil {
			return nil, problem(x.lang, codeRequest).at("body.library", "unknown")
		}
		return s.cfg.Access.Demand(ctx, x.caller, access.Demand{Title: b.Title, Text: b.Text, Purpose: b.Purpose, Basis: b.Basis, Library: b.Library, Urgency: b.Urgency}, in.Key)
	})
	register(s, operation{id: "demands", method: http.MethodGet, path: base, kind: access.Demands, tag: tag,
		summary: "The demand register 数据需求清单", text: "All of it, for everybody: what others need already need not be asked for twice."}, s.demands)
	register(s, operation{id: "demand-answer", method: http.MethodPost, path: base + "/{id}/answer", kind: access.Meeting, tag: tag,
		summary: "Say what came of a demand 需求答复"}, func(ctx context.Context, x *exchange, in *demandAnswerInput) (*access.Demand, error) {
		if _, err := s.decide(x, access.Call{Operation: access.Meeting}); err != nil {
			return nil, err
		}
		if err := errors.Join(impersonal(x, "body.item", in.Body.Item), impersonal(x, "body.reason", in.Body.Reason)); err != nil {
			return nil, err
		}
		return s.cfg.Access.AnswerDemand(ctx, x.caller, in.ID, in.Body.State, in.Body.Item, in.Body.Reason)
	})
}

func (s *Server) demands(_ context.Context, x *exchange, in *pageInput) (*DemandPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Demands}); err != nil {
		return nil, err
	}
	page := &DemandPage{Demands: []access.Demand{}}
	for _, d := range x.book.Demands {
		if d.ID > in.After && (in.State == "" || d.State == in.State) {
			page.Demands = append(page.Demands, *d)
		}
	}
	slices.SortFunc(page.Demands, func(a, b access.Demand) int { return strings.Compare(a.ID, b.ID) })
	if len(page.Demands) > in.Limit {
		page.Demands = page.Demands[:in.Limit]
		page.Next = page.Demands[in.Limit-1].ID
	}
	return page, nil
}
