package main

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

// alertRules is the file of Prometheus's rules as far as this test reads it.
type alertRules struct {
	Groups []struct {
		Rules []struct {
			Alert       string            `yaml:"alert"`
			Expr        string            `yaml:"expr"`
			Labels      map[string]string `yaml:"labels"`
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"rules"`
	} `yaml:"groups"`
}

// TestAlertsAndDashboard: every metric that an alert or a panel names exists on a running instance, and every alert has its section in
// the runbook.
func TestAlertsAndDashboard(t *testing.T) {
	t.Parallel()
	p := start(t, nil, "up", "--data", filepath.Join(t.TempDir(), "data"), "--http", "127.0.0.1:0", "--demo", "100", "--log", "json")
	until(t, "ready", func() error { return readySaid(p) })
	address := regexp.MustCompile(`http://([0-9.:]+)`).FindStringSubmatch(p.said())[1]
	if err := answers(t, "http://"+address+"/healthz"); err != nil { // the first answer that is counted
		t.Fatal(err)
	}
	answer, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+)[{ ]`).FindAllStringSubmatch(string(body), -1) {
		there[m[1]] = true
	}
	rules, err := os.ReadFile("../../deploy/prometheus/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	board, err := os.ReadFile("../../deploy/grafana/wuku.json")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b(?:wuku|process)_[a-z_]+\b`).FindAllString(string(rules)+string(board), -1)
	if len(named) < 30 {
		t.Errorf("only %d metrics named: this test looks in the wrong place", len(named))
	}
	for _, name := range named {
		if !there[name] {
			t.Errorf("%s is named in deploy/ and is not at /metrics", name)
		}
	}
	alertsHaveSections(t, rules)
	for line := range strings.Lines(p.said()) { // --log json: every line is one
		if !strings.HasPrefix(line, "{") || !strings.Contains(line, `"level":`) {
			t.Errorf("no JSON in the log: %q", line)
		}
	}
}

func readySaid(p *process) error {
	if err := p.alive(); err != nil {
		return err
	}
	if !strings.Contains(p.said(), "ready after") {
		return errors.New("not ready yet")
	}
	return nil
}

func alertsHaveSections(t *testing.T, text []byte) {
	t.Helper()
	var rules alertRules
	if err := yaml.Unmarshal(text, &rules); err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			seen[r.Alert] = true
			if !strings.Contains(string(runbook), "\n## "+r.Alert+"\n") || r.Annotations["runbook"] != "docs/runbook.md#"+strings.ToLower(r.Alert) {
				t.Errorf("%s has no section in docs/runbook.md, or does not name it", r.Alert)
			}
			if r.Expr == "" || r.Annotations["summary"] == "" || r.Labels["severity"] != "page" && r.Labels["severity"] != "ticket" {
				t.Errorf("%s: %+v", r.Alert, r)
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^## (Wuku\w+)$`).FindAllStringSubmatch(string(runbook), -1) {
		if !seen[m[1]] {
			t.Errorf("docs/runbook.md has a section %s, and no such alert is there", m[1])
		}
	}
}

// TestProgress: an alarm comes once, when there is work and nothing was done for long enough, and goes when something is.
func TestProgress(t *testing.T) {
	t.Parallel()
	p, at := newProgress(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i, step := range []struct {
		after        time.Duration
		work         bool
		done         int64
		alarm, stuck bool
	}{
		{0, true, 5, false, false},
		{50 * time.Second, true, 5, false, false},
		{20 * time.Second, true, 5, true, true},
		{20 * time.Second, true, 5, false, true}, // told already
		{5 * time.Second, true, 6, false, false},
		{5 * time.Minute, false, 6, false, false}, // nothing to do
		{30 * time.Second, true, 6, false, false}, // work has just come
		{time.Minute, true, 6, true, true},
	} {
		at = at.Add(step.after)
		alarm, _ := p.note("ingest", step.work, step.done, at, time.Minute)
		if stuck := !p.stages()["ingest"].IsZero(); alarm != step.alarm || stuck != step.stuck {
			t.Errorf("step %d: alarm %v, stuck %v", i, alarm, stuck)
		}
	}
}
