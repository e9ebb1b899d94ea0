package catalog

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
)

// The forms in which a catalogue itself writes dates and times (bounds and constants).
const (
	DateLayout     = "2006-01-02"
	DateTimeLayout = "2006-01-02 15:04:05"
)

// bound reads a min or max and reports one that is not written as its type is.
func (k *checker) bound(p place, e *Element, text *string) (*big.Rat, bool) {
	if text == nil {
		return nil, false
	}
	if !isNumber(e.Type) && !isTime(e.Type) {
		k.fail(p, "bounds.type", fmt.Sprintf("element %q is of type %s, which has no min and max", e.Name, e.Type), "remove it; texts have max_length and pattern")
		return nil, false
	}
	v, err := parseOrdered(e.Type, *text)
	if err != nil {
		k.fail(p, "bounds.form", fmt.Sprintf("%q is no bound for element %q of type %s", *text, e.Name, e.Type), err.Error())
		return nil, false
	}
	return v, true
}

// parseOrdered reads a number, date or time as the catalogue writes it, as a number that compares as the value does.
func parseOrdered(elementType, text string) (*big.Rat, error) {
	switch elementType {
	case TypeDate, TypeDateTime:
		for _, layout := range []string{DateLayout, DateTimeLayout} {
			if t, err := time.Parse(layout, text); err == nil && (layout == DateLayout || elementType == TypeDateTime) {
				return new(big.Rat).SetInt64(t.Unix()), nil
			}
		}
		if elementType == TypeDate {
			return nil, errors.New("write a day that exists as 2006-01-02")
		}
		return nil, errors.New("write a time that exists as 2006-01-02 or 2006-01-02 15:04:05")
	case TypeInt:
		if n, ok := new(big.Int).SetString(text, 10); ok && n.IsInt64() {
			return new(big.Rat).SetInt(n), nil
		}
		return nil, errors.New("write a whole number in digits")
	}
	if len(text) < 40 && !strings.ContainsAny(text, "/eExXpP_") {
		if r, ok := new(big.Rat).SetString(text); ok {
			return r, nil
		}
	}
	return nil, errors.New("write a number in digits, for example 0.5")
}

// constant says why a text that the catalogue writes cannot be a value of an element; nil if it can.
func (k *checker) constant(e *Element, text string) error {
	switch e.Type {
	case TypeCode:
		t := k.catalog.CodeTable(e.Codes)
		if t == nil {
			return nil // reported where the element is declared
		}
		if _, ok := t.Values[text]; !ok {
			return errors.New(meant(text, sortedKeys(t.Values)))
		}
	case TypeBool:
		if !slices.Contains([]string{"true", "false"}, text) {
			return errors.New("write true or false")
		}
	case TypeInt, TypeDecimal, TypeFloat, TypeDate, TypeDateTime:
		_, err := parseOrdered(e.Type, text)
		return err
	}
	return nil
}
