package serve_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// TestSharing follows a grant from its application to its first call, and one that nobody calls on, to the list of the dormant.
func TestSharing(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219550707111")
	w.base(t, 50, number, "王五")
	used := w.client(t, "sharing-used", access.Terms{Library: "person", Operations: []access.Operation{access.Lookup}, Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}})
	idle := w.client(t, "sharing-idle", access.Terms{Library: "person", Operations: []access.Operation{access.Lookup}, Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"sex": access.Clear}})
	w.clock.Add(48 * time.Hour)
	if a := w.lookup(t, "sharing-used", number, "demo", "name"); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var all serve.Sharing
	a := w.call(t, "steward", http.MethodGet, "/api/v1/sharing", "")
	a.decode(t, http.StatusOK, &all)
	if all.Granted < 2 || all.Unused < 1 || all.Unused >= all.Granted || all.ToCall.Of != all.Granted-all.Unused || all.ToCall.Ninety < 47.9 || len(all.ByLibrary) == 0 || len(all.ByMonth) == 0 {
		t.Errorf("%s", a.body)
	}
	sum := 0
	for _, r := range all.ByLibrary {
		sum += r.Granted
	}
	if sum != all.Granted {
		t.Errorf("the libraries add up to %d of %d", sum, all.Granted)
	}
	w.clock.Add(60 * 24 * time.Hour)
	var page serve.DormantPage
	names := func(role, query string) (ids []string) {
		a := w.call(t, role, http.MethodGet, "/api/v1/grants/dormant"+query, "")
		a.decode(t, http.StatusOK, &page)
		for _, g := range page.Grants {
			ids = append(ids, g.ID)
		}
		return ids
	}
	if ids := names("steward", "?days=61"); !slices.Contains(ids, idle.ID) || slices.Contains(ids, used.ID) {
		t.Errorf("61 days: %v", ids)
	}
	if ids := names("steward", "?days=30"); !slices.Contains(ids, idle.ID) || !slices.Contains(ids, used.ID) {
		t.Errorf("30 days: %v", ids)
	}
	if ids := names("sharing-idle", "?days=30"); !slices.Equal(ids, []string{idle.ID}) {
		t.Errorf("its own: %v", ids)
	}
	var unused serve.UnusedAnswer
	a = w.call(t, "auditor", http.MethodGet, "/api/v1/catalog/unused", "")
	a.decode(t, http.StatusOK, &unused)
	if unused.Grants == 0 || slices.Contains(unused.Elements, serve.UnusedElement{Library: "person", Element: "name", ZH: "姓名"}) {
		t.Errorf("%s", a.body)
	}
	for _, role := range []string{trust.RoleService, trust.RolePlanner, trust.RoleDepartment} {
		for _, path := range []string{"/api/v1/sharing", "/api/v1/catalog/unused"} {
			if a := w.call(t, role, http.MethodGet, path, ""); a.code() != access.NoRole {
				t.Errorf("%s as %s: %d", path, role, a.status)
			}
		}
	}
}

// TestDemands files a demand that everybody sees and a steward answers.
func TestDemands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	const path = "/api/v1/demands"
	body := `{"title":"school places","text":"how many places by school and year","purpose":"planning of districts","urgency":"urgent","library":"person"}`
	var d access.Demand
	w.call(t, "service", http.MethodPost, path, body, "Idempotency-Key", "a").decode(t, http.StatusCreated, &d)
	first := d.ID
	w.call(t, "service", http.MethodPost, path, body, "Idempotency-Key", "a").decode(t, http.StatusCreated, &d)
	if d.ID != first || d.State != "open" {
		t.Errorf("%+v, first %s", d, first)
	}
	for wrong, code := range map[string]string{`{"title":"x"}`: "request.invalid", `{"title":"about","text":"of ` + citizenA + `","purpose":"of it","urgency":"normal"}`: "text.personal",
		`{"title":"about","text":"something","purpose":"of it","urgency":"normal","library":"nothing"}`: "request.invalid"} {
		if a := w.call(t, "service", http.MethodPost, path, wrong); a.code() != code {
			t.Errorf("%s: %d %s", wrong, a.status, a.body)
		}
	}
	for _, role := range []string{"service", "department", "auditor"} {
		if a := w.call(t, role, http.MethodPost, path+"/"+first+"/answer", `{"state":"met","reason":"so"}`); a.code() != access.NoRole {
			t.Errorf("%s answers: %d", role, a.status)
		}
	}
	w.call(t, "steward", http.MethodPost, path+"/"+first+"/answer", `{"state":"planned","item":"JS-1","reason":"third batch"}`).decode(t, http.StatusOK, &d)
	var page serve.DemandPage
	w.call(t, "planner", http.MethodGet, path+"?state=planned", "").decode(t, http.StatusOK, &page)
	if len(page.Demands) != 1 || page.Demands[0].Item != "JS-1" || page.Demands[0].Answer == nil {
		t.Errorf("%+v", page)
	}
	if a := w.call(t, "steward", http.MethodPost, path+"/n0/answer", `{"state":"met","reason":"so"}`); a.code() != access.NoApplication {
		t.Errorf("of nothing: %d", a.status)
	}
	var hits serve.CatalogHits
	w.call(t, "service", http.MethodGet, "/api/v1/catalog/search?q=xingming", "").decode(t, http.StatusOK, &hits)
	if len(hits.Hits) == 0 || hits.Hits[0].Name != "person.name" {
		t.Errorf("%+v", hits)
	}
}
