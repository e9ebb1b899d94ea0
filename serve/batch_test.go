package serve_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wuku/serve"
	"wuku/serve/access"
)

// TestBatches ask about several at once: who is there, who is not, and who cannot be meant.
func TestBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	bad := `{"scheme":"citizen","value":"110101199001011239"}`
	a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person/batch", fmt.Sprintf(`{"by":[%s,%s,%s],"fields":["name","birth_date"],"purpose":"demo"}`, byCitizen(citizenB), byCitizen(citizenA), bad))
	var got serve.BatchAnswer
	a.decode(t, http.StatusOK, &got)
	if len(got.Items) != 3 || got.Found != 1 || got.Items[0].Status != "not_found" || got.Items[2].Status != "identifier.invalid" ||
		got.Items[1].Values["name"].Value != canary || got.Items[1].Values["birth_date"].Value != "1980-**-**" {
		t.Errorf("%s", a.body)
	}
	if l := w.lastLeaf(t); l.Count != 1 || len(l.Subjects) != 2 || l.Subjects[0] == l.Subjects[1] {
		t.Errorf("leaf %+v", l)
	}
	item := func(number, name string) string {
		return fmt.Sprintf(`{"by":%s,"values":{"name":%q,"birth_date":"1980-01-01"}}`, byCitizen(number), name)
	}
	a = w.call(t, "service", http.MethodPost, "/api/v1/verify/person/batch", `{"items":[`+item(citizenA, canary)+`,`+item(citizenC, "x")+`,`+item(citizenA, "other")+`],"purpose":"demo"}`)
	a.decode(t, http.StatusOK, &got)
	if got.Found != 2 || got.Items[0].Results["name"] != "match" || got.Items[1].Status != "not_found" || got.Items[2].Results["name"] != "differs" || got.Items[2].Results["birth_date"] != "match" {
		t.Errorf("%s", a.body)
	}
	if strings.Contains(a.body, canary) {
		t.Errorf("a verification shows a value: %s", a.body)
	}
	guesses := strings.Repeat(item(citizenA, "guess")+",", 6) + item(citizenA, canary)
	a = w.call(t, "service", http.MethodPost, "/api/v1/verify/person/batch", `{"items":[`+guesses+`],"purpose":"demo"}`)
	a.decode(t, http.StatusOK, &got)
	if got.Items[3].Status != "found" || got.Items[4].Status != access.TriesSpent || got.Items[6].Results != nil { // one of five was spent above
		t.Errorf("guesses within one call: %s", a.body)
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person/batch", `{"by":[],"fields":["name"],"purpose":"demo"}`); a.status != http.StatusBadRequest {
		t.Errorf("nobody: %d", a.status)
	}
	if a := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person/batch", `{"by":[`+strings.Repeat(byCitizen(citizenA)+",", 1000)+byCitizen(citizenA)+`],"fields":["name"],"purpose":"demo"}`); a.status != http.StatusBadRequest {
		t.Errorf("too many: %d", a.status)
	}
}
