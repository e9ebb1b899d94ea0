package serve

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	xlanguage "golang.org/x/text/language"
)

// Problem is an RFC 9457 problem document. It never holds a value that a caller sent or that a table holds.
type Problem struct {
	Type     string         `json:"type" doc:"urn:wuku:problem: and the code"`
	Title    string         `json:"title" doc:"What is wrong, in Chinese or English by Accept-Language"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail" doc:"What to do"`
	Code     string         `json:"code" doc:"Stable code for programs"`
	Errors   []ProblemError `json:"errors,omitempty" doc:"Where the request is wrong"`
	Purposes []string       `json:"purposes,omitempty" doc:"With purpose.unknown: what your grants allow"`
	lang     string
	Faults   []string `json:"faults,omitempty" doc:"With catalog.invalid: what is wrong with the catalogue that was sent, where, and what to do"`
}

// ProblemError is one place of a request that is wrong.
type ProblemError struct {
	Location string `json:"location" doc:"Such as body.purpose; names that the operation does not know are written as ?"`
	Code     string `json:"code" doc:"required, unexpected, invalid, or the code of an identifier's fault"`
}

// Error is the code.
func (p *Problem) Error() string { return "problem " + p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// problem makes the document of a code.
func problem(lang, code string) *Problem {
	t, ok := problemTexts[code]
	if !ok {
		t = problemTexts[codeInternal]
	}
	p := &Problem{Type: "urn:wuku:problem:" + code, Status: t.status, Code: code, Title: t.title[0], Detail: t.detail[0], lang: langZH}
	if lang == langEN {
		p.Title, p.Detail, p.lang = t.title[1], t.detail[1], langEN
	}
	return p
}

// at adds a place.
func (p *Problem) at(location, code string) *Problem {
	p.Errors = append(p.Errors, ProblemError{Location: location, Code: code})
	return p
}

// The languages of problems and pages.
const (
	langZH = "zh"
	langEN = "en"
)

// language picks Chinese or English: the one of the two that Accept-Language wants more, Chinese when it names neither.
func language(accept string) string {
	tags, weights, err := xlanguage.ParseAcceptLanguage(accept)
	if err != nil {
		return langZH
	}
	for i, tag := range tags { // sorted by weight
		if base, _ := tag.Base(); weights[i] > 0 && (base.String() == langZH || base.String() == langEN) {
			return base.String()
		}
	}
	return langZH
}

var problemsOnce sync.Once

// useProblems makes huma's own errors problems of ours. The hooks are huma's package variables; they are set once and stay.
func useProblems() {
	problemsOnce.Do(func() {
		huma.NewError = func(status int, _ string, errs ...error) huma.StatusError { return fromHuma(langZH, status, errs) }
		huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
			lang := langZH
			if ctx != nil {
				lang = language(ctx.Header("Accept-Language"))
			}
			return fromHuma(lang, status, errs)
		}
	})
}

// mostErrors is how many faults of one request are told.
const mostErrors = 50

// fromHuma turns a refusal of huma into a problem. Messages and values are dropped: they hold what was sent.
func fromHuma(lang string, status int, errs []error) *Problem {
	var p *Problem
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestTimeout:
		p = problem(lang, codeRequest)
	case http.StatusRequestEntityTooLarge:
		return problem(lang, codeLarge)
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return problem(lang, codeMedia)
	case 0: // huma asks for an example of the type
		return &Problem{}
	default:
		return problem(lang, codeInternal)
	}
	for _, err := range errs[:min(len(errs), mostErrors)] {
		detailer, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		d := detailer.ErrorDetail()
		location, code := knownLocation(d.Location), "invalid"
		const required = "expected required property "
		switch {
		case strings.HasPrefix(d.Message, required):
			name, _, _ := strings.Cut(d.Message[len(required):], " ")
			location, code = knownLocation(d.Location+"."+name), "required"
		case strings.HasPrefix(d.Message, "required "):
			code = "required"
		case strings.HasPrefix(d.Message, "unexpected property"), strings.HasPrefix(d.Message, "unknown query"):
			code = "unexpected"
		}
		p.at(location, code)
	}
	return p
}

// requestNames are the names that may stand in a problem's location; any other name came from the caller.
var requestNames = []string{"body", "path", "query", "header", "by", "scheme", "value", "entity", "fields", "values", "purpose", "grant", "case",
	"library", "id", "after", "terms", "columns", "operations", "purposes", "area", "to", "basis", "client", "title", "reason", "state", "rate", "subjects",
	"text", "level", "items", "days", "match", "element", "known_at", "valid_at", "open", "rule", "feed", "format", "proposed", "accept", "presentation", "audience", "minutes", "status_list", "Idempotency-Key", "limit", "from", "size", "older", "newer", "index", "name", "department", "overdue", "closed", "sort", "note", "evidence", "uphold", "period", "form", "encoding", "decision", "ids", "linked", "decided", "topic", "partition", "offset", "If-Match", "Wuku-Purpose", "Wuku-Grant", "Wuku-Case",
	"matter", "parties", "division", "channel", "brought", "presentations", "number", "bundle",
	"revision", "as_of", "q", "urgency", "item"}

func knownLocation(location string) string {
	parts := strings.Split(location, ".")
	for i, part := range parts {
		name, index, indexed := strings.Cut(part, "[")
		_, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if !slices.Contains(requestNames, name) || indexed && err != nil {
			parts[i] = "?"
		}
	}
	return strings.Join(parts, ".")
}
