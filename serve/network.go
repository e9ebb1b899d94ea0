package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"wuku/catalog"
	"wuku/matter"
	"wuku/serve/access"
	"wuku/trust"
)

// ServiceItem is one service of the government, whoever offers it and wherever: what it is, what has still to be brought, and how to open a
// case of it. 服务事项
type ServiceItem struct {
	Service      string           `json:"service" doc:"The matter's name: POST /api/v1/cases takes it"`
	ZH           string           `json:"zh"`
	EN           string           `json:"en"`
	Department   string           `json:"department"`
	DepartmentZH string           `json:"department_zh"`
	Channel      string           `json:"channel" doc:"online 全程网办, elsewhere 异地代收代办 or places 多地联办"`
	Scope        string           `json:"scope" doc:"How far proofs are recognised: city, region, province or nation"`
	Region       []string         `json:"region,omitempty" doc:"Of scope region: the divisions that recognise each other"`
	Here         string           `json:"here,omitempty" doc:"With division: whose records count at its counters, beside those of the nation and the province: none, own (the city's own), region (the cities of region), all, or abroad (and presentations of other provinces)"`
	Automatic    bool             `json:"automatic" doc:"Decided by rule when everything is proved 无人工干预"`
	Parties      []catalog.Party  `json:"parties" nullable:"false" doc:"Whose numbers open a case"`
	Bring        []matter.Reason  `json:"bring" nullable:"false" doc:"What has still to be brought, and why; nothing: 零材料"`
	Saved        int              `json:"materials_saved" doc:"Materials that libraries prove"`
	Baseline     catalog.Baseline `json:"baseline" doc:"What it took before"`
}

// ServicePage lists services.
type ServicePage struct {
	Services []ServiceItem `json:"services" nullable:"false"`
}

type servicesInput struct {
	Q          string `query:"q" maxLength:"100" doc:"Chinese words, pinyin, initials or English"`
	Division   string `query:"division" pattern:"^[0-9]{6}$" doc:"Where the counter is"`
	Channel    string `query:"channel" enum:"online,elsewhere,places"`
	Department string `query:"department" maxLength:"60" doc:"Code of the competent department"`
}

// RecognitionAnswer is the registry of recognition: whose records and certificates count here, how far, and by what. 互认登记
type RecognitionAnswer struct {
	Levels  []RecognitionLevel    `json:"levels" nullable:"false"`
	Issuers []trust.TrustedIssuer `json:"issuers" nullable:"false" doc:"Other issuers of certificates on the trust list, with their public keys"`
	Matters []RecognitionMatter   `json:"matters" nullable:"false" doc:"How far each matter recognises the records of other divisions and departments"`
}

// RecognitionLevel is one level with what it means.
type RecognitionLevel struct {
	Level string `json:"level"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

// RecognitionMatter is one matter: where its proofs are recognised, and which departments' records count for it.
type RecognitionMatter struct {
	Matter      string   `json:"matter"`
	ZH          string   `json:"zh"`
	EN          string   `json:"en"`
	Scope       string   `json:"scope"`
	Region      []string `json:"region,omitempty"`
	Here        string   `json:"here,omitempty"`
	Departments []string `json:"departments" nullable:"false" doc:"Whose feeds count as authoritative for one of its materials"`
}

type recognitionInput struct {
	Division string `query:"division" pattern:"^[0-9]{6}$" doc:"Where the counter is"`
}

// recognitionLevels are those of matters and those of issuers.
var recognitionLevels = []RecognitionLevel{
	{catalog.ScopeCity, "本市记录互认", "records of the counter's own city, of the province and of the nation"},
	{catalog.ScopeRegion, "区域内互认", "and of the cities of a region, at counters of these cities"},
	{catalog.ScopeProvince, "全省互认", "and of every city"},
	{catalog.ScopeNation, "跨省互认", "and presentations of other provinces' issuers of level full"},
	{trust.RecognisedFull, "互认:与本省记录同等证明", "an issuer whose presentation proves a material as our own records do"},
	{trust.RecognisedShown, "亮证核验:真伪可验,由经办人判断", "an issuer whose presentation is checked and shown, and somebody decides"},
}

func (s *Server) networkRoutes() {
	register(s, operation{id: "services", method: http.MethodGet, path: "/api/v1/services", kind: access.Overview, tag: "open", cache: "public, max-age=60", etag: true,
		summary: "All services of all departments and cities, in one place 服务一张网", text: "To find one by words, place, channel or department; what has still to be brought for it; whose records count there. Opened by POST /api/v1/cases at any counter, followed by the case's number."}, s.services)
	register(s, operation{id: "recognition", method: http.MethodGet, path: "/api/v1/recognition", kind: access.Trust, tag: "trust", cache: "public, max-age=60", etag: true,
		summary: "Registry of recognition across regions, departments and levels 互认登记"}, s.recognition)
}

// here says whose records count at a division's counters.
func here(m *catalog.Matter, division string) string {
	inRegion := func(area string) bool { return strings.HasPrefix(division, area) }
	switch {
	case division == "":
		return ""
	case m.Scope == catalog.ScopeCity:
		return "own"
	case m.Scope == catalog.ScopeRegion && !slices.ContainsFunc(m.Region, inRegion):
		return "none"
	case m.Scope == catalog.ScopeRegion:
		return "region"
	case m.Scope == catalog.ScopeNation:
		return "abroad"
	}
	return "all"
}

func (s *Server) services(ctx context.Context, x *exchange, in *servicesInput) (*ServicePage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Overview}); err != nil {
		return nil, err
	}
	pulse, err := bounded(ctx, s, x, s.pulse)
	if err != nil {
		return nil, err
	}
	st, page := s.current(), &ServicePage{Services: []ServiceItem{}}
	names := matter.Names(st.catalog)
	if in.Q != "" {
		names = nil // in the order of how well they fit
		for _, hit := range st.index().Search(in.Q, 1<<20) {
			if hit.Kind == catalog.HitMatter {
				names = append(names, hit.Name)
			}
		}
	}
	for _, name := range names {
		p, err := s.plan(x, st, name)
		if err != nil {
			return nil, err
		}
		m := p.Matter
		if in.Channel != "" && m.Channel != in.Channel || in.Department != "" && m.Department != in.Department {
			continue
		}
		z := p.Zero(pulse)
		item := ServiceItem{Service: m.Name, ZH: m.ZH, EN: m.EN, Department: m.Department, Channel: m.Channel, Scope: m.Scope, Region: m.Region, Here: here(m, in.Division),
			Automatic: m.Automatic, Parties: m.Parties, Bring: []matter.Reason{}, Saved: z.Proved, Baseline: m.Baseline}
		for _, r := range append(slices.Clone(z.Bring), z.Broken...) {
			r.Sources = nil // which feeds are late is not everybody's to know
			if r.Why == "" {
				r.Why = "数据来源停更 its sources do not deliver"
			}
			item.Bring = append(item.Bring, r)
		}
		if i := slices.IndexFunc(st.catalog.Departments, func(d catalog.Department) bool { return d.Code == m.Department }); i >= 0 {
			item.DepartmentZH = st.catalog.Departments[i].ZH
		}
		page.Services = append(page.Services, item)
	}
	return page, nil
}

func (s *Server) recognition(_ context.Context, x *exchange, in *recognitionInput) (*RecognitionAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Trust}); err != nil {
		return nil, err
	}
	st := s.current()
	out := &RecognitionAnswer{Levels: recognitionLevels, Issuers: append([]trust.TrustedIssuer{}, s.cfg.Trusted...), Matters: []RecognitionMatter{}}
	for _, name := range matter.Names(st.catalog) {
		p, err := s.plan(x, st, name)
		if err != nil {
			return nil, err
		}
		m := p.Matter
		one := RecognitionMatter{Matter: m.Name, ZH: m.ZH, EN: m.EN, Scope: m.Scope, Region: m.Region, Here: here(m, in.Division), Departments: []string{}}
		for _, planned := range p.Sources(nil).Materials {
			for _, source := range planned.Sources {
				if f := st.catalog.Feed(source); f != nil && !slices.Contains(one.Departments, f.Department) {
					one.Departments = append(one.Departments, f.Department)
				}
			}
		}
		slices.Sort(one.Departments)
		out.Matters = append(out.Matters, one)
	}
	return out, nil
}
