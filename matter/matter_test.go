package matter_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"wuku/catalog"
	"wuku/matter"
)

var day = time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)

func province(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEvaluateAgreesWithRules tries the condition language on the examples of the shipped quality rules, which the engine's SQL is held
// to as well (wuku rule test): one language, two readers, the same verdicts.
func TestEvaluateAgreesWithRules(t *testing.T) {
	t.Parallel()
	c := province(t)
	tried := 0
	for _, pack := range c.Packs {
		for i := range pack.Rules {
			r := &pack.Rules[i]
			if len(r.With) > 0 {
				continue
			}
			broken, err := c.Broken(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range r.Examples {
				today := day
				if x.Today != "" {
					today, _ = time.Parse(time.DateOnly, x.Today)
				}
				value := func(e string) (string, bool) { v, ok := x.Given[e]; return v, ok }
				tried++
				if got := matter.Evaluate(broken, value, today); (got == matter.True) != x.Finds {
					t.Errorf("%s, %s: %d", r.Code, x.Name, got)
				}
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d examples", tried)
	}
}

// TestEvaluate holds what the rules' examples do not reach: three truths, arithmetic, every function.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load(os.DirFS("../catalog/testdata/small"))
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{"name": "王小明", "citizen_number": "32010219800101001X", "birth_date": "1980-02-29"}
	scope := (&catalog.Proof{Library: "person"}).Scope(c)
	for text, want := range map[string]matter.Truth{
		"name = '王小明'": matter.True, "sex = '1'": matter.Unknown, "sex = '1' or name = '王小明'": matter.True, "sex = '1' and name = '李'": matter.False,
		"not (sex = '1')": matter.Unknown, "missing(sex)": matter.True, "present(name)": matter.True, "name in ('李', '王小明')": matter.True, "name in ('李', sex)": matter.Unknown,
		"length(name) = 3": matter.True, "left(name, 1) = '王'": matter.True, "mid(name, 2, 9) = '小明'": matter.True, "starts(name, '王')": matter.True,
		"contains(name, '明')": matter.True, "matches(name, '^王.明$')": matter.True, "year(birth_date) = 1980": matter.True, "age(birth_date, today()) = 46": matter.True,
		"age(birth_date, date('20260228')) = 45": matter.True, "birth(citizen_number) = date('1980-01-01')": matter.True, "sex(citizen_number) = '1'": matter.True,
		"today() - birth_date > 17000": matter.True, "birth_date + 1 = date('1980-03-01')": matter.True, "date('x') = today()": matter.Unknown,
		"division('320102', date('2020-01-01'))": matter.True, "division('320999', date('2020-01-01'))": matter.False, "0.1 + 0.2 = 0.3": matter.True, "true": matter.True,
	} {
		e, err := catalog.ParseExpr(text, scope)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		value := func(e string) (string, bool) { v, ok := given[e]; return v, ok }
		if got := matter.Evaluate(e, value, day); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// TestShippedMatters holds what ships: enough matters, each with an example that proves every material, a purpose, and the article's two.
func TestShippedMatters(t *testing.T) {
	t.Parallel()
	c := province(t)
	names := matter.Names(c)
	if len(names) < 12 || !slices.Contains(names, "property_transfer") || !slices.Contains(names, "exam_registration") {
		t.Errorf("%v", names)
	}
	examples, err := matter.Try(c, day)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range examples {
		if x.Fault != "" {
			t.Errorf("%s, %s: %s", x.Matter, x.Material, x.Fault)
		}
	}
	channels, scopes, automatic := map[string]bool{}, map[string]bool{}, 0
	for i := range c.Matters {
		m := &c.Matters[i]
		channels[m.Channel], scopes[m.Scope] = true, true
		if m.Automatic {
			automatic++
			if slices.ContainsFunc(m.Materials, func(x catalog.Material) bool { return x.Bring != "" }) {
				t.Errorf("%s is automatic but wants something brought: no rule ever decides it", m.Name)
			}
		}
	}
	if len(channels) != len(catalog.Channels) || len(scopes) != len(catalog.Scopes) || automatic < 5 {
		t.Errorf("channels %v, scopes %v, %d automatic", channels, scopes, automatic)
	}
}

// proving is what all queries of a plan find when every material is proved.
func proving(p *matter.Plan) []matter.Found {
	found := make([]matter.Found, len(p.Queries))
	for i, x := range p.Materials {
		if x.By != matter.ByLibrary || len(x.Elements) == 0 {
			continue
		}
		r := p.Proving(i, matter.Where{Division: "320102", Now: day})
		if q := p.Queries[x.Query]; len(q.Keys) == 0 && len(found[x.Query].Records) > 0 { // one person has one record
			for e, v := range r.Values {
				found[x.Query].Records[0].Values[e] = v
			}
			continue
		}
		found[x.Query].Records = append(found[x.Query].Records, r)
	}
	return found
}

// TestJudge takes every shipped matter through what can be wrong with each of its materials: nothing, no record, a doubted value, an old
// one, one of another source, a stale source, a refused query.
func TestJudge(t *testing.T) {
	t.Parallel()
	c := province(t)
	for _, name := range matter.Names(c) {
		p, err := matter.Compile(c, name)
		if err != nil {
			t.Fatal(err)
		}
		where := matter.Where{Division: "320102", Now: day}
		for _, o := range p.Judge(proving(p), where) {
			if o.State != matter.Proved && o.State != matter.Bring {
				t.Errorf("%s: %s is %s: %v", name, o.Material, o.State, o.Points)
			}
		}
		if p.Settled(p.Judge(proving(p), where)) != p.Matter.Automatic {
			t.Errorf("%s: settled by rule: %v", name, !p.Matter.Automatic)
		}
		for i, x := range p.Materials {
			if x.By == matter.ByLibrary {
				judgeOne(t, p, i, x, where)
			}
		}
	}
}

func judgeOne(t *testing.T, p *matter.Plan, i int, x matter.Planned, where matter.Where) {
	state := func(found []matter.Found, w matter.Where) string {
		outcomes := p.Judge(found, w)
		if o := outcomes[i]; o.Open() && (len(o.Points) == 0 || o.Points[0].ZH == "" || o.Points[0].EN == "" || p.Settled(outcomes)) {
			t.Errorf("%s, %s: an open point is not explained: %+v", p.Name, x.Name, o)
		}
		return outcomes[i].State
	}
	old := &matter.Pulse{Last: map[string]time.Time{}, At: day}
	for _, feed := range x.Sources {
		old.Last[feed] = day.AddDate(-3, 0, 0)
	}
	closed := proving(p)
	closed[x.Query] = matter.Found{Refused: "grant.ended"}
	got := []string{state(closed, where)}
	want := []string{matter.Closed}
	if len(x.Elements) > 0 { // what records must prove
		each := func(change func(*matter.Value)) []matter.Found {
			found := proving(p)
			for _, r := range found[x.Query].Records {
				for _, e := range x.Elements {
					if v := r.Values[e]; v.Text != nil {
						change(&v)
						r.Values[e] = v
					}
				}
			}
			return found
		}
		missing := proving(p)
		missing[x.Query].Records = nil
		got = append(got, state(missing, where), state(each(func(v *matter.Value) { v.Doubted = true }), where), state(each(func(v *matter.Value) { v.Feed = "nobody.nothing" }), where),
			state(each(func(*matter.Value) {}), matter.Where{Division: "320102", Now: day, Pulse: old}))
		want = append(want, matter.Missing, matter.Doubtful, matter.Foreign, matter.TooOld)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s, %s: %v, want %v", p.Name, x.Name, got, want)
	}
}

// TestAbsence proves what must not be there: a record that fulfils the condition fails it, one of which it is unknown keeps it open.
func TestAbsence(t *testing.T) {
	t.Parallel()
	p, err := matter.Compile(province(t), "bidding_check")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(p.Materials, func(x matter.Planned) bool { return x.Name == "no_judgment_debt" })
	text := func(s string) matter.Value { return matter.Value{Text: &s, Feed: "court.dishonest", At: day} }
	for want, values := range map[string]map[string]matter.Value{
		matter.Failed:  {"record_kind": text("3"), "status": text("0"), "performance": text("0")},
		matter.Missing: {"record_kind": text("3"), "status": text("0")},
		matter.Proved:  {"record_kind": text("2"), "status": text("0")},
	} {
		found := proving(p)
		q := p.Materials[at].Query
		found[q].Records = append(found[q].Records, matter.Record{Values: values})
		if o := p.Judge(found, matter.Where{Division: "320100", Now: day})[at]; o.State != want {
			t.Errorf("%s, want %s: %v", o.State, want, o.Points)
		}
	}
}

// TestScope recognises what a city gathered at its own counters only, where the matter says so.
func TestScope(t *testing.T) {
	t.Parallel()
	p, err := matter.Compile(province(t), "school_enrolment")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(p.Materials, func(x matter.Planned) bool { return x.Name == "residence" })
	home, street := "320102", "测试路"
	found := proving(p)
	found[p.Materials[at].Query].Records[0].Values["division"] = matter.Value{Text: &home, Feed: "nanjing.resident", At: day}
	found[p.Materials[at].Query].Records[0].Values["residence_street"] = matter.Value{Text: &street, Feed: "nanjing.resident", At: day}
	for division, want := range map[string]string{"320102": matter.Proved, "320115": matter.Proved, "320505": matter.Foreign} {
		if o := p.Judge(found, matter.Where{Division: division, Now: day})[at]; o.State != want {
			t.Errorf("%s: %s, want %s", division, o.State, want)
		}
	}
}

// TestReport counts what has to be brought, and finds dead and stale sources before a citizen stands at the counter.
func TestReport(t *testing.T) {
	t.Parallel()
	c := province(t)
	pulse := &matter.Pulse{Last: map[string]time.Time{}, At: day}
	for _, f := range c.Feeds {
		pulse.Last[f.Name] = day
	}
	zero := func() map[string]matter.Zero {
		list, err := matter.Report(c, pulse)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]matter.Zero{}
		for _, z := range list {
			by[z.Matter] = z
		}
		return by
	}
	r := zero()
	if !r["exam_registration"].Zero || r["property_transfer"].Zero || len(r["property_transfer"].Bring) != 2 {
		t.Errorf("%+v", r)
	}
	delete(pulse.Last, "moe.degree")
	pulse.Last["police.household"] = day.AddDate(-1, 0, 0)
	r = zero()
	if x := r["exam_registration"]; x.Zero || len(x.Broken) != 1 || x.Broken[0].Sources[0] != (matter.Source{Feed: "moe.degree", State: matter.Dead}) {
		t.Errorf("%+v", x)
	}
	if x := r["property_transfer"]; len(x.Delayed) != 1 || x.Delayed[0].Material != "buyer_household" {
		t.Errorf("%+v", x)
	}
}

// TestFresh takes a value as fresh while its feed delivers, since a feed tells of what changes; where lateness is not judged only the
// value's own time counts.
func TestFresh(t *testing.T) {
	t.Parallel()
	p, err := matter.Compile(province(t), "medical_transfer")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(p.Materials, func(x matter.Planned) bool { return x.Name == "medical_record" })
	found := proving(p)
	for e, v := range found[p.Materials[at].Query].Records[0].Values {
		v.At = day.AddDate(-11, 0, 0)
		found[p.Materials[at].Query].Records[0].Values[e] = v
	}
	last := map[string]time.Time{}
	for _, feed := range p.Materials[at].Sources {
		last[feed] = day.AddDate(0, 0, -1)
	}
	for want, pulse := range map[string]*matter.Pulse{matter.Proved: {Last: last, At: day}, matter.TooOld: {Last: last}} {
		if o := p.Judge(found, matter.Where{Division: "320102", Now: day, Pulse: pulse})[at]; o.State != want {
			t.Errorf("%s, want %s: %v", o.State, want, o.Points)
		}
	}
}

// thirty is a matter with thirty materials.
func thirty(t testing.TB) *catalog.Catalog {
	c := *province(t)
	m := *c.Matter("property_transfer")
	first := m.Materials
	m.Materials = nil
	for i := range 30 {
		x := first[i%6]
		x.Name = fmt.Sprintf("m%d", i)
		m.Materials = append(m.Materials, x)
	}
	m.Name = "thirty"
	c.Matters = []catalog.Matter{m}
	return &c
}

// BenchmarkCompile compiles a matter with 30 materials; the aim is one second.
func BenchmarkCompile(b *testing.B) {
	c := thirty(b)
	for b.Loop() {
		if p, err := matter.Compile(c, "thirty"); err != nil || len(p.Materials) != 30 {
			b.Fatal(err)
		}
	}
}

func ExampleCompile() {
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := matter.Compile(c, "exam_registration")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, q := range p.Queries {
		fmt.Println(q.Party, q.Library, strings.Join(q.Keys, ","), strings.Join(q.Elements, ","))
	}
	// Output:
	// applicant person  citizen_number,degree,degree_date,insured_months,insured_status,name,person_status
	// applicant credit subject_number performance,record_kind,status
}
