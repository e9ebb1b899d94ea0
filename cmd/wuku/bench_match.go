package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"wuku/bench"
)

func benchMatchCommand() *cobra.Command {
	var c bench.MatchConfig
	var asJSON bool
	var sizes []int
	var write string
	cmd := &cobra.Command{
		Use:   "match",
		Short: "cluster a generated file of people beside Splink on the same file: precision, recall, F1, time, memory, and one record at a time",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c.Say = say
			if write != "" {
				return writeMatchSet(write, bench.MatchSet{Records: sizes[0], Seed: c.Seed})
			}
			runs := []*bench.MatchRun{}
			for _, c.Records = range sizes {
				run, err := bench.Match(cmd.Context(), c)
				if err != nil {
					return err
				}
				if runs = append(runs, run); !asJSON {
					run.Print(os.Stdout)
				}
			}
			if asJSON {
				return printJSON(os.Stdout, map[string]any{"runs": runs})
			}
			return nil
		},
	}
	p := cmd.Flags()
	p.IntSliceVar(&sizes, "records", []int{1_000_000}, "records of the file; several sizes show the growth")
	p.Uint64Var(&c.Seed, "seed", 1, "seed of the file")
	p.IntVar(&c.Extra, "extra", 20_000, "records that come one at a time afterwards")
	p.StringVar(&c.Python, "python", "build/venv-match/bin/python", "Python interpreter with Splink (`make build/venv-match/.ok`); empty: measure without the peer")
	p.StringVar(&write, "write", "", "write the generated file (its truth in column truth) and measure nothing")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func writeMatchSet(name string, set bench.MatchSet) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = set.Write(file)
	return errors.Join(err, file.Close())
}
