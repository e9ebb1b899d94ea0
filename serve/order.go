package serve

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/sheet"
	"wuku/trust"
)

// Desk keeps the work orders; package quality has one, and cmd/wuku puts it here.
type Desk interface {
	// Orders lists orders.
	Orders(ctx context.Context, f OrderFilter) ([]WorkOrder, error)
	// Order is one order whole, or ErrNone.
	Order(ctx context.Context, id entity.ID) (*OrderDossier, error)
	// Act takes an action for a department and returns the order after it; ErrNone, ErrNotNow, ErrNotYours or ErrChanged say why not.
	Act(ctx context.Context, id entity.ID, a OrderAct) (*WorkOrder, error)
	// Board is the department that decides between departments.
	Board() string
}

// OrderFilter chooses work orders. Empty fields choose all that are not closed.
type OrderFilter struct {
	Department, State, Rule, Feed string
	Overdue, Closed, Newest       bool
	After                         OrderPlace
	Limit                         int
}

// OrderPlace is where a page ends: milliseconds by which the list is sorted, and the order's id.
type OrderPlace struct {
	At int64  `json:"at"`
	ID string `json:"id"`
}

// OrderAct is an action on a work order: ack, accept, dispute, uphold, reject, appeal or waive.
type OrderAct struct {
	Action, By, Note string
	Seen             uint32 // number of the event that the caller has seen; 0: whatever it is
}

// WorkOrder is a work order as it is after its last event. 整改工单
type WorkOrder struct {
	ID         string     `json:"id"`
	N          uint32     `json:"n" doc:"Number of its last event; the ETag"`
	State      string     `json:"state" doc:"open, acknowledged, disputed, appealed, mending or closed"`
	Stage      string     `json:"stage" doc:"assess 评估, check 校核, feedback 反馈, track 跟踪 or supervise 监督"`
	Action     string     `json:"action" doc:"The last one"`
	By         string     `json:"by"`
	Note       string     `json:"note,omitempty"`
	At         time.Time  `json:"at"`
	Round      uint32     `json:"round" doc:"How often it has come, from 1"`
	Department string     `json:"department" doc:"Who mends it"`
	Authority  string     `json:"authority,omitempty" doc:"Who decides a dispute"`
	Holder     string     `json:"holder,omitempty" doc:"Who must act next; nobody where it is closed"`
	Severity   string     `json:"severity"`
	Level      uint8      `json:"level" doc:"How often a term has passed since somebody acted"`
	Due        *time.Time `json:"due,omitempty" doc:"End of the term, exclusive"`
	Opened     time.Time  `json:"opened"`
	Closed     *time.Time `json:"closed,omitempty"`
	Outcome    string     `json:"outcome,omitempty"`
	Library    string     `json:"library"`
	Feed       string     `json:"feed"`
	Record     string     `json:"record,omitempty" doc:"The record's key, for the department that mends it; in GET of one order for who decides, too"`
	RecordRole string     `json:"role,omitempty"`
	Element    string     `json:"element,omitempty"`
	Rule       string     `json:"rule"`
	Entity     string     `json:"entity,omitempty" doc:"None where the record was refused: it is in quarantine"`
}

// OrderDossier is one order with its history, its evidence and who may act.
type OrderDossier struct {
	WorkOrder
	Detail    string      `json:"detail" doc:"What is wrong and what to do"`
	Topic     string      `json:"topic,omitempty"`
	Partition uint32      `json:"partition"`
	Offset    uint64      `json:"offset"`
	Received  *time.Time  `json:"received,omitempty" doc:"When the message came"`
	Contact   string      `json:"contact,omitempty" doc:"Of the department that must act next"`
	Actions   []string    `json:"actions" nullable:"false" doc:"What you may do now"`
	History   []WorkOrder `json:"history" nullable:"false"`
}

func (o *WorkOrder) etag() string { return `"` + strconv.Itoa(int(o.N)) + `"` }

// OrderPage is a page of work orders.
type OrderPage struct {
	Orders []WorkOrder `json:"orders" nullable:"false"`
	Next   string      `json:"next,omitempty" doc:"Send it as after to read on"`
}

type orderListInput struct {
	Department string `query:"department" maxLength:"60" doc:"Only what this department must mend or decide; a department sees its own alone"`
	State      string `query:"state" enum:"open,acknowledged,disputed,appealed,mending,closed" doc:"Only in this state; without it all but closed ones"`
	Rule       string `query:"rule" maxLength:"60" pattern:"^[a-z0-9_.]*$"`
	Feed       string `query:"feed" maxLength:"100" pattern:"^[a-z0-9_.-]*$"`
	Overdue    bool   `query:"overdue" doc:"Only those whose term has passed"`
	Closed     bool   `query:"closed" doc:"Closed ones too"`
	Sort       string `query:"sort" enum:"due,newest" default:"due"`
	After      string `query:"after" maxLength:"400" doc:"What next was on the page before"`
	Limit      int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// OrderActBody is why.
type OrderActBody struct {
	Note     string   `json:"note,omitempty" maxLength:"400" doc:"Why; it stands in the history and on the department's topic: nothing personal"`
	Evidence []string `json:"evidence,omitempty" maxItems:"10" doc:"Numbers of documents or archives that show it: nothing personal"`
}

// OrderDecisionBody is the word on a dispute.
type OrderDecisionBody struct {
	OrderActBody
	Uphold bool `json:"uphold" doc:"The dispute is right: the authority mends its own record; false: the department mends its record"`
}

type orderActInput struct {
	ID    string `path:"id" format:"uuid"`
	Match string `header:"If-Match" maxLength:"40" doc:"ETag of the order that you saw"`
	Key   string `header:"Idempotency-Key" maxLength:"100"`
	Body  OrderActBody
}

type orderDecisionInput struct {
	ID    string `path:"id" format:"uuid"`
	Match string `header:"If-Match" maxLength:"40" doc:"ETag of the order that you saw"`
	Key   string `header:"Idempotency-Key" maxLength:"100"`
	Body  OrderDecisionBody
}

type uuidInput struct {
	ID string `path:"id" format:"uuid"`
}

func (s *Server) orderRoutes() {
	if s.cfg.Desk == nil {
		return
	}
	const base, tag = "/api/v1/workorders", "quality"
	register(s, operation{id: "workorders", method: http.MethodGet, path: base, kind: access.WorkOrders, tag: tag,
		summary: "Work orders 整改工单", text: "Of your own department; all for stewards and auditors. Those first whose term ends first."}, s.orders)
	register(s, operation{id: "workorders-csv", method: http.MethodGet, path: base + ".csv", kind: access.WorkOrders, tag: tag, media: "text/csv",
		summary: "Work orders as a table for a spreadsheet 工单导出"}, s.ordersCSV)
	register(s, operation{id: "workorder", method: http.MethodGet, path: base + "/{id}", kind: access.WorkOrders, tag: tag,
		summary: "One order with evidence and history 工单详情"}, s.order)
	for _, a := range []struct{ path, action, summary string }{
		{"ack", "ack", "You have seen it and check it 签收"},
		{"accept", "accept", "You will mend it at the source 认领"},
		{"dispute", "dispute", "Your record is right: the authority of the element decides 异议"},
		{"appeal", "appeal", "Against the authority's decision, to the board 申诉"},
		{"close", "waive", "The board lets the record stand as it is 豁免"},
	} {
		register(s, operation{id: "workorder-" + a.path, method: http.MethodPost, path: base + "/{id}/" + a.path, kind: access.OrderActs, tag: tag,
			summary: a.summary}, func(ctx context.Context, x *exchange, in *orderActInput) (*WorkOrder, error) {
			return s.actOnOrder(ctx, x, in, a.action)
		})
	}
	register(s, operation{id: "workorder-decide", method: http.MethodPost, path: base + "/{id}/decide", kind: access.OrderActs, tag: tag,
		summary: "The authority's, or after an appeal the board's, word on a dispute 裁定"}, func(ctx context.Context, x *exchange, in *orderDecisionInput) (*WorkOrder, error) {
		action := "reject"
		if in.Body.Uphold {
			action = "uphold"
		}
		return s.actOnOrder(ctx, x, &orderActInput{ID: in.ID, Match: in.Match, Key: in.Key, Body: in.Body.OrderActBody}, action)
	})
}

// orderFilter is what a caller may list of what it asks for; ok is false where that is nothing.
func (s *Server) orderFilter(x *exchange, in *orderListInput) (f OrderFilter, ok bool, err error) {
	if _, err := s.decide(x, access.Call{Operation: access.WorkOrders}); err != nil {
		return f, false, err
	}
	f = OrderFilter{Department: in.Department, State: in.State, Rule: in.Rule, Feed: in.Feed, Overdue: in.Overdue, Closed: in.Closed || in.State == "closed", Newest: in.Sort == "newest", Limit: in.Limit}
	if x.caller.Role == trust.RoleDepartment {
		if x.caller.Department == "" || in.Department != "" && in.Department != x.caller.Department {
			return f, false, nil
		}
		f.Department = x.caller.Department
	}
	return f, true, s.openCursor(x, "workorders", in.After, &f.After)
}

func (s *Server) orders(ctx context.Context, x *exchange, in *orderListInput) (*OrderPage, error) {
	page := &OrderPage{Orders: []WorkOrder{}}
	f, ok, err := s.orderFilter(x, in)
	if err != nil || !ok {
		return page, err
	}
	list, err := s.cfg.Desk.Orders(ctx, f)
	if err != nil {
		return nil, err
	}
	for i := range list {
		hideRecord(x, &list[i])
	}
	page.Orders = append(page.Orders, list...)
	s.noteOrders(x, list)
	if len(list) == in.Limit {
		page.Next, err = s.sealCursor("workorders", placeOf(&list[len(list)-1], f.Newest))
	}
	return page, err
}

// mostRows is how many orders a table has at most.
const mostRows = 100_000

func (s *Server) ordersCSV(ctx context.Context, x *exchange, in *orderListInput) (*document, error) {
	f, ok, err := s.orderFilter(x, in)
	if err != nil {
		return nil, err
	}
	var list []WorkOrder
	f.Limit = mostRows
	if ok {
		if list, err = s.cfg.Desk.Orders(ctx, f); err != nil {
			return nil, err
		}
	}
	for i := range list {
		hideRecord(x, &list[i])
	}
	s.noteOrders(x, list)
	var text strings.Builder
	if err := WriteOrders(&text, list); err != nil {
		return nil, err
	}
	return &document{media: "text/csv; charset=utf-8", name: "workorders.csv", body: []byte("\ufeff" + text.String())}, nil
}

// hideRecord takes the key of another department's record from a list: it may be a person's number.
func hideRecord(x *exchange, o *WorkOrder) {
	if x.caller.Department == "" || x.caller.Department != o.Department {
		o.Record, o.RecordRole = "", ""
	}
}

func (s *Server) noteOrders(x *exchange, list []WorkOrder) {
	var all []noted
	for i := range list {
		if id, err := uuid.Parse(list[i].Entity); err == nil && list[i].Record != "" {
			all = append(all, noted{list[i].Library, list[i].Element, id})
		}
	}
	s.note(x, all)
	if len(all) == 0 {
		x.leaf.Count = len(list)
	}
}

func placeOf(o *WorkOrder, newest bool) OrderPlace {
	switch {
	case newest:
		return OrderPlace{-o.Opened.UnixMilli(), o.ID}
	case o.Due == nil:
		return OrderPlace{0, o.ID}
	}
	return OrderPlace{o.Due.UnixMilli(), o.ID}
}

func (s *Server) order(ctx context.Context, x *exchange, in *uuidInput) (*OrderDossier, error) {
	if _, err := s.decide(x, access.Call{Operation: access.WorkOrders}); err != nil {
		return nil, err
	}
	return s.seenOrder(ctx, x, in.ID)
}

// seenOrder is an order that the caller may see: its own to mend or decide, or any for stewards and auditors. An auditor sees no key.
func (s *Server) seenOrder(ctx context.Context, x *exchange, id string) (*OrderDossier, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, ErrNone
	}
	d, err := s.cfg.Desk.Order(ctx, parsed)
	if err != nil {
		return nil, err
	}
	own := x.caller.Department
	if x.caller.Role == trust.RoleDepartment && (own == "" || own != d.Department && own != d.Authority && own != d.Holder) {
		return nil, ErrNone
	}
	if x.caller.Role == trust.RoleAuditor {
		d.Record, d.RecordRole = "", ""
	}
	for i := range d.History {
		d.History[i].Record, d.History[i].RecordRole = "", "" // said once
	}
	d.Actions = []string{}
	if by, err := access.SpeaksFor(x.caller, s.cfg.Desk.Board()); err == nil {
		d.Actions = append(d.Actions, possible(&d.WorkOrder, by, s.cfg.Desk.Board())...)
	}
	s.noteOrders(x, []WorkOrder{d.WorkOrder})
	return d, nil
}

// possible is what a department may do with an order now, for a page to offer. Whether it is done the desk decides.
func possible(o *WorkOrder, by, board string) []string {
	var out []string
	add := func(who string, actions ...string) {
		if by == who {
			out = append(out, actions...)
		}
	}
	switch o.State {
	case "open":
		add(o.Department, "ack", "accept", "dispute")
	case "acknowledged":
		add(o.Department, "accept", "dispute")
	case "disputed":
		add(o.Authority, "decide")
	case "appealed":
		add(board, "decide", "close")
	case "mending":
		if o.Outcome == "rejected" {
			add(o.Department, "appeal")
		}
	}
	return out
}

func (s *Server) actOnOrder(ctx context.Context, x *exchange, in *orderActInput, action string) (*WorkOrder, error) {
	if _, err := s.decide(x, access.Call{Operation: access.OrderActs}); err != nil {
		return nil, err
	}
	by, err := access.SpeaksFor(x.caller, s.cfg.Desk.Board())
	if err != nil {
		return nil, err
	}
	d, err := s.seenOrder(ctx, x, in.ID)
	if err != nil {
		return nil, err
	}
	note := in.Body.Note
	if len(in.Body.Evidence) > 0 {
		note = strings.TrimSpace(note + " [证据 evidence: " + strings.Join(in.Body.Evidence, "; ") + "]")
	}
	seen, err := seenNumber(x, in.Match)
	if err := errors.Join(impersonal(x, "body.note", note), err); err != nil {
		return nil, err
	}
	id, err := uuid.Parse(d.ID)
	if err != nil {
		return nil, err
	}
	mine := func(o *WorkOrder, err error) (*WorkOrder, error) {
		if err == nil {
			hideRecord(x, o)
		}
		return o, err
	}
	return once(ctx, s, x, in.Key, []any{in.ID, action, in.Body}, func() (*WorkOrder, string, error) {
		o, err := mine(s.cfg.Desk.Act(ctx, id, OrderAct{Action: action, By: by, Note: note, Seen: seen}))
		return o, in.ID, err
	}, func(string) (*WorkOrder, error) { return mine(&d.WorkOrder, nil) })
}

// seenNumber reads If-Match: the number of the event that the caller has seen; 0 for none.
func seenNumber(x *exchange, match string) (uint32, error) {
	if match == "" || match == "*" {
		return 0, nil
	}
	n, err := strconv.ParseUint(strings.Trim(match, `"`), 10, 32)
	if err != nil || n == 0 {
		return 0, problem(x.lang, codeChanged).at("header.If-Match", "invalid")
	}
	return uint32(n), nil
}

// WriteOrders writes orders as CSV for a spreadsheet: a text that it would take for a formula gets an apostrophe; times are China's.
func WriteOrders(out io.Writer, orders []WorkOrder) error {
	w := csv.NewWriter(out)
	err := w.Write([]string{"order", "state", "stage", "round", "department", "authority", "severity", "level", "due", "opened", "closed", "outcome", "library", "feed", "record", "role", "element", "rule", "entity"})
	for i := range orders {
		o := &orders[i]
		row := []string{o.ID, o.State, o.Stage, strconv.Itoa(int(o.Round)), o.Department, o.Authority, o.Severity, strconv.Itoa(int(o.Level)), sheet.LastDay(o.Due), sheet.InChina(&o.Opened), sheet.InChina(o.Closed),
			o.Outcome, o.Library, o.Feed, sheet.Text(o.Record), sheet.Text(o.RecordRole), o.Element, o.Rule, o.Entity}
		err = errors.Join(err, w.Write(row))
	}
	w.Flush()
	return errors.Join(err, w.Error())
}
