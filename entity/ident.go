package entity

import "unicode/utf8"

// The identifier schemes that Normalise knows. A scheme's name stands in the catalogue and is hashed into anchors, so it never
// changes. Any other name is a scheme of the catalogue's own and gets the generic treatment.
const (
	SchemeCitizen      = "citizen"      // 公民身份号码, GB 11643-1999: 18 characters (15 digits are widened)
	SchemeCitizen15    = "citizen15"    // 15-digit number of the first generation, kept as it is
	SchemeUSCC         = "uscc"         // 统一社会信用代码, GB 32100-2015: 18 characters
	SchemeOrgCode      = "orgcode"      // 组织机构代码, GB 11714-1997: 8 characters and a check character
	SchemeRegNo        = "regno"        // 工商注册号, GS 15-2006: 15 digits
	SchemeTaxID        = "taxid"        // 纳税人识别号: division and organisation code before 2015, then the USCC
	SchemePassport     = "passport"     // 护照, Chinese and foreign
	SchemePermit       = "permit"       // 通行证, 居住证, 永久居留身份证
	SchemeCertificate  = "certificate"  // 电子证照标识, GB/T 36904-2018
	SchemeParcel       = "parcel"       // 宗地代码: 19 characters
	SchemeRealProperty = "realproperty" // 不动产单元代码, GB/T 37346-2019: 28 characters
	SchemeHolder       = "holder"       // 持证主体代码: the number of a person or of an organisation, see Schemes
)

// maxRaw bounds what is looked at: the longest generic value (128 bytes), each written as a full-width character of three
// bytes, and some white space. Anything longer is refused unread, so that a hostile field costs nothing.
const maxRaw = 512

// maxGeneric is the greatest length in bytes of a normalised value of a scheme that Normalise does not know.
const maxGeneric = 128

// Normalise checks an identifier and appends its one normal form to dst: white space around it gone, full-width characters
// made half-width, letters upper case, and whatever else the scheme says. Two spellings of one identifier give the same bytes,
// and normalising a normal form gives it back.
//
// On a fault it returns dst as it came and a Fault with an empty Field; the fault is shared, so it must not be changed: use
// Fault.In to say where it was found. Faults never hold the value. IdentifierFaults lists them.
// A caller that wants to take in certificates of an issuer with the wrong check routine (code certificate.known_wrong) gets
// their value from Clean.
//
// Normalise does not allocate while dst has room for the value (up to len(raw)+3 bytes), knows no clock (a birth in the future
// is for rules to find) and does not look up counties (see CitizenDivision). It is safe for concurrent use.
func Normalise(scheme string, dst, raw []byte) ([]byte, *Fault) {
	start := len(dst)
	out, fault := normalise(scheme, dst, raw)
	if fault != nil {
		return out[:start], fault
	}
	return out, nil
}

func normalise(scheme string, dst, raw []byte) ([]byte, *Fault) {
	start := len(dst)
	if len(raw) > maxRaw {
		return dst, lengthFault(scheme)
	}
	dst = Clean(scheme, dst, raw)
	v := dst[start:]
	switch scheme {
	case SchemeCitizen:
		return citizen(dst, start)
	case SchemeCitizen15:
		return dst, citizen15(v)
	case SchemeUSCC:
		return dst, uscc(v)
	case SchemeOrgCode:
		return dst, orgCode(v)
	case SchemeRegNo:
		return dst, regNo(v)
	case SchemeTaxID:
		return dst, taxID(v)
	case SchemePassport:
		return dst, passport(v)
	case SchemePermit:
		n, fault := permit(v)
		return dst[:start+n], fault
	case SchemeCertificate:
		return dst, certificate(v)
	case SchemeParcel:
		return dst, parcel(v)
	case SchemeRealProperty:
		return dst, realProperty(v)
	case SchemeHolder:
		return holder(dst, start, raw)
	}
	return dst, generic(v, raw)
}

// lengthFault is the scheme's own fault for a value that is too long to be looked at.
func lengthFault(scheme string) *Fault {
	switch scheme {
	case SchemeCitizen:
		return faultCitizenLength
	case SchemeCitizen15:
		return faultCitizen15Length
	case SchemeUSCC:
		return faultUSCCLength
	case SchemeOrgCode:
		return faultOrgCodeLength
	case SchemeRegNo:
		return faultRegNoLength
	case SchemeTaxID:
		return faultTaxIDLength
	case SchemePassport:
		return faultPassportForm
	case SchemePermit:
		return faultPermitForm
	case SchemeCertificate:
		return faultCertificateForm
	case SchemeParcel:
		return faultParcelLength
	case SchemeRealProperty:
		return faultRealPropertyLength
	}
	return faultGenericLength
}

// generic checks a value of a scheme that has no rule of its own. A masked value is refused although nothing else is known of
// the scheme: as an identifier it would join everybody whose number is masked alike.
func generic(v, raw []byte) *Fault {
	if len(v) == 0 || len(v) > maxGeneric {
		return faultGenericLength
	}
	if !utf8.Valid(raw) {
		return faultGenericCharacter
	}
	stars := 0
	for _, c := range v {
		switch {
		case c < ' ' || c == 0x7f:
			return faultGenericCharacter
		case c == '*':
			stars++
		}
	}
	if stars > 1 {
		return faultGenericMasked
	}
	return nil
}
