package serve

import (
	"context"
	"net/http"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/matter"
	"wuku/serve/access"
	"wuku/trust"
)

// SavingRow is what cases of a matter saved in a city. 减材料、减时间、减环节
type SavingRow struct {
	Matter    string `json:"matter"`
	ZH        string `json:"zh"`
	City      string `json:"city" doc:"Division of the city where the cases were opened"`
	Cases     uint64 `json:"cases"`
	Decided   uint64 `json:"decided"`
	ByRule    uint64 `json:"by_rule" doc:"Decided without a human"`
	Materials int64  `json:"materials" doc:"That nobody brought, in approved cases, against the declared baseline"`
	Days      int64  `json:"days" doc:"Working days"`
	Steps     int64  `json:"steps"`
}

// UnmetRow is a material that kept cases open. 未满足的需求
type UnmetRow struct {
	Matter   string `json:"matter"`
	Material string `json:"material"`
	ZH       string `json:"zh"`
	Cases    uint64 `json:"cases"`
	Why      string `json:"why,omitempty" doc:"Why no library proves it; empty where one should"`
}

// SavingsAnswer is what the libraries saved, which matters nobody used, and what they were asked for and did not give.
type SavingsAnswer struct {
	Days   int         `json:"days"`
	Rows   []SavingRow `json:"rows" nullable:"false"`
	Unused []string    `json:"unused" nullable:"false" doc:"Matters of which no case was opened 无人使用"`
	Unmet  []UnmetRow  `json:"unmet" nullable:"false"`
}

func (s *Server) savingRoutes() {
	register(s, operation{id: "savings", method: http.MethodGet, path: "/api/v1/savings", kind: access.Savings, tag: tagMatters,
		summary: "What was saved 减免", text: "Materials, days and steps by matter and city, against the declared baseline; matters without a case; materials that kept cases open. A department sees its own matters."}, s.savings)
}

func (s *Server) savings(ctx context.Context, x *exchange, in *usageInput) (*SavingsAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Savings}); err != nil {
		return nil, err
	}
	st := s.current()
	names := []string{}
	for i := range st.catalog.Matters {
		if m := &st.catalog.Matters[i]; x.caller.Role != trust.RoleDepartment || m.Department == x.caller.Department {
			names = append(names, m.Name)
		}
	}
	out := &SavingsAnswer{Days: in.Days, Rows: []SavingRow{}, Unused: []string{}, Unmet: []UnmetRow{}}
	if len(names) == 0 {
		return out, nil
	}
	args := []any{clickhouse.Named("days", uint32(in.Days)), clickhouse.Named("matters", names)}
	used := map[string]bool{}
	err := s.cfg.Tables.Query(ctx, "query/matter_savings", nil, func(scan func(...any) error) error {
		var r SavingRow
		err := scan(&r.Matter, &r.City, &r.Cases, &r.Decided, &r.ByRule, &r.Materials, &r.Days, &r.Steps)
		if m := st.catalog.Matter(r.Matter); m != nil {
			r.ZH = m.ZH
		}
		used[r.Matter] = true
		out.Rows = append(out.Rows, r)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if !used[name] {
			out.Unused = append(out.Unused, name)
		}
	}
	err = s.cfg.Tables.Query(ctx, "query/matter_unmet", nil, func(scan func(...any) error) error {
		var r UnmetRow
		err := scan(&r.Matter, &r.Material, &r.Cases)
		out.Unmet = append(out.Unmet, s.unmet(x, st, r))
		return err
	}, args...)
	return out, err
}

// unmet adds the words of a material.
func (s *Server) unmet(x *exchange, st *state, r UnmetRow) UnmetRow {
	p, err := s.plan(x, st, r.Matter)
	if err != nil {
		return r // the catalogue has it no more
	}
	if m := p.Material(r.Material); m != nil {
		r.ZH = m.ZH
		if m.By == matter.ByHand {
			r.Why = m.Reason
		}
	}
	return r
}
