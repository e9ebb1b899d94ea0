package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wuku/entity"
)

var (
	ruleForm    = regexp.MustCompile(`^(record|entity|cross|time)\.[a-z][a-z0-9_]{0,62}$`)
	measureForm = regexp.MustCompile(`^(0101(0[1-3])?|010[2-6]|020[12]|030[1-6]|0401|0402(0[1-4])?|0403|050[1-4]|060[12])$`)
)

// builtinRules are the rules across records that the program has without a declaration.
var builtinRules = [...]string{"cross.differs", "record.duplicate", entity.RuleOverlaps, entity.RuleOutside}

func (k *checker) packs() {
	packs, rules := map[string]bool{}, map[string]bool{}
	for _, code := range builtinRules {
		rules[code] = true
	}
	for i := range k.catalog.Packs {
		pack, p := &k.catalog.Packs[i], at(k.packFiles[i])
		k.form(p.key("pack"), "name.form", "rule pack", pack.Name, nameForm, nameHint)
		k.unique(p.key("pack"), "pack.duplicate", "rule pack", pack.Name, packs)
		k.filled(p.key("zh"), "zh", pack.ZH)
		k.oneOf(p.key("family"), "pack.family", "family", pack.Family, RuleFamilies[:])
		for n := range pack.Rules {
			r, q := &pack.Rules[n], p.key("rules").item(n)
			k.unique(q.key("rule"), "rule.duplicate", "rule", r.Code, rules)
			k.rule(q, r)
		}
	}
}

func (k *checker) rule(p place, r *QualityRule) {
	k.form(p.key("rule"), "rule.form", "rule", r.Code, ruleForm, "record., entity., cross. or time. and a name of small letters, digits and _")
	k.filled(p.key("zh"), "zh", r.ZH)
	k.filled(p.key("hint"), "hint", r.Hint)
	k.form(p.key("measure"), "rule.measure", "measure", r.Measure, measureForm, `a code of GB/T 36344 in quotes, for example "040204"`)
	k.oneOf(p.key("severity"), "rule.severity", "severity", r.Severity, RuleSeverities[:])
	k.oneOf(p.key("over"), "rule.over", "what it looks over", r.Over, []string{OverRecord, OverEntity})
	if r.Assign != "" {
		k.oneOf(p.key("assign"), "rule.assign", "whom it is assigned to", r.Assign, []string{AssignFeed, AssignOwner})
	}
	lib := k.catalog.Library(r.Library)
	if lib == nil {
		k.fail(p.key("library"), "library.unknown", fmt.Sprintf("library %q is unknown", r.Library), "name a library of the catalogue")
		return
	}
	k.ruleElement(p.key("element"), lib, r.Element)
	for i, f := range r.Feeds {
		if k.catalog.Feed(f) == nil {
			k.fail(p.key("feeds").item(i), "rule.feed", fmt.Sprintf("feed %q is unknown", f), "name a feed of the catalogue")
		}
	}
	if r.Over == OverRecord && len(r.With) > 0 {
		k.fail(p.key("with"), "rule.with", "a rule over records cannot look at other base records", "write over: entity")
	}
	if r.Over == OverEntity && len(r.Feeds) > 0 {
		k.fail(p.key("feeds"), "rule.feeds", "a rule over base records has no feeds", "write over: record, or leave feeds out")
	}
	k.ties(p.key("with"), lib, r)
	k.expressions(p, r)
	k.examples(p.key("examples"), r)
}

func (k *checker) ruleElement(p place, lib *Library, name string) {
	if lib.Element(name) == nil {
		k.fail(p, "element.unknown", fmt.Sprintf("library %s has no element %q", lib.Name, name), meant(name, elementNames(lib)))
	}
}

// mostTies bounds what one statement joins.
const mostTies = 2

func (k *checker) ties(p place, lib *Library, r *QualityRule) {
	if len(r.With) > mostTies {
		k.fail(p, "rule.with", fmt.Sprintf("%d related records; %d are the most", len(r.With), mostTies), "part the rule")
	}
	seen := map[string]bool{}
	for i, w := range r.With {
		q := p.item(i)
		k.form(q.key("as"), "name.form", "relation", w.As, nameForm, nameHint)
		k.unique(q.key("as"), "rule.relation", "relation", w.As, seen)
		k.ruleElement(q.key("is"), lib, w.Is)
		other := k.catalog.Library(w.Library)
		if other == nil {
			k.fail(q.key("library"), "library.unknown", fmt.Sprintf("library %q is unknown", w.Library), "name a library of the catalogue")
			continue
		}
		k.ruleElement(q.key("element"), other, w.Element)
		if a, b := lib.Element(w.Is), other.Element(w.Element); a != nil && b != nil && (exprType(a.Type) != ExprText || exprType(b.Type) != ExprText) {
			k.fail(q, "rule.relation", "records are tied by texts, codes or identifiers only", "choose other elements")
		}
	}
}

func (k *checker) expressions(p place, r *QualityRule) {
	scope := k.catalog.scopeOf(r)
	for _, x := range []struct{ key, text string }{{"when", r.When}, {"must", r.Must}} {
		if x.text == "" && x.key == "when" {
			continue
		}
		if _, err := ParseExpr(x.text, scope); err != nil {
			k.fail(p.key(x.key), "rule.expression", err.Error(), "docs/quality.md has the language: elements, texts in single quotes, numbers, = != < <= > >=, in, and, or, not, functions")
		}
	}
}

func (k *checker) examples(p place, r *QualityRule) {
	scope := k.catalog.scopeOf(r)
	finds := 0
	for i, x := range r.Examples {
		q := p.item(i)
		k.filled(q.key("name"), "name", x.Name)
		if x.Finds {
			finds++
		}
		for _, element := range sortedKeys(x.Given) {
			if _, ok := scope("", element); !ok {
				k.fail(q.key("given").entry(element), "element.unknown", fmt.Sprintf("library %s has no element %q", r.Library, element), "use names of the library's elements")
			}
		}
		for _, as := range sortedKeys(x.With) {
			for _, element := range sortedKeys(x.With[as]) {
				if _, ok := scope(as, element); as == "" || !ok {
					k.fail(q.key("with").entry(as), "element.unknown", fmt.Sprintf("%s.%s is no element of a related record", as, element), "use the names under with")
				}
			}
		}
		if x.Today != "" {
			if _, err := time.Parse(time.DateOnly, x.Today); err != nil {
				k.fail(q.key("today"), "rule.example", "today is no date", "write it as 2006-01-02")
			}
		}
	}
	if finds == 0 || finds == len(r.Examples) {
		k.warn(p, "rule.untested", "the rule has no example that it finds, or none that it leaves alone", "add both: `wuku rule test` runs them")
	}
	if uses := r.When + " " + r.Must; strings.Contains(uses, "today()") && slices.ContainsFunc(r.Examples, func(x Example) bool { return x.Today == "" }) {
		k.warn(p, "rule.today", "the rule looks at the day, and an example does not say which day it is", "add today: to the example")
	}
}
