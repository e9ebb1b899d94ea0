package quality_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/demo"
	"wuku/engine"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/geo"
	"wuku/ingest"
	"wuku/store"
)

// attestFeed carries change events, with updates, deletes and broken messages.
const attestFeed = "medins.insured"

// TestAttestation stores what a department has sent, loses one record and alters another, and lets the department's own inventory find
// both: first the ranges, then the names.
func TestAttestation(t *testing.T) {
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	p, err := demo.New(demo.Config{People: 3000, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	feed := *c.Feed(attestFeed)
	feed.Revision = 1
	options := ingest.MapperOptions{Places: func(system string) (ingest.Places, error) { return geo.NewReader(system) }}
	m, err := ingest.NewMapper(c, &feed, entity.NewAnchorer([]byte("a key of at least 32 random bytes")), options)
	if err != nil {
		t.Fatal(err)
	}
	var sent [][]byte
	var offset, altered int64
	p.Messages(feed.Topic, func(msg demo.Message) bool {
		sent = append(sent, slices.Clone(msg.Value))
		value := msg.Value
		switch {
		case offset == 100:
			value = []byte("{}") // nothing usable arrives
		case offset > 200 && altered == 0 && bytes.Contains(value, []byte("丽")):
			value, altered = bytes.ReplaceAll(value, []byte("丽"), []byte("莉")), offset
		}
		m.Map(&ingest.Message{Topic: feed.Topic, Offset: offset, TimeMS: msg.TimeMS, Key: slices.Clone(msg.Key), Value: slices.Clone(value)})
		offset++
		return true
	})
	b := m.Take(feed.Topic, 0, 0, offset)
	e := enginetest.NewClickHouse(t, engine.Config{})
	s, err := store.Open(t.Context(), store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sync(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), []*entity.Batch{b}); err != nil {
		t.Fatal(err)
	}
	fresh := func(ask func(int) bool, lines [][]byte) *ingest.Inventory {
		t.Helper()
		m, err := ingest.NewMapper(c, &feed, entity.NewAnchorer(make([]byte, 32)), options)
		if err != nil {
			t.Fatal(err)
		}
		i := ingest.NewInventory(c, feed.Name, time.Now())
		if err := i.Take(m, feed.Topic, bytes.NewReader(bytes.Join(lines, []byte("\n"))), ask); err != nil {
			t.Fatal(err)
		}
		return i
	}
	library := func(ask func(int) bool) *ingest.Inventory {
		t.Helper()
		i := ingest.NewInventory(c, feed.Name, time.Now())
		err := s.Query(t.Context(), "quality/inventory", map[string]any{"Feed": feed.Name, "Libraries": []string{"person"}}, func(scan func(...any) error) error {
			var h ingest.Held
			err := scan(&h.Key, &h.Digest)
			i.Add(h, ask)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	d, err := ingest.Compare(fresh(nil, sent), library(nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Ranges) != 2 || d.Asked {
		t.Fatalf("one record was lost and one altered: %d ranges differ, asked %v", len(d.Ranges), d.Asked)
	}
	ask := func(n int) bool { return slices.Contains(d.Ranges, n) }
	named, err := ingest.Compare(fresh(ask, sent), library(ask))
	if err != nil {
		t.Fatal(err)
	}
	if len(named.Missing) != 1 || len(named.Altered) != 1 || len(named.Surplus) != 0 || !named.Asked {
		t.Errorf("missing %d, altered %d, surplus %d; want one missing and one altered", len(named.Missing), len(named.Altered), len(named.Surplus))
	}
}
