package ingest

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json/jsontext"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"unicode/utf8"

	"github.com/twmb/avro"

	"wuku/entity"
)

// registryHeader is the length of what a schema registry's serializers write before the Avro bytes: a zero and the schema's id, four
// bytes, most significant first.
const registryHeader = 5

// schemaID reads the id of a message's schema.
func schemaID(b []byte) (id uint32, ok bool) {
	if len(b) < registryHeader || b[0] != 0 {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[1:]), true
}

// avroSchema is a schema with its names resolved, ready to be walked. It is immutable.
type avroSchema struct {
	kind     avroKind
	logical  bool // decimal, of scale
	scale    int
	size     int           // of fixed
	names    [][]byte      // of a record's fields, an enum's symbols: as JSON strings
	children []*avroSchema // fields, branches; the one of items or values
}

type avroKind uint8

const (
	avroNull avroKind = iota
	avroBool
	avroInt // and long
	avroFloat
	avroDouble
	avroBytes
	avroString
	avroRecord
	avroEnum
	avroArray
	avroMap
	avroFixed
	avroUnion
)

// compileAvro parses an Avro schema (JSON) and resolves its names.
func compileAvro(text string) (*avroSchema, error) {
	s, err := avro.Parse(text, avro.WithLaxNames(nil)) // names of columns are often Chinese
	if err != nil {
		return nil, err
	}
	c := avroCompiler{named: map[string]*avroSchema{}}
	return c.node(s.Root(), "")
}

type avroCompiler struct{ named map[string]*avroSchema }

func (c *avroCompiler) node(n *avro.SchemaNode, space string) (*avroSchema, error) {
	s := &avroSchema{}
	plain := map[string]avroKind{"null": avroNull, "boolean": avroBool, "int": avroInt, "long": avroInt, "float": avroFloat, "double": avroDouble,
		"bytes": avroBytes, "string": avroString, "record": avroRecord, "error": avroRecord, "enum": avroEnum, "array": avroArray, "map": avroMap,
		"fixed": avroFixed, "union": avroUnion}
	kind, known := plain[n.Type]
	if !known {
		for _, name := range []string{n.Type, space + "." + n.Type} {
			if ref := c.named[name]; ref != nil {
				return ref, nil
			}
		}
		return nil, fmt.Errorf("type %q is not defined", n.Type)
	}
	s.kind, s.size = kind, n.Size
	s.logical, s.scale = n.LogicalType == "decimal" && (kind == avroBytes || kind == avroFixed), n.Scale
	if n.Name != "" {
		space = n.Namespace
		name := n.Name
		if space != "" {
			name = space + "." + n.Name
		}
		c.named[name] = s
	}
	return s, c.inside(s, n, space)
}

// inside compiles what a schema is made of.
func (c *avroCompiler) inside(s *avroSchema, n *avro.SchemaNode, space string) error {
	add := func(child *avro.SchemaNode) error {
		compiled, err := c.node(child, space)
		s.children = append(s.children, compiled)
		return err
	}
	name := func(text string) {
		quoted, _ := jsontext.AppendQuote(nil, text)
		s.names = append(s.names, quoted)
	}
	switch s.kind {
	case avroRecord:
		for i := range n.Fields {
			name(n.Fields[i].Name)
			if err := add(&n.Fields[i].Type); err != nil {
				return err
			}
		}
	case avroUnion:
		for i := range n.Branches {
			if err := add(&n.Branches[i]); err != nil {
				return err
			}
		}
	case avroEnum:
		for _, symbol := range n.Symbols {
			name(symbol)
		}
	case avroArray:
		return add(n.Items)
	case avroMap:
		return add(n.Values)
	}
	return nil
}

// avroReader turns Avro bytes into JSON, so that all that follows is the same as for JSON: unions without their tags, enums as
// their symbols, decimals as numbers in texts, dates and times as the numbers they are written as, other bytes in base64.
type avroReader struct {
	b     []byte
	out   []byte
	depth int
	limit int // of out: what a few bytes may become is bounded
}

// inflation bounds how much longer the JSON may be than the greatest message.
const inflation = 16

// fromAvro reads a message in the registry's wire format. Its schema must have been fetched: see Registry.Await.
func (r *textReader) fromAvro(b []byte, opts MapperOptions) ([]byte, *entity.Fault) {
	id, ok := schemaID(b)
	if !ok {
		return nil, faultNoSchema
	}
	schema := r.schemas.schema(id)
	if schema == nil {
		return nil, faultSchema
	}
	a := &r.avro
	a.b, a.out, a.depth, a.limit = b[registryHeader:], a.out[:0], opts.MaxDepth, inflation*opts.MaxBytes
	if f := a.value(schema); f != nil {
		return nil, f
	}
	if len(a.b) > 0 {
		return nil, faultAvro
	}
	return a.out, nil
}

// value reads one value of a schema.
func (a *avroReader) value(s *avroSchema) *entity.Fault {
	if len(a.out) > a.limit {
		return faultSize
	}
	switch s.kind {
	case avroNull:
		a.out = append(a.out, "null"...)
	case avroBool:
		if len(a.b) == 0 || a.b[0] > 1 {
			return faultAvro
		}
		a.out = strconv.AppendBool(a.out, a.b[0] == 1)
		a.b = a.b[1:]
	case avroInt:
		n, ok := a.long()
		if !ok {
			return faultAvro
		}
		a.out = strconv.AppendInt(a.out, n, 10)
	case avroFloat, avroDouble:
		return a.float(s.kind)
	case avroBytes, avroString, avroFixed:
		return a.bytes(s)
	case avroEnum, avroUnion:
		n, ok := a.long()
		switch {
		case !ok || n < 0 || n >= int64(max(len(s.names), len(s.children))):
			return faultAvro
		case s.kind == avroEnum:
			a.out = append(a.out, s.names[n]...)
			return nil
		}
		return a.value(s.children[n])
	default:
		return a.nested(s)
	}
	return nil
}

// long reads a zigzag number.
func (a *avroReader) long() (int64, bool) {
	n, size := binary.Varint(a.b)
	if size <= 0 {
		return 0, false
	}
	a.b = a.b[size:]
	return n, true
}

func (a *avroReader) float(kind avroKind) *entity.Fault {
	size, bits := 8, 64
	if kind == avroFloat {
		size, bits = 4, 32
	}
	if len(a.b) < size {
		return faultAvro
	}
	var v float64
	if kind == avroFloat {
		v = float64(math.Float32frombits(binary.LittleEndian.Uint32(a.b)))
	} else {
		v = math.Float64frombits(binary.LittleEndian.Uint64(a.b))
	}
	a.b = a.b[size:]
	if math.IsNaN(v) || math.IsInf(v, 0) {
		a.out = append(a.out, `"NaN"`...) // a text where a number should stand: a finding
		return nil
	}
	a.out = strconv.AppendFloat(a.out, v, 'g', -1, bits)
	return nil
}

// bytes reads texts, bytes and decimals.
func (a *avroReader) bytes(s *avroSchema) *entity.Fault {
	n := int64(s.size)
	if s.kind != avroFixed {
		var ok bool
		if n, ok = a.long(); !ok {
			return faultAvro
		}
	}
	if n < 0 || n > int64(len(a.b)) {
		return faultAvro
	}
	b := a.b[:n]
	a.b = a.b[n:]
	switch {
	case s.kind == avroString:
		if !utf8.Valid(b) {
			return faultEncoding
		}
		a.out, _ = jsontext.AppendQuote(a.out, b)
	case s.logical:
		if n > 64 { // no number that any element holds
			return faultAvro
		}
		a.out = append(appendDecimal(append(a.out, '"'), b, s.scale), '"')
	default:
		a.out = append(base64.StdEncoding.AppendEncode(append(a.out, '"'), b), '"')
	}
	return nil
}

// appendDecimal writes a two's complement number, most significant byte first, with its decimal point.
func appendDecimal(dst, b []byte, scale int) []byte {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	digits := n.Text(10)
	if digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	if scale > 0 {
		dst = append(append(dst, '.'), digits[len(digits)-scale:]...)
	}
	return dst
}

// nested reads records, arrays and maps.
func (a *avroReader) nested(s *avroSchema) *entity.Fault {
	if a.depth--; a.depth < 0 {
		return faultDepth
	}
	defer func() { a.depth++ }()
	if s.kind != avroRecord {
		return a.blocks(s)
	}
	a.out = append(a.out, '{')
	for i, child := range s.children {
		if i > 0 {
			a.out = append(a.out, ',')
		}
		a.out = append(append(a.out, s.names[i]...), ':')
		if f := a.value(child); f != nil {
			return f
		}
	}
	a.out = append(a.out, '}')
	return nil
}

// blocks reads the items of an array or a map, which come in counted blocks.
func (a *avroReader) blocks(s *avroSchema) *entity.Fault {
	open, end := byte('['), byte(']')
	if s.kind == avroMap {
		open, end = '{', '}'
	}
	a.out = append(a.out, open)
	for first := true; ; {
		n, ok := a.long()
		if ok && n < 0 { // the block's length in bytes follows
			_, ok = a.long()
			n = -n
		}
		switch {
		case !ok || n < 0:
			return faultAvro
		case n == 0:
			a.out = append(a.out, end)
			return nil
		}
		for range n {
			if !first {
				a.out = append(a.out, ',')
			}
			first = false
			if s.kind == avroMap {
				if f := a.bytes(&avroSchema{kind: avroString}); f != nil {
					return f
				}
				a.out = append(a.out, ':')
			}
			if f := a.value(s.children[0]); f != nil {
				return f
			}
		}
	}
}
