package serve

import (
	"encoding/json/v2"
	"io"
	"io/fs"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wuku/serve/access"
	"wuku/web"
)

// apiConfig is huma's configuration: OpenAPI 3.1 at /openapi.json without a reference to anything outside, no pages of huma's
// own (they load from a public CDN), strict JSON.
func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("wuku 五库", version)
	c.Info.Description = "Base libraries of a province: the right value, to the right caller, for a stated purpose, on the record."
	c.CreateHooks = nil // no $schema links
	c.SchemasPath, c.DocsPath = "", ""
	format := huma.Format{
		Marshal: func(w io.Writer, v any) error { return json.MarshalWrite(w, v) },
		// Duplicate names and invalid UTF-8 are errors, nesting is bounded.
		Unmarshal: func(data []byte, v any) error { return json.Unmarshal(data, v) },
	}
	c.Formats = map[string]huma.Format{"application/json": format, "json": format}
	c.RejectUnknownQueryParameters = true
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer", Description: "A key that the operator gave out"}}
	return c
}

// schemaName names a type in the document: types of other packages by their package too, since two may have the same name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	pkg := path.Base(t.PkgPath())
	if t.Name() == "" || pkg == "serve" || pkg == "." || !strings.HasPrefix(t.PkgPath(), "wuku/") {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// pages are what is not the API: documents, console, health, metrics.
func (s *Server) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.HandleFunc("GET /metrics", s.metricsPage)
	mux.Handle("GET /docs/", http.StripPrefix("/docs/", static(web.Docs())))
	mux.Handle("GET /docs", http.RedirectHandler("/docs/", http.StatusMovedPermanently))
	mux.Handle("GET /console/", http.StripPrefix("/console/", static(web.Console())))
	mux.Handle("GET /console", http.RedirectHandler("/console/", http.StatusMovedPermanently))
	mux.Handle("GET /{$}", http.RedirectHandler("/console/", http.StatusFound))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		code := codePath
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "/" && pattern != "" {
				code, allowed = codeMethod, append(allowed, method)
			}
		}
		if code == codeMethod {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
		}
		writeProblem(w, problem(exchangeOf(r.Context()).lang, code))
	})
}

// static serves embedded files; they change with the program only, so browsers ask each time and get a short answer.
func static(files fs.FS) http.Handler {
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		server.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // the caller has gone: nobody is left to tell
}

// readyz tells a load balancer, and people, whether calls will be answered, and if not, why.
func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if ok, reason := s.cfg.Ready(); !ok {
		plain(w, http.StatusServiceUnavailable, reason)
		return
	}
	if log, ok := s.audit.(interface{ Err() error }); ok && log.Err() != nil {
		plain(w, http.StatusServiceUnavailable, "the audit log cannot be written")
		return
	}
	plain(w, http.StatusOK, "ready")
}

// metricsPage is for an operator's key, and for a collector on this machine.
func (s *Server) metricsPage(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	if x.caller.ID != "" || !local(r) {
		if _, err := access.Decide(s.cfg.Now(), x.caller, nil, access.Call{Operation: access.Metrics}); err != nil {
			writeProblem(w, problem(x.lang, err.Code))
			return
		}
	}
	promhttp.HandlerFor(s.cfg.Registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}
