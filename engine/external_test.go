package engine_test

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"wuku/engine"
)

// Other people's programs read the engine: clickhouse-connect of PyPI and @clickhouse/client of npm, in the environments
// that `make witnesses` builds.
func TestOtherClients(t *testing.T) {
	t.Parallel()
	build, err := filepath.Abs("../build")
	if err != nil {
		t.Fatal(err)
	}
	python := filepath.Join(build, "venv", "bin", "python")
	node := filepath.Join(build, "node")
	e := walled(t)
	host, port, err := net.SplitHostPort(e.HTTP())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		needs   string
		command []string
	}{
		"clickhouse-connect": {python, []string{python, "testdata/connect.py", host, port}},
		"@clickhouse/client": {filepath.Join(node, "node_modules", "@clickhouse", "client"), []string{"node", "testdata/client.mjs", host, port, node}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := os.Stat(c.needs); err != nil {
				t.Fatalf("%s is not installed: %v; run `make witnesses`", name, err)
			}
			cmd := exec.Command(c.command[0], c.command[1:]...)
			cmd.Stdin = outsiders(t, e)
			var diag bytes.Buffer
			cmd.Stderr = &diag
			out, err := cmd.Output()
			if err != nil || string(out) != "ok reader\nok planner\n" {
				t.Errorf("%v: %s%s", err, out, &diag)
			}
		})
	}
}

// outsiders is what the scripts read: who reads what, and what is not theirs.
func outsiders(t *testing.T, e *engine.Engine) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, who := range []map[string]any{
		{"user": engine.UserReader, "password": e.ReaderPassword(), "table": "base.person", "rows": 1000, "other": "open.population"},
		{"user": engine.UserPlanner, "password": "", "table": "open.population", "rows": 1, "other": "base.person"},
	} {
		if err := enc.Encode(who); err != nil {
			t.Fatal(err)
		}
	}
	return &b
}
