package serve_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// rooms is a fake of what the server reaches by interfaces: two work orders (police's, disputed before health; health's), one pair, one
// message in quarantine. It remembers what was done.
type rooms struct {
	mu    sync.Mutex
	n     map[string]uint32
	did   []string
	owner string // who has claimed the pair
}

// The names of the fake's things.
var (
	orderPolice = uuid.MustParse("00000000-0000-4000-8000-000000000001")
	orderHealth = uuid.MustParse("00000000-0000-4000-8000-000000000002")
	thePair     = uuid.MustParse("00000000-0000-4000-8000-000000000003")
)

func newRooms() *rooms {
	return &rooms{n: map[string]uint32{orderPolice.String(): 1, orderHealth.String(): 1}}
}

// into puts the fake into a server.
func (r *rooms) into(cfg *serve.Config) {
	cfg.Desk, cfg.Appraisal, cfg.Reviewer, cfg.Quarantine, cfg.Intake, cfg.Catalogues = r, r, pairRoom{r}, r, fileRoom{r}, &shelf{kept: map[string]*catalog.Catalog{}}
}

func (r *rooms) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.did = append(r.did, fmt.Sprintf(format, args...))
}

func (r *rooms) all() []serve.WorkOrder {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var list []serve.WorkOrder
	for i, id := range []uuid.UUID{orderPolice, orderHealth} {
		department, authority := []string{"police", "health"}[i], []string{"health", "data"}[i]
		due := at.AddDate(0, 0, i+1)
		list = append(list, serve.WorkOrder{ID: id.String(), N: r.n[id.String()], State: "disputed", Department: department, Authority: authority, Holder: authority, Due: &due, Opened: at, At: at,
			Library: "person", Feed: department + ".x", Record: citizenA, Element: "name", Rule: "value.null", Entity: id.String()})
	}
	return list
}

// Board implements serve.Desk.
func (*rooms) Board() string { return "data" }

// Orders implements serve.Desk as the real one sorts and pages.
func (r *rooms) Orders(_ context.Context, f serve.OrderFilter) (list []serve.WorkOrder, _ error) {
	for _, o := range r.all() {
		if (f.Department == "" || f.Department == o.Department || f.Department == o.Holder) && (f.After.ID == "" || o.Due.UnixMilli() > f.After.At) && len(list) < f.Limit {
			list = append(list, o)
		}
	}
	return list, nil
}

// Order implements serve.Desk.
func (r *rooms) Order(_ context.Context, id entity.ID) (*serve.OrderDossier, error) {
	for _, o := range r.all() {
		if o.ID == id.String() {
			return &serve.OrderDossier{WorkOrder: o, Detail: "d", History: []serve.WorkOrder{o}}, nil
		}
	}
	return nil, serve.ErrNone
}

// Act implements serve.Desk.
func (r *rooms) Act(_ context.Context, id entity.ID, a serve.OrderAct) (*serve.WorkOrder, error) {
	for _, o := range r.all() {
		switch {
		case o.ID != id.String():
			continue
		case a.Seen != 0 && a.Seen != o.N:
			return nil, serve.ErrChanged
		case a.Action == "ack":
			return nil, serve.ErrNotNow
		case a.By != o.Holder && (a.Action == "uphold" || a.Action == "reject"):
			return nil, serve.ErrNotYours
		}
		r.note("%s %s by %s: %s", a.Action, id, a.By, a.Note)
		r.n[o.ID]++
		o.N, o.Action, o.By = r.n[o.ID], a.Action, a.By
		return &o, nil
	}
	return nil, serve.ErrNone
}

// Scorecards implements serve.Appraisal.
func (*rooms) Scorecards(context.Context) ([]serve.Scorecard, time.Time, error) {
	return []serve.Scorecard{{Department: "police"}, {Department: "health"}}, time.Unix(1_790_000_000, 0).UTC(), nil
}

// Computed implements serve.Appraisal.
func (*rooms) Computed(_ context.Context, department string) (*serve.ComputedScore, error) {
	return &serve.ComputedScore{Scorecard: serve.Scorecard{Department: department}, Figures: []serve.ScoreFigure{{Indicator: "quality", A: 1, B: 2, Value: 500_000}}}, nil
}

// Bulletins implements serve.Appraisal.
func (*rooms) Bulletins(context.Context) ([]serve.BulletinItem, error) {
	return []serve.BulletinItem{{Period: "2026-01", Edition: 1}}, nil
}

// Bulletin implements serve.Appraisal.
func (*rooms) Bulletin(_ context.Context, period, form string) (string, []byte, error) {
	if period != "2026-01" {
		return "", nil, serve.ErrNone
	}
	return "b." + form, []byte("content of " + form), nil
}

// Publish implements serve.Appraisal.
func (r *rooms) Publish(_ context.Context, period string) (*serve.BulletinItem, error) {
	r.note("bulletin %s", period)
	return &serve.BulletinItem{Period: period, Edition: 1}, nil
}

// Message implements serve.Quarantine.
func (*rooms) Message(_ context.Context, topic string, _ uint32, offset uint64) (*serve.RefusedMessage, error) {
	if offset != 7 {
		return nil, serve.ErrNone
	}
	return &serve.RefusedMessage{Topic: topic, Records: []serve.RefusedRecord{{Reason: "value.null"}}, Key: citizenA, Content: canary}, nil
}

// Retry implements serve.Quarantine.
func (r *rooms) Retry(_ context.Context, c serve.RetryChoice) (sent, left int, err error) {
	r.note("retry %v %s", c.Feeds, c.Topic)
	return 1, 0, nil
}

// pairRoom is the fake as a Reviewer: its methods have names that others have, too.
type pairRoom struct{ *rooms }

// Pairs implements serve.Reviewer.
func (r pairRoom) Pairs(ctx context.Context, f serve.ReviewFilter) ([]serve.ReviewPair, error) {
	if f.After != "" {
		return nil, nil
	}
	p, err := r.Pair(ctx, thePair)
	return []serve.ReviewPair{*p}, err
}

// Pair implements serve.Reviewer.
func (pairRoom) Pair(_ context.Context, id entity.ID) (*serve.ReviewPair, error) {
	if id != thePair {
		return nil, serve.ErrNone
	}
	return &serve.ReviewPair{ID: id.String(), Library: "person", A: orderPolice.String(), B: orderHealth.String(), State: "open",
		Fields: []serve.ReviewField{{Element: "name", A: canary, B: canary}, {Element: "birth_date", A: "1980-01-01", B: "1980-01-02"}}}, nil
}

// Act implements serve.Reviewer.
func (r pairRoom) Act(_ context.Context, id entity.ID, a serve.ReviewAct) (string, error) {
	switch {
	case id != thePair:
		return "", serve.ErrNone
	case a.Seen != "" && a.Seen != "0":
		return "", serve.ErrChanged
	case r.owner != "" && r.owner != a.By:
		return "", serve.ErrNotYours
	}
	r.note("%s by %s: %s", a.Kind, a.By, a.Note)
	return "changes", nil
}

// Reveal implements serve.Reviewer.
func (r pairRoom) Reveal(_ context.Context, _ *serve.ReviewPair, element, by, reason string) error {
	r.note("reveal %s by %s: %s", element, by, reason)
	return nil
}

// fileRoom is the fake as an Intake.
type fileRoom struct{ *rooms }

// Try implements serve.Intake.
func (fileRoom) Try(_ context.Context, f *catalog.Feed, file serve.File) (*serve.Trial, error) {
	if strings.HasPrefix(string(file.Content), "{") {
		return &serve.Trial{Feed: f.Name, Records: 1}, nil
	}
	return nil, serve.ErrUnfit
}

// Publish implements serve.Intake.
func (r fileRoom) Publish(_ context.Context, f *catalog.Feed, file serve.File) (*serve.FileReceipt, error) {
	r.note("publish %s of %s as %s", f.Name, file.Department, file.Name)
	return &serve.FileReceipt{ID: "r1", Feed: f.Name, Sent: 1, Done: true}, nil
}

// Receipt implements serve.Intake.
func (fileRoom) Receipt(_ context.Context, id string) (*serve.FileReceipt, error) {
	if feed := map[string]string{"r1": "police.person", "r2": "health.birth"}[id]; feed != "" {
		return &serve.FileReceipt{ID: id, Feed: feed}, nil
	}
	return nil, serve.ErrNone
}

// Receipts implements serve.Intake.
func (fileRoom) Receipts(_ context.Context, feeds []string, _ serve.ReceiptPlace, _ int) (list []serve.FileReceipt, _ error) {
	for _, f := range []string{"police.person", "health.birth"} {
		if len(feeds) == 0 || slices.Contains(feeds, f) {
			list = append(list, serve.FileReceipt{Feed: f})
		}
	}
	return list, nil
}

// TestRoleByOperation calls every operation of the rooms as every role: who may not gets role.denied, whoever may does not.
func TestRoleByOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	const department, steward, auditor, operator = trust.RoleDepartment, trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator
	all := strings.Join(trust.Roles(), " ")
	order, pair := "/api/v1/workorders/"+orderPolice.String(), "/api/v1/reviews/"+thePair.String()
	cells := 0
	for _, x := range []struct{ call, body, roles string }{
		{"GET /api/v1/workorders", "", department + steward + auditor}, {"GET /api/v1/workorders.csv", "", department + steward + auditor}, {"GET " + order, "", department + steward + auditor},
		{"POST " + order + "/ack", "{}", department + steward}, {"POST " + order + "/accept", "{}", department + steward}, {"POST " + order + "/dispute", "{}", department + steward},
		{"POST " + order + "/appeal", "{}", department + steward}, {"POST " + order + "/close", "{}", department + steward}, {"POST " + order + "/decide", `{"uphold":true}`, department + steward},
		{"GET /api/v1/scorecards", "", department + steward + auditor + operator}, {"GET /api/v1/scorecards/police", "", department + steward + auditor + operator},
		{"GET /api/v1/bulletins", "", all}, {"GET /api/v1/bulletins/2026-01", "", all}, {"POST /api/v1/bulletins", `{"period":"2026-01"}`, steward},
		{"GET /api/v1/reviews", "", steward}, {"GET " + pair, "", steward}, {"POST " + pair + "/claim", "{}", steward}, {"POST " + pair + "/release", "{}", steward}, {"POST " + pair + "/undo", "{}", steward},
		{"POST " + pair + "/decide", `{"decision":"same"}`, steward}, {"POST " + pair + "/reveal", `{"element":"name","reason":"to see it"}`, steward},
		{"POST /api/v1/reviews/decisions", `{"ids":["` + thePair.String() + `"],"decision":"same","reason":"so"}`, steward},
		{"GET /api/v1/quarantine/src.police.person/0/7", "", department + steward + operator}, {"POST /api/v1/quarantine/retry", `{"feed":"police.person"}`, department + steward + operator},
		{"POST /api/v1/feeds/police.person/try", "{}", department + steward}, {"POST /api/v1/feeds/police.person/publish", "{}", department},
		{"GET /api/v1/receipts", "", department + steward}, {"GET /api/v1/receipts/r1", "", department + steward},
		{"GET /api/v1/catalog/revisions", "", all}, {"GET /api/v1/catalog/proposals", "", all}, {"GET /api/v1/catalog/proposals/c1", "", all},
		{"POST /api/v1/catalog/proposals?title=new&reason=because", "no zip", department + steward + operator}, {"POST /api/v1/catalog/restorations", `{"revision":9,"reason":"because"}`, department + steward + operator},
		{"POST /api/v1/catalog/proposals/c1/approval", `{"reason":"so"}`, department + steward}, {"POST /api/v1/catalog/proposals/c1/rejection", `{"reason":"so"}`, department + steward},
		{"POST /api/v1/catalog/proposals/c1/withdrawal", `{"reason":"so"}`, department + steward + operator},
	} {
		method, path, _ := strings.Cut(x.call, " ")
		for _, role := range append(trust.Roles(), "") {
			cells++
			a := w.call(t, role, method, path, x.body)
			denied, may := a.code() == access.NoRole || a.code() == access.NoKey, role != "" && strings.Contains(x.roles, role)
			if denied == may || may && a.status >= 500 {
				t.Errorf("%s as %q: %d %s", x.call, role, a.status, a.body)
			}
			if role != "" && w.lastLeaf(t).Decision == "" {
				t.Errorf("%s as %q leaves no leaf", x.call, role)
			}
		}
	}
	if cells != 36*7 {
		t.Errorf("%d cells", cells)
	}
}

// TestOwnWorkOrders: a department sees and decides its own orders, no others; keys of records stand where they are needed; a state that
// was not seen changes nothing.
func TestOwnWorkOrders(t *testing.T) {
	t.Parallel()
	r := newRooms()
	w := newWorld(t, r.into)
	var page serve.OrderPage
	a := w.call(t, "department", http.MethodGet, "/api/v1/workorders", "")
	a.decode(t, http.StatusOK, &page)
	if len(page.Orders) != 1 || page.Orders[0].ID != orderPolice.String() || page.Orders[0].Record != citizenA || len(w.lastLeaf(t).Subjects) != 1 {
		t.Errorf("%s", a.body)
	}
	for _, query := range []string{"?department=health", "?department=police"} {
		a := w.call(t, "department", http.MethodGet, "/api/v1/workorders"+query, "")
		a.decode(t, http.StatusOK, &page)
		if want := map[string]int{"?department=health": 0, "?department=police": 1}[query]; len(page.Orders) != want {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	a = w.call(t, "steward", http.MethodGet, "/api/v1/workorders?limit=1", "")
	a.decode(t, http.StatusOK, &page)
	if len(page.Orders) != 1 || page.Next == "" || strings.Contains(a.body, citizenA) {
		t.Fatalf("a steward's list holds a key, or does not go on: %s", a.body)
	}
	a = w.call(t, "steward", http.MethodGet, "/api/v1/workorders?limit=1&after="+page.Next, "")
	a.decode(t, http.StatusOK, &page)
	if len(page.Orders) != 1 || page.Orders[0].ID != orderHealth.String() {
		t.Errorf("the second page: %s", a.body)
	}
	if a := w.call(t, "steward", http.MethodGet, "/api/v1/workorders?after=AAAA", ""); a.code() != "request.invalid" {
		t.Errorf("a made-up cursor: %d %s", a.status, a.body)
	}
	if a := w.call(t, "department", http.MethodGet, "/api/v1/workorders/"+orderHealth.String(), ""); a.status != http.StatusNotFound {
		t.Errorf("another department's order: %d", a.status)
	}
	if a := w.call(t, "department", http.MethodPost, "/api/v1/workorders/"+orderHealth.String()+"/accept", "{}"); a.status != http.StatusNotFound || len(r.did) != 0 {
		t.Errorf("another department's order is acted on: %d %v", a.status, r.did)
	}
	path := "/api/v1/workorders/" + orderPolice.String()
	for _, x := range []struct {
		role, path, body, match string
		status                  int
	}{
		{"department", "/ack", "{}", "", http.StatusConflict},
		{"department", "/decide", `{"uphold":true}`, "", http.StatusForbidden}, // health's to decide
		{"steward", "/decide", `{"uphold":true}`, "", http.StatusForbidden},    // not before the board
		{"department", "/appeal", "{}", `"9"`, http.StatusPreconditionFailed},
		{"department", "/appeal", "{}", `x`, http.StatusPreconditionFailed},
		{"department", "/appeal", `{"note":"` + citizenA + `"}`, "", http.StatusBadRequest},
		{"department", "/appeal", `{"evidence":["13912345678"]}`, "", http.StatusBadRequest},
		{"auditor", "/appeal", "{}", "", http.StatusForbidden},
		{"department", "/appeal", `{"note":"see","evidence":["X 12"]}`, `"1"`, http.StatusOK},
	} {
		a := w.call(t, x.role, http.MethodPost, path+x.path, x.body, "If-Match", x.match)
		if a.status != x.status || strings.Contains(a.body, citizenA) && a.status >= 400 {
			t.Errorf("%+v: %d %s", x, a.status, a.body)
		}
		if x.status == http.StatusOK && a.header.Get("ETag") != `"2"` {
			t.Errorf("ETag %q", a.header.Get("ETag"))
		}
	}
	if want := []string{"appeal " + orderPolice.String() + " by police: see [证据 evidence: X 12]"}; !slices.Equal(r.did, want) {
		t.Errorf("did %q, want %q", r.did, want)
	}
}

// TestPairsAreMasked: a list has no values, a pair masked ones, a reveal one element with its reason in the history and the element in the
// audit log; a batch says of each what was done.
func TestPairsAreMasked(t *testing.T) {
	t.Parallel()
	r := newRooms()
	w := newWorld(t, r.into)
	path := "/api/v1/reviews/" + thePair.String()
	if a := w.call(t, "steward", http.MethodGet, "/api/v1/reviews", ""); a.status != http.StatusOK || strings.Contains(a.body, canary) || strings.Contains(a.body, "1980") {
		t.Errorf("the list: %s", a.body)
	}
	if a := w.call(t, "steward", http.MethodGet, path, ""); a.status != http.StatusOK || strings.Contains(a.body, canary) || !strings.Contains(a.body, "1980-**-**") || a.header.Get("ETag") == "" {
		t.Errorf("a pair: %s", a.body)
	}
	for body, status := range map[string]int{`{"element":"name"}`: 400, `{"element":"name","reason":"of ` + citizenA + `"}`: 400, `{"element":"sex","reason":"to see it"}`: 404} {
		if a := w.call(t, "steward", http.MethodPost, path+"/reveal", body); a.status != status || strings.Contains(a.body, canary) || len(r.did) != 0 {
			t.Errorf("%s: %d %s %v", body, a.status, a.body, r.did)
		}
	}
	a := w.call(t, "steward", http.MethodPost, path+"/reveal", `{"element":"name","reason":"names alike"}`)
	if l := w.lastLeaf(t); a.status != http.StatusOK || !strings.Contains(a.body, canary) || strings.Contains(a.body, "1980") || !slices.Equal(l.Columns, []string{"name"}) || len(l.Subjects) != 2 {
		t.Errorf("%s, leaf %+v", a.body, w.lastLeaf(t))
	}
	var done serve.ReviewsDone
	a = w.call(t, "steward", http.MethodPost, "/api/v1/reviews/decisions", `{"ids":["`+thePair.String()+`","`+orderPolice.String()+`"],"decision":"undo","reason":"wrong"}`)
	a.decode(t, http.StatusOK, &done)
	if done.Done != 1 || done.Items[1].Code != "not_found" {
		t.Errorf("%s", a.body)
	}
	r.owner = "somebody"
	if a := w.call(t, "steward", http.MethodPost, path+"/decide", `{"decision":"same"}`); a.code() != "state.others" {
		t.Errorf("a pair that somebody has claimed: %d %s", a.status, a.body)
	}
	if want := []string{"reveal name by demo-steward: names alike", "revoked by demo-steward: wrong"}; !slices.Equal(r.did, want) {
		t.Errorf("did %q", r.did)
	}
}

// TestOwnFilesAndQuarantine: a department tries and publishes its own feeds, and sees what its own messages hold; a steward sees why alone.
func TestOwnFilesAndQuarantine(t *testing.T) {
	t.Parallel()
	r := newRooms()
	w := newWorld(t, r.into)
	for _, x := range []struct {
		role, call, body string
		status           int
	}{
		{"department", "POST /api/v1/feeds/health.birth/publish", "{}", 404}, {"department", "POST /api/v1/feeds/health.birth/try", "{}", 404}, {"steward", "POST /api/v1/feeds/health.birth/try", "{}", 200},
		{"department", "POST /api/v1/feeds/police.person/publish?form=csv", "a,b", 201}, {"department", "POST /api/v1/feeds/police.person/try", "a,b", 400}, {"department", "POST /api/v1/feeds/none/try", "{}", 404},
		{"department", "GET /api/v1/receipts/r1", "", 200}, {"department", "GET /api/v1/receipts/r2", "", 404}, {"steward", "GET /api/v1/receipts/r2", "", 200}, {"department", "GET /api/v1/receipts/r3", "", 404},
		{"department", "GET /api/v1/quarantine/src.health.birth/0/7", "", 404}, {"department", "GET /api/v1/quarantine/src.police.person/0/8", "", 404},
		{"department", "POST /api/v1/quarantine/retry", `{"feed":"health.birth"}`, 404}, {"department", "POST /api/v1/quarantine/retry", `{"topic":"src.health.birth"}`, 404},
		{"department", "POST /api/v1/quarantine/retry", `{}`, 200}, {"operator", "POST /api/v1/quarantine/retry", `{}`, 200},
		{"department", "GET /api/v1/scorecards/health", "", 404}, {"steward", "GET /api/v1/scorecards/nobody", "", 404}, {"planner", "GET /api/v1/bulletins/2025", "", 404}, {"planner", "GET /api/v1/bulletins/x", "", 400},
	} {
		method, path, _ := strings.Cut(x.call, " ")
		if a := w.call(t, x.role, method, path, x.body); a.status != x.status {
			t.Errorf("%s as %s: %d %s", x.call, x.role, a.status, a.body)
		}
	}
	for role, times := range map[string]int{"department": 1, "steward": 0, "operator": 0} {
		a := w.call(t, role, http.MethodGet, "/api/v1/quarantine/src.police.person/0/7", "")
		if a.status != http.StatusOK || strings.Count(a.body, canary) != times || strings.Count(a.body, citizenA) != times || !strings.Contains(a.body, "value.null") {
			t.Errorf("%s: %s", role, a.body)
		}
	}
	if a := w.call(t, "planner", http.MethodGet, "/api/v1/bulletins/2026-01?form=html", ""); a.body != "content of html" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("%s %v", a.body, a.header)
	}
	if want := []string{"publish police.person of police as file.csv", "retry [police.person] ", "retry [] "}; !slices.Equal(r.did, want) {
		t.Errorf("did %q", r.did)
	}
}

// TestIdempotencyOnEngine: a repeated key does nothing anew, whoever answers, and another request under it is refused.
func TestIdempotencyOnEngine(t *testing.T) {
	w := newEngineWorld(t)
	path := "/api/v1/workorders/" + orderPolice.String() + "/appeal"
	key := uuid.NewString()
	for i, x := range []struct {
		body, key string
		status    int
		did       int
	}{{`{"note":"one"}`, key, 200, 1}, {`{"note":"one"}`, key, 200, 1}, {`{"note":"two"}`, key, 409, 1}, {`{"note":"one"}`, "", 200, 2}, {`{"note":"one"}`, key + "x", 200, 3}} {
		a := w.call(t, "department", http.MethodPost, path, x.body, "Idempotency-Key", x.key)
		if a.status != x.status || len(w.rooms.did) != x.did {
			t.Errorf("%d: %d %s, did %v", i, a.status, a.body, w.rooms.did)
		}
	}
}
