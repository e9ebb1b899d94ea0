package cql2

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kinds of tokens.
type kind uint8

const (
	end kind = iota
	word
	quotedWord
	text
	number
	symbol
)

type token struct {
	kind kind
	text string
	num  float64
	at   int
}

// is compares a word without case.
func (t token) is(w string) bool { return t.kind == word && strings.EqualFold(t.text, w) }

func (t token) isSymbol(s string) bool { return t.kind == symbol && t.text == s }

// lex cuts a text into tokens.
func lex(s string) ([]token, error) {
	if !utf8.ValidString(s) {
		return nil, &Error{-1, "it is not UTF-8"}
	}
	var out []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == '\'':
			v, n, ok := quoted(s[i:], '\'')
			if !ok {
				return nil, &Error{i, "the text has no end: a ' is missing"}
			}
			out = append(out, token{kind: text, text: v, at: i})
			i += n
		case r == '"':
			v, n, ok := quoted(s[i:], '"')
			if !ok || v == "" {
				return nil, &Error{i, "the name has no end: a \" is missing"}
			}
			out = append(out, token{kind: quotedWord, text: v, at: i})
			i += n
		case r >= '0' && r <= '9' || r == '.' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			n := numberLength(s[i:])
			v, err := strconv.ParseFloat(s[i:i+n], 64)
			if err != nil {
				return nil, &Error{i, "it is no number"}
			}
			out = append(out, token{kind: number, text: s[i : i+n], num: v, at: i})
			i += n
		case isStart(r):
			n := size
			for n < len(s)-i {
				r, size := utf8.DecodeRuneInString(s[i+n:])
				if !isPart(r) {
					break
				}
				n += size
			}
			out = append(out, token{kind: word, text: s[i : i+n], at: i})
			i += n
		default:
			n := 1
			if two := s[i:min(i+2, len(s))]; two == "<>" || two == "<=" || two == ">=" {
				n = 2
			}
			if !strings.Contains("()=<>,+-*/%^", s[i:i+1]) {
				return nil, &Error{i, "the character " + strconv.QuoteRune(r) + " means nothing here"}
			}
			out = append(out, token{kind: symbol, text: s[i : i+n], at: i})
			i += n
		}
	}
	return append(out, token{kind: end, at: len(s)}), nil
}

// isStart and isPart say which characters names are of.
func isStart(r rune) bool { return unicode.IsLetter(r) || r == '_' || r == ':' }
func isPart(r rune) bool {
	return isStart(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '.' || r == '·'
}

// quoted reads a quoted text: the quote twice is one of it, and so is one after a backslash.
func quoted(s string, quote byte) (value string, length int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote && i+1 < len(s) && s[i+1] == quote, s[i] == '\\' && i+1 < len(s) && s[i+1] == quote:
			b.WriteByte(quote)
			i++
		case s[i] == quote:
			return b.String(), i + 1, true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, false
}

func numberLength(s string) int {
	n := 0
	digits := func() {
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
	}
	digits()
	if n < len(s) && s[n] == '.' {
		n++
		digits()
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		back := n
		n++
		if n < len(s) && (s[n] == '+' || s[n] == '-') {
			n++
		}
		start := n
		if digits(); n == start {
			n = back
		}
	}
	return n
}
