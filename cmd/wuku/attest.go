package main

import (
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
)

func attestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attest",
		Short: "盘点: prove that a source and the library hold the same records, by digests of ranges",
		Long: "prove that a source and the library hold the same records, without either giving its records to the other:\n\n" +
			"  1. at the source:   wuku attest make --feed FEED records.jsonl > ours.json\n" +
			"  2. at the platform: wuku attest compare ours.json            equal, or the ranges that differ\n" +
			"  3. at the source:   wuku attest make --feed FEED --ranges 17,2044 records.jsonl > ours.json\n" +
			"  4. at the platform: wuku attest compare ours.json            names what is missing, altered, too many",
	}
	cmd.AddCommand(attestMakeCommand(), attestCompareCommand(), attestListCommand())
	return cmd
}

func attestMakeCommand() *cobra.Command {
	var f flags
	var feed, ranges string
	cmd := &cobra.Command{
		Use:   "make --feed FEED FILE...",
		Short: "at the source: an inventory of its own records; needs no instance and no network",
		Long:  "at the source: an inventory of its own records. FILE holds one message a line, as the feed's contract has them, - is standard input. Needs no instance and no network.",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			ask, err := askFor(ranges)
			if err != nil {
				return err
			}
			inventory, err := takeStock(c, feed, files, cmd.InOrStdin(), ask)
			if err != nil {
				return err
			}
			b, err := json.Marshal(inventory, json.Deterministic(true))
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(append(b, '\n'))
			return err
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().StringVar(&feed, "feed", "", "the feed that the records belong to")
	cmd.Flags().StringVar(&ranges, "ranges", "", "also name the records of these ranges, as compare asks for them")
	return cmd
}

// askFor reads a list of ranges; "all" asks for all.
func askFor(text string) (func(int) bool, error) {
	if text == "all" {
		return func(int) bool { return true }, nil
	}
	wanted := map[int]bool{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n >= ingest.Ranges {
			return nil, fmt.Errorf("--ranges: %q is no range: numbers from 0 to %d with commas between, or all", part, ingest.Ranges-1)
		}
		wanted[n] = true
	}
	return func(n int) bool { return wanted[n] }, nil
}

func takeStock(c *catalog.Catalog, feed string, files []string, stdin io.Reader, ask func(int) bool) (*ingest.Inventory, error) {
	declared := c.Feed(feed)
	if declared == nil {
		return nil, fmt.Errorf("--feed %q: the catalogue has no such feed", feed)
	}
	if declared.IsAvro() {
		return nil, errors.New("feeds in Avro are not read from files")
	}
	own := *declared
	own.Revision = 1
	inventory := ingest.NewInventory(c, feed, time.Now())
	// Anchors play no part in an inventory, so any key will do.
	m, err := ingest.NewMapper(c, &own, entity.NewAnchorer(make([]byte, 32)), ingest.MapperOptions{Places: places})
	if err != nil {
		return nil, err
	}
	var readers []io.Reader
	for _, name := range files {
		if name == "-" {
			readers = append(readers, stdin)
			continue
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		readers = append(readers, file, strings.NewReader("\n"))
	}
	return inventory, inventory.Take(m, own.Topic, io.MultiReader(readers...), ask)
}

func attestCompareCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare FILE",
		Short: "at the platform: compare a source's inventory with the library's claims, and keep what came of it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			source := &ingest.Inventory{}
			if err := json.Unmarshal(b, source); err != nil {
				return fmt.Errorf("%s is no inventory: %w", args[0], err)
			}
			return with(cmd.Context(), f, func(in *instance) error {
				d, err := in.attest(cmd.Context(), source)
				if err != nil {
					return err
				}
				if asJSON {
					err = printJSON(cmd.OutOrStdout(), d)
				} else {
					printDifference(cmd.OutOrStdout(), d)
				}
				if err == nil && len(d.Ranges) > 0 {
					err = fmt.Errorf("feed %s: source and library differ in %d ranges", d.Feed, len(d.Ranges))
				}
				return err
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// holding is one comparison of what a source and the library hold of a feed.
type holding struct {
	Feed    string    `json:"feed"`
	At      time.Time `json:"at"`
	Source  uint64    `json:"source"`
	Library uint64    `json:"library"`
	Ranges  uint32    `json:"ranges"` // that differ
	Missing uint64    `json:"missing"`
	Altered uint64    `json:"altered"`
	Surplus uint64    `json:"surplus"`
}

func attestListCommand() *cobra.Command {
	var f flags
	var asJSON bool
	c := choice{Limit: 100}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "数据量台账: how many records sources and the library had at each comparison, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				list := []holding{}
				err := in.store.Query(cmd.Context(), "quality/attested_list", map[string]any{"Feed": c.Feed, "Limit": c.Limit}, func(scan func(...any) error) error {
					var n holding
					err := scan(&n.Feed, &n.At, &n.Source, &n.Library, &n.Ranges, &n.Missing, &n.Altered, &n.Surplus)
					list = append(list, n)
					return err
				})
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), map[string]any{"counts": list})
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, n := range list {
					fmt.Fprintf(w, "%s\t%s\t%d at the source\t%d in the library\t%d ranges differ\t%d missing\t%d altered\t%d too many\n", inChina(n.At), n.Feed, n.Source, n.Library, n.Ranges, n.Missing, n.Altered, n.Surplus)
				}
				return w.Flush()
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&c.Feed, "feed", "", "only this feed")
	cmd.Flags().IntVar(&c.Limit, "limit", c.Limit, "at most so many")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// attest compares a source's inventory with the library's, naming records of ranges that differ where the source has named its own.
func (in *instance) attest(ctx context.Context, source *ingest.Inventory) (ingest.Difference, error) {
	if in.current.Load().catalog.Feed(source.Feed) == nil {
		return ingest.Difference{}, fmt.Errorf("the catalogue in force has no feed %q", source.Feed)
	}
	ours, err := in.inventory(ctx, source.Feed, func(n int) bool {
		return len(source.Keys[strconv.Itoa(n)]) > 0 || source.Ranges[n].N == 0 && len(source.Keys) > 0
	})
	if err != nil {
		return ingest.Difference{}, err
	}
	d, err := ingest.Compare(source, ours)
	if err != nil {
		return d, err
	}
	return d, in.store.Exec(ctx, "quality/attested", map[string]any{"Feed": d.Feed, "At": time.Now().UnixMilli(), "Mapping": source.Mapping, "Source": d.Source, "Library": d.Library,
		"Ranges": len(d.Ranges), "Missing": len(d.Missing), "Altered": len(d.Altered), "Surplus": len(d.Surplus)})
}

// inventory is what the claims hold of a feed.
func (in *instance) inventory(ctx context.Context, feed string, ask func(int) bool) (*ingest.Inventory, error) {
	c := in.current.Load().catalog
	var libraries []string
	for _, s := range c.Feed(feed).Claims {
		if !slices.Contains(libraries, s.Library) {
			libraries = append(libraries, s.Library)
		}
	}
	inventory := ingest.NewInventory(c, feed, time.Now())
	err := in.store.Query(ctx, "quality/inventory", map[string]any{"Feed": feed, "Libraries": libraries}, func(scan func(...any) error) error {
		var h ingest.Held
		err := scan(&h.Key, &h.Digest)
		inventory.Add(h, ask)
		return err
	})
	return inventory, err
}

func printDifference(out io.Writer, d ingest.Difference) {
	fmt.Fprintf(out, "%s: %d records at the source, %d in the library", d.Feed, d.Source, d.Library)
	if d.Refusals > 0 {
		fmt.Fprintf(out, "; the source's own mapping refuses %d of its messages", d.Refusals)
	}
	fmt.Fprintln(out)
	if len(d.Ranges) == 0 {
		fmt.Fprintln(out, "equal 一致")
		return
	}
	if !d.Asked {
		numbers := make([]string, len(d.Ranges))
		for i, r := range d.Ranges {
			numbers[i] = strconv.Itoa(r)
		}
		fmt.Fprintf(out, "ranges that differ 不一致的区段: %s\nask the source for them: wuku attest make --feed %s --ranges %s …\n", strings.Join(numbers, ","), d.Feed, strings.Join(numbers, ","))
	}
	for _, list := range []struct {
		what string
		keys []string
	}{{"missing here 缺失", d.Missing}, {"altered 不同", d.Altered}, {"not at the source 多出", d.Surplus}} {
		for _, key := range list.keys {
			fmt.Fprintf(out, "%s: %s\n", list.what, key)
		}
	}
}
