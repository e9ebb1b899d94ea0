package serve

import (
	"context"
	"errors"

	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/read"
)

// question is one entity that a caller asks about.
type question struct {
	id     entity.ID
	scheme string // and value: of the identifier it was named by, normalised; "" for an id
	value  string
}

// admit spends the grant's budgets on questions. It comes before anything is read.
func (s *Server) admit(d access.Decision, questions ...question) error {
	ids := make([]entity.ID, len(questions))
	for i := range questions {
		ids[i] = questions[i].id
	}
	if refusal := s.meter.Admit(d, ids...); refusal != nil {
		s.metrics.refused(refusal.Code)
		return refusal
	}
	return nil
}

// outcome notes whether there was an entity, and stops a grant that looks for people.
func (s *Server) outcome(ctx context.Context, d access.Decision, q question, found bool) error {
	switch s.meter.Found(d, found, q.scheme, q.value) {
	case access.Slow:
		s.metrics.alarm("slow")
		s.cfg.Log.Warn("enumeration suspected: slowed", "grant", d.Grant(), "client", d.Client())
	case access.Lock:
		s.metrics.alarm("lock")
		s.cfg.Log.Error("enumeration suspected: locked until a steward unlocks it", "grant", d.Grant(), "client", d.Client())
		return s.cfg.Access.Lock(context.WithoutCancel(ctx), d.Grant(), "enumeration suspected 疑似遍历")
	}
	return nil
}

// point reads one entity under the grant's budgets and notes for whom.
func (s *Server) point(ctx context.Context, x *exchange, d access.Decision, q question) (*read.Record, error) {
	if err := s.admit(d, q); err != nil {
		return nil, err
	}
	x.leaf.Subject = s.subject(q.id)
	r, err := s.reads.Entity(ctx, d, q.id)
	if err == nil || errors.Is(err, read.ErrNotFound) {
		err = errors.Join(s.outcome(ctx, d, q, err == nil), err)
	}
	if err != nil {
		return nil, err
	}
	x.leaf.Subject, x.leaf.Count = s.subject(r.Entity), 1
	return r, nil
}
