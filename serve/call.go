package serve

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// maxBody bounds request bodies in bytes.
const maxBody = 64 << 10

// raw is an answer whose bytes are known before they leave: their digest is in the audit log.
type raw struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Language    string `header:"Content-Language"`
	Auth        string `header:"WWW-Authenticate"`
	Retry       string `header:"Retry-After"`
	Cache       string `header:"Cache-Control"`
	ETag        string `header:"ETag"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// document is an answer that is no JSON: a table, a page, an archive. name is that of the file where it is to be saved.
type document struct {
	media, name string
	body        []byte
}

// tagged is an answer about something with a state that changes: its ETag names the state.
type tagged interface{ etag() string }

// operation is what register needs beside the types.
type operation struct {
	id, method, path string
	summary, text    string
	kind             access.Operation
	tag              string
	cache            string // Cache-Control where the answer is public
	etag             bool   // the answer has an ETag, and If-None-Match is answered with 304
	status           int    // of a good answer; 0: 200
	maxBody          int64  // of a request, in bytes; 0: maxBody
	media            string // of an answer that is a document, with commas where it may be one of several; "": JSON
}

// public operations take no key and leave no leaf: they tell everybody the same.
func (o operation) public() bool {
	return o.kind == access.Overview || o.kind == access.Statistics || o.kind == access.Trust
}

// good is the status of a good answer.
func (o operation) good() int {
	if o.status != 0 {
		return o.status
	}
	return http.StatusOK
}

// longest is the most bytes that a request may have.
func (o operation) longest() int64 {
	if o.maxBody != 0 {
		return o.maxBody
	}
	return maxBody
}

// register declares an operation: huma checks the input against type I, answer puts O on the record before it leaves.
func register[I, O any](s *Server, o operation, h func(ctx context.Context, x *exchange, in *I) (*O, error)) {
	schemas := s.api.OpenAPI().Components.Schemas
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Description: o.text, Tags: []string{o.tag},
		MaxBodyBytes: o.longest(), RejectUnknownQueryParameters: true,
		Responses: map[string]*huma.Response{strconv.Itoa(o.good()): {Description: http.StatusText(o.good()), Content: map[string]*huma.MediaType{}}},
		Errors:    []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable},
	}
	if content := op.Responses[strconv.Itoa(o.good())].Content; o.media != "" {
		for media := range strings.SplitSeq(o.media, ",") {
			content[media] = &huma.MediaType{}
		}
	} else {
		content["application/json"] = &huma.MediaType{Schema: huma.SchemaFromType(schemas, reflect.TypeFor[O]())}
	}
	if !o.public() {
		op.Security = []map[string][]string{{"key": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
		if o.method != http.MethodGet { // what is done may not fit a state, or come too late
			op.Errors = append(op.Errors, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
		}
		op.Middlewares = huma.Middlewares{s.wantKey}
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*raw, error) {
		x := exchangeOf(ctx)
		x.leaf.Operation = string(o.kind)
		return s.answer(ctx, x, o, func() (any, error) {
			out, err := h(ctx, x, in)
			if err != nil {
				return nil, err
			}
			return out, nil
		})
	})
}

// wantKey refuses nobody before the request's content is looked at.
func (s *Server) wantKey(ctx huma.Context, next func(huma.Context)) {
	x := exchangeOf(ctx.Context())
	if x.caller.ID != "" {
		next(ctx)
		return
	}
	ctx.SetHeader("WWW-Authenticate", `Bearer realm="wuku"`)
	p := problem(x.lang, access.NoKey)
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetHeader("Content-Language", p.lang)
	ctx.SetStatus(p.Status)
	if body, err := json.Marshal(p); err == nil {
		_, _ = ctx.BodyWriter().Write(body) // the caller has gone: nobody is left to tell
	}
}

// errPanic stands for a panic in an operation.
var errPanic = errors.New("panic")

// answer makes the whole answer, puts it on the record, and only then gives it away.
func (s *Server) answer(ctx context.Context, x *exchange, o operation, h func() (any, error)) (*raw, error) {
	out, err := s.guarded(o, h)
	if errors.Is(err, errPanic) {
		x.leaf.Decision, x.leaf.Reason = trust.Failed, codeInternal
		if err := s.record(ctx, x, o, nil); err != nil {
			return nil, err
		}
		return &raw{Status: http.StatusInternalServerError}, nil
	}
	a := &raw{Status: o.good(), ContentType: "application/json", Cache: "no-store"}
	if o.cache != "" {
		a.Cache = o.cache
	}
	var body any = out
	if err != nil {
		p := s.problemOf(x, o, err)
		a.Status, a.ContentType, a.Language, a.Cache, body = p.Status, p.ContentType(""), x.lang, "no-store", p
		x.leaf.Reason = p.Code
		a.Retry = retryAfter(p, s.cfg.Now())
	}
	if doc, ok := body.(*document); ok && err == nil {
		a.ContentType, a.Body = doc.media, doc.body
		if doc.name != "" {
			a.Disposition = `attachment; filename="` + doc.name + `"`
		}
	} else if a.Body, err = json.Marshal(body); err != nil {
		s.cfg.Log.Error("answer cannot be written", "operation", o.id, "error", cause(err))
		return nil, problem(x.lang, codeInternal)
	}
	if err := s.record(ctx, x, o, a.Body); err != nil {
		return nil, err
	}
	if t, ok := body.(tagged); ok {
		a.ETag = t.etag()
	}
	if o.etag && a.Status == http.StatusOK {
		a.tag(x.match)
	}
	return a, nil
}

// retryAfter is in how many seconds a refused call may be made again: a day's budget comes back at midnight. "" for what does not mend itself.
func retryAfter(p *Problem, now time.Time) string {
	switch {
	case p.Status == http.StatusTooManyRequests && strings.HasPrefix(p.Code, "budget."):
		return strconv.Itoa(int(access.NextDay(now).Sub(now)/time.Second) + 1)
	case p.Status == http.StatusTooManyRequests, p.Status == http.StatusServiceUnavailable:
		return "1"
	}
	return ""
}

// tag gives an answer its ETag, and empties it when the caller has it already.
func (a *raw) tag(match string) {
	sum := sha256.Sum256(a.Body)
	a.ETag = `"` + hex.EncodeToString(sum[:12]) + `"`
	for one := range strings.SplitSeq(match, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == a.ETag {
			a.Status, a.Body, a.ContentType = http.StatusNotModified, nil, ""
		}
	}
}

// guarded runs an operation and turns a panic into an error: what it was about to say stays unsaid.
func (s *Server) guarded(o operation, h func() (any, error)) (out any, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.cfg.Log.Error("panic in an operation", "operation", o.id, "stack", string(debug.Stack())) // the cause may hold values; a stack holds addresses
			out, err = nil, errPanic
		}
	}()
	return h()
}

// problemOf says what an error is to the outside, and what to the record. What nobody outside may know is logged.
func (s *Server) problemOf(x *exchange, o operation, err error) *Problem {
	var p *Problem
	var refusal *access.Refusal
	switch {
	case errors.As(err, &p):
	case errors.As(err, &refusal):
		x.leaf.Decision = trust.Denied
		p = problem(x.lang, refusal.Code)
		p.Purposes = refusal.Purposes
	case errors.Is(err, read.ErrHidden):
		x.leaf.Decision = trust.Denied // to the caller it looks as if there were none
		p = problem(x.lang, codeNotFound)
	case errors.Is(err, read.ErrNotFound):
		p = problem(x.lang, codeNotFound)
	case roomCode(err) != "":
		if errors.Is(err, ErrNotYours) {
			x.leaf.Decision = trust.Denied
		}
		p = problem(x.lang, roomCode(err))
	case refusedIn(err) != "":
		x.leaf.Decision = trust.Denied
		p = problem(x.lang, refusedIn(err))
	case errors.Is(err, trust.ErrKey): // ended since the call began
		x.leaf.Decision = trust.Denied
		p = problem(x.lang, codeKey)
	case errors.Is(err, trust.ErrRange):
		p = problem(x.lang, codeNotFound)
	default:
		level := slog.LevelError
		if errors.Is(err, context.Canceled) { // the caller has gone
			level = slog.LevelInfo
		}
		s.cfg.Log.Log(context.Background(), level, "operation failed", "operation", o.id, "error", cause(err))
		x.leaf.Decision = trust.Failed
		p = problem(x.lang, codeEngine)
	}
	if x.leaf.Decision == "" {
		x.leaf.Decision = trust.Denied // nothing was decided: the request was wrong
	}
	return p
}

// refusedIn is the code of an access.Refused, "" for another error.
func refusedIn(err error) string {
	var r *access.Refused
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// mostSubjects is how many entities one leaf names at most: a leaf is a line that readers of the log hold whole.
const mostSubjects = 20_000

// record makes the leaf durable behind those of further libraries. It is the last thing before an answer leaves.
func (s *Server) record(ctx context.Context, x *exchange, o operation, body []byte) error {
	if o.public() {
		return nil
	}
	if body != nil {
		sum := sha256.Sum256(body)
		x.leaf.Digest = hex.EncodeToString(sum[:])
	}
	leaves := append(slices.Clone(x.further), x.leaf)
	for i := 0; i < len(leaves); i++ { // one of very many subjects is several
		if many := leaves[i].Subjects; len(many) > mostSubjects {
			rest := leaves[i]
			leaves[i].Subjects, rest.Subjects = many[:mostSubjects], many[mostSubjects:]
			leaves = slices.Insert(leaves, i+1, rest)
		}
	}
	for i := range leaves {
		leaf := &leaves[i]
		leaf.Operation, leaf.Digest = x.leaf.Operation, x.leaf.Digest
		leaf.Time, leaf.Caller, leaf.Client, leaf.Role = s.cfg.Now(), x.caller.ID, x.caller.Client, x.caller.Role
		if leaf.Decision == "" {
			leaf.Decision = trust.Allowed
		}
	}
	if _, err := s.audit.Append(ctx, leaves...); err != nil {
		if ctx.Err() == nil { // else the caller has gone: the leaf is written, and nobody gets the answer
			s.cfg.Log.Error("audit log", "error", cause(err))
			s.metrics.unaudited.Inc()
		}
		return problem(x.lang, codeAudit)
	}
	for i := range leaves {
		s.metrics.decided(o.kind, leaves[i].Decision)
	}
	return nil
}

// decide is the choke point: no operation reads before it, and package read wants its answer. It notes the call for the record.
func (s *Server) decide(x *exchange, call access.Call) (access.Decision, error) {
	st := s.current()
	x.leaf.Library, x.leaf.Case, x.leaf.Columns = call.Library, call.Case, known(st, call.Library, call.Fields)
	if identifies(call.Case) || slices.ContainsFunc(likeNumber.FindAllString(call.Case, -1), identifies) {
		x.leaf.Case = ""
		return access.Decision{}, problem(x.lang, codeCase)
	}
	if lib := st.catalog.Library(call.Library); lib != nil {
		call.Division, call.Above = divisionOf(lib), above(lib, x.caller.Level)
	}
	d, refusal := access.Decide(s.cfg.Now(), x.caller, x.grants(), call)
	if refusal != nil {
		return d, refusal
	}
	x.leaf.Grant, x.leaf.Purpose, x.leaf.Decision = d.Grant(), call.Purpose, trust.Allowed
	if d.Grant() == "" {
		x.leaf.Purpose = "" // free text that no grant has vouched for
	}
	if len(call.Fields) == 0 && d.Grant() != "" {
		x.leaf.Columns = d.Fields()
	}
	return d, nil
}

// grants are those of the caller.
func (x *exchange) grants() []access.Grant {
	if x.book == nil {
		return nil
	}
	return x.book.Grants[x.caller.Client]
}

// above are the elements of a library above a caller's level; none for a caller without one.
func above(lib *catalog.Library, level int) (names []string) {
	for i := range lib.Elements {
		if level > 0 && lib.Elements[i].Level > level {
			names = append(names, lib.Elements[i].Name)
		}
	}
	return names
}

// divisionOf is the element that tells an entity's division; "" where there is none.
func divisionOf(lib *catalog.Library) string {
	for i := range lib.Elements {
		if lib.Elements[i].Division {
			return lib.Elements[i].Name
		}
	}
	return ""
}

// known keeps the names that are elements of the library: others came from the caller and may be anything.
func known(st *state, library string, fields []string) []string {
	lib := st.catalog.Library(library)
	var names []string
	for _, f := range fields {
		if lib != nil && lib.Element(f) != nil {
			names = append(names, f)
		} else {
			names = append(names, "?")
		}
	}
	return names
}

// identifies reports whether a text is somebody's number.
func identifies(text string) bool {
	for _, scheme := range []string{entity.SchemeCitizen, entity.SchemePermit} {
		if _, fault := entity.Normalise(scheme, nil, []byte(text)); fault == nil {
			return true
		}
	}
	return false
}
