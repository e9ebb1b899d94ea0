package ingest

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wuku/catalog"
	"wuku/entity"
)

// one compiles a field of a type and returns how it converts a text.
func one(t testing.TB, e catalog.Element, f catalog.Field) func(string) (cell, *entity.Fault) {
	t.Helper()
	e.Name, f.From = "x", "x"
	p, err := compileField(smallCatalog(), &e, &f)
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) (c cell, fault *entity.Fault) {
		fault = (&converter{}).value(p, value{kind: '"', text: []byte(text)}, &c)
		return c, fault
	}
}

// TestDecimalIsExact compares with arbitrary-precision arithmetic.
func TestDecimalIsExact(t *testing.T) {
	t.Parallel()
	scales := map[float64]*big.Rat{0: big.NewRat(1, 1), 10000: big.NewRat(10000, 1), 0.01: big.NewRat(1, 100), 1.5: big.NewRat(3, 2)}
	for scale, factor := range scales {
		t.Run(fmt.Sprint(scale), func(t *testing.T) {
			t.Parallel()
			convert := one(t, catalog.Element{Type: catalog.TypeDecimal}, catalog.Field{Scale: scale})
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.StringMatching(`[+-]?[0-9]{1,15}(\.[0-9]{1,6})?(e[+-]?[0-9])?`).Draw(t, "text")
				want, ok := new(big.Rat).SetString(text)
				if !ok {
					t.Fatalf("%s is no number", text)
				}
				want.Mul(want, factor).Mul(want, big.NewRat(10000, 1))
				fits := want.IsInt() && want.Num().CmpAbs(big.NewInt(1e18)) < 0
				c, f := convert(text)
				switch {
				case f == nil && (!fits || want.Num().Cmp(big.NewInt(c.num)) != 0):
					t.Fatalf("%s became %d, want %s", text, c.num, want)
				case f != nil && fits:
					t.Fatalf("%s is refused as %s, want %s", text, f.Code, want)
				}
			})
		})
	}
}

// TestFloatIsNearest compares with strconv.
func TestFloatIsNearest(t *testing.T) {
	t.Parallel()
	convert := one(t, catalog.Element{Type: catalog.TypeFloat}, catalog.Field{})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,22}(\.[0-9]{1,22})?(e[+-]?[0-9]{1,3})?`).Draw(t, "text")
		want, err := strconv.ParseFloat(text, 64)
		c, f := convert(text)
		if (f == nil) != (err == nil) {
			t.Fatalf("%s: %v, want %v", text, f, err)
		}
		if got := floatOf(c); f == nil && got != want {
			t.Fatalf("%s became %v, want %v", text, got, want)
		}
	})
}

// TestTimesAgree compares every format with the time package.
func TestTimesAgree(t *testing.T) {
	t.Parallel()
	layouts := map[string]string{"yyyy-MM-dd": "2006-01-02", "yyyyMMdd": "20060102", "yyyy-MM-dd HH:mm:ss": "2006-01-02 15:04:05",
		"yyyyMMddHHmmss": "20060102150405", "yyyy/MM/dd": "2006/01/02", "yyyy年M月d日": "2006年1月2日", "iso": "2006-01-02T15:04:05.999Z07:00"}
	shanghai := time.FixedZone("", 8*3600)
	for format, layout := range layouts {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			compiled, err := parseTimeFormat(format)
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				at := time.UnixMilli(rapid.Int64Range(-62135596800000, 253402271999999).Draw(t, "ms")).In(shanghai)
				text := at.Format(layout)
				want, err := time.ParseInLocation(layout, text, shanghai)
				if err != nil {
					t.Fatal(err)
				}
				got, ok := compiled.parse([]byte(text))
				if !ok || got.ms != want.UnixMilli() {
					t.Fatalf("%s: %d %v, want %d", text, got.ms, ok, want.UnixMilli())
				}
				if day := time.Unix(got.days*86400, 0).UTC().Format(time.DateOnly); day != want.Format(time.DateOnly) {
					t.Fatalf("%s is on %s", text, day)
				}
			})
		})
	}
}

// TestCalendar tries every form of a day that may or may not exist.
func TestCalendar(t *testing.T) {
	t.Parallel()
	format, err := parseTimeFormat("yyyyMMdd")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("%04d%02d%02d", rapid.IntRange(0, 9999).Draw(t, "y"), rapid.IntRange(0, 13).Draw(t, "m"), rapid.IntRange(0, 32).Draw(t, "d"))
		_, err := time.Parse("20060102", text)
		_, ok := format.parse([]byte(text))
		if year0 := text[:4] == "0000"; ok != (err == nil && !year0) {
			t.Fatalf("%s: %v, the time package says %v", text, ok, err)
		}
	})
}

func TestEpochs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format, text string
		want         int64
		ok           bool
	}{
		{"epoch_ms", "1772600000123", 1772600000123, true},
		{"epoch_ms", "-1", -1, true},
		{"epoch_s", "1772600000", 1772600000000, true},
		{"epoch_s", "1772600000.1239", 1772600000123, true},
		{"epoch_s", "-0.0001", -1, true},
		{"epoch_us", "1772600000123999", 1772600000123, true},
		{"epoch_us", "-1", -1, true},
		{"epoch_days", "0", -8 * 3600_000, true},
		{"epoch_days", "7370", 7370*msPerDay - zone, true},
		{"epoch_ms", "253402300800001", 0, false},
		{"epoch_days", "99999999", 0, false},
		{"epoch_ms", "", 0, false},
		{"epoch_ms", "1e400", 0, false},
		{"epoch_s", "2020-01-01", 0, false},
	}
	for _, test := range tests {
		t.Run(test.format+" "+test.text, func(t *testing.T) {
			t.Parallel()
			format, err := parseTimeFormat(test.format)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := format.parse([]byte(test.text))
			if ok != test.ok || ok && got.ms != test.want {
				t.Errorf("%d %v, want %d %v", got.ms, ok, test.want, test.ok)
			}
		})
	}
}

// TestISO covers the zones and lengths that RFC 3339 and its looser relatives have.
func TestISO(t *testing.T) {
	t.Parallel()
	const noon = 1583028000000 // 2020-03-01T10:00:00+08:00
	tests := []struct {
		text string
		want int64
		ok   bool
	}{
		{"2020-03-01T10:00:00+08:00", noon, true}, {"2020-03-01T02:00:00Z", noon, true}, {"2020-03-01 10:00:00", noon, true},
		{"2020-03-01T10:00", noon, true}, {"2020-03-01T02:00:00z", noon, true}, {"2020-03-01T03:00:00+0100", noon, true},
		{"2020-02-29T21:00:00-05", noon, true}, {"2020-03-01T10:00:00.5", noon + 500, true}, {"2020-03-01T10:00:00,123456789", noon + 123, true},
		{"2020-03-01T10:00:60Z", 0, false}, {"2020-03-01T24:00:00Z", 0, false}, {"2020-03-01T10:00:00.Z", 0, false},
		{"2020-03-01T10:00:00+19:00", 0, false}, {"2020-03-01T10:00:00+08:60", 0, false}, {"2020-03-01T1:00:00Z", 0, false},
		{"2020-3-1", 0, false}, {"2020-03-01T", 0, false}, {"2020-03-01X10:00:00", 0, false}, {"", 0, false}, {"2020-03-01T10:00:00 UTC", 0, false},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			t.Parallel()
			got, ok := parseISO([]byte(test.text))
			if ok != test.ok || ok && got.ms != test.want {
				t.Errorf("%d %v, want %d %v", got.ms, ok, test.want, test.ok)
			}
		})
	}
}

// TestTimeVersionsSort: versions sort as their times do, whatever their signs.
func TestTimeVersionsSort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		if (a < b) != (versionOf(a) < versionOf(b)) {
			t.Fatalf("%d and %d change places", a, b)
		}
	})
}

func TestBooleans(t *testing.T) {
	t.Parallel()
	convert := one(t, catalog.Element{Type: catalog.TypeBool}, catalog.Field{Values: map[string]string{"有": "true", "无": "false", "不详": ""}})
	for text, want := range map[string]int64{"true": 1, "false": 0, "1": 1, "0": 0, "是": 1, "否": 0, "Y": 1, "N": 0, "１": 1, "Ｎ": 0, "有": 1, "无": 0} {
		if c, f := convert(text); f != nil || c.state != filled || c.num != want {
			t.Errorf("%s became %v %v", text, c, f)
		}
	}
	for _, text := range []string{"2", "yes?", "真的"} {
		if c, f := convert(text); f == nil || f.Code != "value.format" || c.state != failed {
			t.Errorf("%s became %v %v", text, c, f)
		}
	}
	if c, f := convert("不详"); f != nil || c.state != null {
		t.Errorf("a value mapped to nothing became %v %v", c, f)
	}
}

// TestTrim cuts white space of every kind and nothing else.
func TestTrim(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		space := rapid.StringOf(rapid.SampledFrom([]rune(" \t\r\n\u3000\u00a0")))
		core := rapid.StringMatching(`([a-z长。、](.*[a-z长。、])?)?`).Draw(t, "core")
		text := space.Draw(t, "before") + core + space.Draw(t, "behind")
		if got := string(trim([]byte(text))); got != core {
			t.Fatalf("%q became %q, want %q", text, got, core)
		}
	})
}

func floatOf(c cell) float64 { return math.Float64frombits(uint64(c.num)) }

// TestPatterns: patterns give the same answer whichever way they are matched.
func TestPatterns(t *testing.T) {
	t.Parallel()
	exprs := []string{`[0-9]{6}`, `1[3-9][0-9]{9}`, `[A-Z][0-9]{2}(\.[0-9]{1,2})?`, `[01][0-9]{2,3}-?[0-9]{7,8}`, `a|b`, `ab`, `(?i)ab`, `苏[A-Z]`, `.`, `a\.b`,
		`[^a]`, `[0-9]{70}`, ``, `a*`, `^a$`}
	quick := 0
	for _, expr := range exprs {
		p, err := compilePattern(expr)
		if err != nil {
			t.Fatal(err)
		}
		if p.sets != nil {
			quick++
		}
		t.Run(expr, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.OneOf(rapid.StringMatching(expr), rapid.StringMatching(`[0-9aAbB.\-苏]{0,12}`)).Draw(t, "text")
				if got, want := p.match([]byte(text)), p.re.MatchString(text); got != want {
					t.Fatalf("%q matches %q: %v, want %v", expr, text, got, want)
				}
			})
		})
	}
	if quick != 5 { // [0-9]{6}, 1[3-9][0-9]{9}, a|b, ab, a\.b
		t.Errorf("%d patterns are matched by sets, want 5", quick)
	}
	if _, err := compilePattern(`(`); err == nil {
		t.Error("a broken pattern is taken")
	}
}
