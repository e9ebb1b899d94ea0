package resolve

// work is what the templates of sql/cycle see.
type work struct {
	Below       string // of a rehearsal's samples: only entities before this one
	Library     string
	Number      uint8
	Cycle       uint64
	Epoch       uint64 // of the owner
	Last        uint64
	All         bool
	Listed      bool     // resolve.superseded holds what of the library's claims newer versions have replaced
	At          []string // only these anchors, whatever a cycle touches
	Members     bool
	First       bool // nothing is published yet: everything is resolved, and every entity is new
	Single      bool // no unfinished attempt before this cycle, and one row of change an entity
	Rule        *Rule
	RuleDigest  string
	Catalog     uint32
	Feeds       []string
	Target      string
	MemberTable string
	OwnedTable  string
	Windows     []window
	Marks       []mark
	Topics      []Source
	Round       int
	Spent       []uint64 // cycles whose work lists are to be dropped
	Slice       int
	Slices      int
	Only        []string // of a slice: only anchors with a claim that says something of these elements
	Moves       []move
	Fields      []string // elements that are matched
	Since       int64    // microseconds: only links of this time and later; 0: all
	Pending     bool     // links wait for the cycle
	Limit       int
	Erasure     // only while a record is erased
	Anchors     []string
	Seq, SeqTo  uint64
	Messages    uint64
	Entities    uint64
	Started     int64
	Finished    int64
}

type window struct {
	Topic               string
	Partition, Revision uint32
	From, To            uint64
}

type mark struct {
	Topic               string
	Partition, Revision uint32
	Next, Limit         uint64
}

// Name is the mark's key in resolve.marker.
func (m mark) Name() string { return Stream{m.Topic, m.Partition, m.Revision}.Name() }

func (o *Owner) data() *work {
	r := o.Rule
	return &work{Library: r.Library, Number: r.Number, Rule: r, Feeds: r.Feeds, Topics: o.Sources, RuleDigest: o.RuleDigest, Catalog: o.Catalog,
		MemberTable: "resolve.member", OwnedTable: "resolve.owned", Target: "resolve.next_" + r.Library}
}

// move sends the anchors of one entity to another, see Cluster.
type move struct{ From, To string }
