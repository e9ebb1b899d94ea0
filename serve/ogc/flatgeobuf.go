package ogc

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/paulmach/orb"

	"wuku/geo"
	"wuku/geo/cql2"
	"wuku/space"
)

// FlatGeobuf 3 is a header and features, each a FlatBuffer behind its length. These are the numbers that its two schemas (header.fbs,
// feature.fbs) give to tables, fields and kinds. The tree of boxes that may stand between is left out: a file of one answer is read whole.
const (
	fgbPoint, fgbPolygon, fgbMultiPolygon = 1, 3, 6

	fgbBool, fgbDouble, fgbString, fgbDateTime = 2, 10, 11, 13
)

// columnKind is a property's type in FlatGeobuf.
func columnKind(p space.Property) byte {
	switch p.Type {
	case cql2.TypeNumber:
		return fgbDouble
	case cql2.TypeBool:
		return fgbBool
	case cql2.TypeDate, cql2.TypeTime:
		return fgbDateTime
	}
	return fgbString
}

// flatGeobuf writes features as a FlatGeobuf file, east before north as all its readers take it.
func flatGeobuf(c *space.Collection, found []space.Feature, s geo.System) []byte {
	out := []byte{'f', 'g', 'b', 3, 'f', 'g', 'b', 0}
	b := flatbuffers.NewBuilder(1024)
	kind := byte(fgbPoint)
	if c.Polygons {
		kind = fgbMultiPolygon
	}
	columns := append([]space.Property{{Name: "id", ZH: "编号", Type: cql2.TypeText}}, c.Properties...)
	var offsets []flatbuffers.UOffsetT
	for _, p := range columns {
		name, title := b.CreateString(p.Name), b.CreateString(p.ZH)
		b.StartObject(11)
		b.PrependUOffsetTSlot(0, name, 0)
		b.PrependByteSlot(1, columnKind(p), 0)
		b.PrependUOffsetTSlot(2, title, 0)
		offsets = append(offsets, b.EndObject())
	}
	b.StartVector(4, len(offsets), 4)
	for i := len(offsets) - 1; i >= 0; i-- {
		b.PrependUOffsetT(offsets[i])
	}
	list := b.EndVector(len(offsets))
	code := s.EPSG()
	if code == 0 {
		code = 4326 // what CRS84 is with its axes in this order
	}
	org := b.CreateString("EPSG")
	b.StartObject(6)
	b.PrependUOffsetTSlot(0, org, 0)
	b.PrependInt32Slot(1, int32(code), 0)
	crs := b.EndObject()
	name, title := b.CreateString(c.ID), b.CreateString(c.ZH)
	b.StartObject(14)
	b.PrependUOffsetTSlot(0, name, 0)
	b.PrependByteSlot(2, kind, 0)
	b.PrependUOffsetTSlot(7, list, 0)
	b.PrependUint64Slot(8, uint64(len(found)), 0)
	b.PrependUint16Slot(9, 0, 16)
	b.PrependUOffsetTSlot(10, crs, 0)
	b.PrependUOffsetTSlot(11, title, 0)
	b.FinishSizePrefixed(b.EndObject())
	out = append(out, b.FinishedBytes()...)
	for i := range found {
		b.Reset()
		g := fgbGeometry(b, east(found[i].Geometry, s), c.Polygons)
		values := b.CreateByteVector(fgbValues(c, &found[i]))
		b.StartObject(3)
		b.PrependUOffsetTSlot(0, g, 0)
		b.PrependUOffsetTSlot(1, values, 0)
		b.FinishSizePrefixed(b.EndObject())
		out = append(out, b.FinishedBytes()...)
	}
	return out
}

// east is a geometry in a system with east before north, whatever the order of its definition.
func east(g orb.Geometry, s geo.System) orb.Geometry { return geo.Transform(g, geo.CRS84(), s) }

// fgbGeometry writes a point or polygons; where several says so, one polygon too is of several parts, as the header's kind wants.
func fgbGeometry(b *flatbuffers.Builder, g orb.Geometry, several bool) flatbuffers.UOffsetT {
	switch g := g.(type) {
	case orb.Point:
		return fgbTable(b, fgbPoint, g[:], nil, nil)
	case orb.Polygon:
		if several {
			return fgbGeometry(b, orb.MultiPolygon{g}, true)
		}
		var xy []float64
		var ends []uint32
		for _, ring := range g {
			for _, p := range ring {
				xy = append(xy, p[0], p[1])
			}
			ends = append(ends, uint32(len(xy)/2))
		}
		if len(ends) < 2 {
			ends = nil
		}
		return fgbTable(b, fgbPolygon, xy, ends, nil)
	case orb.MultiPolygon:
		var parts []flatbuffers.UOffsetT
		for _, p := range g {
			parts = append(parts, fgbGeometry(b, p, false))
		}
		return fgbTable(b, fgbMultiPolygon, nil, nil, parts)
	}
	return fgbTable(b, 0, nil, nil, nil)
}

func fgbTable(b *flatbuffers.Builder, kind byte, xy []float64, ends []uint32, parts []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	var atXY, atEnds, atParts flatbuffers.UOffsetT
	if len(xy) > 0 {
		b.StartVector(8, len(xy), 8)
		for i := len(xy) - 1; i >= 0; i-- {
			b.PrependFloat64(xy[i])
		}
		atXY = b.EndVector(len(xy))
	}
	if len(ends) > 0 {
		b.StartVector(4, len(ends), 4)
		for i := len(ends) - 1; i >= 0; i-- {
			b.PrependUint32(ends[i])
		}
		atEnds = b.EndVector(len(ends))
	}
	if len(parts) > 0 {
		b.StartVector(4, len(parts), 4)
		for i := len(parts) - 1; i >= 0; i-- {
			b.PrependUOffsetT(parts[i])
		}
		atParts = b.EndVector(len(parts))
	}
	b.StartObject(8)
	b.PrependUOffsetTSlot(0, atEnds, 0)
	b.PrependUOffsetTSlot(1, atXY, 0)
	b.PrependByteSlot(6, kind, 0)
	b.PrependUOffsetTSlot(7, atParts, 0)
	return b.EndObject()
}

// fgbValues are a feature's id and properties: the number of the column, then the value. What it has not is not there.
func fgbValues(c *space.Collection, f *space.Feature) []byte {
	text := func(b []byte, v string) []byte {
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	out := text([]byte{0, 0}, f.ID)
	for i, v := range f.Values {
		if v == nil {
			continue
		}
		at := binary.LittleEndian.AppendUint16(out, uint16(i+1))
		switch columnKind(c.Properties[i]) {
		case fgbDouble:
			n, err := strconv.ParseFloat(*v, 64)
			if err != nil {
				continue
			}
			out = binary.LittleEndian.AppendUint64(at, math.Float64bits(n))
		case fgbBool:
			yes := byte(0)
			if *v == "true" || *v == "1" {
				yes = 1
			}
			out = append(at, yes)
		default:
			out = text(at, timeText(c.Properties[i], *v))
		}
	}
	return out
}

// timeText is a time as ISO 8601 has it; other values as they are.
func timeText(p space.Property, v string) string {
	if p.Type == cql2.TypeTime {
		if t, err := time.Parse("2006-01-02 15:04:05.999", v); err == nil {
			return t.UTC().Format(time.RFC3339Nano)
		}
	}
	return v
}
