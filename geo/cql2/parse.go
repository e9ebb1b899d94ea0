package cql2

import (
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb/encoding/wkt"
)

// Parse reads a filter in the text encoding.
func Parse(s string) (Node, error) {
	if len(s) > maxLength {
		return nil, &Error{-1, "it is longer than 65,536 bytes"}
	}
	tokens, err := lex(s)
	if err != nil {
		return nil, err
	}
	if len(tokens) > maxNodes {
		return nil, &Error{-1, "it has too many parts"}
	}
	p := &parser{source: s, tokens: tokens}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != end {
		return nil, p.wrong(t, "the filter should end here")
	}
	return n, nil
}

// parser goes through the tokens once, by precedence: or, and, not, comparisons, sums, products, powers, signs.
type parser struct {
	source string
	tokens []token
	at     int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) wrong(t token, what string) error {
	if t.kind == end {
		what += ", but the filter ends"
	} else {
		what += ", not " + t.text
	}
	return &Error{t.at, what}
}

func (p *parser) want(s string) error {
	if t := p.next(); !t.isSymbol(s) {
		return p.wrong(t, "a "+s+" is wanted")
	}
	return nil
}

// deeper guards against nesting without end.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return &Error{p.peek().at, "it is nested too deep"}
	}
	return nil
}

// Precedences.
const (
	precOr = iota + 1
	precAnd
	precNot
	precCompare
	precSum
	precProduct
	precPower
)

// infix tells the precedence of a token between two expressions; 0 for none.
func infix(t token) (string, int) {
	switch {
	case t.is("or"):
		return "or", precOr
	case t.is("and"):
		return "and", precAnd
	case t.is("div"):
		return "div", precProduct
	case t.kind != symbol:
		return "", 0
	}
	switch t.text {
	case "=", "<>", "<", ">", "<=", ">=":
		return t.text, precCompare
	case "+", "-":
		return t.text, precSum
	case "*", "/", "%":
		return t.text, precProduct
	case "^":
		return t.text, precPower
	}
	return "", 0
}

func (p *parser) expression(above int) (Node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	left, err := p.prefix()
	for err == nil {
		t := p.peek()
		if above < precCompare && (t.is("not") || t.is("like") || t.is("between") || t.is("in") || t.is("is")) {
			left, err = p.predicate(left)
			continue
		}
		op, prec := infix(t)
		if prec == 0 || prec <= above {
			return left, nil
		}
		p.next()
		var right Node
		if right, err = p.expression(prec); err == nil {
			left = join(op, prec, left, right)
		}
	}
	return nil, err
}

// join makes one operator; chains of and and of or are one operator with many arguments.
func join(op string, prec int, left, right Node) Node {
	if o, ok := left.(*Op); ok && o.Name == op && prec <= precAnd {
		return &Op{op, append(slices.Clone(o.Args), right)}
	}
	return &Op{op, []Node{left, right}}
}

// predicate reads like, between, in and is null behind their first argument.
func (p *parser) predicate(left Node) (Node, error) {
	t := p.next()
	if t.is("is") {
		n := p.next()
		not := n.is("not")
		if not {
			n = p.next()
		}
		if !n.is("null") {
			return nil, p.wrong(n, "null is wanted")
		}
		return negated(&Op{"isNull", []Node{left}}, not), nil
	}
	not := t.is("not")
	if not {
		t = p.next()
	}
	switch {
	case t.is("like"):
		pattern, err := p.expression(precCompare)
		return negated(&Op{"like", []Node{left, pattern}}, not), err
	case t.is("between"):
		low, err := p.expression(precCompare)
		if err != nil {
			return nil, err
		}
		if t := p.next(); !t.is("and") {
			return nil, p.wrong(t, "and is wanted")
		}
		high, err := p.expression(precCompare)
		return negated(&Op{"between", []Node{left, low, high}}, not), err
	case t.is("in"):
		list, err := p.list()
		return negated(&Op{"in", []Node{left, List(list)}}, not), err
	}
	return nil, p.wrong(t, "like, between or in is wanted")
}

func negated(n Node, not bool) Node {
	if not {
		return &Op{"not", []Node{n}}
	}
	return n
}

// list reads ( a , b … ).
func (p *parser) list() ([]Node, error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	list := []Node{}
	if p.peek().isSymbol(")") {
		p.next()
		return list, nil
	}
	for {
		n, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
		if t := p.next(); t.isSymbol(")") {
			return list, nil
		} else if !t.isSymbol(",") {
			return nil, p.wrong(t, "a , or ) is wanted")
		}
	}
}

// prefix reads what stands before any operator.
func (p *parser) prefix() (Node, error) {
	t := p.next()
	switch t.kind {
	case text:
		return Text(t.text), nil
	case number:
		return Number(t.num), nil
	case quotedWord:
		return Property(t.text), nil
	case symbol:
		return p.symbol(t)
	case word:
		return p.word(t)
	}
	return nil, p.wrong(t, "a value is wanted")
}

func (p *parser) symbol(t token) (Node, error) {
	switch t.text {
	case "(":
		return p.group()
	case "-", "+":
		n, err := p.expression(precPower)
		if v, ok := n.(Number); ok {
			if t.text == "-" {
				v = -v
			}
			return v, err
		}
		if t.text == "-" {
			n = &Op{"*", []Node{Number(-1), n}}
		}
		return n, err
	}
	return nil, p.wrong(t, "a value is wanted")
}

// group reads an expression in brackets, or an array.
func (p *parser) group() (Node, error) {
	p.at--
	open := p.peek()
	list, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(list) == 1 {
		return list[0], nil
	}
	if len(list) == 0 {
		return nil, &Error{open.at, "there is nothing in the brackets"}
	}
	return List(list), nil
}

// shapes begin geometry literals.
var shapes = []string{"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION"}

func (p *parser) word(t token) (Node, error) {
	called := p.peek().isSymbol("(")
	upper := strings.ToUpper(t.text)
	switch {
	case upper == "NOT":
		n, err := p.expression(precNot)
		return &Op{"not", []Node{n}}, err
	case upper == "TRUE" || upper == "FALSE":
		return Bool(upper == "TRUE"), nil
	case slices.Contains(shapes, upper) && (called || p.peek().is("z") || p.peek().is("empty")):
		return p.geometry(t)
	case !called:
		if slices.Contains([]string{"AND", "OR", "LIKE", "BETWEEN", "IN", "IS", "NULL", "DIV"}, upper) {
			return nil, p.wrong(t, "a value is wanted")
		}
		return Property(t.text), nil
	case upper == "DATE" || upper == "TIMESTAMP":
		return p.instant(t, upper)
	case upper == "INTERVAL":
		return p.interval(t)
	case upper == "BBOX":
		return p.bbox(t)
	}
	args, err := p.list()
	return &Op{function(t.text), args}, err
}

// function is a function's name: the standard's own in the letters of the JSON encoding, others as they are written.
func function(name string) string {
	low := strings.ToLower(name)
	if isSpatial(low) || isTemporal(low) || isArray(low) || low == "casei" || low == "accenti" {
		if j, ok := jsonNames[low]; ok {
			return j
		}
		return low
	}
	return name
}

// flat leaves the heights of WKT away: places have none to compare them with.
func flat(text string) string {
	var out strings.Builder
	count := 0 // words of the coordinate
	for len(text) > 0 {
		i := strings.IndexAny(text, "(), \t\r\n")
		switch {
		case i < 0:
			i = len(text)
		case i == 0:
			if out.WriteByte(text[0]); text[0] == '(' || text[0] == ',' {
				count = 0
			}
			text = text[1:]
			continue
		}
		word := text[:i]
		text = text[i:]
		if strings.EqualFold(word, "z") {
			continue
		}
		if count++; count != 3 {
			out.WriteString(word)
		}
	}
	return out.String()
}

// geometry reads a geometry literal: up to its closing bracket it is WKT.
func (p *parser) geometry(t token) (Node, error) {
	open := 0
	for {
		n := p.next()
		switch {
		case n.kind == end:
			return nil, p.wrong(n, "a ) is wanted")
		case n.isSymbol("("):
			open++
		case n.isSymbol(")"):
			open--
		}
		if open == 0 && (n.isSymbol(")") || n.is("empty")) {
			g, err := wkt.Unmarshal(flat(p.source[t.at : n.at+len(n.text)]))
			if err != nil || g == nil {
				return nil, &Error{t.at, "it is no geometry in WKT of two or three dimensions"}
			}
			return Geometry{g}, nil
		}
	}
}

func (p *parser) instant(t token, upper string) (Node, error) {
	args, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(args) == 1 {
		if v, ok := args[0].(Text); ok {
			n := instantOf(string(v))
			if _, isDate := n.(Date); isDate && upper == "DATE" {
				return n, nil
			}
			if _, isTime := n.(Timestamp); isTime && upper == "TIMESTAMP" {
				return n, nil
			}
		}
	}
	return nil, &Error{t.at, upper + " wants one text: a day such as 2024-12-31, or an instant such as 2024-12-31T12:00:00Z"}
}

// instantOf tells a day from an instant; nil for neither.
func instantOf(s string) Node {
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return Date(s)
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return Timestamp(s)
	}
	return nil
}

func (p *parser) interval(t token) (Node, error) {
	args, err := p.list()
	if err != nil {
		return nil, err
	}
	if len(args) != 2 {
		return nil, &Error{t.at, "INTERVAL wants two ends"}
	}
	for i, a := range args {
		if args[i], err = intervalEnd(a); err != nil {
			return nil, &Error{t.at, err.Error()}
		}
	}
	return Interval{args[0], args[1]}, nil
}

// intervalEnd reads one end of an interval.
func intervalEnd(n Node) (Node, error) {
	switch n := n.(type) {
	case Property, Date, Timestamp, *Op:
		return n, nil
	case Text:
		if n == ".." {
			return n, nil
		}
		if v := instantOf(string(n)); v != nil {
			return v, nil
		}
	}
	return nil, &Error{-1, "an end of an interval is a day, an instant, a property or '..'"}
}

func (p *parser) bbox(t token) (Node, error) {
	args, err := p.list()
	if err != nil {
		return nil, err
	}
	var out BBox
	for _, a := range args {
		v, ok := a.(Number)
		if !ok {
			return nil, &Error{t.at, "BBOX wants numbers"}
		}
		out = append(out, float64(v))
	}
	if len(out) != 4 && len(out) != 6 {
		return nil, &Error{t.at, "BBOX wants four or six numbers"}
	}
	return out, nil
}
