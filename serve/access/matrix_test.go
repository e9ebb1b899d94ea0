package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/trust"
)

// TestMatrix generates role x operation x library x treatment and compares the decision with a plain statement of the rules: who
// may by role, and under a grant whose client, library, operation and treatment fit.
func TestMatrix(t *testing.T) {
	t.Parallel()
	byRole := map[access.Operation]string{
		access.Catalogue: "department service planner steward auditor operator", access.WhoAmI: "department service planner steward auditor operator",
		access.Applying: "department service planner steward auditor operator", access.Granting: "department service planner steward auditor operator",
		access.KeyKeeping: "department service planner steward auditor operator", access.Usage: "department service planner steward auditor operator",
		access.Changes: "service department steward operator", access.Audit: "auditor", access.Metrics: "operator", access.Deciding: "steward department",
		access.Feedback: "service department steward planner", access.Readers: "auditor", access.Recalls: "service department steward auditor",
		access.Findings: "department steward", access.Quarantines: "department steward operator", access.Incidents: "department steward operator",
		access.WorkOrders: "department steward auditor", access.OrderActs: "department steward", access.Scorecards: "department steward auditor operator",
		access.Bulletins: "department service planner steward auditor operator", access.Bulletining: "steward", access.Reviews: "steward", access.Revealing: "steward",
		access.Retries: "department steward operator", access.Trying: "department steward", access.Publishing: "department", access.Receipts: "department steward",
		access.Revisions: "department service planner steward auditor operator", access.Proposing: "department steward operator",
		access.Demands: "department service planner steward auditor operator", access.Meeting: "steward", access.Sharing: "steward auditor operator",
		access.Samples: "department steward", access.Space: "planner steward", access.Warnings: "department steward planner", access.WarningAck: "department steward",
		access.Cases: "service department steward auditor operator", access.Savings: "steward operator auditor department",
		access.Statistics: "all", access.Overview: "all", access.Trust: "all",
	}
	for op := range access.ByRole {
		if byRole[op] == "" {
			t.Errorf("the matrix lacks %s", op)
		}
	}
	treatments := []access.Treatment{access.None, access.Verify, access.Mask, access.Clear}
	cells := 0
	for _, role := range append(trust.Roles(), "") {
		caller := trust.Principal{ID: "k", Client: "c", Role: role}
		if role == "" {
			caller = trust.Principal{}
		}
		for op, roles := range byRole {
			_, refusal := access.Decide(time.Now(), caller, nil, access.Call{Operation: op})
			want := roles == "all" || role != "" && slices.Contains(strings.Fields(roles), role)
			if (refusal == nil) != want {
				t.Errorf("%q may %s: %v, want %v", role, op, refusal == nil, want)
			}
			cells++
		}
		for _, op := range access.UnderGrant() {
			for _, library := range []string{"person", "place"} {
				for _, granted := range treatments {
					for _, client := range []string{"c", "other"} {
						g := access.Grant{ID: "g", Client: client, Terms: access.Terms{Library: "person", Operations: []access.Operation{op}, Purposes: []string{"p"},
							Columns: map[string]access.Treatment{"name": granted}}}
						d, refusal := access.Decide(time.Now(), caller, []access.Grant{g}, access.Call{Operation: op, Library: library, Fields: []string{"name"}, Purpose: "p"})
						enough := granted >= access.Mask || (op == access.Check || op == access.CaseCheck) && granted == access.Verify
						want := role != "" && library == "person" && client == "c" && enough
						if (refusal == nil) != want || d.Valid() != want || want && d.Treatment("name") != granted || d.Treatment("other") != access.None {
							t.Errorf("%q, %s of %s under a grant of %s with %s: %v, want %v", role, op, library, client, granted, refusal, want)
						}
						cells++
					}
				}
			}
		}
	}
	if cells < 1000 {
		t.Errorf("only %d cells", cells)
	}
	for _, op := range []access.Operation{access.Lookup, access.Entity, access.Export} { // an operation that the grant does not name
		g := access.Grant{ID: "g", Client: "c", Terms: access.Terms{Library: "person", Operations: []access.Operation{access.Check}, Purposes: []string{"p"}, Columns: map[string]access.Treatment{"name": access.Clear}}}
		if _, refusal := access.Decide(time.Now(), trust.Principal{ID: "k", Client: "c", Role: trust.RoleService}, []access.Grant{g}, access.Call{Operation: op, Library: "person", Purpose: "p"}); refusal == nil {
			t.Errorf("%s under a grant of verification only", op)
		}
	}
}

// TestMatrixOfTheProvince goes through every element of every library of the shipped catalogue under every treatment, for every role and
// operation, with a caller of every level: what is granted to one column of one library opens no other, and nothing above the caller's level.
func TestMatrixOfTheProvince(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	now, cells := time.Now(), 0
	for i := range c.Libraries {
		l := &c.Libraries[i]
		other := c.Libraries[(i+1)%len(c.Libraries)].Name
		for k := range l.Elements {
			e, beside := l.Elements[k], l.Elements[(k+1)%len(l.Elements)].Name
			for _, granted := range []access.Treatment{access.None, access.Verify, access.Mask, access.Clear} {
				g := access.Grant{ID: "g", Client: "c", Terms: access.Terms{Library: l.Name, Operations: access.UnderGrant(), Purposes: []string{"p"}, Columns: map[string]access.Treatment{e.Name: granted}}}
				for _, role := range trust.Roles() {
					for level := range 5 {
						var above []string
						if level > 0 && e.Level > level {
							above = []string{e.Name}
						}
						for _, op := range access.UnderGrant() {
							enough := granted >= access.Mask || (op == access.Check || op == access.CaseCheck) && granted == access.Verify
							for library, right := range map[string]bool{l.Name: true, other: false} {
								for _, column := range []string{e.Name, beside} {
									cells++
									want := enough && right && column == e.Name && above == nil
									d, refusal := access.Decide(now, trust.Principal{ID: "k", Client: "c", Role: role, Level: level}, []access.Grant{g},
										access.Call{Operation: op, Library: library, Fields: []string{column}, Above: above, Purpose: "p"})
									if (refusal == nil) != want || d.Valid() != want || d.Treatment(beside) != access.None || !want && d.Treatment(e.Name) != access.None {
										t.Fatalf("%s as %s of level %d: %s.%s under a grant of %s.%s with %s: %v, want %v", op, role, level, library, column, l.Name, e.Name, granted, refusal == nil, want)
									}
								}
							}
						}
					}
				}
			}
		}
	}
	if cells < 1_000_000 {
		t.Errorf("only %d cells", cells)
	}
}
