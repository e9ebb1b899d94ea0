package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/quality"
	"wuku/trust"
)

// appraiser works out the instance's figures.
func (in *instance) appraiser() *quality.Appraiser {
	now := in.current.Load()
	return &quality.Appraiser{Store: in.store, Catalog: now.catalog, Revision: now.revision,
		Past: func(ctx context.Context, revision uint32) (*catalog.Catalog, error) {
			return in.store.Revision(ctx, revision)
		}}
}

func scorecardCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "scorecard",
		Short: "how every department stands in the month that is going on 评分卡: connection, update, quality, closure, index",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				now, err := in.appraiser().Standing(cmd.Context())
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(cmd.OutOrStdout(), map[string]any{"as_of": now.At, "scorecards": now.Cards})
				}
				printScorecards(cmd.OutOrStdout(), now.Cards)
				return nil
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON; values in millionths")
	return cmd
}

// percent writes millionths as a percentage.
func percent(v int64) string {
	if v < 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%04d", v/10_000, v%10_000)
}

func printScorecards(out io.Writer, cards []quality.Scorecard) {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "rank\tdepartment\tindex\tgrade\tconnection\tupdate\tquality\tclosure\topen\toverdue\tmended\t")
	for _, s := range cards {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t\n", s.Rank, s.Department, percent(s.Index), s.Grade, percent(s.Connection), percent(s.Update), percent(s.Quality), percent(s.Closure), s.Open, s.Overdue, s.Mended)
	}
}

func bulletinCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "bulletin", Short: "bulletins 通报: publish a period, list them, work one out again, check a signature"}
	cmd.AddCommand(bulletinPublishCommand(), bulletinListCommand(), bulletinCheckCommand(), bulletinVerifyCommand())
	return cmd
}

func bulletinPublishCommand() *cobra.Command {
	var f flags
	var out string
	cmd := &cobra.Command{
		Use:   "publish PERIOD",
		Short: "work a period (2026-10, 2026Q4 or 2026) out, keep its figures, write the signed files",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				b, err := in.appraiser().Publish(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				files, err := in.writeBulletin(out, b)
				for _, file := range files {
					fmt.Fprintln(cmd.OutOrStdout(), file)
				}
				return err
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&out, "out", ".", "directory for the files")
	return cmd
}

// writeBulletin writes the bulletin as JSON and as a page, each with its signature beside it.
func (in *instance) writeBulletin(dir string, b *quality.Bulletin) ([]string, error) {
	asJSON, err1 := b.Encode()
	asPage, err2 := b.HTML()
	if err := errors.Join(err1, err2, os.MkdirAll(dir, 0o755)); err != nil {
		return nil, err
	}
	var files []string
	for _, d := range []struct {
		ending  string
		content []byte
	}{{".json", asJSON}, {".html", asPage}} {
		name := fmt.Sprintf("bulletin-%s-%d%s", b.Period, b.Edition, d.ending)
		signed, err := trust.SignDocument(in.data, name, d.content)
		if err != nil {
			return files, err
		}
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, d.content, 0o644), os.WriteFile(path+".sig", signed, 0o644)); err != nil {
			return files, err
		}
		files = append(files, path, path+".sig")
	}
	return files, nil
}

func bulletinListCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "published periods, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				all, err := in.appraiser().List(cmd.Context())
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 2, 8, 2, ' ', 0)
				for _, b := range all {
					fmt.Fprintf(w, "%s\tedition %d\tpublished %s\tfigures %.12s\n", b.Period, b.Edition, inChina(b.Published), b.Figures)
				}
				return errors.Join(err, w.Flush())
			})
		},
	}
	f.add(cmd)
	return cmd
}

func bulletinCheckCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "check PERIOD",
		Short: "work a published period out again from the ledger and the work orders, and compare it bit by bit",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				again, published, err := in.appraiser().Recompute(cmd.Context(), args[0])
				switch {
				case err != nil:
					return err
				case published == nil:
					return fmt.Errorf("period %s was not published: see `wuku bulletin list`", args[0])
				case again.Figures != published.Figures:
					return fmt.Errorf("period %s: %d figures with digest %s now, %d with %s published", args[0], again.Count, again.Figures, published.Count, published.Figures)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d figures, the same bit by bit: %s\n", args[0], again.Count, again.Figures)
				return nil
			})
		},
	}
	f.add(cmd)
	return cmd
}

func bulletinVerifyCommand() *cobra.Command {
	var public string
	cmd := &cobra.Command{
		Use:   "verify FILE --key document.pub",
		Short: "check the signature beside a bulletin's file; needs no instance",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			content, err1 := os.ReadFile(args[0])
			signed, err2 := os.ReadFile(args[0] + ".sig")
			key, err3 := os.ReadFile(public)
			if err := errors.Join(err1, err2, err3); err != nil {
				return err
			}
			if err := trust.VerifyDocument(string(key), filepath.Base(args[0]), content, signed); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is as it was signed\n", args[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&public, "key", "", "the deployment's public key, DATA/document.pub")
	return cmd
}
