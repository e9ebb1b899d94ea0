package cql2

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"wuku/geo"
)

// Node is one node of a filter: Op, Property, Text, Number, Bool, Date, Timestamp, Interval, Geometry or List.
type Node interface {
	// appendJSON writes the node's JSON encoding.
	appendJSON(b []byte) []byte
}

// Op is an operator or a function with its arguments. Name is as in the JSON encoding: "and", "=", "like", "s_intersects".
type Op struct {
	Name string
	Args []Node
}

// Property names an element.
type Property string

// Text is a character literal.
type Text string

// Number is a numeric literal.
type Number float64

// Bool is true or false.
type Bool bool

// Date is a day, written 2006-01-02.
type Date string

// Timestamp is an instant, written in RFC 3339 with a zone.
type Timestamp string

// Interval is from From to To, both Date, Timestamp, Property, Text ("..", open) or Op.
type Interval struct{ From, To Node }

// Geometry is a geometry literal.
type Geometry struct{ Geometry orb.Geometry }

// BBox is a box: four or six numbers.
type BBox []float64

// List is a list of values, of in and of array operators.
type List []Node

// Error says what is wrong with a filter, and where in its text (from 0; -1: nowhere in particular).
type Error struct {
	At   int
	What string
}

// Error is the words.
func (e *Error) Error() string {
	if e.At < 0 {
		return "filter: " + e.What
	}
	return fmt.Sprintf("filter, at character %d: %s", e.At+1, e.What)
}

// Limits of a filter: greater ones are refused before they cost anything.
const (
	maxLength = 64 << 10
	maxDepth  = 60
	maxNodes  = 20_000
)

// JSON is the node in the JSON encoding.
func JSON(n Node) []byte { return n.appendJSON(nil) }

func appendList(b []byte, list []Node) []byte {
	b = append(b, '[')
	for i, n := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = n.appendJSON(b)
	}
	return append(b, ']')
}

func (o *Op) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"op":`...), o.Name)
	return append(appendList(append(b, `,"args":`...), o.Args), '}')
}

func (p Property) appendJSON(b []byte) []byte {
	return append(appendText(append(b, `{"property":`...), string(p)), '}')
}
func (t Text) appendJSON(b []byte) []byte   { return appendText(b, string(t)) }
func (n Number) appendJSON(b []byte) []byte { return strconv.AppendFloat(b, float64(n), 'g', -1, 64) }
func (v Bool) appendJSON(b []byte) []byte   { return strconv.AppendBool(b, bool(v)) }
func (d Date) appendJSON(b []byte) []byte {
	return append(appendText(append(b, `{"date":`...), string(d)), '}')
}
func (t Timestamp) appendJSON(b []byte) []byte {
	return append(appendText(append(b, `{"timestamp":`...), string(t)), '}')
}
func (l List) appendJSON(b []byte) []byte     { return appendList(b, l) }
func (g Geometry) appendJSON(b []byte) []byte { return geo.AppendJSON(b, g.Geometry, -1) }

func (i Interval) appendJSON(b []byte) []byte {
	bare := func(b []byte, n Node) []byte {
		switch n := n.(type) {
		case Date:
			return appendText(b, string(n))
		case Timestamp:
			return appendText(b, string(n))
		}
		return n.appendJSON(b)
	}
	return append(bare(append(bare(append(b, `{"interval":[`...), i.From), ','), i.To), ']', '}')
}

func (x BBox) appendJSON(b []byte) []byte {
	b = append(b, `{"bbox":[`...)
	for i, v := range x {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	return append(b, ']', '}')
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = append(b, string(r)...)
		}
	}
	return append(b, '"')
}

// Properties lists the elements that a filter names, sorted, each once.
func Properties(n Node) []string {
	var names []string
	walk(n, func(n Node) {
		if p, ok := n.(Property); ok {
			names = append(names, string(p))
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// walk visits a node and all below it.
func walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case *Op:
		for _, a := range n.Args {
			walk(a, visit)
		}
	case List:
		for _, a := range n {
			walk(a, visit)
		}
	case Interval:
		walk(n.From, visit)
		walk(n.To, visit)
	}
}

// isSpatial, isTemporal and isArray tell operators apart.
func isSpatial(name string) bool {
	return strings.HasPrefix(name, "s_") && slices.Contains(spatial, name)
}
func isTemporal(name string) bool {
	return strings.HasPrefix(name, "t_") && slices.Contains(temporal, name)
}
func isArray(name string) bool { return strings.HasPrefix(name, "a_") && slices.Contains(arrays, name) }

var (
	spatial  = []string{"s_contains", "s_crosses", "s_disjoint", "s_equals", "s_intersects", "s_overlaps", "s_touches", "s_within"}
	temporal = []string{"t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby", "t_finishes", "t_intersects", "t_meets",
		"t_metby", "t_overlappedby", "t_overlaps", "t_startedby", "t_starts"}
	arrays = []string{"a_containedby", "a_contains", "a_equals", "a_overlaps"}
)

// jsonNames gives operators the letters that the JSON encoding writes.
var jsonNames = map[string]string{"t_finishedby": "t_finishedBy", "t_metby": "t_metBy", "t_overlappedby": "t_overlappedBy", "t_startedby": "t_startedBy", "a_containedby": "a_containedBy"}

// Map returns a copy of a filter with every geometry and box replaced.
func Map(n Node, do func(orb.Geometry) orb.Geometry) Node {
	switch n := n.(type) {
	case *Op:
		out := &Op{n.Name, make([]Node, len(n.Args))}
		for i, a := range n.Args {
			out.Args[i] = Map(a, do)
		}
		return out
	case List:
		out := make(List, len(n))
		for i, a := range n {
			out[i] = Map(a, do)
		}
		return out
	case Geometry:
		return Geometry{do(n.Geometry)}
	case BBox:
		half := len(n) / 2
		if n[0] > n[half] {
			return n
		}
		return Geometry{do(orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[half], n[half+1]}}.ToPolygon())}
	}
	return n
}
