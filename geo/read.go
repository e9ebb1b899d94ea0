package geo

import (
	"bytes"
	"encoding/hex"
	"encoding/json/v2"
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"
)

// Reasons of a Fault. They are stable: findings and quarantine carry them.
const (
	FaultFormat     = "geometry.format"        // it cannot be read
	FaultHeight     = "geometry.height"        // it has heights (Z) or measures (M), which would be lost
	FaultFinite     = "geometry.finite"        // NaN or infinite
	FaultEmpty      = "geometry.empty"         // no point at all
	FaultRange      = "geometry.range"         // outside the area where it must lie
	FaultRing       = "geometry.ring"          // a ring of fewer than three different points, or without area
	FaultCrossing   = "geometry.self_crossing" // a ring crosses itself
	FaultTouch      = "geometry.self_touch"    // a ring touches itself
	FaultSpike      = "geometry.spike"         // a ring goes back on its own line
	FaultRingsCross = "geometry.rings_cross"   // two rings of a polygon cross or share a line
	FaultHole       = "geometry.hole"          // a hole outside its polygon, or in another hole
	FaultCut        = "geometry.interior_cut"  // rings touch so that they cut the inside in two
	FaultParts      = "geometry.parts_overlap" // two polygons of one geometry overlap
	FaultSystem     = "geometry.system"        // the coordinate system is another than declared
)

// Fault says why a geometry is refused, and where. 几何错误
type Fault struct {
	Reason string
	At     orb.Point // where, for the reasons that have a place
	Placed bool
}

// Error is the reason and the place.
func (f *Fault) Error() string {
	if !f.Placed {
		return f.Reason
	}
	return fmt.Sprintf("%s at %.7f %.7f", f.Reason, f.At[0], f.At[1])
}

func fault(reason string) *Fault { return &Fault{Reason: reason} }

func faultAt(reason string, p orb.Point) *Fault { return &Fault{Reason: reason, At: p, Placed: true} }

// maxGeometry bounds the bytes of one geometry; a province's coast has less.
const maxGeometry = 16 << 20

// Read reads one geometry as departments write them: WKT, GeoJSON (a geometry or a feature), WKB or EWKB, or either WKB in
// hexadecimal. Heights and measures are refused rather than dropped. It does not check validity: see Check. The SRID of an EWKB is
// returned, else 0.
func Read(text []byte) (g orb.Geometry, srid int, err error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) > maxGeometry {
		return nil, 0, fault(FaultFormat)
	}
	switch c := text[0]; {
	case c == '{':
		g, err = readGeoJSON(text)
	case c == 0 || c == 1:
		return readWKB(text)
	case c == '0' && len(text) > 10:
		raw := make([]byte, hex.DecodedLen(len(text)))
		if _, err := hex.Decode(raw, text); err != nil {
			return nil, 0, fault(FaultFormat)
		}
		return readWKB(raw)
	default:
		g, err = readWKT(string(text))
	}
	return g, 0, err
}

func readWKT(text string) (orb.Geometry, error) {
	head := text
	for i, c := range text {
		if c == '(' {
			head = text[:i]
			break
		}
	}
	words := bytes.Fields(bytes.ToUpper([]byte(head)))
	if len(words) == 2 && (string(words[1]) == "Z" || string(words[1]) == "M" || string(words[1]) == "ZM") {
		return nil, fault(FaultHeight)
	}
	g, err := wkt.Unmarshal(text)
	if err != nil || g == nil {
		if triple(text) {
			return nil, fault(FaultHeight)
		}
		return nil, fault(FaultFormat)
	}
	return g, nil
}

// triple reports whether the first coordinate of a WKT has more than two numbers.
func triple(text string) bool {
	start := -1
	for i := range len(text) {
		switch text[i] {
		case '(':
			start = i + 1
		case ',', ')':
			return start >= 0 && len(bytes.Fields([]byte(text[start:i]))) > 2
		}
	}
	return false
}

func readWKB(raw []byte) (orb.Geometry, int, error) {
	if len(raw) < 5 {
		return nil, 0, fault(FaultFormat)
	}
	kind := uint32(raw[1]) | uint32(raw[2])<<8 | uint32(raw[3])<<16 | uint32(raw[4])<<24
	if raw[0] == 0 {
		kind = uint32(raw[4]) | uint32(raw[3])<<8 | uint32(raw[2])<<16 | uint32(raw[1])<<24
	}
	if kind&0xc0000000 != 0 || kind&0xffff > 1000 {
		return nil, 0, fault(FaultHeight)
	}
	srid := 0
	if kind&0x20000000 != 0 {
		if len(raw) < 9 {
			return nil, 0, fault(FaultFormat)
		}
		srid = int(uint32(raw[5]) | uint32(raw[6])<<8 | uint32(raw[7])<<16 | uint32(raw[8])<<24)
		if raw[0] == 0 {
			srid = int(uint32(raw[8]) | uint32(raw[7])<<8 | uint32(raw[6])<<16 | uint32(raw[5])<<24)
		}
	}
	g, err := wkb.Unmarshal(raw)
	if err != nil || g == nil {
		return nil, 0, fault(FaultFormat)
	}
	return g, srid, nil
}

// shape is a GeoJSON geometry, or the parts of a feature that matter.
type shape struct {
	Type        string  `json:"type"`
	Geometry    *shape  `json:"geometry"`
	Geometries  []shape `json:"geometries"`
	Coordinates any     `json:"coordinates"`
}

func readGeoJSON(text []byte) (orb.Geometry, error) {
	var s shape
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fault(FaultFormat)
	}
	if s.Type == "Feature" {
		if s.Geometry == nil {
			return nil, fault(FaultFormat)
		}
		s = *s.Geometry
	}
	return s.read(4)
}

// read makes the geometry; deep bounds collections in collections.
func (s shape) read(deep int) (orb.Geometry, error) {
	if s.Type == "GeometryCollection" && deep > 0 {
		var out orb.Collection
		for _, inner := range s.Geometries {
			g, err := inner.read(deep - 1)
			if err != nil {
				return nil, err
			}
			out = append(out, g)
		}
		return out, nil
	}
	var p positions
	var g orb.Geometry
	switch s.Type {
	case "Point":
		g = p.point(s.Coordinates)
	case "MultiPoint":
		g = orb.MultiPoint(p.line(s.Coordinates))
	case "LineString":
		g = orb.LineString(p.line(s.Coordinates))
	case "MultiLineString":
		var out orb.MultiLineString
		for _, l := range p.list(s.Coordinates) {
			out = append(out, p.line(l))
		}
		g = out
	case "Polygon":
		g = p.polygon(s.Coordinates)
	case "MultiPolygon":
		var out orb.MultiPolygon
		for _, l := range p.list(s.Coordinates) {
			out = append(out, p.polygon(l))
		}
		g = out
	default:
		return nil, fault(FaultFormat)
	}
	switch {
	case p.bad:
		return nil, fault(FaultFormat)
	case p.high:
		return nil, fault(FaultHeight)
	}
	return g, nil
}

// positions reads coordinates and notes what was wrong with them.
type positions struct{ bad, high bool }

func (p *positions) list(v any) []any {
	l, ok := v.([]any)
	if !ok {
		p.bad = true
	}
	return l
}

func (p *positions) point(v any) orb.Point {
	l := p.list(v)
	if len(l) < 2 {
		p.bad = true
		return orb.Point{}
	}
	p.high = p.high || len(l) > 2
	x, ok := l[0].(float64)
	y, too := l[1].(float64)
	if !ok || !too {
		p.bad = true
	}
	return orb.Point{x, y}
}

func (p *positions) line(v any) []orb.Point {
	l := p.list(v)
	out := make([]orb.Point, 0, len(l))
	for _, one := range l {
		out = append(out, p.point(one))
	}
	return out
}

func (p *positions) polygon(v any) orb.Polygon {
	var out orb.Polygon
	for _, r := range p.list(v) {
		out = append(out, p.line(r))
	}
	return out
}

// AppendJSON appends a geometry as GeoJSON (RFC 7946), coordinates with the given number of digits behind the point.
func AppendJSON(b []byte, g orb.Geometry, digits int) []byte {
	w := writer{digits}
	switch g := g.(type) {
	case orb.Point:
		return append(w.point(append(b, `{"type":"Point","coordinates":`...), g), '}')
	case orb.MultiPoint:
		return append(w.line(append(b, `{"type":"MultiPoint","coordinates":`...), g), '}')
	case orb.LineString:
		return append(w.line(append(b, `{"type":"LineString","coordinates":`...), g), '}')
	case orb.MultiLineString:
		return append(series(append(b, `{"type":"MultiLineString","coordinates":`...), len(g), func(b []byte, i int) []byte { return w.line(b, g[i]) }), '}')
	case orb.Ring:
		return AppendJSON(b, orb.Polygon{g}, digits)
	case orb.Bound:
		return AppendJSON(b, g.ToPolygon(), digits)
	case orb.Polygon:
		return append(w.polygon(append(b, `{"type":"Polygon","coordinates":`...), g), '}')
	case orb.MultiPolygon:
		return append(series(append(b, `{"type":"MultiPolygon","coordinates":`...), len(g), func(b []byte, i int) []byte { return w.polygon(b, g[i]) }), '}')
	case orb.Collection:
		return append(series(append(b, `{"type":"GeometryCollection","geometries":`...), len(g), func(b []byte, i int) []byte { return AppendJSON(b, g[i], digits) }), '}')
	}
	return append(b, "null"...)
}

// writer appends coordinates.
type writer struct{ digits int }

func (w writer) point(b []byte, p orb.Point) []byte {
	return append(w.number(append(w.number(append(b, '['), p[0]), ','), p[1]), ']')
}

func (w writer) number(b []byte, v float64) []byte {
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', w.digits, 64)
	if !bytes.ContainsRune(b[start:], '.') {
		return b
	}
	return bytes.TrimSuffix(bytes.TrimRight(b, "0"), []byte("."))
}

func (w writer) line(b []byte, l []orb.Point) []byte {
	return series(b, len(l), func(b []byte, i int) []byte { return w.point(b, l[i]) })
}

func (w writer) polygon(b []byte, p orb.Polygon) []byte {
	return series(b, len(p), func(b []byte, i int) []byte { return w.line(b, p[i]) })
}

// series appends a JSON array of n things.
func series(b []byte, n int, one func([]byte, int) []byte) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, i)
	}
	return append(b, ']')
}

// Points calls do for every point of a geometry until it returns false.
func Points(g orb.Geometry, do func(orb.Point) bool) bool {
	each := func(list []orb.Point) bool {
		for _, p := range list {
			if !do(p) {
				return false
			}
		}
		return true
	}
	switch g := g.(type) {
	case orb.Point:
		return do(g)
	case orb.MultiPoint:
		return each(g)
	case orb.LineString:
		return each(g)
	case orb.Ring:
		return each(g)
	case orb.MultiLineString:
		for _, l := range g {
			if !each(l) {
				return false
			}
		}
	case orb.Polygon:
		for _, r := range g {
			if !each(r) {
				return false
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if !Points(p, do) {
				return false
			}
		}
	case orb.Collection:
		for _, c := range g {
			if !Points(c, do) {
				return false
			}
		}
	case orb.Bound:
		return do(g.Min) && do(g.Max)
	}
	return true
}

// finite reports whether every coordinate is a number.
func finite(g orb.Geometry) bool {
	return Points(g, func(p orb.Point) bool { return !math.IsNaN(p[0]+p[1]) && !math.IsInf(p[0], 0) && !math.IsInf(p[1], 0) })
}
