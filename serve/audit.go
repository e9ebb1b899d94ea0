package serve

import (
	"context"
	"net/http"

	"wuku/serve/access"
	"wuku/trust"
)

// AuditPage is a page of the audit log. 审计日志
type AuditPage struct {
	Entries []trust.Entry `json:"entries" nullable:"false"`
	Size    int64         `json:"size" doc:"Leaves in the log"`
	Next    int64         `json:"next" doc:"Send it as from to read on"`
}

// CheckpointAnswer is a signed checkpoint of the log as it is.
type CheckpointAnswer struct {
	Size       int64  `json:"size"`
	Checkpoint string `json:"checkpoint" doc:"Signed note: keep it elsewhere, and a rewritten log is found out"`
}

// ProofAnswer is a Merkle proof: hashes in base64.
type ProofAnswer struct {
	Proof []string `json:"proof" nullable:"false"`
}

type auditInput struct {
	From  int64 `query:"from" minimum:"0"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type inclusionInput struct {
	Index int64 `query:"index" minimum:"0" required:"true"`
	Size  int64 `query:"size" minimum:"1" required:"true"`
}

type consistencyInput struct {
	Older int64 `query:"older" minimum:"1" required:"true"`
	Newer int64 `query:"newer" minimum:"1" required:"true"`
}

// auditRoutes are there when the log is one that can be read.
func (s *Server) auditRoutes() {
	log, ok := s.audit.(*trust.Log)
	if !ok {
		return
	}
	allowed := func(x *exchange) error {
		_, err := s.decide(x, access.Call{Operation: access.Audit})
		return err
	}
	register(s, operation{id: "audit", method: http.MethodGet, path: "/api/v1/audit", kind: access.Audit, tag: "audit",
		summary: "The audit log 审计日志"}, func(_ context.Context, x *exchange, in *auditInput) (*AuditPage, error) {
		if err := allowed(x); err != nil {
			return nil, err
		}
		entries, err := log.Leaves(in.From, in.Limit)
		if err != nil {
			return nil, err
		}
		x.leaf.Count = len(entries)
		return &AuditPage{Entries: append([]trust.Entry{}, entries...), Size: log.Size(), Next: in.From + int64(len(entries))}, nil
	})
	register(s, operation{id: "audit-checkpoint", method: http.MethodGet, path: "/api/v1/audit/checkpoint", kind: access.Audit, tag: "audit",
		summary: "A signed checkpoint 检查点"}, func(_ context.Context, x *exchange, _ *none) (*CheckpointAnswer, error) {
		if err := allowed(x); err != nil {
			return nil, err
		}
		c, err := log.Checkpoint(s.cfg.Now())
		if err != nil {
			return nil, err
		}
		return &CheckpointAnswer{Size: c.Size, Checkpoint: string(c.Note)}, nil
	})
	register(s, operation{id: "audit-inclusion", method: http.MethodGet, path: "/api/v1/audit/inclusion", kind: access.Audit, tag: "audit",
		summary: "Proof that a leaf is in the log"}, func(_ context.Context, x *exchange, in *inclusionInput) (*ProofAnswer, error) {
		if err := allowed(x); err != nil {
			return nil, err
		}
		proof, err := log.Inclusion(in.Index, in.Size)
		return proofAnswer(proof, err)
	})
	register(s, operation{id: "audit-consistency", method: http.MethodGet, path: "/api/v1/audit/consistency", kind: access.Audit, tag: "audit",
		summary: "Proof that an older log is the beginning of a newer one"}, func(_ context.Context, x *exchange, in *consistencyInput) (*ProofAnswer, error) {
		if err := allowed(x); err != nil {
			return nil, err
		}
		proof, err := log.Consistency(in.Older, in.Newer)
		return proofAnswer(proof, err)
	})
}

func proofAnswer[H interface{ String() string }](proof []H, err error) (*ProofAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := &ProofAnswer{Proof: []string{}}
	for _, h := range proof {
		out.Proof = append(out.Proof, h.String())
	}
	return out, nil
}
