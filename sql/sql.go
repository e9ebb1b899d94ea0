// Package sql holds every statement that wuku sends to ClickHouse, as .sql templates beside this file: migrations (numbered,
// never edited after release), library (tables and views that the catalogue shapes), cycle (the rule and what surrounds it),
// quality (inspections), space (places) and query (reads). One text serves a single engine and a cluster; Dialect says which form is wanted.
//
// Names and values that reach a template come from the checked catalogue or from the program itself, never from a caller of
// the API; those travel as bound parameters.
package sql

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"text/template"
)

//go:embed migrations library cycle query quality snapshot space
var files embed.FS

// Dialect is the form of the statements. The zero value is one engine.
type Dialect struct {
	// Cluster names the cluster of remote_servers: tables become <name>_local with a Distributed table above them.
	Cluster string
	// Replicated makes tables Replicated* and statements ON CLUSTER. It needs a Keeper.
	Replicated bool
}

// Set is all statements in one dialect. It may be used concurrently.
type Set struct {
	dialect Dialect
	root    *template.Template
}

// New parses every statement.
func New(d Dialect) (*Set, error) {
	s := &Set{dialect: d, root: template.New("sql")}
	s.root.Funcs(s.functions()).Option("missingkey=error")
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".sql") {
			return err
		}
		text, err := files.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = s.root.New(strings.TrimSuffix(path, ".sql")).Parse(string(text))
		return err
	})
	return s, err
}

// Render returns the statements of a template, for example "cycle/gone", in order. Most have one.
func (s *Set) Render(name string, data any) ([]string, error) {
	var out bytes.Buffer
	if err := s.root.ExecuteTemplate(&out, name, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	var statements []string
	for part := range strings.SplitSeq(out.String(), "\n;;") {
		if part = strings.TrimSpace(part); part != "" {
			statements = append(statements, s.place(part))
		}
	}
	return statements, nil
}

// The cluster form of a statement. A table is read through {{from}} and written through {{into}}; both name the Distributed table,
// and where one Distributed table is looked up in another the engine itself makes IN and JOIN global (the setting
// distributed_product_mode, which package store sends). A statement whose reads meet only rows of one shard, because every table
// in it is sharded by the same thing, says {{perShard}}: it runs on each shard over the local tables, and {{into}} still sends each
// row to where it belongs.
const (
	shardMark = "/* on each shard */"
	readMark  = "/*read*/"
)

func (s *Set) from(name string) string {
	if s.dialect.Cluster == "" {
		return name
	}
	return name + readMark
}

// perShard is silent in the replicated form, in which nobody knows which replica of a shard should do the work: there the statement
// goes through the Distributed tables.
func (s *Set) perShard() string {
	if s.dialect.Cluster == "" || s.dialect.Replicated {
		return ""
	}
	return shardMark
}

// place decides which tables a rendered statement reads.
func (s *Set) place(statement string) string {
	if s.dialect.Cluster == "" {
		return statement
	}
	if strings.Contains(statement, shardMark) {
		return strings.ReplaceAll(statement, readMark, "_local")
	}
	return strings.ReplaceAll(statement, readMark, "")
}

// Everywhere reports whether a rendered statement must run on each shard of an unreplicated cluster: one marked so, and whatever
// changes tables rather than adds rows. It is false for a single engine, and where ON CLUSTER does it.
func (s *Set) Everywhere(statement string) bool {
	if s.dialect.Cluster == "" || s.dialect.Replicated {
		return false
	}
	for line := range strings.Lines(statement) {
		if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word != "" && word != "--" {
			return word == "CREATE" || word == "ALTER" || word == "TRUNCATE" || word == "DROP" || strings.Contains(statement, shardMark)
		}
	}
	return false
}

// Migrations lists the numbered migrations in order with their unrendered text, over which checksums are taken.
func Migrations() ([]Migration, error) {
	entries, err := fs.ReadDir(files, "migrations")
	if err != nil {
		return nil, err
	}
	var list []Migration
	for _, e := range entries {
		text, err := files.ReadFile("migrations/" + e.Name())
		if err != nil {
			return nil, err
		}
		number, err := strconv.Atoi(e.Name()[:4])
		if err != nil {
			return nil, fmt.Errorf("migration %s: name must begin with four digits: %w", e.Name(), err)
		}
		list = append(list, Migration{Number: number, Name: strings.TrimSuffix(e.Name(), ".sql"), Text: string(text)})
	}
	return list, nil
}

// Migration is one numbered change of the fixed tables.
type Migration struct {
	Number int
	Name   string // file name without .sql
	Text   string
}

func (s *Set) functions() template.FuncMap {
	return template.FuncMap{
		"database":  s.database,
		"table":     s.table,
		"replacing": func(version string) string { return s.engine("ReplacingMergeTree", version) },
		"plain":     func() string { return s.engine("MergeTree", "") },
		"onCluster": s.onCluster,
		"local":     s.local,
		"from":      s.from,
		"into":      func(name string) string { return name },
		"perShard":  s.perShard,
		"sharded":   func() bool { return s.dialect.Cluster != "" },
		"text":      Quote,
		"ident":     Ident,
		"list":      list,
		"names":     names,
		"numbers":   numbers,
		"slice":     slice,
	}
}

func (s *Set) onCluster() string {
	if s.dialect.Replicated {
		return " ON CLUSTER " + Ident(s.dialect.Cluster)
	}
	return ""
}

func (s *Set) database(name string) string {
	return "CREATE DATABASE IF NOT EXISTS " + name + s.onCluster()
}

func (s *Set) local(name string) string {
	if s.dialect.Cluster == "" {
		return name
	}
	return name + "_local"
}

// table opens the statement that creates a table; on a cluster the Distributed table above it comes from Distributed.
func (s *Set) table(name, sharding string) string {
	return "CREATE TABLE IF NOT EXISTS " + s.local(name) + s.onCluster() + " /* sharded by " + sharding + " */"
}

func (s *Set) engine(family, version string) string {
	if !s.dialect.Replicated {
		return family + "(" + version + ")"
	}
	arguments := "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
	if version != "" {
		arguments += ", " + version
	}
	return "Replicated" + family + "(" + arguments + ")"
}

// Distributed returns, for a rendered CREATE TABLE of the cluster form, the statement that lays the Distributed table over the
// local one; ok is false for any other statement and for the single form.
func (s *Set) Distributed(statement string) (string, bool) {
	if s.dialect.Cluster == "" {
		return "", false
	}
	_, rest, found := strings.Cut(statement, "CREATE TABLE IF NOT EXISTS ")
	if !found {
		return "", false
	}
	local, rest, _ := strings.Cut(rest, " ")
	_, rest, _ = strings.Cut(rest, "/* sharded by ")
	sharding, _, _ := strings.Cut(rest, " */")
	name := strings.TrimSuffix(local, "_local")
	database, table, _ := strings.Cut(local, ".")
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s%s AS %s ENGINE = Distributed(%s, %s, %s, %s)",
		name, s.onCluster(), local, Ident(s.dialect.Cluster), database, table, sharding), true
}

// Quote writes a string literal. Line ends and comment marks are written as escapes: Render parts statements at line ends and knows
// marks of its own, and a text may hold anything.
func Quote(v string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "/*", `/\x2A`).Replace(v) + "'"
}

// Ident writes a name.
func Ident(v string) string { return "`" + strings.ReplaceAll(v, "`", "``") + "`" }

func list(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = Quote(v)
	}
	return strings.Join(quoted, ", ")
}

func names(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = Ident(v)
	}
	return strings.Join(quoted, ", ")
}

func numbers(values []uint32) string {
	text := make([]string, len(values))
	for i, v := range values {
		text[i] = strconv.FormatUint(uint64(v), 10)
	}
	return strings.Join(text, ", ")
}

// slice is the condition of slice i of n of a library's anchors. Anchors are keyed hashes, so slices are even; a range of the
// primary key (UUIDs order by their second half, whose first two bits are the variant) reads only its own rows.
func slice(i, n int) string {
	if n <= 1 {
		return "1"
	}
	bound := func(k int) string {
		half := uint64(1)<<63 + uint64(k)*(uint64(1)<<62/uint64(n))
		return fmt.Sprintf("toUUID('00000000-0000-0000-%04x-%012x')", half>>48, half&(1<<48-1))
	}
	lower := "anchor >= " + bound(i)
	if i == n-1 {
		return lower
	}
	return lower + " AND anchor < " + bound(i+1)
}
