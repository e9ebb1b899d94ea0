package quality

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/v2"
	"fmt"
	"slices"

	"wuku/catalog"
)

// rule is a declared rule as the templates see it.
type rule struct {
	Code    string
	Place   int // its number in its statement, from 1
	Element string
	Feeds   []string
	Broken  *catalog.Expr // of rules over records, and over base records alone
	// Of rules that look at several libraries: what concerns this side alone, what concerns several, and the other sides.
	Own, Cross []*catalog.Expr
	With       []side
	Elements   []string // of this side that expressions name
	Says       string   // for the finding: what is wrong and what to do
	Other      string   // the library of the other entity, for the finding
}

// side is the other side of a tie.
type side struct {
	As, Library, Element, Is string
	Base                     string // the table of the other library's base rows
	Own                      []*catalog.Expr
	Elements                 []string
}

// tie is an element of this library that holds the value of an element of another.
type tie struct{ Is, Source, Element string }

// standing is an element that rules over base records find something at: how to find the claim that it came from.
type standing struct {
	Name     string
	Members  []string // of its group, or itself alone
	Feeds    []string
	Ranks    []uint32
	Ordinals []uint32
}

// rules compiles the declared rules of the library.
func (in *inspection) rules(c *catalog.Catalog) error {
	for _, r := range c.RulesOf(in.Library) {
		broken, err := c.Broken(r)
		if err != nil {
			return fmt.Errorf("rule %s: %w", r.Code, err)
		}
		broken = in.dated(broken)
		x := rule{Code: r.Code, Element: r.Element, Feeds: r.Feeds, Broken: broken, Says: r.ZH + ": " + r.Hint}
		switch {
		case r.Over == catalog.OverRecord:
			x.Place = len(in.Records) + 1
			in.Records = append(in.Records, x)
		case len(r.With) == 0:
			in.Alone = append(in.Alone, x)
		default:
			x.split(r)
			in.Joined = append(in.Joined, x)
			in.tie(r)
		}
		in.Rules = append(in.Rules, x)
		if r.Over == catalog.OverEntity {
			in.stand(c, r.Element)
		}
	}
	return nil
}

// counted is a warning that counts by area, as its template sees it.
type counted struct {
	Code string
	catalog.AreaCount
	Broken *catalog.Expr
}

// everything is more characters than any element has.
const everything = 1000

// watched compiles the warnings of the library: they are looked at as rules over base records are, but stand at no element.
func (in *inspection) watched(c *catalog.Catalog) error {
	for _, w := range c.WarningsOf(in.Library) {
		r := w.Rule(c)
		broken, err := c.Broken(r)
		if err != nil {
			return fmt.Errorf("warning %s: %w", w.Name, err)
		}
		broken = in.dated(broken)
		x := rule{Code: r.Code, Broken: broken}
		switch {
		case w.Count != nil:
			a := counted{r.Code, *w.Count, broken}
			if a.Left == 0 {
				a.Left = everything
			}
			in.Dated = in.Dated || a.Of != ""
			in.Areas = append(in.Areas, a)
		case len(r.With) == 0:
			in.Alone = append(in.Alone, x)
		default:
			x.split(r)
			in.Joined = append(in.Joined, x)
			in.tie(r)
		}
	}
	return nil
}

// tie notes which elements of other libraries a rule hangs on.
func (in *inspection) tie(r *catalog.QualityRule) {
	for _, w := range r.With {
		if t := (tie{w.Is, w.Library, w.Element}); !slices.Contains(in.Ties, t) {
			in.Ties = append(in.Ties, t)
		}
	}
}

// split parts what raises the rule into what concerns one side alone and what concerns several.
func (x *rule) split(r *catalog.QualityRule) {
	x.Other = r.With[0].Library
	for _, w := range r.With {
		x.With = append(x.With, side{As: w.As, Library: w.Library, Element: w.Element, Is: w.Is, Base: "resolve." + w.Library})
	}
	for _, part := range x.Broken.Conjuncts() {
		sides := map[string]bool{}
		part.Walk(func(e *catalog.Expr) {
			if e.Op != catalog.OpElement {
				return
			}
			sides[e.As] = true
			list := &x.Elements
			if k := x.side(e.As); k >= 0 {
				list = &x.With[k].Elements
			}
			if e.Name != "updated" && !slices.Contains(*list, e.Name) {
				*list = append(*list, e.Name)
			}
		})
		switch as, one := only(sides); {
		case one && as == "":
			x.Own = append(x.Own, part)
		case one:
			k := x.side(as)
			x.With[k].Own = append(x.With[k].Own, part)
		default:
			x.Cross = append(x.Cross, part)
		}
	}
}

func (x *rule) side(as string) int {
	return slices.IndexFunc(x.With, func(w side) bool { return w.As == as })
}

func only(sides map[string]bool) (string, bool) {
	for as := range sides {
		return as, len(sides) == 1
	}
	return "", false
}

// dated puts the day of the inspection in the place of today(), and notes that it matters.
func (in *inspection) dated(e *catalog.Expr) *catalog.Expr {
	if e.Op == catalog.OpCall && e.Name == "today" {
		in.Dated = true
		return &catalog.Expr{Op: "date", Text: in.Day, Type: catalog.ExprDate}
	}
	if e.Op == catalog.OpCall && e.Name == "division" {
		in.Divisions = true
	}
	n := *e
	n.Args = make([]*catalog.Expr, len(e.Args))
	for i, a := range e.Args {
		n.Args[i] = in.dated(a)
	}
	return &n
}

// stand notes how to find the claim that an element came from.
func (in *inspection) stand(c *catalog.Catalog, name string) {
	if name == "" || slices.ContainsFunc(in.Standing, func(s standing) bool { return s.Name == name }) {
		return // a warning stands at no element
	}
	lib := c.Library(in.Library)
	e := lib.Element(name)
	s := standing{Name: name, Members: []string{name}}
	if e.Group != "" {
		s.Members = nil
		for i := range lib.Elements {
			if lib.Elements[i].Group == e.Group {
				s.Members = append(s.Members, lib.Elements[i].Name)
			}
		}
	}
	ranks := e.Ranks()
	for f := range ranks {
		s.Feeds = append(s.Feeds, f)
	}
	slices.Sort(s.Feeds)
	for i, f := range s.Feeds {
		s.Ranks, s.Ordinals = append(s.Ranks, uint32(ranks[f])), append(s.Ordinals, uint32(i+1))
	}
	in.Standing = append(in.Standing, s)
}

// digest names what this inspection goes by: when it is another, everything must be looked at again.
func (in *inspection) digest() (string, error) {
	day := in.Day
	in.Day = "" // rules that look at it are looked at again anyway
	b, err := json.Marshal(in, json.Deterministic(true))
	in.Day = day
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}
