package ingest

import (
	"math"

	"wuku/entity"
)

// Names of the two elements that are one point.
const (
	elementLongitude = "longitude"
	elementLatitude  = "latitude"
)

// pair is where a slot's coordinates stand. Their bounds are checked after the conversion: metres have others.
type pair struct {
	lon, lat       int // indexes into slotPlan.fields
	lonMin, lonMax bound
	latMin, latMax bound
	swapped        *entity.Fault
}

// pairOf finds a slot's coordinates; nil where it does not map both from the message.
func pairOf(fields []*fieldPlan) *pair {
	x := &pair{lon: -1, lat: -1}
	for i, f := range fields {
		if f.kind != entity.Float || f.constant != nil {
			continue
		}
		switch f.name {
		case elementLongitude:
			x.lon, x.lonMin, x.lonMax = i, f.min, f.max
		case elementLatitude:
			x.lat, x.latMin, x.latMax = i, f.min, f.max
		}
	}
	if x.lon < 0 || x.lat < 0 {
		return nil
	}
	x.swapped = &entity.Fault{Code: "place.axes_swapped", Message: "longitude and latitude are exchanged", Field: fields[x.lon].from,
		Hint: "exchange them at the source, or in the feed's mapping"}
	fields[x.lon].loose, fields[x.lat].loose = true, true
	return x
}

func (b bound) allows(v float64, lower bool) bool {
	if !b.set {
		return true
	}
	limit := math.Float64frombits(uint64(b.num))
	return lower && v >= limit || !lower && v <= limit
}

func (x *pair) fits(lon, lat float64) (lonFits, latFits bool) {
	return x.lonMin.allows(lon, true) && x.lonMax.allows(lon, false), x.latMin.allows(lat, true) && x.latMax.allows(lat, false)
}

// point converts the coordinates of one claim; a pair that cannot be one leaves both elements out, each with a finding. A coordinate
// without its other half is judged by the element's own bounds.
func (m *Mapper) point(slot int, s *slotPlan, cells int, role []byte) {
	x := s.pair
	a, b := &m.cells[cells+x.lon], &m.cells[cells+x.lat]
	lon, lat := math.Float64frombits(uint64(a.num)), math.Float64frombits(uint64(b.num))
	fail := func(c *cell, p *fieldPlan, f *entity.Fault) {
		if c.state == filled {
			m.findings = append(m.findings, finding{slot: slot, role: role, field: p, fault: f})
			c.state, c.num = failed, 0
		}
	}
	p, q := s.fields[x.lon], s.fields[x.lat]
	if a.state != filled || b.state != filled {
		if m.plan.feed.CRS != "" { // half a point of another system is nothing
			fail(a, p, p.faults.format)
			fail(b, q, q.faults.format)
			return
		}
		lonFits, latFits := x.fits(lon, lat)
		if !lonFits {
			fail(a, p, p.faults.bounds)
		}
		if !latFits {
			fail(b, q, q.faults.bounds)
		}
		return
	}
	toLon, toLat, fault := m.conv.places.Point(lon, lat)
	lonFits, latFits := x.fits(toLon, toLat)
	if fault == nil && lonFits && latFits {
		a.num, b.num = int64(math.Float64bits(toLon)), int64(math.Float64bits(toLat))
		return
	}
	otherLon, otherLat, other := m.conv.places.Point(lat, lon)
	u, v := x.fits(otherLon, otherLat)
	switch {
	case other == nil && u && v:
		fail(a, p, x.swapped)
		fail(b, q, x.swapped)
	case fault != nil:
		fail(a, p, fault)
		fail(b, q, fault)
	default:
		if !lonFits {
			fail(a, p, p.faults.bounds)
		}
		if !latFits {
			fail(b, q, q.faults.bounds)
		}
	}
}

// geometry checks and converts a geometry, where something here can.
func (x *converter) geometry(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	if x.places == nil {
		return x.plain(p, b, c)
	}
	if hasControl(b) {
		return p.faults.format
	}
	start := len(x.arena)
	out, f := x.places.Geometry(x.arena, b)
	if f != nil {
		return f
	}
	x.arena = out
	c.text = out[start:len(out):len(out)]
	return p.shape(c.text)
}
