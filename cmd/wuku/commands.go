package main

import (
	"bufio"
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"

	"strings"
	"text/tabwriter"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"wuku/entity"
	"wuku/ingest"
	"wuku/resolve"
)

// with opens the instance for one command and closes it.
func with(ctx context.Context, f flags, do func(*instance) error) error {
	in, err := open(ctx, f, attach)
	if err != nil {
		return err
	}
	return errors.Join(do(in), in.close())
}

func printJSON(w io.Writer, v any) error {
	b, err := json.Marshal(v, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, string(b))
	return err
}

func explainCommand() *cobra.Command {
	var f flags
	var by, library string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain [ENTITY]",
		Short: "every element of an entity: value, source, losing claims and why",
		Long:  "every element of an entity: value, source, losing claims and why.\n\nWith --by SCHEME the identifier is read from standard input, so that it stands in no argument list or history.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				id, err := in.identify(args, by, cmd.InOrStdin())
				if err != nil {
					return err
				}
				return in.explain(cmd, library, id, asJSON)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&by, "by", "", "identifier scheme (citizen, uscc, …); the identifier comes on standard input")
	cmd.Flags().StringVar(&library, "library", "", "look only in this library")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// identify is the anchor that is asked for: an id, or that of an identifier on standard input.
func (in *instance) identify(args []string, by string, stdin io.Reader) (entity.ID, error) {
	if (by == "") == (len(args) == 0) {
		return entity.ID{}, errors.New("give an entity id, or --by SCHEME with the identifier on standard input")
	}
	if by == "" {
		id, err := uuid.Parse(args[0])
		if err != nil {
			return id, errors.New("the entity id is no UUID; for an identifier use --by SCHEME and standard input")
		}
		return id, nil
	}
	line, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return entity.ID{}, err
	}
	normalised, fault := entity.Normalise(by, nil, []byte(strings.TrimSpace(line)))
	if fault != nil {
		return entity.ID{}, fault
	}
	return in.anchorer().ByIdentifier(by, normalised), nil
}

func (in *instance) explain(cmd *cobra.Command, library string, id entity.ID, asJSON bool) error {
	found := false
	for _, l := range in.current.Load().catalog.Libraries {
		if library != "" && l.Name != library {
			continue
		}
		e, ok, err := resolve.Explain(cmd.Context(), in.store, in.config(l.Name, nil).Rule, id, true)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		found = true
		if asJSON {
			if err := printJSON(cmd.OutOrStdout(), e); err != nil {
				return err
			}
			continue
		}
		printExplanation(cmd.OutOrStdout(), e)
	}
	if !found {
		return errors.New("no library knows this entity")
	}
	return nil
}

func printExplanation(out io.Writer, e resolve.Explanation) {
	fmt.Fprintf(out, "%s %s", e.Library, e.Entity)
	if e.Asked != "" {
		fmt.Fprintf(out, " (asked for as %s)", e.Asked)
	}
	if !e.Live {
		fmt.Fprint(out, " is no longer live")
	}
	fmt.Fprintln(out)
	for _, l := range e.Links {
		fmt.Fprintf(out, "  %s %s %s by %s at %s", l.A, l.Judgement, l.B, l.By, l.At.Format("2006-01-02 15:04:05Z"))
		if l.Why != nil {
			fmt.Fprintf(out, ": %+.2f = %+.2f before any field (against %s); %s", l.Score, l.Why.Prior, l.Why.Against, reasonText(l.Why))
		}
		fmt.Fprintln(out)
	}
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	defer w.Flush()
	for _, el := range e.Elements {
		if el.Winner == nil && len(el.Losers) == 0 {
			continue
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", el.Element, text(el.Value), voice(el.Winner))
		for _, l := range el.Losers {
			fmt.Fprintf(w, "  \t  %s\t%s: %s\n", text(l.Value), voice(&l), l.Reason)
		}
	}
}

func text(v *string) string {
	if v == nil {
		return "-"
	}
	return *v
}

func voice(v *resolve.Voice) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s record %s at %s/%d@%d, event %s", v.Feed, v.Key, v.Topic, v.Partition, v.Offset, v.EventTime.Format("2006-01-02 15:04:05Z"))
}

type verification struct {
	Libraries []resolve.Report  `json:"libraries"`
	Streams   []resolve.Account `json:"streams"`
	Problems  []string          `json:"problems"`
}

func verifyCommand() *cobra.Command {
	var f flags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "prove that every offset is accounted for and that the libraries equal a rebuild from their claims",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error { return in.verify(cmd, asJSON) })
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (in *instance) verify(cmd *cobra.Command, asJSON bool) error {
	ctx, v := cmd.Context(), verification{Problems: []string{}}
	all := map[resolve.Source]bool{}
	for _, l := range in.current.Load().catalog.Libraries {
		r, err := resolve.Verify(ctx, in.config(l.Name, nil))
		if err != nil {
			return err
		}
		if r.Differs() {
			v.Problems = append(v.Problems, fmt.Sprintf("library %s differs from its rebuild in %d buckets and lacks %d gone rows: run `wuku rebuild`, and report it", l.Name, len(r.Buckets), r.Forgotten))
		}
		v.Libraries = append(v.Libraries, r)
		for _, s := range sources(in.current.Load().catalog, l.Name) {
			all[s] = true
		}
	}
	for _, f := range in.current.Load().catalog.Feeds { // claims come from what changed; the snapshots themselves are accounted for, too
		all[resolve.Source{Topic: f.Topic, Revision: f.Revision}] = true
	}
	list := make([]resolve.Source, 0, len(all))
	for s := range all {
		list = append(list, s)
	}
	streams, err := resolve.Accounts(ctx, in.store, list)
	if err != nil {
		return err
	}
	v.Streams = streams
	v.Problems = append(v.Problems, in.accountProblems(ctx, streams)...)
	if asJSON {
		if err := printJSON(cmd.OutOrStdout(), v); err != nil {
			return err
		}
	} else {
		printVerification(cmd.OutOrStdout(), v)
	}
	if len(v.Problems) > 0 {
		return fmt.Errorf("%d problems", len(v.Problems))
	}
	return nil
}

// accountProblems compares the ledger with itself and, where the broker can be reached, with the topics' ends.
func (in *instance) accountProblems(ctx context.Context, streams []resolve.Account) []string {
	var problems []string
	for _, s := range streams {
		if s.Missing > 0 || s.Doubled > 0 {
			problems = append(problems, fmt.Sprintf("%s/%d: %d offsets without an outcome, %d with two", s.Topic, s.Partition, s.Missing, s.Doubled))
		}
	}
	if len(in.kafka.Brokers) == 0 {
		return problems
	}
	for _, s := range streams {
		end, err := ingest.End(ctx, in.kafka, s.Topic, int(s.Partition))
		if err != nil {
			return append(problems, err.Error())
		}
		if uint64(end) != s.Next {
			problems = append(problems, fmt.Sprintf("%s/%d: the topic ends at %d, the ledger at %d", s.Topic, s.Partition, end, s.Next))
		}
	}
	return problems
}

func printVerification(out io.Writer, v verification) {
	w := tabwriter.NewWriter(out, 2, 8, 2, ' ', 0)
	defer w.Flush()
	for _, r := range v.Libraries {
		verdict := "equal to its rebuild"
		switch {
		case r.Differs():
			verdict = "DIFFERS from its rebuild"
		case r.Root != r.Rebuilt:
			verdict = fmt.Sprintf("%d links wait for the next cycle: look again after it", r.Pending)
		}
		fmt.Fprintf(w, "%s\t%d entities\t%s\troot %s\n", r.Library, r.Entities, verdict, r.Root)
	}
	var offsets, missing uint64
	outcomes := map[string]uint64{}
	for _, s := range v.Streams {
		offsets, missing = offsets+s.Next, missing+s.Missing
		for o, n := range s.Outcomes {
			outcomes[o] += n
		}
	}
	fmt.Fprintf(w, "offsets\t%d in %d streams\t%d missing\t%v\n", offsets, len(v.Streams), missing, outcomes)
	for _, p := range v.Problems {
		fmt.Fprintln(w, "PROBLEM", p)
	}
}

func rebuildCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "work the base libraries out again from their claims",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return with(cmd.Context(), f, func(in *instance) error { return in.rebuild(cmd) })
		},
	}
	f.add(cmd)
	return cmd
}

func (in *instance) rebuild(cmd *cobra.Command) error {
	if len(in.kafka.Brokers) == 0 {
		return errors.New("a rebuild takes the libraries over and needs the broker for that: start the instance (`wuku up`) or give --kafka")
	}
	fence := ingest.NewFence(in.kafka, instanceName())
	defer fence.Close()
	for _, l := range in.current.Load().catalog.Libraries {
		o, err := resolve.Take(cmd.Context(), in.config(l.Name, fence))
		if err != nil {
			return err
		}
		res, err := o.Rebuild(cmd.Context())
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %d anchors resolved again, %d entities changed, %.1f s\n", l.Name, res.Anchors, res.Events, res.Took.Seconds())
	}
	return nil
}
