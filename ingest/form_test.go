package ingest

import (
	"bytes"
	"encoding/json/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/entity"
)

// mapText maps one message of a feed and returns its batch.
func mapText(t *testing.T, feed *catalog.Feed, key, value []byte) *entity.Batch {
	t.Helper()
	m := newMapper(t, smallCatalog(), feed, MapperOptions{})
	m.Map(&Message{Topic: feed.Topic, Partition: 3, Offset: 5, TimeMS: ms(t, "2026-03-05T00:00:00Z"), Key: key, Value: value})
	return m.Take(feed.Topic, 3, 5, 6)
}

func gb18030(t *testing.T, text string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGB18030 maps the same record in both encodings, with characters of two and of four bytes.
func TestGB18030(t *testing.T) {
	t.Parallel()
	const text = `{"编号":"1","证号":"320502199003072313","姓名":"张𠮷㐂","身高":"１７５","seq":1}`
	feed := testFeeds()["gbk"]
	b := mapText(t, feed, nil, gb18030(t, text))
	if len(b.Claims) != 1 {
		t.Fatalf("no claim:\n%s", dump(b))
	}
	want := map[string]string{"citizen": "320502199003072313", "name": "张𠮷㐂", "height": "175"}
	got := map[string]string{}
	for name := range want {
		got[name] = column(t, b.Claims[0], name)[0]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for name, value := range map[string][]byte{
		"UTF-8 with its mark":             append([]byte("\xef\xbb\xbf"), text...),
		"cut in a character":              bytes.TrimSuffix(gb18030(t, `{"编号":"1","姓名":"张`), []byte{0xc5}),
		"a byte that begins nothing":      []byte("{\"id\":\"\xff\"}"),
		"what another program gave up on": gb18030(t, "{\"姓名\":\"张\ufffd\"}"),
	} {
		b := mapText(t, feed, nil, value)
		if b.Quarantine.Rows != 1 || column(t, b.Quarantine, "reason")[0] != "message.encoding" {
			t.Errorf("%s: %s", name, dump(b))
		}
		if got := rawText(b.Quarantine, "message_value"); got != string(value) {
			t.Errorf("%s: the bytes kept are not the message's", name)
		}
	}
}

// TestGB18030Text: whatever can be written in GB 18030 is read back as it was.
func TestGB18030Text(t *testing.T) {
	t.Parallel()
	var r textReader
	feed := &catalog.Feed{Format: catalog.FormatJSON, Encoding: catalog.EncodingGB18030}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom(nil, unicode.Han, unicode.Latin, unicode.Nd, unicode.P)).Draw(t, "text")
		b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err) // GB 18030 writes every character that Unicode has
		}
		got, f := r.read(feed, b, MapperOptions{})
		if f != nil || string(got) != text {
			t.Fatalf("%q came back as %q, %v", text, got, f)
		}
	})
}

// TestCSVObjects: any table written as CSV comes back cell by cell.
func TestCSVObjects(t *testing.T) {
	t.Parallel()
	m := newMapper(t, smallCatalog(), testFeeds()["csvhead"], MapperOptions{})
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "columns")
		cell := rapid.StringOf(rapid.SampledFrom([]rune("ab,\"\n\r |张\\\t ")))
		table := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 4).Draw(t, "rows")
		var text []byte
		names := []string{"a", "名", "c d", `q"`}[:width]
		for _, line := range append([][]string{names}, table...) {
			for i, c := range line {
				if i > 0 {
					text = append(text, ',')
				}
				text = appendCSV(text, []byte(c))
			}
			text = append(text, rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")...)
		}
		m.reset()
		m.many.rows = m.many.rows[:0]
		if f := m.splitCSV(text); f != nil {
			t.Fatalf("%s: %q", f.Code, text)
		}
		if len(m.many.rows) != len(table) {
			t.Fatalf("%d rows of %d: %q", len(m.many.rows), len(table), text)
		}
		for i, row := range m.many.rows {
			got := map[string]string{}
			if err := json.Unmarshal(row.text, &got); err != nil || row.fault != nil {
				t.Fatalf("row %d: %v %v %q", i, err, row.fault, row.text)
			}
			for k, name := range names {
				if got[name] != table[i][k] {
					t.Fatalf("row %d, %s: %q, want %q", i, name, got[name], table[i][k])
				}
			}
		}
	})
}

// TestDrift: a field that the contract does not have is told once; a retyped one once for each type; one that stays away is told.
func TestDrift(t *testing.T) {
	t.Parallel()
	feed := personFeed()
	m := newMapper(t, smallCatalog(), feed, MapperOptions{})
	send := func(offset int64, value string) []string {
		m.Map(&Message{Topic: feed.Topic, Offset: offset, TimeMS: 1772672400000, Value: []byte(value)})
		b := m.Take(feed.Topic, 0, offset, offset+1)
		if b.Fields == nil {
			return nil
		}
		var told []string
		for i := range b.Fields.Rows {
			told = append(told, column(t, b.Fields, "field")[i]+" "+column(t, b.Fields, "type")[i]+" "+column(t, b.Fields, "mapped")[i])
		}
		return told
	}
	const tail = `"updated":"2026-03-04 05:06:07"}`
	steps := []struct {
		name, value string
		want        []string
	}{
		{"first", `{"id":"1","xm":"张","dz":{"xz":"路","new":1},"extra":[1],` + tail,
			[]string{"id text 1", "xm text 1", "dz object 1", "dz.xz text 1", "dz.new number 0", "extra list 0", "updated text 1"}},
		{"again", `{"id":"1","xm":"张","dz":{"xz":"路","new":1},"extra":[1],` + tail, nil},
		{"null says nothing", `{"id":"1","xm":null,"extra":null,` + tail, nil},
		{"retyped", `{"id":1,"xm":"张","extra":"x",` + tail, []string{"id number 1", "extra text 0"}},
		{"a broken message says nothing", `{"id":true,"other":1`, nil},
		{"one without version does", `{"other":1}`, []string{"other number 0"}},
	}
	offset := int64(0)
	for _, s := range steps {
		if diff := cmp.Diff(s.want, send(offset, s.value)); diff != "" {
			t.Errorf("%s:\n%s", s.name, diff)
		}
		offset++
	}
	var told []string
	for range 2 * absentAfter {
		told = append(told, send(offset, `{"id":"1","xm":"张",`+tail)...)
		offset++
	}
	slices.Sort(told)
	if diff := cmp.Diff([]string{"dz absent 1", "dz.new absent 0", "dz.xz absent 1", "extra absent 0", "other absent 0"}, told); diff != "" {
		t.Errorf("fields that stay away:\n%s", diff)
	}
}

// TestDriftBounded: a producer that makes up names does not fill memory or tables.
func TestDriftBounded(t *testing.T) {
	t.Parallel()
	feed := personFeed()
	m := newMapper(t, smallCatalog(), feed, MapperOptions{})
	for i := range 3 * mostStrange {
		m.Map(&Message{Topic: feed.Topic, Offset: int64(i), TimeMS: 1772672400000,
			Value: []byte(`{"id":"1","f` + strings.Repeat("x", i) + `":1,"updated":"2026-03-04 05:06:07"}`)})
	}
	if b := m.Take(feed.Topic, 0, 0, 3*mostStrange); b.Fields.Rows != mostStrange+2 {
		t.Errorf("%d fields told, want %d", b.Fields.Rows, mostStrange+2)
	}
}

// TestImpostor: a message that names another sender is an incident, told once in ten minutes of the broker's time.
func TestImpostor(t *testing.T) {
	t.Parallel()
	feed := testFeeds()["array"]
	m := newMapper(t, smallCatalog(), feed, MapperOptions{})
	for i := range int64(30) {
		m.Map(&Message{Topic: feed.Topic, Offset: i, TimeMS: 1772672400000 + i*60_000, Value: []byte(`[{"编号":"1","seq":1,"dept":"suzhou"}]`)})
	}
	b := m.Take(feed.Topic, 0, 0, 30)
	var at []int64
	for _, i := range b.Incidents {
		if i.Kind != IncidentImpostor || strings.Contains(i.Detail, "suzhou") {
			t.Errorf("incident %+v", i)
		}
		at = append(at, i.From)
	}
	if diff := cmp.Diff([]int64{0, 10, 20}, at); diff != "" {
		t.Error(diff)
	}
	if b.Quarantine.Rows != 30 {
		t.Errorf("%d in quarantine", b.Quarantine.Rows)
	}
}

// FuzzCSV reads anything as CSV, with columns declared and without: no crash, and every line becomes an object of all columns or a fault.
func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n1,\"2\n3\"\r\n"))
	f.Add([]byte("\"a\"\"\",b\n\"1\"x,2"))
	var mappers []*Mapper
	for _, name := range []string{"csv", "csvhead"} {
		mappers = append(mappers, newMapper(f, smallCatalog(), testFeeds()[name], MapperOptions{}))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, m := range mappers {
			m.reset()
			m.many.rows = m.many.rows[:0]
			if m.splitCSV(text) != nil {
				continue
			}
			for _, row := range m.many.rows {
				var got map[string]string
				if row.fault == nil && (json.Unmarshal(row.text, &got) != nil || len(got) != len(m.many.csv.names)) {
					t.Fatalf("%q gives %q", text, row.text)
				}
			}
		}
	})
}

// FuzzGB18030 reads anything as GB 18030: no crash, and what is taken is UTF-8 and loses nothing.
func FuzzGB18030(f *testing.F) {
	f.Add([]byte("\xd5\xc5\x81\x30\x81\x30"))
	feed := &catalog.Feed{Format: catalog.FormatJSON, Encoding: catalog.EncodingGB18030}
	f.Fuzz(func(t *testing.T, text []byte) {
		var r textReader
		out, fault := r.read(feed, text, MapperOptions{})
		if fault != nil {
			return
		}
		if !utf8.Valid(out) || len(text) > 0 && len(out) == 0 {
			t.Fatalf("%q became %q", text, out)
		}
	})
}
