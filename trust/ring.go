package trust

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Principal is who a key stands for. 调用方
type Principal struct {
	ID         string `json:"id"`                   // the part of the key that finds it; stands in the audit log
	Name       string `json:"name"`                 //
	Role       string `json:"role"`                 // one of Roles
	Department string `json:"department,omitempty"` // code of the department, for role department
}

// The roles of callers.
const (
	RoleDepartment = "department" // 部门
	RoleService    = "service"    // 政务服务
	RolePlanner    = "planner"    // 规划
	RoleSteward    = "steward"    // 数据管理员
	RoleAuditor    = "auditor"    // 审计员
	RoleOperator   = "operator"   // 运维
)

// Roles lists the roles.
func Roles() []string {
	return []string{RoleDepartment, RoleService, RolePlanner, RoleSteward, RoleAuditor, RoleOperator}
}

// ErrKey is returned for a key that is unknown, malformed, expired or revoked, without saying which.
var ErrKey = errors.New("the key is not valid")

// keyEntry is one key in keys.json.
type keyEntry struct {
	Principal
	Hash    string    `json:"hash"` // HMAC-SHA256 of the key under the pepper, in hexadecimal
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// reloadEvery bounds how long a key that another process revoked still answers.
const reloadEvery = 500 * time.Millisecond

// Ring is the keys that a deployment has given out, kept in DIR/keys.json with their hashes. Changes that another process makes
// are seen within half a second. All methods may be called concurrently; one process at a time may issue or revoke.
type Ring struct {
	path   string
	pepper []byte
	now    func() time.Time

	mu      sync.RWMutex
	entries map[string]keyEntry
	stamp   time.Time // of the file as read
	checked time.Time
}

// OpenRing opens the ring in dir, making pepper and file when there are none.
func OpenRing(dir string) (*Ring, error) { return openRing(dir, time.Now) }

func openRing(dir string, now func() time.Time) (*Ring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	pepper, err := readOrMake(filepath.Join(dir, "pepper"))
	if err != nil {
		return nil, err
	}
	r := &Ring{path: filepath.Join(dir, "keys.json"), pepper: pepper, now: now, entries: map[string]keyEntry{}}
	if err := r.reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// readOrMake reads a secret of 32 bytes, making it at the first call.
func readOrMake(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		secret = make([]byte, 32)
		_, _ = rand.Read(secret) // crypto/rand never returns an error
		return secret, writeFile(path, secret, 0o600)
	}
	if err == nil && len(secret) < 32 {
		err = errors.New("it has fewer than 32 bytes: restore it from the backup")
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", path, err)
	}
	return secret, nil
}

// reload reads the file if it is another than the one read before.
func (r *Ring) reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checked = r.now()
	info, err := os.Stat(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if info.ModTime().Equal(r.stamp) {
		return nil
	}
	b, err := os.ReadFile(r.path)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	var list []keyEntry
	if err := json.Unmarshal(b, &list); err != nil {
		return fmt.Errorf("keys: %s is not as it was written: %w", r.path, err)
	}
	entries := make(map[string]keyEntry, len(list))
	for _, e := range list {
		entries[e.ID] = e
	}
	r.entries, r.stamp = entries, info.ModTime()
	return nil
}

// Issue makes a key for a principal and returns it: the only time that it can be seen. A zero expiry is none. The principal's
// ID is set by Issue.
func (r *Ring) Issue(p Principal, expires time.Time) (string, error) {
	if err := r.reload(); err != nil {
		return "", err
	}
	random := make([]byte, 4+32)
	_, _ = rand.Read(random) // crypto/rand never returns an error
	p.ID = hex.EncodeToString(random[:4])
	key := "wk." + p.ID + "." + base64.RawURLEncoding.EncodeToString(random[4:])
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.entries[p.ID]; taken {
		return "", errors.New("keys: the new key's id is taken: try again")
	}
	r.entries[p.ID] = keyEntry{Principal: p, Hash: r.hash(key), Created: r.now().UTC(), Expires: expires}
	return key, r.save()
}

// Revoke ends a key at once in this process and within half a second in others.
func (r *Ring) Revoke(id string) error {
	if err := r.reload(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.entries[id]
	if !ok {
		return fmt.Errorf("keys: no key has the id %q", id)
	}
	e.Revoked = r.now().UTC()
	r.entries[id] = e
	return r.save()
}

// save writes the ring. The caller holds mu.
func (r *Ring) save() error {
	list := make([]keyEntry, 0, len(r.entries))
	for _, e := range r.entries {
		list = append(list, e)
	}
	b, err := json.Marshal(list, jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := writeFile(r.path, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	r.stamp = time.Time{} // read again at the next look
	return nil
}

func (r *Ring) hash(key string) string {
	mac := hmac.New(sha256.New, r.pepper)
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil))
}

// Authenticate returns whom a key stands for, or ErrKey. When the file cannot be read any more the keys read last stay valid for
// no longer than the next look: then every call fails.
func (r *Ring) Authenticate(key string) (Principal, error) {
	r.mu.RLock()
	stale := r.now().Sub(r.checked) > reloadEvery
	r.mu.RUnlock()
	if stale {
		if err := r.reload(); err != nil {
			return Principal{}, err
		}
	}
	id, ok := keyID(key)
	if !ok {
		return Principal{}, ErrKey
	}
	r.mu.RLock()
	e, known := r.entries[id]
	r.mu.RUnlock()
	same := hmac.Equal([]byte(e.Hash), []byte(r.hash(key)))
	now := r.now()
	if !known || !same || !e.Revoked.IsZero() || !e.Expires.IsZero() && !now.Before(e.Expires) {
		return Principal{}, ErrKey
	}
	return e.Principal, nil
}

// keyID is the part of a key that finds it; ok is false for what cannot be a key.
func keyID(key string) (id string, ok bool) {
	if len(key) > 128 {
		return "", false
	}
	prefix, rest, _ := strings.Cut(key, ".")
	id, secret, found := strings.Cut(rest, ".")
	return id, found && prefix == "wk" && len(id) == 8 && len(secret) == 43
}
