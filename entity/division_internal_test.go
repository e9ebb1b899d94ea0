package entity

import (
	"strings"
	"testing"
)

// TestParseDivisionsRefuses gives the reader data sets that a careless update could bring. It is inside the package because the
// reader is not exported: nobody else has data for it.
func TestParseDivisionsRefuses(t *testing.T) {
	t.Parallel()
	const header = "代码,一级行政区,二级行政区,名称,级别,状态,启用时间,变更/弃用时间,新代码\n"
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "no header"},
		{"header alone", header, "no rows"},
		{"other header", "a,b,c,d,e,f,g,h,i\n110000,北京市,,北京市,省级,在用,1981,,\n", "no header"},
		{"columns", header + "110000,北京市\n", "wrong number of fields"},
		{"code", header + "11000,北京市,,北京市,省级,在用,1981,,\n", `code "11000": not six digits`},
		{"level", header + "110000,北京市,,北京市,国级,在用,1981,,\n", "unknown level"},
		{"first year", header + "110000,北京市,,北京市,省级,在用,1970,,\n", `year "1970" is not from 1981 to 2024`},
		{"last year", header + "110000,北京市,,北京市,省级,弃用,1981,2031,\n", `year "2031"`},
		{"year of a successor", header + "110000,北京市,,北京市,省级,在用,1981,,110101[x]\n", `year "x"`},
		{"successor without a year", header + "110000,北京市,,北京市,省级,在用,1981,,110101\n", "has no year"},
		{"successor unknown", header + "110000,北京市,,北京市,省级,弃用,1981,1990,110101\n", "successor 110101 is not in use in 1990"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parseDivisions(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

// TestEmbeddedDivisions reads the whole data set and holds its size: a half-copied file must not pass.
func TestEmbeddedDivisions(t *testing.T) {
	t.Parallel()
	table, err := parseDivisions(divisionData)
	if err != nil {
		t.Fatal(err)
	}
	if len(table.records) != 6823 || len(table.byCode) != 6450 {
		t.Errorf("%d records of %d codes, want 6823 and 6450", len(table.records), len(table.byCode))
	}
	for code, lives := range table.byCode {
		for k := 1; k < len(lives); k++ {
			if before, after := table.records[lives[k-1]], table.records[lives[k]]; before.Until == 0 || before.Until > after.From {
				t.Errorf("%s: two lives at once, %+v and %+v", code, before, after)
			}
		}
	}
}
