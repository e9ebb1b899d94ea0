package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// departure is one way in which a feed's messages depart from its contract.
type departure struct {
	Feed      string    `json:"feed"`
	Field     string    `json:"field"`
	What      string    `json:"what"`
	Types     []string  `json:"types"`
	Mapped    bool      `json:"mapped"` // the contract has the field
	Since     time.Time `json:"since"`
	Topic     string    `json:"topic"`
	Partition uint32    `json:"partition"`
	Offset    uint64    `json:"offset"`
}

func catalogDrift() *cobra.Command {
	var f flags
	var asJSON bool
	c := choice{}
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "how messages depart from the contracts: fields that are new, of another type, or stay away",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list := []departure{}
				err := in.store.Query(cmd.Context(), "query/drift", c, func(scan func(...any) error) error {
					var d departure
					var mapped uint8
					err := scan(&d.Feed, &d.Field, &d.What, &d.Types, &mapped, &d.Since, &d.Topic, &d.Partition, &d.Offset)
					d.Mapped = mapped == 1
					list = append(list, d)
					return err
				})
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), list)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, d := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\tsince %s at %s/%d@%d\n", d.Feed, d.Field, d.What, strings.Join(d.Types, ", "), d.Since.Format(time.DateOnly), d.Topic, d.Partition, d.Offset)
				}
				return w.Flush()
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&c.Feed, "feed", "", "only of this feed")
	cmd.Flags().IntVar(&c.Limit, "limit", 1000, "at most so many")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
