package match

import (
	"fmt"
	"strings"
	"testing"
)

// TestModelHoldsNoValues learns from records of which many share a name, a telephone, an address and a number, and looks for these in
// what is saved.
func TestModelHoldsNoValues(t *testing.T) {
	t.Parallel()
	fields := []Field{{Column: "name", Kind: Name}, {Column: "phone", Kind: Phone}, {Column: "home", Kind: Address}, {Column: "number", Kind: Identifier}, {Column: "born", Kind: Date}}
	b := NewBatch(&Mapping{Fields: fields})
	for i := range 400 {
		values := []string{"尉迟" + string(rune(0x4e00+i*7)), fmt.Sprintf("138%08d", i*7919), fmt.Sprintf("东街%d号", i), fmt.Sprintf("K%07d", i*31), fmt.Sprintf("19%02d-03-%02d", i%90, 1+i%28)}
		if i%4 == 0 {
			values = []string{"王秀英", "13912345678", "中山路12号", "K7654321", "1950-01-02"}
		}
		b.Add(fmt.Sprint(i), "", values)
	}
	m, err := b.Learn()
	if err != nil {
		t.Fatal(err)
	}
	saved, err := m.Save()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{"王秀英", "13912345678", "中山路", "7654321", "1950"} {
		if strings.Contains(string(saved), v) {
			t.Errorf("the model says %s", v)
		}
	}
	for f, text := range []string{"王秀英", "13912345678", "", "k7654321", "19500102"} {
		common := m.Fields[f].share(text) > 0
		if want := text != "" && fields[f].Kind != Identifier; common != want {
			t.Errorf("%s: common %v, want %v", fields[f].Column, common, want)
		}
	}
	again, err := Load(saved)
	if err != nil {
		t.Fatal(err)
	}
	if again.Fields[0].exact("王秀英") != m.Fields[0].exact("王秀英") || again.Fields[0].exact("王秀英") >= again.Fields[0].exact("李伟")-3 {
		t.Error("a common name weighs no less than a rare one, or another than before it was saved")
	}
}
