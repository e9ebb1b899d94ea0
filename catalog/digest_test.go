package catalog_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/catalog"
)

func load(t testing.TB, script string) *catalog.Catalog {
	t.Helper()
	fsys, err := overlay(script)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDigestIgnoresForm writes the same meaning in other YAML.
func TestDigestIgnoresForm(t *testing.T) {
	t.Parallel()
	want := load(t, "")
	for name, script := range map[string]string{
		"block style": "@ feeds/nanjing.resident.yaml\n-key: [id]\n+key:\n+  - 'id'",
		"key order":   "@ feeds/nanjing.resident.yaml\n-feed: nanjing.resident\n-department: nanjing\n+department: nanjing\n+feed: nanjing.resident",
		"a comment":   "@ codes.yaml\n-codes:\n+# tables\n+codes: # all",
		"the default": "@ feeds/nanjing.resident.yaml\n-format: json\n+format: json\n+topic: src.nanjing.resident\n+partitions: 1\n+tier: city\n+jurisdiction: 320100",
		"list order":  "@ feeds/police.person.yaml\n-      - {element: name, from: xm}\n-      - {element: sex, from: xb, values: {M: \"1\", F: \"2\"}}\n+      - {element: sex, from: xb, values: {F: 2, M: 1}}\n+      - {element: name, from: xm}",
		"null order":  "@ feeds/police.person.yaml\n-nulls: [\"-\", 无]\n+nulls: [无, \"-\"]",
		"rank form":   "@ libraries/person.yaml\n-      - police.person\n-      - health.birth\n+      - [police.person]\n+      - [health.birth]",
		"rank order":  "@ libraries/person.yaml\n-    group: address\n-    authority: [[nanjing.resident, suzhou.resident], police.person]\n+    group: address\n+    authority: [[suzhou.resident, nanjing.resident], police.person]",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := load(t, script)
			if diff := cmp.Diff(string(catalog.Canonical(want)), string(catalog.Canonical(got))); diff != "" {
				t.Errorf("canonical form (-want +got):\n%s", diff)
			}
			if catalog.Digest(want) != catalog.Digest(got) || len(catalog.Diff(want, got)) != 0 {
				t.Errorf("digest or diff differ")
			}
		})
	}
}

// TestDigestSees changes one thing that means something.
func TestDigestSees(t *testing.T) {
	t.Parallel()
	old := load(t, "")
	for name, c := range map[string]struct {
		script        string
		mapping, rule bool
	}{
		"a text":           {"@ feeds/police.person.yaml\n-zh: 常住人口\n+zh: 户籍人口", false, false},
		"a null":           {"@ feeds/police.person.yaml\n-nulls: [\"-\", 无]\n+nulls: [\"-\"]", true, false},
		"the key's order":  {"@ feeds/police.person.yaml\n-key: [id]\n+key: [id, xm]", true, false},
		"a code more":      {"@ codes.yaml\n-\"2\": 女性\n+\"2\": 女性, \"3\": 其他", true, false},
		"a code's meaning": {"@ codes.yaml\n-\"2\": 女性\n+\"2\": 女", false, false},
		"a bound":          {"@ libraries/person.yaml\n-    min: 1900-01-01\n+    min: 1890-01-01", true, false},
		"a level":          {"@ libraries/person.yaml\n-    level: 4\n+    level: 3", false, false},
		"strict":           {"@ libraries/person.yaml\n-    min: 1900-01-01\n+    min: 1900-01-01\n+    strict: true", false, true},
		"identity":         {"@ libraries/person.yaml\n-  - {scheme: citizen, elements: [citizen_number]}\n+  - {scheme: citizen, elements: [citizen_number]}\n+  - {scheme: name_sex, elements: [name, sex]}", true, true},
		"the jurisdiction": {"@ feeds/police.person.yaml\n-format: json\n+format: json\n+tier: nation", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := load(t, c.script)
			if catalog.Digest(old) == catalog.Digest(got) {
				t.Error("the digest is the same")
			}
			if changed := old.MappingDigest("police.person") != got.MappingDigest("police.person"); changed != c.mapping {
				t.Errorf("mapping of police.person changed = %v, want %v", changed, c.mapping)
			}
			if changed := old.RuleDigest("person") != got.RuleDigest("person"); changed != c.rule {
				t.Errorf("rule of person changed = %v, want %v", changed, c.rule)
			}
		})
	}
	if old.MappingDigest("no.feed") != "" || old.RuleDigest("place") != "" {
		t.Error("a digest of what is not there is not empty")
	}
}

// TestDigestLeavesCatalogAlone shuffles what has no order, and shows that digesting changes nothing in its argument.
func TestDigestLeavesCatalogAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		c, want := load(t, ""), load(t, "")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		shuffle(random, c.Feeds)
		shuffle(random, c.Departments)
		shuffle(random, c.Jurisdictions)
		for i := range c.Libraries {
			shuffle(random, c.Libraries[i].Elements)
		}
		for i := range c.Feeds {
			c.Feeds[i].Revision = random.Uint32N(9)
			shuffle(random, c.Feeds[i].Nulls)
			for j := range c.Feeds[i].Claims {
				shuffle(random, c.Feeds[i].Claims[j].Fields)
			}
		}
		before := catalog.ShowJSON(c)
		if catalog.Digest(c) != catalog.Digest(want) {
			r.Fatal("order changed the digest")
		}
		if len(catalog.Diff(want, c)) != 0 {
			r.Fatal("order makes a difference")
		}
		if !reflect.DeepEqual(before, catalog.ShowJSON(c)) {
			r.Fatal("Digest or Diff changed the catalogue")
		}
	})
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
