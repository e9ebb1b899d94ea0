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
	at, err := r.begin(header)
	if err != nil {
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
		if err := r.row(row, at, values); err != nil {
			line, _ := c.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// begin reads a header: where each column is.
func (r *Reader) begin(header []string) (map[string]int, error) {
	names, at := make([]string, len(header)), map[string]int{}
	for i, h := range header {
		names[i] = strings.Clone(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		at[names[i]] = i
	}
	if _, ok := at[r.Truth]; r.Truth != "" && !ok {
		return nil, fmt.Errorf("the truth: the file has no column %q", r.Truth)
	}
	m := r.Mapping
	if r.Batch == nil {
		if len(m.Fields) == 0 {
			if m.Fields = Guess(names, m.ID, m.Source, r.Truth); len(m.Fields) == 0 {
				return nil, fmt.Errorf("no column's name tells what it holds: say it with a mapping; the file has %s", strings.Join(names, ", "))
			}
		}
		r.Batch, r.known = NewBatch(m), map[string]string{}
	}
	return at, m.Check(names)
}

func (r *Reader) row(row []string, at map[string]int, values []string) error {
	m := r.Mapping
	for i := range m.Fields {
		values[i] = row[at[m.Fields[i].Column]]
	}
	name, source := strconv.Itoa(r.Batch.Len()), ""
	if m.ID != "" {
		name = row[at[m.ID]]
	}
	if m.Source != "" {
		source = row[at[m.Source]]
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
	label := row[at[r.Truth]]
	known, ok := r.known[label]
	if !ok {
		known = strings.Clone(label)
		r.known[known] = known
	}
	r.Labels = append(r.Labels, known)
	return nil
}
