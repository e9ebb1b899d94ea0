package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestStatusSums: what is behind, how fast it shrinks between two looks, and when it is caught up.
func TestStatusSums(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	before := status{At: began, Feeds: []feedStatus{{Topic: "src.a.x", Read: 100}, {Topic: "src.a.z", Read: 7}}}
	s := status{At: began.Add(2 * time.Second)}
	s.sumFeeds(map[string]*feedStatus{
		"src.a.x": {Feed: "a.x", Topic: "src.a.x", Direct: true, Read: 300, Behind: 500}, // 100 a second
		"src.a.y": {Feed: "a.y", Topic: "src.a.y"},                                       // nothing was ever published
		"src.a.z": {Feed: "a.z", Topic: "src.a.z", Read: 7, Behind: 3},                   // stands still
		"src.b.n": {Feed: "b.n", Topic: "src.b.n", Read: 0, Behind: -1},                  // the broker was not asked
		"src.b.o": {Feed: "b.o", Topic: "src.b.o", Read: 5, Behind: 0},                   // all read, was not there before
	}, before)
	want := status{At: s.At, Silent: 2, Behind: 503, CatchUp: new(4.9), Feeds: []feedStatus{
		{Feed: "a.x", Topic: "src.a.x", Direct: true, Read: 300, Behind: 500, Rate: 100, CatchUp: new(5.0)},
		{Feed: "a.z", Topic: "src.a.z", Read: 7, Behind: 3},
		{Feed: "b.o", Topic: "src.b.o", Read: 5, Rate: 2.5, CatchUp: new(0.0)},
	}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var out strings.Builder
	if err := printStatus(&out, s, false, false); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"503 messages behind, caught up in 5s", "a.x 直连", "not known", "stopped"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %q in\n%s", part, &out)
		}
	}
}
