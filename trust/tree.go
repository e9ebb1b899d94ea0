package trust

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is the right edge of a Merkle tree: the roots of its complete subtrees from the largest to the smallest. It is all that
// appending and the root need.
type tree struct {
	size int64
	edge []tlog.Hash
}

// add appends a leaf and the hashes of the subtrees that it completes to out: the order in which tlog stores them.
func (t *tree) add(leaf tlog.Hash, out []tlog.Hash) []tlog.Hash {
	out = append(out, leaf)
	h := leaf
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.edge) - 1
		h = tlog.NodeHash(t.edge[last], h)
		t.edge = t.edge[:last]
		out = append(out, h)
	}
	t.edge = append(t.edge, h)
	t.size++
	return out
}

// root is the tree's hash; of an empty tree it is the hash of nothing (RFC 9162 section 2.1.1).
func (t *tree) root() tlog.Hash {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	h := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.edge[i], h)
	}
	return h
}

// clone is an independent copy.
func (t *tree) clone() tree {
	return tree{size: t.size, edge: append([]tlog.Hash(nil), t.edge...)}
}
