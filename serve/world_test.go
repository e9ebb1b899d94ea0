package serve_test

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/trust"
)

var testKey = []byte("a test deployment's key, 32 bytes")

// Citizen numbers that pass their check and are nobody's.
var (
	citizenA = citizen("32010219800101001")
	citizenB = citizen("32010219800101002")
	citizenC = citizen("32010219800101003")
)

func citizen(first17 string) string { return first17 + string(entity.CitizenCheck([]byte(first17))) }

func byCitizen(number string) string { return `{"scheme":"citizen","value":"` + number + `"}` }

func feedHash(feed string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(feed))
	return h.Sum32()
}

// world is a server with keys and a log of its own, on a fake of the tables unless told otherwise.
type world struct {
	server *serve.Server
	tables *tables
	log    *trust.Log
	logs   *syncBuffer
	dir    string
	keys   map[string]string // by role
	events *accesstest.Memory
	book   *access.Book
	clock  accesstest.Clock
	rooms  *rooms
	shelf  *shelf // of catalogues
}

// missStep is the servers' in tests: they ask for many who are not there.
var missStep = time.Nanosecond

func newWorld(t testing.TB, change func(*serve.Config)) *world {
	t.Helper()
	c, err := catalog.Load(os.DirFS("../catalog/testdata/small"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{tables: &tables{rows: map[entity.ID]fakeRow{}, order: elementsOf(c)}, logs: &syncBuffer{}, dir: t.TempDir()}
	w.events = &accesstest.Memory{}
	w.book = accesstest.Book(t, w.events, testKey, w.clock.Now)
	if w.keys, err = access.SeedDemo(context.Background(), w.book, c, "police"); err != nil {
		t.Fatal(err)
	}
	if w.log, err = trust.OpenLog(w.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.log.Close() })
	cfg := serve.Config{Catalog: func() *catalog.Catalog { return c }, Columns: func(string) []string { return elementsOf(c) }, Reader: w.tables,
		Access: w.book, Audit: w.log, AnchorKey: testKey, Log: slog.New(slog.NewJSONHandler(w.logs, nil)), KeyRate: 1e6, OpenRate: 1e6, Now: w.clock.Now, MissStep: missStep}
	w.rooms = newRooms()
	w.rooms.into(&cfg)
	if change != nil {
		change(&cfg)
	}
	w.shelf, _ = cfg.Catalogues.(*shelf)
	if w.server, err = serve.New(cfg); err != nil {
		t.Fatal(err)
	}
	return w
}

func elementsOf(c *catalog.Catalog) []string {
	var names []string
	for _, e := range c.Library(entity.Person).Elements {
		names = append(names, e.Name)
	}
	return names
}

func (w *world) anchor(scheme, value string) entity.ID {
	return entity.NewAnchorer(testKey).ByIdentifier(scheme, []byte(value))
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) decode(t testing.TB, status int, into any) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// code is the problem's code; "" for an answer that is no problem.
func (a answer) code() string {
	var p serve.Problem
	if a.header.Get("Content-Type") != "application/problem+json" || json.Unmarshal([]byte(a.body), &p) != nil {
		return ""
	}
	return p.Code
}

// call makes a call with a role's key ("": none).
func (w *world) call(t testing.TB, role, method, path, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+w.keys[role])
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(rec, r)
	b, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	header := rec.Result().Header
	for name, values := range rec.Result().Trailer { // as a client sees them when it has read all
		header[name] = values
	}
	return answer{status: rec.Code, header: header, body: string(b)}
}

// lookup is a lookup of fields of a person by number.
func (w *world) lookup(t testing.TB, role, number, purpose string, fields ...string) answer {
	t.Helper()
	list, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return w.call(t, role, http.MethodPost, "/api/v1/lookup/person", fmt.Sprintf(`{"by":%s,"fields":%s,"purpose":%q}`, byCitizen(number), list, purpose))
}

// lastLeaf is the newest leaf of the audit log.
func (w *world) lastLeaf(t testing.TB) trust.Leaf {
	t.Helper()
	entries, err := w.log.Leaves(w.log.Size()-1, 1)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	return entries[0].Leaf
}

// fakeRow is one base row of the fake.
type fakeRow struct {
	entity entity.ID
	live   bool
	feed   string
	values map[string]string
	doubts []string
}

// tables is a fake of the store that knows base rows and doubts. Its error is given by fail.
type tables struct {
	mu    sync.Mutex
	rows  map[entity.ID]fakeRow
	order []string // of the elements in storage
	reads atomic.Int64
	fail  error
}

func (f *tables) put(id entity.ID, r fakeRow) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows[id] = r
}

// Query answers the two statements of a lookup, that of a search and that of an export.
func (f *tables) Query(_ context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads.Add(1)
	if f.fail != nil {
		return f.fail
	}
	if statement == "query/serve_held" || statement == "query/serve_export" {
		for _, id := range f.list(data.(map[string]any), args) {
			if err := each(scanner(id)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, id := range anchorsOf(args) {
		r, ok := f.rows[id]
		switch {
		case !ok:
		case statement == "query/serve_doubts":
			for _, element := range r.doubts {
				if err := each(scanner(id, element)); err != nil {
					return err
				}
			}
		case statement == "query/serve_row":
			var live uint8
			if r.live {
				live = 1
			}
			numbers, values, sources, times := r.columns(f.order)
			row := []any{id, r.entity, live, uint64(1), numbers, values}
			if lean, _ := data.(map[string]any)["Lean"].(bool); !lean {
				row = append(row, []entity.ID{id}, []string{r.feed}, time.Unix(0, 0), sources, times)
			}
			if err := each(scanner(row...)); err != nil {
				return err
			}
		default:
			return errors.New("the fake does not know " + statement)
		}
	}
	return nil
}

// list is the live entities that have the values that are looked for, or all, behind one and up to the limit.
func (f *tables) list(data map[string]any, args []any) (ids []entity.ID) {
	bound := map[string]any{"after": entity.ID{}}
	for _, a := range args {
		n := a.(driver.NamedValue)
		bound[n.Name] = n.Value
	}
	after := bound["after"].(entity.ID)
	elements, _ := data["Elements"].([]string)
	for id, r := range f.rows {
		fits := r.live && bytes.Compare(id[:], after[:]) > 0
		for i, e := range elements {
			fits = fits && r.values[e] == bound[fmt.Sprintf("v%d", i)]
		}
		if fits {
			ids = append(ids, id)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return bytes.Compare(ids[i][:], ids[j][:]) < 0 })
	return ids[:min(uint64(len(ids)), bound["limit"].(uint64))]
}

func anchorsOf(args []any) []entity.ID {
	for _, a := range args {
		if n, ok := a.(driver.NamedValue); ok && n.Name == "anchors" {
			return n.Value.([]entity.ID)
		}
	}
	return nil
}

// columns gives what the row has as it is stored: numbers of elements, values, sources and times.
func (r fakeRow) columns(order []string) (numbers []uint16, values []string, sources []uint32, times []int64) {
	for i, name := range order {
		if v, ok := r.values[name]; ok {
			numbers, values, sources, times = append(numbers, uint16(i+1)), append(values, v), append(sources, feedHash(r.feed)), append(times, 1_700_000_000_000)
		}
	}
	return numbers, values, sources, times
}

func scanner(row ...any) func(dest ...any) error {
	return func(dest ...any) error {
		for i := range dest {
			reflect.ValueOf(dest[i]).Elem().Set(reflect.ValueOf(row[i]))
		}
		return nil
	}
}

// syncBuffer is a buffer for the server's own log.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends.
func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// String is all of it.
func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// client gives a new client a grant and a key, by which calls name it.
func (w *world) client(t testing.TB, name string, terms access.Terms) *access.Case {
	t.Helper()
	// Some tests want terms that nobody could apply for any more, such as ended ones: a book without a catalogue takes them.
	c := accesstest.Grant(t, accesstest.Book(t, w.events, testKey, w.clock.Now), name, terms)
	key, _, err := w.book.Issue(context.Background(), trust.Principal{ID: "test"}, trust.Principal{Client: name, Name: name, Role: trust.RoleService}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	w.keys[name] = key
	return c
}

// measure runs lookups by entity over HTTP handlers with so many callers a processor and reports rates and the 99th percentile.
func (w *world) measure(b *testing.B, ids []entity.ID, callers int) {
	b.Helper()
	var mu sync.Mutex
	var took []time.Duration
	var turn atomic.Int64
	b.SetParallelism(callers) // times GOMAXPROCS
	leaves, syncs := w.log.Size(), w.log.Batches()
	start := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		var mine []time.Duration
		for pb.Next() {
			id := ids[int(turn.Add(1))%len(ids)]
			from := time.Now()
			a := w.call(b, "service", http.MethodPost, "/api/v1/lookup/person", `{"by":{"entity":"`+id.String()+`"},"fields":["name","sex","birth_date","citizen_number"],"purpose":"demo"}`)
			mine = append(mine, time.Since(from))
			if a.status != http.StatusOK {
				b.Errorf("%d %s", a.status, a.body)
				return
			}
		}
		mu.Lock()
		took = append(took, mine...)
		mu.Unlock()
	})
	elapsed := time.Since(start)
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	if n := len(took); n > 0 {
		b.ReportMetric(float64(n)/elapsed.Seconds(), "lookups/s")
		b.ReportMetric(float64(took[n/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[n*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(w.log.Size()-leaves)/float64(w.log.Batches()-syncs), "leaves/sync")
	}
}
