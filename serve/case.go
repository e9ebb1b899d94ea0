package serve

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/matter"
	"wuku/serve/access"
	"wuku/trust"
)

// CaseBody opens a case. 办件申请
type CaseBody struct {
	Matter        string        `json:"matter" minLength:"1" maxLength:"63"`
	Parties       map[string]By `json:"parties" minProperties:"1" maxProperties:"10" doc:"Party of the matter to the number of whoever it is; numbers travel in bodies only"`
	Division      string        `json:"division" pattern:"^[0-9]{6}$" doc:"Division of the counter: it decides what is recognised"`
	Channel       string        `json:"channel,omitempty" enum:"online,elsewhere,places" doc:"The matter's when empty"`
	Brought       []string      `json:"brought,omitempty" maxItems:"50" doc:"Materials that were brought and taken at the counter"`
	Presentations Presentations `json:"presentations,omitempty" maxProperties:"10" doc:"Material to a presentation of a recognised issuer, where the matter's scope is nation 跨省亮证"`
	Number        string        `json:"number,omitempty" maxLength:"100" doc:"Your own number of the case; grants that want one take it, else the id"`
	Bundle        bool          `json:"bundle,omitempty" doc:"Answer a signed bundle too: an SD-JWT that discloses what you choose"`
	Audience      string        `json:"audience,omitempty" maxLength:"100" doc:"For whom alone the bundle is meant"`
}

// Presentations are presentations of e-certificates by the material that each proves.
type Presentations map[string]ShownCertificate

// ShownCertificate is a presentation with its issuer's status list, which nobody fetches for you.
type ShownCertificate struct {
	Presentation string `json:"presentation" minLength:"1" maxLength:"20000"`
	StatusList   string `json:"status_list,omitempty" maxLength:"20000"`
}

type caseInput struct {
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"A repeated call is about the same case: it reads it again"`
	Body CaseBody
}

// CaseAnswer is a case with the proofs of its materials, as they were read for this answer.
type CaseAnswer struct {
	Case   *matter.Case `json:"case"`
	Proofs []Proof      `json:"proofs" nullable:"false"`
	Open   []string     `json:"open" nullable:"false" doc:"Materials that keep the case from being decided by rule"`
	Bundle string       `json:"bundle,omitempty" doc:"SD-JWT VC: leave a part between two ~ out, and it is not shown. Good for ten minutes"`
	Handle string       `json:"handle,omitempty" doc:"Revokes the bundle: POST /api/v1/presentations/{handle}/revocation"`
}

func (s *Server) caseRoutes() {
	const base = "/api/v1/cases"
	register(s, operation{id: "case-open", method: http.MethodPost, path: base, kind: access.Cases, tag: tagMatters, status: http.StatusCreated,
		summary: "Open a case 办件受理", text: "Numbers in; every proof out, each with source, time and doubt, read from all libraries at once under your grants (operation case, the matter's purpose). " +
			"Decided at once where the matter says so and every value is authoritative, recognised, fresh and undoubted; else the open points say what is missing and who can mend it."}, s.openCase)
	register(s, operation{id: "cases", method: http.MethodGet, path: base, kind: access.Cases, tag: tagMatters,
		summary: "Cases 办件", text: "Your own; those of your matters for departments; all for stewards, auditors and operators. Without outcomes: one by one."}, s.caseList)
	register(s, operation{id: "case", method: http.MethodGet, path: base + "/{id}", kind: access.Cases, tag: tagMatters,
		summary: "One case 办件", text: "As it was last checked. Outcomes are shown under the grants that the check wants: when one has ended, the answer is refused."}, s.caseOne)
	register(s, operation{id: "case-check", method: http.MethodPost, path: base + "/{id}/check", kind: access.Cases, tag: tagMatters,
		summary: "Read the proofs again 复核", text: "Everything is read anew; an open case may be decided by rule now."}, s.checkCase)
	register(s, operation{id: "case-decide", method: http.MethodPost, path: base + "/{id}/decide", kind: access.Cases, tag: tagMatters,
		summary: "Decide a case 办结", text: "By a decider of the matter, with the reason; after an appeal by another client than before."}, s.decideCase)
	register(s, operation{id: "case-appeal", method: http.MethodPost, path: base + "/{id}/appeal", kind: access.Cases, tag: tagMatters,
		summary: "Appeal against a decision 申诉", text: "By the counter that opened the case, for its party."}, s.appealCase)
	register(s, operation{id: "case-archive", method: http.MethodGet, path: base + "/{id}/archive", kind: access.Cases, tag: tagMatters,
		summary: "Archive package of a case 归档", text: "Declaration, events and evidence with digests, under a signed manifest."}, s.archiveCase)
	register(s, operation{id: "case-archive-zip", method: http.MethodGet, path: base + "/{id}/archive.zip", kind: access.Cases, tag: tagMatters, media: "application/zip",
		summary: "Archive package for an archive's intake 归档信息包", text: "The same files, encapsulated by DA/T 48-2009 (eep.xml) and described by METS (mets.xml), with manifest.jws over the digests of all."}, s.archiveZip)
}

// opens reports whether a caller may open cases: counters and departments.
func opens(x *exchange) bool {
	return x.caller.Role == trust.RoleService || x.caller.Role == trust.RoleDepartment
}

func (s *Server) openCase(ctx context.Context, x *exchange, in *caseInput) (*CaseAnswer, error) {
	b := &in.Body
	if _, err := s.decide(x, access.Call{Operation: access.Cases, Case: b.Number}); err != nil {
		return nil, err
	}
	if !opens(x) {
		return nil, &access.Refusal{Code: access.NoRole}
	}
	return once(ctx, s, x, in.Key, in.Body, func() (*CaseAnswer, string, error) {
		a, err := s.newCase(ctx, x, b)
		if err != nil {
			return nil, "", err
		}
		return a, a.Case.ID, nil
	}, func(id string) (*CaseAnswer, error) {
		again := CaseCheckBody{Brought: b.Brought, Presentations: b.Presentations, Bundle: b.Bundle, Audience: b.Audience}
		return s.checkCase(ctx, x, &caseCheckInput{ID: id, Body: again})
	})
}

// newCase opens a case and reads all that proves it.
func (s *Server) newCase(ctx context.Context, x *exchange, b *CaseBody) (*CaseAnswer, error) {
	if err := impersonal(x, "body.number", b.Number); err != nil { // it is kept in clear
		return nil, err
	}
	st := s.current()
	p, err := s.plan(x, st, b.Matter)
	if err != nil {
		return nil, err
	}
	if err := ofPlan(x, p, b.Brought); err != nil {
		return nil, err
	}
	parties, err := s.partiesOf(x, st, p, b.Parties)
	if err != nil {
		return nil, err
	}
	c := &matter.Case{ID: newCaseID("c"), Matter: p.Name, Division: b.Division, State: matter.StateOpen, Client: x.caller.Client, Number: b.Number}
	x.leaf.Case = c.ID
	opening := matter.Opening{Channel: b.Channel, Catalog: catalog.Digest(st.catalog), Number: b.Number, Parties: s.sealParties(c.ID, parties)}
	if opening.Channel == "" {
		opening.Channel = p.Matter.Channel
	}
	first, err := s.caseEvent(x, c, matter.Opened, opening)
	if err != nil {
		return nil, err
	}
	return s.check(ctx, x, checking{st: st, plan: p, c: c, parties: parties, brought: b.Brought, presentations: b.Presentations, events: []matter.Event{first}, bundle: b.Bundle, audience: b.Audience})
}

// partiesOf are the numbers of a matter's parties: all of them, and no other.
func (s *Server) partiesOf(x *exchange, st *state, p *matter.Plan, by map[string]By) (map[string]question, error) {
	out := map[string]question{}
	for i := range p.Matter.Parties {
		party := &p.Matter.Parties[i]
		one, ok := by[party.Name]
		if !ok || one.Scheme == "" {
			return nil, problem(x.lang, codeParties).at("body.parties", "required")
		}
		q, err := s.anchorOf(x, st.catalog.Library(party.Library), one)
		if err != nil {
			return nil, err
		}
		out[party.Name] = q
	}
	if len(by) != len(out) {
		return nil, problem(x.lang, codeParties).at("body.parties", "unexpected")
	}
	return out, nil
}

// ofPlan refuses materials that the matter does not have: they would be taken and count for nothing.
func ofPlan(x *exchange, p *matter.Plan, materials []string) error {
	for _, name := range materials {
		if p.Material(name) == nil {
			return problem(x.lang, codeRequest).at("body.brought", "invalid")
		}
	}
	return nil
}

// partyPlace is the place at which a case's numbers are sealed.
func partyPlace(id, party string) string { return "case/" + id + "/" + party }

func (s *Server) sealParties(id string, parties map[string]question) map[string]string {
	out := map[string]string{}
	for name, q := range parties {
		out[name] = s.salts.Encrypt(q.scheme+"|"+q.value, partyPlace(id, name))
	}
	return out
}

// unsealParties opens the numbers of a case.
func (s *Server) unsealParties(c *matter.Case) (map[string]question, error) {
	out := map[string]question{}
	for _, name := range slices.Sorted(maps.Keys(c.Opening.Parties)) {
		text, err := s.salts.Decrypt(c.Opening.Parties[name], partyPlace(c.ID, name))
		if err != nil {
			return nil, err
		}
		scheme, value, _ := strings.Cut(text, "|")
		out[name] = question{id: s.byIdentifier(scheme, value), scheme: scheme, value: value}
	}
	return out, nil
}

// checking is one reading of a case.
type checking struct {
	st            *state
	plan          *matter.Plan
	c             *matter.Case
	parties       map[string]question
	brought       []string
	presentations Presentations
	past          []matter.Event // that are kept already
	events        []matter.Event // before the check, to be kept with it
	bundle        bool
	audience      string
}

// check reads all that proves a case, judges it, lets the rule decide where it may, and keeps what happened before the answer leaves.
func (s *Server) check(ctx context.Context, x *exchange, k checking) (*CaseAnswer, error) {
	number := k.c.Number
	if number == "" {
		number = k.c.ID
	}
	all, err := s.gather(ctx, x, k.st, k.plan, k.parties, number)
	if err != nil {
		return nil, err
	}
	x.leavesOf(all)
	if refused := wholly(all); refused != "" {
		return nil, &access.Refusal{Code: refused}
	}
	outcomes, where, err := s.judge(ctx, k.st, k.plan, all, k.c.Division)
	if err != nil {
		return nil, err
	}
	if err := s.recognise(x, k, outcomes, where); err != nil {
		return nil, err
	}
	matter.Take(outcomes, k.brought)
	content := matter.Check{Outcomes: outcomes, Evidence: s.evidence(k.st, k.plan, all, outcomes, k.c.ID, k.c.Checks), Open: matter.OpenMaterials(outcomes), Grants: grantsIn(all), Reading: k.c.Checks}
	events := k.events
	e, err := s.caseEvent(x, k.c, matter.Checked, content)
	if err != nil {
		return nil, err
	}
	events = append(events, e)
	if k.c.State == matter.StateOpen && k.plan.Settled(outcomes) {
		opened := k.c.Opened
		if opened.IsZero() {
			opened = e.At
		}
		d, err := s.caseEvent(x, k.c, matter.Decided, matter.Decision{Accept: true, ByRule: true, Reason: "every material is proved 全部材料已证明", Saved: k.plan.Saved(outcomes, nil, opened, e.At, true)})
		if err != nil {
			return nil, err
		}
		d.At = e.At.Add(time.Microsecond) // after the check on which it rests
		d.MAC = s.sealOf(&d)
		events = append(events, d)
	}
	if err := s.keepEvents(ctx, events...); err != nil {
		return nil, err
	}
	return s.caseAnswer(x, k, matter.Fold(append(slices.Clone(k.past), events...)), all, outcomes)
}

// caseAnswer is the case as it stands after a check, with the proofs that were read.
func (s *Server) caseAnswer(x *exchange, k checking, c *matter.Case, all []gathered, outcomes []matter.Outcome) (out *CaseAnswer, err error) {
	c.Outcomes = nil // the proofs say it
	out = &CaseAnswer{Case: c, Proofs: s.proofsIn(k.st, k.plan, all, outcomes), Open: matter.OpenMaterials(outcomes)}
	for i := range outcomes {
		if outcomes[i].State == matter.Proved {
			s.metrics.saved.Inc()
		}
	}
	if k.bundle {
		err = s.bundle(x, k, all, outcomes, out)
	}
	return out, err
}

// wholly is why nothing at all could be read; "" where something was, or nothing is to be read.
func wholly(all []gathered) string {
	refused := ""
	for i := range all {
		if all[i].refused == "" {
			return ""
		}
		if refused == "" || refused == access.NoGrant {
			refused = all[i].refused
		}
	}
	return refused
}

func grantsIn(all []gathered) []string {
	grants := []string{}
	for i := range all {
		if all[i].refused == "" {
			grants = append(grants, all[i].d.Grant())
		}
	}
	slices.Sort(grants)
	return slices.Compact(grants)
}
