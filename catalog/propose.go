package catalog

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wuku/entity"
)

// Sample is a department's file as one reads it before there is a contract: columns in their order, records by column.
type Sample struct {
	Columns []string
	Records []map[string]string
}

// Proposal is a feed that was guessed from a sample, with why each guess was made.
type Proposal struct {
	Feed    Feed
	Why     map[string]string // element -> why its column was taken
	Key     string            // why the key
	Version string            // why the version
	Unknown []string          // columns that nothing was found for, with what they look like
}

// Propose guesses a feed of a department for one library: by what the values are (identifiers that check, dates, codes of a table), by what
// other feeds call the same element, and by the elements' own names. The feed stands behind all others in rank. Nothing of it is
// certain: a person reads it before it counts.
func Propose(c *Catalog, s Sample, name, zh, department, library, expires string) (*Proposal, error) {
	l := c.Library(library)
	if l == nil {
		return nil, fmt.Errorf("no library %q: want one of %s", library, strings.Join(entity.Libraries[:], ", "))
	}
	d := c.departmentOf(&Feed{Department: department})
	if d == nil {
		return nil, fmt.Errorf("no department %q: `wuku catalog show` lists them", department)
	}
	if len(s.Records) == 0 {
		return nil, fmt.Errorf("the sample has no record")
	}
	p := &Proposal{Why: map[string]string{}, Feed: Feed{Name: name, Department: department, ZH: zh, Format: FormatJSON, Partitions: 1, Cycle: "irregular", Expires: expires}}
	g := &guess{catalog: c, library: l, sample: s, columns: map[string]*column{}, habits: habits(c, library)}
	for _, n := range s.Columns {
		g.columns[n] = newColumn(n, s.Records)
	}
	slot := Slot{Library: library, Rank: "last", Fields: g.fields(p)}
	if len(slot.Fields) == 0 {
		return nil, fmt.Errorf("no column of the sample looks like an element of library %s: columns are %s", library, strings.Join(s.Columns, ", "))
	}
	if !g.named(slot.Fields) {
		return nil, fmt.Errorf("no column holds an identifier of library %s, so nobody would know whose records these are", library)
	}
	p.Feed.Claims = []Slot{slot}
	if err := g.key(p); err != nil {
		return nil, err
	}
	g.version(p)
	p.Feed.Nulls = g.nulls()
	return p, nil
}

// emergencyDays is how long an emergency feed lives when nobody says otherwise.
const emergencyDays = 90

// EmergencyExpires is the last day whose messages a feed takes that nobody gave a last day.
func EmergencyExpires(now time.Time) string {
	return now.In(time.FixedZone("+08:00", 8*60*60)).AddDate(0, 0, emergencyDays).Format(DateLayout)
}

// With is a catalogue that has one feed more, checked as a whole. c stays as it is.
func (c *Catalog) With(f *Feed) (*Catalog, Errors) {
	next := *c
	next.Feeds = append(slices.Clone(c.Feeds), *f)
	n := canonical(&next)
	return n, Check(n)
}

type guess struct {
	catalog *Catalog
	library *Library
	sample  Sample
	columns map[string]*column
	habits  map[string]map[string]int // column name -> element -> feeds that map it so
}

// column is what the sample shows of one column.
type column struct {
	name   string
	values []string // those that are filled
	unique bool     // every record has a value, no two the same
}

// blank are texts that mean nothing, wherever they stand.
var blank = []string{"无", "不详", "未知", "-", "--", "/", "NULL", "null", "N/A"}

func newColumn(name string, records []map[string]string) *column {
	c, seen := &column{name: name, unique: true}, map[string]bool{}
	for _, r := range records {
		v := strings.TrimSpace(r[name])
		if v == "" || slices.Contains(blank, v) {
			c.unique = false
			continue
		}
		c.unique = c.unique && !seen[v]
		seen[v] = true
		c.values = append(c.values, v)
	}
	return c
}

// mostly reports whether a test holds for nine of ten filled values, of which there is at least one.
func (c *column) mostly(ok func(string) bool) bool {
	n := 0
	for _, v := range c.values {
		if ok(v) {
			n++
		}
	}
	return n > 0 && 10*n >= 9*len(c.values)
}

// habits counts what other feeds of the library call an element.
func habits(c *Catalog, library string) map[string]map[string]int {
	all := map[string]map[string]int{}
	for _, f := range c.Feeds {
		for _, s := range f.Claims {
			if s.Library != library {
				continue
			}
			for _, x := range s.Fields {
				if x.From == "" || x.Definition != "" {
					continue
				}
				last := x.From[strings.LastIndexByte(x.From, '.')+1:]
				if all[last] == nil {
					all[last] = map[string]int{}
				}
				all[last][x.Element]++
			}
		}
	}
	return all
}

// candidate is a column that may hold an element.
type candidate struct {
	element *Element
	column  *column
	score   int
	why     string
	field   Field
}

// fields chooses for each element the column that fits best, each column once.
func (g *guess) fields(p *Proposal) []Field {
	var all []candidate
	for i := range g.library.Elements {
		for _, n := range g.sample.Columns {
			if c, ok := g.fit(&g.library.Elements[i], g.columns[n]); ok {
				all = append(all, c)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	taken, chosen := map[string]bool{}, map[string]Field{}
	for _, c := range all {
		if _, has := chosen[c.element.Name]; has || taken[c.column.name] {
			continue
		}
		taken[c.column.name] = true
		chosen[c.element.Name] = c.field
		p.Why[c.element.Name] = c.why
	}
	for _, n := range g.sample.Columns {
		if !taken[n] {
			p.Unknown = append(p.Unknown, n)
		}
	}
	var fields []Field
	for _, e := range g.library.Elements {
		if f, ok := chosen[e.Name]; ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// fit says how well a column fits an element: its values must, and then its name, or the values alone where they say enough.
func (g *guess) fit(e *Element, c *column) (candidate, bool) {
	f := Field{Element: e.Name, From: c.name}
	name, why := g.nameScore(e, c)
	value := 0
	switch e.Type {
	case TypeIdentifier:
		if !c.mostly(func(v string) bool { _, fault := entity.Normalise(e.Scheme, nil, []byte(v)); return fault == nil }) {
			return candidate{}, false
		}
		if e.Scheme == entity.SchemeCitizen || e.Scheme == entity.SchemeUSCC { // they check themselves
			value = 4
			why = strings.Trim(why+"; the values are valid numbers of scheme "+e.Scheme, "; ")
		}
	case TypeDate, TypeDateTime:
		f.Format = dateFormat(c)
		if f.Format == "" {
			return candidate{}, false
		}
	case TypeCode:
		values, ok := codes(g.catalog.CodeTable(e.Codes), c)
		if !ok {
			return candidate{}, false
		}
		f.Values = values
	case TypeInt, TypeDecimal, TypeFloat:
		if !c.mostly(numeric.MatchString) {
			return candidate{}, false
		}
	case TypeGeometry, TypeBool:
		return candidate{}, false // nobody should guess these
	}
	if len(c.values) == 0 || name+value < 3 {
		return candidate{}, false
	}
	return candidate{element: e, column: c, score: name + value, why: why, field: f}, true
}

// nameScore compares a column's name with an element's names and with other feeds' habits.
func (g *guess) nameScore(e *Element, c *column) (int, string) {
	n := strings.ToLower(strings.TrimSpace(c.name))
	switch {
	case n == e.Name || c.name == e.ZH:
		return 6, "the column has the element's name"
	case g.habits[c.name][e.Name] > 0:
		return 3 + min(g.habits[c.name][e.Name], 2), fmt.Sprintf("%d other feeds call it so", g.habits[c.name][e.Name])
	case len([]rune(c.name)) > 1 && (strings.Contains(e.ZH, c.name) || strings.Contains(c.name, e.ZH)):
		return 3, "the column's name is like " + e.ZH
	case e.Type != TypeText && alike(c.name, e.ZH) && (e.Type != TypeDate || !strings.Contains(dateFormat(c), "HH")):
		return 3, "the column's name is a little like " + e.ZH + ", and the values fit"
	}
	return 0, ""
}

// alike reports whether two names share two characters in a row.
func alike(a, b string) bool {
	r := []rune(a)
	for i := 0; i+1 < len(r); i++ {
		if r[i] > 0x2e80 && strings.Contains(b, string(r[i:i+2])) {
			return true
		}
	}
	return false
}

var numeric = regexp.MustCompile(`^[+-]?\d+(\.\d+)?$`)

// dateForms are the ways to write dates that a sample shows by itself; epochs do not.
var dateForms = []struct {
	format string
	form   *regexp.Regexp
}{
	{"yyyy-MM-dd", regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)},
	{"yyyyMMdd", regexp.MustCompile(`^(19|20)\d{2}(0\d|1[0-2])([0-2]\d|3[01])$`)},
	{"yyyy-MM-dd HH:mm:ss", regexp.MustCompile(`^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$`)},
	{"yyyyMMddHHmmss", regexp.MustCompile(`^(19|20)\d{12}$`)},
	{"yyyy/MM/dd", regexp.MustCompile(`^\d{4}/\d{1,2}/\d{1,2}$`)},
	{"yyyy年M月d日", regexp.MustCompile(`^\d{4}年\d{1,2}月\d{1,2}日$`)},
	{"iso", regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*$`)},
}

func dateFormat(c *column) string {
	for _, d := range dateForms {
		if c.mostly(d.form.MatchString) {
			return d.format
		}
	}
	return ""
}

// codes maps the column's values to a table's: nothing where they are its codes, by their meanings where they are those.
func codes(t *CodeTable, c *column) (map[string]string, bool) {
	if t == nil {
		return nil, false
	}
	if c.mostly(func(v string) bool { _, ok := t.Values[v]; return ok }) {
		return nil, true
	}
	values := map[string]string{}
	ok := c.mostly(func(v string) bool {
		for code, meaning := range t.Values {
			if meaning == v || strings.TrimSuffix(meaning, "性") == v {
				values[v] = code
				return true
			}
		}
		return false
	})
	return values, ok
}

// named reports whether the fields hold an identifier by which the library knows its entities.
func (g *guess) named(fields []Field) bool {
	return slices.ContainsFunc(g.library.Identity, func(i Identity) bool {
		return slices.ContainsFunc(i.Elements, func(e string) bool {
			return slices.ContainsFunc(fields, func(f Field) bool { return f.Element == e })
		})
	})
}

// key takes the first column that is filled and different in every record, those that are not mapped before those that are.
func (g *guess) key(p *Proposal) error {
	unmapped := p.Unknown
	for _, n := range append(slices.Clone(unmapped), g.sample.Columns...) {
		if c := g.columns[n]; c.unique && dateFormat(c) == "" {
			p.Feed.Key = []string{n}
			p.Key = fmt.Sprintf("filled and different in all %d records", len(g.sample.Records))
			return nil
		}
	}
	return fmt.Errorf("no column is filled and different in every record, so none names a record: give the sample a number of its own")
}

// version takes a column of times that is no element; else the broker's timestamp orders a record's versions.
func (g *guess) version(p *Proposal) {
	for _, n := range p.Unknown {
		if f := dateFormat(g.columns[n]); len(g.columns[n].values) == len(g.sample.Records) && (f == "yyyy-MM-dd HH:mm:ss" || f == "yyyyMMddHHmmss" || f == "iso") {
			p.Feed.Version = Version{Kind: VersionTime, Field: n, Format: f}
			p.Version = "a time in every record that is no element"
			return
		}
	}
	p.Feed.Version = Version{Kind: VersionBroker}
	p.Version = "no column of times that every record has: what is published later is newer"
}

// nulls are the texts of the sample that mean nothing.
func (g *guess) nulls() (found []string) {
	for _, r := range g.sample.Records {
		for _, v := range r {
			if v = strings.TrimSpace(v); slices.Contains(blank, v) && !slices.Contains(found, v) {
				found = append(found, v)
			}
		}
	}
	slices.Sort(found)
	return found
}
