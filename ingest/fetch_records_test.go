package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go/compress"
	"pgregory.net/rapid"

	"wuku/entity"
)

// recordBatch is a batch to be encoded, the other direction of what the walker reads.
type recordBatch struct {
	base, last int64
	attributes uint16
	producer   int64
	firstTime  int64
	maxTime    int64
	records    []Message
}

func (b recordBatch) encode(tb testing.TB) []byte {
	tb.Helper()
	var body []byte
	for _, m := range b.records {
		r := []byte{0}
		r = binary.AppendVarint(r, m.TimeMS-b.firstTime)
		r = binary.AppendVarint(r, m.Offset-b.base)
		r = appendVar(appendVar(r, m.Key), m.Value)
		r = binary.AppendVarint(r, int64(len(m.Headers)))
		for _, h := range m.Headers {
			r = appendVar(appendVar(r, []byte(h.Key)), h.Value)
		}
		body = append(binary.AppendVarint(body, int64(len(r))), r...)
	}
	if codec := compress.Compression(b.attributes & attrCompression).Codec(); codec != nil {
		var z bytes.Buffer
		w := codec.NewWriter(&z)
		if _, err := w.Write(body); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
		body = z.Bytes()
	}
	be := binary.BigEndian
	out := be.AppendUint64(nil, uint64(b.base))
	out = be.AppendUint32(out, uint32(batchHeader-batchPrefix+len(body)))
	out = be.AppendUint32(out, 0)
	out = append(out, 2)
	out = be.AppendUint32(out, 0)
	out = be.AppendUint16(out, b.attributes)
	out = be.AppendUint32(out, uint32(b.last-b.base))
	out = be.AppendUint64(out, uint64(b.firstTime))
	out = be.AppendUint64(out, uint64(b.maxTime))
	out = be.AppendUint64(out, uint64(b.producer))
	out = be.AppendUint16(out, 0)
	out = be.AppendUint32(out, 0)
	out = be.AppendUint32(out, uint32(len(b.records)))
	out = append(out, body...)
	be.PutUint32(out[batchCRC:], crc32.Checksum(out[batchAttributes:], castagnoli))
	return out
}

func appendVar(dst, b []byte) []byte {
	if b == nil {
		return binary.AppendVarint(dst, -1)
	}
	return append(binary.AppendVarint(dst, int64(len(b))), b...)
}

// abortMarker ends a producer's transaction.
func abortMarker(offset, producer int64) recordBatch {
	return recordBatch{base: offset, last: offset, attributes: attrControl | attrTransactional, producer: producer,
		records: []Message{{Offset: offset, Key: []byte{0, 0, 0, 0}, Value: make([]byte, 6)}}}
}

// seen is what a walk has reported, as text.
func seen(t interface{ Fatal(...any) }, c chunk) ([]string, int64, error) {
	var out []string
	next := c.from
	step := func(from, to int64) {
		if from != next || to <= from {
			t.Fatal(fmt.Sprintf("reported [%d, %d) after %d", from, to, next))
		}
		next = to
	}
	w := walker{
		message: func(m *Message) {
			step(m.Offset, m.Offset+1)
			out = append(out, fmt.Sprintf("%d %s=%s", m.Offset, m.Key, m.Value))
		},
		span: func(from, to int64, o entity.Outcome) {
			step(from, to)
			out = append(out, fmt.Sprintf("%d-%d %d", from, to-1, o))
		},
	}
	end, err := w.walk(&c)
	if err == nil && (end != c.to || next != c.to) {
		t.Fatal(fmt.Sprintf("walked to %d and reported to %d of %d", end, next, c.to))
	}
	return out, end, err
}

func message(offset int64, value string) Message {
	return Message{Offset: offset, Key: []byte("k"), Value: []byte(value)}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	plain := recordBatch{base: 0, last: 2, records: []Message{message(0, "a"), message(1, "b"), message(2, "c")}}
	tx := recordBatch{base: 3, last: 4, attributes: attrTransactional, producer: 7, records: []Message{message(3, "d"), message(4, "e")}}
	other := recordBatch{base: 5, last: 5, attributes: attrTransactional, producer: 8, records: []Message{message(5, "f")}}
	after := recordBatch{base: 7, last: 7, attributes: attrTransactional, producer: 7, records: []Message{message(7, "g")}}
	for _, tc := range []struct {
		name     string
		batches  []recordBatch
		aborted  []abortedTxn
		from, to int64
		start    int64
		want     []string
	}{
		{"records", []recordBatch{plain}, nil, 0, 3, 0, []string{"0 k=a", "1 k=b", "2 k=c"}},
		{"from the middle of a batch", []recordBatch{plain}, nil, 2, 3, 0, []string{"2 k=c"}},
		{"batches below what was asked for", []recordBatch{plain, tx}, nil, 3, 5, 0, []string{"3 k=d", "4 k=e"}},
		{"one producer aborted", []recordBatch{plain, tx, other, abortMarker(6, 7), after}, []abortedTxn{{7, 3}}, 0, 8, 0,
			[]string{"0 k=a", "1 k=b", "2 k=c", "3-4 6", "5 k=f", "6-6 5", "7 k=g"}},
		{"aborted again after its marker", []recordBatch{tx, other, abortMarker(6, 7), after}, []abortedTxn{{7, 7}, {7, 3}}, 3, 8, 0,
			[]string{"3-4 6", "5 k=f", "6-6 5", "7-7 6"}},
		{"holes in, between and behind batches", []recordBatch{
			{base: 0, last: 5, records: []Message{message(1, "a"), message(4, "b")}}, {base: 8, last: 8, records: []Message{message(8, "c")}}}, nil, 0, 9, 0,
			[]string{"0-0 5", "1 k=a", "2-3 5", "4 k=b", "5-7 5", "8 k=c"}},
		{"an emptied batch", []recordBatch{{base: 0, last: 9}}, nil, 0, 10, 0, []string{"0-9 5"}},
		{"the log's start has moved past us", []recordBatch{{base: 10, last: 10, records: []Message{message(10, "a")}}}, nil, 0, 11, 6,
			[]string{"0-5 7", "6-9 5", "10 k=a"}},
		{"a gap alone", nil, nil, 5, 9, 9, []string{"5-8 7"}},
		{"null key, null value", []recordBatch{{base: 0, last: 0, records: []Message{{Offset: 0}}}}, nil, 0, 1, 0, []string{"0 ="}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var records []byte
			for _, b := range tc.batches {
				records = append(records, b.encode(t)...)
			}
			records = append(records, plain.encode(t)[:40]...) // brokers cut the last batch
			got, _, err := seen(t, chunk{from: tc.from, to: tc.to, start: tc.start, aborted: tc.aborted, records: records})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if len(tc.batches) > 0 {
				if got := reach(records, tc.from); got != tc.to {
					t.Errorf("reach %d, want %d", got, tc.to)
				}
			}
		})
	}
}

func TestWalkFields(t *testing.T) {
	t.Parallel()
	want := Message{Topic: "t", Partition: 3, Offset: 5, TimeMS: 1234, Key: []byte{}, Value: nil,
		Headers: []Header{{Key: "a", Value: []byte("x")}, {Key: "a", Value: nil}, {Key: "b", Value: []byte{}}}}
	for _, tc := range []struct {
		name       string
		attributes uint16
		time       int64
	}{{"the producer's time", 0, 1234}, {"the broker's time", attrLogAppendTime, 9999}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := recordBatch{base: 5, last: 5, attributes: tc.attributes, firstTime: 1000, maxTime: 9999, records: []Message{want}}
			want := want
			want.TimeMS = tc.time
			n := 0
			w := walker{span: func(int64, int64, entity.Outcome) { t.Error("a range") }, message: func(m *Message) {
				n++
				if diff := cmp.Diff(want, *m); diff != "" {
					t.Error(diff)
				}
			}}
			if _, err := w.walk(&chunk{place: place{"t", 3}, from: 5, to: 6, records: b.encode(t)}); err != nil || n != 1 {
				t.Errorf("walk: %v, %d messages", err, n)
			}
		})
	}
}

func TestWalkRefusesBrokenBatches(t *testing.T) {
	t.Parallel()
	good := recordBatch{base: 0, last: 1, records: []Message{message(0, "a"), message(1, "b")}}
	for _, tc := range []struct {
		name  string
		spoil func(b []byte)
	}{
		{"a flipped bit", func(b []byte) { b[len(b)-1] ^= 1 }},
		{"an old format", func(b []byte) { b[batchMagic] = 1 }},
		{"a record longer than the batch", func(b []byte) { b[batchHeader] = 0x7e; sign(b) }},
		{"an unknown compression", func(b []byte) { b[batchAttributes+1] = 7; sign(b) }},
		{"compression that is none", func(b []byte) { b[batchAttributes+1] = byte(compress.Zstd); sign(b) }},
		{"an end before its begin", func(b []byte) { binary.BigEndian.PutUint32(b[batchLastDelta:], 0xffffffff); sign(b) }},
		{"more records than bytes", func(b []byte) { binary.BigEndian.PutUint32(b[batchCount:], 1000); sign(b) }},
		{"a marker without a type", func(b []byte) { b[batchAttributes+1] = attrControl; sign(b) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := good.encode(t)
			tc.spoil(b)
			first := recordBatch{base: 0, last: 0, records: []Message{message(0, "x")}}.encode(t)
			binary.BigEndian.PutUint64(b, 1)
			if tc.name == "an end before its begin" {
				binary.BigEndian.PutUint64(b, 2)
			}
			got, _, err := seen(t, chunk{from: 0, to: 3, records: append(first, b...)})
			if !errors.Is(err, errCorrupt) {
				t.Errorf("error %v, want %v", err, errCorrupt)
			}
			if len(got) == 0 || got[0] != "0 k=x" {
				t.Errorf("reported %v, want what stands before the broken batch", got)
			}
		})
	}
}

func sign(b []byte) {
	binary.BigEndian.PutUint32(b[batchCRC:], crc32.Checksum(b[batchAttributes:], castagnoli))
}

// Whatever a log holds and wherever reading begins, each offset is reported once, in order, and each record as it was written.
func TestWalkAccountsForEveryOffset(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var records []byte
		var want []string
		next := rapid.Int64Range(0, 1<<40).Draw(r, "base")
		first := next
		for range rapid.IntRange(0, 6).Draw(r, "batches") {
			next += rapid.Int64Range(0, 3).Draw(r, "hole")
			b := recordBatch{base: next, attributes: uint16(rapid.IntRange(0, 4).Draw(r, "codec"))}
			for range rapid.IntRange(0, 5).Draw(r, "records") {
				next += rapid.Int64Range(0, 2).Draw(r, "compacted")
				m := Message{Offset: next, Key: []byte("k"), Value: rapid.SliceOf(rapid.Byte()).Draw(r, "value"), TimeMS: rapid.Int64Range(0, 1<<41).Draw(r, "time")}
				b.records = append(b.records, m)
				want = append(want, fmt.Sprintf("%d %s=%s", m.Offset, m.Key, m.Value))
				next++
			}
			b.last = next + rapid.Int64Range(0, 2).Draw(r, "compacted tail")
			next = b.last + 1
			records = append(records, b.encode(t)...)
		}
		from := rapid.Int64Range(first, next).Draw(r, "from")
		got, _, err := seen(r, chunk{from: from, to: next, records: records})
		if err != nil {
			r.Fatal(err)
		}
		isMessage := func(s string) bool { return bytes.Contains([]byte(s), []byte("=")) }
		got = slices.DeleteFunc(got, func(s string) bool { return !isMessage(s) })
		want = slices.DeleteFunc(want, func(s string) bool {
			var off int64
			_, err := fmt.Sscan(s, &off)
			return err != nil || off < from
		})
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			r.Fatal(diff)
		}
	})
}

// FuzzWalk feeds the walker batches whose checksum is right and whose content is anything: it must neither panic nor report an
// offset twice, out of order or outside what was asked for.
func FuzzWalk(f *testing.F) {
	f.Add(recordBatch{base: 0, last: 1, records: []Message{message(0, "a"), message(1, "b")}}.encode(f), int64(0))
	f.Add(abortMarker(4, 7).encode(f), int64(2))
	f.Add(recordBatch{base: 9, last: 9, attributes: uint16(compress.Lz4), records: []Message{message(9, "z")}}.encode(f), int64(9))
	f.Fuzz(func(t *testing.T, b []byte, from int64) {
		if len(b) < batchHeader || from < 0 || from > 1<<50 {
			return
		}
		binary.BigEndian.PutUint32(b[batchLength:], uint32(len(b)-batchPrefix))
		binary.BigEndian.PutUint64(b, binary.BigEndian.Uint64(b)&(1<<50-1))
		sign(b)
		to := reach(b, from)
		if _, end, err := seen(t, chunk{from: from, to: to, records: b}); err == nil && end != to {
			t.Errorf("walked to %d of %d", end, to)
		}
	})
}

// FuzzAnswer feeds the fetch answer's reader anything.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte{0x77, 0x75, 0x6b, 0x75, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 1}, uint8(11))
	f.Fuzz(func(t *testing.T, b []byte, version uint8) {
		r := &fetchRequest{version: int16(4 + version%8), parts: []fetchPart{{place: place{"t", 0}}}}
		if err := r.decode(b); err == nil {
			for _, a := range r.answer {
				if a.at != 0 || len(a.records) > len(b) {
					t.Errorf("answer %+v", a)
				}
			}
		}
	})
}
