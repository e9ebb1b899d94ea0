package serve_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/trust"
)

// canary stands in every value that must not leak.
const canary = "金丝雀canary王小明"

// person puts a person into the fake tables.
func (w *world) person(number string) {
	id := w.anchor("citizen", number)
	w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", doubts: []string{"sex"}, values: map[string]string{
		"citizen_number": number, "name": canary, "sex": "1", "birth_date": "1980-01-01", "street": canary, "division": "320102"}})
}

// Attack row 2: one field outside the grant refuses the whole call, and no value leaves.
func TestFieldOutsideTheGrantRefusesTheCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	for _, fields := range [][]string{{"*"}, {"name", "*"}, {"name", "unknown"}, {"name", "name; drop"}, {"name", canary}} {
		a := w.lookup(t, "service", citizenA, "demo", fields...)
		if a.status != http.StatusForbidden || a.code() != access.FieldDenied || strings.Contains(a.body, canary) {
			t.Errorf("%q: %d %s", fields, a.status, a.body)
		}
		if l := w.lastLeaf(t); l.Decision != trust.Denied || l.Reason != access.FieldDenied || strings.Contains(fmt.Sprint(l), canary) {
			t.Errorf("%q: leaf %+v", fields, l)
		}
	}
	if n := w.tables.reads.Load(); n != 0 {
		t.Errorf("refused calls read the tables %d times", n)
	}
}

// Attack row 3: nothing can be filtered, sorted or bisected: the API takes no such thing.
func TestNoFilterOnMaskedColumns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	for name, body := range map[string]string{
		"sort":   `{"by":` + byCitizen(citizenA) + `,"fields":["name"],"purpose":"demo","sort":"birth_date"}`,
		"filter": `{"by":` + byCitizen(citizenA) + `,"fields":["name"],"purpose":"demo","filter":{"birth_date":{"gt":"1970-01-01"}}}`,
		"as_of":  `{"by":` + byCitizen(citizenA) + `,"fields":["name"],"purpose":"demo","as_of":"2020-01-01"}`,
		"by":     `{"by":{"scheme":"birth_date","value":"1980-01-01"},"fields":["name"],"purpose":"demo"}`,
	} {
		a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", body)
		if a.status != http.StatusBadRequest || strings.Contains(a.body, "1980") || strings.Contains(a.body, citizenA) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person?sort=birth_date", `{"by":`+byCitizen(citizenA)+`,"fields":["name"],"purpose":"demo"}`); a.status != http.StatusBadRequest {
		t.Errorf("a query parameter: %d %s", a.status, a.body)
	}
}

// Attack row 4: a grant that is not in force refuses; so does a revoked key, at once.
func TestGrantNotInForce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	terms := access.Terms{Library: "person", Operations: []access.Operation{access.Lookup}, Purposes: []string{"demo"},
		Columns: map[string]access.Treatment{"name": access.Clear}}
	cases := []struct {
		name   string
		change func(g *access.Terms)
		code   string
	}{
		{"in force", func(*access.Terms) {}, ""},
		{"expired", func(g *access.Terms) { g.To = now.Add(-time.Second) }, access.GrantEnded},
		{"not yet", func(g *access.Terms) { g.From = now.Add(time.Hour) }, access.GrantEnded},
		{"case of another purpose", func(g *access.Terms) { g.CasePrefix = "HF-" }, ""},
		{"another purpose", func(g *access.Terms) { g.Purposes = []string{"other"} }, access.WrongPurpose},
		{"another library", func(g *access.Terms) { g.Library = "place" }, access.NoGrant},
		{"verify only", func(g *access.Terms) { g.Columns = map[string]access.Treatment{"name": access.Verify} }, access.FieldDenied},
		{"case missing", func(g *access.Terms) { g.NeedsCase = true }, access.NoCase},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := terms
			c.change(&g)
			w := newWorld(t, nil)
			w.client(t, "other", g)
			w.person(citizenA)
			a := w.lookup(t, "other", citizenA, "demo", "name")
			if a.code() != c.code || (a.status == http.StatusOK) != (c.code == "") || c.code != "" && a.status != http.StatusForbidden {
				t.Errorf("%d %s, want code %q", a.status, a.body, c.code)
			}
		})
	}
	w := newWorld(t, nil)
	w.person(citizenA)
	granted := w.client(t, "other", terms)
	other := accesstest.Book(t, w.events, testKey, nil) // another process
	ctx := context.Background()
	if a := w.lookup(t, "other", citizenA, "demo", "name"); a.status != http.StatusOK {
		t.Fatalf("before: %d %s", a.status, a.body)
	}
	if _, err := w.book.Revoke(ctx, trust.Principal{Client: "x", Role: trust.RoleOperator}, granted.ID, "r"); err != nil {
		t.Fatal(err)
	}
	if a := w.lookup(t, "other", citizenA, "demo", "name"); a.code() != access.GrantEnded {
		t.Errorf("a revoked grant: %d %s", a.status, a.body)
	}
	if err := other.RevokeKey(ctx, trust.Principal{Client: "x", Role: trust.RoleOperator}, w.keys["service"][3:11], "lost"); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Second)
	if a := w.lookup(t, "service", citizenA, "demo", "name"); a.status != http.StatusUnauthorized || a.code() != "key.invalid" {
		t.Errorf("a key that another process revoked a second ago: %d %s", a.status, a.body)
	}
	w.clock.Add(time.Second)
	w.events.Break()
	if a := w.lookup(t, "other", citizenA, "demo", "name"); a.status != http.StatusServiceUnavailable {
		t.Errorf("grants that cannot be read: %d %s", a.status, a.body)
	}
}

// Attack row 22: hostile bodies are refused with a problem that echoes none of them.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	good := `{"by":` + byCitizen(citizenA) + `,"fields":["name"],"purpose":"demo"}`
	cases := map[string]struct {
		body   string
		status int
	}{
		"huge":            {`{"by":` + strings.Repeat(" ", 1<<20) + `}`, http.StatusRequestEntityTooLarge},
		"deep":            {strings.Repeat("[", 20_000), http.StatusBadRequest},
		"duplicate names": {strings.Replace(good, `"fields"`, `"purpose":"demo","fields"`, 1), http.StatusBadRequest},
		"lone surrogate":  {strings.Replace(good, "demo", `\ud800`, 1), http.StatusBadRequest},
		"invalid utf-8":   {strings.Replace(good, "demo", "\xff", 1), http.StatusBadRequest},
		"nul":             {strings.Replace(good, citizenA, `\u0000`+citizenA, 1), http.StatusBadRequest},
		"bom":             {"\ufeff" + good, http.StatusBadRequest},
		"gzip":            {"\x1f\x8b\x08\x00\x00\x00\x00\x00", http.StatusBadRequest},
		"not an object":   {`"` + canary + `"`, http.StatusBadRequest},
		"wrong type":      {strings.Replace(good, `["name"]`, `"`+canary+`"`, 1), http.StatusBadRequest},
		"name as key":     {strings.Replace(good, `"fields"`, `"`+canary+`":1,"fields"`, 1), http.StatusBadRequest},
		"bad number":      {strings.Replace(good, citizenA, "110101199001011239", 1), http.StatusBadRequest},
		"masked number":   {strings.Replace(good, citizenA, "320102********1234", 1), http.StatusBadRequest},
		"nothing":         {"", http.StatusBadRequest},
	}
	for name, c := range cases {
		for _, lang := range []string{"zh-CN", "en"} {
			a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", c.body, "Accept-Language", lang)
			if a.status != c.status || a.code() == "" {
				t.Errorf("%s: %d %s, want %d", name, a.status, a.body, c.status)
			}
			for _, leak := range []string{canary, citizenA, "110101199001011239", "320102****"} {
				if strings.Contains(a.body, leak) {
					t.Errorf("%s: the problem echoes: %s", name, a.body)
				}
			}
		}
	}
}

// Attack rows 25 and 26: markup and control characters come out as inert text, in an answer that no browser runs.
func TestNamesAreInert(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := w.anchor("citizen", citizenA)
	name := "<script>alert(1)</script>\n\x1b[31m${jndi:ldap://x}"
	w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", values: map[string]string{"name": name}})
	a := w.lookup(t, "service", citizenA, "demo", "name")
	var e serve.EntityAnswer
	a.decode(t, http.StatusOK, &e)
	if e.Values["name"].Value != name || strings.ContainsAny(a.body, "\n\x1b") {
		t.Errorf("%q", a.body)
	}
	if ct, sniff, csp := a.header.Get("Content-Type"), a.header.Get("X-Content-Type-Options"), a.header.Get("Content-Security-Policy"); ct != "application/json" || sniff != "nosniff" || !strings.HasPrefix(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("content type %q, sniff %q, policy %q", ct, sniff, csp)
	}
	if strings.ContainsAny(w.logs.String(), "\x1b") || strings.Contains(w.logs.String(), "script") {
		t.Errorf("the server's log holds the name: %s", w.logs)
	}
}

// Attack row 27, end to end: one byte of a served answer's leaf is changed, and the verifier names it.
func TestAlteredLogIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	for range 5 {
		w.lookup(t, "service", citizenA, "demo", "name")
	}
	if _, err := w.log.Checkpoint(time.Now()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.dir, "audit", "leaves")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), canary) || strings.Contains(string(b), citizenA) {
		t.Error("the audit log holds a personal value")
	}
	lines := strings.SplitAfter(string(b), "\n")
	lines[3] = strings.Replace(lines[3], "service", "auditor", 1)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := trust.Verify(w.dir, trust.VerifyOptions{})
	if err != nil || report.Bad == nil || report.Bad.Leaf != 3 {
		t.Errorf("%+v, %v", report, err)
	}
}

// deafLog cannot be written.
type deafLog struct{}

// Append fails.
func (deafLog) Append(context.Context, ...trust.Leaf) (int64, error) {
	return 0, errors.New("no space left on device")
}

// Attack row 28: what cannot be recorded is not served.
func TestFullDiskServesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *serve.Config) { cfg.Audit = deafLog{} })
	w.person(citizenA)
	a := w.lookup(t, "service", citizenA, "demo", "name")
	if a.status != http.StatusServiceUnavailable || a.code() != "audit.unavailable" || strings.Contains(a.body, canary) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.call(t, "service", http.MethodGet, "/api/v1/whoami", ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("whoami: %d", a.status)
	}
}

// Missing, removed and another department's are one answer, down to the byte.
func TestNothingToGiveLooksAlike(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := w.anchor("citizen", citizenB)
	w.tables.put(id, fakeRow{entity: id, live: false})
	missing, removed := w.lookup(t, "service", citizenA, "demo", "name"), w.lookup(t, "service", citizenB, "demo", "name")
	if missing.status != http.StatusNotFound || missing.body != removed.body || removed.status != missing.status {
		t.Errorf("missing: %d %s\nremoved: %d %s", missing.status, missing.body, removed.status, removed.body)
	}
	theirs := w.anchor("citizen", citizenC)
	w.tables.put(theirs, fakeRow{entity: theirs, live: true, feed: "health.birth", values: map[string]string{"name": canary}})
	a := w.lookup(t, "department", citizenC, "demo", "name", "sex")
	var e serve.EntityAnswer
	a.decode(t, http.StatusOK, &e)
	if v := e.Values["name"]; v.Value != nil || v.Source != nil || v.AsOf != nil {
		t.Errorf("another department's value: %s", a.body)
	}
}

func TestEngineDownIs503(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.tables.fail = errors.New("connection refused")
	a := w.lookup(t, "service", citizenA, "demo", "name")
	if a.status != http.StatusServiceUnavailable || a.code() != "engine.unavailable" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if l := w.lastLeaf(t); l.Decision != trust.Failed {
		t.Errorf("leaf %+v", l)
	}
}

// TestNobodyTakesEquallyLong: an answer that there is nobody waits for a whole step, whoever it is that is not shown; one that there is somebody
// does not wait.
func TestNobodyTakesEquallyLong(t *testing.T) {
	t.Parallel()
	const step = 200 * time.Millisecond
	w := newWorld(t, func(cfg *serve.Config) { cfg.MissStep = step })
	w.person(citizenA)
	id := w.anchor("citizen", citizenB)
	w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", values: map[string]string{"name": canary, "division": "320505"}})
	w.client(t, "nanjing", access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}, Area: []string{"3201"}, Rate: 1000})
	for name, number := range map[string]string{"missing": citizenC, "hidden": citizenB} {
		began := time.Now()
		if a := w.lookup(t, "nanjing", number, "demo", "name"); a.code() != "not_found" || time.Since(began) < step {
			t.Errorf("%s: %d after %v", name, a.status, time.Since(began))
		}
	}
}
