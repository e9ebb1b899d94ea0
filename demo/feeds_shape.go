package demo

import (
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"wuku/geo"
)

// Shapes by index: county boundaries, then zones, then schools, behind the other places.
func (p *Province) boundariesFrom() int { return p.buildingsFrom() + p.buildings }
func (p *Province) zonesFrom() int      { return p.boundariesFrom() + len(counties) }
func (p *Province) schoolsFrom() int    { return p.zonesFrom() + everyZone(p) }

func everyBoundary(*Province) int { return len(counties) }
func everyZone(p *Province) int   { return max(p.people/100, 40) }
func everySchool(p *Province) int { return max(p.people/1000, 40) }

// loadHouse fills the row's place with building i, which stands where the people of a household live: standard addresses are those of
// real houses.
func (p *Province) loadHouse(r *row, i int) {
	x := &r.plc
	p.loadBuilding(i, x)
	var who person
	p.loadPerson(p.firstOf(i*p.households/p.buildings), &who)
	x.address = p.registered(&who, 0)
	x.county = x.address.county
	b := append(x.code[:0], counties[x.county].code...)
	x.codeLen = len(pad(append(b, 'L'), i, 9))
}

// middle is a county's own middle in microdegrees; see pointOf.
func middle(county int) (lon, lat int) {
	own := dice(mix(uint64(county) + 1))
	c := &cities[cityOf(county)]
	lon = c.lon + own.below(500_000) - 250_000
	return lon, c.lat + own.below(400_000) - 200_000
}

// placePoint is pointOf, drawn towards the county's middle until it lies well within the county's boundary.
func (p *Province) placePoint(purpose uint64, index, county int) (lon, lat int) {
	lon, lat = p.pointOf(purpose, index, county)
	x, y := middle(county)
	for !within(lon, lat, county) {
		lon, lat = x+(lon-x)/2, y+(lat-y)/2
	}
	return lon, lat
}

// within reports whether a point is nearer to its county's middle than to any other by a good part; the middle itself is.
func within(lon, lat, county int) bool {
	x, y := middle(county)
	own := math.Hypot(float64(lon-x), float64(lat-y))
	for other := range counties {
		if other == county {
			continue
		}
		u, v := middle(other)
		if math.Hypot(float64(lon-u), float64(lat-v)) < own*1.4 {
			return false
		}
	}
	return true
}

// The box that holds the synthetic province, in microdegrees.
const (
	west, east   = 116_300_000, 121_950_000
	south, north = 30_700_000, 35_200_000
)

// cellOf is the boundary of a county: all that is nearer to its middle than to any other's, within the province's box, with wobbling
// borders. No real boundary is like it.
func cellOf(county int) [][2]int {
	cell := [][2]float64{{west, south}, {east, south}, {east, north}, {west, north}}
	x, y := middle(county)
	for other := range counties {
		if u, v := middle(other); other != county && (u != x || v != y) {
			cell = nearer(cell, float64(x), float64(y), float64(u), float64(v))
		}
	}
	corners := make([][2]int, 0, len(cell))
	for _, c := range cell {
		q := [2]int{int(math.Round(c[0])), int(math.Round(c[1]))}
		if len(corners) == 0 || q != corners[len(corners)-1] {
			corners = append(corners, q)
		}
	}
	var out [][2]int
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		out = append(append(out, a), wobble(a, b)...)
	}
	return out
}

// nearer clips a convex cell to the side of x, y against u, v.
func nearer(cell [][2]float64, x, y, u, v float64) (out [][2]float64) {
	side := func(p [2]float64) float64 { return (u-x)*(p[0]-(x+u)/2) + (v-y)*(p[1]-(y+v)/2) }
	for i, a := range cell {
		b := cell[(i+1)%len(cell)]
		s, t := side(a), side(b)
		if s <= 0 {
			out = append(out, a)
		}
		if s < 0 && t > 0 || s > 0 && t < 0 {
			k := s / (s - t)
			out = append(out, [2]float64{a[0] + k*(b[0]-a[0]), a[1] + k*(b[1]-a[1])})
		}
	}
	return out
}

// wobble gives the points between two corners of a border: the same, seen from either side, and none along the box.
func wobble(a, b [2]int) (out [][2]int) {
	if a[0] == b[0] && (a[0] == west || a[0] == east) || a[1] == b[1] && (a[1] == south || a[1] == north) {
		return nil
	}
	from, to, back := a, b, false
	if a[0] > b[0] || a[0] == b[0] && a[1] > b[1] {
		from, to, back = b, a, true
	}
	d := dice(mix(uint64(from[0])*1_000_003 ^ uint64(from[1])*7919 ^ uint64(to[0])*104_729 ^ uint64(to[1])))
	dx, dy := to[0]-from[0], to[1]-from[1]
	length := math.Hypot(float64(dx), float64(dy))
	most := min(length*0.03, 300) // in microdegrees: counties may be narrow
	const pieces = 8
	for k := 1; k < pieces; k++ {
		off := most * float64(d.below(201)-100) / 100 * float64(k*(pieces-k)) / 16 / max(length, 1) // less towards the ends
		out = append(out, [2]int{from[0] + dx*k/pieces - int(float64(dy)*off), from[1] + dy*k/pieces + int(float64(dx)*off)})
	}
	if back {
		slices.Reverse(out)
	}
	return out
}

// loadShape fills the row's place with the i-th of a kind of shape.
func (r *row) loadShape(purpose uint64, i, county int) {
	x := &r.plc
	x.index, x.county, x.dice = i, county, r.p.draw(forPlace+purpose<<8, i)
	x.address = address{county: county}
	x.address.fill(&x.dice)
	x.codeLen = copy(x.code[:], counties[county].code)
}

func boundaryFeed() *feed {
	return &feed{name: "land.boundary", null: "null", stampAt: "updated", stampAs: iso, timed: true, keeps: true,
		count: everyBoundary, about: ofPlace((*Province).boundariesFrom, everyBoundary), write: writeBoundary,
		key:  func(r *row) []byte { return append(r.tmp[:0], r.plc.id()...) },
		load: func(r *row, i int) bool { r.loadShape(61, i, i); return true },
	}
}

func writeBoundary(r *row) {
	x := &r.plc
	r.about(places, "", r.p.boundariesFrom()+x.index)
	say(r, "kind", "5")
	r.keyed("adcode", "division")
	put(r, "name", "name", counties[x.county].name)
	put(r, "street", "street", x.address.street)
	put(r, "seat", "address", x.address.house(nil))
	lon, lat := middle(x.county)
	r.micros("lon", "longitude", lon)
	r.micros("lat", "latitude", lat)
	b := append(r.aux[:0], "POLYGON(("...)
	cell := cellOf(x.county)
	for i := range len(cell) + 1 {
		if i > 0 {
			b = append(b, ',')
		}
		c := cell[i%len(cell)]
		b = micro(append(micro(b, c[0]), ' '), c[1])
	}
	put(r, "boundary", "geometry", append(b, "))"...))
	put(r, "state", "status", "1")
}

// zoneFeed is land use and restricted land. Its department surveys in Gauss-Krueger metres, zone 40 (EPSG:4528).
func zoneFeed() *feed {
	return &feed{name: "land.zone", null: "null", prefix: "TB32", stampAt: "GXSJ", stampAs: spaced, timed: true, deadAt: "ZT", dead: "ZX",
		count: everyZone, about: ofPlace((*Province).zonesFrom, everyZone), write: writeZone,
		load: func(r *row, i int) bool { r.loadShape(62, i, i*29%len(counties)); return true },
	}
}

func writeZone(r *row) {
	x, d := &r.plc, r.plc.dice
	r.about(places, "", r.p.zonesFrom()+x.index)
	r.keyed("TBBH", "")
	kind := [...]int{6, 6, 6, 7, 8}[x.index%5]
	coded(r, "LX", "kind", [...]string{"DL", "HX", "JBNT"}[kind-6], strconv.Itoa(kind))
	put(r, "MC", "name", append(append(r.aux[:0], x.address.estate...), [...]string{"图斑", "保护红线", "基本农田"}[kind-6]...))
	put(r, "QXDM", "division", x.address.code())
	put(r, "JLX", "street", x.address.street)
	put(r, "ZL", "address", x.address.house(nil))
	if kind == 6 {
		put(r, "DLBM", "land_use", [...]string{"0101", "0102", "0103", "0702", "1003"}[d.below(5)])
	} else {
		r.null("DLBM")
	}
	lon, lat := r.p.placePoint(forPlace+62, x.index, x.county)
	grid, _ := geo.ParseSystem("EPSG:4528")
	corners := make([][2]int, 8)
	for i := range corners {
		s, c := math.Sincos(math.Pi / 4 * float64(i))
		far := float64(3000 + d.below(9000))
		corners[i] = [2]int{lon + int(far*c), lat + int(far*s)}
	}
	own, ours := append([]byte(nil), "POLYGON(("...), append([]byte(nil), "POLYGON(("...)
	for i := range len(corners) + 1 {
		c := corners[i%len(corners)]
		if i > 0 {
			own, ours = append(own, ','), append(ours, ',')
		}
		own = appendPoint(own, grid, c[0], c[1], ' ', 4)
		ours = micro(append(micro(ours, c[0]), ' '), c[1])
	}
	coded(r, "TXSJ", "geometry", string(append(own, "))"...)), string(append(ours, "))"...)))
	r.shifted("X", "Y", grid, lon, lat, 4)
	r.state("ZT", "status", "XS", "1")
}

// appendPoint appends a point, given in microdegrees, in the coordinates of a system.
func appendPoint(b []byte, s geo.System, lon, lat int, between byte, digits int) []byte {
	q := s.FromGeographic(orb.Point{float64(lon) / 1e6, float64(lat) / 1e6})
	b = append(strconv.AppendFloat(b, q[0], 'f', digits, 64), between)
	return strconv.AppendFloat(b, q[1], 'f', digits, 64)
}

// shifted writes a point in the feed's own system and notes where it truly is.
func (r *row) shifted(x, y string, s geo.System, lon, lat, digits int) {
	q := s.FromGeographic(orb.Point{float64(lon) / 1e6, float64(lat) / 1e6})
	raw(r, x, strconv.AppendFloat(nil, q[0], 'f', digits, 64))
	raw(r, y, strconv.AppendFloat(nil, q[1], 'f', digits, 64))
	say(r, "longitude", micro(nil, lon))
	say(r, "latitude", micro(nil, lat))
}

// schoolFeed is the register of schools, placed by hand on a web map: GCJ-02.
func schoolFeed() *feed {
	return &feed{name: "education.school", null: "null", prefix: "XX32", stampAt: "modified", stampAs: epochMS, timed: true, deadAt: "closed", dead: "true", alive: "false",
		count: everySchool, about: ofPlace((*Province).schoolsFrom, everySchool), write: writeSchool,
		load: func(r *row, i int) bool { r.loadShape(63, i, i*31%len(counties)); return true },
	}
}

func writeSchool(r *row) {
	x := &r.plc
	r.about(places, "", r.p.schoolsFrom()+x.index)
	say(r, "kind", "9")
	r.keyed("schoolId", "")
	name := append(append(r.aux[:0], counties[x.county].name...), [...]string{"第一小学", "实验小学", "第二中学", "实验中学"}[x.index%4]...)
	put(r, "schoolName", "name", append(append(strconv.AppendInt(append(name, "（"...), int64(x.index), 10), "号"...), "）"...))
	put(r, "district", "division", x.address.code())
	put(r, "street", "street", x.address.street)
	put(r, "address", "address", x.address.house(nil))
	lon, lat := r.p.placePoint(forPlace+63, x.index, x.county)
	r.shifted("gcjLon", "gcjLat", geo.GCJ02(), lon, lat, 10)
	put(r, "state", "status", "1")
}
