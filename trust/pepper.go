package trust

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
)

// Principal is who a key stands for. 调用方
type Principal struct {
	ID         string `json:"id"`                   // the part of the key that finds it; stands in the audit log
	Client     string `json:"client"`               // the system or person that holds the key; grants belong to it, and it may have several keys
	Name       string `json:"name"`                 //
	Role       string `json:"role"`                 // one of Roles
	Department string `json:"department,omitempty"` // code of the department that answers for it
	Level      int    `json:"level,omitzero"`       // highest level of an element that it may see, whatever its grants say; 0: any 安全标记
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

// Pepper hashes API keys and seals what is kept beside them in the engine, under secrets that the engine never sees: they are
// derived from the deployment key. It is safe for concurrent use.
type Pepper struct {
	deployment []byte
	profile    Profile
	seals      []byte // of Seal, which makes ids as well: the same under every profile
}

// The purposes of derived secrets.
const (
	apiKeys      = "api keys"
	accessEvents = "access events"
	sealedTexts  = "sealed texts"
)

// NewPepper derives a Pepper from the deployment key.
func NewPepper(deploymentKey []byte, profile Profile) *Pepper {
	return &Pepper{deployment: deploymentKey, profile: profile, seals: derive(deploymentKey, accessEvents)}
}

// derive makes a secret for one purpose from the deployment key.
func derive(key []byte, purpose string) []byte { return International.derive(key, purpose) }

// NewKey makes an API key and returns it with its id and its hash: the only time that it can be seen.
func (p *Pepper) NewKey() (key, id, hash string) {
	random := make([]byte, 4+32)
	_, _ = rand.Read(random) // crypto/rand never returns an error
	id = hex.EncodeToString(random[:4])
	key = "wk." + id + "." + base64.RawURLEncoding.EncodeToString(random[4:])
	return key, id, p.Hash(key)
}

// Hash is what is kept of a key: HMAC in hexadecimal, with the profile's hash.
func (p *Pepper) Hash(key string) string { return p.hashUnder(p.profile, key) }

func (p *Pepper) hashUnder(profile Profile, key string) string {
	mac := hmac.New(profile.hash(), profile.derive(p.deployment, apiKeys))
	mac.Write([]byte(key))
	return profile.mark() + hex.EncodeToString(mac.Sum(nil))
}

// Same reports whether a key has this hash, in constant time.
func (p *Pepper) Same(key, hash string) bool {
	profile, _ := madeUnder(hash)
	return hmac.Equal([]byte(hash), []byte(p.hashUnder(profile, key)))
}

// MAC is Seal with the profile's hash, for what is kept; Sealed tells whether it is that of the same parts.
func (p *Pepper) MAC(parts ...string) string { return p.macUnder(p.profile, parts) }

// Sealed reports whether a MAC is that of these parts, in constant time.
func (p *Pepper) Sealed(mac string, parts ...string) bool {
	profile, _ := madeUnder(mac)
	return hmac.Equal([]byte(mac), []byte(p.macUnder(profile, parts)))
}

func (p *Pepper) macUnder(profile Profile, parts []string) string {
	if profile == International {
		return p.Seal(parts...)
	}
	return profile.mark() + sealUnder(profile.hash(), profile.derive(p.deployment, accessEvents), parts)
}

// Seal is a keyed digest over texts, in hexadecimal; lengths are part of it, so that texts cannot run into each other.
func (p *Pepper) Seal(parts ...string) string { return sealUnder(sha256.New, p.seals, parts) }

func sealUnder(h func() hash.Hash, key []byte, parts []string) string {
	mac := hmac.New(h, key)
	var length [8]byte
	for _, part := range parts {
		for i := range length {
			length[i] = byte(len(part) >> (8 * i))
		}
		mac.Write(length[:])
		mac.Write([]byte(part))
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// KeyID is the part of a key that finds it; ok is false for what cannot be a key.
func KeyID(key string) (id string, ok bool) {
	if len(key) > 128 {
		return "", false
	}
	prefix, rest, _ := strings.Cut(key, ".")
	id, secret, found := strings.Cut(rest, ".")
	return id, found && prefix == "wk" && len(id) == 8 && len(secret) == 43
}
