package access

import (
	"strings"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// Masked is a value under the one fixed mask of its element's type. Every grant that masks shows the same characters, so that two
// grants together show no more than one. The length of what is hidden does not show either.
//
//	identifier of a citizen   the division: 320102************
//	other identifiers         the first two characters
//	text                      the first character
//	date, datetime            the year
//	everything else           nothing
func Masked(e *catalog.Element, value string) string {
	switch e.Type {
	case catalog.TypeIdentifier:
		if e.Scheme == entity.SchemeCitizen && len(value) == 18 {
			return value[:6] + "************"
		}
		return first(value, 2) + "****"
	case catalog.TypeText:
		return first(value, 1) + "**"
	case catalog.TypeDate, catalog.TypeDateTime:
		if len(value) >= 4 {
			return value[:4] + "-**-**"
		}
	}
	return "***"
}

// first is the first n characters of a text, none of a text that is no longer than that.
func first(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return ""
	}
	var b strings.Builder
	for _, r := range text {
		if n == 0 {
			break
		}
		b.WriteRune(r)
		n--
	}
	return b.String()
}
