package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/read"
)

// standing is a list of warnings in memory, newest first.
type standing struct{ list []serve.Warning }

func (s *standing) List(_ context.Context, q serve.WarningQuery) (out []serve.Warning, _ error) {
	for _, w := range s.list {
		if slices.Contains(q.Names, w.Name) && (q.ID == "" || w.ID.String() == q.ID) && (q.State == "" || w.State == q.State) && (!q.Areas || w.Area != "") &&
			(q.Before == 0 || w.Stamp < q.Before) && len(out) < q.Limit {
			out = append(out, w)
		}
	}
	return out, nil
}

func (s *standing) at(id entity.ID) int {
	return slices.IndexFunc(s.list, func(w serve.Warning) bool { return w.ID == id })
}

func (s *standing) History(_ context.Context, id entity.ID) ([]serve.Warning, error) {
	if i := s.at(id); i >= 0 {
		return s.list[i : i+1], nil
	}
	return nil, read.ErrNotFound
}

func (s *standing) Judge(_ context.Context, id entity.ID, by, judgement, note string) (serve.Warning, error) {
	w := &s.list[s.at(id)]
	w.By, w.Judgement, w.Note = by, judgement, note
	return *w, nil
}

func (s *standing) Figures(context.Context) ([]serve.WarningFigures, error) {
	return []serve.WarningFigures{{Name: "one", Raised: 4, Open: 1, Useful: 3, False: 1}, {Name: "counted", Raised: 1}}, nil
}

// TestWarningsAreForTheirAudience: stewards see all, a department what it is the audience of, a planner counts by area, a service nothing.
func TestWarningsAreForTheirAudience(t *testing.T) {
	t.Parallel()
	one, other, area := uuid.New(), uuid.New(), uuid.New()
	s := &standing{list: []serve.Warning{{ID: area, Name: "counted", Area: "3201", Figure: 20, State: "open", Stamp: 3}, {ID: other, Name: "other", Entity: uuid.New(), State: "open", Stamp: 2},
		{ID: one, Name: "one", Entity: uuid.New(), State: "open", Stamp: 1, Note: "x"}}}
	w := newWorld(t, func(cfg *serve.Config) {
		c := *cfg.Catalog()
		c.Warnings = []catalog.Warning{{Name: "one", ZH: "一", EN: "one", Audience: []string{"police"}}, {Name: "other", Audience: []string{"health"}}, {Name: "counted", Count: &catalog.AreaCount{}, Audience: []string{"health"}}}
		cfg.Catalog, cfg.Warnings = func() *catalog.Catalog { return &c }, s
	})
	ids := func(role, path string) (ids []uuid.UUID) {
		var p serve.WarningPage
		w.call(t, role, http.MethodGet, path, "").decode(t, http.StatusOK, &p)
		for _, x := range p.Warnings {
			ids = append(ids, x.ID)
		}
		return ids
	}
	for role, want := range map[string][]uuid.UUID{"steward": {area, other, one}, "department": {one}, "planner": {area}} {
		if got := ids(role, "/api/v1/warnings"); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", role, got, want)
		}
	}
	if got := ids("steward", "/api/v1/warnings?limit=2&after=3/"+area.String()); !slices.Equal(got, []uuid.UUID{other, one}) {
		t.Errorf("the second page: %v", got)
	}
	if got := ids("steward", "/api/v1/warnings?warning=other&state=all"); !slices.Equal(got, []uuid.UUID{other}) {
		t.Errorf("of one declaration: %v", got)
	}
	for _, role := range []string{"service", "auditor", "operator"} {
		if a := w.call(t, role, http.MethodGet, "/api/v1/warnings", ""); a.code() != access.NoRole {
			t.Errorf("%s: %d", role, a.status)
		}
	}
	ack := func(role string, id uuid.UUID, body string) answer {
		return w.call(t, role, http.MethodPost, "/api/v1/warnings/"+id.String()+"/ack", body)
	}
	for _, c := range []struct {
		role, body, code string
		id               uuid.UUID
	}{{"department", `{"judgement":"useful"}`, "not_found", other}, {"planner", `{"judgement":"useful"}`, access.NoRole, area}, {"department", `{"judgement":"perhaps"}`, "request.invalid", one},
		{"department", `{"judgement":"useful","note":"is ` + citizenA + `"}`, "text.personal", one}, {"steward", `{"judgement":"useful"}`, "not_found", uuid.New()}} {
		if a := ack(c.role, c.id, c.body); a.code() != c.code {
			t.Errorf("%s %s: %s, want %s", c.role, c.body, a.body, c.code)
		}
	}
	var item serve.WarningItem
	ack("department", one, `{"judgement":"false","note":"renewed"}`).decode(t, http.StatusOK, &item)
	if item.Judgement != "false" || item.By != "police" || item.ZH != "一" {
		t.Errorf("%+v", item)
	}
	if a := w.call(t, "department", http.MethodGet, "/api/v1/warnings", ""); strings.Contains(a.body, "renewed") {
		t.Errorf("notes stand in the history alone: %s", a.body)
	}
	if a := w.call(t, "department", http.MethodGet, "/api/v1/warnings/"+one.String(), ""); !strings.Contains(a.body, "renewed") {
		t.Error(a.body)
	}
	var p serve.WarningPrecisions
	w.call(t, "department", http.MethodGet, "/api/v1/warnings/precision", "").decode(t, http.StatusOK, &p)
	if len(p.Figures) != 1 || p.Figures[0].Precision == nil || fmt.Sprint(*p.Figures[0].Precision) != "0.75" {
		t.Errorf("%+v", p)
	}
}
