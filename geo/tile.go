package geo

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"
)

// Tile is one tile of the Web Mercator quad tree: x east and y south from the north-west corner.
type Tile struct{ z, x, y uint32 }

// tileExtent is into how many units a tile is divided; buffer is how many around it geometry is kept, so that borders meet.
const (
	tileExtent = 4096
	tileBuffer = 64
)

// NewTile names a tile. z is at most 30; x and y are below 2^z.
func NewTile(z, x, y uint32) Tile { return Tile{min(z, 30), x, y} }

// Frame is the tile in the frame of the tables, both ends included.
func (t Tile) Frame() (x0, x1, y0, y1 uint32) {
	shift := 32 - t.z
	size := uint64(1) << shift
	x0, y0 = uint32(uint64(t.x)<<shift), uint32(uint64(t.y)<<shift)
	return x0, uint32(uint64(x0) + size - 1), y0, uint32(uint64(y0) + size - 1)
}

// Bound is the tile with its buffer in degrees.
func (t Tile) Bound() orb.Bound {
	n := float64(uint64(1) << t.z)
	pad := float64(tileBuffer) / tileExtent
	lat := func(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y/n))) * 180 / math.Pi }
	lon := func(x float64) float64 { return x/n*360 - 180 }
	return orb.Bound{Min: orb.Point{lon(float64(t.x) - pad), lat(float64(t.y) + 1 + pad)}, Max: orb.Point{lon(float64(t.x) + 1 + pad), lat(float64(t.y) - pad)}}
}

// Place puts a geometry in degrees into the tile's units: cut at the buffer, projected, simplified to one unit and rounded. What vanishes
// is nil. The input is not changed. It is cut first, so that of a great shape only what is in the tile is projected.
func (t Tile) Place(g orb.Geometry) orb.Geometry {
	n := float64(uint64(1) << t.z)
	if _, point := g.(orb.Point); !point {
		if edge := t.Bound(); !within(g, edge) {
			if g = cut(edge, orb.Clone(g)); g == nil {
				return nil
			}
		}
	}
	g = mapPoints(g, func(p orb.Point) orb.Point {
		x := (p[0] + 180) / 360 * n
		y := (1 - math.Log(math.Tan(p[1]*math.Pi/360+math.Pi/4))/math.Pi) / 2 * n
		return orb.Point{(x - float64(t.x)) * tileExtent, (y - float64(t.y)) * tileExtent}
	})
	if p, ok := g.(orb.Point); ok {
		box := orb.Bound{Min: orb.Point{-tileBuffer, -tileBuffer}, Max: orb.Point{tileExtent + tileBuffer, tileExtent + tileBuffer}}
		if !box.Contains(p) {
			return nil
		}
		return orb.Point{math.Round(p[0]), math.Round(p[1])}
	}
	g = simplify.DouglasPeucker(1).Simplify(g)
	return mapPoints(g, func(p orb.Point) orb.Point { return orb.Point{math.Round(p[0]), math.Round(p[1])} })
}

// within tells whether all of a geometry lies in a box. Of a great shape the first corner outside tells.
func within(g orb.Geometry, b orb.Bound) bool {
	switch g := g.(type) {
	case orb.MultiPolygon:
		for _, p := range g {
			if !within(p, b) {
				return false
			}
		}
		return true
	case orb.Polygon:
		for _, ring := range g {
			for _, p := range ring {
				if !b.Contains(p) {
					return false
				}
			}
		}
		return true
	}
	box := g.Bound()
	return b.Contains(box.Min) && b.Contains(box.Max)
}

// cut is what of a geometry lies in a box, or nil. It changes its input. Shapes are not measured again before they are cut.
func cut(b orb.Bound, g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.MultiPolygon:
		if m := clip.MultiPolygon(b, g); len(m) > 0 {
			return m
		}
		return nil
	case orb.Polygon:
		if p := clip.Polygon(b, g); len(p) > 0 {
			return p
		}
		return nil
	}
	return clip.Geometry(b, g)
}

// Tag is one property of a tile's feature: a text, or a number where the text is empty.
type Tag struct {
	Key    string
	Text   string
	Number float64
}

// Layer collects the features of one layer of a vector tile (Mapbox Vector Tile specification 2.1). It is for one goroutine.
type Layer struct {
	name     string
	features []byte
	keys     []string
	keyAt    map[string]int
	values   [][]byte
	valueAt  map[string]int
}

// NewLayer starts a layer.
func NewLayer(name string) *Layer {
	return &Layer{name: name, keyAt: map[string]int{}, valueAt: map[string]int{}}
}

// Geometry kinds of the specification.
const (
	mvtPoint   = 1
	mvtLine    = 2
	mvtPolygon = 3
)

// Add adds a feature whose geometry Tile.Place gave; nil and what has no area after rounding is left out.
func (l *Layer) Add(g orb.Geometry, tags []Tag) {
	commands, kind := encodeGeometry(g)
	if len(commands) == 0 {
		return
	}
	var packed []byte
	for _, t := range tags {
		packed = binary.AppendUvarint(packed, uint64(l.key(t.Key)))
		packed = binary.AppendUvarint(packed, uint64(l.value(t)))
	}
	var f []byte
	f = appendBytes(f, 2, packed)
	f = binary.AppendUvarint(append(f, 3<<3), uint64(kind))
	f = appendBytes(f, 4, commands)
	l.features = appendBytes(l.features, 2, f)
}

func (l *Layer) key(k string) int {
	at, ok := l.keyAt[k]
	if !ok {
		at = len(l.keys)
		l.keyAt[k], l.keys = at, append(l.keys, k)
	}
	return at
}

func (l *Layer) value(t Tag) int {
	var v []byte
	if t.Text != "" {
		v = appendBytes(v, 1, []byte(t.Text))
	} else {
		v = binary.LittleEndian.AppendUint64(append(v, 3<<3|1), math.Float64bits(t.Number))
	}
	at, ok := l.valueAt[string(v)]
	if !ok {
		at = len(l.values)
		l.valueAt[string(v)], l.values = at, append(l.values, v)
	}
	return at
}

// Bytes is the tile with this one layer; a layer without features gives an empty tile.
func (l *Layer) Bytes() []byte {
	if len(l.features) == 0 {
		return []byte{}
	}
	layer := append([]byte{15 << 3}, 2) // version 2
	layer = appendBytes(layer, 1, []byte(l.name))
	layer = append(layer, l.features...)
	for _, k := range l.keys {
		layer = appendBytes(layer, 3, []byte(k))
	}
	for _, v := range l.values {
		layer = appendBytes(layer, 4, v)
	}
	layer = binary.AppendUvarint(append(layer, 5<<3), tileExtent)
	return appendBytes(nil, 3, layer)
}

// appendBytes appends a length-delimited protobuf field.
func appendBytes(b []byte, field byte, content []byte) []byte {
	b = append(b, field<<3|2)
	b = binary.AppendUvarint(b, uint64(len(content)))
	return append(b, content...)
}

// pen writes geometry commands relative to where it is.
type pen struct {
	out  []byte
	x, y int64
}

func (p *pen) command(id, count int) { p.out = binary.AppendUvarint(p.out, uint64(id|count<<3)) }

func (p *pen) to(q orb.Point) {
	x, y := int64(q[0]), int64(q[1])
	p.out = binary.AppendVarint(p.out, x-p.x) // zigzag, as the specification wants
	p.out = binary.AppendVarint(p.out, y-p.y)
	p.x, p.y = x, y
}

func encodeGeometry(g orb.Geometry) ([]byte, int) {
	p := &pen{}
	switch g := g.(type) {
	case orb.Point:
		p.command(1, 1)
		p.to(g)
		return p.out, mvtPoint
	case orb.MultiPoint:
		if len(g) == 0 {
			return nil, 0
		}
		p.command(1, len(g))
		for _, q := range g {
			p.to(q)
		}
		return p.out, mvtPoint
	case orb.LineString:
		p.line(g)
		return p.out, mvtLine
	case orb.MultiLineString:
		for _, l := range g {
			p.line(l)
		}
		return p.out, mvtLine
	case orb.Polygon:
		p.polygon(g)
		return p.out, mvtPolygon
	case orb.MultiPolygon:
		for _, one := range g {
			p.polygon(one)
		}
		return p.out, mvtPolygon
	}
	return nil, 0
}

func (p *pen) line(l orb.LineString) {
	l = without(l, &Repairs{})
	if len(l) < 2 {
		return
	}
	p.command(1, 1)
	p.to(l[0])
	p.command(2, len(l)-1)
	for _, q := range l[1:] {
		p.to(q)
	}
}

// polygon writes rings: the shell's area is positive in the tile's units, where y runs south, and holes' negative.
func (p *pen) polygon(g orb.Polygon) {
	for i, ring := range g {
		r := cleanRing(ring, &Repairs{})
		if r == nil {
			if i == 0 {
				return
			}
			continue
		}
		(&Repairs{}).turn(r, i == 0)
		p.command(1, 1)
		p.to(r[0])
		p.command(2, len(r)-2)
		for _, q := range r[1 : len(r)-1] {
			p.to(q)
		}
		p.command(7, 1)
	}
}
