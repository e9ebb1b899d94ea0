package quality

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// Store runs the statements of package sql. Both methods may be called concurrently; a statement that ends without an error is
// durable.
type Store interface {
	// Exec runs every statement of a template in order.
	Exec(ctx context.Context, statement string, data any) error
	// Query runs one statement and calls each for every row with a function that scans it.
	Query(ctx context.Context, statement string, data any, each func(scan func(dest ...any) error) error, args ...any) error
}

// Rules of inspections that every catalogue has.
const (
	RuleDiffers   = "cross.differs"     // 不一致
	RuleDuplicate = "record.duplicate"  // 重复
	RuleOverlaps  = entity.RuleOverlaps // 图形重叠
	RuleOutside   = entity.RuleOutside  // 图形越界
)

// Counts is what an inspection of one library found, by rule.
type Counts struct {
	Library string        `json:"library"`
	Whole   bool          `json:"whole"`   // it looked at all; else at what has changed since the one before
	Anchors uint64        `json:"anchors"` // that it looked at; 0 when at all
	Rules   []RuleCount   `json:"rules"`   // rules that have ever found something where it looked, by name
	Took    time.Duration `json:"seconds,format:sec"`
}

// RuleCount is one rule's part.
type RuleCount struct {
	Rule   string `json:"rule"`
	Open   uint64 `json:"open"`   // findings that hold now, where it looked
	Opened uint64 `json:"opened"` // that this inspection opened, or that stand at another version or entity than before
	Closed uint64 `json:"closed"` // whose cause has ended
}

// Inspector looks across records. Its methods may be called concurrently; two at a time over one library do no harm, but the newer
// one should end last.
type Inspector struct {
	Store   Store
	Catalog *catalog.Catalog
	Now     func() time.Time // nil: time.Now
	Desk    *Desk            // keeps the work orders where the inspection looked; nil: none are kept
	Watch   *Watch           // keeps the warnings where the inspection looked; nil: none are kept
	// MembersAtOnce is how many anchors of entities with several one statement looks at, all that their claims say in memory; 0: 2 million.
	MembersAtOnce uint64

	compiled sync.Map // library -> *inspection of a day: thousands of rules take longer to compile than a change to look at
}

// Inspect brings the findings of one library up to date with its live claims: see Inspector.Whole.
func Inspect(ctx context.Context, store Store, c *catalog.Catalog, library string) (Counts, error) {
	return (&Inspector{Store: store, Catalog: c}).Whole(ctx, library)
}

// Whole brings the findings of one library up to date. It reads the library once, writes only what has changed and may be repeated
// or interrupted at any point. It sees whole cycles: what ingest has stored and no cycle has resolved yet may show for one
// inspection.
func (i *Inspector) Whole(ctx context.Context, library string) (Counts, error) {
	in, err := i.prepare(ctx, library)
	if err != nil {
		return Counts{Library: library}, err
	}
	now, err := i.markers(ctx)
	if err != nil {
		return Counts{Library: library}, err
	}
	before, err := i.last(ctx, in)
	if err != nil {
		return Counts{Library: library}, err
	}
	in.All = true
	return i.run(ctx, in, now, before)
}

// Changed brings the findings of every library up to date with what has changed since its last inspection, at a cost that follows
// the change. A library that was never inspected, whose rules are others now, or of which much has changed is looked at whole, and so
// is one with rules that look at the day, once a day. Libraries without a change are not in the result.
func (i *Inspector) Changed(ctx context.Context) ([]Counts, error) {
	now, err := i.markers(ctx)
	if err != nil {
		return nil, err
	}
	var out []Counts
	for _, l := range i.Catalog.Libraries {
		if _, resolved := now[l.Name]; !resolved {
			continue
		}
		in, err := i.prepare(ctx, l.Name)
		if err != nil {
			return out, err
		}
		before, err := i.last(ctx, in)
		if err != nil {
			return out, err
		}
		if before != nil && before.same(in, now) {
			continue
		}
		c, err := i.run(ctx, in, now, before)
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, nil
}

// prepare reads the catalogue and, of a library with shapes, what of them does not fit: package space works that out some time after the
// library has changed, so it counts as a rule that has become another.
func (i *Inspector) prepare(ctx context.Context, library string) (*inspection, error) {
	in, err := i.compile(library)
	if err != nil || !in.Shapes {
		return in, err
	}
	var state uint64
	if err = i.Store.Query(ctx, "quality/topology_state", in, func(scan func(...any) error) error { return scan(&state) }); err == nil && state != 0 {
		in.Digest += fmt.Sprintf("-%x", state)
	}
	return in, err
}

// compile is prepare, once a day and library.
func (i *Inspector) compile(library string) (*inspection, error) {
	now := i.now()
	if had, ok := i.compiled.Load(library); ok && had.(*inspection).Day == dayOf(now) {
		again := *had.(*inspection)
		return &again, nil
	}
	in, err := prepare(i.Catalog, library, now)
	if err != nil {
		return nil, err
	}
	kept := *in
	i.compiled.Store(library, &kept)
	return in, nil
}

func (i *Inspector) now() time.Time {
	if i.Now == nil {
		return time.Now()
	}
	return i.Now()
}

// run looks at all (it is asked to, before is nil or says too little), or at what has changed since before.
func (i *Inspector) run(ctx context.Context, in *inspection, now markers, before *seen) (counts Counts, err error) {
	started := time.Now()
	counts = Counts{Library: in.Library, Rules: []RuleCount{}}
	fail := func(err error) (Counts, error) {
		return counts, fmt.Errorf("inspect library %s: %w", in.Library, err)
	}
	if err := i.begin(ctx, in); err != nil {
		return fail(err)
	}
	in.see(now)
	in.All = in.All || before == nil || !before.goes(in, now)
	defer func() {
		err = errors.Join(err, i.Store.Exec(context.WithoutCancel(ctx), "quality/clear", in))
	}()
	if err := i.references(ctx, in, now, before); err != nil {
		return fail(err)
	}
	if err := i.list(ctx, in, now, before); err != nil {
		return fail(err)
	}
	if in.All || in.Anchors > 0 {
		if counts.Rules, err = i.settle(ctx, in); err != nil {
			return fail(err)
		}
	}
	for _, r := range counts.Rules {
		in.Opened, in.Closed = in.Opened+r.Opened, in.Closed+r.Closed
	}
	counts.Whole, counts.Anchors, counts.Took = in.All, in.Anchors, time.Since(started)
	in.Finished = i.now().UnixMilli()
	if err := i.Store.Exec(ctx, "quality/seen", in); err != nil {
		return fail(err)
	}
	return counts, nil
}

// list says where to look, and lets the findings of refused records follow.
func (i *Inspector) list(ctx context.Context, in *inspection, now markers, before *seen) error {
	if in.All {
		return i.refused(ctx, in)
	}
	if err := i.touched(ctx, in, now, before); err != nil {
		return err
	}
	return i.much(ctx, in)
}

// Anchors lie in no order of their change: from some thousands on, and a twentieth of a library, nearly every block of it is read for them,
// by each statement, and reading it once in order is cheaper.
const (
	someAnchors = 10_000
	mostOfAll   = 20
)

// much looks at everything instead of very many anchors.
func (i *Inspector) much(ctx context.Context, in *inspection) error {
	if in.Anchors <= someAnchors {
		return nil
	}
	var rows uint64
	err := i.Store.Query(ctx, "quality/base_rows", in, func(scan func(...any) error) error { return scan(&rows) })
	in.All = in.Anchors*mostOfAll > rows
	return err
}

// begin gives the inspection its number, above that of every one before.
func (i *Inspector) begin(ctx context.Context, in *inspection) error {
	var last uint64
	err := i.Store.Query(ctx, "quality/last_run", in, func(scan func(...any) error) error { return scan(&last) })
	in.Run, in.Started = max(uint64(i.now().UnixMicro()), last+1), i.now().UnixMilli()
	return err
}

// settle looks, and lets findings, work orders and warnings follow.
func (i *Inspector) settle(ctx context.Context, in *inspection) ([]RuleCount, error) {
	if err := i.look(ctx, in); err != nil {
		return nil, err
	}
	if err := i.Store.Exec(ctx, "quality/findings", in); err != nil {
		return nil, err
	}
	counts, err := i.count(ctx, in)
	if err != nil {
		return nil, err
	}
	if i.Desk != nil {
		if err := i.Desk.follow(ctx, in); err != nil {
			return counts, err
		}
	}
	if i.Watch != nil {
		return counts, i.Watch.follow(ctx, in)
	}
	return counts, nil
}

// rulesAtOnce is how many rules that look at one record alone share a scan: a statement may have 256 KiB.
const rulesAtOnce = 256

// look runs every rule over what is to be looked at, into the work list quality.inspected.
func (i *Inspector) look(ctx context.Context, in *inspection) error {
	if err := i.number(ctx, in); err != nil {
		return err
	}
	if err := i.disagreements(ctx, in); err != nil {
		return err
	}
	if err := i.Store.Exec(ctx, "quality/doubted", in); err != nil {
		return err
	}
	if len(in.Records) > 0 {
		if err := i.Store.Exec(ctx, "quality/record", in); err != nil {
			return err
		}
	}
	if in.Divisions {
		if err := i.divisions(ctx); err != nil {
			return err
		}
	}
	for k := range in.Alike {
		in.Group = &in.Alike[k]
		if err := i.Store.Exec(ctx, "quality/entity_alike", in); err != nil {
			return err
		}
	}
	for in.Some = range slices.Chunk(in.Alone, rulesAtOnce) {
		in.Named = named(in.Some)
		if err := i.Store.Exec(ctx, "quality/entity_alone", in); err != nil {
			return err
		}
	}
	for k := range in.Joined {
		in.Rule = &in.Joined[k]
		if err := i.Store.Exec(ctx, "quality/entity_with", in); err != nil {
			return fmt.Errorf("rule %s: %w", in.Rule.Code, err)
		}
	}
	if in.Shapes {
		if err := i.Store.Exec(ctx, "quality/topology", in); err != nil {
			return err
		}
	}
	for k := range in.Areas {
		in.Counted = &in.Areas[k]
		if err := i.Store.Exec(ctx, "quality/warned_areas", in); err != nil {
			return fmt.Errorf("%s: %w", in.Counted.Code, err)
		}
	}
	for k := range in.Standing {
		in.Element = &in.Standing[k]
		if err := i.Store.Exec(ctx, "quality/located", in); err != nil {
			return err
		}
	}
	return nil
}

// membersAtOnce is Inspector.MembersAtOnce by default.
const membersAtOnce = 2_000_000

// disagreements looks for records that disagree and such as stand twice. Entities of one anchor stream by in the order of storage; of those
// with several a large library is looked at slice by slice.
func (i *Inspector) disagreements(ctx context.Context, in *inspection) error {
	if len(in.Feeds) == 0 {
		return nil
	}
	in.Members, in.Slice, in.Slices = false, 0, 1
	if err := i.Store.Exec(ctx, "quality/inspect", in); err != nil {
		return err
	}
	in.Members = true
	if in.All {
		var n uint64
		if err := i.Store.Query(ctx, "cycle/member_count", in, func(scan func(...any) error) error { return scan(&n) }); err != nil {
			return err
		}
		in.Slices = int(n/cmp.Or(i.MembersAtOnce, membersAtOnce)) + 1
	}
	for ; in.Slice < in.Slices; in.Slice++ {
		if err := i.Store.Exec(ctx, "quality/inspect", in); err != nil {
			return err
		}
	}
	return nil
}

// number asks which numbers the library's elements have in storage.
func (i *Inspector) number(ctx context.Context, in *inspection) error {
	numbers := map[string]int{}
	err := i.Store.Query(ctx, "query/schema", map[string]string{"Database": "claims", "Table": in.Library}, func(scan func(...any) error) error {
		var name, kind, how string
		var n uint16
		err := scan(&name, &kind, &how, &n)
		if how == "ALIAS" {
			numbers[name] = int(n)
		}
		return err
	})
	return errors.Join(err, in.number(numbers))
}

// named are the elements that rules name, sorted.
func named(rules []rule) []string {
	var names []string
	for i := range rules {
		rules[i].Broken.Walk(func(e *catalog.Expr) {
			if e.Op == catalog.OpElement && e.Name != "updated" {
				names = append(names, e.Name)
			}
		})
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (i *Inspector) count(ctx context.Context, in *inspection) ([]RuleCount, error) {
	rules := []RuleCount{}
	err := i.Store.Query(ctx, "quality/counts", in, func(scan func(...any) error) error {
		var r RuleCount
		err := scan(&r.Rule, &r.Open, &r.Opened, &r.Closed)
		rules = append(rules, r)
		return err
	})
	return rules, err
}

// divisions fills the table of division codes, once.
func (i *Inspector) divisions(ctx context.Context) error {
	var n uint64
	err := i.Store.Query(ctx, "quality/division_count", nil, func(scan func(...any) error) error { return scan(&n) })
	if err != nil || n > 0 {
		return err
	}
	var d struct {
		Codes       []string
		From, Until []uint32
	}
	table := entity.Divisions()
	for code := 110000; code < 830000; code++ {
		text := fmt.Sprint(code)
		for _, life := range table.Lives(text) {
			until := life.Until
			if until == 0 {
				until = entity.LastDivisionYear + 1
			}
			d.Codes, d.From, d.Until = append(d.Codes, text), append(d.From, uint32(life.From)), append(d.Until, uint32(until))
		}
	}
	for part := range slices.Chunk(d.Codes, 2000) { // a statement of modest length
		n := len(part)
		if err := i.Store.Exec(ctx, "quality/divisions", map[string]any{"Codes": part, "From": d.From[:n], "Until": d.Until[:n]}); err != nil {
			return err
		}
		d.From, d.Until = d.From[n:], d.Until[n:]
	}
	return nil
}
