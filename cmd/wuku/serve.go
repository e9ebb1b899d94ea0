package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/entity"
	"wuku/resolve"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// demoDepartment is whose key the demo's department role has.
const demoDepartment = "police"

// serve makes the HTTP server of this process and what must run beside it.
func (s *services) serve(ctx context.Context, group *errgroup.Group, listener net.Listener, ready func() (bool, string), demo bool) error {
	in := s.in
	var book *access.Book
	err := persist(ctx, func(ctx context.Context) (err error) {
		book, err = in.book(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if demo {
		if err := in.demoKeys(ctx, book); err != nil {
			return err
		}
	}
	audit, err := trust.OpenLog(in.data)
	if err != nil {
		return err
	}
	in.closers = append(in.closers, func(context.Context) error { return audit.Close() })
	trusted, err := s.outside.trusted()
	if err != nil {
		return err
	}
	provider, err := s.outside.provider()
	if err != nil {
		return err
	}
	scores := newScores(in)
	api, err := serve.New(serve.Config{
		Catalog:   func() *catalog.Catalog { return in.current.Load().catalog },
		Columns:   func(library string) []string { return in.current.Load().columns[library] },
		Reader:    in.store,
		Tables:    in.store,
		Places:    s.space(),
		Explainer: explainer{in},
		Warnings:  warnings{in},

		Desk: servedDesk{in}, Appraisal: scores, Reviewer: servedReviews{in}, Quarantine: servedQuarantine{in}, Intake: servedIntake{in}, Catalogues: catalogues{in},
		Access:    book,
		Audit:     audit,
		AnchorKey: in.key,
		Issuer:    s.outside.issuer,
		Trusted:   trusted,
		OIDC:      provider,
		Crypto:    in.profile(),
		Revision:  func() uint32 { return in.current.Load().revision },
		Ready:     ready,
		Registry:  s.metrics(),
		Judged:    in.judged,
		Log:       in.log,
	})
	if err != nil {
		return err
	}
	server := &http.Server{Handler: api.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	group.Go(func() error { return api.Run(ctx) })
	group.Go(func() error { return in.doubts(ctx, book) })
	group.Go(func() error { return warm(ctx, in.log, ready, api.Warm, scores.now.Warm) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return server.Shutdown(end)
	})
	return nil
}

// warm works out what the first pages show, one figure after the other. Who asks for what failed waits for it.
func warm(ctx context.Context, log *slog.Logger, ready func() (bool, string), figures ...func(context.Context, func() (bool, string)) error) error {
	for _, figure := range figures {
		if err := figure(ctx, ready); err != nil {
			log.Warn("figures of the console", "error", err)
		}
	}
	return nil
}

// explainer answers why an entity has its values.
type explainer struct{ in *instance }

// Explain implements serve.Explainer.
func (e explainer) Explain(ctx context.Context, library string, id entity.ID) (any, error) {
	found, ok, err := resolve.Explain(ctx, e.in.store, e.in.config(library, nil).Rule, id, true)
	if err != nil || !ok {
		return nil, err
	}
	return found, nil
}

func serveCommand() *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "answer the API and the console, against real engines",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			listener, err := net.Listen("tcp", f.http)
			if err != nil {
				return fmt.Errorf("--http %s: %w", f.http, err)
			}
			defer listener.Close()
			if listener, err = f.encrypt(listener); err != nil {
				return err
			}
			return part(cmd.Context(), f.flags, func(ctx context.Context, s *services, g *errgroup.Group) error {
				s.outside = f.tlsFlags
				return s.serve(ctx, g, listener, nil, false)
			})
		},
	}
	f.add(cmd)
	f.addTLS(cmd)
	cmd.Flags().StringVar(&f.http, "http", "127.0.0.1:8080", "address of the API and the console")
	return cmd
}

func auditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "the log of every answer"}
	var data string
	var asJSON bool
	verify := &cobra.Command{
		Use:   "verify",
		Short: "prove that the audit log is as it was written; names the first leaf that is not",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := trust.Verify(data, trust.VerifyOptions{})
			if err != nil {
				return err
			}
			if asJSON {
				if err := printJSON(cmd.OutOrStdout(), r); err != nil {
					return err
				}
			} else {
				fmt.Fprintf(cmd.OutOrStdout(), "%d leaves, %d checkpoints, root %s\n", r.Leaves, r.Checkpoints, r.Root)
			}
			if r.Bad != nil {
				return fmt.Errorf("leaf %d is not as it was written: %s", r.Bad.Leaf, r.Bad.Reason)
			}
			return nil
		},
	}
	verify.Flags().StringVar(&data, "data", "data", "directory of the instance")
	verify.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(verify)
	return cmd
}
