package trust

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
)

// ErrSealed is returned for what was not sealed here, for this place, or was changed.
var ErrSealed = errors.New("the sealed value cannot be opened: another key, another place, or it was changed")

// Encrypt seals a text for one place with the profile's cipher under a key that is derived from the deployment key: it opens only with the same
// place. The nonce is random.
func (p *Pepper) Encrypt(text, place string) string {
	aead := p.profile.aead(p.profile.derive(p.deployment, sealedTexts))
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // crypto/rand never returns an error
	return p.profile.mark() + base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(text), []byte(place)))
}

// Decrypt opens what Encrypt sealed for a place.
func (p *Pepper) Decrypt(sealed, place string) (string, error) {
	profile, rest := madeUnder(sealed)
	aead := profile.aead(profile.derive(p.deployment, sealedTexts))
	b, err := base64.RawStdEncoding.DecodeString(rest)
	if err != nil || len(b) < aead.NonceSize() {
		return "", ErrSealed
	}
	text, err := aead.Open(nil, b[:aead.NonceSize()], b[aead.NonceSize():], []byte(place))
	if err != nil {
		return "", ErrSealed
	}
	return string(text), nil
}

// madeUnder says under which profile something was made, by its mark.
func madeUnder(text string) (Profile, string) {
	if rest, commercial := strings.CutPrefix(text, Commercial.mark()); commercial {
		return Commercial, rest
	}
	return International, text
}
