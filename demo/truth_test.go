package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/demo"
	"wuku/entity"
)

// TestAuthorityIsTheCatalogues: the generator declares what the departments agreed by itself; here the two meet.
func TestAuthorityIsTheCatalogues(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	want := map[string]map[string]int{}
	for i := range c.Libraries {
		for j := range c.Libraries[i].Elements {
			e := &c.Libraries[i].Elements[j]
			want[c.Libraries[i].Name+"."+e.Name+" "+e.Group] = e.Ranks()
		}
	}
	if diff := cmp.Diff(want, demo.Ranks()); diff != "" {
		t.Errorf("catalogue and demo differ in who gives what:\n%s", diff)
	}
}

// TestFactsFitTheCatalogue: every fact is a value that its element allows, from a feed that may give it, and stands once.
func TestFactsFitTheCatalogue(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	seen := map[demo.Name]map[string]bool{}
	facts := 0
	province(t, 3000, 4).Truth(func(f demo.Fact) bool {
		facts++
		e := c.Library(f.Entity.Library).Element(f.Element)
		if e.Ranks()[f.Feed] == 0 {
			t.Errorf("%s of %s comes from %s, which has no say", f.Element, f.Entity.Library, f.Feed)
		}
		if why := misfit(c, e, f.Value); why != "" {
			t.Errorf("%s of %s from %s: %s", f.Element, f.Entity.Library, f.Feed, why)
		}
		if seen[f.Entity] == nil {
			seen[f.Entity] = map[string]bool{}
		}
		if seen[f.Entity][f.Element] {
			t.Errorf("%s of one entity of %s stands twice (%s)", f.Element, f.Entity.Library, f.Entity.Scheme)
		}
		seen[f.Entity][f.Element] = true
		return true
	})
	if facts < 3000*40 {
		t.Errorf("%d facts for 3,000 people are too few", facts)
	}
}

// misfit says why a value in normal form is none of an element; "" if it is.
func misfit(c *catalog.Catalog, e *catalog.Element, v string) string {
	switch e.Type {
	case catalog.TypeCode:
		if c.CodeTable(e.Codes).Values[v] == "" {
			return "no code of table " + e.Codes
		}
	case catalog.TypeIdentifier:
		out, fault := entity.Normalise(e.Scheme, nil, []byte(v))
		if fault != nil {
			return fault.Error()
		}
		if string(out) != v {
			return "not in normal form"
		}
	case catalog.TypeDate:
		day, err := time.Parse(time.DateOnly, v)
		if err != nil || day.Year() < 1900 || day.After(time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)) {
			return "no date"
		}
	case catalog.TypeDateTime:
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return "no time"
		}
	case catalog.TypeInt, catalog.TypeDecimal, catalog.TypeFloat:
		if strings.Trim(v, "0123456789.-") != "" || strings.Contains(v, ".") && strings.HasSuffix(v, "0") {
			return "no plain number"
		}
	}
	if e.MaxLength > 0 && len([]rune(v)) > e.MaxLength {
		return "too long"
	}
	return ""
}

// TestIdentifiersAreNobodyElses: two people, companies or places never share their strongest identifier.
func TestIdentifiersAreNobodyElses(t *testing.T) {
	t.Parallel()
	ended := map[demo.Name]bool{}
	var now demo.Name
	province(t, 60_000, 9).Truth(func(f demo.Fact) bool {
		if f.Entity == now {
			return true
		}
		if ended[f.Entity] {
			t.Errorf("two entities of %s have one %s", f.Entity.Library, f.Entity.Scheme)
			return false
		}
		ended[now], now = true, f.Entity
		return true
	})
}

// tally counts defects and near misses by family.
func tally(p *demo.Province) (bad, near map[string]int, byRule map[string]int) {
	bad, near, byRule = map[string]int{}, map[string]int{}, map[string]int{}
	p.Defects(func(d demo.Defect) bool {
		if d.NearMiss {
			near[d.Family]++
		} else {
			bad[d.Family]++
			byRule[d.Rule]++
		}
		return true
	})
	return bad, near, byRule
}

func TestRatesOfDefects(t *testing.T) {
	t.Parallel()
	p := province(t, 20_000, 1)
	bad, near, byRule := tally(p)
	messages, total := 0, 0
	p.All(func(demo.Message) bool { messages++; return true })
	for _, f := range demo.Families() {
		b, n := bad[f.Name], near[f.Name]
		total += b
		least := 100
		if f.Rate == 0 && f.Name != demo.Duplicate { // of small feeds
			least = 10
		}
		if b < least || n*4 < b {
			t.Errorf("%s: %d defects, %d near misses, want %d and a fifth of all", f.Name, b, n, least)
		}
		t.Logf("%s: %d defects, %d near misses", f.Name, b, n)
	}
	if per1000 := total * 1000 / messages; per1000 < 15 || per1000 > 30 {
		t.Errorf("%d defects in %d messages are %d in 1,000, want about 20", total, messages, per1000)
	}
	for _, rule := range []string{"value.null", "value.format", "value.code", "value.length", "value.range", "value.pattern", "citizen.check",
		"citizen.length", "citizen.masked", "citizen.birth", "uscc.check", "uscc.length", "certificate.check", "certificate.known_wrong", "parcel.length",
		"realproperty.length", "taxid.length", "message.json", "message.shape", "message.encoding", "message.duplicate_name",
		"message.depth", "message.envelope", "message.key", "message.version", "message.future", "cross.differs", "record.duplicate"} {
		if byRule[rule] == 0 {
			t.Errorf("no defect for rule %s", rule)
		}
	}
}

// TestDefectsNameWhatIsThere: rule, element, role and library of every defect are those of the catalogue.
func TestDefectsNameWhatIsThere(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	faults := map[string]bool{}
	for _, f := range entity.IdentifierFaults() {
		faults[f.Code] = true
	}
	type key struct{ feed, key, role, element, rule string }
	seen := map[key]bool{}
	province(t, 10_000, 6).Defects(func(d demo.Defect) bool {
		k := key{d.Feed, d.Key, d.Role, d.Element, d.Rule}
		if !d.NearMiss && seen[k] {
			t.Errorf("%s stands twice for one record of %s", d.Rule, d.Feed)
		}
		seen[k] = true
		if d.Family == demo.Broken {
			return true
		}
		mapped := slices.ContainsFunc(c.Feed(d.Feed).Claims, func(s catalog.Slot) bool {
			return s.Library == d.Library && strings.HasPrefix(d.Role, s.Role) &&
				(d.Element == "" || slices.ContainsFunc(s.Fields, func(f catalog.Field) bool {
					return f.Element == d.Element && (d.Family == demo.Inconsistency || f.Required == d.Quarantine || d.NearMiss)
				}))
		})
		if !mapped {
			t.Errorf("%s maps no element %q of %s in role %q (required %t)", d.Feed, d.Element, d.Library, d.Role, d.Quarantine)
		}
		if family, _, _ := strings.Cut(d.Rule, "."); d.Family == demo.Format && !d.NearMiss && family != "value" && family != "geometry" && !faults[d.Rule] {
			t.Errorf("%s has the unknown code %s", d.Feed, d.Rule)
		}
		return true
	})
}

// TestDisagreementsAreReal: what is called inconsistent is not the value that wins, and the near misses of it name a value or none.
func TestDisagreementsAreReal(t *testing.T) {
	t.Parallel()
	p := province(t, 3000, 2)
	winner := map[demo.Name]map[string]string{}
	p.Truth(func(f demo.Fact) bool {
		if winner[f.Entity] == nil {
			winner[f.Entity] = map[string]string{}
		}
		winner[f.Entity][f.Element] = f.Feed
		return true
	})
	n := 0
	p.Defects(func(d demo.Defect) bool {
		if d.Family == demo.Inconsistency {
			n++
			if from := winner[d.Entity][d.Element]; from == "" || from == d.Feed {
				t.Errorf("%s of %s disagrees with %q", d.Element, d.Feed, from)
			}
		}
		return true
	})
	if n == 0 {
		t.Error("no department disagrees with another")
	}
}

func BenchmarkTruth(b *testing.B) {
	p := province(b, 100_000, 1)
	n := 0
	for n < b.N {
		p.Truth(func(demo.Fact) bool { n++; return n < b.N })
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "facts/s")
}

// TestDefectsAreTheirDepartments: whoever the catalogue says mends a feed is whom the truth names.
func TestDefectsAreTheirDepartments(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	province(t, 1000, 3).Defects(func(d demo.Defect) bool {
		f := c.Feed(d.Feed)
		want := f.Steward
		if want == "" {
			want = f.Department
		}
		if d.Department != want {
			t.Errorf("%s is mended by %s, the demo says %s", d.Feed, want, d.Department)
		}
		return !t.Failed()
	})
}

// TestMends: what was published stays as it was; every defect that stands and is mended ends, no other does, and with all mended none of a
// record's own is left.
func TestMends(t *testing.T) {
	t.Parallel()
	at := func(d demo.Defect) demo.Defect { d.Entity, d.Stands = demo.Name{}, false; return d }
	standing := func(mended int) (p *demo.Province, out map[demo.Defect]bool) {
		p, err := demo.New(demo.Config{People: 3000, Seed: 5, Mended: mended})
		if err != nil {
			t.Fatal(err)
		}
		out = map[demo.Defect]bool{}
		p.Defects(func(d demo.Defect) bool {
			if d.Stands && !d.NearMiss {
				out[at(d)] = true
			}
			return true
		})
		return p, out
	}
	p, before := standing(0)
	q, after := standing(40)
	if digestOf(p) != digestOf(q) {
		t.Error("the messages of the rounds are others when some of them are mended later")
	}
	sent, gone, left := map[string]bool{}, 0, 0
	for _, feed := range q.Feeds() {
		q.Mends("src."+feed, func(m demo.Message) bool { sent[m.Feed+" "+string(m.Key)] = true; return true })
		p.Mends("src."+feed, func(m demo.Message) bool { t.Errorf("%s mends though nothing is to be", m.Feed); return false })
	}
	for d := range before {
		switch across := d.Family == demo.Inconsistency || d.Family == demo.Duplicate; { // these may end by another record's mending
		case after[d]:
			left++
		case !across && !sent[d.Feed+" "+d.Key]:
			t.Errorf("ended without a message: %+v", d)
		default:
			gone++
		}
	}
	if share := float64(gone) / float64(gone+left); share < 0.3 || share > 0.5 {
		t.Errorf("%d of %d defects ended, 40 %% were to", gone, gone+left)
	}
	_, all := standing(100)
	for d := range all {
		if d.Family != demo.Inconsistency && d.Family != demo.Duplicate {
			t.Errorf("mended, and stands: %+v", d)
		}
	}
}
