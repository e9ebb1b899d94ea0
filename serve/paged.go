package serve

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"wuku/catalog"
	"wuku/serve/access"
)

// paged is an answer that is not whole before its first byte leaves: each page is on the record before it is sent, and key and grant are
// looked at again before each. It belongs to the goroutine that answers.
type paged struct {
	s         *Server
	x         *exchange
	operation operation
	trailer   string      // header behind the last page: complete, or the code of what ended it
	call      access.Call // decided on before each page
	header    []string    // the first line of a table; nil: the pages are JSON lines
	media     string      // of other forms
	fill      func(context.Context) error
	st        *state
	lib       *catalog.Library
	d         access.Decision
	page      bytes.Buffer
	ended     bool // by fill: the page is the last one
}

// answer decides, makes the first page, so that what is wrong is said with a status, and hands the rest to the stream. begin sets call and
// header.
func (p *paged) answer(ctx context.Context, begin func() error, fill func(context.Context) error) (*huma.StreamResponse, error) {
	p.x.leaf.Operation, p.fill = string(p.operation.kind), fill
	err := begin()
	if err == nil {
		err = p.decide()
	}
	if err == nil {
		err = p.fill(ctx)
	}
	if err != nil {
		problem := p.s.problemOf(p.x, p.operation, err)
		p.x.leaf.Reason = problem.Code
		if err := p.s.record(ctx, p.x, p.operation, nil); err != nil {
			return nil, err
		}
		return nil, problem
	}
	return &huma.StreamResponse{Body: p.stream}, nil
}

// decide looks at the grant anew.
func (p *paged) decide() (err error) {
	p.st = p.s.current()
	p.lib = p.st.catalog.Library(p.call.Library)
	p.d, err = p.s.decide(p.x, p.call)
	return err
}

// csv adds a line of a table.
func (p *paged) csv(row []string) error {
	w := csv.NewWriter(&p.page)
	w.UseCRLF = true // RFC 4180
	if err := w.Write(row); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// stream sends page after page, for as long as the grant lasts.
func (p *paged) stream(ctx huma.Context) {
	ctx.SetHeader("Cache-Control", "no-store")
	ctx.SetHeader("Trailer", p.trailer)
	ctx.SetHeader("Content-Type", cmp.Or(p.media, map[bool]string{true: "application/jsonl", false: "text/csv; charset=utf-8"}[p.header == nil]))
	ctx.SetStatus(http.StatusOK)
	w := ctx.BodyWriter()
	if p.header != nil {
		first := bytes.Clone(p.page.Bytes())
		p.page.Reset()
		if p.csv(p.header) != nil {
			return
		}
		p.page.Write(first)
	}
	for {
		if _, err := w.Write(p.page.Bytes()); err != nil {
			return // the caller has gone
		}
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		if p.ended {
			ctx.SetHeader(p.trailer, "complete")
			return
		}
		if err := p.more(ctx.Context()); err != nil {
			problem := p.s.problemOf(p.x, p.operation, err)
			p.x.leaf.Reason, p.x.leaf.Count, p.x.leaf.Subjects = problem.Code, 0, nil
			if p.s.record(ctx.Context(), p.x, p.operation, nil) == nil {
				ctx.SetHeader(p.trailer, problem.Code)
			}
			return
		}
	}
}

// more looks whether key and grant still stand and makes the next page.
func (p *paged) more(ctx context.Context) (err error) {
	p.page.Reset()
	if p.x.book, err = p.s.cfg.Access.Now(ctx); err != nil {
		return err
	}
	if k, alive := p.x.book.Keys[p.x.caller.ID]; !alive || k.Ended(p.s.cfg.Now()) {
		return problem(p.x.lang, codeKey)
	}
	if err := p.decide(); err != nil {
		return err
	}
	return p.fill(ctx)
}
