package serve_test

import (
	"context"
	"encoding/json/v2"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"wuku/catalog"
	"wuku/entity"
	"wuku/matter"
	"wuku/serve"
	"wuku/serve/access"
	"wuku/serve/access/accesstest"
	"wuku/store"
	"wuku/trust"
)

// provinceWorld is a server on a real engine with the shipped catalogue: its libraries, grants and matters.
type provinceWorld struct {
	*engineWorld
	c     *catalog.Catalog
	order map[string][]string

	version int // of the last row that was written
}

func newProvinceWorld(t testing.TB) *provinceWorld {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	p := &provinceWorld{c: c}
	p.engineWorld = newEngineWorldOf(t, c, func(s *store.Store, order map[string][]string) serve.Reader { p.order = order; return s })
	return p
}

// number is a number of somebody new, of a party's library, that passes its check.
func (w *provinceWorld) number(library string) (scheme, value string) {
	// By lot: numbers in a row look like a search for people.
	if library == entity.Person {
		return entity.SchemeCitizen, citizen(fmt.Sprintf("320102%04d%02d%02d%03d", 1950+rand.IntN(50), 1+rand.IntN(12), 1+rand.IntN(28), rand.IntN(1000)))
	}
	org := fmt.Sprintf("MA%06d", rand.IntN(1_000_000))
	body := "91320102" + org + string(entity.OrgCodeCheck([]byte(org)))
	return entity.SchemeUSCC, body + string(entity.USCCCheck([]byte(body)))
}

// people are the parties of one case: numbers by party, and the entities that were put into the libraries by library and party.
type people struct {
	by       map[string]serve.By
	entities map[string]uuid.UUID
}

// prove puts into the libraries what proves a matter's materials for new parties, at a counter in Nanjing. change may alter or drop (false)
// the record of a material before it is put there.
func (w *provinceWorld) prove(t testing.TB, p *matter.Plan, change func(x *matter.Planned, r matter.Record) bool) people {
	t.Helper()
	who := people{by: map[string]serve.By{}, entities: map[string]uuid.UUID{}}
	own := map[string]matter.Record{}
	for _, party := range p.Matter.Parties {
		scheme, value := w.number(party.Library)
		who.by[party.Name] = serve.By{Scheme: scheme, Value: value}
		who.entities[party.Name] = w.anchor(scheme, value)
		own[party.Name] = matter.Record{Values: map[string]matter.Value{}}
	}
	for i := range p.Materials {
		x := &p.Materials[i]
		if x.By != matter.ByLibrary || len(x.Elements) == 0 {
			continue
		}
		r := p.Proving(i, matter.Where{Division: "320102", Now: time.Now().Add(-time.Hour)})
		q, number := p.Queries[x.Query], who.by[x.Party].Value
		for name, v := range r.Values {
			if w.c.Library(q.Library).Element(name).Scheme == who.by[x.Party].Scheme {
				v.Text = &number
				r.Values[name] = v
			}
		}
		if !change(x, r) {
			continue
		}
		if len(q.Keys) == 0 {
			for name, v := range r.Values {
				own[x.Party].Values[name] = v
			}
			continue
		}
		r.Values[q.Keys[0]] = matter.Value{Text: &number, Feed: x.Sources[0], At: time.Now()}
		id := uuid.New()
		who.entities[x.Name] = id
		w.put(t, q.Library, id, r)
	}
	for _, party := range p.Matter.Parties {
		w.put(t, party.Library, who.entities[party.Name], own[party.Name])
	}
	return who
}

// put writes one base row with the sources and times of its values.
func (w *provinceWorld) put(t testing.TB, library string, id uuid.UUID, r matter.Record) {
	t.Helper()
	columns, marks := "anchor, entity, live, ver, anchors, feeds, sources, times, updated", "?, ?, 1, ?, ?, [], ?, ?, now64(3)"
	sources, times := make([]uint32, len(w.order[library])), make([]int64, len(w.order[library]))
	var values []any
	w.version++
	for i, name := range w.order[library] {
		v, ok := r.Values[name]
		if !ok || v.Text == nil {
			continue
		}
		sources[i], times[i] = feedHash(v.Feed), v.At.UnixMilli()
		columns, marks = columns+", "+name, marks+", "+map[bool]string{true: "toDate32(?)", false: "?"}[w.c.Library(library).Element(name).Type == catalog.TypeDate]
		values = append(values, *v.Text)
	}
	w.exec(t, "INSERT INTO typed."+library+" ("+columns+") SELECT "+marks, append([]any{id, id, uint64(w.version), []uuid.UUID{id}, sources, times}, values...)...)
}

// grant gives a client a grant without a key of its own.
func (w *provinceWorld) grant(t testing.TB, client string, terms access.Terms) {
	t.Helper()
	accesstest.Grant(t, accesstest.Book(t, w.events, testKey, w.clock.Now), client, terms)
}

func always(*matter.Planned, matter.Record) bool { return true }

// open opens a case of a matter for some people.
func (w *provinceWorld) open(t testing.TB, name string, who people, more string) answer {
	t.Helper()
	parties, err := json.Marshal(who.by)
	if err != nil {
		t.Fatal(err)
	}
	return w.call(t, "service", http.MethodPost, "/api/v1/cases", fmt.Sprintf(`{"matter":%q,"division":"320102","parties":%s%s}`, name, parties, more))
}

// outcome is what one material came to.
func outcomeOf(t testing.TB, a serve.CaseAnswer, material string) serve.Proof {
	t.Helper()
	for _, p := range a.Proofs {
		if p.Material == material {
			return p
		}
	}
	t.Fatalf("no material %s", material)
	return serve.Proof{}
}

// lastProved is the last material of a plan that a record must prove.
func lastProved(p *matter.Plan) *matter.Planned {
	for i := len(p.Materials) - 1; ; i-- {
		if x := &p.Materials[i]; x.By == matter.ByLibrary && len(x.Elements) > 0 {
			return x
		}
	}
}

// TestMattersEndToEnd takes every shipped matter through its cases on a real engine: all proved, something missing, something doubted,
// something stale, a revoked grant.
func TestMattersEndToEnd(t *testing.T) {
	w := newProvinceWorld(t)
	for _, name := range matter.Names(w.c) {
		p, err := matter.Compile(w.c, name)
		if err != nil {
			t.Fatal(err)
		}
		x := lastProved(p)
		w.allProved(t, p)
		missing := w.prove(t, p, func(y *matter.Planned, _ matter.Record) bool { return y.Name != x.Name })
		w.stays(t, p, x.Name, matter.Missing, w.open(t, name, missing, ""))
		doubted := w.prove(t, p, always)
		at := doubted.entities[x.Party]
		if id, ok := doubted.entities[x.Name]; ok {
			at = id
		}
		library := p.Queries[x.Query].Library
		w.exec(t, "INSERT INTO quality.state (library, entity, anchor, feed, key, role, element, rule, claim, open, ver) VALUES (?, ?, ?, 'f', 'k', '', ?, 'r', 1, 1, 1)", library, at, at, x.Elements[0])
		w.stays(t, p, x.Name, matter.Doubtful, w.open(t, name, doubted, ""))
		foreign := w.prove(t, p, func(y *matter.Planned, r matter.Record) bool {
			for e, v := range r.Values {
				if y.Name == x.Name {
					v.Feed = "union.member" // of the province, and of no authority here
					r.Values[e] = v
				}
			}
			return true
		})
		w.stays(t, p, x.Name, matter.Weak, w.open(t, name, foreign, ""))
	}
	w.stale(t)
	w.revoked(t)
}

// allProved opens a case of which everything is proved.
func (w *provinceWorld) allProved(t *testing.T, p *matter.Plan) {
	t.Helper()
	who := w.prove(t, p, always)
	size := w.log.Size()
	var c serve.CaseAnswer
	a := w.open(t, p.Name, who, "")
	a.decode(t, http.StatusCreated, &c)
	for _, o := range c.Proofs {
		if o.State != matter.Proved && o.State != matter.Bring {
			t.Errorf("%s: %s is %s: %+v", p.Name, o.Material, o.State, o.Points)
		}
		if x := p.Material(o.Material); o.State == matter.Proved && len(x.Elements) > 0 && len(o.Values) == 0 {
			t.Errorf("%s: %s shows no value", p.Name, o.Material)
		}
		for e, v := range o.Values {
			if v.Value == nil || v.Source == nil || v.AsOf == nil || v.Doubted {
				t.Errorf("%s: %s.%s has no source or time: %+v", p.Name, o.Material, e, v)
			}
		}
	}
	if want := map[bool]string{true: matter.StateApproved, false: matter.StateOpen}[p.Matter.Automatic]; c.Case.State != want {
		t.Errorf("%s: the case is %s, want %s; open %v", p.Name, c.Case.State, want, c.Open)
	}
	if p.Matter.Automatic && (len(c.Case.Decisions) != 1 || !c.Case.Decisions[0].ByRule || c.Case.Decisions[0].Saved.Materials != p.Matter.Baseline.Materials) {
		t.Errorf("%s: %+v", p.Name, c.Case.Decisions)
	}
	if leaves := w.log.Size() - size; leaves != int64(len(p.Queries))+1 {
		t.Errorf("%s: %d leaves for %d queries", p.Name, leaves, len(p.Queries))
	}
	for _, by := range who.by {
		if strings.Contains(a.body, by.Value) && by.Scheme == entity.SchemeCitizen {
			t.Errorf("%s: a number comes back in clear", p.Name)
		}
	}
}

// stays holds that a case waits for a human, with an explained point on the material that has something wrong.
func (w *provinceWorld) stays(t *testing.T, p *matter.Plan, material, state string, a answer) {
	t.Helper()
	var c serve.CaseAnswer
	a.decode(t, http.StatusCreated, &c)
	o := outcomeOf(t, c, material)
	if o.State != state || len(o.Points) == 0 || o.Points[0].ZH == "" || o.Points[0].EN == "" || c.Case.State != matter.StateOpen || len(c.Case.Decisions) != 0 {
		t.Errorf("%s: %s is %s, want %s; the case is %s: %+v", p.Name, material, o.State, state, c.Case.State, o.Points)
	}
}

// stale lets the sources of every matter fall silent.
func (w *provinceWorld) stale(t *testing.T) {
	t.Helper()
	for _, name := range matter.Names(w.c) {
		p, err := matter.Compile(w.c, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range p.Materials {
			for _, feed := range x.Sources {
				w.exec(t, "INSERT INTO ledger.message (feed, topic, partition, revision, offset, until, outcome, received) VALUES (?, ?, 0, 1, 0, 0, 'claimed', now64(3) - toIntervalYear(5))", feed, "src."+feed)
			}
		}
	}
	w.clock.Add(2 * time.Minute) // what was known of the sources is old enough
	for _, name := range matter.Names(w.c) {
		p, _ := matter.Compile(w.c, name)
		w.stays(t, p, lastProved(p).Name, matter.TooOld, w.open(t, name, w.prove(t, p, always), ""))
	}
}

// revoked ends the grants under which the counter reads the library of each matter's last material, and asks again.
func (w *provinceWorld) revoked(t *testing.T) {
	t.Helper()
	opened := map[string]string{}
	for _, name := range matter.Names(w.c) {
		p, _ := matter.Compile(w.c, name)
		var c serve.CaseAnswer
		w.open(t, name, w.prove(t, p, always), "").decode(t, http.StatusCreated, &c)
		opened[name] = c.Case.ID
	}
	for _, library := range []string{"certificate", "place", "person", "organisation"} {
		id := "demo-service-case-" + library
		if _, err := w.book.Revoke(context.Background(), trust.Principal{ID: "test", Client: "steward", Role: trust.RoleSteward}, id, "test"); err != nil {
			t.Fatal(err)
		}
		for _, name := range matter.Names(w.c) {
			p, _ := matter.Compile(w.c, name)
			x := lastProved(p)
			if p.Queries[x.Query].Library != library {
				continue
			}
			a := w.open(t, name, w.prove(t, p, always), "")
			if a.status == http.StatusForbidden { // nothing of the matter can be read any more
				if a.code() != access.GrantEnded {
					t.Errorf("%s: %s", name, a.body)
				}
			} else {
				w.stays(t, p, x.Name, matter.Closed, a)
			}
			if a := w.call(t, "service", http.MethodGet, "/api/v1/cases/"+opened[name], ""); a.status != http.StatusForbidden || a.code() != access.GrantEnded {
				t.Errorf("%s: under a revoked grant the case is shown: %d %s", name, a.status, a.body)
			}
		}
	}
}
