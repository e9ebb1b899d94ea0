package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/segmentio/kafka-go/compress"

	"wuku/entity"
)

// Layout of a record batch, format 2 (Kafka 0.11 and later; KIP-98). All numbers are big endian.
const (
	batchLength     = 8  // length of what follows this field
	batchMagic      = 16 // 2
	batchCRC        = 17 // CRC-32C from batchAttributes on
	batchAttributes = 21
	batchLastDelta  = 23 // last offset - base offset, also when compaction has removed the last record
	batchFirstTime  = 27
	batchMaxTime    = 35
	batchProducer   = 43
	batchCount      = 57
	batchHeader     = 61
	batchPrefix     = 12 // base offset and length: what is not counted in the length

	attrCompression   = 0x07
	attrLogAppendTime = 0x08
	attrTransactional = 0x10
	attrControl       = 0x20

	// maxInflated bounds what one compressed batch may become: brokers take batches of 1 MiB by default.
	maxInflated = 256 << 20
)

// errCorrupt says that bytes from the broker are not what the format promises. Reading again may help once or twice (a bad
// network), then the partition is stopped.
var errCorrupt = errors.New("corrupt record batch")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// batch is one whole record batch inside a fetch answer.
type batch struct {
	base, last int64
	bytes      []byte
}

// nextBatch cuts the first whole batch off. ok is false at the end, or where the broker has cut a batch.
func nextBatch(b []byte) (_ batch, rest []byte, ok bool) {
	if len(b) < batchHeader {
		return batch{}, nil, false
	}
	n := batchPrefix + int(int32(binary.BigEndian.Uint32(b[batchLength:])))
	if n < batchHeader || n > len(b) {
		return batch{}, nil, false
	}
	base := int64(binary.BigEndian.Uint64(b))
	last := base + int64(int32(binary.BigEndian.Uint32(b[batchLastDelta:])))
	return batch{base: base, last: last, bytes: b[:n]}, b[n:], true
}

func (b batch) u16(at int) uint16 { return binary.BigEndian.Uint16(b.bytes[at:]) }
func (b batch) u64(at int) int64  { return int64(binary.BigEndian.Uint64(b.bytes[at:])) }

// check proves a batch before anything in it is believed.
func (b batch) check() error {
	if magic := b.bytes[batchMagic]; magic != 2 {
		return fmt.Errorf("%w: offset %d has message format %d, only 2 is read: raise log.message.format.version on the broker", errCorrupt, b.base, magic)
	}
	if b.last < b.base {
		return fmt.Errorf("%w: offset %d ends before it begins", errCorrupt, b.base)
	}
	if crc32.Checksum(b.bytes[batchAttributes:], castagnoli) != binary.BigEndian.Uint32(b.bytes[batchCRC:]) {
		return fmt.Errorf("%w: offset %d fails its checksum", errCorrupt, b.base)
	}
	return nil
}

// reach says how far the whole batches of an answer reach: one behind their last offset, or from if there is none behind it.
func reach(records []byte, from int64) int64 {
	for {
		b, rest, ok := nextBatch(records)
		if !ok {
			return from
		}
		from, records = max(from, b.last+1), rest
	}
}

// chunk is the whole batches of one partition out of one answer: the offsets [from, to).
type chunk struct {
	place
	epoch    int // of the partition's opening that asked for it
	from, to int64
	start    int64 // the broker's first offset at that moment
	aborted  []abortedTxn
	records  []byte
	held     *buffer
}

// walker turns chunks into messages and ranges so that each offset of [from, to) is reported exactly once, in order:
// message for committed records; span for everything else (Control: markers and holes that compaction left; Aborted;
// Gap: deleted by retention). Keys, values and headers point into memory that holds until walk returns.
// A walker keeps scratch memory and serves one goroutine at a time.
type walker struct {
	message func(*Message)
	span    func(from, to int64, outcome entity.Outcome)

	inflated bytes.Buffer
	limited  io.LimitedReader
	source   bytes.Reader
	live     []int64 // producers with an aborted transaction open at this point
	rec      Message
	names    map[string]string // header names seen, so that a name is allocated once

	next    int64 // every offset below is reported or in the pending span
	pending struct {
		from, to int64
		outcome  entity.Outcome
	}
}

// walk reports a chunk. After an error the offsets below the returned one are reported and the rest is not.
func (w *walker) walk(c *chunk) (int64, error) {
	w.next, w.live = c.from, w.live[:0]
	w.rec.Topic, w.rec.Partition = c.topic, c.partition
	w.pending.from, w.pending.to = c.from, c.from
	aborted := slices.Clone(c.aborted)
	slices.SortFunc(aborted, func(a, b abortedTxn) int { return int(min(max(a.first-b.first, -1), 1)) })
	for rest := c.records; ; {
		b, tail, ok := nextBatch(rest)
		if !ok {
			break
		}
		rest = tail
		if b.last < w.next {
			continue // the broker answers with the whole batch that holds the wanted offset; more than that is skipped too
		}
		if err := b.check(); err != nil {
			w.flush()
			return w.next, err
		}
		w.hole(b.base, c.start)
		for len(aborted) > 0 && aborted[0].first <= b.last {
			w.live, aborted = append(w.live, aborted[0].producer), aborted[1:]
		}
		if err := w.batch(b); err != nil {
			w.flush()
			return w.next, err
		}
	}
	w.hole(c.to, c.start)
	w.flush()
	w.rec.Key, w.rec.Value = nil, nil // they lie in the chunk's memory
	return w.next, nil
}

// batch reports one batch from w.next on.
func (w *walker) batch(b batch) error {
	attributes, producer := b.u16(batchAttributes), b.u64(batchProducer)
	if attributes&attrControl != 0 {
		if err := w.control(b, producer); err != nil {
			return err
		}
		w.cover(b.last+1, entity.Control)
		return nil
	}
	if attributes&attrTransactional != 0 && slices.Contains(w.live, producer) {
		w.cover(b.last+1, entity.Aborted)
		return nil
	}
	body, err := w.body(b)
	if err != nil {
		return err
	}
	if err := w.records(b, body); err != nil {
		return err
	}
	w.cover(b.last+1, entity.Control) // what compaction took from the end of the batch
	return nil
}

// control reads a transaction marker: key = version int16, type int16, with 0 for abort and 1 for commit.
func (w *walker) control(b batch, producer int64) error {
	d := varints{b: b.bytes[batchHeader:]}
	if b.u32(batchCount) == 0 {
		return nil // compaction has removed the marker and left its batch
	}
	d.varint()
	d.skip(1)
	d.varint()
	d.varint()
	key := d.bytes()
	if d.short || len(key) < 4 {
		return fmt.Errorf("%w: offset %d is a transaction marker without a type", errCorrupt, b.base)
	}
	if binary.BigEndian.Uint16(key[2:]) == 0 {
		if i := slices.Index(w.live, producer); i >= 0 {
			w.live = slices.Delete(w.live, i, i+1)
		}
	}
	return nil
}

// body returns the records of a batch, inflated into the walker's own memory where they are compressed.
func (w *walker) body(b batch) ([]byte, error) {
	body := b.bytes[batchHeader:]
	kind := compress.Compression(b.u16(batchAttributes) & attrCompression)
	if kind == compress.None || len(body) == 0 {
		return body, nil
	}
	codec := kind.Codec()
	if codec == nil {
		return nil, fmt.Errorf("%w: offset %d is compressed with unknown method %d", errCorrupt, b.base, kind)
	}
	w.source.Reset(body)
	r := codec.NewReader(&w.source)
	w.inflated.Reset()
	w.limited = io.LimitedReader{R: r, N: maxInflated + 1}
	_, err := w.inflated.ReadFrom(&w.limited)
	r.Close()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: offset %d: %s: %v", errCorrupt, b.base, codec.Name(), err)
	case w.inflated.Len() > maxInflated:
		return nil, fmt.Errorf("%w: offset %d inflates to over %d bytes", errCorrupt, b.base, maxInflated)
	}
	return w.inflated.Bytes(), nil
}

// records reports each record of a batch from w.next on, and the holes between them.
func (w *walker) records(b batch, body []byte) error {
	firstTime, appendTime := b.u64(batchFirstTime), b.u16(batchAttributes)&attrLogAppendTime != 0
	d := varints{b: body}
	for range b.u32(batchCount) {
		size := int(d.varint())
		if d.short || size < 0 || size > len(d.b) {
			return fmt.Errorf("%w: offset %d: a record of %d bytes with %d left", errCorrupt, w.next, size, len(d.b))
		}
		one := varints{b: d.b[:size]}
		d.b = d.b[size:]
		one.skip(1) // attributes: none are defined
		r := &w.rec
		r.TimeMS = firstTime + one.varint()
		if appendTime {
			r.TimeMS = b.u64(batchMaxTime)
		}
		r.Offset = b.base + one.varint()
		r.Key, r.Value = one.bytes(), one.bytes()
		r.Headers = w.headers(&one, r.Headers[:0])
		if one.short || r.Offset > b.last {
			return fmt.Errorf("%w: offset %d: a record does not fit its own length", errCorrupt, w.next)
		}
		if r.Offset < w.next {
			continue // below the offset that was asked for
		}
		w.cover(r.Offset, entity.Control)
		w.flush()
		w.message(r)
		w.next = r.Offset + 1
	}
	return nil
}

// hole covers offsets that no batch has: lost to retention below the log's start, else left empty by compaction.
func (w *walker) hole(to, start int64) {
	w.cover(min(to, start), entity.Gap)
	w.cover(to, entity.Control)
}

// cover adds [w.next, to) to the pending span, which grows as long as the outcome stays the same.
func (w *walker) cover(to int64, outcome entity.Outcome) {
	if to <= w.next {
		return
	}
	if w.pending.to != w.next || w.pending.outcome != outcome {
		w.flush()
		w.pending.from, w.pending.outcome = w.next, outcome
	}
	w.pending.to, w.next = to, to
}

// flush reports the pending span.
func (w *walker) flush() {
	if p := w.pending; p.from < p.to {
		w.span(p.from, p.to, p.outcome)
	}
	w.pending.from, w.pending.to = w.next, w.next
}

func (b batch) u32(at int) int { return int(int32(binary.BigEndian.Uint32(b.bytes[at:]))) }

// varints reads the zigzag variable-length numbers of records. After a short read all further reads give zero.
type varints struct {
	b     []byte
	short bool
}

func (d *varints) varint() int64 {
	if len(d.b) > 0 && d.b[0] < 0x80 { // most are one byte long
		x := d.b[0]
		d.b = d.b[1:]
		return int64(x>>1) ^ -int64(x&1)
	}
	x, n := binary.Varint(d.b)
	if n <= 0 {
		d.b, d.short = nil, true
		return 0
	}
	d.b = d.b[n:]
	return x
}

func (d *varints) skip(n int) {
	if n > len(d.b) {
		d.b, d.short = nil, true
		return
	}
	d.b = d.b[n:]
}

// bytes reads a length and as many bytes. A length of -1 is nil: no key, or a tombstone.
func (d *varints) bytes() []byte {
	n := d.varint()
	if n < 0 {
		return nil
	}
	if n > int64(len(d.b)) {
		d.b, d.short = nil, true
		return nil
	}
	t := d.b[:n:n]
	d.b = d.b[n:]
	return t
}

// headers reads a record's headers.
func (w *walker) headers(d *varints, dst []Header) []Header {
	n := d.varint()
	if n < 0 || n > int64(len(d.b)) {
		d.short = d.short || n != 0
		return dst
	}
	for range n {
		dst = append(dst, Header{Key: w.name(d.bytes()), Value: d.bytes()})
	}
	return dst
}

// name returns a header's name as a string. A feed uses few names; one that makes them up is not remembered.
func (w *walker) name(b []byte) string {
	if s, ok := w.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if w.names == nil {
		w.names = map[string]string{}
	}
	if len(w.names) < 256 {
		w.names[s] = s
	}
	return s
}
