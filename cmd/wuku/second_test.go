package main

import (
	"maps"
	"path/filepath"
	"testing"
)

// TestSecondInstance lets another, empty instance with the same deployment key read the same topics when the first has ended: it must come
// to the same rows and the same roots, by another way, as all is there before it begins. (M2)
func TestSecondInstance(t *testing.T) {
	t.Parallel()
	first := newHistory(t, 0)
	first.calm = true
	var none []string
	for _, messages := range story(t) {
		first.world.publish(t, messages)
		first.next(&none)
		first.settle(&none)
	}
	im, err := first.world.image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first.stop()
	first.roots()
	dir := filepath.Join(t.TempDir(), "data")
	broker := first.world.kafka.Brokers[0]
	h := &history{t: t, rng: first.rng, dir: dir, world: embedded(broker, dir), kind: first.kind, calm: true, seen: map[string]int{}, follower: newFollower()}
	h.args = []string{"up", "--data", dir, "--kafka", broker, "--http", "127.0.0.1:0", "--key-file", first.args[len(first.args)-1]}
	h.want = &outcome{roots: maps.Clone(first.got.roots)}
	h.next(&none)
	h.settle(&none)
	again, err := h.world.image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.report("a second instance", compare(again, im))
	h.stop()
	h.roots()
}
