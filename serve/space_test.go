package serve_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"wuku/serve"
	"wuku/serve/access"
	"wuku/space"
	"wuku/trust"
)

// atlas is a fake of the places: it refuses what its error says, and keeps the last question.
type atlas struct {
	err   error
	last  space.Question
	payer string // for whom a budget was asked last
	scans int    // of all divisions
}

func (a *atlas) Current() (*space.Version, error) {
	return &space.Version{ID: 7, Counts: map[string]uint64{"person": 100, "located": 60}}, nil
}

func (a *atlas) Statistics(_ context.Context, q space.Question) (*space.Answer, error) {
	a.last, a.payer = q, q.Caller
	n := uint64(120)
	return &space.Answer{Theme: q.Theme, Total: &n, Groups: []space.Group{}, Shape: orb.MultiPolygon{{{{118, 32}, {119, 32}, {119, 33}, {118, 32}}}}, Budget: space.Allowance{Limit: 200, Spent: 1, Left: 199}}, a.err
}

func (a *atlas) Allowance(_ context.Context, caller string) (space.Allowance, error) {
	a.payer = caller
	return space.Allowance{Limit: 200, Left: 200}, a.err
}
func (a *atlas) Overlay(context.Context, orb.Geometry) ([]space.Touched, error) { return nil, a.err }
func (a *atlas) Boundary(context.Context, string) (orb.Geometry, error) {
	return orb.Polygon{{{118, 32}, {119, 32}, {119, 33}, {118, 32}}}, a.err
}
func (a *atlas) Within(context.Context, string, orb.Point, float64, int) ([]space.Place, error) {
	return nil, a.err
}
func (a *atlas) Nearest(context.Context, string, orb.Point, int) ([]space.Place, error) {
	return []space.Place{{Name: "x", Point: orb.Point{118, 32}, Metres: 5}}, a.err
}
func (a *atlas) ByDivision(context.Context, string, int, int) ([]space.DivisionCount, *space.Version, error) {
	a.scans++
	return []space.DivisionCount{}, nil, a.err
}
func (a *atlas) Changes(context.Context, string, int, int, int) ([]space.Change, *space.Version, error) {
	a.scans++
	return []space.Change{}, nil, a.err
}

func (a *atlas) Forecast(context.Context, string, int, int) (*space.ForecastAnswer, *space.Version, error) {
	a.scans++
	return &space.ForecastAnswer{}, nil, a.err
}

const drawn = `{"shape":{"geometry":{"type":"Polygon","coordinates":[[[118,32],[119,32],[119,33],[118,32]]]}},"theme":"people"}`

func TestSpaceByRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *serve.Config) { c.Places = &atlas{} })
	for role, want := range map[string]int{"planner": 200, "steward": 200, "service": 403, "department": 403, "auditor": 403, "operator": 403, "": 401} {
		if a := w.call(t, role, http.MethodPost, "/api/v1/space/statistics", drawn); a.status != want {
			t.Errorf("%q: %d %s, want %d", role, a.status, a.code(), want)
		}
	}
	for _, path := range []string{"/api/v1/space/nearest?layer=schools&longitude=118&latitude=32", "/api/v1/space/within?layer=schools&longitude=118&latitude=32", "/api/v1/space/divisions?year=2005", "/api/v1/space/change?from=2005&to=2015", "/api/v1/forecasts?theme=employers&years=3"} {
		if a := w.call(t, "", http.MethodGet, path, ""); a.status != http.StatusOK {
			t.Errorf("%s without a key: %d %s", path, a.status, a.body)
		}
	}
}

// TestOpenFiguresAreKept: whoever asks again what everybody may ask costs the engine nothing.
func TestOpenFiguresAreKept(t *testing.T) {
	t.Parallel()
	places := &atlas{}
	w := newWorld(t, func(c *serve.Config) { c.Places = places })
	for i, path := range []string{"/api/v1/space/divisions?year=2005", "/api/v1/space/divisions?year=2006", "/api/v1/space/divisions?year=2005&level=2", "/api/v1/space/divisions?year=2005&theme=households",
		"/api/v1/space/change?from=2005&to=2015", "/api/v1/space/change?from=2006&to=2015", "/api/v1/forecasts", "/api/v1/forecasts?level=3"} {
		for range 3 {
			if a := w.call(t, "", http.MethodGet, path, ""); a.status != http.StatusOK || places.scans != i+1 {
				t.Fatalf("%s: %d, %d scans, want %d", path, a.status, places.scans, i+1)
			}
		}
	}
}

// TestBudgetIsOfTheClient: a second key, which any client may make for itself, brings no second budget.
func TestBudgetIsOfTheClient(t *testing.T) {
	t.Parallel()
	places := &atlas{}
	w := newWorld(t, func(c *serve.Config) { c.Places = places })
	var second serve.KeyAnswer
	w.call(t, "planner", http.MethodPost, "/api/v1/keys", "").decode(t, http.StatusCreated, &second)
	w.keys["planner-again"] = second.Key
	for _, key := range []string{"planner", "planner-again"} {
		for _, call := range [][3]string{{http.MethodPost, "/api/v1/space/statistics", drawn}, {http.MethodGet, "/api/v1/space/budget", ""}} {
			places.payer = ""
			if a := w.call(t, key, call[0], call[1], call[2]); a.status != http.StatusOK || places.payer != access.DemoClient(trust.RolePlanner) {
				t.Errorf("%s %s: %d, %q pays", key, call[1], a.status, places.payer)
			}
		}
	}
}

func TestSpaceRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		err    error
		status int
		code   string
	}{
		"budget":     {drawn, space.ErrBudget, 429, "space.budget"},
		"too close":  {drawn, space.ErrClose, 409, "space.too_close"},
		"too large":  {drawn, space.ErrTooLarge, 400, "space.too_large"},
		"too small":  {drawn, space.ErrTooSmall, 404, "space.too_small"},
		"building":   {drawn, space.ErrBuilding, 503, "space.building"},
		"bow-tie":    {drawn, &space.Wrong{Field: "shape", Code: "geometry.self_crossing"}, 400, "request.invalid"},
		"no shape":   {`{"shape":{},"theme":"people"}`, nil, 400, "request.invalid"},
		"two shapes": {strings.Replace(drawn, `"shape":{`, `"shape":{"division":"320102",`, 1), nil, 400, "request.invalid"},
		"heights":    {`{"shape":{"geometry":{"type":"Point","coordinates":[1,2,3]}},"theme":"people"}`, nil, 400, "request.invalid"},
		"system":     {strings.Replace(drawn, `"shape":{`, `"shape":{"crs":"EPSG:4610",`, 1), nil, 400, "request.invalid"},
		"theme":      {strings.Replace(drawn, "people", "incomes", 1), nil, 400, "request.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(cfg *serve.Config) { cfg.Places = &atlas{err: c.err} })
			if a := w.call(t, "planner", http.MethodPost, "/api/v1/space/statistics", c.body); a.status != c.status || a.code() != c.code {
				t.Errorf("%d %s, want %d %s", a.status, a.body, c.status, c.code)
			}
		})
	}
	if a := newWorld(t, nil).call(t, "planner", http.MethodPost, "/api/v1/space/statistics", drawn); a.code() != "space.building" {
		t.Errorf("without places: %d %s", a.status, a.body)
	}
}

// A shape in Gauss-Krueger metres arrives in degrees.
func TestSpaceSystem(t *testing.T) {
	t.Parallel()
	places := &atlas{}
	w := newWorld(t, func(c *serve.Config) { c.Places = places })
	body := `{"shape":{"crs":"EPSG:4528","geometry":{"type":"Polygon","coordinates":[[[40500000,3548910],[40510000,3548910],[40510000,3558910],[40500000,3548910]]]}},"theme":"people"}`
	if a := w.call(t, "planner", http.MethodPost, "/api/v1/space/statistics", body); a.status != http.StatusOK {
		t.Fatal(a.status, a.body)
	}
	if p := places.last.Shape.(orb.Polygon)[0][0]; p[0] < 119.9999999 || p[0] > 120.0000001 || p[1] < 32.06 || p[1] > 32.07 {
		t.Errorf("the first corner is %v", p)
	}
}
