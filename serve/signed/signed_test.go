package signed

import (
	"bufio"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"
)

func request(t *testing.T, text string) *http.Request {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestStandardVector checks the Ed25519 signature that RFC 9421 gives in B.2.6, with the key of B.1.4.
func TestStandardVector(t *testing.T) {
	t.Parallel()
	text := "POST /foo?param=Value&Pet=dog HTTP/1.1\nHost: example.com\nDate: Tue, 20 Apr 2021 02:07:55 GMT\nContent-Type: application/json\n" +
		"Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\nContent-Length: 18\n\n{\"hello\": \"world\"}"
	list, err := httpsfv.UnmarshalDictionary([]string{`sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`})
	if err != nil {
		t.Fatal(err)
	}
	member, _ := list.Get("sig-b26")
	r := request(t, text)
	signature, err := base64.StdEncoding.DecodeString("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==")
	if err != nil {
		t.Fatal(err)
	}
	s := &Signature{signature: signature}
	if s.base, s.covered, err = base(r, member.(httpsfv.InnerList)); err != nil {
		t.Fatal(err)
	}
	kept, err := ParsePEM([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParseKept(kept)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(key); err != nil {
		t.Errorf("%v\n%s", err, s.base)
	}
	if err := Content(r, []byte(`{"hello": "world"}`)); err != nil {
		t.Error(err)
	}
	s.base += " "
	if err := s.Verify(key); err == nil {
		t.Error("another base has the same signature")
	}
}

// sign signs a request's components; parameters stand behind them.
func sign(t *testing.T, r *http.Request, key crypto.Signer, components, parameters string) {
	t.Helper()
	input := "(" + components + ")" + parameters
	d, err := httpsfv.UnmarshalDictionary([]string{"a=" + input})
	if err != nil {
		t.Fatal(err)
	}
	member, _ := d.Get("a")
	text, _, err := base(r, member.(httpsfv.InnerList))
	if err != nil {
		t.Fatal(err)
	}
	var signature []byte
	switch k := key.(type) {
	case ed25519.PrivateKey:
		signature = ed25519.Sign(k, []byte(text))
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256([]byte(text))
		a, b, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		signature = append(a.FillBytes(make([]byte, 32)), b.FillBytes(make([]byte, 32))...)
	}
	r.Header.Set(inputHeader, "a="+input)
	r.Header.Set(signatureHeader, "a=:"+base64.StdEncoding.EncodeToString(signature)+":")
}

const (
	lookup   = "POST /api/v1/lookup/person?x=1 HTTP/1.1\nHost: Wuku.Example:80\nContent-Type: application/json\nContent-Length: 2\nIdempotency-Key: 1\nWuku-Case: SE-1\n%s\n{}"
	covering = `"@method" "@authority" "@path" "@query" "content-type" "content-digest" "idempotency-key" "wuku-case"`
	said     = `;created=1618884473;keyid="k";nonce="n"`
)

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "Content-Digest: sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":\n"
}

// TestSigned signs as a client does, under both algorithms, and by each way to name the target.
func TestSigned(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rest := strings.TrimPrefix(covering, `"@method" "@authority" "@path" "@query" `)
	for _, components := range []string{covering, `"@method" "@target-uri" ` + rest, `"@method" "@authority" "@request-target" ` + rest, covering + ` "host" "@scheme" "content-length"`} {
		for _, key := range []crypto.Signer{private, curve} {
			r := request(t, fmt.Sprintf(lookup, digestOf("{}")))
			sign(t, r, key, components, said)
			s, err := Read(r)
			if err != nil {
				t.Fatalf("%s: %v", components, err)
			}
			if err := s.Verify(key.Public()); err != nil || !s.Digested() || Content(r, []byte("{}")) != nil || s.KeyID != "k" || s.Nonce != "n" || s.Created.Unix() != 1618884473 {
				t.Errorf("%s: %v, %+v", components, err, s)
			}
			for _, other := range []crypto.PublicKey{public, curve.Public()} {
				if mine := public.Equal(other) == public.Equal(key.Public()); (s.Verify(other) == nil) != mine {
					t.Errorf("%s: under one key %v", components, !mine)
				}
			}
		}
	}
}

// TestEverythingWithAMeaningIsSigned leaves out one component after the other, and changes the request after it was signed.
func TestEverythingWithAMeaningIsSigned(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for component := range strings.SplitSeq(covering, " ") {
		r := request(t, fmt.Sprintf(lookup, digestOf("{}")))
		sign(t, r, private, strings.Join(strings.Fields(strings.Replace(covering, component, "", 1)), " "), said)
		var fault *Fault
		if _, err := Read(r); !errors.As(err, &fault) || fault.Code != Uncovered || `"`+fault.Location+`"` != component {
			t.Errorf("without %s: %v", component, err)
		}
	}
	for name, change := range map[string]func(*http.Request){
		"method":    func(r *http.Request) { r.Method = "PUT" },
		"authority": func(r *http.Request) { r.Host = "other.example" },
		"path":      func(r *http.Request) { r.URL.Path = "/api/v1/lookup/credit" },
		"query":     func(r *http.Request) { r.URL.RawQuery = "x=2" },
		"case":      func(r *http.Request) { r.Header.Set("Wuku-Case", "SE-2") },
		"case, two": func(r *http.Request) { r.Header.Add("Wuku-Case", "SE-2") },
		"digest": func(r *http.Request) {
			r.Header.Set(digestHeader, strings.TrimPrefix(strings.TrimSpace(digestOf("[]")), digestHeader+": "))
		},
		"created": func(r *http.Request) {
			r.Header.Set(inputHeader, strings.Replace(r.Header.Get(inputHeader), "1618884473", "1618884474", 1))
		},
		"nonce": func(r *http.Request) {
			r.Header.Set(inputHeader, strings.Replace(r.Header.Get(inputHeader), `nonce="n"`, `nonce="m"`, 1))
		},
		"algorithm": func(r *http.Request) { r.Header.Set(inputHeader, r.Header.Get(inputHeader)+`;alg="hmac-sha256"`) },
		"signature": func(r *http.Request) { r.Header.Set(signatureHeader, "a=::") },
	} {
		r := request(t, fmt.Sprintf(lookup, digestOf("{}")))
		sign(t, r, private, covering, said)
		change(r)
		s, err := Read(r)
		if err == nil {
			err = s.Verify(public)
		}
		if err == nil {
			t.Errorf("%s may be changed", name)
		}
	}
	r := request(t, fmt.Sprintf(lookup, digestOf("[]")))
	if err := Content(r, []byte("{}")); err == nil {
		t.Error("another content has the digest")
	}
}

// TestMalformed reads what is no signature of ours: each is refused, none panics.
func TestMalformed(t *testing.T) {
	t.Parallel()
	good := `("@method" "@target-uri")` + said
	for name, c := range map[string][2]string{
		"no signature":       {"a=" + good, ""},
		"no input":           {"", "a=:AA==:"},
		"another label":      {"a=" + good, "b=:AA==:"},
		"two":                {"a=" + good + ", b=" + good, "a=:AA==:, b=:AA==:"},
		"no list":            {"a=1", "a=:AA==:"},
		"no dictionary":      {`"`, "a=:AA==:"},
		"a text":             {"a=" + good, `a="AA"`},
		"no nonce":           {`a=("@method" "@target-uri");created=1;keyid="k"`, "a=:AA==:"},
		"a long nonce":       {`a=("@method" "@target-uri");created=1;keyid="k";nonce="` + strings.Repeat("n", 200) + `"`, "a=:AA==:"},
		"no time":            {`a=("@method" "@target-uri");keyid="k";nonce="n"`, "a=:AA==:"},
		"a time as text":     {`a=("@method" "@target-uri");created="1";keyid="k";nonce="n"`, "a=:AA==:"},
		"no key":             {`a=("@method" "@target-uri");created=1;nonce="n"`, "a=:AA==:"},
		"a header not there": {`a=("@method" "@target-uri" "x-nothing")` + said, "a=:AA==:"},
		"an answer's part":   {`a=("@method" "@target-uri" "@status")` + said, "a=:AA==:"},
		"with a parameter":   {`a=("@method";req "@target-uri")` + said, "a=:AA==:"},
		"twice":              {`a=("@method" "@method" "@target-uri")` + said, "a=:AA==:"},
		"capitals":           {`a=("@method" "@target-uri" "Host")` + said, "a=:AA==:"},
		"very many":          {`a=("@method" "@target-uri"` + strings.Repeat(` "host"`, 100) + `)` + said, "a=:AA==:"},
	} {
		r := request(t, "GET / HTTP/1.1\nHost: a\n\n")
		r.Header.Set(inputHeader, c[0])
		r.Header.Set(signatureHeader, c[1])
		var fault *Fault
		if _, err := Read(r); !errors.As(err, &fault) || !Is(r) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, digest := range map[string]string{"none": "", "an old one": "md5=:AA==:", "a text": `sha-256="AA"`, "no dictionary": `"`, "a good one and a bad one": strings.TrimPrefix(strings.TrimSpace(digestOf("{}")), digestHeader+": ") + ", sha-512=:AA==:"} {
		r := request(t, "GET / HTTP/1.1\nHost: a\n\n")
		r.Header.Set(digestHeader, digest)
		if Content(r, []byte("{}")) == nil {
			t.Errorf("digest: %s", name)
		}
	}
}

// TestPublicKeys takes Ed25519 and P-256, and nothing else.
func TestPublicKeys(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	large, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]any{"RSA": weak.Public(), "P-384": large.Public()} {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePEM(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})); !errors.Is(err, ErrPublicKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "nothing", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := ParsePEM([]byte(text)); !errors.Is(err, ErrPublicKey) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
