package quality

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// States of a work order.
const (
	StateOpen         = "open"         // assigned, and nobody has looked yet
	StateAcknowledged = "acknowledged" // 已签收: the department is checking it
	StateDisputed     = "disputed"     // 有异议: the authority decides
	StateAppealed     = "appealed"     // 已申诉: the board decides
	StateMending      = "mending"      // 整改中: the department mends it at the source
	StateClosed       = "closed"       // 已办结
)

// The five stages of 评估 校核 反馈 跟踪 监督; each action belongs to one, and the order is in the stage of its last action.
const (
	StageAssess    = "assess"    // 评估: the finding became an order
	StageCheck     = "check"     // 校核: the department checks it
	StageFeedback  = "feedback"  // 反馈: it answers
	StageTrack     = "track"     // 跟踪: what it has mended is seen
	StageSupervise = "supervise" // 监督: somebody above decides or presses
)

// Actions on a work order.
const (
	ActionOpen     = "open"     // the finding is there
	ActionReopen   = "reopen"   // it is there again
	ActionVerify   = "verify"   // it is gone: the order closes
	ActionEscalate = "escalate" // a term has passed
	ActionAck      = "ack"      // 签收
	ActionAccept   = "accept"   // 认领: the department will mend it
	ActionDispute  = "dispute"  // 异议: its record is right
	ActionUphold   = "uphold"   // the dispute is right: the authority's own record must be mended
	ActionReject   = "reject"   // the dispute is wrong: the department must mend its record
	ActionAppeal   = "appeal"   // 申诉: to the board
	ActionWaive    = "waive"    // 豁免: the board lets it stand as it is
)

// Outcomes of a closed work order.
const (
	OutcomeMended = "mended" // its cause is gone
	OutcomeWaived = "waived" // by decision of the board
	OutcomeStands = "stands" // the doubt ended, the value stands as it is
	OutcomeErased = "erased" // its record was erased by law: sql/cycle/erase_ledger.sql
	// Of an order that is being mended: who has rejected the dispute.
	OutcomeRejected = "rejected" // the authority: an appeal is possible
	OutcomeFinal    = "final"    // the board
)

// Who acts that is no department.
const (
	BySystem = "system"
)

// Order is a work order (整改工单) as it is after an event.
type Order struct {
	ID         entity.ID `json:"id"`
	N          uint32    `json:"n"`      // number of the event, from 1
	Action     string    `json:"action"` // of the event
	By         string    `json:"by"`     // a department's code, or system
	Note       string    `json:"note,omitempty"`
	At         time.Time `json:"at"`
	Stamp      uint64    `json:"-"` // microseconds at which the event was written
	Library    string    `json:"library"`
	Feed       string    `json:"feed"`
	Key        string    `json:"record"`
	Role       string    `json:"role,omitempty"`
	Element    string    `json:"element,omitempty"`
	Rule       string    `json:"rule"`
	Entity     entity.ID `json:"entity,omitzero"` // none where the record was refused
	Anchor     entity.ID `json:"-"`
	Severity   string    `json:"severity"`
	State      string    `json:"state"`
	Stage      string    `json:"stage"`
	Round      uint32    `json:"round"`               // how often it has come, from 1
	Department string    `json:"department"`          // who must act on it
	Authority  string    `json:"authority,omitempty"` // who decides a dispute
	Level      uint8     `json:"level"`               // how often a term has passed since somebody acted
	Due        time.Time `json:"due,omitzero"`
	Opened     time.Time `json:"opened"`
	Closed     time.Time `json:"closed,omitzero"`
	Outcome    string    `json:"outcome,omitempty"`
}

// ErrNotNow means that an action is not possible in the order's state, ErrNotYours that somebody else may take it, ErrChanged that the
// order is not as who acts has seen it, ErrNone that there is none.
var (
	ErrNotNow   = errors.New("not possible now")
	ErrNotYours = errors.New("not yours to do")
	ErrChanged  = errors.New("changed since")
	ErrNone     = errors.New("there is none")
)

// Act is one action that somebody takes on an order.
type Act struct {
	Action string
	By     string // the department that acts; BySystem for what the program does by itself
	Note   string
	At     time.Time
	Seen   uint32 // number of the order's last event that who acts has seen; 0: whatever it is
}

// actionRule says in which states an action is possible, and into which stage it leads.
type actionRule struct {
	from  []string
	stage string
}

func actions() map[string]actionRule {
	return map[string]actionRule{
		ActionReopen:   {[]string{StateClosed}, StageAssess},
		ActionVerify:   {[]string{StateOpen, StateAcknowledged, StateDisputed, StateAppealed, StateMending}, StageTrack},
		ActionEscalate: {[]string{StateOpen, StateAcknowledged, StateDisputed, StateAppealed, StateMending}, StageSupervise},
		ActionAck:      {[]string{StateOpen}, StageCheck},
		ActionAccept:   {[]string{StateOpen, StateAcknowledged}, StageFeedback},
		ActionDispute:  {[]string{StateOpen, StateAcknowledged}, StageFeedback},
		ActionUphold:   {[]string{StateDisputed, StateAppealed}, StageSupervise},
		ActionReject:   {[]string{StateDisputed, StateAppealed}, StageSupervise},
		ActionAppeal:   {[]string{StateMending}, StageFeedback},
		ActionWaive:    {[]string{StateAppealed}, StageSupervise},
	}
}

// Advance is the order after an act. The rules of the calendar give its next term. The order itself is not changed.
//
//	open ──ack──▶ acknowledged ──accept──▶ mending ──verify──▶ closed ──reopen──▶ open
//	                    └──dispute──▶ disputed ──reject──▶ mending ──appeal──▶ appealed ──reject──▶ mending
//	                                     └──uphold──▶ open, at the authority         └──uphold──▶ open, └──waive──▶ closed
//
// An appeal is possible once after each rejection by the authority; the board's word ends the dispute. Whatever the state, the order
// closes when its finding is gone.
func (c *Calendar) Advance(o Order, a Act, board string) (Order, error) {
	rule, known := actions()[a.Action]
	if !known {
		return o, fmt.Errorf("work order %s: %q is no action; want ack, accept, dispute, uphold, reject, appeal or waive", o.ID, a.Action)
	}
	if !slices.Contains(rule.from, o.State) || a.Action == ActionReopen && o.Outcome == OutcomeWaived {
		return o, fmt.Errorf("work order %s is %s: %s is %w", o.ID, o.State, a.Action, ErrNotNow)
	}
	if who := o.mayAct(a.Action, board); who != a.By {
		return o, fmt.Errorf("work order %s: %s is for %s, %w", o.ID, a.Action, who, ErrNotYours)
	}
	if a.Action == ActionAppeal && o.Outcome != OutcomeRejected {
		return o, fmt.Errorf("work order %s: nothing was rejected by the authority: an appeal is %w", o.ID, ErrNotNow)
	}
	next := o
	next.N, next.Action, next.By, next.Note, next.At, next.Stage = o.N+1, a.Action, a.By, a.Note, a.At, rule.stage
	next.enter(c, o, a, board)
	return next, nil
}

// mayAct is who may take an action on the order as it is.
func (o *Order) mayAct(action, board string) string {
	switch action {
	case ActionReopen, ActionVerify, ActionEscalate:
		return BySystem
	case ActionUphold, ActionReject:
		if o.State == StateAppealed {
			return board
		}
		return o.Authority
	case ActionWaive:
		return board
	}
	return o.Department
}

// enter sets state, holder and term of the order after an act.
func (o *Order) enter(c *Calendar, before Order, a Act, board string) {
	clock := ""
	switch a.Action {
	case ActionReopen:
		o.State, o.Round, o.Outcome, o.Opened, o.Closed, clock = StateOpen, before.Round+1, "", a.At, time.Time{}, ClockAcknowledge
	case ActionVerify:
		o.State, o.Outcome, o.Closed = StateClosed, OutcomeMended, a.At
	case ActionWaive:
		o.State, o.Outcome, o.Closed = StateClosed, OutcomeWaived, a.At
	case ActionEscalate:
		clock = ClockEscalate
	case ActionAck:
		o.State, clock = StateAcknowledged, ClockAnswer
	case ActionAccept:
		o.State, clock = StateMending, ClockMend+o.Severity
	case ActionReject:
		o.State, o.Outcome, clock = StateMending, OutcomeRejected, ClockMend+o.Severity
		if before.State == StateAppealed {
			o.Outcome = OutcomeFinal
		}
	case ActionDispute:
		o.State, clock = StateDisputed, ClockDecide
		if o.Authority == o.Department || o.Authority == "" || o.Authority == board { // nobody is judge in his own cause, and the board's word is the last
			o.State, clock = StateAppealed, ClockBoard
		}
	case ActionAppeal:
		o.State, clock = StateAppealed, ClockBoard
	case ActionUphold:
		o.State, o.Outcome, clock = StateOpen, "", ClockAcknowledge
		if o.Authority != "" {
			o.Department, o.Authority = o.Authority, board
		}
	}
	o.Level = 0
	if a.Action == ActionEscalate {
		o.Level = min(before.Level+1, 250)
	}
	o.Due = time.Time{}
	if due, ok := c.Due(clock, a.At); ok {
		o.Due = due
	}
}

// Holder is who must act next on an order that is not closed.
func (o *Order) Holder(board string) string {
	switch o.State {
	case StateDisputed:
		return o.Authority
	case StateAppealed:
		return board
	}
	return o.Department
}

// severityOf is the severity of a rule, declared or not.
func severityOf(c *catalog.Catalog, rule string) string {
	if r, _ := c.Rule(rule); r != nil {
		return r.Severity
	}
	switch rule {
	case RuleDiffers:
		return catalog.SeverityMajor
	case RuleDuplicate:
		return catalog.SeverityMinor
	}
	return catalog.SeverityMajor
}
