// Package access decides: which caller may make which call, under which grant, and how each element is shown. [Decide] is the one
// place where that happens, and a [Decision] can be made by it alone; everything that reads the base libraries wants one.
package access

import (
	"slices"
	"time"

	"wuku/trust"
)

// Treatment is how an element is shown under a grant. A greater one shows more.
type Treatment uint8

// The treatments.
const (
	None   Treatment = iota // not at all
	Verify                  // only whether a value that the caller has is the right one
	Mask                    // under the fixed mask of its type
	Clear                   // as it is
)

// String is the treatment's name in documents.
func (t Treatment) String() string {
	return [...]string{"none", "verify", "mask", "clear"}[min(t, Clear)]
}

// MarshalText writes the name.
func (t Treatment) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Operation is what a call does.
type Operation string

// The operations. The first four read values under a grant, the others are allowed by role.
const (
	Lookup     Operation = "lookup"
	Check      Operation = "verify"
	Entity     Operation = "entity"
	Explain    Operation = "explain"
	Changes    Operation = "changes"
	Statistics Operation = "statistics"
	Overview   Operation = "overview"
	Catalogue  Operation = "catalog"
	WhoAmI     Operation = "whoami"
	Audit      Operation = "audit"
	Metrics    Operation = "metrics"
)

// public operations need no key.
var public = []Operation{Statistics, Overview}

// byRole says who may make the calls that need no grant.
var byRole = map[Operation][]string{
	Catalogue: trust.Roles(),
	WhoAmI:    trust.Roles(),
	Changes:   {trust.RoleService, trust.RoleDepartment, trust.RoleSteward, trust.RoleOperator},
	Audit:     {trust.RoleAuditor},
	Metrics:   {trust.RoleOperator},
}

// Grant is what one kind of caller may see of one library, for which purposes and how long. 授权
type Grant struct {
	ID         string               `json:"id"`
	Role       string               `json:"role"`
	Library    string               `json:"library"`
	Operations []Operation          `json:"operations"`
	Purposes   []string             `json:"purposes"`
	NeedsCase  bool                 `json:"needs_case"` // a call must name its case
	Columns    map[string]Treatment `json:"columns"`    // elements that are not listed are not granted
	// OwnFeeds limits values to those that a feed of the caller's own department gives.
	OwnFeeds bool      `json:"own_feeds"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"` // exclusive; zero: no end
	Revoked  bool      `json:"revoked"`
}

// Call is what a caller asks for.
type Call struct {
	Operation Operation
	Library   string   // "" where the operation has none
	Fields    []string // elements; none: every element of the grant
	Grant     string   // "": the one grant that fits
	Purpose   string
	Case      string
}

// Refusal says why a call is not allowed. Code is stable.
type Refusal struct {
	Code     string
	Purposes []string // purpose.unknown: what the caller's grants allow
}

// Error is the code.
func (r *Refusal) Error() string { return "refused: " + r.Code }

// The codes of a Refusal.
const (
	NoKey        = "key.missing"
	NoRole       = "role.denied"
	NoGrant      = "grant.none"
	GrantEnded   = "grant.ended"
	ManyGrants   = "grant.ambiguous"
	NoPurpose    = "purpose.missing"
	WrongPurpose = "purpose.unknown"
	NoCase       = "case.missing"
	FieldDenied  = "field.denied"
)

// Decision is a call that was allowed. Its zero value allows nothing; only Decide makes others.
type Decision struct {
	made   bool
	caller trust.Principal
	call   Call
	grant  Grant
	fields []string
}

// Valid reports whether Decide made it.
func (d Decision) Valid() bool { return d.made }

// Library is the library that may be read.
func (d Decision) Library() string { return d.call.Library }

// Operation is what was allowed.
func (d Decision) Operation() Operation { return d.call.Operation }

// Fields are the elements that may be read, in the order asked for. The slice must not be changed.
func (d Decision) Fields() []string { return d.fields }

// Treatment is how an element is shown; None for one that was not asked for.
func (d Decision) Treatment(element string) Treatment {
	if !slices.Contains(d.fields, element) {
		return None
	}
	return d.grant.Columns[element]
}

// Grant is the id of the grant, "" for an operation without one.
func (d Decision) Grant() string { return d.grant.ID }

// OwnFeeds reports whether values are limited to the caller's own department's.
func (d Decision) OwnFeeds() bool { return d.grant.OwnFeeds }

// OwnFeedsOf is the department to whose feeds values are limited; "" for no limit.
func (d Decision) OwnFeedsOf() string {
	if !d.grant.OwnFeeds {
		return ""
	}
	return d.caller.Department
}

// Decide says whether a caller may make a call. A caller with an empty ID is nobody. Default is no.
func Decide(now time.Time, caller trust.Principal, grants []Grant, call Call) (Decision, *Refusal) {
	if slices.Contains(public, call.Operation) {
		return Decision{made: true, caller: caller, call: call}, nil
	}
	if caller.ID == "" {
		return Decision{}, &Refusal{Code: NoKey}
	}
	if roles, ok := byRole[call.Operation]; ok {
		if !slices.Contains(roles, caller.Role) {
			return Decision{}, &Refusal{Code: NoRole}
		}
		return Decision{made: true, caller: caller, call: call}, nil
	}
	g, refusal := choose(now, caller, grants, call)
	if refusal != nil {
		return Decision{}, refusal
	}
	d := Decision{made: true, caller: caller, call: call, grant: g, fields: call.Fields}
	if len(call.Fields) == 0 {
		d.fields = g.shown()
	}
	for _, f := range d.fields {
		if !allows(call.Operation, g.Columns[f]) {
			return Decision{}, &Refusal{Code: FieldDenied}
		}
	}
	return d, nil
}

// choose finds the one grant for a call.
func choose(now time.Time, caller trust.Principal, grants []Grant, call Call) (Grant, *Refusal) {
	if call.Purpose == "" {
		return Grant{}, &Refusal{Code: NoPurpose}
	}
	var fit []Grant
	var purposes []string
	reason := NoGrant
	for _, g := range grants {
		switch {
		case g.Role != caller.Role, g.Library != call.Library, call.Grant != "" && g.ID != call.Grant, !slices.Contains(g.Operations, call.Operation):
		case g.Revoked, now.Before(g.From), !g.To.IsZero() && !now.Before(g.To):
			reason = GrantEnded
		case !slices.Contains(g.Purposes, call.Purpose):
			reason = WrongPurpose
			purposes = append(purposes, g.Purposes...)
		default:
			fit = append(fit, g)
		}
	}
	switch {
	case len(fit) == 0:
		slices.Sort(purposes)
		return Grant{}, &Refusal{Code: reason, Purposes: slices.Compact(purposes)}
	case len(fit) > 1:
		return Grant{}, &Refusal{Code: ManyGrants}
	case fit[0].NeedsCase && call.Case == "":
		return Grant{}, &Refusal{Code: NoCase}
	}
	return fit[0], nil
}

// allows reports whether a treatment is enough for an operation.
func allows(op Operation, t Treatment) bool {
	if op == Check {
		return t >= Verify
	}
	return t >= Mask
}

// shown lists the elements that a grant shows at all, sorted.
func (g Grant) shown() []string {
	var fields []string
	for name, t := range g.Columns {
		if t >= Mask {
			fields = append(fields, name)
		}
	}
	slices.Sort(fields)
	return fields
}
