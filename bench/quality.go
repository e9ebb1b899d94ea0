package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"

	"wuku/catalog"
	"wuku/demo"
	"wuku/entity"
	"wuku/ingest"
	"wuku/quality"
	"wuku/resolve"
)

// QualityRun is one measurement of Quality.
type QualityRun struct {
	Records   int          `json:"records"` // messages of the five bench feeds
	Entities  int          `json:"entities"`
	Whole     Inspected    `json:"whole"`   // the first inspection of everything
	Again     Inspected    `json:"again"`   // the same, when nothing is new
	Changed   []Inspected  `json:"changed"` // after so many changes
	Rehearsal *Rehearsed   `json:"rehearsal,omitempty"`
	Attested  *AttestedRun `json:"attestation,omitempty"`
	Worst     []Statement  `json:"statements"` // of all inspections
}

// Inspected is one inspection of all libraries, with the work orders that follow.
type Inspected struct {
	Share   float64 `json:"share"`   // of the records that had changed
	Changes int     `json:"changes"` // messages since the inspection before
	Seconds float64 `json:"seconds"`
	CPU     CPU     `json:"cpu"`
	Anchors uint64  `json:"anchors"` // looked at; 0: all
	Open    uint64  `json:"open"`
	Opened  uint64  `json:"opened"`
	Closed  uint64  `json:"closed"`
}

// Rehearsed is the rehearsal of another authority in the library of people, and what then came of it.
type Rehearsed struct {
	Entities int     `json:"entities"`
	Elements int     `json:"elements"` // whose first source is another
	Seconds  float64 `json:"seconds"`  // values and findings
	Values   float64 `json:"values_seconds"`
	Foretold uint64  `json:"foretold"` // events
	Came     uint64  `json:"came"`
	// Rules whose open findings came out as foretold, and those that did not.
	Rules, Wrong int
}

// AttestedRun is the proof that source and library hold the same records of one feed, with one record that never arrived and one that was
// altered.
type AttestedRun struct {
	Feed    string   `json:"feed"`
	Records int      `json:"records"`
	Seconds float64  `json:"seconds"` // the library's inventory and the comparison
	Missing []string `json:"missing"`
	Altered []string `json:"altered"`
	Right   bool     `json:"right"` // it named these two and no other
}

// shares are the parts of the records that change before an inspection of what has changed.
func shares() []float64 { return []float64{0.001, 0.01, 0.1} }

// Quality loads the bench's mix and measures inspections of everything and of what has changed, the rehearsal of another authority
// with what then comes of it, and an attestation.
func Quality(ctx context.Context, cfg Config) (run *QualityRun, err error) {
	cfg.defaults()
	r, mix, done, err := loaded(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := r.settle(ctx); err != nil {
		return nil, err
	}
	q := &qualityBench{rig: r, people: mix.People, run: &QualityRun{Records: cfg.Records}}
	for _, library := range libraries(r.catalog) {
		n, err := r.number(ctx, "base", map[string]any{"Library": library})
		if err != nil {
			return nil, err
		}
		q.run.Entities += int(n)
	}
	for _, part := range []func(context.Context) error{q.inspections, q.attestation, q.rehearsal} {
		if err := part(ctx); err != nil {
			return nil, err
		}
	}
	dearest(r.statements)
	q.run.Worst = r.statements[:min(len(r.statements), 12)]
	return q.run, nil
}

// qualityBench is a loaded rig whose quality is looked at.
type qualityBench struct {
	*rig
	people int
	run    *QualityRun
}

// inspector is that of a running instance.
func (q *qualityBench) inspector(c *catalog.Catalog) *quality.Inspector {
	s := &timed{Store: q.store, library: "quality", engine: q.processes().engine, mu: &q.timing, list: &q.statements}
	return &quality.Inspector{Store: s, Catalog: c, Desk: &quality.Desk{Store: s, Catalog: c}}
}

// inspect runs one inspection of all libraries.
func (q *qualityBench) inspect(ctx context.Context, share float64, changes int, look func(*quality.Inspector) ([]quality.Counts, error)) (Inspected, error) {
	out := Inspected{Share: share, Changes: changes}
	began, cpu := time.Now(), q.processes().cpu()
	all, err := look(q.inspector(q.catalog))
	out.Seconds, out.CPU = time.Since(began).Seconds(), q.processes().cpu().minus(cpu)
	for _, c := range all {
		if !c.Whole {
			out.Anchors += c.Anchors
		}
		for _, r := range c.Rules {
			out.Open, out.Opened, out.Closed = out.Open+r.Open, out.Opened+r.Opened, out.Closed+r.Closed
		}
	}
	q.cfg.Say("inspection after %d changes: %.2f s, %d open, %d opened, %d closed", changes, out.Seconds, out.Open, out.Opened, out.Closed)
	return out, err
}

// whole looks at every library.
func (q *qualityBench) whole(ctx context.Context) func(*quality.Inspector) ([]quality.Counts, error) {
	return func(i *quality.Inspector) (all []quality.Counts, err error) {
		for _, l := range q.catalog.Libraries {
			c, err := i.Whole(ctx, l.Name)
			if err != nil {
				return all, err
			}
			all = append(all, c)
		}
		return all, nil
	}
}

// inspections looks at everything, twice, and then at what has changed.
func (q *qualityBench) inspections(ctx context.Context) (err error) {
	if q.run.Whole, err = q.inspect(ctx, 1, q.cfg.Records, q.whole(ctx)); err != nil {
		return err
	}
	if q.run.Again, err = q.inspect(ctx, 0, 0, q.whole(ctx)); err != nil {
		return err
	}
	sent := 0
	for _, share := range shares() {
		n := int(float64(q.cfg.Records) * share)
		if err := q.change(ctx, n, sent); err != nil {
			return err
		}
		sent += n
		one, err := q.inspect(ctx, share, n, func(i *quality.Inspector) ([]quality.Counts, error) { return i.Changed(ctx) })
		if err != nil {
			return err
		}
		q.run.Changed = append(q.run.Changed, one)
	}
	return nil
}

// change publishes newer versions of n records, takes them in and resolves them; skip is how many were changed before.
func (q *qualityBench) change(ctx context.Context, n, skip int) error {
	changes, err := changesOf(q.catalog, q.people, q.cfg, skip+n)
	if err != nil {
		return err
	}
	changes = changes[min(skip, len(changes)):]
	if len(changes) < n {
		return fmt.Errorf("%d records can be changed, %d are wanted", len(changes), n)
	}
	now := time.Now()
	for part := range slices.Chunk(changes[:n], publishBatch) {
		batch := make([]kafka.Message, len(part))
		for i := range part {
			batch[i] = part[i].message(now, skip+i)
		}
		if err := q.publisher.Publish(ctx, batch...); err != nil {
			return err
		}
	}
	c, err := q.consumer()
	if err != nil {
		return err
	}
	consuming, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- c.Run(consuming) }()
	err = await(ctx, c, int64(n), q.cfg.Say)
	stop()
	if err = errors.Join(err, ended(<-done)); err != nil {
		return err
	}
	for _, library := range libraries(q.catalog) {
		if _, err := q.cycles(ctx, q.owner(library)); err != nil {
			return err
		}
	}
	return q.settle(ctx)
}

// ended is a consumer's error, but for that it was stopped.
func ended(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// cycles resolves what there is and says how many events that made.
func (q *qualityBench) cycles(ctx context.Context, c resolve.Config) (events uint64, err error) {
	o, err := resolve.Take(ctx, c)
	if err != nil {
		return 0, err
	}
	for worked := true; worked; {
		var res resolve.Result
		if res, worked, err = o.Cycle(ctx); err != nil {
			return events, err
		}
		events += res.Events
	}
	return events, nil
}

// moved is the catalogue with the authority over people turned round, of every element that two feeds of the bench give.
func (q *qualityBench) moved() (next *catalog.Catalog, elements int, err error) {
	if next, err = catalog.Load(catalog.Province()); err != nil {
		return nil, 0, err
	}
	for i := range next.Feeds {
		next.Feeds[i].Revision = q.catalog.Feed(next.Feeds[i].Name).Revision
	}
	lib := next.Library(entity.Person)
	for i := range lib.Elements {
		e := &lib.Elements[i]
		given := 0
		for _, rank := range e.Authority {
			for _, f := range rank {
				if slices.Contains(demo.BenchFeeds(), f) {
					given++
				}
			}
		}
		if given > 1 {
			slices.Reverse(e.Authority)
			elements++
		}
	}
	return next, elements, nil
}

// rehearsal tries the other authority, puts it into force and compares.
func (q *qualityBench) rehearsal(ctx context.Context) error {
	next, elements, err := q.moved()
	if err != nil {
		return err
	}
	people, err := q.number(ctx, "base", map[string]any{"Library": entity.Person})
	if err != nil {
		return err
	}
	out := &Rehearsed{Entities: int(people), Elements: elements}
	q.run.Rehearsal = out
	c := q.owner(entity.Person)
	c.Rule, c.RuleDigest = resolve.Compile(next, entity.Person, q.columns[entity.Person]), next.RuleDigest(entity.Person)
	began := time.Now()
	told, clear, err := resolve.Rehearse(ctx, c)
	if err != nil {
		return errors.Join(err, clear(ctx))
	}
	out.Values, out.Foretold = time.Since(began).Seconds(), told.Events()
	foretold, err := q.inspector(next).Rehearse(ctx, entity.Person, map[string]string{entity.Person: "resolve.check_person"}, "resolve.check_member")
	out.Seconds = time.Since(began).Seconds()
	if err = errors.Join(err, clear(ctx)); err != nil {
		return err
	}
	q.cfg.Say("rehearsal of %d entities: %.2f s, %d events foretold", out.Entities, out.Seconds, out.Foretold)
	if out.Came, err = q.cycles(ctx, c); err != nil {
		return err
	}
	happened, err := q.inspector(next).Whole(ctx, entity.Person)
	if err != nil {
		return err
	}
	open := map[string]uint64{}
	for _, r := range happened.Rules {
		open[r.Rule] = r.Open
	}
	for _, r := range foretold.Rules {
		if open[r.Rule] == r.Open {
			out.Rules++
		} else {
			out.Wrong++
			q.cfg.Say("%s: %d open findings were foretold, %d are", r.Rule, r.Open, open[r.Rule])
		}
	}
	return nil
}

// attestation compares the library's inventory of the feed with most records with one that has a record more and another one altered, as
// if it had never arrived and had been altered on the way.
func (q *qualityBench) attestation(ctx context.Context) error {
	name := ""
	for _, f := range demo.BenchFeeds() {
		if name == "" || q.feedRecords(ctx, f) > q.feedRecords(ctx, name) {
			name = f
		}
	}
	all := func(int) bool { return true }
	source := ingest.NewInventory(q.catalog, name, time.Now())
	library := q.catalog.Feed(name).Claims[0].Library
	n, altered := 0, ""
	each := func(each func(ingest.Held)) error {
		return q.store.Query(ctx, "quality/inventory", map[string]any{"Feed": name, "Libraries": []string{library}}, func(scan func(...any) error) error {
			var h ingest.Held
			err := scan(&h.Key, &h.Digest)
			each(h)
			return err
		})
	}
	const missing = "a record that never arrived"
	err := each(func(h ingest.Held) {
		if n++; n == 1000 {
			altered, h.Digest = h.Key, h.Digest+1
		}
		source.Add(h, all)
	})
	if err != nil {
		return err
	}
	source.Add(ingest.Held{Key: missing, Digest: 1}, all)
	began := time.Now()
	ours := ingest.NewInventory(q.catalog, name, time.Now())
	if err := each(func(h ingest.Held) { ours.Add(h, all) }); err != nil {
		return err
	}
	d, err := ingest.Compare(source, ours)
	if err != nil {
		return err
	}
	q.run.Attested = &AttestedRun{Feed: name, Records: d.Library, Seconds: time.Since(began).Seconds(), Missing: d.Missing, Altered: d.Altered,
		Right: slices.Equal(d.Missing, []string{missing}) && slices.Equal(d.Altered, []string{altered}) && len(d.Surplus) == 0 && altered != ""}
	return nil
}

// feedRecords is how many claims a feed has, or 0.
func (q *qualityBench) feedRecords(ctx context.Context, feed string) float64 {
	n, err := q.number(ctx, "feed_claims", map[string]any{"Feed": feed, "Library": q.catalog.Feed(feed).Claims[0].Library})
	if err != nil {
		return 0
	}
	return n
}

// Print writes a run for people.
func (r *QualityRun) Print(w io.Writer) {
	fmt.Fprintf(w, "%d records, %d entities\n%-28s %9s %9s %9s %9s %9s %9s\n", r.Records, r.Entities, "inspection", "seconds", "cpu s", "anchors", "open", "opened", "closed")
	line := func(name string, i Inspected) {
		fmt.Fprintf(w, "%-28s %9.2f %9.2f %9d %9d %9d %9d\n", name, i.Seconds, i.CPU.Sum(), i.Anchors, i.Open, i.Opened, i.Closed)
	}
	line("everything, the first time", r.Whole)
	line("everything, nothing new", r.Again)
	for _, c := range r.Changed {
		line(fmt.Sprintf("%g %% changed (%d)", 100*c.Share, c.Changes), c)
	}
	if a := r.Attested; a != nil {
		fmt.Fprintf(w, "attestation of %s, %d records: %.2f s; missing %s; altered %s; right: %t\n", a.Feed, a.Records, a.Seconds, strings.Join(a.Missing, ", "), strings.Join(a.Altered, ", "), a.Right)
	}
	if h := r.Rehearsal; h != nil {
		fmt.Fprintf(w, "rehearsal of another authority of %d elements over %d entities: %.2f s, values %.2f s; %d events foretold, %d came; rules as foretold %d, not %d\n",
			h.Elements, h.Entities, h.Seconds, h.Values, h.Foretold, h.Came, h.Rules, h.Wrong)
	}
	printStatements(w, r.Worst)
}
