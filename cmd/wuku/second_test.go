package main

import (
	"maps"
	"path/filepath"
	"testing"
)

// second lets another, empty instance with the same deployment key read the same topics when the first has ended: it must come to the
// same rows and the same roots, by another way, as all is there before it begins. (M2)
func second(t *testing.T, first *history) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	broker := first.world.kafka.Brokers[0]
	h := &history{t: t, rng: first.rng, dir: dir, world: embedded(broker, dir), kind: first.kind, calm: true, seen: map[string]int{}, follower: newFollower()}
	h.args = []string{"up", "--data", dir, "--kafka", broker, "--http", "127.0.0.1:0", "--key-file", first.args[len(first.args)-1]}
	h.want = &outcome{roots: maps.Clone(first.got.roots)}
	var none []string
	h.next(&none)
	h.settle(&none)
	im, err := h.world.image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.report("a second instance", compare(im, first.got.images[parts-1]))
	h.stop()
	h.roots()
}
