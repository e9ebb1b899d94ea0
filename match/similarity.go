package match

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// longest is how many characters of a value are compared; what is behind them only counts for equality.
const longest = 64

// runes is a value taken apart on the stack.
type runes struct {
	r [longest]rune
	n int
}

func (v *runes) set(s string) []rune {
	v.n = 0
	for i := 0; i < len(s) && v.n < longest; v.n++ {
		if c := s[i]; c < utf8.RuneSelf {
			v.r[v.n] = rune(c)
			i++
			continue
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		v.r[v.n] = r
		i += w
	}
	return v.r[:v.n]
}

// plain is a value taken apart into bytes, which are its characters.
type plain [24]byte

// set reports whether the value is short and has no other characters than those of ASCII.
func (v *plain) set(s string) bool {
	if len(s) > len(v) {
		return false
	}
	high := byte(0)
	for i := 0; i < len(s); i++ {
		v[i] = s[i]
		high |= s[i]
	}
	return high < utf8.RuneSelf
}

// oneEdit reports whether a and b differ by exactly one inserted, dropped or changed character or two exchanged neighbours
// (Damerau-Levenshtein distance 1), or not at all.
func oneEdit[T byte | rune](a, b []T) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return slices.Equal(a[i:], b[i+1:])
	}
	if i == len(a) || slices.Equal(a[i+1:], b[i+1:]) {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}

// jaroWinkler is the similarity of Winkler (1990), 0 to 1, prefix weight 0.1 for up to four characters. No allocation.
func jaroWinkler[T byte | rune](a, b []T) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	window := max(len(a), len(b))/2 - 1
	var inA, inB uint64
	for i, r := range a {
		for j, end := max(0, i-window), min(len(b), i+window+1); j < end; j++ {
			if inB&(1<<j) == 0 && b[j] == r {
				inA |= 1 << i
				inB |= 1 << j
				break
			}
		}
	}
	m := bits.OnesCount64(inA)
	if m == 0 {
		return 0
	}
	moved := 0
	for x, y := inA, inB; x != 0; x, y = x&(x-1), y&(y-1) {
		if a[bits.TrailingZeros64(x)] != b[bits.TrailingZeros64(y)] {
			moved++
		}
	}
	f := float64(m)
	jaro := (f/float64(len(a)) + f/float64(len(b)) + (f-float64(moved/2))/f) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*0.1*(1-jaro)
}

// rotated reports whether b is a with its front moved behind (given name and surname exchanged).
func rotated(a, b string) bool {
	if len(a) != len(b) || len(a) < 2 {
		return false
	}
	for i := 1; i < len(a); i++ {
		if a[i:] == b[:len(a)-i] && a[:i] == b[len(a)-i:] {
			return true
		}
	}
	return false
}

// shared is the Dice coefficient of the two values' pairs of neighbouring characters, 0 to 1.
func shared(a, b []rune) float64 {
	if len(a) < 2 || len(b) < 2 {
		if slices.Equal(a, b) {
			return 1
		}
		return 0
	}
	var used uint64
	n := 0
	for i := 0; i+1 < len(a); i++ {
		for j := 0; j+1 < len(b); j++ {
			if used&(1<<j) == 0 && a[i] == b[j] && a[i+1] == b[j+1] {
				used |= 1 << j
				n++
				break
			}
		}
	}
	return 2 * float64(n) / float64(len(a)+len(b)-2)
}
