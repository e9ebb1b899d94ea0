package ingest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"wuku/entity"
)

// TestMalformed sends one message of every broken kind and wants its exact reason and place in quarantine, the bytes kept, and
// nothing else.
func TestMalformed(t *testing.T) {
	t.Parallel()
	const tail = `,"updated":"2026-03-04 05:06:07"}`
	deep := strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64)
	tests := []malformed{
		{"empty", "person", "", "message.json", ""},
		{"spaces", "person", " \n\t", "message.json", ""},
		{"text", "person", "hello", "message.json", ""},
		{"cut off", "person", `{"id":"1","xm":"李`, "message.json", ""},
		{"cut in an escape", "person", `{"id":"1","xm":"\u12`, "message.json", ""},
		{"no closing brace", "person", `{"id":"1"`, "message.json", ""},
		{"trailing comma", "person", `{"id":"1",}`, "message.json", ""},
		{"leading comma", "person", `{,"id":"1"}`, "message.json", ""},
		{"missing colon", "person", `{"id" "1"}`, "message.json", ""},
		{"missing comma", "person", `{"id":"1" "xm":"a"}`, "message.json", ""},
		{"single quotes", "person", `{'id':'1'}`, "message.json", ""},
		{"bare name", "person", `{id:"1"}`, "message.json", ""},
		{"number as name", "person", `{1:"1"}`, "message.json", ""},
		{"comment", "person", `{"id":"1"/*x*/}`, "message.json", ""},
		{"NaN", "person", `{"id":NaN}`, "message.json", ""},
		{"capital true", "person", `{"id":True}`, "message.json", ""},
		{"leading zero", "person", `{"id":01}`, "message.json", ""},
		{"plus sign", "person", `{"id":+1}`, "message.json", ""},
		{"bare point", "person", `{"id":1.}`, "message.json", ""},
		{"bare exponent", "person", `{"id":1e}`, "message.json", ""},
		{"hexadecimal", "person", `{"id":0x1}`, "message.json", ""},
		{"bad escape", "person", `{"id":"\x41"}`, "message.json", ""},
		{"raw newline in a text", "person", "{\"id\":\"a\nb\"}", "message.json", ""},
		{"NUL in a text", "person", "{\"id\":\"a\x00b\"}", "message.json", ""},
		{"trailing data", "person", `{"id":"1"} {"id":"2"}`, "message.json", ""},
		{"trailing brace", "person", `{"id":"1"}}`, "message.json", ""},
		{"mismatched bracket", "person", `{"id":[1}`, "message.json", ""},
		{"CSV", "person", "id,xm\n1,李四\n", "message.json", ""},
		{"XML", "person", "<row><id>1</id></row>", "message.json", ""},
		{"Avro with schema id", "person", "\x00\x00\x00\x00\x07\x02abc", "message.json", ""},
		{"array", "person", `[{"id":"1"}]`, "message.shape", ""},
		{"string", "person", `"{}"`, "message.shape", ""},
		{"null literal", "person", `null`, "message.shape", ""},
		{"number", "person", `12`, "message.shape", ""},
		{"GBK", "person", "{\"id\":\"1\",\"xm\":\"\xc0\xee\xcb\xc4\"}", "message.encoding", ""},
		{"GBK in a field nobody reads", "person", "{\"id\":\"1\",\"zz\":\"\xc0\xee\xcb\xc4\"}", "message.encoding", ""},
		{"UTF-16", "person", "\xff\xfe{\x00}\x00", "message.encoding", ""},
		{"byte order mark inside", "person", " \xef\xbb\xbf{}", "message.json", ""},
		{"two byte order marks", "person", "\xef\xbb\xbf\xef\xbb\xbf{}", "message.encoding", ""},
		{"overlong UTF-8", "person", "{\"id\":\"\xc0\x80\"}", "message.encoding", ""},
		{"surrogate in UTF-8", "person", "{\"id\":\"\xed\xa0\x80\"}", "message.encoding", ""},
		{"lone surrogate escape", "person", `{"id":"\ud800"}`, "message.encoding", ""},
		{"half a pair", "person", `{"id":"\ud83d\u0041"}`, "message.encoding", ""},
		{"duplicate name", "person", `{"id":"1","id":"2"}`, "message.duplicate_name", ""},
		{"duplicate unknown name", "person", `{"id":"1","zz":1,"zz":1}`, "message.duplicate_name", ""},
		{"duplicate by escape", "person", `{"id":"1","\u0069d":"2"}`, "message.duplicate_name", ""},
		{"duplicate far below", "person", `{"zz":[{"a":{"b":1,"b":2}}]}`, "message.duplicate_name", ""},
		{"too deep", "person", `{"zz":` + deep + tail, "message.depth", ""},
		{"too deep in arrays", "person", `{"zz":` + strings.Repeat("[", 5000), "message.depth", ""},
		{"too large", "person", `{"id":"` + strings.Repeat("a", 1<<20) + `"` + tail, "message.size", ""},
		{"no key", "person", `{"xm":"李四"` + tail, "message.key", "id"},
		{"null key", "person", `{"id":null` + tail, "message.key", "id"},
		{"empty key", "person", `{"id":" "` + tail, "message.key", "id"},
		{"object as key", "person", `{"id":{}` + tail, "message.key", "id"},
		{"control character in the key", "person", `{"id":"a\tb"` + tail, "message.key", "id"},
		{"long key", "person", `{"id":"` + strings.Repeat("k", 1025) + `"` + tail, "message.key", "id"},
		{"half a joined key", "pair", `{"office":"A"}`, "message.key", "no"},
		{"bar in a joined key", "pair", `{"office":"A|B","no":1}`, "message.key", "office"},
		{"no version", "person", `{"id":"1"}`, "message.version", "updated"},
		{"null version", "person", `{"id":"1","updated":null}`, "message.version", "updated"},
		{"version in another format", "person", `{"id":"1","updated":"2026-03-04T05:06:07Z"}`, "message.version", "updated"},
		{"version on no day", "person", `{"id":"1","updated":"2026-02-30 00:00:00"}`, "message.version", "updated"},
		{"negative counter", "counter", `{"id":"1","seq":-1,"at":1}`, "message.version", "seq"},
		{"broken counter", "counter", `{"id":"1","seq":1.5,"at":1}`, "message.version", "seq"},
		{"counter over 64 bits", "counter", `{"id":"1","seq":18446744073709551616,"at":1}`, "message.version", "seq"},
		{"counter as truth", "counter", `{"id":"1","seq":true,"at":1}`, "message.version", "seq"},
		{"version tomorrow", "person", `{"id":"1","updated":"2026-03-06 08:00:01"}`, "message.future", "updated"},
		{"version in the last year", "person", `{"id":"1","updated":"9999-12-31 00:00:00"}`, "message.future", "updated"},
		{"event time in the future", "counter", `{"id":"1","seq":1,"at":1803000000000}`, "message.future", "at"},
		{"no event time", "counter", `{"id":"1","seq":1}`, "message.event_time", "at"},
		{"event time before 1900", "counter", `{"id":"1","seq":1,"at":-3000000000000}`, "message.event_time", "at"},
		{"required null", "required", `{"id":"1","sfzh":"320502199003072313"` + tail, "value.null", "xm"},
		{"required by a null text", "required", `{"id":"1","sfzh":"320502199003072313","xm":"无"` + tail, "value.null", "xm"},
		{"required too long", "required", `{"id":"1","sfzh":"320502199003072313","xm":"` + strings.Repeat("长", 21) + `"` + tail, "value.length", "xm"},
		{"required identifier", "required", `{"id":"1","sfzh":"320502199003072314","xm":"李四"` + tail, "citizen.check", "sfzh"},
		{"list that is none", "family", `{"no":"1","at":1772600000,"members":"x"}`, "message.list", "members"},
		{"list of numbers", "family", `{"no":"1","at":1772600000,"members":[1]}`, "message.list", "members"},
		{"element without key", "family", `{"no":"1","at":1772600000,"members":[{"name":"a"}]}`, "message.list_key", "members"},
		{"two elements of one key", "family", `{"no":"1","at":1772600000,"members":[{"n":1,"name":"a"},{"n":"1","name":"b"}]}`, "message.list_key", "members"},
		{"no operation", "company", `{"after":{"id":1},"source":{"lsn":1},"ts_ms":1}`, "message.envelope", ""},
		{"unknown operation", "company", `{"op":"x","after":{"id":1},"source":{"lsn":1},"ts_ms":1}`, "message.envelope", ""},
		{"create without a row", "company", `{"op":"c","after":null,"source":{"lsn":1},"ts_ms":1}`, "message.envelope", ""},
		{"row that is no object", "company", `{"op":"c","after":"x","source":{"lsn":1},"ts_ms":1}`, "message.envelope", ""},
		{"before that is no object", "company", `{"op":"d","before":[],"source":{"lsn":1},"ts_ms":1}`, "message.envelope", ""},
		{"wrapped and not", "company", `{"op":"c","payload":{"op":"c","after":{"id":1}},"source":{"lsn":1},"ts_ms":1}`, "message.envelope", ""},
		{"two rows", "company", `{"after":{"id":2},"payload":{"op":"c","after":{"id":1},"source":{"lsn":1},"ts_ms":1}}`, "message.envelope", ""},
		{"row without key", "company", `{"op":"c","after":{"name":"x"},"source":{"lsn":1},"ts_ms":1}`, "message.key", "id"},
		{"no log position", "company", `{"op":"c","after":{"id":1},"source":{},"ts_ms":1}`, "message.version", "source.lsn"},
		{"payload null", "company", `{"payload":null}`, "message.envelope", ""},
		{"an object for an array", "array", `{"编号":"1","seq":1}`, "message.shape", ""},
		{"array cut off", "array", `[{"编号":"1","seq":1}`, "message.json", ""},
		{"array with a comma too many", "array", `[{"编号":"1","seq":1},]`, "message.json", ""},
		{"array in GBK", "array", "[{\"\xb1\xe0\":1}]", "message.encoding", ""},
		{"element that is none", "array", `["1"]`, "message.row", ""},
		{"element without key", "array", `[{"seq":1}]`, "message.key", "编号"},
		{"element without version", "array", `[{"编号":"1"}]`, "message.version", "seq"},
		{"element with a name twice", "array", `[{"编号":"1","编号":"2","seq":1}]`, "message.duplicate_name", ""},
		{"another department's element", "array", `[{"编号":"1","seq":1,"dept":"suzhou"}]`, "message.source", "dept"},
		{"UTF-8 where GB 18030 is declared", "gbk", "\xef\xbb\xbf{}", "message.encoding", ""},
		{"half a character of GB 18030", "gbk", "{\"a\":\"\xd5\"}", "message.encoding", ""},
		{"line too short", "csv", "1|x", "message.columns", ""},
		{"line too long", "csv", "1|||170|1|x", "message.columns", ""},
		{"comma for a bar", "csv", "1,,李四,170,1", "message.columns", ""},
		{"quote inside a value", "csv", `1||李"四|170|1`, "message.quote", ""},
		{"quote not closed", "csv", `1||"李四|170|1`, "message.quote", ""},
		{"something behind a quote", "csv", `1||"李"四|170|1`, "message.quote", ""},
		{"line without key", "csv", `||李四|170|1`, "message.key", "编号"},
		{"line without version", "csv", `1||李四|170|`, "message.version", "seq"},
		{"CSV in GBK", "csv", "1||\xc0\xee|170|1", "message.encoding", ""},
		{"header with a name twice", "csvhead", "编号,编号\n1,2", "message.header", ""},
		{"header with no name", "csvhead", "编号,\n1,2", "message.header", ""},
		{"header with a quote", "csvhead", "编\"号,b\n1,2", "message.header", ""},
		{"header without the key", "csvhead", "姓名,seq\n李四,1", "message.key", "编号"},
		{"Canal without type", "canal", `{"data":[{"编号":"1"}],"es":1772600000000}`, "message.envelope", ""},
		{"Canal with data that is no list", "canal", `{"data":{},"es":1772600000000,"type":"INSERT"}`, "message.envelope", ""},
		{"Canal without data", "canal", `{"es":1772600000000,"type":"DELETE"}`, "message.envelope", ""},
		{"Canal without its time", "canal", `{"data":[{"编号":"1"}],"type":"INSERT"}`, "message.version", "envelope.es"},
		{"Canal in binary", "canal", "\x08\x01\x12\x04", "message.json", ""},
		{"a row without key", "canal", `{"data":[{"姓名":"李四"}],"es":1772600000000,"type":"INSERT"}`, "message.key", "编号"},
		{"Maxwell with a list", "maxwell", `{"type":"insert","xid":1,"data":[]}`, "message.envelope", ""},
		{"Maxwell without xid", "maxwell", `{"type":"insert","data":{"编号":1}}`, "message.version", "envelope.xid"},
		{"event of 0.3", "event", `{"specversion":"0.3","id":"1","source":"/wuxi","type":"x","subject":"1","sequence":1,"data":{}}`, "message.envelope", ""},
		{"event without id", "event", `{"specversion":"1.0","source":"/wuxi","type":"x","subject":"1","sequence":1,"data":{}}`, "message.envelope", ""},
		{"event without data", "event", `{"specversion":"1.0","id":"1","source":"/wuxi","type":"x","subject":"1","sequence":1}`, "message.envelope", ""},
		{"event with data in base64", "event", `{"specversion":"1.0","id":"1","source":"/wuxi","type":"x","subject":"1","sequence":1,"data_base64":"e30="}`, "message.envelope", ""},
		{"event without subject", "event", `{"specversion":"1.0","id":"1","source":"/wuxi","type":"x","sequence":1,"data":{}}`, "message.key", "envelope.subject"},
		{"event of another source", "event", `{"specversion":"1.0","id":"1","source":"/suzhou","type":"x","subject":"1","sequence":1,"data":{}}`, "message.source", "envelope.source"},
		{"change of another schema", "debezium", `{"op":"c","after":{"编号":"1"},"source":{"schema":"X","scn":1}}`, "message.source", "envelope.source.schema"},
	}
	t.Run("mutated", func(t *testing.T) { t.Parallel(); mutate(t, tests) })
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			feed := testFeeds()[test.feed]
			m := newMapper(t, smallCatalog(), feed, MapperOptions{})
			msg := &Message{Topic: feed.Topic, Partition: 3, Offset: 5, TimeMS: ms(t, "2026-03-05T00:00:00Z"), Value: []byte(test.value)}
			m.Map(msg)
			b := m.Take(feed.Topic, 3, 5, 6)
			if len(b.Claims) != 0 || b.Findings.Rows != 0 || b.Quarantine.Rows != 1 || b.Ledger.Rows != 1 {
				t.Fatalf("%d claim blocks, %d findings, %d quarantine and %d ledger rows:\n%.400s", len(b.Claims), b.Findings.Rows, b.Quarantine.Rows, b.Ledger.Rows, dump(b))
			}
			if got := column(t, b.Quarantine, "reason")[0]; got != test.reason {
				t.Errorf("reason %q, want %q", got, test.reason)
			}
			if got := rawText(b.Quarantine, "detail"); !mends(got) {
				t.Errorf("detail %q does not say how to mend it", got)
			}
			if got := column(t, b.Quarantine, "field")[0]; got != test.field {
				t.Errorf("field %q, want %q", got, test.field)
			}
			if got := column(t, b.Ledger, "outcome")[0]; got != "4" {
				t.Errorf("outcome %s, want %d", got, entity.Quarantined)
			}
			if got := rawText(b.Quarantine, "message_value"); got != test.value {
				t.Errorf("the bytes kept are not the message's: %.100q", got)
			}
		})
	}
}

// malformed is a message that is refused whole, or whose only record is, with its reason and the field it lies in.
type malformed struct {
	name, feed, value, reason, field string
}

// mends reports whether a detail says what is wrong and, in brackets at its end, what to do.
func mends(detail string) bool {
	what, mend, found := strings.Cut(strings.TrimSuffix(detail, ")"), " (")
	return found && strings.HasSuffix(detail, ")") && len(what) > 10 && len(mend) > 10
}

// mutations is how often each kind of message is mutated.
const mutations = 1_000

// mutate changes bytes of every broken message and of good ones at random: nothing crashes, every record has its row in the ledger, and
// the refused ones stand in quarantine.
func mutate(t *testing.T, kinds []malformed) {
	kinds = append(kinds, malformed{name: "good", feed: "person", value: personRecord},
		malformed{name: "good array", feed: "array", value: `[{"编号":"1","证号":"320502199003072313","seq":1},{"编号":"2","seq":2}]`},
		malformed{name: "good lines", feed: "csv", value: "1|320502199003072313|\"张|三\"|175|1\r\n2||李四|160|2\r\n"},
		malformed{name: "good rows", feed: "canal", value: `{"data":[{"编号":"2","姓名":"李四"}],"es":1772600001000,"isDdl":false,"old":[{"编号":"1"}],"type":"UPDATE"}`},
		malformed{name: "good event", feed: "event", value: `{"specversion":"1.0","id":"1","source":"/wuxi","type":"x","subject":"1","time":"2026-03-04T05:06:07Z","sequence":"5","data":{"姓名":"张三"}}`})
	dice := rand.New(rand.NewPCG(2026, 11))
	bytes := []byte("{}[]\",:\\u0|=\r\n\t e-\xff\xc0\xef")
	for _, kind := range kinds {
		if len(kind.value) > 4096 || len(kind.value) == 0 {
			continue // too large or too deep whatever is changed
		}
		feed := testFeeds()[kind.feed]
		m := newMapper(t, smallCatalog(), feed, MapperOptions{})
		for range mutations {
			value := []byte(kind.value)
			for range 1 + dice.IntN(3) {
				at := dice.IntN(len(value))
				switch b := bytes[dice.IntN(len(bytes))]; dice.IntN(4) {
				case 0:
					value[at] = b
				case 1:
					value = slices.Insert(value, at, b)
				case 2:
					value = value[:max(at, 1)]
				default:
					value[at] ^= 1 << dice.IntN(8)
				}
			}
			b := mapped(m, &Message{Topic: feed.Topic, Offset: 7, TimeMS: 1772672400000, Value: value}, false)
			if m.plan.many {
				checkMany(t, kind.name, b, false)
			} else {
				checkOne(t, kind.name, b, false)
			}
			m.Recycle(b)
		}
	}
}

// TestErasedIsNeverKept: a message of an erased record leaves no bytes behind, even if it cannot be read.
func TestErasedIsNeverKept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, value string }{
		"good":            {"k", `{"id":"erased","updated":"2026-03-04 05:06:07"}`},
		"no version":      {"k", `{"id":"erased"}`},
		"broken":          {"erased", `{"id":"era`},
		"broken, by JSON": {`{"id":"erased"}`, `{"id":"era`},
		"no key inside":   {"erased", `{"xm":"李四"}`},
		"too large":       {"erased", strings.Repeat("x", 1<<20)},
	} {
		feed := personFeed()
		m := newMapper(t, smallCatalog(), feed, MapperOptions{Erased: func(_ string, key []byte) bool { return string(key) == "erased" }})
		m.Map(&Message{Topic: feed.Topic, Key: []byte(test.key), Value: []byte(test.value), TimeMS: ms(t, "2026-03-05T00:00:00Z")})
		b := m.Take(feed.Topic, 0, 0, 1)
		if rows := dump(b); strings.Contains(rows, "erased") || b.Quarantine.Rows > 0 || column(t, b.Ledger, "outcome")[0] != "8" {
			t.Errorf("%s leaves\n%s", name, rows)
		}
	}
}
