package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/quality"
	"wuku/serve/access"
)

func clocksCommand() *cobra.Command {
	var f flags
	var overdue, asJSON bool
	cmd := &cobra.Command{
		Use:   "clocks",
		Short: "时限: what the terms of law run for now, applications, deliveries, doubts, demands, the log, and which have passed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				all, err := in.terms(cmd.Context(), time.Now())
				if err != nil {
					return err
				}
				list := []quality.Term{}
				for _, t := range all {
					if t.Overdue || !overdue {
						list = append(list, t)
					}
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]any{"terms": list})
				}
				return printTerms(cmd.OutOrStdout(), list)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&overdue, "overdue", false, "only those that have passed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// terms are the clocks that run at a moment. Those of work orders stand on the orders: `wuku workorder list --overdue`.
func (in *instance) terms(ctx context.Context, now time.Time) ([]quality.Term, error) {
	book, err := in.book(ctx)
	if err != nil {
		return nil, err
	}
	folded, err := book.Now(ctx)
	if err != nil {
		return nil, err
	}
	called := map[string]time.Time{} // grant -> first call
	err = in.store.Query(ctx, "query/serve_grant_calls", nil, func(scan func(...any) error) error {
		var grant string
		var first, last time.Time
		var n uint64
		err := scan(&grant, &first, &last, &n)
		called[grant] = first
		return err
	})
	if err != nil {
		return nil, err
	}
	c := in.current.Load().catalog
	return in.desk().Calendar().Terms(now, runningClocks(c, folded, called)), nil
}

// runningClocks is what clocks of the law of sharing run for.
func runningClocks(c *catalog.Catalog, f *access.Folded, called map[string]time.Time) (out []quality.Running) {
	for id, a := range f.Cases {
		what := "application " + id
		switch a.State {
		case access.StateFiled:
			out = append(out, quality.Running{Clock: quality.ClockConformity, What: what, Since: a.Filed}, quality.Running{Clock: answerClock(c, &a.Application.Terms), What: what, Since: a.Filed})
		case access.StateAssessed:
			out = append(out, quality.Running{Clock: answerClock(c, &a.Application.Terms), What: what, Since: a.Filed})
		case access.StateGranted:
			if called[id].IsZero() {
				out = append(out, quality.Running{Clock: quality.ClockDeliver, What: "grant " + id, Since: a.Granted})
			}
		}
	}
	for id, d := range f.Doubts {
		if d.State == access.DoubtOpen {
			out = append(out, quality.Running{Clock: quality.ClockCheck, What: "feedback " + id, Since: d.Filed})
		}
	}
	for id, d := range f.Demands {
		if d.State == "open" {
			out = append(out, quality.Running{Clock: quality.ClockUnpublished, What: "demand " + id, Since: d.Filed})
		}
	}
	return out
}

// answerClock is the clock of the answer: shorter where everything that is asked for is shared without conditions.
func answerClock(c *catalog.Catalog, t *access.Terms) string {
	lib := c.Library(t.Library)
	for name := range t.Columns {
		if lib == nil || lib.Element(name) == nil || lib.Element(name).Share != "unconditional" {
			return quality.ClockConditional
		}
	}
	return quality.ClockUnconditional
}

func printTerms(out io.Writer, list []quality.Term) error {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	for _, t := range list {
		state := ""
		if t.Overdue {
			state = "OVERDUE 逾期"
		}
		fmt.Fprintf(w, "%s\t%s %s\tsince %s\tuntil %s\t%s\t%s\n", t.What, t.Clock, t.ZH, inChina(t.Since), inChina(t.Due), state, t.Basis)
	}
	return w.Flush()
}
