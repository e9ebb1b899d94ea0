package entity

// Lengths of the codes of GB/T 37346-2019 in characters.
const (
	parcelLength       = 19 // 6 county, 3 cadastral zone, 3 subzone, 2 kind of parcel, 5 parcel
	realPropertyLength = 28 // the parcel, 1 kind of fixture, 8 fixture (4 building, 4 unit)
)

// parcel checks a cleaned parcel code (宗地代码). It has no check character.
func parcel(v []byte) *Fault {
	switch {
	case len(v) == parcelLength && alphanumeric(v):
	case masked(v, 4):
		return faultParcelMasked
	case !lengthIs(v, parcelLength):
		return faultParcelLength
	default:
		return faultParcelCharacter
	}
	switch {
	case !parcelDigits(v):
		return faultParcelCharacter
	case !province(v[0], v[1]):
		return faultParcelDivision
	case !parcelKind(v[12], v[13]):
		return faultParcelType
	}
	return nil
}

// realProperty checks a cleaned real-property unit code (不动产单元代码). It has no check character.
func realProperty(v []byte) *Fault {
	switch {
	case len(v) == realPropertyLength && alphanumeric(v):
	case masked(v, 4):
		return faultRealPropertyMasked
	case !lengthIs(v, realPropertyLength):
		return faultRealPropertyLength
	default:
		return faultRealPropertyCharacter
	}
	switch {
	case !parcelDigits(v[:parcelLength]) || !digits(v[parcelLength+1:]):
		return faultRealPropertyCharacter
	case !province(v[0], v[1]):
		return faultRealPropertyDivision
	case !parcelKind(v[12], v[13]):
		return faultRealPropertyType
	}
	switch v[parcelLength] {
	case 'F', 'L', 'Q': // house or building, forest, other fixture
		return nil
	case 'W': // no fixture: the land alone
		if string(v[parcelLength+1:]) != "00000000" {
			return faultRealPropertyNumber
		}
		return nil
	}
	return faultRealPropertyFixture
}

// parcelDigits reports whether the numeric places of a parcel code are digits.
func parcelDigits(v []byte) bool { return digits(v[:12]) && digits(v[14:]) }

// parcelKind reports whether two characters are a kind of parcel: whose the land is (G the state, J a collective, Z not yet
// known), then what the right is on. Compiled from several public implementations; the standard's own text could not be read.
func parcelKind(owner, right byte) bool {
	switch owner {
	case 'G', 'J', 'Z':
	default:
		return false
	}
	switch right {
	case 'A', 'B', 'C', 'D', 'E', 'F', 'S', 'X', 'W', 'Y', 'H', 'G':
		return true
	}
	return false
}
