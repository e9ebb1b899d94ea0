package catalog_test

import (
	"io/fs"
	"os"
	"testing"

	"wuku/catalog"
)

// small is the catalogue that most tests start from.
func small() fs.FS { return os.DirFS("testdata/small") }

func TestLoadSmall(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(small())
	if err != nil {
		t.Fatal(err)
	}
	f := c.FeedByTopic("src.nanjing.resident")
	if f == nil {
		t.Fatal("no feed has the default topic src.nanjing.resident")
	}
	if f.Partitions != 1 || f.Tier != "city" || f.Jurisdiction != "320100" {
		t.Errorf("defaults = %d partitions, tier %q, jurisdiction %q", f.Partitions, f.Tier, f.Jurisdiction)
	}
	if got := c.Library("person").Element("street").Ranks(); got["suzhou.resident"] != 1 || got["police.person"] != 2 {
		t.Errorf("ranks of street = %v", got)
	}
	if got := *c.Library("person").Element("birth_date").Min; got != "1900-01-01" {
		t.Errorf("min of birth_date = %q", got)
	}
}
