package access

import (
	"encoding/json/v2"
	"fmt"
	"slices"
	"time"

	"wuku/trust"
)

// Event is one thing that happened to applications, grants, keys or locks. Events are only ever added; everything else is a fold
// of them ([Fold]) that does not depend on their order of arrival.
type Event struct {
	ID      string    // unique; a repeated event is the same event
	At      time.Time // UTC, microseconds
	Kind    string
	Subject string // the application (a grant has its application's id), the key, …
	Actor   string // id of the key that did it, or "local" for a command on the machine itself
	Client  string // of the actor
	Content string // JSON, by kind
	MAC     string // seal over all of the above
}

// The kinds of events.
const (
	Filed       = "application.filed"     // content: Application
	Assessed    = "application.assessed"  // content: Assessment
	Approved    = "application.approved"  // content: Vote
	Rejected    = "application.rejected"  // content: Vote
	Withdrawn   = "application.withdrawn" // content: Vote
	Revoked     = "grant.revoked"         // content: Vote
	Locked      = "grant.locked"          // content: Vote; enumeration was suspected
	Unlocked    = "grant.unlocked"        // content: Vote
	KeyIssued   = "key.issued"            // content: Key
	KeyEnded    = "key.revoked"           // content: Vote
	Unpresented = "presentation.revoked"  // content: Vote; the subject is its place in the status list
	Acked       = "recall.acknowledged"   // content: Vote; the subject is the recall
)

// Terms are what an application asks for and a grant gives. 授权条款
type Terms struct {
	Library    string               `json:"library" maxLength:"40" doc:"person, organisation, certificate, credit or place"`
	Operations []Operation          `json:"operations" minItems:"1" maxItems:"20" nullable:"false" doc:"lookup, verify, entity, explain, history, relations, search, export, proofs, certify"`
	Purposes   []string             `json:"purposes" minItems:"1" maxItems:"20" nullable:"false" doc:"What for, as short names such as school-enrolment"`
	Columns    map[string]Treatment `json:"columns" minProperties:"1" maxProperties:"300" doc:"Element to verify, mask or clear; what is not listed is not granted"`
	Basis      string               `json:"basis" maxLength:"500" doc:"Legal basis 法律依据"`
	Area       []string             `json:"area,omitempty" maxItems:"200" doc:"Divisions (2, 4 or 6 digits) to which entities must belong; none: the whole province"`
	OwnFeeds   bool                 `json:"own_feeds,omitempty" doc:"Only values that a feed of the caller's own department gives"`
	NeedsCase  bool                 `json:"needs_case,omitempty" doc:"Every call names its case 办件编号"`
	CasePrefix string               `json:"case_prefix,omitempty" maxLength:"40" doc:"With which case numbers of this purpose begin; others are refused"`
	From       time.Time            `json:"from,omitzero" doc:"Not before"`
	To         time.Time            `json:"to,omitzero" doc:"Exclusive"`
	Rate       float64              `json:"rate,omitempty" minimum:"0" maximum:"100000" doc:"Calls a second; 0: 50"`
	Subjects   int                  `json:"subjects,omitempty" minimum:"0" maximum:"100000000" doc:"Distinct entities a day; 0: 10,000"`
}

// Application asks for a grant. 申请
type Application struct {
	Client     string `json:"client" maxLength:"60" doc:"The system that will call"`
	Title      string `json:"title" maxLength:"200"`
	Reason     string `json:"reason" maxLength:"2000" doc:"Why the data is needed"`
	Department string `json:"department,omitempty" doc:"The applicant's"`
	Terms      Terms  `json:"terms"`
}

// Assessment is the recorded risk assessment without which nobody approves (PIPL article 55). 风险评估
type Assessment struct {
	Level string `json:"level" enum:"low,medium,high"`
	Text  string `json:"text" minLength:"10" maxLength:"4000" doc:"What could go wrong for whom, and what limits it"`
}

// Vote is a decision with its reason.
type Vote struct {
	Reason string `json:"reason,omitempty" maxLength:"2000"`
	Role   string `json:"role,omitempty"`       // of the one who decided
	Dept   string `json:"department,omitempty"` // likewise
}

// Key is an API key, a public key for signed calls or an account of an identity provider as kept: who it stands for and a hash, never a
// secret itself.
type Key struct {
	trust.Principal
	Hash string `json:"hash,omitempty"`
	// Account is the keyed hash of issuer and subject of an identity provider, in the place of a secret of our own; "" for an API key.
	Account string `json:"account,omitempty"`
	// Signer is the public key with which the client signs its calls (see package signed), in the place of a secret; "" for an API key.
	Signer string `json:"signer,omitempty"`
	// Certificate is the SHA-256 of the client certificate (DER, hexadecimal) with which alone the key is good; "": with any connection.
	Certificate string    `json:"certificate,omitempty"`
	Expires     time.Time `json:"expires,omitzero"`
}

// Ended reports whether the key's time is over.
func (k Key) Ended(now time.Time) bool { return !k.Expires.IsZero() && !now.Before(k.Expires) }

// State is how far an application is.
type State string

// The states of an application.
const (
	StateFiled     State = "filed"     // 待评估
	StateAssessed  State = "assessed"  // 待审批
	StateGranted   State = "granted"   // 已授权
	StateRejected  State = "rejected"  // 已驳回
	StateWithdrawn State = "withdrawn" // 已撤回
	StateRevoked   State = "revoked"   // 已撤销
)

// Approval is one vote for an application.
type Approval struct {
	By     string    `json:"by" doc:"Client of the approver"`
	Role   string    `json:"role"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// Case is an application with all that happened to it.
type Case struct {
	ID          string      `json:"id"`
	State       State       `json:"state"`
	Filed       time.Time   `json:"filed"`
	Applicant   string      `json:"applicant" doc:"Client that applied"`
	Application Application `json:"application"`
	Assessment  *Assessment `json:"assessment,omitempty"`
	Assessor    string      `json:"assessor,omitempty"`
	Approvals   []Approval  `json:"approvals" nullable:"false"`
	Ended       *Approval   `json:"ended,omitempty" doc:"Who rejected, withdrew or revoked it, when and why"`
	Granted     time.Time   `json:"granted,omitzero" doc:"When the second approval came"`
	Locked      bool        `json:"locked,omitempty" doc:"Locked because enumeration was suspected"`

	locks map[string]time.Time
	opens time.Time
}

// approversNeeded is how many clients must approve.
const approversNeeded = 2

// MayVote says whether someone may approve, reject or assess an application; the reason is a code. Nobody decides on their own
// application or on one of their own department, whichever key they use.
func (c *Case) MayVote(p trust.Principal) string {
	switch {
	case p.Role != trust.RoleSteward && p.Role != trust.RoleDepartment:
		return NoRole
	case p.Client == c.Applicant, p.Client == c.Application.Client, p.Department != "" && p.Department == c.Application.Department:
		return OwnApplication
	}
	return ""
}

// voters counts the clients that approved; at least one of them must be a steward.
func (c *Case) approved() (bool, time.Time) {
	steward := false
	for i, a := range c.Approvals {
		steward = steward || a.Role == trust.RoleSteward
		if i+1 >= approversNeeded && steward {
			return true, a.At
		}
	}
	return false, time.Time{}
}

// Grant is the grant of a granted application.
func (c *Case) grant() Grant {
	t := &c.Application.Terms
	return Grant{ID: c.ID, Client: c.Application.Client, Terms: *t, Revoked: c.State != StateGranted, Locked: c.Locked}
}

// parts are what an event's MAC is over.
func (e *Event) parts() []string {
	return []string{e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Kind, e.Subject, e.Actor, e.Client, e.Content}
}

// Folded is what all events come to.
type Folded struct {
	Cases         map[string]*Case
	Keys          map[string]Key      // live ones, by id
	Grants        map[string][]Grant  // by client, in order of id
	Doubts        map[string]*Doubt   // by id
	Presentations map[int]time.Time   // when one was revoked, by its place in the status list; see Unpresented
	Acknowledged  map[string]Approval // recalls, by id
	Proposals     map[string]*Proposal
	Demands       map[string]*Demand
	Forged        int // events whose seal is wrong: they count for nothing
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (f *Folded) file(e Event) {
	var a Application
	if f.Cases[e.Subject] != nil || json.Unmarshal([]byte(e.Content), &a) != nil {
		return
	}
	f.Cases[e.Subject] = &Case{ID: e.Subject, State: StateFiled, Filed: e.At, Applicant: e.Client, Application: a, Approvals: []Approval{}, locks: map[string]time.Time{}}
}

// acknowledge keeps the first acknowledgement of a recall.
func (f *Folded) acknowledge(e Event) {
	var v Vote
	if _, done := f.Acknowledged[e.Subject]; !done && json.Unmarshal([]byte(e.Content), &v) == nil {
		f.Acknowledged[e.Subject] = Approval{By: e.Client, Role: v.Role, Reason: v.Reason, At: e.At}
	}
}

// apply adds one event to its application.
func (c *Case) apply(e Event) {
	var v Vote
	if e.Kind != Filed && e.Kind != Assessed && json.Unmarshal([]byte(e.Content), &v) != nil {
		return
	}
	entry := Approval{By: e.Client, Role: v.Role, Reason: v.Reason, At: e.At}
	switch e.Kind {
	case Assessed:
		var a Assessment
		if c.Assessment == nil && json.Unmarshal([]byte(e.Content), &a) == nil {
			c.Assessment, c.Assessor = &a, e.Client
		}
	case Approved:
		voter := trust.Principal{Client: e.Client, Role: v.Role, Department: v.Dept}
		if c.MayVote(voter) == "" && !slices.ContainsFunc(c.Approvals, func(a Approval) bool { return a.By == e.Client }) {
			c.Approvals = append(c.Approvals, entry)
		}
	case Rejected, Withdrawn, Revoked:
		if c.Ended == nil {
			c.Ended = &entry
			c.State = map[string]State{Rejected: StateRejected, Withdrawn: StateWithdrawn, Revoked: StateRevoked}[e.Kind]
		}
	case Locked:
		c.locks[e.ID] = e.At
	case Unlocked:
		if e.At.After(c.opens) {
			c.opens = e.At
		}
	}
}

// settle works out the state.
func (c *Case) settle() {
	for _, at := range c.locks {
		c.Locked = c.Locked || at.After(c.opens)
	}
	ok, at := c.approved()
	switch {
	case c.Ended != nil:
	case ok && c.Assessment != nil:
		c.State = StateGranted
	case c.Assessment != nil:
		c.State = StateAssessed
	}
	if ok && c.Assessment != nil {
		c.Granted = at
	}
}

// UnmarshalText reads a treatment's name.
func (t *Treatment) UnmarshalText(text []byte) error {
	for _, one := range []Treatment{None, Verify, Mask, Clear} {
		if one.String() == string(text) {
			*t = one
			return nil
		}
	}
	return fmt.Errorf("no treatment has this name: want none, verify, mask or clear")
}
