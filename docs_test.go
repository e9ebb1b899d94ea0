package wuku_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"wuku/catalog"
	"wuku/entity"
	"wuku/ingest"
	"wuku/quality"
)

// features are the rows of the product's list, by letter: how many each has.
var features = []struct {
	letter string
	rows   int
}{{"L", 6}, {"S", 11}, {"C", 14}, {"Q", 23}, {"K", 6}, {"E", 7}, {"U", 21}, {"P", 8}, {"M", 12}}

// states are what docs/coverage.md may say of a row.
var states = []string{"works", "first form", "not yet"}

// TestCoverage holds docs/coverage.md to the list: every row once, in order, with a state and words.
func TestCoverage(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, f := range features {
		for i := range f.rows {
			want = append(want, fmt.Sprintf("%s%d", f.letter, i+1))
		}
	}
	row := regexp.MustCompile(`^\| ([LSCQKEUPM]\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	for line := range strings.Lines(read(t, "docs/coverage.md")) {
		m := row.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		got = append(got, m[1])
		if state := strings.TrimSpace(m[3]); !slices.Contains(states, state) {
			t.Errorf("%s has the state %q; want one of %v", m[1], state, states)
		}
	}
	if !slices.Equal(want, got) {
		t.Errorf("rows of docs/coverage.md:\n got %v\nwant %v", got, want)
	}
}

// TestReasonCodes holds docs/departments.md to the code: every reason of a quarantined message and every rule of a finding stands in
// it, and nothing else that looks like one.
func TestReasonCodes(t *testing.T) {
	t.Parallel()
	known := map[string]bool{ingest.ReasonCrasher: true, quality.RuleDiffers: true, quality.RuleDuplicate: true}
	for _, f := range entity.IdentifierFaults() {
		known[f.Code] = true
	}
	for _, kind := range catalog.Relations {
		known["relation."+kind] = true
	}
	known["citizen.century"] = true
	code := regexp.MustCompile(`"((?:message|value)\.[a-z_]+)"`)
	for _, file := range []string{"ingest/mapper_fault.go", "ingest/convert.go"} {
		found := code.FindAllStringSubmatch(read(t, file), -1)
		if len(found) == 0 {
			t.Errorf("%s holds no codes: this test looks in the wrong place", file)
		}
		for _, m := range found {
			known[m[1]] = true
		}
	}
	told := map[string]int{}
	first := regexp.MustCompile("(?m)^\\| `([a-z0-9]+\\.[a-z_]+)` \\|")
	for _, m := range first.FindAllStringSubmatch(read(t, "docs/departments.md"), -1) {
		told[m[1]]++
	}
	for c := range known {
		if told[c] != 1 {
			t.Errorf("docs/departments.md has %d rows for %s; want 1", told[c], c)
		}
	}
	for c := range told {
		if !known[c] {
			t.Errorf("docs/departments.md explains %s, which the program never gives", c)
		}
	}
}

// TestCatalogueCodes holds docs/catalog.md to the faults that have a bad file in catalog/testdata.
func TestCatalogueCodes(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "catalog/testdata/bad/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	text := read(t, "docs/catalog.md")
	code := regexp.MustCompile(`(?m)(?:error|warning): .*\[([a-z0-9_.]+)\]$`)
	for _, f := range files {
		for _, m := range code.FindAllStringSubmatch(read(t, f), -1) {
			if !strings.Contains(text, "`"+m[1]+"`") {
				t.Errorf("docs/catalog.md does not tell of %s, see %s", m[1], f)
			}
		}
	}
}

// TestCatalogueExample loads the files that docs/catalog.md shows together with the small catalogue, as a reader would.
func TestCatalogueExample(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	small := os.DirFS("catalog/testdata/small")
	err := fs.WalkDir(small, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(small, path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, err := catalog.Load(small)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```yaml\n# (\\S+)(, added at its end)?\n(.*?)```")
	shown := block.FindAllStringSubmatch(read(t, "docs/catalog.md"), -1)
	for _, m := range shown {
		if strings.HasPrefix(m[1], "catalog/province/") { // see TestOneFeedMore
			continue
		}
		text := []byte(m[3])
		if m[2] != "" {
			text = append(bytes.TrimRight(slices.Clone(files[m[1]].Data), "\n"), append([]byte("\n"), text...)...)
		}
		files[m[1]] = &fstest.MapFile{Data: text}
	}
	after, err := catalog.Load(files)
	if err != nil {
		t.Fatalf("the example of docs/catalog.md does not load:\n%v", err)
	}
	effect := catalog.Diff(before, after).Effect()
	if got := fmt.Sprint(effect.MappingChanged, effect.RuleChanged); got != "[health.vaccination] map[person:[vaccinated]]" {
		t.Errorf("the example changes %s", got)
	}
	if !strings.Contains(read(t, "docs/catalog.md"), catalog.Diff(before, after).Text()) {
		t.Errorf("docs/catalog.md does not show this difference:\n%s", catalog.Diff(before, after).Text())
	}
}

// TestOneFeedMore adds the feed that docs/catalog.md shows to the shipped catalogue, as one file and nothing else: it loads without a
// complaint, fulfils an open item, and its message is taken.
func TestOneFeedMore(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?s)```yaml\n# catalog/province/(\\S+)\n(.*?)```").FindStringSubmatch(read(t, "docs/catalog.md"))
	message := regexp.MustCompile("(?s)```json\n(.*?)```").FindStringSubmatch(read(t, "docs/catalog.md"))
	if block == nil || message == nil {
		t.Fatal("docs/catalog.md shows no feed for the shipped catalogue, or no message of it")
	}
	files := fstest.MapFS{block[1]: {Data: []byte(block[2])}}
	err := fs.WalkDir(catalog.Province(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(catalog.Province(), path)
		files[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	before, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	after, problems := catalog.Inspect(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	changes := catalog.Diff(before, after)
	if e := changes.Effect(); !changes.Compatible() || len(e.MappingChanged) != 1 || len(after.Feeds) != len(before.Feeds)+1 {
		t.Errorf("one file more changes more than one feed:\n%s", changes.Text())
	}
	feed := after.Feed(strings.TrimSuffix(path.Base(block[1]), ".yaml"))
	if slices.ContainsFunc(before.Feeds, func(f catalog.Feed) bool { return f.Item == feed.Item }) || after.Item(feed.Item) == nil {
		t.Errorf("item %s was not open", feed.Item)
	}
	m, err := ingest.NewMapper(after, feed, entity.NewAnchorer([]byte("a key of at least 32 random bytes")), ingest.MapperOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m.Map(&ingest.Message{Topic: feed.Topic, TimeMS: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC).UnixMilli(), Value: []byte(message[1])})
	b := m.Take(feed.Topic, 0, 0, 1)
	if b.Findings.Rows != 0 || b.Quarantine.Rows != 0 || len(b.Claims) != 1 || b.Claims[0].Rows != 1 {
		t.Errorf("the message is not taken as it is: %d findings, %d in quarantine, %d claims", b.Findings.Rows, b.Quarantine.Rows, len(b.Claims))
	}
}

// TestScenariosAreTold wants every golden scenario of the rule named in docs/rule.md, and no other.
func TestScenariosAreTold(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "resolve/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	text := read(t, "docs/rule.md")
	for _, f := range files {
		if name := strings.TrimPrefix(f, "resolve/testdata/"); !strings.Contains(text, "`"+name+"`") {
			t.Errorf("docs/rule.md does not name %s", name)
		}
	}
	for _, m := range regexp.MustCompile("`([a-z0-9-]+\\.txt)`").FindAllStringSubmatch(text, -1) {
		if !slices.Contains(files, "resolve/testdata/"+m[1]) {
			t.Errorf("docs/rule.md names %s, which is no scenario", m[1])
		}
	}
}

// TestTablesAreTold wants every table of sql/ and every name of a column in docs/tables.md.
func TestTablesAreTold(t *testing.T) {
	t.Parallel()
	text := read(t, "docs/tables.md")
	table := regexp.MustCompile(`\{\{table "([a-z]+\.[a-z_]+)"`)
	column := regexp.MustCompile(`(?m)^    ([a-z_]+) +[A-Z][A-Za-z0-9]+\b.*,?$`)
	names := 0
	for _, dir := range []string{"sql/migrations", "sql/library"} {
		files, err := fs.Glob(os.DirFS("."), dir+"/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			for _, m := range table.FindAllStringSubmatch(read(t, f), -1) {
				names++
				if !strings.Contains(text, "`"+m[1]+"`") {
					t.Errorf("docs/tables.md does not describe %s of %s", m[1], f)
				}
			}
			for _, m := range column.FindAllStringSubmatch(read(t, f), -1) {
				if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(text) {
					t.Errorf("docs/tables.md does not tell of column %s of %s", m[1], f)
				}
			}
		}
	}
	if names == 0 {
		t.Error("no tables found: this test looks in the wrong place")
	}
}

// TestDependenciesAreTold wants every module that our packages import in docs/dependencies.md.
func TestDependenciesAreTold(t *testing.T) {
	t.Parallel()
	text := read(t, "docs/dependencies.md")
	module := regexp.MustCompile(`(?m)^\t(\S+) v\S+`)
	used := imported(t)
	told := 0
	for _, m := range module.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		if !slices.ContainsFunc(used, func(path string) bool { return path == m[1] || strings.HasPrefix(path, m[1]+"/") }) {
			continue
		}
		told++
		if !strings.Contains(text, "`"+m[1]+"`") {
			t.Errorf("docs/dependencies.md does not say why %s is there", m[1])
		}
	}
	if told == 0 {
		t.Error("no module found: this test looks in the wrong place")
	}
}

// TestLinks wants every relative link of the documents to lead somewhere.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, file := range documents(t) {
		dir := ""
		if i := strings.LastIndex(file, "/"); i >= 0 {
			dir = file[:i+1]
		}
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			if _, err := os.Stat(dir + m[1]); err != nil {
				t.Errorf("%s: link to %s: %v", file, m[1], err)
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func documents(t *testing.T) []string {
	t.Helper()
	list := []string{"README.md", "CHANGELOG.md"}
	for _, pattern := range []string{"docs/*.md", "docs/decisions/*.md"} {
		files, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, files...)
	}
	return list
}

// imported lists what our packages and their tests import of others.
func imported(t *testing.T) []string {
	t.Helper()
	set := map[string]bool{}
	eachFile(t, func(_ string, f *ast.File, _ *token.FileSet) {
		for _, im := range f.Imports {
			set[strings.Trim(im.Path.Value, `"`)] = true
		}
	})
	return slices.Collect(maps.Keys(set))
}
