package trust

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestPresentationsAcrossProvinces presents in one deployment and verifies in another, both ways, with every forgery that could help.
func TestPresentationsAcrossProvinces(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	jiangsu, anhui := NewIssuer(bytes.Repeat([]byte("j"), 32), "jiangsu", International), NewIssuer(bytes.Repeat([]byte("a"), 32), "anhui", International)
	impostor := NewIssuer(bytes.Repeat([]byte("x"), 32), "jiangsu", International)
	both := []TrustedIssuer{jiangsu.Trusted(), anhui.Trusted()}
	elements := map[string]string{"holder_name": "王小明", "title": "驾驶证", "valid_to": "2030-01-01"}
	uri := "/api/v1/status/1"
	make1 := func(i *Issuer) string {
		p := Presented{Subject: "e", Aim: "car rental", Audience: "rental"}
		p.Status = &StatusClaim{}
		p.Status.List.Index, p.Status.List.URI = 9, uri
		text, err := i.Present(p, elements, time.Hour, now)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for _, i := range []*Issuer{jiangsu, anhui} {
		p, err := VerifyPresentation(make1(i), both, "rental", now.Add(time.Minute))
		if err != nil || p.Issuer != i.name || len(p.Shown) != 3 || p.Shown["title"] != "驾驶证" || p.Aim != "car rental" {
			t.Errorf("%s: %+v, %v", i.name, p, err)
		}
	}
	text := make1(jiangsu)
	parts := strings.Split(text, "~")
	less := strings.Join(append(append([]string{}, parts[:1]...), parts[2:]...), "~") // the holder leaves one element out
	if p, err := VerifyPresentation(less, both, "rental", now); err != nil || len(p.Shown) != 2 {
		t.Errorf("one element less: %v", err)
	}
	if strings.Contains(text, base64.RawURLEncoding.EncodeToString([]byte("王小明"))) && !strings.Contains(text, "~") {
		t.Error("elements lie open in the signed part")
	}
	forged := base64.RawURLEncoding.EncodeToString([]byte(`["salt","title","行医执照"]`))
	jws := strings.Split(parts[0], ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"dc+sd-jwt"}`)) + "." + jws[1] + "."
	hs := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"dc+sd-jwt"}`)) + "." + jws[1] + "." + jws[2]
	cases := []struct {
		name, text, audience string
		at                   time.Time
		want                 error
	}{
		{"another's element", parts[0] + "~" + forged + "~", "rental", now, ErrDisclosure},
		{"an element twice", parts[0] + "~" + parts[1] + "~" + parts[1] + "~", "rental", now, ErrDisclosure},
		{"an impostor", make1(impostor), "rental", now, ErrIssuer},
		{"another payload", jws[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"jiangsu"}`)) + "." + jws[2] + "~", "rental", now, ErrIssuer},
		{"alg none", none + "~", "rental", now, ErrPresentation},
		{"alg hs", hs + "~", "rental", now, ErrPresentation},
		{"too late", text, "rental", now.Add(2 * time.Hour), ErrExpired},
		{"too early", text, "rental", now.Add(-time.Hour), ErrExpired},
		{"somebody else", text, "bank", now, ErrAudience},
		{"nonsense", "x~", "", now, ErrPresentation},
		{"empty", "", "", now, ErrPresentation},
	}
	for _, c := range cases {
		if _, err := VerifyPresentation(c.text, both, c.audience, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if _, err := VerifyPresentation(text, []TrustedIssuer{anhui.Trusted()}, "rental", now); !errors.Is(err, ErrIssuer) {
		t.Errorf("an issuer that is not on the list: %v", err)
	}
	p, err := VerifyPresentation(text, both, "rental", now)
	if err != nil {
		t.Fatal(err)
	}
	for _, revoked := range [][]int{{}, {8, 10}, {9}, {0, 9, 99}} {
		list, err := jiangsu.StatusList(uri, 100, revoked, now)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Revoked(p, list, both, now)
		if want := len(revoked) == 1 || len(revoked) == 3; err != nil || got != want {
			t.Errorf("%v: %v, %v", revoked, got, err)
		}
		if _, err := Revoked(p, list, both, now.Add(time.Hour)); !errors.Is(err, ErrExpired) {
			t.Errorf("an old list: %v", err)
		}
	}
	if _, err := jiangsu.Present(Presented{}, elements, 25*time.Hour, now); err == nil {
		t.Error("a presentation that lives for more than a day")
	}
}

// TestRecognition takes presentations as far as the trust list says: at its level, for its kinds, in its term, under the right one of
// several keys.
func TestRecognition(t *testing.T) {
	t.Parallel()
	now := time.Now()
	issuer, older := NewIssuer([]byte("a key of another province, 32 bytes"), "anhui", International), NewIssuer([]byte("its key of the year before, 32 byte"), "anhui", International)
	text := func(i *Issuer, kind string) string {
		made, err := i.Present(Presented{Subject: "x", Aim: "licence"}, map[string]string{"type_code": kind}, time.Minute, now)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	entry := func(i *Issuer, change func(*TrustedIssuer)) []TrustedIssuer {
		e := i.Trusted()
		change(&e)
		return []TrustedIssuer{e}
	}
	ended := entry(older, func(e *TrustedIssuer) { e.Until = now })
	for name, c := range map[string]struct {
		list  []TrustedIssuer
		by    *Issuer
		level string
		err   error
	}{
		"without a word":                 {entry(issuer, func(*TrustedIssuer) {}), issuer, RecognisedFull, nil},
		"shown":                          {entry(issuer, func(e *TrustedIssuer) { e.Recognition = RecognisedShown }), issuer, RecognisedShown, nil},
		"its kind":                       {entry(issuer, func(e *TrustedIssuer) { e.Kinds = []string{"other", "licence"} }), issuer, RecognisedFull, nil},
		"another kind":                   {entry(issuer, func(e *TrustedIssuer) { e.Kinds = []string{"other"} }), issuer, "", ErrKind},
		"not yet":                        {entry(issuer, func(e *TrustedIssuer) { e.From = now.Add(time.Second) }), issuer, "", ErrIssuer},
		"from now":                       {entry(issuer, func(e *TrustedIssuer) { e.From = now }), issuer, RecognisedFull, nil},
		"no longer":                      {entry(issuer, func(e *TrustedIssuer) { e.Until = now }), issuer, "", ErrIssuer},
		"shown, and one kind in full":    {append(entry(issuer, func(e *TrustedIssuer) { e.Recognition = RecognisedShown }), entry(issuer, func(e *TrustedIssuer) { e.Kinds = []string{"licence"} })...), issuer, RecognisedFull, nil},
		"the old key, beside the new":    {append(ended, issuer.Trusted()), older, "", ErrIssuer},
		"the new key, beside an old one": {append(ended, issuer.Trusted()), issuer, RecognisedFull, nil},
	} {
		p, err := VerifyPresentation(text(c.by, "licence"), c.list, "", now)
		if !errors.Is(err, c.err) || err == nil && p.Recognition != c.level {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for name, bad := range map[string]TrustedIssuer{"no name": {Key: "k"}, "no key": {Name: "n"}, "level": {Name: "n", Key: "k", Recognition: "half"}, "algorithm": {Name: "n", Key: "k", Alg: "none"}, "term": {Name: "n", Key: "k", From: now, Until: now}} {
		if CheckTrusted([]TrustedIssuer{bad}) == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := CheckTrusted(append(ended, issuer.Trusted())); err != nil {
		t.Error(err)
	}
}
