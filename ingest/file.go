package ingest

import (
	"bufio"
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"wuku/catalog"
)

// FileRecord is one message out of a department's file.
type FileRecord struct {
	Line  int // where it begins, from 1
	Value []byte
	mark  bool // of a snapshot, set around the file
}

// maxDocument bounds a file that can only be read as a whole: JSON that does not stand line by line, and Avro.
const maxDocument = 256 << 20

// ReadFile cuts a department's file into messages of its feed, one record each, and calls yield for each until that returns an error.
//
//   - Lines of CSV become messages of a feed of format csv as they are, with the header line before each where the feed declares no
//     columns; for feeds of formats json and array a line becomes an object of texts by the names in the file's first line.
//   - Anything else is JSON: a value a line, values one after the other, or one array of them.
//   - Avro is one message a file.
//
// A file in another encoding than the feed's is converted (encoding "" is the feed's own). What is broken is yielded as it stands, so
// that its verdict says what is wrong.
func ReadFile(feed *catalog.Feed, name, encoding string, r io.Reader, yield func(FileRecord) error) error {
	f := &fileReader{feed: feed, yield: yield, in: bufio.NewReaderSize(r, 1<<16), line: 1}
	if feed.IsAvro() {
		return f.whole()
	}
	own := feed.Encoding
	if encoding == "" {
		encoding = own
	}
	if chinese := encoding == catalog.EncodingGB18030; chinese != (own == catalog.EncodingGB18030) {
		f.convert(chinese, r)
	}
	if start, err := f.in.Peek(len(byteOrderMark)); err == nil && bytes.Equal(start, byteOrderMark) {
		if _, err := f.in.Discard(len(byteOrderMark)); err != nil {
			return err
		}
	}
	switch {
	case feed.Format == catalog.FormatCSV:
		return f.lines(f.csvLine)
	case strings.EqualFold(filepath.Ext(name), ".csv"):
		if feed.Format != catalog.FormatJSON && feed.Format != catalog.FormatArray {
			return fmt.Errorf("feed %s takes messages of format %s, which no CSV file gives: write JSON lines", feed.Name, feed.Format)
		}
		if own == catalog.EncodingGB18030 {
			return fmt.Errorf("feed %s takes JSON in GB 18030: write JSON lines, or declare format csv for it", feed.Name)
		}
		return f.lines(f.csvObject)
	}
	return f.json()
}

// fileReader reads one file.
type fileReader struct {
	feed   *catalog.Feed
	in     *bufio.Reader
	yield  func(FileRecord) error
	line   int
	header []byte // of a CSV file, with its line end
	again  []byte // of a CSV file, what is read again
	csv    csvReader
}

// convert makes the file's text the feed's encoding: from GB 18030 to UTF-8, or the other way.
func (f *fileReader) convert(chinese bool, r io.Reader) {
	if chinese {
		f.in = bufio.NewReaderSize(simplifiedchinese.GB18030.NewDecoder().Reader(r), 1<<16)
		return
	}
	f.in = bufio.NewReaderSize(transform.NewReader(r, simplifiedchinese.GB18030.NewEncoder()), 1<<16)
}

func (f *fileReader) emit(line int, value []byte) error {
	if f.feed.Format == catalog.FormatArray {
		value = append(append([]byte{'['}, value...), ']')
	}
	return f.yield(FileRecord{Line: line, Value: value})
}

// lines calls each for every line of CSV; a quoted value may hold line ends.
func (f *fileReader) lines(each func(line int, b []byte) error) error {
	if start, _ := f.in.Peek(1 << 16); bytes.IndexByte(start, '\r') >= 0 && bytes.IndexByte(start, '\n') < 0 { // as old spreadsheets end lines
		f.in = bufio.NewReaderSize(lineFeeds{f.in}, 1<<16)
	}
	for {
		line, b, err := f.csvRecord()
		if len(bytes.TrimRight(b, "\r\n")) > 0 {
			if err := each(line, b); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// lineFeeds reads a text whose lines end with a carriage return alone.
type lineFeeds struct{ in io.Reader }

func (l lineFeeds) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// csvRecord reads up to a line end that stands outside quotes. A quote that is not closed within defaultMaxBytes is left to its line alone:
// what stands behind that line is read again.
func (f *fileReader) csvRecord() (line int, b []byte, err error) {
	line = f.line
	for quotes := 0; ; {
		part, err := f.csvLineEnd()
		b = append(b, part...)
		f.line += bytes.Count(part, []byte{'\n'})
		quotes += bytes.Count(part, []byte{'"'})
		if quotes%2 == 0 {
			return line, b, err
		}
		if err == nil && len(b) <= defaultMaxBytes {
			continue
		}
		n := bytes.IndexByte(b, '\n') + 1
		if n == 0 || n == len(b) {
			return line, b, err
		}
		f.again = append(bytes.Clone(b[n:]), f.again...)
		f.line = line + 1
		return line, b[:n:n], nil
	}
}

// csvLineEnd reads to the next line end, whatever it stands in.
func (f *fileReader) csvLineEnd() ([]byte, error) {
	if n := bytes.IndexByte(f.again, '\n') + 1; n > 0 {
		part := f.again[:n:n]
		f.again = f.again[n:]
		return part, nil
	}
	part, err := f.in.ReadBytes('\n')
	part = append(f.again, part...)
	f.again = nil
	return part, err
}

func (f *fileReader) csvLine(line int, b []byte) error {
	declared := f.feed.CSV != nil && len(f.feed.CSV.Columns) > 0
	if !declared && f.header == nil {
		f.header = append(bytes.TrimRight(bytes.Clone(b), "\r\n"), '\n')
		return nil
	}
	return f.yield(FileRecord{Line: line, Value: append(bytes.Clone(f.header), b...)})
}

func (f *fileReader) csvObject(line int, b []byte) error {
	f.csv.delimiter = []byte(",")
	if f.header == nil {
		if fault, _ := f.csv.line(b); fault != nil || !f.csv.header() {
			return fmt.Errorf("line %d: %s: %s", line, faultHeader.Message, faultHeader.Hint)
		}
		f.header = bytes.Clone(b)
		return nil
	}
	fault, _ := f.csv.line(b)
	if fault == nil && len(f.csv.fields) != len(f.csv.names) {
		fault = faultColumns
	}
	if fault != nil {
		return fmt.Errorf("line %d: %s: %s", line, fault.Message, fault.Hint)
	}
	f.csv.json = f.csv.json[:0]
	at := f.csv.object()
	return f.emit(line, bytes.Clone(f.csv.json[at.from:at.to]))
}

// json reads values line by line if the first line is one, else as one document.
func (f *fileReader) json() error {
	first, err := f.in.ReadBytes('\n')
	for err == nil && len(bytes.TrimSpace(first)) == 0 {
		f.line++
		first, err = f.in.ReadBytes('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if v := bytes.TrimSpace(first); len(v) > 0 && v[0] == '{' && jsontext.Value(v).IsValid() {
		return f.jsonLines(v, err)
	}
	rest, err := io.ReadAll(io.LimitReader(f.in, maxDocument))
	if err != nil {
		return err
	}
	if len(rest) == maxDocument {
		return fmt.Errorf("the file is no JSON a line and longer than %d bytes: write one JSON object a line", maxDocument)
	}
	return f.document(append(first, rest...))
}

func (f *fileReader) jsonLines(v []byte, err error) error {
	for {
		if len(v) > 0 {
			if err := f.emit(f.line, bytes.Clone(v)); err != nil {
				return err
			}
		}
		f.line++
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		v, err = f.in.ReadBytes('\n')
		v = bytes.TrimSpace(v)
	}
}

// document reads values one after the other, and the elements of an array. From a place that is no JSON on, all is one message.
func (f *fileReader) document(b []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(b), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	done := int64(0)
	line := func(at int64) int {
		for at < int64(len(b)) && strings.IndexByte(" \t\r\n,", b[at]) >= 0 {
			at++
		}
		return f.line + bytes.Count(b[:at], []byte{'\n'})
	}
	for {
		kind := d.PeekKind()
		if kind == '[' || kind == ']' {
			if _, err := d.ReadToken(); err == nil {
				done = d.InputOffset()
				continue
			}
		}
		v, err := d.ReadValue()
		switch {
		case errors.Is(err, io.EOF) && len(bytes.TrimSpace(b[done:])) == 0:
			return nil
		case err != nil:
			return f.emit(line(done), bytes.TrimLeft(b[done:], " \t\r\n,"))
		}
		if err := f.emit(line(done), bytes.Clone(v)); err != nil {
			return err
		}
		done = d.InputOffset()
	}
}

func (f *fileReader) whole() error {
	b, err := io.ReadAll(io.LimitReader(f.in, maxDocument))
	if err != nil {
		return err
	}
	return f.yield(FileRecord{Line: 1, Value: b})
}
