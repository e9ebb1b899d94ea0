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

// Pulse is when a feed last delivered something that was claimed; zero: never.
type Pulse map[string]time.Time

// Pulses reads when each feed last delivered. Feeds that never did are absent.
func Pulses(ctx context.Context, r Reader) (Pulse, error) {
	p := Pulse{}
	err := r.Query(ctx, "query/matter_pulse", nil, func(scan func(...any) error) error {
		var feed string
		var last time.Time
		err := scan(&feed, &last)
		p[feed] = last
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
func (p Pulse) State(c *catalog.Catalog, feed string, now time.Time) string {
	if p == nil {
		return ""
	}
	last, ever := p[feed]
	if !ever {
		return Dead
	}
	if f := c.Feed(feed); f != nil {
		if days := cycleDays(f.Cycle); days > 0 && now.Sub(last) > time.Duration(days)*24*time.Hour {
			return Stale
		}
	}
	return ""
}

// Sources is the plan with the sources that are dead or stale at each material.
func (p *Plan) Sources(pulse Pulse, now time.Time) *Plan {
	n := *p
	n.Materials = append([]Planned{}, p.Materials...)
	for i := range n.Materials {
		x := &n.Materials[i]
		x.Problems = nil
		for _, feed := range x.Sources {
			if state := pulse.State(p.catalog, feed, now); state != "" {
				s := Source{Feed: feed, State: state}
				if last, ever := pulse[feed]; ever {
					s.Last = last.UTC().Format(time.RFC3339)
				}
				x.Problems = append(x.Problems, s)
			}
		}
	}
	return &n
}
