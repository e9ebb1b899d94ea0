package match

// levels are the ways in which two values of a kind can agree, the best first; the last is that they do not. Their names stand in
// saved models and explanations.
var levels = map[Kind][]string{
	Name:         {"same", "same reading", "turned round", "one character", "reads alike", "same first character", "different"},
	Text:         {"same", "one character", "same reading", "alike", "a little alike", "different"},
	Date:         {"same", "one digit", "day and month exchanged", "same year, filler day", "two parts", "same year", "different"},
	Identifier:   {"same", "one character", "different", "both valid, different"},
	Phone:        {"same", "one digit", "different"},
	Address:      {"same", "same numbers, street alike", "part of the numbers, street alike", "same street", "street alike", "different"},
	Code:         {"same", "alike", "different"},
	Organisation: {"same", "same without its form", "one character", "alike", "different"},
}

// usual is how often two records of the same one agree at each level, before anything was learned.
var usual = map[Kind][]float64{
	Name:         {.87, .04, .01, .03, .01, .01, .03},
	Text:         {.82, .06, .01, .03, .02, .06},
	Date:         {.90, .03, .01, .02, .01, .01, .02},
	Identifier:   {.93, .05, .015, .005},
	Phone:        {.75, .03, .22},
	Address:      {.65, .08, .05, .05, .02, .15},
	Code:         {.93, .02, .05},
	Organisation: {.75, .12, .04, .05, .04},
}

// home is how often two who live or belong together agree at each level, before anything was learned: they share what a household
// or a group shares and differ in what is a person's own. A kind that is missing starts with what strangers do.
var home = map[Kind][]float64{
	Name:         {.002, .002, .002, .05, .03, .5, .414},
	Text:         {.3, .02, .01, .02, .05, .6},
	Date:         {.005, .005, .001, .01, .02, .04, .919},
	Identifier:   {.002, .002, .2, .796},
	Phone:        {.4, .01, .59},
	Address:      {.65, .08, .05, .05, .02, .15},
	Code:         {.7, .02, .28},
	Organisation: {.1, .05, .05, .2, .6},
}

// own bounds, by level, how often two who belong together can agree on what is a person's own: otherwise damaged records of one
// and the same would be taken for relatives.
var own = map[Kind][]float64{
	Name:       {.01, .01, .01, .1},
	Date:       {.02, .02, .01, .02, .05},
	Identifier: {.005, .005},
}

// compare returns the level of two different values of a column; equal values are level 0. It is symmetric.
func compare(kind Kind, a, b *value) uint8 {
	if a.facet[0] > b.facet[0] {
		a, b = b, a
	}
	switch kind {
	case Name:
		return compareNames(a, b)
	case Text:
		return compareTexts(a, b)
	case Date:
		return compareDates(a.text(), b.text())
	case Identifier:
		return compareIdentifiers(a, b)
	case Phone:
		if near(a.text(), b.text()) {
			return 1
		}
		return 2
	case Address:
		return compareAddresses(a, b)
	case Organisation:
		return compareOrganisations(a, b)
	default:
		return compareCodes(a.text(), b.text())
	}
}

// near reports one edit between two short values.
func near(a, b string) bool {
	if d := len(a) - len(b); d > 3 || d < -3 {
		return false
	}
	var va, vb plain
	if va.set(a) && vb.set(b) {
		return oneEdit(va[:len(a)], vb[:len(b)])
	}
	var ra, rb runes
	return oneEdit(ra.set(a), rb.set(b))
}

func compareCodes(a, b string) uint8 {
	if min(len(a), len(b)) >= 4 && (near(a, b) || max(len(a), len(b)) >= 6 && a[:4] == b[:4]) {
		return 1
	}
	return 2
}

func compareNames(a, b *value) uint8 {
	if a.alt() != "" && a.alt() == b.alt() {
		return 1
	}
	if rotated(a.text(), b.text()) || rotated(a.alt(), b.alt()) {
		return 2
	}
	var va, vb runes
	ra, rb := va.set(a.text()), vb.set(b.text())
	first := len(ra) > 0 && len(rb) > 0 && ra[0] == rb[0]
	if max(len(ra), len(rb)) >= 3 && oneEdit(ra, rb) {
		return 3
	}
	if readAlike(a.alt(), b.alt()) {
		return 4
	}
	if first {
		return 5
	}
	return 6
}

// readAlike compares the letters of two names.
func readAlike(a, b string) bool {
	if max(len(a), len(b)) < 5 {
		return false
	}
	var va, vb plain
	if va.set(a) && vb.set(b) {
		la, lb := va[:len(a)], vb[:len(b)]
		return oneEdit(la, lb) || jaroWinkler(la, lb) >= .94
	}
	var ra, rb runes
	la, lb := ra.set(a), rb.set(b)
	return oneEdit(la, lb) || jaroWinkler(la, lb) >= .94
}

func compareTexts(a, b *value) uint8 {
	var va, vb runes
	ra, rb := va.set(a.text()), vb.set(b.text())
	if max(len(ra), len(rb)) >= 3 && oneEdit(ra, rb) {
		return 1
	}
	if a.alt() != "" && a.alt() == b.alt() {
		return 2
	}
	switch s := jaroWinkler(ra, rb); {
	case s >= .9:
		return 3
	case s >= .8:
		return 4
	}
	return 5
}

func compareDates(a, b string) uint8 {
	if len(a) != 8 || len(b) != 8 {
		return 6
	}
	year := a[:4] == b[:4]
	switch {
	case year && a[4:6] == b[6:] && a[6:] == b[4:6]:
		return 2
	case near(a, b):
		return 1
	case year && (a[4:] == "0101" || b[4:] == "0101"):
		return 3
	case year && (a[4:6] == b[4:6] || a[6:] == b[6:]), a[4:] == b[4:]:
		return 4
	case year:
		return 5
	}
	return 6
}

func compareIdentifiers(a, b *value) uint8 {
	switch {
	case a.alt() != "" && b.alt() != "" && a.checked && b.checked:
		return 3
	case near(a.text(), b.text()):
		return 1
	}
	return 2
}

func compareAddresses(a, b *value) uint8 {
	var va, vb runes
	s := shared(va.set(a.street()), vb.set(b.street()))
	if s < .5 {
		return 5
	}
	switch {
	case a.alt() == b.alt():
		return 1
	case a.alt() != "" && b.alt() != "" && (partOf(a.alt(), b.alt()) || partOf(b.alt(), a.alt())):
		return 2
	case s >= .85:
		return 3
	}
	return 4
}

// partOf reports whether the numbers of a are the first or the last ones of b's.
func partOf(a, b string) bool {
	if len(a) >= len(b) {
		return false
	}
	return b[:len(a)] == a && b[len(a)] == '-' || b[len(b)-len(a):] == a && b[len(b)-len(a)-1] == '-'
}

func compareOrganisations(a, b *value) uint8 {
	if a.alt() == b.alt() && a.alt() != "" {
		return 1
	}
	var va, vb runes
	ra, rb := va.set(a.alt()), vb.set(b.alt())
	if max(len(ra), len(rb)) >= 4 && oneEdit(ra, rb) {
		return 2
	}
	if s := shared(ra, rb); s >= .75 {
		return 3
	}
	return 4
}
