package ingest

import (
	"bytes"
	"encoding/json/jsontext"
	"hash/maphash"
	"strings"
	"syscall"
	"testing"

	"wuku/catalog"
	"wuku/entity"
)

// testKey is a deployment key for tests only.
var testKey = []byte("0123456789abcdef0123456789abcdef")

// testSeed hashes names in tests of the decoder.
var testSeed = maphash.MakeSeed()

func ptr[T any](v T) *T { return &v }

// smallCatalog is two libraries that together have every element type.
func smallCatalog() *catalog.Catalog {
	return &catalog.Catalog{
		Name: "test",
		Codes: []catalog.CodeTable{
			{Name: "sex", Values: map[string]string{"0": "未知", "1": "男", "2": "女", "9": "未说明"}},
			{Name: "nation", Values: map[string]string{"01": "汉族", "02": "蒙古族", "03": "回族"}},
		},
		Libraries: []catalog.Library{
			{
				Name: entity.Person,
				Identity: []catalog.Identity{
					{Scheme: "citizen", Elements: []string{"citizen"}},
					{Scheme: "passport", Elements: []string{"passport"}},
					{Scheme: "name_birth", Elements: []string{"name", "birth"}},
				},
				Elements: []catalog.Element{
					{Name: "citizen", Type: catalog.TypeIdentifier, Scheme: "citizen"},
					{Name: "passport", Type: catalog.TypeIdentifier, Scheme: "passport"},
					{Name: "name", Type: catalog.TypeText, MaxLength: 20},
					{Name: "former_name", Type: catalog.TypeText, MaxLength: 20},
					{Name: "sex", Type: catalog.TypeCode, Codes: "sex"},
					{Name: "nation", Type: catalog.TypeCode, Codes: "nation"},
					{Name: "birth", Type: catalog.TypeDate, Min: ptr("1900-01-01")},
					{Name: "death", Type: catalog.TypeDate},
					{Name: "height", Type: catalog.TypeInt, Min: ptr("20"), Max: ptr("300")},
					{Name: "income", Type: catalog.TypeDecimal, Min: ptr("0")},
					{Name: "married", Type: catalog.TypeBool},
					{Name: "phone", Type: catalog.TypeText, Pattern: `1[0-9]{10}`},
					{Name: "address", Type: catalog.TypeText, MaxLength: 200},
					{Name: "district", Type: catalog.TypeText, Pattern: `[0-9]{6}`},
					{Name: "town", Type: catalog.TypeText},
					{Name: "post", Type: catalog.TypeText},
					{Name: "registered", Type: catalog.TypeDateTime},
					{Name: "lon", Type: catalog.TypeFloat, Min: ptr("73"), Max: ptr("136")},
					{Name: "lat", Type: catalog.TypeFloat},
					{Name: "employer", Type: catalog.TypeText},
					{Name: "source_system", Type: catalog.TypeText},
				},
			},
			{
				Name:     entity.Organisation,
				Identity: []catalog.Identity{{Scheme: "uscc", Elements: []string{"uscc"}}},
				Elements: []catalog.Element{
					{Name: "uscc", Type: catalog.TypeIdentifier, Scheme: "uscc"},
					{Name: "name", Type: catalog.TypeText},
				},
			},
			{
				Name: entity.Place,
				Elements: []catalog.Element{
					{Name: "shape", Type: catalog.TypeGeometry},
					{Name: "name", Type: catalog.TypeText},
				},
			},
		},
	}
}

// personFeed maps 20 elements of a flat record with one nested object.
func personFeed() *catalog.Feed {
	return &catalog.Feed{
		Name: "police.person", Department: "police", Topic: "src.police.person", Tier: "city", Jurisdiction: "320500", Format: catalog.FormatJSON,
		Key: []string{"id"}, Version: catalog.Version{Kind: catalog.VersionTime, Field: "updated", Format: "yyyy-MM-dd HH:mm:ss"},
		Nulls: []string{"无", "-"}, Revision: 7,
		Delete: &catalog.Delete{Field: "state", Values: []string{"D"}},
		Claims: []catalog.Slot{{Library: entity.Person, Fields: []catalog.Field{
			{Element: "citizen", From: "sfzh"},
			{Element: "passport", From: "hzhm"},
			{Element: "name", From: "xm"},
			{Element: "former_name", From: "cym"},
			{Element: "sex", From: "xb", Values: map[string]string{"M": "1", "F": "2"}},
			{Element: "nation", From: "mz"},
			{Element: "birth", From: "csrq", Format: "yyyyMMdd"},
			{Element: "height", From: "sg"},
			{Element: "income", From: "sr", Scale: 10000},
			{Element: "married", From: "hf"},
			{Element: "phone", From: "dh"},
			{Element: "address", From: "dz.xz"},
			{Element: "district", From: "dz.qh"},
			{Element: "town", From: "dz.jd"},
			{Element: "post", From: "dz.yb"},
			{Element: "registered", From: "djsj", Format: "iso"},
			{Element: "lon", From: "jd"},
			{Element: "lat", From: "wd"},
			{Element: "employer", From: "dw"},
			{Element: "source_system", Const: "police"},
		}}},
	}
}

const personRecord = `{"id":"320500-0012345678","sfzh":"320502199003072313","hzhm":"E84629173","xm":"张小明","cym":null,"xb":"M","mz":"01",` +
	`"csrq":"19900307","sg":175,"sr":"12.5","hf":"是","dh":"13812345678","dz":{"xz":"江苏省苏州市姑苏区观前街道人民路一百二十三号","qh":"320508","jd":"观前街道","yb":"215000"},` +
	`"djsj":"2020-05-06T07:08:09+08:00","jd":120.617834,"wd":31.313245,"dw":"苏州市某某科技有限公司","state":"A","bz":"","czr":"admin","updated":"2026-03-04 05:06:07"}`

func newMapper(t testing.TB, cat *catalog.Catalog, feed *catalog.Feed, opts MapperOptions) *Mapper {
	t.Helper()
	m, err := NewMapper(cat, feed, entity.NewAnchorer(testKey), opts)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestColumnsStandWhereTheMapperWrites(t *testing.T) {
	t.Parallel()
	if got := len(entity.ClaimColumns); got != firstElement {
		t.Fatalf("claims have %d fixed columns, the mapper writes %d", got, firstElement)
	}
}

// cpuTime reports user and system time an operation beside the wall clock's: on a machine that others use too, only that compares.
func cpuTime(b *testing.B) func() {
	var from, to syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &from); err != nil {
		b.Fatal(err)
	}
	return func() {
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &to); err != nil {
			b.Fatal(err)
		}
		ns := to.Utime.Nano() - from.Utime.Nano() + to.Stime.Nano() - from.Stime.Nano()
		b.ReportMetric(float64(ns)/float64(b.N), "cpu-ns/op")
	}
}

// BenchmarkMap is the whole mapping of one record of 20 elements: two identifiers and a composite, three claim rows.
func BenchmarkMap(b *testing.B) {
	full := personRecord
	one := strings.Replace(full, `"hzhm":"E84629173"`, `"hzhm":null      `, 1)
	one = strings.Replace(one, `"csrq":"19900307"`, `"csrq":null      `, 1)
	for name, record := range map[string]string{"three identifiers": full, "one identifier": one} {
		b.Run(name, func(b *testing.B) {
			m := newMapper(b, smallCatalog(), personFeed(), MapperOptions{})
			msg := &Message{Topic: "src.police.person", Key: []byte("320500-0012345678"), Value: []byte(record), TimeMS: 1772572000000}
			b.ReportAllocs()
			b.SetBytes(int64(len(msg.Value)))
			defer cpuTime(b)()
			for i := 0; b.Loop(); i++ {
				msg.Offset = int64(i)
				m.Map(msg)
				if i%10000 == 9999 {
					m.Recycle(m.Take(msg.Topic, 0, 0, int64(i)))
				}
			}
		})
	}
}

// BenchmarkMapKinds is the mapping of a list of three, of a change event with its wrapper, and of a message for quarantine.
func BenchmarkMapKinds(b *testing.B) {
	for _, kind := range []struct{ name, feed, value string }{
		{"list", "family", `{"no":"F1","at":1772600000,"kind":"1","address":"人民路1号","head":{"id":"320502199003072313","name":"张三","born":"1990-03-07"},` +
			`"members":[{"n":1,"id":"320508198506120026","name":"王芳"},{"n":2,"id":null,"name":"张小"},{"n":3,"name":"张大"}]}`},
		{"debezium", "company", `{"payload":{"before":{"id":5,"name":"旧名"},"after":{"id":5,"uscc":"913205001234567881","name":"某某公司","legal_id":"320502199003072313",` +
			`"legal_name":"张三","opened":1588720089123456,"born":7370},"source":{"lsn":900,"ts_ms":1772600000000},"op":"u","ts_ms":1772600000500}}`},
		{"quarantine", "person", `{"id":"1","xm":"李四"}`},
	} {
		b.Run(kind.name, func(b *testing.B) {
			feed := testFeeds()[kind.feed]
			m := newMapper(b, smallCatalog(), feed, MapperOptions{})
			msg := &Message{Topic: feed.Topic, Value: []byte(kind.value), TimeMS: 1772672400000}
			b.ReportAllocs()
			defer cpuTime(b)()
			for i := 0; b.Loop(); i++ {
				msg.Offset = int64(i)
				m.Map(msg)
				if i%10000 == 9999 {
					m.Recycle(m.Take(msg.Topic, 0, 0, int64(i)))
				}
			}
		})
	}
}

// BenchmarkDecode compares the decoder with jsontext's tokens, which is the least that any use of jsontext costs.
func BenchmarkDecode(b *testing.B) {
	record := []byte(personRecord)
	b.Run("ours", func(b *testing.B) {
		m, msg := newMapper(b, smallCatalog(), personFeed(), MapperOptions{}), &Message{}
		b.ReportAllocs()
		b.SetBytes(int64(len(record)))
		defer cpuTime(b)()
		for b.Loop() {
			m.dec.reset()
			if f := m.dec.message(record, m.plan.root); f != nil {
				b.Fatal(f)
			}
			m.learn(msg)
		}
	})
	b.Run("jsontext tokens", func(b *testing.B) {
		var src bytes.Buffer
		d := jsontext.NewDecoder(&src)
		b.SetBytes(int64(len(record)))
		defer cpuTime(b)()
		for b.Loop() {
			src = *bytes.NewBuffer(record)
			d.Reset(&src)
			for {
				if _, err := d.ReadToken(); err != nil {
					break
				}
			}
		}
	})
}
