package serve

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wuku/catalog"
	"wuku/entity"
	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/trust"
)

// onePerson is a table with one person in it.
type onePerson struct{ id entity.ID }

// Query gives the one row.
func (o onePerson) Query(_ context.Context, statement string, _ any, each func(scan func(dest ...any) error) error, _ ...any) error {
	if statement != "query/serve_row" {
		return nil
	}
	return each(func(dest ...any) error {
		*dest[0].(*entity.ID), *dest[1].(*entity.ID), *dest[2].(*uint8) = o.id, o.id, 1
		*dest[4].(*[]uint16), *dest[5].(*[]string), *dest[9].(*[]uint32), *dest[10].(*[]int64) = []uint16{1}, []string{"canary"}, []uint32{1}, []int64{1}
		return nil
	})
}

type memoryLog struct{ leaves []trust.Leaf }

// Append keeps the leaves.
func (m *memoryLog) Append(_ context.Context, l ...trust.Leaf) (int64, error) {
	m.leaves = append(m.leaves, l...)
	return int64(len(m.leaves)), nil
}

// Attack row 29: a panic in the masking code is an empty 500, and is on the record.
func TestPanicWhileMasking(t *testing.T) {
	t.Parallel()
	c := &catalog.Catalog{Libraries: []catalog.Library{{Name: entity.Person, Elements: []catalog.Element{{Name: "name", Type: catalog.TypeText, Level: 3, Personal: true}}}}}
	log := &memoryLog{}
	var logs strings.Builder
	id := entity.NewAnchorer(make([]byte, 32)).ByIdentifier("x", nil)
	book := accesstest.Book(t, &accesstest.Memory{}, make([]byte, 32), nil)
	keys, err := access.SeedDemo(context.Background(), book, c, "police")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Catalog: func() *catalog.Catalog { return c }, Columns: func(string) []string { return []string{"name"} }, Reader: onePerson{id},
		Access: book, Audit: log, AnchorKey: make([]byte, 32), Log: slog.New(slog.NewTextHandler(&logs, nil))})
	if err != nil {
		t.Fatal(err)
	}
	s.mask = func(_ *catalog.Element, value string) string { panic("cannot mask " + value) }
	r := httptest.NewRequest(http.MethodPost, "/api/v1/lookup/person", strings.NewReader(`{"by":{"entity":"`+id.String()+`"},"fields":["name"],"purpose":"demo"}`))
	r.Header.Set("Authorization", "Bearer "+keys["steward"])
	rec := httptest.NewRecorder()
	s.Handler().ServeHTTP(rec, r)
	body, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Code != http.StatusInternalServerError || len(body) != 0 {
		t.Errorf("%d %q, want an empty 500", rec.Code, body)
	}
	if len(log.leaves) != 1 || log.leaves[0].Decision != trust.Failed || log.leaves[0].Subject == "" {
		t.Errorf("leaves %+v", log.leaves)
	}
	if strings.Contains(logs.String(), "canary") {
		t.Errorf("the server's log holds the value: %s", &logs)
	}
}

func TestMaskIsFixedByType(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		element catalog.Element
		value   string
		want    string
	}{
		{"citizen number", catalog.Element{Type: catalog.TypeIdentifier, Scheme: entity.SchemeCitizen}, "32010219800101001X", "320102************"},
		{"passport", catalog.Element{Type: catalog.TypeIdentifier, Scheme: entity.SchemePassport}, "E12345678", "E1****"},
		{"name", catalog.Element{Type: catalog.TypeText}, "王小明", "王**"},
		{"name of one character", catalog.Element{Type: catalog.TypeText}, "王", "**"},
		{"date", catalog.Element{Type: catalog.TypeDate}, "1980-01-01", "1980-**-**"},
		{"code", catalog.Element{Type: catalog.TypeCode}, "1", "***"},
		{"amount", catalog.Element{Type: catalog.TypeDecimal}, "12345.67", "***"},
		{"geometry", catalog.Element{Type: catalog.TypeGeometry}, "POINT (118.8 32.0)", "***"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := access.Masked(&c.element, c.value); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestCompareBringsBothToOneForm(t *testing.T) {
	t.Parallel()
	codes := &catalog.Catalog{Codes: []catalog.CodeTable{{Name: "sex", Values: map[string]string{"1": "男性"}}}}
	cases := []struct {
		name    string
		element catalog.Element
		stored  string
		given   any
		want    string
	}{
		{"identifier", catalog.Element{Type: catalog.TypeIdentifier, Scheme: entity.SchemePassport}, "E51230876", " e51230876 ", resultMatch},
		{"full width", catalog.Element{Type: catalog.TypeText}, "ABC路1号", "ＡＢＣ路１号", resultMatch},
		{"meaning of a code", catalog.Element{Type: catalog.TypeCode, Codes: "sex"}, "1", "男性", resultMatch},
		{"number", catalog.Element{Type: catalog.TypeDecimal}, "12.5", 12.5, resultMatch},
		{"number with an exponent", catalog.Element{Type: catalog.TypeDecimal}, "12.5", "1e1000000000", resultDiffers},
		{"truth", catalog.Element{Type: catalog.TypeBool}, "true", true, resultMatch},
		{"nonsense for a truth", catalog.Element{Type: catalog.TypeBool}, "true", "maybe", resultDiffers},
		{"day", catalog.Element{Type: catalog.TypeDate}, "1980-01-01", "19800101", resultMatch},
		{"another day", catalog.Element{Type: catalog.TypeDate}, "1980-01-01", "1980-01-02", resultDiffers},
		{"time in China", catalog.Element{Type: catalog.TypeDateTime}, "2024-01-01 00:00:00.000", "2024-01-01 08:00:00", resultMatch},
		{"a list", catalog.Element{Type: catalog.TypeText}, "x", []any{"x"}, resultDiffers},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := compare(codes, &c.element, &c.stored, c.given); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	if got := compare(codes, &cases[0].element, nil, "x"); got != resultUnknown {
		t.Errorf("nothing stored: %s", got)
	}
}
