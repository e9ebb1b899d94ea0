package serve_test

import (
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
)

// TestThen asks for what was so, what was known, and by which revision's rule: by lookup, by verification and by history.
func TestThen(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219460404333")
	id := w.base(t, 41, number, "王二")
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	claim := "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op, event_time, topic, partition, offset, received, name) VALUES (?, ?, 'k', '', ?, 'assert', ?, 't', 0, ?, ?, ?)"
	w.exec(t, claim, id, "health.birth", 1, day(1), 1, day(2), "王大")
	w.exec(t, claim, id, "police.person", 1, day(5), 2, day(6), "王一")
	w.exec(t, claim, id, "police.person", 2, day(3), 3, day(8), "王二")

	// Revision 1 is what is in force; in revision 2 births give the name before the police.
	other := *w.catalog
	other.Libraries = append([]catalog.Library{}, w.catalog.Libraries...)
	lib := other.Library("person")
	lib.Elements = append([]catalog.Element{}, lib.Elements...)
	lib.Element("name").Authority = []catalog.Rank{{"health.birth"}, {"police.person"}}
	w.shelf.published = append(w.shelf.published, &other)

	for then, want := range map[string]string{
		``:                                   "王二",
		`,"revision":1`:                      "王二",
		`,"revision":2`:                      "王大",
		`,"known_at":"2024-01-07T00:00:00Z"`: "王一",
		`,"as_of":"2024-01-02T00:00:00Z"`:    "王大",
		`,"as_of":"2024-01-04T00:00:00Z","known_at":"2024-01-07T00:00:00Z"`:              "王大",
		`,"known_at":"2024-01-07T00:00:00Z","as_of":"2024-01-06T00:00:00Z","revision":2`: "王大",
		`,"known_at":"2024-01-01T00:00:00Z"`:                                             "<nil>",
	} {
		var a serve.EntityAnswer
		w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(number)+`,"fields":["name"],"purpose":"demo"`+then+`}`).decode(t, http.StatusOK, &a)
		if got := fmt.Sprint(a.Values["name"].Value); got != want {
			t.Errorf("lookup %s: %s, want %s", then, got, want)
		}
		var v serve.VerifyAnswer
		w.call(t, "service", http.MethodPost, "/api/v1/verify/person", `{"by":`+byCitizen(number)+`,"values":{"name":"`+want+`"},"purpose":"demo"`+then+`}`).decode(t, http.StatusOK, &v)
		if got, right := v.Results["name"], map[bool]string{true: "unknown", false: "match"}[want == "<nil>"]; got != right {
			t.Errorf("verify %s: %s, want %s", then, got, right)
		}
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(number)+`,"fields":["name"],"purpose":"demo","revision":9}`); a.status != http.StatusNotFound {
		t.Errorf("a revision that is not there: %d %s", a.status, a.body)
	}
	for query, want := range map[string]string{"": "王大 王一 王二", "&revision=2": "王大", "&revision=2&known_at=2024-01-01T00:00:00Z": ""} {
		var h serve.HistoryAnswer
		w.call(t, "service", http.MethodGet, "/api/v1/entities/"+id.String()+"/history?library=person"+query, "", "Wuku-Purpose", "demo").decode(t, http.StatusOK, &h)
		var values []string
		for _, v := range h.Elements["name"] {
			values = append(values, fmt.Sprint(v.Value))
		}
		if got := strings.Join(values, " "); got != want {
			t.Errorf("history %q: %s, want %s", query, got, want)
		}
	}
}

// TestThenOfWhoIsGone asks for somebody whose records were deleted: not there now, there before, under what the grant's area says of them
// then; the end of a record has no time but its message's, as the resolver writes it.
func TestThenOfWhoIsGone(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219470404333")
	id := w.anchor("citizen", number)
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	version := func(declared uint64, offset int64) *big.Int {
		v := entity.MakeVersion(declared, offset, 2, 1)
		return new(big.Int).Or(new(big.Int).Lsh(new(big.Int).SetUint64(v.Hi), 64), new(big.Int).SetUint64(v.Lo))
	}
	claim := "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op, event_time, topic, partition, offset, received, name, division) VALUES (?, 'police.person', 'k', '', ?, 'assert', ?, 'src.police.person', 2, ?, ?, ?, '320102')"
	w.exec(t, claim, id, version(1, 71), day(1), 71, day(2), "王一")
	w.exec(t, claim, id, version(2, 72), day(3), 72, day(4), "王二")
	w.exec(t, "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op) VALUES (?, 'police.person', 'k', '', ?, 'gone')", id, version(3, 73))
	w.exec(t, "INSERT INTO ledger.message (feed, topic, partition, revision, offset, until, outcome, key, ver, received) VALUES ('police.person', 'src.police.person', 2, 1, 73, 73, 'deleted', 'k', ?, ?)", version(3, 73), day(6))
	w.exec(t, "INSERT INTO resolve.person (anchor, entity, live, ver) VALUES (?, ?, 0, 60)", id, id)
	terms := access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}, Rate: 1000}
	for city, there := range map[string]bool{"3201": true, "3205": false} {
		terms.Area = []string{city}
		w.client(t, "of-"+city, terms)
		for then, want := range map[string]string{
			``:                                   "",
			`,"revision":1`:                      "",
			`,"known_at":"2024-01-01T00:00:00Z"`: "",
			`,"known_at":"2024-01-03T00:00:00Z"`: "王一",
			`,"known_at":"2024-01-05T00:00:00Z"`: "王二",
			`,"known_at":"2024-01-07T00:00:00Z"`: "",
			`,"as_of":"2024-01-02T00:00:00Z"`:    "王一",
			`,"as_of":"2024-01-05T00:00:00Z"`:    "王二",
			`,"as_of":"2024-01-06T00:00:00Z"`:    "",
		} {
			a := w.call(t, "of-"+city, http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(number)+`,"fields":["name"],"purpose":"demo"`+then+`}`)
			if want == "" || !there {
				if a.code() != "not_found" {
					t.Errorf("%s, %s: %d %s", city, then, a.status, a.body)
				}
				continue
			}
			var e serve.EntityAnswer
			a.decode(t, http.StatusOK, &e)
			if got := e.Values["name"].Value; got != want || e.Entity != id.String() || e.Values["name"].Source.Feed != "police.person" {
				t.Errorf("%s, %s: %v, want %s", city, then, got, want)
			}
			if l := w.lastLeaf(t); l.Count != 1 || l.Subject == "" {
				t.Errorf("leaf %+v", l)
			}
		}
	}
}

// TestEndsOfRecordsInHistory wants the end of a record in an entity's history though nothing gives it a time but the ledger, and a version that
// arrives after the end of its record to change nothing.
func TestEndsOfRecordsInHistory(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219480404333")
	id := w.base(t, 61, number, "王大")
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	claim := "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op, event_time, topic, partition, offset, received, name) VALUES (?, ?, 'k', '', ?, 'assert', ?, ?, 0, ?, ?, ?)"
	gone := entity.MakeVersion(9, 83, 0, 1)
	w.exec(t, claim, id, "health.birth", 1, day(1), "src.health.birth", 81, day(1), "王大")
	w.exec(t, claim, id, "police.person", 2, day(2), "src.police.person", 82, day(2), "王二")
	w.exec(t, claim, id, "police.person", 3, day(3), "src.police.person", 84, day(5), "王三")
	version := new(big.Int).Or(new(big.Int).Lsh(new(big.Int).SetUint64(gone.Hi), 64), new(big.Int).SetUint64(gone.Lo))
	w.exec(t, "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op) VALUES (?, 'police.person', 'k', '', ?, 'gone')", id, version)
	w.exec(t, "INSERT INTO ledger.message (feed, topic, partition, revision, offset, until, outcome, key, ver, received) VALUES ('police.person', 'src.police.person', 0, 1, 83, 83, 'deleted', 'k', ?, ?)", version, day(4))
	var h serve.HistoryAnswer
	w.call(t, "service", http.MethodGet, "/api/v1/entities/"+id.String()+"/history?library=person", "", "Wuku-Purpose", "demo").decode(t, http.StatusOK, &h)
	var said []string
	for _, v := range h.Elements["name"] {
		said = append(said, fmt.Sprintf("%v %d", v.Value, v.KnownFrom.Day()))
	}
	if got := strings.Join(said, ", "); got != "王大 1, 王二 2, 王大 4" {
		t.Error(got)
	}
}
