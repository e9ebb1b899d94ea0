package trust

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/rand"
	"encoding/base64"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Issuer signs presentations of e-certificates 亮证 as SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc) with Ed25519: short-lived, for
// one purpose, showing chosen elements only; under the commercial profile with SM2 and SM3. Its key is derived from the deployment key. It
// is safe for concurrent use.
type Issuer struct {
	key     signing
	name    string
	profile Profile
}

// NewIssuer derives the issuer of a deployment. name is what it calls itself, such as "jiangsu".
func NewIssuer(deploymentKey []byte, name string, profile Profile) *Issuer {
	return &Issuer{key: profile.signer(deploymentKey), name: name, profile: profile}
}

// TrustedIssuer is an issuer whose presentations are recognised: this deployment, or another province's. 互认
type TrustedIssuer struct {
	Name string `json:"name" doc:"What it calls itself in its presentations"`
	Alg  string `json:"alg,omitempty" doc:"EdDSA when empty, or SM2: with SM3, over the default identity of GB/T 32918"`
	Key  string `json:"key" doc:"Public key, base64url: Ed25519, or a point of SM2 uncompressed"`

	ZH          string    `json:"zh,omitempty" doc:"What people call it"`
	Region      string    `json:"region,omitempty" doc:"Division for which it issues"`
	Recognition string    `json:"recognition,omitempty" enum:"full,shown" doc:"full (also when empty): it proves a material as our own records do 互认; shown: it is checked and shown, and somebody decides 亮证核验"`
	Kinds       []string  `json:"kinds,omitempty" doc:"Kinds of certificates that are recognised, by their element type_code; none: all"`
	From        time.Time `json:"from,omitzero"`
	Until       time.Time `json:"until,omitzero" doc:"Exclusive"`
	Basis       string    `json:"basis,omitempty" doc:"The agreement 互认依据"`
}

// The levels of recognition. 互认层级
const (
	RecognisedFull  = "full"
	RecognisedShown = "shown"
)

// in reports whether an issuer is recognised at a time.
func (t *TrustedIssuer) in(now time.Time) bool {
	return !now.Before(t.From) && (t.Until.IsZero() || now.Before(t.Until))
}

// CheckTrusted says what is wrong with a trust list; nil for a good one.
func CheckTrusted(list []TrustedIssuer) error {
	for i := range list {
		switch t := &list[i]; {
		case t.Name == "" || t.Key == "":
			return fmt.Errorf("issuer %d: name and key are needed", i+1)
		case t.Alg != "" && t.Alg != algEdDSA && t.Alg != algSM2:
			return fmt.Errorf("issuer %q: alg %q: want %s or %s", t.Name, t.Alg, algEdDSA, algSM2)
		case t.Recognition != "" && t.Recognition != RecognisedFull && t.Recognition != RecognisedShown:
			return fmt.Errorf("issuer %q: recognition %q: want %s or %s", t.Name, t.Recognition, RecognisedFull, RecognisedShown)
		case !t.Until.IsZero() && !t.Until.After(t.From):
			return fmt.Errorf("issuer %q: until is not after from", t.Name)
		}
	}
	return nil
}

// Trusted is the issuer as others put it on their list.
func (i *Issuer) Trusted() TrustedIssuer {
	return TrustedIssuer{Name: i.name, Alg: i.key.alg, Key: i.key.public()}
}

// Presented is what a presentation says, beside the elements that it shows.
type Presented struct {
	Issuer   string            `json:"iss"`
	Subject  string            `json:"sub"` // entity of the certificate
	Type     string            `json:"vct"`
	Issued   int64             `json:"iat"` // seconds
	Expires  int64             `json:"exp"`
	Aim      string            `json:"purpose"`
	Audience string            `json:"aud,omitempty"` // for whom alone it is meant
	Status   *StatusClaim      `json:"status,omitempty"`
	Alg      string            `json:"_sd_alg"`
	Digests  []string          `json:"_sd"`
	Shown    map[string]string `json:"-"`
	// Recognition is how far the trust list recognises it: RecognisedFull or RecognisedShown.
	Recognition string `json:"-"`
}

// StatusClaim says where the presentation's bit is (draft-ietf-oauth-status-list).
type StatusClaim struct {
	List struct {
		Index int    `json:"idx"`
		URI   string `json:"uri"`
	} `json:"status_list"`
}

// PresentationType is the vct of presentations of e-certificates.
const PresentationType = "urn:wuku:certificate:1"

// MostLife bounds a presentation's life.
const MostLife = 24 * time.Hour

// Present makes a presentation. elements are hidden one by one: each is disclosed only by the part behind its own tilde, which a holder may
// leave out.
func (i *Issuer) Present(p Presented, elements map[string]string, life time.Duration, now time.Time) (string, error) {
	if life <= 0 || life > MostLife {
		return "", fmt.Errorf("a presentation lives between a second and %s", MostLife)
	}
	p.Issuer, p.Type, p.Alg, p.Issued, p.Expires, p.Digests = i.name, PresentationType, i.profile.digest(), now.Unix(), now.Add(life).Unix(), []string{}
	var disclosures []string
	for _, name := range sortedKeys(elements) {
		salt := make([]byte, 16)
		_, _ = rand.Read(salt) // crypto/rand never returns an error
		text, err := json.Marshal([]string{base64.RawURLEncoding.EncodeToString(salt), name, elements[name]})
		if err != nil {
			return "", fmt.Errorf("presentation: %w", err)
		}
		d := base64.RawURLEncoding.EncodeToString(text)
		disclosures = append(disclosures, d)
		p.Digests = append(p.Digests, i.profile.disclosed(d))
	}
	slices.Sort(p.Digests) // their order must not tell the elements'
	token, err := i.jws("dc+sd-jwt", p)
	if err != nil {
		return "", err
	}
	return token + "~" + strings.Join(append(disclosures, ""), "~"), nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// digest is the name of the profile's hash in presentations.
func (p Profile) digest() string {
	if p == Commercial {
		return "sm3"
	}
	return "sha-256"
}

// disclosed is the digest of a disclosure.
func (p Profile) disclosed(disclosure string) string {
	h := p.hash()()
	h.Write([]byte(disclosure))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Sign signs a document as a JWS in compact form, under the key of presentations; typ says of what kind it is.
func (i *Issuer) Sign(typ string, document any) (string, error) { return i.jws(typ, document) }

// VerifySigned checks what Sign made against a trust list and reads the document into payload. The document names its issuer in iss.
func VerifySigned(token, typ string, trusted []TrustedIssuer, payload any) error {
	return openJWS(token, typ, trusted, payload)
}

type jwsHeader struct {
	Alg string `json:"alg"`
	Typ string `json:"typ"`
	Kid string `json:"kid"`
}

// jws signs a payload in compact form (RFC 7515).
func (i *Issuer) jws(typ string, payload any) (string, error) {
	head, err := json.Marshal(jwsHeader{Alg: i.key.alg, Typ: typ, Kid: i.name})
	if err != nil {
		return "", fmt.Errorf("presentation: %w", err)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("presentation: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(body)
	signature, err := i.key.sign([]byte(text))
	if err != nil {
		return "", fmt.Errorf("presentation: %w", err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// Why a presentation is not recognised.
var (
	ErrPresentation = errors.New("this is no presentation")
	ErrKind         = errors.New("the issuer is on the trust list, and not for this kind of certificate")
	ErrIssuer       = errors.New("the issuer is not on the trust list, or did not sign it")
	ErrExpired      = errors.New("the presentation has expired, or is not valid yet")
	ErrAudience     = errors.New("the presentation is meant for somebody else")
	ErrDisclosure   = errors.New("an element is shown that the issuer did not sign")
	ErrRevoked      = errors.New("the presentation was revoked")
)

// skew is how far two clocks may differ.
const skew = time.Minute

// VerifyPresentation checks a presentation offline: issuer and signature against a trust list, term, audience ("" takes any), and that
// every shown element was signed. Whether it was revoked is told by the issuer's status list: Revoked.
func VerifyPresentation(text string, trusted []TrustedIssuer, audience string, now time.Time) (*Presented, error) {
	parts := strings.Split(text, "~")
	if len(text) > 64<<10 || len(parts) < 2 || parts[len(parts)-1] != "" {
		return nil, ErrPresentation
	}
	var p Presented
	trusted = slices.DeleteFunc(slices.Clone(trusted), func(t TrustedIssuer) bool { return !t.in(now) })
	if err := openJWS(parts[0], "dc+sd-jwt", trusted, &p); err != nil {
		return nil, err
	}
	switch {
	case p.Type != PresentationType || p.Alg != International.digest() && p.Alg != Commercial.digest():
		return nil, ErrPresentation
	case now.Add(skew).Before(time.Unix(p.Issued, 0)), now.Add(-skew).After(time.Unix(p.Expires, 0)), time.Duration(p.Expires-p.Issued)*time.Second > MostLife:
		return nil, ErrExpired
	case p.Audience != "" && audience != "" && p.Audience != audience:
		return nil, ErrAudience
	}
	p.Shown = map[string]string{}
	profile := International
	if p.Alg == Commercial.digest() {
		profile = Commercial
	}
	for _, d := range parts[1 : len(parts)-1] {
		var three []string
		raw, err := base64.RawURLEncoding.DecodeString(d)
		if err != nil || json.Unmarshal(raw, &three) != nil || len(three) != 3 || !slices.Contains(p.Digests, profile.disclosed(d)) {
			return nil, ErrDisclosure
		}
		if _, twice := p.Shown[three[1]]; twice {
			return nil, ErrDisclosure
		}
		p.Shown[three[1]] = three[2]
	}
	if p.Recognition = recognition(&p, trusted); p.Recognition == "" {
		return nil, ErrKind
	}
	return &p, nil
}

// recognition is the highest level at which an entry of the trust list takes what a presentation shows; "" for none.
func recognition(p *Presented, trusted []TrustedIssuer) (level string) {
	for i := range trusted {
		t := &trusted[i]
		if t.Name != p.Issuer || len(t.Kinds) > 0 && !slices.Contains(t.Kinds, p.Shown["type_code"]) {
			continue
		}
		if level = cmp.Or(t.Recognition, RecognisedFull); level == RecognisedFull {
			break
		}
	}
	return level
}

// openJWS checks a compact JWS against a trust list and reads its payload. The algorithm is the one on the list, whatever the header says.
func openJWS(token, typ string, trusted []TrustedIssuer, payload any) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ErrPresentation
	}
	var raw [3][]byte
	for i, part := range parts {
		b, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil {
			return ErrPresentation
		}
		raw[i] = b
	}
	var h jwsHeader
	var who struct {
		Issuer string `json:"iss"`
	}
	if json.Unmarshal(raw[0], &h) != nil || h.Alg != algEdDSA && h.Alg != algSM2 || h.Typ != typ || json.Unmarshal(raw[1], &who) != nil {
		return ErrPresentation
	}
	for _, t := range trusted {
		alg := cmp.Or(t.Alg, algEdDSA)
		if t.Name == who.Issuer && h.Alg == alg && signed(alg, t.Key, []byte(parts[0]+"."+parts[1]), raw[2]) {
			if json.Unmarshal(raw[1], payload) != nil {
				return ErrPresentation
			}
			return nil
		}
	}
	return ErrIssuer
}

type statusList struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
	List    struct {
		Bits int    `json:"bits"`
		Lst  string `json:"lst"`
	} `json:"status_list"`
}

// StatusList signs which of size presentations are revoked: a list of bits, compressed, good for five minutes.
func (i *Issuer) StatusList(uri string, size int, revoked []int, now time.Time) (string, error) {
	bits := make([]byte, (size+7)/8)
	for _, at := range revoked {
		if at >= 0 && at < size {
			bits[at/8] |= 1 << (at % 8)
		}
	}
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(bits)
	if err = errors.Join(err, w.Close()); err != nil {
		return "", fmt.Errorf("status list: %w", err)
	}
	s := statusList{Issuer: i.name, Subject: uri, Issued: now.Unix(), Expires: now.Add(5 * time.Minute).Unix()}
	s.List.Bits, s.List.Lst = 1, base64.RawURLEncoding.EncodeToString(b.Bytes())
	return i.jws("statuslist+jwt", s)
}

// mostBits bounds a status list: 16 million presentations.
const mostBits = 2 << 20

// Revoked reads a presentation's bit in a status list of its issuer. A list that has expired, is of another place or too short is an
// error: then it is not known.
func Revoked(p *Presented, list string, trusted []TrustedIssuer, now time.Time) (bool, error) {
	var s statusList
	if err := openJWS(list, "statuslist+jwt", trusted, &s); err != nil {
		return false, err
	}
	if p.Status == nil || s.Issuer != p.Issuer || s.Subject != p.Status.List.URI || s.List.Bits != 1 {
		return false, ErrPresentation
	}
	if now.Add(-skew).After(time.Unix(s.Expires, 0)) {
		return false, ErrExpired
	}
	raw, err := base64.RawURLEncoding.DecodeString(s.List.Lst)
	if err != nil {
		return false, ErrPresentation
	}
	r, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return false, ErrPresentation
	}
	bits, err := io.ReadAll(io.LimitReader(r, mostBits))
	at := p.Status.List.Index
	if err != nil || at < 0 || at/8 >= len(bits) {
		return false, ErrPresentation
	}
	return bits[at/8]>>(at%8)&1 == 1, nil
}
