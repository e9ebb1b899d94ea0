package quality_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/entity"
	"wuku/resolve"
	"wuku/sql"
	"wuku/store"
)

// testCatalog is a library of people with everything that decides whether a difference is one.
func testCatalog() *catalog.Catalog {
	lib := catalog.Library{Name: entity.Person, ZH: "人口", Identity: []catalog.Identity{
		{Scheme: "citizen", Elements: []string{"citizen"}}, {Scheme: "passport", Elements: []string{"passport"}}}}
	all := []catalog.Rank{{"a.x"}, {"b.x", "c.x"}, {"d.x"}}
	for _, e := range []catalog.Element{
		{Name: "citizen", Type: catalog.TypeText, Authority: all},
		{Name: "passport", Type: catalog.TypeText, Authority: all},
		{Name: "name", Type: catalog.TypeText, Authority: all},
		{Name: "sex", Type: catalog.TypeCode, Authority: all},
		{Name: "height", Type: catalog.TypeDecimal, Authority: all},
		{Name: "street", Type: catalog.TypeText, Group: "address", Authority: all},
		{Name: "house", Type: catalog.TypeText, Group: "address", Authority: all},
		{Name: "phone", Type: catalog.TypeText, Strict: true, Authority: all},
		{Name: "partner", Type: catalog.TypeText, Authority: all},
		{Name: "gone", Type: catalog.TypeText, Authority: all},
		{Name: "longitude", Type: catalog.TypeText, Authority: all},
		{Name: "latitude", Type: catalog.TypeText, Authority: all},
	} {
		e.ZH, e.Level, e.Personal = e.Name, 2, true
		lib.Elements = append(lib.Elements, e)
	}
	c := &catalog.Catalog{Name: "test", Libraries: []catalog.Library{lib}}
	for _, f := range []string{"a.x", "b.x", "c.x", "d.x", "e.x"} {
		c.Feeds = append(c.Feeds, catalog.Feed{Name: f, Topic: "src." + f, Revision: 1, Claims: []catalog.Slot{
			{Library: entity.Person, Single: f < "d"}, {Library: entity.Person, Role: "child", Single: f == "a.x"}}})
	}
	c.Packs = []catalog.RulePack{{Name: "test", Family: catalog.FamilyBusiness, Rules: []catalog.QualityRule{
		{Code: "record.small", ZH: "small", Hint: "measure again", Measure: "0104", Severity: catalog.SeverityMinor, Library: entity.Person, Over: catalog.OverRecord,
			Element: "height", Must: "height > 1"},
		{Code: "entity.unreachable", ZH: "unreachable", Hint: "ask", Measure: "0201", Severity: catalog.SeverityMinor, Library: entity.Person, Over: catalog.OverEntity,
			Element: "phone", When: "sex = '7'", Must: "present(phone)"},
		{Code: "entity.house", ZH: "house", Hint: "look", Measure: "0201", Severity: catalog.SeverityMinor, Library: entity.Person, Over: catalog.OverEntity,
			Element: "house", Must: "house != '13'"},
		{Code: "cross.partner_gone", ZH: "the partner is gone", Hint: "correct", Measure: "040204", Severity: catalog.SeverityMajor, Library: entity.Person, Over: catalog.OverEntity,
			Element: "partner", With: []catalog.Tie{{As: "p", Library: entity.Person, Element: "citizen", Is: "partner"}},
			When: "missing(gone)", Must: "missing(p.gone) or present(p.sex)"},
	}}}
	return c
}

// memoryFence hands out epochs from memory.
type memoryFence struct{ epoch uint64 }

func (f *memoryFence) Take(context.Context, string) (uint64, error)    { f.epoch++; return f.epoch, nil }
func (f *memoryFence) Current(context.Context, string) (uint64, error) { return f.epoch, nil }

// world is one engine with the test library.
type world struct {
	t        *testing.T
	store    *store.Store
	conn     driver.Conn
	columns  []string
	fence    *memoryFence
	owner    *resolve.Owner
	anchorer *entity.Anchorer
	next     map[string]int64
	names    map[entity.ID]string
	sharded  bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	e := enginetest.ClickHouse(t)
	return openWorld(t, store.Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
}

// newCluster is a world on two engine processes, each one shard.
func newCluster(t *testing.T) *world {
	t.Helper()
	shards := enginetest.Cluster(t, 2)
	o := store.Options{User: shards[0].User(), Password: shards[0].Password(), Dialect: sql.Dialect{Cluster: "wuku"}}
	for _, e := range shards {
		o.Address = append(o.Address, e.Native())
	}
	return openWorld(t, o)
}

func openWorld(t *testing.T, o store.Options) *world {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := clickhouse.Open(&clickhouse.Options{Addr: o.Address[:1], Auth: clickhouse.Auth{Username: o.User, Password: o.Password}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); conn.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	order, err := s.Sync(t.Context(), testCatalog())
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, store: s, conn: conn, columns: order[entity.Person], sharded: o.Dialect.Cluster != ""}
}

// reset empties every table and begins anew.
func (w *world) reset() {
	w.t.Helper()
	var tables []string
	err := w.store.Query(w.t.Context(), "query/tables", nil, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		tables = append(tables, name)
		return err
	})
	if err == nil {
		err = w.store.Exec(w.t.Context(), "query/truncate", tables)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.fence, w.owner, w.anchorer = &memoryFence{}, nil, entity.NewAnchorer([]byte("a test deployment's key, 32 bytes"))
	w.next, w.names = map[string]int64{}, map[entity.ID]string{}
}

func (w *world) rows(query string, each func(scan func(...any) error) error) {
	w.t.Helper()
	rows, err := w.conn.Query(w.t.Context(), query)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
}

// cycle resolves what has come.
func (w *world) cycle() {
	w.t.Helper()
	if w.owner == nil {
		c := testCatalog()
		rule := resolve.Compile(c, entity.Person, w.columns)
		config := resolve.Config{Rule: rule, RuleDigest: "one", Catalog: 1, Store: w.store, Fence: w.fence, Instance: "test"}
		for _, f := range c.Feeds {
			config.Sources = append(config.Sources, resolve.Source{Topic: f.Topic, Revision: f.Revision})
		}
		o, err := resolve.Take(w.t.Context(), config)
		if err != nil {
			w.t.Fatal(err)
		}
		w.owner = o
	}
	for worked := true; worked; {
		var err error
		if _, worked, err = w.owner.Cycle(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// message is one message, already mapped.
type message struct {
	feed, key string
	version   entity.Version
	offset    int64
	event     int64 // ms
	deleted   bool
	claims    []claim
}

type claim struct {
	role     string
	anchors  []entity.ID // from the strongest
	strength []uint8
	elements map[string]string
}

// parse reads a message step.
func (w *world) parse(words []string) message {
	w.t.Helper()
	version, err1 := strconv.ParseUint(words[2], 10, 64)
	day, err2 := strconv.ParseInt(words[3], 10, 64)
	if err1 != nil || err2 != nil {
		w.t.Fatalf("step %q: version and day are numbers", words)
	}
	m := message{feed: words[0], key: words[1], event: day * 86_400_000, offset: w.next[words[0]]}
	w.next[m.feed]++
	m.version = entity.MakeVersion(version, m.offset, 0, 1)
	if words[4] == "deleted" {
		m.deleted = true
		return m
	}
	for part := range strings.SplitSeq(strings.Join(words[4:], " "), ";") {
		m.claims = append(m.claims, w.claim(&m, strings.Fields(part)))
	}
	return m
}

func (w *world) claim(m *message, words []string) claim {
	w.t.Helper()
	c := claim{elements: map[string]string{}}
	for _, word := range words {
		if scheme, value, ok := strings.Cut(word, ":"); ok {
			id := w.anchorer.ByIdentifier(scheme, []byte(value))
			w.names[id] = word
			c.elements[scheme] = value
			c.anchors = append(c.anchors, id)
			c.strength = append(c.strength, map[string]uint8{"citizen": 1, "passport": 2}[scheme])
		} else if name, value, ok := strings.Cut(word, "="); ok && name == "role" {
			c.role = value
		} else if ok {
			c.elements[name] = value
		} else {
			w.t.Fatalf("what is %q?", word)
		}
	}
	if len(c.anchors) == 0 {
		id := w.anchorer.ByRecord(entity.Person, m.feed, []byte(m.key), c.role)
		w.names[id] = "record " + m.feed + "/" + m.key
		c.anchors, c.strength = []entity.ID{id}, []uint8{entity.OwnStrength}
	}
	return c
}

// write stores one message as ingest would.
func (w *world) write(m message) {
	w.t.Helper()
	topic := "src." + m.feed
	claims := entity.NewClaims(entity.Person, m.feed, topic, "province", "320000")
	for _, e := range testCatalog().Library(entity.Person).Elements {
		kind := entity.Text
		if e.Type == catalog.TypeDecimal {
			kind = entity.Decimal
		}
		claims.Add(e.Name, kind, true)
	}
	ledger := entity.NewLedger(m.feed, topic)
	var named []uint64
	var anchors []entity.ID
	for _, c := range m.claims {
		for i, id := range c.anchors {
			naming := entity.ByStrongest
			switch {
			case c.strength[i] == entity.OwnStrength:
				naming = entity.ByRecord
			case i > 0:
				naming = entity.ByWeaker
			}
			w.claimRow(claims, m, c, i)
			named, anchors = append(named, entity.NamedWord(1, naming, c.role)), append(anchors, id)
		}
	}
	outcome := entity.Claimed
	if m.deleted {
		outcome = entity.Deleted
	}
	set := setter(ledger)
	set("revision").AppendU32(1)
	set("partition").AppendU32(0)
	set("offset").AppendU64(uint64(m.offset))
	set("until").AppendU64(uint64(m.offset))
	set("outcome").AppendU8(uint8(outcome))
	set("key").AppendString(m.key)
	set("ver").AppendVersion(m.version)
	set("named").AppendWords(named)
	set("anchors").AppendIDs(anchors)
	set("received").AppendInt64(m.event)
	set("digest").AppendU64(0)
	ledger.Rows++
	b := &entity.Batch{Feed: m.feed, Topic: topic, From: m.offset, To: m.offset + 1, Revision: 1, Records: 1, Claims: []*entity.Block{claims}, Ledger: ledger}
	if err := w.store.Write(w.t.Context(), []*entity.Batch{b}); err != nil {
		w.t.Fatal(err)
	}
}

func setter(b *entity.Block) func(string) *entity.Column {
	return func(name string) *entity.Column {
		return b.Columns[slices.IndexFunc(b.Columns, func(c *entity.Column) bool { return c.Name == name })]
	}
}

// claimRow adds the claim at its anchor, or, for a weaker identifier, the alias there.
func (w *world) claimRow(b *entity.Block, m message, c claim, i int) {
	set, op, also := setter(b), entity.Assert, c.anchors[1:]
	if i > 0 {
		op, also = entity.Alias, c.anchors[:1]
	}
	set("anchor").AppendID(c.anchors[i])
	set("key").AppendString(m.key)
	set("role").AppendString(c.role)
	set("ver").AppendVersion(m.version)
	set("op").AppendU8(uint8(op))
	set("also").AppendIDs(also)
	set("event_time").AppendInt64(m.event)
	set("partition").AppendU32(0)
	set("offset").AppendU64(uint64(m.offset))
	set("received").AppendInt64(m.event)
	set("digest").AppendU64(0)
	set("strength").AppendU8(c.strength[i])
	for _, e := range testCatalog().Library(entity.Person).Elements {
		v, ok := c.elements[e.Name]
		switch {
		case !ok || i > 0:
			set(e.Name).AppendNull()
		case e.Type == catalog.TypeDecimal:
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				w.t.Fatal(fmt.Errorf("element %s: %w", e.Name, err))
			}
			set(e.Name).AppendInt64(int64(n * 10_000))
		default:
			set(e.Name).AppendString(v)
		}
	}
	b.Rows++
}
