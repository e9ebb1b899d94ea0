package ingest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
)

// The fetch request and its answer are written and read here, not by kafka-go's protocol/fetch, for three reasons:
//   - kafka-go decodes records one field at a time through io.Reader: measured in BenchmarkFetch, several times the CPU;
//   - it drops what accounting for every offset needs: a batch's last offset (so an emptied batch is read for ever, see
//     segmentio/kafka-go#874 and #1416) and whether the timestamp is the broker's;
//   - one answer for a hundred partitions stays one buffer, whose records are used where they lie.
//
// The connection, its pool, TLS, SASL and version negotiation are kafka-go's (see direct).

// fetchPart asks for one partition from one offset.
type fetchPart struct {
	place
	owner    *partition // who asks; not sent
	offset   int64
	maxBytes int32
}

// fetched is the answer for one partition. records holds whole record batches, and perhaps a cut one at the end.
type fetched struct {
	at        int // its place in the request
	partition int32
	err       kafka.Error // 0 if none
	end       int64       // high watermark: one behind the last replicated offset
	stable    int64       // one behind the last offset that no open transaction holds back
	start     int64       // first offset that the broker still has
	aborted   []abortedTxn
	records   []byte
}

// abortedTxn is a transaction whose records must not be seen: those of the producer from first up to its abort marker.
type abortedTxn struct{ producer, first int64 }

// fetchRequest reads many partitions of one broker in one round trip, without a fetch session. It is a protocol.Message
// that writes and reads itself. It must not be used again after its context has ended early: the connection may still
// be writing into it.
type fetchRequest struct {
	broker    int32
	clientID  string
	committed bool // hide what is not committed yet; the aborted are listed beside the records
	wait      time.Duration
	maxBytes  int32
	parts     []fetchPart // parts of one topic stand together
	buffers   *bufferPool

	version int16
	answer  []fetched
	held    *buffer // what records of the answer lie in; the caller releases it
}

// Versions of the fetch API that are spoken here: 4 brought transactions (Kafka 0.11), 11 is the last without compact
// encoding and topic ids.
const (
	minFetchVersion = 4
	maxFetchVersion = 11
)

func (r *fetchRequest) ApiKey() protocol.ApiKey { return protocol.Fetch }

func (r *fetchRequest) Broker(protocol.Cluster) (protocol.Broker, error) {
	return protocol.Broker{ID: r.broker}, nil
}

func (r *fetchRequest) Required(versions map[protocol.ApiKey]int16) bool {
	r.version = versions[protocol.Fetch]
	return true
}

// fetch sends the request and waits for its answer, at most the request's own wait and a margin.
func (w *wire) fetch(ctx context.Context, r *fetchRequest) error {
	ctx, cancel := context.WithTimeout(ctx, r.wait+requestTimeout)
	defer cancel()
	r.clientID = w.clientID
	_, err := w.roundTrip(ctx, r)
	return err
}

// RawExchange writes the request and reads the whole answer into one buffer.
func (r *fetchRequest) RawExchange(rw io.ReadWriter) (protocol.Message, error) {
	if r.version < minFetchVersion || r.version > maxFetchVersion {
		return nil, fmt.Errorf("broker %d speaks fetch version %d, %d to %d are needed: use Kafka 0.11 or later", r.broker, r.version, minFetchVersion, maxFetchVersion)
	}
	if _, err := rw.Write(r.encode()); err != nil {
		return nil, err
	}
	var head [4]byte
	if _, err := io.ReadFull(rw, head[:]); err != nil {
		return nil, err
	}
	size := int(binary.BigEndian.Uint32(head[:]))
	if size < 8 || size > maxAnswer {
		return nil, fmt.Errorf("broker %d: a fetch answer of %d bytes, at most %d are taken: is this a Kafka port, without TLS?", r.broker, size, maxAnswer)
	}
	b := r.buffers.get(size)
	if _, err := io.ReadFull(rw, b.bytes); err != nil {
		b.release()
		return nil, err
	}
	if err := r.decode(b.bytes); err != nil {
		b.release()
		return nil, fmt.Errorf("broker %d: fetch answer: %w", r.broker, err)
	}
	r.held = b
	return r, nil
}

// maxAnswer bounds what one broker can make us allocate.
const maxAnswer = 512 << 20

func (r *fetchRequest) encode() []byte {
	be, b, v := binary.BigEndian, make([]byte, 4, 128+48*len(r.parts)), r.version
	b = be.AppendUint16(b, uint16(protocol.Fetch))
	b = be.AppendUint16(b, uint16(v))
	b = be.AppendUint32(b, correlation)
	b = appendString(b, r.clientID)
	b = be.AppendUint32(b, 0xffffffff) // replica: none, we are a consumer
	b = be.AppendUint32(b, uint32(r.wait/time.Millisecond))
	b = be.AppendUint32(b, 1) // min bytes: anything ends the wait
	b = be.AppendUint32(b, uint32(r.maxBytes))
	b = append(b, isolation(r.committed))
	if v >= 7 {
		b = be.AppendUint32(b, 0)          // no session
		b = be.AppendUint32(b, 0xffffffff) // and none to be made
	}
	count := len(b)
	b = be.AppendUint32(b, 0)
	topics := 0
	for i := 0; i < len(r.parts); topics++ {
		n := 1
		for i+n < len(r.parts) && r.parts[i+n].topic == r.parts[i].topic {
			n++
		}
		b = appendString(b, r.parts[i].topic)
		b = be.AppendUint32(b, uint32(n))
		for _, p := range r.parts[i : i+n] {
			b = p.encode(b, v)
		}
		i += n
	}
	be.PutUint32(b[count:], uint32(topics))
	if v >= 7 {
		b = be.AppendUint32(b, 0) // nothing to forget
	}
	if v >= 11 {
		b = appendString(b, "") // no rack: the leader answers
	}
	be.PutUint32(b, uint32(len(b)-4))
	return b
}

func (p fetchPart) encode(b []byte, version int16) []byte {
	be := binary.BigEndian
	b = be.AppendUint32(b, uint32(p.partition))
	if version >= 9 {
		b = be.AppendUint32(b, 0xffffffff) // any leader epoch
	}
	b = be.AppendUint64(b, uint64(p.offset))
	if version >= 5 {
		b = be.AppendUint64(b, 0xffffffffffffffff) // log start: only replicas have one
	}
	return be.AppendUint32(b, uint32(p.maxBytes))
}

func isolation(committed bool) byte {
	if committed {
		return 1
	}
	return 0
}

func appendString(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
}

var errShort = errors.New("it ends too early")

// decode reads the answer. Topics that were not asked for are passed over.
func (r *fetchRequest) decode(b []byte) error {
	d := wireFields{b: b}
	if id := d.u32(); id != correlation {
		return fmt.Errorf("it answers request %d, not %d", id, correlation)
	}
	d.u32() // throttled for so long
	if r.version >= 7 {
		if code := kafka.Error(int16(d.u16())); code != 0 {
			return code
		}
		d.u32() // session
	}
	next := 0
	for range d.count(6) {
		topic := d.text()
		for range d.count(14) {
			f := d.fetched(r.version)
			if at, ok := r.find(topic, f.partition, next); ok {
				f.at, next = at, at+1
				r.answer = append(r.answer, f)
			}
		}
	}
	if d.short {
		return errShort
	}
	return nil
}

// find looks a partition up in the request, first where the order of the request has it.
func (r *fetchRequest) find(topic []byte, partition int32, hint int) (int, bool) {
	for i := range r.parts {
		at := (hint + i) % len(r.parts)
		if p := &r.parts[at]; p.partition == partition && p.topic == string(topic) {
			return at, true
		}
	}
	return 0, false
}

func (d *wireFields) fetched(version int16) fetched {
	var f fetched
	f.partition = int32(d.u32())
	f.err = kafka.Error(int16(d.u16()))
	f.end, f.stable = int64(d.u64()), int64(d.u64())
	if version >= 5 {
		f.start = int64(d.u64())
	}
	for range d.count(16) {
		f.aborted = append(f.aborted, abortedTxn{producer: int64(d.u64()), first: int64(d.u64())})
	}
	if version >= 11 {
		d.u32() // a replica to read from instead: we read from leaders only
	}
	if n := int32(d.u32()); n > 0 {
		f.records = d.take(int(n))
	}
	return f
}

// wireFields reads the protocol's fixed-size fields. After a short read all further reads give zero.
type wireFields struct {
	b     []byte
	short bool
}

func (d *wireFields) take(n int) []byte {
	if n < 0 || n > len(d.b) {
		d.b, d.short = nil, true
		return nil
	}
	t := d.b[:n:n]
	d.b = d.b[n:]
	return t
}

func (d *wireFields) u16() uint16 {
	if t := d.take(2); t != nil {
		return binary.BigEndian.Uint16(t)
	}
	return 0
}

func (d *wireFields) u32() uint32 {
	if t := d.take(4); t != nil {
		return binary.BigEndian.Uint32(t)
	}
	return 0
}

func (d *wireFields) u64() uint64 {
	if t := d.take(8); t != nil {
		return binary.BigEndian.Uint64(t)
	}
	return 0
}

func (d *wireFields) text() []byte { return d.take(int(int16(d.u16()))) }

// count reads an array's length; each element takes at least size bytes, which bounds a broken length.
func (d *wireFields) count(size int) int {
	n := int(int32(d.u32()))
	if n > len(d.b)/size {
		d.b, d.short = nil, true
		return 0
	}
	return max(n, 0)
}

// buffer is shared memory with a count of its users.
type buffer struct {
	bytes []byte
	users atomic.Int32
	pool  *bufferPool
}

func (b *buffer) retain() { b.users.Add(1) }

func (b *buffer) release() {
	if b.users.Add(-1) == 0 {
		b.pool.put(b)
	}
}

// bufferPool keeps buffers for the next answer, small ones apart so that an idle fetch does not hold megabytes.
type bufferPool struct {
	small, large sync.Pool
}

const smallBuffer = 64 << 10

// get returns a buffer of n bytes with one user.
func (p *bufferPool) get(n int) *buffer {
	pool := &p.large
	if n <= smallBuffer {
		pool = &p.small
	}
	b, _ := pool.Get().(*buffer)
	if b == nil || cap(b.bytes) < n {
		size := smallBuffer
		for size < n {
			size *= 2
		}
		b = &buffer{bytes: make([]byte, size), pool: p}
	}
	b.bytes = b.bytes[:n]
	b.users.Store(1)
	return b
}

func (p *bufferPool) put(b *buffer) {
	if cap(b.bytes) <= smallBuffer {
		p.small.Put(b)
		return
	}
	p.large.Put(b)
}
