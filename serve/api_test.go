package serve_test

import (
	"context"
	"encoding/json/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

func TestLookupGivesValuesWithTheirSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	a := w.lookup(t, "service", citizenA, "demo", "name", "citizen_number", "sex", "street")
	var e serve.EntityAnswer
	a.decode(t, http.StatusOK, &e)
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	for _, name := range []string{"Www-Authenticate", "Content-Language"} {
		if v, sent := a.header[name]; sent {
			t.Errorf("header %s is sent as %q", name, v)
		}
	}
	name, number, sex := e.Values["name"], e.Values["citizen_number"], e.Values["sex"]
	if name.Value != canary || name.Source == nil || *name.Source != (serve.Source{Feed: "police.person", Department: "police", ZH: name.Source.ZH}) || name.Source.ZH == "" || name.Level != 3 || name.Masked {
		t.Errorf("name: %s", a.body)
	}
	if number.Masked && number.Value != "320102************" || !sex.Doubted || name.Doubted {
		t.Errorf("number or doubts: %s", a.body)
	}
	l := w.lastLeaf(t)
	if l.Operation != "lookup" || l.Decision != trust.Allowed || l.Count != 1 || l.Grant != "demo-service-person" || l.Purpose != "demo" || len(l.Subject) != 32 || len(l.Digest) != 64 || len(l.Columns) != 4 {
		t.Errorf("leaf %+v", l)
	}
}

func TestRolesSeeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	by := byCitizen(citizenA)
	lookup := `{"by":` + by + `,"fields":["name"],"purpose":"demo"}`
	cases := []struct {
		method, path, body string
		allowed            string // first letters of the roles, n for nobody
	}{
		{http.MethodPost, "/api/v1/lookup/person", lookup, "department service steward"},
		{http.MethodPost, "/api/v1/verify/person", `{"by":` + by + `,"values":{"name":"x"},"purpose":"demo"}`, "department service steward"},
		{http.MethodGet, "/api/v1/entities/" + w.anchor("citizen", citizenA).String(), "", "department service steward"},
		{http.MethodGet, "/api/v1/catalog", "", "department service steward planner auditor operator"},
		{http.MethodGet, "/api/v1/catalog/libraries/person", "", "department service steward planner auditor operator"},
		{http.MethodGet, "/api/v1/catalog/feeds/police.person", "", "department service steward planner auditor operator"},
		{http.MethodGet, "/api/v1/whoami", "", "department service steward planner auditor operator"},
		{http.MethodGet, "/api/v1/audit?limit=1", "", "auditor"},
		{http.MethodGet, "/api/v1/audit/checkpoint", "", "auditor"},
		{http.MethodGet, "/metrics", "", "operator"},
		{http.MethodGet, "/healthz", "", "department service steward planner auditor operator nobody"},
		{http.MethodGet, "/readyz", "", "department service steward planner auditor operator nobody"},
		{http.MethodGet, "/openapi.json", "", "department service steward planner auditor operator nobody"},
		{http.MethodGet, "/console/", "", "department service steward planner auditor operator nobody"},
		{http.MethodGet, "/docs/", "", "department service steward planner auditor operator nobody"},
	}
	for _, c := range cases {
		for _, role := range append(trust.Roles(), "") {
			a := w.call(t, role, c.method, c.path, c.body, "Wuku-Purpose", "demo")
			name, want := role, http.StatusForbidden
			if role == "" {
				name, want = "nobody", http.StatusUnauthorized
			}
			if strings.Contains(c.allowed, name) {
				want = http.StatusOK
			}
			if a.status != want || want != http.StatusOK && a.code() == "" {
				t.Errorf("%s %s as %s: %d, want %d: %.200s", c.method, c.path, name, a.status, want, a.body)
			}
		}
	}
}

func TestStewardSeesPersonalValuesMasked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	a := w.call(t, "steward", http.MethodGet, "/api/v1/entities/"+w.anchor("citizen", citizenA).String(), "", "Wuku-Purpose", "quality")
	var e serve.EntityAnswer
	a.decode(t, http.StatusOK, &e)
	for name, v := range e.Values {
		if v.Masked != (v.Level >= 3) {
			t.Errorf("%s of level %d: masked %v", name, v.Level, v.Masked)
		}
	}
	if strings.Contains(a.body, canary) || strings.Contains(a.body, citizenA) || len(e.Values) != 6 {
		t.Errorf("%s", a.body)
	}
}

func TestPurposeIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	if a := w.lookup(t, "service", citizenA, "", "name"); a.status != http.StatusBadRequest || a.code() != access.NoPurpose {
		t.Errorf("no purpose: %d %s", a.status, a.body)
	}
	a := w.lookup(t, "service", citizenA, canary, "name")
	var p serve.Problem
	a.decode(t, http.StatusForbidden, &p)
	if p.Code != access.WrongPurpose || len(p.Purposes) == 0 || strings.Contains(a.body, canary) {
		t.Errorf("unknown purpose: %s", a.body)
	}
	if l := w.lastLeaf(t); l.Purpose != "" {
		t.Errorf("the log holds a purpose that nobody vouched for: %+v", l)
	}
	a = w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(citizenA)+`,"fields":["name"],"purpose":"demo","case":"`+citizenB+`"}`)
	if a.status != http.StatusBadRequest || a.code() != "case.personal" {
		t.Errorf("a citizen's number as case: %d %s", a.status, a.body)
	}
}

func TestProblemsSpeakTwoLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for accept, want := range map[string]string{"": "缺少密钥", "zh-CN,zh;q=0.9,en;q=0.8": "缺少密钥", "en-GB,en;q=0.9": "No key", "fr": "缺少密钥", "zh;q=0.1,en;q=0.9": "No key",
		"fr,en;q=0.5,zh;q=0.4": "No key", "en;q=0, zh": "缺少密钥", "en;q=0": "缺少密钥", "zh-Hant-TW": "缺少密钥", "*": "缺少密钥", "%%%": "缺少密钥"} {
		a := w.call(t, "", http.MethodGet, "/api/v1/whoami", "", "Accept-Language", accept)
		var p serve.Problem
		a.decode(t, http.StatusUnauthorized, &p)
		if p.Title != want || p.Status != http.StatusUnauthorized || p.Type != "urn:wuku:problem:key.missing" || a.header.Get("WWW-Authenticate") == "" || a.header.Get("Content-Language") != map[bool]string{true: "en", false: "zh"}[want == "No key"] {
			t.Errorf("%q: %s", accept, a.body)
		}
	}
	if a := w.call(t, "", http.MethodGet, "/api/v1/nothing", ""); a.status != http.StatusNotFound || a.code() != "path.unknown" {
		t.Errorf("an unknown path: %d %s", a.status, a.body)
	}
	if a := w.call(t, "service", http.MethodGet, "/api/v1/lookup/person", ""); a.status != http.StatusMethodNotAllowed || a.code() != "method.unknown" || a.header.Get("Allow") != "POST" {
		t.Errorf("a wrong method: %d %s", a.status, a.body)
	}
}

func TestNotReadySaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *serve.Config) {
		cfg.Ready = func() (bool, string) { return false, "resolving: 3 of 5 libraries" }
	})
	if a := w.call(t, "", http.MethodGet, "/readyz", ""); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "3 of 5") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestMetricsForThisMachineWithoutAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.lookup(t, "service", citizenA, "demo", "name")
	get := func(remote, forwarded string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		return rec.Code, rec.Body.String()
	}
	status, body := get("127.0.0.1:1", "")
	if status != http.StatusOK || !strings.Contains(body, `wuku_decisions_total{decision="allowed",operation="lookup"} 1`) || strings.Contains(body, citizenA) {
		t.Errorf("%d %s", status, body)
	}
	for _, line := range strings.Split(body, "\n") {
		if line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "wuku_") {
			t.Errorf("a metric of another name: %s", line)
		}
	}
	if status, _ := get("127.0.0.1:1", "203.0.113.9"); status != http.StatusUnauthorized {
		t.Errorf("through a proxy: %d", status)
	}
	if status, _ := get("192.0.2.1:1", ""); status != http.StatusUnauthorized {
		t.Errorf("from elsewhere: %d", status)
	}
}

func TestDocumentIsSelfContained(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a := w.call(t, "", http.MethodGet, "/openapi.json", "")
	var doc struct {
		OpenAPI string                    `json:"openapi"`
		Paths   map[string]map[string]any `json:"paths"`
	}
	a.decode(t, http.StatusOK, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) < 12 {
		t.Errorf("version %s, %d paths", doc.OpenAPI, len(doc.Paths))
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]*)"`).FindAllStringSubmatch(a.body, -1) {
		if !strings.HasPrefix(ref[1], "#/") {
			t.Errorf("a reference to elsewhere: %s", ref[1])
		}
	}
	if strings.Contains(a.body, "$schema") || strings.Contains(a.body, "ErrorModel") {
		t.Error("the document has $schema links or huma's own error model")
	}
	for path, methods := range doc.Paths {
		for _, secret := range []string{"{number}", "{citizen", "{value}", "{identifier}"} {
			if strings.Contains(path, secret) {
				t.Errorf("%s has an identifier in its path: %v", path, methods)
			}
		}
	}
}

func TestPagesLoadNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	outside := regexp.MustCompile(`(?:src|href|url\(|fetch\(|import)[^\n]{0,20}["'(]https?://`)
	for _, path := range []string{"/console/", "/console/console.js", "/console/console.css", "/docs/", "/docs/docs.js"} {
		a := w.call(t, "", http.MethodGet, path, "")
		// The framework in the bundle knows innerHTML; web/test/text.mjs holds that our source does not use it.
		if a.status != http.StatusOK || outside.MatchString(a.body) || path != "/console/console.js" && strings.Contains(a.body, "innerHTML") {
			t.Errorf("%s: %d", path, a.status)
		}
		if strings.HasSuffix(path, "/") && regexp.MustCompile(`<script(?:>|[^>]*[^>]>[^<])| on[a-z]+=|<style`).MatchString(a.body) {
			t.Errorf("%s holds inline code", path)
		}
	}
}

// talkative explains more than anybody may see.
type talkative struct{}

// Explain gives what resolve.Explanation gives, and more.
func (talkative) Explain(_ context.Context, _ string, id entity.ID) (any, error) {
	var out any
	err := json.Unmarshal([]byte(`{"entity":"`+id.String()+`","live":true,"anchors":[],"secret":"`+canary+`","elements":[
		{"element":"name","value":"`+canary+`","winner":{"feed":"police.person","key":"`+citizenA+`","role":"list/`+citizenA+`","version":"7","event_time":"2024-01-01T00:00:00Z","topic":"t","partition":1,"offset":2},
		"losers":[{"feed":"health.birth","key":"`+citizenA+`","version":"3","event_time":"2020-01-01T00:00:00Z","topic":"t","partition":1,"offset":1,"reason":"rank","value":"`+canary+`"}]},
		{"element":"unknown","value":"`+canary+`"}]}`), &out)
	return out, err
}

func TestExplainShowsNoMoreThanTheGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *serve.Config) { cfg.Explainer = talkative{} })
	w.person(citizenA)
	path := "/api/v1/explain/" + w.anchor("citizen", citizenA).String()
	for role, times := range map[string]int{"service": 1, "steward": 0, "department": 1} { // how often the name is seen in clear
		a := w.call(t, role, http.MethodGet, path, "", "Wuku-Purpose", "demo")
		var e serve.ExplainAnswer
		a.decode(t, http.StatusOK, &e)
		if strings.Count(a.body, canary) != times || strings.Contains(a.body, citizenA) || len(e.Elements) != 1 || len(e.Elements[0].Losers) != 1 || e.Elements[0].Losers[0].Reason != "rank" {
			t.Errorf("%s: %s", role, a.body)
		}
		if (e.Elements[0].Losers[0].Value != nil) != (role == "steward") {
			t.Errorf("%s: losing value %v", role, e.Elements[0].Losers[0].Value)
		}
	}
	if a := w.call(t, "service", http.MethodGet, "/api/v1/explain/"+w.anchor("citizen", citizenB).String(), "", "Wuku-Purpose", "demo"); a.status != http.StatusNotFound {
		t.Errorf("a missing entity: %d", a.status)
	}
}

func TestRateOfOneKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *serve.Config) { cfg.KeyRate = 2 })
	var last answer
	for range 5 {
		last = w.call(t, "service", http.MethodGet, "/api/v1/whoami", "")
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("%d %s", last.status, last.body)
	}
	if a := w.call(t, "auditor", http.MethodGet, "/api/v1/whoami", ""); a.status != http.StatusOK {
		t.Errorf("another key: %d", a.status)
	}
}
