package serve_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wuku/matter"
	"wuku/serve"
	"wuku/trust"
)

// TestServicesInOnePlace finds services without a key, by words, place, channel and department, and opens a case of one that was found at a
// counter of another city than the department's.
func TestServicesInOnePlace(t *testing.T) {
	w := newProvinceWorld(t)
	ask := func(query string) (list []serve.ServiceItem) {
		var page serve.ServicePage
		w.call(t, "", http.MethodGet, "/api/v1/services"+query, "").decode(t, http.StatusOK, &page)
		return page.Services
	}
	all := ask("?division=320102")
	if len(all) != len(w.c.Matters) || len(all) < 10 {
		t.Fatalf("%d services of %d matters", len(all), len(w.c.Matters))
	}
	here := map[string]bool{}
	for _, s := range all {
		here[s.Here] = true
		if s.ZH == "" || s.EN == "" || s.DepartmentZH == "" || len(s.Parties) == 0 || s.Saved == 0 && len(s.Bring) == 0 {
			t.Errorf("%+v", s)
		}
	}
	if !here["all"] || !here["abroad"] || !here["own"] {
		t.Errorf("levels of recognition here: %v", here)
	}
	for query, want := range map[string]string{"职业资格": "exam_registration", "zhuanyejishu": "exam_registration", "exam": "exam_registration", "不动产": "property_transfer"} {
		found := ask("?q=" + url.QueryEscape(query))
		if !slices.ContainsFunc(found, func(s serve.ServiceItem) bool { return s.Service == want }) || len(found) == len(all) {
			t.Errorf("%s: %+v", query, found)
		}
	}
	if none := ask("?q=" + url.QueryEscape("没有这样的事项")); len(none) != 0 {
		t.Errorf("%+v", none)
	}
	online := ask("?channel=online&department=hrss")
	for _, s := range online {
		if s.Channel != "online" || s.Department != "hrss" {
			t.Errorf("%+v", s)
		}
	}
	if len(online) == 0 {
		t.Error("nothing online")
	}
	for _, bad := range []string{"?division=32", "?division=abcdef", "?channel=nothing", "?nothing=1"} {
		if a := w.call(t, "", http.MethodGet, "/api/v1/services"+bad, ""); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, a.status)
		}
	}
	p, err := matter.Compile(w.c, online[0].Service)
	if err != nil {
		t.Fatal(err)
	}
	var c serve.CaseAnswer
	w.open(t, p.Name, w.prove(t, p, always), "").decode(t, http.StatusCreated, &c)
	if c.Case.Matter != online[0].Service {
		t.Errorf("%+v", c.Case)
	}
}

// TestRegistryOfRecognition says whose records and certificates count, at which level, to everybody.
func TestRegistryOfRecognition(t *testing.T) {
	w := newProvinceWorld(t)
	var r serve.RecognitionAnswer
	w.call(t, "", http.MethodGet, "/api/v1/recognition?division=320102", "").decode(t, http.StatusOK, &r)
	levels := map[string]bool{}
	for _, l := range r.Levels {
		levels[l.Level] = l.ZH != "" && l.EN != ""
	}
	if len(r.Matters) != len(w.c.Matters) || len(r.Issuers) != 2 || r.Issuers[1].Recognition != trust.RecognisedShown || r.Issuers[1].Key == "" {
		t.Errorf("%+v", r)
	}
	departments := map[string]bool{}
	for _, m := range r.Matters {
		if !levels[m.Scope] || m.Here == "" {
			t.Errorf("%+v", m)
		}
		departments[strings.Join(m.Departments, " ")] = true
	}
	if len(departments) < 5 {
		t.Errorf("whose records count: %v", departments)
	}
}
