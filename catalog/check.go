package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Check finds what is wrong with the meaning of a catalogue that was not read from files; see Load and Inspect for files. The
// problems carry the file and the path at which the layout keeps the place, and no line.
func Check(c *Catalog) Errors {
	var out Errors
	k := &checker{catalog: c, out: &out}
	for i := range c.Libraries {
		k.libraryFiles = append(k.libraryFiles, librariesDir+"/"+c.Libraries[i].Name+".yaml")
	}
	for i := range c.Feeds {
		k.feedFiles = append(k.feedFiles, feedsDir+"/"+c.Feeds[i].Name+".yaml")
	}
	for i := range c.Packs {
		k.packFiles = append(k.packFiles, rulesDir+"/"+c.Packs[i].Name+".yaml")
	}
	for i := range c.Matters {
		k.matterFiles = append(k.matterFiles, mattersDir+"/"+c.Matters[i].Name+".yaml")
	}
	for i := range c.Warnings {
		k.warningFiles = append(k.warningFiles, warningsDir+"/"+c.Warnings[i].Name+".yaml")
	}
	k.run()
	out.sort()
	return out
}

// checker finds what is wrong with the meaning of a catalogue. libraryFiles and feedFiles run parallel to the catalogue's lists.
type checker struct {
	catalog      *Catalog
	sources      map[string]*source // nil without files
	libraryFiles []string
	feedFiles    []string
	packFiles    []string
	matterFiles  []string
	warningFiles []string
	out          *Errors
	mapped       map[string]bool // "feed library element" for every field
	scheme       []string
	outside      map[string]bool // feeds of the lower trust class
}

func (k *checker) run() {
	k.scheme, k.outside = k.catalog.schemes(), k.catalog.Outside()
	k.mapped = map[string]bool{}
	for _, f := range k.catalog.Feeds {
		for _, s := range f.Claims {
			for _, x := range s.Fields {
				k.mapped[f.Name+" "+s.Library+" "+x.Element] = true
			}
		}
	}
	k.root()
	k.departments()
	k.codes()
	k.duties()
	for i := range k.catalog.Libraries {
		k.library(k.libraryFiles[i], &k.catalog.Libraries[i])
	}
	k.feeds()
	k.packs()
	k.warnings()
	k.governance()
	k.matters()
}

// place is where a check stands: a file and a path in it.
type place struct {
	file, path string
}

func (p place) key(name string) place   { return place{p.file, p.path + "." + name} }
func (p place) item(i int) place        { return place{p.file, fmt.Sprintf("%s[%d]", p.path, i)} }
func (p place) entry(name string) place { return place{p.file, entry(p.path, name)} }
func at(file string) place              { return place{file, "$"} }
func (k *checker) unsure(f string) bool { s := k.sources[f]; return s != nil && s.broken }

// fail reports an error at a place, unless the file's structure is broken: then the author mends that first.
func (k *checker) fail(p place, code, message, hint string) {
	k.report(p, SeverityError, code, message, hint)
}

// warn reports a warning at a place.
func (k *checker) warn(p place, code, message, hint string) {
	k.report(p, SeverityWarning, code, message, hint)
}

func (k *checker) report(p place, severity Severity, code, message, hint string) {
	problem := Problem{File: p.file, Path: p.path, Severity: severity, Code: code, Message: message, Hint: hint}
	if s := k.sources[p.file]; s != nil {
		if s.broken {
			return
		}
		pos := s.find(p.path)
		problem.Line, problem.Column, problem.Excerpt = pos.line, pos.column, s.excerpt(pos)
	}
	*k.out = append(*k.out, problem)
}

// oneOf checks that a value is one of a list of words.
func (k *checker) oneOf(p place, code, what, value string, words []string) bool {
	if slices.Contains(words, value) {
		return true
	}
	k.fail(p, code, fmt.Sprintf("%s %q is unknown", what, value), meant(value, words))
	return false
}

// unique checks that a name was not seen before in its list.
func (k *checker) unique(p place, code, what, name string, seen map[string]bool) {
	if seen[name] {
		k.fail(p, code, fmt.Sprintf("%s %q is declared twice", what, name), "remove or rename one of the two")
	}
	seen[name] = true
}

// form checks a name against a pattern.
func (k *checker) form(p place, code, what, value string, re *regexp.Regexp, hint string) bool {
	if re.MatchString(value) {
		return true
	}
	k.fail(p, code, fmt.Sprintf("%s %q has the wrong form", what, value), hint)
	return false
}

// filled checks that a text is not blank.
func (k *checker) filled(p place, what, value string) {
	if strings.TrimSpace(value) == "" {
		k.fail(p, "text.empty", what+" is empty", "people read it in the console: give it a text")
	}
}

// The forms of names. They are compiled once and never change.
var (
	nameForm     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	feedForm     = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}$`)
	topicForm    = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,200}$`)
	divisionForm = regexp.MustCompile(`^[0-9]{6}$`)
	usccForm     = regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`)
	pathForm     = regexp.MustCompile(`^(\$\.)?[^.\s]+(\.[^.\s]+)*$`)
)

const nameHint = "small letters, digits and _, beginning with a letter, at most 63 characters"

func (k *checker) root() {
	p := at(rootFile)
	k.form(p.key("name"), "name.form", "catalogue name", k.catalog.Name, nameForm, nameHint)
	k.filled(p.key("zh"), "zh", k.catalog.ZH)
	seen := map[string]bool{}
	for i, j := range k.catalog.Jurisdictions {
		q := p.key("jurisdictions").item(i)
		k.form(q.key("code"), "jurisdiction.form", "jurisdiction", j.Code, divisionForm, `the 6-digit division code, in quotes, for example "320100"`)
		k.unique(q.key("code"), "jurisdiction.duplicate", "jurisdiction", j.Code, seen)
		k.filled(q.key("zh"), "zh", j.ZH)
		k.filled(q.key("en"), "en", j.EN)
		if j.Parent != "" {
			k.jurisdiction(q.key("parent"), j.Parent)
		}
		if k.within(j.Parent, j.Code) {
			k.fail(q.key("parent"), "jurisdiction.cycle", fmt.Sprintf("jurisdiction %q lies within itself", j.Code), "name the larger area as parent, or none")
		}
	}
}

// jurisdiction checks that a code is declared.
func (k *checker) jurisdiction(p place, code string) {
	if k.unsure(rootFile) {
		return
	}
	var codes []string
	for _, j := range k.catalog.Jurisdictions {
		codes = append(codes, j.Code)
	}
	k.oneOf(p, "jurisdiction.unknown", "jurisdiction", code, codes)
}

// within reports whether jurisdiction a is b or lies in it.
func (k *checker) within(a, b string) bool {
	for range len(k.catalog.Jurisdictions) + 1 { // a cycle of parents ends the walk too
		if a == "" {
			return false
		}
		if a == b {
			return true
		}
		i := slices.IndexFunc(k.catalog.Jurisdictions, func(j Jurisdiction) bool { return j.Code == a })
		if i < 0 {
			return false
		}
		a = k.catalog.Jurisdictions[i].Parent
	}
	return false
}

func (k *checker) departments() {
	seen, numbers := map[string]bool{}, map[string]bool{}
	for i, d := range k.catalog.Departments {
		p := at(departmentsFile).key("departments").item(i)
		k.form(p.key("code"), "name.form", "department", d.Code, nameForm, nameHint)
		k.unique(p.key("code"), "department.duplicate", "department", d.Code, seen)
		k.filled(p.key("zh"), "zh", d.ZH)
		k.filled(p.key("en"), "en", d.EN)
		k.oneOf(p.key("tier"), "tier.unknown", "tier", d.Tier, Tiers[:])
		k.jurisdiction(p.key("jurisdiction"), d.Jurisdiction)
		k.filled(p.key("contact").key("name"), "the contact's name", d.Contact.Name)
		if d.Number != "" && k.form(p.key("number"), "department.number", "number", d.Number, numberForm, "three digits in quotes, for example \"005\"") {
			k.unique(p.key("number"), "department.number", "number", d.Tier+" "+d.Number, numbers)
		}
		if d.USCC != "" {
			k.form(p.key("uscc"), "department.uscc", "unified code", d.USCC, usccForm, "18 characters of 0-9 and A-Z without I, O, S, V and Z (GB 32100)")
		}
	}
}

// department checks that a department is declared.
func (k *checker) department(p place, code string) {
	if k.unsure(departmentsFile) {
		return
	}
	var codes []string
	for _, d := range k.catalog.Departments {
		codes = append(codes, d.Code)
	}
	k.oneOf(p, "department.unknown", "department", code, codes)
}

func (k *checker) codes() {
	seen := map[string]bool{}
	for i, t := range k.catalog.Codes {
		p := at(codesFile).key("codes").item(i)
		k.form(p.key("table"), "name.form", "code table", t.Name, nameForm, nameHint)
		k.unique(p.key("table"), "codes.duplicate", "code table", t.Name, seen)
		k.filled(p.key("zh"), "zh", t.ZH)
		if len(t.Values) == 0 {
			k.fail(p.key("values"), "codes.empty", fmt.Sprintf("code table %q has no codes", t.Name), `list them as code: meaning, for example {"1": 男性}`)
		}
		for _, code := range sortedKeys(t.Values) {
			k.filled(p.key("values").entry(code), fmt.Sprintf("the meaning of code %q", code), t.Values[code])
		}
	}
}

// sortedKeys are the keys of a table in order, so that problems come in a stable order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
