package entity

// Parts of an electronic certificate identifier (GB/T 36904-2018):
//
//	1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>
//
// type is 21 characters (the USCC of the body that defined the type, and three digits), version three digits.
const (
	certificateRoot    = "1.2.156.3005.2."
	certificateType    = 21
	certificateVersion = 3
	maxCertificate     = 200
)

// CertificateCheck computes the check character of an electronic certificate identifier (GB/T 36904-2018, ISO 7064 MOD 37,36)
// from its type, issuer, serial and version; dots between them are passed over and the root is left out. It returns 0 where body
// is empty or holds anything but 0-9, A-Z and dots.
func CertificateCheck(body []byte) byte {
	p, seen := 36, false
	for _, c := range body {
		if c == '.' {
			continue
		}
		v := base36(c)
		if v < 0 {
			return 0
		}
		seen = true
		p = double3736(p + v)
	}
	if !seen {
		return 0
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(37-p)%36]
}

// knownWrongCheck computes the check character that a widely deployed vendor routine writes instead: letters count one too many
// (A = 11), a sum over 37 with a letter is first reduced modulo 37, and the result is one place too low in the alphabet. It
// agrees with the standard on about 3 % of identifiers. It returns 0 where that routine itself fails. Whole issuers used it, so
// their certificates are told apart from mistyped ones.
func knownWrongCheck(body []byte) byte {
	p := 36
	for _, c := range body {
		if c == '.' {
			continue
		}
		v := base36(c)
		if v < 10 {
			p = double3736(p + v)
			continue
		}
		sum := p + v + 1
		if sum > 37 {
			sum %= 37
		}
		p = double3736(sum)
	}
	if p == 0 {
		return 0
	}
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[36-p]
}

// double3736 is one step of the hybrid system MOD 37,36: modulo 36 with 36 for 0, doubled, modulo 37.
func double3736(sum int) int {
	s := sum % 36
	if s == 0 {
		s = 36
	}
	return s * 2 % 37
}

// certificate checks a cleaned certificate identifier. The issuer is a USCC or, in practice, a division code, so only its
// characters are checked.
func certificate(v []byte) *Fault {
	if len(v) > maxCertificate {
		return faultCertificateForm
	}
	if masked(v, 4) {
		return faultCertificateMasked
	}
	if len(v) < len(certificateRoot) || string(v[:len(certificateRoot)]) != certificateRoot {
		return faultCertificateRoot
	}
	v = v[len(certificateRoot):]
	var ends [4]int // where each part but the last ends
	n := 0
	for i, c := range v {
		switch {
		case c == '.' && n == len(ends):
			return faultCertificateForm
		case c == '.':
			ends[n] = i
			n++
		case base36(c) < 0:
			return faultCertificateCharacter
		}
	}
	if n != len(ends) {
		return faultCertificateForm
	}
	return certificateParts(v, ends)
}

// certificateParts checks the five parts of v, given where the first four end.
func certificateParts(v []byte, ends [4]int) *Fault {
	kind, version, check := v[:ends[0]], v[ends[2]+1:ends[3]], v[ends[3]+1:]
	body := v[:ends[3]]
	switch {
	case ends[1] == ends[0]+1, ends[2] == ends[1]+1, len(check) != 1:
		return faultCertificateForm
	case len(kind) != certificateType || !digits(kind[18:]):
		return faultCertificateType
	case len(version) != certificateVersion || !digits(version):
		return faultCertificateVersion
	case CertificateCheck(body) == check[0]:
		return nil
	case knownWrongCheck(body) == check[0]:
		return faultCertificateKnownWrong
	}
	return faultCertificateCheck
}
