package match

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"wuku/entity"
)

// places finds divisions by the names that stand at the front of an address.
type places struct {
	root *placeNode
}

type placeNode struct {
	children map[rune]*placeNode
	codes    []string // of the divisions that are, or were, called so; sorted
}

// olderYears are the years whose names are known beside those of today; a name that has gone means what became of the place.
var olderYears = []int{2019, 2014, 2009, 2004, 1999, 1994, 1989, 1984}

var placeNames = sync.OnceValue(func() *places {
	p := &places{root: &placeNode{}}
	table := entity.Divisions()
	each := func(year int, visit func(entity.Division)) {
		for _, a := range table.Children("", year) {
			visit(a)
			for _, b := range table.Children(a.Code, year) {
				visit(b)
				for _, c := range table.Children(b.Code, year) {
					visit(c)
				}
			}
		}
	}
	each(entity.LastDivisionYear, func(d entity.Division) { addBoth(func(name string) { p.add(name, d.Code) }, d.Name) })
	for _, year := range olderYears {
		each(year, func(d entity.Division) {
			now := table.Successors(d.Code, year, entity.LastDivisionYear)
			if today, ok := table.At(d.Code, entity.LastDivisionYear); len(now) == 1 && !(ok && today.Name == d.Name) {
				p.add(d.Name, now[0])
			}
		})
	}
	return p
})

func (p *places) add(name, code string) {
	h, n := hanTables(), p.root
	for _, r := range name {
		r = h.fold(r)
		next := n.children[r]
		if next == nil {
			if n.children == nil {
				n.children = map[rune]*placeNode{}
			}
			next = &placeNode{}
			n.children[r] = next
		}
		n = next
	}
	if i, known := slices.BinarySearch(n.codes, code); !known {
		n.codes = slices.Insert(n.codes, i, code)
	}
}

// County reads the county (县级行政区划代码, GB/T 2260, as of entity.LastDivisionYear) that an address begins with. Province and prefecture may be
// left out, or stand without 省 and 市; characters may be traditional; names that have gone mean what became of the place. ok is false
// where no county is named, or one whose name several have and nothing before it says which.
func County(address string) (code string, ok bool) {
	h, p := hanTables(), placeNames()
	within := "" // digits that are settled
	for rest := address; ; {
		node, after := p.root, ""
		var codes []string
		for i, r := range rest {
			if node = node.children[h.fold(r)]; node == nil {
				break
			}
			if here := inside(node.codes, within); len(here) > 0 {
				codes, after = here, rest[i+utf8.RuneLen(r):]
			}
		}
		if len(codes) == 0 {
			return code, code != ""
		}
		if next, _ := utf8.DecodeRuneInString(after); strings.ContainsRune("路街巷", next) {
			return code, code != ""
		}
		rest = after
		counties, county := 0, ""
		for _, c := range codes {
			if c[4:] != "00" {
				counties, county = counties+1, c
			}
		}
		switch {
		case len(codes) == 1:
			within = strings.TrimSuffix(strings.TrimSuffix(codes[0], "00"), "00")
			if counties == 1 {
				return county, true
			}
		case counties == 1:
			code = county // a prefecture of the same name is there too; what follows may be a county of it
			within = commonPrefix(codes)
		default:
			within = commonPrefix(codes)
		}
	}
}

// inside are the codes below a settled prefix.
func inside(codes []string, within string) []string {
	if within == "" {
		return codes
	}
	from, _ := slices.BinarySearch(codes, within)
	to := from
	for to < len(codes) && strings.HasPrefix(codes[to], within) && codes[to] != (within + "000000")[:6] {
		to++
	}
	return codes[from:to]
}

// commonPrefix is the province or prefecture that codes share.
func commonPrefix(codes []string) string {
	for _, n := range []int{4, 2} {
		if !slices.ContainsFunc(codes, func(c string) bool { return c[:n] != codes[0][:n] }) && codes[0][n-2:n] != "00" {
			return codes[0][:n]
		}
	}
	return ""
}
