package trust

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// TestStandardVectors holds the library to the examples of GB/T 32905 (SM3) and GB/T 32907 (SM4).
func TestStandardVectors(t *testing.T) {
	t.Parallel()
	if sum := sm3.Sum([]byte("abc")); hex.EncodeToString(sum[:]) != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" {
		t.Errorf("SM3: %x", sum)
	}
	key, _ := hex.DecodeString("0123456789abcdeffedcba9876543210")
	c, err := sm4.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 16)
	if c.Encrypt(out, key); hex.EncodeToString(out) != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("SM4: %x", out)
	}
}

// TestProfiles keeps and opens under each profile what was made under each, and under no other key.
func TestProfiles(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte("k"), 32)
	both := map[Profile]*Pepper{International: NewPepper(key, International), Commercial: NewPepper(key, Commercial)}
	other := NewPepper(bytes.Repeat([]byte("l"), 32), Commercial)
	for made, p := range both {
		secret, _, hash := p.NewKey()
		sealed, mac := p.Encrypt("王小明", "place"), p.MAC("a", "b")
		for read, q := range both {
			text, err := q.Decrypt(sealed, "place")
			if err != nil || text != "王小明" || !q.Same(secret, hash) || q.Same(secret+"x", hash) || !q.Sealed(mac, "a", "b") || q.Sealed(mac, "ab") {
				t.Errorf("made under %q, read under %q: %v", made, read, err)
			}
			if _, err := q.Decrypt(sealed, "elsewhere"); !errors.Is(err, ErrSealed) {
				t.Errorf("%q: at another place: %v", made, err)
			}
		}
		if _, err := other.Decrypt(sealed, "place"); !errors.Is(err, ErrSealed) || other.Same(secret, hash) || other.Sealed(mac, "a", "b") {
			t.Errorf("%q: under another key: %v", made, err)
		}
	}
	if both[International].MAC("a") == both[Commercial].MAC("a") {
		t.Error("two profiles share a secret")
	}
}

// TestPresentationsBySM2 presents with SM2 and SM3, is recognised by a deployment of the other profile, and cannot be passed off.
func TestPresentationsBySM2(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	key := bytes.Repeat([]byte("j"), 32)
	jiangsu := NewIssuer(key, "jiangsu", Commercial)
	if again := NewIssuer(key, "jiangsu", Commercial); again.Trusted().Key != jiangsu.Trusted().Key || jiangsu.Trusted().Alg != "SM2" {
		t.Errorf("the key is not derived: %+v", again.Trusted())
	}
	elements := map[string]string{"holder_name": "王小明", "title": "驾驶证"}
	text, err := jiangsu.Present(Presented{Subject: "e", Aim: "rental"}, elements, time.Hour, now)
	if err != nil {
		t.Fatal(err)
	}
	trusted := []TrustedIssuer{NewIssuer(bytes.Repeat([]byte("a"), 32), "anhui", International).Trusted(), jiangsu.Trusted()}
	p, err := VerifyPresentation(text, trusted, "", now)
	if err != nil || p.Alg != "sm3" || p.Shown["title"] != "驾驶证" {
		t.Fatalf("%+v, %v", p, err)
	}
	impostor, err := NewIssuer(bytes.Repeat([]byte("x"), 32), "jiangsu", Commercial).Present(Presented{Subject: "e"}, elements, time.Hour, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyPresentation(impostor, trusted, "", now); !errors.Is(err, ErrIssuer) {
		t.Errorf("an impostor: %v", err)
	}
	wrong := jiangsu.Trusted()
	wrong.Alg = "" // the list says Ed25519
	if _, err := VerifyPresentation(text, []TrustedIssuer{wrong}, "", now); !errors.Is(err, ErrIssuer) {
		t.Errorf("an algorithm that is not the list's: %v", err)
	}
}
