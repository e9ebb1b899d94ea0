package serve

import (
	"context"
	"encoding/json/v2"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

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
	Format  string   `json:"format,omitempty" enum:"csv,jsonl,parquet,arrow" default:"csv" doc:"arrow is a stream of record batches; a Parquet file that was cut has no end and cannot be read"`
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
		Description:  "A stream of CSV, JSON lines, Parquet or Arrow, in order of entities, masked as the grant says. A grant that ends cuts it within a second. The trailer Wuku-Export says complete, or why not.",
		MaxBodyBytes: maxBody, RejectUnknownQueryParameters: true, Security: []map[string][]string{{"key": {}}}, Middlewares: huma.Middlewares{s.wantKey},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			"text/csv": {Schema: &huma.Schema{Type: "string"}}, "application/jsonl": {Schema: &huma.Schema{Type: "string"}},
			columnarMedia[formatParquet]: {}, columnarMedia[formatArrow]: {}}}},
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable}}
	huma.Register(s.api, op, func(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
		e := &export{in: in, paged: paged{s: s, x: exchangeOf(ctx), operation: operation{id: op.OperationID, kind: access.Export}, trailer: "Wuku-Export"}}
		return e.answer(ctx, e.begin, e.fill)
	})
}

// export is one running export. It belongs to the goroutine that answers.
type export struct {
	paged
	in    *exportInput
	after entity.ID
	left  int
	table *columnar // of the columnar formats, from the first page on
}

func (e *export) begin() error {
	b := &e.in.Body
	e.left, e.call = b.Limit, access.Call{Operation: access.Export, Library: e.in.Library, Fields: b.Fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}
	if e.left == 0 {
		e.left = 100_000_000
	}
	e.media = columnarMedia[b.Format]
	if e.media == "" && b.Format != "jsonl" {
		e.header = append([]string{"entity"}, b.Fields...)
	}
	if b.After != "" {
		if err := e.after.UnmarshalText([]byte(b.After)); err != nil {
			return problem(e.x.lang, codeRequest).at("body.after", "invalid")
		}
	}
	return nil
}

// fill makes the next page and puts it on the record.
func (e *export) fill(ctx context.Context) error {
	if err := e.s.admit(e.d); err != nil {
		return err
	}
	ids, err := e.s.reads.Page(ctx, e.d, e.after, min(exportPage, e.left))
	if err != nil {
		return err
	}
	e.left -= len(ids)
	e.ended = len(ids) < exportPage || e.left == 0
	if e.media != "" && e.table == nil {
		if e.table, err = newColumnar(e.in.Body.Format, &e.page, e.lib, e.d); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		if err := e.flush(); err != nil {
			return err
		}
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
	if err := e.flush(); err != nil {
		return err
	}
	e.after = ids[len(ids)-1]
	e.x.leaf.Count, e.x.leaf.Decision, e.x.leaf.Subjects = n, trust.Allowed, e.s.subjects(ids)
	return e.s.record(ctx, e.x, operation{kind: access.Export}, e.page.Bytes())
}

// flush ends a page of the columnar formats.
func (e *export) flush() error {
	if e.table == nil {
		return nil
	}
	return e.table.flush(e.ended)
}

// write adds one entity to the page.
func (e *export) write(r *read.Record) error {
	values := e.s.values(e.st, e.lib, e.d, r)
	if e.table != nil {
		e.table.add(r.Entity.String(), values)
		return nil
	}
	if e.header == nil {
		if err := json.MarshalWrite(&e.page, entityAnswer(e.lib.Name, r.Entity, e.d.Grant(), values), json.Deterministic(true)); err != nil {
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
