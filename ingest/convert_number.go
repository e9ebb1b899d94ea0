package ingest

import (
	"math"
	"math/bits"
	"strconv"

	"wuku/entity"
)

// decimal is an exact decimal number: mant times 10 to the power of exp, negative if neg.
type decimal struct {
	mant uint64
	exp  int
	neg  bool
}

var pow10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// parseDecimal reads [+-]digits[.digits][e[+-]digits] exactly: ok is false for anything else and for more than 64 bits of digits.
// Zeros at the end are in the exponent, so that they never cost digits: 2000000000.000000 is 2e9.
func parseDecimal(b []byte) (d decimal, ok bool) {
	i := 0
	if i < len(b) && (b[i] == '-' || b[i] == '+') {
		d.neg = b[i] == '-'
		i++
	}
	digits, zeros, point := 0, 0, false
	for ; i < len(b); i++ {
		c := b[i]
		if c == '.' && !point && digits > 0 {
			point = true
			continue
		}
		if c -= '0'; c > 9 {
			break
		}
		digits++
		if point {
			d.exp--
		}
		if zeros++; c == 0 {
			continue
		}
		for ; zeros > 1 && d.mant != 0 && d.mant <= math.MaxUint64/10; zeros-- {
			d.mant *= 10
		}
		if d.mant >= math.MaxUint64/10 && (d.mant > math.MaxUint64/10 || c > math.MaxUint64%10) {
			return d, false
		}
		d.mant, zeros = d.mant*10+uint64(c), 0
	}
	d.exp += zeros
	if digits == 0 || b[i-1] == '.' {
		return d, false
	}
	if i < len(b) {
		e, ok := parseExponent(b[i:])
		if !ok {
			return d, false
		}
		d.exp += e
	}
	return d, true
}

func parseExponent(b []byte) (e int, ok bool) {
	if b[0] != 'e' && b[0] != 'E' {
		return 0, false
	}
	b = b[1:]
	neg := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		neg = b[0] == '-'
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 4 {
		return 0, false
	}
	for _, c := range b {
		if c -= '0'; c > 9 {
			return 0, false
		}
		e = e*10 + int(c)
	}
	if neg {
		e = -e
	}
	return e, true
}

// times multiplies exactly; ok is false if 64 bits do not hold the digits.
func (d decimal) times(o decimal) (decimal, bool) {
	hi, lo := bits.Mul64(d.mant, o.mant)
	return decimal{mant: lo, exp: d.exp + o.exp, neg: d.neg != o.neg}, hi == 0
}

// fit is how a number fits an int64 of so many places.
type fit uint8

const (
	exact fit = iota
	tooFine
	tooLarge
)

// scaled returns d times 10 to the power of places as an int64.
func (d decimal) scaled(places int) (int64, fit) {
	m, e := d.mant, d.exp+places
	for e < 0 && m != 0 {
		if m%10 != 0 {
			return 0, tooFine
		}
		m /= 10
		e++
	}
	if m == 0 {
		return 0, exact
	}
	if e >= len(pow10) {
		return 0, tooLarge
	}
	hi, lo := bits.Mul64(m, pow10[e])
	if hi != 0 || lo > math.MaxInt64 {
		return 0, tooLarge
	}
	if d.neg {
		return -int64(lo), exact
	}
	return int64(lo), exact
}

// number reads a decimal, also in full width, in the source's unit and returns it in ours.
func (x *converter) number(p *fieldPlan, b []byte) (decimal, *entity.Fault) {
	d, ok := parseDecimal(b)
	if !ok {
		if b = x.narrow(b); b == nil {
			return d, p.faults.format
		}
		if d, ok = parseDecimal(b); !ok {
			return d, p.faults.format
		}
	}
	if p.scaled {
		if d, ok = d.times(p.scale); !ok {
			return d, p.faults.bounds
		}
	}
	return d, nil
}

func (x *converter) integer(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	return x.fixed(p, b, c, 0)
}

func (x *converter) decimal(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	const most = 999_999_999_999_999_999 // Decimal(18, 4)
	f := x.fixed(p, b, c, 4)
	if f == nil && (c.num > most || c.num < -most) {
		return p.faults.bounds
	}
	return f
}

func (x *converter) fixed(p *fieldPlan, b []byte, c *cell, places int) *entity.Fault {
	d, f := x.number(p, b)
	if f != nil {
		return f
	}
	n, how := d.scaled(places)
	c.num = n
	return [...]*entity.Fault{exact: nil, tooFine: p.faults.format, tooLarge: p.faults.bounds}[how]
}

// float reads a number as the nearest float64. Its bounds are compared as floats.
func (x *converter) float(p *fieldPlan, b []byte, c *cell) *entity.Fault {
	v, ok := parseFloat(b)
	if !ok {
		if b = x.narrow(b); b != nil {
			v, ok = parseFloat(b)
		}
	}
	if !ok {
		return p.faults.format
	}
	if p.scaled {
		v *= p.factor
	}
	if p.loose && x.places != nil && !math.IsInf(v, 0) {
		c.num = int64(math.Float64bits(v + 0))
		return nil
	}
	if math.IsInf(v, 0) || p.min.set && v < math.Float64frombits(uint64(p.min.num)) || p.max.set && v > math.Float64frombits(uint64(p.max.num)) {
		return p.faults.bounds
	}
	c.num = int64(math.Float64bits(v + 0)) // +0 makes -0 into 0
	return nil
}

// parseFloat reads what parseDecimal reads, of any length, and nothing else (no NaN, no hexadecimal).
func parseFloat(b []byte) (float64, bool) {
	d, ok := parseDecimal(b)
	if ok && d.mant < 1<<53 && d.exp < len(pow10) && d.exp > -len(pow10) { // one operation of two exact numbers, correctly rounded
		v := float64(d.mant)
		if d.exp < 0 {
			v /= float64(pow10[-d.exp])
		} else {
			v *= float64(pow10[d.exp])
		}
		if d.neg {
			v = -v
		}
		return v, true
	}
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil || v != 0 && math.IsInf(v, 0)
}
