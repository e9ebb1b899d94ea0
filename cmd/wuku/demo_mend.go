package main

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/cobra"

	"wuku/demo"
	"wuku/ingest"
)

func demoCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "demo", Short: "the synthetic province of `wuku up --demo`"}
	cmd.AddCommand(demoMendCommand())
	return cmd
}

func demoMendCommand() *cobra.Command {
	var f flags
	var share int
	cmd := &cobra.Command{
		Use:   "mend",
		Short: "let the demo's departments mend a share of the defects that stand, at their sources",
		Long: "let the demo's departments mend a share of the defects that stand, at their sources: each publishes the record once more without its\n" +
			"defect, or deletes the second of two records of one entity. Their work orders close by themselves, those of the others stay open:\n" +
			"`wuku bench truth` holds both against the truth. A greater share later mends more.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error { return in.mend(cmd, share) })
		},
	}
	f.add(cmd)
	cmd.Flags().IntVar(&share, "share", 50, "percent of the defects, 1 to 100")
	return cmd
}

func (in *instance) mend(cmd *cobra.Command, share int) (err error) {
	var state demoState
	if err := state.read(in); err != nil {
		return fmt.Errorf("%s holds no demo: start one with `wuku up --demo PEOPLE`: %w", in.data, err)
	}
	switch {
	case share < 1 || share > 100:
		return fmt.Errorf("--share %d: write 1 to 100 percent", share)
	case share < state.Mended:
		return fmt.Errorf("--share %d: %d %% are mended already, and what is mended stays so", share, state.Mended)
	case len(in.kafka.Brokers) == 0:
		return errors.New("the departments publish to the broker: start the instance (`wuku up`) or give --kafka")
	}
	state.Mended = share
	province, err := demo.New(state.province())
	if err != nil {
		return err
	}
	if len(state.Topics) < len(province.Feeds()) {
		return errors.New("the demo is still being published: wait until `wuku up` says ready")
	}
	publisher := ingest.NewPublisher(in.kafka, kafka.Compression(0))
	defer func() { err = errors.Join(err, publisher.Close()) }()
	var sent atomic.Int64
	for _, feed := range province.Feeds() {
		mends := func(yield func(demo.Message) bool) { province.Mends("src."+feed, yield) }
		if err := send(cmd.Context(), publisher, mends, &sent); err != nil {
			return err
		}
	}
	if err := state.save(in); err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d messages published: %d %% of the defects that stood are mended; their work orders close when the next inspection has seen it\n", sent.Load(), share)
	return err
}
