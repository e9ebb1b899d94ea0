package access

import (
	"context"
	"maps"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/matter"
	"wuku/trust"
)

// serviceColumns are the elements for which a service's demo grant departs from what their level says.
var serviceColumns = map[string]map[string]Treatment{
	entity.Person: {
		"name": Clear, "sex": Clear, "division": Clear, "birth_date": Mask, "citizen_number": Mask,
		"spouse_number": Verify, "spouse_name": Verify, "death_cause": None, "blood_type": None, "birth_weight": None, "political": None,
	},
	entity.Organisation: {"legal_rep_name": Clear, "legal_rep_number": Verify},
	entity.Certificate:  {"holder_name": Clear, "holder_code": Verify, "number": Mask},
	entity.Credit:       {"subject_name": Clear, "subject_number": Verify},
}

// demoPurposes are the purposes of the demo's grants, as short names.
var demoPurposes = map[string][]string{
	trust.RoleService:    {"demo", "identity-check", "social-assistance", "school-enrolment", "medical-insurance", "housing-fund", "business-licensing"},
	trust.RoleSteward:    {"demo", "quality", "stewardship", "feedback"},
	trust.RoleDepartment: {"demo", "quality", "reconciliation"},
}

// DemoClient is the client of a demo role.
func DemoClient(role string) string { return "demo-" + role }

// Demo lists what the demo's clients apply for:
//   - a service may look up and verify people, organisations, certificates and credit: what is nobody's secret in clear, the
//     rest masked or only verified;
//   - a steward sees every library with personal elements of level 3 and above masked;
//   - a department sees in clear what its own feeds give, and nothing else;
//   - all three may check cases of every matter: see [demoCases].
//
// Planners, auditors and operators have no grant: their roles allow what they need.
func Demo(c *catalog.Catalog) map[string]Application {
	all := map[string]Application{}
	for i := range c.Libraries {
		lib := &c.Libraries[i]
		if lib.Name != entity.Place {
			demoApplication(all, trust.RoleService, lib, serviceTreatment)
		}
		demoApplication(all, trust.RoleSteward, lib, stewardTreatment)
		demoApplication(all, trust.RoleDepartment, lib, func(string, *catalog.Element) Treatment { return Clear })
	}
	demoCases(all, c)
	return all
}

// demoCases are the grants for cases: what the matters want of each library, no more. The counter sees values up to level 3 in clear,
// departments and stewards see them masked; what is only tested is only verified.
func demoCases(all map[string]Application, c *catalog.Catalog) {
	columns, purposes := map[string]map[string]Treatment{}, map[string]bool{}
	for _, name := range matter.Names(c) {
		p, err := matter.Compile(c, name)
		if err != nil {
			continue // a catalogue in force compiles
		}
		purposes[p.Purpose] = true
		for _, need := range p.Needs {
			if columns[need.Library] == nil {
				columns[need.Library] = map[string]Treatment{}
			}
			for _, e := range need.Test {
				columns[need.Library][e] = max(columns[need.Library][e], Verify)
			}
			for _, e := range need.Show {
				columns[need.Library][e] = Mask
			}
		}
	}
	for library, needed := range columns {
		for _, role := range []string{trust.RoleService, trust.RoleSteward, trust.RoleDepartment} {
			terms := Terms{Library: library, Operations: []Operation{CaseCheck}, Purposes: slices.Sorted(maps.Keys(purposes)), Columns: maps.Clone(needed), Basis: "demo 演示", Rate: 5000, Subjects: 10_000_000}
			for e, t := range needed {
				if role == trust.RoleService && t == Mask && c.Library(library).Element(e).Level <= 3 {
					terms.Columns[e] = Clear
				}
			}
			all["demo-"+role+"-case-"+library] = Application{Client: DemoClient(role), Title: "demo " + role + " cases " + library, Reason: "the demo", Terms: terms}
		}
	}
}

func demoApplication(all map[string]Application, role string, lib *catalog.Library, treat func(string, *catalog.Element) Treatment) {
	terms := Terms{Library: lib.Name, Operations: slices.DeleteFunc(UnderGrant(), func(op Operation) bool { return op == CaseCheck }), Purposes: slices.Clone(demoPurposes[role]), Columns: map[string]Treatment{},
		Basis: "demo 演示", OwnFeeds: role == trust.RoleDepartment, Rate: 5000, Subjects: 10_000_000}
	for i := range lib.Elements {
		e := &lib.Elements[i]
		if t := treat(lib.Name, e); t > None {
			terms.Columns[e.Name] = t
		}
	}
	all["demo-"+role+"-"+lib.Name] = Application{Client: DemoClient(role), Title: "demo " + role + " " + lib.Name, Reason: "the demo", Terms: terms}
}

func serviceTreatment(library string, e *catalog.Element) Treatment {
	if t, listed := serviceColumns[library][e.Name]; listed {
		return t
	}
	switch {
	case !e.Personal || e.Level <= 2:
		return Clear
	case e.Level == 3:
		return Mask
	}
	return Verify
}

func stewardTreatment(_ string, e *catalog.Element) Treatment {
	if e.Personal && e.Level >= 3 {
		return Mask
	}
	return Clear
}

// SeedDemo gives the demo's six roles a key each and the grants of [Demo], once, by the way that every grant goes: filed, assessed,
// approved by two. Later calls add what a new catalogue revision's libraries need and return no keys.
func SeedDemo(ctx context.Context, b *Book, c *catalog.Catalog, department string) (keys map[string]string, err error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	seeder := trust.Principal{ID: local, Client: "demo-seed"}
	if !slices.ContainsFunc(slices.Collect(maps.Values(f.Keys)), func(k Key) bool { return k.Client == DemoClient(trust.RoleService) }) {
		keys = map[string]string{}
		for _, role := range trust.Roles() {
			p := trust.Principal{Client: DemoClient(role), Name: "demo " + role, Role: role}
			if role == trust.RoleDepartment {
				p.Department = department
			}
			if keys[role], _, err = b.Issue(ctx, seeder, p, time.Time{}); err != nil {
				return nil, err
			}
		}
	}
	all := Demo(c)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if f.Cases[id] != nil {
			continue
		}
		if err := b.seed(ctx, seeder, id, all[id]); err != nil {
			return nil, err
		}
	}
	return keys, b.refresh(ctx, true)
}

// seed takes one application the whole way.
func (b *Book) seed(ctx context.Context, seeder trust.Principal, id string, a Application) error {
	first := trust.Principal{ID: local, Client: "demo-approver-1", Role: trust.RoleSteward}
	second := trust.Principal{ID: local, Client: "demo-approver-2", Role: trust.RoleSteward}
	steps := []struct {
		by      trust.Principal
		kind    string
		content any
	}{
		{seeder, Filed, a},
		{first, Assessed, Assessment{Level: "low", Text: "synthetic people only 全部为合成数据"}},
		{first, Approved, vote(first, "demo")},
		{second, Approved, vote(second, "demo")},
	}
	var events []Event
	for _, s := range steps {
		e, err := b.event(newID("e"), s.by, s.kind, id, s.content)
		if err != nil {
			return err
		}
		events = append(events, e)
	}
	return b.store.Append(ctx, events...)
}
