package main

import (
	"context"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/quality"
	"wuku/serve/access"
	"wuku/trust"
)

// doubtsEvery is how often feedback and its work orders are brought together.
const doubtsEvery = 10 * time.Second

// bySystem is the program itself, where it notes what came of feedback.
var bySystem = trust.Principal{ID: quality.BySystem, Client: quality.BySystem, Name: quality.BySystem, Role: trust.RoleSteward}

// doubts lets feedback of users be worked off like everything else that is wrong (使用异议入整改闭环): what is new becomes a finding with a
// work order at whose record gave the value; what a department answers ends it; what the source mends, or the board decides, is told to
// the sender.
func (in *instance) doubts(ctx context.Context, book *access.Book) error {
	tick := time.NewTicker(doubtsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := in.doubtsOnce(ctx, book); err != nil && ctx.Err() == nil {
			in.log.Warn("feedback and its work orders, trying again", "error", err)
		}
	}
}

func (in *instance) doubtsOnce(ctx context.Context, book *access.Book) error {
	folded, err := book.Now(ctx)
	if err != nil || len(folded.Doubts) == 0 {
		return err
	}
	i := in.inspector()
	known, err := in.knownDoubts(ctx, i)
	if err != nil {
		return err
	}
	fresh, stands := map[string][]quality.Doubt{}, map[string][]string{}
	for id, d := range folded.Doubts {
		k, there := known[id]
		switch {
		case !there && d.State == access.DoubtOpen:
			at, err := uuid.Parse(d.Entity)
			if lib := i.Catalog.Library(d.Library); err != nil || lib == nil || lib.Element(d.Element) == nil {
				continue // the catalogue no longer has what it is about: it is answered by hand
			}
			fresh[d.Library] = append(fresh[d.Library], quality.Doubt{ID: id, Entity: entity.ID(at), Element: d.Element, By: d.Client})
		case there && !k.Ended && d.State == access.DoubtRejected:
			stands[d.Library] = append(stands[d.Library], id)
		}
	}
	for library, list := range fresh {
		if err := i.Doubt(ctx, library, quality.RuleDoubted, list[:min(len(list), 500)]); err != nil {
			return err
		}
	}
	for library, ids := range stands {
		if err := i.EndDoubts(ctx, library, quality.RuleDoubted, quality.WhyStands, ids); err != nil {
			return err
		}
	}
	if known, err = in.knownDoubts(ctx, i); err != nil {
		return err
	}
	for id, d := range folded.Doubts {
		if err := in.tellDoubt(ctx, book, d, known[id]); err != nil {
			return err
		}
	}
	return nil
}

func (in *instance) knownDoubts(ctx context.Context, i *quality.Inspector) (map[string]quality.DoubtState, error) {
	list, err := i.Doubts(ctx, "", quality.RuleDoubted)
	known := map[string]quality.DoubtState{}
	for _, d := range list {
		known[d.ID] = d
	}
	return known, err
}

// tellDoubt notes on a doubt which work order it became, and what came of that.
func (in *instance) tellDoubt(ctx context.Context, book *access.Book, d *access.Doubt, k quality.DoubtState) error {
	if k.Order == (entity.ID{}) {
		return nil
	}
	if d.Order == "" {
		if err := book.Track(ctx, bySystem, d.ID, k.Order.String()); err != nil {
			return err
		}
	}
	if k.State != quality.StateClosed || d.State != access.DoubtOpen {
		return nil
	}
	reason := map[string]string{quality.OutcomeMended: "the source has mended it", quality.OutcomeErased: "the record was erased by law"}[k.Outcome]
	if reason == "" {
		reason = "the value stands: " + k.Outcome
		if k.Note != "" {
			reason += ": " + k.Note
		}
	}
	_, err := book.Answer(ctx, bySystem, d.ID, k.Outcome == quality.OutcomeMended, reason)
	return err
}
