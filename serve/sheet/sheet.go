// Package sheet is what every table for a spreadsheet has in common.
package sheet

import (
	"strings"
	"time"
)

// Text is a text as a cell of a CSV table: one that a spreadsheet would take for a formula gets an apostrophe before it.
func Text(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// China is the one zone in which people read times here.
var China = time.FixedZone("", 8*3600)

// InChina writes a time as people here read it; nothing for none.
func InChina(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.In(China).Format("2006-01-02 15:04")
}

// LastDay is the last day of a term that ends at a time, exclusive; nothing for none.
func LastDay(due *time.Time) string {
	if due == nil || due.IsZero() {
		return ""
	}
	return due.Add(-time.Second).In(China).Format(time.DateOnly)
}
