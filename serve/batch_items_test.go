package serve_test

import (
	"net/http"
	"strings"
	"testing"

	"wuku/serve"
)

// TestBatchItemsNameTheirOwn: an item of a batch is answered for the elements that it names, and for no other item's.
func TestBatchItemsNameTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	by := `{"scheme":"citizen","value":"` + citizenA + `"}`
	var got serve.BatchAnswer
	w.call(t, "service", http.MethodPost, "/api/v1/verify/person/batch", `{"purpose":"demo","items":[{"by":`+by+`,"values":{"name":"nobody"}},{"by":`+by+`,"values":{"citizen_number":"`+citizenA+`"}}]}`).
		decode(t, http.StatusOK, &got)
	if a, b := got.Items[0].Results, got.Items[1].Results; len(a) != 1 || a["name"] != "differs" || len(b) != 1 || b["citizen_number"] != "match" {
		t.Errorf("results %v and %v", a, b)
	}
}

// TestManyFaultsAreToldShortly: a body of very many wrong items gets a short answer.
func TestManyFaultsAreToldShortly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a := w.call(t, "service", http.MethodPost, "/api/v1/verify/person/batch", `{"purpose":"demo","items":[`+strings.Repeat("1,", 20_000)+`1]}`)
	if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity || len(a.body) > 20_000 {
		t.Errorf("%d, %d bytes", a.status, len(a.body))
	}
}
