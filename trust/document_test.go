package trust_test

import (
	"os"
	"path/filepath"
	"testing"

	"wuku/trust"
)

func TestDocuments(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	content := []byte("通报")
	signed, err := trust.SignDocument(dir, "bulletin-2026-10.json", content)
	if err != nil {
		t.Fatal(err)
	}
	again, err := trust.SignDocument(dir, "bulletin-2026-11.json", content)
	if err != nil {
		t.Fatal(err)
	}
	public, err := os.ReadFile(filepath.Join(dir, "document.pub"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		test, public, name string
		content, signed    []byte
		good               bool
	}{
		{"as signed", string(public), "bulletin-2026-10.json", content, signed, true},
		{"another content", string(public), "bulletin-2026-10.json", []byte("通抱"), signed, false},
		{"another name", string(public), "bulletin-2026-11.json", content, signed, false},
		{"the second one", string(public), "bulletin-2026-11.json", content, again, true},
		{"no signature", string(public), "bulletin-2026-10.json", content, nil, false},
		{"no key", "", "bulletin-2026-10.json", content, signed, false},
	} {
		t.Run(c.test, func(t *testing.T) {
			t.Parallel()
			if err := trust.VerifyDocument(c.public, c.name, c.content, c.signed); (err == nil) != c.good {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := os.Remove(filepath.Join(dir, "document.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := trust.SignDocument(dir, "x", content); err == nil {
		t.Error("a lost key was replaced in silence")
	}
}
