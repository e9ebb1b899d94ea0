package access

import (
	"context"
	"encoding/json/v2"
	"time"

	"wuku/trust"
)

// Doubt is a user's word that a value is doubtful, and what came of it. 数据异议
type Doubt struct {
	ID       string    `json:"id"`
	State    string    `json:"state" doc:"open, accepted or rejected"`
	Client   string    `json:"client"`
	Filed    time.Time `json:"filed"`
	Library  string    `json:"library"`
	Entity   string    `json:"entity"`
	Element  string    `json:"element"`
	Reason   string    `json:"reason"`
	Grant    string    `json:"grant"`
	Feeds    []string  `json:"feeds" nullable:"false" doc:"Who answers for the element"`
	Proposed string    `json:"proposed,omitempty" doc:"For who answers, of one feedback alone"`
	Order    string    `json:"order,omitempty" doc:"The work order that tracks it"`
	Answer   *Approval `json:"answer,omitempty"`

	sealed string
}

// The kinds of a doubt's events, and its states.
const (
	Doubted  = "feedback.filed"    // content: doubted
	Answered = "feedback.answered" // content: answered
	Ordered  = "feedback.ordered"  // content: ordered

	DoubtOpen     = "open"
	DoubtAccepted = "accepted"
	DoubtRejected = "rejected"
)

type doubted struct {
	Doubt
	Sealed string `json:"sealed,omitempty"` // the proposed value, encrypted
}

type answered struct {
	Vote
	Accept bool `json:"accept"`
}

type ordered struct {
	Order string `json:"order"`
}

// doubt and answer fold their events.
func (f *Folded) doubt(e Event) {
	var d doubted
	if f.Doubts[e.Subject] == nil && json.Unmarshal([]byte(e.Content), &d) == nil {
		d.ID, d.State, d.Client, d.Filed, d.Proposed, d.Order, d.Answer, d.sealed = e.Subject, DoubtOpen, e.Client, e.At, "", "", nil, d.Sealed
		f.Doubts[e.Subject] = &d.Doubt
	}
}

func (f *Folded) answer(e Event) {
	var a answered
	d := f.Doubts[e.Subject]
	if d == nil || d.Answer != nil || d.Client == e.Client || json.Unmarshal([]byte(e.Content), &a) != nil {
		return
	}
	d.Answer = &Approval{By: e.Client, Role: a.Role, Reason: a.Reason, At: e.At}
	d.State = DoubtRejected
	if a.Accept {
		d.State = DoubtAccepted
	}
}

func (f *Folded) order(e Event) {
	var o ordered
	if d := f.Doubts[e.Subject]; d != nil && json.Unmarshal([]byte(e.Content), &o) == nil {
		d.Order = o.Order
	}
}

// Track notes the work order that a doubt became.
func (b *Book) Track(ctx context.Context, p trust.Principal, id, order string) error {
	return b.add(ctx, p, Ordered, id, ordered{order})
}

// Doubt files a doubt. The proposed value is kept encrypted. A repeated idempotency key ("" for none) gives the same doubt.
func (b *Book) Doubt(ctx context.Context, p trust.Principal, d Doubt, proposed, idempotency string) (*Doubt, error) {
	id := newID("d")
	if idempotency != "" {
		id = "d" + b.pepper.Seal("doubt", p.Client, idempotency)[:16]
	}
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	if there := f.Doubts[id]; there != nil {
		return there, nil
	}
	open := 0
	for _, there := range f.Doubts {
		if there.Client == p.Client && there.State == DoubtOpen {
			open++
		}
	}
	if open >= mostDoubts {
		return nil, &Refused{TooMany}
	}
	content := doubted{Doubt: d}
	if proposed != "" {
		content.Sealed = b.pepper.Encrypt(proposed, id)
	}
	if err := b.add(ctx, p, Doubted, id, content); err != nil {
		return nil, err
	}
	return b.state.Load().Doubts[id], nil
}

// Open decrypts what a doubt proposes; "" when there is nothing, or it was changed.
func (b *Book) Open(d *Doubt) string {
	if d.sealed == "" {
		return ""
	}
	text, err := b.pepper.Decrypt(d.sealed, d.ID)
	if err != nil {
		return ""
	}
	return text
}

// Answer says what came of a doubt. Who doubted does not answer.
func (b *Book) Answer(ctx context.Context, p trust.Principal, id string, accept bool, reason string) (*Doubt, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	d := f.Doubts[id]
	switch {
	case d == nil:
		return nil, &Refused{NoApplication}
	case d.Client == p.Client:
		return nil, &Refused{OwnApplication}
	case d.Answer != nil:
		return nil, &Refused{WrongState}
	}
	if err := b.add(ctx, p, Answered, id, answered{Vote: vote(p, reason), Accept: accept}); err != nil {
		return nil, err
	}
	return b.state.Load().Doubts[id], nil
}
