package ingest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"wuku/entity"
)

// FuzzMap maps anything by every kind of feed: no panic, exactly one ledger row a message, quarantine and outcome agree, and
// mapping it again gives the same rows.
func FuzzMap(f *testing.F) {
	files, _ := filepath.Glob("testdata/mapper/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[") || strings.Contains(line, "|") {
				f.Add([]byte("1"), []byte(line), uint8(0))
			}
		}
	}
	f.Add([]byte(`{"id":1}`), []byte(nil), uint8(1))
	mappers := map[string]*Mapper{}
	for name, feed := range testFeeds() {
		mappers[name] = newMapper(f, smallCatalog(), feed, MapperOptions{MaxBytes: 1 << 16})
	}
	f.Fuzz(func(t *testing.T, key, value []byte, flags uint8) {
		if flags&1 != 0 {
			value = nil
		}
		for name, m := range mappers {
			msg := &Message{Topic: m.plan.feed.Topic, Partition: 1, Offset: 7, TimeMS: 1772672400000, Key: key, Value: value}
			first := mapped(m, msg, flags&2 != 0)
			if m.plan.many {
				checkMany(t, name, first, flags&2 != 0)
			} else {
				checkOne(t, name, first, flags&2 != 0)
			}
			text := dump(first)
			m.Recycle(first)
			second := mapped(m, msg, flags&2 != 0)
			if again := dump(second); again != text {
				t.Fatalf("%s: mapped twice:\n%s\n%s", name, text, again)
			}
			m.Recycle(second)
		}
	})
}

func mapped(m *Mapper, msg *Message, retry bool) *entity.Batch {
	if retry {
		m.MapRetry(msg, &Message{Topic: "wuku.retry", Offset: 1, TimeMS: msg.TimeMS, Key: msg.Key, Value: msg.Value})
		return m.Take("wuku.retry", 0, 1, 2)
	}
	m.Map(msg)
	return m.Take(msg.Topic, msg.Partition, msg.Offset, msg.Offset+1)
}

func checkOne(t *testing.T, name string, b *entity.Batch, retry bool) {
	rows := 1
	if retry {
		rows = 2
	}
	if b.Ledger.Rows != rows {
		t.Fatalf("%s: %d ledger rows, want %d", name, b.Ledger.Rows, rows)
	}
	claims := 0
	for _, c := range b.Claims {
		claims += c.Rows
		checkWhole(t, c)
	}
	for _, c := range []*entity.Block{b.Findings, b.Quarantine, b.Ledger} {
		checkWhole(t, c)
	}
	outcome := column(t, b.Ledger, "outcome")[0]
	anchors := column(t, b.Ledger, "anchors")[0]
	switch {
	case (outcome == "4") != (b.Quarantine.Rows == 1):
		t.Fatalf("%s: outcome %s with %d quarantine rows", name, outcome, b.Quarantine.Rows)
	case (outcome == "1") != (claims > 0):
		t.Fatalf("%s: outcome %s with %d claim rows", name, outcome, claims)
	case claims > 0 && claims != strings.Count(anchors, ",")+1 || claims == 0 && anchors != "":
		t.Fatalf("%s: %d claim rows, anchors named %s", name, claims, anchors)
	case outcome == "4" && b.Findings.Rows > 0:
		t.Fatalf("%s: findings of a quarantined message", name)
	}
}

// checkMany: every record of the message has one row of the ledger, numbered from 0 without holes; refused ones stand in quarantine.
func checkMany(t *testing.T, name string, b *entity.Batch, retry bool) {
	rows := b.Ledger.Rows
	if retry {
		rows /= 2
	}
	for _, c := range append(b.Claims, b.Findings, b.Quarantine, b.Ledger) {
		checkWhole(t, c)
	}
	refused, parts := 0, map[string]bool{}
	outcomes, numbers := column(t, b.Ledger, "outcome"), column(t, b.Ledger, "part")
	for i, o := range outcomes {
		if o == "4" {
			refused++
		}
		if n, err := strconv.Atoi(numbers[i]); err != nil || n >= rows {
			t.Fatalf("%s: record %s of %d", name, numbers[i], rows)
		}
		parts[numbers[i]] = true
	}
	if retry {
		refused /= 2
	}
	if len(parts) != rows || refused != b.Quarantine.Rows {
		t.Fatalf("%s: %d numbers in %d rows, %d refused, %d in quarantine", name, len(parts), rows, refused, b.Quarantine.Rows)
	}
}

// checkWhole checks that every column of a block has the block's rows.
func checkWhole(t *testing.T, b *entity.Block) {
	width := map[entity.Kind]int{entity.Int: 8, entity.Decimal: 8, entity.Float: 8, entity.Bool: 1, entity.Date: 4, entity.DateTime: 8,
		entity.UUID: 16, entity.U8: 1, entity.U32: 4, entity.U64: 8, entity.U128: 16}
	for _, c := range b.Columns {
		if w := width[c.Kind]; w > 0 && len(c.Data) != w*b.Rows {
			t.Fatalf("%s.%s: %d bytes for %d rows of %d", b.Table, c.Name, len(c.Data), b.Rows, w)
		}
		if c.Nullable && len(c.Null) != b.Rows {
			t.Fatalf("%s.%s: %d null marks for %d rows", b.Table, c.Name, len(c.Null), b.Rows)
		}
		if (c.Kind == entity.UUIDs || c.Kind == entity.Words) && len(c.Ends) != 8*b.Rows {
			t.Fatalf("%s.%s: %d ends for %d rows", b.Table, c.Name, len(c.Ends)/8, b.Rows)
		}
	}
}
