package main

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRefusingIsSeen: when more of a feed is refused than its contract allows, the doctor names it, and the status and the flow count it.
func TestRefusingIsSeen(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	s := startSmall(t, catalogueOf(t, "suzhou", "suzhou.resident", strings.Replace(cityFeed, "key:", "refusals: {most: 3, of: 10}\nkey:", 1)), "--http", address)
	publish := func(rows string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "rows.csv")
		if err := os.WriteFile(file, []byte("编号,版本,证号,姓名,生日,区划,状态\n"+rows), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := run(t, "publish", "suzhou.resident", file, "--data", s.dir); err != nil && !strings.Contains(out, "refused") {
			t.Fatalf("%v: %s", err, out)
		}
	}
	refusals := func() check {
		t.Helper()
		out, _ := run(t, "doctor", "--json", "--data", s.dir) // its exit code tells of the machine too
		var checks []check
		if err := json.Unmarshal([]byte(out), &checks); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return checks[slices.IndexFunc(checks, func(c check) bool { return c.What == "refusals" })]
	}
	publish("a,x,,人,,,\nb,x,,人,,,\nc,x,,人,,,\n")
	if c := refusals(); !c.OK {
		t.Errorf("3 of 10 refused are allowed, and the doctor says %s", c.Says)
	}
	publish("d,x,,人,,,\n")
	until(t, "the doctor names the feed", func() error {
		if c := refusals(); c.OK || !strings.Contains(c.Says, "suzhou.resident") || !strings.Contains(c.Says, "4 of the last 4") {
			return fmt.Errorf("%+v", c)
		}
		return nil
	})
	out, err := run(t, "status", "--json", "--data", s.dir)
	var now status
	if err := errors.Join(err, json.Unmarshal([]byte(out), &now)); err != nil || now.Incidents["refusing"] != 1 {
		t.Errorf("status counts %v: %v", now.Incidents, err)
	}
	until(t, "the flow counts the incident", func() error { // its figures may be of a while ago
		answer, err := http.Get("http://" + address + "/api/v1/flow")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		var flow struct {
			Incidents []struct {
				Name  string `json:"name"`
				Count int    `json:"count"`
			} `json:"incidents"`
		}
		if err := json.UnmarshalRead(answer.Body, &flow); err != nil || len(flow.Incidents) != 1 || flow.Incidents[0].Name != "refusing" || flow.Incidents[0].Count != 1 {
			return fmt.Errorf("flow counts %+v: %w", flow.Incidents, err)
		}
		return nil
	})
}
