package access

import (
	"slices"

	"wuku/catalog"
	"wuku/entity"
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

// Demo makes the demo's grants from a catalogue:
//   - a service may look up and verify people, organisations, certificates and credit: what is nobody's secret in clear, the
//     rest masked or only verified;
//   - a steward sees every library with personal elements of level 3 and above masked;
//   - a department sees in clear what its own feeds give, and nothing else.
//
// Planners, auditors and operators have no grant: their roles allow what they need.
func Demo(c *catalog.Catalog) []Grant {
	var grants []Grant
	for i := range c.Libraries {
		lib := &c.Libraries[i]
		if lib.Name != entity.Place {
			grants = append(grants, demoGrant(trust.RoleService, lib, []Operation{Lookup, Check, Entity, Explain}, serviceTreatment))
		}
		grants = append(grants, demoGrant(trust.RoleSteward, lib, []Operation{Lookup, Check, Entity, Explain}, stewardTreatment))
		own := demoGrant(trust.RoleDepartment, lib, []Operation{Lookup, Check, Entity, Explain}, func(string, *catalog.Element) Treatment { return Clear })
		own.OwnFeeds = true
		grants = append(grants, own)
	}
	return grants
}

func demoGrant(role string, lib *catalog.Library, ops []Operation, treat func(string, *catalog.Element) Treatment) Grant {
	g := Grant{ID: "demo-" + role + "-" + lib.Name, Role: role, Library: lib.Name, Operations: ops, Purposes: slices.Clone(demoPurposes[role]),
		Columns: map[string]Treatment{}}
	for i := range lib.Elements {
		e := &lib.Elements[i]
		g.Columns[e.Name] = treat(lib.Name, e)
	}
	return g
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
