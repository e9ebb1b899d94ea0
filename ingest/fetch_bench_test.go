package ingest

import (
	"context"
	"errors"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
	"github.com/twmb/franz-go/pkg/kfake"

	"wuku/entity"
)

// BenchmarkFetch reads records of 500 bytes from an endless synthetic partition in three ways. cpu-s/M is the process's CPU
// time for a million records, the in-process broker's included (the same for all three).
func BenchmarkFetch(b *testing.B) {
	for _, way := range []struct {
		name string
		read func(b *testing.B, addr string, records int)
	}{
		{"own", readOwn},
		{"protocol", readProtocol},
		{"conn", readConn},
	} {
		b.Run(way.name, func(b *testing.B) {
			c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "t"),
				kfake.SyntheticFetch(kfake.SyntheticBatch{RecordBytes: 500, RandomFrac: 0.5}))
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			before := cpu()
			b.ResetTimer()
			way.read(b, c.ListenAddrs()[0], b.N)
			b.ReportMetric(float64(cpu()-before)/float64(time.Second)*1e6/float64(b.N), "cpu-s/M")
		})
	}
}

// cpu is the CPU time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func readOwn(b *testing.B, addr string, records int) {
	w := newWire(Kafka{Brokers: []string{addr}})
	defer w.close()
	var buffers bufferPool
	n, size := 0, 0
	walk := walker{
		message: func(m *Message) { n++; size += len(m.Value) },
		span:    func(int64, int64, entity.Outcome) {},
	}
	for off := int64(0); n < records; {
		r := &fetchRequest{broker: anyBroker, committed: true, wait: time.Second, maxBytes: 8 << 20, buffers: &buffers,
			parts: []fetchPart{{place: place{"t", 0}, offset: off, maxBytes: 4 << 20}}}
		if err := w.fetch(context.Background(), r); err != nil {
			b.Fatal(err)
		}
		f := r.answer[0]
		c := chunk{from: off, to: reach(f.records, off), records: f.records, aborted: f.aborted}
		next, err := walk.walk(&c)
		if err != nil {
			b.Fatal(err)
		}
		off = next
		r.held.release()
	}
	b.SetBytes(int64(size / n))
}

func readProtocol(b *testing.B, addr string, records int) {
	t := &kafka.Transport{}
	defer t.CloseIdleConnections()
	size, off := 0, int64(0)
	for off < int64(records) {
		resp, err := t.RoundTrip(context.Background(), kafka.TCP(addr), &fetch.Request{ReplicaID: -1, MaxWaitTime: 1000, MinBytes: 1, MaxBytes: 8 << 20,
			IsolationLevel: 1, SessionEpoch: -1, Topics: []fetch.RequestTopic{{Topic: "t", Partitions: []fetch.RequestPartition{
				{CurrentLeaderEpoch: -1, FetchOffset: off, LogStartOffset: -1, PartitionMaxBytes: 4 << 20}}}}})
		if err != nil {
			b.Fatal(err)
		}
		stream := resp.(*fetch.Response).Topics[0].Partitions[0].RecordSet.Records.(*protocol.RecordStream)
		for {
			rec, err := stream.ReadRecord()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			v, err := protocol.ReadAll(rec.Value)
			if err != nil {
				b.Fatal(err)
			}
			rec.Value.Close()
			size += len(v)
			off = rec.Offset + 1
		}
	}
	b.SetBytes(int64(size) / off)
}

func readConn(b *testing.B, addr string, records int) {
	conn, err := kafka.DialLeader(context.Background(), "tcp", addr, "t", 0)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Seek(0, kafka.SeekAbsolute|kafka.SeekDontCheck); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 64<<10)
	n, size := 0, 0
	for n < records {
		batch := conn.ReadBatchWith(kafka.ReadBatchConfig{MinBytes: 1, MaxBytes: 4 << 20, IsolationLevel: kafka.ReadCommitted})
		for n < records {
			k, err := batch.Read(buf)
			if err != nil {
				break
			}
			n++
			size += k
		}
		if err := batch.Close(); err != nil && !errors.Is(err, io.ErrShortBuffer) {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(size / n))
}
