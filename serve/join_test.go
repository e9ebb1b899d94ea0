package serve_test

import (
	"encoding/csv"
	"encoding/json/v2"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
)

func (w *world) join(t testing.TB, role string, body map[string]any) answer {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return w.call(t, role, http.MethodPost, "/api/v1/joins", string(b))
}

// TestJoin: the rows come back in their order with what the grant shows beside them, masked; each entity is on the record; what is no
// number and what is nobody's says so.
func TestJoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	id := w.anchor("citizen", citizenA)
	w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", values: map[string]string{"citizen_number": citizenA, "name": "王小明", "birth_date": "1980-01-01"}})
	ask := func(format string) map[string]any {
		return map[string]any{"library": "person", "scheme": "citizen", "key": "number", "fields": []string{"name", "birth_date"}, "purpose": "demo", "format": format,
			"csv": "case,number\r\n=1+1," + citizenA + "\r\n\"b,c\"," + citizenB + "\r\nd,12\r\n"}
	}
	a := w.join(t, "service", ask("csv"))
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	want := [][]string{{"case", "number", "wuku.status", "wuku.entity", "person.name", "person.birth_date"}, {"'=1+1", citizenA, "found", id.String(), "王小明", "1980-**-**"},
		{"b,c", citizenB, "not_found", "", "", ""}, {"d", "12", "identifier.invalid", "", "", ""}}
	if err != nil || fmt.Sprint(rows) != fmt.Sprint(want) || a.header.Get("Wuku-Join") != "complete" {
		t.Fatalf("%v, %d %v\nwant %v", err, a.status, rows, want)
	}
	if l := w.lastLeaf(t); len(l.Subjects) != 2 || l.Count != 1 || l.Purpose != "demo" || l.Operation != string(access.Lookup) || l.Library != entity.Person || l.Digest == "" {
		t.Errorf("on the record: %+v", l)
	}
	var line serve.JoinLine
	first, _, _ := strings.Cut(w.join(t, "service", ask("jsonl")).body, "\n")
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Row["number"] != citizenA || line.Values["name"].Value != "王小明" || !line.Values["birth_date"].Masked {
		t.Errorf("%v %s", err, first)
	}
	b := ask("csv")
	delete(b, "csv")
	b["rows"] = []map[string]any{{"number": citizenA, "n": 3}}
	if a := w.join(t, "service", b); !strings.HasPrefix(a.body, "n,number,wuku.status,wuku.entity,person.name,person.birth_date\r\n3,"+citizenA+",found,") {
		t.Error(a.body)
	}
}

// TestJoinPages: three thousand rows are four pages, each on the record, and a budget of entities ends it with its code.
func TestJoinPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	var rows []map[string]any
	for i := range 3001 {
		n := citizen(fmt.Sprintf("3201021980%02d%02d%03d", 1+i%12, 1+i%28, 100+i%900))
		id := w.anchor("citizen", n)
		w.tables.put(id, fakeRow{entity: id, live: true, feed: "police.person", values: map[string]string{"name": "甲"}})
		rows = append(rows, map[string]any{"id": n})
	}
	body := map[string]any{"library": "person", "scheme": "citizen", "key": "id", "fields": []string{"name"}, "purpose": "demo", "format": "jsonl", "rows": rows}
	size := w.log.Size()
	a := w.join(t, "service", body)
	if strings.Count(a.body, `"status":"found"`) != 3001 || w.log.Size()-size != 4 {
		t.Errorf("%d: %d rows, %d leaves", a.status, strings.Count(a.body, `"status":"found"`), w.log.Size()-size)
	}
	w.client(t, "small", access.Terms{Library: entity.Person, Operations: []access.Operation{access.Lookup}, Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}, Basis: "test", Subjects: 1500})
	a = w.join(t, "small", body)
	if n := strings.Count(a.body, `"status"`); n != 1000 || a.header.Get("Wuku-Join") != access.SubjectsSpent {
		t.Errorf("%d rows, %s", n, a.header.Get("Wuku-Join"))
	}
}

// TestJoinIsRefused before a row leaves.
func TestJoinIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	good := func() map[string]any {
		return map[string]any{"library": "person", "scheme": "citizen", "key": "id", "fields": []string{"name"}, "purpose": "demo", "csv": "id\n" + citizenA + "\n"}
	}
	for _, c := range []struct{ key, code string }{{"purpose", access.NoPurpose}, {"csv", "request.invalid"}, {"key", "request.invalid"}} {
		b := good()
		delete(b, c.key)
		if a := w.join(t, "service", b); a.code() != c.code {
			t.Errorf("without %s: %s", c.key, a.body)
		}
	}
	for _, c := range []struct {
		key, code string
		value     any
	}{{"fields", access.FieldDenied, []string{"nothing"}}, {"scheme", "identifier.scheme", "uscc"}, {"key", "request.invalid", "no such column"}, {"library", access.NoGrant, "vehicle"},
		{"csv", "request.invalid", "id\n\"open"}, {"csv", "request.invalid", "id"}, {"rows", "request.invalid", []map[string]any{{"id": "1"}}}} {
		b := good()
		b[c.key] = c.value
		if a := w.join(t, "service", b); a.code() != c.code {
			t.Errorf("%s: %v: %s, want %s", c.key, c.value, a.body, c.code)
		}
	}
	if a := w.join(t, "planner", good()); a.code() != access.NoGrant {
		t.Error(a.body)
	}
}
