package catalog_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"wuku/catalog"
)

// small is the catalogue that most tests start from.
func small() fs.FS { return os.DirFS("testdata/small") }

func TestLoadSmall(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(small())
	if err != nil {
		t.Fatal(err)
	}
	f := c.FeedByTopic("src.nanjing.resident")
	if f == nil {
		t.Fatal("no feed has the default topic src.nanjing.resident")
	}
	if f.Partitions != 1 || f.Tier != "city" || f.Jurisdiction != "320100" {
		t.Errorf("defaults = %d partitions, tier %q, jurisdiction %q", f.Partitions, f.Tier, f.Jurisdiction)
	}
	if got := c.Library("person").Element("street").Ranks(); got["suzhou.resident"] != 1 || got["police.person"] != 2 {
		t.Errorf("ranks of street = %v", got)
	}
	if got := *c.Library("person").Element("birth_date").Min; got != "1900-01-01" {
		t.Errorf("min of birth_date = %q", got)
	}
	if got := c.Feed("police.person").Claims[0].Fields[2].Values["F"]; got != "2" {
		t.Errorf("F is mapped to %q", got)
	}
	if problems := catalog.Check(c); len(problems) != 0 {
		t.Errorf("Check of a loaded catalogue: %v", problems)
	}
}

// TestProvince loads the catalogue that ships with the program.
func TestProvince(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	tiers := map[string]int{}
	for _, d := range c.Departments {
		tiers[d.Tier]++
	}
	if tiers["province"] < 60 || tiers["city"] != 13 || len(c.Feeds) < 90 || len(c.Batches) != 3 {
		t.Errorf("departments %v, %d feeds, %d lists", tiers, len(c.Feeds), len(c.Batches))
	}
	least := map[string]int{"person": 60, "organisation": 60, "certificate": 30, "credit": 50, "place": 40}
	for _, l := range c.Libraries {
		if len(l.Elements) < least[l.Name] {
			t.Errorf("library %s has %d elements, want %d", l.Name, len(l.Elements), least[l.Name])
		}
		definitions := map[string]string{}
		for _, e := range l.Elements {
			if e.EN == "" || e.Definition == "" || e.Owner == "" || e.Steward == "" || e.Supervisor == "" || e.Share == "" || e.Event == "" {
				t.Errorf("%s.%s is not whole: %+v", l.Name, e.Name, e)
			}
			if other := definitions[e.Definition]; other != "" {
				t.Errorf("%s.%s and %s have one definition", l.Name, e.Name, other)
			}
			definitions[e.Definition] = e.Name
		}
	}
	jurisdictions := map[string]bool{}
	for _, f := range c.Feeds {
		if f.Tier == "city" {
			jurisdictions[f.Jurisdiction] = true
		}
		if f.Tier == "nation" && (f.Steward == "" || c.Feed(f.Name).Counterpart.Name == "") || f.Contact.Name == "" {
			t.Errorf("%s has nobody who answers for it", f.Name)
		}
	}
	if len(jurisdictions) != 13 {
		t.Errorf("%d cities have feeds of their own", len(jurisdictions))
	}
	for _, p := range append(c.ProgressByBatch(), c.ProgressByLibrary()...) {
		if p.Items == 0 || p.Delivered == 0 {
			t.Errorf("nothing is delivered of list %s: %+v", p.Name, p)
		}
	}
	if _, problems := catalog.Inspect(catalog.Province()); len(problems) > 0 {
		t.Errorf("warnings: %v", problems)
	}
}

// TestAddFeed adds a feed and an element by files alone: no code knows them.
func TestAddFeed(t *testing.T) {
	t.Parallel()
	script := `@ feeds/health.vaccination.yaml
+feed: health.vaccination
+department: health
+zh: 预防接种
+format: json
+key: [no]
+version: {kind: event_time, field: at, format: epoch_ms}
+claims:
+  - library: person
+    each: doses
+    list_key: [batch]
+    fields:
+      - {element: citizen_number, from: $.sfz}
+      - {element: vaccinated, from: day, format: yyyyMMdd}

@ libraries/person.yaml
-  - name: street
+  - name: vaccinated
+    zh: 最近接种日期
+    type: date
+    level: 3
+    personal: true
+    authority: [health.vaccination]
+  - name: street
`
	old, c := load(t, ""), load(t, script)
	f := c.FeedByTopic("src.health.vaccination")
	if f == nil || f.Claims[0].Each != "doses" || f.Jurisdiction != "320000" {
		t.Fatalf("the new feed is %+v", f)
	}
	e := catalog.Diff(old, c).Effect()
	if fmt.Sprint(e.MappingChanged) != "[health.vaccination]" || fmt.Sprint(e.RuleChanged) != "map[person:[vaccinated]]" {
		t.Errorf("effect = %+v", e)
	}
}

// TestUnreadable holds problems that no text file of testdata/bad can show.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, code string
	}{
		"not UTF-8":       {"codes: \xff\xfe", "file.encoding"},
		"a mark":          {"\ufeffcodes: []", "file.encoding"},
		"too large":       {"codes: []\n" + strings.Repeat("# a long comment\n", 1<<16), "file.size"},
		"many brackets":   {"codes: " + strings.Repeat("[", 1000), "yaml.nesting"},
		"many braces":     {strings.Repeat("{a: ", 1000), "yaml.nesting"},
		"many dashes":     {strings.Repeat("- ", 1000) + "a", "yaml.nesting"},
		"deep indent":     {deep(1000), "yaml.nesting"},
		"many questions":  {strings.Repeat("? ", 1000) + "a", "yaml.nesting"},
		"brackets, lines": {"codes:\n" + strings.Repeat("  [\n", 1000), "yaml.nesting"},
		"a control":       {"codes: \x00\x01", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys, err := overlay("@ codes.yaml\n+" + "codes: []")
			if err != nil {
				t.Fatal(err)
			}
			fsys.(fstest.MapFS)["codes.yaml"].Data = []byte(c.text)
			_, problems := catalog.Inspect(fsys)
			if len(problems.Fatal()) == 0 {
				t.Fatal("nothing is wrong")
			}
			if got := problems[0]; got.File != "codes.yaml" || c.code != "" && got.Code != c.code {
				t.Errorf("first problem: %v", got)
			}
		})
	}
}

// TestQuotedBrackets shows that brackets in texts are no nesting.
func TestQuotedBrackets(t *testing.T) {
	t.Parallel()
	values := ""
	for i := range 100 {
		values += fmt.Sprintf(`, "c%d": '[{ %d'`, i, i)
	}
	load(t, "@ codes.yaml\n-\"2\": 女性\n+\"2\": \"\\\"[[\""+values)
}

// TestLineEnds reads the small catalogue as an editor on Windows saves it.
func TestLineEnds(t *testing.T) {
	t.Parallel()
	fsys, err := overlay("")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fsys.(fstest.MapFS) {
		f.Data = []byte(strings.ReplaceAll(string(f.Data), "\n", "\r\n"))
	}
	c, err := catalog.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	if catalog.Digest(c) != catalog.Digest(load(t, "")) {
		t.Error("line ends change the digest")
	}
}

// TestHeavy reads a file of the greatest size that is full of what parsers dislike.
func TestHeavy(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{"entries": "  - {table: a, zh: b, values: {}}\n", "quotes": "x: \"\n\" [[[ \"\n",
		"unclosed": "a: [\n", "strings": "- 'x\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys, err := overlay("")
			if err != nil {
				t.Fatal(err)
			}
			text := "codes:\n" + strings.Repeat(unit, 1<<18/len(unit))
			fsys.(fstest.MapFS)["codes.yaml"].Data = []byte(text)
			if _, problems := catalog.Inspect(fsys); problems.Fatal() == nil {
				t.Error("it is accepted")
			}
		})
	}
}

// deep is a block mapping of that many levels.
func deep(levels int) string {
	var b strings.Builder
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// TestCheckInMemory holds problems that files cannot have.
func TestCheckInMemory(t *testing.T) {
	t.Parallel()
	c := load(t, "")
	c.Feeds = append(c.Feeds, c.Feeds[0])
	c.Libraries = append(c.Libraries, c.Libraries[0])
	c.Feeds[1].Revision = 1 << 12
	var got []string
	for _, p := range catalog.Check(c) {
		if p.Line != 0 || p.File == "" || p.Path == "" || p.Hint == "" {
			t.Errorf("a problem without its place or hint: %+v", p)
		}
		got = append(got, p.Code)
	}
	for _, want := range []string{"feed.duplicate", "library.duplicate", "revision.range"} {
		if !strings.Contains(strings.Join(got, " "), want) {
			t.Errorf("no %s among %v", want, got)
		}
	}
	if p := catalog.Check(&catalog.Catalog{}); len(p.Fatal()) == 0 {
		t.Error("an empty catalogue passes")
	}
}

// TestNoLibraryNoFeed loads a directory without files: every missing place is named.
func TestNoFiles(t *testing.T) {
	t.Parallel()
	_, err := catalog.Load(fstest.MapFS{})
	if err == nil {
		t.Fatal("an empty directory is accepted")
	}
	for _, want := range []string{"catalog.yaml", "departments.yaml", "codes.yaml", "libraries", "feeds", "5 error(s)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %s:\n%v", want, err)
		}
	}
}

// FuzzLoad reads any bytes as any file of the catalogue: no panic, stable order, and a place for each problem of a line.
func FuzzLoad(f *testing.F) {
	err := fs.WalkDir(small(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(small(), name)
		f.Add(name, text)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("codes.yaml", []byte("? [a, b]\n: - !!str c\n"))
	f.Add("codes.yaml", []byte("codes:\n  - &a {table: *a}\n"))
	f.Add("feeds/police.person.yaml", []byte("feed: |\n  x\nkey: {? a}\nversion: .inf\nclaims: [~, {}]"))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if len(text) > 1<<12 || !fs.ValidPath(name) || name == "." {
			return
		}
		read := func() (*catalog.Catalog, catalog.Errors) {
			fsys, err := overlay("")
			if err != nil {
				t.Fatal(err)
			}
			fsys.(fstest.MapFS)[name] = &fstest.MapFile{Data: text}
			return catalog.Inspect(fsys)
		}
		c, problems := read()
		_, again := read()
		if problems.Error() != again.Error() {
			t.Fatalf("two readings differ:\n%v\n%v", problems, again)
		}
		for _, p := range problems {
			if p.Message == "" || p.Hint == "" || p.Code == "" || p.File == "" || p.Line < 0 || p.Line > 0 && p.Column < 1 {
				t.Fatalf("a problem that says too little: %+v", p)
			}
		}
		if problems.Fatal() == nil && len(catalog.Diff(c, c)) != 0 {
			t.Fatal("a catalogue differs from itself")
		}
	})
}

func ExampleLoad() {
	c, err := catalog.Load(os.DirFS("testdata/small"))
	if err != nil {
		fmt.Println(err)
		return
	}
	street := c.Library("person").Element("street")
	fmt.Println(street.ZH, street.Authority)
	fmt.Println(c.FeedByTopic("src.police.person").ZH)
	// Output:
	// 街路 [[nanjing.resident suzhou.resident] [police.person]]
	// 常住人口
}

func BenchmarkLoadProvince(b *testing.B) {
	for b.Loop() {
		if _, err := catalog.Load(catalog.Province()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDigestProvince(b *testing.B) {
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		catalog.Digest(c)
	}
}

// TestOutsideIsLast puts feeds from outside behind every other that asks for the last rank, whatever their names.
func TestOutsideIsLast(t *testing.T) {
	t.Parallel()
	c := load(t, `@ feeds/health.web.yaml
+feed: health.web
+department: health
+class: outside
+zh: 网
+format: json
+key: [id]
+version: {kind: broker}
+claims:
+  - library: person
+    rank: last
+    fields:
+      - {element: open, from: v}

@ feeds/police.more.yaml
+feed: police.more
+department: police
+zh: 补充
+format: json
+key: [id]
+version: {kind: broker}
+claims:
+  - library: person
+    rank: last
+    fields:
+      - {element: citizen_number, from: id}
+      - {element: open, from: v}

@ libraries/person.yaml
-elements:
-  - name: citizen_number
+elements:
+  - name: open
+    zh: 公开
+    type: text
+    level: 1
+    authority: []
+  - name: citizen_number
`)
	if got := fmt.Sprint(c.Library("person").Element("open").Authority); got != "[[police.more] [health.web]]" {
		t.Errorf("authority %s", got)
	}
}
