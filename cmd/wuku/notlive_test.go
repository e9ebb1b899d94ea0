package main

import (
	"testing"

	"wuku/resolve"
	"wuku/serve"
)

// TestServeKnowsWhatIsNotLive holds serve's reading of an explanation's reasons to the resolver's words: the two rooms do not know
// each other.
func TestServeKnowsWhatIsNotLive(t *testing.T) {
	t.Parallel()
	for reason, dead := range map[string]bool{resolve.ReasonSuperseded: true, resolve.ReasonGone: true, resolve.ReasonUnlisted: false,
		resolve.ReasonRank: false, resolve.ReasonTime: false, resolve.ReasonVersion: false, resolve.ReasonFeed: false} {
		if serve.NotLive(reason) != dead {
			t.Errorf("%q: %v", reason, !dead)
		}
	}
}
