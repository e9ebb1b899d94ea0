// Package ogc serves the open places as OGC API Features (17-069r4 core, GeoJSON, HTML and OpenAPI 3.0; 18-058r1 coordinate reference
// systems; 19-079r2 filters in CQL2 text and JSON) and as vector tiles with TileJSON and a map style. Everything here is open and needs
// no key; a Handler never sees a person.
package ogc

import (
	"bytes"
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wuku/space"
)

// Source is where the features come from; *space.Space is one.
type Source interface {
	Current() (*space.Version, error)
	Collections(ctx context.Context) ([]space.Collection, error)
	Features(ctx context.Context, c *space.Collection, q space.FeatureQuery) ([]space.Feature, uint64, error)
	Tile(ctx context.Context, c *space.Collection, z, x, y uint32) ([]byte, error)
}

// Handler answers everything below its root. It may be used concurrently.
type Handler struct {
	source Source
	root   string // path, without a slash at its end
	log    *slog.Logger
	cause  func(error) string
	mux    *http.ServeMux
	tiles  tileCache
	now    func() time.Time
}

// New returns a Handler whose paths begin with root, for example "/ogc". cause is what the log may say of an error: the engine's messages
// quote what callers wrote.
func New(source Source, root string, log *slog.Logger, cause func(error) string) *Handler {
	h := &Handler{source: source, root: root, log: log, cause: cause, mux: http.NewServeMux(), now: time.Now}
	h.handle("/{$}", []string{"f"}, h.landing)
	h.handle("/conformance", []string{"f"}, h.conformance)
	h.handle("/api", []string{"f"}, h.api)
	h.handle("/collections", []string{"f"}, h.collections)
	h.handle("/collections/{id}", []string{"f"}, h.collection)
	h.handle("/collections/{id}/queryables", []string{"f"}, h.queryables)
	h.handle("/collections/{id}/items", nil, h.items)
	h.handle("/collections/{id}/items/{feature}", []string{"f", "crs"}, h.item)
	h.handle("/collections/{id}/tiles", []string{"f"}, h.tilesets)
	h.handle("/collections/{id}/tiles/WebMercatorQuad", []string{"f"}, h.tileset)
	h.handle("/collections/{id}/tiles/WebMercatorQuad/tilejson", nil, h.tileJSON)
	h.handle("/collections/{id}/tiles/WebMercatorQuad/{z}/{y}/{x}", []string{"f"}, h.tile)
	h.handle("/tileMatrixSets", []string{"f"}, h.matrixSets)
	h.handle("/tileMatrixSets/WebMercatorQuad", []string{"f"}, h.matrixSet)
	h.handle("/style", nil, h.style)
	h.mux.Handle("GET "+root, http.RedirectHandler(root+"/", http.StatusMovedPermanently))
	h.mux.HandleFunc(root+"/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.onlyRead(w, r)
			return
		}
		h.fail(w, r, refuse(http.StatusNotFound, "there is nothing at this path; see "+root+"/"))
	})
	return h
}

// onlyRead answers what is no reading: browsers ask first what they may do.
func (h *Handler) onlyRead(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Allow", "GET, HEAD, OPTIONS")
	if r.Method != http.MethodOptions {
		h.fail(w, r, refuse(http.StatusMethodNotAllowed, "places are read here, by GET"))
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	w.Header().Set("Access-Control-Allow-Headers", "Accept, Accept-Language, If-None-Match")
	w.WriteHeader(http.StatusNoContent)
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// request is one request with what every operation needs.
type request struct {
	*http.Request
	query url.Values
	base  string // URL of the root, without a slash at its end
	form  string // json or html, or another that the operation knows
}

// answer is what goes out.
type answer struct {
	body    any    // written as JSON, or as a page
	raw     []byte // instead
	kind    string // media type of raw, or of JSON where it is not application/json
	title   string // of the page
	headers map[string]string
}

// refusal is an error for the caller.
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func refuse(status int, text string) error { return &refusal{status, text} }

// handle registers an operation. allowed are its query parameters; nil leaves their check to it.
func (h *Handler) handle(path string, allowed []string, do func(ctx context.Context, r *request) (*answer, error)) {
	h.mux.HandleFunc("GET "+h.root+path, func(w http.ResponseWriter, r *http.Request) {
		q, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			h.fail(w, r, refuse(http.StatusBadRequest, "the query part of the address cannot be read"))
			return
		}
		req := &request{Request: r, query: q, base: baseOf(r) + h.root}
		if allowed != nil {
			if err := req.known(allowed...); err != nil {
				h.fail(w, r, err)
				return
			}
		}
		if req.form, err = formOf(r, q); err != nil {
			h.fail(w, r, err)
			return
		}
		if files[req.form] != "" && !strings.HasSuffix(path, "/items") {
			h.fail(w, r, refuse(http.StatusBadRequest, "only items are given as a file"))
			return
		}
		a, err := do(r.Context(), req)
		if err != nil {
			h.fail(w, r, err)
			return
		}
		h.write(w, req, a)
	})
}

// baseOf is the scheme and host under which the caller knows us.
func baseOf(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// known refuses parameters that the operation does not have, and any that stands twice.
func (r *request) known(names ...string) error {
	for name, values := range r.query {
		if !slices.Contains(names, name) {
			return refuse(http.StatusBadRequest, "a query parameter is unknown here; known are "+strings.Join(names, ", "))
		}
		if len(values) > 1 {
			return refuse(http.StatusBadRequest, "the query parameter "+name+" stands twice")
		}
	}
	return nil
}

// formOf chooses the form of an answer: f, else Accept, else JSON.
func formOf(r *http.Request, q url.Values) (string, error) {
	switch f := q.Get("f"); f {
	case "":
	case "json", "geojson", "html", "csv", "mvt", "tilejson", "fgb", "parquet":
		return strings.Replace(f, "geojson", "json", 1), nil
	default:
		return "", refuse(http.StatusBadRequest, "f is json, html, csv, fgb, parquet or mvt")
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		kind, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch {
		case kind == "text/html":
			return "html", nil
		case strings.HasSuffix(kind, "json"), kind == "*/*", kind == "application/*":
			return "json", nil
		}
	}
	return "json", nil
}

func (h *Handler) write(w http.ResponseWriter, r *request, a *answer) {
	head := w.Header()
	head.Set("Cache-Control", "public, max-age=60")
	head.Add("Vary", "Accept")                   // the same address is a page or JSON
	head.Set("Access-Control-Allow-Origin", "*") // open data: pages elsewhere may draw it
	head.Set("Access-Control-Expose-Headers", "Content-Crs, ETag")
	for k, v := range a.headers {
		head.Set(k, v)
	}
	switch {
	case a.raw != nil:
		head.Set("Content-Type", a.kind)
		_, _ = w.Write(a.raw) // the caller has gone: nobody is left to tell
		return
	case r.form == "html":
		page(w, a.title, a.body)
		return
	}
	kind := a.kind
	if kind == "" {
		kind = "application/json"
	}
	var out bytes.Buffer
	if err := json.MarshalWrite(&out, a.body, jsontext.EscapeForHTML(false)); err != nil {
		h.log.Error("an answer cannot be written", "path", r.Pattern, "error", h.cause(err))
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	head.Set("Content-Type", kind)
	_, _ = w.Write(out.Bytes())
}

// problem is an exception document.
type problem struct {
	Code        string `json:"code"`
	Description string `json:"description"`
	Status      int    `json:"status"`
}

func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problem{Code: "ServerError", Status: http.StatusInternalServerError, Description: "the server cannot answer now"}
	var refused *refusal
	var wrong *space.Wrong
	switch {
	case errors.As(err, &refused):
		p = problem{Code: map[int]string{http.StatusNotFound: "NotFound", http.StatusMethodNotAllowed: "MethodNotAllowed", http.StatusBadRequest: "InvalidParameterValue"}[refused.status], Status: refused.status, Description: refused.text}
	case errors.As(err, &wrong):
		p = problem{Code: "InvalidParameterValue", Status: http.StatusBadRequest, Description: wrong.Error()}
	case errors.Is(err, space.ErrBuilding):
		p = problem{Code: "NotReady", Status: http.StatusServiceUnavailable, Description: "the places are being worked out; try again in a while"}
	case errors.Is(err, context.DeadlineExceeded):
		p = problem{Code: "NotReady", Status: http.StatusServiceUnavailable, Description: "it takes too long, or too many ask at once; narrow the question, or try again"}
	case r.Context().Err() == nil:
		h.log.Error("a request for open places failed", "path", r.Pattern, "error", h.cause(err))
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = nil
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}

// link is a link in a document.
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
	Templ bool   `json:"templated,omitzero"`
}

// selves are the links of a document to itself and to its other form.
func (r *request) selves(path, title, kind string) []link {
	json, html := link{r.base + path + "?f=json", "self", kind, title, false}, link{r.base + path + "?f=html", "alternate", "text/html", title, false}
	if r.form == "html" {
		json.Rel, html.Rel = "alternate", "self"
	}
	return []link{json, html}
}

// find returns the collection of the path.
func (h *Handler) find(ctx context.Context, r *request) (*space.Collection, error) {
	all, err := h.source.Collections(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == r.PathValue("id") {
			return &all[i], nil
		}
	}
	return nil, refuse(http.StatusNotFound, "there is no such collection; see "+h.root+"/collections")
}
