package match

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Encodings of CSV files that Reader knows.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030" // and with it GBK and GB 2312, which it contains
)

// open looks at the beginning of a file: how it is encoded and what separates its values.
func (r *Reader) open(file io.Reader) (*csv.Reader, error) {
	in := bufio.NewReaderSize(file, 1<<20)
	start, err := in.Peek(1 << 20)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte{0xFF, 0xFE}) || bytes.HasPrefix(start, []byte{0xFE, 0xFF}) {
		return nil, errors.New("the file is UTF-16: save it as UTF-8")
	}
	encoding := r.Encoding
	switch encoding {
	case "":
		if encoding, err = guessEncoding(start); err != nil {
			return nil, err
		}
	case UTF8, GB18030:
	default:
		return nil, fmt.Errorf("encoding %q is not known: choose %s or %s", encoding, UTF8, GB18030)
	}
	bom := []byte("\ufeff")
	if bytes.HasPrefix(start, bom) {
		if _, err := in.Discard(len(bom)); err != nil {
			return nil, err
		}
	}
	r.encoding = encoding
	from := io.Reader(in)
	if encoding == GB18030 {
		from = simplifiedchinese.GB18030.NewDecoder().Reader(in)
	}
	c := csv.NewReader(from)
	c.Comma = separator(start)
	c.ReuseRecord, c.TrimLeadingSpace = true, c.Comma != '\t' // a tab in front is an empty value
	return c, nil
}

// guessEncoding looks at the first line that is not plain ASCII.
func guessEncoding(start []byte) (string, error) {
	whole := len(start) < 1<<20
	for number := 1; len(start) > 0; number++ {
		line, rest, found := bytes.Cut(start, []byte{'\n'})
		start = rest
		if !found && !whole || utf8.Valid(line) && utf8.RuneCount(line) == len(line) {
			continue
		}
		switch {
		case utf8.Valid(line):
			return UTF8, nil
		case pairs(line):
			return GB18030, nil
		}
		return "", fmt.Errorf("line %d is neither UTF-8 nor GB 18030: save the file as UTF-8, or say which of the two it is meant to be", number)
	}
	return UTF8, nil
}

// pairs reports whether the bytes that are not ASCII come in twos, as in GB 2312, and not one here and there, as in Latin-1.
func pairs(line []byte) bool {
	odd, even, run := 0, 0, 0
	for i := range len(line) + 1 {
		if i < len(line) && line[i] >= 0x80 {
			run++
			continue
		}
		if run%2 == 1 { // a second byte of GBK may be ASCII
			odd++
		} else if run > 0 {
			even++
		}
		run = 0
	}
	return even > odd
}

// separator is the comma, unless the header has none and has semicolons or tabs.
func separator(start []byte) rune {
	header, _, _ := bytes.Cut(start, []byte{'\n'})
	best, most := ',', bytes.Count(header, []byte{','})
	for _, c := range []byte{';', '\t'} {
		if n := bytes.Count(header, []byte{c}); most == 0 && n > 0 {
			best, most = rune(c), n
		}
	}
	return best
}

// mend says where a line is wrong and what to do.
func mend(err error, row []string, columns int) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return err
	}
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("line %d has %d values, the header %d columns: put values that hold the separator in quotes, or mend the line", p.StartLine, len(row), columns)
	case errors.Is(err, csv.ErrQuote), errors.Is(err, csv.ErrBareQuote):
		return fmt.Errorf("line %d, column %d: a quote that opens or closes no value (from line %d on): double each quote in a value and put the value in quotes", p.Line, p.Column, p.StartLine)
	}
	return err
}

// check says what is wrong with the characters of a row.
func (r *Reader) check(row []string) error {
	for i, v := range row {
		if !utf8.ValidString(v) {
			return fmt.Errorf("value %d is not UTF-8: save the file as UTF-8, or as GB 18030 and say so", i+1)
		}
		if r.encoding == GB18030 && bytes.ContainsRune([]byte(v), utf8.RuneError) {
			return fmt.Errorf("value %d is not GB 18030: save the file as UTF-8", i+1)
		}
	}
	return nil
}
