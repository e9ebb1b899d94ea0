package catalog_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/catalog"
)

// TestDiffText holds what people read: testdata/diff/*.txt is a script on the small catalogue (see overlay), a line of dashes,
// and the text of the difference.
func TestDiffText(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/diff/*.txt")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d diffs, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			script, want, _ := strings.Cut(string(text), golden)
			got := catalog.Diff(load(t, ""), load(t, script)).Text()
			if *rewrite {
				if err := os.WriteFile(name, []byte(script+golden+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("difference (-want +got, -rewrite to accept):\n%s", diff)
			}
		})
	}
}

func TestDiffJSON(t *testing.T) {
	t.Parallel()
	changes := catalog.Diff(load(t, ""), load(t, "@ libraries/person.yaml\n-    min: 1900-01-01\n+    strict: true"))
	got, err := json.Marshal(changes)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"path":"libraries[person].elements[birth_date].min","kind":"removed","old":"\"1900-01-01\"","compatible":true,` +
		`"why":"more values are accepted","effect":{"mapping_changed":["health.birth","police.person"]}},` +
		`{"path":"libraries[person].elements[birth_date].strict","kind":"added","new":"true","compatible":true,` +
		`"why":"only the first rank counts: values of the others vanish","effect":{"rule_changed":{"person":["birth_date"]}}}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

// TestDiffEffect changes a catalogue at random, at any leaf of any struct, and shows that the difference is empty exactly if the
// digests agree, and that its effects are exactly the digests that changed.
func TestDiffEffect(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"small", "province"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			read := func() *catalog.Catalog {
				fsys := small()
				if from == "province" {
					fsys = catalog.Province()
				}
				c, err := catalog.Load(fsys)
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			old := read()
			rapid.Check(t, func(r *rapid.T) {
				new := clone(t, old)
				for range rapid.IntRange(0, 4).Draw(r, "edits") {
					mutate(r, reflect.ValueOf(new).Elem())
				}
				for _, p := range catalog.Check(new) {
					if strings.HasSuffix(p.Code, ".duplicate") {
						r.Skip("two things with one name have no difference to speak of")
					}
				}
				effects(r, old, new)
			})
		})
	}
}

// clone copies a catalogue deeply.
func clone(t *testing.T, c *catalog.Catalog) *catalog.Catalog {
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	n := &catalog.Catalog{}
	if err := json.Unmarshal(text, n); err != nil {
		t.Fatal(err)
	}
	return n
}

func effects(r *rapid.T, old, new *catalog.Catalog) {
	changes := catalog.Diff(old, new)
	if same := catalog.Digest(old) == catalog.Digest(new); same != (len(changes) == 0) {
		r.Fatalf("digests agree: %v, but the difference is\n%s", same, changes.Text())
	}
	var mapping, removed []string
	before, after := catalog.MappingDigests(old), catalog.MappingDigests(new)
	for _, f := range new.Feeds {
		if before[f.Name] != after[f.Name] {
			mapping = append(mapping, f.Name)
		}
	}
	for _, f := range old.Feeds {
		if new.Feed(f.Name) == nil {
			removed = append(removed, f.Name)
		}
	}
	var rules []string
	before, after = catalog.RuleDigests(old), catalog.RuleDigests(new)
	for _, c := range []*catalog.Catalog{old, new} {
		for _, l := range c.Libraries {
			if before[l.Name] != after[l.Name] && !slices.Contains(rules, l.Name) {
				rules = append(rules, l.Name)
			}
		}
	}
	slices.Sort(mapping)
	slices.Sort(removed)
	slices.Sort(rules)
	e := changes.Effect()
	got := [3][]string{e.MappingChanged, e.FeedsRemoved, slices.Sorted(maps.Keys(e.RuleChanged))}
	if diff := cmp.Diff([3][]string{mapping, removed, rules}, got); diff != "" {
		r.Fatalf("effects (-digests +diff):\n%s\n%s", diff, changes.Text())
	}
	for _, c := range changes {
		if c.Path == "" || c.Why == "" {
			r.Fatalf("a change without path or reason: %+v", c)
		}
	}
}

// mutate changes one leaf at random.
func mutate(r *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		mutate(r, v.Field(rapid.IntRange(0, v.NumField()-1).Draw(r, "field")))
	case reflect.Slice:
		n := v.Len()
		if n == 0 {
			return
		}
		i := rapid.IntRange(0, n-1).Draw(r, "item")
		if rapid.IntRange(0, 4).Draw(r, "remove") == 0 {
			v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, n)))
			return
		}
		mutate(r, v.Index(i))
	case reflect.Map:
		key := rapid.SampledFrom([]string{"0", "1", "M", "new"}).Draw(r, "key")
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		if v.Type().Elem().Kind() != reflect.String { // a table of tables: only its entries come and go
			v.SetMapIndex(reflect.ValueOf(key), reflect.MakeMap(v.Type().Elem()))
			return
		}
		value := reflect.ValueOf(rapid.SampledFrom([]string{"1", "2", "x"}).Draw(r, "value"))
		if rapid.Bool().Draw(r, "delete") {
			value = reflect.Value{}
		}
		v.SetMapIndex(reflect.ValueOf(key), value)
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		mutate(r, v.Elem())
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "sex", "name", "text", "police", "iso", "7"}).Draw(r, "text"))
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int:
		v.SetInt(int64(rapid.IntRange(0, 4).Draw(r, "int")))
	case reflect.Float64:
		v.SetFloat(float64(rapid.IntRange(0, 4).Draw(r, "float")))
	}
}
