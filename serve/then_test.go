package serve_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/serve"
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
