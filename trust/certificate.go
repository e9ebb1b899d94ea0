package trust

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// CertificateType is the form of a value certificate; another form is refused.
const CertificateType = "wuku.value-certificate/1"

// Certificate proves one served value to whoever has the log's public key, without the system: the statement's digest is in a leaf
// of the audit log, the leaf is under a root, and the root is signed. 值证书
type Certificate struct {
	Statement  jsontext.Value `json:"statement"`  // a Statement, byte for byte as it was digested
	Leaf       string         `json:"leaf"`       // the line of the audit log
	Index      int64          `json:"index"`      // its place there
	Path       []tlog.Hash    `json:"path"`       // RFC 6962 inclusion proof, base64
	Checkpoint string         `json:"checkpoint"` // signed note over the root
}

// Statement says what a value is, who said it, and why nobody else's counts.
type Statement struct {
	Type       string      `json:"type"`
	Issued     time.Time   `json:"issued"`
	Library    string      `json:"library"`
	Entity     string      `json:"entity"`
	Element    string      `json:"element"`
	Level      int         `json:"level"`
	Value      *string     `json:"value"`          // as the grant shows it
	Masked     bool        `json:"masked"`         // then Salt is empty: the commitment stays closed
	Salt       string      `json:"salt,omitempty"` // opens Commitment with Value
	Commitment string      `json:"commitment"`     // of the clear value
	Rule       RuleOf      `json:"rule"`
	Winner     Voice       `json:"winner"`
	Losers     []LosingOne `json:"losers"`
	Client     string      `json:"client"`
	Grant      string      `json:"grant"`
	Purpose    string      `json:"purpose"`
	Case       string      `json:"case,omitempty"`
}

// RuleOf is the rule under which a value won.
type RuleOf struct {
	Catalog   string     `json:"catalog"`  // digest of the whole catalogue
	Revision  uint32     `json:"revision"` // its number in this deployment
	Digest    string     `json:"digest"`   // of what decides in this library
	Authority [][]string `json:"authority"`
	Strict    bool       `json:"strict"`
}

// Voice is the message that has something to say.
type Voice struct {
	Feed       string    `json:"feed"`
	Department string    `json:"department"`
	Rank       int       `json:"rank"` // place in the authority list; 0: not in it
	Version    string    `json:"version"`
	EventTime  time.Time `json:"event_time"`
	Topic      string    `json:"topic"`
	Partition  uint32    `json:"partition"`
	Offset     uint64    `json:"offset"`
}

// The reasons why a claim loses that follow from what the certificate says; any other reason is the issuer's word.
const (
	LostByRank     = "rank"     // a feed of higher authority has a value
	LostByTime     = "time"     // the same rank, an older event
	LostByVersion  = "version"  // the same rank and time, a lower version
	LostByFeed     = "feed"     // all the same: feeds in order of name, then roles
	LostByUnlisted = "unlisted" // the feed is not in the authority list
	LostNotLive    = "not_live" // superseded by a newer version of its record, or gone
)

// LosingOne is a claim that lost. Its value is not shown: the commitment lets who knows value and salt prove it later.
type LosingOne struct {
	Voice
	Reason     string `json:"reason"`
	Text       string `json:"text"`
	Commitment string `json:"commitment"`
}

// Commit is the salted commitment to a value.
func Commit(salt, value string) string {
	sum := sha256.Sum256([]byte("wuku/commitment\x00" + salt + "\x00" + value))
	return hex.EncodeToString(sum[:])
}

// SaltOf derives the salt of one claim of a statement: who holds the pepper can open the commitment later.
func (p *Pepper) SaltOf(statement string, claim int) string {
	return p.Seal("salt", statement, fmt.Sprint(claim))[:32]
}

// Lost says why a claim loses to the winner, from ranks, times, versions and names alone; "" when it would win.
func Lost(winner, loser Voice) string {
	a, okA := new(big.Int).SetString(winner.Version, 10)
	b, okB := new(big.Int).SetString(loser.Version, 10)
	switch {
	case loser.Rank == 0:
		return LostByUnlisted
	case loser.Rank != winner.Rank:
		return when(winner.Rank < loser.Rank, LostByRank)
	case !loser.EventTime.Equal(winner.EventTime):
		return when(winner.EventTime.After(loser.EventTime), LostByTime)
	case !okA || !okB:
		return ""
	case a.Cmp(b) != 0:
		return when(a.Cmp(b) > 0, LostByVersion)
	}
	return when(winner.Feed <= loser.Feed, LostByFeed)
}

func when(ok bool, reason string) string {
	if ok {
		return reason
	}
	return ""
}

// Flaw is why a certificate does not hold. Code is stable.
type Flaw struct{ Code, Text string }

// Error is code and text.
func (f *Flaw) Error() string { return f.Code + ": " + f.Text }

// The codes of a Flaw.
const (
	FlawForm       = "form"       // not a certificate, or of another form
	FlawValue      = "value"      // the value does not open its commitment
	FlawWinner     = "winner"     // the winning feed has no authority
	FlawRank       = "rank"       // a rank is not the feed's place in the authority list
	FlawOrder      = "order"      // a losing claim would win
	FlawReason     = "reason"     // a reason does not follow from the rule
	FlawStatement  = "statement"  // the leaf was made of another statement
	FlawLeaf       = "leaf"       // the leaf is of another call
	FlawPath       = "path"       // the leaf is not under the root
	FlawCheckpoint = "checkpoint" // the root is not signed by this key
	FlawTime       = "time"       // it was signed before it was issued
)

// ParseCertificate reads a certificate. Unknown members are refused.
func ParseCertificate(text []byte) (*Certificate, *Statement, error) {
	var c Certificate
	if err := json.Unmarshal(text, &c, json.RejectUnknownMembers(true)); err != nil {
		return nil, nil, &Flaw{FlawForm, "this is no certificate"}
	}
	var s Statement
	if err := json.Unmarshal(c.Statement, &s, json.RejectUnknownMembers(true)); err != nil || s.Type != CertificateType {
		return nil, nil, &Flaw{FlawForm, "the statement has another form than " + CertificateType}
	}
	return &c, &s, nil
}

// VerifyCertificate checks a certificate with nothing but the log's public key (a note verifier text). It returns the statement, or a
// *Flaw that says what is wrong.
func VerifyCertificate(text []byte, verifier string) (*Statement, error) {
	c, s, err := ParseCertificate(text)
	if err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return nil, &Flaw{FlawCheckpoint, "the public key cannot be read"}
	}
	point, err := ParseCheckpoint([]byte(c.Checkpoint), v)
	if err != nil {
		return nil, &Flaw{FlawCheckpoint, "the checkpoint is not signed by this key, or was changed"}
	}
	var leaf Leaf
	if err := json.Unmarshal([]byte(c.Leaf), &leaf); err != nil {
		return nil, &Flaw{FlawLeaf, "the leaf is no leaf of an audit log"}
	}
	sum := sha256.Sum256(c.Statement)
	switch {
	case leaf.Operation != "certify" || leaf.Decision != Allowed || leaf.Client != s.Client || leaf.Grant != s.Grant || leaf.Purpose != s.Purpose ||
		leaf.Case != s.Case || leaf.Library != s.Library || !slices.Equal(leaf.Columns, []string{s.Element}):
		return nil, &Flaw{FlawLeaf, "the leaf is of another call than the statement"}
	case leaf.Digest != hex.EncodeToString(sum[:]):
		return nil, &Flaw{FlawStatement, "the leaf was made of another statement: something in it was changed"}
	case c.Index < 0 || c.Index >= point.Size:
		return nil, &Flaw{FlawPath, "the index lies outside the signed log"}
	}
	if err := tlog.CheckRecord(c.Path, point.Size, point.Root, c.Index, tlog.RecordHash([]byte(c.Leaf))); err != nil {
		return nil, &Flaw{FlawPath, "the leaf is not under the signed root at this index"}
	}
	if point.Time.Before(s.Issued.Truncate(time.Millisecond)) {
		return nil, &Flaw{FlawTime, "the log was signed before the statement was issued"}
	}
	return s, nil
}

// check looks whether a statement agrees with itself: it is what the rule says of these claims.
func (s *Statement) check() error {
	if !s.Masked && (s.Value == nil || Commit(s.Salt, *s.Value) != s.Commitment) {
		return &Flaw{FlawValue, "the value does not open its commitment"}
	}
	if s.Winner.Rank == 0 || s.place(s.Winner.Feed) == 0 {
		return &Flaw{FlawWinner, "the winning feed has no authority over the element"}
	}
	if s.Winner.Rank != s.place(s.Winner.Feed) {
		return &Flaw{FlawRank, "the winner's rank is not its place in the authority list"}
	}
	for i := range s.Losers {
		l := &s.Losers[i]
		if l.Rank != s.place(l.Feed) {
			return &Flaw{FlawRank, fmt.Sprintf("the rank of losing claim %d is not its place in the authority list", i+1)}
		}
		if l.Reason == LostNotLive {
			continue
		}
		switch reason := Lost(s.Winner, l.Voice); {
		case reason == "":
			return &Flaw{FlawOrder, fmt.Sprintf("losing claim %d would win", i+1)}
		case reason != l.Reason:
			return &Flaw{FlawReason, fmt.Sprintf("losing claim %d lost by %s", i+1, reason)}
		}
	}
	return nil
}

// place is a feed's rank in the authority list, 0 where it is not in it.
func (s *Statement) place(feed string) int {
	for i, rank := range s.Rule.Authority {
		if s.Rule.Strict && i > 0 {
			break
		}
		if slices.Contains(rank, feed) {
			return i + 1
		}
	}
	return 0
}

// Certify makes the certificate of a statement: it puts a leaf with the statement's digest on the log, signs the log as it is then
// and proves that the leaf is in it. The leaf's call must be filled in.
func (l *Log) Certify(statement Statement, leaf Leaf, appendLeaf func(Leaf) (int64, error), now time.Time) (*Certificate, error) {
	text, err := json.Marshal(statement, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	sum := sha256.Sum256(text)
	leaf.Digest = hex.EncodeToString(sum[:])
	index, err := appendLeaf(leaf)
	if err != nil {
		return nil, err
	}
	point, err := l.Checkpoint(now)
	if err != nil {
		return nil, err
	}
	path, err := l.Inclusion(index, point.Size)
	if err != nil {
		return nil, err
	}
	line, err := l.Line(index)
	if err != nil {
		return nil, err
	}
	return &Certificate{Statement: text, Leaf: string(line), Index: index, Path: path, Checkpoint: string(point.Note)}, nil
}

// AsFlaw is the Flaw in an error, or nil.
func AsFlaw(err error) *Flaw {
	var f *Flaw
	if errors.As(err, &f) {
		return f
	}
	return nil
}
