package matter

import (
	"cmp"
	"encoding/json/v2"
	"slices"
	"time"
)

// Event is one thing that happened to a case 办件. Events are only ever added; a case is a fold of them.
type Event struct {
	ID         string
	At         time.Time // UTC, microseconds
	Kind       string
	Case       string
	Matter     string
	Division   string // where the case was opened
	Department string // of the actor
	Actor      string // id of the key
	Client     string // whose key it is
	Role       string
	Content    string // JSON, by kind
	MAC        string // seal over all of the above
}

// The kinds of events.
const (
	Opened   = "case.opened"   // content: Opening
	Checked  = "case.checked"  // content: Check; the first comes with the opening
	Decided  = "case.decided"  // content: Decision
	Appealed = "case.appealed" // content: Appeal
	Archived = "case.archived" // content: Archive
)

// Opening is how a case began. Numbers stand in it sealed only.
type Opening struct {
	Channel string            `json:"channel"`
	Catalog string            `json:"catalog"` // digest of the catalogue in force
	Number  string            `json:"number,omitempty"`
	Parties map[string]string `json:"parties"` // party to scheme|number, encrypted for this case
}

// Check is one reading of all that proves a case's materials: what each came to, and salted commitments to what was read. 联审联办
type Check struct {
	Outcomes []Outcome  `json:"outcomes"`
	Evidence []Evidence `json:"evidence"`
	Open     []string   `json:"open"`             // materials that are open
	Grants   []string   `json:"grants"`           // under which it was read
	Reading  int        `json:"reading,omitzero"` // its number when it began, from 0: the salts of the evidence are made with it
}

// Evidence is one value that was read, without the value: a commitment to it (trust.Commit), and where it came from.
type Evidence struct {
	Material   string    `json:"material"`
	Library    string    `json:"library"`
	Subject    string    `json:"subject"` // keyed hash of the entity, as in the audit log
	Element    string    `json:"element"`
	Feed       string    `json:"feed"`
	AsOf       time.Time `json:"as_of"`
	Doubted    bool      `json:"doubted,omitempty"`
	Commitment string    `json:"commitment"`
	Salt       string    `json:"salt,omitempty"` // never stored: for those whom the value may be shown
}

// Decision ends a case, until somebody appeals. 办结
type Decision struct {
	Accept     bool      `json:"accept"`
	ByRule     bool      `json:"by_rule"`
	Reason     string    `json:"reason,omitempty"`
	Accepted   []string  `json:"accepted,omitempty"` // materials that were brought and taken
	Saved      Saved     `json:"saved"`
	Client     string    `json:"client"`
	Role       string    `json:"role"`
	Department string    `json:"department,omitempty"`
	At         time.Time `json:"at"`
}

// Saved is what a case spared, against the matter's baseline; negative where it took more. 减免
type Saved struct {
	Materials int `json:"materials"`
	Days      int `json:"days"` // working days
	Steps     int `json:"steps"`
}

// Appeal says why a decision is wrong. 申诉
type Appeal struct {
	Reason string    `json:"reason"`
	Client string    `json:"client"`
	At     time.Time `json:"at"`
}

// Archive notes that the case was put into an archive package. 归档
type Archive struct {
	Digest string    `json:"digest"` // SHA-256 of the manifest
	Client string    `json:"client"`
	At     time.Time `json:"at"`
}

// States of a Case.
const (
	StateOpen     = "open"     // 待人工办理
	StateApproved = "approved" // 准予
	StateRefused  = "refused"  // 不予
	StateAppealed = "appealed" // 申诉中
)

// Case is a case with all that happened to it. It holds no personal value.
type Case struct {
	ID        string     `json:"id"`
	Matter    string     `json:"matter"`
	Division  string     `json:"division"`
	State     string     `json:"state" doc:"open, approved, refused or appealed"`
	Opened    time.Time  `json:"opened"`
	Client    string     `json:"client" doc:"Who opened it"`
	Channel   string     `json:"channel"`
	Number    string     `json:"number,omitempty" doc:"The caller's own number of the case"`
	Checked   time.Time  `json:"checked" doc:"When its materials were last read; of a decided case, for the decision"`
	Outcomes  []Outcome  `json:"outcomes,omitempty" doc:"What each material came to then"`
	Decisions []Decision `json:"decisions" nullable:"false"`
	Appeals   []Appeal   `json:"appeals" nullable:"false"`
	Archives  []Archive  `json:"archives" nullable:"false"`

	Opening  Opening    `json:"-"`
	Evidence []Evidence `json:"-"` // of the last check
	Reading  int        `json:"-"` // number of the last check, as its evidence was salted
	Checks   int        `json:"-"`
}

// Fold works out a case from its events, in whatever order they come; nil where none opens it. Of two decisions without an appeal between
// them the first counts.
func Fold(events []Event) *Case {
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b Event) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	at := slices.IndexFunc(events, func(e Event) bool { return e.Kind == Opened })
	if at < 0 {
		return nil
	}
	first := events[at]
	c := &Case{ID: first.Case, Matter: first.Matter, Division: first.Division, State: StateOpen, Opened: first.At, Client: first.Client, Decisions: []Decision{}, Appeals: []Appeal{}, Archives: []Archive{}}
	if json.Unmarshal([]byte(first.Content), &c.Opening) != nil {
		return nil
	}
	c.Channel, c.Number = c.Opening.Channel, c.Opening.Number
	for _, e := range events {
		c.apply(e)
	}
	return c
}

// apply adds one event.
func (c *Case) apply(e Event) {
	content := []byte(e.Content)
	ended := c.State == StateApproved || c.State == StateRefused
	switch e.Kind {
	case Checked:
		var k Check
		if json.Unmarshal(content, &k) == nil {
			if !ended { // what is read of a decided case its decision does not rest on
				c.Outcomes, c.Evidence, c.Checked, c.Reading = k.Outcomes, k.Evidence, e.At, cmp.Or(k.Reading, c.Checks)
			}
			c.Checks++
		}
	case Decided:
		var d Decision
		if !ended && json.Unmarshal(content, &d) == nil {
			d.At, d.Client, d.Role, d.Department = e.At, e.Client, e.Role, e.Department
			c.Decisions = append(c.Decisions, d)
			c.State = map[bool]string{true: StateApproved, false: StateRefused}[d.Accept]
		}
	case Appealed:
		var a Appeal
		if ended && json.Unmarshal(content, &a) == nil {
			a.At, a.Client = e.At, e.Client
			c.Appeals = append(c.Appeals, a)
			c.State = StateAppealed
		}
	case Archived:
		var a Archive
		if json.Unmarshal(content, &a) == nil {
			a.At, a.Client = e.At, e.Client
			c.Archives = append(c.Archives, a)
		}
	}
}

// Ended reports whether the case is decided and not under appeal.
func (c *Case) Ended() bool { return c.State == StateApproved || c.State == StateRefused }
