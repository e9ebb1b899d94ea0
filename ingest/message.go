package ingest

import (
	"github.com/cespare/xxhash/v2"

	"wuku/entity"
)

// Header is one header of a message. Names may repeat; a nil Value is Kafka's null.
type Header struct {
	Key   string
	Value []byte
}

// Message is one committed record of a topic. Its byte slices belong to the fetch buffer: whoever keeps them copies them.
type Message struct {
	Topic      string
	Partition  int32
	Offset     int64
	TimeMS     int64  // the broker's timestamp, milliseconds since 1970 (UTC); negative if the broker gave none
	Key, Value []byte // a nil Value is a tombstone
	Headers    []Header
}

// MapperOptions bounds what a Mapper takes in.
type MapperOptions struct {
	MaxBytes int // greatest size of a message's key and value together; 0 means 1 MiB
	MaxDepth int // greatest nesting of its JSON; 0 means 64
	// Erased reports whether the record is on the erasure list; nil if there is none. It is called once a message.
	Erased func(feed string, key []byte) bool
	// Places reads geometry and coordinates in the system that a feed declares; nil keeps them as they are, and then a feed that
	// declares a system cannot be mapped.
	Places func(system string) (Places, error)
	// Schemas finds the schemas of Avro messages; nil if there is no registry: then messages in Avro wait as for one that is away.
	Schemas *Registry
}

// Places turns places of one coordinate system into the libraries' own (CGCS2000 degrees). Faults are shared and hold no value. It is
// used by one goroutine at a time.
type Places interface {
	// Geometry checks one geometry and appends it to dst as WKT in the libraries' system; what is right already stays as it is written.
	Geometry(dst, text []byte) ([]byte, *entity.Fault)
	// Point converts a coordinate pair.
	Point(x, y float64) (lon, lat float64, f *entity.Fault)
}

// Digest is the hash that stands in the ledger beside a message: of its key, its value, and whether each is null. Opening a
// partition again, it proves that the topic still holds the messages that were read. It is never 0, which marks an offset without a message.
func Digest(key, value []byte) uint64 {
	const prime = 0x9e3779b185ebca87
	k, v := uint64(1), uint64(2)
	if key != nil {
		k = xxhash.Sum64(key)
	}
	if value != nil {
		v = xxhash.Sum64(value)
	}
	if d := (k<<31|k>>33)*prime ^ v; d != 0 {
		return d
	}
	return 1
}
