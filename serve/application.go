package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"wuku/serve/access"
	"wuku/trust"
)

// ApplicationBody asks for a grant. 申请
type ApplicationBody struct {
	Client string       `json:"client,omitempty" maxLength:"60" pattern:"^[a-z0-9][a-z0-9.-]*$" doc:"Name of the system that will call, such as nanjing-schools; yourself when empty"`
	Title  string       `json:"title" minLength:"2" maxLength:"200"`
	Reason string       `json:"reason" minLength:"5" maxLength:"2000" doc:"Why the data is needed; no personal value"`
	Terms  access.Terms `json:"terms"`
}

type applicationInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"A repeated call with it files nothing new"`
	Body ApplicationBody
}

type pageInput struct {
	State string `query:"state" maxLength:"20" doc:"Only in this state"`
	After string `query:"after" maxLength:"60" doc:"The id of the last one that you have"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type idInput struct {
	ID string `path:"id" maxLength:"60"`
}

// VoteBody gives a reason.
type VoteBody struct {
	Reason string `json:"reason" minLength:"2" maxLength:"2000"`
}

type voteInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body VoteBody
}

type assessmentInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body access.Assessment
}

// ApplicationPage is a page of applications, by id.
type ApplicationPage struct {
	Applications []access.Case `json:"applications" nullable:"false"`
	Next         string        `json:"next,omitempty" doc:"Send it as after to read on"`
}

// KeyAnswer is a new key.
type KeyAnswer struct {
	ID      string    `json:"id"`
	Client  string    `json:"client"`
	Key     string    `json:"key,omitempty" doc:"Keep it: nobody can show it again. None where a public key was sent: then its id is the keyid of signed calls"`
	Expires time.Time `json:"expires,omitzero"`
}

const tagAccess = "access"

func (s *Server) applicationRoutes() {
	const base = "/api/v1/applications"
	register(s, operation{id: "apply", method: http.MethodPost, path: base, kind: access.Applying, tag: tagAccess, status: http.StatusCreated,
		summary: "Apply for a grant 申请授权", text: "Elements, purpose, legal basis, area, term and volume. Two approvers who are not the applicant decide, after a recorded risk assessment."}, s.apply)
	register(s, operation{id: "applications", method: http.MethodGet, path: base, kind: access.Applying, tag: tagAccess,
		summary: "Applications 申请列表", text: "Your own; all of them for stewards, departments that may decide, and auditors."}, s.applications)
	register(s, operation{id: "application", method: http.MethodGet, path: base + "/{id}", kind: access.Applying, tag: tagAccess,
		summary: "One application 申请"}, s.application)
	register(s, operation{id: "assess", method: http.MethodPost, path: base + "/{id}/assessment", kind: access.Deciding, tag: tagAccess,
		summary: "Record the risk assessment 风险评估"}, func(ctx context.Context, x *exchange, in *assessmentInput) (*access.Case, error) {
		return s.decided(ctx, x, access.Deciding, in.ID, func(b *access.Book) (*access.Case, error) { return b.Assess(ctx, x.caller, in.ID, in.Body) })
	})
	s.voteRoute("approve", base+"/{id}/approval", access.Deciding, "Approve 审批通过", (*access.Book).Approve)
	s.voteRoute("reject", base+"/{id}/rejection", access.Deciding, "Reject 驳回", (*access.Book).Reject)
	s.voteRoute("withdraw", base+"/{id}/withdrawal", access.Applying, "Withdraw your application 撤回", (*access.Book).Withdraw)
	register(s, operation{id: "application-key", method: http.MethodPost, path: base + "/{id}/key", kind: access.KeyKeeping, tag: tagAccess, status: http.StatusCreated,
		summary: "A key for the client of a granted application 领取密钥", text: "For who applied. The key is shown once."}, s.applicationKey)
}

// voteRoute is a step on an application that takes a reason.
func (s *Server) voteRoute(id, path string, kind access.Operation, summary string, do func(*access.Book, context.Context, trust.Principal, string, string) (*access.Case, error)) {
	register(s, operation{id: id, method: http.MethodPost, path: path, kind: kind, tag: tagAccess, summary: summary},
		func(ctx context.Context, x *exchange, in *voteInput) (*access.Case, error) {
			return s.decided(ctx, x, kind, in.ID, func(b *access.Book) (*access.Case, error) { return do(b, ctx, x.caller, in.ID, in.Body.Reason) })
		})
}

// decided does a step on an application that the caller's role may do and that the caller may see.
func (s *Server) decided(_ context.Context, x *exchange, op access.Operation, id string, do func(*access.Book) (*access.Case, error)) (*access.Case, error) {
	if _, err := s.decide(x, access.Call{Operation: op}); err != nil {
		return nil, err
	}
	there := x.book.Cases[id]
	if there == nil || !s.maySee(x, there) {
		return nil, &access.Refused{Code: access.NoApplication}
	}
	x.leaf.Grant = there.ID
	c, err := do(s.cfg.Access)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// maySee reports whether a caller may see an application: it is theirs, or they decide on such, or they audit.
func (s *Server) maySee(x *exchange, c *access.Case) bool {
	switch x.caller.Role {
	case trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator:
		return true
	case trust.RoleDepartment:
		if access.Provides(s.current().catalog, x.caller.Department, c.Application.Terms.Library) {
			return true
		}
	}
	return c.Applicant == x.caller.Client || c.Application.Client == x.caller.Client ||
		x.caller.Department != "" && c.Application.Department == x.caller.Department
}

func (s *Server) apply(ctx context.Context, x *exchange, in *applicationInput) (*access.Case, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Applying}); err != nil {
		return nil, err
	}
	a := access.Application{Client: in.Body.Client, Title: in.Body.Title, Reason: in.Body.Reason, Terms: in.Body.Terms}
	if a.Client == "" {
		a.Client = x.caller.Client
	}
	c, err := s.cfg.Access.File(ctx, x.caller, a, in.Key)
	var faulty *access.Faulty
	if errors.As(err, &faulty) {
		p := problem(x.lang, access.BadTerms)
		for _, f := range faulty.Faults {
			p.at("body."+f.Field, f.Code)
		}
		return nil, p
	}
	if err != nil {
		return nil, err
	}
	x.leaf.Grant = c.ID
	return c, nil
}

func (s *Server) applications(_ context.Context, x *exchange, in *pageInput) (*ApplicationPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Applying}); err != nil {
		return nil, err
	}
	return s.page(x, in, func(c *access.Case) bool { return in.State == "" || string(c.State) == in.State }), nil
}

// page is the applications that a caller may see and that fit, by id.
func (s *Server) page(x *exchange, in *pageInput, fits func(*access.Case) bool) *ApplicationPage {
	page := &ApplicationPage{Applications: []access.Case{}}
	for _, c := range x.book.Cases {
		if c.ID > in.After && fits(c) && s.maySee(x, c) {
			page.Applications = append(page.Applications, *c)
		}
	}
	slices.SortFunc(page.Applications, func(a, b access.Case) int { return strings.Compare(a.ID, b.ID) })
	if len(page.Applications) > in.Limit {
		page.Applications = page.Applications[:in.Limit]
		page.Next = page.Applications[in.Limit-1].ID
	}
	return page
}

func (s *Server) application(_ context.Context, x *exchange, in *idInput) (*access.Case, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Applying}); err != nil {
		return nil, err
	}
	c := x.book.Cases[in.ID]
	if c == nil || !s.maySee(x, c) {
		return nil, &access.Refused{Code: access.NoApplication}
	}
	return c, nil
}

// KeyBody brings a public key.
type KeyBody struct {
	PublicKey string `json:"public_key,omitempty" maxLength:"2000" doc:"Ed25519 or ECDSA on P-256, as PEM: calls are signed with its private key (RFC 9421), and there is no secret to send"`
}

// public is the public key that was sent, "" for none.
func (b *KeyBody) public() string {
	if b == nil {
		return ""
	}
	return b.PublicKey
}

type keyInput struct {
	Body *KeyBody
}

type keyOfInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body *KeyBody
}

func (s *Server) applicationKey(ctx context.Context, x *exchange, in *keyOfInput) (*KeyAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.KeyKeeping}); err != nil {
		return nil, err
	}
	key, p, err := s.cfg.Access.IssueFor(ctx, x.caller, in.ID, in.Body.public())
	if err != nil {
		return nil, err
	}
	x.leaf.Grant = in.ID
	return &KeyAnswer{ID: p.ID, Client: p.Client, Key: key}, nil
}
