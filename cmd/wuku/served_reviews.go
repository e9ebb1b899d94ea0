package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"wuku/entity"
	"wuku/match"
	"wuku/resolve"
	"wuku/serve"
)

// servedReviews is the pairs for review as the API wants them.
type servedReviews struct{ in *instance }

var _ serve.Reviewer = servedReviews{}

// Pairs implements serve.Reviewer.
func (r servedReviews) Pairs(ctx context.Context, f serve.ReviewFilter) ([]serve.ReviewPair, error) {
	list, err := resolve.Pairs(ctx, r.in.store, resolve.Choice{Library: f.Library, Linked: f.Linked, Decided: f.Decided, After: f.After, Score: f.Score, Limit: f.Limit})
	out := make([]serve.ReviewPair, len(list))
	for i, p := range list {
		out[i] = servedPair(p)
	}
	return out, err
}

func servedPair(p resolve.Pair) serve.ReviewPair {
	out := serve.ReviewPair{ID: p.ID.String(), Library: p.Library, A: p.A.String(), B: p.B.String(), Score: p.Score, Probability: match.Probability(p.Score), Since: p.At,
		State: p.Last, By: p.LastBy}
	if out.State == "" {
		out.State = "open"
	} else {
		out.At = &p.LastAt
	}
	if p.Why != nil {
		out.Prior = p.Why.Prior
		for _, reason := range p.Why.Reasons {
			out.Fields = append(out.Fields, serve.ReviewField{Element: reason.Field, Level: reason.Level, Weight: reason.Weight})
		}
	}
	return out
}

// Pair implements serve.Reviewer.
func (r servedReviews) Pair(ctx context.Context, id entity.ID) (*serve.ReviewPair, error) {
	s, err := r.in.sideBySide(ctx, id.String())
	if err != nil {
		return nil, reviewError(err)
	}
	out := servedPair(s.Pair)
	for i := range out.Fields {
		out.Fields[i].A, out.Fields[i].B = s.a.Values[i], s.b.Values[i]
	}
	out.FeedsA, out.FeedsB, out.IfSame, out.IfNotSame = s.a.Feeds, s.b.Feeds, s.same.Text, s.apart.Text
	for _, h := range s.history {
		out.History = append(out.History, serve.ReviewEvent(h))
	}
	return &out, nil
}

func reviewError(err error) error {
	switch {
	case errors.Is(err, resolve.ErrNoPair):
		return errors.Join(serve.ErrNone, err)
	case errors.Is(err, resolve.ErrClaimed):
		return errors.Join(serve.ErrNotYours, err)
	}
	return err
}

// Act implements serve.Reviewer.
func (r servedReviews) Act(ctx context.Context, id entity.ID, a serve.ReviewAct) (string, error) {
	p, rule, err := r.in.pair(ctx, id.String())
	if err != nil {
		return "", reviewError(err)
	}
	if last := p.LastAt; a.Seen != "" && a.Seen != strconv.FormatInt(last.UnixMicro(), 10) && (a.Seen != "0" || p.Last != "") {
		return "", serve.ErrChanged
	}
	if a.Kind == "revoked" && p.Last != "same" && p.Last != "not_same" && p.Last != "unsure" {
		return "", serve.ErrNotNow
	}
	e, err := resolve.Decide(ctx, r.in.store, r.in.store, rule, resolve.Decision{Pair: p, Kind: a.Kind, By: a.By, Note: a.Note, At: time.Now()})
	return e.Text, reviewError(err)
}

// Reveal implements serve.Reviewer.
func (r servedReviews) Reveal(ctx context.Context, p *serve.ReviewPair, element, by, reason string) error {
	pair, _, err := r.in.pair(ctx, p.ID)
	if err != nil {
		return reviewError(err)
	}
	return resolve.Reveal(ctx, r.in.store, pair, element, by, reason, time.Now())
}
