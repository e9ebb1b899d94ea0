// Package sheet is what every table for a spreadsheet has in common.
package sheet

import "strings"

// Text is a text as a cell of a CSV table: one that a spreadsheet would take for a formula gets an apostrophe before it.
func Text(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
