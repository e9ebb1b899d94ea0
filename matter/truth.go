package matter

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// Truth is what an expression comes to: a value that is not there makes it unknown, as in the rules of quality.
type Truth int8

// The truths.
const (
	Unknown Truth = iota
	False
	True
)

// datum is one value of an expression; nothing is known of one without known.
type datum struct {
	known bool
	kind  string // catalog.Expr…
	text  string // of texts, dates (2006-01-02) and times
	num   *big.Rat
	truth bool
}

// evaluation is one record on one day.
type evaluation struct {
	value func(element string) (string, bool)
	today time.Time
}

// Evaluate says whether a condition holds of a record. value gives an element's text as it is stored, and whether there is one; today is
// the day in China.
func Evaluate(e *catalog.Expr, value func(element string) (string, bool), today time.Time) Truth {
	d := (&evaluation{value, today}).of(e)
	switch {
	case !d.known:
		return Unknown
	case d.truth:
		return True
	}
	return False
}

func boolean(b bool) datum         { return datum{known: true, kind: catalog.ExprBool, truth: b} }
func textual(kind, s string) datum { return datum{known: true, kind: kind, text: s} }
func numeric(n *big.Rat) datum     { return datum{known: n != nil, kind: catalog.ExprNumber, num: n} }
func whole(n int) datum            { return numeric(new(big.Rat).SetInt64(int64(n))) }
func dated(t time.Time, ok bool) datum {
	return datum{known: ok, kind: catalog.ExprDate, text: t.Format(time.DateOnly)}
}

func (x *evaluation) of(e *catalog.Expr) datum {
	switch e.Op {
	case catalog.OpElement:
		return x.element(e)
	case catalog.OpText:
		return textual(catalog.ExprText, e.Text)
	case catalog.OpNumber:
		n, _ := new(big.Rat).SetString(e.Text)
		return numeric(n)
	case catalog.OpBool:
		return boolean(e.Text == "true")
	case catalog.OpNot:
		d := x.of(e.Args[0])
		d.truth = !d.truth
		return d
	case catalog.OpAnd, catalog.OpOr:
		return x.joined(e)
	case catalog.OpIn:
		return x.in(e)
	case catalog.OpCall:
		return x.call(e)
	case "+", "-":
		return x.sum(e)
	}
	return compared(e.Op, x.of(e.Args[0]), x.of(e.Args[1]))
}

func (x *evaluation) element(e *catalog.Expr) datum {
	text, ok := x.value(e.Name)
	if !ok {
		return datum{kind: e.Type}
	}
	switch e.Type {
	case catalog.ExprNumber:
		n, _ := new(big.Rat).SetString(text)
		return numeric(n)
	case catalog.ExprBool:
		return boolean(text == "true" || text == "1")
	case catalog.ExprDate:
		t, err := time.Parse(time.DateOnly, text)
		return dated(t, err == nil)
	}
	return textual(e.Type, text)
}

// joined is and, or of what may be unknown: one part may decide alone.
func (x *evaluation) joined(e *catalog.Expr) datum {
	a, b := x.of(e.Args[0]), x.of(e.Args[1])
	decides := e.Op == catalog.OpOr
	if a.known && a.truth == decides || b.known && b.truth == decides {
		return boolean(decides)
	}
	return datum{known: a.known && b.known, kind: catalog.ExprBool, truth: !decides}
}

func (x *evaluation) in(e *catalog.Expr) datum {
	one, unknown := x.of(e.Args[0]), false
	for _, arg := range e.Args[1:] {
		d := compared("=", one, x.of(arg))
		if d.known && d.truth {
			return d
		}
		unknown = unknown || !d.known
	}
	return datum{known: !unknown, kind: catalog.ExprBool}
}

func compared(op string, a, b datum) datum {
	if !a.known || !b.known {
		return datum{kind: catalog.ExprBool}
	}
	c := 0
	switch a.kind {
	case catalog.ExprNumber:
		c = a.num.Cmp(b.num)
	case catalog.ExprBool:
		c = cmp.Compare(strconv.FormatBool(a.truth), strconv.FormatBool(b.truth))
	default:
		c = strings.Compare(a.text, b.text)
	}
	return boolean(map[string]bool{"=": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op])
}

// sum adds and subtracts numbers, days to and from a date, and dates.
func (x *evaluation) sum(e *catalog.Expr) datum {
	a, b := x.of(e.Args[0]), x.of(e.Args[1])
	if !a.known || !b.known {
		return datum{kind: e.Type}
	}
	if a.kind == catalog.ExprNumber {
		if e.Op == "+" {
			return numeric(new(big.Rat).Add(a.num, b.num))
		}
		return numeric(new(big.Rat).Sub(a.num, b.num))
	}
	from, err := time.Parse(time.DateOnly, a.text)
	if b.kind == catalog.ExprDate {
		to, err2 := time.Parse(time.DateOnly, b.text)
		if err != nil || err2 != nil {
			return datum{kind: e.Type}
		}
		return whole(int(from.Sub(to).Hours() / 24))
	}
	days, _ := b.num.Float64()
	if e.Op == "-" {
		days = -days
	}
	return dated(from.AddDate(0, 0, int(days)), err == nil)
}

func (x *evaluation) call(e *catalog.Expr) datum {
	args := make([]datum, len(e.Args))
	for i, a := range e.Args {
		args[i] = x.of(a)
	}
	switch e.Name {
	case "present":
		return boolean(args[0].known)
	case "missing":
		return boolean(!args[0].known)
	case "today":
		return dated(x.today, true)
	}
	if slices.ContainsFunc(args, func(d datum) bool { return !d.known }) {
		return datum{kind: e.Type}
	}
	switch e.Name {
	case "length":
		return whole(utf8.RuneCountInString(args[0].text))
	case "left":
		return textual(catalog.ExprText, middle(args[0].text, 1, place(args[1])))
	case "mid":
		return textual(catalog.ExprText, middle(args[0].text, place(args[1]), place(args[2])))
	case "starts":
		return boolean(strings.HasPrefix(args[0].text, args[1].text))
	case "contains":
		return boolean(strings.Contains(args[0].text, args[1].text))
	case "matches":
		re, err := regexp.Compile(args[1].text)
		return boolean(err == nil && re.MatchString(args[0].text))
	}
	return calendar(e.Name, args)
}

// calendar are the functions of dates and of numbers that hold one.
func calendar(name string, args []datum) datum {
	day, err := time.Parse(time.DateOnly, args[0].text)
	switch name {
	case "year":
		return whole(day.Year())
	case "day":
		t, err := time.Parse("2006-01-02 15:04:05.999", args[0].text)
		return dated(t.Add(8*time.Hour), err == nil)
	case "date":
		if err != nil {
			day, err = time.Parse("20060102", args[0].text)
		}
		return dated(day, err == nil)
	case "age":
		to, _ := time.Parse(time.DateOnly, args[1].text)
		years := to.Year() - day.Year()
		if to.Month() < day.Month() || to.Month() == day.Month() && to.Day() < day.Day() {
			years--
		}
		return whole(years)
	case "birth":
		born, err := time.Parse("20060102", middle(args[0].text, 7, 8))
		return dated(born, err == nil && len(args[0].text) == 18)
	case "sex":
		if len(args[0].text) != 18 {
			return datum{kind: catalog.ExprText}
		}
		return textual(catalog.ExprText, map[bool]string{true: "1", false: "2"}[args[0].text[16]%2 == 1])
	case "division":
		when, _ := time.Parse(time.DateOnly, args[1].text)
		return boolean(entity.DivisionValidIn([]byte(middle(args[0].text, 1, 6)), min(max(when.Year(), 1981), 2024)))
	}
	return datum{kind: catalog.ExprBool}
}

func place(d datum) int {
	n, _ := d.num.Float64()
	return int(n)
}

// middle is n characters from a place, counted from 1.
func middle(text string, from, n int) string {
	runes := []rune(text)
	from = min(max(from, 1), len(runes)+1)
	return string(runes[from-1 : min(from-1+max(n, 0), len(runes))])
}
