// Package trust is what makes answers accountable: who calls ([Pepper], the keys), and what was answered to whom and why ([Log],
// the audit log 审计日志).
//
// # The audit log
//
// The log is an append-only Merkle tree as RFC 6962 and RFC 9162 define it: one [Leaf] an answer, one line of JSON a leaf. It
// stands in DIR/audit:
//
//	leaves       one line of JSON a leaf; the hash of a leaf is taken over the line without its newline
//	hashes       32 bytes a complete subtree in the order of golang.org/x/mod/sumdb/tlog, derived from leaves
//	checkpoints  one line of JSON a signed checkpoint: a signed note with origin, size, root and time
//	verifier     the public key of the checkpoints
//
// The private key is DIR/audit.key. [Log.Append] returns when the leaf is on disk; answers that come at once share one fsync.
// A leaf that cannot be written is an error, and then nothing may be served. [Verify] recomputes the whole tree, compares it
// with the stored hashes and with every signed checkpoint and names the first bad leaf. An attacker who holds the private key
// can write another history; copies of checkpoints kept elsewhere find that out (VerifyOptions.Checkpoints).
//
// A leaf holds no personal value: the subject is a keyed hash, the answer a digest.
//
// # The keys
//
// A key is "wk." + 8 hexadecimal digits that find it + "." + 32 random bytes in base64url. What is kept of it is its HMAC-SHA256
// under a secret that is derived from the deployment key: package wuku/serve/access keeps it in access.event.
package trust
