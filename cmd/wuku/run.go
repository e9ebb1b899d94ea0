package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"wuku/entity"
)

var errNeedsEngines = errors.New("this command runs apart from the engines: give --kafka and --clickhouse, or use `wuku up`, which runs everything")

func ingestCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "ingest",
		Short: "read topics into claims, against real engines; run as many as there are cores",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return part(cmd.Context(), f, func(ctx context.Context, s *services, g *errgroup.Group) error { return s.ingest(ctx, g) })
		},
	}
	f.add(cmd)
	f.addMetrics(cmd)
	return cmd
}

func resolveCommand() *cobra.Command {
	var f flags
	var libraries []string
	cmd := &cobra.Command{
		Use:   "resolve",
		Short: "own libraries and resolve their claims into base records, against real engines",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, l := range libraries {
				if !slices.Contains(entity.Libraries[:], l) {
					return fmt.Errorf("--library %s: no such library; want some of %v", l, entity.Libraries)
				}
			}
			return part(cmd.Context(), f, func(ctx context.Context, s *services, g *errgroup.Group) error {
				s.resolve(ctx, g, libraries)
				g.Go(func() error { return s.watchLedger(ctx) })
				return nil
			})
		},
	}
	f.add(cmd)
	f.addMetrics(cmd)
	cmd.Flags().StringSliceVar(&libraries, "library", entity.Libraries[:], "libraries to own")
	return cmd
}

// part runs some services of an instance whose engines run elsewhere.
func part(ctx context.Context, f flags, start func(context.Context, *services, *errgroup.Group) error) (err error) {
	if f.kafka == "" || f.clickhouse == "" {
		return errNeedsEngines
	}
	in, err := open(ctx, f, serveParts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.close()) }()
	s := newServices(in)
	if err := s.awaitTopics(ctx); err != nil {
		return err
	}
	group, inner := errgroup.WithContext(ctx)
	if err := start(inner, s, group); err != nil {
		return err
	}
	group.Go(func() error { return s.watchReload(inner) })
	group.Go(func() error { return s.watchProgress(inner) })
	if err := s.publishMetrics(inner, group, f.metrics); err != nil {
		return err
	}
	group.Go(func() error { return s.follow(inner) })
	return group.Wait()
}
