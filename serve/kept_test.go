package serve_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"wuku/serve"
)

// TestKept: who asks for a figure that is quick gets a new one when it is old; one that is slow is worked out behind the back, once at a time, and at
// most a twentieth of the time; an error is told to who waited, and the next one tries again.
func TestKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		made, slow := 0, time.Duration(0)
		var failed error
		k := &serve.Kept[int]{For: 10 * time.Second, Now: time.Now, Make: func(context.Context) (int, error) {
			time.Sleep(slow)
			if failed != nil {
				return 0, failed
			}
			made++
			return made, nil
		}}
		get := func(want int) {
			t.Helper()
			if n, at, err := k.Get(t.Context()); n != want || err != nil || time.Since(at) > 20*time.Second+20*slow {
				t.Errorf("%d of %s ago, %v; want %d", n, time.Since(at), err, want)
			}
		}
		failed = errors.New("away")
		if _, _, err := k.Get(t.Context()); !errors.Is(err, failed) {
			t.Errorf("error %v", err)
		}
		failed = nil
		get(1)
		time.Sleep(9 * time.Second)
		get(1)
		time.Sleep(2 * time.Second)
		get(2) // quick: at once
		slow = 3 * time.Second
		time.Sleep(11 * time.Second)
		get(3) // it was quick before: waited for
		time.Sleep(59 * time.Second)
		get(3) // not old yet: it takes 3 s
		time.Sleep(2 * time.Second)
		get(3) // old: the next one is under way
		get(3)
		time.Sleep(4 * time.Second)
		get(4)
		if made != 4 {
			t.Errorf("made %d times", made)
		}
		quick := 0
		k = &serve.Kept[int]{For: 10 * time.Second, Now: time.Now, Make: func(context.Context) (int, error) { quick++; return quick, nil }}
		if err := k.Warm(t.Context(), nil); err != nil {
			t.Error(err)
		}
		get(2) // a quick one is not kept from before anybody asked
		get(2)
		ended, end := context.WithCancel(t.Context())
		end()
		if err := (&serve.Kept[int]{Make: k.Make, Now: time.Now}).Warm(ended, func() (bool, string) { return false, "loading" }); err != nil {
			t.Errorf("warmed after the end: %v", err)
		}
	})
}
