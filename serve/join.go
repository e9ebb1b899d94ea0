package serve

import (
	"context"
	"encoding/csv"
	"encoding/json/v2"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/serve/sheet"
)

// Bounds of a join: rows, columns, and how many are looked up, put on the record and sent at once.
const (
	mostJoined  = 50_000
	mostColumns = 200
	joinPage    = maxLookups
)

// JoinBody is a department's own data, to be joined with a library. Nothing of it is kept. 数据比对
type JoinBody struct {
	Library string           `json:"library" maxLength:"40" doc:"person, organisation, certificate, credit or place"`
	Scheme  string           `json:"scheme" maxLength:"40" doc:"Of the identifiers in the key column"`
	Key     string           `json:"key" minLength:"1" maxLength:"100" doc:"The column that holds the identifier"`
	CSV     string           `json:"csv,omitempty" doc:"The rows as a CSV table (RFC 4180) with a header line; or"`
	Rows    []map[string]any `json:"rows,omitempty" maxItems:"50000" doc:"the rows as objects"`
	Fields  []string         `json:"fields" minItems:"1" maxItems:"200" nullable:"false" doc:"Elements; one outside the grant refuses the whole call"`
	Format  string           `json:"format,omitempty" enum:"csv,jsonl" default:"csv"`
	Purpose string           `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string           `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string           `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

type joinInput struct{ Body JoinBody }

// JoinLine is one row of a join in JSON lines.
type JoinLine struct {
	Row    map[string]any   `json:"row" doc:"As it was sent"`
	Status string           `json:"status" doc:"found, not_found, or the code of what is wrong with the key"`
	Entity string           `json:"entity,omitempty"`
	Values map[string]Value `json:"values,omitempty"`
}

func (s *Server) joinRoutes() {
	op := huma.Operation{OperationID: "join", Method: http.MethodPost, Path: "/api/v1/joins", Tags: []string{"base libraries"},
		Summary: "Join your own data with a library 数据比对",
		Description: "Your rows come back in their order, each with a status and the elements of the entity that its key names, masked as the grant says. It is a lookup of each row: budgets are charged, " +
			"every entity is on the record, and rows that match nobody count as misses. Up to 50,000 rows; nothing is kept. The trailer Wuku-Join says complete, or why not.",
		MaxBodyBytes: 4 * maxBatchLength, RejectUnknownQueryParameters: true, Security: []map[string][]string{{"key": {}}}, Middlewares: huma.Middlewares{s.wantKey},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
			"text/csv": {Schema: &huma.Schema{Type: "string"}}, "application/jsonl": {Schema: &huma.Schema{Type: "string"}}}}},
		Errors: []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable}}
	huma.Register(s.api, op, func(ctx context.Context, in *joinInput) (*huma.StreamResponse, error) {
		j := &join{body: &in.Body, paged: paged{s: s, x: exchangeOf(ctx), operation: operation{id: op.OperationID, kind: access.Lookup}, trailer: "Wuku-Join"}}
		return j.answer(ctx, j.begin, j.fill)
	})
}

// join is one running join.
type join struct {
	paged
	body    *JoinBody
	columns []string
	table   [][]string // of CSV
	rows    int
	at      int // the next row
}

// begin reads the rows and what is asked of them.
func (j *join) begin() error {
	b := j.body
	j.call = access.Call{Operation: access.Lookup, Library: b.Library, Fields: b.Fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case}
	wrong := func(where, how string) error { return problem(j.x.lang, codeRequest).at(where, how) }
	switch {
	case (b.CSV == "") == (len(b.Rows) == 0):
		return wrong("body.rows", "required")
	case b.CSV != "":
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.CSV, "\ufeff")))
		table, err := r.ReadAll()
		if err != nil || len(table) < 2 {
			return wrong("body.csv", "invalid")
		}
		j.columns, j.table, j.rows = table[0], table[1:], len(table)-1
	default:
		for _, row := range b.Rows {
			for name := range row {
				if !slices.Contains(j.columns, name) {
					j.columns = append(j.columns, name)
				}
			}
			if len(j.columns) > mostColumns {
				break
			}
		}
		slices.Sort(j.columns)
		j.rows = len(b.Rows)
	}
	switch {
	case j.rows > mostJoined:
		return wrong("body.rows", "too_many")
	case len(j.columns) > mostColumns:
		return wrong("body.rows", "too_many_columns")
	case !slices.Contains(j.columns, b.Key):
		return wrong("body.key", "invalid")
	}
	if b.Format != "jsonl" {
		j.header = make([]string, 0, len(j.columns)+2+len(b.Fields))
		for _, c := range j.columns {
			j.header = append(j.header, sheet.Text(c))
		}
		j.header = append(j.header, "wuku.status", "wuku.entity")
		for _, f := range b.Fields {
			j.header = append(j.header, b.Library+"."+f)
		}
	}
	return nil
}

// cells are the caller's own values of one row, in the order of the columns.
func (j *join) cells(i int) []string {
	if j.table != nil {
		return j.table[i]
	}
	row := make([]string, len(j.columns))
	for k, c := range j.columns {
		switch v := j.body.Rows[i][c].(type) {
		case nil:
		case string:
			row[k] = v
		default:
			row[k] = cell(v)
		}
	}
	return row
}

// fill looks the next rows up and puts them on the record.
func (j *join) fill(ctx context.Context) error {
	if !slices.ContainsFunc(j.lib.Identity, func(i catalog.Identity) bool { return i.Scheme == j.body.Scheme }) {
		return problem(j.x.lang, codeScheme).at("body.scheme", "invalid")
	}
	to := min(j.at+joinPage, j.rows)
	key := slices.Index(j.columns, j.body.Key)
	by := make([]By, 0, to-j.at)
	for i := j.at; i < to; i++ {
		by = append(by, By{Scheme: j.body.Scheme, Value: j.cells(i)[key]})
	}
	j.x.leaf.Reason = "" // of the page before
	found, err := j.s.batch(ctx, j.x, j.lib, j.d, by, func(item *BatchItem, _ int, _ question, r *read.Record) {
		item.Entity, item.Values = r.Entity.String(), j.s.values(j.st, j.lib, j.d, r)
	})
	if err != nil {
		return err
	}
	for i, item := range found.Items {
		if err := j.write(j.at+i, &item); err != nil {
			return err
		}
	}
	j.at = to
	j.ended = j.at == j.rows
	return j.s.record(ctx, j.x, j.operation, j.page.Bytes())
}

// write adds one row to the page.
func (j *join) write(i int, item *BatchItem) error {
	cells := j.cells(i)
	if j.header == nil {
		line := JoinLine{Status: item.Status, Entity: item.Entity, Values: item.Values}
		if line.Row = map[string]any{}; j.table == nil {
			line.Row = j.body.Rows[i]
		} else {
			for k, c := range j.columns {
				line.Row[c] = cells[k]
			}
		}
		if err := json.MarshalWrite(&j.page, line, json.Deterministic(true)); err != nil {
			return err
		}
		return j.page.WriteByte('\n')
	}
	row := make([]string, 0, len(j.header))
	for _, c := range cells {
		row = append(row, sheet.Text(c))
	}
	row = append(row, item.Status, item.Entity)
	for _, f := range j.body.Fields {
		row = append(row, cell(item.Values[f].Value))
	}
	return j.csv(row)
}
