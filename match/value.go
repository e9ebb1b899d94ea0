package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wuku/entity"
)

// Kind says what a column holds, and so how its values are normalised, compared and looked up.
type Kind string

// The kinds.
const (
	Name         Kind = "name"         // a person's whole name, in characters or letters 姓名
	Text         Kind = "text"         // one part of a name, a street, a town: short text without a form of its own
	Date         Kind = "date"         // 日期: 19800105, 1980-01-05, 1980年1月5日, 1980/1/5
	Identifier   Kind = "identifier"   // a number that belongs to one; see Field.Scheme 证件号码
	Phone        Kind = "phone"        // 电话
	Address      Kind = "address"      // 地址
	Code         Kind = "code"         // a code of a list: sex, county, postcode 代码
	Organisation Kind = "organisation" // the name of an organisation 单位名称
)

// parser turns what stands in a file into the form that is compared. It keeps buffers and belongs to one goroutine.
type parser struct {
	han   *han
	runes []rune
	buf   []byte
	alt   []byte
}

func newParser() *parser { return &parser{han: hanTables()} }

// parse returns the normal form and the second form of a value, both valid until the next call; an empty normal form means that
// nothing usable is there. Equal normal forms are the same value; what the second form holds depends on the kind: letters of a
// name, numbers of an address, core of an organisation's name, "v" for an identifier that passes its scheme's check.
func (p *parser) parse(f *Field, raw string) (text, alt []byte) {
	p.buf, p.alt = p.buf[:0], p.alt[:0]
	if strings.TrimSpace(raw) == "" || len(raw) > 4096 {
		return nil, nil
	}
	switch f.Kind {
	case Name:
		p.name(raw)
	case Text:
		p.words(raw)
	case Date:
		p.date(raw)
	case Identifier:
		p.identifier(f.Scheme, raw)
	case Phone:
		p.phone(raw)
	case Address:
		p.address(raw)
	case Organisation:
		p.organisation(raw)
	default:
		p.fold(raw)
		for _, r := range p.runes {
			if r > ' ' {
				p.buf = utf8.AppendRune(p.buf, r)
			}
		}
	}
	return p.buf, p.alt
}

func (p *parser) fold(raw string) {
	p.runes = p.runes[:0]
	for _, r := range raw {
		p.runes = append(p.runes, p.han.fold(r))
	}
}

func isHan(r rune) bool {
	return r >= 0x3400 && r <= 0x9FFF || r >= 0x20000 && r <= 0x3FFFF || r >= 0xF900 && r <= 0xFAFF
}

// blank stands in for a character that a system could not write.
const blank = '?'

// name: characters without anything between them; letters in words with one space between.
func (p *parser) name(raw string) {
	p.fold(raw)
	out, hans, letters := p.runes[:0], 0, 0
	gap := false
	for _, r := range p.runes {
		switch {
		case isHan(r):
			hans++
		case unicode.IsLetter(r):
			letters++
			if gap && len(out) > 0 && !isHan(out[len(out)-1]) {
				out = append(out, ' ')
			}
		case r == '?' || r == '*' || r == '□' || r == '〇' || r == utf8.RuneError:
			r = blank
		default: // spaces, dots, hyphens, digits
			gap = true
			continue
		}
		gap = false
		out = append(out, r)
	}
	if hans+letters == 0 {
		return
	}
	for _, r := range out {
		p.buf = utf8.AppendRune(p.buf, r)
	}
	p.alt = p.han.letters(p.alt, out)
}

// words: small letters and digits, one space between words.
func (p *parser) words(raw string) {
	p.fold(raw)
	gap, hans := false, false
	for _, r := range p.runes {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = gap || r != '\''
			continue
		}
		if gap && len(p.buf) > 0 {
			p.buf = append(p.buf, ' ')
		}
		gap = false
		hans = hans || isHan(r)
		p.buf = utf8.AppendRune(p.buf, r)
	}
	if hans {
		p.alt = p.han.letters(p.alt, p.runes)
	}
}

// date gives eight digits; a date that is not in the calendar is kept as far as it goes, since a typing error is still a date.
func (p *parser) date(raw string) {
	var part [3]int
	var width [3]int
	n, in := 0, false
	for _, r := range raw {
		r = p.han.fold(r)
		if r >= '0' && r <= '9' {
			if !in {
				if n == 3 {
					break
				}
				n, in = n+1, true
			}
			if width[n-1] < 14 {
				part[n-1] = part[n-1]*10 + int(r-'0')
				width[n-1]++
			}
			continue
		}
		in = false
	}
	switch {
	case n == 1 && (width[0] == 8 || width[0] == 14):
		v := part[0]
		if width[0] == 14 {
			v /= 1_000_000
		}
		part = [3]int{v / 10000, v / 100 % 100, v % 100}
	case n == 3 && width[2] == 4: // day or month first: 05/01/1980
		part = [3]int{part[2], part[1], part[0]}
	case n == 3 && width[0] == 4:
	default:
		return
	}
	if part[0] < 1000 || part[1] > 99 || part[2] > 99 {
		return
	}
	for _, d := range [8]int{part[0] / 1000, part[0] / 100, part[0] / 10, part[0], part[1] / 10, part[1], part[2] / 10, part[2]} {
		p.buf = append(p.buf, '0'+byte(d%10))
	}
}

// identifier: the scheme's own normal form where it passes its check, the cleaned text otherwise.
func (p *parser) identifier(scheme, raw string) {
	if scheme != "" {
		out, fault := entity.Normalise(scheme, p.buf, []byte(raw))
		if fault == nil {
			p.buf, p.alt = out, append(p.alt, 'v')
			return
		}
	}
	p.fold(raw)
	for _, r := range p.runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			p.buf = utf8.AppendRune(p.buf, unicode.ToUpper(r))
		}
	}
	if filler(p.buf) {
		p.buf = p.buf[:0]
	}
	if scheme == "" && len(p.buf) > 0 {
		p.alt = append(p.alt, 'v')
	}
}

// phone: digits without the country's and trunk's prefix; fillers are nothing.
func (p *parser) phone(raw string) {
	p.fold(raw)
	for _, r := range p.runes {
		if r >= '0' && r <= '9' {
			p.buf = append(p.buf, byte(r))
		}
	}
	b := p.buf
	for _, prefix := range []string{"0086", "86"} {
		if len(b) == 11+len(prefix) && strings.HasPrefix(string(b), prefix) {
			b = b[len(prefix):]
			break
		}
	}
	if len(b) < 5 || filler(b) || string(b) == "13800138000" {
		b = b[:0]
	}
	p.buf = append(p.buf[:0], b...)
}

// filler reports whether a number was typed to fill a field: all one character, or counting up or down.
func filler(b []byte) bool {
	if len(b) < 4 {
		return len(b) == 0 || strings.Trim(string(b), "0") == ""
	}
	same, up, down := true, true, true
	for i := 1; i < len(b); i++ {
		same = same && (b[i] == b[0] || i == len(b)-1 && len(b) == 18)
		up = up && (b[i] == b[i-1]+1 || b[i] == '0' && b[i-1] == '9')
		down = down && (b[i] == b[i-1]-1 || b[i] == '9' && b[i-1] == '0')
	}
	return same || up || down
}

// doorWords are units between the numbers of an address; the numbers are kept, the words are not.
const doorWords = "号栋幢座楼单元室层组弄之附第-#－—、,， ."

// address: division names in front taken off, then the street's text, "#", and the numbers joined by "-": 中山路12号3幢501室 and
// 中山路12-3-501 are the same.
func (p *parser) address(raw string) {
	p.fold(raw)
	rest := divisionTrie().strip(p.runes)
	numbers := p.alt
	digit, last := false, rune(0)
	for i, r := range rest {
		if d, ok := ordinal(rest, i); ok && last != 0 {
			r = d
		}
		switch {
		case r >= '0' && r <= '9':
			if !digit && len(numbers) > 0 {
				numbers = append(numbers, '-')
			}
			numbers = append(numbers, byte(r))
			digit = true
			continue
		case strings.ContainsRune(doorWords, r) && (digit || len(numbers) > 0 && last != 0):
		case unicode.IsLetter(r):
			p.buf = utf8.AppendRune(p.buf, r)
		}
		digit, last = false, r
	}
	p.alt = numbers
	if len(p.buf)+len(numbers) > 0 {
		p.buf = append(append(p.buf, '#'), numbers...)
	}
}

// ordinal reads 一 to 十 before a unit of a building, as in 三单元.
func ordinal(r []rune, i int) (rune, bool) {
	const small = "一二三四五六七八九"
	if i+1 >= len(r) || !strings.ContainsRune("号栋幢座单楼层", r[i+1]) {
		return 0, false
	}
	n := strings.IndexRune(small, r[i])
	if n < 0 {
		return 0, false
	}
	return '1' + rune(n/3), true
}

// forms are the endings of organisations' names that say what they are, not who; longer before shorter.
var forms = []string{"有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "责任公司", "股份公司", "总公司", "分公司", "集团", "公司", "厂", "店", "商行", "经营部", "合作社", "个体工商户",
	"incorporated", "corporation", "company", "limited", "corp", "inc", "ltd", "llc", "plc", "gmbh", "co"}

// organisation: letters and digits; the second form is without brackets, division names and legal form: 江苏恒瑞(南京)有限公司 恒瑞.
func (p *parser) organisation(raw string) {
	p.fold(raw)
	p.runes = slices.DeleteFunc(p.runes, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	p.buf = appendRunes(p.buf, p.runes)
	core := string(divisionTrie().strip(p.runes))
	for again := true; again; {
		again = false
		for _, f := range forms {
			if s := strings.TrimSuffix(core, f); s != core && s != "" {
				core, again = s, true
			}
		}
	}
	p.alt = append(p.alt, core...)
}

func appendRunes(dst []byte, r []rune) []byte {
	for _, c := range r {
		dst = utf8.AppendRune(dst, c)
	}
	return dst
}
