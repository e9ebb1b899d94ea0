package bench_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cespare/xxhash/v2"

	"wuku/bench"
	"wuku/catalog"
	"wuku/demo"
	"wuku/entity"
	"wuku/resolve"
)

// baseRow is one base record as the comparison reads it.
type baseRow struct {
	id      entity.ID
	sources []uint32
	hashes  []uint64
}

// finding is one thing found, in the order of the statement's columns.
type finding struct {
	library, feed, key, role, element, rule string
	quarantined                             uint8
}

// order is one work order, in the order of the statement's columns.
type order struct {
	finding
	department, state, outcome string
	round                      uint32
}

// perfect is an instance whose base libraries and findings are the truth, until a test spoils it.
type perfect struct {
	config   bench.TruthConfig
	rows     map[string][]*baseRow
	findings []finding
	orders   []*order
	near     demo.Defect // one near miss of each kind of place
}

func newPerfect(t *testing.T) *perfect {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	p := &perfect{rows: map[string][]*baseRow{}}
	p.config = bench.TruthConfig{Store: p, Catalog: c, Columns: map[string][]string{}, Anchorer: entity.NewAnchorer([]byte("a key")), Province: demo.Config{People: 200, Seed: 3, Mended: 50}}
	for _, l := range c.Libraries {
		for _, e := range l.Elements {
			p.config.Columns[l.Name] = append(p.config.Columns[l.Name], e.Name)
		}
	}
	world, err := demo.New(p.config.Province)
	if err != nil {
		t.Fatal(err)
	}
	before, err := demo.New(demo.Config{People: 200, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	p.stand(before, "closed", "mended")
	p.stand(world, "open", "")
	world.Truth(func(f demo.Fact) bool { p.add(f); return true })
	world.Defects(func(d demo.Defect) bool {
		switch {
		case d.NearMiss && d.Family == demo.Duplicate:
			p.near = d
		case d.NearMiss:
		case d.Quarantine:
			p.findings = append(p.findings, finding{feed: d.Feed, key: d.Key, rule: d.Rule, quarantined: 1})
		default:
			p.findings = append(p.findings, finding{d.Library, d.Feed, d.Key, d.Role, d.Element, d.Rule, 0})
		}
		return true
	})
	return p
}

// stand makes the orders of defects that stand, or sets what became of those that there are.
func (p *perfect) stand(world *demo.Province, state, outcome string) {
	world.Defects(func(d demo.Defect) bool {
		if d.NearMiss || !d.Stands {
			return true
		}
		f := finding{d.Library, d.Feed, d.Key, d.Role, d.Element, d.Rule, 0}
		if d.Quarantine {
			f.quarantined = 1
		}
		i := slices.IndexFunc(p.orders, func(o *order) bool { return o.finding == f })
		if i < 0 {
			i = len(p.orders)
			p.orders = append(p.orders, &order{finding: f, department: d.Department, round: 1})
		}
		p.orders[i].state, p.orders[i].outcome = state, outcome
		return true
	})
}

// at is the first order in a state.
func (p *perfect) at(state string) int {
	return slices.IndexFunc(p.orders, func(o *order) bool { return o.state == state })
}

func (p *perfect) add(f demo.Fact) {
	n := f.Entity
	id := p.config.Anchorer.ByIdentifier(n.Scheme, []byte(n.Value))
	if n.Scheme == "" {
		id = p.config.Anchorer.ByRecord(n.Library, n.Feed, []byte(n.Key), n.Role)
	}
	columns := p.config.Columns[n.Library]
	rows := p.rows[n.Library]
	if len(rows) == 0 || rows[len(rows)-1].id != id {
		rows = append(rows, &baseRow{id, make([]uint32, len(columns)), make([]uint64, len(columns))})
		p.rows[n.Library] = rows
	}
	at := slices.Index(columns, f.Element)
	rows[len(rows)-1].sources[at], rows[len(rows)-1].hashes[at] = resolve.FeedHash(f.Feed), xxhash.Sum64String(f.Value)
}

// Query answers the statements of the comparison.
func (p *perfect) Query(_ context.Context, statement string, data any, each func(func(...any) error) error, _ ...any) error {
	if statement == "quality/truth_orders" {
		for _, o := range p.orders {
			if err := each(assign(o.library, o.feed, o.key, o.role, o.element, o.rule, o.department, o.state, o.outcome, o.round, o.quarantined)); err != nil {
				return err
			}
		}
		return nil
	}
	if statement == "quality/truth_raised" {
		for _, f := range p.findings {
			if err := each(assign(f.library, f.feed, f.key, f.role, f.element, f.rule, f.quarantined)); err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range p.rows[data.(map[string]any)["Library"].(string)] {
		if err := each(assign(r.id, r.sources, r.hashes)); err != nil {
			return err
		}
	}
	return nil
}

// assign is a scan of one row.
func assign(values ...any) func(...any) error {
	return func(dest ...any) error {
		for i, d := range dest {
			switch d := d.(type) {
			case *string:
				*d = values[i].(string)
			case *uint8:
				*d = values[i].(uint8)
			case *uint32:
				*d = values[i].(uint32)
			case *entity.ID:
				*d = values[i].(entity.ID)
			case *[]uint32:
				*d = slices.Clone(values[i].([]uint32))
			case *[]uint64:
				*d = slices.Clone(values[i].([]uint64))
			default:
				return fmt.Errorf("column %d has no place in %T", i, d)
			}
		}
		return nil
	}
}

// TestTruthJudges: what is right passes, and each single thing that is wrong is seen and named.
func TestTruthJudges(t *testing.T) {
	t.Parallel()
	name := func(p *perfect) int { return slices.Index(p.config.Columns[entity.Person], "name") }
	for what, c := range map[string]struct {
		spoil func(*perfect)
		want  []string // in the words of the report
	}{
		"nothing":         {func(*perfect) {}, nil},
		"another value":   {func(p *perfect) { p.rows[entity.Person][0].hashes[name(p)]++ }, []string{"person.name: another value: 1", "1 of "}},
		"no value":        {func(p *perfect) { p.rows[entity.Person][0].hashes[name(p)] = 0 }, []string{"person.name: no value: 1", "1 of "}},
		"wrong source":    {func(p *perfect) { p.rows[entity.Person][0].sources[name(p)]++ }, []string{"person.name: right value, wrong source: 1", "1 of "}},
		"value too many":  {func(p *perfect) { r := p.rows[entity.Person][0]; r.hashes[slices.Index(r.hashes, 0)] = 1 }, []string{"value too many: 1", "0 of "}},
		"entity missing":  {func(p *perfect) { p.rows[entity.Credit] = p.rows[entity.Credit][1:] }, []string{"credit.: entity missing: 1", "1 entities missing"}},
		"entity too many": {func(p *perfect) { p.rows[entity.Place] = append(p.rows[entity.Place], &baseRow{}) }, []string{"place.: entity too many: 1", "1 too many"}},
		"library missing": {func(p *perfect) { delete(p.rows, entity.Certificate) }, []string{"entity missing", "FAILED certificate"}},
		"not found": {func(p *perfect) {
			p.findings = slices.DeleteFunc(p.findings, func(f finding) bool { return f.rule == "value.null" })
		}, []string{"not found", "FAILED value.null: recall 0.0000"}},
		"found elsewhere": {func(p *perfect) {
			for i := range p.findings {
				if p.findings[i].rule == "cross.differs" {
					p.findings[i].element = "sex"
				}
			}
		}, []string{"raised without cause", "FAILED inconsistency: recall 0."}},
		"a rule of its own": {func(p *perfect) {
			p.findings = append(p.findings, finding{entity.Person, "police.person", "1", "", "name", "value.invented", 0})
		}, []string{"value.invented police.person name: raised without cause: 1", "FAILED value.invented: recall 1.0000, precision 0.0000"}},
		"near miss": {func(p *perfect) {
			d := p.near
			p.findings = append(p.findings, finding{d.Library, d.Feed, d.Key, d.Role, d.Element, "record.duplicate", 0})
		}, []string{"record.duplicate " /* feed */, "raised without cause: 1", "FAILED record.duplicate"}},
		"no order":         {func(p *perfect) { p.orders = slices.Delete(p.orders, p.at("open"), p.at("open")+1) }, []string{"FAILED work orders of"}},
		"closed otherwise": {func(p *perfect) { o := p.orders[p.at("open")]; o.state, o.outcome = "closed", "mended" }, []string{"FAILED work orders of", "1 otherwise"}},
		"still open":       {func(p *perfect) { p.orders[p.at("closed")].state = "open" }, []string{"FAILED work orders of"}},
		"waived":           {func(p *perfect) { p.orders[p.at("closed")].outcome = "waived" }, []string{"FAILED work orders of"}},
		"elsewhere":        {func(p *perfect) { p.orders[0].department = "nobody" }, []string{"1 at another department"}},
		"raised twice":     {func(p *perfect) { p.orders[0].round = 2 }, []string{"1 opened again"}},
		"an order too many": {func(p *perfect) {
			p.orders = append(p.orders, &order{finding: finding{entity.Person, "police.person", "1", "", "name", "value.format", 0}, state: "closed", round: 1})
		}, []string{"work order without a defect: closed", "1 otherwise"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newPerfect(t)
			c.spoil(p)
			run, err := bench.Truth(t.Context(), p.config)
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			run.Print(&out)
			if (len(run.Failed) > 0) != (c.want != nil) {
				t.Errorf("failed: %q", run.Failed)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("the report does not say %q:\n%s", want, out.String())
				}
			}
		})
	}
}
