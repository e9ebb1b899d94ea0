package match

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// Reader takes in CSV files with a header, one after the other.
type Reader struct {
	// Mapping says what the columns are; without fields they are guessed from the first file's header.
	Mapping *Mapping
	Truth   string // column with whose record it is; "": there is none
	Batch   *Batch
	Large   *Large   // takes the records in place of Batch
	Every   int      // Batch takes one of so many records, drawn by their row, to learn from; 0: all
	Labels  []string // of the truth, by record; nil without
	// Encoding of the files, UTF8 or GB18030; "": each is looked at.
	Encoding string

	at    map[string]int // columns of the file that is read
	parts [][]int        // of fields, the same
	known map[string]string
	names hashTable // of records, to their numbers
	rows  int       // that were read
	files int       // the same

	encoding string // of the file that is read
}

// Read adds the records of a file. All files have the columns that the mapping names, in any order.
func (r *Reader) Read(file io.Reader) error {
	c, err := r.open(file)
	if err != nil {
		return err
	}
	header, err := c.Read() // valid until the next
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty: its first line must name the columns")
	}
	if err != nil {
		return mend(err, nil, 0)
	}
	if err := r.begin(header); err != nil {
		return err
	}
	columns, values := len(header), make([]string, len(r.Mapping.Fields))
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			r.files++
			return nil
		}
		if err != nil {
			return mend(err, row, columns)
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
	twice := map[string]bool{}
	for i, h := range header {
		names[i] = strings.Clone(strings.TrimSpace(h))
		if _, known := r.at[names[i]]; known {
			twice[names[i]] = true
		}
		r.at[names[i]] = i
	}
	if err := r.check(names); err != nil {
		return fmt.Errorf("line 1: %w", err)
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
	for _, c := range append(m.columns(names), r.Truth) {
		if c != "" && twice[c] {
			return fmt.Errorf("the header has column %q more than once: give the columns different names", c)
		}
	}
	if err := m.Check(names); err != nil {
		return err
	}
	if _, ok := r.at[r.Truth]; r.Truth != "" && !ok {
		return fmt.Errorf("the truth: the file has no column %q; it has %s", r.Truth, strings.Join(names, ", "))
	}
	r.parts = r.parts[:0]
	for i := range m.Fields {
		if r.Truth != "" && slices.Contains(m.Fields[i].parts(names), r.Truth) {
			return fmt.Errorf("column %q is the truth: it cannot be compared, too", r.Truth)
		}
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
	if err := r.check(row); err != nil {
		return err
	}
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
	switch {
	case m.Source != "":
		source = row[r.at[m.Source]]
	case m.Across:
		source = strconv.Itoa(r.files) // each file is a list
	}
	if r.skips() {
		return nil
	}
	if m.ID != "" {
		i, known := r.names.put(xxhash.Sum64String(name)|1, uint32(r.len()))
		if name == "" || known && r.name(int(i)) == name {
			return fmt.Errorf("the record's name in column %s is empty or stands there twice: give each record a name of its own, or leave out --id to number them", m.ID)
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
