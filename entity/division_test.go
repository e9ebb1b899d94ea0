package entity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/entity"
)

func TestDivisionsThroughTime(t *testing.T) {
	t.Parallel()
	table := entity.Divisions()
	for _, tt := range []struct {
		name string
		code string
		year int
		want string // full name, "" where not in use
	}{
		{"province", "320000", 1981, "江苏省"},
		{"prefecture", "320500", 2024, "江苏省苏州市"},
		{"county, its last year", "320586", 1999, "江苏省苏州市吴县市"},
		{"county, the year of its end", "320586", 2000, ""},
		{"county, the year before its first", "320506", 1999, ""},
		{"county, its first year", "320506", 2000, "江苏省苏州市吴中区"},
		{"reused code, before", "320803", 2010, "江苏省淮安市楚州区"},
		{"reused code, after", "320803", 2011, "江苏省淮安市淮安区"},
		{"county under the prefecture's older name", "320882", 1995, "江苏省淮阴市淮安市"},
		{"county of a municipality", "110101", 2000, "北京市东城区"},
		{"county directly under a province", "659012", 2024, "新疆维吾尔自治区白杨市"},
		{"given to another place, years between", "511400", 1998, ""},
		{"after the table", "320506", 2090, "江苏省苏州市吴中区"},
		{"before the table", "320000", 1980, ""},
		{"never a code", "329999", 2000, ""},
		{"no code at all", "x", 2000, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := table.Name(tt.code, tt.year); got != tt.want {
				t.Errorf("Name = %q, want %q", got, tt.want)
			}
			if got := table.Valid(tt.code, tt.year); got != (tt.want != "") {
				t.Errorf("Valid = %v", got)
			}
			if got := entity.DivisionValidIn([]byte(tt.code), tt.year); got != (tt.want != "") {
				t.Errorf("DivisionValidIn = %v", got)
			}
		})
	}
}

func TestAtAndLives(t *testing.T) {
	t.Parallel()
	table := entity.Divisions()
	older := entity.Division{Code: "320803", Name: "楚州区", Province: "江苏省", Prefecture: "淮安市", Level: entity.CountyLevel, From: 2000, Until: 2011}
	newer := entity.Division{Code: "320803", Name: "淮安区", Province: "江苏省", Prefecture: "淮安市", Level: entity.CountyLevel, From: 2011}
	if got, ok := table.At("320803", 2000); !ok || got != older {
		t.Errorf("At 2000 = %+v, %v", got, ok)
	}
	if diff := cmp.Diff([]entity.Division{older, newer}, table.Lives("320803")); diff != "" {
		t.Error(diff)
	}
	if got := table.Lives("329999"); got != nil {
		t.Errorf("Lives of no code = %v", got)
	}
	for code, want := range map[string]bool{"320803": true, "320586": true, "329999": false, "32058": false, "": false, "32058六": false} {
		if table.Existed(code) != want || entity.DivisionExisted([]byte(code)) != want {
			t.Errorf("Existed(%q) = %v, DivisionExisted = %v, want %v", code, table.Existed(code), entity.DivisionExisted([]byte(code)), want)
		}
	}
}

func TestSuccessors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		code     string
		from, to int
		want     []string
	}{
		{"lives on", "320506", 2000, 2024, []string{"320506"}},
		{"the same year", "320586", 1998, 1998, []string{"320586"}},
		{"before the split", "320586", 1995, 1999, []string{"320586"}},
		{"split", "320586", 1995, 2000, []string{"320506", "320507"}},
		{"raised, then split", "320524", 1983, 2024, []string{"320506", "320507"}},
		{"merged", "110103", 2009, 2010, []string{"110101"}},
		{"moved to a reused code", "320882", 1995, 2005, []string{"320803"}},
		{"and on through its change of name", "320882", 1995, 2024, []string{"320803"}},
		{"change of name without a word in the source", "320800", 1990, 2024, []string{"320800"}},
		{"part given away earlier", "320323", 1990, 2024, []string{"320302", "320312"}},
		{"part given away, the rest not yet ended", "320323", 1990, 2006, []string{"320302", "320323"}},
		{"that part was gone before", "320323", 2006, 2010, []string{"320312"}},
		{"in use and parts given away", "320412", 2010, 2024, []string{"320402", "320404", "320411", "320412"}},
		{"not followed into another place", "511400", 1996, 2024, nil},
		{"not in use in that year", "320586", 1990, 2024, nil},
		{"backwards", "320586", 1998, 1990, nil},
		{"beyond the table", "320586", 1998, 2090, []string{"320506", "320507"}},
		{"never a code", "329999", 1998, 2024, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, entity.Divisions().Successors(tt.code, tt.from, tt.to)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHierarchy counts what is below the state and below Jiangsu, whose 13 prefectures and 95 counties of 2024 are known.
func TestHierarchy(t *testing.T) {
	t.Parallel()
	table := entity.Divisions()
	if n := len(table.Children("", 2024)); n != 34 {
		t.Errorf("%d provinces, want 34", n)
	}
	if n := len(table.Children("", 1990)); n != 31 {
		t.Errorf("%d provinces in 1990, want 31 (no Chongqing, Hong Kong, Macao)", n)
	}
	prefectures, counties := table.Children("320000", 2024), 0
	for _, p := range prefectures {
		if p.Level != entity.PrefectureLevel {
			t.Errorf("%s is directly under Jiangsu", p.FullName())
		}
		counties += len(table.Children(p.Code, 2024))
	}
	if len(prefectures) != 13 || counties != 95 {
		t.Errorf("%d prefectures and %d counties, want 13 and 95", len(prefectures), counties)
	}
	if n := len(table.Children("110000", 2024)); n != 16 {
		t.Errorf("%d districts of Beijing, want 16", n)
	}
	for _, code := range []string{"320506", "329999", "x"} {
		if got := table.Children(code, 2024); got != nil {
			t.Errorf("Children(%q) = %v", code, got)
		}
	}
}

func TestParent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code string
		year int
		want string
	}{
		{"320506", 2024, "320500"}, {"320500", 2024, "320000"}, {"320000", 2024, ""}, {"110101", 2024, "110000"},
		{"659012", 2024, "650000"}, {"320506", 1990, ""},
	} {
		got, ok := entity.Divisions().Parent(tt.code, tt.year)
		if got.Code != tt.want || ok != (tt.want != "") {
			t.Errorf("Parent(%s, %d) = %q, %v; want %q", tt.code, tt.year, got.Code, ok, tt.want)
		}
	}
}

// TestDivisionProperties holds what is true of every code and year: the three ways to ask agree, parent and child agree, and
// successors are in use in the year asked for and do not depend on a stop between.
func TestDivisionProperties(t *testing.T) {
	t.Parallel()
	table := entity.Divisions()
	var codes []string
	for _, p := range table.Children("", 2024) {
		for year := entity.FirstDivisionYear; year <= entity.LastDivisionYear; year += 4 {
			for _, d := range table.Children(p.Code, year) {
				codes = append(codes, d.Code)
				for _, c := range table.Children(d.Code, year) {
					codes = append(codes, c.Code)
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(codes).Draw(t, "code")
		from := rapid.IntRange(entity.FirstDivisionYear, entity.LastDivisionYear).Draw(t, "from")
		to := rapid.IntRange(from, entity.LastDivisionYear).Draw(t, "to")
		d, ok := table.At(code, from)
		if ok != table.Valid(code, from) || ok != entity.DivisionValidIn([]byte(code), from) || !table.Existed(code) {
			t.Fatalf("%s in %d: At says %v", code, from, ok)
		}
		if ok {
			parent, _ := table.Parent(code, from)
			found := false
			for _, c := range table.Children(parent.Code, from) {
				found = found || c == d
			}
			if !found {
				t.Fatalf("%s in %d is no child of its parent %q", code, from, parent.Code)
			}
		}
		end := table.Successors(code, from, to)
		for _, s := range end {
			if !table.Valid(s, to) {
				t.Fatalf("%s from %d to %d: successor %s is not in use", code, from, to, s)
			}
		}
		seen := map[string]bool{}
		middle := rapid.IntRange(from, to).Draw(t, "middle")
		for _, m := range table.Successors(code, from, middle) {
			for _, s := range table.Successors(m, middle, to) {
				seen[s] = true
			}
		}
		for _, s := range end {
			if !seen[s] {
				t.Fatalf("%s from %d to %d: %s is lost by way of %d", code, from, to, s, middle)
			}
		}
		if len(seen) != len(end) {
			t.Fatalf("%s from %d to %d: %v directly, %v by way of %d", code, from, to, end, seen, middle)
		}
	})
}

func TestCitizenDivision(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, number, code string }{
		{"GB 11643 example", "11010519491231002X", ""},
		{"GB 11643 example, over a hundred", "440524188001010014", ""},
		{"retired later", "320586199601010010", ""},
		{"retired in the year of birth", "320586200001010010", ""},
		{"retired before birth", "320586200101010010", "citizen.division_year"},
		{"began long after birth", "320506195001010010", ""},
		{"ended before any number was given out, born before", "132926195001010010", ""},
		{"never a code", "329999195001010010", "citizen.division_year"},
		{"born after the table, in use at its end", "320506202601010010", ""},
		{"born after the table, retired", "320586202601010010", "citizen.division_year"},
		{"born after the table, perhaps newer", "329999202601010010", ""},
		{"resident from Hong Kong", "810000199408230021", ""},
		{"resident from Taiwan", "830000199408230025", ""},
		{"old form", "110105491231002", "citizen.length"},
		{"letters", "11010A19491231002X", "citizen.length"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code := ""
			if fault := entity.CitizenDivision([]byte(tt.number)); fault != nil {
				code = fault.Code
			}
			if code != tt.code {
				t.Errorf("got %q, want %q", code, tt.code)
			}
		})
	}
}
