package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// settings runs configure for a command line and returns some flags.
func settings(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd, rest, err := root().Find(args)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		t.Fatal(err)
	}
	if err := configure(cmd, nil); err != nil {
		return "", err
	}
	var out []string
	for _, name := range []string{"data", "http", "library", "verbose"} {
		if f := cmd.Flags().Lookup(name); f != nil {
			out = append(out, name+"="+f.Value.String())
		}
	}
	return strings.Join(out, " "), nil
}

// TestConfigurationOrder: arguments win over the environment, that over the file, that over the default.
func TestConfigurationOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wuku.yaml")
	if err := os.WriteFile(file, []byte("data: /from/file\nhttp: 0.0.0.0:1\nlibrary: [person, credit]\nverbose: true\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env  map[string]string
		args []string
		want string
	}{
		{nil, []string{"up"}, "data=data http=127.0.0.1:8080 verbose=false"},
		{nil, []string{"up", "--config", file}, "data=/from/file http=0.0.0.0:1 verbose=true"},
		{map[string]string{"WUKU_CONFIG": file, "WUKU_HTTP": "[::]:2"}, []string{"up"}, "data=/from/file http=[::]:2 verbose=true"},
		{map[string]string{"WUKU_CONFIG": file, "WUKU_HTTP": "[::]:2"}, []string{"up", "--http", "[::]:3", "--verbose=false"}, "data=/from/file http=[::]:3 verbose=false"},
		{nil, []string{"resolve", "--config", file}, "data=/from/file library=[person,credit] verbose=true"},
		{map[string]string{"WUKU_LIBRARY": "place,person"}, []string{"resolve", "--config", file}, "data=/from/file library=[place,person] verbose=true"},
		{nil, []string{"explain", "--config", file}, "data=/from/file library= verbose=true"},
		{nil, []string{"status", "--config", file}, "data=/from/file verbose=true"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			for k, v := range c.env {
				t.Setenv(k, v)
			}
			got, err := settings(t, c.args...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConfigurationFaults(t *testing.T) {
	dir := t.TempDir()
	for i, c := range []struct{ text, want string }{
		{"dtaa: x\n", `"dtaa" is no setting`},
		{"data: {x: y}\n", "data: want a value"},
		{"data: [a, b]\n", "want one value, not a list"},
		{"verbose: maybe\n", "invalid syntax"},
		{"\tdata: x\n", "wuku"},
		{"clickhouse: clickhouse://wuku:secret@ch1:9000\n", "everybody may read it: chmod 640"},
	} {
		file := filepath.Join(dir, fmt.Sprintf("wuku%d.yaml", i))
		if err := os.WriteFile(file, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := settings(t, "up", "--config", file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v; want an error with %q", c.text, err, c.want)
		}
	}
	if _, err := settings(t, "up", "--config", filepath.Join(dir, "none")); err == nil {
		t.Error("a file that is named and is not there is no error")
	}
}

// TestSettingsAreFlags: each name that a file may hold is a flag of a command that runs an instance.
func TestSettingsAreFlags(t *testing.T) {
	t.Parallel()
	for _, name := range settable {
		found := false
		for _, cmd := range []*cobra.Command{upCommand(), ingestCommand(), resolveCommand(), serveCommand()} {
			found = found || cmd.Flags().Lookup(name) != nil
		}
		if !found {
			t.Errorf("%s is no flag", name)
		}
	}
}
