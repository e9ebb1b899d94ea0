package main

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"wuku/geo"
	"wuku/quality"
)

// TestSystemOfAShift: a shift is that of a map service's system only if it is of many places, alike, and as long and in the direction of
// that system's own there. The feed that is right is shifted the other way, and is nobody's.
func TestSystemOfAShift(t *testing.T) {
	t.Parallel()
	at := orb.Point{118.8, 32.05}
	shifted := func(system geo.System, sign float64) quality.Shift {
		p := system.FromGeographic(at)
		return quality.Shift{Feed: "a.x", Places: 100, Alike: 950_000, Longitude: at[0], Latitude: at[1],
			East: sign * (p[0] - at[0]) * math.Cos(at[1]*math.Pi/180) * 111320, North: sign * (p[1] - at[1]) * 111320}
	}
	for name, c := range map[string]struct {
		shift quality.Shift
		want  string
	}{
		"GCJ-02":        {shifted(geo.GCJ02(), 1), geo.GCJ02().String()},
		"BD-09":         {shifted(geo.BD09(), 1), geo.BD09().String()},
		"the other way": {shifted(geo.GCJ02(), -1), ""},
		"none":          {quality.Shift{Places: 100, Alike: 1_000_000, Longitude: at[0], Latitude: at[1], East: 3, North: -2}, ""},
		"few":           {func() quality.Shift { s := shifted(geo.GCJ02(), 1); s.Places = 20; return s }(), ""},
		"all over":      {func() quality.Shift { s := shifted(geo.GCJ02(), 1); s.Alike = 300_000; return s }(), ""},
	} {
		if got := systemOf(c.shift); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
