package main

import (
	"context"
	"errors"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
	"wuku/serve"
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
		Record: o.Key, RecordRole: o.Role, Element: o.Element, Rule: o.Rule}
	if o.Entity != (entity.ID{}) {
		w.Entity = o.Entity.String()
	}
	if o.State != quality.StateClosed {
		w.Holder = o.Holder(board)
	}
	return w
}

// named is a feed of the catalogue in force; nil for none.
func (in *instance) named(feed string) *catalog.Feed { return in.current.Load().catalog.Feed(feed) }
