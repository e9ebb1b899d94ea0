package ingest

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"wuku/catalog"
)

// readSnapshot reads a file that is a feed's whole content, and sets the marks of a snapshot around it: the end mark counts the records.
func readSnapshot(feed *catalog.Feed, name, encoding string, r io.Reader, run string, yield func(FileRecord) error) error {
	mark := func(value string, count int) error {
		b, err := snapshotMark(feed, value, run, count)
		if err != nil {
			return err
		}
		return yield(FileRecord{Value: b, mark: true})
	}
	if err := mark(feed.Snapshot.Begin[0], -1); err != nil {
		return err
	}
	n := 0
	err := ReadFile(feed, name, encoding, r, func(rec FileRecord) error {
		n++
		return yield(rec)
	})
	if err == nil && n == 0 {
		err = errors.New("the file has no records: as a snapshot it would delete all that the feed has; send marks of your own with a count of 0 if that is meant")
	}
	if err != nil {
		return err
	}
	return mark(feed.Snapshot.End[0], n)
}

// snapshotMark writes a mark as a message of its feed; count -1 is none.
func snapshotMark(feed *catalog.Feed, value, run string, count int) ([]byte, error) {
	s := feed.Snapshot
	paths, values := []string{s.Mark}, []string{value}
	if s.Run != "" {
		paths, values = append(paths, s.Run), append(values, run)
	}
	if s.Count != "" && count >= 0 {
		paths, values = append(paths, s.Count), append(values, strconv.Itoa(count))
	}
	var b []byte
	var err error
	if feed.Format == catalog.FormatCSV {
		b = csvMark(feed, paths, values)
	} else if b, err = jsonMark(paths, values); err != nil {
		return nil, err
	}
	if feed.Format == catalog.FormatArray {
		b = append(append([]byte{'['}, b...), ']')
	}
	if feed.Encoding == catalog.EncodingGB18030 {
		return simplifiedchinese.GB18030.NewEncoder().Bytes(b)
	}
	return b, nil
}

func jsonMark(paths, values []string) ([]byte, error) {
	root := map[string]any{}
	for i, path := range paths {
		at, names := root, strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			inner, ok := at[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[name] = inner
			}
			at = inner
		}
		at[names[len(names)-1]] = values[i]
	}
	b, err := json.Marshal(root, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("mark of a snapshot: %w", err)
	}
	return b, nil
}

// csvMark is a line of the feed's columns, or, where it declares none, of the mark's own.
func csvMark(feed *catalog.Feed, paths, values []string) []byte {
	columns, delimiter := paths, ","
	var b []byte
	if feed.CSV != nil && feed.CSV.Delimiter != "" {
		delimiter = feed.CSV.Delimiter
	}
	if feed.CSV != nil && len(feed.CSV.Columns) > 0 {
		columns = feed.CSV.Columns
	} else {
		for i, name := range paths {
			b = append(b, delimiter[:len(delimiter)*min(i, 1)]...)
			b = appendCSV(b, []byte(name))
		}
		b = append(b, '\n')
	}
	for i, name := range columns {
		b = append(b, delimiter[:len(delimiter)*min(i, 1)]...)
		for k, path := range paths {
			if path == name {
				b = appendCSV(b, []byte(values[k]))
			}
		}
	}
	return append(b, '\n')
}
