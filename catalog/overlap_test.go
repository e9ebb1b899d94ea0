package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
)

func TestOverlaps(t *testing.T) {
	t.Parallel()
	sex := catalog.Overlap{Library: "person", Element: "sex", ZH: "性别", First: []string{"police.person"}, Others: []string{"health.birth"}}
	birth := catalog.Overlap{Library: "person", Element: "birth_date", ZH: "出生日期", First: []string{"police.person"}, Others: []string{"health.birth"}}
	street := catalog.Overlap{Library: "person", Element: "street", ZH: "街路", First: []string{"nanjing.resident", "suzhou.resident"}, Others: []string{"police.person"}}
	for name, c := range map[string]struct {
		script string
		want   []catalog.Overlap
	}{
		"two departments of the province, cities within it": {"", []catalog.Overlap{sex, birth, street}},
		"another notion is no duplicate": {"@ libraries/person.yaml\n-    authority:\n-      - police.person\n-      - health.birth\n+    authority: [police.person]\n\n" +
			"@ feeds/health.birth.yaml\n-format: iso}\n+format: iso, definition: 娩出时刻}", []catalog.Overlap{sex, street}},
		"areas apart": {"@ feeds/police.person.yaml\n-      - {element: street, from: dz.jl}\n-      - {element: division, from: dz.qh}\n+      - {element: name, from: xm2}\n\n" +
			"@ feeds/police.person.yaml\n-      - {element: name, from: xm}\n+# once\n\n" +
			"@ libraries/person.yaml\n-    group: address\n-    authority: [[nanjing.resident, suzhou.resident], police.person]\n+    group: address\n+    authority: [[nanjing.resident, suzhou.resident]]\n\n" +
			"@ libraries/person.yaml\n-    division: true\n-    authority: [[nanjing.resident, suzhou.resident], police.person]\n+    division: true\n+    authority: [[nanjing.resident, suzhou.resident]]",
			[]catalog.Overlap{sex, birth}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, load(t, c.script).Overlaps()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
