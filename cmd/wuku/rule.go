package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/engine"
	"wuku/quality"
	"wuku/store"
)

func ruleCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rule", Short: "the catalogue's quality rules 质量规则: list them, try them on their examples"}
	cmd.AddCommand(ruleListCommand(), ruleTestCommand())
	return cmd
}

func ruleListCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "every declared rule by pack 规则包, with measure, severity and whether it is in force",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]any{"packs": c.Packs})
			}
			printPacks(cmd.OutOrStdout(), c)
			return nil
		},
	}
	cmd.Flags().StringVar(&f.catalog, "catalog", "", "directory of the catalogue; default: the shipped one")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printPacks(out io.Writer, c *catalog.Catalog) {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	defer w.Flush()
	for _, p := range c.Packs {
		fmt.Fprintf(w, "%s %s (%s)%s\n", p.Name, p.ZH, p.Family, off(p.Disabled))
		for _, r := range p.Rules {
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s.%s\t%s%s\n", r.Code, r.Measure, r.Severity, r.Library, r.Element, r.ZH, off(r.Disabled))
		}
	}
}

func off(disabled bool) string {
	if disabled {
		return " [off 停用]"
	}
	return ""
}

func ruleTestCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "run the examples of rule packs through the statements of inspections, in an engine of their own",
		Long: "run the examples of rule packs through the very statements of inspections, in an engine made for it and removed at the end.\n\n" +
			"FILE is a rule pack, in the catalogue or not yet; without one all packs of the catalogue are tried. Nothing of an instance is read or\n" +
			"changed. Exits with an error when an example does not come out as it says.",
		RunE: func(cmd *cobra.Command, files []string) error { return f.testRules(cmd, files, asJSON) },
	}
	cmd.Flags().StringVar(&f.catalog, "catalog", "", "directory of the catalogue that the rules belong to; default: the shipped one")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (f flags) testRules(cmd *cobra.Command, files []string, asJSON bool) error {
	c, packs, err := f.withPacks(files)
	if err != nil {
		return err
	}
	var verdicts []quality.Verdict
	err = scratch(cmd.Context(), c, func(s *store.Store) error {
		verdicts, err = quality.TryRules(cmd.Context(), s, c, packs)
		return err
	})
	if err != nil {
		return err
	}
	wrong := 0
	for _, v := range verdicts {
		if !v.Right() {
			wrong++
		}
	}
	if asJSON {
		err = printJSON(cmd.OutOrStdout(), map[string]any{"examples": verdicts, "wrong": wrong})
	} else {
		printVerdicts(cmd.OutOrStdout(), verdicts)
	}
	if err == nil && wrong > 0 {
		err = fmt.Errorf("%d of %d examples came out otherwise", wrong, len(verdicts))
	}
	return err
}

func printVerdicts(out io.Writer, verdicts []quality.Verdict) {
	for _, v := range verdicts {
		word := map[bool]string{true: "found", false: "left alone"}
		if v.Right() {
			fmt.Fprintf(out, "ok    %s: %s: %s\n", v.Rule, v.Example, word[v.Found])
			continue
		}
		fmt.Fprintf(out, "WRONG %s: %s: %s, want %s\n", v.Rule, v.Example, word[v.Found], word[v.Want])
	}
}

// withPacks is the catalogue with the packs of some files in place of its own of the same name, and the names of these packs (nil: all).
func (f flags) withPacks(files []string) (*catalog.Catalog, []string, error) {
	fsys := catalog.Province()
	if f.catalog != "" {
		fsys = os.DirFS(f.catalog)
	}
	texts := map[string][]byte{}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if declared := packName.FindSubmatch(text); declared != nil && string(declared[1]) != name { // any name does while it is no part of the catalogue
			name = string(declared[1])
			say("%s is read as rules/%s.yaml", file, name)
		}
		texts[name+".yaml"] = text
		names = append(names, name)
	}
	c, problems := catalog.InspectWith(fsys, texts)
	for _, w := range problems.Warnings() {
		fmt.Fprint(os.Stderr, w)
	}
	if fatal := problems.Fatal(); fatal != nil {
		return nil, nil, fatal
	}
	return c, names, nil
}

// packName finds the name that a rule pack declares.
var packName = regexp.MustCompile(`(?m)^pack:[ \t]*["']?([a-z0-9_-]+)`)

// scratch runs do on an engine of its own with the tables of a catalogue, and removes it.
func scratch(ctx context.Context, c *catalog.Catalog, do func(*store.Store) error) (err error) {
	dir, err := os.MkdirTemp("", "wuku-rule-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	e, err := engine.Start(ctx, engine.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close(context.WithoutCancel(ctx))) }()
	s, err := store.Open(ctx, store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if _, err := s.Sync(ctx, c); err != nil {
		return err
	}
	return do(s)
}
