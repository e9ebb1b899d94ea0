package match

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// Reader takes in CSV files with a header, UTF-8, one after the other.
type Reader struct {
	// Mapping says what the columns are; without fields they are guessed from the first file's header.
	Mapping *Mapping
	Truth   string // column with whose record it is; "": there is none
	Batch   *Batch
	Labels  []string // of the truth, by record; nil without

	at    map[string]int // columns of the file that is read
	parts [][]int        // of fields, the same
	known map[string]string
	names hashTable // of records, to their numbers
}

// Read adds the records of a file. All files have the columns that the mapping names, in any order.
func (r *Reader) Read(file io.Reader) error {
	c := csv.NewReader(bufio.NewReaderSize(file, 1<<20))
	c.ReuseRecord, c.TrimLeadingSpace = true, true
	header, err := c.Read()
	if err != nil {
		return fmt.Errorf("no header: %w", err)
	}
	if err := r.begin(header); err != nil {
		return err
	}
	values := make([]string, len(r.Mapping.Fields))
	for {
		row, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := r.row(row, values); err != nil {
			line, _ := c.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// begin reads a header: where each column is.
func (r *Reader) begin(header []string) error {
	names := make([]string, len(header))
	r.at = map[string]int{}
	for i, h := range header {
		names[i] = strings.Clone(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		r.at[names[i]] = i
	}
	if _, ok := r.at[r.Truth]; r.Truth != "" && !ok {
		return fmt.Errorf("the truth: the file has no column %q", r.Truth)
	}
	m := r.Mapping
	if r.Batch == nil {
		if len(m.Fields) == 0 {
			if m.Fields = Guess(names, m.ID, m.Source, r.Truth); len(m.Fields) == 0 {
				return fmt.Errorf("no column's name tells what it holds: say it with a mapping; the file has %s", strings.Join(names, ", "))
			}
		}
		r.Batch, r.known = NewBatch(m), map[string]string{}
	}
	if err := m.Check(names); err != nil {
		return err
	}
	r.parts = r.parts[:0]
	for i := range m.Fields {
		var places []int
		for _, c := range m.Fields[i].parts(names) {
			places = append(places, r.at[c])
		}
		r.parts = append(r.parts, places)
	}
	return nil
}

func (r *Reader) row(row []string, values []string) error {
	m := r.Mapping
	for i, places := range r.parts {
		values[i] = row[places[0]]
		for _, p := range places[1:] {
			values[i] += "-" + row[p]
		}
	}
	name, source := "", ""
	if m.ID != "" {
		name = row[r.at[m.ID]]
	} else {
		name = strconv.Itoa(r.Batch.Len())
	}
	if m.Source != "" {
		source = row[r.at[m.Source]]
	}
	if m.ID != "" {
		i, known := r.names.put(xxhash.Sum64String(name)|1, uint32(r.Batch.Len()))
		if name == "" || known && r.Batch.table.names[i] == name {
			return fmt.Errorf("the record's name in column %s is empty or stands there twice", m.ID)
		}
	}
	r.Batch.Add(name, source, values)
	if r.Truth == "" {
		return nil
	}
	label := row[r.at[r.Truth]]
	known, ok := r.known[label]
	if !ok {
		known = strings.Clone(label)
		r.known[known] = known
	}
	r.Labels = append(r.Labels, known)
	return nil
}
