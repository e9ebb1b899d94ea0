package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"wuku/bench"
)

// benchTruthCommand compares a demo instance with the truth beside it.
func benchTruthCommand() *cobra.Command {
	var f flags
	var state demoState
	var fresh, asJSON bool
	cmd := &cobra.Command{
		Use:   "truth",
		Short: "compare a resolved demo with its truth: values, sources, and what each detector found",
		Long: "compare a resolved demo, running or stopped, with its truth: every value and source of every base record; recall and precision of\n" +
			"every detector on the injected defects; near misses that were raised; and work orders: of each defect that stands an open one at the right\n" +
			"department, of each that `wuku demo mend` mended a closed one, no other. Run `wuku inspect` before, so that findings are of now.\n" +
			"Exits with an error when a bar is missed: all values right, recall and precision at least 0.99, every work order right.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if fresh {
				run, err := bench.TruthFresh(cmd.Context(), bench.Config{Seed: state.Seed, Say: say}, state.province())
				if err != nil {
					return err
				}
				return showTruth(cmd, run, asJSON)
			}
			return with(cmd.Context(), f, func(in *instance) error { return in.truth(cmd, state, asJSON) })
		},
	}
	f.add(cmd)
	state.flags(cmd)
	cmd.Flags().BoolVar(&fresh, "fresh", false, "make an instance for --people and --seed, half by scan and half by cycles, and remove it at the end")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// benchLinksCommand compares the links by match of a demo with the truth.
func benchLinksCommand() *cobra.Command {
	var f flags
	var state demoState
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "links",
		Short: "compare the links that matching made in a demo with its truth: how many are right, how many were found",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				config, err := in.truthConfig(state)
				if err != nil {
					return err
				}
				run, err := bench.Links(cmd.Context(), config)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), run)
				}
				run.Print(cmd.OutOrStdout())
				return nil
			})
		},
	}
	f.add(cmd)
	state.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) truthConfig(state demoState) (bench.TruthConfig, error) {
	if state.People == 0 {
		if err := state.read(in); err != nil {
			return bench.TruthConfig{}, fmt.Errorf("%s holds no demo: start one with `wuku up --demo PEOPLE` or name it with --people and --seed: %w", in.data, err)
		}
	}
	now := in.current.Load()
	return bench.TruthConfig{Store: in.store, Catalog: now.catalog, Columns: now.columns, Anchorer: in.anchorer(), Province: state.province()}, nil
}

func (in *instance) truth(cmd *cobra.Command, state demoState, asJSON bool) error {
	config, err := in.truthConfig(state)
	if err != nil {
		return err
	}
	run, err := bench.Truth(cmd.Context(), config)
	if err != nil {
		return err
	}
	return showTruth(cmd, run, asJSON)
}

func showTruth(cmd *cobra.Command, run *bench.TruthRun, asJSON bool) (err error) {
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), run)
	} else {
		run.Print(cmd.OutOrStdout())
	}
	if err == nil && len(run.Failed) > 0 {
		err = fmt.Errorf("%d bars missed", len(run.Failed))
	}
	return err
}
