package serve_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/matter"
	"wuku/quality"
	"wuku/serve"
	"wuku/serve/access"
)

// indexed brings the index of references up to date, as inspections do.
func (w *engineWorld) indexed(t testing.TB) {
	t.Helper()
	for _, library := range []string{entity.Person, entity.Certificate} {
		if _, err := quality.Inspect(context.Background(), w.store, w.catalog, library); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *engineWorld) walk(t testing.TB, role, body string) (out serve.WalkAnswer, a answer) {
	t.Helper()
	a = w.call(t, role, http.MethodPost, "/api/v1/relations/walk", body)
	if a.status == http.StatusOK {
		a.decode(t, http.StatusOK, &out)
	}
	return out, a
}

func entities(out serve.WalkAnswer, library string) (ids []string) {
	for _, n := range out.Nodes {
		if n.Library == library {
			ids = append(ids, n.Entity)
		}
	}
	slices.Sort(ids)
	return ids
}

// TestWalk goes from a person to the certificates and from one of these to the others: each relation says who says so, what holds no
// longer is no relation, nobody sees through a grant that does not show both sides, and each library is on the record.
func TestWalk(t *testing.T) {
	w := newEngineWorld(t)
	number, other := citizen("32010219660606111"), citizen("32010219660606222")
	person, neighbour := w.base(t, 40, number, "赵一"), w.base(t, 40, other, "钱二")
	a, b := w.certificate(t, "W-1", number, "驾驶证"), w.certificate(t, "W-2", number, "医师证")
	w.certificate(t, "W-3", other, "别人的")
	moved := w.certificate(t, "W-4", number, "已转让")
	w.indexed(t)
	w.exec(t, "INSERT INTO typed.certificate (anchor, entity, live, ver, anchors, holder_code, title) VALUES (?, ?, 1, 9, ?, ?, '已转让')", moved, moved, []uuid.UUID{moved}, other)

	size := w.log.Size()
	out, got := w.walk(t, "steward", `{"library":"person","by":`+byCitizen(number)+`,"fields":{"certificate":["title"],"person":["name"]},"purpose":"demo"}`)
	want := []string{a.String(), b.String()}
	slices.Sort(want)
	if !slices.Equal(entities(out, entity.Certificate), want) || len(out.Edges) != 2 || out.Nodes[0].Entity != person.String() || len(out.More) != 0 {
		t.Fatalf("one hop: %d %s", got.status, got.body)
	}
	for _, e := range out.Edges {
		if e.To != person.String() || e.Library != entity.Certificate || e.Element != "holder_code" || e.Source == nil || e.Source.Feed != "police.person" {
			t.Errorf("an edge without its reason: %+v", e)
		}
	}
	if strings.Contains(got.body, number) || strings.Contains(got.body, "已转让") || strings.Contains(got.body, neighbour.String()) {
		t.Errorf("%s", got.body)
	}
	leaves, err := w.log.Leaves(size, 10)
	if err != nil || len(leaves) != 3 {
		t.Fatalf("%d leaves, %v: one a library is wanted", len(leaves), err)
	}
	subjects := map[string]int{}
	for _, l := range leaves {
		subjects[l.Leaf.Library] = len(l.Leaf.Subjects)
	}
	if subjects[entity.Person] != 1 || subjects[entity.Certificate] != 2 {
		t.Errorf("on the record: %v", subjects)
	}
	out, got = w.walk(t, "steward", `{"library":"certificate","by":{"entity":"`+a.String()+`"},"hops":2,"purpose":"demo"}`)
	if !slices.Equal(entities(out, entity.Certificate), want) || !slices.Equal(entities(out, entity.Person), []string{person.String()}) {
		t.Errorf("two hops: %s", got.body)
	}
	if out, got = w.walk(t, "service", `{"library":"person","by":`+byCitizen(number)+`,"purpose":"demo"}`); got.status != http.StatusOK || len(out.Nodes) != 1 {
		t.Errorf("a grant that only verifies holders: %d %s", got.status, got.body)
	}
	if out, got = w.walk(t, "steward", `{"library":"person","by":`+byCitizen(number)+`,"only":["person.spouse"],"purpose":"demo"}`); got.status != http.StatusOK || len(out.Nodes) != 1 {
		t.Errorf("another relation: %d %s", got.status, got.body)
	}
}

// TestWalkToAShareholder goes from a person over the certificates of capital contribution to the companies, and from a company back to all of
// its shareholders: the feed of shareholders says so at each edge.
func TestWalkToAShareholder(t *testing.T) {
	w := newProvinceWorld(t)
	said := func(text string) matter.Value {
		return matter.Value{Text: &text, Feed: "market.shareholder", At: time.Now().Add(-time.Hour)}
	}
	_, uscc := w.number(entity.Organisation)
	company := w.anchor(entity.SchemeUSCC, uscc)
	w.put(t, entity.Organisation, company, matter.Record{Values: map[string]matter.Value{"uscc": said(uscc), "name": said("某某有限公司")}})
	holders := map[string]string{}
	for i := range 2 {
		_, number := w.number(entity.Person)
		holders[w.anchor(entity.SchemeCitizen, number).String()] = number
		w.put(t, entity.Person, w.anchor(entity.SchemeCitizen, number), matter.Record{Values: map[string]matter.Value{"citizen_number": said(number)}})
		w.put(t, entity.Certificate, uuid.New(), matter.Record{Values: map[string]matter.Value{"type_code": said("11100000MB0284656H120"), "number": said(fmt.Sprint("G", i)),
			"holder_code": said(number), "issuer_code": said(uscc), "name": said("出资证明书")}})
	}
	for _, library := range []string{entity.Person, entity.Organisation, entity.Certificate} {
		if _, err := quality.Inspect(t.Context(), w.store, w.c, library); err != nil {
			t.Fatal(err)
		}
	}
	for id, number := range holders {
		out, got := w.walk(t, "steward", `{"library":"person","by":`+byCitizen(number)+`,"hops":2,"purpose":"demo"}`)
		if !slices.Equal(entities(out, entity.Organisation), []string{company.String()}) || len(out.Edges) != 2 {
			t.Fatalf("from %s: %d %s", id, got.status, got.body)
		}
		for _, e := range out.Edges {
			if e.Source == nil || e.Source.Feed != "market.shareholder" || e.Element != "holder_code" && e.Element != "issuer_code" {
				t.Errorf("%+v", e)
			}
		}
	}
	out, got := w.walk(t, "steward", `{"library":"organisation","by":{"entity":"`+company.String()+`"},"hops":2,"purpose":"demo"}`)
	if want := slices.Sorted(maps.Keys(holders)); !slices.Equal(entities(out, entity.Person), want) {
		t.Errorf("from the company: %d %s", got.status, got.body)
	}
}

// TestWalkIsRefused: no purpose, no role, a hidden field, an unknown library.
func TestWalkIsRefused(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219670707111")
	w.base(t, 41, number, "孙三")
	for body, code := range map[string]string{
		`{"library":"person","by":` + byCitizen(number) + `}`:                                                       access.NoPurpose,
		`{"library":"person","by":` + byCitizen(number) + `,"purpose":"x"}`:                                         access.WrongPurpose,
		`{"library":"person","by":` + byCitizen(number) + `,"fields":{"person":["nothing"]},"purpose":"demo"}`:      access.FieldDenied,
		`{"library":"person","by":` + byCitizen(number) + `,"fields":{"certificate":["nothing"]},"purpose":"demo"}`: access.FieldDenied,
		`{"library":"person","by":` + byCitizen(number) + `,"fields":{"vehicle":["plate"]},"purpose":"demo"}`:       "request.invalid",
		`{"library":"person","by":` + byCitizen(number) + `,"hops":4,"purpose":"demo"}`:                             "request.invalid",
		`{"library":"person","by":` + byCitizen(citizen("32010219670707999")) + `,"purpose":"demo"}`:                "not_found",
		`{"library":"person","by":` + byCitizen(number) + `,"purpose":"demo","case":"` + number + `"}`:              "case.personal",
	} {
		if _, a := w.walk(t, "steward", body); a.code() != code {
			t.Errorf("%s, want %s", a.body, code)
		}
	}
	if _, a := w.walk(t, "planner", `{"library":"person","by":`+byCitizen(number)+`,"purpose":"demo"}`); a.status != http.StatusForbidden {
		t.Errorf("a planner: %d", a.status)
	}
}

// TestWalkOfAHub is bounded by the limit and says that there is more; the area of a grant and the feeds of a department hold for everyone
// who is met.
func TestWalkOfAHub(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219680808111")
	w.base(t, 42, number, "李四")
	hash := feedHash("police.person")
	w.exec(t, `INSERT INTO typed.certificate (anchor, entity, live, ver, anchors, sources, times, number, holder_code, title)
		SELECT generateUUIDv4(number) AS a, a, 1, 1, [a], [?, ?, ?], [1, 1, 1], toString(number), ?, 'H' FROM numbers(10000)`, hash, hash, hash, number)
	w.indexed(t)
	for limit, want := range map[int]int{1: 2, 20: 21, 100: 101} {
		out, a := w.walk(t, "steward", fmt.Sprintf(`{"library":"person","by":%s,"limit":%d,"hops":3,"purpose":"demo"}`, byCitizen(number), limit))
		if len(out.Nodes) != want || len(out.More) == 0 || out.More[0].Element != "holder_code" {
			t.Errorf("limit %d: %d nodes, more %v, %d %.300s", limit, len(out.Nodes), out.More, a.status, a.body)
		}
	}
	terms := func(library string, columns map[string]access.Treatment) access.Terms {
		return access.Terms{Library: library, Operations: []access.Operation{access.Relations}, Purposes: []string{"p"}, Columns: columns, Basis: "test"}
	}
	people := terms(entity.Person, map[string]access.Treatment{"citizen_number": access.Mask})
	w.client(t, "own", people)
	holders := terms(entity.Certificate, map[string]access.Treatment{"holder_code": access.Mask, "number": access.Clear})
	holders.OwnFeeds = true // of a department that gives none of it
	w.client(t, "own", holders)
	if out, a := w.walk(t, "own", `{"library":"person","by":`+byCitizen(number)+`,"purpose":"p"}`); a.status != http.StatusOK || len(out.Nodes) != 1 {
		t.Errorf("values of others: %d %s", a.status, a.body)
	}
	few := terms(entity.Certificate, map[string]access.Treatment{"holder_code": access.Mask})
	few.Subjects = 5
	w.client(t, "few", people)
	w.client(t, "few", few)
	if _, a := w.walk(t, "few", `{"library":"person","by":`+byCitizen(number)+`,"limit":20,"purpose":"p"}`); a.code() != access.SubjectsSpent {
		t.Errorf("a budget of five: %d %s", a.status, a.body)
	}
}

// BenchmarkWalk walks three hops from people with a few certificates each, and from a hub with 10,000, all on the record.
func BenchmarkWalk(b *testing.B) {
	w := newEngineWorld(b)
	hash := feedHash("police.person")
	numbers, people := make([]string, 20), make([]entity.ID, 20)
	for i := range numbers {
		numbers[i] = citizen(fmt.Sprintf("32010219690909%03d", i))
		people[i] = w.base(b, 43, numbers[i], "周五")
		links := 5
		if i == 0 {
			links = 10_000
		}
		w.exec(b, `INSERT INTO typed.certificate (anchor, entity, live, ver, anchors, sources, times, number, holder_code, title)
			SELECT generateUUIDv4(number) AS a, a, 1, 1, [a], [?, ?, ?], [1, 1, 1], toString(number), ?, 'H' FROM numbers(?)`, hash, hash, hash, numbers[i], links)
	}
	w.exec(b, `INSERT INTO typed.certificate (anchor, entity, live, ver, anchors, sources, times, number, holder_code, title)
		SELECT generateUUIDv4(number) AS a, a, 1, 1, [a], [?, ?, ?], [1, 1, 1], toString(number), concat('F', toString(intDiv(number, 3))), 'F' FROM numbers(1000000)`, hash, hash, hash)
	w.indexed(b)
	for name, pick := range map[string]func(int) int{"hub": func(int) int { return 0 }, "people": func(i int) int { return 1 + i%19 }} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := range b.N {
				from := time.Now()
				if out, a := w.walk(b, "steward", `{"library":"person","by":{"entity":"`+people[pick(i)].String()+`"},"hops":3,"purpose":"demo"}`); len(out.Nodes) < 6 {
					b.Fatal(a.body)
				}
				took = append(took, time.Since(from))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
