// Package access decides: which caller may make which call, under which grant, and how each element is shown. [Decide] is the one
// place where that happens, and a [Decision] can be made by it alone; everything that reads the base libraries wants one.
package access

import (
	"maps"
	"slices"
	"strings"
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

// The operations that read values under a grant.
const (
	Lookup    Operation = "lookup"    // 查询
	Check     Operation = "verify"    // 核验
	Entity    Operation = "entity"    // 实体
	Explain   Operation = "explain"   // 溯源
	History   Operation = "history"   // 历史
	Relations Operation = "relations" // 关系
	Search    Operation = "search"    // 检索
	Export    Operation = "export"    // 导出
	Proofs    Operation = "proofs"    // 一证通办
	Certify   Operation = "certify"   // 值证书
	CaseCheck Operation = "case"      // 办件核验: proofs of a matter's materials
)

// UnderGrant lists the operations that need a grant.
func UnderGrant() []Operation {
	return []Operation{Lookup, Check, Entity, Explain, History, Relations, Search, Export, Proofs, Certify, CaseCheck}
}

// The operations that are allowed by role.
const (
	Changes     Operation = "changes"
	Statistics  Operation = "statistics"
	Overview    Operation = "overview"
	Catalogue   Operation = "catalog"
	WhoAmI      Operation = "whoami"
	SigningIn   Operation = "signin" // people, at the identity provider; only on the record
	Audit       Operation = "audit"
	Metrics     Operation = "metrics"
	Applying    Operation = "applications" // to file, read and withdraw one's own
	Deciding    Operation = "decisions"    // to assess, approve, reject
	Granting    Operation = "grants"       // to read, revoke, unlock
	KeyKeeping  Operation = "keys"
	Usage       Operation = "usage"
	Feedback    Operation = "feedback"
	Readers     Operation = "readers"
	Recalls     Operation = "recalls"
	Findings    Operation = "findings"
	Quarantines Operation = "quarantine"
	Incidents   Operation = "incidents"
	Trust       Operation = "trust" // public keys and status lists
	Space       Operation = "space" // figures of drawn shapes 空间统计

	WorkOrders  Operation = "workorders"       // to list and read 整改工单
	OrderActs   Operation = "workorder-acts"   // to act on them
	Scorecards  Operation = "scorecards"       // 评分
	Bulletins   Operation = "bulletins"        // to read 通报
	Bulletining Operation = "bulletin-publish" // to publish one
	Reviews     Operation = "reviews"          // pairs of records: to read and to decide 匹配复核
	Revealing   Operation = "review-reveal"    // to see a value of a pair in clear
	Retries     Operation = "quarantine-retry" // to have messages mapped again 重试
	Trying      Operation = "try"              // to hold a file against a contract 试报
	Publishing  Operation = "publish"          // to publish a file to a feed's topic 报送
	Receipts    Operation = "receipts"         // of published files 回执
	Samples     Operation = "samples"          // a feed's last good records beside its contract, masked 样例
	Warnings    Operation = "warnings"         // 预警
	WarningAck  Operation = "warning-ack"      // 研判
	Cases       Operation = "cases"            // 办件: whose one sees is decided by whose they are, what of it by grants
	Savings     Operation = "savings"
	Revisions   Operation = "catalog-revisions" // published catalogues and proposals, to read 目录版本
	Proposing   Operation = "catalog-propose"   // to propose a catalogue, to withdraw one's own
	Demands     Operation = "demands"           // to file and to read 数据需求
	Meeting     Operation = "demand-answer"     // to say what came of a demand
	Sharing     Operation = "sharing"           // measures of sharing: how long, how often, not at all 共享成效
)

// public operations need no key.
var public = []Operation{Statistics, Overview, Trust}

// byRole says who may make the calls that need no grant. What of a list one sees is decided by whose it is.
var byRole = map[Operation][]string{
	Catalogue:   trust.Roles(),
	WhoAmI:      trust.Roles(),
	Changes:     {trust.RoleService, trust.RoleDepartment, trust.RoleSteward, trust.RoleOperator},
	Audit:       {trust.RoleAuditor},
	Metrics:     {trust.RoleOperator},
	Applying:    trust.Roles(),
	Deciding:    {trust.RoleSteward, trust.RoleDepartment},
	Granting:    trust.Roles(),
	KeyKeeping:  trust.Roles(),
	Usage:       trust.Roles(),
	Feedback:    {trust.RoleService, trust.RoleDepartment, trust.RoleSteward, trust.RolePlanner},
	Readers:     {trust.RoleAuditor},
	Recalls:     {trust.RoleService, trust.RoleDepartment, trust.RoleSteward, trust.RoleAuditor},
	Findings:    {trust.RoleDepartment, trust.RoleSteward},
	Quarantines: {trust.RoleDepartment, trust.RoleSteward, trust.RoleOperator},
	Incidents:   {trust.RoleDepartment, trust.RoleSteward, trust.RoleOperator},
	Space:       {trust.RolePlanner, trust.RoleSteward},
	WorkOrders:  {trust.RoleDepartment, trust.RoleSteward, trust.RoleAuditor},
	OrderActs:   {trust.RoleDepartment, trust.RoleSteward},
	Scorecards:  {trust.RoleDepartment, trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator},
	Bulletins:   trust.Roles(),
	Bulletining: {trust.RoleSteward},
	Reviews:     {trust.RoleSteward},
	Revealing:   {trust.RoleSteward},
	Retries:     {trust.RoleDepartment, trust.RoleSteward, trust.RoleOperator},
	Trying:      {trust.RoleDepartment, trust.RoleSteward},
	Publishing:  {trust.RoleDepartment},
	Receipts:    {trust.RoleDepartment, trust.RoleSteward},
	Samples:     {trust.RoleDepartment, trust.RoleSteward},
	Revisions:   trust.Roles(),
	Proposing:   {trust.RoleDepartment, trust.RoleSteward, trust.RoleOperator},
	Demands:     trust.Roles(),
	Meeting:     {trust.RoleSteward},
	Sharing:     {trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator},
	Warnings:    {trust.RoleDepartment, trust.RoleSteward, trust.RolePlanner},
	WarningAck:  {trust.RoleDepartment, trust.RoleSteward},
	Cases:       {trust.RoleService, trust.RoleDepartment, trust.RoleSteward, trust.RoleAuditor, trust.RoleOperator},
	Savings:     {trust.RoleSteward, trust.RoleOperator, trust.RoleAuditor, trust.RoleDepartment},
}

// SpeaksFor is the department for which somebody acts between departments: a department's key for its own, a steward's for its own or,
// where it has none, for the board. Nobody else does, least of all a service's key, which bears the department that applied for it.
func SpeaksFor(p trust.Principal, board string) (string, error) {
	switch {
	case p.Role != trust.RoleDepartment && p.Role != trust.RoleSteward:
		return "", &Refused{NoRole}
	case p.Department != "":
		return p.Department, nil
	case p.Role == trust.RoleSteward:
		return board, nil
	}
	return "", &Refused{NoDepartment}
}

// NoDepartment is the code of a department's key that names no department.
const NoDepartment = "department.missing"

// MayByRole reports whether a role may make a call that needs no grant; ok is false for an operation that needs one.
func MayByRole(op Operation, role string) (may, ok bool) {
	if slices.Contains(public, op) {
		return true, true
	}
	roles, ok := byRole[op]
	return slices.Contains(roles, role), ok
}

// Grant is what a client may see of one library, for which purposes and how long. 授权
type Grant struct {
	ID     string `json:"id"`
	Client string `json:"client"`
	Terms
	Revoked bool `json:"revoked,omitempty"`
	Locked  bool `json:"locked,omitempty"`
}

// Call is what a caller asks for.
type Call struct {
	Operation Operation
	Library   string   // "" where the operation has none
	Fields    []string // elements; none: every element of the grant
	Division  string   // the element that tells to which division an entity of the library belongs; "" for none
	Above     []string // elements of the library that are above the caller's level: as if the grant did not have them
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
	WrongCase    = "case.denied"
	GrantLocked  = "grant.locked"
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

// Held is how the grant shows an element, asked for or not: a proof belongs to its holder by an element that need not be shown.
func (d Decision) Held(element string) Treatment { return d.grant.Columns[element] }

// Grant is the id of the grant, "" for an operation without one.
func (d Decision) Grant() string { return d.grant.ID }

// Client is who calls.
func (d Decision) Client() string { return d.caller.Client }

// Department is the department that answers for the caller.
func (d Decision) Department() string { return d.caller.Department }

// Limits are the grant's calls a second and distinct entities a day.
func (d Decision) Limits() (rate float64, subjects int) {
	return orDefault(d.grant.Rate, defaultRate), orDefault(d.grant.Subjects, defaultSubjects)
}

// Of the terms that leave them open.
const (
	defaultRate     = 50.0
	defaultSubjects = 10_000
)

func orDefault[T int | float64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Area is where entities must be: the element that tells their division and the beginnings that it may have. No beginnings, no
// limit; an area but no element: nothing may be seen.
func (d Decision) Area() (element string, prefixes []string) { return d.call.Division, d.grant.Area }

// Within reports whether an entity of this division may be seen at all.
func (d Decision) Within(division string) bool {
	if !d.made {
		return false
	}
	if len(d.grant.Area) == 0 {
		return true
	}
	return d.call.Division != "" && division != "" && slices.ContainsFunc(d.grant.Area, func(prefix string) bool { return strings.HasPrefix(division, prefix) })
}

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
	if len(call.Above) > 0 {
		g.Columns = maps.Clone(g.Columns)
		maps.DeleteFunc(g.Columns, func(name string, _ Treatment) bool { return slices.Contains(call.Above, name) })
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
		case g.Client != caller.Client, g.Library != call.Library, call.Grant != "" && g.ID != call.Grant, !slices.Contains(g.Operations, call.Operation):
		case g.Revoked, now.Before(g.From), !g.To.IsZero() && !now.Before(g.To):
			reason = worst(reason, GrantEnded)
		case g.Locked:
			reason = worst(reason, GrantLocked)
		case !slices.Contains(g.Purposes, call.Purpose):
			reason = worst(reason, WrongPurpose)
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
	case fit[0].CasePrefix != "" && call.Case != "" && !strings.HasPrefix(call.Case, fit[0].CasePrefix):
		return Grant{}, &Refusal{Code: WrongCase}
	}
	return fit[0], nil
}

// worst keeps the reason that helps the caller most: one of a grant that would fit but for it.
func worst(a, b string) string {
	order := []string{NoGrant, GrantEnded, WrongPurpose, GrantLocked}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// allows reports whether a treatment is enough for an operation. What a case only tests need not be shown.
func allows(op Operation, t Treatment) bool {
	if op == Check || op == CaseCheck {
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
