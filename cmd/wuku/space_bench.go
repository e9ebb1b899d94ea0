package main

import (
	"github.com/spf13/cobra"

	"wuku/bench"
)

func benchSpatialCommand() *cobra.Command {
	var c bench.SpatialConfig
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "spatial",
		Short: "queries of planners and maps, beside PostGIS on the same rows",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Say = say
			run, err := bench.Spatial(cmd.Context(), c)
			return printRun(run, err, asJSON)
		},
	}
	p := cmd.Flags()
	p.IntVar(&c.Points, "points", 1_000_000, "points in the table")
	p.IntVar(&c.Places, "places", 30, "random locations each query is asked at")
	p.IntVar(&c.Repeats, "repeats", 3, "how often each is asked, by turns; the best counts")
	p.StringVar(&c.Postgres, "postgres", "", "directory of PostgreSQL's programs, with PostGIS; default: the newest in /usr/lib/postgresql")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
