package cql2

import (
	"encoding/json/v2"
	"fmt"
	"strings"

	"wuku/geo"
)

// ParseJSON reads a filter in the JSON encoding.
func ParseJSON(b []byte) (Node, error) {
	if len(b) > maxLength {
		return nil, &Error{-1, "it is longer than 65,536 bytes"}
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return nil, &Error{-1, "it is no JSON"}
	}
	return fromJSON(v, 0)
}

func fromJSON(v any, depth int) (Node, error) {
	if depth > maxDepth {
		return nil, &Error{-1, "it is nested too deep"}
	}
	switch v := v.(type) {
	case bool:
		return Bool(v), nil
	case float64:
		return Number(v), nil
	case string:
		return Text(v), nil
	case []any:
		return listOf(v, depth)
	case map[string]any:
		return objectOf(v, depth)
	}
	return nil, &Error{-1, "null is no value; use the operator isNull"}
}

func listOf(v []any, depth int) (List, error) {
	out := List{}
	for _, one := range v {
		n, err := fromJSON(one, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func objectOf(v map[string]any, depth int) (Node, error) {
	switch {
	case has(v, "op"):
		return opOf(v, depth)
	case has(v, "property"):
		if name, ok := v["property"].(string); ok && name != "" {
			return Property(name), nil
		}
	case has(v, "date"), has(v, "timestamp"):
		for _, key := range []string{"date", "timestamp"} {
			s, ok := v[key].(string)
			if !ok {
				continue
			}
			n := instantOf(s)
			if _, isDate := n.(Date); n != nil && isDate == (key == "date") {
				return n, nil
			}
		}
		return nil, &Error{-1, "a date is written 2024-12-31, a timestamp 2024-12-31T12:00:00Z"}
	case has(v, "interval"):
		if ends, ok := v["interval"].([]any); ok && len(ends) == 2 {
			list, err := listOf(ends, depth)
			if err != nil {
				return nil, err
			}
			for i := range list {
				if list[i], err = intervalEnd(list[i]); err != nil {
					return nil, err
				}
			}
			return Interval{list[0], list[1]}, nil
		}
	case has(v, "bbox"):
		if list, ok := v["bbox"].([]any); ok && (len(list) == 4 || len(list) == 6) {
			out := BBox{}
			for _, one := range list {
				n, ok := one.(float64)
				if !ok {
					return nil, &Error{-1, "a bbox is of numbers"}
				}
				out = append(out, n)
			}
			return out, nil
		}
	case has(v, "type"):
		b, err := json.Marshal(level(v))
		if err != nil {
			return nil, &Error{-1, "the geometry cannot be read"}
		}
		g, _, err := geo.Read(b)
		if err != nil {
			return nil, &Error{-1, "it is no geometry in GeoJSON of two or three dimensions"}
		}
		return Geometry{g}, nil
	}
	return nil, &Error{-1, "an object is none of op, property, date, timestamp, interval, bbox and a GeoJSON geometry"}
}

func has(v map[string]any, key string) bool { _, ok := v[key]; return ok }

func opOf(v map[string]any, depth int) (Node, error) {
	name, ok := v["op"].(string)
	args, list := v["args"].([]any)
	if !ok || name == "" || !list {
		return nil, &Error{-1, "an operator has a name in op and a list in args"}
	}
	nodes, err := listOf(args, depth)
	if err != nil {
		return nil, err
	}
	if low := strings.ToLower(name); low == "and" || low == "or" || low == "not" {
		name = low
	}
	least, most := arity(name)
	if len(nodes) < least || len(nodes) > most {
		return nil, &Error{-1, fmt.Sprintf("operator %s has %d arguments", name, len(nodes))}
	}
	return &Op{name, nodes}, nil
}

// arity is how many arguments an operator of the standard has.
func arity(name string) (least, most int) {
	low := strings.ToLower(name)
	switch {
	case name == "and" || name == "or":
		return 2, maxNodes
	case name == "not" || name == "isNull" || low == "casei" || low == "accenti":
		return 1, 1
	case name == "between":
		return 3, 3
	case strings.Contains("= <> < > <= >= + - * / % ^ div like in", name), isSpatial(low), isTemporal(low), isArray(low):
		return 2, 2
	}
	return 0, maxNodes
}

// level leaves the heights of GeoJSON away, as flat does.
func level(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, one := range v {
			out[k] = level(one)
		}
		return out
	case []any:
		if len(v) == 3 {
			if _, number := v[0].(float64); number {
				return v[:2]
			}
		}
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = level(one)
		}
		return out
	}
	return v
}
