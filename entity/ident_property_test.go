package entity_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wuku/entity"
)

// citizens draws valid citizen numbers of those born from 1900 (the 15-digit form's century when narrow) on.
func citizens(narrow bool) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		province := rapid.SampledFrom([]string{"11", "32", "44", "65", "71"}).Draw(t, "province")
		county := rapid.IntRange(200, 9999).Draw(t, "county")
		last := 2099
		if narrow {
			last = 1999
		}
		first := time.Date(1900, 1, 2, 0, 0, 0, 0, time.UTC)
		days := int(time.Date(last, 12, 31, 0, 0, 0, 0, time.UTC).Sub(first).Hours() / 24)
		birth := first.AddDate(0, 0, rapid.IntRange(0, days).Draw(t, "birth"))
		body := fmt.Sprintf("%s%04d%s%03d", province, county, birth.Format("20060102"), rapid.IntRange(0, 999).Draw(t, "sequence"))
		return body + string(entity.CitizenCheck([]byte(body)))
	})
}

// usccs draws valid unified social credit codes.
func usccs() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		head := rapid.SampledFrom([]string{"11", "12", "31", "52", "81", "91", "92", "93", "A1", "N2", "Y1"}).Draw(t, "head")
		division := rapid.StringMatching(`[1-6][0-9]{5}`).Draw(t, "division")
		org := rapid.StringMatching(`(MA|[0-9]{2})[0-9A-HJ-NPQRTUWXY]{5}[A-H]`).Draw(t, "organisation")
		body := head + division + org + string(entity.OrgCodeCheck([]byte(org)))
		return body + string(entity.USCCCheck([]byte(body)))
	})
}

func mustNormalise(t *rapid.T, scheme, raw string) string {
	got, fault := entity.Normalise(scheme, nil, []byte(raw))
	if fault != nil {
		t.Fatalf("%s %q: %s", scheme, raw, fault.Code)
	}
	return string(got)
}

func TestComputedChecksPass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		citizen := citizens(false).Draw(t, "citizen")
		if got := mustNormalise(t, "citizen", citizen); got != citizen {
			t.Fatalf("%s became %s", citizen, got)
		}
		uscc := usccs().Draw(t, "uscc")
		mustNormalise(t, "uscc", uscc)
		mustNormalise(t, "taxid", uscc)
		mustNormalise(t, "orgcode", uscc[8:16]+"-"+uscc[16:17])
		reg := rapid.StringMatching(`[1-6]0[0-9]{12}`).Draw(t, "regno")
		mustNormalise(t, "regno", reg+string(entity.RegNoCheck([]byte(reg))))
		cert := uscc + rapid.StringMatching(`[0-9]{3}\.[0-9A-Z]{6,18}\.[0-9A-WYZ]{1,32}\.[0-9]{3}`).Draw(t, "certificate")
		mustNormalise(t, "certificate", "1.2.156.3005.2."+cert+"."+string(entity.CertificateCheck([]byte(cert))))
	})
}

func TestAnyOneDigitChangedFails(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := []byte(citizens(false).Draw(t, "citizen"))
		at := rapid.IntRange(0, 17).Draw(t, "at")
		to := "0123456789X"[rapid.IntRange(0, 10).Draw(t, "to")]
		if v[at] == to {
			return
		}
		v[at] = to
		if got, fault := entity.Normalise("citizen", nil, v); fault == nil {
			t.Fatalf("%s passed", got)
		}
	})
}

func TestOldFormIsTheSameNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		long := citizens(true).Draw(t, "citizen")
		short := long[:6] + long[8:17]
		if got := mustNormalise(t, "citizen", short); got != long {
			t.Fatalf("%s became %s, want %s", short, got, long)
		}
		if got := mustNormalise(t, "citizen15", short); got != short {
			t.Fatalf("citizen15 became %s", got)
		}
	})
}

// TestSpellingDoesNotMatter writes a valid value full-width, in lower case and with white space around.
func TestSpellingDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scheme, v := "citizen", ""
		if rapid.Bool().Draw(t, "uscc") {
			scheme, v = "uscc", usccs().Draw(t, "value")
		} else {
			v = citizens(false).Draw(t, "value")
		}
		spaces := rapid.SliceOfN(rapid.SampledFrom([]string{" ", "\t", "\n", "\u3000", "\u00a0", "\ufeff", "\u200b", "\u202c", "\u2003"}), 0, 4)
		other := strings.Join(spaces.Draw(t, "before"), "")
		for _, c := range strings.ToLower(v) {
			if rapid.Bool().Draw(t, "wide") {
				c += 0xfee0
			}
			other += string(c)
		}
		other += strings.Join(spaces.Draw(t, "after"), "")
		if got := mustNormalise(t, scheme, other); got != v {
			t.Fatalf("%q became %q, want %q", other, got, v)
		}
	})
}

// allSchemes are the known schemes and an unknown one.
var allSchemes = []string{"citizen", "citizen15", "uscc", "orgcode", "regno", "taxid", "passport", "permit", "certificate", "parcel",
	"realproperty", "holder", "plate"}

// checkNormalise holds what is true of every scheme and every value: dst is only appended to, a fault appends nothing and is a
// listed one, a normal form is normal, and it is what Clean sees but for widened and shortened numbers.
func checkNormalise(t interface{ Fatalf(string, ...any) }, scheme string, raw []byte) {
	before := bytes.Clone(raw)
	got, fault := entity.Normalise(scheme, []byte("dst"), raw)
	if !bytes.Equal(before, raw) {
		t.Fatalf("%s changed its input %q", scheme, before)
	}
	if !bytes.HasPrefix(got, []byte("dst")) {
		t.Fatalf("%s: dst became %q", scheme, got)
	}
	got = got[3:]
	if fault != nil {
		if len(got) != 0 || fault.Field != "" {
			t.Fatalf("%s %q: fault %s with %q, field %q", scheme, raw, fault.Code, got, fault.Field)
		}
		return
	}
	again, fault := entity.Normalise(scheme, nil, got)
	if fault != nil || !bytes.Equal(again, got) {
		t.Fatalf("%s %q: normal form %q became %q, %v", scheme, raw, got, again, fault)
	}
	if len(got) == 0 || len(got) > 200 {
		t.Fatalf("%s %q: normal form of %d bytes", scheme, raw, len(got))
	}
}

func TestNormaliseTwiceIsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scheme := rapid.SampledFrom(allSchemes).Draw(t, "scheme")
		piece := rapid.OneOf(rapid.StringMatching(`[0-9a-zA-Z.*|－-]{0,20}`), rapid.String(), citizens(false), usccs(),
			rapid.SampledFrom([]string{" ", "\u3000", "ａ", "９", "苏", "\xe3\x80", "\x80", "\u200b"}))
		checkNormalise(t, scheme, []byte(strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(t, "raw"), "")))
	})
}

func FuzzNormalise(f *testing.F) {
	for _, tt := range normaliseTests {
		f.Add(tt.scheme, []byte(tt.raw))
	}
	for _, tt := range faultTests {
		f.Add(tt.scheme, []byte(tt.raw))
	}
	f.Fuzz(func(t *testing.T, scheme string, raw []byte) { checkNormalise(t, scheme, raw) })
}
