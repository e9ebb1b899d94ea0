package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/matter"
)

func matterCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "matter", Short: "what the libraries are for: matters 事项, what they prove of them, what still has to be brought 零材料"}
	cmd.AddCommand(matterCheck(), matterCompile(), matterList(), matterReport())
	return cmd
}

func matterCheck() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "check the declared matters, compile them, and try their examples",
		Long: "check the files of matters/ in a catalogue as `wuku catalog check` does, compile each matter, and judge each material's example as if\n" +
			"the libraries held just that. Exits with an error when a file is wrong or an example does not prove its material.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				f.catalog = args[0]
			}
			return f.checkMatters(cmd.OutOrStdout(), asJSON)
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (f flags) checkMatters(out io.Writer, asJSON bool) error {
	fsys := catalog.Province()
	if f.catalog != "" {
		fsys = os.DirFS(f.catalog)
	}
	c, all := catalog.Inspect(fsys)
	problems, others := catalog.Errors{}, 0
	for _, p := range all {
		if strings.HasPrefix(p.File, "matters/") {
			problems = append(problems, p)
		} else if p.Severity == catalog.SeverityError {
			others++
		}
	}
	var examples []matter.Example
	if all.Fatal() == nil {
		var err error
		if examples, err = matter.Try(c, time.Now()); err != nil {
			return err
		}
	}
	wrong := 0
	for _, x := range examples {
		if x.Fault != "" {
			wrong++
		}
	}
	if asJSON {
		if err := printJSON(out, map[string]any{"matters": matter.Names(c), "problems": problems, "examples": examples, "wrong": wrong}); err != nil {
			return err
		}
	} else {
		printChecked(out, problems, examples)
	}
	switch {
	case problems.Fatal() != nil:
		return errors.New("the matters have errors")
	case others > 0:
		return fmt.Errorf("%d errors elsewhere in the catalogue: see wuku catalog check", others)
	case wrong > 0:
		return fmt.Errorf("%d of %d examples do not prove their material", wrong, len(examples))
	case !asJSON:
		fmt.Fprintf(out, "%d matters, %d examples: no errors\n", len(c.Matters), len(examples))
	}
	return nil
}

func printChecked(out io.Writer, problems catalog.Errors, examples []matter.Example) {
	for _, p := range problems {
		fmt.Fprint(out, p)
	}
	for _, x := range examples {
		if x.Fault != "" {
			fmt.Fprintf(out, "WRONG %s: %s: %s\n", x.Matter, x.Material, x.Fault)
		}
	}
}

func matterCompile() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compile MATTER",
		Short: "which queries prove a matter's materials, and what a grant must allow for them",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			p, err := matter.Compile(c, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), p)
			}
			printPlan(cmd.OutOrStdout(), p)
			return nil
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printPlan(out io.Writer, p *matter.Plan) {
	fmt.Fprintf(out, "%s %s, for the purpose %s\n\nmaterials 材料\n", p.Name, p.ZH, p.Purpose)
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	for _, x := range p.Materials {
		how := x.Reason
		if x.By == matter.ByLibrary {
			q := p.Queries[x.Query]
			how = q.Library + ": " + strings.Join(append(append([]string{}, x.Elements...), x.Tests...), " ")
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", x.Name, x.ZH, x.Party, x.By, how)
	}
	fmt.Fprintf(w, "\nqueries 查询\n")
	for _, q := range p.Queries {
		key := "the party's number"
		if len(q.Keys) > 0 {
			key = strings.Join(q.Keys, " or ")
		}
		fmt.Fprintf(w, "  %s\t%s\tby %s\t%s\n", q.Party, q.Library, key, strings.Join(q.Elements, " "))
	}
	fmt.Fprintf(w, "\ngrants 授权, with operation case and purpose %s\n", p.Purpose)
	for _, n := range p.Needs {
		fmt.Fprintf(w, "  %s\tto see: %s\tto verify: %s\n", n.Library, strings.Join(n.Show, " "), strings.Join(n.Test, " "))
	}
	w.Flush()
}

func matterList() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "the declared matters with channel, scope of recognition, materials and baseline",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]any{"matters": append([]catalog.Matter{}, c.Matters...)})
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 2, 8, 2, ' ', 0)
			for _, m := range c.Matters {
				rule := "by hand"
				if m.Automatic {
					rule = "by rule"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d materials\t%d days\t%d steps\n", m.Name, m.ZH, m.Channel, m.Scope, rule, m.Baseline.Materials, m.Baseline.Days, m.Baseline.Steps)
			}
			return w.Flush()
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func matterReport() *cobra.Command {
	var f flags
	var asJSON, declared bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "zero-material report 零材料: what still has to be brought for each matter, and which sources are dead or stale",
		Long: "for each matter: materials that libraries prove, materials that have to be brought and why, and materials whose sources never delivered\n" +
			"(dead) or not within their declared cycle (stale), over the libraries of the instance in --data. With --declared no instance is looked at.\n" +
			"In a demo lateness is not judged: its messages carry the dates of its synthetic calendar.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			list, err := f.zeroReport(cmd.Context(), declared)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]any{"matters": list})
			}
			printZero(cmd.OutOrStdout(), list)
			return nil
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&declared, "declared", false, "look at the declaration only, not at an instance")
	return cmd
}

func (f flags) zeroReport(ctx context.Context, declared bool) (list []matter.Zero, err error) {
	if declared {
		c, err := f.loadCatalog()
		if err != nil {
			return nil, err
		}
		return matter.Report(c, nil)
	}
	err = with(ctx, f, func(in *instance) error {
		pulse, err := matter.Pulses(ctx, in.store, in.judged(time.Now()))
		if err != nil {
			return err
		}
		list, err = matter.Report(in.current.Load().catalog, pulse)
		return err
	})
	return list, err
}

// judged is the moment at which the lateness of sources is judged: now, or never in a demo, whose messages carry the dates of its
// synthetic calendar.
func (in *instance) judged(now time.Time) time.Time {
	if _, err := os.Stat(in.path("demo-keys.json")); err == nil {
		return time.Time{}
	}
	return now
}

func printZero(out io.Writer, list []matter.Zero) {
	zero := 0
	for _, z := range list {
		if z.Zero {
			zero++
		}
		fmt.Fprintf(out, "%s %s: %d of %d materials proved by libraries\n", z.Matter, z.ZH, z.Proved, z.Materials)
		for _, r := range z.Bring {
			fmt.Fprintf(out, "  bring 须提交    %s: %s\n", r.ZH, r.Why)
		}
		for _, r := range z.Broken {
			fmt.Fprintf(out, "  broken 无来源   %s: %s\n", r.ZH, sourcesOf(r))
		}
		for _, r := range z.Delayed {
			fmt.Fprintf(out, "  delayed 有缺口  %s: %s\n", r.ZH, sourcesOf(r))
		}
	}
	fmt.Fprintf(out, "%d of %d matters need nothing brought 零材料\n", zero, len(list))
}

func sourcesOf(r matter.Reason) string {
	var parts []string
	for _, s := range r.Sources {
		parts = append(parts, strings.TrimSpace(s.Feed+" is "+s.State+" "+s.Last))
	}
	return strings.Join(parts, ", ")
}
