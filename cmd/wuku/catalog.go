package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/serve"
)

func catalogCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "catalog", Short: "the declaration that drives everything: departments, libraries, elements, authorities, feeds"}
	cmd.AddCommand(catalogCheck(), catalogShow(), catalogDiff(), catalogRehearse(), catalogAsyncAPI(), catalogODCS(), catalogOverlaps(), catalogSchema(), catalogACL(), catalogDrift(),
		catalogPublish(), catalogProposals(), catalogApprove(), catalogReject(), catalogRollback(), catalogRevisions(), catalogSearch())
	return cmd
}

func catalogFlag(cmd *cobra.Command, f *flags) {
	cmd.Flags().StringVar(&f.catalog, "catalog", "", "directory of the catalogue instead of the shipped province")
}

func catalogCheck() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "check every file; each problem with its place and what to do",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.catalog = args[0]
			}
			fsys := catalog.Province()
			if f.catalog != "" {
				fsys = os.DirFS(f.catalog)
			}
			c, problems := catalog.Inspect(fsys)
			if len(problems) > 0 {
				fmt.Fprintln(cmd.OutOrStdout(), problems.Error())
			}
			if len(problems.Fatal()) > 0 {
				return errors.New("the catalogue has errors")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d departments, %d feeds, %d libraries: no errors\n", len(c.Departments), len(c.Feeds), len(c.Libraries))
			return nil
		},
	}
	catalogFlag(cmd, &f)
	return cmd
}

func catalogShow() *cobra.Command {
	var f flags
	var asJSON bool
	var asOf string
	var revision uint32
	cmd := &cobra.Command{
		Use:   "show",
		Short: "departments, feeds with their topics, libraries with their elements and authorities",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.published(cmd.Context(), revision, asOf)
			if err != nil {
				return err
			}
			if asJSON {
				_, err = fmt.Fprintln(cmd.OutOrStdout(), string(catalog.ShowJSON(c)))
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), catalog.ShowText(c))
			return err
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().StringVar(&f.data, "data", "data", "directory of the instance, for --revision and --as-of")
	cmd.Flags().Uint32Var(&revision, "revision", 0, "a published revision instead of files: see wuku catalog revisions")
	cmd.Flags().StringVar(&asOf, "as-of", "", "what was in force at a time: 2026-03-01, 2026-03-01T08:00:00+08:00")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// published is the catalogue of a revision, or that was in force at a time, of the instance; without either, that of the files.
func (f flags) published(ctx context.Context, revision uint32, asOf string) (c *catalog.Catalog, err error) {
	if revision == 0 && asOf == "" {
		return f.loadCatalog()
	}
	err = with(ctx, f, func(in *instance) error {
		k := catalogues{in}
		if asOf != "" {
			at, err := instant("--as-of", asOf, time.Now())
			if err != nil {
				return err
			}
			if revision, err = k.RevisionAt(ctx, time.UnixMilli(at)); err != nil {
				return err
			}
		}
		if c, err = k.Revision(ctx, revision); errors.Is(err, serve.ErrNone) {
			return errors.New("no such catalogue was in force: see `wuku catalog revisions`")
		}
		return err
	})
	return c, err
}

func catalogDiff() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "what changed between two catalogue directories, what is compatible, what it makes necessary",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var loaded [2]*catalog.Catalog
			for i, dir := range args {
				c, err := flags{catalog: dir}.loadCatalog()
				if err != nil {
					return fmt.Errorf("%s: %w", dir, err)
				}
				loaded[i] = c
			}
			changes := catalog.Diff(loaded[0], loaded[1])
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]any{"compatible": changes.Compatible(), "changes": changes, "effect": changes.Effect()})
			}
			_, err := fmt.Fprint(cmd.OutOrStdout(), changes.Text())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func catalogAsyncAPI() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "asyncapi",
		Short: "the topics as an AsyncAPI 3 document",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(catalog.AsyncAPI(c)))
			return err
		},
	}
	catalogFlag(cmd, &f)
	return cmd
}

func catalogSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "JSON Schema of the catalogue's files, for editors",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), string(catalog.Schema()))
			return err
		},
	}
}
