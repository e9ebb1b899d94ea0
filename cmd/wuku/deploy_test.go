package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/goccy/go-yaml"
)

const deploy = "../../deploy/"

func deployed(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(deploy + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestUnits: each unit starts a command that exists with a file of settings, and takes from it what it does not need.
func TestUnits(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"wuku", "wuku-ingest", "wuku-resolve", "wuku-serve"} {
		text := deployed(t, "systemd/"+unit+".service")
		line := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/wuku (.*)$`).FindStringSubmatch(text)
		if line == nil {
			t.Fatalf("%s starts nothing", unit)
		}
		if err := parses(strings.Fields(line[1])); err != nil {
			t.Errorf("%s: %s: %v", unit, line[1], err)
		}
		for _, want := range []string{"WUKU_CONFIG=/etc/wuku/wuku.yaml", "User=wuku", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "StateDirectory=wuku", "Restart=always", "ExecReload=/bin/kill -HUP $MAINPID"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %s", unit, want)
			}
		}
		if writes := strings.Contains(text, "MemoryDenyWriteExecute=yes"); writes == (unit == "wuku") { // the engine compiles at run time
			t.Errorf("%s: MemoryDenyWriteExecute is %v", unit, writes)
		}
	}
	if tool, err := exec.LookPath("systemd-analyze"); err == nil {
		// Of what it says only faults of the units themselves count: user and program are not installed here.
		out, _ := exec.Command(tool, "verify", deploy+"systemd/wuku.service").CombinedOutput()
		if bad := regexp.MustCompile(`(?i)unknown (key|section|lvalue)|failed to parse`).Find(out); bad != nil {
			t.Errorf("systemd-analyze: %s", out)
		}
	}
}

// TestPackagedFiles: what the packages are made of is there, and the shipped settings are settings.
func TestPackagedFiles(t *testing.T) {
	t.Parallel()
	var p struct {
		Contents []struct{ Src, Dst string }
	}
	if err := yaml.Unmarshal([]byte(deployed(t, "nfpm/wuku.yaml")), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Contents) < 10 {
		t.Errorf("%d files in the package", len(p.Contents))
	}
	for _, c := range p.Contents {
		if strings.HasPrefix(c.Src, "$") {
			continue // built
		}
		if _, err := os.Stat("../../" + c.Src); err != nil {
			t.Errorf("%s: %v", c.Dst, err)
		}
	}
	values, err := readConfig(deploy + "wuku.yaml")
	if err != nil || values["data"] == nil {
		t.Errorf("%v, %v", values, err)
	}
	for _, m := range regexp.MustCompile(`(?m)^# ([a-z-]+): \S`).FindAllStringSubmatch(deployed(t, "wuku.yaml"), -1) { // what is shown switched off
		if !slices.Contains(settable, m[1]) {
			t.Errorf("deploy/wuku.yaml shows %s, which is no setting", m[1])
		}
	}
}

// TestCompose: the compose file is YAML, its commands exist, the image's variables are settings.
func TestCompose(t *testing.T) {
	t.Parallel()
	var c struct {
		Services map[string]struct{ Command []string }
	}
	if err := yaml.Unmarshal([]byte(deployed(t, "compose/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) == 0 {
		t.Error("no service")
	}
	for name, s := range c.Services {
		if err := parses(s.Command); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	variablesAreSettings(t, deployed(t, "compose/Dockerfile"))
}

// variablesAreSettings wants each WUKU_ variable to be one that is read.
func variablesAreSettings(t *testing.T, text string) {
	t.Helper()
	known := []string{"WUKU_CONFIG", "WUKU_LIBCHDB"}
	for _, name := range settable {
		known = append(known, variable(name))
	}
	named := regexp.MustCompile(`WUKU_[A-Z_]+`).FindAllString(text, -1)
	if len(named) == 0 {
		t.Error("no variable named: this test looks in the wrong place")
	}
	for _, name := range named {
		if !slices.Contains(known, name) {
			t.Errorf("%s is read by nobody", name)
		}
	}
}

// TestChart renders the chart with the few functions of Helm's that it uses, and wants YAML of known kinds. It is no Helm: `helm lint` and
// `helm template` have not been run on it.
func TestChart(t *testing.T) {
	t.Parallel()
	var values, chart map[string]any
	if err := yaml.Unmarshal([]byte(deployed(t, "helm/wuku/values.yaml")), &values); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(deployed(t, "helm/wuku/Chart.yaml")), &chart); err != nil || chart["apiVersion"] != "v2" {
		t.Fatal(chart, err)
	}
	for name := range values["settings"].(map[string]any) {
		if !slices.Contains(settable, name) {
			t.Errorf("values.yaml sets %s, which is no setting", name)
		}
	}
	root := template.New("chart").Option("missingkey=error")
	root.Funcs(template.FuncMap{
		"quote":  func(v any) string { return fmt.Sprintf("%q", fmt.Sprint(v)) },
		"indent": func(n int, s string) string { return indented(n, s) },
		"list":   func(v ...any) []any { return v },
		"toYaml": func(v any) (string, error) { b, err := yaml.Marshal(v); return strings.TrimRight(string(b), "\n"), err },
		"dict": func(v ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i+1 < len(v); i += 2 {
				m[v[i].(string)] = v[i+1]
			}
			return m
		},
		"include": func(name string, data any) (string, error) {
			var b bytes.Buffer
			err := root.ExecuteTemplate(&b, name, data)
			return b.String(), err
		},
	})
	files, err := filepath.Glob(deploy + "helm/wuku/templates/*")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	if _, err := root.ParseFiles(files...); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, f := range files {
		if strings.HasSuffix(f, ".tpl") {
			continue
		}
		var b bytes.Buffer
		if err := root.ExecuteTemplate(&b, filepath.Base(f), map[string]any{"Values": values, "Release": map[string]any{"Name": "try"}}); err != nil {
			t.Fatal(err)
		}
		objects(t, b.String(), kinds)
	}
	if kinds["Deployment"] != 2 || kinds["StatefulSet"] != 1 || kinds["Service"] != 1 || kinds["ConfigMap"] != 1 {
		t.Errorf("%v", kinds)
	}
}

func indented(n int, s string) string {
	pad := strings.Repeat(" ", n)
	return pad + strings.ReplaceAll(s, "\n", "\n"+pad)
}

// objects counts the rendered objects; each that runs something runs a command of ours, not as root, with probes and limits.
func objects(t *testing.T, text string, kinds map[string]int) {
	t.Helper()
	for _, one := range strings.Split(text, "\n---\n") {
		var o struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct {
				Template struct {
					Spec struct {
						SecurityContext map[string]any `yaml:"securityContext"`
						Containers      []struct {
							Args          []string
							LivenessProbe map[string]any `yaml:"livenessProbe"`
							Resources     map[string]any
							VolumeMounts  []struct{ Name string } `yaml:"volumeMounts"`
						}
					}
				}
			}
		}
		if strings.TrimSpace(one) == "" {
			continue
		}
		if err := yaml.Unmarshal([]byte(one), &o); err != nil {
			t.Fatalf("%v in\n%s", err, one)
		}
		if o.Metadata.Name == "" {
			t.Errorf("%s without a name", o.Kind)
		}
		kinds[o.Kind]++
		for _, c := range o.Spec.Template.Spec.Containers {
			if err := parses(c.Args); err != nil {
				t.Errorf("%s: %v", o.Metadata.Name, err)
			}
			if o.Spec.Template.Spec.SecurityContext["runAsNonRoot"] != true || c.LivenessProbe == nil || c.Resources["limits"] == nil || len(c.VolumeMounts) != 3 {
				t.Errorf("%s: %+v", o.Metadata.Name, c)
			}
			variablesAreSettings(t, one)
		}
	}
}
