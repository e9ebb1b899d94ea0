package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/entity"
	"wuku/quality"
	"wuku/resolve"
)

// rehearsal is the report of `wuku catalog rehearse`.
type rehearsal struct {
	Changes   catalog.Changes      `json:"changes"`
	NotTried  []string             `json:"not_tried"`    // what no rehearsal can show
	Values    []resolve.Rehearsal  `json:"values"`       // by library, where authorities change
	Rules     []quality.Prediction `json:"rules"`        // by library, where findings may change
	Readers   []reader             `json:"readers"`      // who was given changed elements in the last 90 days
	Broken    []string             `json:"newly_broken"` // library and rule: nothing breaks it now, something would
	Quality   []quality.Foretold   `json:"quality"`      // of each library, now and then
	UpdatedBy uint64               `json:"events"`       // that the change would publish
}

// reader is somebody whom a change touches.
type reader struct {
	Library  string    `json:"library"`
	Caller   string    `json:"caller"`
	Role     string    `json:"role"`
	Calls    uint64    `json:"calls"`
	Subjects uint64    `json:"subjects"`
	Last     time.Time `json:"last"`
}

func catalogRehearse() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rehearse DIR",
		Short: "预演: try a changed catalogue on the real libraries before it is published",
		Long: "try the catalogue in DIR on the libraries of an instance, running or stopped: which values would change and for whom, which findings would open and\n" +
			"close. Nothing that readers see is written. Changed mappings need their topics read again and cannot be tried; the report says which.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			next, err := flags{catalog: args[0]}.loadCatalog()
			if err != nil {
				return err
			}
			return with(cmd.Context(), f, func(in *instance) error {
				r, err := in.rehearse(cmd.Context(), next)
				switch {
				case err != nil:
					return err
				case asJSON:
					return printJSON(cmd.OutOrStdout(), r)
				}
				printRehearsal(cmd.OutOrStdout(), r)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&f.data, "data", "data", "directory of the instance")
	cmd.Flags().StringVar(&f.clickhouse, "clickhouse", "", "ClickHouse instead of the embedded engine")
	cmd.Flags().StringVar(&f.key, "key-file", "", "deployment key instead of DIR/deployment.key")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) rehearse(ctx context.Context, next *catalog.Catalog) (r rehearsal, err error) {
	now := in.current.Load()
	changes := catalog.Diff(now.catalog, next)
	effect := changes.Effect()
	r = rehearsal{Changes: changes, NotTried: []string{}, Values: []resolve.Rehearsal{}, Rules: []quality.Prediction{}, Readers: []reader{}, Broken: []string{}}
	for _, feed := range effect.MappingChanged {
		r.NotTried = append(r.NotTried, "feed "+feed+" is read again: its claims may change")
	}
	for _, feed := range effect.FeedsRemoved {
		r.NotTried = append(r.NotTried, "feed "+feed+" is gone: its claims no longer count")
	}
	bases := map[string]string{}
	for _, l := range next.Libraries {
		if len(effect.RuleChanged[l.Name]) == 0 {
			continue
		}
		columns := in.current.Load().columns[l.Name] // all of them, by number: those that are no longer elements too
		if in.knownColumns(&l) != len(l.Elements) || len(in.current.Load().catalog.Library(l.Name).Elements) != len(l.Elements) {
			r.NotTried = append(r.NotTried, "library "+l.Name+" has elements that came or went: it is resolved again whole")
			continue
		}
		c := in.config(l.Name, nil)
		c.Rule = resolve.Compile(next, l.Name, columns)
		values, clear, err := resolve.Rehearse(ctx, c)
		defer func() { err = errors.Join(err, clear(context.WithoutCancel(ctx))) }()
		if err != nil {
			return r, err
		}
		hide(&l, values.Samples)
		r.Values, r.UpdatedBy = append(r.Values, values), r.UpdatedBy+values.Events()
		bases[l.Name] = "resolve.check_" + l.Name
		if err := in.readers(ctx, &r, l.Name, values); err != nil {
			return r, err
		}
	}
	inspector := &quality.Inspector{Store: in.store, Catalog: next}
	for _, l := range next.Libraries {
		members := ""
		if bases[l.Name] != "" {
			members = "resolve.check_member"
		}
		if len(bases) > 1 { // check_member holds one library's rows at a time only if they are rehearsed one by one
			members = ""
		}
		p, err := inspector.Rehearse(ctx, l.Name, bases, members)
		if err != nil {
			return r, err
		}
		r.Rules = append(r.Rules, p)
		for _, rule := range p.NewlyBroken() {
			r.Broken = append(r.Broken, l.Name+" "+rule)
		}
	}
	r.Quality, err = in.appraiser().Foretell(ctx, next, r.Rules)
	return r, err
}

// knownColumns is how many elements of a library have a column in storage.
func (in *instance) knownColumns(l *catalog.Library) (n int) {
	for _, name := range in.current.Load().columns[l.Name] {
		if l.Element(name) != nil {
			n++
		}
	}
	return n
}

// readerDays is how far back readers are looked for.
const readerDays = 90

func (in *instance) readers(ctx context.Context, r *rehearsal, library string, values resolve.Rehearsal) error {
	var elements []string
	for _, e := range values.Elements {
		elements = append(elements, e.Element)
	}
	if len(elements) == 0 {
		return nil
	}
	data := map[string]any{"Library": library, "Elements": elements, "Since": time.Now().AddDate(0, 0, -readerDays).UnixMilli()}
	return in.store.Query(ctx, "quality/readers", data, func(scan func(...any) error) error {
		x := reader{Library: library}
		err := scan(&x.Caller, &x.Role, &x.Calls, &x.Subjects, &x.Last)
		r.Readers = append(r.Readers, x)
		return err
	})
}

// hide masks the values of samples that are not open to everybody.
func hide(l *catalog.Library, samples []resolve.Sample) {
	for i := range samples {
		e := l.Element(samples[i].Element)
		for _, v := range []*string{&samples[i].Was, &samples[i].Will} {
			switch {
			case *v == "":
				*v = "(none)"
			case e == nil || e.Personal || e.Level > 1:
				first, _ := utf8.DecodeRuneInString(*v)
				*v = string(first) + strings.Repeat("*", max(utf8.RuneCountInString(*v)-1, 0))
			}
		}
	}
}

func printRehearsal(out io.Writer, r rehearsal) {
	fmt.Fprint(out, r.Changes.Text())
	for _, n := range r.NotTried {
		fmt.Fprintln(out, "not tried 未预演:", n)
	}
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	defer w.Flush()
	for _, v := range r.Values {
		fmt.Fprintf(w, "\n%s\t%d entities updated, %d new, %d gone\t%.1f s\n", v.Library, v.Updated, v.Created, v.Removed, v.Took.Seconds())
		for _, e := range v.Elements {
			fmt.Fprintf(w, "  %s\t%d values changed\t%d gained\t%d lost\t%d from another source\n", e.Element, e.Changed, e.Gained, e.Lost, e.Moved)
		}
		for _, s := range v.Samples {
			fmt.Fprintf(w, "    %s\t%s\t%s -> %s\n", entity.ID(s.Entity), s.Element, s.Was, s.Will)
		}
	}
	for _, x := range r.Readers {
		fmt.Fprintf(w, "reader 使用者 %s (%s)\t%s\t%d calls\t%d subjects\tlast %s\n", x.Caller, x.Role, x.Library, x.Calls, x.Subjects, inChina(x.Last))
	}
	for _, b := range r.Broken {
		fmt.Fprintln(w, "newly broken 新触发的规则:", b)
	}
	for _, q := range r.Quality {
		if q.Now != q.Then {
			fmt.Fprintf(w, "quality 质量 of %s\t%s %%\t-> %s %%\n", q.Library, percent(q.Now), percent(q.Then))
		}
	}
	for _, p := range r.Rules {
		for _, c := range p.Rules {
			if c.Opened+c.Closed > 0 {
				fmt.Fprintf(w, "%s %s\t%d would open\t%d would close\t%d open then\n", p.Library, c.Rule, c.Opened, c.Closed, c.Open)
			}
		}
	}
}
