package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"

	"wuku/catalog"
	"wuku/demo"
	"wuku/entity"
	"wuku/resolve"
	"wuku/sql"
)

// Asker is what Truth needs of a store: one statement of package sql, read row by row.
type Asker interface {
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
}

// TruthConfig says which instance is compared with which province.
type TruthConfig struct {
	Store    Asker
	Catalog  *catalog.Catalog
	Columns  map[string][]string // library -> order of the elements in storage
	Anchorer *entity.Anchorer    // under the instance's deployment key
	Province demo.Config
}

// Truth compares a resolved instance with what the demo province knows of itself: every value of every base record and where it
// comes from, every defect that was injected with what was found, and the work orders of those that stand or were mended. It reads and changes nothing.
func Truth(ctx context.Context, cfg TruthConfig) (*TruthRun, error) {
	p, err := demo.New(cfg.Province)
	if err != nil {
		return nil, err
	}
	run := &TruthRun{People: cfg.Province.People, Seed: cfg.Province.Seed}
	if err := run.values(ctx, cfg, p); err != nil {
		return nil, err
	}
	if err := run.detectors(ctx, cfg, p); err != nil {
		return nil, err
	}
	if err := run.orders(ctx, cfg, p); err != nil {
		return nil, err
	}
	run.judge()
	return run, nil
}

// fact is one value of the truth: its element's place in storage, and hashes of value and feed.
type fact struct {
	value uint64
	feed  uint32
	place uint16
}

// expected is what a library must hold.
type expected struct {
	library string
	columns []string
	places  map[string]uint16
	facts   map[entity.ID][]fact
}

// values walks the truth library by library, so that only one is held in memory.
func (run *TruthRun) values(ctx context.Context, cfg TruthConfig, p *demo.Province) error {
	var now *expected
	var failed error
	var name demo.Name
	var id entity.ID
	end := func() bool {
		if now != nil {
			failed = run.compare(ctx, cfg, now)
		}
		return failed == nil
	}
	p.Truth(func(f demo.Fact) bool {
		if now == nil || now.library != f.Entity.Library {
			if !end() {
				return false
			}
			now = expect(f.Entity.Library, cfg.Columns[f.Entity.Library])
		}
		if f.Entity != name {
			name, id = f.Entity, idOf(cfg.Anchorer, f.Entity)
		}
		place, known := now.places[f.Element]
		if !known {
			failed = fmt.Errorf("the truth names element %s.%s, which the catalogue in force does not have", f.Entity.Library, f.Element)
			return false
		}
		now.facts[id] = append(now.facts[id], fact{xxhash.Sum64String(f.Value), resolve.FeedHash(f.Feed), place})
		return ctx.Err() == nil
	})
	if failed == nil {
		failed = ctx.Err()
	}
	if failed == nil {
		end()
	}
	return failed
}

func expect(library string, columns []string) *expected {
	e := &expected{library: library, columns: columns, places: map[string]uint16{}, facts: map[entity.ID][]fact{}}
	for i, c := range columns {
		e.places[c] = uint16(i)
	}
	return e
}

// idOf is the entity that a name means under the instance's key.
func idOf(a *entity.Anchorer, n demo.Name) entity.ID {
	if n.Scheme != "" {
		return a.ByIdentifier(n.Scheme, []byte(n.Value))
	}
	return a.ByRecord(n.Library, n.Feed, []byte(n.Key), n.Role)
}

// compare reads one library and holds it against what is expected.
func (run *TruthRun) compare(ctx context.Context, cfg TruthConfig, e *expected) error {
	s := &LibraryScore{Library: e.library, Entities: len(e.facts)}
	data := map[string]any{"Library": e.library, "Columns": texts(cfg.Catalog.Library(e.library), e.columns)}
	err := cfg.Store.Query(ctx, "quality/truth_rows", data, func(scan func(...any) error) error {
		var id entity.ID
		var sources []uint32
		var hashes []uint64
		if err := scan(&id, &sources, &hashes); err != nil {
			return err
		}
		facts, known := e.facts[id]
		if !known {
			s.Surplus++
			run.miss(e.library, "", MissSurplusEntity, id)
			return nil
		}
		delete(e.facts, id)
		run.row(e, s, id, facts, sources, hashes)
		return nil
	})
	for id, facts := range e.facts {
		s.Missing++
		s.Facts += len(facts)
		run.miss(e.library, "", MissEntity, id)
	}
	s.Share = share(s.Right, s.Facts)
	run.Libraries = append(run.Libraries, *s)
	return err
}

// row compares one base record. hashes is emptied place by place; what is left is surplus.
func (run *TruthRun) row(e *expected, s *LibraryScore, id entity.ID, facts []fact, sources []uint32, hashes []uint64) {
	for _, f := range facts {
		s.Facts++
		at := int(f.place)
		switch {
		case at >= len(hashes) || hashes[at] == 0:
			run.miss(e.library, e.columns[at], MissValue, id)
		case hashes[at] != f.value:
			run.miss(e.library, e.columns[at], MissOther, id)
		case at >= len(sources) || sources[at] != f.feed:
			run.miss(e.library, e.columns[at], MissSource, id)
		default:
			s.Right++
		}
		if at < len(hashes) {
			hashes[at] = 0
		}
	}
	for at, h := range hashes {
		if h != 0 {
			s.SurplusValues++
			run.miss(e.library, e.columns[at], MissSurplusValue, id)
		}
	}
}

// judged is one element in the statement that reads the library.
type judged struct {
	Number int    // in storage
	Text   string // an expression that writes the value as demo.Fact does
}

func texts(lib *catalog.Library, columns []string) []judged {
	out := make([]judged, len(columns))
	for i, name := range columns {
		out[i] = judged{i + 1, "CAST(NULL, 'Nullable(String)')"}
		e := lib.Element(name)
		if e == nil { // the catalogue no longer has it
			continue
		}
		c := sql.Ident(name)
		switch e.Type {
		case catalog.TypeCode:
			c = "CAST(" + c + ", 'Nullable(String)')"
		case catalog.TypeDateTime:
			c = "replaceOne(replaceOne(toString(" + c + "), ' ', 'T'), '.000', 'Z')"
		case catalog.TypeInt, catalog.TypeDecimal, catalog.TypeFloat, catalog.TypeBool, catalog.TypeDate:
			c = "toString(" + c + ")"
		}
		out[i].Text = c
	}
	return out
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// family is the kind of defect that a rule finds.
func family(rule string) string {
	switch {
	case rule == "cross.differs":
		return demo.Inconsistency
	case rule == "record.duplicate":
		return demo.Duplicate
	case rule == "value.null":
		return demo.Null
	case rule == "certificate.known_wrong":
		return demo.VendorCheck
	case rule == "uscc.known_wrong":
		return demo.Check31
	case rule == "citizen.widened", rule == "citizen.century":
		return demo.Widening
	case rule == "value.sentinel":
		return demo.Sentinel
	case rule == "value.code_name", rule == "relation.swapped":
		return demo.Swapped
	case rule == "relation.division_year", rule == "relation.county":
		return demo.DivisionYear
	case rule == "relation.order":
		return demo.TimeOrder
	case rule == "relation.born", rule == "relation.sex":
		return demo.Numbers
	case strings.HasPrefix(rule, "message."):
		return demo.Broken
	}
	return demo.Format
}
