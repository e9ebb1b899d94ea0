package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"wuku/bench"
)

// benchFlags are those of all measurements.
type benchFlags struct {
	bench.Config
	json  bool
	peers string
	grow  bool
}

func benchCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "measure, with the peer in the same run; figures and ratios, JSON with --json"}
	cmd.AddCommand(benchIngestCommand(), benchResolveCommand(), benchQualityCommand(), benchSnapshotCommand(), benchTruthCommand(), benchMatchCommand(), benchLinksCommand(), benchServeCommand(), benchAuditCommand(), benchMatterCommand(), benchWarningCommand(), benchSpatialCommand())
	return cmd
}

func (f *benchFlags) add(cmd *cobra.Command) {
	p := cmd.Flags()
	p.IntVar(&f.Records, "records", 1_000_000, "messages to publish")
	p.Uint64Var(&f.Seed, "seed", 1, "seed of the demo province")
	p.StringVar(&f.Dir, "keep", "", "keep all data in this directory, which must be empty; default: a temporary one, removed at the end")
	p.StringVar(&f.Kafka, "kafka", "", "host:port,… of a broker without the bench's topics, instead of the embedded one")
	p.IntVar(&f.BrokerPID, "broker-pid", 0, "with --kafka: the broker's process on this machine, to count its processor time")
	p.StringVar(&f.Profile, "profile", "", "write processor profiles of this process into this directory")
	p.BoolVar(&f.Statements, "statements", false, "take the time of the resolver's statements; a first load then resolves one library after the other")
	p.BoolVar(&f.json, "json", false, "print JSON (docs/bench.md)")
	f.Say = say
}

func benchIngestCommand() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "ingest",
		Short: "topics to base records, end to end, beside ClickHouse's own Kafka engine",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if f.Peers, err = bench.PeerNames(f.peers); err != nil {
				return err
			}
			sizes := []int{f.Records}
			if f.grow {
				sizes = []int{1_000_000, 3_000_000, 10_000_000}
			}
			if f.grow && (f.Dir != "" || f.Kafka != "") {
				return fmt.Errorf("--grow runs three times from nothing: leave out --keep and --kafka")
			}
			var runs []*bench.IngestRun
			for _, f.Records = range sizes {
				run, err := bench.Ingest(cmd.Context(), f.Config)
				if err != nil {
					return err
				}
				runs = append(runs, run)
				if !f.json {
					run.Print(os.Stdout)
				}
			}
			if f.json {
				return printJSON(os.Stdout, map[string]any{"runs": runs, "growth": bench.Growth(runs)})
			}
			if f.grow {
				fmt.Printf("processor time a record, last to first size: %.2fx\n", bench.Growth(runs))
			}
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.peers, "peers", "all", "peers to measure in the same run: none, naive, tuned, all or old-catalogue (ours, under the 37 feeds that there were first)")
	cmd.Flags().BoolVar(&f.grow, "grow", false, "run with 1, 3 and 10 million records")
	return cmd
}

func benchResolveCommand() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "resolve",
		Short: "how long until a change is in its base record, at steady rates",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := bench.Resolve(cmd.Context(), f.Config)
			return printRun(run, err, f.json)
		},
	}
	f.add(cmd)
	cmd.Flags().IntSliceVar(&f.Rates, "rates", []int{2000, 5000}, "changes a second, one after the other")
	cmd.Flags().IntVar(&f.Seconds, "seconds", 60, "how long each rate lasts")
	return cmd
}

func benchQualityCommand() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "quality",
		Short: "inspections of everything and of what has changed, a rehearsal that then comes true, an attestation",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := bench.Quality(cmd.Context(), f.Config)
			return printRun(run, err, f.json)
		},
	}
	f.add(cmd)
	return cmd
}

func benchSnapshotCommand() *cobra.Command {
	var f benchFlags
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "one snapshot sent twice with nothing changed: what the second leaves behind",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := bench.Snapshot(cmd.Context(), f.Config)
			return printRun(run, err, f.json)
		},
	}
	f.add(cmd)
	return cmd
}

// printRun prints what was measured.
func printRun(run interface{ Print(io.Writer) }, err error, asJSON bool) error {
	switch {
	case err != nil:
		return err
	case asJSON:
		return printJSON(os.Stdout, run)
	}
	run.Print(os.Stdout)
	return nil
}

func benchMatterCommand() *cobra.Command {
	c := bench.ServeConfig{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "matter",
		Short: "cases of a matter over HTTP: from the opening to all proofs, in libraries of a million people",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Say = say
			run, err := bench.Matter(cmd.Context(), c)
			return printRun(run, err, asJSON)
		},
	}
	p := cmd.Flags()
	p.IntVar(&c.Entities, "entities", 1_000_000, "people in the library, each with a certificate")
	p.IntVar(&c.Seconds, "seconds", 20, "how long the measurement lasts")
	p.IntVar(&c.Callers, "callers", 2, "counters that open cases as fast as they get answers")
	p.StringVar(&c.Dir, "keep", "", "keep all data in this directory, which must be empty; default: a temporary one, removed at the end")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func benchWarningCommand() *cobra.Command {
	c := bench.WarningConfig{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "warning",
		Short: "warnings of thousands of conditions over a million changes: cost by change, each raised once, each withdrawn",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Say = say
			run, err := bench.Warnings(cmd.Context(), c)
			return printRun(run, err, asJSON)
		},
	}
	p := cmd.Flags()
	p.IntVar(&c.Conditions, "conditions", 10_000, "warnings that are declared")
	p.IntVar(&c.Changes, "changes", 1_000_000, "certificates, each of which changes once")
	p.StringVar(&c.Dir, "keep", "", "keep all data in this directory, which must be empty; default: a temporary one, removed at the end")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func benchAuditCommand() *cobra.Command {
	var leaves int
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "how long an audit log takes to verify, and whether one changed byte is found and named",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			run, err := bench.Audit(cmd.Context(), leaves, dir)
			return printRun(run, err, asJSON)
		},
	}
	cmd.Flags().IntVar(&leaves, "leaves", 1_000_000, "leaves of the log")
	cmd.Flags().StringVar(&dir, "keep", "", "keep the log in this directory, which must be empty; default: a temporary one, removed at the end")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func benchServeCommand() *cobra.Command {
	var c bench.ServeConfig
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "lookups and verifications over HTTP, beside PostgreSQL behind the same HTTP layer",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Say = say
			run, err := bench.Serve(cmd.Context(), c)
			return printRun(run, err, asJSON)
		},
	}
	p := cmd.Flags()
	p.IntVar(&c.Entities, "entities", 1_000_000, "people in the library")
	p.IntVar(&c.Seconds, "seconds", 20, "how long each measurement lasts")
	p.IntVar(&c.Callers, "callers", 16, "connections that call as fast as they get answers")
	p.IntVar(&c.Rate, "rate", 500, "calls a second of the steady measurement")
	p.StringVar(&c.Postgres, "postgres", "", "directory of PostgreSQL's programs; default: the newest in /usr/lib/postgresql; none leaves the peer out")
	p.StringVar(&c.Dir, "keep", "", "keep all data in this directory, which must be empty; default: a temporary one, removed at the end")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
