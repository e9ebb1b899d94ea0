package serve_test

import (
	"net/http"
	"strings"
	"testing"

	"wuku/serve"
)

// TestSampleIsMasked shows a department what its last records said, masked, and nobody else's.
func TestSampleIsMasked(t *testing.T) {
	w := newEngineWorld(t)
	number := citizen("32010219550808111")
	id := w.anchor("citizen", number)
	w.exec(t, "INSERT INTO typed.claims_person (anchor, feed, key, role, ver, op, event_time, topic, partition, offset, received, name, citizen_number, sex) VALUES (?, 'police.person', 'k', '', 9, 'assert', now64(3), 't', 0, 9, now64(3) + 60, ?, ?, '1')",
		id, canary, number)
	var got serve.SampleAnswer
	a := w.call(t, "department", http.MethodGet, "/api/v1/feeds/police.person/sample?limit=1", "")
	a.decode(t, http.StatusOK, &got)
	if len(got.Slots) == 0 || len(got.Slots[0].Records) != 1 || strings.Contains(a.body, number) || strings.Contains(a.body, canary) || !strings.Contains(a.body, number[:6]+"****") {
		t.Errorf("%s", a.body)
	}
	if l := w.lastLeaf(t); len(l.Subjects) != 1 || l.Library != "person" {
		t.Errorf("%+v", l)
	}
	for role, status := range map[string]int{"department": 404, "steward": 200, "service": 403, "planner": 403, "": 401} {
		if a := w.call(t, role, http.MethodGet, "/api/v1/feeds/health.birth/sample", ""); a.status != status {
			t.Errorf("%q: %d %s", role, a.status, a.body)
		}
	}
}
