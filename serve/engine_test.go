package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/store"
	"wuku/store/storetest"
	"wuku/trust"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// engineWorld is a server on the real engine with a few people.
type engineWorld struct {
	*world
	store   *store.Store
	conn    clickhouse.Conn
	catalog *catalog.Catalog
}

func newEngineWorld(t testing.TB) *engineWorld {
	t.Helper()
	return newEngineWorldWith(t, func(r serve.Reader) serve.Reader { return r })
}

// newEngineWorldWith lets a test stand between the server and the engine.
func newEngineWorldWith(t testing.TB, between func(serve.Reader) serve.Reader) *engineWorld {
	t.Helper()
	c, err := catalog.Load(os.DirFS("../catalog/testdata/small"))
	if err != nil {
		t.Fatal(err)
	}
	c.Libraries[0].OpenCube = []string{"sex"}
	c.Libraries = append(c.Libraries, catalog.Library{Name: entity.Place, Elements: []catalog.Element{{Name: "division", Type: catalog.TypeText, Level: 1, Division: true}}})
	c.Libraries = append(c.Libraries, catalog.Library{Name: entity.Certificate, ZH: "证照", Identity: []catalog.Identity{{Scheme: entity.SchemeCertificate, Elements: []string{"number"}}},
		Elements: []catalog.Element{{Name: "number", Type: catalog.TypeText, Level: 1}, {Name: "holder_code", Type: catalog.TypeIdentifier, Scheme: entity.SchemeHolder, Level: 3, Personal: true},
			{Name: "title", Type: catalog.TypeText, Level: 1}}})
	return newEngineWorldOf(t, c, func(s *store.Store, _ map[string][]string) serve.Reader { return between(s) })
}

// newEngineWorldOf is a server on a real engine with the tables of a catalogue.
func newEngineWorldOf(t testing.TB, c *catalog.Catalog, between func(*store.Store, map[string][]string) serve.Reader) *engineWorld {
	t.Helper()
	e := enginetest.ClickHouse(t)
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if lastShape != c.Name { // the engine is the package's, and tables of another catalogue have other columns
		lastShape = c.Name
		dropLibraries(t, conn)
	}
	order, err := s.Sync(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for library := range order {
		storetest.Typed(t, conn, library)
	}
	w := newWorld(t, func(cfg *serve.Config) {
		cfg.Catalog = func() *catalog.Catalog { return c }
		cfg.Reader = between(s, order)
		cfg.Tables = s
		shown := trust.NewIssuer([]byte("a key of a third province, 32 bytes"), "zhejiang", trust.International).Trusted()
		shown.Recognition, shown.ZH, shown.Region, shown.Basis = trust.RecognisedShown, "浙江省", "330000", "试点"
		cfg.Trusted = []trust.TrustedIssuer{trust.NewIssuer([]byte("a key of another province, 32 bytes"), "anhui", trust.International).Trusted(), shown}
		cfg.Columns = func(library string) []string { return order[library] }
	})
	if _, err := access.SeedDemo(ctx, w.book, c, "police"); err != nil {
		t.Fatal(err)
	}
	return &engineWorld{world: w, store: s, conn: conn, catalog: c}
}

// lastShape is the catalogue whose libraries the shared engine has; tests with an engine run one after the other.
var lastShape string

func dropLibraries(t testing.TB, conn clickhouse.Conn) {
	t.Helper()
	for _, library := range entity.Libraries {
		for _, name := range []string{"VIEW IF EXISTS base.", "VIEW IF EXISTS open.", "TABLE IF EXISTS claims.", "TABLE IF EXISTS resolve.", "TABLE IF EXISTS resolve.near_", "TABLE IF EXISTS resolve.next_", "TABLE IF EXISTS resolve.check_"} {
			if err := conn.Exec(context.Background(), "DROP "+name+library); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (w *engineWorld) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if err := w.conn.Exec(context.Background(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// TestOnEngine follows a merged person, an open finding, the change feed and a statistic through the real tables.
func TestOnEngine(t *testing.T) {
	w := newEngineWorld(t)
	now, old, gone := w.anchor("citizen", citizenA), w.anchor("citizen", citizenB), w.anchor("citizen", citizenC)
	hash := feedHash("police.person")
	row := "INSERT INTO typed.person (anchor, entity, live, ver, anchors, feeds, sources, times, updated, citizen_number, name, sex, birth_date) VALUES (?, ?, ?, ?, ?, ['police.person'], ?, ?, now64(3), ?, ?, ?, ?)"
	sources, times := []uint32{hash, hash, hash, hash, 0, 0}, []int64{1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000, 0, 0}
	born := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	w.exec(t, row, now, now, 1, 1, []uuid.UUID{now}, sources, times, citizenA, "旧名", "1", born)
	w.exec(t, row, now, now, 1, 2, []uuid.UUID{now, old}, sources, times, citizenA, "王小明", "1", born)
	tombstone := "INSERT INTO resolve.person (anchor, entity, live, ver) VALUES (?, ?, 0, 3)"
	w.exec(t, tombstone, old, now)
	w.exec(t, tombstone, gone, gone)
	finding := "INSERT INTO quality.state (library, entity, anchor, feed, key, role, element, rule, claim, open, ver) VALUES ('person', ?, ?, 'police.person', 'k', '', ?, 'r', 1, ?, ?)"
	w.exec(t, finding, now, old, "name", 1, 1)
	w.exec(t, finding, now, now, "sex", 1, 1)
	w.exec(t, finding, now, now, "sex", 0, 2) // closed again
	w.exec(t, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at) VALUES ('person', 1, 1, ?, 'created', ['name'], ?, now64(3)), ('person', 2, 2, ?, 'merged', [], ?, now64(3)), ('person', 3, 3, ?, 'removed', [], ?, now64(3))",
		now, uuid.Nil, old, now, gone, uuid.Nil)
	w.exec(t, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to, finished) VALUES ('person', 2, 1, 2, now64(3))")

	for _, by := range []string{byCitizen(citizenA), byCitizen(citizenB), `{"entity":"` + old.String() + `"}`} {
		r := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", `{"by":`+by+`,"fields":["name","sex","birth_date"],"purpose":"demo"}`)
		var a serve.EntityAnswer
		r.decode(t, http.StatusOK, &a)
		if a.Entity != now.String() || a.Values["name"].Value != "王小明" || !a.Values["name"].Doubted || a.Values["sex"].Doubted {
			t.Errorf("%s: %s", by, r.body)
		}
		if v := a.Values["birth_date"]; v.Value != "1980-**-**" || !v.Masked || v.Source == nil || v.Source.Feed != "police.person" || v.AsOf == nil || *v.AsOf != "2023-11-14T22:13:20Z" || v.Level != 3 {
			t.Errorf("birth_date: %s", r.body)
		}
	}
	r := w.call(t, "service", http.MethodPost, "/api/v1/lookup/person", `{"by":`+byCitizen(citizenC)+`,"fields":["name"],"purpose":"demo"}`)
	if r.status != http.StatusNotFound {
		t.Errorf("a removed person: %d %s", r.status, r.body)
	}
	r = w.call(t, "service", http.MethodPost, "/api/v1/verify/person", `{"by":`+byCitizen(citizenA)+`,"values":{"name":" 王小明 ","birth_date":"1980年1月1日","sex":"2","street":"x"},"purpose":"demo"}`)
	var v serve.VerifyAnswer
	r.decode(t, http.StatusOK, &v)
	if v.Results["name"] != "match" || v.Results["birth_date"] != "match" || v.Results["sex"] != "differs" || v.Results["street"] != "unknown" {
		t.Errorf("verify: %s", r.body)
	}
	r = w.call(t, "service", http.MethodGet, "/api/v1/changes/person?after=0&limit=10", "")
	var page serve.ChangesPage
	r.decode(t, http.StatusOK, &page)
	if len(page.Events) != 2 || page.Head != 2 || page.Next != 2 || page.Events[1].Type != "wuku.person.merged" || page.Events[1].Data.Other != now.String() || page.Events[0].ID != "person/1" {
		t.Errorf("changes: %s", r.body)
	}
	r = w.call(t, "", http.MethodGet, "/api/v1/overview", "")
	var o serve.OverviewAnswer
	r.decode(t, http.StatusOK, &o)
	if len(o.Libraries) != 3 || o.Libraries[0].Entities != 0 || o.Libraries[0].Events != 2 {
		t.Errorf("overview: %s", r.body)
	}
}

// base puts a person into the real tables, as a cycle of that number would.
func (w *engineWorld) base(t testing.TB, cycle uint64, number, name string) entity.ID {
	t.Helper()
	id, hash := w.anchor("citizen", number), feedHash("police.person")
	w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, anchors, feeds, sources, times, updated, citizen_number, name, sex, division) VALUES (?, ?, 1, ?, ?, ['police.person'], ?, ?, now64(3), ?, ?, '1', '320102')",
		id, id, cycle, []uuid.UUID{id}, []uint32{hash, hash, hash, 0, 0, hash}, []int64{1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_000, 0, 0, 1_700_000_000_000}, number, name)
	return id
}

// TestReadersUsageAndRecall follows one answer: it is metered, a citizen's request finds it, and when its value is corrected the one
// who received it is told until it says that it knows.
func TestReadersUsageAndRecall(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219700101777")
	id := w.base(t, 10, number, "王小明")
	w.exec(t, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at) VALUES ('person', 1001, 10, ?, 'created', ['name'], ?, now64(3))", id, uuid.Nil)
	w.exec(t, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to, finished) VALUES ('person', 10, 1001, 1001, now64(3))")
	var e serve.EntityAnswer
	w.lookup(t, "service", number, "identity-check", "name", "sex").decode(t, http.StatusOK, &e)
	w.lookup(t, "service", number, "no such purpose", "name")
	var usage serve.UsageAnswer
	a := w.call(t, "service", http.MethodGet, "/api/v1/usage?days=2", "")
	a.decode(t, http.StatusOK, &usage)
	if len(usage.Usage) != 1 || usage.Usage[0].Calls != 1 || usage.Usage[0].Grant != "demo-service-person" || usage.Usage[0].Entities != 1 || usage.Usage[0].Answered != 1 {
		t.Errorf("usage: %s", a.body)
	}
	var readers serve.ReadersAnswer
	ask := `{"by":` + byCitizen(number) + `,"library":"person","reason":"request 2026/7"}`
	a = w.call(t, "auditor", http.MethodPost, "/api/v1/readers", ask)
	a.decode(t, http.StatusOK, &readers)
	if len(readers.Readings) != 1 || readers.Readings[0].Client != "demo-service" || readers.Readings[0].Purpose != "identity-check" || len(readers.Readings[0].Elements) != 2 {
		t.Errorf("readers: %s", a.body)
	}
	for _, role := range []string{"service", "department", "steward", "operator", "planner"} {
		if a := w.call(t, role, http.MethodPost, "/api/v1/readers", ask); a.status != http.StatusForbidden {
			t.Errorf("readers as %s: %d", role, a.status)
		}
	}
	w.exec(t, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at) VALUES ('person', 1002, 11, ?, 'updated', ['name'], ?, now64(3) + 1)", id, uuid.Nil)
	w.exec(t, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to, finished) VALUES ('person', 11, 1002, 1002, now64(3))")
	for range 2 { // a second scan finds nothing new
		if err := w.server.RecallOnce(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	var recalls serve.RecallPage
	a = w.call(t, "service", http.MethodGet, "/api/v1/recalls?open=true", "")
	a.decode(t, http.StatusOK, &recalls)
	if len(recalls.Recalls) != 1 || recalls.Recalls[0].Entity != id.String() || len(recalls.Recalls[0].Elements) != 1 || recalls.Recalls[0].Elements[0] != "name" {
		t.Fatalf("recalls: %s", a.body)
	}
	path := "/api/v1/recalls/" + recalls.Recalls[0].ID + "/acknowledgement"
	if a := w.call(t, "department", http.MethodPost, path, `{"reason":"not mine"}`); a.status != http.StatusNotFound {
		t.Errorf("another client acknowledges: %d %s", a.status, a.body)
	}
	if a := w.call(t, "service", http.MethodPost, path, `{"reason":"looked up again"}`); a.status != http.StatusOK {
		t.Errorf("acknowledge: %d %s", a.status, a.body)
	}
	w.call(t, "service", http.MethodGet, "/api/v1/recalls?open=true", "").decode(t, http.StatusOK, &recalls)
	if len(recalls.Recalls) != 0 {
		t.Errorf("still open: %+v", recalls)
	}
	w.call(t, "steward", http.MethodGet, "/api/v1/recalls", "").decode(t, http.StatusOK, &recalls)
	if len(recalls.Recalls) != 1 || recalls.Recalls[0].Acknowledged == nil || recalls.Recalls[0].Acknowledged.By != "demo-service" {
		t.Errorf("for the steward: %+v", recalls)
	}
}

// TestRecallOfExports: of the pages of an export, those that held somebody who was corrected are recalled, and no other.
func TestRecallOfExports(t *testing.T) {
	w := newEngineWorld(t)
	id := w.base(t, 20, citizen("32010219700101888"), "王小明")
	w.base(t, 20, citizen("32010219700101999"), "李小红")
	w.exec(t, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at) VALUES ('person', 2001, 20, ?, 'created', ['name'], ?, now64(3))", id, uuid.Nil)
	w.exec(t, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to, finished) VALUES ('person', 20, 2001, 2001, now64(3))")
	last := uuid.Nil.String()
	for range 2 { // one page each, of one person
		a := w.call(t, "service", http.MethodPost, "/api/v1/exports/person", fmt.Sprintf(`{"fields":["name"],"purpose":"demo","limit":1,"after":%q}`, last))
		lines := strings.Split(a.body, "\r\n")
		if a.status != http.StatusOK || len(lines) < 2 || len(lines[1]) < 36 || lines[1][:36] == last {
			t.Fatalf("export: %d %s", a.status, a.body)
		}
		last = lines[1][:36]
	}
	w.exec(t, "INSERT INTO resolve.event (library, seq, cycle, entity, kind, elements, other, at) VALUES ('person', 2002, 21, ?, 'updated', ['name'], ?, now64(3) + 1)", uuid.MustParse(last), uuid.Nil)
	w.exec(t, "INSERT INTO resolve.marker (library, cycle, seq_from, seq_to, finished) VALUES ('person', 21, 2002, 2002, now64(3))")
	if err := w.server.RecallOnce(context.Background()); err != nil {
		t.Fatal(err)
	}
	var recalls serve.RecallPage
	a := w.call(t, "service", http.MethodGet, "/api/v1/recalls", "")
	a.decode(t, http.StatusOK, &recalls)
	mine := 0
	for _, r := range recalls.Recalls {
		if r.Seq == 2002 {
			mine++
		}
	}
	if mine != 1 {
		t.Errorf("%d pages are recalled: %s", mine, a.body)
	}
}

// TestGrantsInTheEngine keeps grants in the real table and reads them as another process would.
func TestGrantsInTheEngine(t *testing.T) {
	w := newEngineWorld(t)
	ctx := context.Background()
	store := access.OnTables(w.store)
	b := accesstest.Book(t, store, testKey, nil)
	c := accesstest.Grant(t, b, "quotes ' and \\ and\nlines", access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"p"},
		Columns: map[string]access.Treatment{"name": access.Clear}, Basis: "法 'x'"})
	f, err := accesstest.Book(t, store, testKey, nil).Now(ctx)
	if err != nil || f.Forged != 0 || f.Cases[c.ID] == nil || f.Cases[c.ID].State != access.StateGranted {
		t.Fatalf("%+v, %v", f, err)
	}
	newer, err := store.Since(ctx, c.Granted)
	if err != nil || len(newer) != 1 || newer[0].Kind != access.Approved || !newer[0].At.Equal(c.Granted) {
		t.Errorf("since the second approval: %+v, %v", newer, err)
	}
	var n uint64
	if err := w.conn.QueryRow(ctx, "SELECT count() FROM access.grant WHERE id = ? AND NOT revoked", c.ID).Scan(&n); err != nil || n != 1 {
		t.Errorf("the view has %d rows of it: %v", n, err)
	}
}

// TestStatisticsHideSmallCells counts through open.*, by a cube and by rows.
func TestStatisticsHideSmallCells(t *testing.T) {
	w := newEngineWorld(t)
	w.exec(t, "TRUNCATE TABLE resolve.person")
	w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, sex) SELECT generateUUIDv4() AS a, a, 1, 1, if(number < 13, '1', '2') FROM numbers(22)")
	w.exec(t, "INSERT INTO typed.place (anchor, entity, live, ver, division) SELECT generateUUIDv4() AS a, a, 1, 1, if(number < 12, '320102', '320104') FROM numbers(21)")
	for library, want := range map[string]string{"person": "1", "place": "320102"} {
		r := w.call(t, "", http.MethodGet, "/api/v1/statistics/"+library, "")
		var a serve.StatisticsAnswer
		r.decode(t, http.StatusOK, &a)
		if len(a.Cells) != 1 || *a.Cells[0].Key[0] != want || a.Cells[0].Count%5 != 0 || a.Cells[0].Count < 10 {
			t.Errorf("%s: %s", library, r.body)
		}
	}
	if r := w.call(t, "", http.MethodGet, "/api/v1/statistics/nothing", ""); r.status != http.StatusNotFound {
		t.Errorf("an unknown library: %d", r.status)
	}
}

// Attack row 13: the overview's total and the open statistic, read before and after one person comes, never differ by that person: each figure
// stays or moves by a whole step, and no total less its cells tells how many a hidden cell has.
func TestTotalsHideOnePerson(t *testing.T) {
	w := newEngineWorld(t)
	type figures struct{ total, cells, hidden uint64 }
	ask := func() (f figures) {
		t.Helper()
		var o serve.OverviewAnswer
		w.call(t, "", http.MethodGet, "/api/v1/overview", "").decode(t, http.StatusOK, &o)
		for _, l := range o.Libraries {
			if l.Name == "person" {
				f.total = l.Entities
			}
		}
		var s serve.StatisticsAnswer
		w.call(t, "", http.MethodGet, "/api/v1/statistics/person", "").decode(t, http.StatusOK, &s)
		for _, c := range s.Cells {
			f.cells += c.Count
		}
		f.hidden = f.total - f.cells
		return f
	}
	shown := map[figures][]int{}
	for n := range 12 { // 13 of one sex, which are shown, and n of the other, of which fewer than ten are hidden
		w.exec(t, "TRUNCATE TABLE resolve.person")
		w.exec(t, fmt.Sprintf("INSERT INTO typed.person (anchor, entity, live, ver, sex) SELECT generateUUIDv4() AS a, a, 1, 1, if(number < 13, '1', '2') FROM numbers(%d)", 13+n))
		w.clock.Add(2 * time.Minute) // what is kept is read anew
		f := ask()
		if f.total%5 != 0 || f.cells%5 != 0 {
			t.Errorf("%d people: %+v is not in whole steps", 13+n, f)
		}
		shown[f] = append(shown[f], n)
	}
	for f, of := range shown {
		if len(of) < 2 {
			t.Errorf("%+v is shown for %v of a sex only: who knows all but one of them knows the last", f, of)
		}
	}
	w.exec(t, "TRUNCATE TABLE resolve.person")
	w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, sex) SELECT generateUUIDv4() AS a, a, 1, 1, '1' FROM numbers(9)")
	w.clock.Add(2 * time.Minute)
	if f := ask(); f.total != 0 || f.cells != 0 {
		t.Errorf("nine people: %+v", f)
	}
}

// TestPointReadsUseThePrimaryKey asks the engine itself how it would read.
func TestPointReadsUseThePrimaryKey(t *testing.T) {
	w := newEngineWorld(t)
	w.exec(t, "INSERT INTO resolve.person (anchor, entity, live, ver) SELECT generateUUIDv4() AS a, a, 1, 1 FROM numbers(100000)")
	rows, err := w.conn.Query(context.Background(), "EXPLAIN indexes = 1 SELECT name FROM resolve.person WHERE anchor IN {anchors:Array(UUID)} ORDER BY ver DESC LIMIT 1 BY anchor",
		clickhouse.Named("anchors", []entity.ID{w.anchor("citizen", citizenA)}))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if !strings.Contains(plan.String(), "PrimaryKey") || !strings.Contains(plan.String(), "Condition: (anchor in 1-element set)") {
		t.Errorf("the plan is no point read:\n%s", plan.String())
	}
}

// BenchmarkLookup is a masked and audited lookup over a million people on the real engine, by several callers at once.
func BenchmarkLookup(b *testing.B) {
	w := newEngineWorld(b)
	w.exec(b, "TRUNCATE TABLE resolve.person")
	w.exec(b, "INSERT INTO typed.person (anchor, entity, live, ver, anchors, feeds, sources, times, updated, citizen_number, name, sex, birth_date) "+
		"SELECT generateUUIDv4() AS a, a, 1, 1, [a], ['police.person'], [1,1,1,1,0,0], [1,1,1,1,0,0], now64(3), toString(number), concat('王', toString(number)), '1', toDate32('1980-01-01') FROM numbers(1000000)")
	w.exec(b, "OPTIMIZE TABLE resolve.person FINAL")
	rows, err := w.conn.Query(context.Background(), "SELECT anchor FROM resolve.person ORDER BY cityHash64(anchor) LIMIT 5000")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	var ids []entity.ID
	for rows.Next() {
		var id entity.ID
		if err := rows.Scan(&id); err != nil {
			b.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, callers := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("callers=%d", callers*runtime.GOMAXPROCS(0)), func(b *testing.B) { w.measure(b, ids, callers) })
	}
}

// BenchmarkTiming is attack row 11: what a caller may not know shows in no time. It reports the medians of a person who is there, is
// not, was removed, or is outside the grant's area, asked for in turn so that the machine's moods hit all alike.
func BenchmarkTiming(b *testing.B) {
	missStep = 0 // as it is outside tests
	defer func() { missStep = time.Nanosecond }()
	w := newEngineWorld(b)
	number := func(i int) string { return citizen(fmt.Sprintf("3201021990%02d%02d%03d", i%12+1, i%28+1, i%1000)) }
	hidden, removed, found := citizen("32010219910101001"), citizen("32010219910101002"), citizen("32010219910101003")
	id := w.base(b, 70, hidden, "x")
	w.exec(b, "INSERT INTO typed.person (anchor, entity, live, ver, anchors, division) VALUES (?, ?, 1, 71, ?, '650100')", id, id, []uuid.UUID{id})
	w.exec(b, "INSERT INTO resolve.person (anchor, entity, live, ver) VALUES (?, ?, 0, 1)", w.anchor("citizen", removed), w.anchor("citizen", removed))
	w.base(b, 70, found, "x")
	w.client(b, "timing", access.Terms{Library: "person", Operations: access.UnderGrant(), Purposes: []string{"demo"}, Columns: map[string]access.Treatment{"name": access.Clear}, Area: []string{"3201"}, Rate: 100000})
	kinds := []string{"found", "missing", "removed", "hidden"}
	took := map[string][]time.Duration{}
	for i := 0; b.Loop(); i++ {
		for _, kind := range kinds {
			who := map[string]string{"found": found, "missing": number(i), "removed": removed, "hidden": hidden}[kind]
			for range 6 { // five that are there for each that may not be: nobody is slowed or locked
				w.lookup(b, "timing", found, "demo", "name")
			}
			from := time.Now()
			w.lookup(b, "timing", who, "demo", "name")
			took[kind] = append(took[kind], time.Since(from))
		}
	}
	for _, kind := range kinds {
		slices.Sort(took[kind])
		b.ReportMetric(float64(took[kind][len(took[kind])/2].Microseconds()), kind+"-µs")
	}
}
