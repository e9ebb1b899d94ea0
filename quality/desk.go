package quality

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// Desk keeps the work orders: it opens, closes and presses them as the findings and the clocks say, and takes what departments,
// authorities and the board do. Its methods may be called concurrently; of two acts on one order at the same moment one may be lost,
// and whoever acted sees it in the answer of Show.
type Desk struct {
	Store    Store
	Catalog  *catalog.Catalog
	Secret   [2]uint64 // under which ids of orders are made; the same for all processes of a deployment
	Now      func() time.Time
	calendar *Calendar
}

// defaultBoard is the department that decides where the catalogue names none, if there is one of this name.
const defaultBoard = "data"

// Board is the department that decides disputes between departments. 数据主管部门
func (d *Desk) Board() string {
	if b := d.Catalog.Governance.Board; b != "" {
		return b
	}
	return defaultBoard
}

// Calendar is that of the desk's catalogue.
func (d *Desk) Calendar() *Calendar {
	if d.calendar == nil {
		return NewCalendar(d.Catalog.Governance)
	}
	return d.calendar
}

func (d *Desk) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// duty is what the templates of work orders see of the responsibility list.
type duty struct {
	*inspection
	Secret                                [2]uint64
	Now, DueAcknowledge, DueEscalate      int64
	Stamp                                 uint64
	RuleCodes, RuleSeverities, OwnerRules []string
	FeedNames, FeedDepartments            []string
	ElementNames, ElementOwners           []string
	Board                                 string
}

func (d *Desk) duty(in *inspection) *duty {
	now := d.now()
	u := &duty{inspection: in, Secret: d.Secret, Now: now.UnixMilli(), Stamp: uint64(now.UnixMicro()), Board: d.Board()}
	ack, _ := d.Calendar().Due(ClockAcknowledge, now)
	press, _ := d.Calendar().Due(ClockEscalate, now)
	u.DueAcknowledge, u.DueEscalate = ack.UnixMilli(), press.UnixMilli()
	for _, code := range []string{RuleDiffers, RuleDuplicate, RuleOverlaps, RuleOutside} {
		u.RuleCodes, u.RuleSeverities = append(u.RuleCodes, code), append(u.RuleSeverities, severityOf(d.Catalog, code))
	}
	for _, p := range d.Catalog.Packs {
		for _, r := range p.Rules {
			u.RuleCodes, u.RuleSeverities = append(u.RuleCodes, r.Code), append(u.RuleSeverities, r.Severity)
			if r.Assign == catalog.AssignOwner {
				u.OwnerRules = append(u.OwnerRules, r.Code)
			}
		}
	}
	for _, f := range d.Catalog.Feeds {
		u.FeedNames, u.FeedDepartments = append(u.FeedNames, f.Name), append(u.FeedDepartments, Mender(d.Catalog, f.Name))
	}
	for i := range d.Catalog.Libraries {
		l := &d.Catalog.Libraries[i]
		for k := range l.Elements {
			u.ElementNames, u.ElementOwners = append(u.ElementNames, l.Name+"."+l.Elements[k].Name), append(u.ElementOwners, Authority(d.Catalog, l, &l.Elements[k]))
		}
	}
	return u
}

// Mender is the department that mends the records of a feed: its steward in the province, where a ministry returns it, else its own
// department. 责任部门
func Mender(c *catalog.Catalog, feed string) string {
	f := c.Feed(feed)
	switch {
	case f == nil:
		return ""
	case f.Steward != "":
		return f.Steward
	}
	return f.Department
}

// Authority is the department that answers for an element: its declared owner, else who mends the first feed of its authority list.
func Authority(c *catalog.Catalog, l *catalog.Library, e *catalog.Element) string {
	if e.Owner != "" {
		return e.Owner
	}
	for _, rank := range e.Authority {
		for _, f := range rank {
			return Mender(c, f)
		}
	}
	return l.Steward
}

// Follow brings the orders of a library up to date with its findings: all of them, or (run is an inspection of what has changed that
// has not ended) those where it looked.
func (d *Desk) Follow(ctx context.Context, library string) error {
	in := &inspection{Library: library, All: true}
	return d.follow(ctx, in)
}

func (d *Desk) follow(ctx context.Context, in *inspection) error {
	if err := d.Store.Exec(ctx, "quality/orders", d.duty(in)); err != nil {
		return fmt.Errorf("work orders of library %s: %w", in.Library, err)
	}
	return nil
}

// Press escalates the orders whose term has passed.
func (d *Desk) Press(ctx context.Context) error {
	if err := d.Store.Exec(ctx, "quality/orders_escalate", d.duty(&inspection{})); err != nil {
		return fmt.Errorf("work orders: escalate: %w", err)
	}
	return nil
}

// Filter chooses work orders. Empty fields choose all.
type Filter struct {
	ID         string // one order
	Department string // it must mend, or decide
	State      string // else all that are not closed
	Rule       string
	Feed       string
	Entity     string // at which it stands
	Overdue    bool
	Closed     bool  // those that are closed, too
	Events     bool  // all events instead of the newest of each order
	Newest     bool  // those first that were opened last, instead of those whose term ends first
	After      Place // only what stands behind it in that order
	Limit      int
}

// Place is where a page of orders ends: see Filter.PlaceOf.
type Place struct {
	At int64  // milliseconds of the term's end; or of the opening, negative, where the newest come first
	ID string // of the order; "": the beginning
}

// PlaceOf is the place of an order in the filter's order.
func (f Filter) PlaceOf(o *Order) Place {
	switch {
	case f.Newest:
		return Place{-o.Opened.UnixMilli(), o.ID.String()}
	case o.Due.IsZero():
		return Place{0, o.ID.String()}
	}
	return Place{o.Due.UnixMilli(), o.ID.String()}
}

// list is a Filter as the template sees it.
type list struct {
	Filter
	Board  string
	Now    int64
	Untold bool
	Since  uint64
}

// List returns orders, those first whose term ends first.
func (d *Desk) List(ctx context.Context, f Filter) ([]Order, error) {
	return d.list(ctx, list{Filter: f})
}

func (d *Desk) list(ctx context.Context, l list) ([]Order, error) {
	l.Board, l.Now = d.Board(), d.now().UnixMilli()
	out := []Order{}
	err := d.Store.Query(ctx, "quality/order_list", l, func(scan func(...any) error) error {
		var o Order
		err := scan(&o.ID, &o.N, &o.Action, &o.By, &o.Note, &o.At, &o.Stamp, &o.Library, &o.Feed, &o.Key, &o.Role, &o.Element, &o.Rule, &o.Entity, &o.Anchor,
			&o.Severity, &o.State, &o.Stage, &o.Round, &o.Department, &o.Authority, &o.Level, &o.Due, &o.Opened, &o.Closed, &o.Outcome)
		for _, t := range []*time.Time{&o.Due, &o.Closed} {
			if t.Unix() == 0 {
				*t = time.Time{}
			}
		}
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("work orders: %w", err)
	}
	return out, nil
}

// Dossier is one order with its whole history, the evidence, and who may act.
type Dossier struct {
	Order
	History []Order   `json:"history"`
	Detail  string    `json:"detail"` // what is wrong and what to do
	Topic   string    `json:"topic,omitempty"`
	Part    uint32    `json:"partition"`
	Offset  uint64    `json:"offset"`
	Since   time.Time `json:"since,omitzero"` // when the message came
	Holder  string    `json:"holder"`         // who must act next
	Contact string    `json:"contact"`
}

// Show returns one order whole.
func (d *Desk) Show(ctx context.Context, id entity.ID) (Dossier, error) {
	history, err := d.List(ctx, Filter{ID: id.String(), Events: true, Closed: true})
	if err != nil {
		return Dossier{}, err
	}
	if len(history) == 0 {
		return Dossier{}, fmt.Errorf("work order %s: %w", id, ErrNone)
	}
	slices.SortFunc(history, func(a, b Order) int { return int(a.N) - int(b.N) })
	s := Dossier{Order: history[len(history)-1], History: history}
	s.Holder = s.Order.Holder(d.Board())
	if i := slices.IndexFunc(d.Catalog.Departments, func(x catalog.Department) bool { return x.Code == s.Holder }); i >= 0 {
		s.Contact = d.Catalog.Departments[i].Contact.Name
	}
	return s, d.evidence(ctx, &s)
}

func (d *Desk) evidence(ctx context.Context, s *Dossier) error {
	err := d.Store.Query(ctx, "quality/order_details", s, func(scan func(...any) error) error {
		return scan(&s.Detail, &s.Topic, &s.Part, &s.Offset, &s.Since)
	})
	if err != nil {
		return fmt.Errorf("work order %s: %w", s.ID, err)
	}
	return nil
}

// mostNote is the longest note, in bytes.
const mostNote = 2000

// Act takes an action on an order. What is written with it stands in the order's history and on the department's topic: no personal
// values.
func (d *Desk) Act(ctx context.Context, id entity.ID, a Act) (Order, error) {
	if len(a.Note) > mostNote || !utf8.ValidString(a.Note) {
		return Order{}, fmt.Errorf("the note is longer than %d bytes or no UTF-8", mostNote)
	}
	orders, err := d.List(ctx, Filter{ID: id.String(), Closed: true})
	if err != nil {
		return Order{}, err
	}
	if len(orders) == 0 {
		return Order{}, fmt.Errorf("work order %s: %w", id, ErrNone)
	}
	if a.Seen != 0 && a.Seen != orders[0].N {
		return orders[0], fmt.Errorf("work order %s: event %d was seen, %d is the last: it has %w", id, a.Seen, orders[0].N, ErrChanged)
	}
	a.At = d.now()
	next, err := d.Calendar().Advance(orders[0], a, d.Board())
	if err != nil {
		return orders[0], err
	}
	next.Stamp = uint64(a.At.UnixMicro())
	return next, d.Store.Exec(ctx, "quality/order_write", next)
}

// Teller carries orders to their departments.
type Teller interface {
	// Tell publishes events of orders, each to the departments that must know, in order.
	Tell(ctx context.Context, orders []Order) error
}

// settle is how long an event that was written late may still be overtaken by one that was told.
const settle = 10 * time.Minute

// most is how many events are told at once; their names go into one statement, which the engine takes up to 256 KiB of.
const most = 2_000

// Tell brings the events that nobody was told of to their departments, at least once; the id and the number of an event are the same
// however often it comes.
func (d *Desk) Tell(ctx context.Context, to Teller) (int, error) {
	var last uint64
	if err := d.Store.Query(ctx, "quality/order_told_since", nil, func(scan func(...any) error) error { return scan(&last) }); err != nil {
		return 0, fmt.Errorf("work orders: %w", err)
	}
	l := list{Filter: Filter{Events: true, Closed: true, Limit: most}, Untold: true, Since: last - min(last, uint64(settle.Microseconds()))}
	told := 0
	for {
		orders, err := d.list(ctx, l)
		if err != nil || len(orders) == 0 {
			return told, err
		}
		if err := to.Tell(ctx, orders); err != nil {
			return told, fmt.Errorf("work orders: tell: %w", err)
		}
		var t struct {
			IDs     []string
			Numbers []uint32
			Stamps  []uint64
		}
		for _, o := range orders {
			t.IDs, t.Numbers, t.Stamps = append(t.IDs, o.ID.String()), append(t.Numbers, o.N), append(t.Stamps, o.Stamp)
		}
		if err := d.Store.Exec(ctx, "quality/order_told", t); err != nil {
			return told, fmt.Errorf("work orders: %w", err)
		}
		told += len(orders)
	}
}
