package serve

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"wuku/serve/access"
	"wuku/trust"
)

// OIDC is the identity provider whose tokens are taken from services and at which people sign in (code flow with PKCE). Who somebody is
// there says the provider; what they may do here says the account that was issued for them, and nothing in a token.
type OIDC struct {
	Issuer   string         // its address, as in its tokens
	Client   string         // what we are called there
	Secret   string         // "" for a public client
	Audience string         // of services' tokens; "": Client
	URL      string         // how people reach this server, such as https://wuku.example
	ACR      string         // the class of authentication that people must have passed, such as one with a second factor; "": the provider's own rule
	Roots    *x509.CertPool // authorities of its certificate; nil: the system's
}

// Bounds of what a token or a session is good for.
const (
	mostToken   = 10 * time.Minute // between a service's token's iat and exp
	mostSignIn  = 10 * time.Minute // from the first step of signing in to the last
	mostSession = 8 * time.Hour
)

const (
	sessionCookie = "wuku_session"
	signInCookie  = "wuku_signin"
	callbackPath  = "/auth/callback"
)

// signIn is the way by the identity provider. Its description is fetched when it is first needed, since the provider may be away when we
// start.
type signIn struct {
	cfg    OIDC
	client *http.Client
	guard  *http.CrossOriginProtection

	mu       sync.Mutex
	provider *oidc.Provider
}

func newSignIn(cfg *OIDC) *signIn {
	if cfg == nil {
		return nil
	}
	c := *cfg
	if c.Audience == "" {
		c.Audience = c.Client
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	return &signIn{cfg: c, client: &http.Client{Transport: transport, Timeout: 10 * time.Second}, guard: http.NewCrossOriginProtection()}
}

// ready gives the provider, and a context under which its addresses are asked.
func (g *signIn) ready(ctx context.Context) (context.Context, *oidc.Provider, error) {
	ctx = oidc.ClientContext(ctx, g.client)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.provider != nil {
		return ctx, g.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), g.client), g.cfg.Issuer) // it keeps the context for its keys
	if err != nil {
		return ctx, nil, errors.Join(errors.New("the identity provider does not answer"), err)
	}
	g.provider = p
	return ctx, p, nil
}

// algorithms are those of signatures with a public key: nobody can make a token of what the provider publishes.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// isToken reports whether a bearer's text is a provider's token and not a key of ours.
func isToken(text string) bool {
	return strings.Count(text, ".") == 2 && !strings.HasPrefix(text, "wk.")
}

// bearer says for whom a service's token stands: of this issuer, for this audience, alive and short-lived, and over the connection of the
// certificate that it is bound to (RFC 8705).
func (s *Server) bearer(ctx context.Context, token, certificate string) (trust.Principal, error) {
	ctx, p, err := s.people.ready(ctx)
	if err != nil {
		return trust.Principal{}, err
	}
	t, err := p.Verifier(&oidc.Config{ClientID: s.people.cfg.Audience, SupportedSigningAlgs: algorithms, Now: s.cfg.Now}).Verify(ctx, token)
	if err != nil {
		return trust.Principal{}, trust.ErrKey
	}
	var claims struct {
		Confirmation struct {
			Thumbprint string `json:"x5t#S256"`
		} `json:"cnf"`
	}
	if err := t.Claims(&claims); err != nil || t.IssuedAt.IsZero() || t.Expiry.Sub(t.IssuedAt) > mostToken {
		return trust.Principal{}, trust.ErrKey
	}
	if bound := claims.Confirmation.Thumbprint; bound != "" {
		if sum, err := base64.RawURLEncoding.DecodeString(bound); err != nil || hex.EncodeToString(sum) != certificate {
			return trust.Principal{}, trust.ErrKey
		}
	}
	return s.cfg.Access.Account(ctx, t.Issuer, t.Subject, certificate)
}

// session is what a signed-in person's cookie holds, sealed: whose account, and how long. That the account still stands is looked at with
// every call.
type session struct {
	ID    string    `json:"id"`
	Until time.Time `json:"until"`
}

// signedIn says for whom a cookie stands; nobody, where there is none.
func (s *Server) signedIn(r *http.Request) (p trust.Principal, there bool, err error) {
	c, err := r.Cookie(sessionCookie)
	if err != nil || s.people == nil {
		return p, false, nil
	}
	var in session
	if !s.unsealed(c.Value, sessionCookie, &in) || !s.cfg.Now().Before(in.Until) {
		return p, false, nil // an old one: whoever it was has to sign in again
	}
	if err := s.people.guard.Check(r); err != nil { // another site's page made the browser send it
		return p, true, trust.ErrKey
	}
	p, err = s.cfg.Access.Still(r.Context(), in.ID, certificateOf(r))
	if errors.Is(err, trust.ErrKey) {
		return p, false, nil
	}
	return p, true, err
}

// cookie seals content into one that no script reads.
func (s *Server) cookie(r *http.Request, name string, content any, life time.Duration, path string, same http.SameSite) (*http.Cookie, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return &http.Cookie{Name: name, Value: s.salts.Encrypt(string(text), name), Path: path, MaxAge: int(life.Seconds()), HttpOnly: true, SameSite: same,
		Secure: r.TLS != nil || strings.HasPrefix(s.people.cfg.URL, "https://")}, nil
}

// unsealed reads what cookie sealed.
func (s *Server) unsealed(value, name string, into any) bool {
	text, err := s.salts.Decrypt(value, name)
	return err == nil && json.Unmarshal([]byte(text), into) == nil
}

// attempt is what must be the same at the end of signing in as at its beginning.
type attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Until    time.Time `json:"until"`
}

// signInRoutes are for browsers: they lead to the provider and back.
func (s *Server) signInRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /auth", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.MarshalWrite(w, map[string]bool{"oidc": s.people != nil, "signed_in": exchangeOf(r.Context()).caller.ID != ""}) // the caller may have gone
	})
	if s.people == nil {
		return
	}
	mux.HandleFunc("GET /auth/signin", s.toProvider)
	mux.HandleFunc("GET "+callbackPath, s.fromProvider)
	mux.HandleFunc("POST /auth/signout", func(w http.ResponseWriter, _ *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true})
		w.WriteHeader(http.StatusNoContent)
	})
}

func (s *Server) flowOf(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{ClientID: s.people.cfg.Client, ClientSecret: s.people.cfg.Secret, Endpoint: p.Endpoint(), RedirectURL: strings.TrimSuffix(s.people.cfg.URL, "/") + callbackPath, Scopes: []string{oidc.ScopeOpenID}}
}

// toProvider sends a browser to the provider.
func (s *Server) toProvider(w http.ResponseWriter, r *http.Request) {
	_, p, err := s.people.ready(r.Context())
	if err != nil {
		s.cfg.Log.Error("sign-in", "error", cause(err))
		writeProblem(w, problem(exchangeOf(r.Context()).lang, codeEngine))
		return
	}
	a := attempt{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), Until: s.cfg.Now().Add(mostSignIn)}
	c, err := s.cookie(r, signInCookie, a, mostSignIn, "/auth", http.SameSiteLaxMode) // the way back begins at another site
	if err != nil {
		writeProblem(w, problem(exchangeOf(r.Context()).lang, codeInternal))
		return
	}
	http.SetCookie(w, c)
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if s.people.cfg.ACR != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", s.people.cfg.ACR))
	}
	http.Redirect(w, r, s.flowOf(p).AuthCodeURL(a.State, options...), http.StatusFound)
}

// fromProvider takes a browser back, and puts on the record who has signed in or been refused.
func (s *Server) fromProvider(w http.ResponseWriter, r *http.Request) {
	x := exchangeOf(r.Context())
	http.SetCookie(w, &http.Cookie{Name: signInCookie, Path: "/auth", MaxAge: -1, HttpOnly: true})
	who, err := s.arrived(r)
	if err == nil || errors.Is(err, trust.ErrKey) { // the provider has said who it is: what else may come is nobody's
		x.leaf.Operation, x.caller = string(access.SigningIn), who
		if err != nil {
			x.leaf.Decision, x.leaf.Reason, x.caller.ID = trust.Denied, codeKey, "-"
		}
		if s.record(r.Context(), x, operation{kind: access.SigningIn}, nil) != nil {
			writeProblem(w, problem(x.lang, codeAudit))
			return
		}
	}
	if err != nil {
		s.cfg.Log.Warn("sign-in refused", "error", cause(err))
		writeProblem(w, problem(x.lang, codeKey))
		return
	}
	c, err := s.cookie(r, sessionCookie, session{ID: who.ID, Until: s.cfg.Now().Add(mostSession)}, mostSession, "/", http.SameSiteStrictMode)
	if err != nil {
		writeProblem(w, problem(x.lang, codeInternal))
		return
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, "/console/", http.StatusFound)
}

// errSignIn is a sign-in that is not the one that was begun here.
var errSignIn = errors.New("not a sign-in that was begun here")

// arrived says who has come back from the provider.
func (s *Server) arrived(r *http.Request) (trust.Principal, error) {
	var a attempt
	c, err := r.Cookie(signInCookie)
	if err != nil || !s.unsealed(c.Value, signInCookie, &a) || r.FormValue("state") != a.State || !s.cfg.Now().Before(a.Until) {
		return trust.Principal{}, errSignIn
	}
	ctx, p, err := s.people.ready(r.Context())
	if err != nil {
		return trust.Principal{}, err
	}
	tokens, err := s.flowOf(p).Exchange(ctx, r.FormValue("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil {
		return trust.Principal{}, errSignIn // what the provider says of it may hold what was sent
	}
	text, _ := tokens.Extra("id_token").(string)
	t, err := p.Verifier(&oidc.Config{ClientID: s.people.cfg.Client, SupportedSigningAlgs: algorithms, Now: s.cfg.Now}).Verify(ctx, text)
	if err != nil || t.Nonce != a.Nonce {
		return trust.Principal{}, errSignIn
	}
	var claims struct {
		ACR string `json:"acr"`
	}
	if err := t.Claims(&claims); err != nil || s.people.cfg.ACR != "" && claims.ACR != s.people.cfg.ACR {
		return trust.Principal{}, errSignIn
	}
	return s.cfg.Access.Account(ctx, t.Issuer, t.Subject, certificateOf(r))
}
