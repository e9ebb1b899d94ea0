package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// System is one coordinate reference system. Its zero value is none; ParseSystem makes others. 坐标系
type System struct {
	code   int // EPSG, or one of ours below 0
	kind   systemKind
	middle float64 // central meridian in degrees
	east   float64 // false easting in metres
}

type systemKind uint8

const (
	geographic systemKind = iota + 1
	gaussKrueger
	mercator
	gcj02
	bd09
)

// Codes of systems that have no EPSG code.
const (
	codeCRS84 = -1
	codeGCJ02 = -2
	codeBD09  = -3
)

// CGCS2000 is the national geodetic system, the one that the libraries keep. EPSG:4490.
func CGCS2000() System { return System{code: 4490, kind: geographic} }

// WGS84 is EPSG:4326.
func WGS84() System { return System{code: 4326, kind: geographic} }

// CRS84 is WGS84 with longitude first, the default of GeoJSON and of OGC API Features.
func CRS84() System { return System{code: codeCRS84, kind: geographic} }

// WebMercator is EPSG:3857, the system of map tiles.
func WebMercator() System { return System{code: 3857, kind: mercator} }

// GCJ02 is the shifted system of Chinese web maps.
func GCJ02() System { return System{code: codeGCJ02, kind: gcj02} }

// BD09 is Baidu's further shift of it.
func BD09() System { return System{code: codeBD09, kind: bd09} }

// ErrSystem says that a coordinate system is not known, or known and refused.
type ErrSystem struct {
	Name   string
	Reason string
}

// Error tells the name, why, and what is known.
func (e *ErrSystem) Error() string {
	return fmt.Sprintf("coordinate system %q: %s; known are CGCS2000 (EPSG:4490, 4491 to 4554), WGS84 (EPSG:4326), EPSG:3857, OGC:CRS84, GCJ-02 and BD-09", e.Name, e.Reason)
}

// ParseSystem reads the name of a system: EPSG:4528, urn:ogc:def:crs:EPSG::4528, http://www.opengis.net/def/crs/EPSG/0/4528 (and
// the same in [..]), OGC:CRS84, or a name in use: CGCS2000, WGS84, GCJ-02, BD-09. Systems that need parameters of the locality
// (Xian 1980, Beijing 1954) are refused: without them a transformation would be a guess of tens of metres.
func ParseSystem(name string) (System, error) {
	n := strings.ToUpper(strings.Trim(strings.TrimSpace(name), "[]"))
	n = strings.NewReplacer("HTTPS://", "HTTP://", "-", "", "_", "").Replace(n)
	switch n {
	case "CGCS2000", "国家2000":
		return CGCS2000(), nil
	case "WGS84":
		return WGS84(), nil
	case "CRS84", "OGC:CRS84", "URN:OGC:DEF:CRS:OGC:1.3:CRS84", "URN:OGC:DEF:CRS:OGC::CRS84", "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/1.3/CRS84", "HTTP://WWW.OPENGIS.NET/DEF/CRS/OGC/0/CRS84":
		return CRS84(), nil
	case "GCJ02":
		return GCJ02(), nil
	case "BD09", "BD09LL":
		return BD09(), nil
	}
	for _, prefix := range []string{"EPSG:", "URN:OGC:DEF:CRS:EPSG::", "HTTP://WWW.OPENGIS.NET/DEF/CRS/EPSG/0/"} {
		if digits, ok := strings.CutPrefix(n, prefix); ok {
			code, err := strconv.Atoi(digits)
			if err != nil {
				break
			}
			return systemOf(name, code)
		}
	}
	return System{}, &ErrSystem{name, "not known"}
}

// systemOf knows the EPSG codes.
func systemOf(name string, code int) (System, error) {
	zone := func(first, step int, middle float64, prefix bool, zone0 int) System {
		n := code - first
		s := System{code: code, kind: gaussKrueger, middle: middle + float64(n*step), east: 500_000}
		if prefix {
			s.east += float64(zone0+n) * 1e6
		}
		return s
	}
	switch {
	case code == 4490:
		return CGCS2000(), nil
	case code == 4326:
		return WGS84(), nil
	case code == 3857:
		return WebMercator(), nil
	case code >= 4491 && code <= 4501: // 6 degrees, zones 13 to 23 before the easting
		return zone(4491, 6, 75, true, 13), nil
	case code >= 4502 && code <= 4512: // 6 degrees by central meridian
		return zone(4502, 6, 75, false, 0), nil
	case code >= 4513 && code <= 4533: // 3 degrees, zones 25 to 45 before the easting
		return zone(4513, 3, 75, true, 25), nil
	case code >= 4534 && code <= 4554: // 3 degrees by central meridian
		return zone(4534, 3, 75, false, 0), nil
	case code == 4610 || code == 4214 || code >= 2327 && code <= 2442 || code >= 21413 && code <= 21463:
		return System{}, &ErrSystem{name, "Xian 1980 and Beijing 1954 need the locality's own parameters; have the department transform it first"}
	}
	return System{}, &ErrSystem{name, "not known"}
}

// Valid reports whether it is a system at all.
func (s System) Valid() bool { return s.kind != 0 }

// EPSG is the code, 0 for a system that has none.
func (s System) EPSG() int { return max(s.code, 0) }

// Geographic reports whether coordinates are degrees.
func (s System) Geographic() bool { return s.kind == geographic || s.kind == gcj02 || s.kind == bd09 }

// NorthFirst reports whether the system's own definition puts the northing or latitude first. Coordinates in this package never
// are in that order; interfaces that promise the definition's order swap.
func (s System) NorthFirst() bool {
	return s.code == 4490 || s.code == 4326 || s.kind == gaussKrueger
}

// String is the usual name.
func (s System) String() string {
	switch s.code {
	case 0:
		return "none"
	case codeCRS84:
		return "OGC:CRS84"
	case codeGCJ02:
		return "GCJ-02"
	case codeBD09:
		return "BD-09"
	}
	return "EPSG:" + strconv.Itoa(s.code)
}

// URI is the name that OGC's interfaces use; "" for GCJ-02 and BD-09, which OGC does not know.
func (s System) URI() string {
	switch {
	case s.code == codeCRS84:
		return "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	case s.code > 0:
		return "http://www.opengis.net/def/crs/EPSG/0/" + strconv.Itoa(s.code)
	}
	return ""
}

// Accuracy is by how much a transformation to CGCS2000 and back may be off, in metres, beyond what the coordinates' own digits say.
func (s System) Accuracy() float64 {
	switch s.kind {
	case gaussKrueger:
		return 1e-6 // 6 degrees each way of the central meridian, against PROJ
	case gcj02, bd09:
		return 0.3 // the shift is published by nobody; this is how closely its usual formula is inverted
	}
	return 1e-8
}

// ToGeographic gives CGCS2000 longitude and latitude of a point of s. NaN or infinite input gives NaN.
func (s System) ToGeographic(p orb.Point) orb.Point {
	switch s.kind {
	case gaussKrueger:
		return kruegerInverse(p[0]-s.east, p[1], s.middle)
	case mercator:
		return orb.Point{p[0] / wgs84Axis * 180 / math.Pi, math.Atan(math.Sinh(p[1]/wgs84Axis)) * 180 / math.Pi}
	case gcj02:
		return unshift(p, gcjFrom)
	case bd09:
		return unshift(unshift(p, bdFrom), gcjFrom)
	}
	return p
}

// FromGeographic is the opposite of ToGeographic.
func (s System) FromGeographic(p orb.Point) orb.Point {
	switch s.kind {
	case gaussKrueger:
		q := kruegerForward(p[0], p[1], s.middle)
		return orb.Point{q[0] + s.east, q[1]}
	case mercator:
		return orb.Point{p[0] * math.Pi / 180 * wgs84Axis, math.Asinh(math.Tan(p[1]*math.Pi/180)) * wgs84Axis}
	case gcj02:
		return gcjFrom(p)
	case bd09:
		return bdFrom(gcjFrom(p))
	}
	return p
}

// Same reports whether two systems give the same coordinates here, so that nothing need be computed.
func (s System) Same(o System) bool {
	return s == o || s.kind == geographic && o.kind == geographic
}

// Transform returns a copy of a geometry of one system in another. It does not add vertices: long straight lines stay straight.
func Transform(g orb.Geometry, from, to System) orb.Geometry {
	if g == nil || from.Same(to) {
		return orb.Clone(g)
	}
	return mapPoints(g, func(p orb.Point) orb.Point { return to.FromGeographic(from.ToGeographic(p)) })
}

// mapPoints returns a copy of a geometry with every point replaced.
func mapPoints(g orb.Geometry, do func(orb.Point) orb.Point) orb.Geometry {
	line := func(in []orb.Point) []orb.Point {
		out := make([]orb.Point, len(in))
		for i, p := range in {
			out[i] = do(p)
		}
		return out
	}
	switch g := g.(type) {
	case orb.Point:
		return do(g)
	case orb.MultiPoint:
		return orb.MultiPoint(line(g))
	case orb.LineString:
		return orb.LineString(line(g))
	case orb.Ring:
		return orb.Ring(line(g))
	case orb.Bound:
		return mapPoints(g.ToPolygon(), do)
	case orb.MultiLineString:
		out := make(orb.MultiLineString, len(g))
		for i := range g {
			out[i] = line(g[i])
		}
		return out
	case orb.Polygon:
		out := make(orb.Polygon, len(g))
		for i := range g {
			out[i] = line(g[i])
		}
		return out
	case orb.MultiPolygon:
		out := make(orb.MultiPolygon, len(g))
		for i := range g {
			out[i] = mapPoints(g[i], do).(orb.Polygon)
		}
		return out
	case orb.Collection:
		out := make(orb.Collection, len(g))
		for i := range g {
			out[i] = mapPoints(g[i], do)
		}
		return out
	}
	return g
}

// SwapXY returns a copy with X and Y exchanged, for interfaces that promise a definition's own axis order.
func SwapXY(g orb.Geometry) orb.Geometry {
	return mapPoints(g, func(p orb.Point) orb.Point { return orb.Point{p[1], p[0]} })
}
