package store

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"time"

	"wuku/catalog"
)

// published is the newest row of meta.catalog.
type published struct {
	revision uint32
	digest   string
	mappings map[string]uint32
	digests  map[string]string
	proposal string
}

// Publish makes a checked catalogue the one in force and returns it with its revision and with each feed's mapping revision set.
// A catalogue that is equal to the newest published one keeps its revision; a feed whose mapping is unchanged keeps its own, so
// that its topic is not read again. A rollback is a new revision with old content.
func (s *Store) Publish(ctx context.Context, c *catalog.Catalog) (*catalog.Catalog, uint32, error) {
	return s.PublishDecided(ctx, c, "")
}

// PublishDecided is Publish with the id of the proposal by which it was decided.
func (s *Store) PublishDecided(ctx context.Context, c *catalog.Catalog, proposal string) (*catalog.Catalog, uint32, error) {
	last, err := s.published(ctx)
	if err != nil {
		return nil, 0, err
	}
	next := *c
	next.Feeds = append([]catalog.Feed(nil), c.Feeds...)
	now := published{revision: last.revision, digest: catalog.Digest(c), mappings: map[string]uint32{}, digests: map[string]string{}}
	for name, revision := range last.mappings { // a feed that was removed and comes back goes on counting
		now.mappings[name], now.digests[name] = revision, last.digests[name]
	}
	digests := catalog.MappingDigests(c)
	for i := range next.Feeds {
		f := &next.Feeds[i]
		digest := digests[f.Name]
		if now.digests[f.Name] != digest {
			now.mappings[f.Name]++
			now.digests[f.Name] = digest
		}
		f.Revision = now.mappings[f.Name]
	}
	if last.revision > 0 && now.digest == last.digest {
		return &next, last.revision, nil
	}
	now.revision++
	content, err := json.Marshal(c)
	if err != nil {
		return nil, 0, fmt.Errorf("catalogue: %w", err)
	}
	err = s.conn.Exec(ctx, "INSERT INTO meta.catalog (revision, digest, content, mappings, digests, published, proposal) VALUES (?, ?, ?, ?, ?, fromUnixTimestamp64Milli(?), ?)",
		now.revision, now.digest, string(content), now.mappings, now.digests, time.Now().UnixMilli(), proposal)
	if err != nil {
		return nil, 0, fmt.Errorf("publish catalogue revision %d: %w", now.revision, err)
	}
	return &next, now.revision, nil
}

func (s *Store) published(ctx context.Context) (p published, err error) {
	rows, err := s.conn.Query(ctx, "SELECT revision, digest, mappings, digests, proposal FROM meta.catalog ORDER BY revision DESC LIMIT 1")
	if err != nil {
		return p, fmt.Errorf("read the published catalogue: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&p.revision, &p.digest, &p.mappings, &p.digests, &p.proposal); err != nil {
			return p, fmt.Errorf("read the published catalogue: %w", err)
		}
	}
	return p, rows.Err()
}

// Revision returns a published catalogue as it was, without mapping revisions.
func (s *Store) Revision(ctx context.Context, revision uint32) (*catalog.Catalog, error) {
	var content string
	if err := s.conn.QueryRow(ctx, "SELECT content FROM meta.catalog WHERE revision = ? LIMIT 1", revision).Scan(&content); err != nil {
		return nil, fmt.Errorf("read catalogue revision %d: %w", revision, err)
	}
	c := &catalog.Catalog{}
	if err := json.Unmarshal([]byte(content), c); err != nil {
		return nil, fmt.Errorf("read catalogue revision %d: %w", revision, err)
	}
	return c, nil
}

// Newest returns the number of the newest published revision, 0 for none, and by which proposal it was decided, "" for the operator's files.
func (s *Store) Newest(ctx context.Context) (revision uint32, proposal string, err error) {
	p, err := s.published(ctx)
	return p.revision, p.proposal, err
}

// Current returns the newest published catalogue with its revision, or revision 0 when none was published.
func (s *Store) Current(ctx context.Context) (*catalog.Catalog, uint32, error) {
	last, err := s.published(ctx)
	if err != nil || last.revision == 0 {
		return nil, 0, err
	}
	c, err := s.Revision(ctx, last.revision)
	if err != nil {
		return nil, 0, err
	}
	for i := range c.Feeds {
		c.Feeds[i].Revision = last.mappings[c.Feeds[i].Name]
	}
	return c, last.revision, nil
}
