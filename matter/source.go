package matter

import (
	"context"
	"time"

	"wuku/catalog"
)

// Reader runs the statements of package sql; *store.Store is one. It is safe for concurrent use.
type Reader interface {
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
}

// Pulse is when each feed last delivered. A nil one says nothing.
type Pulse struct {
	Last map[string]time.Time // newest message that was claimed, by the broker's time; a feed that never delivered is absent
	// At is the moment at which lateness is judged; zero: it is not, and only feeds that never delivered are told of. The demo's messages
	// carry the dates of its synthetic calendar.
	At time.Time
}

// Pulses reads when each feed last delivered.
func Pulses(ctx context.Context, r Reader, at time.Time) (*Pulse, error) {
	p := &Pulse{Last: map[string]time.Time{}, At: at}
	err := r.Query(ctx, "query/matter_pulse", nil, func(scan func(...any) error) error {
		var feed string
		var last time.Time
		err := scan(&feed, &last)
		p.Last[feed] = last
		return err
	})
	return p, err
}

// States of a Source.
const (
	Dead  = "dead"  // it never delivered 无数据
	Stale = "stale" // its newest message is older than its declared cycle allows 超期未更新
)

// cycleDays is how old a feed's newest message may be, by its declared cycle; 0: any age. It is that of the update status in the appraisal.
func cycleDays(cycle string) int {
	return map[string]int{"realtime": 2, "hourly": 2, "daily": 3, "weekly": 10, "monthly": 40, "quarterly": 100, "halfyearly": 200, "yearly": 400}[cycle]
}

// State says what is wrong with a feed as a source; "" where nothing is, or a nil Pulse says nothing.
func (p *Pulse) State(c *catalog.Catalog, feed string) string {
	if p == nil {
		return ""
	}
	last, ever := p.Last[feed]
	if !ever {
		return Dead
	}
	if f := c.Feed(feed); f != nil && !p.At.IsZero() {
		if days := cycleDays(f.Cycle); days > 0 && p.At.Sub(last) > time.Duration(days)*24*time.Hour {
			return Stale
		}
	}
	return ""
}

// heard is when a value was last vouched for: its own time, or that of its feed's newest message, since a feed tells of what changes.
func (p *Pulse) heard(v Value) time.Time {
	if p != nil && !p.At.IsZero() && p.Last[v.Feed].After(v.At) {
		return p.Last[v.Feed]
	}
	return v.At
}

// Sources is the plan with the sources that are dead or stale at each material.
func (p *Plan) Sources(pulse *Pulse) *Plan {
	n := *p
	n.Materials = append([]Planned{}, p.Materials...)
	for i := range n.Materials {
		x := &n.Materials[i]
		x.Problems = nil
		for _, feed := range x.Sources {
			if state := pulse.State(p.catalog, feed); state != "" {
				s := Source{Feed: feed, State: state}
				if last, ever := pulse.Last[feed]; ever {
					s.Last = last.UTC().Format(time.RFC3339)
				}
				x.Problems = append(x.Problems, s)
			}
		}
	}
	return &n
}
