package match

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const fewPeople = "id,姓名,note,出生日期,电话,who\n" +
	"1,王小明,,1980-01-05,13912345678,a\n" +
	"2,王小明,,1980年1月5日,139-1234-5678,a\n" +
	"3,李红,,1991-12-31,13598765432,b\n"

func gb18030(t *testing.T, text string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFilesAsTheyCome reads one table as programs write it: the records are the same.
func TestFilesAsTheyCome(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"plain":                      fewPeople,
		"BOM":                        "\ufeff" + fewPeople,
		"quoted BOM":                 "\ufeff" + `"id"` + fewPeople[2:],
		"CRLF":                       strings.ReplaceAll(fewPeople, "\n", "\r\n"),
		"tabs":                       strings.ReplaceAll(fewPeople, ",", "\t"),
		"semicolons":                 strings.ReplaceAll(fewPeople, ",", ";"),
		"GB 18030":                   gb18030(t, fewPeople),
		"no end":                     strings.TrimSuffix(fewPeople, "\n"),
		"unused columns of one name": strings.ReplaceAll(strings.ReplaceAll(fewPeople, "\n", ",x,y\n"), "who,x,y", "who,,"),
	} {
		r := Reader{Mapping: &Mapping{ID: "id"}, Truth: "who"}
		if err := r.Read(strings.NewReader(text)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b := r.Batch.table
		if !slices.Equal(b.names, []string{"1", "2", "3"}) || !slices.Equal(b.row(0), b.row(1)) || slices.Contains(b.row(2), 0) || len(b.columns) != 3 ||
			b.columns[0].values[1].text() != "王小明" || !slices.Equal(r.Labels, []string{"a", "a", "b"}) {
			t.Errorf("%s: read as %q %v %q", name, b.names, b.rows, r.Labels)
		}
	}
}

// TestFilesThatCannotBeRead says for each where it is wrong and what to do.
func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	utf16 := []byte{0xFF, 0xFE, 'i', 0, 'd', 0}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "the file is empty: its first line must name the columns"},
		{"only a BOM", "\ufeff", "the file is empty: its first line must name the columns"},
		{"too few", fewPeople + "4,陈\n", "line 5 has 2 values, the header 6 columns: put values that hold the separator in quotes, or mend the line"},
		{"too many", fewPeople + "4,陈,,,,c,d\n", "line 5 has 7 values, the header 6 columns"},
		{"quote", fewPeople + "4,陈\"大\"文,,,,c\n", "line 5, column 6: a quote that opens or closes no value (from line 5 on)"},
		{"open quote", fewPeople + "4,\"陈,,,c\n5,李,,,d\n", "a quote that opens or closes no value (from line 5 on)"},
		{"one of two", strings.Replace(fewPeople, "电话", "姓名", 1), `the header has column "姓名" more than once`},
		{"truth twice", strings.Replace(fewPeople, "电话", "who", 1), `the header has column "who" more than once`},
		{"no truth", strings.Replace(fewPeople, "who", "whose", 1), `the truth: the file has no column "who"; it has id, 姓名, note, 出生日期, 电话, whose`},
		{"no id", strings.Replace(fewPeople, "id", "number", 1), `the file has no column "id"; it has number, 姓名`},
		{"id twice", fewPeople + "3,陈大文,,,,c\n", "line 5: the record's name in column id is empty or stands there twice"},
		{"no name", fewPeople + ",陈大文,,,,c\n", "line 5: the record's name in column id is empty or stands there twice"},
		{"nothing known", "id,a,b,who\n1,2,3,4\n", "no column's name tells what it holds: say it with a mapping; the file has id, a, b, who"},
		{"UTF-16", string(utf16), "the file is UTF-16: save it as UTF-8"},
		{"Latin-1", "id,name,who\n1,M\xfcller,a\n", "line 2 is neither UTF-8 nor GB 18030"},
		{"mixed", fewPeople + gb18030(t, "4,陈大文,,,,c\n"), "line 5: value 2 is not UTF-8"},
	} {
		r := Reader{Mapping: &Mapping{ID: "id"}, Truth: "who"}
		if err := r.Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	r := Reader{Mapping: &Mapping{ID: "id", Fields: []Field{{Column: "who", Kind: Code}}}, Truth: "who"}
	if err := r.Read(strings.NewReader(fewPeople)); err == nil || !strings.Contains(err.Error(), `column "who" is the truth`) {
		t.Errorf("truth compared: %v", err)
	}
	for _, encoding := range []string{UTF8, "latin-1"} {
		r := Reader{Mapping: &Mapping{ID: "id"}, Encoding: encoding}
		if err := r.Read(strings.NewReader(gb18030(t, fewPeople))); err == nil {
			t.Errorf("GB 18030 as %s was read", encoding)
		}
	}
}

// TestEncodingByTheFirstLine: characters may come late, and a file that is larger than what is looked at first is read as one.
func TestEncodingByTheFirstLine(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	text.WriteString("name,phone\n")
	for text.Len() < 3<<20 {
		text.WriteString("Wang Xiaoming,13912345678\n")
	}
	n := bytes.Count(text.Bytes(), []byte{'\n'}) // with the last line, as many records
	text.WriteString("王小明,13912345678\n")
	r := Reader{Mapping: &Mapping{}}
	if err := r.Read(bytes.NewReader(text.Bytes())); err != nil || r.Batch.Len() != n {
		t.Errorf("%d of %d records, %v", r.Batch.Len(), n, err)
	}
}

// TestFewRecords: one record is a cluster; none is an error.
func TestFewRecords(t *testing.T) {
	t.Parallel()
	header, rest, _ := strings.Cut(fewPeople, "\n")
	one, _, _ := strings.Cut(rest, "\n")
	r := Reader{Mapping: &Mapping{ID: "id"}, Truth: "who"}
	if err := r.Read(strings.NewReader(header + "\n" + one + "\n")); err != nil {
		t.Fatal(err)
	}
	m, err := r.Batch.Learn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Save(); err != nil {
		t.Error(err)
	}
	x, err := r.Batch.Index(m)
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Clusters(x.Edges()); !slices.Equal(got, []uint32{0}) {
		t.Errorf("clusters %v of one record", got)
	}
	r = Reader{Mapping: &Mapping{ID: "id"}, Truth: "who"}
	if err := r.Read(strings.NewReader(header + "\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Batch.Learn(); err == nil || !strings.Contains(err.Error(), "no records") {
		t.Errorf("none: %v", err)
	}
}

// TestEachFileIsAList: across files, without a column that says so.
func TestEachFileIsAList(t *testing.T) {
	t.Parallel()
	r := Reader{Mapping: &Mapping{Across: true}}
	for range 2 {
		if err := r.Read(strings.NewReader(fewPeople)); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.Batch.table.source; !slices.Equal(got, []uint32{0, 0, 0, 1, 1, 1}) {
		t.Errorf("sources %v", got)
	}
}
