package ingest_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/ingest"
)

// TestCompareInventories makes two inventories of a million records, of which one is missing, one is altered and one is too many.
func TestCompareInventories(t *testing.T) {
	t.Parallel()
	const n = 1_000_000
	c := &catalog.Catalog{}
	source, library := ingest.NewInventory(c, "a.x", time.Now()), ingest.NewInventory(c, "a.x", time.Now())
	fill := func(i *ingest.Inventory, ask func(int) bool, without, altered, more int) {
		for k := range n {
			h := ingest.Held{Key: "K" + strconv.Itoa(k), Digest: uint64(k) * 0x9e3779b97f4a7c15}
			if k == altered {
				h.Digest++
			}
			if k != without {
				i.Add(h, ask)
			}
		}
		if more > 0 {
			i.Add(ingest.Held{Key: "K" + strconv.Itoa(more)}, ask)
		}
	}
	fill(source, nil, -1, -1, 0)
	fill(library, nil, 123_456, 654_321, n+7)
	first, err := ingest.Compare(source, library)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Ranges) != 3 || first.Asked {
		t.Fatalf("ranges that differ: %v, asked %v", first.Ranges, first.Asked)
	}
	ask := func(r int) bool { return slices.Contains(first.Ranges, r) }
	source, library = ingest.NewInventory(c, "a.x", time.Now()), ingest.NewInventory(c, "a.x", time.Now())
	fill(source, ask, -1, -1, 0)
	fill(library, ask, 123_456, 654_321, n+7)
	d, err := ingest.Compare(source, library)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(d.Missing, d.Altered, d.Surplus, d.Asked)
	if diff := cmp.Diff(fmt.Sprint([]string{"K123456"}, []string{"K654321"}, []string{"K1000007"}, true), got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	other := ingest.NewInventory(c, "b.x", time.Now())
	if _, err := ingest.Compare(source, other); err == nil || !strings.Contains(err.Error(), "two feeds") {
		t.Errorf("inventories of two feeds were compared: %v", err)
	}
}
