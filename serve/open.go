package serve

import (
	"context"
	"net/http"
	"sync"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/read"
)

// mostKept is how many public figures are kept at most.
const mostKept = 500

// How long public figures are kept: they cost a scan, and everybody may ask.
const (
	overviewFor   = 10 * time.Second
	statisticsFor = time.Minute
)

type libraryInput struct {
	Library string `path:"library" maxLength:"40" doc:"person, organisation, certificate, credit or place"`
}

// OverviewAnswer is what everybody may know. 概览
type OverviewAnswer struct {
	Name        string            `json:"name"`
	ZH          string            `json:"zh"`
	Ready       bool              `json:"ready"`
	Departments int               `json:"departments"`
	Feeds       int               `json:"feeds"`
	Libraries   []OverviewLibrary `json:"libraries"`
}

// OverviewLibrary is one library's figures.
type OverviewLibrary struct {
	Name     string `json:"name"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Elements int    `json:"elements"`
	Feeds    int    `json:"feeds"`
	Entities uint64 `json:"entities" doc:"Rounded to five, and 0 below ten, where the library holds people or employers"`
	Events   uint64 `json:"events" doc:"Number of the last change"`
	Updated  string `json:"updated,omitempty" doc:"End of the last finished cycle, RFC 3339"`
}

// StatisticsAnswer is the open statistic of a library: cells under ten are left out, the others rounded to five. 统计
type StatisticsAnswer struct {
	Library    string      `json:"library"`
	Dimensions []string    `json:"dimensions"`
	Cells      []read.Cell `json:"cells" nullable:"false"`
	Least      int         `json:"least" doc:"Smaller cells are left out"`
	Rounding   int         `json:"rounding"`
}

func (s *Server) openRoutes() {
	register(s, operation{id: "overview", method: http.MethodGet, path: "/api/v1/overview", kind: access.Overview, tag: "open",
		summary: "The five libraries in figures 概览", cache: "public, max-age=10", etag: true}, s.overview)
	register(s, operation{id: "statistics", method: http.MethodGet, path: "/api/v1/statistics/{library}", kind: access.Statistics, tag: "open",
		summary: "Open statistics of a library 统计", text: "One fixed cube a library. No key is needed.", cache: "public, max-age=60", etag: true}, s.statistics)
}

func (s *Server) overview(ctx context.Context, x *exchange, _ *none) (*OverviewAnswer, error) {
	st := s.current()
	ready, _ := s.cfg.Ready()
	out := &OverviewAnswer{Name: st.catalog.Name, ZH: st.catalog.ZH, Ready: ready, Departments: len(st.catalog.Departments), Feeds: len(st.catalog.Feeds), Libraries: []OverviewLibrary{}}
	for i := range st.catalog.Libraries {
		l := &st.catalog.Libraries[i]
		item := OverviewLibrary{Name: l.Name, ZH: l.ZH, EN: l.EN, Elements: len(l.Elements), Feeds: feedsOf(st.catalog, l.Name)}
		d, err := s.decide(x, access.Call{Operation: access.Overview, Library: l.Name})
		if err != nil {
			return nil, err
		}
		total, err := cached(ctx, &s.cached, "total/"+l.Name, s.cfg.Now(), overviewFor, func(ctx context.Context) (read.Total, error) { return s.reads.Total(ctx, d) })
		if err != nil {
			return nil, err
		}
		item.Entities, item.Events = total.Entities, total.Head
		if len(l.OpenCube) > 0 { // a total that goes up by one, or less the cells of the cube, would show somebody
			item.Entities = rounded(total.Entities)
		}
		if !total.Updated.IsZero() {
			item.Updated = total.Updated.UTC().Format(time.RFC3339)
		}
		out.Libraries = append(out.Libraries, item)
	}
	return out, nil
}

// Smaller figures of people are left out; the others are rounded.
const (
	leastShown = 10
	roundedTo  = 5
)

// rounded is a figure as query/serve_statistics rounds cells.
func rounded(n uint64) uint64 {
	if n < leastShown {
		return 0
	}
	return (n + roundedTo/2) / roundedTo * roundedTo
}

func feedsOf(c *catalog.Catalog, library string) int {
	n := 0
	for i := range c.Feeds {
		for _, claim := range c.Feeds[i].Claims {
			if claim.Library == library {
				n++
				break
			}
		}
	}
	return n
}

func (s *Server) statistics(ctx context.Context, x *exchange, in *libraryInput) (*StatisticsAnswer, error) {
	lib := s.current().catalog.Library(in.Library)
	if lib == nil {
		return nil, problem(x.lang, codeNotFound)
	}
	d, err := s.decide(x, access.Call{Operation: access.Statistics, Library: lib.Name})
	if err != nil {
		return nil, err
	}
	dimensions, cube := dimensionsOf(lib)
	if len(dimensions) == 0 {
		return nil, problem(x.lang, codeNotFound)
	}
	cells, err := cached(ctx, &s.cached, "statistics/"+lib.Name, s.cfg.Now(), statisticsFor, func(ctx context.Context) ([]read.Cell, error) {
		return s.reads.Statistics(ctx, d, dimensions, cube)
	})
	if err != nil {
		return nil, err
	}
	return &StatisticsAnswer{Library: lib.Name, Dimensions: dimensions, Cells: append([]read.Cell{}, cells...), Least: leastShown, Rounding: roundedTo}, nil
}

// dimensionsOf is the one cube of a library: its own, or for a library whose rows are open, its division.
func dimensionsOf(lib *catalog.Library) (dimensions []string, cube bool) {
	if len(lib.OpenCube) > 0 {
		return lib.OpenCube, true
	}
	for _, e := range lib.Elements {
		if e.Division && !e.Personal && e.Level <= 1 {
			return []string{e.Name}, false
		}
	}
	return nil, false
}

// cache keeps public figures for a while. It never holds a person's value.
type cache struct {
	mu      sync.Mutex
	entries map[string]*cacheEntry
}

type cacheEntry struct {
	mu    sync.Mutex // held while the value is made: others wait for it instead of asking too
	value any
	until time.Time
}

// cached returns the kept value of a name, or makes it.
func cached[T any](ctx context.Context, c *cache, name string, now time.Time, keep time.Duration, produce func(context.Context) (T, error)) (T, error) {
	c.mu.Lock()
	if c.entries == nil {
		c.entries = map[string]*cacheEntry{}
	}
	e := c.entries[name]
	if e == nil {
		if len(c.entries) >= mostKept { // callers choose years: what is kept must end somewhere
			clear(c.entries)
		}
		e = &cacheEntry{}
		c.entries[name] = e
	}
	c.mu.Unlock()
	e.mu.Lock()
	defer e.mu.Unlock()
	if v, ok := e.value.(T); ok && now.Before(e.until) {
		return v, nil
	}
	v, err := produce(ctx)
	if err != nil {
		return v, err
	}
	e.value, e.until = v, now.Add(keep)
	return v, nil
}
