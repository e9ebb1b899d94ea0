package demo_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/avro"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wuku/catalog"
	"wuku/demo"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

func province(t testing.TB, n int, seed uint64) *demo.Province {
	t.Helper()
	p, err := demo.New(demo.Config{People: n, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func shipped(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewRefusesSizes(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, 0, demo.MinPeople - 1, demo.MaxPeople + 1} {
		if _, err := demo.New(demo.Config{People: n}); err == nil {
			t.Errorf("a province of %d people was made", n)
		}
	}
}

// digestOf hashes all messages in order.
func digestOf(p *demo.Province) string {
	h := sha256.New()
	p.All(func(m demo.Message) bool {
		fmt.Fprintf(h, "%s %d %d %d\n", m.Topic, m.TimeMS, len(m.Key), len(m.Value))
		h.Write(m.Key)
		h.Write(m.Value)
		return true
	})
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	one, two := digestOf(province(t, 500, 7)), digestOf(province(t, 500, 7))
	if one != two {
		t.Errorf("two runs differ: %s and %s", one, two)
	}
	if other := digestOf(province(t, 500, 8)); other == one {
		t.Error("another seed gives the same bytes")
	}
}

func TestMessagesAreThoseOfAll(t *testing.T) {
	t.Parallel()
	p := province(t, 300, 1)
	var all, one []string
	p.All(func(m demo.Message) bool {
		if m.Topic == "src.market.company" {
			all = append(all, string(m.Value))
		}
		return true
	})
	p.Messages("src.market.company", func(m demo.Message) bool {
		one = append(one, string(m.Value))
		return true
	})
	if diff := cmp.Diff(all, one); diff != "" {
		t.Error(diff)
	}
	p.Messages("src.nobody.nothing", func(demo.Message) bool {
		t.Error("an unknown topic has a message")
		return false
	})
}

func TestStopsWhenAsked(t *testing.T) {
	t.Parallel()
	p := province(t, 200, 1)
	n := 0
	p.All(func(demo.Message) bool { n++; return n < 10 })
	facts := 0
	p.Truth(func(demo.Fact) bool { facts++; return facts < 10 })
	defects := 0
	p.Defects(func(demo.Defect) bool { defects++; return defects < 3 })
	if n != 10 || facts != 10 || defects != 3 {
		t.Errorf("went on to %d messages, %d facts and %d defects", n, facts, defects)
	}
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("run the test with -rewrite if this is meant:\n%s", diff)
	}
}

// TestFirstMessages keeps the first two messages of every feed and how many each has.
func TestFirstMessages(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	p := province(t, 1200, 1)
	seen := map[string]int{}
	p.All(func(m demo.Message) bool {
		if seen[m.Feed]++; seen[m.Feed] <= 2 {
			value := string(m.Value)
			if !utf8.Valid(m.Value) || strings.ContainsAny(value, "\r\x00") {
				value = strconv.Quote(value)
			}
			key := string(m.Key)
			if m.Keyless {
				key = "-"
			}
			for _, h := range m.Headers {
				key += " " + h[0] + "=" + h[1]
			}
			fmt.Fprintf(&b, "%s %s %s\n%s\n", m.Topic, time.UnixMilli(m.TimeMS).UTC().Format(time.RFC3339), key, value)
		}
		return true
	})
	for _, f := range p.Feeds() {
		if seen[f] == 0 {
			t.Errorf("%s has no message", f)
		}
		fmt.Fprintf(&b, "%s: %d messages\n", f, seen[f])
	}
	golden(t, "testdata/first.txt", b.String())
}

func TestOrderAndKeys(t *testing.T) {
	t.Parallel()
	last := map[string]int64{}
	province(t, 1000, 3).All(func(m demo.Message) bool {
		if m.TimeMS <= last[m.Topic] {
			t.Fatalf("%s goes back in time", m.Topic)
		}
		last[m.Topic] = m.TimeMS
		if len(m.Key) == 0 {
			t.Fatalf("%s has a message without a key", m.Topic)
		}
		return true
	})
}

func TestFeedsAreTheCatalogues(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	var want []string
	for i := range c.Feeds {
		want = append(want, c.Feeds[i].Name)
	}
	got := map[string]bool{}
	for _, f := range province(t, 100, 1).Feeds() {
		got[f] = true
	}
	for _, f := range want {
		if !got[f] {
			t.Errorf("the demo has no feed %s", f)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the demo has %d feeds, the catalogue %d", len(got), len(want))
	}
}

// TestFieldsAreMapped: every path that the catalogue maps is in some message of its feed, so that neither can drift.
func TestFieldsAreMapped(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	seen := map[string]bool{}
	p := province(t, 2000, 5)
	schemas := map[uint32]*avro.Schema{}
	for id, text := range p.Schemas() {
		schemas[id] = avro.MustParse(text)
	}
	p.All(func(m demo.Message) bool {
		for _, v := range records(c.Feed(m.Feed), m.Value, schemas) {
			paths(v, m.Feed+" ", seen)
		}
		return true
	})
	for i := range c.Feeds {
		f := &c.Feeds[i]
		for _, s := range f.Claims {
			for _, field := range s.Fields {
				path := field.From
				if s.Each != "" && !strings.HasPrefix(path, "$.") {
					path = s.Each + "." + path
				}
				if path = strings.TrimPrefix(path, "$."); path != "" && !seen[f.Name+" "+path] {
					t.Errorf("no message of %s has a value at %s", f.Name, path)
				}
			}
		}
	}
}

// records are the records in a message of a feed, as objects.
func records(f *catalog.Feed, value []byte, schemas map[uint32]*avro.Schema) []map[string]any {
	if f.Encoding == "gb18030" {
		text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(value)
		if err != nil {
			return nil
		}
		value = text
	}
	var one map[string]any
	var many []map[string]any
	switch f.Format {
	case catalog.FormatArray:
		_ = json.Unmarshal(value, &many) // broken messages have no records
		return many
	case catalog.FormatAvro:
		if len(value) < 5 || value[0] != 0 {
			return nil
		}
		if _, err := schemas[binary.BigEndian.Uint32(value[1:])].Decode(value[5:], &one); err != nil {
			return nil
		}
		return append(many, one)
	case catalog.FormatCSV:
		value = bytes.TrimPrefix(value, []byte("\xef\xbb\xbf"))
		lines, err := csv.NewReader(bytes.NewReader(value)).ReadAll()
		if err != nil || len(lines) != 2 {
			return nil
		}
		one = map[string]any{}
		for i, name := range lines[0] {
			one[name] = lines[1][i]
		}
		return append(many, one)
	}
	if json.Unmarshal(value, &one) != nil {
		return nil
	}
	if payload, ok := one["payload"].(map[string]any); ok {
		one = payload
	}
	for _, name := range []string{"after", "data"} {
		switch row := one[name].(type) {
		case map[string]any:
			return append(many, row)
		case []any:
			if row, ok := row[0].(map[string]any); ok {
				return append(many, row)
			}
		}
	}
	return append(many, one)
}

// paths notes the paths of a JSON object that hold a value.
func paths(v map[string]any, prefix string, seen map[string]bool) {
	for name, value := range v {
		switch x := value.(type) {
		case nil:
			continue
		case map[string]any:
			paths(x, prefix+name+".", seen)
		case []any:
			for _, e := range x {
				if o, ok := e.(map[string]any); ok {
					paths(o, prefix+name+".", seen)
				}
			}
		}
		seen[prefix+name] = true
	}
}

func TestBenchFeedsAreTheLargest(t *testing.T) {
	t.Parallel()
	count, size := map[string]int{}, map[string]int{}
	province(t, 20_000, 1).All(func(m demo.Message) bool {
		count[m.Feed]++
		size[m.Feed] += len(m.Value)
		return true
	})
	bench := map[string]bool{}
	least, messages, bytes := 1<<60, 0, 0
	for _, f := range demo.BenchFeeds() {
		bench[f] = true
		least = min(least, count[f])
		messages += count[f]
		bytes += size[f]
		t.Logf("%s: %d messages of %d bytes", f, count[f], size[f]/count[f])
	}
	for f, n := range count {
		if !bench[f] && n >= least {
			t.Errorf("%s has %d messages, more than one of the bench's feeds (%d)", f, n, least)
		}
	}
	if mean := bytes / messages; mean < 400 || mean > 600 {
		t.Errorf("the bench's messages have %d bytes on average, want 400 to 600", mean)
	}
	elements := map[string]bool{}
	c := shipped(t)
	for f := range bench {
		for _, s := range c.Feed(f).Claims {
			for _, field := range s.Fields {
				elements[s.Library+"."+field.Element] = true
			}
		}
	}
	if len(elements) < 20 {
		t.Errorf("the bench maps %d elements, want 20 or more", len(elements))
	}
}

func TestBrokenMessagesAreBroken(t *testing.T) {
	t.Parallel()
	p := province(t, 5000, 2)
	broken := map[string]string{}
	p.Defects(func(d demo.Defect) bool {
		if d.Family == demo.Broken && !d.NearMiss {
			broken[d.Feed+" "+d.Key] = d.Rule
		}
		return true
	})
	unreadable := map[string]bool{}
	c := shipped(t)
	p.All(func(m demo.Message) bool {
		at := m.Feed + " " + string(m.Key)
		if f := c.Feed(m.Feed).Format; f == catalog.FormatCSV || f == catalog.FormatAvro {
			return true
		}
		var v any
		if m.Value != nil && json.Unmarshal(m.Value, &v) != nil {
			unreadable[at] = true
			if broken[at] != "message.json" && broken[at] != "message.encoding" {
				t.Errorf("%s is not JSON, but declared as %q", at, broken[at])
			}
		}
		if bytes.Contains(m.Value, []byte("[[[[")) && broken[at] != "message.depth" {
			t.Errorf("%s nests deep, but is declared as %q", at, broken[at])
		}
		return true
	})
	for at, rule := range broken {
		if rule == "message.json" && !unreadable[at] {
			t.Errorf("%s is declared %s but is JSON", at, rule)
		}
	}
}

func BenchmarkMessages(b *testing.B) {
	p := province(b, 100_000, 1)
	for _, topic := range []string{"src.police.person", "src.medins.insured", "src.hrss.insured", "src.data.certificate", "src.police.driver"} {
		b.Run(topic, func(b *testing.B) {
			n, size := 0, 0
			for n < b.N {
				p.Messages(topic, func(m demo.Message) bool {
					n++
					size += len(m.Value)
					return n < b.N
				})
			}
			b.SetBytes(int64(size / n))
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
