package main

import (
	"context"
	"encoding/json/v2"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"wuku/catalog"
	"wuku/serve"
)

// catalogues keeps proposed and published catalogues in the instance's store.
type catalogues struct{ in *instance }

var _ serve.Catalogues = catalogues{}

// Keep implements serve.Catalogues.
func (k catalogues) Keep(ctx context.Context, id string, c *catalog.Catalog) error {
	content, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return k.in.store.Append(ctx, "query/proposal_add", nil, [][]any{{id, catalog.Digest(c), string(content), time.Now().UTC()}})
}

// Kept implements serve.Catalogues.
func (k catalogues) Kept(ctx context.Context, id string) (*catalog.Catalog, error) {
	var content string
	err := k.in.store.Query(ctx, "query/proposal", nil, func(scan func(...any) error) error { return scan(&content) }, clickhouse.Named("id", id))
	if err != nil {
		return nil, err
	}
	if content == "" {
		return nil, serve.ErrNone
	}
	c := &catalog.Catalog{}
	return c, json.Unmarshal([]byte(content), c)
}

// Revisions implements serve.Catalogues.
func (k catalogues) Revisions(ctx context.Context, from uint32, limit int) (list []serve.CatalogRevision, err error) {
	err = k.in.store.Query(ctx, "query/revisions", nil, func(scan func(...any) error) error {
		var r serve.CatalogRevision
		err := scan(&r.Revision, &r.Digest, &r.Published, &r.Proposal)
		list = append(list, r)
		return err
	}, clickhouse.Named("from", from), clickhouse.Named("limit", uint64(limit)))
	return list, err
}

// Revision implements serve.Catalogues.
func (k catalogues) Revision(ctx context.Context, revision uint32) (*catalog.Catalog, error) {
	list, err := k.Revisions(ctx, revision, 1)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || list[0].Revision != revision {
		return nil, serve.ErrNone
	}
	return k.in.store.Revision(ctx, revision)
}

// RevisionAt implements serve.Catalogues.
func (k catalogues) RevisionAt(ctx context.Context, at time.Time) (revision uint32, err error) {
	err = k.in.store.Query(ctx, "query/revision_at", nil, func(scan func(...any) error) error { return scan(&revision) }, clickhouse.Named("at", at.UnixMilli()))
	return revision, err
}

// Now implements serve.Catalogues.
func (k catalogues) Now(ctx context.Context) (uint32, error) {
	revision, _, err := k.in.store.Newest(ctx)
	return revision, err
}

// rehearsing is held while a catalogue is tried: two would write to the same work tables.
var rehearsing sync.Mutex

// Rehearse implements serve.Catalogues.
func (k catalogues) Rehearse(ctx context.Context, c *catalog.Catalog) (*serve.CatalogRehearsal, error) {
	if !rehearsing.TryLock() {
		return nil, serve.ErrNotNow
	}
	defer rehearsing.Unlock()
	began := time.Now()
	r, err := k.in.rehearse(ctx, c)
	if err != nil {
		return nil, err
	}
	out := &serve.CatalogRehearsal{NotTried: r.NotTried, Values: []serve.RehearsedValue{}, Rules: []serve.RehearsedRule{}, Readers: []serve.RehearsedReader{}, Events: r.UpdatedBy}
	for _, v := range r.Values {
		for _, e := range v.Elements {
			out.Values = append(out.Values, serve.RehearsedValue{Library: v.Library, Element: e.Element, Changed: e.Changed, Gained: e.Gained, Lost: e.Lost, Moved: e.Moved})
		}
	}
	for _, p := range r.Rules {
		for _, n := range p.Rules {
			if n.Opened+n.Closed > 0 {
				out.Rules = append(out.Rules, serve.RehearsedRule{Library: p.Library, Rule: n.Rule, Opened: n.Opened, Closed: n.Closed, Open: n.Open})
			}
		}
	}
	for _, x := range r.Readers {
		out.Readers = append(out.Readers, serve.RehearsedReader{Library: x.Library, Client: x.Caller, Role: x.Role, Calls: x.Calls, Subjects: x.Subjects, Last: x.Last})
	}
	out.Took = uint64(time.Since(began).Milliseconds())
	return out, nil
}

// Publish implements serve.Catalogues: the revision and what it needs of tables. Every process of the instance follows it by itself.
func (k catalogues) Publish(ctx context.Context, c *catalog.Catalog, proposal string) (uint32, error) {
	if _, err := k.in.store.Sync(ctx, c); err != nil { // tables first: who follows must find the columns
		return 0, err
	}
	_, revision, err := k.in.store.PublishDecided(ctx, c, proposal)
	return revision, err
}

// followEvery is how often a process looks whether another catalogue is in force.
const followEvery = 2 * time.Second

// follow brings a catalogue that was published elsewhere (by approval, or by another process) into force here, without a restart.
func (s *services) follow(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		revision, _, err := s.in.store.Newest(ctx)
		if err != nil || revision == s.in.current.Load().revision {
			continue // a store that is away is told of by those who need it
		}
		if err := s.in.loadCurrent(ctx); err == nil {
			err = s.renew(ctx)
		}
		if err != nil {
			s.in.log.Warn("the published catalogue is not in force here yet", "revision", revision, "error", err)
			continue
		}
		say("catalogue revision %d is in force", revision)
	}
}
