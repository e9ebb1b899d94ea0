package catalog

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// decode fills the struct that into points to from a document, reporting every key that is unknown, doubled or missing and
// every value of the wrong type, and recording where each path stands. Texts are taken as they are written, so that a code
// such as 01 or a name such as no stays what it is.
func (s *source) decode(doc ast.Node, into any) {
	s.places["$"] = start(doc)
	s.value(doc, "$", reflect.ValueOf(into).Elem())
}

func (s *source) value(n ast.Node, path string, into reflect.Value) {
	if _, known := s.places[path]; !known {
		s.places[path] = start(n)
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		s.structural(start(n), path, "yaml.alias", "anchors, aliases and tags are not used in a catalogue", "write the value out where it stands")
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		v := reflect.New(into.Type().Elem())
		s.value(n, path, v.Elem())
		into.Set(v)
	case reflect.Struct:
		s.object(n, path, into)
	case reflect.Slice:
		s.list(n, path, into)
	case reflect.Map:
		s.table(n, path, into)
	default:
		s.scalar(n, path, into)
	}
}

func (s *source) object(n ast.Node, path string, into reflect.Value) {
	pairs, ok := mapping(n)
	if !ok {
		s.wrong(n, path, "a mapping of keys and values", "write its keys indented below, one a line")
		return
	}
	keys := keysOf(into.Type())
	seen, meantKeys := map[string]bool{}, map[string]bool{}
	for _, pair := range pairs {
		name, ok := s.key(pair, path, seen)
		if !ok {
			continue
		}
		at := start(pair.Key)
		field, known := keys.index[name]
		if !known {
			s.structural(at, path, "key.unknown", fmt.Sprintf("unknown key %q", name), meant(name, keys.names))
			meantKeys[nearest(name, keys.names)] = true
			continue
		}
		sub := path + "." + name
		s.places[sub] = at
		if isScalar(pair.Value) {
			s.places[sub] = start(pair.Value)
		}
		if pair.Value.Type() == ast.NullType {
			s.structural(at, sub, "value.missing", fmt.Sprintf("key %q has no value", name), "give it one or leave the key out")
			continue
		}
		s.value(pair.Value, sub, into.Field(field))
	}
	for _, name := range keys.required {
		if !seen[name] && !meantKeys[name] { // a key that was misspelt is not missing as well
			s.structural(s.places[path], path, "key.missing", fmt.Sprintf("key %q is missing", name), "add it here")
		}
	}
}

// key returns the name of a pair and notes it; a doubled or unusual key is reported.
func (s *source) key(pair *ast.MappingValueNode, path string, seen map[string]bool) (string, bool) {
	at := start(pair.Key)
	name, ok := text(pair.Key)
	switch {
	case !ok:
		s.structural(at, path, "key.form", "a key must be plain text", "remove merge keys, anchors and null keys; quote the key if it is meant as text")
	case seen[name]:
		s.structural(at, path, "key.duplicate", fmt.Sprintf("key %q stands here twice", name), "remove one of the two")
		ok = false
	}
	seen[name] = seen[name] || ok
	return name, ok
}

func (s *source) list(n ast.Node, path string, into reflect.Value) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		if into.Type() == reflect.TypeFor[Rank]() && isScalar(n) { // a rank of one feed may be written without brackets
			v := reflect.New(into.Type().Elem()).Elem()
			s.scalar(n, path, v)
			into.Set(reflect.Append(into, v))
			return
		}
		s.wrong(n, path, "a list", "write it in brackets, [a, b], or one item a line after a dash")
		return
	}
	out := reflect.MakeSlice(into.Type(), len(seq.Values), len(seq.Values))
	for i, item := range seq.Values {
		s.value(item, path+"["+strconv.Itoa(i)+"]", out.Index(i))
	}
	into.Set(out)
}

func (s *source) table(n ast.Node, path string, into reflect.Value) {
	pairs, ok := mapping(n)
	if !ok {
		s.wrong(n, path, "a mapping of codes to texts", "write key: value, one a line")
		return
	}
	out := reflect.MakeMapWithSize(into.Type(), len(pairs))
	seen := map[string]bool{}
	for _, pair := range pairs {
		name, ok := s.key(pair, path, seen)
		if !ok {
			continue
		}
		v := reflect.New(into.Type().Elem()).Elem()
		s.value(pair.Value, entry(path, name), v)
		out.SetMapIndex(reflect.ValueOf(name), v)
	}
	into.Set(out)
}

// entry is the path of one entry of a table.
func entry(path, key string) string { return path + "[" + strconv.Quote(key) + "]" }

func (s *source) scalar(n ast.Node, path string, into reflect.Value) {
	t, ok := text(n)
	if !ok {
		hint := "write one value"
		if n.Type() == ast.NullType {
			hint = `put it in quotes if the text "null" is meant, else leave it out`
		}
		s.wrong(n, path, kindName(into.Kind()), hint)
		return
	}
	var err error
	switch into.Kind() {
	case reflect.String:
		into.SetString(t)
	case reflect.Bool:
		if t != "true" && t != "false" || n.Type() != ast.BoolType {
			s.wrong(n, path, "true or false", "write true or false without quotes")
			return
		}
		into.SetBool(t == "true")
	case reflect.Int:
		var v int64
		if v, err = strconv.ParseInt(t, 10, 32); err == nil && n.Type() == ast.IntegerType {
			into.SetInt(v)
			return
		}
		s.wrong(n, path, "a whole number", "write digits without quotes")
	case reflect.Float64:
		var v float64
		if v, err = strconv.ParseFloat(t, 64); err == nil && (n.Type() == ast.IntegerType || n.Type() == ast.FloatType) {
			into.SetFloat(v)
			return
		}
		s.wrong(n, path, "a number", "write digits without quotes, for example 0.0001")
	}
}

func (s *source) wrong(n ast.Node, path, want, hint string) {
	s.structural(start(n), path, "value.type", fmt.Sprintf("%s must be %s, not %s", last(path), want, nodeName(n)), hint)
}

// last is the last key of a path, for messages.
func last(path string) string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	if name == "$" {
		return "the file"
	}
	return name
}

func kindName(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Float64:
		return "a number"
	}
	return "text"
}

func nodeName(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.BoolNode:
		return "true or false"
	}
	return "a number"
}

func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

// text is a scalar as it is written (without its quotes).
func text(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return v.GetToken().Value, true
	}
	return "", false
}

func isScalar(n ast.Node) bool {
	_, ok := text(n)
	return ok
}

// start is where a node begins.
func start(n ast.Node) position {
	switch v := n.(type) {
	case *ast.MappingNode:
		if !v.IsFlowStyle && len(v.Values) > 0 {
			return start(v.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(v.Key)
	}
	if tk := n.GetToken(); tk != nil && tk.Position != nil {
		return position{line: tk.Position.Line, column: tk.Position.Column}
	}
	return position{}
}

// keys are the YAML keys of a struct.
type keys struct {
	names    []string
	required []string
	index    map[string]int
}

func keysOf(t reflect.Type) keys {
	k := keys{index: map[string]int{}}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == "" || name == "-" {
			continue
		}
		k.names = append(k.names, name)
		k.index[name] = i
		if options != "omitempty" {
			k.required = append(k.required, name)
		}
	}
	return k
}
