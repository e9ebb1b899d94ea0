package catalog

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// texts are the keys on which neither a department nor a reader depends; everything else has a verdict of its own.
var texts = []string{"zh", "en", "contact", "uscc", "standard", "definition", "owner", "steward", "supervisor", "counterpart", "abstract", "batch", "item", "event", "cycle", "department", "feed", "library",
	"table", "code", "element", "role", "name"}

// TestEveryPlaceIsJudged keeps a verdict for every key of the types, so that a new key cannot pass as a mere text.
func TestEveryPlaceIsJudged(t *testing.T) {
	t.Parallel()
	known := verdicts()
	limits := []string{"libraries.elements.max_length", "libraries.elements.min", "libraries.elements.max", "libraries.elements.level", "feeds.partitions"}
	seen := 0
	var walk func(typ reflect.Type, at string)
	walk = func(typ reflect.Type, at string) {
		switch typ.Kind() {
		case reflect.Pointer:
			walk(typ.Elem(), at)
			return
		case reflect.Slice:
			if _, keyed := keyOf(typ.Elem()); keyed {
				if _, judged := known[at]; !judged {
					t.Errorf("no verdict for %s", at)
				}
				walk(typ.Elem(), at)
				return
			}
		case reflect.Struct:
			for i := range typ.NumField() {
				key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
				if key != "-" && !slices.Contains(texts, key) {
					walk(typ.Field(i).Type, strings.TrimPrefix(at+"."+key, "."))
				}
			}
			return
		}
		seen++
		if _, judged := known[at]; !judged && !slices.Contains(limits, at) {
			t.Errorf("no verdict for %s", at)
		}
	}
	walk(reflect.TypeFor[Catalog](), "")
	if seen < 40 {
		t.Errorf("only %d places", seen)
	}
}

// TestEffectKeysExist keeps the lists of keys that decide on effects in step with the types.
func TestEffectKeysExist(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ  reflect.Type
		keys []string
	}{
		{reflect.TypeFor[Feed](), mappingKeys[:]}, {reflect.TypeFor[Element](), validationKeys[:]}, {reflect.TypeFor[Element](), ruleKeys[:]},
	} {
		for _, key := range c.keys {
			if _, ok := keysOf(c.typ).index[key]; !ok {
				t.Errorf("%s has no key %s", c.typ.Name(), key)
			}
		}
	}
}
