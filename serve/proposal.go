package serve

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/trust"
)

// Catalogues keeps proposed and published catalogues; cmd/wuku puts the store here.
type Catalogues interface {
	// Keep keeps the catalogue of a proposal, Kept gives it back, or ErrNone.
	Keep(ctx context.Context, id string, c *catalog.Catalog) error
	Kept(ctx context.Context, id string) (*catalog.Catalog, error)
	// Revisions lists published revisions, the newest first, at or before one.
	Revisions(ctx context.Context, from uint32, limit int) ([]CatalogRevision, error)
	// Revision is a published catalogue as it was, or ErrNone; RevisionAt is the one that was in force at a time, 0 for none.
	Revision(ctx context.Context, revision uint32) (*catalog.Catalog, error)
	RevisionAt(ctx context.Context, at time.Time) (uint32, error)
	// Publish brings a catalogue into force in every process of the deployment, without a restart, and returns its revision.
	Publish(ctx context.Context, c *catalog.Catalog, proposal string) (uint32, error)
	// Rehearse works out what a catalogue would change in the libraries; nothing that readers see is written. ErrNotNow while one goes on.
	Rehearse(ctx context.Context, c *catalog.Catalog) (*CatalogRehearsal, error)
	// Now is the revision in force, whatever this process has read.
	Now(ctx context.Context) (uint32, error)
}

// CatalogRevision is one published revision of the catalogue. 目录版本
type CatalogRevision struct {
	Revision  uint32    `json:"revision"`
	Digest    string    `json:"digest"`
	Published time.Time `json:"published"`
	Proposal  string    `json:"proposal,omitempty" doc:"By which it was decided; none: from the operator's files"`
}

// RevisionPage is a page of revisions.
type RevisionPage struct {
	Revisions []CatalogRevision `json:"revisions" nullable:"false"`
	Next      string            `json:"next,omitempty" doc:"Send it as after to read on"`
}

// ProposalPage lists proposals.
type ProposalPage struct {
	Proposals []access.Proposal `json:"proposals" nullable:"false"`
}

// ProposalAnswer is a proposal with what it would change.
type ProposalAnswer struct {
	access.Proposal
	Compatible bool            `json:"compatible" doc:"What departments send and readers ask today keeps working"`
	Changes    catalog.Changes `json:"changes" nullable:"false"`
	Effect     catalog.Effect  `json:"effect" doc:"What must be done again"`
}

// CatalogRehearsal is what a proposed catalogue would change in the libraries. 预演
type CatalogRehearsal struct {
	NotTried []string          `json:"not_tried" nullable:"false" doc:"What no rehearsal can show"`
	Values   []RehearsedValue  `json:"values" nullable:"false" doc:"By element of which values would change"`
	Rules    []RehearsedRule   `json:"rules" nullable:"false" doc:"By rule of which findings would open or close"`
	Readers  []RehearsedReader `json:"readers" nullable:"false" doc:"Who was given changed elements in the last 90 days"`
	Events   uint64            `json:"events" doc:"That would be published"`
	Took     uint64            `json:"took_ms"`
}

// RehearsedValue counts what would change of one element.
type RehearsedValue struct {
	Library string `json:"library"`
	Element string `json:"element"`
	Changed uint64 `json:"changed" doc:"Other values, with those gained and lost"`
	Gained  uint64 `json:"gained"`
	Lost    uint64 `json:"lost"`
	Moved   uint64 `json:"moved" doc:"The same value from another source"`
}

// RehearsedRule counts the findings of one rule.
type RehearsedRule struct {
	Library string `json:"library"`
	Rule    string `json:"rule"`
	Opened  uint64 `json:"opened"`
	Closed  uint64 `json:"closed"`
	Open    uint64 `json:"open" doc:"Then"`
}

// RehearsedReader is somebody whom the change touches.
type RehearsedReader struct {
	Library  string    `json:"library"`
	Client   string    `json:"client"`
	Role     string    `json:"role"`
	Calls    uint64    `json:"calls"`
	Subjects uint64    `json:"subjects"`
	Last     time.Time `json:"last"`
}

// ProposalDone is a proposal after a step, without its changes.
type ProposalDone struct{ access.Proposal }

type proposeInput struct {
	Title   string `query:"title" minLength:"2" maxLength:"200" required:"true"`
	Reason  string `query:"reason" minLength:"5" maxLength:"500" required:"true" doc:"Nothing personal"`
	RawBody []byte `contentType:"application/zip"`
}

// RestoreBody asks for a roll back.
type RestoreBody struct {
	Revision uint32 `json:"revision" minimum:"1" doc:"Whose content is to be in force again"`
	Reason   string `json:"reason" minLength:"5" maxLength:"500" doc:"Nothing personal"`
}

type restoreInput struct{ Body RestoreBody }

type revisionsInput struct {
	After string `query:"after" maxLength:"400" doc:"What next was on the page before"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

// maxCatalog bounds a catalogue that is sent, and what it unpacks to, in bytes.
const (
	maxCatalog    = 8 << 20
	mostUnpacked  = 64 << 20
	mostFaults    = 50
	catalogAnchor = "catalog.yaml"
)

func (s *Server) proposalRoutes() {
	if s.cfg.Catalogues == nil {
		return
	}
	const base, tag = "/api/v1/catalog/proposals", "catalogue"
	register(s, operation{id: "revisions", method: http.MethodGet, path: "/api/v1/catalog/revisions", kind: access.Revisions, tag: tag,
		summary: "Published revisions of the catalogue 目录版本", text: "GET /api/v1/catalog…?as_of= looks at one."}, s.revisions)
	register(s, operation{id: "proposals", method: http.MethodGet, path: base, kind: access.Revisions, tag: tag,
		summary: "Proposed catalogues 目录发布申请"}, func(_ context.Context, x *exchange, in *pageInput) (*ProposalPage, error) {
		if _, err := s.decide(x, access.Call{Operation: access.Revisions}); err != nil {
			return nil, err
		}
		page := &ProposalPage{Proposals: []access.Proposal{}}
		for _, p := range x.book.Proposals {
			if in.State == "" || p.State == in.State {
				page.Proposals = append(page.Proposals, *p)
			}
		}
		slices.SortFunc(page.Proposals, func(a, b access.Proposal) int { return b.Filed.Compare(a.Filed) })
		page.Proposals = page.Proposals[:min(len(page.Proposals), in.Limit)]
		return page, nil
	})
	register(s, operation{id: "proposal", method: http.MethodGet, path: base + "/{id}", kind: access.Revisions, tag: tag,
		summary: "A proposal and what it would change 变更内容"}, s.proposal)
	register(s, operation{id: "proposal-rehearse", method: http.MethodPost, path: base + "/{id}/rehearsal", kind: access.Deciding, tag: tag,
		summary: "What a proposal would change in the libraries 预演", text: "Works the libraries out by the proposed catalogue beside the published ones and compares them: it takes as long as a whole cycle. Nothing that readers see is written."}, s.rehearsal)
	register(s, operation{id: "propose", method: http.MethodPost, path: base, kind: access.Proposing, tag: tag, status: http.StatusCreated, maxBody: maxCatalog,
		summary: "Propose a catalogue 提交目录", text: "A zip of its files. It is checked as wuku catalog check does; two who are not you approve it, one of them a steward."}, s.propose)
	register(s, operation{id: "restore", method: http.MethodPost, path: "/api/v1/catalog/restorations", kind: access.Proposing, tag: tag, status: http.StatusCreated,
		summary: "Propose a roll back 申请回退", text: "A new revision with the content of an older one, approved in the same way."}, s.restore)
	step := func(id, path, summary string, kind access.Operation, do func(ctx context.Context, x *exchange, in *voteInput) (*access.Proposal, error)) {
		register(s, operation{id: id, method: http.MethodPost, path: base + "/{id}/" + path, kind: kind, tag: tag, summary: summary},
			func(ctx context.Context, x *exchange, in *voteInput) (*ProposalDone, error) {
				if _, err := s.decide(x, access.Call{Operation: kind}); err != nil {
					return nil, err
				}
				if err := impersonal(x, "body.reason", in.Body.Reason); err != nil {
					return nil, err
				}
				p, err := do(ctx, x, in)
				if err != nil {
					return nil, err
				}
				return &ProposalDone{*p}, nil
			})
	}
	step("proposal-approve", "approval", "Approve: the second approval publishes it 审批", access.Deciding, func(ctx context.Context, x *exchange, in *voteInput) (*access.Proposal, error) {
		return ApproveCatalog(ctx, s.cfg.Access, s.cfg.Catalogues, x.caller, in.ID, in.Body.Reason)
	})
	step("proposal-reject", "rejection", "Reject 驳回", access.Deciding, func(ctx context.Context, x *exchange, in *voteInput) (*access.Proposal, error) {
		return s.cfg.Access.VoteProposal(ctx, x.caller, in.ID, in.Body.Reason, false)
	})
	step("proposal-withdraw", "withdrawal", "Withdraw your proposal 撤回", access.Proposing, func(ctx context.Context, x *exchange, in *voteInput) (*access.Proposal, error) {
		return s.cfg.Access.WithdrawProposal(ctx, x.caller, in.ID, in.Body.Reason)
	})
}

// revisionPlace is where a page of revisions ends.
type revisionPlace struct {
	From uint32 `json:"from"`
}

func (s *Server) revisions(ctx context.Context, x *exchange, in *revisionsInput) (*RevisionPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Revisions}); err != nil {
		return nil, err
	}
	at := revisionPlace{math.MaxUint32}
	if err := s.openCursor(x, "revisions", in.After, &at); err != nil {
		return nil, err
	}
	list, err := s.cfg.Catalogues.Revisions(ctx, at.From, in.Limit)
	page := &RevisionPage{Revisions: append([]CatalogRevision{}, list...)}
	if n := len(list); err == nil && n == in.Limit && list[n-1].Revision > 1 {
		page.Next, err = s.sealCursor("revisions", revisionPlace{list[n-1].Revision - 1})
	}
	return page, err
}

func (s *Server) proposal(ctx context.Context, x *exchange, in *idInput) (*ProposalAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Revisions}); err != nil {
		return nil, err
	}
	p := x.book.Proposals[in.ID]
	if p == nil {
		return nil, ErrNone
	}
	next, err := s.cfg.Catalogues.Kept(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	old, err := s.cfg.Catalogues.Revision(ctx, p.Base)
	if err != nil {
		return nil, err
	}
	changes := catalog.Diff(old, next)
	return &ProposalAnswer{Proposal: *p, Compatible: changes.Compatible(), Changes: append(catalog.Changes{}, changes...), Effect: changes.Effect()}, nil
}

func (s *Server) rehearsal(ctx context.Context, x *exchange, in *idInput) (*CatalogRehearsal, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Deciding}); err != nil {
		return nil, err
	}
	p := x.book.Proposals[in.ID]
	if p == nil {
		return nil, ErrNone
	}
	if p.State != access.ProposalOpen {
		return nil, ErrNotNow
	}
	next, err := s.cfg.Catalogues.Kept(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return s.cfg.Catalogues.Rehearse(ctx, next)
}

func (s *Server) propose(ctx context.Context, x *exchange, in *proposeInput) (*ProposalDone, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Proposing}); err != nil {
		return nil, err
	}
	if err := errors.Join(impersonal(x, "query.title", in.Title), impersonal(x, "query.reason", in.Reason)); err != nil {
		return nil, err
	}
	files, err := unpacked(in.RawBody)
	if err != nil {
		return nil, errors.Join(ErrUnfit, err)
	}
	c, faults := catalog.Inspect(files)
	if fatal := faults.Fatal(); len(fatal) > 0 {
		p := problem(x.lang, codeCatalog)
		for _, f := range fatal[:min(len(fatal), mostFaults)] {
			p.Faults = append(p.Faults, f.String())
		}
		return nil, p
	}
	p, err := ProposeCatalog(ctx, s.cfg.Access, s.cfg.Catalogues, x.caller, c, access.Proposal{Title: in.Title, Reason: in.Reason})
	if err != nil {
		return nil, err
	}
	return &ProposalDone{*p}, nil
}

// unpacked is the catalogue in a zip, wherever in it catalog.yaml lies.
func unpacked(body []byte) (fs.FS, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	total, root := uint64(0), ""
	for _, f := range z.File {
		total += f.UncompressedSize64
		if path.Base(f.Name) == catalogAnchor && (root == "" || strings.Count(f.Name, "/") < strings.Count(root, "/")) {
			root = path.Clean(f.Name)
		}
	}
	switch {
	case total > mostUnpacked:
		return nil, errors.New("it unpacks to too much")
	case root == "" || !fs.ValidPath(root):
		return nil, errors.New("it has no catalog.yaml")
	}
	return fs.Sub(z, path.Dir(root))
}

func (s *Server) restore(ctx context.Context, x *exchange, in *restoreInput) (*ProposalDone, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Proposing}); err != nil {
		return nil, err
	}
	if err := impersonal(x, "body.reason", in.Body.Reason); err != nil {
		return nil, err
	}
	p, err := RestoreCatalog(ctx, s.cfg.Access, s.cfg.Catalogues, x.caller, in.Body.Revision, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &ProposalDone{*p}, nil
}

// ProposeCatalog files a checked catalogue for approval: title and reason are the caller's. The command line goes the same way.
func ProposeCatalog(ctx context.Context, b *access.Book, k Catalogues, by trust.Principal, c *catalog.Catalog, p access.Proposal) (*access.Proposal, error) {
	var err error
	if p.Base, err = k.Now(ctx); err != nil {
		return nil, err
	}
	p.Digest = catalog.Digest(c)
	filed, err := b.Propose(ctx, by, p)
	if err != nil {
		return nil, err
	}
	return filed, k.Keep(ctx, filed.ID, c)
}

// RestoreCatalog proposes the content of an older revision anew.
func RestoreCatalog(ctx context.Context, b *access.Book, k Catalogues, by trust.Principal, revision uint32, reason string) (*access.Proposal, error) {
	old, err := k.Revision(ctx, revision)
	if err != nil {
		return nil, err
	}
	return ProposeCatalog(ctx, b, k, by, old, access.Proposal{Title: "roll back 回退", Reason: reason, Restores: revision})
}

// ApproveCatalog casts a vote; with the second the catalogue is published. What was kept must be what the votes are for, and the catalogue in
// force the one that the proposal was made for.
func ApproveCatalog(ctx context.Context, b *access.Book, k Catalogues, by trust.Principal, id, reason string) (*access.Proposal, error) {
	f, err := b.Now(ctx)
	if err != nil {
		return nil, err
	}
	p := f.Proposals[id]
	if p == nil {
		return nil, &access.Refused{Code: access.NoApplication}
	}
	c, err := k.Kept(ctx, id)
	if err != nil {
		return nil, err
	}
	now, err := k.Now(ctx)
	switch {
	case err != nil:
		return nil, err
	case p.Base != now || catalog.Digest(c) != p.Digest:
		return nil, &access.Refused{Code: access.StaleBase}
	}
	if p, err = b.VoteProposal(ctx, by, id, reason, true); err != nil || p.State != access.ProposalApproved {
		return p, err
	}
	revision, err := k.Publish(ctx, c, id)
	if err != nil {
		return nil, err
	}
	return b.Published(ctx, by, id, revision)
}
