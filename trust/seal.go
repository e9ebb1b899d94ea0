package trust

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
)

// ErrSealed is returned for what was not sealed here, for this place, or was changed.
var ErrSealed = errors.New("the sealed value cannot be opened: another key, another place, or it was changed")

// Encrypt seals a text for one place with AES-256-GCM under a key that is derived from the deployment key: it opens only with the same
// place. The nonce is random.
func (p *Pepper) Encrypt(text, place string) string {
	aead := p.aead()
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // crypto/rand never returns an error
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(text), []byte(place)))
}

// Decrypt opens what Encrypt sealed for a place.
func (p *Pepper) Decrypt(sealed, place string) (string, error) {
	aead := p.aead()
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(b) < aead.NonceSize() {
		return "", ErrSealed
	}
	text, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], []byte(place))
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}

func (p *Pepper) aead() cipher.AEAD {
	block, err := aes.NewCipher(p.texts)
	if err != nil {
		panic("trust: a derived key has 32 bytes: " + err.Error())
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("trust: AES has blocks of 16 bytes: " + err.Error())
	}
	return aead
}
