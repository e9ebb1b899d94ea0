package ingest

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// Stats counts what a consumer has done since it was made. All fields may be read at any time.
type Stats struct {
	Fetched     atomic.Int64 // bytes of record batches, as they come (compressed)
	Mapped      atomic.Int64 // messages mapped, some of them again after a failure
	Records     atomic.Int64 // messages stored
	Rows        atomic.Int64 // rows stored, in all tables
	Quarantined atomic.Int64 // rows of quarantine among them
	Writes      atomic.Int64 // successful calls of Sink.Write
	Commits     atomic.Int64 // offset commits to the consumer group
	Generations atomic.Int64 // how often partitions were assigned
	Waits       atomic.Int64 // failed looks for an Avro schema; the partition waits
	Incidents   atomic.Int64

	FetchErrors  atomic.Int64
	WriteErrors  atomic.Int64
	CommitErrors atomic.Int64
	GroupErrors  atomic.Int64
	Corrupt      atomic.Int64 // answers with broken batches
	Crashes      atomic.Int64 // messages that crashed their mapping
	Stalls       atomic.Int64

	writeTime atomic.Int64
}

// WriteTime is how long calls of Sink.Write have taken together.
func (s *Stats) WriteTime() time.Duration { return time.Duration(s.writeTime.Load()) }

// Stats returns the consumer's counters.
func (c *Consumer) Stats() *Stats { return &c.stats }

// Lag is how far one partition is behind.
type Lag struct {
	Feed      string  `json:"feed"` // "" for the retry topic
	Topic     string  `json:"topic"`
	Partition int32   `json:"partition"`
	Revision  uint32  `json:"revision"` // of the mapping that Next is under; 0 for the retry topic
	Next      int64   `json:"next"`     // first offset that is not in the ledger yet
	End       int64   `json:"end"`      // one behind the last offset that the broker has, as last seen
	Behind    int64   `json:"behind"`   // End - Next
	Held      int64   `json:"held"`     // of Behind, what an open transaction holds back
	Rate      float64 `json:"rate"`     // messages stored a second, over the last seconds
	// CatchUp is how many seconds it takes to reach the end at this rate: 0 when there, -1 when nothing moves.
	CatchUp float64 `json:"catch_up"`
	State   string  `json:"state"`            // opening, running or stopped
	Reason  string  `json:"reason,omitempty"` // why it is stopped
}

// Lag tells about each partition that is this process's own at the moment, sorted by topic and partition. It is empty while the
// group rebalances.
func (c *Consumer) Lag() []Lag {
	c.mu.Lock()
	s := c.session
	c.mu.Unlock()
	if s == nil {
		return nil
	}
	now := time.Now()
	s.mu.Lock()
	lags := make([]Lag, 0, len(s.list))
	for _, p := range s.list {
		lags = append(lags, p.lag(now))
	}
	s.mu.Unlock()
	slices.SortFunc(lags, func(a, b Lag) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return lags
}

func (p *partition) lag(now time.Time) Lag {
	l := Lag{Feed: p.feedName(), Topic: p.topic, Partition: p.partition, Revision: p.revision, Next: p.stored, End: max(p.end, p.stored),
		Rate: p.meter.rate(now), State: p.state.String(), Reason: p.reason}
	l.Behind = l.End - l.Next
	l.Held = max(min(l.End-p.stable, l.Behind), 0)
	switch {
	case l.Behind == 0:
	case l.Rate < 0.01:
		l.CatchUp = -1
	default:
		l.CatchUp = float64(l.Behind) / l.Rate
	}
	return l
}

func (s state) String() string {
	return [...]string{"opening", "running", "stopped"}[s]
}

// meter is a rate that forgets: what lies one window back counts 1/e.
type meter struct {
	sum  float64
	last time.Time
}

const meterWindow = 10 * time.Second

func (m *meter) decay(now time.Time) float64 {
	if m.last.IsZero() {
		return 0
	}
	return m.sum * math.Exp(-now.Sub(m.last).Seconds()/meterWindow.Seconds())
}

func (m *meter) add(now time.Time, n int64) { m.sum, m.last = m.decay(now)+float64(n), now }

// rate is events per second.
func (m *meter) rate(now time.Time) float64 { return m.decay(now) / meterWindow.Seconds() }
