package catalog

import (
	"bytes"
	"encoding/csv"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// mostSample is how many bytes and records of a sample are looked at.
const (
	mostSample  = 16 << 20
	mostRecords = 10_000
)

// ReadSample reads the beginning of a department's file: CSV with a header line, JSON lines or an array; UTF-8 or GB 18030.
func ReadSample(from io.Reader) (s Sample, err error) {
	text, err := io.ReadAll(io.LimitReader(from, mostSample))
	if err != nil {
		return s, err
	}
	if !utf8.Valid(text) {
		if text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(text); err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return s, errors.New("the sample is neither UTF-8 nor GB 18030")
		}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if start := bytes.TrimSpace(text); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		return jsonSample(start)
	}
	return csvSample(text)
}

func csvSample(text []byte) (s Sample, err error) {
	r := csv.NewReader(bytes.NewReader(text))
	if s.Columns, err = r.Read(); err != nil {
		return s, fmt.Errorf("header line: %w", err)
	}
	for i, n := range s.Columns {
		s.Columns[i] = strings.TrimSpace(n)
	}
	for len(s.Records) < mostRecords {
		line, err := r.Read()
		if errors.Is(err, io.EOF) || err != nil && len(text) == mostSample { // the end, or where we cut it
			break
		}
		if err != nil {
			return s, err
		}
		record := map[string]string{}
		for i, v := range line {
			record[s.Columns[i]] = v
		}
		s.Records = append(s.Records, record)
	}
	return s, nil
}

// jsonSample reads objects of plain values: one a line, one after the other, or an array of them. What is nested is left out.
func jsonSample(text []byte) (s Sample, err error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if text[0] == '[' {
		if _, err := d.ReadToken(); err != nil {
			return s, err
		}
	}
	for len(s.Records) < mostRecords && d.PeekKind() == '{' {
		var object map[string]any
		if err := json.UnmarshalDecode(d, &object); err != nil {
			if len(text) >= mostSample {
				break
			}
			return s, err
		}
		record := map[string]string{}
		for name, v := range object {
			switch v := v.(type) {
			case string:
				record[name] = v
			case float64:
				record[name] = strconv.FormatFloat(v, 'f', -1, 64)
			case bool:
				record[name] = strconv.FormatBool(v)
			default:
				continue
			}
			if !slices.Contains(s.Columns, name) {
				s.Columns = append(s.Columns, name)
			}
		}
		s.Records = append(s.Records, record)
	}
	slices.Sort(s.Columns) // an object has no order
	return s, nil
}
