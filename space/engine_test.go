package space_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/geo"
	"wuku/geo/cql2"
	"wuku/space"
	"wuku/store"
	"wuku/store/storetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// town is a small world in the real tables: people in houses around one place, schools, a red line.
type town struct {
	space   *space.Space
	catalog func() *catalog.Catalog
	store   *store.Store
	conn    clickhouse.Conn
	people  []soul
	schools []orb.Point
}

type soul struct {
	at       orb.Point
	age      int
	sex      string
	division string
	dead     bool
}

const (
	peopleOf  = 3000
	housesOf  = 120
	schoolsOf = 300
)

func newTown(t testing.TB) *town {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	e := enginetest.ClickHouse(t)
	ctx := context.Background()
	w := &town{}
	if w.store, err = store.Open(ctx, store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	if err := w.store.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.store.Sync(ctx, c); err != nil {
		t.Fatal(err)
	}
	if w.conn, err = clickhouse.Open(&clickhouse.Options{Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.conn.Close() })
	storetest.Typed(t, w.conn, entity.Person, entity.Organisation, entity.Place)
	w.fill(t)
	w.catalog = func() *catalog.Catalog { return c }
	w.space = space.New(w.store, w.catalog)
	if _, err := w.space.Current(); !errors.Is(err, space.ErrBuilding) {
		t.Fatalf("before the first version: %v", err)
	}
	if _, err := w.space.Build(ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *town) exec(t testing.TB, statement string) {
	t.Helper()
	if err := w.conn.Exec(context.Background(), statement); err != nil {
		t.Fatal(err)
	}
}

// fill writes base rows: houses with standard addresses, people in them, some of whom have another number or only a street.
func (w *town) fill(t testing.TB) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	around := func(spread float64) orb.Point {
		return orb.Point{118.7 + r.Float64()*spread, 32.0 + r.Float64()*spread}
	}
	id := func() string { return uuid.New().String() }
	var places, people []string
	houses := make([]orb.Point, housesOf)
	for i := range houses {
		houses[i] = around(0.12)
		places = append(places, fmt.Sprintf("('%s','%[1]s',1,1,'3','A%d','320102','中山路','南京市玄武区中山路%d号阳光花园%d幢',%v,%v,NULL)", id(), i, i+1, i%7+1, houses[i][0], houses[i][1]))
	}
	for i := range schoolsOf {
		p := around(0.5)
		w.schools = append(w.schools, p)
		places = append(places, fmt.Sprintf("('%s','%[1]s',1,1,'9',NULL,'320102','中山路','学校%d',%v,%v,NULL)", id(), i, p[0], p[1]))
	}
	places = append(places, fmt.Sprintf("('%s','%[1]s',1,1,'7',NULL,'320102',NULL,NULL,NULL,NULL,'POLYGON((118.70 32.00,118.75 32.00,118.75 32.05,118.70 32.05,118.70 32.00))')", id()))
	w.exec(t, "INSERT INTO typed.organisation (anchor, entity, live, ver, division, employees, longitude, latitude) SELECT generateUUIDv4() AS a, a, 1, 1, if(number = 0, '320104', '320102'), if(number = 0, 5000, 20), 118.7, 32 FROM numbers(12)")
	for i := range peopleOf {
		h := i * 7 % housesOf
		s := soul{at: houses[h], age: r.IntN(90), sex: [...]string{"1", "2"}[r.IntN(2)], division: "320102", dead: r.IntN(20) == 0}
		address := fmt.Sprintf("%d号阳光花园%d幢%d室", h+1, h%7+1, i)
		switch {
		case i%10 == 7:
			address = fmt.Sprintf("%d号别墅", h+1) // no house of that name: the number is known
		case i%10 == 8:
			address = strings.NewReplacer("1", "１", "2", "２").Replace(address)
		}
		died := "NULL"
		if s.dead {
			died = "'2020-06-01'"
		}
		w.people = append(w.people, s)
		people = append(people, fmt.Sprintf("('%s','%[1]s',1,1,'%s','%d-06-15',%s,'320102','中山路','%s','H%d')", id(), s.sex, 2026-s.age, died, address, h))
	}
	w.exec(t, "INSERT INTO typed.place (anchor, entity, live, ver, kind, address_code, division, street, address, longitude, latitude, geometry) VALUES "+strings.Join(places, ","))
	w.exec(t, "INSERT INTO typed.person (anchor, entity, live, ver, sex, birth_date, death_date, division, residence_street, residence_address, hukou_number) VALUES "+strings.Join(people, ","))
}

func TestTown(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	ctx := context.Background()
	t.Run("people in a polygon by age are those of brute force", func(t *testing.T) { w.byAge(ctx, t) })
	t.Run("households", func(t *testing.T) { w.households(ctx, t) })
	t.Run("nearest and within are those of brute force", func(t *testing.T) { w.near(ctx, t) })
	t.Run("by the engine the same", func(t *testing.T) { w.sameByEngine(ctx, t) })
	t.Run("overlay", func(t *testing.T) { w.overlay(ctx, t) })
	t.Run("features by filter are those of brute force", func(t *testing.T) { w.features(ctx, t) })
	t.Run("a shape too close to an earlier one is refused", func(t *testing.T) { w.tooClose(ctx, t) })
	t.Run("what cannot be asked", func(t *testing.T) { w.refused(ctx, t) })
	t.Run("the budget ends", func(t *testing.T) { w.budget(ctx, t) })
	t.Run("divisions", func(t *testing.T) { w.divisions(ctx, t) })
	t.Run("misfits in bands are those at once", func(t *testing.T) { w.sameInBands(ctx, t) })
	t.Run("a new version replaces the old", func(t *testing.T) { w.rebuild(ctx, t) })
}

func value(f space.Figure) int64 {
	if f == nil {
		return -1
	}
	return int64(*f)
}

func box(x0, y0, x1, y1 float64) orb.Polygon {
	return orb.Polygon{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}}
}

func (w *town) byAge(ctx context.Context, t *testing.T) {
	a, err := w.space.Statistics(ctx, space.Question{Caller: "a", Shape: box(118.72, 32.02, 118.80, 32.10), Theme: space.ThemePeople, By: space.SplitAge, Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	want := make([]uint64, 7)
	total := uint64(0)
	for _, p := range w.people {
		if p.dead || !geo.Contains(a.Shape, p.at) {
			continue
		}
		total++
		band := sort.SearchInts([]int{6, 15, 35, 60, 65, 80}, p.age+1)
		want[band]++
	}
	if a.Total == nil || *a.Total != (total+2)/5*5 || total < 500 {
		t.Fatalf("total %d, want %d; %d cells at %d", value(a.Total), total, a.Cells, a.Resolution)
	}
	for i, g := range a.Groups {
		if g.Count == nil && want[i] >= 20 || g.Count != nil && *g.Count != (want[i]+2)/5*5 {
			t.Errorf("%s: %v, want %d", g.Key, g.Count, want[i])
		}
	}
	if a.Budget.Spent != 1 || a.Version == nil || a.Area <= 0 || a.Cells == 0 {
		t.Errorf("%+v", a)
	}
}

func (w *town) households(ctx context.Context, t *testing.T) {
	a, err := w.space.Statistics(ctx, space.Question{Caller: "a", Shape: box(118.65, 31.95, 118.90, 32.20), Theme: space.ThemeHouseholds})
	if err != nil {
		t.Fatal(err)
	}
	if a.Total == nil || *a.Total > housesOf+2 || *a.Total < 50 {
		t.Errorf("%v households in %d houses; %d cells at %d, %d withheld", value(a.Total), housesOf, a.Cells, a.Resolution, a.Withheld)
	}
}

func (w *town) near(ctx context.Context, t *testing.T) {
	at := orb.Point{118.9, 32.2}
	want := append([]orb.Point(nil), w.schools...)
	sort.Slice(want, func(i, j int) bool { return geo.Distance(at, want[i]) < geo.Distance(at, want[j]) })
	found, err := w.space.Nearest(ctx, "schools", at, 10)
	if err != nil || len(found) != 10 {
		t.Fatal(len(found), err)
	}
	for i, p := range found {
		if p.Point != want[i] {
			t.Errorf("nearest %d is %v, want %v", i, p.Point, want[i])
		}
	}
	within, err := w.space.Within(ctx, "schools", at, 5000, 1000)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for n < len(want) && geo.Distance(at, want[n]) <= 5000 {
		n++
	}
	if len(within) != n || n == 0 {
		t.Errorf("%d within 5 km, want %d", len(within), n)
	}
}

func (w *town) overlay(ctx context.Context, t *testing.T) {
	got, err := w.space.Overlay(ctx, box(118.72, 32.02, 118.80, 32.10))
	if err != nil || len(got) != 1 || got[0].Layer != "redlines" {
		t.Fatal(got, err)
	}
	if want := geo.Area(box(118.72, 32.02, 118.75, 32.05)); got[0].Area < want*(1-1e-9) || got[0].Area > want*(1+1e-9) {
		t.Errorf("%f m2, want %f", got[0].Area, want)
	}
}

func (w *town) features(ctx context.Context, t *testing.T) {
	all, err := w.space.Collections(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := func(id string) *space.Collection {
		for i := range all {
			if all[i].ID == id {
				return &all[i]
			}
		}
		t.Fatal("no collection", id)
		return nil
	}
	inside := 0
	for _, p := range w.schools {
		if p[0] < 118.9 {
			inside++
		}
	}
	for _, c := range []struct {
		collection, filter string
		want               int
	}{
		{"schools", "address LIKE '学校%'", schoolsOf},
		{"schools", "address = '学校7'", 1},
		{"schools", "CASEI(address) IN ('学校7','学校8','学校x')", 2},
		{"schools", "name IS NULL", schoolsOf},
		{"schools", "NOT (longitude < 118.9)", schoolsOf - inside},
		{"schools", "longitude BETWEEN 118 AND 118.9 AND status IS NULL", inside},
		{"schools", "longitude * 2 - 1 < 118.9 * 2 - 1", inside},
		{"schools", "S_INTERSECTS(geometry, BBOX(118, 31, 118.9, 33))", inside},
		{"schools", "S_WITHIN(geometry, POLYGON((118 31,118.9 31,118.9 33,118 33,118 31)))", inside},
		{"schools", "S_DISJOINT(geometry, POLYGON((118 31,118.9 31,118.9 33,118 33,118 31)))", schoolsOf - inside},
		{"schools", "T_AFTER(updated, TIMESTAMP('2300-01-01T00:00:00Z'))", 0},
		{"schools", "T_BEFORE(updated, DATE('2200-01-01'))", schoolsOf},
		{"redlines", "S_INTERSECTS(geometry, POINT(118.72 32.02))", 1},
		{"redlines", "S_INTERSECTS(geometry, POINT(118.80 32.02))", 0},
		{"redlines", "S_INTERSECTS(geometry, LINESTRING(118.6 32.02,118.9 32.03))", 1},
		{"redlines", "S_CONTAINS(geometry, POINT(118.72 32.02))", 1},
		{"redlines", "S_WITHIN(geometry, BBOX(118.6, 31.9, 118.8, 32.1))", 1},
		{"redlines", "S_DISJOINT(geometry, BBOX(118.6, 31.9, 118.8, 32.1))", 0},
	} {
		n, err := cql2.Parse(c.filter)
		if err != nil {
			t.Fatal(err)
		}
		page, matched, err := w.space.Features(ctx, at(c.collection), space.FeatureQuery{Filter: n, Limit: 10_000})
		if err != nil || len(page) != c.want || matched != uint64(c.want) {
			t.Errorf("%s: %d features, %d matched, want %d: %v", c.filter, len(page), matched, c.want, err)
		}
	}
	page, matched, err := w.space.Features(ctx, at("schools"), space.FeatureQuery{Boxes: []orb.Bound{{Min: orb.Point{118, 31}, Max: orb.Point{118.9, 33}}}, Limit: 5, Offset: 3})
	if err != nil || len(page) != 5 || matched != uint64(inside) {
		t.Fatalf("box: %d of %d, %v", len(page), matched, err)
	}
	one, _, err := w.space.Features(ctx, at("schools"), space.FeatureQuery{ID: page[0].ID, Limit: 1})
	if err != nil || len(one) != 1 || one[0].Geometry != page[0].Geometry {
		t.Errorf("one: %v, %v", one, err)
	}
	for _, c := range []string{"schools", "redlines", space.GridPeople} {
		tile, err := w.space.Tile(ctx, at(c), 8, 212, 103)
		if err != nil || len(tile) == 0 {
			t.Errorf("tile of %s: %d bytes, %v", c, len(tile), err)
		}
		if of := strings.Contains(string(tile), "division") && strings.Contains(string(tile), "320102"); of != (c == "redlines") {
			t.Errorf("a tile of %s tells divisions: %t", c, of)
		}
	}
	if grid := at(space.GridPeople); grid.Count == 0 {
		t.Error("no cell of people")
	}
}

func (w *town) tooClose(ctx context.Context, t *testing.T) {
	ask := func(east float64) error {
		_, err := w.space.Statistics(ctx, space.Question{Caller: "b", Shape: box(118.70, 32.00, east, 32.12), Theme: space.ThemePeople})
		return err
	}
	if err := errors.Join(ask(118.80), ask(118.80)); err != nil {
		t.Fatal("the same shape twice:", err)
	}
	if err := ask(118.803); !errors.Is(err, space.ErrClose) && err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, east := range []float64{118.803, 118.806, 118.809} {
		if errors.Is(ask(east), space.ErrClose) {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no shape was refused")
	}
}

func (w *town) refused(ctx context.Context, t *testing.T) {
	for name, c := range map[string]struct {
		q    space.Question
		want error
	}{
		"theme":     {space.Question{Caller: "c", Shape: box(118, 32, 119, 33), Theme: "incomes"}, space.ErrQuestion},
		"split":     {space.Question{Caller: "c", Shape: box(118, 32, 119, 33), Theme: space.ThemePeople, By: "industry"}, space.ErrQuestion},
		"bow-tie":   {space.Question{Caller: "c", Shape: orb.Polygon{{{118, 32}, {119, 33}, {119, 32}, {118, 33.1}, {118, 32}}}, Theme: space.ThemePeople}, space.ErrQuestion},
		"a line":    {space.Question{Caller: "c", Shape: orb.LineString{{118, 32}, {119, 33}}, Theme: space.ThemePeople}, space.ErrQuestion},
		"nobody":    {space.Question{Caller: "c", Shape: box(121, 34, 121.1, 34.1), Theme: space.ThemePeople}, space.ErrTooSmall},
		"the world": {space.Question{Caller: "c", Shape: box(-170, -80, 170, 80), Theme: space.ThemePeople}, space.ErrTooLarge},
	} {
		if _, err := w.space.Statistics(ctx, c.q); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := w.space.Nearest(ctx, "people", orb.Point{118, 32}, 3); !errors.Is(err, space.ErrQuestion) {
		t.Errorf("people are no layer: %v", err)
	}
}

func (w *town) budget(ctx context.Context, t *testing.T) {
	w.exec(t, "INSERT INTO space.spent (caller, day, at, theme, split, cost, cells) SELECT 'd', toDate(now('Asia/Shanghai')), now64(3), 'people', '', 199, []")
	q := space.Question{Caller: "d", Shape: box(118.70, 32.00, 118.80, 32.12), Theme: space.ThemePeople}
	a, err := w.space.Statistics(ctx, q)
	if err != nil || a.Budget.Left != 0 {
		t.Fatal(a, err)
	}
	if _, err := w.space.Statistics(ctx, q); !errors.Is(err, space.ErrBudget) {
		t.Errorf("with nothing left: %v", err)
	}
	if left, err := w.space.Allowance(ctx, "d"); err != nil || left.Spent != 200 {
		t.Errorf("%+v, %v", left, err)
	}
}

func (w *town) divisions(ctx context.Context, t *testing.T) {
	list, _, err := w.space.ByDivision(ctx, space.ThemePeople, 2024, 3)
	if err != nil || len(list) != 1 || list[0].Code != "320102" || list[0].Count == nil || *list[0].Count < 2500 {
		t.Fatal(list, err)
	}
	for theme, want := range map[string]map[string]bool{ // one employer of 5,000, and eleven of 20: the one is not told, nor by the other
		space.ThemeEmployees: {"320102": false, "320103|320104": false}, space.ThemePeople: {"320102": true}} {
		list, _, err := w.space.ByDivision(ctx, theme, 2005, 3)
		got := map[string]bool{}
		for _, d := range list {
			got[d.Code] = d.Count != nil
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(theme, err, diff)
		}
	}
	change, _, err := w.space.Changes(ctx, space.ThemePeople, 1985, 2015, 3)
	if err != nil || len(change) != 1 || change[0].Change == nil || *change[0].Change < 500 {
		t.Fatal(change, err)
	}
}

func (w *town) rebuild(ctx context.Context, t *testing.T) {
	before, err := w.space.Current()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := w.space.Build(ctx); err != nil {
			t.Fatal(err)
		}
	}
	after, err := w.space.Current()
	if err != nil || after.ID <= before.ID || after.Counts["person"] != peopleOf {
		t.Fatal(after, err)
	}
	var versions uint64
	if err := w.conn.QueryRow(ctx, "SELECT uniqExact(ver) FROM space.person").Scan(&versions); err != nil || versions != 2 {
		t.Errorf("%d versions are kept, %v", versions, err)
	}
}

// The engine's defects that the tables are laid out around: when one of these fails, the engine has been mended.
func TestEngineDefects(t *testing.T) {
	t.Parallel()
	e := enginetest.ClickHouse(t)
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: []string{e.Native()}, Auth: clickhouse.Auth{Username: e.User(), Password: e.Password()}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var areas []float64
	err = conn.QueryRow(context.Background(), "SELECT groupArray(a) FROM (SELECT polygonAreaCartesian(if(number % 3 > 0, CAST([], 'MultiPolygon'), [[[(0., 0.), (0., 1.), (1., 1.), (1., 0.), (0., 0.)]]]::MultiPolygon)) AS a FROM numbers(12))").Scan(&areas)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, a := range areas {
		sum += a
	}
	if sum == 4 {
		t.Error("areas of columns with empty geometries are right now: the guard may go")
	}
}
