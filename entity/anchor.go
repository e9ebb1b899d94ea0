package entity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"

	"github.com/google/uuid"
)

// ID names an anchor or an entity: a UUIDv8 (RFC 9562) that only the holder of the deployment key can compute, since ids stand
// in URLs and events and an unkeyed hash of a citizen number (about 3.65e9 in a province) is read back in seconds.
type ID = uuid.UUID

// Anchorer computes anchors under one deployment key. It is not safe for concurrent use: one per goroutine (Clone).
type Anchorer struct {
	key []byte
	mac hash.Hash
	sum [sha256.Size]byte
	buf []byte // the text to hash, kept so that an anchor costs no allocation
}

// NewAnchorer returns an Anchorer. The key is at least 32 random bytes and must stay the same for the life of a deployment:
// every id depends on it.
func NewAnchorer(key []byte) *Anchorer {
	return &Anchorer{key: key, mac: hmac.New(sha256.New, key)}
}

// Clone returns an independent Anchorer with the same key.
func (a *Anchorer) Clone() *Anchorer { return NewAnchorer(a.key) }

// ByIdentifier is the anchor that an identifier gives: of (scheme, normalised value), whatever the library or the feed.
func (a *Anchorer) ByIdentifier(scheme string, normalised []byte) ID {
	a.begin("id")
	a.text(scheme)
	a.buf = append(a.buf, normalised...)
	return a.id()
}

// ByRecord is the anchor of a claim without a usable identifier: of (library, feed, record key, role).
func (a *Anchorer) ByRecord(library, feed string, key []byte, role string) ID {
	a.begin("record")
	a.text(library)
	a.text(feed)
	a.text(role)
	a.buf = append(a.buf, key...)
	return a.id()
}

// Hash is a keyed hash in hexadecimal, for names that must not be read back (erased record keys, subjects in the audit log).
func (a *Anchorer) Hash(purpose, value string) string {
	a.begin(purpose)
	a.buf = append(a.buf, value...)
	return hex.EncodeToString(a.digest()[:16])
}

func (a *Anchorer) begin(purpose string) {
	a.buf = a.buf[:0]
	a.text(purpose)
}

// text adds a part; NUL ends each, so that parts cannot run into each other.
func (a *Anchorer) text(s string) { a.buf = append(append(a.buf, s...), 0) }

func (a *Anchorer) digest() []byte {
	a.mac.Reset()
	a.mac.Write(a.buf)
	return a.mac.Sum(a.sum[:0])
}

func (a *Anchorer) id() ID {
	s := a.digest()
	var id ID
	copy(id[:], s)
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}
