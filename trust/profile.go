package trust

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"math/big"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Profile says by which algorithms secrets are kept and documents signed. What was made under one is read under the other, too: a
// deployment may go over. 密码算法体系
type Profile string

// The profiles.
const (
	International Profile = ""   // SHA-256, AES-256-GCM, Ed25519
	Commercial    Profile = "sm" // 商用密码 (GB/T 39786): SM3, SM4-GCM, SM2
)

// Known reports whether there is such a profile.
func (p Profile) Known() bool { return p == International || p == Commercial }

// hash is the profile's.
func (p Profile) hash() func() hash.Hash {
	if p == Commercial {
		return sm3.New
	}
	return sha256.New
}

// mark begins what was made under a profile, so that it is read under the same.
func (p Profile) mark() string {
	if p == Commercial {
		return "sm:"
	}
	return ""
}

// derive makes a secret of 32 bytes for one purpose from the deployment key; no two profiles share one.
func (p Profile) derive(key []byte, purpose string) []byte {
	mac := hmac.New(p.hash(), key)
	mac.Write([]byte("wuku\x00derive\x00" + purpose))
	return mac.Sum(nil)
}

// aead seals under a derived key of 32 bytes; SM4's are of 16.
func (p Profile) aead(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if p == Commercial {
		block, err = sm4.NewCipher(key[:16])
	}
	if err != nil {
		panic("trust: a derived key has the right length: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("trust: both ciphers have blocks of 16 bytes: " + err.Error())
	}
	return aead
}

// signing is a private key of one algorithm; the names are those of JOSE, and for SM2 the one in use, as none is registered.
type signing struct {
	alg string
	key crypto.Signer
}

// The algorithms of signatures.
const (
	algEdDSA = "EdDSA"
	algSM2   = "SM2"
)

// signer derives the key that signs presentations.
func (p Profile) signer(deploymentKey []byte) signing {
	seed := p.derive(deploymentKey, "presentations")
	if p != Commercial {
		return signing{algEdDSA, ed25519.NewKeyFromSeed(seed)}
	}
	n := new(big.Int).Sub(sm2.P256().Params().N, big.NewInt(2))         // a key is a number from 1 to n-2
	wide := append(p.derive(deploymentKey, "presentations 2"), seed...) // twice as many bytes as it has: the remainder is even
	d := new(big.Int).Mod(new(big.Int).SetBytes(wide), n)
	key := &sm2.PrivateKey{}
	key.D, key.Curve = d.Add(d, big.NewInt(1)), sm2.P256()
	key.X, key.Y = key.Curve.ScalarBaseMult(key.D.FillBytes(make([]byte, 32))) //nolint:staticcheck // the library's own curve
	return signing{algSM2, key}
}

// sign signs a text; SM2 with SM3 and the default identity of GB/T 32918.
func (s signing) sign(text []byte) ([]byte, error) {
	if key, ok := s.key.(*sm2.PrivateKey); ok {
		return key.SignWithSM2(rand.Reader, nil, text)
	}
	return s.key.Sign(nil, text, crypto.Hash(0))
}

// public is the key as trust lists hold it.
func (s signing) public() string {
	switch key := s.key.Public().(type) {
	case ed25519.PublicKey:
		return base64.RawURLEncoding.EncodeToString(key)
	case *ecdsa.PublicKey:
		return base64.RawURLEncoding.EncodeToString(elliptic.Marshal(key.Curve, key.X, key.Y)) //nolint:staticcheck // the curve is no standard one
	}
	panic(fmt.Sprintf("trust: no public key of %s", s.alg))
}

// signed reports whether a text was signed under a public key of an algorithm. Nothing that a caller says chooses the algorithm: the trust
// list does.
func signed(alg, public string, text, signature []byte) bool {
	key, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		return false
	}
	if alg == algSM2 {
		x, y := elliptic.Unmarshal(sm2.P256(), key) //nolint:staticcheck // the same
		return x != nil && sm2.VerifyASN1WithSM2(&ecdsa.PublicKey{Curve: sm2.P256(), X: x, Y: y}, nil, text, signature)
	}
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, text, signature)
}
