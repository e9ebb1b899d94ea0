package wuku_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "wuku"

// rooms is the drawing of docs/architecture.md as a rule: data flows down the list; nothing imports upwards or sideways.
var rooms = map[string]struct {
	rooms   []string // our rooms it may import
	outside []string // modules of others, by prefix
	pure    bool     // no network, no files, no processes, no logging
}{
	"entity":  {outside: []string{"github.com/google/uuid", "github.com/paulmach/orb"}, pure: true},
	"catalog": {rooms: []string{"entity"}, outside: []string{"github.com/goccy/go-yaml", "github.com/mozillazg/go-pinyin", "golang.org/x/text"}, pure: true},
	"ingest":  {rooms: []string{"entity", "catalog"}, outside: []string{"github.com/segmentio/kafka-go", "github.com/cespare/xxhash", "github.com/twmb/avro", "golang.org/x/sync", "golang.org/x/text"}},
	"resolve": {rooms: []string{"entity", "catalog", "match"}, outside: []string{"github.com/google/uuid"}},
	"match":   {rooms: []string{"entity"}, outside: []string{"github.com/cespare/xxhash", "github.com/longbridgeapp/opencc", "github.com/mozillazg/go-pinyin", "golang.org/x/text"}, pure: true},
	"quality": {rooms: []string{"entity", "catalog"}},
	"matter":  {rooms: []string{"entity", "catalog"}, pure: true},
	"sql":     {pure: true},
	"store":   {rooms: []string{"entity", "catalog", "sql"}, outside: []string{"github.com/ClickHouse/", "github.com/google/uuid", "golang.org/x/sync"}},
	"geo":     {rooms: []string{"entity"}, outside: []string{"github.com/paulmach/orb"}},
	"space":   {rooms: []string{"entity", "catalog", "geo"}, outside: []string{"github.com/paulmach/orb", "github.com/ClickHouse/clickhouse-go/v2"}},
	"trust":   {rooms: []string{"entity"}, outside: []string{"golang.org/x/mod/sumdb", "github.com/emmansun/gmsm"}},
	"serve": {rooms: []string{"entity", "catalog", "geo", "matter", "space", "trust", "web"}, outside: []string{"github.com/paulmach/orb", "github.com/danielgtaylor/huma/v2", "github.com/dunglas/httpsfv", "github.com/ClickHouse/clickhouse-go/v2",
		"github.com/google/uuid", "github.com/prometheus/client_golang", "github.com/coreos/go-oidc/v3", "github.com/apache/arrow-go/v18", "github.com/google/flatbuffers", "rsc.io/qr", "golang.org/x/"}},
	"web":    {pure: true},
	"engine": {outside: []string{"github.com/ebitengine/purego", "github.com/twmb/franz-go", "golang.org/x/sys"}},
	"backup": {outside: []string{"golang.org/x/sys"}},
	"demo":   {rooms: []string{"entity", "catalog", "geo"}, outside: []string{"golang.org/x/text", "github.com/paulmach/orb"}, pure: true},
	"bench":  {rooms: []string{"entity", "catalog", "ingest", "resolve", "sql", "store", "engine", "demo", "serve", "trust", "geo", "space", "quality", "match", "matter"}, outside: []string{""}},
	"cmd": {rooms: []string{"backup", "entity", "catalog", "ingest", "match", "matter", "resolve", "quality", "sql", "store", "geo", "space", "trust", "serve", "web", "engine", "demo", "bench"},
		outside: []string{""}},
}

// closed are the standard packages that a pure room may not import.
var closed = []string{"net", "net/http", "os", "os/exec", "database/sql", "log", "log/slog"}

func TestRooms(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path string, f *ast.File, _ *token.FileSet) {
		room, _, nested := strings.Cut(path, "/")
		if !nested || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "enginetest/") {
			return
		}
		rule, known := rooms[room]
		if !known {
			t.Errorf("%s: %q is not a room", path, room)
			return
		}
		for _, im := range f.Imports {
			name, _ := strconv.Unquote(im.Path.Value)
			first, _, _ := strings.Cut(name, "/")
			switch {
			case strings.HasPrefix(name, module+"/"):
				to, _, _ := strings.Cut(strings.TrimPrefix(name, module+"/"), "/")
				if to != room && !slices.Contains(rule.rooms, to) {
					t.Errorf("%s: room %s may not import room %s", path, room, to)
				}
			case !strings.Contains(first, "."):
				if rule.pure && slices.Contains(closed, name) {
					t.Errorf("%s: room %s is pure and may not import %s", path, room, name)
				}
			case !slices.ContainsFunc(rule.outside, func(o string) bool { return strings.HasPrefix(name, o) }):
				t.Errorf("%s: room %s may not import %s", path, room, name)
			}
		}
	})
}

// Sizes that a reader can hold in mind.
const (
	mostLines         = 500
	mostFunctionLines = 80
)

func TestSizes(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path string, f *ast.File, set *token.FileSet) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		if n := set.Position(f.End()).Line; n > mostLines {
			t.Errorf("%s has %d lines; %d is the most: it has more than one trade", path, n, mostLines)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := set.Position(fn.End()).Line - set.Position(fn.Pos()).Line + 1; n > mostFunctionLines {
				t.Errorf("%s: %s has %d lines; %d is the most", path, fn.Name.Name, n, mostFunctionLines)
			}
		}
	})
}

func TestDocumented(t *testing.T) {
	t.Parallel()
	packages := map[string]bool{}
	eachFile(t, func(path string, f *ast.File, set *token.FileSet) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		dir := path[:max(strings.LastIndex(path, "/"), 0)]
		packages[dir] = packages[dir] || f.Doc != nil
		for _, d := range f.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: exported %s has no doc comment", set.Position(d.Pos()), name)
			}
		}
	})
	for dir, ok := range packages {
		if !ok {
			t.Errorf("package %q has no doc comment", dir)
		}
	}
}

func undocumented(d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, s := range d.Specs {
			if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
				names = append(names, ts.Name.Name)
			}
			if vs, ok := s.(*ast.ValueSpec); ok && d.Doc == nil && vs.Doc == nil && vs.Comment == nil {
				for _, n := range vs.Names {
					if n.IsExported() {
						names = append(names, n.Name)
					}
				}
			}
		}
		return names
	}
	return nil
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	t := d.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

func eachFile(t *testing.T, do func(path string, f *ast.File, set *token.FileSet)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "build" || name == "testdata" || name == "bin" || name == "data" && path == "data" || strings.HasPrefix(name, ".") && name != "." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		do(path, f, set)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
