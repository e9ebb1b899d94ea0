package entity

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// Classes of a byte for Clean: what is copied as it is has its own (upper-case) value, the others one of these.
const (
	cleanSpace = 0x01 // ASCII white space
	cleanWide  = 0x02 // the first byte of a character beyond ASCII
)

// cleanTable maps each byte to its upper case or to its class. It is filled once and never changed.
var cleanTable = func() (t [256]byte) {
	for i := range t {
		switch {
		case i == ' ' || i >= '\t' && i <= '\r':
			t[i] = cleanSpace
		case i >= 0x80:
			t[i] = cleanWide
		case i >= 'a' && i <= 'z':
			t[i] = byte(i) - 'a' + 'A'
		case i == cleanSpace || i == cleanWide:
			t[i] = 0 // control characters: any value that every scheme refuses
		default:
			t[i] = byte(i)
		}
	}
	return t
}()

// Clean appends raw to dst as Normalise sees it before it checks anything: white space around the value removed (the ideographic
// space, the no-break space and invisible marks from spreadsheets too), U+FF01 to U+FF5E made half-width, ASCII letters upper
// case. Inside, white space is removed for parcels, real-property units and schemes that Normalise does not know, hyphens and
// dashes for organisation codes. It checks nothing: what it appends may be no identifier at all.
func Clean(scheme string, dst, raw []byte) []byte {
	start := len(dst)
	inner := innerSpace(scheme)
	for i := 0; i < len(raw); {
		c := cleanTable[raw[i]]
		size := 1
		if c == cleanWide {
			c, size = narrow(raw[i:])
		}
		switch {
		case c == cleanSpace:
			if !inner && len(dst) > start {
				dst = append(dst, ' ')
			}
		case c == cleanWide:
			dst = append(dst, raw[i:i+size]...)
		case size == 1 || c != 0:
			dst = append(dst, c)
		}
		i += size
	}
	for len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	if scheme == SchemeOrgCode {
		dst = dropHyphens(dst, start)
	}
	return dst
}

// innerSpace reports whether white space inside a value means nothing: real-property codes are printed in groups.
func innerSpace(scheme string) bool {
	switch scheme {
	case SchemeCitizen, SchemeCitizen15, SchemeUSCC, SchemeOrgCode, SchemeRegNo, SchemeTaxID, SchemePassport, SchemePermit,
		SchemeCertificate:
		return false
	}
	return true
}

// narrow looks at a character beyond ASCII at the head of b. It returns its half-width (upper-case) form, cleanSpace for white
// space, 0 for an invisible mark, or cleanWide for a character to be copied, and the number of bytes it takes.
func narrow(b []byte) (byte, int) {
	if len(b) >= 2 && b[0] == 0xc2 && b[1] == 0xa0 { // U+00A0 no-break space
		return cleanSpace, 2
	}
	if len(b) < 3 {
		return cleanWide, 1
	}
	switch {
	case b[0] == 0xef && b[1] == 0xbc && b[2] >= 0x81 && b[2] <= 0xbf: // U+FF01..U+FF3F
		return cleanTable[b[2]-0x80+0x20], 3
	case b[0] == 0xef && b[1] == 0xbd && b[2] >= 0x80 && b[2] <= 0x9e: // U+FF40..U+FF5E
		return cleanTable[b[2]-0x80+0x60], 3
	case b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf: // U+FEFF byte order mark
		return 0, 3
	case b[0] == 0xe3 && b[1] == 0x80 && b[2] == 0x80: // U+3000 ideographic space
		return cleanSpace, 3
	case b[0] == 0xe2 && b[1] == 0x80:
		return generalPunctuation(b[2])
	}
	return cleanWide, 1
}

// generalPunctuation is narrow for U+2000 to U+203F, by the third byte: spaces, then the marks that spreadsheets and clipboards
// leave around a number (zero-width characters, direction marks).
func generalPunctuation(third byte) (byte, int) {
	switch {
	case third >= 0x80 && third <= 0x8a, third == 0xa8, third == 0xa9, third == 0xaf:
		return cleanSpace, 3
	case third >= 0x8b && third <= 0x8f, third >= 0xaa && third <= 0xae:
		return 0, 3
	}
	return cleanWide, 3
}

// dropHyphens removes hyphens and dashes from dst[start:]: an organisation code is printed 12345678-9.
func dropHyphens(dst []byte, start int) []byte {
	v := dst[start:]
	n := 0
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '-':
			continue
		case i+2 < len(v) && v[i] == 0xe2 && (v[i+1] == 0x80 && v[i+2] >= 0x90 && v[i+2] <= 0x95 || v[i+1] == 0x88 && v[i+2] == 0x92):
			i += 2 // U+2010..U+2015 and U+2212
			continue
		}
		v[n] = v[i]
		n++
	}
	return dst[:start+n]
}

// masked reports whether v was made unreadable on purpose: a star or another sign that masks use, or a run of the letter X.
// It is asked only of values that already failed, or where such a run would pass.
func masked(v []byte, run int) bool {
	xs := 0
	for i, c := range v {
		switch {
		case c == '*' || c == '#':
			return true
		case c == 'X', c == 0xc3 && i+1 < len(v) && v[i+1] == 0x97: // X, or the sign × (one alone is a mistyped last X)
			if xs++; xs >= run {
				return true
			}
		case c == 0x97 && i > 0 && v[i-1] == 0xc3: // second byte of ×
		case c >= 0x80 && maskSign(v[i:]):
			return true
		default:
			xs = 0
		}
	}
	return false
}

// maskSign reports whether b begins with a sign that masks are drawn with.
func maskSign(b []byte) bool {
	for _, s := range [...]string{"●", "■", "□", "•", "…", "※"} {
		if len(b) >= len(s) && string(b[:len(s)]) == s {
			return true
		}
	}
	return false
}

// lengthIs reports whether v has one of the lengths in characters. It is asked only of values that already failed: a number with
// one foreign character in it has a wrong character, not a wrong length.
func lengthIs(v []byte, lengths ...int) bool { return slices.Contains(lengths, utf8.RuneCount(v)) }

// digits reports whether v holds nothing but 0 to 9.
func digits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// alphanumeric reports whether v holds nothing but 0 to 9 and A to Z.
func alphanumeric(v []byte) bool {
	for _, c := range v {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// placeholder reports whether v is one character repeated, or the digits counted up (123456789012…): what people type when a
// form insists on a number that they do not have.
func placeholder(v []byte) bool {
	if len(v) < 2 {
		return false
	}
	if v[0] == v[1] {
		return bytes.Count(v, v[:1]) == len(v)
	}
	if v[0] != '1' || v[1] != '2' {
		return false
	}
	for i, c := range v {
		if c != '0'+byte((i+1)%10) {
			return false
		}
	}
	return true
}
