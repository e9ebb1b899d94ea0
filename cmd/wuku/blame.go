package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wuku/quality"
)

func blameCommand() *cobra.Command {
	var f flags
	var department string
	var limit int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "blame",
		Short: "归责: the fewest corrections at the sources that remove the open contradictions, with who agrees against whom",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list, err := quality.Blame(cmd.Context(), in.store, in.current.Load().catalog)
				if err != nil {
					return err
				}
				shown := []quality.Correction{}
				removes := 0
				for _, c := range list {
					if removes += c.Removes; (department == "" || c.Department == department) && (limit == 0 || len(shown) < limit) {
						shown = append(shown, c)
					}
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]any{"corrections": shown, "all": len(list), "contradictions": removes})
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 2, 8, 2, ' ', 0)
				defer w.Flush()
				fmt.Fprintf(w, "%d corrections remove %d contradictions; fewer do not suffice\n", len(list), removes)
				for _, c := range shown {
					fmt.Fprintf(w, "%d\t%s\t%s %s\t%s %s %s\t%s\n", c.Removes, c.Department, c.Feed, c.Record, c.Library, c.Entity, c.Element, strings.Join(c.Evidence, ", "))
				}
				return nil
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&department, "department", "", "only corrections that this department makes")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many; 0: all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
