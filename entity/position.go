package entity

// Position is where reading one partition goes on.
type Position struct {
	Next   int64  // the first offset that the ledger does not account for
	Digest uint64 // the digest in the ledger of the message at Next-1; 0 when that offset was no message
}

// Incident is something that happened to a feed and is no single message's fault. It never holds a value of a message.
type Incident struct {
	Kind      string // gap, truncated, recreated, poison, stall, refused
	Feed      string
	Topic     string
	Partition int32
	From, To  int64 // the offsets it is about
	Detail    string
	TimeMS    int64
}
