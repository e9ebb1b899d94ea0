package serve

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json/v2"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/serve/sheet"
	"wuku/trust"
)

// exportPage is how many entities are read, put on the record and sent at once.
const exportPage = 1000

// ExportBody asks for many entities at once. 导出
type ExportBody struct {
	Fields  []string `json:"fields" minItems:"1" maxItems:"200" nullable:"false" doc:"Elements; one outside the grant refuses the whole call"`
	Format  string   `json:"format,omitempty" enum:"csv,jsonl" default:"csv"`
	After   string   `json:"after,omitempty" maxLength:"36" doc:"Begin behind this entity: the last one of an export that was cut"`
	Limit   int      `json:"limit,omitempty" minimum:"1" maximum:"100000000" doc:"No more than so many; the grant's budget of entities ends an export too"`
	Purpose string   `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string   `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string   `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type exportInput = inLibrary[ExportBody]

// exportRoutes has a registration of its own: an export is the one answer that is not whole before its first byte leaves. Each of
// its pages is on the record before it is sent, and the grant is looked at again before each.
func (s *Server) exportRoutes() {
	op := huma.Operation{OperationID: "export", Method: http.MethodPost, Path: "/api/v1/exports/{library}", Tags: []string{"base libraries"},
		Summary:      "Export under a grant 导出",
		Description:  "A stream of CSV or JSON lines, in order of entities, masked as the grant says. A grant that ends cuts it within a second. The trailer Wuku-Export says complete, or why not.",
		MaxBodyBytes: maxBody, RejectUnknownQueryParameters: true, Security: []map[string][]string{{"key": {}}}, Middlewares: huma.Middlewares{s.wantKey},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			"text/csv": {Schema: &huma.Schema{Type: "string"}}, "application/jsonl": {Schema: &huma.Schema{Type: "string"}}}}},
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable}}
	huma.Register(s.api, op, func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
		x := exchangeOf(ctx)
		x.leaf.Operation = string(access.Export)
		e, err := s.newExport(x, in)
		if err == nil {
			err = e.fill(ctx) // the first page: what is wrong is said with a status
		}
		if err != nil {
			p := s.problemOf(x, operation{id: op.OperationID, kind: access.Export}, err)
			x.leaf.Reason = p.Code
			if err := s.record(ctx, x, operation{kind: access.Export}, nil); err != nil {
				return nil, err
			}
			return nil, p
		}
		return &huma.StreamResponse{Body: e.stream}, nil
	})
}

// export is one running export. It belongs to the goroutine that answers.
type export struct {
	s     *Server
	x     *exchange
	in    *exportInput
	call  access.Call
	st    *state
	lib   *catalog.Library
	d     access.Decision
	after entity.ID
	left  int
	page  bytes.Buffer
	ended bool
}

func (s *Server) newExport(x *exchange, in *exportInput) (*export, error) {
	b := &in.Body
	e := &export{s: s, x: x, in: in, left: b.Limit, call: access.Call{Operation: access.Export, Library: in.Library, Fields: b.Fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}}
	if e.left == 0 {
		e.left = 100_000_000
	}
	if b.After != "" {
		if err := e.after.UnmarshalText([]byte(b.After)); err != nil {
			return nil, problem(x.lang, codeRequest).at("body.after", "invalid")
		}
	}
	return e, e.decide()
}

// decide looks at the grant anew.
func (e *export) decide() (err error) {
	e.st = e.s.current()
	e.lib = e.st.catalog.Library(e.in.Library)
	e.d, err = e.s.decide(e.x, e.call)
	return err
}

// fill makes the next page and puts it on the record.
func (e *export) fill(ctx context.Context) error {
	e.page.Reset()
	if err := e.s.admit(e.d); err != nil {
		return err
	}
	ids, err := e.s.reads.Page(ctx, e.d, e.after, min(exportPage, e.left))
	if err != nil {
		return err
	}
	e.left -= len(ids)
	e.ended = len(ids) < exportPage || e.left == 0
	if len(ids) == 0 {
		return e.s.record(ctx, e.x, operation{kind: access.Export}, nil)
	}
	if err := e.s.within(e.s.meter.Spend(e.d, ids...)); err != nil {
		return err
	}
	records, _, err := e.s.reads.Entities(ctx, e.d, ids)
	if err != nil {
		return err
	}
	n := 0
	for _, id := range ids {
		if r := records[id]; r != nil {
			n++
			if err := e.write(r); err != nil {
				return err
			}
		}
	}
	e.after = ids[len(ids)-1]
	e.x.leaf.Count, e.x.leaf.Decision, e.x.leaf.Subjects = n, trust.Allowed, e.s.subjects(ids)
	return e.s.record(ctx, e.x, operation{kind: access.Export}, e.page.Bytes())
}

// write adds one entity to the page.
func (e *export) write(r *read.Record) error {
	values := e.s.values(e.st, e.lib, e.d, r)
	if e.in.Body.Format == "jsonl" {
		if err := json.MarshalWrite(&e.page, EntityAnswer{Library: e.lib.Name, Entity: r.Entity.String(), Grant: e.d.Grant(), Values: values}, json.Deterministic(true)); err != nil {
			return err
		}
		return e.page.WriteByte('\n')
	}
	row := []string{r.Entity.String()}
	for _, f := range e.in.Body.Fields {
		row = append(row, cell(values[f].Value))
	}
	return e.csv(row)
}

func (e *export) csv(row []string) error {
	w := csv.NewWriter(&e.page)
	w.UseCRLF = true // RFC 4180
	if err := w.Write(row); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// cell is a value in a table. A text that a spreadsheet would take for a formula gets an apostrophe before it.
func cell(v any) string {
	if v == nil {
		return ""
	}
	text, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(b)
	}
	return sheet.Text(text)
}

// stream sends page after page, each after it is on the record, for as long as the grant lasts.
func (e *export) stream(ctx huma.Context) {
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.SetHeader("Trailer", "Wuku-Export")
	ctx.SetHeader("Content-Type", map[bool]string{true: "application/jsonl", false: "text/csv; charset=utf-8"}[e.in.Body.Format == "jsonl"])
	ctx.SetStatus(http.StatusOK)
	w := ctx.BodyWriter()
	if e.in.Body.Format != "jsonl" {
		first := bytes.Clone(e.page.Bytes())
		e.page.Reset()
		if e.csv(append([]string{"entity"}, e.in.Body.Fields...)) != nil {
			return
		}
		e.page.Write(first)
	}
	for {
		if _, err := w.Write(e.page.Bytes()); err != nil {
			return // the caller has gone
		}
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		if e.ended {
			ctx.SetHeader("Wuku-Export", "complete")
			return
		}
		if err := e.more(ctx.Context()); err != nil {
			p := e.s.problemOf(e.x, operation{id: "export", kind: access.Export}, err)
			e.x.leaf.Reason, e.x.leaf.Count, e.x.leaf.Subjects = p.Code, 0, nil
			if e.s.record(ctx.Context(), e.x, operation{kind: access.Export}, nil) == nil {
				ctx.SetHeader("Wuku-Export", p.Code)
			}
			return
		}
	}
}

// more looks whether key and grant still stand and makes the next page.
func (e *export) more(ctx context.Context) (err error) {
	if e.x.book, err = e.s.cfg.Access.Now(ctx); err != nil {
		return err
	}
	if k, alive := e.x.book.Keys[e.x.caller.ID]; !alive || k.Ended(e.s.cfg.Now()) {
		return problem(e.x.lang, codeKey)
	}
	if err := e.decide(); err != nil {
		return err
	}
	return e.fill(ctx)
}
