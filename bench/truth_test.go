package bench_test

import (
	"strings"
	"testing"

	"wuku/bench"
	"wuku/demo"
)

// TestTruth holds the whole way, from topics to base records and findings, against the truth of a small province; a part
// of its records bears no identifier.
func TestTruth(t *testing.T) {
	t.Parallel()
	run, err := bench.TruthFresh(t.Context(), bench.Config{Seed: 7, Dir: t.TempDir()}, demo.Config{People: 1000, Seed: 7, Loose: 5, Mended: 50})
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Failed) > 0 {
		var out strings.Builder
		run.Print(&out)
		t.Error(out.String())
	}
	if run.Facts < 40_000 || len(run.Libraries) != 5 || len(run.Families) != len(demo.Families()) {
		t.Errorf("%d values in %d libraries and %d families of defects were compared", run.Facts, len(run.Libraries), len(run.Families))
	}
	for i, o := range run.Orders[:5] {
		if o.Standing == 0 || o.Mended == 0 {
			t.Errorf("%s: %d work orders of defects that stand and %d of mended ones prove nothing", run.Families[i].Name, o.Standing, o.Mended)
		}
	}
	for _, f := range run.Families[:5] { // the others are too rare in so small a province; TestDefectsAsMapped has them all
		if f.Injected == 0 || f.NearMisses == 0 {
			t.Errorf("%s: %d defects and %d near misses prove nothing", f.Name, f.Injected, f.NearMisses)
		}
	}
}
