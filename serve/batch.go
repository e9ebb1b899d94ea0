package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
)

// How many entities one call may ask about, and how large its body may be.
const (
	maxLookups     = 1000
	maxVerifies    = 10_000
	maxBatchLength = 8 << 20
)

// BatchLookupBody is a lookup of several entities. 批量查询
type BatchLookupBody struct {
	By      []By     `json:"by" minItems:"1" maxItems:"1000" nullable:"false"`
	Fields  []string `json:"fields" minItems:"1" maxItems:"200" nullable:"false" doc:"Elements; one outside the grant refuses the whole call"`
	Purpose string   `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string   `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string   `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

// BatchVerifyBody is a verification of several entities. 批量核验
type BatchVerifyBody struct {
	Items   []VerifyItem `json:"items" minItems:"1" maxItems:"10000" nullable:"false"`
	Purpose string       `json:"purpose,omitempty" maxLength:"100" doc:"What for: one of your grant's purposes"`
	Grant   string       `json:"grant,omitempty" maxLength:"100" doc:"Which grant, where several fit"`
	Case    string       `json:"case,omitempty" maxLength:"100" doc:"Number of the case"`
}

// VerifyItem is one entity with the values that the caller has.
type VerifyItem struct {
	By     By             `json:"by"`
	Values map[string]any `json:"values" minProperties:"1" maxProperties:"50"`
}

type batchLookupInput = inLibrary[BatchLookupBody]
type batchVerifyInput = inLibrary[BatchVerifyBody]

// BatchItem is the answer to one of several questions, in their order.
type BatchItem struct {
	Status  string            `json:"status" doc:"found, not_found, or the code of what is wrong with the question"`
	Entity  string            `json:"entity,omitempty"`
	Level   int               `json:"level,omitzero" doc:"Of a lookup: the highest level of its values"`
	Values  map[string]Value  `json:"values,omitempty" doc:"Of a lookup"`
	Results map[string]string `json:"results,omitempty" doc:"Of a verification: match, differs or unknown"`
}

// BatchAnswer is the answer to several questions.
type BatchAnswer struct {
	Library string      `json:"library"`
	Grant   string      `json:"grant"`
	Items   []BatchItem `json:"items" nullable:"false"`
	Found   int         `json:"found"`
}

func (s *Server) batchRoutes() {
	register(s, operation{id: "lookup-batch", method: http.MethodPost, path: "/api/v1/lookup/{library}/batch", kind: access.Lookup, tag: "base libraries", maxBody: maxBatchLength,
		summary: "Look several entities up 批量查询", text: "Up to 1,000; answers in the order of the questions."}, s.lookupBatch)
	register(s, operation{id: "verify-batch", method: http.MethodPost, path: "/api/v1/verify/{library}/batch", kind: access.Check, tag: "base libraries", maxBody: maxBatchLength,
		summary: "Verify values of several entities 批量核验", text: "Up to 10,000; answers in the order of the questions."}, s.verifyBatch)
}

func (s *Server) lookupBatch(ctx context.Context, x *exchange, in *batchLookupInput) (*BatchAnswer, error) {
	b := &in.Body
	d, err := s.decide(x, access.Call{Operation: access.Lookup, Library: in.Library, Fields: b.Fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case})
	if err != nil {
		return nil, err
	}
	st := s.current()
	lib := st.catalog.Library(in.Library)
	return s.batch(ctx, x, lib, d, b.By, func(item *BatchItem, _ int, _ question, r *read.Record) {
		item.Entity, item.Values = r.Entity.String(), s.values(st, lib, d, r)
		item.Level = levelOf(item.Values)
	})
}

func (s *Server) verifyBatch(ctx context.Context, x *exchange, in *batchVerifyInput) (*BatchAnswer, error) {
	b := &in.Body
	named := map[string]bool{}
	by := make([]By, len(b.Items))
	for i := range b.Items {
		by[i] = b.Items[i].By
		for name := range b.Items[i].Values {
			named[name] = true
		}
	}
	fields := make([]string, 0, len(named))
	for name := range named {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	d, err := s.decide(x, access.Call{Operation: access.Check, Library: in.Library, Fields: fields, Grant: b.Grant, Purpose: b.Purpose, Case: b.Case})
	if err != nil {
		return nil, err
	}
	st := s.current()
	lib := st.catalog.Library(in.Library)
	return s.batch(ctx, x, lib, d, by, func(item *BatchItem, i int, q question, r *read.Record) {
		var err error
		if item.Results, err = s.compared(st, lib, d, q, r, b.Items[i].Values); err != nil {
			item.Status = access.TriesSpent
		}
	})
}

// batch reads what several questions ask for and lets fill make the answer to each that has one.
func (s *Server) batch(ctx context.Context, x *exchange, lib *catalog.Library, d access.Decision, by []By, fill func(*BatchItem, int, question, *read.Record)) (*BatchAnswer, error) {
	out := &BatchAnswer{Library: lib.Name, Grant: d.Grant(), Items: make([]BatchItem, len(by))}
	questions := make([]question, 0, len(by))
	places := make([]int, 0, len(by))
	for i := range by {
		q, err := s.anchorOf(x, lib, by[i])
		if err != nil {
			out.Items[i].Status = faultOf(err)
			continue
		}
		questions, places = append(questions, q), append(places, i)
	}
	if err := s.admit(d, questions...); err != nil {
		return nil, err
	}
	ids := make([]entity.ID, len(questions))
	for i := range questions {
		ids[i] = questions[i].id
	}
	x.leaf.Subjects = s.subjects(ids)
	records, hidden, err := s.reads.Entities(ctx, d, ids)
	if err != nil {
		return nil, err
	}
	if hidden > 0 {
		x.leaf.Reason = "area"
	}
	for i, q := range questions {
		r := records[q.id]
		if err := s.outcome(ctx, d, q, r != nil); err != nil {
			return nil, err
		}
		item := &out.Items[places[i]]
		if r == nil {
			item.Status = codeNotFound
			continue
		}
		item.Status = "found"
		out.Found++
		if r.Entity != q.id {
			x.leaf.Subjects = append(x.leaf.Subjects, s.subject(r.Entity))
		}
		fill(item, places[i], q, r)
	}
	x.leaf.Count = out.Found
	return out, nil
}

// faultOf is the code of what is wrong with one question.
func faultOf(err error) string {
	var p *Problem
	if errors.As(err, &p) {
		return p.Code
	}
	return codeRequest
}
