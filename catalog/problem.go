package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says whether a problem stops a catalogue from being used.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"   // the catalogue is refused
	SeverityWarning Severity = "warning" // the catalogue works, but probably not as its author means
)

// Problem is one thing wrong with a catalogue: what, where, and what to do.
type Problem struct {
	File     string   `json:"file"`             // path within the catalogue directory, with slashes
	Line     int      `json:"line,omitempty"`   // from 1; 0 when the problem is the file itself
	Column   int      `json:"column,omitempty"` // from 1, in characters
	Path     string   `json:"path,omitempty"`   // place within the file, for example $.claims[0].fields[3].element
	Severity Severity `json:"severity"`
	Code     string   `json:"code"` // stable, for example "element.unknown"
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
	Excerpt  string   `json:"excerpt,omitempty"` // the lines around the place, with a caret under it
}

// String is the problem as a compiler would print it: place, severity, message and code on the first line, then the excerpt,
// then the hint.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	fmt.Fprintf(&b, ": %s: %s [%s]\n", p.Severity, p.Message, p.Code)
	if p.Excerpt != "" {
		b.WriteString(p.Excerpt)
	}
	if p.Hint != "" {
		fmt.Fprintf(&b, "  hint: %s\n", p.Hint)
	}
	return b.String()
}

// Errors is every problem of a catalogue, ordered by file, line, column and code. It is an error.
type Errors []Problem

// Error prints all problems and their number.
func (e Errors) Error() string {
	var b strings.Builder
	for _, p := range e {
		b.WriteString(p.String())
	}
	errs, warns := e.count()
	fmt.Fprintf(&b, "%d error(s), %d warning(s) in the catalogue", errs, warns)
	return b.String()
}

// Fatal returns the problems of severity error, or nil.
func (e Errors) Fatal() Errors { return e.only(SeverityError) }

// Warnings returns the problems of severity warning, or nil.
func (e Errors) Warnings() Errors { return e.only(SeverityWarning) }

func (e Errors) only(s Severity) Errors {
	var out Errors
	for _, p := range e {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

func (e Errors) count() (errs, warns int) {
	for _, p := range e {
		if p.Severity == SeverityWarning {
			warns++
		} else {
			errs++
		}
	}
	return errs, warns
}

func (e Errors) sort() {
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
}

// nearest returns the candidate most like name, or "" if none is near enough to be what was meant.
func nearest(name string, candidates []string) string {
	best, bestAt := "", max(len(name)/3, 1)+1
	for _, c := range candidates {
		d := distance(name, c)
		if len(name) >= 3 && strings.HasPrefix(c, name) {
			d = min(d, 1)
		}
		if d < bestAt && d < len(c) {
			best, bestAt = c, d
		}
	}
	return best
}

// distance is the number of letters to insert, remove, replace or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	var two, prev, row [65]int
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, prev = prev, row
	}
	return prev[len(b)]
}

// meant is the hint for a name that is not among the candidates: the nearest one, or all of them while they are few.
func meant(name string, candidates []string) string {
	if n := nearest(name, candidates); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	if len(candidates) == 0 {
		return "none is declared yet"
	}
	shown := slices.Clone(candidates)
	slices.Sort(shown)
	shown = slices.Compact(shown)
	if len(shown) > 16 {
		return fmt.Sprintf("one of %s and %d more", strings.Join(shown[:16], ", "), len(shown)-16)
	}
	return "one of " + strings.Join(shown, ", ")
}
