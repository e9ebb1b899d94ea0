package ingest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/cespare/xxhash/v2"

	"wuku/catalog"
	"wuku/entity"
)

// Ranges is how many ranges the records of a feed fall into: by the first 12 bits of the XXH64 of their keys.
const Ranges = 4096

// RangeOf is the range of a record key.
func RangeOf(key string) int { return int(xxhash.Sum64String(key) >> 52) }

// Inventory is what somebody holds of one feed, as digests (盘点): of every record what its mapped values are, summed up by ranges. The
// source makes one of its own records, the library one of its claims; where both are equal, so are the records, but for a chance of
// about one in 2^64 a range. A digest names no value, but whoever knows a record can tell that it is in it: treat it as the data itself.
type Inventory struct {
	Feed    string    `json:"feed"`
	Mapping string    `json:"mapping"` // digest of the mapping under which values are compared; see catalog.MappingDigests
	At      time.Time `json:"at"`
	Records int       `json:"records"`
	Refused int       `json:"refused"` // messages that the mapping refuses: the library has them in quarantine
	Ranges  []Range   `json:"ranges"`  // Ranges of them
	// Keys holds the single records of the ranges that were asked for, by range.
	Keys map[string][]Held `json:"keys,omitempty"`
}

// Range is the sum of one range: how many records, and the wrapping sum of their digests.
type Range struct {
	N   int    `json:"n"`
	Sum uint64 `json:"sum,string"`
}

// Held is one record with the digest of its mapped values.
type Held struct {
	Key    string `json:"key"`
	Digest uint64 `json:"digest,string"`
}

// NewInventory is an empty inventory of a feed.
func NewInventory(c *catalog.Catalog, feed string, at time.Time) *Inventory {
	return &Inventory{Feed: feed, Mapping: c.MappingDigest(feed), At: at.UTC().Truncate(time.Second), Ranges: make([]Range, Ranges), Keys: map[string][]Held{}}
}

// Add counts one record. ask says whether the record's key is wanted too.
func (i *Inventory) Add(h Held, ask func(number int) bool) {
	r := RangeOf(h.Key)
	i.Records++
	i.Ranges[r].N++
	i.Ranges[r].Sum += xxhash.Sum64String(h.Key + "\x00" + strconv.FormatUint(h.Digest, 10))
	if ask != nil && ask(r) {
		name := strconv.Itoa(r)
		i.Keys[name] = append(i.Keys[name], h)
	}
}

// mostLine is the longest line of a file, in bytes.
const mostLine = 4 << 20

// Take reads a source's own records, one message a line, as the feed's contract has them, and adds them up; of several lines of one record the
// newest version counts, then the last line. Nothing of the network or of the library is needed.
func (i *Inventory) Take(m *Mapper, topic string, from io.Reader, ask func(number int) bool) error {
	newest := map[string]version{}
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, 64<<10), mostLine)
	now := time.Now().UnixMilli()
	offset := int64(0)
	take := func() error {
		b := m.Take(topic, 0, 0, offset)
		i.Refused += b.Quarantine.Rows
		err := collect(b, newest)
		m.Recycle(b)
		return err
	}
	for ; lines.Scan(); offset++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		m.Map(&Message{Topic: topic, Offset: offset, TimeMS: now, Value: line})
		if m.Bytes() > 8<<20 {
			if err := take(); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(lines.Err(), take()); err != nil {
		return fmt.Errorf("feed %s: line %d: %w", i.Feed, offset+1, err)
	}
	for key, v := range newest {
		if v.claims > 0 {
			i.Add(Held{key, v.digest}, ask)
		}
	}
	return nil
}

// version is the newest version of a record that a file holds.
type version struct {
	ver    entity.Version
	digest uint64
	claims int
}

// collect adds a batch's records up: the ledger says which versions there are, the claims what they say.
func collect(b *entity.Batch, newest map[string]version) error {
	ver, outcome := columnOf(b.Ledger, "ver"), columnOf(b.Ledger, "outcome")
	keys := textsOf(b.Ledger, "key")
	for row := range b.Ledger.Rows {
		switch entity.Outcome(outcome.Data[row]) {
		case entity.Claimed, entity.Deleted, entity.Unmapped:
			k, v := keys[row], versionAt(ver, row)
			if old, there := newest[k]; k != "" && (!there || old.ver.Less(v)) {
				newest[k] = version{ver: v}
			}
		}
	}
	for _, c := range b.Claims {
		ver, op, digest := columnOf(c, "ver"), columnOf(c, "op"), columnOf(c, "digest")
		if c.Rows > 0 && (len(ver.Data) == 0 || len(op.Data) == 0 || len(digest.Data) == 0) {
			return errors.New("a block of claims lacks a column")
		}
		keys, roles := textsOf(c, "key"), textsOf(c, "role")
		for row := range c.Rows {
			k := keys[row]
			v, there := newest[k]
			if !there || v.ver != versionAt(ver, row) || entity.Op(op.Data[row]) != entity.Assert {
				continue
			}
			v.digest += ClaimDigest(roles[row], binary.LittleEndian.Uint64(digest.Data[row*8:]))
			v.claims++
			newest[k] = v
		}
	}
	return nil
}

// ClaimDigest is what one claim adds to the digest of its record.
func ClaimDigest(role string, values uint64) uint64 {
	return xxhash.Sum64String(role + "\x00" + strconv.FormatUint(values, 10))
}

func versionAt(c *entity.Column, row int) entity.Version {
	return entity.Version{Lo: binary.LittleEndian.Uint64(c.Data[row*16:]), Hi: binary.LittleEndian.Uint64(c.Data[row*16+8:])}
}

// Difference is what two inventories of one feed do not agree on.
type Difference struct {
	Feed     string   `json:"feed"`
	Source   int      `json:"source"`  // records there
	Library  int      `json:"library"` // records here
	Ranges   []int    `json:"ranges"`  // that differ; empty: all is equal
	Asked    bool     `json:"asked"`   // the source's inventory has the keys of all ranges that differ, so the rest is complete
	Missing  []string `json:"missing"` // records that the library lacks
	Altered  []string `json:"altered"` // records whose values differ
	Surplus  []string `json:"surplus"` // records that the source does not have
	Refusals int      `json:"refused"` // messages that the source's own mapping refuses
}

// Compare compares the source's inventory with the library's. Both must be of one feed and one mapping.
func Compare(source, library *Inventory) (Difference, error) {
	d := Difference{Feed: source.Feed, Source: source.Records, Library: library.Records, Refusals: source.Refused, Ranges: []int{}, Missing: []string{}, Altered: []string{}, Surplus: []string{}, Asked: true}
	switch {
	case source.Feed != library.Feed:
		return d, fmt.Errorf("inventories of two feeds, %s and %s", source.Feed, library.Feed)
	case source.Mapping != library.Mapping:
		return d, fmt.Errorf("feed %s: the source goes by another mapping than the library: give both the same catalogue", source.Feed)
	case len(source.Ranges) != Ranges || len(library.Ranges) != Ranges:
		return d, fmt.Errorf("feed %s: want %d ranges", source.Feed, Ranges)
	}
	for r := range source.Ranges {
		if source.Ranges[r] == library.Ranges[r] {
			continue
		}
		d.Ranges = append(d.Ranges, r)
		name := strconv.Itoa(r)
		if len(source.Keys[name]) != source.Ranges[r].N || len(library.Keys[name]) != library.Ranges[r].N {
			d.Asked = false
			continue
		}
		d.records(source.Keys[name], library.Keys[name])
	}
	for _, list := range [][]string{d.Missing, d.Altered, d.Surplus} {
		slices.Sort(list)
	}
	return d, nil
}

func (d *Difference) records(source, library []Held) {
	here := map[string]uint64{}
	for _, h := range library {
		here[h.Key] = h.Digest
	}
	for _, h := range source {
		digest, there := here[h.Key]
		switch {
		case !there:
			d.Missing = append(d.Missing, h.Key)
		case digest != h.Digest:
			d.Altered = append(d.Altered, h.Key)
		}
		delete(here, h.Key)
	}
	for key := range here {
		d.Surplus = append(d.Surplus, key)
	}
}
