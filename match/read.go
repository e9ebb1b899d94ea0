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
	Large   *Large   // takes the records in place of Batch
	Every   int      // Batch takes one of so many records, drawn by their row, to learn from; 0: all
	Labels  []string // of the truth, by record; nil without

	at    map[string]int // columns of the file that is read
	parts [][]int        // of fields, the same
	known map[string]string
	names hashTable // of records, to their numbers
	rows  int       // that were read
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
	r.rows++
	if m.ID != "" {
		name = row[r.at[m.ID]]
	} else {
		name = strconv.Itoa(r.rows - 1)
	}
	if m.Source != "" {
		source = row[r.at[m.Source]]
	}
	if r.skips() {
		return nil
	}
	if m.ID != "" {
		i, known := r.names.put(xxhash.Sum64String(name)|1, uint32(r.len()))
		if name == "" || known && r.name(int(i)) == name {
			return fmt.Errorf("the record's name in column %s is empty or stands there twice", m.ID)
		}
	}
	if r.Large == nil {
		r.Batch.Add(name, source, values)
	} else if err := r.Large.Add(name, source, values); err != nil {
		return err
	}
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

// skips reports whether the row is not one of those to learn from. Rows that follow each other are drawn apart, since files have rhythms.
func (r *Reader) skips() bool {
	if r.Every < 2 {
		return false
	}
	h := uint64(r.rows) * 0x9E3779B97F4A7C15
	return (h^h>>32)%uint64(r.Every) != 0
}

func (r *Reader) len() int {
	if r.Large != nil {
		return r.Large.Len()
	}
	return r.Batch.Len()
}

func (r *Reader) name(i int) string {
	if r.Large != nil {
		return r.Large.Name(i)
	}
	return r.Batch.table.names[i]
}
