package backup

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"time"
)

// Format is the form of backups that this program writes and reads.
const Format = 1

// The files of a backup that are not the instance's.
const (
	manifestName = "manifest.json"
	keysName     = "keys.json"
)

// Manifest tells what a backup holds.
type Manifest struct {
	Format    int       `json:"format"`
	Made      time.Time `json:"made"`              // when the files stood still, UTC
	Frozen    float64   `json:"frozen_s"`          // how long the engine stood still, seconds; 0 when none ran
	Engine    string    `json:"engine"`            // version of the engine that wrote the files: the same must read them
	Catalogue uint32    `json:"catalogue"`         // revision in force
	Libraries []Library `json:"libraries"`         // roots, read from the copy itself
	Streams   []Stream  `json:"streams,omitempty"` // how far every topic was read: where reading goes on after a restore
	Entries   []Entry   `json:"entries"`           // in the order in which they lie in the backup
	MAC       string    `json:"mac"`               // HMAC-SHA256 of all of the above under the passphrase, in hexadecimal
}

// Library is one base library as the backup has it.
type Library struct {
	Name     string `json:"name"`
	Root     string `json:"root"` // Merkle root over the published rows, as `wuku verify` prints it
	Entities uint64 `json:"entities"`
}

// Stream is a partition of a topic and the offset behind the last one that the ledger accounts for.
type Stream struct {
	Topic     string `json:"topic"`
	Partition uint32 `json:"partition"`
	Revision  uint32 `json:"revision"`
	Next      uint64 `json:"next"`
}

// Entry is a directory, a symbolic link (Target) or a file (SHA256).
type Entry struct {
	Name   string `json:"name"` // with slashes, below the instance's directory
	Mode   uint32 `json:"mode"`
	Dir    bool   `json:"dir,omitempty"`
	Target string `json:"target,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // hexadecimal
}

// Bytes is the size of all files.
func (m *Manifest) Bytes() (n int64) {
	for _, e := range m.Entries {
		n += e.Size
	}
	return n
}

// seal fills in the authentication code and returns the file's text.
func (m *Manifest) seal(k *keys) ([]byte, error) {
	mac, err := m.code(k)
	if err != nil {
		return nil, err
	}
	m.MAC = hex.EncodeToString(mac)
	b, err := json.Marshal(m, jsontext.WithIndent(" "))
	return append(b, '\n'), err
}

func (m *Manifest) code(k *keys) ([]byte, error) {
	bare := *m
	bare.MAC = ""
	b, err := json.Marshal(&bare)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, k.mac)
	h.Write(b)
	return h.Sum(nil), nil
}

// parseManifest reads a manifest and proves it.
func parseManifest(text []byte, k *keys) (*Manifest, error) {
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("%s: format %d; this program reads format %d: use the version of wuku that made it", manifestName, m.Format, Format)
	}
	mac, err := m.code(k)
	if err != nil {
		return nil, err
	}
	if want, err := hex.DecodeString(m.MAC); err != nil || !hmac.Equal(want, mac) {
		return nil, errors.New(manifestName + ": it is not as it was written: its authentication code does not fit")
	}
	return m, nil
}
