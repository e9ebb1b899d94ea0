package match

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// File is a place outside memory that is written once and then read from its beginning.
type File interface {
	io.ReadWriteSeeker
	io.Closer
}

// Large clusters more records than memory holds. Of each record only its name and its valid identifiers stay in memory, and the edges;
// the values lie in files. The keys are gone through one after the other: the records are divided into parts by what the key has of
// them, so that those which share it are in one part, and a part is an ordinary index with that one key. The edges are those that an
// index over all records finds, to the last bit. It belongs to one goroutine.
type Large struct {
	model   *Model
	keys    []Key
	parts   int
	scratch func() (File, error) // makes an empty file
	fresh   *table               // records that are not written yet
	file    File
	out     *bufio.Writer
	names   []string
	held    [][]uint64
	sources map[string]uint32
	worn    []map[uint64]bool // by key: what more records share than the model allows
	row     []byte
}

// freshMost is how many records are written at once: so that a value which many of them have is parsed into one form once.
const freshMost = 50_000

// NewLarge returns an empty Large that compares in so many parts.
func NewLarge(m *Model, parts int, scratch func() (File, error)) (*Large, error) {
	keys, err := m.keys()
	if err != nil {
		return nil, err
	}
	if parts < 1 {
		return nil, fmt.Errorf("%d parts: want at least one", parts)
	}
	l := &Large{model: m, keys: keys, parts: parts, scratch: scratch, fresh: newTable(m.Columns()), sources: map[string]uint32{}}
	if l.file, err = scratch(); err != nil {
		return nil, err
	}
	l.out = bufio.NewWriterSize(l.file, 1<<20)
	l.held = make([][]uint64, len(l.fresh.held(nil)))
	return l, nil
}

// Close gives the files back.
func (l *Large) Close() error { return l.file.Close() }

// Len is the number of records.
func (l *Large) Len() int { return len(l.names) + l.fresh.len() }

// Name is the name of record i.
func (l *Large) Name(i int) string {
	if i < len(l.names) {
		return l.names[i]
	}
	return l.fresh.names[i-len(l.names)]
}

// Add takes a record, as Batch.Add does.
func (l *Large) Add(name, source string, values []string) error {
	if len(values) != len(l.model.Fields) {
		return fmt.Errorf("the model compares %d fields, the records have %d", len(l.model.Fields), len(values))
	}
	l.fresh.add(name, source, values)
	if l.fresh.len() < freshMost {
		return nil
	}
	return l.flush()
}

// flush writes the fresh records. A row is its length, the hash of each key, the source, and each value's two forms.
func (l *Large) flush() error {
	t := l.fresh
	all := make([]uint32, t.len())
	for i := range all {
		all[i] = uint32(i)
	}
	for n, held := range t.held(all) {
		l.held[n] = append(l.held[n], held...)
	}
	source := make([]uint32, len(t.sources))
	for name, i := range t.sources {
		if _, known := l.sources[name]; !known {
			l.sources[name] = uint32(len(l.sources))
		}
		source[i] = l.sources[name]
	}
	for i := range all {
		row := t.row(i)
		b := l.row[:0]
		for _, k := range l.keys {
			b = binary.LittleEndian.AppendUint64(b, k.hash(t, row))
		}
		b = binary.AppendUvarint(b, uint64(source[t.source[i]]))
		for f, id := range row {
			v := &t.columns[f].values[id]
			b = binary.AppendUvarint(b, uint64(len(v.text())))
			b = append(b, v.text()...)
			b = binary.AppendUvarint(b, uint64(len(v.alt())))
			b = append(b, v.alt()...)
		}
		l.row = b
		if err := put(l.out, b); err != nil {
			return err
		}
	}
	l.names = append(l.names, t.names...)
	l.fresh = newTable(l.model.Columns())
	return nil
}

func put(w *bufio.Writer, row []byte) error {
	var n [binary.MaxVarintLen64]byte
	_, err := w.Write(n[:binary.PutUvarint(n[:], uint64(len(row)))])
	if err == nil {
		_, err = w.Write(row)
	}
	return err
}

// eachRow reads a file from its beginning. The row is valid until the next call.
func eachRow(f File, each func(row []byte) error) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(f, 1<<20)
	var row []byte
	for {
		n, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row = slices.Grow(row[:0], int(n))[:n]
		if _, err := io.ReadFull(in, row); err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// Edges compares all records with all that share a key with them. No record may come afterwards.
func (l *Large) Edges() ([]Edge, error) {
	if err := errors.Join(l.flush(), l.out.Flush()); err != nil {
		return nil, err
	}
	l.worn = nil
	var edges []Edge
	for k := range l.keys {
		l.worn = append(l.worn, map[uint64]bool{})
		if err := l.key(k, &edges); err != nil {
			return nil, err
		}
	}
	return edges, nil
}

// key divides the records by one key and finds the edges in each part that no key before it has found.
func (l *Large) key(k int, edges *[]Edge) (err error) {
	files, outs := make([]File, l.parts), make([]*bufio.Writer, l.parts)
	defer func() {
		for _, f := range files {
			if f != nil {
				err = errors.Join(err, f.Close())
			}
		}
	}()
	for p := range files {
		if files[p], err = l.scratch(); err != nil {
			return err
		}
		outs[p] = bufio.NewWriterSize(files[p], 256<<10)
	}
	number, part := uint32(0), []byte(nil)
	err = eachRow(l.file, func(row []byte) error {
		part = append(binary.LittleEndian.AppendUint32(part[:0], number), row...)
		number++
		if h := binary.LittleEndian.Uint64(row[8*k:]); h != 0 {
			return put(outs[h>>32%uint64(l.parts)], part)
		}
		return nil
	})
	for p := range files {
		if err == nil {
			err = outs[p].Flush()
		}
		if err == nil {
			err = l.part(k, files[p], edges)
		}
	}
	return err
}

// part finds the edges among the records of a file.
func (l *Large) part(k int, f File, edges *[]Edge) error {
	t := newTable(l.model.Columns())
	var numbers []uint32
	var hashes []uint64 // of the record's keys up to this one
	err := eachRow(f, func(row []byte) error {
		numbers = append(numbers, binary.LittleEndian.Uint32(row))
		row = row[4:]
		for n := range k + 1 {
			hashes = append(hashes, binary.LittleEndian.Uint64(row[8*n:]))
		}
		return t.addRow(row[8*len(l.keys):])
	})
	if err != nil {
		return err
	}
	one := *l.model
	one.Keys = one.Keys[k : k+1]
	x, err := newIndex(t, &one)
	if err != nil {
		return err
	}
	for i := range t.len() {
		if int(x.blocks[x.chain[i].block].count) > l.model.Cap {
			l.worn[k][hashes[i*(k+1)+k]] = true
		}
	}
	for _, e := range x.Edges() {
		if !l.found(hashes[int(e.A)*(k+1):][:k], hashes[int(e.B)*(k+1):][:k]) {
			*edges = append(*edges, Edge{numbers[e.A], numbers[e.B], e.Score})
		}
	}
	return nil
}

// found reports whether one of the keys before has compared two records with these hashes.
func (l *Large) found(a, b []uint64) bool {
	for n, h := range a {
		if h != 0 && h == b[n] && !l.worn[n][h] {
			return true
		}
	}
	return false
}

// addRow appends a record as Large has written it, without a name.
func (t *table) addRow(row []byte) error {
	whole := true
	number := func() uint64 {
		n, size := binary.Uvarint(row)
		if whole = whole && size > 0; !whole {
			return 0
		}
		row = row[size:]
		return n
	}
	text := func() []byte {
		n := number()
		if whole = whole && n <= uint64(len(row)); !whole {
			return nil
		}
		b := row[:n]
		row = row[n:]
		return b
	}
	t.source = append(t.source, uint32(number()))
	t.names = append(t.names, "")
	for _, c := range t.columns {
		normal := text()
		t.rows = append(t.rows, c.take(normal, text()))
	}
	if !whole {
		return errors.New("a file that values were put into has changed")
	}
	return nil
}

// Clusters is Index.Clusters.
func (l *Large) Clusters(edges []Edge) []uint32 {
	held := make([][]uint64, len(l.held))
	for n := range held {
		held[n] = slices.Clone(l.held[n])
	}
	return clusters(l.names, held, edges, scoreOf(l.model.Threshold))
}
