package main

import (
	"encoding/json/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestGeneratedCalls has Schemathesis call every operation of the OpenAPI document with what it makes of it, good and bad, as roles that may
// do much and little: no server error, every answer as the document says. The seed is fixed and nothing is cut off by a clock. WUKU_GENERATED
// is how many calls it makes of an operation, beside those for each corner of its parameters.
func TestGeneratedCalls(t *testing.T) {
	t.Parallel()
	tool, err := filepath.Abs("../../build/venv-api/bin/schemathesis")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tool); err != nil {
		t.Fatalf("%v: make witnesses makes it", err)
	}
	hooks, err := filepath.Abs("testdata/generated.py")
	if err != nil {
		t.Fatal(err)
	}
	roles, calls := []string{"steward", "service"}, "3"
	if n := os.Getenv("WUKU_GENERATED"); n != "" {
		roles, calls = []string{"steward", "service", "department", "planner", "auditor", "operator", ""}, n
	}
	dir := filepath.Join(t.TempDir(), "data")
	p := start(t, nil, "up", "--data", dir, "--http", "127.0.0.1:0", "--demo", "100")
	until(t, "ready", func() error { return readySaid(p) })
	address := regexp.MustCompile(`http://([0-9.:]+)`).FindStringSubmatch(p.said())[1]
	text, err := os.ReadFile(filepath.Join(dir, "demo-keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]string
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		args := []string{"run", "http://" + address + "/openapi.json", "--phases", "coverage,fuzzing", "-n", calls, "--seed", "1", "--no-shrink", "--generation-database", "none",
			"--continue-on-failure", "--suppress-health-check", "all", "--warnings", "off", "--request-timeout", "300",
			"--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"}
		if role != "" {
			args = append(args, "-H", "Authorization: Bearer "+keys[role])
		}
		cmd := exec.CommandContext(t.Context(), tool, args...)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "SCHEMATHESIS_HOOKS="+hooks)
		out, err := cmd.CombinedOutput()
		said := string(out)
		if !regexp.MustCompile(`Tested: +1\d\d`).MatchString(said) {
			t.Fatalf("as %q: fewer operations than there are: %v %s", role, err, said)
		}
		if err != nil {
			t.Errorf("as %q: %s", role, said)
		}
		t.Logf("as %q: %s", role, regexp.MustCompile(`\d+ generated`).FindString(said))
	}
}
