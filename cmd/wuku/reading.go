package main

import (
	"io"

	"github.com/spf13/cobra"
)

// shown is what a reading command found: as JSON, and printed for people.
type shown struct {
	json  any
	print func(io.Writer) error
}

// reading makes a command that reads something of an instance and shows it: a list, or one of it. Flags of its own are added to what it
// returns.
func reading(use, short string, args cobra.PositionalArgs, read func(cmd *cobra.Command, in *instance, args []string) (shown, error)) *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  args,
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				s, err := read(cmd, in, args)
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(cmd.OutOrStdout(), s.json)
				}
				return s.print(cmd.OutOrStdout())
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
