package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"wuku/catalog"
	"wuku/entity"
	"wuku/matter"
	"wuku/serve/access"
	"wuku/serve/read"
	"wuku/trust"
)

// gathered is what one query of a plan came to: under which decision, which records, and its leaf.
type gathered struct {
	d       access.Decision
	lib     *catalog.Library
	records []*read.Record
	refused string
	leaf    trust.Leaf
}

// gather runs all queries of a plan at once, each under its own decision. A query that no grant allows is told in refused; what a budget
// or a lock refuses is refused as a whole.
func (s *Server) gather(ctx context.Context, x *exchange, st *state, p *matter.Plan, parties map[string]question, number string) ([]gathered, error) {
	out := make([]gathered, len(p.Queries))
	group, ctx := errgroup.WithContext(ctx)
	for i := range p.Queries {
		group.Go(func() error {
			own := *x // each check has a leaf of its own
			own.leaf = trust.Leaf{Operation: x.leaf.Operation}
			g, err := s.gatherOne(ctx, &own, st, p, i, parties[p.Queries[i].Party], number)
			g.leaf = own.leaf
			out[i] = g
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return out, s.misses(ctx, p, parties, out)
}

func (s *Server) gatherOne(ctx context.Context, x *exchange, st *state, p *matter.Plan, i int, q question, number string) (g gathered, err error) {
	query := &p.Queries[i]
	g.lib = st.catalog.Library(query.Library)
	g.d, err = s.decide(x, access.Call{Operation: access.CaseCheck, Library: query.Library, Fields: query.Elements, Purpose: p.Purpose, Case: number})
	var refusal *access.Refusal
	if errors.As(err, &refusal) && closes(refusal) {
		g.refused = refusal.Code
		x.leaf.Decision, x.leaf.Reason = trust.Denied, refusal.Code
		return g, nil
	} else if err != nil {
		return g, err
	}
	ids := []entity.ID{q.id}
	if len(query.Keys) > 0 {
		keys := slices.DeleteFunc(slices.Clone(query.Keys), func(e string) bool {
			return g.d.Held(e) < access.Verify || g.d.OwnFeeds() || !slices.Contains(entity.Schemes(g.lib.Element(e).Scheme), q.scheme)
		})
		if len(keys) == 0 {
			g.refused = access.FieldDenied
			x.leaf.Decision, x.leaf.Reason = trust.Denied, access.FieldDenied
			return g, nil
		}
		if err := s.admit(g.d); err != nil {
			return g, err
		}
		if ids, err = s.belonging(ctx, g.d, keys, q.value); err != nil {
			return g, err
		}
		err = s.within(s.meter.Spend(g.d, ids...))
	} else {
		err = s.admit(g.d, q)
	}
	if err != nil {
		return g, err
	}
	x.leaf.Subjects = s.subjects(ids)
	records, _, err := s.reads.Entities(ctx, g.d, ids)
	for _, id := range ids {
		if r := records[id]; r != nil {
			g.records = append(g.records, r)
			if r.Entity != id {
				x.leaf.Subjects = append(x.leaf.Subjects, s.subject(r.Entity))
			}
		}
	}
	x.leaf.Count = len(g.records)
	return g, err
}

// misses notes for every grant whether the number that was asked for is anybody's: a case is no way to look for people.
func (s *Server) misses(ctx context.Context, p *matter.Plan, parties map[string]question, all []gathered) error {
	hit := map[string]bool{}
	for i := range all {
		hit[p.Queries[i].Party] = hit[p.Queries[i].Party] || len(all[i].records) > 0
	}
	for i := range all {
		if party := p.Queries[i].Party; all[i].refused == "" {
			if err := s.outcome(ctx, all[i].d, parties[party], hit[party]); err != nil {
				return err
			}
		}
	}
	return nil
}

// judge says what each material comes to.
func (s *Server) judge(ctx context.Context, st *state, p *matter.Plan, all []gathered, division string) ([]matter.Outcome, matter.Where, error) {
	pulse, err := s.pulse(ctx)
	where := matter.Where{Division: division, Now: s.cfg.Now(), Pulse: pulse}
	if err != nil {
		return nil, where, err
	}
	found := make([]matter.Found, len(all))
	for i := range all {
		found[i].Refused = all[i].refused
		for _, r := range all[i].records {
			found[i].Records = append(found[i].Records, recordOf(st, all[i].d, r))
		}
	}
	return p.Judge(found, where), where, nil
}

// recordOf is a record as package matter judges it: what the grant's own-feeds rule hides is not there.
func recordOf(st *state, d access.Decision, r *read.Record) matter.Record {
	out := matter.Record{Entity: r.Entity.String(), Values: map[string]matter.Value{}}
	for name, v := range r.Values {
		feed := st.feeds[v.Source]
		if v.Text == nil || !visible(d, feed) {
			continue
		}
		value := matter.Value{Text: v.Text, At: time.UnixMilli(v.TimeMS).UTC(), Doubted: v.Doubted}
		if feed != nil {
			value.Feed = feed.Name
		}
		out.Values[name] = value
	}
	return out
}

// Proof is what stands for one material. 证明
type Proof struct {
	matter.Outcome
	Library string           `json:"library,omitempty"`
	Entity  string           `json:"entity,omitempty"`
	Grant   string           `json:"grant,omitempty" doc:"Under which it was read"`
	Values  map[string]Value `json:"values,omitempty" doc:"As your grant shows them"`
}

// proofs are the outcomes with the values that the grants show.
func (s *Server) proofsIn(st *state, p *matter.Plan, all []gathered, outcomes []matter.Outcome) []Proof {
	out := make([]Proof, len(outcomes))
	for i, o := range outcomes {
		out[i] = Proof{Outcome: o}
		if o.Query < 0 || all[o.Query].refused != "" {
			continue
		}
		g := &all[o.Query]
		out[i].Library, out[i].Grant = g.lib.Name, g.d.Grant()
		if o.Record < 0 {
			continue
		}
		r := g.records[o.Record]
		out[i].Entity, out[i].Values = r.Entity.String(), map[string]Value{}
		for _, e := range p.Materials[i].Elements {
			if g.d.Treatment(e) >= access.Mask {
				out[i].Values[e] = s.value(st, g.lib.Element(e), g.d, r.Values[e])
			}
		}
	}
	return out
}

// evidence commits to every value that the outcomes rest on, without keeping one. check numbers the readings of a case.
func (s *Server) evidence(st *state, p *matter.Plan, all []gathered, outcomes []matter.Outcome, id string, check int) []matter.Evidence {
	list := []matter.Evidence{}
	for i, o := range outcomes {
		if o.Record < 0 {
			continue
		}
		g := &all[o.Query]
		r := g.records[o.Record]
		seen := map[string]bool{}
		for _, e := range append(slices.Clone(p.Materials[i].Elements), p.Materials[i].Tests...) {
			v := recordOf(st, g.d, r).Values[e]
			if v.Text == nil || seen[e] {
				continue
			}
			seen[e] = true
			salt := s.salts.SaltOf(evidenceName(id, o.Material, e), check)
			list = append(list, matter.Evidence{Material: o.Material, Library: g.lib.Name, Subject: s.subject(r.Entity), Element: e, Feed: v.Feed, AsOf: v.At, Doubted: v.Doubted,
				Commitment: trust.Commit(salt, *v.Text)})
		}
	}
	return list
}

// evidenceName names one value of a case for its salt.
func evidenceName(id, material, element string) string {
	return fmt.Sprintf("case/%s/%s/%s", id, material, element)
}

// leavesOf puts what was read of each library on the record, beside the leaf of the case itself.
func (x *exchange) leavesOf(all []gathered) {
	for i := range all {
		x.further = append(x.further, all[i].leaf)
	}
}
