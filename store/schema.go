package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
	"wuku/sql"
)

// Migrate brings the fixed tables to this program's version: each numbered migration runs once, and one that ran must still
// have the text it ran with. It ends with a drift check: every table must have at least the columns that its migration names.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.run(ctx, "query/migration_table", nil); err != nil {
		return fmt.Errorf("migrations' own table: %w", err)
	}
	applied := map[uint32]string{}
	rows, err := s.conn.Query(ctx, "SELECT number, checksum FROM meta.migration FINAL")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var number uint32
		var checksum string
		if err := rows.Scan(&number, &checksum); err != nil {
			return fmt.Errorf("read migrations: %w", err)
		}
		applied[number] = checksum
	}
	migrations, err := sql.Migrations()
	if err != nil {
		return err
	}
	for _, m := range migrations {
		sum := sha256.Sum256([]byte(m.Text))
		checksum := hex.EncodeToString(sum[:])
		switch known, done := applied[uint32(m.Number)]; {
		case done && known != checksum:
			return fmt.Errorf("migration %s was changed after it ran here: its checksum is %.12s, the engine has %.12s; restore the released file or use a new data directory", m.Name, checksum, known)
		case done:
			continue
		}
		if err := s.run(ctx, "migrations/"+m.Name, nil); err != nil {
			return fmt.Errorf("migration %s: %w", m.Name, err)
		}
		if err := s.conn.Exec(ctx, "INSERT INTO meta.migration (number, name, checksum) VALUES (?, ?, ?)", uint32(m.Number), m.Name, checksum); err != nil {
			return fmt.Errorf("note migration %s: %w", m.Name, err)
		}
	}
	for number := range applied {
		if !slices.ContainsFunc(migrations, func(m sql.Migration) bool { return m.Number == int(number) }) {
			return fmt.Errorf("the engine has migration %d, which this program does not know: it was written by a newer wuku; use that one", number)
		}
	}
	return nil
}

// Define runs a template that makes tables; on a cluster it lays the Distributed tables over the local ones.
func (s *Store) Define(ctx context.Context, statement string, data any) error {
	if err := s.run(ctx, statement, data); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// run executes a template's statements and, on a cluster, lays the Distributed tables over the local ones.
func (s *Store) run(ctx context.Context, name string, data any) error {
	texts, err := s.sql.Render(name, data)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if err := s.send(ctx, text); err != nil {
			return err
		}
		if above, ok := s.sql.Distributed(text); ok {
			if err := s.send(ctx, above); err != nil {
				return err
			}
		}
	}
	return nil
}

// ClickHouse is the engine type of an element's column.
func ClickHouse(e *catalog.Element) string {
	switch e.Type {
	case catalog.TypeCode:
		return "LowCardinality(Nullable(String))"
	case catalog.TypeInt:
		return "Nullable(Int64)"
	case catalog.TypeDecimal:
		return "Nullable(Decimal(18, 4))"
	case catalog.TypeFloat:
		return "Nullable(Float64)"
	case catalog.TypeBool:
		return "Nullable(Bool)"
	case catalog.TypeDate:
		return "Nullable(Date32)"
	case catalog.TypeDateTime:
		return "Nullable(DateTime64(3, 'UTC'))"
	default:
		return "Nullable(String)"
	}
}

// libraryColumn is an element's column. Number is its place among all that the library's claims ever had, from 1: rows keep it.
type libraryColumn struct {
	Name, ClickHouse string
	Number           int
}

type libraryTables struct {
	Name     string
	Target   string
	Work     bool // the target is the running cycle's, one partition a cycle
	Elements []libraryColumn
	Division string
	OpenRows []string
	OpenCube []string
}

// Sync gives every library its tables and views as the catalogue declares them: tables are created, new elements become new
// columns at the end, a changed type is refused. It returns, by library, the elements in storage by number, from 1: rows of claims and
// base rows name elements so. An element that the catalogue no longer has keeps its number and stays in the list.
func (s *Store) Sync(ctx context.Context, c *catalog.Catalog) (map[string][]string, error) {
	order := map[string][]string{}
	for i := range c.Libraries {
		lib := &c.Libraries[i]
		columns, err := s.syncLibrary(ctx, lib)
		if err != nil {
			return nil, fmt.Errorf("tables of library %s: %w", lib.Name, err)
		}
		order[lib.Name] = columns
	}
	s.number(order)
	return order, nil
}

// Columns returns what Sync does, and changes nothing.
func (s *Store) Columns(ctx context.Context, c *catalog.Catalog) (map[string][]string, error) {
	order := map[string][]string{}
	for i := range c.Libraries {
		lib := &c.Libraries[i]
		columns, err := s.elementColumns(ctx, "claims."+lib.Name)
		if err != nil {
			return nil, fmt.Errorf("columns of library %s: %w", lib.Name, err)
		}
		for _, e := range columns {
			order[lib.Name] = append(order[lib.Name], e.Name)
		}
	}
	s.number(order)
	return order, nil
}

func (s *Store) syncLibrary(ctx context.Context, lib *catalog.Library) ([]string, error) {
	t := libraryTables{Name: lib.Name}
	for i := range lib.Elements {
		e := &lib.Elements[i]
		t.Elements = append(t.Elements, libraryColumn{e.Name, ClickHouse(e), i + 1})
		if e.Division {
			t.Division = e.Name
		}
		if !e.Personal && e.Level <= 1 {
			t.OpenRows = append(t.OpenRows, e.Name)
		}
	}
	t.OpenCube = lib.OpenCube
	if err := s.run(ctx, "library/claims", t); err != nil {
		return nil, err
	}
	columns, err := s.addColumns(ctx, "claims."+lib.Name, t.Elements)
	if err != nil {
		return nil, err
	}
	declared := t.Elements
	t.Elements = columns // the tables of cycles know what claims may hold
	if err := s.run(ctx, "library/near", t); err != nil {
		return nil, err
	}
	targets := []string{"resolve." + lib.Name, "resolve.next_" + lib.Name, "resolve.check_" + lib.Name}
	for _, target := range targets {
		t.Target, t.Work = target, target == "resolve.next_"+lib.Name
		if err := s.run(ctx, "library/resolved", t); err != nil {
			return nil, err
		}
	}
	for _, table := range append(targets, "resolve.near_"+lib.Name) {
		if _, err := s.addColumns(ctx, table, columns); err != nil {
			return nil, err
		}
	}
	names := make([]string, len(columns))
	for i, e := range columns {
		names[i] = e.Name
	}
	t.Elements = declared
	return names, s.run(ctx, "library/views", t)
}

// addColumns adds the elements that a table lacks behind those that it has, and returns all by number.
func (s *Store) addColumns(ctx context.Context, table string, elements []libraryColumn) ([]libraryColumn, error) {
	columns, err := s.elementColumns(ctx, table)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		at := slices.IndexFunc(columns, func(c libraryColumn) bool { return c.Name == e.Name })
		if at >= 0 {
			if kind := columns[at].ClickHouse; kind != e.ClickHouse {
				return nil, fmt.Errorf("element %s is %s in the catalogue but its column in %s is %s: a type cannot be changed in place; declare a new element", e.Name, e.ClickHouse, table, kind)
			}
			continue
		}
		e.Number = len(columns) + 1
		data := map[string]any{"Table": table, "Name": e.Name, "ClickHouse": e.ClickHouse, "Number": e.Number}
		if err := s.Exec(ctx, "library/column", data); err != nil {
			return nil, err
		}
		columns = append(columns, e)
	}
	return columns, nil
}

// elementColumns are the elements that a table has, by number.
func (s *Store) elementColumns(ctx context.Context, table string) (columns []libraryColumn, err error) {
	database, name, _ := strings.Cut(table, ".")
	sparse, typed := false, 0
	err = s.Query(ctx, "query/schema", map[string]string{"Database": database, "Table": name}, func(scan func(...any) error) error {
		var column, kind, how string
		if err := scan(&column, &kind, &how); err != nil {
			return err
		}
		sparse = sparse || column == "els"
		typed++
		if how == "ALIAS" {
			columns = append(columns, libraryColumn{column, kind, len(columns) + 1})
		}
		return nil
	})
	if err == nil && typed > 0 && !sparse {
		err = fmt.Errorf("table %s was made by an older build, which kept a column an element: start with a new data directory and read the topics again", table)
	}
	return columns, err
}
