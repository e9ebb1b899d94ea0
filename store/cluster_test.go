package store_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wuku/catalog"
	"wuku/engine/enginetest"
	"wuku/sql"
	"wuku/store"
)

var rewrite = flag.Bool("rewrite", false, "write the golden files anew")

// TestClusterSchema makes every table and view of the shipped catalogue on two shards, twice, then adds an element: the column
// must come on both shards, below and above.
func TestClusterSchema(t *testing.T) {
	t.Parallel()
	shards := enginetest.Cluster(t, 2)
	o := store.Options{User: shards[0].User(), Password: shards[0].Password(), Dialect: sql.Dialect{Cluster: "wuku"}}
	for _, e := range shards {
		o.Address = append(o.Address, e.Native())
	}
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Sync(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if _, revision, err := s.Publish(t.Context(), c); err != nil || revision != 1 {
			t.Fatalf("revision %d, want 1; %v", revision, err)
		}
	}
	lib := &c.Libraries[0]
	lib.Elements = append(lib.Elements, catalog.Element{Name: "added", ZH: "新增", Type: catalog.TypeText})
	if _, err := s.Sync(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for i := range o.Address {
		each := o
		each.Address = o.Address[i : i+1]
		node, err := store.Open(t.Context(), each)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"claims." + lib.Name, "claims." + lib.Name + "_local", "resolve." + lib.Name, "resolve." + lib.Name + "_local", "base." + lib.Name} {
			if !hasColumn(t, node, table, "added") {
				t.Errorf("shard %d: %s has no column for the new element", i+1, table)
			}
		}
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	}
}

func hasColumn(t *testing.T, s *store.Store, table, column string) bool {
	t.Helper()
	database, name, _ := strings.Cut(table, ".")
	found := false
	err := s.Query(t.Context(), "query/schema", map[string]string{"Database": database, "Table": name}, func(scan func(...any) error) error {
		var has, kind, how string
		var number uint16
		err := scan(&has, &kind, &how, &number)
		found = found || has == column
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestMigrationText holds the text of the migrations in both cluster forms. The replicated one needs a Keeper, which the embedded
// engine has not: here its text is all there is to hold.
func TestMigrationText(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]sql.Dialect{"sharded": {Cluster: "wuku"}, "replicated": {Cluster: "wuku", Replicated: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := migrationText(t, d)
			file := filepath.Join("testdata", "migrations-"+name+".sql")
			if *rewrite {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", file, diff)
			}
		})
	}
}

func migrationText(t *testing.T, d sql.Dialect) string {
	t.Helper()
	set, err := sql.New(d)
	if err != nil {
		t.Fatal(err)
	}
	migrations, err := sql.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"query/migration_table"}
	for _, m := range migrations {
		names = append(names, "migrations/"+m.Name)
	}
	var all strings.Builder
	for _, name := range names {
		texts, err := set.Render(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			all.WriteString(text + ";\n\n")
			if above, ok := set.Distributed(text); ok {
				all.WriteString(above + ";\n\n")
			}
		}
	}
	return all.String()
}
