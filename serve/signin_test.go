package serve_test

import (
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"wuku/serve"
	"wuku/trust"
)

// provided is a server with an identity provider, both over loopback.
type provided struct {
	*world
	provider *mockoidc.MockOIDC
	at       *httptest.Server
	kid      string
}

func newProvided(t *testing.T) *provided {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	kid, err := m.Keypair.KeyID()
	if err != nil {
		t.Fatal(err)
	}
	var handler http.Handler
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(at.Close)
	w := newWorld(t, func(c *serve.Config) {
		c.OIDC = &serve.OIDC{Issuer: m.Issuer(), Client: m.ClientID, Secret: m.ClientSecret, URL: at.URL}
	})
	handler = w.server.Handler()
	return &provided{w, m, at, kid}
}

// account issues one for a subject of the provider.
func (p *provided) account(t *testing.T, subject, client, role string) trust.Principal {
	t.Helper()
	made, err := p.book.IssueAccount(context.Background(), trust.Principal{ID: "local", Client: "local"}, trust.Principal{Client: client, Role: role}, time.Time{}, p.provider.Issuer(), subject, "")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// claims are those of a good token.
func (p *provided) claims(subject string) map[string]any {
	now := time.Now()
	return map[string]any{"iss": p.provider.Issuer(), "aud": p.provider.ClientID, "sub": subject, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix()}
}

// token signs one as the provider would, or as somebody else.
func token(t *testing.T, header, claims map[string]any, sign func(text []byte) []byte) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	text := part(header) + "." + part(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(text)))
}

func signer(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha256.Sum256(text)
		b, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

func (p *provided) whoami(t *testing.T, bearer string) answer {
	t.Helper()
	return p.call(t, "", http.MethodGet, "/api/v1/whoami", "", "Authorization", "Bearer "+bearer)
}

// TestTokensOfServices takes a provider's tokens for the accounts that were issued, and, attack row 7, no others.
func TestTokensOfServices(t *testing.T) {
	t.Parallel()
	p := newProvided(t)
	made := p.account(t, "service-1", "schools", trust.RoleService)
	good := signer(t, p.provider.Keypair.PrivateKey)
	head := map[string]any{"alg": "RS256", "kid": p.kid, "typ": "JWT"}
	fine := token(t, head, p.claims("service-1"), good)
	if a := p.whoami(t, fine); a.status != http.StatusOK || !strings.Contains(a.body, `"schools"`) {
		t.Fatalf("a good token: %d %s", a.status, a.body)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(&p.provider.Keypair.PrivateKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	mac := func(text []byte) []byte {
		h := hmac.New(sha256.New, public)
		h.Write(text)
		return h.Sum(nil)
	}
	with := func(base map[string]any, name string, value any) map[string]any {
		out := map[string]any{name: value}
		for k, v := range base {
			if k != name {
				out[k] = v
			}
		}
		return out
	}
	now := time.Now()
	none := func([]byte) []byte { return nil }
	for name, forged := range map[string]string{
		"none":            token(t, with(head, "alg", "none"), p.claims("service-1"), none),
		"HS256":           token(t, with(head, "alg", "HS256"), p.claims("service-1"), mac),
		"another key":     token(t, head, p.claims("service-1"), signer(t, stranger)),
		"kid path":        token(t, with(head, "kid", "../../etc/passwd"), p.claims("service-1"), signer(t, stranger)),
		"kid SQL":         token(t, with(head, "kid", "' or 1=1 --"), p.claims("service-1"), signer(t, stranger)),
		"jwk of its own":  token(t, with(head, "jwk", map[string]string{"kty": "RSA"}), p.claims("service-1"), signer(t, stranger)),
		"wrong audience":  token(t, head, with(p.claims("service-1"), "aud", "another"), good),
		"wrong issuer":    token(t, head, with(p.claims("service-1"), "iss", "http://127.0.0.1:1/oidc"), good),
		"expired":         token(t, head, with(p.claims("service-1"), "exp", now.Add(-time.Minute).Unix()), good),
		"not yet":         token(t, head, with(p.claims("service-1"), "nbf", now.Add(time.Hour).Unix()), good),
		"long-lived":      token(t, head, with(p.claims("service-1"), "exp", now.Add(time.Hour).Unix()), good),
		"without a birth": token(t, head, with(p.claims("service-1"), "iat", nil), good),
		"no account":      token(t, head, p.claims("service-2"), good),
		"a certificate's": token(t, head, with(p.claims("service-1"), "cnf", map[string]string{"x5t#S256": base64.RawURLEncoding.EncodeToString(make([]byte, 32))}), good),
		"cut":             fine[:len(fine)-4],
	} {
		if a := p.whoami(t, forged); a.status != http.StatusUnauthorized || a.code() != "key.invalid" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if err := p.book.RevokeKey(context.Background(), trust.Principal{Client: "x", Role: trust.RoleOperator}, made.ID, "over"); err != nil {
		t.Fatal(err)
	}
	if a := p.whoami(t, fine); a.status != http.StatusUnauthorized {
		t.Errorf("of an account that has ended: %d %s", a.status, a.body)
	}
}

// browser is one that follows no redirect by itself.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// step asks for an address and gives the status and where it leads.
func step(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	r, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	return r.StatusCode, r.Header.Get("Location")
}

// signIn goes the whole way of a person of the provider: to it and back.
func (p *provided) signIn(t *testing.T, c *http.Client, subject string) (int, string) {
	t.Helper()
	p.provider.QueueUser(&mockoidc.MockUser{Subject: subject})
	_, to := step(t, c, p.at.URL+"/auth/signin")
	_, back := step(t, c, to)
	return step(t, c, back)
}

// TestPeopleSignIn goes to the provider and back as a browser does, calls with the session, and is stopped where it is not the same one.
func TestPeopleSignIn(t *testing.T) {
	t.Parallel()
	p := newProvided(t)
	made := p.account(t, "steward-1", "li", trust.RoleSteward)
	who := func(c *http.Client, headers ...string) int {
		r, err := http.NewRequest(http.MethodGet, p.at.URL+"/api/v1/whoami", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		a, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}
	c := browser(t)
	if got := who(c); got != http.StatusUnauthorized {
		t.Errorf("before: %d", got)
	}
	if status, to := p.signIn(t, c, "steward-1"); status != http.StatusFound || to != "/console/" {
		t.Fatalf("back from the provider: %d %s", status, to)
	}
	if got := who(c); got != http.StatusOK {
		t.Errorf("signed in: %d", got)
	}
	if l := p.lastLeaf(t); l.Caller != made.ID {
		t.Errorf("leaf %+v", l)
	}
	root, _ := url.Parse(p.at.URL)
	for _, cookie := range c.Jar.Cookies(root) {
		if strings.Contains(cookie.Value, made.ID) {
			t.Errorf("cookie %s can be read", cookie.Name)
		}
	}
	post, err := http.NewRequest(http.MethodPost, p.at.URL+"/api/v1/keys", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	post.Header.Set("Sec-Fetch-Site", "cross-site")
	post.Header.Set("Content-Type", "application/json")
	if a, err := c.Do(post); err != nil || a.StatusCode != http.StatusUnauthorized {
		t.Errorf("another site's page: %v %v", a, err)
	}
	if status, _ := p.signIn(t, browser(t), "nobody"); status != http.StatusUnauthorized {
		t.Errorf("somebody without an account: %d", status)
	}
	if l := p.lastLeaf(t); l.Operation != "signin" || l.Decision != trust.Denied {
		t.Errorf("leaf %+v", l)
	}
	other := browser(t) // a link to a callback that another browser has begun
	p.provider.QueueUser(&mockoidc.MockUser{Subject: "steward-1"})
	_, to := step(t, browser(t), p.at.URL+"/auth/signin")
	_, back := step(t, other, to)
	if status, _ := step(t, other, back); status != http.StatusUnauthorized || who(other) != http.StatusUnauthorized {
		t.Errorf("a callback that was begun elsewhere: %d", status)
	}
	if err := p.book.RevokeKey(context.Background(), trust.Principal{Client: "x", Role: trust.RoleOperator}, made.ID, "left"); err != nil {
		t.Fatal(err)
	}
	if got := who(c); got != http.StatusUnauthorized {
		t.Errorf("an account that has ended: %d", got)
	}
}

// TestSessionEnds ends by itself, and by signing out.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	p := newProvided(t)
	p.account(t, "steward-1", "li", trust.RoleSteward)
	state := func(c *http.Client) string {
		a, err := c.Get(p.at.URL + "/auth")
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		var s struct {
			OIDC     bool `json:"oidc"`
			SignedIn bool `json:"signed_in"`
		}
		if err := json.UnmarshalRead(a.Body, &s); err != nil || !s.OIDC {
			t.Fatal(err, s)
		}
		return map[bool]string{true: "in", false: "out"}[s.SignedIn]
	}
	c := browser(t)
	p.signIn(t, c, "steward-1")
	if got := state(c); got != "in" {
		t.Fatal(got)
	}
	if a, err := c.Post(p.at.URL+"/auth/signout", "", nil); err != nil || a.StatusCode != http.StatusNoContent {
		t.Fatal(a, err)
	}
	if got := state(c); got != "out" {
		t.Errorf("after signing out: %s", got)
	}
	p.signIn(t, c, "steward-1")
	p.clock.Add(9 * time.Hour)
	if got := state(c); got != "out" {
		t.Errorf("after nine hours: %s", got)
	}
}
