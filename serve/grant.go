package serve

import (
	"context"
	"net/http"

	"wuku/serve/access"
	"wuku/trust"
)

// KeyPage lists keys.
type KeyPage struct {
	Keys []access.KeyItem `json:"keys" nullable:"false"`
}

// Done says that something was done.
type Done struct {
	ID   string `json:"id"`
	Done bool   `json:"done"`
}

func (s *Server) grantRoutes() {
	const base = "/api/v1/grants"
	register(s, operation{id: "grants", method: http.MethodGet, path: base, kind: access.Granting, tag: tagAccess,
		summary: "Grants 授权列表", text: "Applications that were granted: your own; all for stewards, auditors and operators."},
		func(_ context.Context, x *exchange, in *pageInput) (*ApplicationPage, error) {
			if _, err := s.decide(x, access.Call{Operation: access.Granting}); err != nil {
				return nil, err
			}
			return s.page(x, in, func(c *access.Case) bool {
				return !c.Granted.IsZero() && (in.State == "" || string(c.State) == in.State)
			}), nil
		})
	register(s, operation{id: "grant", method: http.MethodGet, path: base + "/{id}", kind: access.Granting, tag: tagAccess,
		summary: "One grant 授权"}, s.application)
	s.voteRoute("revoke", base+"/{id}/revocation", access.Granting, "Revoke a grant: no call counts on it after a second 撤销授权", (*access.Book).Revoke)
	s.voteRoute("unlock", base+"/{id}/unlock", access.Deciding, "Let a locked grant work again 解锁", (*access.Book).Unlock)
	s.keyRoutes()
}

func (s *Server) keyRoutes() {
	const base = "/api/v1/keys"
	register(s, operation{id: "keys", method: http.MethodGet, path: base, kind: access.KeyKeeping, tag: tagAccess,
		summary: "Your keys 密钥", text: "All clients' for operators and auditors. Never the keys themselves."},
		func(ctx context.Context, x *exchange, _ *none) (*KeyPage, error) {
			if _, err := s.decide(x, access.Call{Operation: access.KeyKeeping}); err != nil {
				return nil, err
			}
			client := x.caller.Client
			if x.caller.Role == trust.RoleOperator || x.caller.Role == trust.RoleAuditor {
				client = ""
			}
			list, err := s.cfg.Access.Keys(ctx, client)
			return &KeyPage{Keys: list}, err
		})
	register(s, operation{id: "rotate-key", method: http.MethodPost, path: base, kind: access.KeyKeeping, tag: tagAccess, status: http.StatusCreated,
		summary: "A second key for yourself 轮换密钥", text: "The present one stays valid until it is revoked."},
		func(ctx context.Context, x *exchange, in *keyInput) (*KeyAnswer, error) {
			if _, err := s.decide(x, access.Call{Operation: access.KeyKeeping}); err != nil {
				return nil, err
			}
			key, p, err := s.cfg.Access.Rotate(ctx, x.caller, in.Body.public())
			if err != nil {
				return nil, err
			}
			return &KeyAnswer{ID: p.ID, Client: p.Client, Key: key}, nil
		})
	register(s, operation{id: "revoke-key", method: http.MethodPost, path: base + "/{id}/revocation", kind: access.KeyKeeping, tag: tagAccess,
		summary: "End a key 吊销密钥", text: "Your own; any for operators and stewards."},
		func(ctx context.Context, x *exchange, in *voteInput) (*Done, error) {
			if _, err := s.decide(x, access.Call{Operation: access.KeyKeeping}); err != nil {
				return nil, err
			}
			if err := s.cfg.Access.RevokeKey(ctx, x.caller, in.ID, in.Body.Reason); err != nil {
				return nil, err
			}
			return &Done{ID: in.ID, Done: true}, nil
		})
}
