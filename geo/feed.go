package geo

import (
	"errors"
	"math"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/entity"
)

// kept is to how many places behind the point of a degree transformed coordinates are kept: one millimetre.
const kept = 8

// Reader reads the places of one feed, in the system that the feed declares, into the libraries' own. It is for one goroutine.
type Reader struct {
	system System
	faults map[string]*entity.Fault
}

// NewReader returns the reader of a system by its name; "" is CGCS2000.
func NewReader(system string) (*Reader, error) {
	s := CGCS2000()
	if system != "" {
		var err error
		if s, err = ParseSystem(system); err != nil {
			return nil, err
		}
	}
	r := &Reader{system: s, faults: map[string]*entity.Fault{}}
	for reason, text := range faultTexts {
		r.faults[reason] = &entity.Fault{Code: reason, Message: text[0], Hint: text[1]}
	}
	return r, nil
}

// faultTexts say what is wrong and what to do, by reason.
var faultTexts = map[string][2]string{
	FaultFormat:     {"it is no geometry in WKT, GeoJSON or WKB", "export it anew from the survey system"},
	FaultHeight:     {"it has heights or measures, which the library does not keep", "export it in two dimensions, or map the heights to an element of their own"},
	FaultFinite:     {"a coordinate is no number", "export it anew"},
	FaultEmpty:      {"it has no point", "leave the field empty where there is no geometry"},
	FaultRing:       {"a ring has fewer than three different points, or no area", "digitise it anew"},
	FaultCrossing:   {"a ring crosses itself", "mend the ring at the source; where it crosses depends on what was meant"},
	FaultTouch:      {"a ring touches itself", "split it into polygons, or into a shell and holes"},
	FaultSpike:      {"a ring goes back on its own line", "remove the spike at the source"},
	FaultRingsCross: {"two rings of a polygon cross or share a line", "mend the rings at the source"},
	FaultHole:       {"a hole lies outside its polygon or in another hole", "assign the hole to its polygon at the source"},
	FaultCut:        {"rings touch so that they cut the polygon in two", "split it into two polygons"},
	FaultParts:      {"two polygons of the geometry overlap", "merge them at the source"},
	FaultRange:      {"it lies outside what the coordinate system allows", "check the coordinate system that the feed declares"},
	FaultSystem:     {"it names another coordinate system than the feed declares", "declare the feed's coordinate system in the catalogue, or export in it"},
}

// fault is the shared fault of a refusal.
func (r *Reader) fault(err error) *entity.Fault {
	var f *Fault
	if errors.As(err, &f) && r.faults[f.Reason] != nil {
		return r.faults[f.Reason]
	}
	return r.faults[FaultFormat]
}

// plausible reports whether coordinates can be of the reader's system at all: degrees are small numbers, metres of a zone are not.
func (r *Reader) plausible(p orb.Point) bool {
	if r.system.Geographic() {
		return math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90
	}
	return math.Abs(p[0]-r.system.east) < 3e7 && math.Abs(p[0])+math.Abs(p[1]) > 400 && math.Abs(p[1]) < 2.1e7
}

// Geometry reads one geometry, checks it and appends it as WKT in CGCS2000 degrees. A valid WKT of a geographic system in the order
// that the libraries keep stays as it is written, to its last digit.
func (r *Reader) Geometry(dst, text []byte) ([]byte, *entity.Fault) {
	g, srid, err := Read(text)
	if err != nil {
		return dst, r.fault(err)
	}
	if srid != 0 && srid != r.system.EPSG() && !(srid == 4326 && r.system.kind == geographic) {
		return dst, r.faults[FaultSystem]
	}
	if finite(g) && !Points(g, r.plausible) {
		return dst, r.faults[FaultRange]
	}
	g, fixed, err := Check(g)
	if err != nil {
		return dst, r.fault(err)
	}
	same := r.system.kind == geographic
	if same && !fixed.Any() && text[0] >= 'A' && text[0] <= 'Z' {
		return append(dst, text...), nil
	}
	if !same {
		g = mapPoints(g, func(p orb.Point) orb.Point { return rounded(r.system.ToGeographic(p)) })
	}
	return append(dst, wkt.MarshalString(g)...), nil
}

// Point reads one coordinate pair, X east.
func (r *Reader) Point(x, y float64) (lon, lat float64, f *entity.Fault) {
	if r.system.kind == geographic {
		return x, y, nil // bounds are the element's
	}
	p := orb.Point{x, y}
	if !r.plausible(p) {
		return 0, 0, r.faults[FaultRange]
	}
	p = rounded(r.system.ToGeographic(p))
	return p[0], p[1], nil
}

// rounded keeps a millimetre.
func rounded(p orb.Point) orb.Point {
	for i := range p {
		if v, err := strconv.ParseFloat(strconv.FormatFloat(p[i], 'f', kept, 64), 64); err == nil {
			p[i] = v
		}
	}
	return p
}
