package sheet_test

import (
	"testing"

	"wuku/serve/sheet"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", "5号楼": "5号楼", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "a=b": "a=b"} {
		if got := sheet.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
