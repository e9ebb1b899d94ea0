package entity

// Lengths in characters of passport numbers (ICAO Doc 9303 has nine; some issuers write longer personal numbers).
const (
	minPassport = 5
	maxPassport = 20
)

// passport checks a cleaned passport number of any issuer. There is no check character outside the machine-readable zone, so
// only the form can be wrong: 5 to 20 letters and digits, at least one of them a digit. What the Chinese forms look like is said
// by ChinesePassport; a foreign passport may look like them, so they cannot be required.
func passport(v []byte) *Fault {
	if masked(v, 3) {
		return faultPassportMasked
	}
	if len(v) < minPassport || len(v) > maxPassport || !alphanumeric(v) || !hasDigit(v) {
		return faultPassportForm
	}
	if placeholder(v) || placeholder(v[1:]) {
		return faultPassportReserved
	}
	return nil
}

// ChinesePassport reports whether a normalised passport number has a form that the People's Republic gives out: ordinary E or G,
// diplomatic D, service S, public affairs P, Hong Kong H or K, and eight digits; two letters (EA to EZ, DE, SE, PE, MA, MB, KJ)
// and seven digits; 14 or 15 and seven digits (until 2007). The list is compiled from secondary sources: a false answer proves nothing.
func ChinesePassport(normalised []byte) bool {
	if len(normalised) != 9 || !digits(normalised[2:]) {
		return false
	}
	a, b := normalised[0], normalised[1]
	if b >= '0' && b <= '9' {
		switch a {
		case 'E', 'G', 'D', 'S', 'P', 'H', 'K':
			return true
		case '1':
			return b == '4' || b == '5'
		}
		return false
	}
	switch a {
	case 'E':
		return b >= 'A' && b <= 'Z' && b != 'I' && b != 'O'
	case 'D', 'S', 'P':
		return b == 'E'
	case 'M':
		return b == 'A' || b == 'B'
	case 'K':
		return b == 'J'
	}
	return false
}

// permit checks a cleaned number of a permit or residence card and returns how many of its characters are the normal form:
//
//	H or M, 8 digits (+2)      港澳居民来往内地通行证: the last two count the renewals, the first nine stay with the person
//	8 digits (+2, +letter)     台湾居民来往大陆通行证: likewise
//	C, W, L, T and 8 digits    往来港澳通行证, 往来台湾通行证 (newer: C, a letter, 7 digits)
//	810000, 820000, 830000…    港澳台居民居住证: 18 characters like a citizen number
//	9 and 17 characters        外国人永久居留身份证 since 2023-12: 18 characters like a citizen number
//	3 letters and 12 digits    外国人永久居留身份证 before; its check rule is not published
func permit(v []byte) (int, *Fault) {
	n := permitForm(v)
	switch {
	case n > 0:
	case masked(v, 2):
		return 0, faultPermitMasked
	default:
		return 0, faultPermitForm
	}
	switch {
	case placeholder(v[:n]), placeholder(v[1:n]):
		return 0, faultPermitReserved
	case n == 18 && !calendar(number(v[6:10]), number(v[10:12]), number(v[12:14])):
		return 0, faultPermitBirth
	case n == 18 && CitizenCheck(v[:17]) != v[17]:
		return 0, faultPermitCheck
	}
	return n, nil
}

// permitForm is the length of the normal form, or 0 for a value of no known form.
func permitForm(v []byte) int {
	switch len(v) {
	case 8, 10:
		if digits(v) {
			return 8
		}
	case 9, 11:
		return travelPermitForm(v)
	case 13: // the old booklet prints a letter in brackets: 1234567801(B)
		if digits(v[:10]) && v[10] == '(' && v[11] >= 'A' && v[11] <= 'Z' && v[12] == ')' {
			return 8
		}
	case 15:
		if alphanumeric(v[:3]) && !hasDigit(v[:3]) && digits(v[3:]) {
			return 15
		}
	case 18:
		residence := v[0] == '8' && v[1] >= '1' && v[1] <= '3' && string(v[2:6]) == "0000"
		if (residence || v[0] == '9') && digits(v[:17]) && (v[17] == 'X' || digits(v[17:])) {
			return 18
		}
	}
	return 0
}

// travelPermitForm is permitForm for the numbers that begin with a letter.
func travelPermitForm(v []byte) int {
	switch v[0] {
	case 'H', 'M':
		if digits(v[1:]) {
			return 9
		}
	case 'C', 'W', 'L', 'T':
		second := v[1] >= '0' && v[1] <= '9' || v[0] == 'C' && v[1] >= 'A' && v[1] <= 'Z'
		if len(v) == 9 && second && digits(v[2:]) {
			return 9
		}
	}
	return 0
}

// hasDigit reports whether v holds one of 0 to 9.
func hasDigit(v []byte) bool {
	for _, c := range v {
		if c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}
