package serve

import (
	"context"
	"net/http"

	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// sealedFindings is the place at which what a page of findings ends with is sealed.
const sealedFindings = "findings page"

type listInput struct {
	Library string `query:"library" maxLength:"40"`
	Feed    string `query:"feed" maxLength:"100" doc:"Only of this feed"`
	Rule    string `query:"rule" maxLength:"60" doc:"Only with this rule or reason"`
	After   string `query:"after" maxLength:"4000" doc:"What next was on the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// FindingItem is an open quality finding. 质量问题
type FindingItem struct {
	Entity  string `json:"entity"`
	Library string `json:"library"`
	Element string `json:"element"`
	Feed    string `json:"feed"`
	Rule    string `json:"rule"`
}

// FindingPage is a page of open findings.
type FindingPage struct {
	Findings []FindingItem `json:"findings" nullable:"false"`
	Next     string        `json:"next,omitempty" doc:"Send it as after to read on"`
}

// QuarantinePage lists messages in quarantine.
type QuarantinePage struct {
	Messages []read.Quarantined `json:"messages" nullable:"false"`
}

// IncidentPage lists incidents.
type IncidentPage struct {
	Incidents []read.Incident `json:"incidents" nullable:"false"`
}

func (s *Server) listRoutes() {
	register(s, operation{id: "findings", method: http.MethodGet, path: "/api/v1/findings", kind: access.Findings, tag: "quality",
		summary: "Open findings 质量问题", text: "Of your own department's feeds; of all for stewards. No value and no record key."}, s.findings)
	register(s, operation{id: "quarantine", method: http.MethodGet, path: "/api/v1/quarantine", kind: access.Quarantines, tag: "quality",
		summary: "Messages in quarantine 隔离区", text: "Where they lie and why, never what they hold: wuku quarantine show, on the machine, does."}, s.quarantine)
	register(s, operation{id: "incidents", method: http.MethodGet, path: "/api/v1/incidents", kind: access.Incidents, tag: "quality",
		summary: "Incidents of feeds 事件"}, s.incidents)
}

// ownFeeds are the feeds that a caller may see lists of: a department its own, others all (none named). ok is false when that leaves
// nothing.
func (s *Server) ownFeeds(x *exchange, one string) (feeds []string, ok bool) {
	feeds = []string{}
	c := s.current().catalog
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if (one == "" || f.Name == one) && (x.caller.Role != trust.RoleDepartment || f.Department == x.caller.Department) {
			feeds = append(feeds, f.Name)
		}
	}
	if one == "" && x.caller.Role != trust.RoleDepartment {
		return []string{}, true
	}
	return feeds, len(feeds) > 0
}

func (s *Server) findings(ctx context.Context, x *exchange, in *listInput) (*FindingPage, error) {
	d, err := s.decide(x, access.Call{Operation: access.Findings})
	if err != nil {
		return nil, err
	}
	page := &FindingPage{Findings: []FindingItem{}}
	feeds, ok := s.ownFeeds(x, in.Feed)
	if !ok {
		return page, nil
	}
	var after read.Finding
	if err := s.openCursor(x, sealedFindings, in.After, &after); err != nil {
		return nil, err
	}
	list, err := s.reads.Findings(ctx, d, feeds, in.Library, in.Rule, after, in.Limit)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		page.Findings = append(page.Findings, FindingItem{Entity: f.Entity.String(), Library: f.Library, Element: f.Element, Feed: f.Feed, Rule: f.Rule})
	}
	if len(list) == in.Limit {
		if page.Next, err = s.sealCursor(sealedFindings, list[len(list)-1]); err != nil {
			return nil, err
		}
	}
	x.leaf.Count = len(list)
	return page, nil
}

func (s *Server) quarantine(ctx context.Context, x *exchange, in *listInput) (*QuarantinePage, error) {
	d, err := s.decide(x, access.Call{Operation: access.Quarantines})
	if err != nil {
		return nil, err
	}
	page := &QuarantinePage{Messages: []read.Quarantined{}}
	if feeds, ok := s.ownFeeds(x, in.Feed); ok {
		list, err := s.reads.Quarantine(ctx, d, feeds, in.Rule, in.Limit)
		if err != nil {
			return nil, err
		}
		page.Messages = append(page.Messages, list...)
	}
	return page, nil
}

func (s *Server) incidents(ctx context.Context, x *exchange, in *listInput) (*IncidentPage, error) {
	d, err := s.decide(x, access.Call{Operation: access.Incidents})
	if err != nil {
		return nil, err
	}
	page := &IncidentPage{Incidents: []read.Incident{}}
	if feeds, ok := s.ownFeeds(x, in.Feed); ok {
		list, err := s.reads.Incidents(ctx, d, feeds, in.Limit)
		if err != nil {
			return nil, err
		}
		page.Incidents = append(page.Incidents, list...)
	}
	return page, nil
}
