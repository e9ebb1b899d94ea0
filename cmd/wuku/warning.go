package main

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
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
	"wuku/serve/read"
	"wuku/trust"
)

// watch keeps the instance's warnings.
func (in *instance) watch() *quality.Watch {
	return &quality.Watch{Store: in.store, Catalog: in.current.Load().catalog, Secret: in.secret("warnings")}
}

// alert publishes events of warnings to wuku.alerts: ids and areas, never a value.
func (s *services) alert(ctx context.Context, events []quality.Warning) error {
	c := s.in.current.Load().catalog
	var messages []kafka.Message
	for _, e := range events {
		told := struct {
			quality.Warning
			ZH       string   `json:"zh,omitempty"`
			EN       string   `json:"en,omitempty"`
			Hint     string   `json:"hint,omitempty"`
			Audience []string `json:"audience,omitempty"`
		}{Warning: e}
		told.Note = ""
		if w := c.Warning(e.Name); w != nil {
			told.ZH, told.EN, told.Hint, told.Audience = w.ZH, w.EN, w.Hint, w.Audience
		}
		body, err := json.Marshal(told)
		if err != nil {
			return err
		}
		messages = append(messages, kafka.Message{Topic: ingest.TopicAlerts, Key: []byte(e.ID.String()), Value: body, Headers: []kafka.Header{
			{Key: "ce_id", Value: []byte(e.ID.String() + "/" + strconv.Itoa(int(e.N)))}, {Key: "ce_specversion", Value: []byte("1.0")}, {Key: "ce_source", Value: []byte("wuku")},
			{Key: "ce_type", Value: []byte("wuku.warning." + e.Action)}, {Key: "ce_time", Value: []byte(e.At.UTC().Format(time.RFC3339Nano))}, {Key: "content-type", Value: []byte("application/json")}}})
	}
	return s.publisher.Publish(ctx, messages...)
}

// warnings is what serve sees of them.
type warnings struct{ in *instance }

// List implements serve.Warnings.
func (w warnings) List(ctx context.Context, q serve.WarningQuery) ([]serve.Warning, error) {
	list, err := w.in.watch().List(ctx, quality.WarningFilter(q))
	return served(list), err
}

// History implements serve.Warnings.
func (w warnings) History(ctx context.Context, id entity.ID) ([]serve.Warning, error) {
	list, err := w.in.watch().History(ctx, id)
	return served(list), absent(err)
}

// Judge implements serve.Warnings.
func (w warnings) Judge(ctx context.Context, id entity.ID, by, judgement, note string) (serve.Warning, error) {
	one, err := w.in.watch().Judge(ctx, id, by, judgement, note)
	return serve.Warning(one), absent(err)
}

// Figures implements serve.Warnings.
func (w warnings) Figures(ctx context.Context) ([]serve.WarningFigures, error) {
	list, err := w.in.watch().Figures(ctx)
	out := make([]serve.WarningFigures, len(list))
	for i, f := range list {
		out[i] = serve.WarningFigures(f)
	}
	return out, err
}

func served(list []quality.Warning) []serve.Warning {
	out := make([]serve.Warning, len(list))
	for i, w := range list {
		out[i] = serve.Warning(w)
	}
	return out
}

func absent(err error) error {
	if errors.Is(err, quality.ErrNoWarning) {
		return read.ErrNotFound
	}
	return err
}

func warningCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "warning", Short: "warnings 监测预警: what is watched for, what stands, what came of it"}
	cmd.AddCommand(warningListCommand(), warningShowCommand(), warningAckCommand(), warningFiguresCommand())
	return cmd
}

func warningListCommand() *cobra.Command {
	filter := quality.WarningFilter{State: quality.WarningOpen}
	var name string
	var all bool
	cmd := reading("list", "warnings that stand, the newest first", cobra.NoArgs, func(cmd *cobra.Command, in *instance, _ []string) (shown, error) {
		if name != "" {
			if in.current.Load().catalog.Warning(name) == nil {
				return shown{}, fmt.Errorf("--warning %s: the catalogue declares none of this name; `wuku warning figures` lists them", name)
			}
			filter.Names = []string{name}
		}
		if all {
			filter.State = ""
		}
		list, err := in.watch().List(cmd.Context(), filter)
		return shown{map[string]any{"warnings": list}, func(out io.Writer) error { return printWarnings(out, list) }}, err
	})
	cmd.Flags().StringVar(&name, "warning", "", "only of this declaration")
	cmd.Flags().BoolVar(&all, "all", false, "ended ones too")
	cmd.Flags().IntVar(&filter.Limit, "limit", 1000, "at most so many; 0: all")
	return cmd
}

func printWarnings(out io.Writer, list []quality.Warning) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintln(w, "id 编号\tlevel 级别\twarning 预警\tof 对象\tstate 状态\traised 发布\tjudgement 研判")
	for _, x := range list {
		of := x.Library + " " + x.Entity.String()
		if x.Area != "" {
			of = fmt.Sprintf("%s %s: %d", x.Library, x.Area, x.Figure)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s %s\t%s\t%s\n", x.ID, x.Level, x.Name, of, x.State, x.Outcome, inChina(x.Raised), x.Judgement)
	}
	return w.Flush()
}

func warningID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return id, errors.New("a warning is named by its UUID, as `wuku warning list` shows it")
	}
	return id, nil
}

func warningShowCommand() *cobra.Command {
	return reading("show WARNING", "one warning with all its events", cobra.ExactArgs(1), func(cmd *cobra.Command, in *instance, args []string) (shown, error) {
		id, err := warningID(args[0])
		if err != nil {
			return shown{}, err
		}
		events, err := in.watch().History(cmd.Context(), id)
		return shown{map[string]any{"events": events}, func(out io.Writer) error { return printWarning(out, in.current.Load().catalog, events) }}, err
	})
}

func printWarning(out io.Writer, c *catalog.Catalog, events []quality.Warning) error {
	last := events[len(events)-1]
	if err := printWarnings(out, events[len(events)-1:]); err != nil {
		return err
	}
	if w := c.Warning(last.Name); w != nil {
		fmt.Fprintf(out, "\n%s %s: %s\naudience 对象 %v\n", w.ZH, w.EN, w.Hint, w.Audience)
	}
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintln(w, "\nevent\tat\tby\tround\tjudgement\tnote")
	for _, e := range events {
		fmt.Fprintf(w, "%d %s\t%s\t%s\t%d\t%s\t%s\n", e.N, e.Action, inChina(e.At), e.By, e.Round, e.Judgement, e.Note)
	}
	return w.Flush()
}

func warningAckCommand() *cobra.Command {
	var a acting
	var judgement, note string
	cmd := &cobra.Command{
		Use:   "ack WARNING --judgement useful|false",
		Short: "研判: it was seen, and whether it was of use; a second judgement corrects the first",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := warningID(args[0])
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
				by, err := in.mayJudge(cmd.Context(), p, id)
				if err != nil {
					return err
				}
				if serve.Personal(note) {
					return errors.New("the note holds somebody's number: it stands where others read it, so leave the number out; the warning's id says whom it is about")
				}
				w, err := in.watch().Judge(cmd.Context(), id, by, judgement, note)
				switch {
				case err != nil:
					return err
				case a.asJSON:
					return printJSON(cmd.OutOrStdout(), w)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s is judged %s\n", w.ID, w.Judgement)
				return nil
			})
		},
	}
	a.add(cmd)
	cmd.Flags().StringVar(&judgement, "judgement", "", "useful or false")
	cmd.Flags().StringVar(&note, "note", "", "why; it stands in the history: no personal values")
	return cmd
}

// mayJudge is for whom a key judges a warning: a steward's any, a department's those that it is the audience of.
func (in *instance) mayJudge(ctx context.Context, p trust.Principal, id entity.ID) (string, error) {
	if p.Role == trust.RoleSteward {
		return p.Role, nil
	}
	list, err := in.watch().List(ctx, quality.WarningFilter{ID: id.String()})
	if err != nil {
		return "", err
	}
	for _, x := range list {
		if w := in.current.Load().catalog.Warning(x.Name); p.Role == trust.RoleDepartment && w != nil && slices.Contains(w.Audience, p.Department) {
			return p.Department, nil
		}
	}
	return "", errors.New("this key is not of the warning's audience: take a steward's or one of its departments'")
}

func warningFiguresCommand() *cobra.Command {
	return reading("figures", "every declared warning with how often it was raised, what stands, and how it was judged 准确率", cobra.NoArgs, func(cmd *cobra.Command, in *instance, _ []string) (shown, error) {
		figures, err := in.watch().Figures(cmd.Context())
		return shown{map[string]any{"figures": figures}, func(out io.Writer) error { return printFigures(out, in.current.Load().catalog, figures) }}, err
	})
}

func printFigures(out io.Writer, c *catalog.Catalog, figures []quality.WarningFigures) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintln(w, "warning 预警\tlevel 级别\traised 发布\topen 在效\tuseful 有用\tfalse 误报\tprecision 准确率")
	for _, x := range c.Warnings {
		f := quality.WarningFigures{}
		if i := slices.IndexFunc(figures, func(f quality.WarningFigures) bool { return f.Name == x.Name }); i >= 0 {
			f = figures[i]
		}
		precision := "–"
		if judged := f.Useful + f.False; judged > 0 {
			precision = fmt.Sprintf("%.2f", float64(f.Useful)/float64(judged))
		}
		fmt.Fprintf(w, "%s %s\t%s%s\t%d\t%d\t%d\t%d\t%s\n", x.Name, x.ZH, x.Level, off(x.Disabled), f.Raised, f.Open, f.Useful, f.False, precision)
	}
	return w.Flush()
}
