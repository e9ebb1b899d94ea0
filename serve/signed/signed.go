// Package signed reads and checks signed requests: HTTP Message Signatures (RFC 9421) over what a request means, with Content-Digest (RFC
// 9530) for its content. It knows no keys and no clock, and remembers nothing: whose key it is, whether the time fits and whether the
// signature was seen before is for its caller to say.
package signed

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Fault says what is wrong with a signed request, and where. It holds nothing of what was sent but names of components.
type Fault struct {
	Location string // a header, or the component that is missing
	Code     string
}

// Error is both.
func (f *Fault) Error() string { return "signature: " + f.Location + ": " + f.Code }

// The codes of a Fault.
const (
	Malformed = "malformed" // it cannot be read
	Several   = "several"   // more signatures than one
	Uncovered = "uncovered" // the component has a meaning and is not signed
	Unknown   = "unknown"   // the component cannot be signed here, or the request does not have it
	Missing   = "required"  // a parameter or header
	Algorithm = "algorithm" // another than the key's
	Wrong     = "wrong"     // it is not the signature of this request, or the key is not valid
	Created   = "created"   // too long ago, or ahead of our clock
	Expired   = "expired"   // by its own expires
	Replayed  = "replayed"  // the nonce was used before
	Differs   = "differs"   // the digest is not the content's
)

// The headers.
const (
	inputHeader     = "Signature-Input"
	signatureHeader = "Signature"
	digestHeader    = "Content-Digest"
)

// Bounds of what is looked at.
const (
	mostComponents = 40
	mostNonce      = 128
)

// Signature is the one signature of a request, as it was sent.
type Signature struct {
	KeyID     string
	Nonce     string
	Created   time.Time
	Expires   time.Time // zero: it says none
	algorithm string    // "": it says none
	covered   []string
	base      string
	signature []byte
}

// Is reports whether a request claims to be signed.
func Is(r *http.Request) bool {
	return r.Header.Get(inputHeader) != "" || r.Header.Get(signatureHeader) != ""
}

// Read reads the signature of a request and makes what must have been signed. What gives the request its meaning must be covered: method,
// authority, path, query, the headers of ours, what the content is, and its digest.
func Read(r *http.Request) (*Signature, error) {
	label, list, err := input(r)
	if err != nil {
		return nil, err
	}
	s := &Signature{}
	if s.signature, err = bytesOf(r.Header.Values(signatureHeader), label); err != nil {
		return nil, &Fault{signatureHeader, Malformed}
	}
	if err := s.parameters(list.Params); err != nil {
		return nil, err
	}
	if s.base, s.covered, err = base(r, list); err != nil {
		return nil, err
	}
	return s, s.covers(r)
}

// input is the label and the list of components of the one signature.
func input(r *http.Request) (string, httpsfv.InnerList, error) {
	d, err := httpsfv.UnmarshalDictionary(r.Header.Values(inputHeader))
	if err != nil {
		return "", httpsfv.InnerList{}, &Fault{inputHeader, Malformed}
	}
	names := d.Names()
	switch {
	case len(names) == 0:
		return "", httpsfv.InnerList{}, &Fault{inputHeader, Missing}
	case len(names) > 1:
		return "", httpsfv.InnerList{}, &Fault{inputHeader, Several}
	}
	member, _ := d.Get(names[0])
	list, ok := member.(httpsfv.InnerList)
	if !ok || len(list.Items) > mostComponents {
		return "", httpsfv.InnerList{}, &Fault{inputHeader, Malformed}
	}
	return names[0], list, nil
}

// bytesOf is the byte sequence of a label in a dictionary.
func bytesOf(lines []string, label string) ([]byte, error) {
	d, err := httpsfv.UnmarshalDictionary(lines)
	if err != nil {
		return nil, err
	}
	member, ok := d.Get(label)
	item, isItem := member.(httpsfv.Item)
	b, isBytes := item.Value.([]byte)
	if !ok || !isItem || !isBytes {
		return nil, errors.New("no byte sequence under the label")
	}
	return b, nil
}

// parameters takes in who signed, when, and under which nonce.
func (s *Signature) parameters(p *httpsfv.Params) error {
	text := func(name string) string {
		v, _ := p.Get(name)
		t, _ := v.(string)
		return t
	}
	at := func(name string) time.Time {
		v, _ := p.Get(name)
		if n, ok := v.(int64); ok {
			return time.Unix(n, 0)
		}
		return time.Time{}
	}
	s.KeyID, s.Nonce, s.algorithm, s.Created, s.Expires = text("keyid"), text("nonce"), text("alg"), at("created"), at("expires")
	switch {
	case s.KeyID == "":
		return &Fault{inputHeader + ".keyid", Missing}
	case s.Nonce == "" || len(s.Nonce) > mostNonce:
		return &Fault{inputHeader + ".nonce", Missing}
	case s.Created.IsZero():
		return &Fault{inputHeader + ".created", Missing}
	}
	return nil
}

// base is the signature base of RFC 9421, section 2.5, with the components that it covers.
func base(r *http.Request, list httpsfv.InnerList) (text string, covered []string, err error) {
	var b strings.Builder
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		if !ok || name == "" || name != strings.ToLower(name) || len(item.Params.Names()) > 0 || slices.Contains(covered, name) {
			return "", nil, &Fault{inputHeader, Unknown}
		}
		value, ok := component(r, name)
		if !ok {
			return "", nil, &Fault{inputHeader, Unknown}
		}
		covered = append(covered, name)
		b.WriteString(`"` + name + `": ` + value + "\n")
	}
	params, err := httpsfv.Marshal(list)
	if err != nil {
		return "", nil, &Fault{inputHeader, Malformed}
	}
	return b.String() + `"@signature-params": ` + params, covered, nil
}

// component is the value of a derived component (RFC 9421, section 2.2) or of a header.
func component(r *http.Request, name string) (string, bool) {
	switch name {
	case "@method":
		return r.Method, true
	case "@authority":
		return authority(r), true
	case "@scheme":
		return scheme(r), true
	case "@path":
		if p := r.URL.EscapedPath(); p != "" {
			return p, true
		}
		return "/", true
	case "@query":
		return "?" + r.URL.RawQuery, true
	case "@request-target":
		return r.RequestURI, true
	case "@target-uri":
		return scheme(r) + "://" + authority(r) + r.URL.RequestURI(), true
	case "host":
		return r.Host, true
	}
	lines := r.Header.Values(name)
	if strings.HasPrefix(name, "@") || len(lines) == 0 {
		return "", false
	}
	trimmed := make([]string, len(lines))
	for i, line := range lines {
		trimmed[i] = strings.TrimSpace(line)
	}
	return strings.Join(trimmed, ", "), true
}

// scheme is the one that the caller used: a proxy that ends TLS tells. Nothing but the signature rests on it.
func scheme(r *http.Request) string {
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		return "https"
	}
	return "http"
}

// authority is the host as RFC 9421 writes it: in small letters, without the scheme's own port.
func authority(r *http.Request) string {
	port := map[string]string{"http": ":80", "https": ":443"}[scheme(r)]
	return strings.TrimSuffix(strings.ToLower(r.Host), port)
}

// covers wants everything signed that tells what the request is.
func (s *Signature) covers(r *http.Request) error {
	has := func(name string) bool { return slices.Contains(s.covered, name) }
	whole := has("@target-uri")
	want := []string{"@method"}
	if !whole {
		want = append(want, "@authority")
	}
	if !whole && !has("@request-target") {
		want = append(want, "@path")
		if r.URL.RawQuery != "" {
			want = append(want, "@query")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name = strings.ToLower(name); meant(name) {
			want = append(want, name)
		}
	}
	if r.ContentLength != 0 {
		want = append(want, "content-type", "content-digest")
	}
	for _, name := range want {
		if !has(name) {
			return &Fault{name, Uncovered}
		}
	}
	return nil
}

// meant reports whether a header says what the call is, beside its content.
func meant(name string) bool {
	return strings.HasPrefix(name, "wuku-") || name == "idempotency-key" || name == "if-match"
}

// Digested reports whether the signature covers a digest of the content.
func (s *Signature) Digested() bool { return slices.Contains(s.covered, "content-digest") }

// Content compares content with the digests that the request states: all that are known, and at least one.
func Content(r *http.Request, content []byte) error {
	d, err := httpsfv.UnmarshalDictionary(r.Header.Values(digestHeader))
	if err != nil {
		return &Fault{digestHeader, Malformed}
	}
	known := false
	for _, name := range d.Names() {
		var sum []byte
		switch name {
		case "sha-256":
			s := sha256.Sum256(content)
			sum = s[:]
		case "sha-512":
			s := sha512.Sum512(content)
			sum = s[:]
		default:
			continue
		}
		known = true
		if stated, err := bytesOf(r.Header.Values(digestHeader), name); err != nil || !bytes.Equal(stated, sum) {
			return &Fault{digestHeader, Differs}
		}
	}
	if !known {
		return &Fault{digestHeader, Algorithm}
	}
	return nil
}

// Verify reports whether the signature is that of the request under a public key.
func (s *Signature) Verify(key crypto.PublicKey) error {
	name, good := "", false
	switch k := key.(type) {
	case ed25519.PublicKey:
		name, good = "ed25519", ed25519.Verify(k, []byte(s.base), s.signature)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256([]byte(s.base))
		name = "ecdsa-p256-sha256"
		good = len(s.signature) == 64 && ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(s.signature[:32]), new(big.Int).SetBytes(s.signature[32:]))
	}
	switch {
	case s.algorithm != "" && s.algorithm != name:
		return &Fault{inputHeader + ".alg", Algorithm}
	case !good:
		return &Fault{signatureHeader, Wrong}
	}
	return nil
}

// ErrPublicKey is returned for what is no public key that a caller may sign with.
var ErrPublicKey = errors.New("no public key to sign with: want Ed25519 or ECDSA on P-256 as PEM (openssl pkey -pubout)")

// ParsePEM reads a public key in PEM as it is kept: the base64 of its PKIX form.
func ParsePEM(text []byte) (string, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return "", ErrPublicKey
	}
	kept := base64.StdEncoding.EncodeToString(block.Bytes)
	_, err := ParseKept(kept)
	return kept, err
}

// ParseKept reads a public key as ParsePEM returned it.
func ParseKept(kept string) (crypto.PublicKey, error) {
	der, err := base64.StdEncoding.DecodeString(kept)
	if err != nil {
		return nil, ErrPublicKey
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, ErrPublicKey
	}
	switch k := key.(type) {
	case ed25519.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return k, nil
		}
	}
	return nil, ErrPublicKey
}

// Sign signs a request as a caller does: over all that Read wants covered. The content's digest is set.
func Sign(r *http.Request, content []byte, id, nonce string, created time.Time, key ed25519.PrivateKey) error {
	components := []string{"@method", "@authority", "@path", "@query"}
	if len(content) > 0 {
		sum := sha256.Sum256(content)
		r.Header.Set(digestHeader, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
		components = append(components, "content-type", "content-digest")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if name = strings.ToLower(name); meant(name) {
			components = append(components, name)
		}
	}
	list := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, name := range components {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	list.Params.Add("created", created.Unix())
	list.Params.Add("keyid", id)
	list.Params.Add("nonce", nonce)
	text, _, err := base(r, list)
	if err != nil {
		return err
	}
	input, signature := httpsfv.NewDictionary(), httpsfv.NewDictionary()
	input.Add("wuku", list)
	signature.Add("wuku", httpsfv.NewItem(ed25519.Sign(key, []byte(text))))
	for name, d := range map[string]*httpsfv.Dictionary{inputHeader: input, signatureHeader: signature} {
		line, err := httpsfv.Marshal(d)
		if err != nil {
			return err
		}
		r.Header.Set(name, line)
	}
	return nil
}
