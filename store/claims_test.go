package store

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"wuku/engine/enginetest"
	"wuku/entity"
)

// TestTextsAreTheEngines holds the text that a value is kept as against what the engine writes for the type, for edges and for values drawn
// by lot: what is read back through a typed column must be the value that was sent, and two ways to one value must be one text.
func TestTextsAreTheEngines(t *testing.T) {
	t.Parallel()
	e := enginetest.ClickHouse(t)
	s, err := Open(t.Context(), Options{Address: []string{e.Native()}, User: e.User(), Password: e.Password()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := rand.New(rand.NewPCG(7, 7))
	words := map[entity.Kind][]uint64{
		entity.Int:      {0, 1, math.MaxUint64, math.MaxInt64, 1 << 63},
		entity.Decimal:  {0, 1, 10, 9999, 10_000, 10_500, math.MaxUint64, 999_999_999_999_999_999},
		entity.Float:    {},
		entity.DateTime: {0, 1, 999, 1_700_000_000_123, uint64(1<<64 - 86_400_000)},
		entity.Date:     {0, 1, 20_000, uint64(uint32(1<<32 - 25_567))},
		entity.Bool:     {0, 1},
	}
	for _, f := range []float64{0, 0.5, -1.25, 1e-6, 9.9e-7, 1e-7, -3.5e-9, 1e20, 1e21, 1.5e300, 118.7, math.SmallestNonzeroFloat64, math.MaxFloat64} {
		words[entity.Float] = append(words[entity.Float], math.Float64bits(f))
	}
	for range 2000 {
		words[entity.Int] = append(words[entity.Int], r.Uint64())
		words[entity.Decimal] = append(words[entity.Decimal], uint64(r.Int64N(2e18)-1e18))
		words[entity.Float] = append(words[entity.Float], math.Float64bits(r.NormFloat64()*math.Pow(10, float64(r.IntN(60)-30))))
		words[entity.DateTime] = append(words[entity.DateTime], uint64(r.Int64N(4e12)-2e12))
		words[entity.Date] = append(words[entity.Date], uint64(uint32(int32(r.IntN(145_000)-25_567))))
	}
	typed := map[entity.Kind]string{
		entity.Int: "reinterpretAsInt64(x)", entity.Decimal: "CAST(reinterpretAsInt64(x), 'Decimal(38, 4)') / 10000", entity.Float: "reinterpretAsFloat64(x)",
		entity.DateTime: "fromUnixTimestamp64Milli(reinterpretAsInt64(x), 'UTC')", entity.Date: "toDate32('1970-01-01') + reinterpretAsInt32(toUInt32(x))", entity.Bool: "CAST(x, 'Bool')",
	}
	for kind, list := range words {
		c := &entity.Column{Kind: kind, Nullable: true}
		for _, w := range list {
			switch kind {
			case entity.Bool:
				c.AppendU8(uint8(w))
			case entity.Date:
				c.AppendDays(int32(uint32(w)))
			default:
				c.AppendInt64(int64(w))
			}
		}
		cursor := elementCursor{column: c}
		var want []string
		if err := s.conn.QueryRow(t.Context(), "SELECT arrayMap(x -> toString("+typed[kind]+"), ?)", list).Scan(&want); err != nil {
			t.Fatalf("kind %d: %v", kind, err)
		}
		for i := range list {
			if got := string(cursor.text(i, nil)); got != want[i] {
				t.Fatalf("kind %d, word %x: kept as %s, the engine writes %s", kind, list[i], got, want[i])
			}
		}
		if kind == entity.Float { // and back
			var back []uint64
			if err := s.conn.QueryRow(t.Context(), "SELECT arrayMap(x -> reinterpretAsUInt64(CAST(x, 'Float64')), ?)", want).Scan(&back); err != nil {
				t.Fatal(err)
			}
			for i := range list {
				if back[i] != list[i] {
					t.Fatalf("%s reads back as %x, want %x", want[i], back[i], list[i])
				}
			}
		}
	}
}

// TestSparse walks a block with nulls, empty texts and columns in another order than storage's.
func TestSparse(t *testing.T) {
	t.Parallel()
	s := &Store{}
	s.number(map[string][]string{"person": {"name", "height", "sex"}})
	b := entity.NewClaims("person", "f", "t", "city", "320100")
	height, sex, name := b.Add("height", entity.Int, true), b.Add("sex", entity.Text, true), b.Add("name", entity.Text, true)
	for _, row := range []struct {
		name, sex string
		height    int64
	}{{"王", "", 170}, {"", "1", 0}, {"", "", 0}, {"李四", "2", -5}} {
		if row.name == "" {
			name.AppendNull()
		} else {
			name.AppendString(row.name)
		}
		sex.AppendString(row.sex)
		if row.height == 0 {
			height.AppendNull()
		} else {
			height.AppendInt64(row.height)
		}
		b.Rows++
	}
	out, release, err := s.sparse(b)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	els, vals := out.Columns[len(out.Columns)-2], out.Columns[len(out.Columns)-1]
	var rows []string
	at, text, from := 0, vals.Data, 0
	for i := range out.Rows {
		end := int(binary.LittleEndian.Uint64(els.Ends[8*i:]))
		var row []string
		for ; at < end; at++ {
			n, w := binary.Uvarint(text[from:])
			row = append(row, string(rune('0'+els.Data[2*at]))+"="+string(text[from+w:from+w+int(n)]))
			from += w + int(n)
		}
		rows = append(rows, strings.Join(row, ","))
	}
	if got, want := strings.Join(rows, "|"), "1=王,2=170|3=1||1=李四,2=-5,3=2"; got != want {
		t.Errorf("rows %s, want %s", got, want)
	}
	b.Add("height_of_hat", entity.Int, true)
	if _, _, err := s.sparse(b); err == nil || !strings.Contains(err.Error(), "height_of_hat") {
		t.Errorf("an unknown element: %v", err)
	}
}
