package serve_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// person issues a key for somebody and lets calls name it.
func (w *world) key(t testing.TB, name, role, department string) {
	t.Helper()
	key, _, err := w.book.Issue(context.Background(), trust.Principal{ID: "test"}, trust.Principal{Client: name, Name: name, Role: role, Department: department}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	w.keys[name] = key
}

const enrolment = `{"client":"nanjing-schools","title":"school enrolment","reason":"who lives in the district","terms":{"library":"person",
	"operations":["lookup","verify"],"purposes":["school-enrolment"],"columns":{"name":"clear","birth_date":"mask","citizen_number":"verify"},
	"basis":"义务教育法 12","area":["3201"],"needs_case":true,"case_prefix":"SE-","subjects":100,"rate":1000}}`

// TestNewcomer walks docs/api.md on the real engine: from nothing but a department's key to the first value, and what was used.
func TestNewcomer(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219880808777")
	w.base(t, 80, number, canary)
	w.key(t, "education", trust.RoleDepartment, "education")
	w.key(t, "second", trust.RoleSteward, "")
	var c access.Case
	once := rand.Text() // the engine is the package's: it may have seen this test before
	client := "nanjing-schools-" + strings.ToLower(once[:8])
	enrolment := strings.Replace(enrolment, "nanjing-schools", client, 1)
	w.call(t, "education", http.MethodPost, "/api/v1/applications", enrolment, "Idempotency-Key", once).decode(t, http.StatusCreated, &c)
	var again access.Case
	w.call(t, "education", http.MethodPost, "/api/v1/applications", enrolment, "Idempotency-Key", once).decode(t, http.StatusCreated, &again)
	if c.State != access.StateFiled || again.ID != c.ID || c.Application.Department != "education" {
		t.Errorf("%+v, again %s", c, again.ID)
	}
	path := "/api/v1/applications/" + c.ID
	if a := w.call(t, "education", http.MethodPost, path+"/key", ""); a.status != http.StatusConflict {
		t.Errorf("a key before the grant: %d %s", a.status, a.body)
	}
	w.call(t, "steward", http.MethodPost, path+"/assessment", `{"level":"medium","text":"children's addresses; only one city, only counts of cases"}`).decode(t, http.StatusOK, &c)
	w.call(t, "steward", http.MethodPost, path+"/approval", `{"reason":"needed by law"}`).decode(t, http.StatusOK, &c)
	w.call(t, "second", http.MethodPost, path+"/approval", `{"reason":"seen"}`).decode(t, http.StatusOK, &c)
	if c.State != access.StateGranted || c.Assessment.Level != "medium" || len(c.Approvals) != 2 {
		t.Fatalf("%+v", c)
	}
	var key serve.KeyAnswer
	w.call(t, "education", http.MethodPost, path+"/key", "").decode(t, http.StatusCreated, &key)
	w.keys["schools"] = key.Key
	a := w.call(t, "schools", http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(number)+`,"fields":["name","birth_date"],"purpose":"school-enrolment","case":"SE-1"}`)
	var e serve.EntityAnswer
	a.decode(t, http.StatusOK, &e)
	if e.Grant != c.ID || e.Values["name"].Value != canary || e.Values["name"].Source.Feed != "police.person" || len(e.Values) != 2 {
		t.Errorf("%s", a.body)
	}
	if l := w.lastLeaf(t); l.Client != client || l.Grant != c.ID || l.Case != "SE-1" || l.Purpose != "school-enrolment" {
		t.Errorf("leaf %+v", l)
	}
	w.call(t, "schools", http.MethodPost, "/api/v1/verify/person", `{"by":`+byCitizen(number)+`,"values":{"citizen_number":"`+number+`"},"purpose":"school-enrolment","case":"SE-1"}`).decode(t, http.StatusOK, &serve.VerifyAnswer{})
	private, public := newPublic(t)
	var pub serve.KeyAnswer
	w.call(t, "education", http.MethodPost, path+"/key", fmt.Sprintf(`{"public_key":%q}`, public)).decode(t, http.StatusCreated, &pub)
	signs := pair{pub.ID, private}
	r := signs.request(t, http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(number)+`,"fields":["name"],"purpose":"school-enrolment","case":"SE-1"}`, "1", w.clock.Now())
	if a := send(w.server, r); a.status != http.StatusOK || !strings.Contains(a.body, canary) || pub.Key != "" {
		t.Errorf("signed: %d %s", a.status, a.body)
	}
	var usage serve.UsageAnswer
	a = w.call(t, "schools", http.MethodGet, "/api/v1/usage", "")
	a.decode(t, http.StatusOK, &usage)
	if len(usage.Usage) != 2 || usage.Usage[0].Client != client || usage.Usage[0].Calls+usage.Usage[1].Calls != 3 || usage.Usage[0].Entities != 1 {
		t.Errorf("usage: %s", a.body)
	}
}

// Attack row 24: votes that try to be more than votes, by those who may not, or again.
func TestApprovalCannotBeForced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.key(t, "education", trust.RoleDepartment, "education")
	w.key(t, "colleague", trust.RoleDepartment, "education")
	w.key(t, "school", trust.RoleService, "education")
	var c access.Case
	w.call(t, "education", http.MethodPost, "/api/v1/applications", enrolment).decode(t, http.StatusCreated, &c)
	path := "/api/v1/applications/" + c.ID
	good := `{"reason":"needed"}`
	w.call(t, "steward", http.MethodPost, path+"/assessment", `{"level":"low","text":"a few children only"}`).decode(t, http.StatusOK, &c)
	cases := []struct {
		name, role, path, body string
		status                 int
		code                   string
	}{
		{"terms in the vote", "steward", path + "/approval", `{"reason":"needed","terms":{"columns":{"citizen_number":"clear"}}}`, http.StatusBadRequest, "request.invalid"},
		{"a state in the vote", "steward", path + "/approval", `{"reason":"needed","state":"granted","approvals":[{},{}]}`, http.StatusBadRequest, "request.invalid"},
		{"an approver in the vote", "steward", path + "/approval", `{"reason":"needed","by":"somebody"}`, http.StatusBadRequest, "request.invalid"},
		{"the applicant", "education", path + "/approval", good, http.StatusForbidden, "role.denied"},
		{"a colleague", "colleague", path + "/approval", good, http.StatusForbidden, "role.denied"},
		{"a service", "school", path + "/approval", good, http.StatusForbidden, "role.denied"},
		{"an operator", "operator", path + "/approval", good, http.StatusForbidden, "role.denied"},
		{"an auditor", "auditor", path + "/approval", good, http.StatusForbidden, "role.denied"},
		{"nobody", "", path + "/approval", good, http.StatusUnauthorized, "key.missing"},
		{"no reason", "steward", path + "/approval", `{}`, http.StatusBadRequest, "request.invalid"},
		{"one vote", "steward", path + "/approval", good, http.StatusOK, ""},
		{"replayed", "steward", path + "/approval", good, http.StatusForbidden, "application.voted"},
		{"one that does not exist", "steward", "/api/v1/applications/nothing/approval", good, http.StatusNotFound, "application.none"},
		{"of the providing department", "department", path + "/approval", good, http.StatusOK, ""},
	}
	for _, s := range cases {
		if a := w.call(t, s.role, http.MethodPost, s.path, s.body); a.status != s.status || a.code() != s.code {
			t.Errorf("%s: %d %s, want %d %s", s.name, a.status, a.body, s.status, s.code)
		}
	}
}

// TestTermsMustFitTheCatalogue files what nobody could grant.
func TestTermsMustFitTheCatalogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.key(t, "education", trust.RoleDepartment, "education")
	for name, change := range map[string][2]string{
		"library":       {`"library":"person"`, `"library":"nothing"`},
		"element":       {`"name":"clear"`, `"nothing":"clear"`},
		"treatment":     {`"name":"clear"`, `"name":"everything"`},
		"operation":     {`"lookup","verify"`, `"lookup","audit"`},
		"area":          {`"3201"`, `"320%"`},
		"end":           {`"basis"`, `"to":"2001-01-01T00:00:00Z","basis"`},
		"basis":         {`义务教育法 12`, ` `},
		"client's name": {`nanjing-schools`, `A B`},
		"else's client": {`nanjing-schools`, `demo-service`},
		"grants itself": {`"title"`, `"state":"granted","title"`},
	} {
		if a := w.call(t, "education", http.MethodPost, "/api/v1/applications", strings.Replace(enrolment, change[0], change[1], 1)); a.status != http.StatusBadRequest || a.code() == "" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// Attack rows 1 and 5: another city's person looks as if there were none; a case of another purpose is refused.
func TestAreaAndCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	id := w.anchor("citizen", citizenB)
	w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", values: map[string]string{"name": canary, "division": "320505"}})
	terms := access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"enrolment"}, Columns: map[string]access.Treatment{"name": access.Clear},
		Area: []string{"3201"}, NeedsCase: true, CasePrefix: "SE-", Rate: 1000}
	w.client(t, "nanjing", terms)
	body := func(by, kase string) string {
		return fmt.Sprintf(`{"by":%s,"fields":["name"],"purpose":"enrolment","case":%q}`, by, kase)
	}
	post := func(body string) answer {
		return w.call(t, "nanjing", http.MethodPost, "/api/v1/lookup/person", body)
	}
	if a := post(body(byCitizen(citizenA), "SE-1")); a.status != http.StatusOK || strings.Contains(a.body, "division") {
		t.Errorf("in the area: %d %s", a.status, a.body)
	}
	missing, elsewhere := post(body(byCitizen(citizenC), "SE-1")), post(body(byCitizen(citizenB), "SE-1"))
	if elsewhere.status != http.StatusNotFound || elsewhere.body != missing.body {
		t.Errorf("elsewhere: %d %s\nmissing: %s", elsewhere.status, elsewhere.body, missing.body)
	}
	if l := w.lastLeaf(t); l.Decision != trust.Denied || l.Subject == "" {
		t.Errorf("leaf %+v", l)
	}
	if a := post(body(byCitizen(citizenA), "HF-1")); a.status != http.StatusForbidden || a.code() != access.WrongCase {
		t.Errorf("a case of another purpose: %d %s", a.status, a.body)
	}
	if a := post(body(byCitizen(citizenA), "")); a.status != http.StatusForbidden || a.code() != access.NoCase {
		t.Errorf("no case: %d %s", a.status, a.body)
	}
}

// Attack rows 9 and 12 over HTTP: the lock is on the record, lasts over a restart, and a steward opens it.
func TestLookingForPeopleLocksTheGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	terms := access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"enrolment"}, Columns: map[string]access.Treatment{"name": access.Clear, "birth_date": access.Verify}, Rate: 100000}
	granted := w.client(t, "curious", terms)
	ask := func(i int) answer {
		return w.call(t, "curious", http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(citizen(fmt.Sprintf("32010219900101%03d", i)))+`,"fields":["name"],"purpose":"enrolment"}`)
	}
	slowed, locked, misses := 0, 0, 0
	for i := 1; i < 999 && locked == 0; i++ {
		switch a := ask(i); a.code() {
		case access.Slowed:
			slowed = max(slowed, i)
			w.clock.Add(time.Second)
		case access.GrantLocked:
			locked = i
		case "not_found":
			misses++
		default:
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if slowed == 0 || locked == 0 || misses >= 500 {
		t.Errorf("slowed at %d, locked at %d after %d misses", slowed, locked, misses)
	}
	if !strings.Contains(w.logs.String(), "enumeration") {
		t.Error("no alarm")
	}
	w.clock.Add(5 * time.Second)
	if a := ask(1); a.code() != access.GrantLocked {
		t.Errorf("later: %d %s", a.status, a.body)
	}
	if a := w.call(t, "steward", http.MethodPost, "/api/v1/grants/"+granted.ID+"/unlock", `{"reason":"talked to them"}`); a.status != http.StatusOK {
		t.Errorf("unlock: %d %s", a.status, a.body)
	}
	guess := func(day int) answer {
		return w.call(t, "curious", http.MethodPost, "/api/v1/verify/person", fmt.Sprintf(`{"by":%s,"values":{"birth_date":"1980-02-%02d"},"purpose":"enrolment"}`, byCitizen(citizenA), day))
	}
	for i := 1; i <= 5; i++ {
		if a := guess(i); a.status != http.StatusOK {
			t.Fatalf("guess %d: %d %s", i, a.status, a.body)
		}
	}
	a := guess(6)
	if wait, err := strconv.Atoi(a.header.Get("Retry-After")); a.status != http.StatusTooManyRequests || a.code() != access.TriesSpent || err != nil || wait < 1 || wait > 24*3600 {
		t.Errorf("a sixth guess: %d %s, again after %q", a.status, a.body, a.header.Get("Retry-After"))
	}
}

// TestKeysOverHTTP rotates a key and ends the old one.
func TestKeysOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var k serve.KeyAnswer
	w.call(t, "service", http.MethodPost, "/api/v1/keys", "").decode(t, http.StatusCreated, &k)
	old := w.keys["service"]
	w.keys["new"] = k.Key
	var list serve.KeyPage
	a := w.call(t, "new", http.MethodGet, "/api/v1/keys", "")
	a.decode(t, http.StatusOK, &list)
	if len(list.Keys) != 2 || strings.Contains(a.body, k.Key[12:]) {
		t.Errorf("%s", a.body)
	}
	if a := w.call(t, "new", http.MethodPost, "/api/v1/keys/"+old[3:11]+"/revocation", `{"reason":"rotated"}`); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.call(t, "service", http.MethodGet, "/api/v1/whoami", ""); a.status != http.StatusUnauthorized {
		t.Errorf("the old key: %d", a.status)
	}
	if a := w.call(t, "new", http.MethodPost, "/api/v1/keys/"+w.keys["auditor"][3:11]+"/revocation", `{"reason":"mischief"}`); a.status != http.StatusNotFound {
		t.Errorf("another's key: %d %s", a.status, a.body)
	}
}

// TestETags asks again for what has not changed.
func TestETags(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.call(t, "service", http.MethodGet, "/api/v1/catalog", "")
	tag := first.header.Get("ETag")
	if first.status != http.StatusOK || tag == "" {
		t.Fatalf("%d, tag %q", first.status, tag)
	}
	if a := w.call(t, "service", http.MethodGet, "/api/v1/catalog", "", "If-None-Match", `"x", `+tag); a.status != http.StatusNotModified || a.body != "" {
		t.Errorf("%d %q", a.status, a.body)
	}
	if a := w.call(t, "service", http.MethodGet, "/api/v1/whoami", ""); a.header.Get("ETag") != "" {
		t.Error("what is the caller's own has a tag")
	}
}

// TestValueCertificate certifies a value under a grant: in clear it opens its commitment, under a mask it does not, losing values are
// never in it, and the verifier needs nothing of the server.
func TestValueCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(cfg *serve.Config) { cfg.Explainer = talkative{} })
	w.person(citizenA)
	body := func(purpose, element string) string {
		return fmt.Sprintf(`{"library":"person","by":%s,"element":%q,"purpose":%q}`, byCitizen(citizenA), element, purpose)
	}
	var keys serve.TrustKeys
	w.call(t, "", http.MethodGet, "/api/v1/trust/keys", "").decode(t, http.StatusOK, &keys)
	for role, clear := range map[string]bool{"service": true, "steward": false} {
		a := w.call(t, role, http.MethodPost, "/api/v1/certificates/value", body("demo", "name"))
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", role, a.status, a.body)
		}
		s, err := trust.VerifyCertificate([]byte(a.body), keys.Audit)
		if err != nil {
			t.Fatalf("%s: %v: %s", role, err, a.body)
		}
		if s.Masked == clear || strings.Contains(a.body, citizenA) || strings.Count(a.body, canary) != map[bool]int{true: 1, false: 0}[clear] || len(s.Losers) != 1 || s.Losers[0].Commitment == "" {
			t.Errorf("%s: %s", role, a.body)
		}
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/certificates/value", body("demo", "nothing")); a.status != http.StatusForbidden {
		t.Errorf("an element outside the grant: %d %s", a.status, a.body)
	}
	if a := w.call(t, "planner", http.MethodPost, "/api/v1/certificates/value", body("demo", "name")); a.status != http.StatusForbidden {
		t.Errorf("without a grant: %d", a.status)
	}
}
