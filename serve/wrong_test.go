package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// open gives a client one grant that shows these elements of a library.
func (w *world) open(t testing.TB, name, library string, columns map[string]access.Treatment, change func(*access.Terms)) *access.Case {
	t.Helper()
	terms := access.Terms{Library: library, Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: columns, Rate: 100_000}
	if change != nil {
		change(&terms)
	}
	return w.client(t, name, terms)
}

// ask calls until the grant is locked or so many calls were made, and counts the answers' codes. Whoever is slowed waits.
func (w *world) ask(t testing.TB, client string, calls int, ask func(i int) (method, path, body string)) map[string]int {
	t.Helper()
	codes := map[string]int{}
	for i := range calls {
		method, path, body := ask(i)
		code := w.call(t, client, method, path, body, "Wuku-Purpose", "demo").code()
		codes[code]++
		if code == access.Slowed {
			w.clock.Add(time.Second)
		}
		if code == access.GrantLocked {
			break
		}
	}
	return codes
}

// TestEveryWayOfLookingForPeopleIsStopped looks for people who are not there by search, by proofs and by id: the grant is slowed and locked
// as it is for lookups; who is found is no reason for it.
func TestEveryWayOfLookingForPeopleIsStopped(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		ask     func(i int) (method, path, body string)
		stopped bool
	}{
		{"search", func(i int) (string, string, string) {
			return http.MethodPost, "/api/v1/search/person", fmt.Sprintf(`{"match":{"name":"无%d","sex":"1"},"fields":["name"],"purpose":"demo"}`, i)
		}, true},
		{"proofs", func(i int) (string, string, string) {
			return http.MethodPost, "/api/v1/proofs", `{"by":` + byCitizen(citizen(fmt.Sprintf("32010219400102%03d", i))) + `,"purpose":"demo"}`
		}, true},
		{"entities by id", func(int) (string, string, string) {
			return http.MethodGet, "/api/v1/entities/" + uuid.NewString(), ""
		}, true},
		{"searches that find", func(int) (string, string, string) {
			return http.MethodPost, "/api/v1/search/person", `{"match":{"name":"` + canary + `","sex":"1"},"fields":["name"],"purpose":"demo"}`
		}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.person(citizenA)
			w.open(t, "curious", "person", map[string]access.Treatment{"name": access.Clear, "sex": access.Clear}, nil)
			codes := w.ask(t, "curious", 250, c.ask)
			if (codes[access.Slowed] > 0) != c.stopped || (codes[access.GrantLocked] == 1) != c.stopped || !c.stopped && codes[""] != 250 {
				t.Errorf("%v", codes)
			}
		})
	}
}

// TestOrdinaryUseIsNotStopped asks for what is there in one library of two: that the other one has nothing of it is no miss.
func TestOrdinaryUseIsNotStopped(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219400101777")
	w.base(t, 90, number, "王小明")
	licence := w.certificate(t, "A-1", citizen("32010219400101888"), "驾驶证")
	w.open(t, "honest", "person", map[string]access.Treatment{"name": access.Clear}, nil)
	w.open(t, "honest", "certificate", map[string]access.Treatment{"title": access.Clear, "holder_code": access.Verify}, nil)
	for name, ask := range map[string]func(int) (string, string, string){
		"certificates by id, where people are tried first": func(int) (string, string, string) {
			return http.MethodGet, "/api/v1/entities/" + licence.String(), ""
		},
		"proofs of people without certificates": func(int) (string, string, string) {
			return http.MethodPost, "/api/v1/proofs", `{"by":` + byCitizen(number) + `,"purpose":"demo"}`
		},
	} {
		if codes := w.ask(t, "honest", 60, ask); codes[""] != 60 {
			t.Errorf("%s: %v", name, codes)
		}
	}
}

// TestLockInTheMiddleOfABatch asks in one call for so many who are not there that the grant is locked on the way: nothing of the call is
// answered, not even who came before.
func TestLockInTheMiddleOfABatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.open(t, "curious", "person", map[string]access.Treatment{"name": access.Clear}, nil)
	by := []string{byCitizen(citizenA)}
	for i := range 900 {
		by = append(by, byCitizen(citizen(fmt.Sprintf("32010219900101%03d", i))))
	}
	a := w.call(t, "curious", http.MethodPost, "/api/v1/lookup/person/batch", `{"by":[`+strings.Join(append(by, by[0]), ",")+`],"fields":["name"],"purpose":"demo"}`)
	if a.status != http.StatusForbidden || a.code() != access.GrantLocked || strings.Contains(a.body, canary) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if l := w.lastLeaf(t); l.Decision != trust.Denied || l.Reason != access.GrantLocked || l.Count != 0 {
		t.Errorf("leaf %+v", l)
	}
}

// TestGuessesAreOfTheEntity guesses at one person by several of its identifiers: five guesses a day are all, one by one or in a batch.
func TestGuessesAreOfTheEntity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	now := w.anchor("citizen", citizenA)
	var older []string
	for i := range 8 {
		number := citizen(fmt.Sprintf("32010219750101%03d", i))
		w.tables.put(w.anchor("citizen", number), fakeRow{entity: now})
		older = append(older, number)
	}
	w.open(t, "oracle", "person", map[string]access.Treatment{"birth_date": access.Verify}, nil)
	guess := func(number string, day int) string {
		return fmt.Sprintf(`"by":%s,"values":{"birth_date":"1980-02-%02d"}`, byCitizen(number), day)
	}
	for i, number := range older[:6] {
		a := w.call(t, "oracle", http.MethodPost, "/api/v1/verify/person", `{`+guess(number, i+1)+`,"purpose":"demo"}`)
		if want := map[bool]string{true: access.TriesSpent}[i == 5]; a.code() != want {
			t.Errorf("guess %d: %d %s", i+1, a.status, a.body)
		}
	}
	a := w.call(t, "oracle", http.MethodPost, "/api/v1/verify/person/batch", `{"items":[{`+guess(older[6], 7)+`},{`+guess(older[7], 8)+`}],"purpose":"demo"}`)
	var got serve.BatchAnswer
	a.decode(t, http.StatusOK, &got)
	for i, item := range got.Items {
		if item.Status != access.TriesSpent || item.Results != nil {
			t.Errorf("item %d: %+v", i, item)
		}
	}
}

// TestProofsMatchOnlyWhatTheGrantVerifies asks for proofs under grants that do not give the element by which a certificate belongs to its
// holder, or give only the values of the caller's own department: either would tell who holds what.
func TestProofsMatchOnlyWhatTheGrantVerifies(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219410203444")
	w.certificate(t, "M-1", number, "驾驶证")
	title := map[string]access.Treatment{"title": access.Clear}
	verified := map[string]access.Treatment{"title": access.Clear, "holder_code": access.Verify}
	for name, c := range map[string]struct {
		columns map[string]access.Treatment
		own     bool
		code    string
	}{
		"not given": {title, false, access.FieldDenied}, "own feeds only": {verified, true, access.FieldDenied}, "verified": {verified, false, ""},
	} {
		w.open(t, name, "certificate", c.columns, func(terms *access.Terms) { terms.OwnFeeds = c.own })
		a := w.call(t, name, http.MethodPost, "/api/v1/proofs", `{"by":`+byCitizen(number)+`,"purpose":"demo"}`)
		if a.code() != c.code || strings.Contains(a.body, "驾驶证") != (c.code == "") || strings.Contains(a.body, "holder_code") {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// TestProofsAreOnTheRecordLibraryByLibrary follows one answer of two libraries: who asks who read the person finds it, who asks of the
// certificate too, each under its own grant, and a correction of the certificate is told.
func TestProofsAreOnTheRecordLibraryByLibrary(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219420304555")
	id := w.base(t, 90, number, "王小明")
	licence := w.certificate(t, "R-1", number, "驾驶证")
	w.call(t, "service", http.MethodPost, "/api/v1/proofs", `{"by":`+byCitizen(number)+`,"purpose":"demo"}`).decode(t, http.StatusOK, &serve.ProofsAnswer{})
	digests := map[string]bool{}
	for library, of := range map[string]entity.ID{"person": id, "certificate": licence} {
		var r serve.ReadersAnswer
		a := w.call(t, "auditor", http.MethodPost, "/api/v1/readers", `{"by":{"entity":"`+of.String()+`"},"library":"`+library+`","reason":"request 2026/8"}`)
		a.decode(t, http.StatusOK, &r)
		if len(r.Readings) == 0 {
			t.Errorf("%s: nobody has read it: %s", library, a.body)
			continue
		}
		got := r.Readings[len(r.Readings)-1]
		if got.Operation != "proofs" || got.Grant != "demo-service-"+library || got.Library != library || slices.Contains(got.Elements, "title") != (library == "certificate") {
			t.Errorf("%s: %+v", library, got)
		}
		entries, err := w.log.Leaves(int64(got.Leaf), 1)
		if err != nil || len(entries) != 1 || entries[0].Leaf.Count != 1 {
			t.Fatalf("%+v, %v", entries, err)
		}
		digests[entries[0].Leaf.Digest] = true
	}
	if len(digests) != 1 || digests[""] {
		t.Errorf("one answer has the digests %v", digests)
	}
	w.exec(t, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at) VALUES ('certificate', 901, 91, ?, 'updated', ['title'], ?, now64(3) + 1)", licence, uuid.Nil)
	w.exec(t, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to, finished) VALUES ('certificate', 91, 901, 901, now64(3))")
	if err := w.server.RecallOnce(context.Background()); err != nil {
		t.Fatal(err)
	}
	var recalls serve.RecallPage
	a := w.call(t, "service", http.MethodGet, "/api/v1/recalls", "")
	a.decode(t, http.StatusOK, &recalls)
	if !slices.ContainsFunc(recalls.Recalls, func(r serve.Recall) bool {
		return r.Entity == licence.String() && r.Grant == "demo-service-certificate"
	}) {
		t.Errorf("recalls: %s", a.body)
	}
}

// TestSearchStaysInItsArea has namesakes elsewhere: they are not shown, and not counted.
func TestSearchStaysInItsArea(t *testing.T) {
	w := newEngineWorld(t)
	name := "同名" + uuid.NewString()
	w.base(t, 90, citizen("32010219430405111"), name)
	for range 11 {
		id := uuid.New()
		w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, anchors, name, sex, division) VALUES (?, ?, 1, 90, ?, ?, '1', '320505')", id, id, []uuid.UUID{id}, name)
	}
	w.open(t, "nanjing", "person", map[string]access.Treatment{"name": access.Clear, "sex": access.Clear}, func(terms *access.Terms) { terms.Area = []string{"3201"} })
	var got serve.SearchAnswer
	a := w.call(t, "nanjing", http.MethodPost, "/api/v1/search/person", `{"match":{"name":"`+name+`","sex":"1"},"fields":["name"],"purpose":"demo"}`)
	a.decode(t, http.StatusOK, &got)
	if got.Many || len(got.Found) != 1 {
		t.Errorf("%s", a.body)
	}
}

// TestSearchReadsNothingBeforeItMay searches faster than the grant allows: what is refused reads nothing, and what is allowed costs one
// call.
func TestSearchReadsNothingBeforeItMay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.open(t, "hasty", "person", map[string]access.Treatment{"name": access.Clear, "sex": access.Clear}, func(terms *access.Terms) { terms.Rate = 1 })
	find := func() answer {
		return w.call(t, "hasty", http.MethodPost, "/api/v1/search/person", `{"match":{"name":"`+canary+`","sex":"1"},"fields":["name"],"purpose":"demo"}`)
	}
	var got serve.SearchAnswer
	find().decode(t, http.StatusOK, &got)
	if len(got.Found) != 1 {
		t.Errorf("%+v", got)
	}
	before := w.tables.reads.Load()
	if a := find(); a.code() != access.RateExceeded || w.tables.reads.Load() != before {
		t.Errorf("%d %s after %d reads", a.status, a.body, w.tables.reads.Load()-before)
	}
}

// TestExportEndsWithItsKey lets the caller's key run out while a page is read: the next one does not leave.
func TestExportEndsWithItsKey(t *testing.T) {
	t.Parallel()
	reader := &turning{}
	w := newWorld(t, func(cfg *serve.Config) { reader.Reader = cfg.Reader; cfg.Reader = reader })
	for range 2500 {
		id := uuid.New()
		w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", values: map[string]string{"name": "x"}})
	}
	w.open(t, "brief", "person", map[string]access.Treatment{"name": access.Clear}, nil)
	key, _, err := w.book.Issue(t.Context(), trust.Principal{ID: "test"}, trust.Principal{Client: "brief", Role: trust.RoleService}, w.clock.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	w.keys["brief"], reader.then = key, func() { w.clock.Add(time.Hour) }
	a := w.call(t, "brief", http.MethodPost, "/api/v1/exports/person", `{"fields":["name"],"purpose":"demo"}`)
	if lines := strings.Count(a.body, "\r\n"); lines != 2001 || w.lastLeaf(t).Reason != "key.invalid" {
		t.Errorf("%d lines, leaf %+v", lines, w.lastLeaf(t))
	}
}
