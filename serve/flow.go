package serve

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wuku/serve/access"
)

// flowFor is how long the figures of the flow are kept: they cost a scan of the ledger, and everybody may ask.
const flowFor = 20 * time.Second

// FlowAnswer is the flow in figures that name no person, no department and no feed. 运行情况
type FlowAnswer struct {
	In         []FlowDay   `json:"in" nullable:"false" doc:"Messages by the broker's day in Asia/Shanghai, the newest 60 days that have any"`
	Served     []FlowDay   `json:"served" nullable:"false" doc:"Answers on the audit log's copy, by day"`
	Findings   []FlowCount `json:"findings" nullable:"false" doc:"Open findings by rule and library, the most first"`
	Quarantine []FlowCount `json:"quarantine" nullable:"false" doc:"Messages in quarantine by reason, the most first"`
	Cycles     []FlowCycle `json:"cycles" nullable:"false" doc:"Libraries with their lag"`
	Incidents  []FlowCount `json:"incidents" nullable:"false" doc:"Incidents of the last 24 hours by kind, the most first: refusing is a feed of which more is refused than its contract allows"`
	Made       time.Time   `json:"made" doc:"When these figures were read"`
}

// FlowDay is one day: how many, and how many of them could not be taken or were refused.
type FlowDay struct {
	Day   string `json:"day"`
	Count uint64 `json:"count"`
	Bad   uint64 `json:"bad"`
}

// FlowCount is one rule or reason.
type FlowCount struct {
	Name    string `json:"name"`
	Library string `json:"library,omitempty"`
	Count   uint64 `json:"count"`
}

// FlowCycle says how far a library is.
type FlowCycle struct {
	Library string `json:"library"`
	Behind  uint64 `json:"behind" doc:"Messages in the ledger that its last finished cycle had not seen"`
	Took    uint64 `json:"took_ms" doc:"Milliseconds of the last finished cycle"`
}

// flowRoutes is there when there are tables to ask.
func (s *Server) flowRoutes() {
	if s.cfg.Tables == nil {
		return
	}
	register(s, operation{id: "flow", method: http.MethodGet, path: "/api/v1/flow", kind: access.Overview, tag: "open",
		summary: "The flow in figures 运行情况", text: "What came in, what waits, what is in doubt, what was served. Names no person, no department, no feed.",
		cache: "public, max-age=10", etag: true}, s.flow)
}

func (s *Server) flow(ctx context.Context, x *exchange, _ *none) (*FlowAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Overview}); err != nil {
		return nil, err
	}
	f, _, err := s.flowing.Get(ctx)
	return f, err
}

// Warm works out what the console's first page shows; see [Kept.Warm].
func (s *Server) Warm(ctx context.Context, ready func() (bool, string)) error {
	if s.cfg.Tables == nil {
		return nil
	}
	return s.flowing.Warm(ctx, ready)
}

func (s *Server) readFlow(ctx context.Context) (*FlowAnswer, error) {
	out := &FlowAnswer{In: []FlowDay{}, Served: []FlowDay{}, Findings: []FlowCount{}, Quarantine: []FlowCount{}, Incidents: []FlowCount{}, Cycles: []FlowCycle{}, Made: s.cfg.Now().UTC()}
	in, served, cycles := map[string]FlowDay{}, map[string]FlowDay{}, map[string]FlowCycle{}
	err := s.cfg.Tables.Query(ctx, "query/serve_flow", nil, func(scan func(...any) error) error {
		var kind, name, other string
		var n uint64
		if err := scan(&kind, &name, &other, &n); err != nil {
			return err
		}
		switch kind {
		case "in":
			addDay(in, name, n, other == "quarantined")
		case "served":
			addDay(served, name, n, other != "allowed")
		case "finding":
			out.Findings = append(out.Findings, FlowCount{Name: name, Library: other, Count: n})
		case "quarantine":
			out.Quarantine = append(out.Quarantine, FlowCount{Name: name, Count: n})
		case "incident":
			out.Incidents = append(out.Incidents, FlowCount{Name: name, Count: n})
		case "behind":
			c := cycles[name]
			c.Behind = n
			cycles[name] = c
		case "took":
			c := cycles[name]
			c.Took = n
			cycles[name] = c
		}
		return nil
	})
	out.In, out.Served = days(in), days(served)
	byCount := func(a, b FlowCount) int {
		if a.Count != b.Count {
			return int(min(b.Count, 1<<60)) - int(min(a.Count, 1<<60))
		}
		return strings.Compare(a.Name+a.Library, b.Name+b.Library)
	}
	slices.SortFunc(out.Findings, byCount)
	slices.SortFunc(out.Quarantine, byCount)
	slices.SortFunc(out.Incidents, byCount)
	for _, l := range s.current().catalog.Libraries {
		if c, ok := cycles[l.Name]; ok {
			c.Library = l.Name
			out.Cycles = append(out.Cycles, c)
		}
	}
	return out, err
}

func addDay(all map[string]FlowDay, day string, n uint64, bad bool) {
	d := all[day]
	d.Day = day
	d.Count += n
	if bad {
		d.Bad += n
	}
	all[day] = d
}

// days are the days in order.
func days(all map[string]FlowDay) []FlowDay {
	list := make([]FlowDay, 0, len(all))
	for _, d := range all {
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b FlowDay) int { return strings.Compare(a.Day, b.Day) })
	return list
}
