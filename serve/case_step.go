package serve

import (
	"context"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/catalog"
	"wuku/matter"
	"wuku/serve/access"
	"wuku/trust"
)

type caseListInput struct {
	Matter string `query:"matter" maxLength:"63" doc:"Only of this matter"`
	State  string `query:"state" enum:"open,approved,refused,appealed" doc:"Only in this state"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"Of the newest"`
}

// CasePage lists cases, the newest first, without outcomes.
type CasePage struct {
	Cases []matter.Case `json:"cases" nullable:"false"`
}

// CaseCheckBody is what came since a case was read.
type CaseCheckBody struct {
	Brought       []string      `json:"brought,omitempty" maxItems:"50" doc:"Materials that were brought since"`
	Presentations Presentations `json:"presentations,omitempty" maxProperties:"10" doc:"As when a case is opened"`
	Bundle        bool          `json:"bundle,omitempty" doc:"Answer a signed bundle too"`
	Audience      string        `json:"audience,omitempty" maxLength:"100" doc:"For whom alone the bundle is meant"`
}

type caseCheckInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body CaseCheckBody
}

type caseDecideInput struct {
	ID   string `path:"id" maxLength:"60"`
	Body struct {
		Accept  bool     `json:"accept"`
		Reason  string   `json:"reason" minLength:"2" maxLength:"2000" doc:"Without personal values"`
		Brought []string `json:"brought,omitempty" maxItems:"50" doc:"Materials that were brought and taken"`
	}
}

// decides reports whether a caller may decide a case: a department that the matter lists, or the counter that opened it where it says so.
// After an appeal it is another client than before.
func decides(x *exchange, m *catalog.Matter, c *matter.Case) bool {
	if n := len(c.Decisions); n > 0 && c.Decisions[n-1].Client == x.caller.Client && !c.Decisions[n-1].ByRule {
		return false
	}
	return x.caller.Role == trust.RoleDepartment && slices.Contains(m.Deciders, x.caller.Department) ||
		x.caller.Client == c.Client && slices.Contains(m.Deciders, catalog.DeciderCounter)
}

// concerns reports whether a caller may know of a case of a matter at all. A case of a matter that the catalogue has no more is known to
// its counter and to those who see all.
func concerns(x *exchange, m *catalog.Matter, c *matter.Case) bool {
	switch x.caller.Role {
	case trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator:
		return true
	case trust.RoleDepartment:
		if m != nil && within(m, x.caller.Department) {
			return true
		}
	}
	return c.Client == x.caller.Client
}

// within reports whether a department has to do with a matter: it is competent, decides, or checks a step.
func within(m *catalog.Matter, department string) bool {
	return m.Department == department || slices.Contains(m.Deciders, department) ||
		slices.ContainsFunc(m.Steps, func(step catalog.Step) bool { return step.Department == department })
}

func (s *Server) caseList(ctx context.Context, x *exchange, in *caseListInput) (*CasePage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Cases}); err != nil {
		return nil, err
	}
	client, matters := x.caller.Client, []string{} // its own, and those of its matters
	switch x.caller.Role {
	case trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator:
		client = ""
	case trust.RoleDepartment:
		matters = s.mattersOf(s.current(), x.caller.Department)
	}
	cases, err := s.eventsOf(ctx, "query/matter_cases", clickhouse.Named("client", client), clickhouse.Named("matters", matters),
		clickhouse.Named("only", in.Matter), clickhouse.Named("state", in.State), clickhouse.Named("limit", uint64(in.Limit)))
	if err != nil {
		return nil, err
	}
	page := &CasePage{Cases: []matter.Case{}}
	for _, events := range cases {
		if c := matter.Fold(events); c != nil && (in.State == "" || c.State == in.State) {
			c.Outcomes = nil
			page.Cases = append(page.Cases, *c)
		}
	}
	slices.SortFunc(page.Cases, func(a, b matter.Case) int {
		if n := b.Opened.Compare(a.Opened); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	x.leaf.Count = len(page.Cases)
	return page, nil
}

// mattersOf are the matters with which a department has to do.
func (s *Server) mattersOf(st *state, department string) []string {
	names := []string{}
	for i := range st.catalog.Matters {
		if within(&st.catalog.Matters[i], department) {
			names = append(names, st.catalog.Matters[i].Name)
		}
	}
	return names
}

// known is a case that concerns the caller, with its matter.
func (s *Server) knownCase(ctx context.Context, x *exchange, id string) (*matter.Case, []matter.Event, *matter.Plan, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Cases}); err != nil {
		return nil, nil, nil, err
	}
	st := s.current()
	c, events, err := s.oneCase(ctx, id)
	if err != nil {
		return nil, nil, nil, err
	}
	if c == nil || !concerns(x, st.catalog.Matter(c.Matter), c) {
		return nil, nil, nil, problem(x.lang, codeNotFound)
	}
	p, err := s.plan(x, st, c.Matter)
	if err != nil {
		return nil, nil, nil, err
	}
	x.leaf.Case = c.ID
	return c, events, p, nil
}

// permitted decides again on everything that the outcomes of a case rest on, and puts about whom they are on the record: an outcome tells
// of a person as a value does. Auditors and operators are shown none.
func (s *Server) permitted(x *exchange, p *matter.Plan, c *matter.Case) (map[string]access.Decision, error) {
	if x.caller.Role == trust.RoleAuditor || x.caller.Role == trust.RoleOperator {
		c.Outcomes = nil
		return nil, nil
	}
	number := c.Number
	if number == "" {
		number = c.ID
	}
	decisions := map[string]access.Decision{}
	for _, need := range p.Needs {
		if closedIn(p, c, need.Library) {
			continue // nothing was read there
		}
		own := *x
		own.leaf = trust.Leaf{Operation: x.leaf.Operation}
		d, err := s.decide(&own, access.Call{Operation: access.CaseCheck, Library: need.Library, Fields: p.Elements(need.Library), Purpose: p.Purpose, Case: number})
		if err != nil {
			return nil, err
		}
		for _, e := range c.Evidence {
			if e.Library == need.Library && !slices.Contains(own.leaf.Subjects, e.Subject) {
				own.leaf.Subjects = append(own.leaf.Subjects, e.Subject)
			}
		}
		own.leaf.Count = len(own.leaf.Subjects)
		x.further = append(x.further, own.leaf)
		decisions[need.Library] = d
	}
	return decisions, nil
}

// closedIn reports whether a case's last check was allowed nothing in a library.
func closedIn(p *matter.Plan, c *matter.Case, library string) bool {
	any := false
	for i := range c.Outcomes {
		x := p.Material(c.Outcomes[i].Material)
		if x == nil || x.Query < 0 || p.Queries[x.Query].Library != library {
			continue
		}
		if c.Outcomes[i].State != matter.Closed {
			return false
		}
		any = true
	}
	return any
}

func (s *Server) caseOne(ctx context.Context, x *exchange, in *idInput) (*matter.Case, error) {
	c, _, p, err := s.knownCase(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	_, err = s.permitted(x, p, c)
	return c, err
}

func (s *Server) checkCase(ctx context.Context, x *exchange, in *caseCheckInput) (*CaseAnswer, error) {
	defer s.turns.take(in.ID)() // what is decided here rests on the case as it was read here
	c, past, p, err := s.knownCase(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	if !opens(x) {
		return nil, &access.Refusal{Code: access.NoRole}
	}
	if err := ofPlan(x, p, in.Body.Brought); err != nil {
		return nil, err
	}
	parties, err := s.unsealParties(c)
	if err != nil {
		return nil, err
	}
	brought := slices.Clone(in.Body.Brought)
	for _, o := range c.Outcomes { // what was taken stays taken
		if o.State == matter.Accepted {
			brought = append(brought, o.Material)
		}
	}
	return s.check(ctx, x, checking{st: s.current(), plan: p, c: c, past: past, parties: parties, brought: brought, presentations: in.Body.Presentations, bundle: in.Body.Bundle, audience: in.Body.Audience})
}

func (s *Server) decideCase(ctx context.Context, x *exchange, in *caseDecideInput) (*matter.Case, error) {
	defer s.turns.take(in.ID)()
	c, _, p, err := s.knownCase(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case !decides(x, p.Matter, c):
		return nil, problem(x.lang, codeDecider)
	case c.Ended():
		return nil, problem(x.lang, codeCaseState)
	}
	if err := impersonal(x, "body.reason", in.Body.Reason); err != nil {
		return nil, err
	}
	if _, err := s.permitted(x, p, c); err != nil {
		return nil, err
	}
	if err := ofPlan(x, p, in.Body.Brought); err != nil {
		return nil, err
	}
	d := matter.Decision{Accept: in.Body.Accept, Reason: in.Body.Reason, Accepted: in.Body.Brought}
	d.Saved = p.Saved(c.Outcomes, in.Body.Brought, c.Opened, s.cfg.Now(), false)
	return s.caseStep(ctx, x, c, matter.Decided, d)
}

// caseStep adds an event to a case and returns it as it stands then.
func (s *Server) caseStep(ctx context.Context, x *exchange, c *matter.Case, kind string, content any) (*matter.Case, error) {
	e, err := s.caseEvent(x, c, kind, content)
	if err != nil {
		return nil, err
	}
	if err := s.keepEvents(ctx, e); err != nil {
		return nil, err
	}
	now, _, err := s.oneCase(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if c.Outcomes == nil {
		now.Outcomes = nil
	}
	return now, nil
}

func (s *Server) appealCase(ctx context.Context, x *exchange, in *voteInput) (*matter.Case, error) {
	defer s.turns.take(in.ID)()
	c, _, p, err := s.knownCase(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Client != x.caller.Client:
		return nil, problem(x.lang, codeDecider)
	case !c.Ended():
		return nil, problem(x.lang, codeCaseState)
	case len(strings.TrimSpace(in.Body.Reason)) < 2:
		return nil, problem(x.lang, codeRequest).at("body.reason", "required")
	}
	if err := impersonal(x, "body.reason", in.Body.Reason); err != nil {
		return nil, err
	}
	if _, err := s.permitted(x, p, c); err != nil {
		return nil, err
	}
	return s.caseStep(ctx, x, c, matter.Appealed, matter.Appeal{Reason: in.Body.Reason})
}
