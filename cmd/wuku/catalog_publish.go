package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// proposing is who proposes or votes, and why.
type proposing struct {
	acting
	title, reason string
}

func (p *proposing) add(cmd *cobra.Command) {
	p.acting.add(cmd)
	cmd.Flags().StringVar(&p.reason, "reason", "", "why; nothing personal")
}

// do acts on a proposal and prints it.
func (p *proposing) do(cmd *cobra.Command, step func(*instance, *access.Book, trust.Principal) (*access.Proposal, error)) error {
	if len(p.reason) < 2 {
		return errors.New("say why: --reason")
	}
	return with(cmd.Context(), p.flags, func(in *instance) error {
		b, err := in.book(cmd.Context())
		if err != nil {
			return err
		}
		who, err := p.principal(cmd, in, b)
		if err != nil {
			return err
		}
		done, err := step(in, b, who)
		var refused *access.Refused
		switch {
		case errors.As(err, &refused) && refused.Code == access.StaleBase:
			return errors.New("another catalogue has come into force since this was proposed, so that it is not what it would change: propose it again")
		case errors.Is(err, serve.ErrNone):
			return errors.New("there is no such proposal or revision: see `wuku catalog proposals` and `wuku catalog revisions`")
		case err != nil:
			return err
		case p.asJSON:
			return printJSON(cmd.OutOrStdout(), done)
		}
		return printProposals(cmd.OutOrStdout(), []*access.Proposal{done})
	})
}

func printProposals(out io.Writer, list []*access.Proposal) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, p := range list {
		state := p.State
		if p.Revision > 0 {
			state += fmt.Sprintf(" as revision %d", p.Revision)
		}
		fmt.Fprintf(w, "%s\t%s\t%d approvals\tby %s\t%s\t%s\n", p.ID, state, len(p.Approvals), p.Proposer, inChina(p.Filed), p.Title)
	}
	return w.Flush()
}

func catalogPublish() *cobra.Command {
	var p proposing
	cmd := &cobra.Command{
		Use:   "publish DIR",
		Short: "propose a checked catalogue 提交目录; two who are not you approve it, then it is in force everywhere without a restart",
		Long: "propose the catalogue in DIR. It is checked, compared with the catalogue in force and kept. Two who are not the proposer nor of the proposer's\n" +
			"department approve it (`wuku catalog approve`), one of them a steward; with the second it is published, and running processes take it.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			next, err := flags{catalog: args[0]}.loadCatalog()
			if err != nil {
				return err
			}
			if p.title == "" {
				return errors.New("say what changes: --title")
			}
			return p.do(cmd, func(in *instance, b *access.Book, who trust.Principal) (*access.Proposal, error) {
				if _, refusal := access.Decide(time.Now(), who, nil, access.Call{Operation: access.Proposing}); refusal != nil {
					return nil, refusal
				}
				return serve.ProposeCatalog(cmd.Context(), b, catalogues{in}, who, next, access.Proposal{Title: p.title, Reason: p.reason})
			})
		},
	}
	p.add(cmd)
	cmd.Flags().StringVar(&p.title, "title", "", "what changes, in a line")
	return cmd
}

func catalogRollback() *cobra.Command {
	var p proposing
	var revision uint32
	cmd := &cobra.Command{
		Use:   "rollback --revision N",
		Short: "propose the content of an older revision anew 申请回退; it is approved like any other",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.do(cmd, func(in *instance, b *access.Book, who trust.Principal) (*access.Proposal, error) {
				if _, refusal := access.Decide(time.Now(), who, nil, access.Call{Operation: access.Proposing}); refusal != nil {
					return nil, refusal
				}
				return serve.RestoreCatalog(cmd.Context(), b, catalogues{in}, who, revision, p.reason)
			})
		},
	}
	p.add(cmd)
	cmd.Flags().Uint32Var(&revision, "revision", 0, "whose content is to be in force again: see `wuku catalog revisions`")
	return cmd
}

func catalogVote(use, short string, step func(*cobra.Command, *instance, *access.Book, trust.Principal, string, string) (*access.Proposal, error)) *cobra.Command {
	var p proposing
	cmd := &cobra.Command{Use: use + " ID", Short: short, Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
		return p.do(cmd, func(in *instance, b *access.Book, who trust.Principal) (*access.Proposal, error) {
			return step(cmd, in, b, who, args[0], p.reason)
		})
	}}
	p.add(cmd)
	return cmd
}

func catalogApprove() *cobra.Command {
	return catalogVote("approve", "approve a proposed catalogue; the second approval publishes it", func(cmd *cobra.Command, in *instance, b *access.Book, who trust.Principal, id, reason string) (*access.Proposal, error) {
		return serve.ApproveCatalog(cmd.Context(), b, catalogues{in}, who, id, reason)
	})
}

func catalogReject() *cobra.Command {
	return catalogVote("reject", "reject a proposed catalogue", func(cmd *cobra.Command, _ *instance, b *access.Book, who trust.Principal, id, reason string) (*access.Proposal, error) {
		return b.VoteProposal(cmd.Context(), who, id, reason, false)
	})
}

func catalogProposals() *cobra.Command {
	return reading("proposals", "catalogues that were proposed, the newest first", cobra.NoArgs, func(cmd *cobra.Command, in *instance, _ []string) (shown, error) {
		now, err := in.folded(cmd.Context())
		if err != nil {
			return shown{}, err
		}
		list := slices.SortedFunc(maps.Values(now.Proposals), func(a, b *access.Proposal) int { return b.Filed.Compare(a.Filed) })
		return shown{map[string]any{"proposals": append([]*access.Proposal{}, list...)}, func(out io.Writer) error { return printProposals(out, list) }}, nil
	})
}

func catalogRevisions() *cobra.Command {
	return reading("revisions", "published revisions of the catalogue 目录版本, the newest first", cobra.NoArgs, func(cmd *cobra.Command, in *instance, _ []string) (shown, error) {
		list, err := catalogues{in}.Revisions(cmd.Context(), math.MaxUint32, 10_000)
		return shown{map[string]any{"revisions": list}, func(out io.Writer) error {
			w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
			for _, r := range list {
				fmt.Fprintf(w, "%d\t%s\t%.12s\t%s\n", r.Revision, inChina(r.Published), r.Digest, r.Proposal)
			}
			return w.Flush()
		}}, err
	})
}

func catalogSearch() *cobra.Command {
	var f flags
	var asJSON bool
	var most int
	cmd := &cobra.Command{
		Use:   "search WORD…",
		Short: "find elements, feeds, departments: by Chinese words, pinyin, initials or English 检索目录",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.loadCatalog()
			if err != nil {
				return err
			}
			hits := catalog.NewIndex(c).Search(strings.Join(args, " "), most)
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]any{"hits": append([]catalog.Hit{}, hits...)})
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
			for _, h := range hits {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", h.Kind, h.Name, h.ZH, h.EN, h.Department)
			}
			return w.Flush()
		},
	}
	catalogFlag(cmd, &f)
	cmd.Flags().IntVar(&most, "limit", 30, "at most so many")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
