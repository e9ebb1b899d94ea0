package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Types of expressions.
const (
	ExprText   = "text"
	ExprNumber = "number"
	ExprDate   = "date"
	ExprTime   = "datetime"
	ExprBool   = "bool"
)

// Ops of Expr that are no comparison or arithmetic sign. Signs stand for themselves: = != < <= > >= + -.
const (
	OpElement = "element" // Name of As
	OpText    = "text"    // Text
	OpNumber  = "number"  // Text
	OpBool    = "bool"    // Text
	OpCall    = "call"    // function Name of Args
	OpAnd     = "and"
	OpOr      = "or"
	OpNot     = "not"
	OpIn      = "in" // Args[0] is one of the others
)

// Expr is an expression of a rule as a tree, checked: every name is known and every operand has a fitting type. The language has
// no loops, no subqueries and a closed list of functions (Functions), so that whoever may edit a rule can do nothing but compare.
// It is immutable.
type Expr struct {
	Op   string
	Args []*Expr
	As   string // of an element: the relation it belongs to; "" for the record itself
	Name string
	Text string
	Type string
}

// Scope returns the type of an element, of the record itself or (as) of a related one; ok is false for an unknown name.
type Scope func(as, element string) (kind string, ok bool)

// Function is one function that expressions may call.
type Function struct {
	Args []string // types; "any" fits all
	Type string
	What string
}

// Functions returns the functions by name.
func Functions() map[string]Function {
	return map[string]Function{
		"present":  {[]string{"any"}, ExprBool, "the value is there"},
		"missing":  {[]string{"any"}, ExprBool, "the value is not there"},
		"length":   {[]string{ExprText}, ExprNumber, "number of characters"},
		"left":     {[]string{ExprText, ExprNumber}, ExprText, "the first characters"},
		"mid":      {[]string{ExprText, ExprNumber, ExprNumber}, ExprText, "characters from a place, counted from 1"},
		"starts":   {[]string{ExprText, ExprText}, ExprBool, "the text begins with the other"},
		"contains": {[]string{ExprText, ExprText}, ExprBool, "the text holds the other"},
		"matches":  {[]string{ExprText, "pattern"}, ExprBool, "the text holds a match of an RE2 pattern"},
		"year":     {[]string{ExprDate}, ExprNumber, "the year"},
		"day":      {[]string{ExprTime}, ExprDate, "the day of a time in China"},
		"date":     {[]string{ExprText}, ExprDate, "a date written 2006-01-02 or 20060102; missing where it is none"},
		"age":      {[]string{ExprDate, ExprDate}, ExprNumber, "whole years from the first to the second date"},
		"birth":    {[]string{ExprText}, ExprDate, "the date of birth in a citizen number of 18 characters"},
		"sex":      {[]string{ExprText}, ExprText, "the sex in a citizen number of 18 characters: 1 or 2"},
		"today":    {nil, ExprDate, "the day of the inspection in China"},
		"division": {[]string{ExprText, ExprDate}, ExprBool, "the code's first six digits were a division in use in the year of the date"},
	}
}

// ParseExpr reads and checks an expression. Errors say what and at which character.
func ParseExpr(text string, scope Scope) (*Expr, error) {
	p := &exprParser{text: text, scope: scope}
	p.next()
	e := p.or(0)
	if p.err == nil && p.token != "" {
		p.fail("%q is too much", p.token)
	}
	if p.err == nil && e.Type != ExprBool {
		p.at = 0
		p.fail("it is a %s, and must be true or false", e.Type)
	}
	if p.err != nil {
		return nil, p.err
	}
	return e, nil
}

type exprParser struct {
	text   string
	scope  Scope
	pos    int // behind token
	at     int // of token
	token  string
	quoted bool
	err    error
}

func (p *exprParser) fail(format string, args ...any) *Expr {
	if p.err == nil {
		p.err = fmt.Errorf("at character %d: "+format, append([]any{utf8.RuneCountInString(p.text[:p.at]) + 1}, args...)...)
	}
	p.token, p.pos = "", len(p.text)
	return &Expr{Op: OpBool, Text: "0", Type: ExprBool}
}

func isName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// next reads the next token; "" at the end.
func (p *exprParser) next() {
	rest := strings.TrimLeft(p.text[p.pos:], " \t\n")
	p.at, p.quoted = len(p.text)-len(rest), false
	n := 0
	switch {
	case rest == "":
	case rest[0] == '\'':
		end := strings.IndexByte(rest[1:], '\'')
		if end < 0 {
			p.fail("a text has no end")
			return
		}
		p.quoted, p.token, p.pos = true, rest[1:end+1], p.at+end+2
		return
	case strings.HasPrefix(rest, "!=") || strings.HasPrefix(rest, "<=") || strings.HasPrefix(rest, ">="):
		n = 2
	default:
		n = strings.IndexFunc(rest, func(r rune) bool { return !isName(r) && r != '.' })
		if n < 0 {
			n = len(rest)
		}
		if n == 0 {
			_, n = utf8.DecodeRuneInString(rest)
		}
	}
	p.token, p.pos = rest[:n], p.at+n
}

func (p *exprParser) is(words ...string) bool { return !p.quoted && slices.Contains(words, p.token) }

func (p *exprParser) take(word string) bool {
	if !p.is(word) {
		return false
	}
	p.next()
	return true
}

func (p *exprParser) want(word string) {
	if !p.take(word) {
		p.fail("want %q, not %q", word, p.token)
	}
}

// mostDepth bounds the nesting of parentheses and of not.
const mostDepth = 50

func (p *exprParser) or(depth int) *Expr {
	if depth > mostDepth {
		return p.fail("nested too deep")
	}
	return p.joined(OpOr, func() *Expr { return p.joined(OpAnd, func() *Expr { return p.not(depth) }) })
}

func (p *exprParser) joined(op string, part func() *Expr) *Expr {
	e := part()
	for p.is(op) {
		p.truth(e)
		p.next()
		right := part()
		p.truth(right)
		e = &Expr{Op: op, Args: []*Expr{e, right}, Type: ExprBool}
	}
	return e
}

func (p *exprParser) truth(e *Expr) {
	if e.Type != ExprBool {
		p.fail("and, or and not want true or false, not a %s", e.Type)
	}
}

func (p *exprParser) not(depth int) *Expr {
	if depth > mostDepth {
		return p.fail("nested too deep")
	}
	if !p.take(OpNot) {
		return p.comparison(depth)
	}
	e := p.not(depth + 1)
	p.truth(e)
	return &Expr{Op: OpNot, Args: []*Expr{e}, Type: ExprBool}
}

func (p *exprParser) comparison(depth int) *Expr {
	left := p.sum(depth)
	if p.take(OpIn) {
		e := &Expr{Op: OpIn, Args: []*Expr{left}, Type: ExprBool}
		p.want("(")
		for p.err == nil {
			item := p.sum(depth)
			p.alike(left, item)
			e.Args = append(e.Args, item)
			if !p.take(",") {
				break
			}
		}
		p.want(")")
		return e
	}
	if !p.is("=", "!=", "<", "<=", ">", ">=") {
		return left
	}
	op := p.token
	p.next()
	right := p.sum(depth)
	p.alike(left, right)
	return &Expr{Op: op, Args: []*Expr{left, right}, Type: ExprBool}
}

func (p *exprParser) alike(a, b *Expr) {
	if a.Type != b.Type {
		p.fail("a %s cannot be compared with a %s", a.Type, b.Type)
	}
}

func (p *exprParser) sum(depth int) *Expr {
	e := p.unit(depth)
	for p.is("+", "-") {
		op := p.token
		p.next()
		right := p.unit(depth)
		kind := ""
		switch {
		case e.Type == ExprNumber && right.Type == ExprNumber:
			kind = ExprNumber
		case e.Type == ExprDate && right.Type == ExprNumber:
			kind = ExprDate
		case e.Type == ExprDate && right.Type == ExprDate && op == "-":
			kind = ExprNumber
		default:
			return p.fail("a %s %s a %s means nothing", e.Type, op, right.Type)
		}
		e = &Expr{Op: op, Args: []*Expr{e, right}, Type: kind}
	}
	return e
}

var literalForm = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,9})?$`)

func (p *exprParser) unit(depth int) *Expr {
	token, quoted := p.token, p.quoted
	switch {
	case quoted:
		p.next()
		return &Expr{Op: OpText, Text: token, Type: ExprText}
	case token == "":
		return p.fail("a value is missing")
	case p.take("("):
		e := p.or(depth + 1)
		p.want(")")
		return e
	case token == "true" || token == "false":
		p.next()
		return &Expr{Op: OpBool, Text: strconv.FormatBool(token == "true"), Type: ExprBool}
	case literalForm.MatchString(token):
		p.next()
		return &Expr{Op: OpNumber, Text: token, Type: ExprNumber}
	}
	if _, known := Functions()[token]; known && strings.HasPrefix(strings.TrimLeft(p.text[p.pos:], " "), "(") {
		return p.call(token, depth)
	}
	return p.element(token)
}

func (p *exprParser) element(token string) *Expr {
	as, name, dotted := strings.Cut(token, ".")
	if !dotted {
		as, name = "", token
	}
	kind, ok := p.scope(as, name)
	if !ok {
		return p.fail("%q is no element, relation or function", token)
	}
	p.next()
	return &Expr{Op: OpElement, As: as, Name: name, Type: kind}
}

func (p *exprParser) call(name string, depth int) *Expr {
	f := Functions()[name]
	e := &Expr{Op: OpCall, Name: name, Type: f.Type}
	p.next()
	p.want("(")
	for i, kind := range f.Args {
		if i > 0 {
			p.want(",")
		}
		arg := p.or(depth + 1)
		switch {
		case p.err != nil:
		case kind == "pattern":
			if _, err := regexp.Compile(arg.Text); arg.Op != OpText || err != nil {
				p.fail("%s wants an RE2 pattern in quotes", name)
			}
		case kind != "any" && arg.Type != kind:
			p.fail("%s wants a %s, not a %s", name, kind, arg.Type)
		}
		e.Args = append(e.Args, arg)
	}
	p.want(")")
	return e
}

// Negated is the expression that is true where this one is false; what is unknown stays unknown.
func (e *Expr) Negated() *Expr {
	flip := map[string]string{"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
	switch {
	case e.Op == OpNot:
		return e.Args[0]
	case e.Op == OpAnd:
		return &Expr{Op: OpOr, Args: []*Expr{e.Args[0].Negated(), e.Args[1].Negated()}, Type: ExprBool}
	case e.Op == OpOr:
		return &Expr{Op: OpAnd, Args: []*Expr{e.Args[0].Negated(), e.Args[1].Negated()}, Type: ExprBool}
	case flip[e.Op] != "":
		return &Expr{Op: flip[e.Op], Args: e.Args, Type: ExprBool}
	}
	return &Expr{Op: OpNot, Args: []*Expr{e}, Type: ExprBool}
}

// Conjuncts are the parts that must all hold.
func (e *Expr) Conjuncts() []*Expr {
	if e.Op != OpAnd {
		return []*Expr{e}
	}
	return append(e.Args[0].Conjuncts(), e.Args[1].Conjuncts()...)
}

// Walk visits the expression and all its parts.
func (e *Expr) Walk(visit func(*Expr)) {
	visit(e)
	for _, a := range e.Args {
		a.Walk(visit)
	}
}
