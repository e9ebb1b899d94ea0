package backup

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json/v2"
	"errors"
	"fmt"
	"os"
)

// leastPassphrase is the least length of a passphrase in bytes.
const leastPassphrase = 16

// rounds of PBKDF2-HMAC-SHA-256 make each guess cost some tenths of a second; tests set fewer.
var rounds = 600_000

// keys are what a passphrase gives: one key wraps secrets, one proves the manifest.
type keys struct{ wrap, mac []byte }

// wrapped is the file keys.json: the instance's secret files under AES-256-GCM.
type wrapped struct {
	KDF    string `json:"kdf"` // PBKDF2-HMAC-SHA256
	Rounds int    `json:"rounds"`
	Salt   []byte `json:"salt"`
	Nonce  []byte `json:"nonce"`
	Sealed []byte `json:"sealed"` // a JSON object: name to content
}

const kdfName = "PBKDF2-HMAC-SHA256"

// Passphrase reads a passphrase from a file: its first line, at least 16 bytes.
func Passphrase(path string) (string, error) {
	if path == "" {
		return "", errors.New("--passphrase-file is missing: the keys of an instance are never written without one; make it with: openssl rand -base64 24 > FILE, and keep it apart from the backup")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("passphrase: %w", err)
	}
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	line = bytes.TrimRight(line, "\r")
	if len(line) < leastPassphrase {
		return "", fmt.Errorf("passphrase: the first line of %s has %d bytes; want at least %d", path, len(line), leastPassphrase)
	}
	return string(line), nil
}

func keysOf(passphrase string, salt []byte, n int) (*keys, error) {
	both, err := pbkdf2.Key(sha256.New, passphrase, salt, n, 64)
	if err != nil {
		return nil, err
	}
	return &keys{wrap: both[:32], mac: both[32:]}, nil
}

// wrap seals secret files and returns the file's text and the keys.
func wrap(secrets map[string][]byte, passphrase string) ([]byte, *keys, error) {
	w := wrapped{KDF: kdfName, Rounds: rounds, Salt: make([]byte, 16)}
	rand.Read(w.Salt)
	k, err := keysOf(passphrase, w.Salt, w.Rounds)
	if err != nil {
		return nil, nil, err
	}
	gcm, err := k.cipher()
	if err != nil {
		return nil, nil, err
	}
	w.Nonce = make([]byte, gcm.NonceSize())
	rand.Read(w.Nonce)
	plain, err := json.Marshal(secrets)
	if err != nil {
		return nil, nil, err
	}
	w.Sealed = gcm.Seal(nil, w.Nonce, plain, []byte(kdfName))
	text, err := json.Marshal(w)
	return append(text, '\n'), k, err
}

// unwrap opens keys.json.
func unwrap(text []byte, passphrase string) (map[string][]byte, *keys, error) {
	var w wrapped
	if err := json.Unmarshal(text, &w); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", keysName, err)
	}
	if w.KDF != kdfName || w.Rounds < rounds || w.Rounds > 100*rounds {
		return nil, nil, fmt.Errorf("%s: made with %d rounds of %q, which this program does not take", keysName, w.Rounds, w.KDF)
	}
	k, err := keysOf(passphrase, w.Salt, w.Rounds)
	if err != nil {
		return nil, nil, err
	}
	gcm, err := k.cipher()
	if err != nil {
		return nil, nil, err
	}
	if len(w.Nonce) != gcm.NonceSize() {
		return nil, nil, fmt.Errorf("%s: its nonce has %d bytes, not %d", keysName, len(w.Nonce), gcm.NonceSize())
	}
	plain, err := gcm.Open(nil, w.Nonce, w.Sealed, []byte(kdfName))
	if err != nil {
		return nil, nil, errors.New(keysName + ": it does not open: the passphrase is another one, or the file was changed")
	}
	var secrets map[string][]byte
	return secrets, k, json.Unmarshal(plain, &secrets)
}

func (k *keys) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.wrap)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
