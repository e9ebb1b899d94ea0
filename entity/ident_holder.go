package entity

// holderSchemes are the kinds of number by which a certificate may name its holder, in the order in which they are tried.
var holderSchemes = [...]string{SchemeCitizen, SchemeUSCC, SchemePermit, SchemePassport}

// Schemes lists the schemes to one of which a value of a scheme belongs: of holder those of people and of organisations, of any
// other scheme itself.
func Schemes(scheme string) []string {
	if scheme == SchemeHolder {
		return holderSchemes[:]
	}
	return []string{scheme}
}

// holder is the number of a person or an organisation: the normal form of the first kind that takes the value. What no kind takes (a
// number that fails its check) stays as Clean leaves it, since it names nobody else; masked values are refused.
func holder(dst []byte, start int, raw []byte) ([]byte, *Fault) {
	var room [maxRaw]byte // the kinds write over dst
	clean := append(room[:0], dst[start:]...)
	if out, scheme := holderKind(dst[:start], clean); scheme != "" {
		return out, nil
	}
	dst = append(dst[:start], clean...)
	return dst, generic(clean, raw)
}

// holderKind is the first kind that takes a value, and its normal form. Passports, which have no check, are shorter than the numbers of
// people and organisations.
func holderKind(dst, clean []byte) ([]byte, string) {
	for _, scheme := range holderSchemes {
		if scheme == SchemePassport && len(clean) >= 15 {
			continue
		}
		if out, fault := normalise(scheme, dst, clean); fault == nil {
			return out, scheme
		}
	}
	return dst, ""
}

// HolderScheme says which kind of number a normal value of scheme holder is; "" where it is of none.
func HolderScheme(value []byte) string {
	_, scheme := holderKind(nil, value)
	return scheme
}
