package access

import (
	"context"
	"encoding/json/v2"
	"slices"
	"time"

	"wuku/trust"
)

// Proposal is a catalogue that somebody wants in force: two who are not the proposer, one of them a steward, approve it before it is
// published. 目录发布申请
type Proposal struct {
	ID         string     `json:"id"`
	State      string     `json:"state" doc:"proposed, approved, published, rejected or withdrawn"`
	Proposer   string     `json:"proposer" doc:"Client"`
	Department string     `json:"department,omitempty" doc:"The proposer's"`
	Filed      time.Time  `json:"filed"`
	Title      string     `json:"title"`
	Reason     string     `json:"reason"`
	Digest     string     `json:"digest" doc:"SHA-256 of the catalogue: the votes are for it and no other"`
	Base       uint32     `json:"base" doc:"Revision that was in force: when another is, propose again"`
	Restores   uint32     `json:"restores,omitzero" doc:"Of a roll back, the revision whose content it is 回退"`
	Approvals  []Approval `json:"approvals" nullable:"false"`
	Ended      *Approval  `json:"ended,omitempty"`
	Revision   uint32     `json:"revision,omitzero" doc:"As which it was published"`
	Published  time.Time  `json:"published,omitzero"`
}

// The states of a proposal.
const (
	ProposalOpen      = "proposed"
	ProposalApproved  = "approved"
	ProposalPublished = "published"
	ProposalRejected  = "rejected"
	ProposalWithdrawn = "withdrawn"
)

// The kinds of a proposal's events.
const (
	CatalogProposed  = "catalog.proposed"  // content: Proposal
	CatalogApproved  = "catalog.approved"  // content: Vote
	CatalogRejected  = "catalog.rejected"  // content: Vote
	CatalogWithdrawn = "catalog.withdrawn" // content: Vote
	CatalogPublished = "catalog.published" // content: Proposal, of which Revision counts
)

// StaleBase is the code of a proposal that was made for another catalogue than the one in force.
const StaleBase = "proposal.stale"

// mayVote says whether somebody may decide on a proposal; the reason is a code.
func (c *Proposal) mayVote(p trust.Principal) string {
	switch {
	case p.Role != trust.RoleSteward && p.Role != trust.RoleDepartment:
		return NoRole
	case p.Client == c.Proposer, p.Department != "" && p.Department == c.Department:
		return OwnApplication
	}
	return ""
}

func (f *Folded) propose(e Event) {
	var c Proposal
	if f.Proposals[e.Subject] == nil && json.Unmarshal([]byte(e.Content), &c) == nil {
		f.Proposals[e.Subject] = &Proposal{ID: e.Subject, State: ProposalOpen, Proposer: e.Client, Department: c.Department, Filed: e.At, Title: c.Title, Reason: c.Reason,
			Digest: c.Digest, Base: c.Base, Restores: c.Restores, Approvals: []Approval{}}
	}
}

// apply adds one event to its proposal; votes that break the rule count for nothing.
func (c *Proposal) apply(e Event) {
	if e.Kind == CatalogPublished {
		var done Proposal
		if c.State == ProposalApproved && json.Unmarshal([]byte(e.Content), &done) == nil {
			c.State, c.Revision, c.Published = ProposalPublished, done.Revision, e.At
		}
		return
	}
	var v Vote
	if c.State != ProposalOpen || json.Unmarshal([]byte(e.Content), &v) != nil {
		return
	}
	entry, voter := Approval{By: e.Client, Role: v.Role, Reason: v.Reason, At: e.At}, trust.Principal{Client: e.Client, Role: v.Role, Department: v.Dept}
	switch e.Kind {
	case CatalogApproved:
		if c.mayVote(voter) != "" || slices.ContainsFunc(c.Approvals, func(a Approval) bool { return a.By == e.Client }) {
			return
		}
		c.Approvals = append(c.Approvals, entry)
		steward := slices.ContainsFunc(c.Approvals, func(a Approval) bool { return a.Role == trust.RoleSteward })
		if len(c.Approvals) >= approversNeeded && steward {
			c.State = ProposalApproved
		}
	case CatalogRejected:
		if c.mayVote(voter) == "" {
			c.State, c.Ended = ProposalRejected, &entry
		}
	case CatalogWithdrawn:
		if e.Client == c.Proposer {
			c.State, c.Ended = ProposalWithdrawn, &entry
		}
	}
}

// mostProposals is how many of one client's may be open at once.
const mostProposals = 20

// Propose takes a proposal: title, reason, digest, base and what it restores are the caller's, the rest is set here. Its id is made of the
// digest and the base, so that the same proposal of the same client is one.
func (b *Book) Propose(ctx context.Context, p trust.Principal, c Proposal) (*Proposal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal([]any{p.Client, c.Digest, c.Base, c.Title})
	if err != nil {
		return nil, err
	}
	id := "c" + b.pepper.Seal("proposal", string(content))[:16]
	if there := f.Proposals[id]; there != nil {
		return there, nil
	}
	open := 0
	for _, there := range f.Proposals {
		if there.Proposer == p.Client && (there.State == ProposalOpen || there.State == ProposalApproved) {
			open++
		}
	}
	if open >= mostProposals {
		return nil, &Refused{TooMany}
	}
	c.Department = p.Department
	return b.proposal(ctx, p, CatalogProposed, id, c)
}

func (b *Book) proposal(ctx context.Context, p trust.Principal, kind, id string, content any) (*Proposal, error) {
	if err := b.add(ctx, p, kind, id, content); err != nil {
		return nil, err
	}
	return b.state.Load().Proposals[id], nil
}

// VoteProposal approves or rejects a proposal. One that is approved already stays so, whoever asks: publishing it may have to be tried again.
func (b *Book) VoteProposal(ctx context.Context, p trust.Principal, id, reason string, approve bool) (*Proposal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	c := f.Proposals[id]
	if c == nil {
		return nil, &Refused{NoApplication}
	}
	if code := c.mayVote(p); code != "" {
		return nil, &Refused{code}
	}
	voted := slices.ContainsFunc(c.Approvals, func(a Approval) bool { return a.By == p.Client })
	switch {
	case approve && c.State == ProposalApproved:
		return c, nil
	case c.State != ProposalOpen:
		return nil, &Refused{WrongState}
	case !approve:
		return b.proposal(ctx, p, CatalogRejected, id, vote(p, reason))
	case voted:
		return nil, &Refused{VotedAlready}
	}
	return b.proposal(ctx, p, CatalogApproved, id, vote(p, reason))
}

// WithdrawProposal ends the caller's own proposal.
func (b *Book) WithdrawProposal(ctx context.Context, p trust.Principal, id, reason string) (*Proposal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	c := f.Proposals[id]
	switch {
	case c == nil, c.Proposer != p.Client:
		return nil, &Refused{NoApplication}
	case c.State != ProposalOpen:
		return nil, &Refused{WrongState}
	}
	return b.proposal(ctx, p, CatalogWithdrawn, id, vote(p, reason))
}

// Published notes as which revision an approved proposal was published.
func (b *Book) Published(ctx context.Context, p trust.Principal, id string, revision uint32) (*Proposal, error) {
	return b.proposal(ctx, p, CatalogPublished, id, Proposal{Revision: revision})
}

// Demand is what somebody needs and the catalogue does not have, and what came of it. 数据需求
type Demand struct {
	ID         string    `json:"id"`
	State      string    `json:"state" doc:"open, planned, met or declined"`
	Client     string    `json:"client"`
	Department string    `json:"department,omitempty"`
	Filed      time.Time `json:"filed"`
	Title      string    `json:"title"`
	Text       string    `json:"text" doc:"What is needed, at which level of detail, how often"`
	Purpose    string    `json:"purpose"`
	Basis      string    `json:"basis,omitempty"`
	Library    string    `json:"library,omitempty"`
	Urgency    string    `json:"urgency"`
	Answer     *Approval `json:"answer,omitempty" doc:"The newest"`
	Item       string    `json:"item,omitempty" doc:"Of the responsibility list, or the feed, that meets it"`
}

// The kinds of a demand's events.
const (
	Demanded       = "demand.filed"    // content: Demand
	DemandAnswered = "demand.answered" // content: demandAnswer
)

type demandAnswer struct {
	Vote
	State string `json:"state"`
	Item  string `json:"item,omitempty"`
}

func (f *Folded) demand(e Event) {
	var d Demand
	if f.Demands[e.Subject] == nil && json.Unmarshal([]byte(e.Content), &d) == nil {
		d.ID, d.State, d.Client, d.Filed, d.Answer, d.Item = e.Subject, "open", e.Client, e.At, nil, ""
		f.Demands[e.Subject] = &d
	}
}

func (d *Demand) apply(e Event) {
	var a demandAnswer
	if e.Kind == DemandAnswered && json.Unmarshal([]byte(e.Content), &a) == nil {
		d.State, d.Item, d.Answer = a.State, a.Item, &Approval{By: e.Client, Role: a.Role, Reason: a.Reason, At: e.At}
	}
}

// Demand files a demand. A repeated idempotency key ("" for none) of the same client gives the same one.
func (b *Book) Demand(ctx context.Context, p trust.Principal, d Demand, idempotency string) (*Demand, error) {
	id := newID("n")
	if idempotency != "" {
		id = "n" + b.pepper.Seal("demand", p.Client, idempotency)[:16]
	}
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	if there := f.Demands[id]; there != nil {
		return there, nil
	}
	open := 0
	for _, there := range f.Demands {
		if there.Client == p.Client && there.State == "open" {
			open++
		}
	}
	if open >= mostApplications {
		return nil, &Refused{TooMany}
	}
	d.Department = p.Department
	if err := b.add(ctx, p, Demanded, id, d); err != nil {
		return nil, err
	}
	return b.state.Load().Demands[id], nil
}

// AnswerDemand says what came of a demand: planned, met or declined; a later answer counts.
func (b *Book) AnswerDemand(ctx context.Context, p trust.Principal, id, state, item, reason string) (*Demand, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	if f.Demands[id] == nil {
		return nil, &Refused{NoApplication}
	}
	if err := b.add(ctx, p, DemandAnswered, id, demandAnswer{vote(p, reason), state, item}); err != nil {
		return nil, err
	}
	return b.state.Load().Demands[id], nil
}
