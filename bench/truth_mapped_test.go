package bench_test

import (
	"bytes"
	"encoding/binary"
	"net/http/httptest"
	"slices"
	"testing"

	"wuku/catalog"
	"wuku/demo"
	"wuku/entity"
	"wuku/geo"
	"wuku/ingest"
)

// TestDefectsAsMapped holds the findings and the quarantine of every message of a larger province against what was injected, without
// an engine: so that kinds of defects that are rare come up too. The mapping must find each one and nothing else.
func TestDefectsAsMapped(t *testing.T) {
	t.Parallel()
	p, err := demo.New(demo.Config{People: 60_000, Seed: 125})
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	raised := map[finding]bool{}
	server := httptest.NewServer(ingest.Schemas(p.Schemas()))
	defer server.Close()
	schemas, err := ingest.NewRegistry(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		mapAll(t, p, c, f, schemas, raised)
		if f.Snapshot != nil { // what changes says what is wrong in it: here all that is sent
			changes := *f
			changes.Snapshot = nil
			mapAll(t, p, c, &changes, schemas, raised)
		}
	}
	injected := 0
	bad, near := map[string]int{}, map[string]int{}
	p.Defects(func(d demo.Defect) bool {
		if d.NearMiss {
			near[d.Family]++
		} else {
			bad[d.Family]++
		}
		if d.NearMiss || d.Family == demo.Inconsistency || d.Family == demo.Duplicate {
			return true
		}
		f := finding{d.Library, d.Feed, d.Key, d.Role, d.Element, d.Rule, 0}
		if d.Quarantine {
			f = finding{feed: d.Feed, key: d.Key, rule: d.Rule, quarantined: 1}
		}
		if injected++; !raised[f] {
			t.Errorf("not found: %+v", f)
		}
		delete(raised, f)
		return true
	})
	for f := range raised {
		t.Errorf("raised without cause: %+v", f)
	}
	if injected < 5000 {
		t.Errorf("%d defects prove little", injected)
	}
	for _, f := range demo.Families() {
		if f.Name != demo.Inconsistency && f.Name != demo.Duplicate && (bad[f.Name] < 30 || near[f.Name]*4 < bad[f.Name]) {
			t.Errorf("%s: %d defects and %d near misses prove little", f.Name, bad[f.Name], near[f.Name])
		}
		t.Logf("%s: %d defects, %d near misses", f.Name, bad[f.Name], near[f.Name])
	}
}

// mapAll maps all messages of one feed and notes what is raised.
func mapAll(t *testing.T, p *demo.Province, c *catalog.Catalog, f *catalog.Feed, schemas *ingest.Registry, raised map[finding]bool) {
	t.Helper()
	feed := f.Name
	m, err := ingest.NewMapper(c, f, entity.NewAnchorer([]byte("a key of at least 32 random bytes")),
		ingest.MapperOptions{Schemas: schemas, Places: func(system string) (ingest.Places, error) { return geo.NewReader(system) }})
	if err != nil {
		t.Fatal(err)
	}
	topic, offset := f.Topic, int64(0)
	take := func() {
		b := m.Take(topic, 0, 0, offset)
		keys, roles, elements, rules, libraries := column(b.Findings, "key"), column(b.Findings, "role"), column(b.Findings, "element"),
			column(b.Findings, "rule"), column(b.Findings, "library")
		for i := range keys {
			raised[finding{libraries[i], feed, keys[i], roles[i], elements[i], rules[i], 0}] = true
		}
		reasons := column(b.Quarantine, "reason")
		for i, key := range column(b.Quarantine, "message_key") {
			raised[finding{feed: feed, key: key, rule: reasons[i], quarantined: 1}] = true
		}
		m.Recycle(b)
	}
	p.Messages(topic, func(msg demo.Message) bool {
		one := &ingest.Message{Topic: topic, Offset: offset, TimeMS: msg.TimeMS, Key: msg.Key, Value: msg.Value}
		if msg.Keyless {
			one.Key = nil
		}
		for _, h := range msg.Headers {
			one.Headers = append(one.Headers, ingest.Header{Key: h[0], Value: []byte(h[1])})
		}
		if err := m.Prepare(t.Context(), one); err != nil {
			t.Fatal(err)
		}
		if c.Feed(feed).Snapshot == nil || f.Snapshot != nil || !bytes.Contains(msg.Value, []byte("BEGIN")) && !bytes.Contains(msg.Value, []byte("END")) && !bytes.Contains(msg.Value, []byte("标记")) {
			m.Map(one)
		}
		if offset++; offset%5000 == 0 {
			take()
		}
		return true
	})
	take()
}

// column reads a Text column.
func column(b *entity.Block, name string) []string {
	if b == nil {
		return nil
	}
	data := b.Columns[slices.IndexFunc(b.Columns, func(c *entity.Column) bool { return c.Name == name })].Data
	var out []string
	for len(data) > 0 {
		n, size := binary.Uvarint(data)
		out = append(out, string(data[size:size+int(n)]))
		data = data[size+int(n):]
	}
	return out
}
