package serve

import (
	"context"
	"net/http"
	"sync"
	"time"

	"wuku/catalog"
	"wuku/matter"
	"wuku/serve/access"
)

// pulseFor is how long the sources' last deliveries are kept: they cost a scan of the ledger.
const pulseFor = time.Minute

// tagMatters groups the operations on matters and cases.
const tagMatters = "matters"

// MatterItem is one matter in the list. 事项
type MatterItem struct {
	Matter     string           `json:"matter"`
	ZH         string           `json:"zh"`
	EN         string           `json:"en"`
	Department string           `json:"department"`
	Purpose    string           `json:"purpose"`
	Channel    string           `json:"channel" doc:"online, elsewhere or places"`
	Scope      string           `json:"scope" doc:"How far proofs are recognised: city, region, province or nation"`
	Automatic  bool             `json:"automatic" doc:"Decided by rule when every material is proved"`
	Baseline   catalog.Baseline `json:"baseline"`
	Parties    []catalog.Party  `json:"parties" nullable:"false"`
	Materials  int              `json:"materials"`
	Proved     int              `json:"proved" doc:"Materials that libraries prove, whose sources deliver"`
}

// MatterPage lists the matters.
type MatterPage struct {
	Matters []MatterItem `json:"matters" nullable:"false"`
}

// MatterAnswer is one matter, compiled.
type MatterAnswer struct {
	MatterItem
	Deciders []string       `json:"deciders" nullable:"false" doc:"Departments, or counter: whoever opened the case"`
	Steps    []catalog.Step `json:"steps" nullable:"false"`
	Plan     *matter.Plan   `json:"plan" doc:"Queries, materials with their sources, and what a grant must allow"`
}

// plans compiles matters of one revision of the catalogue when they are asked for.
type plans struct {
	mu   sync.Mutex
	made map[string]*matter.Plan
}

func (s *Server) matterRoutes() {
	const base = "/api/v1/matters"
	register(s, operation{id: "matters", method: http.MethodGet, path: base, kind: access.Catalogue, tag: tagMatters, etag: true, summary: "Matters 事项"}, s.matters)
	register(s, operation{id: "matter", method: http.MethodGet, path: base + "/{id}", kind: access.Catalogue, tag: tagMatters, etag: true,
		summary: "A matter, compiled 事项", text: "Materials to queries, with sources that are dead or stale, and what the grant of a counter must allow."}, s.matter)
	register(s, operation{id: "matter-report", method: http.MethodGet, path: base + "/{id}/report", kind: access.Catalogue, tag: tagMatters,
		summary: "Zero-material report 零材料", text: "What still has to be brought, and why."}, s.matterReport)
	if s.cfg.Tables != nil {
		s.caseRoutes()
		s.savingRoutes()
	}
}

// plan is a matter compiled, or not_found.
func (s *Server) plan(x *exchange, st *state, name string) (*matter.Plan, error) {
	st.plans.mu.Lock()
	defer st.plans.mu.Unlock()
	if p := st.plans.made[name]; p != nil {
		return p, nil
	}
	if st.catalog.Matter(name) == nil {
		return nil, problem(x.lang, codeNotFound)
	}
	p, err := matter.Compile(st.catalog, name)
	if err != nil {
		return nil, err
	}
	if st.plans.made == nil {
		st.plans.made = map[string]*matter.Plan{}
	}
	st.plans.made[name] = p
	return p, nil
}

// pulse is when each feed last delivered; nil where there are no tables to ask.
func (s *Server) pulse(ctx context.Context) (*matter.Pulse, error) {
	if s.cfg.Tables == nil {
		return nil, nil
	}
	return cached(ctx, &s.cached, "pulse", s.cfg.Now(), pulseFor, func(ctx context.Context) (*matter.Pulse, error) {
		return matter.Pulses(ctx, s.cfg.Tables, s.cfg.Judged(s.cfg.Now()))
	})
}

func (s *Server) matters(ctx context.Context, x *exchange, _ *none) (*MatterPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
		return nil, err
	}
	pulse, err := s.pulse(ctx)
	if err != nil {
		return nil, err
	}
	st, page := s.current(), &MatterPage{Matters: []MatterItem{}}
	for _, name := range matter.Names(st.catalog) {
		p, err := s.plan(x, st, name)
		if err != nil {
			return nil, err
		}
		page.Matters = append(page.Matters, itemOf(p, pulse))
	}
	return page, nil
}

func itemOf(p *matter.Plan, pulse *matter.Pulse) MatterItem {
	m := p.Matter
	return MatterItem{Matter: m.Name, ZH: m.ZH, EN: m.EN, Department: m.Department, Purpose: m.Purpose, Channel: m.Channel, Scope: m.Scope, Automatic: m.Automatic,
		Baseline: m.Baseline, Parties: m.Parties, Materials: len(m.Materials), Proved: p.Zero(pulse).Proved}
}

func (s *Server) matter(ctx context.Context, x *exchange, in *idInput) (*MatterAnswer, error) {
	p, pulse, err := s.planned(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	return &MatterAnswer{MatterItem: itemOf(p, pulse), Deciders: p.Matter.Deciders, Steps: p.Matter.Steps, Plan: p.Sources(pulse)}, nil
}

func (s *Server) matterReport(ctx context.Context, x *exchange, in *idInput) (*matter.Zero, error) {
	p, pulse, err := s.planned(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	z := p.Zero(pulse)
	return &z, nil
}

// planned is a matter with the pulse of its sources, for whoever may see the catalogue.
func (s *Server) planned(ctx context.Context, x *exchange, name string) (*matter.Plan, *matter.Pulse, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Catalogue}); err != nil {
		return nil, nil, err
	}
	p, err := s.plan(x, s.current(), name)
	if err != nil {
		return nil, nil, err
	}
	pulse, err := s.pulse(ctx)
	return p, pulse, err
}
