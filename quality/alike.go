package quality

import (
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
)

// alike are rules over base records alone that differ in their texts and numbers only. One statement looks for all of them: each record is
// joined with the rules whose keys it holds, so the cost follows the records that are looked at and not the rules.
type alike struct {
	Keys   []*catalog.Expr // texts that each rule wants to be one of its own
	Rest   []*catalog.Expr // what else must hold, with opOwn in the place of each rule's own texts and numbers
	Named  []string        // elements that they name
	Rules  []rule
	Equal  [][]string // by key: the text that each rule wants
	Params []param    // by name: what each rule has in its place
}

// param is a text or a number of each rule.
type param struct {
	Name, Type string
	Values     []string
}

// opOwn is the op of an expression that stands for a rule's own text or number; Name is that of its param.
const opOwn = "own"

const (
	fewestAlike = 8       // fewer rules of a form share a scan with others
	mostOfAlike = 1 << 20 // bytes of a statement
)

// form parts the rules over base records alone into those of one form and the others.
func (in *inspection) form(fewest int) {
	forms, order := map[string][]lifted{}, []string{}
	for _, r := range in.Alone {
		l := lift(r)
		if forms[l.shape] == nil {
			order = append(order, l.shape)
		}
		forms[l.shape] = append(forms[l.shape], l)
	}
	in.Alone = nil
	for _, shape := range order {
		same := forms[shape]
		if len(same) < fewest || len(same[0].keys) == 0 {
			for _, l := range same {
				l.rule.Place = len(in.Alone)%rulesAtOnce + 1
				in.Alone = append(in.Alone, l.rule)
			}
			continue
		}
		for len(same) > 0 {
			n, size := 0, 0
			for n < len(same) && size < mostOfAlike {
				size += same[n].size()
				n++
			}
			in.Alike = append(in.Alike, together(same[:n]))
			same = same[n:]
		}
	}
}

// lifted is a rule without its own texts and numbers.
type lifted struct {
	rule   rule
	shape  string // the same for rules of one form
	keys   []*catalog.Expr
	equal  []string
	rest   []*catalog.Expr
	params []param // one value each
}

func lift(r rule) lifted {
	l := lifted{rule: r}
	for _, c := range r.Broken.Conjuncts() {
		if key, text, ok := keyOf(c); ok {
			l.keys, l.equal = append(l.keys, key), append(l.equal, text)
			continue
		}
		l.rest = append(l.rest, l.without(c))
	}
	var b strings.Builder
	for _, part := range [][]*catalog.Expr{l.keys, l.rest} {
		for _, e := range part {
			shape(&b, e)
		}
		b.WriteByte('/')
	}
	l.shape = b.String()
	return l
}

// keyOf reports what must be a text, of conjuncts that say so.
func keyOf(c *catalog.Expr) (key *catalog.Expr, text string, ok bool) {
	switch {
	case c.Op == "=" && c.Args[1].Op == catalog.OpText && c.Args[0].Op != catalog.OpText:
		return c.Args[0], c.Args[1].Text, true
	case c.Op == "=" && c.Args[0].Op == catalog.OpText && c.Args[1].Op != catalog.OpText:
		return c.Args[1], c.Args[0].Text, true
	case c.Op == catalog.OpCall && c.Name == "starts" && c.Args[1].Op == catalog.OpText && c.Args[1].Text != "":
		text := c.Args[1].Text
		length := &catalog.Expr{Op: catalog.OpNumber, Text: fmt.Sprint(len([]rune(text))), Type: catalog.ExprNumber}
		return &catalog.Expr{Op: catalog.OpCall, Name: "left", Args: []*catalog.Expr{c.Args[0], length}, Type: catalog.ExprText}, text, true
	}
	return nil, "", false
}

// without puts params in the place of texts and numbers that are compared.
func (l *lifted) without(e *catalog.Expr) *catalog.Expr {
	compares := false
	switch e.Op {
	case "=", "!=", "<", "<=", ">", ">=", catalog.OpIn:
		compares = true
	case catalog.OpAnd, catalog.OpOr, catalog.OpNot:
	default:
		return e
	}
	n := *e
	n.Args = make([]*catalog.Expr, len(e.Args))
	for i, a := range e.Args {
		switch {
		case !compares:
			n.Args[i] = l.without(a)
		case a.Op == catalog.OpText || a.Op == catalog.OpNumber:
			p := param{Name: fmt.Sprintf("own__%d", len(l.params)), Type: a.Type, Values: []string{a.Text}}
			l.params = append(l.params, p)
			n.Args[i] = &catalog.Expr{Op: opOwn, Name: p.Name, Type: p.Type}
		default:
			n.Args[i] = a
		}
	}
	return &n
}

// shape writes an expression so that two are the same exactly if they read the same.
func shape(b *strings.Builder, e *catalog.Expr) {
	fmt.Fprintf(b, "(%s %q %q %q %s", e.Op, e.As, e.Name, e.Text, e.Type)
	for _, a := range e.Args {
		shape(b, a)
	}
	b.WriteByte(')')
}

// size is about how many bytes the rule takes in its statement.
func (l *lifted) size() int {
	n := len(l.rule.Code) + len(l.rule.Element) + 8
	for _, text := range l.equal {
		n += len(text) + 4
	}
	for _, p := range l.params {
		n += len(p.Values[0]) + 4
	}
	return n
}

// together makes one of rules of the same form.
func together(same []lifted) alike {
	first := same[0]
	a := alike{Keys: first.keys, Rest: first.rest, Equal: make([][]string, len(first.keys)), Params: slices.Clone(first.params)}
	for i := range a.Params {
		a.Params[i].Values = nil
	}
	for _, l := range same {
		a.Rules = append(a.Rules, l.rule)
		for i, text := range l.equal {
			a.Equal[i] = append(a.Equal[i], text)
		}
		for i, p := range l.params {
			a.Params[i].Values = append(a.Params[i].Values, p.Values[0])
		}
	}
	a.Named = named([]rule{first.rule})
	return a
}
