package serve

import (
	"bytes"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// The results of a verification.
const (
	resultMatch   = "match"
	resultDiffers = "differs"
	resultUnknown = "unknown"
)

// compare says whether a caller's value is the stored one, both in the normal form of the element's type.
func compare(c *catalog.Catalog, e *catalog.Element, stored *string, given any) string {
	if stored == nil {
		return resultUnknown
	}
	text, ok := givenText(given)
	if ok && same(c, e, *stored, text) {
		return resultMatch
	}
	return resultDiffers
}

// givenText is a JSON text, number or truth value as text.
func givenText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v), len(v) <= 2000
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case fmt.Stringer:
		return v.String(), true
	}
	return "", false
}

func same(c *catalog.Catalog, e *catalog.Element, stored, given string) bool {
	switch e.Type {
	case catalog.TypeIdentifier:
		normal, fault := entity.Normalise(e.Scheme, nil, []byte(given))
		return fault == nil && string(normal) == stored
	case catalog.TypeCode:
		return given == stored || meaning(c, e, stored) == given
	case catalog.TypeInt, catalog.TypeDecimal, catalog.TypeFloat:
		a, okA := number(stored)
		b, okB := number(given)
		return okA && okB && a.Cmp(b) == 0
	case catalog.TypeBool:
		return truth(stored) == truth(given) && truth(given) != ""
	case catalog.TypeDate:
		day, ok := givenDay(given)
		return ok && day == stored
	case catalog.TypeDateTime:
		a, okA := storedTime(stored)
		b, okB := givenTime(given)
		return okA && okB && a.Truncate(time.Second).Equal(b.Truncate(time.Second))
	}
	// Full width, case and white space are ways of writing.
	return bytes.Equal(entity.Clean("text", nil, []byte(stored)), entity.Clean("text", nil, []byte(given)))
}

// meaning is what a code stands for; "" where the table does not say.
func meaning(c *catalog.Catalog, e *catalog.Element, code string) string {
	if t := c.CodeTable(e.Codes); t != nil {
		return t.Values[code]
	}
	return ""
}

// number reads a decimal number of a sane length; exponents and fractions could cost much.
func number(text string) (*big.Rat, bool) {
	if len(text) > 40 || strings.ContainsAny(text, "/eExXpP_") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func truth(text string) string {
	switch strings.ToLower(text) {
	case "true", "1", "是", "y", "yes":
		return "true"
	case "false", "0", "否", "n", "no":
		return "false"
	}
	return ""
}

// givenDay reads a day in the ways people write it.
func givenDay(text string) (string, bool) {
	for _, layout := range []string{time.DateOnly, "20060102", "2006/1/2", "2006.1.2", "2006年1月2日", "2006-1-2"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// givenTime reads a time; without a zone it is Chinese time.
func givenTime(text string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true
	}
	t, err := time.ParseInLocation(time.DateTime, text, time.FixedZone("CST", 8*60*60))
	return t, err == nil
}
