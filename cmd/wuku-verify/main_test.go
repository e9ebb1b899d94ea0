package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerifierStandsAlone checks what is in testdata with nothing but its public key.
func TestVerifierStandsAlone(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile("testdata/certificate.json")
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "changed.json")
	if err := os.WriteFile(bad, bytes.Replace(good, []byte("police.person"), []byte("police.persom"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"a good one", []string{"-key", "testdata/verifier", "testdata/certificate.json"}, 0, "holds 有效"},
		{"quiet", []string{"-q", "-key", "testdata/verifier", "testdata/certificate.json"}, 0, ""},
		{"a changed one", []string{"-key", "testdata/verifier", bad}, 1, "DOES NOT HOLD 无效: winner"},
		{"one of two", []string{"-key", "testdata/verifier", "testdata/certificate.json", bad}, 1, "DOES NOT HOLD"},
		{"no key", []string{"testdata/certificate.json"}, 2, "usage"},
		{"no file", []string{"-key", "testdata/verifier", "testdata/nothing"}, 2, "nothing"},
		{"not a key", []string{"-key", "testdata/certificate.json", "testdata/certificate.json"}, 1, "checkpoint"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if code := run(c.args, &out, &out); code != c.code || !strings.Contains(out.String(), c.says) || c.says == "" && out.Len() > 0 {
				t.Errorf("exit code %d, said %s", code, &out)
			}
		})
	}
}
