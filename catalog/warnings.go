package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Warning is one file of warnings/: a condition that is watched over a library, alone, with related records or counted by area, and who is
// warned. It is a rule of inspections that stands at no value and asks nobody to mend anything. 监测预警
type Warning struct {
	Name     string     `yaml:"warning" json:"name"` // [a-z][a-z0-9_]*, the file's name
	ZH       string     `yaml:"zh" json:"zh"`
	EN       string     `yaml:"en" json:"en"`
	Hint     string     `yaml:"hint" json:"hint"`   // what to do
	Level    string     `yaml:"level" json:"level"` // red, orange, yellow or blue
	Library  string     `yaml:"library" json:"library"`
	With     []Tie      `yaml:"with,omitempty" json:"with,omitempty"`         // base records that are looked at together
	When     string     `yaml:"when" json:"when"`                             // what is warned of, in the language of rules
	Count    *AreaCount `yaml:"count,omitempty" json:"count,omitempty"`       // warn of an area with many such entities, not of each
	Area     []string   `yaml:"area,omitempty" json:"area,omitempty"`         // beginnings of division codes; none: everywhere
	Audience []string   `yaml:"audience" json:"audience"`                     // departments; stewards see every warning
	Expires  int        `yaml:"expires,omitempty" json:"expires,omitempty"`   // days after which it ends though its cause stands; 0: never
	Disabled bool       `yaml:"disabled,omitempty" json:"disabled,omitempty"` // not looked at; what stands is withdrawn
	Examples []Example  `yaml:"examples,omitempty" json:"examples,omitempty"` // see `wuku rule test`
}

// AreaCount counts what a warning's condition holds of, by area.
type AreaCount struct {
	By   string `yaml:"by,omitempty" json:"by,omitempty"`     // an element that tells the area; none with cell or inside
	Left int    `yaml:"left,omitempty" json:"left,omitempty"` // only so many characters of it, as 4 of a division code for its city
	Cell int    `yaml:"cell,omitempty" json:"cell,omitempty"` // resolution of H3 cells, 5 to 9, by the elements longitude and latitude
	// Inside is a drawn area: the corners of one ring, each a longitude and a latitude, by the elements of these names.
	Inside [][2]float64 `yaml:"inside,omitempty" json:"inside,omitempty"`
	Least  int          `yaml:"least" json:"least"`                     // so many make a warning; 10 at least, since fewer show people
	Of     string       `yaml:"of,omitempty" json:"of,omitempty"`       // a jump: the date of each, counted over the last days
	Days   int          `yaml:"days,omitempty" json:"days,omitempty"`   // how long a span is compared with the one before it
	Times  int          `yaml:"times,omitempty" json:"times,omitempty"` // warn when it is so many times that of the span before, or more
}

// Levels of warnings, from the gravest. 红色 橙色 黄色 蓝色
var WarningLevels = [...]string{"red", "orange", "yellow", "blue"}

// warningPrefix begins the codes of the rules that warnings are.
const warningPrefix = "warning."

// fewestCounted is the least count by area that may be told: fewer would show people.
const fewestCounted = 10

// Code is the warning as a rule's code.
func (w *Warning) Code() string { return warningPrefix + w.Name }

// Rule is the warning as a rule of inspections over base records, broken where the warning's condition holds. A library without a
// division has no areas: there an area is an error of the catalogue.
func (w *Warning) Rule(c *Catalog) *QualityRule {
	r := &QualityRule{Code: w.Code(), ZH: w.ZH, EN: w.EN, Hint: w.Hint, Severity: SeverityMinor, Library: w.Library, Over: OverEntity, With: w.With, When: w.When,
		Must: "false", Disabled: w.Disabled, Examples: w.Examples}
	division := ""
	if l := c.Library(w.Library); l != nil {
		for i := range l.Elements {
			if l.Elements[i].Division {
				division = l.Elements[i].Name
			}
		}
	}
	if len(w.Area) > 0 && division != "" {
		var within []string
		for _, a := range w.Area {
			within = append(within, "starts("+division+", '"+a+"')")
		}
		r.When = "(" + w.When + ") and (" + strings.Join(within, " or ") + ")"
	}
	return r
}

// Warning returns the warning of that name, or nil.
func (c *Catalog) Warning(name string) *Warning {
	if k := slices.IndexFunc(c.Warnings, func(w Warning) bool { return w.Name == name }); k >= 0 {
		return &c.Warnings[k]
	}
	return nil
}

// WarningsOf lists the warnings in force over a library, in the order of their names.
func (c *Catalog) WarningsOf(library string) []*Warning {
	var out []*Warning
	for i := range c.Warnings {
		if w := &c.Warnings[i]; w.Library == library && !w.Disabled {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b *Warning) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (k *checker) warnings() {
	seen := map[string]bool{}
	for i := range k.catalog.Warnings {
		w, p := &k.catalog.Warnings[i], at(k.warningFiles[i])
		k.form(p.key("warning"), "name.form", "warning", w.Name, nameForm, nameHint)
		k.unique(p.key("warning"), "warning.duplicate", "warning", w.Name, seen)
		k.filled(p.key("zh"), "zh", w.ZH)
		k.filled(p.key("en"), "en", w.EN)
		k.filled(p.key("hint"), "hint", w.Hint)
		k.oneOf(p.key("level"), "warning.level", "level", w.Level, WarningLevels[:])
		if len(w.Audience) == 0 {
			k.fail(p.key("audience"), "warning.audience", fmt.Sprintf("warning %q has no audience", w.Name), "name the departments that are warned")
		}
		for n, d := range w.Audience {
			k.department(p.key("audience").item(n), d)
		}
		if w.Expires < 0 || w.Expires > 3660 {
			k.fail(p.key("expires"), "warning.expires", fmt.Sprintf("%d days are no term", w.Expires), "1 to 3660, or leave it out")
		}
		lib := k.catalog.Library(w.Library)
		if lib == nil {
			k.fail(p.key("library"), "library.unknown", fmt.Sprintf("library %q is unknown", w.Library), "name a library of the catalogue")
			continue
		}
		k.warningArea(p.key("area"), lib, w)
		r := w.Rule(k.catalog)
		k.ties(p.key("with"), lib, r)
		k.expressions(p, r)
		k.examples(p.key("examples"), r)
		if w.Count != nil {
			k.areaCount(p.key("count"), lib, w)
		}
	}
}

func (k *checker) warningArea(p place, lib *Library, w *Warning) {
	divided := slices.ContainsFunc(lib.Elements, func(e Element) bool { return e.Division })
	for i, a := range w.Area {
		switch {
		case !divided:
			k.fail(p.item(i), "warning.area", fmt.Sprintf("library %q has no element that tells a division", lib.Name), "leave area out, or mark the element with division: true")
		case !areaForm.MatchString(a):
			k.fail(p.item(i), "warning.area", fmt.Sprintf("%q is no beginning of a division code", a), "2, 4 or 6 digits, for example \"3201\"")
		}
	}
}

func (k *checker) areaCount(p place, lib *Library, w *Warning) {
	c := w.Count
	if len(w.With) > 0 {
		k.fail(p, "warning.count", "what is counted by area cannot look at related records", "leave with out")
	}
	ways := 0
	for _, said := range [...]bool{c.By != "", c.Cell != 0, len(c.Inside) > 0} {
		if said {
			ways++
		}
	}
	if ways != 1 {
		k.fail(p, "warning.count", "an area is told by an element, by cells or by its corners", "say one of by, cell and inside")
	}
	k.drawn(p.key("inside"), lib, c.Inside)
	if c.By != "" {
		k.ruleElement(p.key("by"), lib, c.By)
	}
	if c.Cell != 0 && (c.Cell < 5 || c.Cell > 9 || lib.Element("longitude") == nil || lib.Element("latitude") == nil) {
		k.fail(p.key("cell"), "warning.count", fmt.Sprintf("library %q cannot be counted by cells of resolution %d", lib.Name, c.Cell), "5 to 9, in a library with longitude and latitude")
	}
	if c.Least < fewestCounted {
		k.fail(p.key("least"), "warning.least", fmt.Sprintf("a count of %d shows people", c.Least), fmt.Sprintf("%d or more", fewestCounted))
	}
	jump := c.Of != "" || c.Days != 0 || c.Times != 0
	if e := lib.Element(c.Of); jump && (e == nil || exprType(e.Type) != ExprDate) {
		k.fail(p.key("of"), "warning.jump", fmt.Sprintf("%q is no date of library %q", c.Of, lib.Name), "name the element whose date is counted")
	}
	if jump && (c.Days < 1 || c.Days > 3660 || c.Times < 2) {
		k.fail(p.key("days"), "warning.jump", fmt.Sprintf("%d times in %d days is no jump", c.Times, c.Days), "days of 1 to 3660, and times of 2 or more")
	}
}

// drawn checks the corners of a drawn area.
func (k *checker) drawn(p place, lib *Library, ring [][2]float64) {
	if len(ring) == 0 {
		return
	}
	if len(ring) < 3 || len(ring) > 1000 || lib.Element("longitude") == nil || lib.Element("latitude") == nil {
		k.fail(p, "warning.count", fmt.Sprintf("library %q cannot be counted in an area of %d corners", lib.Name, len(ring)), "3 to 1,000 corners, in a library with longitude and latitude")
	}
	for i, c := range ring {
		if !(c[0] >= -180 && c[0] <= 180 && c[1] >= -90 && c[1] <= 90) {
			k.fail(p.item(i), "warning.count", "a corner is not on the globe", "longitude, then latitude, in degrees")
		}
	}
}
