package entity

import "time"

// citizenWeights are 2^(17-i) mod 11, ISO 7064 MOD 11-2 (GB 11643-1999).
var citizenWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// citizenChecks maps the weighted sum modulo 11 to the check character.
const citizenChecks = "10X98765432"

// Years of birth that a citizen number can hold. Numbers are given out since 1984, when nobody alive was born before 1850.
const (
	firstBirthYear = 1850
	lastBirthYear  = 2099
)

// CitizenCheck computes the check character of a citizen number from its first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2):
// '0' to '9' or 'X'. It returns 0 where first17 is not 17 digits. Residence permits and the permanent residence card of 2023
// use the same rule.
func CitizenCheck(first17 []byte) byte {
	if len(first17) != 17 {
		return 0
	}
	sum := 0
	for i, c := range first17 {
		if c < '0' || c > '9' {
			return 0
		}
		sum += int(c-'0') * citizenWeights[i]
	}
	return citizenChecks[sum%11]
}

// BirthDate is the date of birth in an 18-character citizen number, residence permit or permanent residence card of 2023, in
// days since 1970-01-01 (negative before). ok is false where that date is not in the calendar or the number is not of that form.
func BirthDate(citizen18 []byte) (days int32, ok bool) {
	if len(citizen18) != 18 || !digits(citizen18[6:14]) {
		return 0, false
	}
	y, m, d := number(citizen18[6:10]), number(citizen18[10:12]), number(citizen18[12:14])
	if !calendar(y, m, d) {
		return 0, false
	}
	return int32(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400), true
}

// Sex is the sex that an 18-character citizen number states, as GB/T 2261.1 codes it: '1' male, '2' female, and '0' unknown
// where the number is not of that form.
func Sex(citizen18 []byte) byte {
	if len(citizen18) != 18 || citizen18[16] < '0' || citizen18[16] > '9' {
		return '0'
	}
	if (citizen18[16]-'0')%2 == 1 {
		return '1'
	}
	return '2'
}

// citizen checks the cleaned citizen number at dst[start:] and widens the 15-digit form: "19" before the year (the first
// generation was given out from 1984 to 1999 and held no century), and the check character behind.
func citizen(dst []byte, start int) ([]byte, *Fault) {
	v := dst[start:]
	if f := citizenShape(v); f != nil {
		return dst, f
	}
	if len(v) == 15 {
		dst = append(dst, 0, 0, 0)
		v = dst[start:]
		copy(v[8:17], v[6:15])
		v[6], v[7] = '1', '9'
		v[17] = CitizenCheck(v[:17])
	}
	f := citizenParts(v)
	if (f == faultCitizenBirth || f == faultCitizenDivision) && widened(v) {
		return dst, faultCitizenWidened
	}
	return dst, f
}

// widened reports whether a number that is wrong as it stands is one of 15 digits that was padded to 18 places instead of widened:
// with 000 behind it, or with 19 before it (and a check character behind).
func widened(v []byte) bool {
	if len(v) != 18 || !digits(v[:17]) {
		return false
	}
	return string(v[15:]) == "000" && citizen15(v[:15]) == nil || string(v[:2]) == "19" && citizen15(v[2:17]) == nil
}

// citizenShape checks length and characters of either form.
func citizenShape(v []byte) *Fault {
	switch {
	case len(v) == 18 && digits(v[:17]) && (v[17] >= '0' && v[17] <= '9' || v[17] == 'X'), len(v) == 15 && digits(v):
	case masked(v, 2):
		return faultCitizenMasked
	case !lengthIs(v, 15, 18):
		return faultCitizenLength
	default:
		return faultCitizenCharacter
	}
	if placeholder(v) || len(v) == 18 && placeholder(v[:17]) {
		return faultCitizenReserved
	}
	return nil
}

// citizenParts checks the parts of a number of 18 characters, from the most telling to the least.
func citizenParts(v []byte) *Fault {
	switch {
	case string(v[:14]) == "11010119000101":
		// The first county of the table with the null date of spreadsheets and databases: the filler of test data. The one
		// person who could rightly bear it would be far over 120 by now.
		return faultCitizenReserved
	case !province(v[0], v[1]):
		return faultCitizenDivision
	case !calendar(number(v[6:10]), number(v[10:12]), number(v[12:14])):
		return faultCitizenBirth
	case CitizenCheck(v[:17]) != v[17]:
		return faultCitizenCheck
	}
	return nil
}

// citizen15 checks a first-generation number and leaves it as it is. It has no check character, so only its shape, its province
// and its date can be wrong.
func citizen15(v []byte) *Fault {
	switch {
	case len(v) == 15 && digits(v):
	case masked(v, 2):
		return faultCitizen15Masked
	case !lengthIs(v, 15):
		return faultCitizen15Length
	default:
		return faultCitizen15Character
	}
	switch {
	case placeholder(v), string(v[:12]) == "110101000101":
		return faultCitizen15Reserved
	case !province(v[0], v[1]):
		return faultCitizen15Division
	case !calendar(1900+number(v[6:8]), number(v[8:10]), number(v[10:12])):
		return faultCitizen15Birth
	}
	return nil
}

// provinces has a bit for each two-digit province code of GB/T 2260, and for 83: the residence permits of people from Hong Kong,
// Macao and Taiwan bear citizen numbers beginning 810000, 820000 and 830000 since 2018.
var provinces = func() (bits [2]uint64) {
	for _, p := range [...]int{11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53,
		54, 61, 62, 63, 64, 65, 71, 81, 82, 83} {
		bits[p/64] |= 1 << (p % 64)
	}
	return bits
}()

// province reports whether two digits are the code of a province.
func province(tens, units byte) bool {
	p := int(tens-'0')*10 + int(units-'0')
	return p < 128 && provinces[p/64]>>(p%64)&1 == 1
}

// number is the value of a short run of digits.
func number(v []byte) int {
	n := 0
	for _, c := range v {
		n = n*10 + int(c-'0')
	}
	return n
}

// calendar reports whether a date is in the Gregorian calendar and its year can be a year of birth.
func calendar(y, m, d int) bool {
	if y < firstBirthYear || y > lastBirthYear || m < 1 || m > 12 || d < 1 {
		return false
	}
	last := 31
	switch m {
	case 4, 6, 9, 11:
		last = 30
	case 2:
		last = 28
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			last = 29
		}
	}
	return d <= last
}
