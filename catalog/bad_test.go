package catalog_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew from what the code does now")

// overlay is the small catalogue with the edits of a script. A script is a list of "@ FILE" lines, each followed by lines with
// "-" (text that must stand there exactly once) and "+" (what replaces it); a group of "+" alone is the whole new file, and
// "@ FILE gone" removes one. Blank lines part groups; lines with "#" are comments.
func overlay(script string) (fs.FS, error) {
	files := fstest.MapFS{}
	err := fs.WalkDir(small(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(small(), name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		return nil, err
	}
	var file string
	var from, to []string
	flush := func() error {
		defer func() { from, to = nil, nil }()
		replacement := strings.Join(to, "\n")
		switch {
		case from == nil && to == nil:
			return nil
		case from == nil:
			files[file] = &fstest.MapFile{Data: []byte(replacement + "\n")}
			return nil
		}
		f, old := files[file], strings.Join(from, "\n")
		if f == nil || strings.Count(string(f.Data), old) != 1 {
			return fmt.Errorf("%s does not hold exactly once:\n%s", file, old)
		}
		files[file] = &fstest.MapFile{Data: []byte(strings.Replace(string(f.Data), old, replacement, 1))}
		return nil
	}
	for line := range strings.Lines(script + "\n@ end\n") {
		line = strings.TrimSuffix(line, "\n")
		rest := strings.TrimPrefix(line[min(len(line), 1):], " ")
		switch {
		case strings.HasPrefix(line, "-"):
			from = append(from, line[1:])
		case strings.HasPrefix(line, "+"):
			to = append(to, line[1:])
		case line == "" || strings.HasPrefix(line, "#"), strings.HasPrefix(line, "@"):
			if err := flush(); err != nil {
				return nil, err
			}
			if strings.HasPrefix(line, "@") {
				file = strings.TrimSuffix(rest, " gone")
				if file != rest {
					delete(files, file)
				}
			}
		default:
			return nil, fmt.Errorf("a script line begins with @, -, + or #: %q", line)
		}
	}
	return files, nil
}

const golden = "----\n"

// TestBad holds the exact text of every refusal: testdata/bad/*.txt is a script, a line of dashes, and what is printed.
func TestBad(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d bad catalogues, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			script, want, _ := strings.Cut(string(text), golden)
			fsys, err := overlay(script)
			if err != nil {
				t.Fatal(err)
			}
			_, problems := catalog.Inspect(fsys)
			if len(problems) == 0 {
				t.Fatal("nothing is found wrong")
			}
			got := problems.Error() + "\n"
			if *rewrite {
				if err := os.WriteFile(name, []byte(script+golden+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("printed (-want +got, -rewrite to accept):\n%s", diff)
			}
			_, err = catalog.Load(fsys)
			if refused := problems.Fatal() != nil; (err != nil) != refused {
				t.Errorf("Load = %v, problems are fatal: %v", err, refused)
			}
		})
	}
}

// TestEveryCodeHasABadFile keeps one bad catalogue for each code in the source.
func TestEveryCodeHasABadFile(t *testing.T) {
	t.Parallel()
	shown := ""
	names, err := filepath.Glob("testdata/bad/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, out, _ := strings.Cut(string(text), golden)
		shown += out
	}
	// Codes that only a catalogue made in memory, or bytes that no text file can show, can bring about; other tests do.
	elsewhere := map[string]bool{"revision.range": true, "file.encoding": true, "file.size": true, "library.duplicate": true,
		"feed.duplicate": true, "yaml.nesting": true, "pack.duplicate": true, "matter.duplicate": true, "warning.duplicate": true}
	call := regexp.MustCompile(`\.(fail|warn|oneOf|form|unique|distinct|structural)\(`)
	code := regexp.MustCompile(`"([a-z_]+\.[a-z_]+)"`)
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			m := code.FindStringSubmatch(line)
			if m == nil || !call.MatchString(line) {
				continue
			}
			count++
			if !elsewhere[m[1]] && !strings.Contains(shown, "["+m[1]+"]") {
				t.Errorf("%s: no file in testdata/bad shows code %s", name, m[1])
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d codes found in the source", count)
	}
}
