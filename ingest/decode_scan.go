package ingest

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"wuku/entity"
)

// scanner reads JSON tokens (RFC 8259). Its methods return false once something is wrong; fault then says what.
type scanner struct {
	b        []byte
	i        int
	depth    int
	maxDepth int
	fault    *entity.Fault
	seed     maphash.Seed
	names    names
	arena    []byte // texts whose escapes were undone
}

func (s *scanner) start(b []byte) {
	s.b, s.i, s.depth, s.fault = b, 0, 0, nil
	s.names.clear()
	s.space()
}

func (s *scanner) fail(f *entity.Fault) bool {
	if s.fault == nil {
		s.fault = f
	}
	return false
}

// space passes over white space.
func (s *scanner) space() {
	for s.i < len(s.b) && s.b[s.i] <= ' ' {
		if c := s.b[s.i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return
		}
		s.i++
	}
}

// peek returns the byte that the next token begins with; 0 at the end.
func (s *scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// open enters an object or array and gives it a number within the text.
func (s *scanner) open() (id uint32, ok bool) {
	s.i++
	if s.depth++; s.depth > s.maxDepth {
		return 0, s.fail(faultDepth)
	}
	s.names.objects++
	s.space()
	return s.names.objects, true
}

// first reports whether an object or array just opened has a first member, and leaves it if not.
func (s *scanner) first(end byte) bool {
	if s.peek() != end {
		return true
	}
	s.i++
	s.depth--
	return false
}

// next reports whether a further member follows, and leaves the object or array if not.
func (s *scanner) next(end byte) bool {
	s.space()
	switch s.peek() {
	case ',':
		s.i++
		s.space()
		return true
	case end:
		s.i++
		s.depth--
		return false
	}
	return s.fail(faultJSON)
}

// name reads a member's name and its colon. A name that the object has already is a fault.
func (s *scanner) name(object uint32) (name []byte, hash uint64, ok bool) {
	if s.peek() != '"' {
		return nil, 0, s.fail(faultJSON)
	}
	if name, ok = s.text(); !ok {
		return nil, 0, false
	}
	hash = maphash.Bytes(s.seed, name)
	if !s.names.add(object, hash) {
		return nil, 0, s.fail(faultDuplicateName)
	}
	s.space()
	if s.peek() != ':' {
		return nil, 0, s.fail(faultJSON)
	}
	s.i++
	s.space()
	return name, hash, true
}

// scalar reads a text, a number or a literal.
func (s *scanner) scalar() (value, bool) {
	switch c := s.peek(); c {
	case '"':
		text, ok := s.text()
		return value{kind: '"', text: text}, ok
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		text, ok := s.number()
		return value{kind: '0', text: text}, ok
	}
	return value{}, s.fail(faultJSON)
}

func (s *scanner) literal(word string) (value, bool) {
	end := s.i + len(word)
	if end > len(s.b) || string(s.b[s.i:end]) != word {
		return value{}, s.fail(faultJSON)
	}
	v := value{kind: word[0], text: s.b[s.i:end]}
	s.i = end
	return v, true
}

func (s *scanner) number() ([]byte, bool) {
	start := s.i
	if s.b[s.i] == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
	} else if !s.digits() {
		return nil, s.fail(faultJSON)
	}
	if s.peek() == '.' {
		s.i++
		if !s.digits() {
			return nil, s.fail(faultJSON)
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.i++
		if c := s.peek(); c == '+' || c == '-' {
			s.i++
		}
		if !s.digits() {
			return nil, s.fail(faultJSON)
		}
	}
	return s.b[start:s.i], true
}

// digits passes over digits and reports whether there was one.
func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > start
}

// Eight bytes at once.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// stops marks, with the high bit, the first byte of w that is a quote, a backslash or a control character; marks behind it mean
// nothing.
func stops(w uint64) uint64 {
	quote, escape := w^'"'*ones, w^'\\'*ones
	return ((quote-ones)&^quote | (escape-ones)&^escape | (w-' '*ones)&^w) & highs
}

// text reads a JSON string: a part of the message if nothing is escaped, else a copy in the arena.
func (s *scanner) text() ([]byte, bool) {
	b, start := s.b, s.i+1
	high := uint64(0)
	for i := start; i < len(b); {
		if i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			stop := stops(w)
			if stop == 0 {
				high |= w
				i += 8
				continue
			}
			n := bits.TrailingZeros64(stop) / 8
			high |= w & (1<<(8*n) - 1)
			i += n
		}
		switch c := b[i]; {
		case c == '"':
			s.i = i + 1
			if high&highs != 0 && !utf8.Valid(b[start:i]) {
				return nil, s.fail(faultEncoding)
			}
			return b[start:i], true
		case c == '\\':
			return s.escaped(start, i)
		case c < ' ':
			return nil, s.fail(faultJSON)
		default:
			high |= uint64(c)
			i++
		}
	}
	return nil, s.fail(faultJSON)
}

// escaped reads a string that has its first backslash at i.
func (s *scanner) escaped(start, i int) ([]byte, bool) {
	from := len(s.arena)
	s.arena = append(s.arena, s.b[start:i]...)
	for i < len(s.b) {
		switch c := s.b[i]; {
		case c == '"':
			s.i = i + 1
			text := s.arena[from:len(s.arena):len(s.arena)]
			if !utf8.Valid(text) {
				return nil, s.fail(faultEncoding)
			}
			return text, true
		case c < ' ':
			return nil, s.fail(faultJSON)
		case c == '\\':
			n := s.escape(s.b[i:])
			if n == 0 {
				return nil, false
			}
			i += n
		default:
			s.arena = append(s.arena, c)
			i++
		}
	}
	return nil, s.fail(faultJSON)
}

// escape undoes the escape that b begins with and returns its length, 0 after a fault.
func (s *scanner) escape(b []byte) int {
	const from, to = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if len(b) < 2 {
		s.fail(faultJSON)
		return 0
	}
	if k := strings.IndexByte(from, b[1]); k >= 0 {
		s.arena = append(s.arena, to[k])
		return 2
	}
	r, ok := hex4(b)
	if !ok {
		s.fail(faultJSON)
		return 0
	}
	if !utf16.IsSurrogate(r) {
		s.arena = utf8.AppendRune(s.arena, r)
		return 6
	}
	low, ok := hex4(b[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		if len(b) < 12 && bytes.IndexByte(b, '"') < 0 {
			s.fail(faultJSON) // cut off
		}
		s.fail(faultEncoding) // half a pair
		return 0
	}
	s.arena = utf8.AppendRune(s.arena, r)
	return 12
}

// hex4 reads \uXXXX.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// names finds names that stand twice in one object: one table for all objects of a text, by open addressing. Names are known by
// their hashes alone: 64 bits, seeded at random, so that nobody can choose names that fall together, and by chance two of a
// hundred do in one message of 10^15.
type names struct {
	objects uint32 // numbers given so far in this text
	text    uint32 // number of this text; entries of earlier texts count as free
	used    int
	table   []named
}

type named struct {
	text, object uint32
	hash         uint64
}

func (n *names) clear() {
	n.objects, n.used = 0, 0
	if n.text++; n.text == 0 || n.table == nil || len(n.table) > 1<<12 {
		n.table, n.text = make([]named, 1<<7), 1
	}
}

// add reports whether the name is new in its object.
func (n *names) add(object uint32, hash uint64) bool {
	if 2*n.used >= len(n.table) {
		n.grow()
	}
	mask := uint64(len(n.table) - 1)
	for i := (hash + uint64(object)*0x9e3779b97f4a7c15) & mask; ; i = (i + 1) & mask {
		e := &n.table[i]
		if e.text != n.text {
			*e = named{text: n.text, object: object, hash: hash}
			n.used++
			return true
		}
		if e.hash == hash && e.object == object {
			return false
		}
	}
}

func (n *names) grow() {
	old := n.table
	n.table, n.used = make([]named, 2*len(old)), 0
	for i := range old {
		if e := &old[i]; e.text == n.text {
			n.add(e.object, e.hash)
		}
	}
}
