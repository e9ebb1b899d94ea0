package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"wuku/match"
	"wuku/resolve"
)

func reviewCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "review", Short: "pairs of records that may be of the same person or organisation: look, decide, take back"}
	cmd.AddCommand(reviewList(), reviewShow(), reviewClaim(), reviewDecide(), reviewRevoke())
	return cmd
}

// reviewed is a pair as the commands print it. Values are masked; why holds none.
type reviewed struct {
	ID          string             `json:"id"`
	Library     string             `json:"library"`
	A           string             `json:"a"`
	B           string             `json:"b"`
	Score       float64            `json:"score"`
	Probability float64            `json:"probability"`
	Since       time.Time          `json:"since"`
	State       string             `json:"state"` // open, claimed, released, same, not_same, unsure or revoked
	By          string             `json:"by,omitempty"`
	Why         *match.Explanation `json:"why,omitempty"`
	Fields      []reviewedField    `json:"fields,omitempty"`
	FeedsA      []string           `json:"feeds_a,omitempty"`
	FeedsB      []string           `json:"feeds_b,omitempty"`
	IfSame      string             `json:"if_same,omitempty"`
	IfNotSame   string             `json:"if_not_same,omitempty"`
	History     []resolve.Act      `json:"history,omitempty"`
}

type reviewedField struct {
	Element string `json:"element"`
	A       string `json:"a"`
	B       string `json:"b"`
}

func briefPair(p resolve.Pair) reviewed {
	r := reviewed{ID: p.ID.String(), Library: p.Library, A: p.A.String(), B: p.B.String(), Score: p.Score, Probability: match.Probability(p.Score), Since: p.At, State: p.Last, By: p.LastBy, Why: p.Why}
	if r.State == "" {
		r.State = "open"
	}
	return r
}

func reviewList() *cobra.Command {
	var f flags
	var c resolve.Choice
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "pairs that wait for a decision, the likeliest first; with --linked those that matching linked by itself",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				pairs, err := resolve.Pairs(cmd.Context(), in.store, c)
				if err != nil {
					return err
				}
				list := []reviewed{}
				for _, p := range pairs {
					list = append(list, briefPair(p))
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), list)
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				for _, r := range list {
					fmt.Fprintf(w, "%s\t%s\t%.4f\t%s\t%s\n", r.ID, r.Library, r.Probability, strings.TrimSpace(r.State+" "+r.By), reasonText(r.Why))
				}
				return w.Flush()
			})
		},
	}
	f.add(cmd)
	p := cmd.Flags()
	p.StringVar(&c.Library, "library", "", "only of this library")
	p.BoolVar(&c.Linked, "linked", false, "pairs that matching linked by itself, for quality control")
	p.BoolVar(&c.Decided, "decided", false, "those that were decided, too")
	p.Uint64Var(&c.Sample, "sample", 0, "any number: a sample in random order, another for each number")
	p.IntVar(&c.Limit, "limit", 50, "at most so many")
	p.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// reasonText is an explanation in a line: what speaks for the pair, then what speaks against it.
func reasonText(e *match.Explanation) string {
	if e == nil {
		return ""
	}
	var parts []string
	for _, r := range e.Reasons {
		if r.Weight != 0 {
			parts = append(parts, fmt.Sprintf("%s %s %+.1f", r.Field, r.Level, r.Weight))
		}
	}
	return strings.Join(parts, "; ")
}

func reviewShow() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "the two records side by side, masked; why they may be the same; what each decision would change",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				r, err := in.reviewed(cmd, args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), r)
				}
				return printReviewed(cmd.OutOrStdout(), r)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) pair(ctx context.Context, id string) (resolve.Pair, *resolve.Rule, error) {
	if _, err := uuid.Parse(id); err != nil {
		return resolve.Pair{}, nil, errors.New("the pair's id is no UUID: `wuku review list` prints them")
	}
	p, err := resolve.FindPair(ctx, in.store, id)
	if err != nil {
		return p, nil, err
	}
	return p, in.config(p.Library, nil).Rule, nil
}

// sideBySide is all that is known of a pair: both records, what each decision would change, and what was done with it. Its values are in
// clear: whoever shows them masks them.
type sideBySide struct {
	resolve.Pair
	fields      []string
	a, b        resolve.Side
	same, apart resolve.Effect
	history     []resolve.Act
}

func (in *instance) sideBySide(ctx context.Context, id string) (s sideBySide, err error) {
	var rule *resolve.Rule
	if s.Pair, rule, err = in.pair(ctx, id); err != nil {
		return s, err
	}
	if s.Why != nil {
		for _, reason := range s.Why.Reasons {
			s.fields = append(s.fields, reason.Field)
		}
	}
	if s.a, s.b, err = resolve.Sides(ctx, in.store, s.Pair, s.fields); err != nil {
		return s, err
	}
	if s.same, err = resolve.EffectOf(ctx, in.store, rule, s.Pair, resolve.Same); err != nil {
		return s, err
	}
	if s.apart, err = resolve.EffectOf(ctx, in.store, rule, s.Pair, resolve.NotSame); err != nil {
		return s, err
	}
	s.history, err = resolve.History(ctx, in.store, id)
	return s, err
}

func (in *instance) reviewed(cmd *cobra.Command, id string) (*reviewed, error) {
	s, err := in.sideBySide(cmd.Context(), id)
	if err != nil {
		return nil, err
	}
	r := briefPair(s.Pair)
	r.FeedsA, r.FeedsB = s.a.Feeds, s.b.Feeds
	for i, name := range s.fields {
		r.Fields = append(r.Fields, reviewedField{name, masked(s.a.Values[i]), masked(s.b.Values[i])})
	}
	r.IfSame, r.IfNotSame, r.History = s.same.Text, s.apart.Text, s.history
	return &r, nil
}

// masked keeps what two people need to compare a value without learning it: the first third, at most four signs, and the last one.
func masked(v string) string {
	r := []rune(v)
	if len(r) < 2 {
		return v
	}
	keep := min(max(len(r)/3, 1), 4)
	for i := keep; i < len(r); i++ {
		if r[i] != '-' && (i < len(r)-1 || len(r) < 5) {
			r[i] = '*'
		}
	}
	return string(r)
}

func printReviewed(out io.Writer, r *reviewed) error {
	fmt.Fprintf(out, "%s %s: probability %.4f, %s\n", r.Library, r.ID, r.Probability, strings.TrimSpace(r.State+" "+r.By))
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	fmt.Fprintf(w, "  \t%s\t%s\t\t\n  \t%s\t%s\t\t\n", r.A, r.B, strings.Join(r.FeedsA, " "), strings.Join(r.FeedsB, " "))
	for i, f := range r.Fields {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%+.2f\n", f.Element, f.A, f.B, r.Why.Reasons[i].Level, r.Why.Reasons[i].Weight)
	}
	if r.Why != nil {
		fmt.Fprintf(w, "  before any field\t\t\tagainst %s\t%+.2f\n  score\t\t\t\t%+.2f\n", r.Why.Against, r.Why.Prior, r.Why.Score)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "if same: %s\nif not the same: %s\n", r.IfSame, r.IfNotSame)
	for _, h := range r.History {
		fmt.Fprintf(out, "%s %s by %s: %s %s\n", h.At.Format(time.RFC3339), h.Kind, h.By, h.Effect, h.Note)
	}
	return nil
}

// act makes a command that does something with a pair.
func act(use, short string, kind func(args []string) (string, error), args int) *cobra.Command {
	var f flags
	var by, note string
	cmd := &cobra.Command{Use: use, Short: short, Args: cobra.ExactArgs(args), RunE: func(cmd *cobra.Command, args []string) error {
		what, err := kind(args)
		if err != nil {
			return err
		}
		return with(cmd.Context(), f, func(in *instance) error {
			p, rule, err := in.pair(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			e, err := resolve.Decide(cmd.Context(), in.store, in.store, rule, resolve.Decision{Pair: p, Kind: what, By: by, Note: note, At: time.Now()})
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", what, e.Text)
			}
			return err
		})
	}}
	f.add(cmd)
	cmd.Flags().StringVar(&by, "by", me(), "who does it; it stands in the pair's history")
	cmd.Flags().StringVar(&note, "note", "", "why; without personal values")
	return cmd
}

func reviewClaim() *cobra.Command {
	return act("claim ID", "keep a pair for yourself for half an hour, so that nobody decides it beside you", func([]string) (string, error) { return "claimed", nil }, 1)
}

func reviewDecide() *cobra.Command {
	return act("decide ID same|not-same|unsure", "decide a pair; from the next cycle on it holds against every later match", func(args []string) (string, error) {
		switch args[1] {
		case "same", "unsure":
			return args[1], nil
		case "not-same", "not_same":
			return "not_same", nil
		}
		return "", fmt.Errorf("%q is no decision: choose same, not-same or unsure", args[1])
	}, 2)
}

func reviewRevoke() *cobra.Command {
	return act("revoke ID", "take a decision back: what matching found counts again, exactly as before", func([]string) (string, error) { return "revoked", nil }, 1)
}
