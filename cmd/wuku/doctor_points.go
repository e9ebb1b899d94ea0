package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"
	"github.com/spf13/cobra"

	"wuku/entity"
	"wuku/geo"
	"wuku/quality"
)

// Of how many places, and how alike, a shift must be before it tells of a coordinate system.
const (
	fewestShifted = 30
	mostlyAlike   = 800_000 // millionths
	nearShift     = 0.25    // of the system's own shift there
)

// checkPoints looks for feeds whose points are shifted as those of a map service's system are, though their contract does not say so.
func (in *instance) checkPoints(cmd *cobra.Command) check {
	c := check{What: "points", OK: true, Says: "no feed's points are shifted as GCJ-02 or BD-09 are"}
	if in.current.Load().catalog.Library(entity.Place) == nil {
		return check{What: c.What, OK: true, Says: "there is no library of places"}
	}
	shifts, err := quality.Shifts(cmd.Context(), in.store)
	if err != nil {
		return check{What: c.What, Says: err.Error(), Do: "look at the engine's log"}
	}
	var wrong []string
	for _, s := range shifts {
		if system := systemOf(s); system != "" {
			wrong = append(wrong, fmt.Sprintf("%s: %d places lie %.0f m from where other feeds have them, as coordinates of %s do", s.Feed, s.Places, math.Hypot(s.East, s.North), system))
		}
	}
	if len(wrong) > 0 {
		c.OK, c.Says, c.Do = false, strings.Join(wrong, "; "), "write crs: with that system into the feed's file: its topic is read again"
	}
	return c
}

// systemOf is the map service's system that a shift looks like, "" for none.
func systemOf(s quality.Shift) string {
	if s.Places < fewestShifted || s.Alike < mostlyAlike {
		return ""
	}
	at := orb.Point{s.Longitude, s.Latitude}
	for _, system := range []geo.System{geo.GCJ02(), geo.BD09()} {
		p := system.FromGeographic(at)
		east, north := (p[0]-at[0])*math.Cos(at[1]*math.Pi/180)*111320, (p[1]-at[1])*111320
		if math.Hypot(s.East-east, s.North-north) < nearShift*math.Hypot(east, north) {
			return system.String()
		}
	}
	return ""
}
