package catalog

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile is the greatest size of one catalogue file, in bytes; the largest real ones are some tens of kilobytes.
const maxFile = 1 << 20

// maxNesting is the deepest nesting that a file may have; the deepest real place is $.claims[0].fields[0].values.
const maxNesting = 64

// position is a place in a file, both from 1; columns count characters.
type position struct{ line, column int }

// source is one file: its lines, and where each path in it stands.
type source struct {
	name   string
	lines  []string
	places map[string]position
	broken bool // it has problems of structure, so nothing can be concluded from what it seems not to say
	out    *Errors
}

func newSource(name string, text []byte, out *Errors) *source {
	return &source{name: name, lines: strings.Split(string(text), "\n"), places: map[string]position{}, out: out}
}

// structural reports a problem of the file's structure at a position.
func (s *source) structural(at position, path, code, message, hint string) {
	s.broken = true
	*s.out = append(*s.out, Problem{File: s.name, Line: at.line, Column: at.column, Path: path, Severity: SeverityError,
		Code: code, Message: message, Hint: hint, Excerpt: s.excerpt(at)})
}

// find returns the position of a path, or of the nearest place around it that the file has.
func (s *source) find(path string) position {
	for {
		if p, ok := s.places[path]; ok {
			return p
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut <= 0 {
			return s.places["$"]
		}
		path = path[:cut]
	}
}

// excerpt shows the line before and the line itself with a caret under the column.
func (s *source) excerpt(at position) string {
	if at.line < 1 || at.line > len(s.lines) {
		return ""
	}
	var b strings.Builder
	for n := max(1, at.line-1); n <= at.line; n++ {
		fmt.Fprintf(&b, "  %4d | %s\n", n, shown(s.lines[n-1]))
	}
	b.WriteString("       | ")
	for i, r := range []rune(shown(s.lines[at.line-1])) {
		if i >= at.column-1 {
			break
		}
		b.WriteByte(' ')
		if wide(r) {
			b.WriteByte(' ')
		}
	}
	b.WriteString("^\n")
	return b.String()
}

// shown is a line fit for a terminal: without control characters, and not longer than a screen.
func shown(line string) string {
	line = strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, strings.TrimRight(line, "\r"))
	if r := []rune(line); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return line
}

// wide reports whether a terminal draws the character two cells wide (East Asian wide, roughly).
func wide(r rune) bool {
	return r >= 0x1100 && r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0x20000
}

// parse returns the one document of a file, or nil after reporting why there is none.
func (s *source) parse(text []byte) ast.Node {
	switch {
	case len(text) > maxFile:
		s.structural(position{}, "", "file.size", fmt.Sprintf("the file is larger than %d bytes", maxFile), "split it")
		return nil
	case !utf8.Valid(text) || strings.HasPrefix(string(text), "\ufeff"):
		s.structural(position{}, "", "file.encoding", "the file is not plain UTF-8", "save it as UTF-8 without a byte order mark")
		return nil
	}
	if at, deep := nesting(text); deep {
		s.structural(at, "", "yaml.nesting", fmt.Sprintf("nested deeper than %d levels", maxNesting), "no part of a catalogue is that deep: look for unclosed brackets")
		return nil
	}
	file, at, err := parseYAML(text)
	if err != nil {
		s.structural(at, "", "yaml.syntax", "not valid YAML: "+shown(err.Error()), "mend the line shown; indent with spaces, quote texts that begin with a sign such as @ or %")
		return nil
	}
	var body ast.Node
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			s.structural(start(d.Body), "", "yaml.documents", "more than one YAML document in a file", "one document a file: remove the line ---")
			return nil
		}
		body = d.Body
	}
	if body == nil {
		s.structural(position{line: 1, column: 1}, "", "file.empty", "the file says nothing", "remove it, or declare something in it")
	}
	return body
}

// parseYAML calls the parser; a defect of the parser becomes an error, since a catalogue comes from outside.
func parseYAML(text []byte) (file *ast.File, at position, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, errors.New("the parser cannot read it")
		}
	}()
	file, err = parser.ParseBytes(text, parser.ParseComments, parser.AllowDuplicateMapKey())
	var y yaml.Error
	if errors.As(err, &y) {
		if tk := y.GetToken(); tk != nil && tk.Position != nil {
			at = position{line: tk.Position.Line, column: tk.Position.Column}
		}
		return nil, at, errors.New(y.GetMessage())
	}
	return file, at, err
}

// nesting finds a place nested too deep for the recursive parser: by brackets, by indentation, or by signs on one line. Brackets
// in quotes do not count.
func nesting(text []byte) (position, bool) {
	depth := 0
	for n, line := range strings.Split(string(text), "\n") {
		bare := unquoted(line)
		signs := 0
		for i, r := range bare {
			switch r {
			case '[', '{':
				depth++
			case ']', '}':
				depth = max(depth-1, 0)
			case '-', '?', ':', '!', '&', '*':
				signs++
			case ' ':
			default:
				signs = 0
			}
			if depth > maxNesting || signs > maxNesting {
				return position{line: n + 1, column: utf8.RuneCountInString(bare[:i]) + 1}, true
			}
		}
		if indent := len(line) - len(strings.TrimLeft(line, " ")); indent > 4*maxNesting {
			return position{line: n + 1, column: indent + 1}, true
		}
	}
	return position{}, false
}

// unquoted replaces what stands in quotes on one line by letters, so that it is looked at no further; places stay the same.
func unquoted(line string) string {
	out := []rune(line)
	start, last := -1, ' ' // where the open quote stands; the last character that is no space
	for i, r := range out {
		switch {
		case start < 0 && (r == '"' || r == '\'') && strings.ContainsRune(" :[{,-?", last):
			start = i
		case start >= 0 && r == out[start] && (r != '"' || out[i-1] != '\\'):
			for j := start + 1; j < i; j++ {
				out[j] = 'x'
			}
			start = -1
		}
		if r != ' ' {
			last = r
		}
	}
	return string(out)
}
