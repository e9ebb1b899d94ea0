package entity_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"wuku/entity"
)

// TestIdentifiersAgreeWithStdnum asks python-stdnum (make witnesses) about random identifiers, half of them spoiled: 1,000,000, or as
// many as WUKU_STDNUM says.
func TestIdentifiersAgreeWithStdnum(t *testing.T) {
	t.Parallel()
	const python = "../build/venv/bin/python"
	if _, err := os.Stat(python); err != nil {
		t.Fatalf("python-stdnum is not installed: %v; run `make witnesses`", err)
	}
	n := 1_000_000
	if text := os.Getenv("WUKU_STDNUM"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(uint64(n), 31))
	var input bytes.Buffer
	ours := make([]byte, 0, n)
	for range n {
		scheme, value := randomIdentifier(random)
		for strings.Contains(value, "XXXX") { // to us a masked one, of which python-stdnum knows nothing
			scheme, value = randomIdentifier(random)
		}
		fmt.Fprintf(&input, "%s %s\n", scheme, value)
		ours = append(ours, "01"[boolInt(rightAsFar(scheme, value))])
	}
	lines := bytes.Split(bytes.TrimSpace(bytes.Clone(input.Bytes())), []byte("\n"))
	cmd := exec.CommandContext(t.Context(), python, "testdata/opinion.py")
	var diag bytes.Buffer
	cmd.Stdin, cmd.Stderr = &input, &diag
	theirs, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, diag.String())
	}
	if len(theirs) != n {
		t.Fatalf("%d opinions on %d values", len(theirs), n)
	}
	right := bytes.Count(ours, []byte("1"))
	t.Logf("%d values, %d right", n, right)
	if right < n/4 || right > n*3/4 {
		t.Errorf("%d of %d values are right: that tells little", right, n)
	}
	for i := range n {
		if ours[i] != theirs[i] {
			t.Errorf("%s: %c here, %c there", lines[i], ours[i], theirs[i])
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// rightAsFar is our verdict as far as python-stdnum looks: it knows no reserved numbers, no registering bodies and no organisation
// code within a unified code.
func rightAsFar(scheme, value string) bool {
	_, f := entity.Normalise(scheme, nil, []byte(value))
	if f == nil {
		return true
	}
	switch f.Code {
	case "citizen.reserved", "uscc.reserved", "uscc.department", "uscc.orgcode", "regno.reserved":
		return true
	}
	return false
}

func randomIdentifier(r *rand.Rand) (scheme, value string) {
	switch r.IntN(4) {
	case 0:
		day := time.Date(1900, 1, 2, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(45_000))
		b := fmt.Appendf(nil, "%s%04d%s%03d", []string{"11", "32", "37", "44", "65", "81"}[r.IntN(6)], 100+r.IntN(9000), day.Format("20060102"), 1+r.IntN(998))
		return "citizen", spoil(r, string(append(b, entity.CitizenCheck(b))), "0123456789")
	case 1:
		const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
		b := fmt.Appendf(nil, "%s%06d", []string{"91", "51", "12", "92"}[r.IntN(4)], 110000+r.IntN(500_000))
		for range 9 {
			b = append(b, alphabet[r.IntN(len(alphabet))])
		}
		return "uscc", spoil(r, string(append(b, entity.USCCCheck(b))), alphabet)
	case 2:
		b := fmt.Appendf(nil, "32%012d", r.Int64N(1_000_000_000_000))
		return "regno", spoil(r, string(append(b, entity.RegNoCheck(b))), "0123456789")
	}
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	b := fmt.Appendf(nil, "11100000000013338W%03d.", r.IntN(1000))
	for range 18 {
		b = append(b, alphabet[r.IntN(36)])
	}
	b = append(b, '.')
	for range 1 + r.IntN(20) {
		b = append(b, alphabet[r.IntN(36)])
	}
	b = fmt.Appendf(b, ".%03d", r.IntN(1000))
	value = "1.2.156.3005.2." + string(b) + "." + string(rune(entity.CertificateCheck(b)))
	if r.IntN(2) == 0 {
		return "certificate", value[:len(value)-1] + string(alphabet[r.IntN(36)])
	}
	return "certificate", value
}

// spoil changes nothing, one character, or two neighbours, behind the place that says where the value was given out.
func spoil(r *rand.Rand, v, alphabet string) string {
	b, at := []byte(v), 8+r.IntN(len(v)-9)
	switch r.IntN(4) {
	case 0:
		b[at] = alphabet[r.IntN(len(alphabet))]
	case 1:
		b[at], b[at+1] = b[at+1], b[at]
		if b[len(b)-1] == 'X' || b[at] != 'X' {
			return string(b)
		}
		return v
	}
	return string(b)
}
