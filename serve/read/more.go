package read

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/entity"
	"wuku/serve/access"
)

// Claim is what one version of one record said of an entity, or that it says nothing any more.
type Claim struct {
	Anchor          entity.ID
	Feed, Key, Role string
	Version         *big.Int
	Gone            bool
	Event, Received time.Time
	Topic           string
	Partition       uint32
	Offset          uint64
	Values          []*string // in the order of the columns asked for
}

// Claims reads all that was ever said of an entity that a decision lets be seen, in the order in which it arrived: its values are those of
// columns, which are the decision's elements and what moves with them.
func (r *Reads) Claims(ctx context.Context, d access.Decision, id entity.ID, columns []string) ([]Claim, error) {
	if !d.Valid() || d.Operation() != access.History && d.Operation() != access.Lookup && d.Operation() != access.Check {
		return nil, errDecision
	}
	found, err := r.points(pointKey{library: d.Library()}).get(ctx, []entity.ID{id}, wanted(d))
	if err != nil {
		return nil, err
	}
	record, err := allowed(d, found[id])
	if err != nil {
		return nil, err
	}
	return r.claims(ctx, d, record.Anchors, columns)
}

// Former reads all that was ever said at an id at which there is no entity now. Whether it may be seen is for the caller to find out, by
// what it was.
func (r *Reads) Former(ctx context.Context, d access.Decision, id entity.ID, columns []string) ([]Claim, error) {
	if !d.Valid() || d.Operation() != access.Lookup && d.Operation() != access.Check {
		return nil, errDecision
	}
	return r.claims(ctx, d, []entity.ID{id}, columns)
}

func (r *Reads) claims(ctx context.Context, d access.Decision, anchors []entity.ID, columns []string) (claims []Claim, err error) {
	data := map[string]any{"Library": d.Library(), "Columns": columns}
	err = r.source.Query(ctx, "query/serve_history", data, func(scan func(...any) error) error {
		c := Claim{Values: make([]*string, len(columns))}
		var op string
		dest := []any{&c.Anchor, &c.Feed, &c.Key, &c.Role, &c.Version, &op, &c.Event, &c.Received, &c.Topic, &c.Partition, &c.Offset}
		for i := range c.Values {
			dest = append(dest, &c.Values[i])
		}
		if err := scan(dest...); err != nil {
			return err
		}
		c.Gone = op == "gone"
		claims = append(claims, c)
		return nil
	}, clickhouse.Named("anchors", anchors))
	if err != nil {
		return nil, err
	}
	return claims, r.date(ctx, claims)
}

// date gives claims that end what a record said their time, and puts all in the order in which they arrived. The resolver writes them
// without one, since they follow from versions alone; the message of the version that ended it is in the ledger. One that has left the
// ledger keeps no time: it counts whatever time is asked for.
func (r *Reads) date(ctx context.Context, claims []Claim) error {
	topics := map[string]string{} // by feed
	var named []string
	for _, c := range claims {
		if c.Topic != "" && topics[c.Feed] == "" {
			topics[c.Feed] = c.Topic
			named = append(named, c.Topic)
		}
	}
	type place struct {
		topic     string
		partition uint32
		offset    uint64
	}
	undated := map[place][]*Claim{}
	var offsets []uint64
	for i := range claims {
		if c := &claims[i]; c.Gone && c.Received.Unix() <= 0 {
			low := new(big.Int).And(c.Version, new(big.Int).SetUint64(1<<64-1)).Uint64()
			at := place{topics[c.Feed], uint32(low >> 12 & entity.MaxPartition), low >> 24 & entity.MaxOffset}
			undated[at] = append(undated[at], c)
			offsets = append(offsets, at.offset)
		}
	}
	if len(undated) == 0 {
		return nil
	}
	err := r.source.Query(ctx, "query/serve_arrivals", nil, func(scan func(...any) error) error {
		var at place
		var received time.Time
		if err := scan(&at.topic, &at.partition, &at.offset, &received); err != nil {
			return err
		}
		for _, c := range undated[at] {
			c.Received, c.Event = received, received
		}
		return nil
	}, clickhouse.Named("topics", named), clickhouse.Named("offsets", offsets))
	slices.SortStableFunc(claims, func(a, b Claim) int { return a.Received.Compare(b.Received) })
	return err
}

// Match finds up to limit entities of the decision's area whose elements have these values. Under a search the decision must show every
// one of them in clear: what is masked can not be searched for. The element by which a proof belongs to its holder may be one that the
// grant only verifies. Where only a department's own values may be seen nothing is matched: a match tells of a value whoever gave it.
func (r *Reads) Match(ctx context.Context, d access.Decision, elements, values []string, limit int) (ids []entity.ID, err error) {
	held := d.Operation() == access.Proofs || d.Operation() == access.CaseCheck
	if !d.Valid() || d.Operation() != access.Search && !held || d.OwnFeeds() || len(elements) == 0 || len(elements) != len(values) {
		return nil, errDecision
	}
	division, area, nowhere := areaOf(d)
	if nowhere {
		return nil, nil
	}
	var numbers []int // places of values that the index of numbers knows
	args := []any{clickhouse.Named("limit", uint64(limit)), clickhouse.Named("area", area)}
	for i, e := range elements {
		if held && d.Held(e) < access.Verify || !held && d.Treatment(e) != access.Clear {
			return nil, errDecision
		}
		args = append(args, clickhouse.Named(fmt.Sprintf("v%d", i), values[i]))
		if len(values[i]) == 18 {
			numbers = append(numbers, i)
		}
	}
	err = r.source.Query(ctx, "query/serve_held", map[string]any{"Library": d.Library(), "Elements": elements, "Numbers": numbers, "Division": division}, func(scan func(...any) error) error {
		var id entity.ID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, args...)
	return ids, err
}

// areaOf is the element that must begin with one of these; "" for no limit. nowhere is an area in a library that knows none.
func areaOf(d access.Decision) (division string, area []string, nowhere bool) {
	division, area = d.Area()
	if len(area) == 0 {
		return "", []string{}, false
	}
	return division, area, division == ""
}

// Page lists up to limit live entities after one, in order of their ids, that are in the decision's area.
func (r *Reads) Page(ctx context.Context, d access.Decision, after entity.ID, limit int) (ids []entity.ID, err error) {
	if !d.Valid() || d.Operation() != access.Export {
		return nil, errDecision
	}
	division, area, nowhere := areaOf(d)
	if nowhere {
		return nil, nil
	}
	err = r.source.Query(ctx, "query/serve_export", map[string]any{"Library": d.Library(), "Division": division}, func(scan func(...any) error) error {
		var id entity.ID
		err := scan(&id)
		ids = append(ids, id)
		return err
	}, clickhouse.Named("after", after), clickhouse.Named("area", area), clickhouse.Named("limit", uint64(limit)))
	return ids, err
}

// Finding is an open quality finding.
type Finding struct {
	Entity                       entity.ID
	Library, Element, Feed, Rule string
	Anchor                       string
	Key, Role                    string // of the record: for paging alone, since a key may be a person's number
}

// Findings lists open findings behind one of them (a zero one: from the first): of these feeds (none: of all), by anchor and record.
func (r *Reads) Findings(ctx context.Context, d access.Decision, feeds []string, library, rule string, after Finding, limit int) (list []Finding, err error) {
	if !d.Valid() || d.Operation() != access.Findings {
		return nil, errDecision
	}
	err = r.source.Query(ctx, "query/serve_findings", nil, func(scan func(...any) error) error {
		var f Finding
		err := scan(&f.Entity, &f.Library, &f.Element, &f.Feed, &f.Rule, &f.Anchor, &f.Key, &f.Role)
		list = append(list, f)
		return err
	}, clickhouse.Named("feeds", slices.Clone(feeds)), clickhouse.Named("library", library), clickhouse.Named("rule", rule),
		clickhouse.Named("anchor", after.Anchor), clickhouse.Named("after_feed", after.Feed), clickhouse.Named("key", hex.EncodeToString([]byte(after.Key))),
		clickhouse.Named("role", hex.EncodeToString([]byte(after.Role))), clickhouse.Named("after_library", after.Library), clickhouse.Named("element", after.Element),
		clickhouse.Named("after_rule", after.Rule), clickhouse.Named("limit", uint64(limit)))
	return list, err
}

// Quarantined is a message in quarantine, without its content.
type Quarantined struct {
	Feed      string    `json:"feed"`
	Topic     string    `json:"topic"`
	Partition uint32    `json:"partition"`
	Offset    uint64    `json:"offset"`
	Reason    string    `json:"reason"`
	Field     string    `json:"field,omitempty"`
	Received  time.Time `json:"received"`
}

// Quarantine lists messages in quarantine: of these feeds (none: of all), the newest first.
func (r *Reads) Quarantine(ctx context.Context, d access.Decision, feeds []string, reason string, limit int) (list []Quarantined, err error) {
	if !d.Valid() || d.Operation() != access.Quarantines {
		return nil, errDecision
	}
	for skip, seen := 0, limit; seen == limit && len(list) < limit; skip += limit { // those that a retry has taken are passed over
		seen = 0
		err = r.source.Query(ctx, "query/serve_quarantine", nil, func(scan func(...any) error) error {
			var q Quarantined
			var there bool
			err := scan(&q.Feed, &q.Topic, &q.Partition, &q.Offset, &q.Reason, &q.Field, &q.Received, &there)
			if seen++; there && len(list) < limit {
				list = append(list, q)
			}
			return err
		}, clickhouse.Named("feeds", slices.Clone(feeds)), clickhouse.Named("reason", reason), clickhouse.Named("limit", uint64(limit)), clickhouse.Named("skip", uint64(skip)))
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Incident is what happened to a feed that is not a message's fault.
type Incident struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Feed      string    `json:"feed"`
	Topic     string    `json:"topic"`
	Partition uint32    `json:"partition"`
	From      uint64    `json:"from"`
	To        uint64    `json:"to"`
	Detail    string    `json:"detail"`
	At        time.Time `json:"at"`
}

// Incidents lists incidents: of these feeds (none: of all), the newest first.
func (r *Reads) Incidents(ctx context.Context, d access.Decision, feeds []string, limit int) (list []Incident, err error) {
	if !d.Valid() || d.Operation() != access.Incidents {
		return nil, errDecision
	}
	err = r.source.Query(ctx, "query/serve_incidents", nil, func(scan func(...any) error) error {
		var i Incident
		var id entity.ID
		err := scan(&id, &i.Kind, &i.Feed, &i.Topic, &i.Partition, &i.From, &i.To, &i.Detail, &i.At)
		i.ID = id.String()
		list = append(list, i)
		return err
	}, clickhouse.Named("feeds", slices.Clone(feeds)), clickhouse.Named("limit", uint64(limit)))
	return list, err
}

// Sampled is what one record of a feed says, in the order of the columns that were asked for; a nil value is none.
type Sampled struct {
	Anchor          entity.ID
	Event, Received time.Time
	Values          []*string
}

// Sample reads the last good records of a feed in one role. They are values of people: the caller masks them.
func (r *Reads) Sample(ctx context.Context, d access.Decision, library, feed, role string, columns []string, limit int) (list []Sampled, err error) {
	if !d.Valid() || d.Operation() != access.Samples {
		return nil, errDecision
	}
	err = r.source.Query(ctx, "query/serve_sample", map[string]any{"Library": library, "Columns": columns}, func(scan func(...any) error) error {
		s := Sampled{Values: make([]*string, len(columns))}
		dest := []any{&s.Anchor, &s.Event, &s.Received}
		for i := range s.Values {
			dest = append(dest, &s.Values[i])
		}
		err := scan(dest...)
		list = append(list, s)
		return err
	}, clickhouse.Named("feed", feed), clickhouse.Named("role", role), clickhouse.Named("limit", uint64(limit)))
	return list, err
}
