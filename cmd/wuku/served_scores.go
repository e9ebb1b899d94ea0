package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wuku/quality"
	"wuku/serve"
	"wuku/trust"
)

// servedScores is scores and bulletins as the API wants them.
type servedScores struct {
	in  *instance
	now *serve.Kept[*quality.Standing]
}

// standingFor is how long departments' standing is kept: it counts over the ledger.
const standingFor = 10 * time.Second

func newScores(in *instance) servedScores {
	return servedScores{in, &serve.Kept[*quality.Standing]{For: standingFor, Now: time.Now, Make: func(ctx context.Context) (*quality.Standing, error) { return in.appraiser().Standing(ctx) }}}
}

var _ serve.Appraisal = servedScores{}

// Scorecards implements serve.Appraisal.
func (a servedScores) Scorecards(ctx context.Context) ([]serve.Scorecard, time.Time, error) {
	now, _, err := a.now.Get(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	out := make([]serve.Scorecard, len(now.Cards))
	for i, c := range now.Cards {
		out[i] = serve.Scorecard(c)
	}
	return out, now.At, nil
}

// Computed implements serve.Appraisal.
func (a servedScores) Computed(ctx context.Context, department string) (*serve.ComputedScore, error) {
	now, _, err := a.now.Get(ctx)
	if err != nil {
		return nil, err
	}
	card, figures, ranked := now.Of(department)
	if card.Department == "" {
		return nil, serve.ErrNone
	}
	out := &serve.ComputedScore{Scorecard: serve.Scorecard(card), AsOf: now.At, Of: ranked, Weights: []serve.ScoreWeight{}, Figures: []serve.ScoreFigure{}}
	for _, w := range a.in.appraiser().Weights() {
		out.Weights = append(out.Weights, serve.ScoreWeight{Indicator: w.Indicator, Weight: int(w.Weight)})
	}
	words := map[string]quality.Indicator{}
	for _, i := range quality.Indicators() {
		words[i.Code] = i
	}
	for _, f := range figures {
		i := words[f.Indicator]
		out.Figures = append(out.Figures, serve.ScoreFigure{Indicator: f.Indicator, ZH: i.ZH, EN: i.EN, Formula: i.Formula, Version: i.Version, A: f.A, B: f.B, Value: f.Value})
	}
	return out, nil
}

func bulletinItem(b *quality.Bulletin) serve.BulletinItem {
	return serve.BulletinItem{Period: b.Period, Edition: b.Edition, Published: b.Published, Figures: b.Figures, Count: b.Count, Praised: append([]string{}, b.Praised...), Admonished: append([]string{}, b.Admonished...)}
}

// Bulletins implements serve.Appraisal.
func (a servedScores) Bulletins(ctx context.Context) ([]serve.BulletinItem, error) {
	list, err := a.in.appraiser().List(ctx)
	out := []serve.BulletinItem{}
	for _, b := range list {
		out = append(out, bulletinItem(b))
	}
	return out, err
}

// Bulletin implements serve.Appraisal.
func (a servedScores) Bulletin(ctx context.Context, period, form string) (string, []byte, error) {
	b, err := a.in.appraiser().Load(ctx, period)
	if err != nil {
		return "", nil, err
	}
	if b == nil {
		return "", nil, serve.ErrNone
	}
	name := fmt.Sprintf("bulletin-%s-%d.json", b.Period, b.Edition)
	if form == "html" {
		page, err := b.HTML()
		return strings.TrimSuffix(name, ".json") + ".html", page, err
	}
	content, err := b.Encode()
	if err != nil || form == "json" {
		return name, content, err
	}
	signed, err := trust.SignDocument(a.in.data, name, content)
	return name + ".sig", signed, err
}

// Publish implements serve.Appraisal.
func (a servedScores) Publish(ctx context.Context, period string) (*serve.BulletinItem, error) {
	if err := quality.CheckPeriod(period); err != nil {
		return nil, errors.Join(serve.ErrUnfit, err)
	}
	b, err := a.in.appraiser().Publish(ctx, period)
	if errors.Is(err, quality.ErrNotBegun) {
		return nil, errors.Join(serve.ErrNotNow, err)
	}
	if err != nil {
		return nil, err
	}
	item := bulletinItem(b)
	return &item, nil
}
