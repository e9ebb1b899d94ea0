package ingest

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wuku/entity"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the expected rows in testdata/mapper")

// TestGolden runs testdata/mapper/*.txt. A block there is a command line, the message, "----", and the rows that it must
// leave; blocks are parted by empty lines. Commands: "map FEED", "retry FEED" and "range FROM UNTIL OUTCOME" with the options
// offset=N, time=RFC3339, key=TEXT, tombstone and header=NAME:TEXT.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mapper/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := runGolden(t, string(want))
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func runGolden(t *testing.T, text string) string {
	var out strings.Builder
	scan := bufio.NewScanner(strings.NewReader(text))
	var block []string
	expected := false
	flush := func() {
		if len(block) > 0 {
			fmt.Fprintf(&out, "%s\n----\n%s\n", strings.Join(block, "\n"), runBlock(t, block[0], strings.Join(block[1:], "\n")))
		}
		block, expected = nil, false
	}
	for scan.Scan() {
		line := scan.Text()
		switch {
		case strings.HasPrefix(line, "#") && len(block) == 0:
			out.WriteString(line + "\n")
		case line == "----":
			expected = true
		case line == "":
			flush()
		case !expected:
			block = append(block, line)
		}
	}
	flush()
	return out.String()
}

func runBlock(t *testing.T, command, value string) string {
	words := strings.Fields(command)
	msg := &Message{Offset: 1, TimeMS: ms(t, "2026-03-05T00:00:00Z"), Value: []byte(value)}
	for _, w := range words[1:] {
		name, text, _ := strings.Cut(w, "=")
		switch name {
		case "offset":
			msg.Offset, _ = strconv.ParseInt(text, 10, 64)
		case "time":
			msg.TimeMS = ms(t, text)
		case "key":
			msg.Key = []byte(text)
		case "tombstone":
			msg.Value = nil
		case "header":
			k, v, _ := strings.Cut(text, ":")
			msg.Headers = append(msg.Headers, Header{Key: k, Value: []byte(v)})
		}
	}
	if words[0] == "range" {
		m := newMapper(t, smallCatalog(), personFeed(), MapperOptions{})
		from, _ := strconv.ParseInt(words[1], 10, 64)
		until, _ := strconv.ParseInt(words[2], 10, 64)
		o, _ := strconv.Atoi(words[3])
		m.Range(from, until, entity.Outcome(o), msg.TimeMS)
		return dump(m.Take("src.police.person", 3, from, until+1))
	}
	feed, ok := testFeeds()[words[1]]
	if !ok {
		t.Fatalf("there is no feed %q", words[1])
	}
	m := newMapper(t, smallCatalog(), feed, MapperOptions{Erased: func(_ string, key []byte) bool { return string(key) == "erased" }})
	msg.Topic, msg.Partition = feed.Topic, 3
	if words[0] == "retry" {
		m.MapRetry(msg, &Message{Topic: "wuku.retry", Partition: 0, Offset: 99, TimeMS: msg.TimeMS + 60_000, Key: msg.Key, Value: msg.Value})
		return dump(m.Take("wuku.retry", 0, 99, 100))
	}
	m.Map(msg)
	return dump(m.Take(msg.Topic, 3, msg.Offset, msg.Offset+1))
}

func ms(t *testing.T, text string) int64 {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

// dump writes the rows of a batch as text, one a line, nulls and constants left out.
func dump(b *entity.Batch) string {
	var out strings.Builder
	for _, block := range append(append([]*entity.Block{}, b.Claims...), b.Findings, b.Quarantine, b.Ledger) {
		for _, row := range rowsOf(block) {
			out.WriteString(row + "\n")
		}
	}
	return out.String()
}

// rowsOf reads a block back.
func rowsOf(b *entity.Block) []string {
	rows := make([]string, b.Rows)
	for i := range rows {
		rows[i] = b.Table + ":"
	}
	for _, c := range b.Columns {
		if c.Kind == entity.Constant {
			continue
		}
		for i, text := range texts(c, b.Rows) {
			if text != "" {
				rows[i] += " " + c.Name + "=" + text
			}
		}
	}
	return rows
}

// texts reads a column back; a null and an empty text are "".
func texts(c *entity.Column, rows int) []string {
	out := make([]string, rows)
	data, from := c.Data, uint64(0)
	take := func(n int) []byte {
		b := data[:n]
		data = data[n:]
		return b
	}
	for i := range out {
		switch c.Kind {
		case entity.Text:
			n, size := binary.Uvarint(data)
			data = data[size:]
			out[i] = string(take(int(n)))
			if strings.ContainsAny(out[i], " \t\n") {
				out[i] = strconv.Quote(out[i])
			}
		case entity.Date:
			out[i] = time.Unix(int64(int32(binary.LittleEndian.Uint32(take(4))))*86400, 0).UTC().Format(time.DateOnly)
		case entity.DateTime:
			out[i] = time.UnixMilli(int64(binary.LittleEndian.Uint64(take(8)))).UTC().Format("2006-01-02T15:04:05.999Z")
		case entity.Float:
			out[i] = strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(take(8))), 'g', -1, 64)
		case entity.Decimal:
			n := int64(binary.LittleEndian.Uint64(take(8)))
			out[i] = fmt.Sprintf("%d/10000", n)
		case entity.Int, entity.U64:
			out[i] = strconv.FormatInt(int64(binary.LittleEndian.Uint64(take(8))), 10)
		case entity.U8, entity.Bool:
			out[i] = strconv.Itoa(int(take(1)[0]))
		case entity.U32:
			out[i] = strconv.Itoa(int(binary.LittleEndian.Uint32(take(4))))
		case entity.UUID:
			out[i] = hex.EncodeToString(idBytes(take(16)))[:8]
		case entity.U128:
			lo, hi := binary.LittleEndian.Uint64(take(8)), binary.LittleEndian.Uint64(take(8))
			out[i] = fmt.Sprintf("%x.%x", hi, lo)
		case entity.UUIDs, entity.Words:
			until := binary.LittleEndian.Uint64(c.Ends[i*8:])
			var parts []string
			for ; from < until; from++ {
				if c.Kind == entity.UUIDs {
					parts = append(parts, hex.EncodeToString(idBytes(take(16)))[:8])
				} else {
					w := binary.LittleEndian.Uint64(take(8))
					parts = append(parts, fmt.Sprintf("%d:%d", w>>56, w>>48&0xff))
				}
			}
			out[i] = strings.Join(parts, ",")
		}
		if c.Nullable && c.Null[i] == 1 {
			out[i] = ""
		}
	}
	return out
}

func idBytes(b []byte) []byte {
	id := binary.BigEndian.AppendUint64(nil, binary.LittleEndian.Uint64(b))
	return binary.BigEndian.AppendUint64(id, binary.LittleEndian.Uint64(b[8:]))
}

// column returns the texts of a column of a block.
func column(t testing.TB, b *entity.Block, name string) []string {
	t.Helper()
	for _, c := range b.Columns {
		if c.Name == name {
			if c.Kind == entity.Constant {
				return strings.Split(strings.Repeat(string(c.Data)+"\n", b.Rows), "\n")[:b.Rows]
			}
			return texts(c, b.Rows)
		}
	}
	t.Fatalf("%s has no column %s", b.Table, name)
	return nil
}

// rawText is the one value of a text column, byte for byte.
func rawText(b *entity.Block, name string) string {
	for _, c := range b.Columns {
		if c.Name == name {
			_, size := binary.Uvarint(c.Data)
			return string(c.Data[size:])
		}
	}
	return ""
}
