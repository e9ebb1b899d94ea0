package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"wuku/entity"
	"wuku/sql"
)

// parallelInserts is how many tables of one Write are filled at once: the engine turns columns into parts on one core each.
const parallelInserts = 3

// Write stores batches and returns when every row is acknowledged. Claims, findings and quarantine go first, then the record
// index, the ledger last: an offset that is accounted for has everything else stored. Repeating a Write changes nothing, since
// all of it are rows that converge. The batches must not be changed or recycled before Write returns.
func (s *Store) Write(ctx context.Context, batches []*entity.Batch) error {
	var claims, ledger []*entity.Block
	for _, b := range batches {
		for _, block := range b.Claims {
			sparse, release, err := s.sparse(block)
			if err != nil {
				return err
			}
			defer release()
			claims = append(claims, sparse)
		}
		for _, block := range []*entity.Block{b.Findings, b.Quarantine, b.Fields, b.Staged} {
			if block != nil && block.Rows > 0 {
				claims = append(claims, block)
			}
		}
		if b.Ledger != nil && b.Ledger.Rows > 0 {
			ledger = append(ledger, b.Ledger)
		}
	}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(parallelInserts)
	for _, set := range alike(claims) {
		group.Go(func() error { return s.insert(inner, set[0].Table, set, nil) })
	}
	for _, set := range alike(ledger) {
		group.Go(func() error {
			err := s.insert(inner, "ledger.record", set, inRecordIndex)
			s.options.CrashPoint("store/record")
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	s.options.CrashPoint("store/claims")
	for _, set := range alike(ledger) {
		if err := s.insert(ctx, "ledger.message", set, nil); err != nil {
			return err
		}
	}
	s.options.CrashPoint("store/ledger")
	return nil
}

func inRecordIndex(column string) bool {
	switch column {
	case "feed", "key", "ver", "outcome", "named", "anchors":
		return true
	}
	return false
}

// alike groups blocks that one INSERT can carry: the same table and columns.
func alike(blocks []*entity.Block) [][]*entity.Block {
	var order []string
	groups := map[string][]*entity.Block{}
	for _, b := range blocks {
		var signature strings.Builder
		signature.WriteString(b.Table)
		for _, c := range b.Columns {
			fmt.Fprintf(&signature, "|%s:%d", c.Name, c.Kind)
		}
		key := signature.String()
		if _, seen := groups[key]; !seen {
			order = append(order, key)
		}
		groups[key] = append(groups[key], b)
	}
	sets := make([][]*entity.Block, len(order))
	for i, key := range order {
		sets[i] = groups[key]
	}
	return sets
}

// Mark is how far one stream (topic, partition, revision of the mapping) is known: every offset below Next is accounted for.
type Mark struct {
	Topic     string
	Partition uint32
	Revision  uint32
	Next      uint64 // every offset below is accounted for
	Limit     uint64 // rows that begin at or after it are not looked at
}

// Name is the mark's key in resolve.marker.
func (m Mark) Name() string { return fmt.Sprintf("%s/%d/%d", m.Topic, m.Partition, m.Revision) }

// Last is the offset before Next.
func (m Mark) Last() uint64 { return m.Next - 1 }

// Positions tells where reading topics goes on, each under a revision of its mapping: per topic and partition the first offset that
// the ledger does not account for, and the digest of the message before it (digest 0: that offset was no message). The ledger is
// the truth; a committed offset in Kafka is only for monitoring.
func (s *Store) Positions(ctx context.Context, revisions map[string]uint32) (map[string]map[int32]entity.Position, error) {
	marks, err := s.startMarks(ctx, revisions)
	if err != nil {
		return nil, err
	}
	if len(marks) == 0 {
		return nil, nil
	}
	byName := make(map[string]*Mark, len(marks))
	for i := range marks { // a stream without rows behind its mark ends there
		byName[marks[i].Name()] = &marks[i]
	}
	ends := slices.Clone(marks)
	err = s.Query(ctx, "cycle/frontier", map[string]any{"Marks": ends}, func(scan func(...any) error) error {
		var m Mark
		var messages uint64
		if err := scan(&m.Topic, &m.Partition, &m.Revision, &m.Next, &messages); err != nil {
			return err
		}
		byName[m.Name()].Next = m.Next
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.positions(ctx, marks)
}

// positions puts the digest of the message before it to each mark.
func (s *Store) positions(ctx context.Context, marks []Mark) (map[string]map[int32]entity.Position, error) {
	positions := map[string]map[int32]entity.Position{}
	var begun []Mark
	for _, m := range marks {
		if positions[m.Topic] == nil {
			positions[m.Topic] = map[int32]entity.Position{}
		}
		positions[m.Topic][int32(m.Partition)] = entity.Position{Next: int64(m.Next)}
		if m.Next > 0 {
			begun = append(begun, m)
		}
	}
	if len(begun) == 0 {
		return positions, nil
	}
	err := s.Query(ctx, "query/message_digest", begun, func(scan func(...any) error) error {
		var topic string
		var partition uint32
		var p entity.Position
		if err := scan(&topic, &partition, &p.Digest); err != nil {
			return err
		}
		p.Next = positions[topic][int32(partition)].Next
		positions[topic][int32(partition)] = p
		return nil
	})
	return positions, err
}

// startMarks gives one mark a partition that the ledger knows: from the newest finished cycle that read the stream, else 0.
func (s *Store) startMarks(ctx context.Context, revisions map[string]uint32) ([]Mark, error) {
	var marks []Mark
	err := s.Query(ctx, "query/stream_marks", map[string]any{"Revisions": revisions}, func(scan func(...any) error) error {
		m := Mark{Limit: 1 << 62}
		if err := scan(&m.Topic, &m.Partition, &m.Revision, &m.Next); err != nil {
			return err
		}
		marks = append(marks, m)
		return nil
	})
	return marks, err
}

// Report keeps an incident.
func (s *Store) Report(ctx context.Context, i entity.Incident) error {
	id := uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "%s|%s|%d|%d|%d", i.Kind, i.Topic, i.Partition, i.From, i.To)) // the same incident again is the same row
	err := s.conn.Exec(ctx, "INSERT INTO quality.incident (id, kind, feed, topic, partition, from, to, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, fromUnixTimestamp64Milli(?))",
		id, i.Kind, i.Feed, i.Topic, uint32(i.Partition), uint64(max(i.From, 0)), uint64(max(i.To, 0)), i.Detail, i.TimeMS)
	if err != nil {
		return fmt.Errorf("keep incident %s of %s: %w", i.Kind, sql.Quote(i.Topic), err)
	}
	return nil
}
