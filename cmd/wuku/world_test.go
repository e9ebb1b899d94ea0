package main

import (
	"context"
	"crypto/sha256"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/demo"
	"wuku/engine"
	"wuku/entity"
	"wuku/ingest"
	"wuku/resolve"
	"wuku/store"
)

// parts is into how many pieces the history of every topic is cut: the first is a first load, the others make cycles.
const parts = 5

// testKey is the deployment key of all instances of these tests, so that their roots can be compared.
const testKey = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

// story is the one history that every trial tells: parts of messages, the same in every run.
func story(t *testing.T) [parts][]kafka.Message {
	t.Helper()
	province, err := demo.New(demo.Config{People: 300, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	var told [parts][]kafka.Message
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	for _, feed := range province.Feeds() {
		if f := c.Feed(feed); f.Snapshot != nil || f.IsAvro() { // their outcome hangs on more than their messages: when snapshots are compared, a registry
			continue
		}
		var all []kafka.Message
		province.Messages("src."+feed, func(m demo.Message) bool {
			all = append(all, messageOf(m))
			return true
		})
		for i, m := range all { // half is the first load
			part := 0
			if 2*i >= len(all) {
				part = 1 + (2*i-len(all))*(parts-1)/len(all)
			}
			told[min(part, parts-1)] = append(told[min(part, parts-1)], m)
		}
	}
	return told
}

// keyFile writes the deployment key into a file.
func keyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "deployment.key")
	if err := os.WriteFile(path, []byte(testKey), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// world is an instance as the tests see it from outside: its broker and its ClickHouse.
type world struct {
	kafka ingest.Kafka
	// options say where the ClickHouse is now; an engine that was restarted is somewhere else.
	options func() (store.Options, error)
}

// embedded is the world of a `wuku up` in dir with the broker elsewhere.
func embedded(address, dir string) *world {
	return &world{kafka: ingest.Kafka{Brokers: strings.Split(address, ",")}, options: func() (store.Options, error) {
		s, err := engine.ReadSecrets(filepath.Join(dir, "engine"))
		return store.Options{Address: []string{s.Native}, User: engine.UserOwner, Password: s.Password, Connections: 1}, err
	}}
}

// ask opens the store for some questions.
func (w *world) ask(ctx context.Context, questions func(*store.Store, *catalog.Catalog) error) (err error) {
	o, err := w.options()
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, _, err := s.Current(ctx)
	if err == nil && c == nil {
		err = errors.New("no catalogue yet")
	}
	if err != nil {
		return err
	}
	return questions(s, c)
}

// publish writes messages, in order; all of them again when the broker does not say that it has them, as a department's own
// program would.
func (w *world) publish(t *testing.T, messages []kafka.Message) {
	t.Helper()
	until(t, "publish", func() error {
		p := ingest.NewPublisher(w.kafka, kafka.Compression(0))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return errors.Join(p.Publish(ctx, messages...), p.Close())
	})
}

// makeTopics makes the topics of the shipped catalogue, so that messages can be published before the program starts.
func (w *world) makeTopics(t *testing.T) {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	var list []ingest.Topic
	for _, f := range c.Feeds {
		list = append(list, ingest.Topic{Name: f.Topic, Partitions: f.Partitions})
	}
	p := ingest.NewPublisher(w.kafka, kafka.Compression(0))
	if err := errors.Join(p.EnsureTopics(t.Context(), list), p.Close()); err != nil {
		t.Fatal(err)
	}
}

// evict takes dead members out of the consumer group, as their session's end would 20 s later.
func (w *world) evict(t *testing.T) {
	t.Helper()
	ids, err := w.group(t.Context())
	if err != nil {
		return // there is no such group yet: nobody to wait for
	}
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(w.kafka.Brokers...), Transport: transport, Timeout: 10 * time.Second}
	for _, id := range ids {
		_, err := client.LeaveGroup(t.Context(), &kafka.LeaveGroupRequest{GroupID: ingest.DefaultGroup, Members: []kafka.LeaveGroupRequestMember{{ID: id}}})
		if err != nil {
			t.Logf("evict %s: %v", id, err)
		}
	}
}

// group are the members of the consumer group.
func (w *world) group(ctx context.Context) (ids []string, err error) {
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(w.kafka.Brokers...), Transport: transport, Timeout: 10 * time.Second}
	answer, err := client.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{ingest.DefaultGroup}})
	if err != nil {
		return nil, err
	}
	for _, g := range answer.Groups {
		for _, m := range g.Members {
			ids = append(ids, m.MemberID)
		}
	}
	return ids, nil
}

// members returns nil when the consumer group has n members.
func (w *world) members(ctx context.Context, n int) error {
	ids, err := w.group(ctx)
	if err == nil && len(ids) != n {
		err = fmt.Errorf("the group has %d members, want %d", len(ids), n)
	}
	return err
}

// settled returns nil when every message of the feeds' topics has its outcome in the ledger, every library has read it, and every
// event is on its topic. It looks at what is stored, not at what the program says of itself.
func (w *world) settled(ctx context.Context) error {
	return w.ask(ctx, func(s *store.Store, c *catalog.Catalog) error {
		for _, l := range c.Libraries {
			accounts, err := resolve.Accounts(ctx, s, sources(c, l.Name))
			if err != nil {
				return err
			}
			if err := w.accounted(ctx, c, l.Name, accounts); err != nil {
				return err
			}
			if err := w.resolved(ctx, s, l.Name, accounts); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *world) accounted(ctx context.Context, c *catalog.Catalog, library string, accounts []resolve.Account) error {
	next := map[string]uint64{}
	for _, a := range accounts {
		next[fmt.Sprintf("%s/%d/%d", a.Topic, a.Partition, a.Revision)] = a.Next - a.Missing
	}
	ends, err := w.ends(ctx, sources(c, library), c)
	if err != nil {
		return err
	}
	for stream, end := range ends {
		if next[stream] < end {
			return fmt.Errorf("%s: %d of %d messages in the ledger", stream, next[stream], end)
		}
	}
	return nil
}

// ends are the ends of all partitions of some topics, one request for all.
func (w *world) ends(ctx context.Context, list []resolve.Source, c *catalog.Catalog) (map[string]uint64, error) {
	ask := map[string][]kafka.OffsetRequest{}
	revisions := map[string]uint32{}
	for _, s := range list {
		revisions[s.Topic] = s.Revision
		ask[s.Topic] = nil
		n := 1
		for i := range c.Feeds {
			if c.Feeds[i].Topic == s.Topic {
				n = max(c.Feeds[i].Partitions, 1)
			}
		}
		for i := range n {
			ask[s.Topic] = append(ask[s.Topic], kafka.LastOffsetOf(i))
		}
	}
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(w.kafka.Brokers...), Transport: transport, Timeout: 10 * time.Second}
	answer, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: ask})
	if err != nil {
		return nil, err
	}
	ends := map[string]uint64{}
	for topic, partitions := range answer.Topics {
		for _, p := range partitions {
			if p.Error != nil {
				return nil, fmt.Errorf("end of %s/%d: %w", topic, p.Partition, p.Error)
			}
			ends[fmt.Sprintf("%s/%d/%d", topic, p.Partition, revisions[topic])] = uint64(p.LastOffset)
		}
	}
	return ends, nil
}

func (w *world) resolved(ctx context.Context, s *store.Store, library string, accounts []resolve.Account) error {
	m, err := lastMarker(ctx, s, library)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		name := fmt.Sprintf("%s/%d/%d", a.Topic, a.Partition, a.Revision)
		if m.marks[name] < a.Next {
			return fmt.Errorf("%s: %s resolved up to %d of %d", library, name, m.marks[name], a.Next)
		}
	}
	p := ingest.NewPublisher(w.kafka, kafka.Compression(0))
	announced, err := p.Announced(ctx, library)
	if err := errors.Join(err, p.Close()); err != nil {
		return err
	}
	if announced < m.seq {
		return fmt.Errorf("%s: event %d of %d is published", library, announced, m.seq)
	}
	return nil
}

type lastCycle struct {
	cycle, seq uint64
	catalog    uint32
	rule       string
	marks      map[string]uint64
}

func lastMarker(ctx context.Context, s *store.Store, library string) (m lastCycle, err error) {
	err = s.Query(ctx, "cycle/last_marker", map[string]any{"Library": library}, func(scan func(...any) error) error {
		return scan(&m.cycle, &m.catalog, &m.rule, &m.marks, &m.seq)
	})
	return m, err
}

// image is all that the trials compare: per library the live entities with a text of each element, the open findings, and what is
// in quarantine.
type image struct {
	entities   map[string]map[string]map[string]string // library, entity, column
	findings   []string
	quarantine []string
	doubled    []string
	incidents  []string
}

func (w *world) image(ctx context.Context) (im image, err error) {
	im.entities = map[string]map[string]map[string]string{}
	o, err := w.options()
	if err != nil {
		return im, err
	}
	for _, library := range entity.Libraries {
		im.entities[library] = map[string]map[string]string{}
		err := rowsOf(ctx, o, "SELECT * EXCEPT (updated, doubted) FROM base."+library, func(row map[string]string) {
			im.entities[library][row["entity"]] = row
		})
		if err != nil {
			return im, err
		}
	}
	flat := func(statement string) (list []string, err error) {
		err = rowsOf(ctx, o, statement, func(row map[string]string) {
			var line strings.Builder
			for _, k := range slices.Sorted(maps.Keys(row)) {
				fmt.Fprintf(&line, "%s=%s ", k, row[k])
			}
			list = append(list, line.String())
		})
		slices.Sort(list)
		return list, err
	}
	// what inspections find across records, and of refused ones, depends on when one ran; what messages show does not
	im.findings, err = flat("SELECT library, entity, anchor, feed, key, role, element, rule, open FROM quality.state FINAL WHERE open = 1 AND entity != toUUID('00000000-0000-0000-0000-000000000000') AND NOT match(rule, '^(cross|record|entity|time|feed|user|truth)[.]')")
	if err != nil {
		return im, err
	}
	if im.quarantine, err = w.quarantine(ctx); err != nil {
		return im, err
	}
	// what comes late is judged by the clock
	im.incidents, err = flat("SELECT kind, topic, partition, from, to, detail FROM quality.incident FINAL WHERE kind != 'late'")
	if err != nil {
		return im, err
	}
	im.doubled, err = flat(`SELECT topic, partition, offset, count() AS n FROM quality.quarantine FINAL GROUP BY topic, partition, offset HAVING n > 1`)
	return im, err
}

// quarantine names the messages that are in quarantine now. One that a producer sent twice is there twice, and named once.
func (w *world) quarantine(ctx context.Context) (list []string, err error) {
	err = w.ask(ctx, func(s *store.Store, _ *catalog.Catalog) error {
		return s.Query(ctx, "query/quarantine", choice{Partition: -1, Offset: -1, Limit: 1_000_000}, func(scan func(...any) error) error {
			var r refused
			err := scan(&r.Feed, &r.Topic, &r.Partition, &r.Offset, &r.Record, &r.Reason, &r.Field, &r.Detail, &r.Received, &r.key, &r.value, &r.headers)
			list = append(list, fmt.Sprintf("%s/%d %s %s %x", r.Topic, r.Partition, r.Reason, r.Field, sha256.Sum256([]byte(r.key+"|"+r.value))))
			return err
		})
	})
	slices.Sort(list)
	return slices.Compact(list), err
}

// rowsOf reads rows of a statement as texts by column.
func rowsOf(ctx context.Context, o store.Options, statement string, each func(map[string]string)) error {
	return store.ReadOnly(ctx, o, statement, func(columns []string) (func([]any) error, func() error) {
		return func(row []any) error {
			texts := make(map[string]string, len(row))
			for i, v := range row {
				texts[columns[i]] = cellText(v)
			}
			each(texts)
			return nil
		}, func() error { return nil }
	})
}

// told is one event of a library's topic.
type told struct {
	sequence uint64
	kind     string
	entity   string
	elements []string
	other    string
}

func (e told) String() string {
	return fmt.Sprintf("%d %s %s %v %s", e.sequence, e.kind, e.entity, e.elements, e.other)
}

// events reads a library's topic. Copies of one event must be equal, and the sequence dense from 1: both else are problems.
func (w *world) events(ctx context.Context, library string) (list []told, problems []string, err error) {
	topic := ingest.TopicChanges(library)
	end, err := ingest.End(ctx, w.kafka, topic, 0)
	if err != nil || end == 0 {
		return nil, nil, err
	}
	var conn *kafka.Conn
	for _, broker := range w.kafka.Brokers {
		if conn, err = kafka.DialLeader(ctx, "tcp", broker, topic, 0); err == nil {
			break
		}
	}
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	seen := map[uint64]told{}
	for offset := int64(0); offset < end; {
		if err := errors.Join(conn.SetDeadline(time.Now().Add(30*time.Second)), seek(conn, offset)); err != nil {
			return nil, nil, err
		}
		batch := conn.ReadBatch(1, 8<<20)
		for {
			m, err := batch.ReadMessage()
			if err != nil {
				break // the batch's end; what is missing is asked for again
			}
			offset = m.Offset + 1
			e, err := readEvent(m)
			if err != nil {
				return nil, nil, err
			}
			if before, ok := seen[e.sequence]; ok && before.String() != e.String() {
				problems = append(problems, fmt.Sprintf("%s: two events %d: %s and %s", library, e.sequence, before, e))
			}
			seen[e.sequence] = e
		}
		if err := batch.Close(); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
	}
	for i := range uint64(len(seen)) {
		e, ok := seen[i+1]
		if !ok {
			problems = append(problems, fmt.Sprintf("%s: event %d of %d is missing", library, i+1, len(seen)))
			break
		}
		list = append(list, e)
	}
	return list, problems, nil
}

func seek(conn *kafka.Conn, offset int64) error {
	_, err := conn.Seek(offset, kafka.SeekAbsolute|kafka.SeekDontCheck)
	return err
}

func readEvent(m kafka.Message) (e told, err error) {
	var body struct {
		Entity   string   `json:"entity"`
		Elements []string `json:"elements"`
		Other    string   `json:"other"`
	}
	if err := json.Unmarshal(m.Value, &body); err != nil {
		return e, err
	}
	e.entity, e.elements, e.other = body.Entity, body.Elements, body.Other
	for _, h := range m.Headers {
		switch h.Key {
		case "ce_id":
			_, number, _ := strings.Cut(string(h.Value), "/")
			if e.sequence, err = strconv.ParseUint(number, 10, 64); err != nil {
				return e, err
			}
		case "ce_type":
			e.kind = string(h.Value)[strings.LastIndexByte(string(h.Value), '.')+1:]
		}
	}
	return e, nil
}

// freePort is a port of 127.0.0.1 that is free now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
