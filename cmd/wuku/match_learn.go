package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/entity"
	"wuku/match"
	"wuku/resolve"
)

// learnFlags are those of `wuku match learn`.
type learnFlags struct {
	flags
	library, model, save, by string
	fields                   []string
	threshold, review        float64
	limit                    int
}

// A library links more cautiously than a file is clustered: a wrong link is somebody's life.
const (
	libraryThreshold = 0.99
	libraryReview    = 0.5
	learnLimit       = 1_000_000
)

func matchLearnCommand() *cobra.Command {
	var f learnFlags
	cmd := &cobra.Command{
		Use:   "learn",
		Short: "learn from a library's claims how records of one differ, and match the records without a usable identifier from now on",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f.flags, func(in *instance) error { return in.learn(cmd, &f) })
		},
	}
	f.add(cmd)
	p := cmd.Flags()
	p.StringVar(&f.library, "library", entity.Person, "person or organisation")
	p.StringSliceVar(&f.fields, "field", nil, "ELEMENT=KIND or ELEMENT=identifier:SCHEME instead of the usual elements")
	p.StringVar(&f.model, "model", "", "put the model of this file into force instead of learning one")
	p.StringVar(&f.save, "save-model", "", "write the model to this file and leave the library as it is")
	p.Float64Var(&f.threshold, "threshold", libraryThreshold, "probability from which records are linked")
	p.Float64Var(&f.review, "review", libraryReview, "probability from which a steward is asked")
	p.IntVar(&f.limit, "records", learnLimit, "learn from at most so many claims")
	p.StringVar(&f.by, "by", me(), "who does it; it stands beside the model")
	return cmd
}

func matchOffCommand() *cobra.Command {
	var f learnFlags
	cmd := &cobra.Command{
		Use:   "off",
		Short: "stop matching a library: every link by match is taken back; decisions of stewards stay",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f.flags, func(in *instance) error { return in.putModel(cmd, f.library, f.by, "") })
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.library, "library", entity.Person, "person or organisation")
	cmd.Flags().StringVar(&f.by, "by", me(), "who does it")
	return cmd
}

func me() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

func (in *instance) learn(cmd *cobra.Command, f *learnFlags) error {
	lib := in.current.Load().catalog.Library(f.library)
	if lib == nil {
		return fmt.Errorf("--library: the catalogue has no library %q", f.library)
	}
	m, err := in.modelOf(cmd, f, lib)
	if err != nil {
		return err
	}
	for _, c := range m.Columns() {
		if lib.Element(c.Column) == nil {
			return fmt.Errorf("the model compares %s, which is no element of library %s", c.Column, lib.Name)
		}
	}
	text, err := m.Save()
	if err != nil {
		return err
	}
	for _, line := range m.Summary() {
		fmt.Fprintln(cmd.ErrOrStderr(), line)
	}
	if f.save != "" {
		return os.WriteFile(f.save, append(text, '\n'), 0o600)
	}
	return in.putModel(cmd, lib.Name, f.by, string(text))
}

func (in *instance) modelOf(cmd *cobra.Command, f *learnFlags, lib *catalog.Library) (*match.Model, error) {
	if f.model != "" {
		text, err := os.ReadFile(f.model)
		if err != nil {
			return nil, err
		}
		return match.Load(text)
	}
	mp := &match.Mapping{Fields: matched(lib), Threshold: f.threshold, Review: f.review}
	if len(f.fields) > 0 {
		var err error
		if mp.Fields, err = fieldsOf(f.fields); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, e := range lib.Elements {
		names = append(names, e.Name)
	}
	if err := mp.Check(names); err != nil {
		return nil, err
	}
	return resolve.Learn(cmd.Context(), in.config(lib.Name, nil), mp, f.limit)
}

// matched are the elements of a library that are compared unless others are named.
func matched(lib *catalog.Library) []match.Field {
	var fields []match.Field
	add := func(element string, kind match.Kind) {
		if lib.Element(element) != nil {
			fields = append(fields, match.Field{Column: element, Kind: kind})
		}
	}
	if lib.Name == entity.Person {
		add("name", match.Name)
		add("sex", match.Code)
		add("birth_date", match.Date)
		add("phone", match.Phone)
		add("residence_address", match.Address)
		add("hukou_address", match.Address)
		add("division", match.Code)
		add("mother_name", match.Name)
		add("father_name", match.Name)
	} else {
		add("name", match.Organisation)
		add("legal_rep_name", match.Name)
		add("established", match.Date)
		add("phone", match.Phone)
		add("address", match.Address)
		add("division", match.Code)
		add("registration_number", match.Identifier)
	}
	if len(lib.Identity) > 0 && len(lib.Identity[0].Elements) == 1 {
		id := lib.Identity[0]
		fields = append(fields, match.Field{Column: id.Elements[0], Kind: match.Identifier, Scheme: id.Scheme, Apart: true})
	}
	return fields
}

func (in *instance) putModel(cmd *cobra.Command, library, by, text string) error {
	if in.current.Load().catalog.Library(library) == nil {
		return fmt.Errorf("--library: the catalogue has no library %q", library)
	}
	if by == "" {
		return errors.New("--by: say who does it")
	}
	id, err := resolve.PutModel(cmd.Context(), in.store, in.store, library, text, by, in.current.Load().revision, time.Now())
	if err != nil {
		return err
	}
	if text == "" {
		fmt.Fprintf(cmd.OutOrStdout(), "matching of library %s is off from its owner's next look on; its links are taken back\n", library)
		return nil
	}
	fmt.Fprintf(cmd.OutOrStdout(), "model %s is in force for library %s from its owner's next look on: `wuku review list` shows what it is not sure of\n", id, library)
	return nil
}

// fieldsOf reads --field COLUMN=KIND and COLUMN=identifier:SCHEME.
func fieldsOf(list []string) ([]match.Field, error) {
	var fields []match.Field
	for _, s := range list {
		column, kind, ok := strings.Cut(s, "=")
		if !ok {
			return nil, fmt.Errorf("--field %s: want COLUMN=KIND", s)
		}
		kind, scheme, _ := strings.Cut(kind, ":")
		fields = append(fields, match.Field{Column: column, Kind: match.Kind(kind), Scheme: scheme, Apart: scheme == entity.SchemeCitizen || scheme == entity.SchemeUSCC})
	}
	return fields, nil
}

// matchCountyCommand reads counties out of addresses, as matching takes them off.
func matchCountyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "county",
		Short: "read addresses from standard input, one a line, and print the county that each names (GB/T 2260), or an empty line",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in, out := bufio.NewScanner(cmd.InOrStdin()), bufio.NewWriter(cmd.OutOrStdout())
			for in.Scan() {
				code, _ := match.County(strings.TrimSpace(in.Text()))
				fmt.Fprintln(out, code)
			}
			return errors.Join(in.Err(), out.Flush())
		},
	}
}
