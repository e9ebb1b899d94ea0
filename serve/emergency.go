package serve

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/trust"
)

// EmergencyAnswer is a feed guessed from a sample, with why, and the proposal when it was filed. 应急数据
type EmergencyAnswer struct {
	Name     string           `json:"name"`
	Topic    string           `json:"topic"`
	Records  int              `json:"records" doc:"Of the sample that were looked at"`
	Expires  string           `json:"expires" doc:"Last day whose messages are taken"`
	Key      string           `json:"key" doc:"Which column tells records apart, and why"`
	Version  string           `json:"version" doc:"What tells which of two messages is newer, and why"`
	Mapped   []EmergencyField `json:"mapped" nullable:"false"`
	Unknown  []string         `json:"unknown" nullable:"false" doc:"Columns that nothing was found for"`
	Text     string           `json:"text" doc:"The feed's file as it would stand in the catalogue"`
	Proposal string           `json:"proposal,omitempty" doc:"Id of the proposal, when it was filed"`
}

// EmergencyField is one column and what it was taken for.
type EmergencyField struct {
	Column  string `json:"column"`
	Element string `json:"element"`
	Format  string `json:"format,omitempty"`
	Why     string `json:"why"`
}

type emergencyInput struct {
	Department string `query:"department" maxLength:"40" doc:"Whose feed; your own when empty"`
	Library    string `query:"library" maxLength:"40" required:"true"`
	Name       string `query:"name" maxLength:"60" pattern:"^([a-z0-9][a-z0-9._-]*)?$" doc:"The feed's name; DEPARTMENT.emergency when empty"`
	ZH         string `query:"zh" maxLength:"60" doc:"Its Chinese name"`
	Expires    string `query:"expires" maxLength:"10" doc:"Last day whose messages are taken, 2006-01-02; in 90 days when empty"`
	Reason     string `query:"reason" maxLength:"500" doc:"Why it is needed; with it the feed is proposed, without it only guessed. Nothing personal"`
	RawBody    []byte `contentType:"application/octet-stream"`
}

func (s *Server) emergencyRoutes() {
	if s.cfg.Catalogues == nil {
		return
	}
	register(s, operation{id: "feed-propose", method: http.MethodPost, path: "/api/v1/catalog/emergencies", kind: access.Proposing, tag: "catalogue", maxBody: maxCatalog,
		summary: "A feed guessed from a sample 应急数据", text: "The beginning of a department's file: CSV with a header line, JSON lines or an array; UTF-8 or GB 18030. Without reason it is only guessed, and nothing is kept. With reason the catalogue in force with this feed, behind all others in rank, is proposed; two approve it."}, s.emergency)
}

func (s *Server) emergency(ctx context.Context, x *exchange, in *emergencyInput) (*EmergencyAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Proposing}); err != nil {
		return nil, err
	}
	if err := errors.Join(impersonal(x, "query.zh", in.ZH), impersonal(x, "query.reason", in.Reason)); err != nil {
		return nil, err
	}
	in.Department = cmp.Or(in.Department, x.caller.Department)
	if x.caller.Role == trust.RoleDepartment && in.Department != x.caller.Department {
		return nil, ErrNotYours
	}
	in.Name, in.ZH, in.Expires = cmp.Or(in.Name, in.Department+".emergency"), cmp.Or(in.ZH, "应急数据"), cmp.Or(in.Expires, catalog.EmergencyExpires(s.cfg.Now()))
	sample, err := catalog.ReadSample(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, errors.Join(ErrUnfit, err)
	}
	if err := impersonal(x, "body", strings.Join(sample.Columns, " ")); err != nil { // a first line that is a record, not names of columns
		return nil, err
	}
	found, next, faults := s.guess(sample, in)
	if len(faults) > 0 {
		p := problem(x.lang, codeCatalog)
		p.Faults = faults[:min(len(faults), mostFaults)]
		return nil, p
	}
	out := guessed(found, len(sample.Records))
	out.Topic = next.Feed(in.Name).Topic
	if in.Reason == "" {
		return out, nil
	}
	p, err := ProposeCatalog(ctx, s.cfg.Access, s.cfg.Catalogues, x.caller, next, access.Proposal{Title: in.ZH + " " + in.Name, Reason: in.Reason})
	if err != nil {
		return nil, err
	}
	out.Proposal = p.ID
	return out, nil
}

// guess is the feed and the catalogue in force with it, or what is wrong with them.
func (s *Server) guess(sample catalog.Sample, in *emergencyInput) (*catalog.Proposal, *catalog.Catalog, []string) {
	c := s.current().catalog
	if c.Feed(in.Name) != nil {
		return nil, nil, []string{"the catalogue has a feed " + in.Name + ": give the new one another name"}
	}
	found, err := catalog.Propose(c, sample, in.Name, in.ZH, in.Department, in.Library, in.Expires)
	if err != nil {
		return nil, nil, []string{err.Error()}
	}
	next, problems := c.With(&found.Feed)
	var faults []string
	for _, f := range problems.Fatal() {
		faults = append(faults, f.String())
	}
	return found, next, faults
}

func guessed(p *catalog.Proposal, records int) *EmergencyAnswer {
	f := &p.Feed
	out := &EmergencyAnswer{Name: f.Name, Records: records, Expires: f.Expires, Key: strings.Join(f.Key, ", ") + ": " + p.Key, Version: f.Version.Field + ": " + p.Version,
		Mapped: []EmergencyField{}, Unknown: append([]string{}, p.Unknown...), Text: p.Text()}
	for _, x := range f.Claims[0].Fields {
		out.Mapped = append(out.Mapped, EmergencyField{Column: x.From, Element: x.Element, Format: x.Format, Why: p.Why[x.Element]})
	}
	return out
}
