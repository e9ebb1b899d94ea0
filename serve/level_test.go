package serve_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// TestLevels labels elements, records and callers: a key of a level sees nothing above it whatever its grant shows, and makes no key that does.
func TestLevels(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.open(t, "labelled", "person", map[string]access.Treatment{"name": access.Clear, "sex": access.Clear, "citizen_number": access.Clear}, nil)
	levels := map[string]int{}
	var lib serve.LibraryAnswer
	w.call(t, "service", http.MethodGet, "/api/v1/catalog/libraries/person", "").decode(t, http.StatusOK, &lib)
	for _, e := range lib.Elements {
		levels[e.Name] = e.Level
	}
	if levels["sex"] >= levels["citizen_number"] {
		t.Fatalf("the catalogue of this test has levels %v", levels)
	}
	var a serve.EntityAnswer
	w.lookup(t, "labelled", citizenA, "demo", "sex").decode(t, http.StatusOK, &a)
	low := a.Level
	w.lookup(t, "labelled", citizenA, "demo", "sex", "citizen_number").decode(t, http.StatusOK, &a)
	if low != levels["sex"] || a.Level != levels["citizen_number"] {
		t.Errorf("records of levels %d and %d, want %d and %d", low, a.Level, levels["sex"], levels["citizen_number"])
	}
	key, p, err := w.book.Issue(context.Background(), trust.Principal{ID: "test"}, trust.Principal{Client: "labelled", Role: trust.RoleService, Level: levels["sex"]}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	w.keys["low"] = key
	second, q, err := w.book.Rotate(context.Background(), p, "")
	if err != nil || q.Level != p.Level {
		t.Fatalf("%+v, %v", q, err)
	}
	w.keys["rotated"] = second
	for _, who := range []string{"low", "rotated"} {
		w.lookup(t, who, citizenA, "demo", "sex").decode(t, http.StatusOK, &a)
		if got := w.lookup(t, who, citizenA, "demo", "sex", "citizen_number"); got.code() != access.FieldDenied {
			t.Errorf("%s: %d %s", who, got.status, got.body)
		}
		verify := w.call(t, who, http.MethodPost, "/api/v1/verify/person", `{"by":`+byCitizen(citizenA)+`,"values":{"citizen_number":"`+citizenA+`"},"purpose":"demo"}`)
		if verify.code() != access.FieldDenied {
			t.Errorf("%s: %d %s", who, verify.status, verify.body)
		}
		var me serve.WhoAmIAnswer
		w.call(t, who, http.MethodGet, "/api/v1/whoami", "").decode(t, http.StatusOK, &me)
		if me.Level != p.Level || len(me.Grants) != 1 || me.Grants[0].Level > p.Level || me.Grants[0].Columns["citizen_number"] != "" || me.Grants[0].Columns["sex"] != "clear" {
			t.Errorf("%+v", me)
		}
		everything := w.call(t, who, http.MethodGet, "/api/v1/entities/"+w.anchor("citizen", citizenA).String(), "", "Wuku-Purpose", "demo")
		if everything.status != http.StatusOK || strings.Contains(everything.body, citizenA) {
			t.Errorf("%s: %d %s", who, everything.status, everything.body)
		}
	}
}
