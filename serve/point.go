package serve

import (
	"context"
	"errors"
	"time"

	"wuku/catalog"
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
	return s.within(s.meter.Admit(d, ids...))
}

// within counts a budget's refusal.
func (s *Server) within(refusal *access.Refusal) error {
	if refusal == nil {
		return nil
	}
	s.metrics.refused(refusal.Code)
	return refusal
}

// outcome notes whether there was an entity, and stops a grant that looks for people: nothing more leaves under it, not even the answer
// at which it was found out.
func (s *Server) outcome(ctx context.Context, d access.Decision, q question, found bool) error {
	switch s.meter.Found(d, found, q.scheme, q.value) {
	case access.Slow:
		s.metrics.alarm("slow")
		s.cfg.Log.Warn("enumeration suspected: slowed", "grant", d.Grant(), "client", d.Client())
	case access.Lock:
		s.metrics.alarm("lock")
		s.cfg.Log.Error("enumeration suspected: locked until a steward unlocks it", "grant", d.Grant(), "client", d.Client())
		if err := s.cfg.Access.Lock(context.WithoutCancel(ctx), d.Grant(), "enumeration suspected 疑似遍历"); err != nil {
			return err
		}
		return &access.Refusal{Code: access.GrantLocked}
	}
	return nil
}

// point reads one entity under the grant's budgets, notes for whom, and whether there was one.
func (s *Server) point(ctx context.Context, x *exchange, d access.Decision, q question) (*read.Record, error) {
	began := time.Now()
	r, err := s.single(ctx, x, d, q)
	if err = s.noted(ctx, d, q, began, err); err != nil {
		return nil, err
	}
	return r, nil
}

// noted notes how a question ended that found an entity or none, and returns what is to be told. Where there is nobody to tell of it takes a
// whole number of steps since the question began: who is not there, who was removed and who is outside the grant's area take equally long.
func (s *Server) noted(ctx context.Context, d access.Decision, q question, began time.Time, err error) error {
	nobody := errors.Is(err, read.ErrNotFound)
	if err == nil || nobody {
		err = errors.Join(s.outcome(ctx, d, q, err == nil), err)
	}
	if nobody {
		select {
		case <-time.After(s.cfg.MissStep - time.Since(began)%s.cfg.MissStep):
		case <-ctx.Done():
		}
	}
	return err
}

// single is a point whose outcome the caller notes.
func (s *Server) single(ctx context.Context, x *exchange, d access.Decision, q question) (*read.Record, error) {
	if err := s.admit(d, q); err != nil {
		return nil, err
	}
	x.leaf.Subject, x.leaf.Count = s.subject(q.id), 0
	r, err := s.reads.Entity(ctx, d, q.id)
	if err != nil {
		return nil, err
	}
	x.leaf.Subject, x.leaf.Count = s.subject(r.Entity), 1
	return r, nil
}

// inquiry is a call about one entity that was allowed, with what there is of it.
type inquiry struct {
	st  *state
	lib *catalog.Library
	d   access.Decision
	q   question
	r   *read.Record
}

// about decides a call on a library, computes whom it means and reads that one.
func (s *Server) about(ctx context.Context, x *exchange, call access.Call, by By) (a inquiry, err error) {
	return s.aboutThen(ctx, x, call, by, Then{})
}

// aboutThen is about, as of another time or by another rule.
func (s *Server) aboutThen(ctx context.Context, x *exchange, call access.Call, by By, t Then) (a inquiry, err error) {
	if a.d, err = s.decide(x, call); err != nil {
		return a, err
	}
	a.st = s.current()
	a.lib = a.st.catalog.Library(call.Library)
	if a.q, err = s.anchorOf(x, a.lib, by); err != nil {
		return a, err
	}
	began := time.Now()
	a.r, err = s.single(ctx, x, a.d, a.q)
	gone := errors.Is(err, read.ErrNotFound) && !errors.Is(err, read.ErrHidden)
	if t.asked() && err == nil || t.past() && gone {
		if err = s.rewound(ctx, t, &a); err == nil {
			x.leaf.Count = 1
		}
	}
	return a, s.noted(ctx, a.d, a.q, began, err)
}
