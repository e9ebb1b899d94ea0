package entity

// Hints that several faults share.
const (
	hintAsk      = "ask the department that holds the record for the true number"
	hintUnmasked = "ask for the unmasked number: a masked one cannot be checked or matched"
	hintEmpty    = "leave the field empty where there is no number"
)

// The faults of Normalise and CitizenDivision. They are made once and shared by all calls, so that a bad value costs no
// allocation; nobody may change them. Their codes stand in stored findings and never change.
var (
	faultCitizenLength       = &Fault{Code: "citizen.length", Message: "citizen number has neither 18 nor, in the old form, 15 characters", Hint: "look for a cut, joined or wrong column"}
	faultCitizenCharacter    = &Fault{Code: "citizen.character", Message: "citizen number holds something other than digits and a last X", Hint: "correct the number at the source"}
	faultCitizenMasked       = &Fault{Code: "citizen.masked", Message: "citizen number is masked", Hint: hintUnmasked}
	faultCitizenReserved     = &Fault{Code: "citizen.reserved", Message: "citizen number is a placeholder or a test number", Hint: hintEmpty}
	faultCitizenDivision     = &Fault{Code: "citizen.division", Message: "citizen number begins with no province", Hint: "for a foreigner, map the field to the scheme permit or passport; else " + hintAsk}
	faultCitizenBirth        = &Fault{Code: "citizen.birth", Message: "citizen number holds a date of birth that is not in the calendar", Hint: hintAsk}
	faultCitizenWidened      = &Fault{Code: "citizen.widened", Message: "citizen number is a 15-digit number that was padded with 000, or with 19 in front, instead of widened", Hint: "insert 19 before the year and append the check character, or send the 15 digits as they are"}
	faultCitizenCheck        = &Fault{Code: "citizen.check", Message: "citizen number does not fit its check character: it was mistyped", Hint: hintAsk}
	faultCitizenDivisionYear = &Fault{Code: "citizen.division_year", Message: "citizen number begins with a county that no number given out since this birth can have", Hint: hintAsk}

	faultCitizen15Length    = &Fault{Code: "citizen15.length", Message: "15-digit citizen number does not have 15 digits", Hint: "map numbers of 18 characters to the scheme citizen"}
	faultCitizen15Character = &Fault{Code: "citizen15.character", Message: "15-digit citizen number holds something other than digits", Hint: "correct the number at the source"}
	faultCitizen15Masked    = &Fault{Code: "citizen15.masked", Message: "15-digit citizen number is masked", Hint: hintUnmasked}
	faultCitizen15Reserved  = &Fault{Code: "citizen15.reserved", Message: "15-digit citizen number is a placeholder or a test number", Hint: hintEmpty}
	faultCitizen15Division  = &Fault{Code: "citizen15.division", Message: "15-digit citizen number begins with no province", Hint: hintAsk}
	faultCitizen15Birth     = &Fault{Code: "citizen15.birth", Message: "15-digit citizen number holds a date of birth that is not in the calendar", Hint: hintAsk}

	faultUSCCLength     = &Fault{Code: "uscc.length", Message: "unified social credit code does not have 18 characters", Hint: "map organisation codes (9) and registration numbers (15) to their own schemes"}
	faultUSCCCharacter  = &Fault{Code: "uscc.character", Message: "unified social credit code holds a character that the code never has (I, O, S, V and Z are not used; places 3 to 8 are digits)", Hint: "look for O written for 0 or I for 1"}
	faultUSCCMasked     = &Fault{Code: "uscc.masked", Message: "unified social credit code is masked", Hint: hintUnmasked}
	faultUSCCReserved   = &Fault{Code: "uscc.reserved", Message: "unified social credit code is a placeholder", Hint: hintEmpty}
	faultUSCCCheck      = &Fault{Code: "uscc.check", Message: "unified social credit code does not fit its check character: it was mistyped", Hint: "compare it with the licence"}
	faultUSCCKnownWrong = &Fault{Code: "uscc.known_wrong", Message: "unified social credit code ends in the check value 31 as a routine writes it that does not know that 31 is written 0", Hint: "replace what stands behind the 17th character by 0, and correct the routine"}
	faultUSCCDepartment = &Fault{Code: "uscc.department", Message: "unified social credit code begins with a registering body and category that the standard does not list", Hint: "compare it with the licence"}
	faultUSCCOrgCode    = &Fault{Code: "uscc.orgcode", Message: "unified social credit code holds an organisation code that does not fit its own check character", Hint: "compare it with the licence"}

	faultOrgCodeLength    = &Fault{Code: "orgcode.length", Message: "organisation code does not have 9 characters without its hyphen", Hint: "map unified social credit codes (18) to the scheme uscc"}
	faultOrgCodeCharacter = &Fault{Code: "orgcode.character", Message: "organisation code holds something other than digits and letters, or ends in a letter other than X", Hint: "correct the code at the source"}
	faultOrgCodeMasked    = &Fault{Code: "orgcode.masked", Message: "organisation code is masked", Hint: hintUnmasked}
	faultOrgCodeReserved  = &Fault{Code: "orgcode.reserved", Message: "organisation code is a placeholder", Hint: hintEmpty}
	faultOrgCodeCheck     = &Fault{Code: "orgcode.check", Message: "organisation code does not fit its check character: it was mistyped", Hint: "compare it with the organisation code certificate"}

	faultRegNoLength    = &Fault{Code: "regno.length", Message: "registration number does not have 15 digits", Hint: "numbers of 13 digits were replaced in 2007: ask for the new one or the unified social credit code"}
	faultRegNoCharacter = &Fault{Code: "regno.character", Message: "registration number holds something other than digits", Hint: "correct the number at the source"}
	faultRegNoMasked    = &Fault{Code: "regno.masked", Message: "registration number is masked", Hint: hintUnmasked}
	faultRegNoReserved  = &Fault{Code: "regno.reserved", Message: "registration number is a placeholder", Hint: hintEmpty}
	faultRegNoCheck     = &Fault{Code: "regno.check", Message: "registration number does not fit its check digit: it was mistyped", Hint: "compare it with the licence"}

	faultTaxIDLength    = &Fault{Code: "taxid.length", Message: "taxpayer number has neither 15, 18 nor 20 characters", Hint: "look for a cut, joined or wrong column"}
	faultTaxIDCharacter = &Fault{Code: "taxid.character", Message: "taxpayer number holds a character where its form has none such", Hint: "correct the number at the source"}
	faultTaxIDMasked    = &Fault{Code: "taxid.masked", Message: "taxpayer number is masked", Hint: hintUnmasked}
	faultTaxIDReserved  = &Fault{Code: "taxid.reserved", Message: "taxpayer number is a placeholder", Hint: hintEmpty}
	faultTaxIDDivision  = &Fault{Code: "taxid.division", Message: "taxpayer number begins with no province", Hint: "compare it with the tax registration"}
	faultTaxIDCheck     = &Fault{Code: "taxid.check", Message: "taxpayer number fits the check of no form of taxpayer number: it was mistyped", Hint: "compare it with the tax registration"}

	faultPassportForm     = &Fault{Code: "passport.form", Message: "passport number is not 5 to 20 letters and digits with at least one digit", Hint: "look for a wrong column or added text"}
	faultPassportMasked   = &Fault{Code: "passport.masked", Message: "passport number is masked", Hint: hintUnmasked}
	faultPassportReserved = &Fault{Code: "passport.reserved", Message: "passport number is a placeholder", Hint: hintEmpty}

	faultPermitForm     = &Fault{Code: "permit.form", Message: "permit number has the form of no travel permit, residence permit or permanent residence card", Hint: "map citizen numbers and passports to their own schemes"}
	faultPermitMasked   = &Fault{Code: "permit.masked", Message: "permit number is masked", Hint: hintUnmasked}
	faultPermitReserved = &Fault{Code: "permit.reserved", Message: "permit number is a placeholder", Hint: hintEmpty}
	faultPermitBirth    = &Fault{Code: "permit.birth", Message: "permit number holds a date of birth that is not in the calendar", Hint: hintAsk}
	faultPermitCheck    = &Fault{Code: "permit.check", Message: "permit number does not fit its check character: it was mistyped", Hint: hintAsk}

	faultCertificateRoot       = &Fault{Code: "certificate.root", Message: "certificate identifier does not begin with 1.2.156.3005.2.", Hint: "map the certificate's own number to another element"}
	faultCertificateForm       = &Fault{Code: "certificate.form", Message: "certificate identifier is not type, issuer, serial, version and one check character between dots", Hint: "ask the issuer for the identifier as GB/T 36904-2018 writes it"}
	faultCertificateCharacter  = &Fault{Code: "certificate.character", Message: "certificate identifier holds something other than digits, letters and dots", Hint: "ask the issuer for the identifier as GB/T 36904-2018 writes it"}
	faultCertificateMasked     = &Fault{Code: "certificate.masked", Message: "certificate identifier is masked", Hint: hintUnmasked}
	faultCertificateType       = &Fault{Code: "certificate.type", Message: "certificate identifier has a type that is not 18 characters and three digits", Hint: "look the type up in the national list of certificate types"}
	faultCertificateVersion    = &Fault{Code: "certificate.version", Message: "certificate identifier has a version that is not three digits", Hint: "ask the issuer to number versions from 001"}
	faultCertificateCheck      = &Fault{Code: "certificate.check", Message: "certificate identifier does not fit its check character: it was mistyped", Hint: "compare it with the certificate"}
	faultCertificateKnownWrong = &Fault{Code: "certificate.known_wrong", Message: "certificate identifier has the check character of a vendor routine known to be wrong, not the standard's", Hint: "ask the issuer to correct its routine: letters count from A = 10"}

	faultParcelLength    = &Fault{Code: "parcel.length", Message: "parcel code does not have 19 characters", Hint: "map unit codes (28) to the scheme realproperty"}
	faultParcelCharacter = &Fault{Code: "parcel.character", Message: "parcel code holds something other than digits outside places 13 and 14", Hint: "correct the code at the source"}
	faultParcelMasked    = &Fault{Code: "parcel.masked", Message: "parcel code is masked", Hint: hintUnmasked}
	faultParcelDivision  = &Fault{Code: "parcel.division", Message: "parcel code begins with no province", Hint: "correct the code at the source"}
	faultParcelType      = &Fault{Code: "parcel.type", Message: "parcel code has a kind of parcel that the standard does not list in places 13 and 14", Hint: "correct the code at the source"}

	faultRealPropertyLength    = &Fault{Code: "realproperty.length", Message: "real-property unit code does not have 28 characters", Hint: "map parcel codes (19) to the scheme parcel"}
	faultRealPropertyCharacter = &Fault{Code: "realproperty.character", Message: "real-property unit code holds something other than digits outside places 13, 14 and 20", Hint: "correct the code at the source"}
	faultRealPropertyMasked    = &Fault{Code: "realproperty.masked", Message: "real-property unit code is masked", Hint: hintUnmasked}
	faultRealPropertyDivision  = &Fault{Code: "realproperty.division", Message: "real-property unit code begins with no province", Hint: "correct the code at the source"}
	faultRealPropertyType      = &Fault{Code: "realproperty.type", Message: "real-property unit code has a kind of parcel that the standard does not list in places 13 and 14", Hint: "correct the code at the source"}
	faultRealPropertyFixture   = &Fault{Code: "realproperty.fixture", Message: "real-property unit code has a kind of fixture other than F, L, Q and W in place 20", Hint: "correct the code at the source"}
	faultRealPropertyNumber    = &Fault{Code: "realproperty.number", Message: "real-property unit code is without fixture (W) but has a fixture number", Hint: "write eight zeros behind W, or the true kind of fixture"}

	faultGenericLength    = &Fault{Code: "generic.length", Message: "identifier is empty or longer than 128 bytes", Hint: "look for a wrong column"}
	faultGenericCharacter = &Fault{Code: "generic.character", Message: "identifier holds control characters or is not UTF-8", Hint: "check the encoding of the feed"}
	faultGenericMasked    = &Fault{Code: "generic.masked", Message: "identifier is masked", Hint: hintUnmasked}
)

// IdentifierFaults lists every fault that Normalise and CitizenDivision can give, by scheme. The slice is the caller's own; the
// faults are shared and must not be changed.
func IdentifierFaults() []*Fault {
	return []*Fault{
		faultCitizenLength, faultCitizenCharacter, faultCitizenMasked, faultCitizenReserved, faultCitizenDivision,
		faultCitizenBirth, faultCitizenCheck, faultCitizenDivisionYear, faultCitizenWidened,
		faultCitizen15Length, faultCitizen15Character, faultCitizen15Masked, faultCitizen15Reserved,
		faultCitizen15Division, faultCitizen15Birth,
		faultUSCCLength, faultUSCCCharacter, faultUSCCMasked, faultUSCCReserved, faultUSCCCheck, faultUSCCKnownWrong,
		faultUSCCDepartment,
		faultUSCCOrgCode,
		faultOrgCodeLength, faultOrgCodeCharacter, faultOrgCodeMasked, faultOrgCodeReserved, faultOrgCodeCheck,
		faultRegNoLength, faultRegNoCharacter, faultRegNoMasked, faultRegNoReserved, faultRegNoCheck,
		faultTaxIDLength, faultTaxIDCharacter, faultTaxIDMasked, faultTaxIDReserved, faultTaxIDDivision, faultTaxIDCheck,
		faultPassportForm, faultPassportMasked, faultPassportReserved,
		faultPermitForm, faultPermitMasked, faultPermitReserved, faultPermitBirth, faultPermitCheck,
		faultCertificateRoot, faultCertificateForm, faultCertificateCharacter, faultCertificateMasked,
		faultCertificateType, faultCertificateVersion, faultCertificateCheck, faultCertificateKnownWrong,
		faultParcelLength, faultParcelCharacter, faultParcelMasked, faultParcelDivision, faultParcelType,
		faultRealPropertyLength, faultRealPropertyCharacter, faultRealPropertyMasked, faultRealPropertyDivision,
		faultRealPropertyType, faultRealPropertyFixture, faultRealPropertyNumber,
		faultGenericLength, faultGenericCharacter, faultGenericMasked,
	}
}
