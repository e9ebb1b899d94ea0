package wuku_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestAttacksAreTested wants every test that docs/security.md names to exist, and each of the 38 attacks to have a row with one.
func TestAttacksAreTested(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	eachFile(t, func(path string, f *ast.File, _ *token.FileSet) {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasSuffix(path, "_test.go") {
				there[fn.Name.Name] = true
			}
		}
	})
	text := read(t, "docs/security.md")
	named := regexp.MustCompile("`((?:Test|Benchmark)[A-Za-z0-9]+)`").FindAllStringSubmatch(text, -1)
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("docs/security.md names %s, which does not exist", m[1])
		}
	}
	rows := map[int]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([\d, ]+) \|(.*)$`).FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile("`(?:Test|Benchmark)[A-Za-z0-9]+`").MatchString(m[2]) {
			t.Errorf("docs/security.md names no test for attack %s", m[1])
		}
		for part := range strings.SplitSeq(m[1], ",") {
			if n, err := strconv.Atoi(strings.TrimSpace(part)); err == nil {
				rows[n] = true
			}
		}
	}
	for n := 1; n <= 38; n++ {
		if !rows[n] {
			t.Errorf("docs/security.md has no row for attack %d", n)
		}
	}
	if len(named) < 30 {
		t.Errorf("only %d tests are named: this test looks in the wrong place", len(named))
	}
}
