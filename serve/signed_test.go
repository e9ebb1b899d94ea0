package serve_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json/v2"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/signed"
	"wuku/trust"
)

// pair is the private key of a public one, and its id.
type pair struct {
	id      string
	private ed25519.PrivateKey
}

// newPublic makes a pair of keys: the public one as PEM.
func newPublic(t testing.TB) (ed25519.PrivateKey, string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return private, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// signs lets a client sign its calls.
func (w *world) signs(t testing.TB, client, certificate string) pair {
	t.Helper()
	private, public := newPublic(t)
	p, err := w.book.IssueSigner(context.Background(), trust.Principal{ID: "test"}, trust.Principal{Client: client, Role: trust.RoleService}, time.Time{}, certificate, public)
	if err != nil {
		t.Fatal(err)
	}
	return pair{p.ID, private}
}

// request makes a signed one. Headers come before the signature.
func (k pair) request(t testing.TB, method, path, body, nonce string, created time.Time, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := signed.Sign(r, []byte(body), k.id, nonce, created, k.private); err != nil {
		t.Fatal(err)
	}
	return r
}

// again is a copy of a request, as somebody who heard it would send it.
func again(r *http.Request, body string) *http.Request {
	c := r.Clone(r.Context())
	c.Body, c.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	return c
}

// send gives a request to a server.
func send(s *serve.Server, r *http.Request) answer {
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, r)
	return answer{status: rec.Code, header: rec.Result().Header, body: rec.Body.String()}
}

// Attack row 6: a signed call sent once more, one signed ten minutes ago or ahead, and everything else that makes a signature worth
// nothing. What is refused is read by nobody.
func TestSignedCallsCannotBeReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.open(t, "signing", "person", map[string]access.Treatment{"name": access.Clear}, nil)
	k := w.signs(t, "signing", "")
	body := `{"by":` + byCitizen(citizenA) + `,"fields":["name"],"purpose":"demo"}`
	const path = "/api/v1/lookup/person"
	now := w.clock.Now()
	good := k.request(t, http.MethodPost, path, body, "1", now)
	heard := again(good, body)
	if a := send(w.server, good); a.status != http.StatusOK || !strings.Contains(a.body, canary) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if l := w.lastLeaf(t); l.Caller != k.id || l.Client != "signing" {
		t.Errorf("leaf %+v", l)
	}
	other := pair{k.id, w.signs(t, "another", "").private}
	bound := w.signs(t, "bound", "fingerprint")
	for _, c := range []struct {
		name, location, code string
		r                    *http.Request
	}{
		{"sent again", "header.Signature-Input.nonce", signed.Replayed, heard},
		{"the nonce again", "header.Signature-Input.nonce", signed.Replayed, k.request(t, http.MethodPost, path, body, "1", now.Add(time.Second))},
		{"ten minutes ago", "header.Signature-Input.created", signed.Created, k.request(t, http.MethodPost, path, body, "2", now.Add(-10*time.Minute))},
		{"ten minutes ahead", "header.Signature-Input.created", signed.Created, k.request(t, http.MethodPost, path, body, "3", now.Add(10*time.Minute))},
		{"another content", "header.Content-Digest", signed.Differs, again(k.request(t, http.MethodPost, path, body, "4", now), strings.Replace(body, citizenA, citizenB, 1))},
		{"no content", "header.Content-Digest", signed.Differs, again(k.request(t, http.MethodPost, path, body, "5", now), "")},
		{"another key", "header.Signature", signed.Wrong, other.request(t, http.MethodPost, path, body, "6", now)},
		{"a key that there is not", "header.Signature", signed.Wrong, pair{"00000000", k.private}.request(t, http.MethodPost, path, body, "7", now)},
		{"a key that is a secret", "header.Signature", signed.Wrong, pair{w.keys["service"][3:11], k.private}.request(t, http.MethodPost, path, body, "8", now)},
		{"without its certificate", "header.Signature", signed.Wrong, bound.request(t, http.MethodPost, path, body, "9", now)},
		{"with a key that is a secret", "header.Authorization", signed.Several, func() *http.Request {
			r := k.request(t, http.MethodPost, path, body, "10", now)
			r.Header.Set("Authorization", "Bearer "+w.keys["service"])
			return r
		}()},
		{"its case not signed", "header.wuku-case", signed.Uncovered, func() *http.Request {
			r := k.request(t, http.MethodPost, path, body, "11", now)
			r.Header.Set("Wuku-Case", "SE-1")
			return r
		}()},
		{"signature taken off", "header.Signature-Input", signed.Missing, func() *http.Request {
			r := k.request(t, http.MethodPost, path, body, "12", now)
			r.Header.Del("Signature-Input")
			return r
		}()},
	} {
		leaves := w.log.Size()
		a := send(w.server, c.r)
		var p serve.Problem
		a.decode(t, http.StatusUnauthorized, &p)
		if p.Code != "signature.invalid" || len(p.Errors) != 1 || p.Errors[0] != (serve.ProblemError{Location: c.location, Code: c.code}) || w.log.Size() != leaves {
			t.Errorf("%s: %s", c.name, a.body)
		}
	}
	if a := send(w.server, k.request(t, http.MethodGet, "/api/v1/whoami", "", "13", now, "Wuku-Purpose", "demo")); a.status != http.StatusOK {
		t.Errorf("without content: %d %s", a.status, a.body)
	}
	if err := w.book.RevokeKey(context.Background(), trust.Principal{ID: "test", Client: "signing"}, k.id, "lost"); err != nil {
		t.Fatal(err)
	}
	if a := send(w.server, k.request(t, http.MethodGet, "/api/v1/whoami", "", "14", now)); a.status != http.StatusUnauthorized {
		t.Errorf("revoked: %d %s", a.status, a.body)
	}
}

// TestSignersGetNoSecret asks for keys with one that signs: another public key, or none.
func TestSignersGetNoSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	k := w.signs(t, "signing", "")
	private, public := newPublic(t)
	for i, c := range []struct {
		body, code string
		status     int
	}{{"", access.SignsOnly, http.StatusBadRequest}, {`{}`, access.SignsOnly, http.StatusBadRequest}, {`{"public_key":"nothing"}`, access.BadPublicKey, http.StatusBadRequest},
		{fmt.Sprintf(`{"public_key":%q}`, public), "", http.StatusCreated}} {
		a := send(w.server, k.request(t, http.MethodPost, "/api/v1/keys", c.body, fmt.Sprint(i), w.clock.Now()))
		if a.status != c.status || a.code() != c.code {
			t.Fatalf("%s: %d %s", c.body, a.status, a.body)
		}
		if c.status != http.StatusCreated {
			continue
		}
		var made serve.KeyAnswer
		a.decode(t, c.status, &made)
		if a := send(w.server, pair{made.ID, private}.request(t, http.MethodGet, "/api/v1/whoami", "", "w", w.clock.Now())); made.Key != "" || a.status != http.StatusOK {
			t.Errorf("%+v: %d %s", made, a.status, a.body)
		}
	}
	var list serve.KeyPage
	w.call(t, "operator", http.MethodGet, "/api/v1/keys", "").decode(t, http.StatusOK, &list)
	signs := 0
	for _, one := range list.Keys {
		if one.Signs {
			signs++
		}
	}
	if signs != 2 {
		t.Errorf("%+v", list.Keys)
	}
}

// TestReplayAtAnotherProcess sends one signed call to two servers with one engine, one after the other and at once, many times: no more
// than one answers, and a server that has started anew knows what it answered before. Without the engine nothing is answered.
func TestReplayAtAnotherProcess(t *testing.T) {
	w := newEngineWorld(t)
	k := w.signs(t, "signing", "")
	server := func(tables access.Tables) *serve.Server {
		log, err := trust.OpenLog(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { log.Close() })
		s, err := serve.New(serve.Config{Catalog: func() *catalog.Catalog { return w.catalog }, Columns: func(string) []string { return nil }, Reader: w.store, Tables: tables, Access: w.book, Audit: log, AnchorKey: testKey,
			Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Now: w.clock.Now, OpenRate: 1e6})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	call := func(nonce string) *http.Request {
		return k.request(t, http.MethodGet, "/api/v1/whoami", "", nonce, w.clock.Now())
	}
	first, second := server(w.store), server(w.store)
	r := call("one after the other")
	heard, later := again(r, ""), again(r, "")
	if a, b := send(first, r), send(second, heard); a.status != http.StatusOK || b.status != http.StatusUnauthorized || !strings.Contains(b.body, signed.Replayed) {
		t.Errorf("%d %s, then %d %s", a.status, a.body, b.status, b.body)
	}
	if a := send(server(w.store), later); a.status != http.StatusUnauthorized {
		t.Errorf("after a start: %d %s", a.status, a.body)
	}
	for i := range 30 {
		r := call(fmt.Sprint("at once ", i))
		var group sync.WaitGroup
		status := make([]int, 6)
		for n := range status {
			copied := again(r, "")
			group.Go(func() { status[n] = send([]*serve.Server{first, second}[n%2], copied).status })
		}
		group.Wait()
		answered := 0
		for _, s := range status {
			if s == http.StatusOK {
				answered++
			} else if s != http.StatusUnauthorized {
				t.Errorf("%v", status)
			}
		}
		if answered > 1 {
			t.Fatalf("answered %d times", answered)
		}
	}
	if a := send(server(broken{w.store}), call("no engine")); a.status != http.StatusServiceUnavailable {
		t.Errorf("without the engine: %d %s", a.status, a.body)
	}
}

// broken is tables that take nothing.
type broken struct{ access.Tables }

// Append fails.
func (broken) Append(context.Context, string, any, [][]any) error { return io.ErrUnexpectedEOF }

// TestSignedByOthers has OpenSSL and curl, and the Python library http-message-signatures, sign calls as docs/api.md says.
func TestSignedByOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	w.open(t, "signing", "person", map[string]access.Treatment{"name": access.Clear}, nil)
	at := httptest.NewServer(w.server.Handler())
	defer at.Close()
	dir := t.TempDir()
	private := filepath.Join(dir, "schools.key")
	if out, err := exec.Command("openssl", "genpkey", "-algorithm", "ed25519", "-out", private).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	public, err := exec.Command("openssl", "pkey", "-in", private, "-pubout").Output()
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.book.IssueSigner(context.Background(), trust.Principal{ID: "test"}, trust.Principal{Client: "signing", Role: trust.RoleService}, time.Time{}, "", string(public))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"by": map[string]string{"scheme": "citizen", "value": citizenA}, "fields": []string{"name"}, "purpose": "demo"})
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join("..", "build", "venv-api", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("%v: make witnesses makes it", err)
	}
	for name, command := range map[string]*exec.Cmd{"curl": exec.Command("sh", "-euc", documented(t)), "python": exec.Command(python, filepath.Join("testdata", "sign.py"))} {
		command.Env = append(os.Environ(), "URL="+at.URL+"/api/v1/lookup/person", "KEYID="+p.ID, "KEY="+private, "BODY="+string(body))
		out, err := command.CombinedOutput()
		if err != nil || !strings.Contains(string(out), canary) {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}

// documented is the script of docs/api.md that signs a call.
func documented(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(text), "```") {
		if script, sh := strings.CutPrefix(block, "sh\n"); sh && strings.Contains(script, "pkeyutl") {
			return script
		}
	}
	t.Fatal("docs/api.md shows no script that signs")
	return ""
}
