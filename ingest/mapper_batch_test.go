package ingest

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/geo"
)

// TestTakeAndRecycle: what was taken is whole and untouched by what is mapped after it; recycled memory starts empty.
func TestTakeAndRecycle(t *testing.T) {
	t.Parallel()
	m := newMapper(t, smallCatalog(), personFeed(), MapperOptions{})
	msg := &Message{Topic: "src.police.person", Partition: 3, TimeMS: 1772672400000, Value: []byte(personRecord)}
	for offset := range int64(10) {
		msg.Offset = offset
		m.Map(msg)
	}
	m.Range(10, 19, entity.Control, msg.TimeMS)
	if m.Rows() != 10*4+1 || m.Bytes() < 10*500 {
		t.Errorf("%d rows of %d bytes before Take", m.Rows(), m.Bytes())
	}
	first := m.Take(msg.Topic, 3, 0, 20)
	if m.Rows() != 0 || m.Bytes() != 0 {
		t.Errorf("%d rows of %d bytes after Take", m.Rows(), m.Bytes())
	}
	before := dump(first)
	msg.Offset, msg.Value = 20, []byte(strings.Replace(personRecord, "张小明", "李四", 1))
	m.Map(msg)
	second := m.Take(msg.Topic, 3, 20, 21)
	if diff := cmp.Diff(before, dump(first)); diff != "" {
		t.Errorf("mapping changed a batch that was taken:\n%s", diff)
	}
	if first.Records != 10 || first.Ledger.Rows != 11 || first.From != 0 || first.To != 20 || first.Revision != 7 || first.Feed != "police.person" {
		t.Errorf("the batch says %+v", first)
	}
	m.Recycle(first)
	if len(first.Claims) != 0 || first.Ledger != nil {
		t.Error("a recycled batch still holds blocks")
	}
	want := dump(second)
	m.Map(msg)
	third := m.Take(msg.Topic, 3, 20, 21)
	if diff := cmp.Diff(want, dump(third)); diff != "" {
		t.Errorf("recycled memory shows (-want +got):\n%s", diff)
	}
}

// TestRecycleElsewhere: the sink gives memory back from its own goroutine while mapping goes on (meant for -race).
func TestRecycleElsewhere(t *testing.T) {
	t.Parallel()
	m := newMapper(t, smallCatalog(), familyFeed(), MapperOptions{})
	stored := make(chan *entity.Batch, 4)
	var sink sync.WaitGroup
	rows := 0
	sink.Go(func() {
		for b := range stored {
			rows += b.Ledger.Rows
			m.Recycle(b)
		}
	})
	msg := &Message{Topic: "src.civil.family", TimeMS: 1772672400000, Value: []byte(`{"no":"F1","at":1772600000,"members":[{"n":1,"name":"王芳"}]}`)}
	for i := range int64(200) {
		msg.Offset = i
		m.Map(msg)
		stored <- m.Take(msg.Topic, 0, i, i+1)
	}
	close(stored)
	sink.Wait()
	if rows != 200 {
		t.Errorf("%d ledger rows of 200 messages", rows)
	}
}

// TestNothingIsAllocated holds the promise of the hot path, with claims, findings, deletes and lists.
func TestNothingIsAllocated(t *testing.T) {
	for name, value := range map[string]string{
		"person":  personRecord,
		"family":  `{"no":"F1","at":1772600000,"kind":"1","head":{"id":"320502199003072313"},"members":[{"n":1,"name":"王芳"},{"n":2,"name":"a\u00e9"}]}`,
		"company": `{"before":null,"after":{"id":5,"uscc":"913205001234567881","name":"新名"},"source":{"lsn":901},"op":"u","ts_ms":1772600000500}`,
		"counter": `{"id":"1","xm":"李四","xb":"X","seq":4,"at":1772600000123}`,
	} {
		feed := testFeeds()[name]
		m := newMapper(t, smallCatalog(), feed, MapperOptions{})
		msg := &Message{Topic: feed.Topic, TimeMS: 1772672400000, Value: []byte(value)}
		for range 2000 { // room for what follows
			m.Map(msg)
		}
		if m.out.quarantine.Rows > 0 {
			t.Fatalf("%s: %s", name, dump(m.Take(feed.Topic, 0, 0, 1)))
		}
		for _, b := range append(m.out.claims, m.out.findings, m.out.quarantine, m.out.ledger) {
			b.Reset() // keeps its memory, as a recycled block does; the pool itself may hand out a new one
		}
		if n := testing.AllocsPerRun(500, func() { m.Map(msg) }); n > 0 {
			t.Errorf("%s: %v allocations a message", name, n)
		}
	}
}

// TestCopyAndReplay: a replay writes the same rows; a producer's second copy is a second version with an equal digest.
func TestCopyAndReplay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		offset := rapid.Int64Range(0, entity.MaxOffset).Draw(t, "offset")
		m, err := NewMapper(smallCatalog(), personFeed(), entity.NewAnchorer(testKey), MapperOptions{})
		if err != nil {
			t.Fatal(err)
		}
		msg := &Message{Topic: "src.police.person", Partition: 3, Offset: offset, TimeMS: 1772672400000, Value: []byte(personRecord)}
		m.Map(msg)
		first := dump(m.Take(msg.Topic, 3, offset, offset+1))
		m.Map(msg)
		if again := dump(m.Take(msg.Topic, 3, offset, offset+1)); again != first {
			t.Fatalf("a replay differs:\n%s\n%s", first, again)
		}
		m.Map(msg)
		msg.Offset++
		m.Map(msg)
		b := m.Take(msg.Topic, 3, offset, offset+2)
		digests, versions := texts(b.Claims[0].Columns[colDigest], 6), texts(b.Claims[0].Columns[colVer], 6)
		if digests[0] != digests[3] || versions[0] == versions[3] {
			t.Fatalf("digests %s and %s, versions %s and %s", digests[0], digests[3], versions[0], versions[3])
		}
	})
}

// TestHeaders: names may repeat, values may be null, bytes may be no UTF-8; what is kept is valid JSON.
func TestHeaders(t *testing.T) {
	t.Parallel()
	h := func(key, value string) Header { return Header{Key: key, Value: []byte(value)} }
	tests := []struct {
		name    string
		headers []Header
		want    string
	}{
		{"none", nil, `{}`},
		{"null and empty", []Header{{Key: "a"}, h("b", "")}, `{"a":null,"b":""}`},
		{"repeated", []Header{h("a", "1"), h("b", "2"), {Key: "a"}, h("a", "3")}, `{"a":["MQ==",null,"Mw=="],"b":"Mg=="}`},
		{"quoted", []Header{h("a\"\n", "\xff")}, `{"a\"\n":"/w=="}`},
		{"no UTF-8", []Header{h("\xff", "x")}, `{"` + "\ufffd" + `":"eA=="}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, string(appendHeaders(nil, test.headers))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRetryAmongOthers: a mapper that has rows of its own topic already keeps them apart from those of a retry.
func TestRetryAmongOthers(t *testing.T) {
	t.Parallel()
	feed := personFeed()
	m := newMapper(t, smallCatalog(), feed, MapperOptions{})
	msg := &Message{Topic: feed.Topic, Partition: 3, Offset: 5, TimeMS: 1772672400000, Value: []byte(personRecord)}
	m.Map(msg)
	msg.Offset = 6
	m.MapRetry(msg, &Message{Topic: "wuku.retry", Offset: 1, TimeMS: msg.TimeMS})
	m.Range(7, 9, entity.Control, msg.TimeMS)
	b := m.Take("wuku.retry", 0, 1, 2)
	want := []string{feed.Topic, feed.Topic, "wuku.retry", "wuku.retry"}
	if diff := cmp.Diff(want, column(t, b.Ledger, "topic")); diff != "" {
		t.Errorf("topics of the ledger (-want +got):\n%s", diff)
	}
	if b.Records != 2 {
		t.Errorf("%d messages, want 2", b.Records)
	}
	if anchors := column(t, b.Ledger, "anchors"); anchors[1] == "" || anchors[1] != anchors[2] {
		t.Errorf("the retry's own row names %q, the original place %q", anchors[2], anchors[1])
	}
}

// TestDigest tells null from empty and keys from values.
func TestDigest(t *testing.T) {
	t.Parallel()
	seen := map[uint64]string{}
	for name, kv := range map[string][2][]byte{"nulls": {nil, nil}, "empty": {{}, {}}, "null key": {nil, {}}, "null value": {{}, nil},
		"ab": {[]byte("a"), []byte("b")}, "ba": {[]byte("b"), []byte("a")}, "moved": {[]byte("ab"), {}}, "moved back": {{}, []byte("ab")}} {
		d := Digest(kv[0], kv[1])
		if other, taken := seen[d]; taken || d == 0 {
			t.Errorf("%s and %q share the digest %d", name, other, d)
		}
		seen[d] = name
	}
}

// TestProvince compiles every feed of the shipped catalogue.
func TestProvince(t *testing.T) {
	t.Parallel()
	cat, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	if len(cat.Feeds) == 0 {
		t.Fatal("the catalogue has no feeds")
	}
	for i := range cat.Feeds {
		if _, err := NewMapper(cat, &cat.Feeds[i], entity.NewAnchorer(testKey), MapperOptions{Places: func(system string) (Places, error) { return geo.NewReader(system) }}); err != nil {
			t.Error(err)
		}
	}
}

// TestCompileRefuses wants a message for each mapping that cannot be compiled.
func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		spoil      func(*catalog.Feed)
	}{
		{"no key", "needs a key", func(f *catalog.Feed) { f.Key = nil }},
		{"path with a hole", "empty part", func(f *catalog.Feed) { f.Key = []string{"a..b"} }},
		{"format", "is none of json", func(f *catalog.Feed) { f.Format = "xml" }},
		{"version kind", "none of counter", func(f *catalog.Feed) { f.Version.Kind = "clock" }},
		{"version without field", "needs a field", func(f *catalog.Feed) { f.Version.Field = "" }},
		{"version format", "time format", func(f *catalog.Feed) { f.Version.Format = "dd.MM.yyyy" }},
		{"event time format", "time format", func(f *catalog.Feed) { f.EventTime = &catalog.Time{Field: "x", Format: "stardate"} }},
		{"library", "no library", func(f *catalog.Feed) { f.Claims[0].Library = "weather" }},
		{"element", "no element", func(f *catalog.Feed) { f.Claims[0].Fields[0].Element = "mood" }},
		{"element twice", "mapped twice", func(f *catalog.Feed) { f.Claims[0].Fields[1].Element = "citizen" }},
		{"list without key", "list_key", func(f *catalog.Feed) { f.Claims[0].Each = "list" }},
		{"code that is none", "no code of table", func(f *catalog.Feed) { f.Claims[0].Fields[4].Values["M"] = "male" }},
		{"constant", "constant", func(f *catalog.Feed) { f.Claims[0].Fields[7] = catalog.Field{Element: "height", Const: "tall"} }},
		{"field below a field", "both", func(f *catalog.Feed) { f.Claims[0].Fields[11].From = "dz" }},
		{"field through a list", "list", func(f *catalog.Feed) {
			f.Claims = append(f.Claims, catalog.Slot{Library: entity.Person, Role: "l", Each: "dz", ListKey: []string{"n"},
				Fields: []catalog.Field{{Element: "name", From: "n"}}})
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			feed := personFeed()
			test.spoil(feed)
			_, err := NewMapper(smallCatalog(), feed, entity.NewAnchorer(testKey), MapperOptions{})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "police.person") {
				t.Errorf("%v, want it to say %q and name the feed", err, test.want)
			}
		})
	}
}
