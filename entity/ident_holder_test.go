package entity_test

import (
	"testing"

	"wuku/entity"
)

// TestHolder takes the numbers by which certificates name their holders: a person's, an organisation's, a document's, and what is none of
// them, as the sources write them.
func TestHolder(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct{ value, scheme string }{
		" 11010519491231002x ": {"11010519491231002X", entity.SchemeCitizen},
		"91350100m000100y43":   {"91350100M000100Y43", entity.SchemeUSCC},
		"１１０１０５１９４９１２３１００２Ｘ": {"11010519491231002X", entity.SchemeCitizen},
		"110105194912310020": {"110105194912310020", ""}, // fails its check: it names nobody, and stays
		"p-77 12":            {"P-7712", ""},
		"e38104726":          {"E38104726", entity.SchemePassport},
	} {
		got, fault := entity.Normalise(entity.SchemeHolder, nil, []byte(raw))
		if fault != nil || string(got) != want.value || entity.HolderScheme(got) != want.scheme {
			t.Errorf("%q: %q of %q, %v", raw, got, entity.HolderScheme(got), fault)
		}
	}
	if _, fault := entity.Normalise(entity.SchemeHolder, nil, []byte("3201**********1234")); fault == nil {
		t.Error("a masked number is taken")
	}
}
