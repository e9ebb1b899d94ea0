package entity

import "math/big"

// Library names. The order is fixed: a library's number (index plus 1) is stored in the ledger.
const (
	Person       = "person"       // 人口
	Organisation = "organisation" // 法人
	Certificate  = "certificate"  // 电子证照
	Credit       = "credit"       // 社会信用
	Place        = "place"        // 自然资源和空间地理
)

// Libraries lists the five base libraries in the order of their numbers.
var Libraries = [...]string{Person, Organisation, Certificate, Credit, Place}

// LibraryNumber is 1 to 5, or 0 for a name that is no library.
func LibraryNumber(name string) uint8 {
	for i, l := range Libraries {
		if l == name {
			return uint8(i + 1)
		}
	}
	return 0
}

// Version orders the versions of one record. It is a function of the message alone, never of its arrival:
// 64 bits of the feed's declared version (counter, log position, or milliseconds of a time), 40 bits of offset, 12 of
// partition and 12 of the mapping's revision; of one message only the highest revision of the mapping lives.
type Version struct{ Hi, Lo uint64 }

// Limits of the packed fields of a Version.
const (
	MaxOffset    = 1<<40 - 1
	MaxPartition = 1<<12 - 1
	MaxRevision  = 1<<12 - 1
)

// MakeVersion packs a version. Values over the limits are a programming error and are cut.
func MakeVersion(declared uint64, offset int64, partition int32, revision uint32) Version {
	return Version{Hi: declared, Lo: uint64(offset)&MaxOffset<<24 | uint64(partition)&MaxPartition<<12 | uint64(revision)&MaxRevision}
}

// Less reports whether v is older than w.
func (v Version) Less(w Version) bool { return v.Hi < w.Hi || v.Hi == w.Hi && v.Lo < w.Lo }

// Big is the number that the engine stores (UInt128).
func (v Version) Big() *big.Int {
	b := new(big.Int).SetUint64(v.Hi)
	return b.Or(b.Lsh(b, 64), new(big.Int).SetUint64(v.Lo))
}

// Op says what a row of claims.* states. Only ingest writes Assert and Alias; only the resolver writes Gone and Stay.
type Op uint8

// The ops.
const (
	Assert Op = 1 // this version of the record says these elements of the anchor
	Alias  Op = 2 // this version names the anchor as a weaker identifier of the anchor in also[1]
	Gone   Op = 3 // an older version named the anchor, this one does not: whatever is older is dead here
	Stay   Op = 4 // this version's identifier failed its check: its own anchor belongs to also[1], the last good one
)

// Outcome is what became of one offset of a topic; every offset has exactly one row in the ledger, alone or in a range.
type Outcome uint8

// The outcomes.
const (
	Claimed     Outcome = 1 // claims were written
	Deleted     Outcome = 2 // the source deleted the record
	Unmapped    Outcome = 3 // nothing in the message is mapped, or it is empty
	Quarantined Outcome = 4 // kept with its reason, see quality.quarantine
	Control     Outcome = 5 // transaction markers, and offsets that compaction or transactions left empty
	Aborted     Outcome = 6 // records of an aborted transaction
	Gap         Outcome = 7 // lost to retention before we read it: an incident
	Erased      Outcome = 8 // the record is on the erasure list: nothing of it was kept
)

// Naming says how a message named an anchor. It is stored in the ledger as one word beside the anchor.
type Naming uint8

// The namings.
const (
	ByStrongest Naming = 0 // the anchor of the claim's strongest identifier
	ByWeaker    Naming = 1 // the anchor of a further identifier (its alias row)
	ByFault     Naming = 2 // the record's own anchor, because an identifier failed its check: the last good anchor stays
	ByRecord    Naming = 3 // the record's own anchor, because no identifier was given
)

// NamedWord packs (library number, naming, role) into the ledger's word: 8 bits, 8 bits, 48 bits of the role's FNV-1a hash.
func NamedWord(library uint8, naming Naming, role string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(role); i++ {
		h = (h ^ uint64(role[i])) * 1099511628211
	}
	return uint64(library)<<56 | uint64(naming)<<48 | h&(1<<48-1)
}
