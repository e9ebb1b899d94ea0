package catalog_test

import (
	"slices"
	"testing"

	"wuku/catalog"
)

// TestACLsLead: processes agree on the one that resolves a library by consumer groups of their own, which the program must be let into.
func TestACLsLead(t *testing.T) {
	t.Parallel()
	list := catalog.ACLs(&catalog.Catalog{}, catalog.ACLOptions{Program: "program"})
	for _, op := range []string{"Read", "Describe"} {
		want := catalog.ACL{Principal: "User:program", Resource: "group", Name: "wuku-lead-", Pattern: "prefixed", Operation: op}
		if !slices.Contains(list, want) {
			t.Errorf("%v is missing in %v", want, list)
		}
	}
}
