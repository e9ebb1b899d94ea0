package ingest

import (
	"context"
	"encoding/binary"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/avro"

	"wuku/catalog"
)

// registryServer answers as a schema registry does. Ids that have no schema are 404; while down is set it answers 503.
type registryServer struct {
	*httptest.Server
	schemas map[string]string
	down    atomic.Bool
	asked   atomic.Int64
}

func newRegistryServer(t testing.TB, schemas ...string) *registryServer {
	s := &registryServer{schemas: map[string]string{}}
	for i, text := range schemas {
		s.schemas[strconv.Itoa(i+1)] = text
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /schemas/ids/{id}", func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		text, ok := s.schemas[r.PathValue("id")]
		switch {
		case s.down.Load():
			w.WriteHeader(http.StatusServiceUnavailable)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			w.Write([]byte(`{"error_code":40403,"message":"Schema not found"}`))
		default:
			w.Header().Set("Content-Type", "application/vnd.schemaregistry.v1+json")
			if err := json.MarshalWrite(w, map[string]string{"schema": text}); err != nil {
				t.Error(err)
			}
		}
	})
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *registryServer) registry(t testing.TB) *Registry {
	r, err := NewRegistry(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wired puts the registry's header before Avro bytes.
func wired(id uint32, body []byte) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{0}, id), body...)
}

const allTypes = `{"type":"record","name":"All","namespace":"cn.js","fields":[
 {"name":"id","type":"long"},{"name":"i","type":"int"},{"name":"b","type":"boolean"},{"name":"f","type":"float"},{"name":"d","type":"double"},
 {"name":"s","type":"string"},{"name":"raw","type":"bytes"},{"name":"none","type":["null","string"],"default":null},{"name":"some","type":["null","string"]},
 {"name":"e","type":{"type":"enum","name":"Colour","symbols":["RED","BLUE"]}},{"name":"e2","type":"Colour"},
 {"name":"list","type":{"type":"array","items":{"type":"record","name":"Item","fields":[{"name":"n","type":"int"},{"name":"c","type":"cn.js.Colour"}]}}},
 {"name":"map","type":{"type":"map","values":"Item"}},
 {"name":"fix","type":{"type":"fixed","name":"F2","size":2}},
 {"name":"money","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
 {"name":"debt","type":{"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":9,"scale":3}},
 {"name":"day","type":{"type":"int","logicalType":"date"}},{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}}]}`

// TestAvroTypes decodes every type as the library writes it.
func TestAvroTypes(t *testing.T) {
	t.Parallel()
	schema := avro.MustParse(allTypes)
	body, err := schema.Encode(map[string]any{
		"id": int64(-5), "i": int32(7), "b": true, "f": float32(1.5), "d": 0.1, "s": "张\n\"", "raw": []byte{0, 255}, "none": nil, "some": "x",
		"e": "BLUE", "e2": "RED", "list": []any{map[string]any{"n": int32(1), "c": "RED"}, map[string]any{"n": int32(2), "c": "BLUE"}},
		"map": map[string]any{"k": map[string]any{"n": int32(3), "c": "RED"}}, "fix": []byte{1, 2},
		"money": big.NewRat(-1205, 100), "debt": big.NewRat(7, 1000), "day": int32(20516), "at": int64(1772600000123456),
	})
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistryServer(t, allTypes).registry(t)
	if err := r.Fetch(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
	reader := textReader{schemas: r}
	got, f := reader.fromAvro(wired(1, body), MapperOptions{MaxBytes: 1 << 20, MaxDepth: 64})
	if f != nil {
		t.Fatal(f)
	}
	want := `{"id":-5,"i":7,"b":true,"f":1.5,"d":0.1,"s":"张\n\"","raw":"AP8=","none":null,"some":"x","e":"BLUE","e2":"RED",` +
		`"list":[{"n":1,"c":"RED"},{"n":2,"c":"BLUE"}],"map":{"k":{"n":3,"c":"RED"}},"fix":"AQI=","money":"-12.05","debt":"0.007","day":20516,"at":1772600000123456}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func avroFeed(format string) *catalog.Feed {
	f := testFeeds()["gbk"]
	f.Format, f.Encoding = format, ""
	if format == catalog.FormatDebezium {
		f.Encoding, f.Version.Field = catalog.EncodingAvro, "source.lsn"
	}
	return f
}

const (
	personSchema = `{"type":"record","name":"P","fields":[{"name":"编号","type":"string"},{"name":"姓名","type":["null","string"]},{"name":"seq","type":"long"}]}`
	rowSchema    = `{"type":"record","name":"Envelope","namespace":"pg.t","fields":[
 {"name":"before","type":["null",{"type":"record","name":"Value","fields":[{"name":"编号","type":"int"},{"name":"姓名","type":["null","string"]}]}]},
 {"name":"after","type":["null","Value"]},{"name":"source","type":{"type":"record","name":"Source","fields":[{"name":"lsn","type":["null","long"]}]}},
 {"name":"op","type":"string"}]}`
	keySchema = `{"type":"record","name":"Key","namespace":"pg.t","fields":[{"name":"编号","type":"int"}]}`
)

// lax takes field names that are no ASCII, as many registries do.
func lax(t testing.TB, text string) *avro.Schema {
	s, err := avro.Parse(text, avro.WithLaxNames(nil))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAvroFeeds maps plain records and Debezium's envelopes, a delete by the message's key among them, and the ways in which they fail.
func TestAvroFeeds(t *testing.T) {
	t.Parallel()
	server := newRegistryServer(t, personSchema, rowSchema, keySchema, `{"type":"nonsense"}`)
	encode := func(text string, v any) []byte {
		b, err := lax(t, text).Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	person := wired(1, encode(personSchema, map[string]any{"编号": "1", "姓名": "张三", "seq": int64(9)}))
	row := func(op string, before, after any) []byte {
		return wired(2, encode(rowSchema, map[string]any{"before": before, "after": after, "source": map[string]any{"lsn": int64(3)}, "op": op}))
	}
	key := wired(3, encode(keySchema, map[string]any{"编号": int32(7)}))
	image := map[string]any{"编号": int32(7), "姓名": "李四"}
	tests := []struct {
		name, format string
		key, value   []byte
		outcome      string
		want         string // the record's key, or the reason in quarantine
	}{
		{"record", catalog.FormatAvro, nil, person, "1", "1"},
		{"create", catalog.FormatDebezium, key, row("c", nil, image), "1", "7"},
		{"delete by before", catalog.FormatDebezium, key, row("d", image, nil), "2", "7"},
		{"delete by the key", catalog.FormatDebezium, key, row("d", nil, nil), "2", "7"},
		{"no header", catalog.FormatAvro, nil, []byte(`{"编号":"1"}`), "4", "message.registry"},
		{"header alone", catalog.FormatAvro, nil, []byte{0, 0, 0}, "4", "message.registry"},
		{"empty", catalog.FormatAvro, nil, []byte{}, "4", "message.registry"},
		{"unknown schema", catalog.FormatAvro, nil, wired(99, nil), "4", "message.schema"},
		{"a schema that is none", catalog.FormatAvro, nil, wired(4, nil), "4", "message.schema"},
		{"cut off", catalog.FormatAvro, nil, person[:len(person)-1], "4", "message.avro"},
		{"too long", catalog.FormatAvro, nil, append(person[:len(person):len(person)], 0), "4", "message.avro"},
		{"a branch that is none", catalog.FormatAvro, nil, wired(1, []byte{2, '1', 8}), "4", "message.avro"},
		{"a text of negative length", catalog.FormatAvro, nil, wired(1, []byte{1}), "4", "message.avro"},
		{"a text that is no UTF-8", catalog.FormatAvro, nil, wired(1, []byte{2, 0xff, 0, 2}), "4", "message.encoding"},
		{"another feed's schema", catalog.FormatAvro, nil, row("c", nil, image), "4", "message.key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			feed := avroFeed(test.format)
			m := newMapper(t, smallCatalog(), feed, MapperOptions{Schemas: server.registry(t)})
			msg := &Message{Topic: feed.Topic, Offset: 1, TimeMS: 1772672400000, Key: test.key, Value: test.value}
			if err := m.Prepare(t.Context(), msg); err != nil {
				t.Fatal(err)
			}
			m.Map(msg)
			b := m.Take(feed.Topic, 0, 1, 2)
			block, name := b.Ledger, "key"
			if test.outcome == "4" {
				block, name = b.Quarantine, "reason"
			}
			if got := column(t, b.Ledger, "outcome")[0]; got != test.outcome || block.Rows != 1 || column(t, block, name)[0] != test.want {
				t.Errorf("outcome %s, want %s and %s:\n%s", got, test.outcome, test.want, dump(b))
			}
		})
	}
}

// TestAvroBombs: few bytes that say they are many are refused before they take memory.
func TestAvroBombs(t *testing.T) {
	t.Parallel()
	nulls := `{"type":"record","name":"N","fields":[{"name":"a","type":{"type":"array","items":"null"}}]}`
	deep := `{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}`
	server := newRegistryServer(t, nulls, deep)
	r := server.registry(t)
	for id := range uint32(2) {
		if err := r.Fetch(t.Context(), id+1); err != nil {
			t.Fatal(err)
		}
	}
	links := make([]byte, 1000)
	for i := range links {
		links[i] = 2
	}
	reader := textReader{schemas: r}
	for name, test := range map[string]struct {
		value []byte
		code  string
	}{
		"a trillion nulls": {wired(1, binary.AppendVarint(nil, 1<<40)), "message.size"},
		"a chain":          {wired(2, links), "message.depth"},
	} {
		if _, f := reader.fromAvro(test.value, MapperOptions{MaxBytes: 1 << 16, MaxDepth: 64}); f == nil || f.Code != test.code {
			t.Errorf("%s: %v, want %s", name, f, test.code)
		}
	}
}

// TestRegistryDown: a registry that cannot be reached delays a feed; once it answers, nothing is in quarantine for that.
func TestRegistryDown(t *testing.T) {
	t.Parallel()
	server := newRegistryServer(t, personSchema)
	server.down.Store(true)
	r := server.registry(t)
	value, err := lax(t, personSchema).Encode(map[string]any{"编号": "1", "姓名": nil, "seq": int64(9)})
	if err != nil {
		t.Fatal(err)
	}
	msg := &Message{Value: wired(1, value)}
	failures := 0
	r.Await(t.Context(), time.Millisecond, msg, func(error) {
		if failures++; failures == 3 {
			server.down.Store(false)
		}
	})
	if failures != 3 || r.schema(1) == nil {
		t.Errorf("%d failures, schema %v", failures, r.schema(1))
	}
	before := server.asked.Load()
	r.Await(t.Context(), time.Millisecond, msg, func(error) {})
	if server.asked.Load() != before {
		t.Error("a known schema was asked for again")
	}
}

// FuzzAvro reads anything under schemas of every type: no crash, and what is taken is JSON of bounded size.
func FuzzAvro(f *testing.F) {
	server := newRegistryServer(f, allTypes, rowSchema, `{"type":"record","name":"L","fields":[{"name":"next","type":["null","L"]}]}`)
	r := server.registry(f)
	for id := range uint32(3) {
		if err := r.Fetch(context.Background(), id+1); err != nil {
			f.Fatal(err)
		}
	}
	f.Add([]byte{0, 2, 1, 2, 3})
	f.Fuzz(func(t *testing.T, body []byte) {
		reader := textReader{schemas: r}
		for id := range uint32(3) {
			out, fault := reader.fromAvro(wired(id+1, body), MapperOptions{MaxBytes: 1 << 12, MaxDepth: 20})
			if fault == nil && (!jsontext.Value(out).IsValid() || len(out) > 2*inflation<<12) {
				t.Fatalf("schema %d: %q", id+1, out)
			}
		}
	})
}
