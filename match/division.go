package match

import (
	"strings"
	"sync"

	"wuku/entity"
)

// trie finds the names of provinces, prefectures and counties at the front of an address, with and without the ending that says
// what they are (南京市, 南京).
type trie struct {
	children map[rune]*trie
	ends     bool
}

var divisionTrie = sync.OnceValue(func() *trie {
	t := &trie{}
	h := hanTables()
	table := entity.Divisions()
	add := func(name string) {
		n := t
		for _, r := range name {
			r = h.fold(r)
			next := n.children[r]
			if next == nil {
				if n.children == nil {
					n.children = map[rune]*trie{}
				}
				next = &trie{}
				n.children[r] = next
			}
			n = next
		}
		n.ends = true
	}
	for _, p := range table.Children("", entity.LastDivisionYear) {
		addBoth(add, p.Name)
		for _, q := range table.Children(p.Code, entity.LastDivisionYear) {
			addBoth(add, q.Name)
			for _, c := range table.Children(q.Code, entity.LastDivisionYear) {
				addBoth(add, c.Name)
			}
		}
	}
	return t
})

// addBoth adds a name and, where enough is left, the name without its ending.
func addBoth(add func(string), name string) {
	add(name)
	for _, end := range []string{"省", "市", "自治区", "特别行政区"} {
		if s := strings.TrimSuffix(name, end); s != name && len([]rune(s)) >= 2 {
			add(s)
		}
	}
}

// strip takes up to three division names off the front, the longest first, as long as something is left that could be a place.
func (t *trie) strip(r []rune) []rune {
	for range 4 {
		n, node := 0, t
		for i, c := range r {
			if node = node.children[c]; node == nil {
				break
			}
			if node.ends {
				n = i + 1
			}
		}
		if n == 0 || n == len(r) || strings.ContainsRune("路街道巷大", r[n]) {
			return r
		}
		r = r[n:]
	}
	return r
}
