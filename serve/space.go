package serve

import (
	"context"
	"encoding/json/v2"
	"errors"
	"net/http"
	"time"

	"github.com/paulmach/orb"

	"wuku/entity"
	"wuku/geo"
	"wuku/serve/access"
	"wuku/space"
)

// Places answers where and how many; *space.Space does. No answer of it shows a person.
type Places interface {
	Statistics(ctx context.Context, q space.Question) (*space.Answer, error)
	Allowance(ctx context.Context, caller string) (space.Allowance, error)
	Overlay(ctx context.Context, shape orb.Geometry) ([]space.Touched, error)
	Boundary(ctx context.Context, code string) (orb.Geometry, error)
	Within(ctx context.Context, layer string, at orb.Point, radius float64, limit int) ([]space.Place, error)
	Nearest(ctx context.Context, layer string, at orb.Point, k int) ([]space.Place, error)
	ByDivision(ctx context.Context, theme string, year, level int) ([]space.DivisionCount, *space.Version, error)
	Changes(ctx context.Context, theme string, from, to, level int) ([]space.Change, *space.Version, error)
	Forecast(ctx context.Context, theme string, level, ahead int) (*space.ForecastAnswer, *space.Version, error)
	Current() (*space.Version, error)
}

// ShapeInput is where to count: one of geometry, circle and division. 空间范围
type ShapeInput struct {
	Geometry map[string]any `json:"geometry,omitempty" doc:"A GeoJSON Polygon or MultiPolygon, X east before Y north in the system of crs"`
	Circle   *CircleInput   `json:"circle,omitempty"`
	Division string         `json:"division,omitempty" maxLength:"6" doc:"Code of a county whose boundary is known"`
	CRS      string         `json:"crs,omitempty" maxLength:"60" doc:"Coordinate system: CGCS2000 (default), WGS84, GCJ-02, BD-09, EPSG:4490 to EPSG:4554, EPSG:3857"`
}

// CircleInput is all within a distance of a point.
type CircleInput struct {
	Longitude float64 `json:"longitude"`
	Latitude  float64 `json:"latitude"`
	Radius    float64 `json:"radius" minimum:"1" maximum:"200000" doc:"Metres"`
}

type spaceStatisticsInput struct {
	Body struct {
		Shape ShapeInput `json:"shape"`
		Theme string     `json:"theme" enum:"people,households,employers,employees" doc:"人口, 家庭户, 用人单位, 从业人员"`
		By    string     `json:"by,omitempty" enum:"age,sex,industry,division" doc:"How to split"`
		Year  int        `json:"year,omitempty" minimum:"1981" maximum:"2100" doc:"As of its 31 December; none: now"`
	}
}

// SpaceVersion says of which state an answer is.
type SpaceVersion struct {
	ID      uint64            `json:"id"`
	Made    time.Time         `json:"made"`
	Heads   map[string]uint64 `json:"heads" doc:"Library to the number of the last event that was taken in"`
	People  uint64            `json:"people"`
	Located uint64            `json:"located" doc:"People whose address was found at least to the street; only they can be in a shape"`
}

// SpaceStatistics is what may be said of a shape. 空间统计
type SpaceStatistics struct {
	Theme      string          `json:"theme"`
	By         string          `json:"by,omitempty"`
	Year       int             `json:"year,omitempty"`
	Total      *uint64         `json:"total" doc:"null: fewer than ten"`
	Groups     []space.Group   `json:"groups" nullable:"false"`
	Shape      map[string]any  `json:"shape" doc:"The shape that was counted, as GeoJSON: whole H3 cells of which each has at least ten"`
	Area       float64         `json:"area" doc:"Of that shape, in square metres on the ellipsoid"`
	Resolution uint8           `json:"resolution" doc:"Of the H3 cells"`
	Cells      int             `json:"cells"`
	Withheld   int             `json:"withheld" doc:"Cells of the drawn shape that have fewer than ten and were left out"`
	Least      int             `json:"least"`
	Rounding   int             `json:"rounding"`
	Budget     space.Allowance `json:"budget"`
	Version    SpaceVersion    `json:"version"`
}

type overlayInput struct {
	Body struct {
		Shape ShapeInput `json:"shape"`
	}
}

// OverlayAnswer is what a shape lies on. 叠加分析
type OverlayAnswer struct {
	Area    float64       `json:"area" doc:"Of the drawn shape, in square metres on the ellipsoid"`
	Parts   []OverlayPart `json:"parts" nullable:"false"`
	Version SpaceVersion  `json:"version"`
}

// OverlayPart is one kind of land.
type OverlayPart struct {
	Layer   string  `json:"layer"`
	LandUse string  `json:"land_use,omitempty"`
	ZH      string  `json:"zh"`
	Shapes  int     `json:"shapes"`
	Area    float64 `json:"area"`
	Share   float64 `json:"share" doc:"Of the drawn shape; shapes of one layer may overlap"`
}

type nearestInput struct {
	Layer     string  `query:"layer" required:"true" maxLength:"40" doc:"parcels, buildings, schools, landuse, redlines, farmland or boundaries"`
	Longitude float64 `query:"longitude" required:"true"`
	Latitude  float64 `query:"latitude" required:"true"`
	K         int     `query:"k" default:"10" minimum:"1" maximum:"100"`
	CRS       string  `query:"crs" maxLength:"60"`
}

type withinInput struct {
	Layer     string  `query:"layer" required:"true" maxLength:"40" doc:"parcels, buildings, schools, landuse, redlines, farmland or boundaries"`
	Longitude float64 `query:"longitude" required:"true"`
	Latitude  float64 `query:"latitude" required:"true"`
	Radius    float64 `query:"radius" default:"500" minimum:"1" maximum:"50000" doc:"Metres"`
	Limit     int     `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	CRS       string  `query:"crs" maxLength:"60"`
}

// NearAnswer lists places around a point, the nearest first.
type NearAnswer struct {
	Layer   string       `json:"layer"`
	Places  []NearPlace  `json:"places" nullable:"false"`
	Version SpaceVersion `json:"version"`
}

// NearPlace is one of them.
type NearPlace struct {
	Entity    entity.ID `json:"entity"`
	Name      string    `json:"name"`
	Division  string    `json:"division"`
	Longitude float64   `json:"longitude" doc:"CGCS2000"`
	Latitude  float64   `json:"latitude"`
	Metres    float64   `json:"metres" doc:"On the ellipsoid"`
}

type divisionsInput struct {
	Theme string `query:"theme" enum:"people,households,employers,employees" default:"people"`
	Year  int    `query:"year" minimum:"1981" maximum:"2100" doc:"On the divisions of its 31 December; none: now"`
	Level int    `query:"level" minimum:"2" maximum:"3" default:"3" doc:"2: prefectures, 3: counties"`
}

// DivisionsAnswer counts on the divisions of a year. 分年区划统计
type DivisionsAnswer struct {
	Theme     string                `json:"theme"`
	Year      int                   `json:"year,omitempty"`
	Divisions []space.DivisionCount `json:"divisions" nullable:"false"`
	Note      string                `json:"note"`
	Version   SpaceVersion          `json:"version"`
}

type changeInput struct {
	Theme string `query:"theme" enum:"people,households,employers,employees" default:"people"`
	From  int    `query:"from" required:"true" minimum:"1981" maximum:"2100"`
	To    int    `query:"to" required:"true" minimum:"1981" maximum:"2100"`
	Level int    `query:"level" minimum:"2" maximum:"3" default:"3"`
}

// ChangeAnswer compares two years on the divisions of the later. 变化
type ChangeAnswer struct {
	Theme     string         `json:"theme"`
	From      int            `json:"from"`
	To        int            `json:"to"`
	Divisions []space.Change `json:"divisions" nullable:"false"`
	Note      string         `json:"note"`
	Version   SpaceVersion   `json:"version"`
}

type forecastInput struct {
	Theme string `query:"theme" enum:"people,households,employers,employees" default:"people"`
	Level int    `query:"level" minimum:"2" maximum:"3" default:"2"`
	Years int    `query:"years" minimum:"1" maximum:"10" default:"5" doc:"How many years ahead"`
}

// ForecastsAnswer is a forecast with what it rests on. 趋势预测
type ForecastsAnswer struct {
	space.ForecastAnswer
	Note    string       `json:"note"`
	Version SpaceVersion `json:"version"`
}

// noteOfForecasts says what a forecast is made of.
const noteOfForecasts = "由已公开的分年数(已抑制小数并取整)按阻尼趋势外推;误差以末三个完整年度为检验期,与沿用末值比较。 From the open figures of past years, suppressed and rounded, by damped trend (Gardner and McKenzie 1985); the error is that on the last three whole years, beside that of carrying the last figure forward. Who has moved away is not in the past figures."

// noteOfYears says what figures of another year are, and what they are not.
const noteOfYears = "按当年12月31日的行政区划;人员与单位以现居住地、现住所归属,在当时已出生(设立)且未死亡(注销)的计入。 On the divisions of 31 December of that year; people and organisations count where they are now, if they were born (founded) and not dead (ended) then."

func (s *Server) spaceRoutes() {
	const key = "Needs a planner's or a steward's key. Every answer costs budget."
	register(s, operation{id: "space-statistics", method: http.MethodPost, path: "/api/v1/space/statistics", kind: access.Space, tag: "space",
		summary: "People, households or employers in a shape 空间统计", text: key}, s.spaceStatistics)
	register(s, operation{id: "space-budget", method: http.MethodGet, path: "/api/v1/space/budget", kind: access.Space, tag: "space",
		summary: "What is left of today's budget 预算"}, s.spaceBudget)
	register(s, operation{id: "space-overlay", method: http.MethodPost, path: "/api/v1/space/overlay", kind: access.Space, tag: "space",
		summary: "What land a shape lies on, with areas 叠加分析"}, s.spaceOverlay)
	open := "No key is needed: these places are open."
	register(s, operation{id: "space-nearest", method: http.MethodGet, path: "/api/v1/space/nearest", kind: access.Statistics, tag: "space",
		summary: "The nearest places of a layer 最近的", text: open, cache: "public, max-age=60"}, s.spaceNearest)
	register(s, operation{id: "space-within", method: http.MethodGet, path: "/api/v1/space/within", kind: access.Statistics, tag: "space",
		summary: "Places of a layer within a distance 范围内的", text: open, cache: "public, max-age=60"}, s.spaceWithin)
	register(s, operation{id: "space-divisions", method: http.MethodGet, path: "/api/v1/space/divisions", kind: access.Statistics, tag: "space",
		summary: "A theme on the divisions of any year since 1981 分年区划统计", cache: "public, max-age=60"}, s.spaceDivisions)
	register(s, operation{id: "space-change", method: http.MethodGet, path: "/api/v1/space/change", kind: access.Statistics, tag: "space",
		summary: "How a theme changed between two years 变化", cache: "public, max-age=60"}, s.spaceChange)
	register(s, operation{id: "forecasts", method: http.MethodGet, path: "/api/v1/forecasts", kind: access.Statistics, tag: "space",
		summary: "A theme by division for the years to come 趋势预测", text: "With the error on years that were held out, and that of carrying the last figure forward.", cache: "public, max-age=60"}, s.forecasts)
}

// spaceOf is the answerer of places after the decision, or the problem that there is none.
func (s *Server) spaceOf(x *exchange, op access.Operation) (Places, SpaceVersion, error) {
	if _, err := s.decide(x, access.Call{Operation: op}); err != nil {
		return nil, SpaceVersion{}, err
	}
	if s.cfg.Places == nil {
		return nil, SpaceVersion{}, problem(x.lang, codeBuilding)
	}
	v, err := s.cfg.Places.Current()
	if err != nil {
		return nil, SpaceVersion{}, s.spaceProblem(x, err)
	}
	return s.cfg.Places, SpaceVersion{ID: v.ID, Made: v.Finished, Heads: v.Heads, People: rounded(v.Counts["person"]), Located: rounded(v.Counts["located"])}, nil
}

// spaceProblem says what a refusal is to the outside.
func (s *Server) spaceProblem(x *exchange, err error) error {
	for _, known := range []struct {
		err  error
		code string
	}{{space.ErrBuilding, codeBuilding}, {space.ErrBudget, codeBudget}, {space.ErrClose, codeClose}, {space.ErrTooLarge, codeTooLarge}, {space.ErrTooSmall, codeTooSmall}} {
		if errors.Is(err, known.err) {
			return problem(x.lang, known.code)
		}
	}
	var w *space.Wrong
	if errors.As(err, &w) {
		return problem(x.lang, codeRequest).at(w.Field, w.Code)
	}
	return err
}

// read makes the geometry of an input, in the libraries' system.
func (in *ShapeInput) read(ctx context.Context, places Places) (orb.Geometry, error) {
	wrong := func(field, code string) error {
		return &space.Wrong{Field: "body.shape." + field, Code: code, Text: code}
	}
	system := geo.CGCS2000()
	if in.CRS != "" {
		var err error
		if system, err = geo.ParseSystem(in.CRS); err != nil {
			return nil, wrong("crs", "invalid")
		}
	}
	given := 0
	for _, is := range []bool{in.Geometry != nil, in.Circle != nil, in.Division != ""} {
		if is {
			given++
		}
	}
	if given != 1 {
		return nil, wrong("geometry", "one of geometry, circle and division")
	}
	switch {
	case in.Division != "":
		return places.Boundary(ctx, in.Division)
	case in.Circle != nil:
		p := system.ToGeographic(orb.Point{in.Circle.Longitude, in.Circle.Latitude})
		if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -85 && p[1] <= 85) {
			return nil, wrong("circle", "invalid")
		}
		return geo.Circle(p, in.Circle.Radius, 96), nil
	}
	text, err := json.Marshal(in.Geometry)
	if err != nil {
		return nil, wrong("geometry", geo.FaultFormat)
	}
	g, _, err := geo.Read(text)
	var fault *geo.Fault
	if errors.As(err, &fault) {
		return nil, wrong("geometry", fault.Reason)
	}
	return geo.Transform(g, system, geo.CGCS2000()), err
}

func (s *Server) spaceStatistics(ctx context.Context, x *exchange, in *spaceStatisticsInput) (*SpaceStatistics, error) {
	places, version, err := s.spaceOf(x, access.Space)
	if err != nil {
		return nil, err
	}
	shape, err := in.Body.Shape.read(ctx, places)
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	a, err := places.Statistics(ctx, space.Question{Caller: x.caller.Client, Shape: shape, Theme: in.Body.Theme, By: in.Body.By, Year: in.Body.Year})
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	used, err := geometryObject(a.Shape)
	if err != nil {
		return nil, err
	}
	return &SpaceStatistics{Theme: a.Theme, By: a.By, Year: a.Year, Total: a.Total, Groups: a.Groups, Shape: used, Area: a.Area, Resolution: a.Resolution,
		Cells: a.Cells, Withheld: a.Withheld, Least: space.Least, Rounding: space.Rounding, Budget: a.Budget, Version: version}, nil
}

// geometryObject is a geometry as a JSON object.
func geometryObject(g orb.Geometry) (out map[string]any, err error) {
	err = json.Unmarshal(geo.AppendJSON(nil, g, 7), &out)
	return out, err
}

// BudgetAnswer is a caller's budget.
type BudgetAnswer struct {
	Budget space.Allowance `json:"budget"`
}

func (s *Server) spaceBudget(ctx context.Context, x *exchange, _ *none) (*BudgetAnswer, error) {
	places, _, err := s.spaceOf(x, access.Space)
	if err != nil {
		return nil, err
	}
	a, err := places.Allowance(ctx, x.caller.Client)
	return &BudgetAnswer{a}, err
}

func (s *Server) spaceOverlay(ctx context.Context, x *exchange, in *overlayInput) (*OverlayAnswer, error) {
	places, version, err := s.spaceOf(x, access.Space)
	if err != nil {
		return nil, err
	}
	shape, err := in.Body.Shape.read(ctx, places)
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	touched, err := places.Overlay(ctx, shape)
	if err != nil {
		return nil, s.spaceProblem(x, err)
	}
	out := &OverlayAnswer{Area: geo.Area(shape), Parts: []OverlayPart{}, Version: version}
	uses := s.current().catalog.CodeTable("land_use")
	for _, t := range touched {
		p := OverlayPart{Layer: t.Layer, LandUse: t.LandUse, ZH: t.Layer, Shapes: t.Shapes, Area: t.Area}
		if uses != nil && uses.Values[t.LandUse] != "" {
			p.ZH = uses.Values[t.LandUse]
		}
		if out.Area > 0 {
			p.Share = t.Area / out.Area
		}
		out.Parts = append(out.Parts, p)
	}
	return out, nil
}
