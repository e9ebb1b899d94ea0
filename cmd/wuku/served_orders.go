package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
	"wuku/serve"
	"wuku/trust"
)

// servedDesk is the work orders as the API wants them.
type servedDesk struct{ in *instance }

var _ serve.Desk = servedDesk{}

// Board implements serve.Desk.
func (d servedDesk) Board() string { return d.in.desk().Board() }

// Orders implements serve.Desk.
func (d servedDesk) Orders(ctx context.Context, f serve.OrderFilter) ([]serve.WorkOrder, error) {
	desk := d.in.desk()
	list, err := desk.List(ctx, quality.Filter{Department: f.Department, State: f.State, Rule: f.Rule, Feed: f.Feed, Overdue: f.Overdue, Closed: f.Closed,
		Newest: f.Newest, After: quality.Place(f.After), Limit: f.Limit})
	return servedOrders(list, desk.Board()), err
}

// Order implements serve.Desk.
func (d servedDesk) Order(ctx context.Context, id entity.ID) (*serve.OrderDossier, error) {
	desk := d.in.desk()
	s, err := desk.Show(ctx, id)
	if err != nil {
		return nil, orderError(err)
	}
	return &serve.OrderDossier{WorkOrder: servedOrder(&s.Order, desk.Board()), Detail: s.Detail, Topic: s.Topic, Partition: s.Part, Offset: s.Offset, Received: timeOf(s.Since),
		Contact: s.Contact, History: servedOrders(s.History, desk.Board())}, nil
}

// Act implements serve.Desk. Who must know is told by the next inspection.
func (d servedDesk) Act(ctx context.Context, id entity.ID, a serve.OrderAct) (*serve.WorkOrder, error) {
	desk := d.in.desk()
	o, err := desk.Act(ctx, id, quality.Act{Action: a.Action, By: a.By, Note: a.Note, Seen: a.Seen})
	if err != nil {
		return nil, orderError(err)
	}
	out := servedOrder(&o, desk.Board())
	return &out, nil
}

func orderError(err error) error {
	for own, theirs := range map[error]error{quality.ErrNone: serve.ErrNone, quality.ErrNotNow: serve.ErrNotNow, quality.ErrNotYours: serve.ErrNotYours, quality.ErrChanged: serve.ErrChanged} {
		if errors.Is(err, own) {
			return errors.Join(theirs, err)
		}
	}
	return err
}

func timeOf(t time.Time) *time.Time {
	if t.IsZero() || t.Unix() == 0 {
		return nil
	}
	return &t
}

func servedOrders(list []quality.Order, board string) []serve.WorkOrder {
	out := make([]serve.WorkOrder, len(list))
	for i := range list {
		out[i] = servedOrder(&list[i], board)
	}
	return out
}

func servedOrder(o *quality.Order, board string) serve.WorkOrder {
	w := serve.WorkOrder{ID: o.ID.String(), N: o.N, State: o.State, Stage: o.Stage, Action: o.Action, By: o.By, Note: o.Note, At: o.At, Round: o.Round, Department: o.Department,
		Authority: o.Authority, Severity: o.Severity, Level: o.Level, Due: timeOf(o.Due), Opened: o.Opened, Closed: timeOf(o.Closed), Outcome: o.Outcome, Library: o.Library, Feed: o.Feed,
		Record: o.Key, RecordRole: o.Role, Element: o.Element, Rule: o.Rule, Entity: o.Entity.String()}
	if o.State != quality.StateClosed {
		w.Holder = o.Holder(board)
	}
	return w
}

// servedScores is scores and bulletins as the API wants them.
type servedScores struct{ in *instance }

var _ serve.Appraisal = servedScores{}

// Scorecards implements serve.Appraisal.
func (a servedScores) Scorecards(ctx context.Context) ([]serve.Scorecard, error) {
	cards, err := a.in.appraiser().Scorecards(ctx)
	out := make([]serve.Scorecard, len(cards))
	for i, c := range cards {
		out[i] = serve.Scorecard(c)
	}
	return out, err
}

// Computed implements serve.Appraisal.
func (a servedScores) Computed(ctx context.Context, department string) (*serve.ComputedScore, error) {
	appraiser := a.in.appraiser()
	card, figures, ranked, err := appraiser.Computed(ctx, department)
	if err != nil {
		return nil, err
	}
	if card.Department == "" {
		return nil, serve.ErrNone
	}
	out := &serve.ComputedScore{Scorecard: serve.Scorecard(card), Of: ranked, Weights: []serve.ScoreWeight{}, Figures: []serve.ScoreFigure{}}
	for _, w := range appraiser.Weights() {
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

// named is a feed of the catalogue in force; nil for none.
func (in *instance) named(feed string) *catalog.Feed { return in.current.Load().catalog.Feed(feed) }
