package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"wuku/match"
)

// matchFlags are those of `wuku match`.
type matchFlags struct {
	in                 []string
	mapping            string
	fields             []string
	id, source         string
	truth, out         string
	across, json       bool
	model, save, pairs string
	threshold, review  float64
	parts              int
	encoding           string
}

func matchCommand() *cobra.Command {
	var f matchFlags
	cmd := &cobra.Command{
		Use:   "match",
		Short: "cluster the records of any CSV file that are of the same person or organisation; with the truth, say how well",
		Long: `Reads CSV files with a header (UTF-8 or GB 18030), learns without labels how much each column tells, and writes each record's cluster.
What the columns are is said by --map (YAML), by --field COLUMN=KIND, or guessed from the header. See docs/identity.md.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	cmd.AddCommand(matchLearnCommand(), matchOffCommand(), matchCountyCommand())
	p := cmd.Flags()
	p.StringSliceVar(&f.in, "in", nil, "CSV files with the same header, '-' for standard input")
	p.StringVar(&f.mapping, "map", "", "YAML file that says what the columns are")
	p.StringSliceVar(&f.fields, "field", nil, "COLUMN=KIND or COLUMN=identifier:SCHEME; kinds: "+strings.Join(match.Kinds(), ", "))
	p.StringVar(&f.id, "id", "", "column with the record's unique name; default: its row number")
	p.StringVar(&f.source, "source", "", "column that says which list a record is of")
	p.BoolVar(&f.across, "across", false, "link records of different sources only; without --source each file is one")
	p.StringVar(&f.encoding, "encoding", "", "how the files are encoded: utf-8 or gb18030; without it each is looked at")
	p.StringVar(&f.truth, "truth", "", "column that says whose record it is: prints precision, recall and F1; it is not looked at otherwise")
	p.StringVar(&f.out, "out", "", "write the clusters to this CSV file: id,cluster; '-' for standard output")
	p.StringVar(&f.pairs, "pairs", "", "write the scored pairs from the review threshold on to this CSV file: a,b,probability,score")
	p.StringVar(&f.model, "model", "", "use the model of this file instead of learning one")
	p.StringVar(&f.save, "save-model", "", "write the model to this file")
	p.Float64Var(&f.threshold, "threshold", 0, fmt.Sprintf("probability from which records are linked (default %v)", match.DefaultThreshold))
	p.Float64Var(&f.review, "review", 0, fmt.Sprintf("probability from which a person should look (default %v)", match.DefaultReview))
	p.IntVar(&f.parts, "parts", 0, "for more records than memory holds: keep their values in files (in TMPDIR) and compare them in so many parts; 0: all in memory")
	p.BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

// matchResult is what `wuku match --json` prints.
type matchResult struct {
	Records  int `json:"records"`
	Pairs    int `json:"pairs"` // of records in one cluster
	Clusters int `json:"clusters"`
	Largest  int `json:"largest"`
	Review   int `json:"review"` // scored pairs between the thresholds
	*match.Figures
	Model []string `json:"model,omitempty"`
}

func (f *matchFlags) run(cmd *cobra.Command) error {
	if len(f.in) == 0 {
		return errors.New("--in: name at least one CSV file")
	}
	debug.SetGCPercent(33) // the records stay in memory: a third of them on top is enough
	if f.out == "" && f.truth == "" && f.save == "" && !f.json {
		f.out = "-"
	}
	m, err := f.readMapping()
	if err != nil {
		return err
	}
	if m.Across && m.Source == "" && len(f.in) < 2 {
		return errors.New("--across links records of different sources: name two files, or say with --source which column holds the record's")
	}
	if f.parts < 0 {
		return fmt.Errorf("--parts %d: want 0, all in memory, or how many", f.parts)
	}
	if f.parts > 0 {
		return f.large(cmd, m)
	}
	r := &match.Reader{Mapping: m, Truth: f.truth, Encoding: f.encoding}
	if err := f.read(r); err != nil {
		return err
	}
	model, err := f.readModel(r.Batch)
	if err != nil {
		return err
	}
	x, err := r.Batch.Index(model)
	if err != nil {
		return err
	}
	edges := x.Edges()
	return f.finish(cmd, x, model, edges, x.Clusters(edges), r.Labels)
}

// records are those that were clustered.
type records interface{ Name(i int) string }

func (f *matchFlags) finish(cmd *cobra.Command, x records, model *match.Model, edges []match.Edge, clusters []uint32, truth []string) error {
	res := summarise(model, edges, clusters, truth)
	if err := errors.Join(f.writeClusters(cmd, x, clusters), f.writePairs(x, edges)); err != nil {
		return err
	}
	return f.print(cmd, res)
}

func summarise(model *match.Model, edges []match.Edge, clusters []uint32, truth []string) *matchResult {
	res := &matchResult{Records: len(clusters), Model: model.Summary()}
	sizes := map[uint32]int{}
	for _, c := range clusters {
		sizes[c]++
	}
	res.Clusters = len(sizes)
	for _, n := range sizes {
		res.Largest = max(res.Largest, n)
		res.Pairs += n * (n - 1) / 2
	}
	for _, e := range edges {
		if match.Probability(e.Score) < model.Threshold {
			res.Review++
		}
	}
	if truth != nil {
		figures := match.Judge(clusters, truth)
		res.Figures = &figures
	}
	return res
}

func (f *matchFlags) print(cmd *cobra.Command, res *matchResult) error {
	w := cmd.ErrOrStderr()
	if f.json {
		if f.out == "-" {
			return printJSON(w, res)
		}
		return printJSON(cmd.OutOrStdout(), res)
	}
	for _, line := range res.Model {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintf(w, "%d records in %d clusters, the largest of %d; %d pairs for review\n", res.Records, res.Clusters, res.Largest, res.Review)
	if res.Figures != nil {
		fmt.Fprintf(w, "precision %.6f recall %.6f F1 %.6f (%d of %d true pairs, %d wrong)\n", res.Precision, res.Recall, res.F1, res.Right, res.TruePairs, res.Figures.Pairs-res.Right)
	}
	return nil
}

func (f *matchFlags) readMapping() (*match.Mapping, error) {
	m := &match.Mapping{}
	if f.mapping != "" {
		text, err := os.ReadFile(f.mapping)
		if err != nil {
			return nil, err
		}
		if err := yaml.UnmarshalWithOptions(text, m, yaml.Strict(), yaml.UseJSONUnmarshaler()); err != nil {
			return nil, fmt.Errorf("%s: %w", f.mapping, err)
		}
	}
	more, err := fieldsOf(f.fields)
	if err != nil {
		return nil, err
	}
	m.Fields = append(m.Fields, more...)
	if f.id != "" {
		m.ID = f.id
	}
	if f.source != "" {
		m.Source = f.source
	}
	m.Across = m.Across || f.across
	if f.threshold != 0 {
		m.Threshold = f.threshold
	}
	if f.review != 0 {
		m.Review = f.review
	}
	return m, nil
}

func (f *matchFlags) readModel(b *match.Batch) (model *match.Model, err error) {
	if f.model != "" {
		text, err := os.ReadFile(f.model)
		if err != nil {
			return nil, err
		}
		if model, err = match.Load(text); err != nil {
			return nil, fmt.Errorf("%s: %w", f.model, err)
		}
	} else if model, err = b.Learn(); err != nil {
		return nil, err
	}
	if f.save != "" {
		text, err := model.Save()
		if err != nil {
			return nil, err
		}
		return model, os.WriteFile(f.save, append(text, '\n'), 0o644)
	}
	return model, nil
}

// read takes in the files.
func (f *matchFlags) read(r *match.Reader) error {
	for _, name := range f.in {
		file := os.Stdin
		if name != "-" {
			var err error
			if file, err = os.Open(name); err != nil {
				return err
			}
		}
		if err := errors.Join(r.Read(file), file.Close()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (f *matchFlags) writeClusters(cmd *cobra.Command, x records, clusters []uint32) error {
	if f.out == "" {
		return nil
	}
	return writeCSV(cmd.OutOrStdout(), f.out, []string{"id", "cluster"}, func(write func(...string) error) error {
		for i, c := range clusters {
			if err := write(x.Name(i), x.Name(int(c))); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *matchFlags) writePairs(x records, edges []match.Edge) error {
	if f.pairs == "" {
		return nil
	}
	return writeCSV(nil, f.pairs, []string{"a", "b", "probability", "score"}, func(write func(...string) error) error {
		for _, e := range edges {
			if err := write(x.Name(int(e.A)), x.Name(int(e.B)), strconv.FormatFloat(match.Probability(e.Score), 'g', 8, 64), strconv.FormatFloat(e.Score, 'f', 6, 64)); err != nil {
				return err
			}
		}
		return nil
	})
}

func writeCSV(standard io.Writer, name string, header []string, rows func(write func(...string) error) error) (err error) {
	out := standard
	if name != "-" {
		file, err := os.Create(name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	w := csv.NewWriter(out)
	if err := w.Write(header); err != nil {
		return err
	}
	if err := rows(func(cells ...string) error { return w.Write(cells) }); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}
