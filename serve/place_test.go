package serve

import "testing"

// TestFreePlace: no presentation is put at the place of a revoked one.
func TestFreePlace(t *testing.T) {
	t.Parallel()
	for range 200 {
		at, err := freePlace(func(at int) bool { return at%2 == 1 })
		if err != nil || at < 0 || at >= statusSize || at%2 == 1 {
			t.Fatal(at, err)
		}
	}
	if _, err := freePlace(func(int) bool { return true }); err == nil {
		t.Error("a place was found in a full list")
	}
}
