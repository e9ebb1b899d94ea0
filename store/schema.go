package store

import (
	"cmp"
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
		for _, e := range lib.Elements {
			if !slices.ContainsFunc(columns, func(c libraryColumn) bool { return c.Name == e.Name }) {
				return nil, fmt.Errorf("library %s has no column for element %s yet: the process that published the catalogue is still making it", lib.Name, e.Name)
			}
		}
		order[lib.Name] = byNumber(columns)
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
	t.Elements = declared
	return byNumber(columns), s.run(ctx, "library/views", t)
}

// addColumns adds the elements that a table lacks behind those that it has, and returns all by number. The claims' table gives the
// numbers; another table takes those that the elements come with.
func (s *Store) addColumns(ctx context.Context, table string, elements []libraryColumn) ([]libraryColumn, error) {
	columns, err := s.elementColumns(ctx, table)
	if err != nil {
		return nil, err
	}
	gives, added := strings.HasPrefix(table, "claims."), false
	for _, e := range elements {
		at := slices.IndexFunc(columns, func(c libraryColumn) bool { return c.Name == e.Name })
		if at >= 0 {
			if kind := columns[at].ClickHouse; kind != e.ClickHouse {
				return nil, fmt.Errorf("element %s is %s in the catalogue but its column in %s is %s: a type cannot be changed in place; declare a new element", e.Name, e.ClickHouse, table, kind)
			}
			if !gives && columns[at].Number != e.Number {
				return nil, fmt.Errorf("element %s has number %d in %s and %d in the claims: two programs made columns at once; rebuild from the topics in a new data directory", e.Name, columns[at].Number, table, e.Number)
			}
			continue
		}
		if gives {
			e.Number = 1
			if len(columns) > 0 {
				e.Number = columns[len(columns)-1].Number + 1
			}
			if e.Number > mostElements {
				return nil, fmt.Errorf("element %s would have number %d in %s, at most %d are there: take the names of elements that are no more up again, or read the topics into a new data directory", e.Name, e.Number, table, mostElements)
			}
		}
		data := map[string]any{"Table": table, "Name": e.Name, "ClickHouse": e.ClickHouse, "Number": e.Number}
		if err := s.Exec(ctx, "library/column", data); err != nil {
			return nil, err
		}
		columns, added = append(columns, e), true
	}
	if added { // another program may have added some at the same time
		return s.elementColumns(ctx, table)
	}
	return columns, nil
}

// elementColumns are the elements that a table has, by number.
func (s *Store) elementColumns(ctx context.Context, table string) (columns []libraryColumn, err error) {
	database, name, _ := strings.Cut(table, ".")
	sparse, all := false, 0
	err = s.Query(ctx, "query/schema", map[string]string{"Database": database, "Table": name}, func(scan func(...any) error) error {
		var column, kind, how string
		var number uint16
		if err := scan(&column, &kind, &how, &number); err != nil {
			return err
		}
		sparse = sparse || column == "els"
		all++
		if how == "ALIAS" {
			columns = append(columns, libraryColumn{column, kind, int(number)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if all > 0 && !sparse {
		return nil, fmt.Errorf("table %s was made by an older build, which kept a column an element: start with a new data directory and read the topics again", table)
	}
	slices.SortFunc(columns, func(a, b libraryColumn) int { return cmp.Compare(a.Number, b.Number) })
	for i, c := range columns {
		if c.Number == 0 || i > 0 && columns[i-1].Number == c.Number {
			return nil, fmt.Errorf("elements of %s share number %d (%s): two programs made columns at once; read the topics again into a new data directory", table, c.Number, c.Name)
		}
	}
	return columns, nil
}

// mostElements is how many elements a library can ever have had: the rule (sql/cycle/resolve.sql) has 12 bits for their numbers.
const mostElements = 1<<12 - 1

// byNumber are the names of elements, that with number n at n-1; a number that none has is empty.
func byNumber(columns []libraryColumn) []string {
	if len(columns) == 0 {
		return nil
	}
	names := make([]string, columns[len(columns)-1].Number)
	for _, c := range columns {
		names[c.Number-1] = c.Name
	}
	return names
}
