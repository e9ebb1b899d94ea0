package serve_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"wuku/serve"
	"wuku/serve/access"
	"wuku/trust"
)

// document is what the test reads of the API's own description.
type document struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Parameters  []struct {
			Name string `json:"name"`
			In   string `json:"in"`
		} `json:"parameters"`
	} `json:"paths"`
}

// TestCanaryScan calls every operation of the API as every role with bodies that hold a person's number and name in every place, good
// and bad, with the engine well and ill. No answer may be a fault of the server, and neither number nor name may stand in any refusal,
// in the server's log, in the metrics or in the audit log.
func TestCanaryScan(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	var doc document
	w.call(t, "", http.MethodGet, "/openapi.json", "").decode(t, http.StatusOK, &doc)
	good := map[string]string{
		"lookup": `{"by":` + byCitizen(citizenA) + `,"fields":["name"],"purpose":"demo"}`, "verify": `{"by":` + byCitizen(citizenA) + `,"values":{"name":"` + canary + `"},"purpose":"demo"}`,
		"search": `{"match":{"name":"` + canary + `","sex":"1"},"fields":["name"],"purpose":"demo"}`, "export": `{"fields":["name"],"purpose":"demo"}`,
	}
	bodies := []string{"", `{}`, `{"by":` + byCitizen(citizenA) + `,"` + canary + `":"` + citizenA + `"}`, `{"by":{"scheme":"` + canary + `","value":"` + citizenA + `"},"fields":["` + canary + `"],"purpose":"` + canary + `"}`,
		`{"by":{"entity":"` + canary + `"},"fields":["name"],"purpose":"demo","case":"` + citizenA + `"}`, `"` + canary + `"`, `{"reason":"` + canary + `"}`, canary + "\x00\xff"}
	calls := 0
	for _, ill := range []bool{false, true} {
		if ill {
			w.tables.fail = errors.New("no connection while asking for " + citizenA + canary)
		}
		for path, methods := range doc.Paths {
			for method, op := range methods {
				path := strings.NewReplacer("{library}", "person", "{id}", w.anchor("citizen", citizenA).String(), "{name}", "person", "{feed}", "police.person",
					"{topic}", "src.police.person", "{partition}", "0", "{offset}", "8", "{period}", "2026", "{department}", "police").Replace(path)
				query := ""
				for _, p := range op.Parameters {
					if p.In == "query" {
						query += "&" + p.Name + "=x"
					}
				}
				for _, role := range append(trust.Roles(), "") {
					for _, body := range append(bodies, good[op.OperationID]) {
						for _, q := range []string{"", "?" + strings.TrimPrefix(query, "&")} {
							a := w.call(t, role, strings.ToUpper(method), path+q, body, "Wuku-Purpose", "demo", "Accept-Language", "en")
							calls++
							if a.status == http.StatusInternalServerError {
								t.Errorf("%s %s as %q: %d %s", method, path, role, a.status, a.body)
							}
							if a.status >= 400 && (strings.Contains(a.body, canary) || strings.Contains(a.body, citizenA)) {
								t.Errorf("%s %s as %q with %q: the refusal echoes: %s", method, path, role, body, a.body)
							}
						}
					}
				}
			}
		}
	}
	if calls < 5000 {
		t.Errorf("only %d calls", calls)
	}
	leaves, err := os.ReadFile(filepath.Join(w.dir, "audit", "leaves"))
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:1"
	rec := httptest.NewRecorder()
	w.server.Handler().ServeHTTP(rec, r)
	for where, text := range map[string]string{"the audit log": string(leaves), "the server's log": w.logs.String(), "the metrics": rec.Body.String()} {
		if text == "" && where != "the server's log" {
			t.Errorf("%s is empty: this test looks in the wrong place", where)
		}
		for _, secret := range []string{canary, citizenA, "canary"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %q", where, secret)
			}
		}
	}
}

// Attack row 7: tokens of every forged kind are no keys.
func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	part := func(s string) string {
		return strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(b64(s)), "=")
	}
	claims := part(`{"sub":"demo-service","role":"operator","aud":"wuku","iat":1}`)
	for name, token := range map[string]string{
		"alg none":       part(`{"alg":"none"}`) + "." + claims + ".",
		"hs for rs":      part(`{"alg":"HS256","kid":"audit"}`) + "." + claims + "." + part("signature"),
		"kid path":       part(`{"alg":"HS256","kid":"../../../dev/null"}`) + "." + claims + "." + part(""),
		"kid sql":        part(`{"alg":"HS256","kid":"x' UNION SELECT 'k"}`) + "." + claims + "." + part("x"),
		"another's id":   "wk." + w.keys["auditor"][3:11] + "." + w.keys["service"][12:],
		"id only":        w.keys["service"][:12],
		"cut":            w.keys["service"][:40],
		"with a newline": w.keys["service"][:30] + "\\n" + w.keys["service"][31:],
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/whoami", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		if rec.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
}

func b64(s string) string {
	b, err := json.Marshal([]byte(s))
	if err != nil {
		return ""
	}
	return strings.Trim(string(b), `"`)
}

// Attack row 15: two grants that mask show the same characters, and together no more.
func TestMasksOfTwoGrantsJoinToNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.person(citizenA)
	columns := map[string]access.Treatment{"citizen_number": access.Mask, "name": access.Mask, "birth_date": access.Mask}
	for _, name := range []string{"one", "two"} {
		w.client(t, name, access.Terms{Library: "person", Operations: []access.Operation{access.Lookup}, Purposes: []string{name}, Columns: columns})
	}
	shown := func(client string) (values []any) {
		a := w.lookup(t, client, citizenA, client, "citizen_number", "name", "birth_date")
		var e serve.EntityAnswer
		a.decode(t, http.StatusOK, &e)
		for _, f := range []string{"citizen_number", "name", "birth_date"} {
			values = append(values, e.Values[f].Value)
		}
		return values
	}
	if a, b := fmt.Sprint(shown("one")), fmt.Sprint(shown("two")); a != b || regexp.MustCompile(`\d{7}`).MatchString(a) {
		t.Errorf("%s and %s", a, b)
	}
}

// Attack row 8: a key that is bound to a certificate is good with no other, and a bound certificate carries no other client's key.
func TestKeyOfAnotherCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	certificates := map[string]*x509.Certificate{"a": {Raw: []byte("certificate a")}, "b": {Raw: []byte("certificate b")}, "free": {Raw: []byte("certificate c")}}
	for _, name := range []string{"a", "b"} {
		sum := sha256.Sum256(certificates[name].Raw)
		key, _, err := w.book.IssueBound(t.Context(), trust.Principal{ID: "test"}, trust.Principal{Client: name, Role: trust.RoleService}, time.Time{}, hex.EncodeToString(sum[:]))
		if err != nil {
			t.Fatal(err)
		}
		w.keys[name] = key
	}
	for _, c := range []struct {
		key, certificate string
		good             bool
	}{{"a", "a", true}, {"b", "b", true}, {"a", "b", false}, {"b", "a", false}, {"a", "", false}, {"a", "free", false}, {"service", "", true}, {"service", "free", true}, {"service", "a", false}} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/whoami", nil)
		r.Header.Set("Authorization", "Bearer "+w.keys[c.key])
		if c.certificate != "" {
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{certificates[c.certificate]}}
		}
		rec := httptest.NewRecorder()
		w.server.Handler().ServeHTTP(rec, r)
		if want := map[bool]int{true: http.StatusOK, false: http.StatusUnauthorized}[c.good]; rec.Code != want {
			t.Errorf("key of %s with certificate %q: %d, want %d", c.key, c.certificate, rec.Code, want)
		}
	}
}
