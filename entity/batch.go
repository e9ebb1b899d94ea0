package entity

// Batch is what ingest made of one contiguous range of offsets of one partition under one revision of the feed's mapping.
// A sink stores Claims, Quarantine and Findings first and the Ledger last; only then may the offset be committed.
type Batch struct {
	Feed      string
	Topic     string
	Partition int32
	From, To  int64 // offsets [From, To), each of which has a row (alone or in a range) in Ledger
	Revision  uint32
	Records   int // messages in the range
	Claims    []*Block
	// Findings are rows of quality.finding, Quarantine of quality.quarantine, Ledger of ledger.message.
	Findings   *Block
	Quarantine *Block
	Ledger     *Block
	// Fields are rows of quality.field, nil if there is nothing new; Incidents are told once the batch is stored.
	Fields    *Block
	Staged    *Block // rows of snapshot.message, of feeds of snapshots; nil if there are none
	Incidents []Incident
}

// ClaimColumns are the columns that every row of claims.<library> has before its elements. All but anchor and also are
// functions of the message and the feed. Constant columns may be sent as plain Text where they vary.
//
//	anchor      UUID               where the claim stands
//	feed        Constant           catalogue name of the feed
//	key         Text               record key at the source
//	role        Text               the mapping's slot; in a list slot "slot/" + the element's own key
//	ver         U128               see Version
//	op          U8                 see Op
//	also        UUIDs              Assert: anchors of weaker identifiers; Alias: the one stronger anchor
//	event_time  DateTime           when it happened at the source (UTC)
//	topic       Constant
//	partition   U32
//	offset      U64
//	received    DateTime           the broker's timestamp of the message: a replay writes the same
//	digest      U64                hash of the mapped values, for equal copies
//	tier        Constant           nation, province or city
//	jurisdiction Constant          division code of the feed
//	strength   U8                  place of the anchor's identifier in the library's identity list, from 1; 255: the record's own anchor
var ClaimColumns = []string{"anchor", "feed", "key", "role", "ver", "op", "also", "event_time", "topic", "partition", "offset",
	"received", "digest", "tier", "jurisdiction", "strength"}

// OwnStrength is the strength of a record's own anchor, which no identifier gives.
const OwnStrength = 255

// NewClaims returns an empty block for one slot of one feed with its fixed columns in the order of ClaimColumns; the slot's
// elements are added behind them as nullable columns.
func NewClaims(library, feed, topic, tier, jurisdiction string) *Block {
	b := &Block{Table: "claims." + library}
	b.Add("anchor", UUID, false)
	b.AddConstant("feed", feed)
	b.Add("key", Text, false)
	b.Add("role", Text, false)
	b.Add("ver", U128, false)
	b.Add("op", U8, false)
	b.Add("also", UUIDs, false)
	b.Add("event_time", DateTime, false)
	b.AddConstant("topic", topic)
	b.Add("partition", U32, false)
	b.Add("offset", U64, false)
	b.Add("received", DateTime, false)
	b.Add("digest", U64, false)
	b.AddConstant("tier", tier)
	b.AddConstant("jurisdiction", jurisdiction)
	b.Add("strength", U8, false)
	return b
}

// NewLedger returns an empty block of ledger.message for one topic and mapping revision.
// named and anchors run in parallel: see NamedWord. until is the last offset of a range (equal to offset for a message).
// digest is a hash of the message's key and value bytes: on re-opening a partition it proves that the topic is still the same.
func NewLedger(feed, topic string) *Block {
	b := &Block{Table: "ledger.message"}
	b.AddConstant("feed", feed)
	b.AddConstant("topic", topic)
	b.Add("partition", U32, false)
	b.Add("revision", U32, false)
	b.Add("offset", U64, false)
	b.Add("until", U64, false)
	b.Add("outcome", U8, false)
	b.Add("key", Text, false)
	b.Add("ver", U128, false)
	b.Add("named", Words, false)
	b.Add("anchors", UUIDs, false)
	b.Add("received", DateTime, false)
	b.Add("digest", U64, false)
	return b
}

// NewQuarantine returns an empty block of quality.quarantine. reason is a code of this package's Fault; detail says what, where
// and what to do without any value of the message; the message itself is kept whole in message_key, message_value and
// message_headers (JSON text of name to base64). record is the key of the refused record, where it is known.
func NewQuarantine(feed, topic string) *Block {
	b := &Block{Table: "quality.quarantine"}
	b.AddConstant("feed", feed)
	b.AddConstant("topic", topic)
	b.Add("partition", U32, false)
	b.Add("revision", U32, false)
	b.Add("offset", U64, false)
	b.Add("reason", Text, false)
	b.Add("detail", Text, false)
	b.Add("field", Text, false)
	b.Add("message_key", Text, false)
	b.Add("message_value", Text, false)
	b.Add("message_headers", Text, false)
	b.Add("received", DateTime, false)
	b.Add("record", Text, false)
	return b
}

// NewFields returns an empty block of quality.field: which fields a feed's messages have, and of which types. rank orders two sightings
// of one field and type: the earlier one has the greater rank.
func NewFields(feed string) *Block {
	b := &Block{Table: "quality.field"}
	b.AddConstant("feed", feed)
	b.Add("field", Text, false)  // path from the record
	b.Add("type", Text, false)   // text, number, bool, object, list; absent: earlier records had it, and it stays away
	b.Add("mapped", Bool, false) // the contract has it
	b.Add("topic", Text, false)
	b.Add("partition", U32, false)
	b.Add("offset", U64, false)
	b.Add("received", DateTime, false)
	b.Add("rank", U64, false)
	return b
}

// StagedKind says what one message of a snapshot is.
type StagedKind uint8

// The kinds. Messages of kind StagedNothing are not kept.
const (
	StagedNothing StagedKind = 0 // a message without a value
	StagedBegin   StagedKind = 1
	StagedEnd     StagedKind = 2
	StagedRecord  StagedKind = 3
	StagedRefused StagedKind = 4 // it is in quarantine; its key is empty if that could not be read
	StagedErased  StagedKind = 9 // the record is on the erasure list: only that it stood there is kept
)

// NewStaged returns an empty block of snapshot.message: the messages of snapshots until they are compared. count is 1 more than a mark
// declares, 0 if it declares none. digest is of what a record says, whatever its bytes. part numbers the records of a message.
func NewStaged(feed string) *Block {
	b := &Block{Table: "snapshot.message"}
	b.AddConstant("feed", feed)
	b.Add("offset", U64, false)
	b.Add("kind", U8, false)
	b.Add("key", Text, false)
	b.Add("run", Text, false)
	b.Add("count", U64, false)
	b.Add("digest", U64, false)
	b.Add("value", Text, false)
	b.Add("part", U32, false)
	return b
}

// NewFindings returns an empty block of quality.finding as ingest raises them: keyed by claim and element.
func NewFindings(feed, topic string) *Block {
	b := &Block{Table: "quality.finding"}
	b.AddConstant("feed", feed)
	b.AddConstant("topic", topic)
	b.Add("partition", U32, false)
	b.Add("revision", U32, false)
	b.Add("offset", U64, false)
	b.Add("library", Text, false)
	b.Add("key", Text, false)
	b.Add("role", Text, false)
	b.Add("ver", U128, false)
	b.Add("anchor", UUID, false)
	b.Add("element", Text, false)
	b.Add("rule", Text, false)   // the Fault's code
	b.Add("detail", Text, false) // what is wrong and what to do; never the value
	b.Add("received", DateTime, false)
	return b
}
