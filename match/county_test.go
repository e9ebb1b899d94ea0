package match

import (
	"strings"
	"testing"

	"wuku/entity"
)

func TestCounty(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"江苏省南京市玄武区中山路12号": "320102",
		"南京市玄武区中山路12号":    "320102",
		"南京玄武区中山路12号":     "320102",
		"江蘇省南京市玄武區中山路12號": "320102",
		"昆山市玉山镇":          "320583",
		"南京市鼓楼区湖南路1号":     "320106",
		"福州市鼓楼区东街1号":      "350102",
		"鼓楼区湖南路1号":        "", // Nanjing's, Xuzhou's, Fuzhou's or Kaifeng's
		"江苏省淮安市楚州区镇淮楼1号":  "320803",
		"南京路5号":           "",
		"北京市海淀区中关村大街1号":   "110108",
		"海淀区中关村大街1号":      "110108",
		"":                "",
	} {
		if got, ok := County(address); got != want || ok != (want != "") {
			t.Errorf("%s: got %q %v, want %q", address, got, ok, want)
		}
	}
}

// TestCountyOfEveryForm writes an address in every county in four ways and wants at least 95 of 100 right, and none wrong that the
// address names in full.
func TestCountyOfEveryForm(t *testing.T) {
	t.Parallel()
	table := entity.Divisions()
	right, all := 0, 0
	for _, p := range table.Children("", entity.LastDivisionYear) {
		for _, q := range table.Children(p.Code, entity.LastDivisionYear) {
			for _, c := range table.Children(q.Code, entity.LastDivisionYear) {
				for form, address := range []string{c.FullName(), strings.TrimPrefix(c.FullName(), c.Province), c.Prefecture + c.Name, strings.TrimSuffix(c.Prefecture, "市") + c.Name} {
					all++
					got, ok := County(address + "中山路１２号3幢")
					if got == c.Code {
						right++
					} else if form == 0 && ok {
						t.Errorf("%s: got %q, want %q", address, got, c.Code)
					}
				}
			}
		}
	}
	t.Logf("%d of %d right", right, all)
	if right*100 < all*95 {
		t.Errorf("%d of %d right, want 95 of 100", right, all)
	}
}

func BenchmarkCounty(b *testing.B) {
	for b.Loop() {
		if _, ok := County("江苏省南京市玄武区中山路12号3幢2单元501室"); !ok {
			b.Fatal("not found")
		}
	}
}
