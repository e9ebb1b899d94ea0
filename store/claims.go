package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"wuku/entity"
)

// number keeps the numbers of elements, for blocks of claims to come.
func (s *Store) number(order map[string][]string) {
	s.numbering.Lock()
	defer s.numbering.Unlock()
	numbers := map[string]map[string]uint16{}
	if known := s.numbers.Load(); known != nil {
		maps.Copy(numbers, *known)
	}
	for library, names := range order {
		of := make(map[string]uint16, len(names))
		for i, name := range names {
			of[name] = uint16(i + 1)
		}
		for name, n := range numbers["claims."+library] { // an element keeps its number; who looked earlier may know fewer
			of[name] = n
		}
		numbers["claims."+library] = of
	}
	s.numbers.Store(&numbers)
}

// sparseClaims are blocks of claims that were stored, to be filled again.
var sparseClaims = sync.Pool{New: func() any {
	return &entity.Block{Columns: []*entity.Column{{Name: "els", Kind: entity.Shorts}, {Name: "vals", Kind: entity.Texts}}}
}}

// sparse makes of a block of claims one whose rows hold only what they say: numbers of elements, ascending, and values as the text that
// the engine itself would write for the element's type. The fixed columns are shared with the block given. release gives the memory back.
func (s *Store) sparse(b *entity.Block) (out *entity.Block, release func(), err error) {
	first := len(entity.ClaimColumns)
	elements, err := s.numbered(b.Table, b.Columns[first:])
	if err != nil {
		return nil, nil, err
	}
	kept := sparseClaims.Get().(*entity.Block)
	els, vals := kept.Columns[0], kept.Columns[1]
	var scratch []byte
	for row := range b.Rows {
		n := 0
		for i := range elements {
			e := &elements[i]
			value := e.text(row, scratch[:0])
			if len(value) == 0 { // null, or a text without a letter, which says nothing
				continue
			}
			els.Data = binary.LittleEndian.AppendUint16(els.Data, e.number)
			vals.Data = append(binary.AppendUvarint(vals.Data, uint64(len(value))), value...)
			if e.column.Kind != entity.Text {
				scratch = value
			}
			n++
		}
		els.EndRow(n)
		vals.EndRow(n)
	}
	out = &entity.Block{Table: b.Table, Rows: b.Rows, Columns: append(slices.Clone(b.Columns[:first]), els, vals)}
	return out, func() {
		els.Reset()
		vals.Reset()
		sparseClaims.Put(kept)
	}, nil
}

// elementCursor walks one element's column from its first row.
type elementCursor struct {
	number uint16
	column *entity.Column
	at     int // of a text: where the next one starts
}

func (s *Store) numbered(table string, columns []*entity.Column) ([]elementCursor, error) {
	var numbers map[string]uint16
	if known := s.numbers.Load(); known != nil {
		numbers = (*known)[table]
	}
	cursors := make([]elementCursor, len(columns))
	for i, c := range columns {
		n, known := numbers[c.Name]
		if !known {
			return nil, fmt.Errorf("%s has no element %s: its tables are not those of the catalogue in force", table, c.Name)
		}
		cursors[i] = elementCursor{number: n, column: c}
	}
	slices.SortFunc(cursors, func(a, b elementCursor) int { return cmp.Compare(a.number, b.number) })
	return cursors, nil
}

// text is the value of the next row as text, none for a null. Texts stand in the column itself, others are written to dst.
func (e *elementCursor) text(row int, dst []byte) []byte {
	c := e.column
	if c.Kind == entity.Text {
		n, w := binary.Uvarint(c.Data[e.at:])
		from := e.at + w
		e.at = from + int(n)
		return c.Data[from:e.at] // a null is an empty text
	}
	if c.Null[row] != 0 {
		return nil
	}
	switch c.Kind {
	case entity.Bool:
		return strconv.AppendBool(dst, c.Data[row] != 0)
	case entity.Date:
		days := int32(binary.LittleEndian.Uint32(c.Data[4*row:]))
		return time.Unix(int64(days)*86400, 0).UTC().AppendFormat(dst, "2006-01-02")
	}
	word := binary.LittleEndian.Uint64(c.Data[8*row:])
	switch c.Kind {
	case entity.Int:
		return strconv.AppendInt(dst, int64(word), 10)
	case entity.Decimal:
		return appendDecimal(dst, int64(word))
	case entity.Float:
		return appendFloat(dst, math.Float64frombits(word))
	case entity.DateTime:
		return time.UnixMilli(int64(word)).UTC().AppendFormat(dst, "2006-01-02 15:04:05.000")
	}
	panic(fmt.Sprintf("element %s has kind %d, which no claim has", c.Name, c.Kind))
}

// appendDecimal writes a Decimal(18, 4) as the engine does: no zeros at the end.
func appendDecimal(dst []byte, v int64) []byte {
	const one = 10_000
	magnitude := uint64(v)
	if v < 0 {
		dst, magnitude = append(dst, '-'), -magnitude
	}
	dst = strconv.AppendUint(dst, magnitude/one, 10)
	fraction := magnitude % one
	if fraction == 0 {
		return dst
	}
	digits := strings.TrimRight(strconv.FormatUint(one+fraction, 10)[1:], "0")
	return append(append(dst, '.'), digits...)
}

// appendFloat writes a Float64 as the engine does: the shortest text that reads back, with an exponent below 1e-6 and from 1e21.
func appendFloat(dst []byte, v float64) []byte {
	if a := math.Abs(v); a == 0 || a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	text := strconv.FormatFloat(v, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	sign := strings.TrimLeft(exponent[:1], "+")
	return append(append(append(append(dst, mantissa...), 'e'), sign...), strings.TrimLeft(exponent[1:], "0")...)
}
