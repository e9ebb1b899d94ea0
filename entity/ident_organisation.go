package entity

// usccAlphabet are the 31 characters of GB 32100-2015 in the order of their values: no I, O, S, V, Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// usccWeights are 3^i mod 31.
var usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// usccValues maps a character to its value plus 1, and every other byte to 0.
var usccValues = func() (t [256]uint8) {
	for i := range usccAlphabet {
		t[usccAlphabet[i]] = uint8(i + 1)
	}
	return t
}()

// orgWeights are the weights of GB 11714-1997.
var orgWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// USCCCheck computes the check character of a unified social credit code from its first 17 characters (GB 32100-2015). It
// returns 0 where first17 is not 17 characters of the standard's alphabet. A sum of 0 gives '0': read to the letter, the
// standard's formula gives 31 there, for which there is no character, and libraries that do so crash on one code in 31.
func USCCCheck(first17 []byte) byte {
	if len(first17) != 17 {
		return 0
	}
	sum := 0
	for i, c := range first17 {
		v := int(usccValues[c])
		if v == 0 {
			return 0
		}
		sum += (v - 1) * usccWeights[i]
	}
	return usccAlphabet[(31-sum%31)%31]
}

// OrgCodeCheck computes the check character of an organisation code from its first 8 characters (GB 11714-1997): '0' to '9' or
// 'X'. It returns 0 where first8 is not 8 characters of 0-9 and A-Z.
func OrgCodeCheck(first8 []byte) byte {
	if len(first8) != 8 {
		return 0
	}
	sum := 0
	for i, c := range first8 {
		v := base36(c)
		if v < 0 {
			return 0
		}
		sum += v * orgWeights[i]
	}
	return "0123456789X0"[11-sum%11]
}

// RegNoCheck computes the check digit of a business registration number from its first 14 digits (GS 15-2006, ISO 7064 MOD
// 11,10). It returns 0 where first14 is not 14 digits.
func RegNoCheck(first14 []byte) byte {
	if len(first14) != 14 || !digits(first14) {
		return 0
	}
	p := 10
	for _, c := range first14 {
		s := (p + int(c-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return '0' + byte((11-p)%10)
}

// base36 is the value of 0-9 and A-Z (A = 10), or -1.
func base36(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return -1
}

// uscc checks a cleaned unified social credit code: one character for the registering body, one for the category, six digits of
// division, nine characters of organisation code, one check character. The organisation code has its own check character, so
// two independent checks must fit. The division is not looked up: codes keep the division of their first registration, and
// bodies of the central state have 100000.
func uscc(v []byte) *Fault {
	if f := usccShape(v); f != nil {
		if usccKnownWrong(v) {
			return faultUSCCKnownWrong
		}
		return f
	}
	switch {
	case placeholder(v), placeholder(v[:17]), placeholder(v[8:17]):
		return faultUSCCReserved
	case USCCCheck(v[:17]) != v[17]:
		return faultUSCCCheck
	case !usccCategory(v[0], v[1]):
		return faultUSCCDepartment
	case OrgCodeCheck(v[8:16]) != v[16]:
		return faultUSCCOrgCode
	}
	return nil
}

// usccKnownWrong reports whether a code has the check value 31, which is written 0, as routines write it that look 31 up behind the
// end of their alphabet: as 31, or as what their language has for nothing. Several public libraries do so or crash.
func usccKnownWrong(v []byte) bool {
	if len(v) < 19 || USCCCheck(v[:17]) != '0' {
		return false
	}
	switch string(v[17:]) {
	case "31", "UNDEFINED", "NULL", "NONE", "NAN", "NIL":
		return true
	}
	return false
}

func usccShape(v []byte) *Fault {
	fine := len(v) == 18 && digits(v[2:8])
	for _, c := range v {
		fine = fine && usccValues[c] != 0
	}
	switch {
	case fine:
		return nil
	case masked(v, 4):
		return faultUSCCMasked
	case !lengthIs(v, 18):
		return faultUSCCLength
	}
	return faultUSCCCharacter
}

// usccCategory reports whether the table of registering bodies and categories has the pair. The table is that of GB 32100-2015
// with its later additions as published libraries have it; the standard's own text could not be read.
func usccCategory(department, category byte) bool {
	switch department {
	case '1': // 机构编制: 1 机关 2 事业单位 3 群众团体
		return category >= '1' && category <= '3' || category == '9'
	case '2', '4', '8', 'A': // 外交, 文化, 工会, 中央军委改革和编制办公室: one category and 9 others
		return category == '1' || category == '9'
	case '3': // 司法行政: 律师执业机构, 公证处, 基层法律服务所, 司法鉴定机构, 仲裁委员会
		return category >= '1' && category <= '5' || category == '9'
	case '5', 'N': // 民政: 社会团体, 民办非企业单位, 基金会; 农业: 组级, 村级, 乡镇级集体经济组织
		return category >= '1' && category <= '3' || category == '9'
	case '6', '7': // 旅游: 外国, 港澳台旅游代表机构; 宗教: 活动场所, 院校
		return category >= '1' && category <= '2' || category == '9'
	case '9': // 工商: 1 企业 2 个体工商户 3 农民专业合作社
		return category >= '1' && category <= '3'
	case 'Y': // 其他
		return category == '1'
	}
	return false
}

// orgCode checks a cleaned organisation code of nine characters, its hyphen gone.
func orgCode(v []byte) *Fault {
	switch {
	case len(v) == 9 && alphanumeric(v[:8]) && (v[8] >= '0' && v[8] <= '9' || v[8] == 'X'):
	case masked(v, 4):
		return faultOrgCodeMasked
	case !lengthIs(v, 9):
		return faultOrgCodeLength
	default:
		return faultOrgCodeCharacter
	}
	switch {
	case placeholder(v), placeholder(v[:8]):
		return faultOrgCodeReserved
	case OrgCodeCheck(v[:8]) != v[8]:
		return faultOrgCodeCheck
	}
	return nil
}

// regNo checks a cleaned registration number: six digits of the registering authority, eight of sequence, a check digit.
// Numbers of 13 digits from before 2007 have no check and are refused: every holder was given a new one.
func regNo(v []byte) *Fault {
	switch {
	case len(v) == 15 && digits(v):
	case masked(v, 2):
		return faultRegNoMasked
	case !lengthIs(v, 15):
		return faultRegNoLength
	default:
		return faultRegNoCharacter
	}
	switch {
	case placeholder(v), placeholder(v[:14]):
		return faultRegNoReserved
	case RegNoCheck(v[:14]) != v[14]:
		return faultRegNoCheck
	}
	return nil
}

// taxID checks a cleaned taxpayer number: 15 characters before 2015 (division and organisation code), the unified social credit
// code since; an individual business without one has its owner's citizen number, alone or with two digits of sequence.
func taxID(v []byte) *Fault {
	if f := taxIDShape(v); f != nil {
		return f
	}
	if placeholder(v) || placeholder(v[:len(v)-1]) {
		return faultTaxIDReserved
	}
	switch len(v) {
	case 15:
		if !province(v[0], v[1]) {
			return faultTaxIDDivision
		}
		if orgCode(v[6:]) != nil {
			return faultTaxIDCheck
		}
	case 18:
		if uscc(v) != nil && (citizenShape(v) != nil || citizenParts(v) != nil) {
			return faultTaxIDCheck
		}
	case 20:
		if citizenShape(v[:18]) != nil || citizenParts(v[:18]) != nil {
			return faultTaxIDCheck
		}
	}
	return nil
}

func taxIDShape(v []byte) *Fault {
	fine := false
	switch len(v) {
	case 15:
		fine = digits(v[:6]) && alphanumeric(v[6:])
	case 18:
		fine = alphanumeric(v)
	case 20:
		fine = digits(v[:17]) && digits(v[18:]) && alphanumeric(v[17:18])
	}
	switch {
	case fine:
		return nil
	case masked(v, 4):
		return faultTaxIDMasked
	case !lengthIs(v, 15, 18, 20):
		return faultTaxIDLength
	}
	return faultTaxIDCharacter
}
