package main

import (
	"testing"

	"wuku/trust"
)

// TestWhoActsOnOrders: the key says for whom somebody acts on a work order; no flag does.
func TestWhoActsOnOrders(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		p    trust.Principal
		want string // "": nobody
	}{
		{"a department", trust.Principal{Role: trust.RoleDepartment, Department: "medins"}, "medins"},
		{"a steward without a department is the board's", trust.Principal{Role: trust.RoleSteward}, "data"},
		{"a steward of a department", trust.Principal{Role: trust.RoleSteward, Department: "civil"}, "civil"},
		{"a department's key that names none", trust.Principal{Role: trust.RoleDepartment}, ""},
		{"a service that a department applied for", trust.Principal{Role: trust.RoleService, Department: "medins"}, ""},
		{"an operator", trust.Principal{Role: trust.RoleOperator, Department: "data"}, ""},
		{"an auditor", trust.Principal{Role: trust.RoleAuditor}, ""},
	} {
		if got, err := speaksFor(x.p, "data"); got != x.want || (err == nil) != (x.want != "") {
			t.Errorf("%s: %q, %v", x.name, got, err)
		}
	}
	for _, sub := range workorderCommand().Commands() {
		if name := sub.Name(); name == "list" || name == "show" || name == "digest" {
			continue
		}
		if sub.Flags().Lookup("by") != nil || sub.Flags().Lookup("api-key-file") == nil {
			t.Errorf("workorder %s: it takes the word of whoever calls instead of a key", sub.Name())
		}
	}
}
