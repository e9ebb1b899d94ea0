package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// certificate puts a certificate of a holder into the real tables.
func (w *engineWorld) certificate(t testing.TB, number, holder, title string) uuid.UUID {
	t.Helper()
	id, hash := w.anchor("certificate", number), feedHash("police.person")
	w.exec(t, "INSERT INTO typed.certificate (anchor, entity, live, ver, anchors, feeds, sources, times, updated, number, holder_code, title) VALUES (?, ?, 1, 1, ?, ['police.person'], ?, ?, now64(3), ?, ?, ?)",
		id, id, []uuid.UUID{id}, []uint32{hash, hash, hash}, []int64{1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000}, number, holder, title)
	return id
}

// TestOneCertificateForAll puts an identity number in and gets person and certificates out, the holder masked as everywhere; the
// certificate names its holder, whose id shows nothing.
func TestOneCertificateForAll(t *testing.T) {
	w := newEngineWorld(t)
	number, other := citizen("32010219650505111"), citizen("32010219650505222")
	id := w.base(t, 20, number, "王小明")
	licence := w.certificate(t, "C-1", number, "驾驶证")
	w.certificate(t, "C-2", other, "别人的")
	var p serve.ProofsAnswer
	a := w.call(t, "service", http.MethodPost, "/api/v1/proofs", `{"by":`+byCitizen(number)+`,"purpose":"demo"}`)
	a.decode(t, http.StatusOK, &p)
	if len(p.Proofs) != 2 || p.Saved != 1 || p.Proofs[0].Entity != id.String() || p.Proofs[1].Values["title"].Value != "驾驶证" || strings.Contains(a.body, "别人的") ||
		len(p.Closed) != 1 || p.Closed[0] != "place" {
		t.Errorf("%s", a.body)
	}
	if strings.Contains(a.body, number) {
		t.Errorf("the number comes back in clear: %s", a.body)
	}
	var r serve.RelationsAnswer
	a = w.call(t, "steward", http.MethodGet, "/api/v1/entities/"+licence.String()+"/relations?library=certificate", "", "Wuku-Purpose", "demo")
	a.decode(t, http.StatusOK, &r)
	if len(r.Relations) != 1 || r.Relations[0].Library != "person" || r.Relations[0].Entity != id.String() || strings.Contains(a.body, number) {
		t.Errorf("%s", a.body)
	}
	if a := w.call(t, "planner", http.MethodPost, "/api/v1/proofs", `{"by":`+byCitizen(number)+`,"purpose":"demo"}`); a.status != http.StatusForbidden {
		t.Errorf("without grants: %d %s", a.status, a.body)
	}
}

// TestSearchShowsLittle is attack row 3 where there is a search: masked and single personal elements cannot be searched for, and many
// hits show none.
func TestSearchShowsLittle(t *testing.T) {
	w := newEngineWorld(t)
	name := "寻人" + uuid.NewString()
	for i := range 11 {
		n := name
		if i < 2 {
			n += "少"
		}
		w.base(t, 30, citizen(fmt.Sprintf("32010219550303%03d", 100+i)), n)
	}
	find := func(match string) answer {
		return w.call(t, "service", http.MethodPost, "/api/v1/search/person", `{"match":`+match+`,"fields":["name","birth_date"],"purpose":"demo"}`)
	}
	for body, code := range map[string]string{`{"birth_date":"1955-03-03","name":"x"}`: "search.masked", `{"citizen_number":"3","name":"x"}`: "search.masked", `{"name":"x"}`: "search.masked",
		`{"nothing":"x"}`: access.FieldDenied, `{}`: "request.invalid"} {
		if a := find(body); a.code() != code {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	var got serve.SearchAnswer
	a := find(`{"name":"` + name + `少","sex":"1"}`)
	a.decode(t, http.StatusOK, &got)
	if got.Many || len(got.Found) != 2 || got.Found[0].Values["name"].Value != name+"少" || len(got.Found[0].Values) != 2 {
		t.Errorf("%s", a.body)
	}
	for _, injected := range []string{`' OR 1=1 --`, `\'; DROP TABLE x`, `%`, `_`} {
		a := find(fmt.Sprintf(`{"name":%q,"sex":"1"}`, injected))
		a.decode(t, http.StatusOK, &got)
		if got.Many || len(got.Found) != 0 {
			t.Errorf("%q finds %s", injected, a.body)
		}
	}
	for i := range 3 {
		w.base(t, 31, citizen(fmt.Sprintf("32010219550303%03d", 200+i)), name)
	}
	a = find(`{"name":"` + name + `","sex":"1"}`)
	a.decode(t, http.StatusOK, &got)
	if !got.Many || len(got.Found) != 0 {
		t.Errorf("many: %s", a.body)
	}
}

// TestHistory asks for what was known when: a value arrives, is corrected, and the record goes.
func TestHistory(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219450404333")
	id := w.base(t, 40, number, "王二")
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	claim := "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op, event_time, topic, partition, offset, received, name) VALUES (?, ?, 'k', '', ?, ?, ?, 't', 0, ?, ?, ?)"
	w.exec(t, claim, id, "health.birth", 1, "assert", day(1), 1, day(2), "王大")
	w.exec(t, claim, id, "police.person", 1, "assert", day(5), 2, day(6), "王一")
	w.exec(t, claim, id, "police.person", 2, "assert", day(3), 3, day(8), "王二")
	w.exec(t, claim, id, "police.person", 3, "gone", day(9), 4, day(10), nil)
	ask := func(query string) (h serve.HistoryAnswer, values []string) {
		a := w.call(t, "service", http.MethodGet, "/api/v1/entities/"+id.String()+"/history?library=person"+query, "", "Wuku-Purpose", "demo")
		a.decode(t, http.StatusOK, &h)
		for _, v := range h.Elements["name"] {
			values = append(values, fmt.Sprint(v.Value))
		}
		return h, values
	}
	for query, want := range map[string]string{"": "王大 王一 王二 王大", "&known_at=2024-01-07T00:00:00Z": "王一", "&known_at=2024-01-09T00:00:00Z": "王二",
		"&known_at=2024-01-01T00:00:00Z": "", "&valid_at=2024-01-02T00:00:00Z": "王大", "&valid_at=2024-01-04T00:00:00Z&known_at=2024-01-07T00:00:00Z": "王大"} {
		if _, got := ask(query); strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", query, got, want)
		}
	}
	h, _ := ask("")
	if past := h.Elements["name"]; len(past) != 4 || past[0].Source.Feed != "health.birth" || !past[1].KnownFrom.Equal(day(6)) || !past[1].ValidFrom.Equal(day(5)) {
		t.Errorf("%+v", past)
	}
}

// TestExportIsMaskedAndCut exports under a grant: masked, formulas inert, in the audit log page by page, ended by the budget and by a
// revocation.
func TestExportIsMaskedAndCut(t *testing.T) {
	w := newEngineWorld(t)
	w.exec(t, "TRUNCATE TABLE resolve.person")
	number := citizen("32010219350606444")
	id := w.base(t, 50, number, "=cmd|'x'!A1")
	w.base(t, 50, citizen("32010219350606555"), "王小明")
	body := `{"fields":["name","citizen_number","sex"],"purpose":"demo","format":"%s"}`
	a := w.call(t, "service", http.MethodPost, "/api/v1/exports/person", fmt.Sprintf(body, "csv"))
	if a.status != http.StatusOK || !strings.HasPrefix(a.body, "entity,name,citizen_number,sex\r\n") || strings.Count(a.body, "\r\n") != 3 || strings.Contains(a.body, number) ||
		!strings.Contains(a.body, id.String()+",'=cmd") || !strings.Contains(a.body, "320102************") || a.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
	if l := w.lastLeaf(t); l.Operation != "export" || l.Count != 2 || len(l.Subjects) != 2 || len(l.Digest) != 64 {
		t.Errorf("leaf %+v", l)
	}
	a = w.call(t, "service", http.MethodPost, "/api/v1/exports/person", fmt.Sprintf(body, "jsonl"))
	if a.status != http.StatusOK || strings.Count(a.body, "\n") != 2 || !strings.Contains(a.body, `"masked":true`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/exports/person", `{"fields":["name","nothing"],"purpose":"demo"}`); a.code() != access.FieldDenied {
		t.Errorf("outside the grant: %d %s", a.status, a.body)
	}
	terms := access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}, Area: []string{"3201"}, Subjects: 1}
	granted := w.client(t, "small", terms)
	if a := w.call(t, "small", http.MethodPost, "/api/v1/exports/person", `{"fields":["name"],"purpose":"demo"}`); a.code() != access.SubjectsSpent {
		t.Errorf("more than the budget: %d %s", a.status, a.body)
	}
	if a := w.call(t, "small", http.MethodPost, "/api/v1/exports/person", `{"fields":["name"],"purpose":"demo","limit":1}`); a.status != http.StatusOK || strings.Count(a.body, "\r\n") != 2 {
		t.Errorf("within the budget: %d %s", a.status, a.body)
	}
	w.call(t, "steward", http.MethodPost, "/api/v1/grants/"+granted.ID+"/revocation", `{"reason":"over"}`)
	if a := w.call(t, "small", http.MethodPost, "/api/v1/exports/person", `{"fields":["name"],"purpose":"demo","limit":1}`); a.code() != access.GrantEnded {
		t.Errorf("after the revocation: %d %s", a.status, a.body)
	}
}

// turning calls a function before the second page of an export is read.
type turning struct {
	serve.Reader
	pages int
	then  func()
}

// Query counts pages.
func (r *turning) Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error {
	if statement == "query/serve_export" {
		if r.pages++; r.pages == 2 {
			r.then()
		}
	}
	return r.Reader.Query(ctx, statement, data, each, args...)
}

// TestExportOfARevokedGrantIsCut is attack row 4 in the middle of an answer: the grant is revoked while the second page is read, and
// no third one leaves; the budget of entities ends an export likewise.
func TestExportOfARevokedGrantIsCut(t *testing.T) {
	reader := &turning{}
	w := newEngineWorldWith(t, func(r serve.Reader) serve.Reader { reader.Reader = r; return reader })
	w.exec(t, "TRUNCATE TABLE resolve.person")
	w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, anchors, name, division) SELECT generateUUIDv4() AS a, a, 1, 1, [a], 'x', '320102' FROM numbers(3500)")
	terms := access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}, Subjects: 2500}
	granted := w.client(t, "cut", terms)
	reader.then = func() {}
	a := w.call(t, "cut", http.MethodPost, "/api/v1/exports/person", `{"fields":["name"],"purpose":"demo"}`)
	if lines := strings.Count(a.body, "\r\n"); a.status != http.StatusOK || lines != 2001 {
		t.Errorf("%d, %d lines: the budget ends it after two pages", a.status, lines)
	}
	if l := w.lastLeaf(t); l.Reason != access.SubjectsSpent || l.Count != 0 {
		t.Errorf("leaf %+v", l)
	}
	w.clock.Add(24 * time.Hour)
	reader.pages, reader.then = 0, func() {
		if _, err := w.book.Revoke(t.Context(), trust.Principal{Client: "x", Role: trust.RoleOperator}, granted.ID, "r"); err != nil {
			t.Error(err)
		}
	}
	a = w.call(t, "cut", http.MethodPost, "/api/v1/exports/person", `{"fields":["name"],"purpose":"demo","limit":2400}`)
	if lines := strings.Count(a.body, "\r\n"); a.status != http.StatusOK || lines != 2001 || w.lastLeaf(t).Reason != access.GrantEnded {
		t.Errorf("%d, %d lines, leaf %+v", a.status, lines, w.lastLeaf(t))
	}
}

// TestFeedback doubts a value, keeps the proposal from all but those who answer, and tells what came of it.
func TestFeedback(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219250707666")
	w.base(t, 60, number, "王小明")
	body := `{"library":"person","by":` + byCitizen(number) + `,"element":"name","reason":"the household book says otherwise","proposed":"` + canary + `","purpose":"demo"}`
	var d access.Doubt
	w.call(t, "service", http.MethodPost, "/api/v1/feedback", body, "Idempotency-Key", "7").decode(t, http.StatusCreated, &d)
	w.call(t, "service", http.MethodPost, "/api/v1/feedback", body, "Idempotency-Key", "7").decode(t, http.StatusCreated, &d)
	w.key(t, "health", "department", "health")
	var page serve.FeedbackPage
	for role, sees := range map[string]bool{"department": true, "steward": true, "service": false, "health": false} {
		a := w.call(t, role, http.MethodGet, "/api/v1/feedback", "")
		a.decode(t, http.StatusOK, &page)
		if strings.Contains(a.body, canary) || len(page.Feedback) != map[bool]int{true: 1, false: 0}[role != "health"] {
			t.Errorf("%s: %s", role, a.body)
		}
		listed := w.lastLeaf(t)
		a = w.call(t, role, http.MethodGet, "/api/v1/feedback/"+d.ID, "")
		if strings.Contains(a.body, canary) != sees || (a.status == http.StatusOK) != (role != "health") {
			t.Errorf("one as %s: %d %s", role, a.status, a.body)
		}
		for _, l := range []trust.Leaf{listed, w.lastLeaf(t)} {
			if role != "health" && (l.Count != 1 || l.Library != "person" || len(l.Subjects) != 1 || len(l.Columns) != 1 || l.Columns[0] != "name") {
				t.Errorf("leaf of %s: %+v", role, l)
			}
		}
	}
	events, err := w.events.Events(t.Context())
	if err != nil || strings.Contains(fmt.Sprint(events), canary) {
		t.Errorf("the proposal lies open in the events: %v", err)
	}
	path := "/api/v1/feedback/" + d.ID + "/decision"
	if a := w.call(t, "health", http.MethodPost, path, `{"accept":true,"reason":"mine"}`); a.status != http.StatusNotFound {
		t.Errorf("a department that does not give it: %d", a.status)
	}
	w.call(t, "department", http.MethodPost, path, `{"accept":true,"reason":"corrected at the source"}`).decode(t, http.StatusOK, &d)
	if d.State != access.DoubtAccepted || d.Answer == nil {
		t.Errorf("%+v", d)
	}
	if a := w.call(t, "steward", http.MethodPost, path, `{"accept":false,"reason":"no"}`); a.code() != access.WrongState {
		t.Errorf("answered twice: %d %s", a.status, a.body)
	}
}

// TestListsShowWhatIsOnesOwn reads findings, quarantine and incidents as those who may.
func TestListsShowWhatIsOnesOwn(t *testing.T) {
	w := newEngineWorld(t)
	w.exec(t, "TRUNCATE TABLE quality.state")
	id := w.anchor("citizen", citizenA)
	finding := "INSERT INTO quality.state (library, entity, anchor, feed, key, role, element, rule, claim, open, ver) VALUES ('person', ?, ?, ?, ?, '', 'name', 'value.length', 1, 1, 1)"
	w.exec(t, finding, id, id, "police.person", citizenA)
	w.exec(t, finding, id, id, "health.birth", citizenB)
	w.exec(t, "INSERT INTO quality.quarantine (feed, topic, partition, revision, offset, reason, message_key, message_value, received) VALUES ('police.person', 'src.police.person', 0, 1, 7, 'value.null', ?, ?, now64(3))", citizenA, canary)
	w.exec(t, "INSERT INTO ledger.message (feed, topic, partition, revision, offset, until, outcome) VALUES ('police.person', 'src.police.person', 0, 1, 7, 7, 'quarantined')")
	w.exec(t, "INSERT INTO quality.incident (id, kind, feed, topic, partition, from, to, detail, at) VALUES (?, 'gap', 'health.birth', 'src.health.birth', 0, 1, 9, 'd', now64(3))", uuid.New())
	cases := []struct {
		role, path string
		n          int
	}{
		{"steward", "/api/v1/findings", 2}, {"department", "/api/v1/findings", 1}, {"steward", "/api/v1/findings?feed=health.birth", 1}, {"department", "/api/v1/findings?feed=health.birth", 0},
		{"steward", "/api/v1/quarantine", 1}, {"department", "/api/v1/quarantine?rule=value.null", 1}, {"operator", "/api/v1/quarantine?rule=other", 0},
		{"steward", "/api/v1/incidents", 1}, {"department", "/api/v1/incidents", 0},
	}
	for _, c := range cases {
		a := w.call(t, c.role, http.MethodGet, c.path, "")
		if a.status != http.StatusOK || strings.Count(a.body, `"feed"`) != c.n || strings.Contains(a.body, canary) || strings.Contains(a.body, citizenA) {
			t.Errorf("%s as %s: %d %s", c.path, c.role, a.status, a.body)
		}
	}
	for _, role := range []string{"service", "planner"} {
		if a := w.call(t, role, http.MethodGet, "/api/v1/quarantine", ""); a.status != http.StatusForbidden {
			t.Errorf("quarantine as %s: %d", role, a.status)
		}
	}
}

// TestFindingsArePagedWhole reads findings by small pages: of one entity, of two records of one feed, each comes once, and the pages end.
func TestFindingsArePagedWhole(t *testing.T) {
	w := newEngineWorld(t)
	w.exec(t, "TRUNCATE TABLE quality.state")
	one, two := w.anchor("citizen", citizenA), w.anchor("citizen", citizenB)
	finding := "INSERT INTO quality.state (library, entity, anchor, feed, key, role, element, rule, claim, open, ver) VALUES ('person', ?, ?, ?, ?, ?, ?, ?, 1, 1, 1)"
	all := 0
	for _, id := range []entity.ID{one, two} {
		for _, feed := range []string{"police.person", "health.birth"} {
			for _, key := range []string{citizenA, "a'b\\\t\n键"} {
				for _, rest := range [][3]string{{"", "name", "value.length"}, {"", "name", "value.null"}, {"", "sex", "value.null"}, {"child", "sex", "value.null"}} {
					w.exec(t, finding, id, id, feed, key, rest[0], rest[1], rest[2])
					all++
				}
			}
		}
	}
	for _, limit := range []int{1, 3, 1000} {
		seen, after := map[string]int{}, ""
		for n := 0; n == 0 || after != ""; n++ {
			if n > all {
				t.Fatalf("limit %d: the pages do not end", limit)
			}
			var page serve.FindingPage
			a := w.call(t, "steward", http.MethodGet, fmt.Sprintf("/api/v1/findings?limit=%d&after=%s", limit, after), "")
			a.decode(t, http.StatusOK, &page)
			if strings.Contains(a.body, citizenA) || len(page.Findings) > limit {
				t.Fatalf("%s", a.body)
			}
			for _, f := range page.Findings {
				seen[f.Entity+f.Feed+f.Element+f.Rule]++
			}
			after = page.Next
		}
		got := 0
		for _, n := range seen {
			got += n
		}
		if got != all || len(seen) != 12 { // two records of a feed, and two roles, look alike from outside
			t.Errorf("limit %d: %d findings, %d kinds", limit, got, len(seen))
		}
	}
	for _, forged := range []string{"x", one.String(), strings.Repeat("A", 200)} {
		if a := w.call(t, "steward", http.MethodGet, "/api/v1/findings?after="+forged, ""); a.status != http.StatusBadRequest {
			t.Errorf("after %.10s: %d", forged, a.status)
		}
	}
}

// TestPresentation presents a certificate in one deployment and checks it in another that has it on its trust list, and back; a revoked
// one is known at once where it was made, and by its status list elsewhere.
func TestPresentation(t *testing.T) {
	here := newEngineWorld(t)
	here.certificate(t, "P-1", citizen("32010219650505888"), "驾驶证")
	var keys serve.TrustKeys
	here.call(t, "", http.MethodGet, "/api/v1/trust/keys", "").decode(t, http.StatusOK, &keys)
	there := newWorld(t, func(cfg *serve.Config) {
		cfg.Issuer, cfg.Trusted = "anhui", []trust.TrustedIssuer{keys.Presentations}
	})
	number := fmt.Sprintf(`{"entity":%q}`, here.anchor("certificate", "P-1"))
	var made serve.PresentAnswer
	here.call(t, "steward", http.MethodPost, "/api/v1/presentations", `{"by":`+number+`,"fields":["title","number"],"audience":"rental","purpose":"demo"}`).decode(t, http.StatusCreated, &made)
	check := func(w *world, role, text, list string) (c serve.CheckAnswer) {
		w.call(t, role, http.MethodPost, "/api/v1/presentations/check", fmt.Sprintf(`{"presentation":%q,"audience":"rental","status_list":%q}`, text, list)).decode(t, http.StatusOK, &c)
		return c
	}
	list := func() string {
		var l serve.StatusAnswer
		here.call(t, "", http.MethodGet, "/api/v1/status/1", "").decode(t, http.StatusOK, &l)
		return l.List
	}
	if c := check(here.world, "service", made.Presentation, ""); !c.Valid || c.Shown["title"] != "驾驶证" || c.Purpose != "demo" {
		t.Errorf("here: %+v", c)
	}
	if c := check(there, "service", made.Presentation, list()); !c.Valid || c.Issuer != "wuku" || c.Shown["number"] != "P-1" {
		t.Errorf("there: %+v", c)
	}
	if c := check(there, "service", made.Presentation, ""); c.Valid || c.Reason != "status_unknown" || c.Status == "" || c.Shown != nil {
		t.Errorf("there without a list: %+v", c)
	}
	if a := here.call(t, "service", http.MethodPost, "/api/v1/presentations/"+made.Handle+"/revocation", `{"reason":"not mine"}`); a.status != http.StatusNotFound {
		t.Errorf("another revokes it: %d", a.status)
	}
	here.call(t, "steward", http.MethodPost, "/api/v1/presentations/"+made.Handle+"/revocation", `{"reason":"lost phone"}`).decode(t, http.StatusOK, &serve.Done{})
	here.clock.Add(10 * time.Second)
	if c := check(here.world, "service", made.Presentation, ""); c.Valid || c.Reason != "revoked" {
		t.Errorf("here, revoked: %+v", c)
	}
	if c := check(there, "service", made.Presentation, list()); c.Valid || c.Reason != "revoked" {
		t.Errorf("there, revoked: %+v", c)
	}
	if a := here.call(t, "steward", http.MethodPost, "/api/v1/presentations", `{"by":`+number+`,"fields":["title","holder_code"],"purpose":"demo"}`); a.code() != access.FieldDenied {
		t.Errorf("a masked element: %d %s", a.status, a.body)
	}
}
