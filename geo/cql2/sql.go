package cql2

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"wuku/geo"
)

// Types of properties.
const (
	TypeText     = "string"
	TypeNumber   = "number"
	TypeBool     = "boolean"
	TypeDate     = "date"
	TypeTime     = "timestamp"
	TypeGeometry = "geometry"
)

// Limits of a condition, which the engine must work out for every row.
const (
	mostParts  = 200
	mostLevels = 16
	mostPoints = 5_000
)

// Column is where a property stands: an expression of the engine and its type.
type Column struct {
	SQL  string
	Type string
}

// Shapes are the columns of a geometry: a point, and a MultiPolygon which is empty where the place is a point.
type Shapes struct{ Lon, Lat, Polygons string }

// Table is what a filter may speak of.
type Table struct {
	Columns  map[string]Column
	Shapes   Shapes                          // of every property of type geometry
	Prefix   string                          // of the names of parameters
	Geometry func(orb.Geometry) orb.Geometry // brings literals into the table's system; nil: they are in it
}

// Param is a bound parameter.
type Param struct {
	Name  string
	Value any
}

// value is a compiled part.
type value struct{ sql, kind string }

// compiler collects parameters.
type compiler struct {
	table  *Table
	params []Param
	nodes  int
	depth  int
	points int // of geometry literals
}

// Condition turns a filter into a condition for ClickHouse with its parameters. Names come from the table, values are parameters. It
// knows: and, or, not, comparisons, like, between, in, isNull, arithmetic, casei, s_intersects, s_disjoint and s_within of a place with
// a literal, s_contains and s_equals of a place with a point, and the t_ operators between instants, days and literal intervals. Others are refused.
func Condition(n Node, t *Table) (sql string, params []Param, err error) {
	c := &compiler{table: t}
	v, err := c.compile(n)
	if err != nil {
		return "", nil, err
	}
	if v.kind != TypeBool {
		return "", nil, &Error{-1, "it is no condition"}
	}
	return v.sql, c.params, nil
}

func (c *compiler) bind(kind string, v any) string {
	name := fmt.Sprintf("%s%d", c.table.Prefix, len(c.params))
	c.params = append(c.params, Param{name, v})
	return "{" + name + ":" + kind + "}"
}

func (c *compiler) compile(n Node) (value, error) {
	if c.nodes++; c.nodes > mostParts {
		return value{}, &Error{-1, "it has too many parts"}
	}
	switch n := n.(type) {
	case Property:
		col, ok := c.table.Columns[string(n)]
		if !ok {
			return value{}, &Error{-1, fmt.Sprintf("there is no queryable %q", string(n))}
		}
		return value{col.SQL, col.Type}, nil
	case Text:
		return value{c.bind("String", string(n)), TypeText}, nil
	case Number:
		return value{c.bind("Float64", float64(n)), TypeNumber}, nil
	case Bool:
		return value{map[bool]string{true: "true", false: "false"}[bool(n)], TypeBool}, nil
	case Date:
		return value{"toDate32(" + c.bind("String", string(n)) + ")", TypeDate}, nil
	case Timestamp:
		return value{c.instant(string(n)), TypeTime}, nil
	case *Op:
		if c.depth++; c.depth > mostLevels {
			return value{}, &Error{-1, "it is nested too deep"}
		}
		v, err := c.op(n)
		c.depth--
		return v, err
	}
	return value{}, &Error{-1, "a value stands where it cannot"}
}

func (c *compiler) instant(s string) string {
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		at = time.Time{}
	}
	return "parseDateTime64BestEffort(" + c.bind("String", at.UTC().Format("2006-01-02 15:04:05.000")) + ", 3, 'UTC')"
}

func (c *compiler) op(o *Op) (value, error) {
	low := strings.ToLower(o.Name)
	if least, most := arity(o.Name); len(o.Args) < least || len(o.Args) > most {
		return value{}, &Error{-1, fmt.Sprintf("operator %s has %d arguments", o.Name, len(o.Args))}
	}
	switch {
	case o.Name == "and" || o.Name == "or":
		return c.logic(o)
	case o.Name == "not":
		v, err := c.want(o.Args[0], TypeBool)
		return value{"NOT (" + v.sql + ")", TypeBool}, err
	case slices.Contains([]string{"=", "<>", "<", ">", "<=", ">="}, o.Name):
		return c.compare(o)
	case slices.Contains([]string{"+", "-", "*", "/", "%", "^", "div"}, o.Name):
		return c.arithmetic(o)
	case isSpatial(low):
		return c.spatial(low, o)
	case isTemporal(low):
		return c.temporal(low, o)
	}
	return c.other(low, o)
}

// openEnded reports whether a pattern ends in the sign that takes the next one literally.
func openEnded(pattern Node) bool {
	for {
		o, ok := pattern.(*Op)
		if !ok || len(o.Args) != 1 {
			break
		}
		pattern = o.Args[0]
	}
	text, _ := pattern.(Text)
	return (len(text)-len(strings.TrimRight(string(text), `\`)))%2 == 1
}

func (c *compiler) other(low string, o *Op) (value, error) {
	switch {
	case low == "like" && len(o.Args) == 2:
		left, err := c.want(o.Args[0], TypeText)
		if err != nil {
			return value{}, err
		}
		if openEnded(o.Args[1]) {
			return value{}, &Error{-1, "the pattern of like ends in a \\ that stands before nothing; \\\\ is one \\"}
		}
		right, err := c.want(o.Args[1], TypeText)
		return value{"(" + left.sql + " LIKE " + right.sql + ")", TypeBool}, err
	case low == "isnull" && len(o.Args) == 1:
		v, err := c.compile(o.Args[0])
		return value{"(" + v.sql + " IS NULL)", TypeBool}, err
	case low == "casei" && len(o.Args) == 1:
		v, err := c.want(o.Args[0], TypeText)
		return value{"lowerUTF8(" + v.sql + ")", TypeText}, err
	case low == "between" && len(o.Args) == 3:
		lower, err := c.compare(&Op{">=", []Node{o.Args[0], o.Args[1]}})
		if err != nil {
			return value{}, err
		}
		upper, err := c.compare(&Op{"<=", []Node{o.Args[0], o.Args[2]}})
		return value{"(" + lower.sql + " AND " + upper.sql + ")", TypeBool}, err
	case low == "in" && len(o.Args) == 2:
		list, ok := o.Args[1].(List)
		if !ok || len(list) == 0 {
			return value{}, &Error{-1, "in wants a list"}
		}
		either := make([]string, len(list))
		for i, one := range list {
			v, err := c.compare(&Op{"=", []Node{o.Args[0], one}})
			if err != nil {
				return value{}, err
			}
			either[i] = v.sql
		}
		return value{"(" + strings.Join(either, " OR ") + ")", TypeBool}, nil
	}
	return value{}, &Error{-1, fmt.Sprintf("%s is not supported", o.Name)}
}

func (c *compiler) logic(o *Op) (value, error) {
	if len(o.Args) < 2 {
		return value{}, &Error{-1, o.Name + " wants two conditions"}
	}
	parts := make([]string, len(o.Args))
	for i, a := range o.Args {
		level := c.depth
		if inner, is := a.(*Op); is && inner.Name == o.Name {
			c.depth-- // a or b or c is one level, however it was read
		}
		v, err := c.want(a, TypeBool)
		c.depth = level
		if err != nil {
			return value{}, err
		}
		parts[i] = "(" + v.sql + ")"
	}
	return value{strings.Join(parts, map[string]string{"and": " AND ", "or": " OR "}[o.Name]), TypeBool}, nil
}

// want compiles a node that must be of a type.
func (c *compiler) want(n Node, kind string) (value, error) {
	v, err := c.compile(n)
	if err == nil && v.kind != kind {
		err = &Error{-1, fmt.Sprintf("a %s stands where a %s is wanted", v.kind, kind)}
	}
	return v, err
}

func (c *compiler) compare(o *Op) (value, error) {
	left, err := c.compile(o.Args[0])
	if err != nil {
		return value{}, err
	}
	right, err := c.compile(o.Args[1])
	if err != nil {
		return value{}, err
	}
	left, right, err = together(left, right)
	if err != nil {
		return value{}, err
	}
	return value{"(" + left.sql + " " + o.Name + " " + right.sql + ")", TypeBool}, nil
}

// together brings two values to one type that can be compared: a day and an instant as instants, numbers as floating point.
func together(a, b value) (value, value, error) {
	instant := func(v value) value {
		if v.kind == TypeDate {
			return value{"toDateTime64(" + v.sql + ", 3, 'UTC')", TypeTime}
		}
		return v
	}
	switch {
	case a.kind == TypeGeometry || b.kind == TypeGeometry:
		return a, b, &Error{-1, "places are compared by s_ operators"}
	case a.kind == TypeNumber && b.kind == TypeNumber:
		return value{"toFloat64(" + a.sql + ")", TypeNumber}, value{"toFloat64(" + b.sql + ")", TypeNumber}, nil
	case a.kind == b.kind:
		return a, b, nil
	case (a.kind == TypeDate || a.kind == TypeTime) && (b.kind == TypeDate || b.kind == TypeTime):
		return instant(a), instant(b), nil
	}
	return a, b, &Error{-1, fmt.Sprintf("a %s cannot be compared with a %s", a.kind, b.kind)}
}

func (c *compiler) arithmetic(o *Op) (value, error) {
	left, err := c.want(o.Args[0], TypeNumber)
	if err != nil {
		return value{}, err
	}
	right, err := c.want(o.Args[1], TypeNumber)
	a, b := "toFloat64("+left.sql+")", "toFloat64("+right.sql+")"
	switch o.Name {
	case "^":
		return value{"pow(" + a + ", " + b + ")", TypeNumber}, err
	case "div":
		return value{"floor(" + a + " / " + b + ")", TypeNumber}, err
	}
	return value{"(" + a + " " + o.Name + " " + b + ")", TypeNumber}, err
}

// corners is how many points a geometry is drawn with.
func corners(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.Ring:
		return len(g)
	case orb.MultiLineString:
		for _, part := range g {
			n += len(part)
		}
	case orb.Polygon:
		for _, part := range g {
			n += len(part)
		}
	case orb.MultiPolygon:
		for _, part := range g {
			n += corners(part)
		}
	case orb.Collection:
		for _, part := range g {
			n += corners(part)
		}
	}
	return n
}

// literal is a geometry literal in the table's system.
func (c *compiler) literal(n Node) (orb.Geometry, error) {
	var g orb.Geometry
	switch n := n.(type) {
	case Geometry:
		g = n.Geometry
	case BBox:
		half := len(n) / 2
		if n[0] > n[half] {
			return nil, &Error{-1, "a bbox across the antimeridian is not supported in a filter"}
		}
		g = orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[half], n[half+1]}}.ToPolygon()
	default:
		return nil, &Error{-1, "an s_ operator wants the place and a geometry literal"}
	}
	if c.points += corners(g); c.points > mostPoints {
		return nil, &Error{-1, "its geometries have more than 5,000 points"}
	}
	if c.table.Geometry != nil {
		g = c.table.Geometry(g)
	}
	g, _, err := geo.Check(g)
	if err != nil {
		return nil, &Error{-1, "the geometry is not valid: " + err.Error()}
	}
	return g, nil
}

func (c *compiler) spatial(low string, o *Op) (value, error) {
	turned := false
	first, second := o.Args[0], o.Args[1]
	if _, isProperty := first.(Property); !isProperty {
		first, second, turned = second, first, true
	}
	p, ok := first.(Property)
	if !ok {
		return value{}, &Error{-1, "an s_ operator wants the place and a geometry literal"}
	}
	if col, known := c.table.Columns[string(p)]; !known || col.Type != TypeGeometry {
		return value{}, &Error{-1, fmt.Sprintf("%q is no place", string(p))}
	}
	g, err := c.literal(second)
	if err != nil {
		return value{}, err
	}
	if turned {
		low = map[string]string{"s_within": "s_contains", "s_contains": "s_within"}[low]
		if low == "" {
			low = o.Name
		}
	}
	sql, err := c.relation(strings.ToLower(low), g)
	return value{sql, TypeBool}, err
}

// relation is a condition on the place against a literal.
func (c *compiler) relation(low string, g orb.Geometry) (string, error) {
	s := c.table.Shapes
	at := "(" + s.Lon + ", " + s.Lat + ")"
	text := c.bind("String", wkt.MarshalString(g))
	area := multi(g)
	polygons := ""
	if area != nil {
		polygons = "readWKTMultiPolygon(" + c.bind("String", wkt.MarshalString(area)) + ")"
	}
	switch low {
	case "s_intersects", "s_disjoint":
		point, shape := "geometryIntersectCartesian("+at+"::Point::Geometry, readWKT("+text+"))", "geometryIntersectCartesian("+s.Polygons+"::Geometry, readWKT("+text+"))"
		if area != nil {
			point, shape = "pointInPolygon("+at+", "+polygons+")", "polygonsIntersectCartesian("+s.Polygons+", "+polygons+")"
		}
		sql := "if(empty(" + s.Polygons + "), " + point + ", " + shape + ")"
		if low == "s_disjoint" {
			sql = "NOT (" + sql + ")"
		}
		return sql, nil
	case "s_within":
		if area == nil {
			return "", &Error{-1, "s_within wants a polygon"}
		}
		return "if(empty(" + s.Polygons + "), pointInPolygon(" + at + ", " + polygons + "), polygonsWithinCartesian(" + s.Polygons + ", " + polygons + "))", nil
	case "s_contains":
		if p, ok := g.(orb.Point); ok {
			x, y := c.bind("Float64", p[0]), c.bind("Float64", p[1])
			return "(notEmpty(" + s.Polygons + ") AND arrayExists(p -> pointInPolygon((" + x + ", " + y + "), p), " + s.Polygons + "))", nil
		}
		return "", &Error{-1, "s_contains of anything but a point is not supported"}
	case "s_equals":
		if p, ok := g.(orb.Point); ok {
			x, y := c.bind("Float64", p[0]), c.bind("Float64", p[1])
			return "(empty(" + s.Polygons + ") AND " + s.Lon + " = " + x + " AND " + s.Lat + " = " + y + ")", nil
		}
		return "", &Error{-1, "s_equals of anything but a point is not supported"}
	}
	return "", &Error{-1, low + " is not supported"}
}

// multi is a polygonal geometry as a MultiPolygon; nil for others.
func multi(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

// span is a time as an interval: an instant is both its ends.
type span struct{ from, to string }

func (c *compiler) span(n Node) (span, error) {
	end := func(n Node, open string) (string, error) {
		if t, ok := n.(Text); ok && t == ".." {
			return open, nil
		}
		v, err := c.compile(n)
		switch {
		case err != nil:
			return "", err
		case v.kind == TypeDate:
			return "toDateTime64(" + v.sql + ", 3, 'UTC')", nil
		case v.kind == TypeTime:
			return v.sql, nil
		}
		return "", &Error{-1, "a t_ operator wants days and instants"}
	}
	first, last := "toDateTime64('1900-01-01 00:00:00', 3, 'UTC')", "toDateTime64('2299-12-31 00:00:00', 3, 'UTC')"
	if i, ok := n.(Interval); ok {
		from, err := end(i.From, first)
		if err != nil {
			return span{}, err
		}
		to, err := end(i.To, last)
		return span{from, to}, err
	}
	at, err := end(n, first)
	return span{at, at}, err
}

// temporal compares two times by their ends, as the standard defines its operators.
func (c *compiler) temporal(low string, o *Op) (value, error) {
	a, err := c.span(o.Args[0])
	if err != nil {
		return value{}, err
	}
	b, err := c.span(o.Args[1])
	if err != nil {
		return value{}, err
	}
	sql := map[string]string{
		"t_after":        a.from + " > " + b.to,
		"t_before":       a.to + " < " + b.from,
		"t_equals":       a.from + " = " + b.from + " AND " + a.to + " = " + b.to,
		"t_disjoint":     "(" + a.to + " < " + b.from + " OR " + a.from + " > " + b.to + ")",
		"t_intersects":   a.from + " <= " + b.to + " AND " + a.to + " >= " + b.from,
		"t_during":       a.from + " > " + b.from + " AND " + a.to + " < " + b.to,
		"t_contains":     a.from + " < " + b.from + " AND " + a.to + " > " + b.to,
		"t_starts":       a.from + " = " + b.from + " AND " + a.to + " < " + b.to,
		"t_startedby":    a.from + " = " + b.from + " AND " + a.to + " > " + b.to,
		"t_finishes":     a.from + " > " + b.from + " AND " + a.to + " = " + b.to,
		"t_finishedby":   a.from + " < " + b.from + " AND " + a.to + " = " + b.to,
		"t_meets":        a.to + " = " + b.from,
		"t_metby":        a.from + " = " + b.to,
		"t_overlaps":     a.from + " < " + b.from + " AND " + a.to + " > " + b.from + " AND " + a.to + " < " + b.to,
		"t_overlappedby": a.from + " > " + b.from + " AND " + a.from + " < " + b.to + " AND " + a.to + " > " + b.to,
	}[low]
	return value{"(" + sql + ")", TypeBool}, nil
}
