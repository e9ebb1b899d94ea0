package ingest

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"wuku/catalog"
	"wuku/entity"
)

// cell is one converted value, before it goes into its column.
type cell struct {
	state uint8 // null, filled or failed
	num   int64 // Int, Decimal (times 10,000), Float (its bits), Bool, Date (days), DateTime (milliseconds)
	text  []byte
}

const (
	null uint8 = iota
	filled
	failed // null in the column, with a finding
)

// fieldPlan is one mapped element with everything that its conversion needs.
type fieldPlan struct {
	name     string
	from     string
	src      source
	constant *cell
	required bool
	kind     entity.Kind
	convert  func(*converter, *fieldPlan, []byte, *cell) *entity.Fault
	scheme   string
	names    map[string]bool   // what the table's codes mean
	values   map[string][]byte // the source's own codes; for codes also the table's
	when     *timeFormat
	scale    decimal
	scaled   bool
	factor   float64 // scale as a float
	min, max bound
	pattern  *pattern
	length   int
	loose    bool // half of a point: its bounds are checked with the other half
	faults   fieldFaults
}

// bound is an inclusive limit in the form of cell.num.
type bound struct {
	set bool
	num int64
}

// fieldFaults are made once, so that a bad value costs no allocation.
type fieldFaults struct {
	null, format, code, codeName, length, bounds, sentinel, pattern *entity.Fault
}

func newFieldFaults(e *catalog.Element, f *catalog.Field) fieldFaults {
	fault := func(code, message, hint string) *entity.Fault {
		return &entity.Fault{Code: code, Message: message, Field: f.From, Hint: hint}
	}
	form := "it is not written as a value of type " + e.Type
	switch {
	case f.Format != "":
		form += " in the format " + f.Format
	case e.Type == catalog.TypeText:
		form = "it is no plain text, or holds control characters"
	case e.Type == catalog.TypeDecimal:
		form += " with at most 4 places"
	}
	mend := "correct it at the source"
	if e.Type == catalog.TypeDate || e.Type == catalog.TypeDateTime {
		mend += "; write a marker such as 9999-12-31 into the feed's nulls"
	}
	return fieldFaults{
		null:     fault("value.null", "a value is required here", "fill it at the source, or map the field as not required"),
		format:   fault("value.format", form, "correct it at the source, or the mapping's format"),
		code:     fault("value.code", "it is no code of table "+e.Codes, "use a code of the table, or map the source's own code to one"),
		codeName: fault("value.code_name", "it is the name of a code of table "+e.Codes+", not the code", "write the code, map the names in the field's values, or look for swapped columns"),
		sentinel: fault("value.sentinel", "it is a placeholder day that means no date", "leave the field empty where there is no date, or write the placeholder into the feed's nulls"),
		length:   fault("value.length", fmt.Sprintf("it has more than %d characters", e.MaxLength), "shorten it, or raise the element's max_length"),
		bounds:   fault("value.range", "it lies outside what the element allows"+limits(e), mend),
		pattern:  fault("value.pattern", "it does not match the element's pattern", "correct it at the source"),
	}
}

func limits(e *catalog.Element) string {
	s := ""
	if e.Min != nil {
		s += ", at least " + *e.Min
	}
	if e.Max != nil {
		s += ", at most " + *e.Max
	}
	return s
}

var columnKinds = map[string]entity.Kind{
	catalog.TypeText: entity.Text, catalog.TypeCode: entity.Text, catalog.TypeIdentifier: entity.Text, catalog.TypeGeometry: entity.Text,
	catalog.TypeInt: entity.Int, catalog.TypeDecimal: entity.Decimal, catalog.TypeFloat: entity.Float, catalog.TypeBool: entity.Bool,
	catalog.TypeDate: entity.Date, catalog.TypeDateTime: entity.DateTime,
}

func compileField(cat *catalog.Catalog, e *catalog.Element, f *catalog.Field) (*fieldPlan, error) {
	kind, known := columnKinds[e.Type]
	if !known {
		return nil, fmt.Errorf("type %q is unknown", e.Type)
	}
	p := &fieldPlan{name: e.Name, from: f.From, src: source{list: inRecord, at: -1}, required: f.Required, kind: kind,
		scheme: e.Scheme, length: e.MaxLength, faults: newFieldFaults(e, f)}
	if err := p.converter(cat, e, f); err != nil {
		return nil, err
	}
	if err := p.limits(e); err != nil {
		return nil, err
	}
	if f.From == "" {
		return p, p.fix(e, f.Const)
	}
	return p, nil
}

func (p *fieldPlan) converter(cat *catalog.Catalog, e *catalog.Element, f *catalog.Field) (err error) {
	for from, to := range f.Values {
		if p.values == nil {
			p.values = map[string][]byte{}
		}
		p.values[from] = []byte(to)
	}
	switch e.Type {
	case catalog.TypeText:
		p.convert = (*converter).plain
	case catalog.TypeGeometry:
		p.convert = (*converter).geometry
	case catalog.TypeIdentifier:
		p.convert = (*converter).identifier
	case catalog.TypeCode:
		p.convert = (*converter).code
		err = p.table(cat, e)
	case catalog.TypeBool:
		p.convert = (*converter).boolean
	case catalog.TypeDate, catalog.TypeDateTime:
		p.convert = (*converter).date
		if e.Type == catalog.TypeDateTime {
			p.convert = (*converter).datetime
		}
		format := f.Format
		if f.From == "" {
			format = "iso"
		}
		p.when, err = parseTimeFormat(format)
	default:
		p.convert = map[string]func(*converter, *fieldPlan, []byte, *cell) *entity.Fault{catalog.TypeInt: (*converter).integer,
			catalog.TypeDecimal: (*converter).decimal, catalog.TypeFloat: (*converter).float}[e.Type]
		if f.Scale != 0 && f.Scale != 1 {
			var ok bool
			p.scaled, p.factor = true, f.Scale
			if p.scale, ok = parseDecimal([]byte(strconv.FormatFloat(f.Scale, 'f', -1, 64))); !ok || p.scale.mant == 0 {
				err = fmt.Errorf("scale %v cannot be used", f.Scale)
			}
		}
	}
	return err
}

// table merges the source's own codes with those of the element's table, so that a code takes one lookup.
func (p *fieldPlan) table(cat *catalog.Catalog, e *catalog.Element) error {
	t := cat.CodeTable(e.Codes)
	if t == nil {
		return fmt.Errorf("there is no code table %q", e.Codes)
	}
	all := make(map[string][]byte, len(t.Values)+len(p.values))
	p.names = make(map[string]bool, len(t.Values))
	for code, name := range t.Values {
		all[code] = []byte(code)
		p.names[name] = true
	}
	for from, to := range p.values {
		if _, known := t.Values[string(to)]; !known && len(to) > 0 {
			return fmt.Errorf("values: %q is no code of table %q", to, e.Codes)
		}
		all[from] = to
	}
	p.values = all
	return nil
}

// limits reads min, max and pattern. Bounds are written as the catalogue writes values: dates as 2006-01-02.
func (p *fieldPlan) limits(e *catalog.Element) error {
	for i, text := range []*string{e.Min, e.Max} {
		if text == nil {
			continue
		}
		num, ok := p.bound([]byte(*text))
		if !ok {
			return fmt.Errorf("%q is no bound of type %s", *text, e.Type)
		}
		*[]*bound{&p.min, &p.max}[i] = bound{set: true, num: num}
	}
	if e.Pattern == "" {
		return nil
	}
	var err error
	p.pattern, err = compilePattern(e.Pattern)
	return err
}

// bound reads a limit in the form of cell.num. It may lie outside what the engine holds.
func (p *fieldPlan) bound(text []byte) (int64, bool) {
	if p.when != nil {
		at, ok := parseISO(text)
		if p.kind == entity.Date {
			return at.days, ok
		}
		return at.ms, ok
	}
	bare := *p
	bare.scaled, bare.values = false, nil
	var c cell
	f := bare.convert(&converter{}, &bare, text, &c)
	return c.num, f == nil && p.kind != entity.Text && p.kind != entity.Bool
}

// fix converts the constant of a field once.
func (p *fieldPlan) fix(e *catalog.Element, text string) error {
	var c cell
	p.constant = &c
	if f := (&converter{}).text(p, []byte(text), &c); f != nil || c.state != filled {
		return fmt.Errorf("the constant is no value of type %s", e.Type)
	}
	c.text = bytes.Clone(c.text)
	return nil
}

// converter turns values of messages into cells. Texts alias the message or the arena.
type converter struct {
	nulls  []string
	arena  []byte
	places Places // nil: geometry stays as it is
}

// value converts one value. A null leaves the cell null without a fault.
func (x *converter) value(p *fieldPlan, v value, c *cell) *entity.Fault {
	c.state, c.num, c.text = null, 0, nil
	switch v.kind {
	case 0, 'n':
		return nil
	case '{', '[', astray:
		c.state = failed
		return p.faults.format
	}
	return x.text(p, v.text, c)
}

func (x *converter) text(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	if b = trim(b); x.isNull(b) {
		return nil
	}
	if p.values != nil && p.convert != nil {
		to, known := p.values[string(b)]
		switch {
		case !known:
		case len(to) == 0:
			return nil
		default:
			b = to
		}
	}
	if f := p.convert(x, p, b, c); f != nil {
		c.state, c.num, c.text = failed, 0, nil
		return f
	}
	if p.kind != entity.Text && p.kind != entity.Float && (p.min.set && c.num < p.min.num || p.max.set && c.num > p.max.num) {
		c.state, c.num = failed, 0
		return p.faults.bounds
	}
	c.state = filled
	return nil
}

func (x *converter) isNull(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	for _, n := range x.nulls {
		if string(b) == n {
			return true
		}
	}
	return false
}

// plain is a text without control characters, of bounded length in characters.
func (x *converter) plain(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	if hasControl(b) {
		return p.faults.format
	}
	c.text = b
	return p.shape(b)
}

func (p *fieldPlan) shape(b []byte) *entity.Fault {
	if p.length > 0 && len(b) > p.length && utf8.RuneCount(b) > p.length {
		return p.faults.length
	}
	if p.pattern != nil && !p.pattern.match(b) {
		return p.faults.pattern
	}
	return nil
}

// identifier checks and normalises by the element's scheme.
func (x *converter) identifier(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	start := len(x.arena)
	out, f := entity.Normalise(p.scheme, x.arena, b)
	if f != nil {
		return f
	}
	x.arena = out
	c.text = out[start:len(out):len(out)]
	return p.shape(c.text)
}

// code is one of the table's codes, also in full width.
func (x *converter) code(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	to, known := p.values[string(b)]
	if !known {
		if narrow := x.narrow(b); narrow != nil {
			to, known = p.values[string(narrow)]
		}
	}
	if !known {
		if p.names[string(b)] {
			return p.faults.codeName
		}
		return p.faults.code
	}
	c.text = to
	return nil
}

func (x *converter) boolean(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	if n := x.narrow(b); n != nil {
		b = n
	}
	switch string(b) {
	case "true", "TRUE", "True", "1", "Y", "y", "是":
		c.num = 1
	case "false", "FALSE", "False", "0", "N", "n", "否":
	default:
		return p.faults.format
	}
	return nil
}

// narrow returns a copy with full-width ASCII (U+FF01 to U+FF5E) made half-width, or nil if there is none.
func (x *converter) narrow(b []byte) []byte {
	if bytes.IndexByte(b, 0xef) < 0 {
		return nil
	}
	start, changed := len(x.arena), false
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r >= 0xff01 && r <= 0xff5e {
			x.arena = append(x.arena, byte(r-0xff01+'!'))
			changed = true
		} else {
			x.arena = append(x.arena, b[:size]...)
		}
		b = b[size:]
	}
	if !changed {
		return nil
	}
	return x.arena[start:len(x.arena):len(x.arena)]
}

// trim cuts white space, also the ideographic and the no-break space, off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 {
		switch {
		case b[0] <= ' ':
			b = b[1:]
		case b[0] == 0xe3 && bytes.HasPrefix(b, []byte("\u3000")):
			b = b[3:]
		case b[0] == 0xc2 && bytes.HasPrefix(b, []byte("\u00a0")):
			b = b[2:]
		default:
			return trimEnd(b)
		}
	}
	return b
}

func trimEnd(b []byte) []byte {
	for {
		switch last := b[len(b)-1]; { // b begins with something that is no space
		case last <= ' ':
			b = b[:len(b)-1]
		case last == 0x80 && bytes.HasSuffix(b, []byte("\u3000")):
			b = b[:len(b)-3]
		case last == 0xa0 && bytes.HasSuffix(b, []byte("\u00a0")):
			b = b[:len(b)-2]
		default:
			return b
		}
	}
}

// hasControl reports C0, DEL and C1 control characters.
func hasControl(b []byte) bool {
	for i, c := range b {
		if c < ' ' || c == 0x7f || c == 0xc2 && i+1 < len(b) && b[i+1] < 0xa0 {
			return true
		}
	}
	return false
}
