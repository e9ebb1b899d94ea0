package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
	"wuku/quality"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/sheet"
	"wuku/trust"
)

// desk keeps the instance's work orders.
func (in *instance) desk() *quality.Desk {
	return &quality.Desk{Store: in.store, Catalog: in.current.Load().catalog, Secret: in.secret("work orders")}
}

// secret is a key for ids of one kind, derived from the deployment's.
func (in *instance) secret(kind string) [2]uint64 {
	mac := hmac.New(sha256.New, in.key)
	mac.Write([]byte(kind))
	sum := mac.Sum(nil)
	return [2]uint64{binary.BigEndian.Uint64(sum), binary.BigEndian.Uint64(sum[8:])}
}

// inspector looks across the instance's records and keeps the work orders.
// inspector is the same for as long as the catalogue is: it keeps what it has compiled.
func (in *instance) inspector() *quality.Inspector {
	c := in.current.Load().catalog
	if kept := in.inspecting.Load(); kept != nil && kept.Catalog == c {
		return kept
	}
	i := &quality.Inspector{Store: in.store, Catalog: c, Desk: in.desk(), Watch: in.watch()}
	in.inspecting.Store(i)
	return i
}

func workorderCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "workorder", Short: "work orders 整改工单: what is wrong, whose it is, until when, and what became of it"}
	cmd.AddCommand(orderListCommand(), orderShowCommand(), orderDigestCommand(),
		orderActCommand("ack", "签收: the department has seen it and checks it", quality.ActionAck),
		orderActCommand("accept", "认领: the department will mend it at the source", quality.ActionAccept),
		orderActCommand("dispute", "异议: the department's record is right; the authority of the element decides", quality.ActionDispute),
		orderActCommand("appeal", "申诉: against the authority's decision, to the board", quality.ActionAppeal),
		orderDecideCommand(),
		orderActCommand("close", "豁免: the board lets the record stand as it is", quality.ActionWaive))
	return cmd
}

func orderListCommand() *cobra.Command {
	var filter quality.Filter
	var asCSV bool
	cmd := reading("list", "orders that are not closed, those first whose term ends first", cobra.NoArgs, func(cmd *cobra.Command, in *instance, _ []string) (shown, error) {
		if err := in.knows(filter); err != nil {
			return shown{}, err
		}
		orders, err := in.desk().List(cmd.Context(), filter)
		return shown{map[string]any{"orders": orders}, func(out io.Writer) error {
			if asCSV {
				return serve.WriteOrders(out, servedOrders(orders, in.desk().Board()))
			}
			return printOrders(out, orders, in.desk().Board())
		}}, err
	})
	cmd.Flags().StringVar(&filter.Department, "department", "", "only what this department must mend or decide")
	cmd.Flags().StringVar(&filter.State, "state", "", "open, acknowledged, disputed, appealed, mending or closed; default: all but closed")
	cmd.Flags().StringVar(&filter.Rule, "rule", "", "only of this rule")
	cmd.Flags().StringVar(&filter.Feed, "feed", "", "only about records of this feed")
	cmd.Flags().BoolVar(&filter.Overdue, "overdue", false, "only those whose term has passed")
	cmd.Flags().BoolVar(&filter.Closed, "all", false, "closed ones too")
	cmd.Flags().IntVar(&filter.Limit, "limit", 1000, "at most so many; 0: all")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "print CSV with a header, for a spreadsheet")
	return cmd
}

// knows reports what of a filter does not exist: an empty list would hide it. Feeds and rules may be of the past.
func (in *instance) knows(f quality.Filter) error {
	departments := in.current.Load().catalog.Departments
	if f.Department != "" && !slices.ContainsFunc(departments, func(d catalog.Department) bool { return d.Code == f.Department }) {
		return fmt.Errorf("--department %s: the catalogue has no such department", f.Department)
	}
	states := []string{quality.StateOpen, quality.StateAcknowledged, quality.StateDisputed, quality.StateAppealed, quality.StateMending, quality.StateClosed}
	if f.State != "" && !slices.Contains(states, f.State) {
		return fmt.Errorf("--state %s: want %s", f.State, strings.Join(states, ", "))
	}
	return nil
}

// inChina writes a time as people here read it; nothing for none.
func inChina(t time.Time) string { return sheet.InChina(&t) }

// lastDay is the last day of a term that ends at a time.
func lastDay(due time.Time) string { return sheet.LastDay(&due) }

func printOrders(out io.Writer, orders []quality.Order, board string) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintln(w, "order 工单\tstate 状态\tstage 阶段\twaits for 待办\tdue 期限\trule 规则\trecord 记录\telement 数据元")
	for _, o := range orders {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s %s\t%s\n", o.ID, o.State, o.Stage, o.Holder(board), lastDay(o.Due), o.Rule, o.Feed, o.Key, o.Element)
	}
	return w.Flush()
}

func orderShowCommand() *cobra.Command {
	return reading("show ORDER", "one order with its evidence and its whole history", cobra.ExactArgs(1), func(cmd *cobra.Command, in *instance, args []string) (shown, error) {
		id, err := orderID(args[0])
		if err != nil {
			return shown{}, err
		}
		d, err := in.desk().Show(cmd.Context(), id)
		return shown{d, func(out io.Writer) error { return printDossier(out, d) }}, err
	})
}

func orderID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return id, errors.New("an order is named by its UUID, as `wuku workorder list` shows it")
	}
	return id, nil
}

func printDossier(out io.Writer, s quality.Dossier) error {
	fmt.Fprintf(out, "%s  %s  (%s, round %d)\n%s\n\n", s.ID, s.State, s.Severity, s.Round, s.Detail)
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintf(w, "rule 规则\t%s\n", s.Rule)
	fmt.Fprintf(w, "record 记录\t%s %s %s, at %s/%d@%d, received %s\n", s.Feed, s.Key, s.Role, s.Topic, s.Part, s.Offset, inChina(s.Since))
	if s.Entity == (entity.ID{}) {
		fmt.Fprintf(w, "element 数据元\t%s.%s; the record was refused: `wuku quarantine show %s %d %d`\n", s.Library, s.Element, s.Topic, s.Part, s.Offset)
	} else {
		fmt.Fprintf(w, "element 数据元\t%s.%s of %s\n", s.Library, s.Element, s.Entity)
	}
	fmt.Fprintf(w, "mends 整改单位\t%s\n", s.Department)
	fmt.Fprintf(w, "decides 裁定单位\t%s\n", s.Authority)
	if s.State != quality.StateClosed {
		fmt.Fprintf(w, "waits for 待办\t%s (%s), until %s\n", s.Holder, s.Contact, lastDay(s.Due))
	}
	fmt.Fprintln(w, "\nevent\tat\tby\tstage\tstate\tnote")
	for _, e := range s.History {
		fmt.Fprintf(w, "%d %s\t%s\t%s\t%s\t%s\t%s\n", e.N, e.Action, inChina(e.At), e.By, e.Stage, e.State, e.Note)
	}
	return w.Flush()
}

func orderActCommand(use, short, action string) *cobra.Command {
	var a orderAct
	cmd := &cobra.Command{
		Use:   use + " ORDER",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.do(cmd, args[0], action) },
	}
	a.add(cmd)
	return cmd
}

func orderDecideCommand() *cobra.Command {
	var a orderAct
	var uphold, reject bool
	cmd := &cobra.Command{
		Use:   "decide ORDER --uphold|--reject",
		Short: "裁定: the authority's, or after an appeal the board's, word on a dispute",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if uphold == reject {
				return errors.New("say --uphold (the dispute is right, the authority mends its own record) or --reject (the department mends its record)")
			}
			action := quality.ActionReject
			if uphold {
				action = quality.ActionUphold
			}
			return a.do(cmd, args[0], action)
		},
	}
	a.add(cmd)
	cmd.Flags().BoolVar(&uphold, "uphold", false, "the dispute is right: the authority mends its own record")
	cmd.Flags().BoolVar(&reject, "reject", false, "the dispute is wrong: the department mends its record")
	return cmd
}

// orderAct is an act on an order by whoever holds a key.
type orderAct struct {
	acting
	note string
}

func (a *orderAct) add(cmd *cobra.Command) {
	a.acting.add(cmd)
	cmd.Flags().StringVar(&a.note, "note", "", "why; it stands in the history and on the department's topic: no personal values")
}

func (a *orderAct) do(cmd *cobra.Command, order, action string) error {
	id, err := orderID(order)
	if err != nil {
		return err
	}
	return with(cmd.Context(), a.flags, func(in *instance) error {
		b, err := in.book(cmd.Context())
		if err != nil {
			return err
		}
		p, err := a.principal(cmd, in, b)
		if err != nil {
			return err
		}
		desk := in.desk()
		by, err := speaksFor(p, desk.Board())
		if err != nil {
			return err
		}
		o, err := desk.Act(cmd.Context(), id, quality.Act{Action: action, By: by, Note: a.note})
		switch {
		case err != nil:
			return err
		case a.asJSON:
			return printJSON(cmd.OutOrStdout(), o)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s is %s, waits for %s until %s\n", o.ID, o.State, o.Holder(desk.Board()), lastDay(o.Due))
		return nil
	})
}

// speaksFor is access.SpeaksFor with what to do about a refusal.
func speaksFor(p trust.Principal, board string) (string, error) {
	by, err := access.SpeaksFor(p, board)
	var refused *access.Refused
	switch {
	case !errors.As(err, &refused):
		return by, err
	case refused.Code == access.NoDepartment:
		return "", errors.New("the key names no department: issue one with --department")
	}
	return "", fmt.Errorf("a key of role %s acts on no work order: take a department's or a steward's", p.Role)
}

// orderTeller publishes events of orders to wuku.workorders.<department>.
type orderTeller struct {
	publisher *ingest.Publisher
	board     string
}

// Tell publishes each event to the department that mends, and to the one that must act next where that is another.
func (t orderTeller) Tell(ctx context.Context, orders []quality.Order) error {
	var messages []kafka.Message
	for _, o := range orders {
		body, err := json.Marshal(o)
		if err != nil {
			return err
		}
		to := []string{o.Department}
		if h := o.Holder(t.board); h != o.Department {
			to = append(to, h)
		}
		for _, department := range to {
			if department == "" {
				continue
			}
			messages = append(messages, kafka.Message{Topic: ingest.TopicWorkOrders(department), Key: []byte(o.ID.String()), Value: body, Headers: []kafka.Header{
				{Key: "ce_id", Value: []byte(o.ID.String() + "/" + strconv.Itoa(int(o.N)))}, {Key: "ce_specversion", Value: []byte("1.0")}, {Key: "ce_source", Value: []byte("wuku")},
				{Key: "ce_type", Value: []byte("wuku.workorder." + o.Action)}, {Key: "ce_time", Value: []byte(o.At.UTC().Format(time.RFC3339Nano))}, {Key: "content-type", Value: []byte("application/json")}}})
		}
	}
	return t.publisher.Publish(ctx, messages...)
}
