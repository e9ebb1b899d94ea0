package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wuku/quality"
)

func inspectCommand() *cobra.Command {
	var f flags
	var library string
	var asJSON, changed, plans bool
	cmd := &cobra.Command{
		Use:   "inspect",
		Short: "look across records: departments that disagree, records that stand twice",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				if plans {
					return in.plans(cmd, asJSON)
				}
				return in.inspect(cmd, library, changed, asJSON)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&library, "library", "", "only this library")
	cmd.Flags().BoolVar(&changed, "changed", false, "look only at what has changed since the last inspection, as a running instance does by itself")
	cmd.Flags().BoolVar(&plans, "plans", false, "only show the scheduled inspections 巡检计划 of governance.yaml: which are due, and when the next ones are")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) plans(cmd *cobra.Command, asJSON bool) error {
	list, err := in.inspector().Plans(cmd.Context())
	switch {
	case err != nil:
		return err
	case asJSON:
		return printJSON(cmd.OutOrStdout(), map[string]any{"plans": list})
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 2, 8, 2, ' ', 0)
	for _, p := range list {
		last, due := "never", ""
		if !p.Whole.IsZero() {
			last = inChina(p.Whole)
		}
		if p.Due {
			due = "due now"
		}
		fmt.Fprintf(w, "%s %s\t%s\tlast %s\tnext %s\t%s\n", p.Plan, p.ZH, p.Library, last, inChina(p.Next), due)
	}
	return w.Flush()
}

func (in *instance) inspect(cmd *cobra.Command, library string, changed, asJSON bool) error {
	c := in.current.Load().catalog
	if library != "" && c.Library(library) == nil {
		return fmt.Errorf("--library %s: the catalogue has no such library", library)
	}
	all := []quality.Counts{}
	if changed {
		some, err := in.inspector().Changed(cmd.Context())
		if err != nil {
			return err
		}
		return showCounts(cmd, append(all, some...), asJSON)
	}
	for _, l := range c.Libraries {
		if library != "" && l.Name != library {
			continue
		}
		counts, err := in.inspector().Whole(cmd.Context(), l.Name)
		if err != nil {
			return err
		}
		all = append(all, counts)
	}
	return showCounts(cmd, all, asJSON)
}

func showCounts(cmd *cobra.Command, all []quality.Counts, asJSON bool) error {
	if asJSON {
		return printJSON(cmd.OutOrStdout(), map[string]any{"libraries": all})
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 2, 8, 2, ' ', 0)
	defer w.Flush()
	for _, l := range all {
		what := "whole"
		if !l.Whole {
			what = fmt.Sprintf("%d changed anchors", l.Anchors)
		}
		fmt.Fprintf(w, "%s\t%s\t%.2f s\n", l.Library, what, l.Took.Seconds())
		for _, r := range l.Rules {
			fmt.Fprintf(w, "  %s\t%d open\t%d opened or changed\t%d closed\n", r.Rule, r.Open, r.Opened, r.Closed)
		}
	}
	return nil
}
