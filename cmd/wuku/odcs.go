package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wuku/catalog"
)

// catalogODCS writes feeds as contracts of the Open Data Contract Standard, and reads one back.
func catalogODCS() *cobra.Command {
	var f flags
	var server, out, back string
	cmd := &cobra.Command{
		Use:   "odcs [FEED…]",
		Short: "feeds as contracts of the Open Data Contract Standard v3.1, and back",
		Long: "print the contract of a feed, or write those of the named feeds (default: all) as FEED.odcs.yaml into --out. With --import, print\n" +
			"the feed file that a contract amounts to: one of ours comes back whole, one from elsewhere as a beginning to be mapped.",
		RunE: func(cmd *cobra.Command, names []string) error {
			if back != "" {
				return importODCS(cmd, back)
			}
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			if len(names) == 0 {
				for i := range c.Feeds {
					names = append(names, c.Feeds[i].Name)
				}
			}
			if len(names) != 1 && out == "" {
				return errors.New("name one feed, or a directory for all of them with --out")
			}
			return exportODCS(cmd, c, names, server, out)
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().StringVar(&server, "server", "", "the broker's bootstrap address, to stand in the contract")
	cmd.Flags().StringVar(&out, "out", "", "directory for FEED.odcs.yaml")
	cmd.Flags().StringVar(&back, "import", "", "a contract to read")
	return cmd
}

func exportODCS(cmd *cobra.Command, c *catalog.Catalog, names []string, server, out string) error {
	for _, name := range names {
		feed := c.Feed(name)
		if feed == nil {
			return fmt.Errorf("the catalogue has no feed %q: wuku catalog show lists them", name)
		}
		text, err := c.ODCS(feed, server)
		if err != nil {
			return err
		}
		if out == "" {
			_, err = cmd.OutOrStdout().Write(text)
		} else {
			err = os.WriteFile(filepath.Join(out, name+".odcs.yaml"), text, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func importODCS(cmd *cobra.Command, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	feed, err := catalog.FromODCS(text)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	_, err = cmd.OutOrStdout().Write(feed)
	return err
}

// catalogOverlaps lists duplicate collection.
func catalogOverlaps() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "overlaps",
		Short: "elements that more departments than one collect for one area, which sharing would spare 重复采集",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]any{"overlaps": c.Overlaps()})
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), catalog.OverlapsText(c.Overlaps()))
			return err
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
