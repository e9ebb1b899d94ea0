package trust

import (
	"encoding/json/v2"
	"fmt"
	"time"
)

// Leaf is the record of one answer, or of one refusal. It holds no personal value. 审计记录
type Leaf struct {
	Time      time.Time `json:"time"`
	Caller    string    `json:"caller"`             // id of the key, "-" for nobody
	Client    string    `json:"client,omitempty"`   // whose key it is
	Role      string    `json:"role,omitempty"`     //
	Operation string    `json:"operation"`          // lookup, verify, entity, …
	Grant     string    `json:"grant,omitempty"`    // 授权
	Case      string    `json:"case,omitempty"`     // 办件编号
	Purpose   string    `json:"purpose,omitempty"`  // 用途
	Subject   string    `json:"subject,omitempty"`  // keyed hash of the entity
	Subjects  []string  `json:"subjects,omitempty"` // the same for an answer about several
	Library   string    `json:"library,omitempty"`
	Columns   []string  `json:"columns,omitempty"` // elements that were asked for
	Count     int       `json:"count"`             // entities in the answer
	Decision  string    `json:"decision"`          // allowed, denied or failed
	Reason    string    `json:"reason,omitempty"`  // code of the refusal
	Digest    string    `json:"digest,omitempty"`  // SHA-256 of the answer's body in hexadecimal
}

// The decisions of a Leaf.
const (
	Allowed = "allowed"
	Denied  = "denied"
	Failed  = "failed"
)

// line is the leaf as it is stored and hashed: one line of JSON, whatever control characters its texts hold.
func (l Leaf) line() ([]byte, error) {
	l.Time = l.Time.UTC().Truncate(time.Millisecond)
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("audit leaf: %w", err)
	}
	return b, nil
}
