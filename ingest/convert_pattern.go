package ingest

import (
	"regexp"
	"regexp/syntax"
)

// pattern matches whole values. Most patterns of a catalogue ([0-9]{6}, 1[3-9][0-9]{9}) are one set of ASCII characters after
// another, and matching those byte by byte takes a tenth of the regular expression's time.
type pattern struct {
	sets []asciiSet // one a byte; nil if only the regular expression will do
	re   *regexp.Regexp
}

// asciiSet is a set of the 128 ASCII characters.
type asciiSet [2]uint64

func (s *asciiSet) add(from, to rune) bool {
	if from < 0 || to > 0x7f {
		return false
	}
	for r := from; r <= to; r++ {
		s[r>>6] |= 1 << (r & 63)
	}
	return true
}

// compilePattern compiles an RE2 expression that must match a whole value.
func compilePattern(expr string) (*pattern, error) {
	re, err := regexp.Compile("^(?:" + expr + ")$")
	if err != nil {
		return nil, err
	}
	p := &pattern{re: re}
	if tree, err := syntax.Parse(expr, syntax.Perl); err == nil {
		if sets, ok := appendSets(nil, tree.Simplify()); ok {
			p.sets = sets
		}
	}
	return p, nil
}

// appendSets turns an expression of fixed length into sets; ok is false if it is of another kind.
func appendSets(sets []asciiSet, e *syntax.Regexp) (_ []asciiSet, ok bool) {
	const most = 64
	switch {
	case len(sets) > most || e.Flags&syntax.FoldCase != 0:
		return nil, false
	case e.Op == syntax.OpLiteral:
		for _, r := range e.Rune {
			var s asciiSet
			if !s.add(r, r) {
				return nil, false
			}
			sets = append(sets, s)
		}
		return sets, true
	case e.Op == syntax.OpCharClass:
		var s asciiSet
		for i := 0; i < len(e.Rune); i += 2 {
			if !s.add(e.Rune[i], e.Rune[i+1]) {
				return nil, false
			}
		}
		return append(sets, s), true
	case e.Op == syntax.OpConcat:
		for _, sub := range e.Sub {
			if sets, ok = appendSets(sets, sub); !ok {
				return nil, false
			}
		}
		return sets, true
	}
	return nil, false
}

func (p *pattern) match(b []byte) bool {
	if p.sets == nil {
		return p.re.Match(b)
	}
	if len(b) != len(p.sets) {
		return false
	}
	for i, c := range b {
		if c > 0x7f || p.sets[i][c>>6]>>(c&63)&1 == 0 {
			return false
		}
	}
	return true
}
