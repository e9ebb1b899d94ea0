package catalog_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
)

// odcsSchema is the JSON Schema of ODCS v3.1 that the PyPI package open-data-contract-standard brings (make witnesses).
const odcsSchema = "../build/venv/lib/*/site-packages/open_data_contract_standard/schema.json"

// TestODCSIsStandard holds the contract of every feed of the shipped and the small catalogue against the standard's own schema.
func TestODCSIsStandard(t *testing.T) {
	t.Parallel()
	schema := compile(t, outside(t, odcsSchema), "")
	for _, c := range []*catalog.Catalog{shippedCatalog(t), load(t, "")} {
		for i := range c.Feeds {
			text, err := c.ODCS(&c.Feeds[i], "broker.example:9092")
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(document(t, fstest.MapFS{"c.yaml": {Data: text}}, "c.yaml")); err != nil {
				t.Errorf("%s: %v", c.Feeds[i].Name, err)
			}
		}
	}
}

func shippedCatalog(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestODCSComesBack writes each feed's contract, reads it, puts the file in the place of the feed's own, and finds no difference.
func TestODCSComesBack(t *testing.T) {
	t.Parallel()
	c := shippedCatalog(t)
	files := fstest.MapFS{}
	for _, name := range []string{"catalog.yaml", "departments.yaml", "codes.yaml", "responsibilities.yaml"} {
		files[name] = file(t, name)
	}
	for _, l := range c.Libraries {
		files["libraries/"+l.Name+".yaml"] = file(t, "libraries/"+l.Name+".yaml")
	}
	for i := range c.Feeds {
		text, err := c.ODCS(&c.Feeds[i], "")
		if err != nil {
			t.Fatal(err)
		}
		back, err := catalog.FromODCS(text)
		if err != nil {
			t.Fatalf("%s: %v", c.Feeds[i].Name, err)
		}
		files["feeds/"+c.Feeds[i].Name+".yaml"] = &fstest.MapFile{Data: back}
	}
	again, err := catalog.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Feeds { // rules and others are not part of a contract
		if diff := cmp.Diff(c.Feeds[i], *again.Feed(c.Feeds[i].Name)); diff != "" {
			t.Errorf("%s (-went +came back):\n%s", c.Feeds[i].Name, diff)
		}
	}
}

func file(t *testing.T, name string) *fstest.MapFile {
	t.Helper()
	text, err := fs.ReadFile(catalog.Province(), name)
	if err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: text}
}

// outside reads the one file that matches a pattern, of those that make witnesses fetches.
func outside(t *testing.T, pattern string) []byte {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %d files: run make witnesses", pattern, len(names))
	}
	text, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestODCSEdits changes what the standard itself has a place for.
func TestODCSEdits(t *testing.T) {
	t.Parallel()
	c := shippedCatalog(t)
	text, err := c.ODCS(c.Feed("police.person"), "")
	if err != nil {
		t.Fatal(err)
	}
	edited := string(text)
	for from, to := range map[string]string{"name: 常住人口信息": "name: 常住人口", "value: realtime": "value: daily", "name: 户政管理处": "name: 人口处"} {
		if !strings.Contains(edited, from) {
			t.Fatalf("the contract does not say %q:\n%s", from, edited[:1500])
		}
		edited = strings.Replace(edited, from, to, 1)
	}
	back, err := catalog.FromODCS([]byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	var f catalog.Feed
	if err := yaml.Unmarshal(back, &f); err != nil {
		t.Fatal(err)
	}
	if f.ZH != "常住人口" || f.Cycle != "daily" || f.Contact.Name != "人口处" || len(f.Claims[0].Fields) != len(c.Feed("police.person").Claims[0].Fields) {
		t.Errorf("came back as %q, %q, %q with %d fields", f.ZH, f.Cycle, f.Contact.Name, len(f.Claims[0].Fields))
	}
}

// TestODCSFromElsewhere reads contracts that we did not write.
func TestODCSFromElsewhere(t *testing.T) {
	t.Parallel()
	foreign := `version: 1.0.0
apiVersion: v3.1.0
kind: DataContract
id: orders
name: 订单
status: active
schema:
  - name: sales-orders
    physicalName: src.market.orders
    logicalType: object
    properties:
      - {name: id, logicalType: string, primaryKey: true}
      - {name: amount, logicalType: number, businessName: 金额}
`
	for name, c := range map[string]struct{ text, want, fails string }{
		"a contract":      {text: foreign, want: "# From an ODCS contract: add claims that map these fields to elements.\n#   id: string \n#   amount: number 金额\n"},
		"its key":         {text: foreign, want: "key:\n  - id\n"},
		"another kind":    {text: strings.Replace(foreign, "kind: DataContract", "kind: DataProduct", 1), fails: "want a DataContract"},
		"an old version":  {text: strings.Replace(foreign, "v3.1.0", "v2.2.0", 1), fails: "v2.2.0"},
		"no schema":       {text: foreign[:strings.Index(foreign, "schema:")], fails: "0 schema objects"},
		"not YAML":        {text: "a: [", fails: "not an ODCS contract"},
		"a feed of texts": {text: foreign + "customProperties:\n  - property: wukuFeed\n    value: {claims: none}\n", fails: "wukuFeed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := catalog.FromODCS([]byte(c.text))
			switch {
			case c.fails == "" && err != nil:
				t.Fatal(err)
			case c.fails != "" && (err == nil || !strings.Contains(err.Error(), c.fails)):
				t.Errorf("error %v, want %q", err, c.fails)
			case !strings.Contains(string(got), c.want):
				t.Errorf("got\n%s\nwant in it\n%s", got, c.want)
			}
		})
	}
}
