package main

import (
	"bufio"
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/signed"
	"wuku/trust"
)

// book opens grants and keys: the table access.event.
func (in *instance) book(ctx context.Context) (*access.Book, error) {
	if !in.profile().Known() {
		return nil, fmt.Errorf("--crypto %s: leave it out, or give sm", in.crypto)
	}
	b, err := access.OpenBook(ctx, access.OnTables(in.store), trust.NewPepper(in.key, in.profile()), nil)
	if err == nil {
		b.Governed(func() *catalog.Catalog { return in.current.Load().catalog })
	}
	return b, err
}

// folded is the book as it is now.
func (in *instance) folded(ctx context.Context) (*access.Folded, error) {
	b, err := in.book(ctx)
	if err != nil {
		return nil, err
	}
	return b.Now(ctx)
}

// demoKeys gives the demo's roles their keys and grants once, and leaves the keys in DIR/demo-keys.json (mode 0600).
func (in *instance) demoKeys(ctx context.Context, b *access.Book) error {
	keys, err := access.SeedDemo(ctx, b, in.current.Load().catalog, demoDepartment)
	if err != nil || keys == nil {
		return err
	}
	text, err := json.Marshal(keys, jsontext.WithIndent("  "), json.Deterministic(true))
	if err != nil {
		return err
	}
	return os.WriteFile(in.path("demo-keys.json"), append(text, '\n'), 0o600)
}

// acting is as whom a command acts.
type acting struct {
	flags
	keyFile string
	as      string
	asJSON  bool
}

func (a *acting) add(cmd *cobra.Command) {
	a.flags.add(cmd)
	cmd.Flags().StringVar(&a.keyFile, "api-key-file", "", "file with your API key; - reads standard input")
	cmd.Flags().StringVar(&a.as, "as", "", "in a demo: the role whose key in DATA/demo-keys.json is taken")
	cmd.Flags().BoolVar(&a.asJSON, "json", false, "print JSON")
}

// with opens the book for one command and finds out who acts.
func (a *acting) with(cmd *cobra.Command, do func(*access.Book, trust.Principal) error) error {
	return with(cmd.Context(), a.flags, func(in *instance) error {
		b, err := in.book(cmd.Context())
		if err != nil {
			return err
		}
		p, err := a.principal(cmd, in, b)
		if err != nil {
			return err
		}
		return do(b, p)
	})
}

func (a *acting) principal(cmd *cobra.Command, in *instance, b *access.Book) (trust.Principal, error) {
	key, err := a.key(cmd.InOrStdin(), in)
	if err != nil {
		return trust.Principal{}, err
	}
	p, err := b.Authenticate(cmd.Context(), key, "")
	if errors.Is(err, trust.ErrKey) {
		err = errors.New("the API key is not valid: it is unknown, expired or revoked")
	}
	return p, err
}

func (a *acting) key(stdin io.Reader, in *instance) (string, error) {
	switch {
	case (a.as == "") == (a.keyFile == ""):
		return "", errors.New("say who acts: --api-key-file FILE, or --as ROLE in a demo")
	case a.as != "":
		text, err := os.ReadFile(in.path("demo-keys.json"))
		if errors.Is(err, fs.ErrNotExist) {
			return "", errors.New("--as: this is no demo: use --api-key-file")
		}
		var keys map[string]string
		if err := errors.Join(err, json.Unmarshal(text, &keys)); err != nil {
			return "", err
		}
		if keys[a.as] == "" {
			return "", fmt.Errorf("--as %s: want one of %s", a.as, strings.Join(trust.Roles(), ", "))
		}
		return keys[a.as], nil
	case a.keyFile == "-":
		line, err := bufio.NewReader(stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return strings.TrimSpace(line), nil
	}
	text, err := os.ReadFile(a.keyFile)
	return strings.TrimSpace(string(text)), err
}

func grantCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "grant", Short: "applications and grants 授权: list, apply, assess, approve, reject, revoke, unlock"}
	cmd.AddCommand(grantList(), grantApply(), grantAssess(),
		grantStep("approve", "approve an application; the second approval makes it a grant", (*access.Book).Approve),
		grantStep("reject", "reject an application", (*access.Book).Reject),
		grantStep("withdraw", "withdraw your application", (*access.Book).Withdraw),
		grantStep("revoke", "revoke a grant: after a second no call counts on it", (*access.Book).Revoke),
		grantStep("unlock", "let a grant work again that was locked because enumeration was suspected", (*access.Book).Unlock))
	return cmd
}

func grantList() *cobra.Command {
	var state string
	cmd := reading("list", "all applications with their state", cobra.NoArgs, func(cmd *cobra.Command, in *instance, _ []string) (shown, error) {
		now, err := in.folded(cmd.Context())
		if err != nil {
			return shown{}, err
		}
		list := []*access.Case{}
		for _, c := range now.Cases {
			if state == "" || string(c.State) == state {
				list = append(list, c)
			}
		}
		slices.SortFunc(list, func(x, y *access.Case) int { return strings.Compare(x.ID, y.ID) })
		if now.Forged > 0 {
			say("%d rows of access.event have a wrong seal and count for nothing: somebody wrote past the program", now.Forged)
		}
		return shown{list, func(out io.Writer) error { return printCases(out, list) }}, nil
	})
	cmd.Flags().StringVar(&state, "state", "", "only filed, assessed, granted, rejected, withdrawn or revoked")
	return cmd
}

func printCases(out io.Writer, list []*access.Case) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tLIBRARY\tCLIENT\tRISK\tAPPROVALS\tUNTIL\tTITLE")
	for _, c := range list {
		risk, until := "-", "-"
		if c.Assessment != nil {
			risk = c.Assessment.Level
		}
		if t := c.Application.Terms.To; !t.IsZero() {
			until = t.Format(time.DateOnly)
		}
		state := string(c.State)
		if c.Locked {
			state += ", locked"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", c.ID, state, c.Application.Terms.Library, c.Application.Client, risk, len(c.Approvals), until, c.Application.Title)
	}
	return w.Flush()
}

func grantApply() *cobra.Command {
	var a acting
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "file an application: FILE has what POST /api/v1/applications takes",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			var application access.Application
			if err := json.Unmarshal(text, &application); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return a.with(cmd, func(b *access.Book, p trust.Principal) error {
				if application.Client == "" {
					application.Client = p.Client
				}
				c, err := b.File(cmd.Context(), p, application, "")
				return a.show(cmd, c, err)
			})
		},
	}
	a.add(cmd)
	return cmd
}

// show prints an application as it stands after a step.
func (a *acting) show(cmd *cobra.Command, c *access.Case, err error) error {
	if err != nil {
		return err
	}
	if a.asJSON {
		return printJSON(cmd.OutOrStdout(), c)
	}
	return printCases(cmd.OutOrStdout(), []*access.Case{c})
}

func grantAssess() *cobra.Command {
	var a acting
	var assessment access.Assessment
	cmd := &cobra.Command{
		Use:   "assess ID",
		Short: "record the risk assessment without which nobody approves",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"low", "medium", "high"}, assessment.Level) || len(assessment.Text) < 10 {
				return errors.New("give --level low, medium or high and a --text of at least 10 characters: what could go wrong for whom, and what limits it")
			}
			return a.with(cmd, func(b *access.Book, p trust.Principal) error {
				c, err := b.Assess(cmd.Context(), p, args[0], assessment)
				return a.show(cmd, c, err)
			})
		},
	}
	a.add(cmd)
	cmd.Flags().StringVar(&assessment.Level, "level", "", "low, medium or high")
	cmd.Flags().StringVar(&assessment.Text, "text", "", "what could go wrong for whom, and what limits it")
	return cmd
}

func grantStep(name, short string, do func(*access.Book, context.Context, trust.Principal, string, string) (*access.Case, error)) *cobra.Command {
	var a acting
	var reason string
	cmd := &cobra.Command{
		Use:   name + " ID",
		Short: short,
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd, func(b *access.Book, p trust.Principal) error {
				c, err := do(b, cmd.Context(), p, args[0], reason)
				return a.show(cmd, c, err)
			})
		},
	}
	a.add(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}

func keyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "API keys: issue the first ones of an instance, revoke lost ones"}
	cmd.AddCommand(keyIssue(), keyRevoke())
	return cmd
}

// local is who acts by having the data directory: the root of trust, named so in every event.
func local() trust.Principal {
	return trust.Principal{ID: "local", Client: "local", Role: trust.RoleOperator}
}

func keyIssue() *cobra.Command {
	var f flags
	var p trust.Principal
	var days int
	var out, certificate, public, issuer, subject string
	cmd := &cobra.Command{
		Use:   "issue",
		Short: "make a key for a department, a person or a system; it is printed once. With --oidc-subject: an account of the identity provider instead",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if p.Client == "" || !slices.Contains(trust.Roles(), p.Role) {
				return fmt.Errorf("give --client NAME and --role, one of %s", strings.Join(trust.Roles(), ", "))
			}
			if p.Level < 0 || p.Level > 4 {
				return fmt.Errorf("--level %d: give 1 to 4, or 0 for no limit", p.Level)
			}
			if public != "" && (subject != "" || out != "") {
				return errors.New("--public-key stands alone: nothing is printed or written, and an account of an identity provider does not sign")
			}
			if (issuer == "") != (subject == "") {
				return errors.New("--oidc-issuer and --oidc-subject go together")
			}
			return with(cmd.Context(), f, func(in *instance) error {
				b, err := in.book(cmd.Context())
				if err != nil {
					return err
				}
				fingerprint, err := fingerprintOf(certificate)
				if err != nil {
					return err
				}
				ends := time.Now().AddDate(0, 0, days)
				if subject != "" {
					made, err := b.IssueAccount(cmd.Context(), local(), p, ends, issuer, subject, fingerprint)
					if err == nil {
						say("account %s of %s: signs in at %s; wuku key revoke %s ends it", made.ID, made.Client, issuer, made.ID)
					}
					return err
				}
				if public != "" {
					return issueSigner(cmd, b, p, ends, fingerprint, public)
				}
				key, made, err := b.IssueBound(cmd.Context(), local(), p, ends, fingerprint)
				if err != nil {
					return err
				}
				if out != "" {
					say("key %s of %s is in %s", made.ID, made.Client, out)
					return os.WriteFile(out, []byte(key+"\n"), 0o600)
				}
				say("key %s of %s; it is shown once:", made.ID, made.Client)
				fmt.Fprintln(cmd.OutOrStdout(), key)
				return nil
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&p.Client, "client", "", "short name of who will hold it")
	cmd.Flags().StringVar(&p.Name, "name", "", "what people call them")
	cmd.Flags().StringVar(&p.Role, "role", "", strings.Join(trust.Roles(), ", "))
	cmd.Flags().StringVar(&p.Department, "department", "", "code of the department that answers for it")
	cmd.Flags().IntVar(&p.Level, "level", 0, "highest level of an element that it may see, 1 to 4, whatever its grants say; 0: any")
	cmd.Flags().IntVar(&days, "days", 365, "how long it lives")
	cmd.Flags().StringVar(&certificate, "certificate", "", "PEM file of the client certificate with which alone the key is good")
	cmd.Flags().StringVar(&public, "public-key", "", "PEM file of an Ed25519 or P-256 public key: the holder signs its calls, and there is no secret to print")
	cmd.Flags().StringVar(&issuer, "oidc-issuer", "", "the identity provider's address, as in its tokens")
	cmd.Flags().StringVar(&subject, "oidc-subject", "", "who it is there: the sub of the provider's tokens; kept as a keyed hash")
	cmd.Flags().StringVar(&out, "out", "", "file to write it to (mode 0600) instead of printing it")
	return cmd
}

// issueSigner keeps the public key of a file for who will sign their calls.
func issueSigner(cmd *cobra.Command, b *access.Book, p trust.Principal, ends time.Time, fingerprint, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	made, err := b.IssueSigner(cmd.Context(), local(), p, ends, fingerprint, string(text))
	if errors.As(err, new(*access.Refused)) {
		return fmt.Errorf("%s: %w", file, signed.ErrPublicKey)
	}
	if err == nil {
		say("key %s of %s signs its calls; its keyid is printed; wuku key revoke %s ends it", made.ID, made.Client, made.ID)
		fmt.Fprintln(cmd.OutOrStdout(), made.ID)
	}
	return err
}

func keyRevoke() *cobra.Command {
	var f flags
	var reason string
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "end a key: after a second no call counts on it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return with(cmd.Context(), f, func(in *instance) error {
				b, err := in.book(cmd.Context())
				if err != nil {
					return err
				}
				return b.RevokeKey(cmd.Context(), local(), args[0], reason)
			})
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "why")
	return cmd
}
