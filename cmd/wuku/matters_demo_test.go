package main

import (
	"bytes"
	"encoding/json/v2"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wuku/catalog"
	"wuku/entity"
	"wuku/matter"
	"wuku/serve"
)

// TestMattersOnTheDemo opens every shipped matter over HTTP for people and companies of the demo, until all that libraries can prove is proved
// for somebody; of matters that a rule decides, that case is decided. Somebody who does not exist proves nothing.
func TestMattersOnTheDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	p := start(t, nil, "up", "--data", dir, "--http", "127.0.0.1:0", "--demo", "3000")
	until(t, "ready", func() error { return readySaid(p) })
	d := &demoCounter{t: t, dir: dir, address: regexp.MustCompile(`http://([0-9.:]+)`).FindStringSubmatch(p.said())[1]}
	text, err := os.ReadFile(filepath.Join(dir, "demo-keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	var keys map[string]string
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	d.key = keys["service"]
	c, err := catalog.Load(catalog.Province())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range matter.Names(c) {
		plan, err := matter.Compile(c, name)
		if err != nil {
			t.Fatal(err)
		}
		d.matter(plan)
		if name == "property_transfer" { // once: whoever asks for many that do not exist is slowed down
			d.nobody(plan)
		}
	}
	p.stop(t) // an engine whose process was killed may write a moment longer, into a directory that is being removed
}

// demoCounter is a counter in front of a running demo.
type demoCounter struct {
	t            *testing.T
	dir, address string
	key          string
}

// matter looks for parties for whom everything is proved.
func (d *demoCounter) matter(p *matter.Plan) {
	d.t.Helper()
	candidates, tries := map[string][]string{}, 0
	for _, party := range p.Matter.Parties {
		candidates[party.Name] = d.likely(p, party)
		tries = max(tries, len(candidates[party.Name]))
	}
	wrong := map[string]int{}
	for i := range tries {
		by := map[string]serve.By{}
		for k, party := range p.Matter.Parties {
			all := candidates[party.Name]
			by[party.Name] = serve.By{Scheme: schemeOf(party.Library), Value: all[(i+k)%len(all)]}
		}
		c := d.open(p.Name, by)
		if points := unproved(c); len(points) > 0 {
			for _, x := range points {
				wrong[x]++
			}
			continue
		}
		if want := map[bool]string{true: matter.StateApproved, false: matter.StateOpen}[p.Matter.Automatic]; c.Case.State != want {
			d.t.Errorf("%s: everything is proved and the case is %s, want %s", p.Name, c.Case.State, want)
		}
		return
	}
	d.t.Errorf("%s: of %d tries in none everything was proved: %v", p.Name, tries, wrong)
}

// nobody opens a case for numbers that nobody has.
func (d *demoCounter) nobody(p *matter.Plan) {
	d.t.Helper()
	const citizen, org = "32010219000101001", "MA000000"
	body := "91320102" + org + string(entity.OrgCodeCheck([]byte(org)))
	numbers := map[string]string{entity.Person: citizen + string(entity.CitizenCheck([]byte(citizen))), entity.Organisation: body + string(entity.USCCCheck([]byte(body)))}
	by := map[string]serve.By{}
	for _, party := range p.Matter.Parties {
		by[party.Name] = serve.By{Scheme: schemeOf(party.Library), Value: numbers[party.Library]}
	}
	answer, status := d.post(p.Name, by)
	if status == http.StatusCreated {
		var c serve.CaseAnswer
		if err := json.Unmarshal(answer, &c); err != nil || c.Case.State != matter.StateOpen || len(unproved(c)) == 0 {
			d.t.Errorf("%s: for nobody the case is %s, %v", p.Name, c.Case.State, err)
		}
	} else if status != http.StatusNotFound {
		d.t.Errorf("%s: for nobody: %d %s", p.Name, status, answer)
	}
}

func schemeOf(library string) string {
	return map[string]string{entity.Person: entity.SchemeCitizen, entity.Organisation: entity.SchemeUSCC}[library]
}

func unproved(c serve.CaseAnswer) (points []string) {
	for _, x := range c.Proofs {
		if x.State != matter.Proved && x.State != matter.Bring {
			points = append(points, x.Material+" "+x.State)
		}
	}
	return points
}

// sqlOf is a condition of a matter as the engine reads it.
func sqlOf(condition string) string {
	condition = strings.NewReplacer("present(", "isNotNull(", "missing(", "isNull(").Replace(condition)
	return "ifNull((" + condition + "), 0)"
}

// likely are numbers of a party's library, those of whom most of the matter's records are there first.
func (d *demoCounter) likely(p *matter.Plan, party catalog.Party) []string {
	d.t.Helper()
	number := map[string]string{entity.Person: "citizen_number", entity.Organisation: "uscc"}[party.Library]
	order := []string{"0"}
	for _, x := range p.Materials {
		if x.By != matter.ByLibrary || x.Party != party.Name {
			continue
		}
		q, proof := p.Queries[x.Query], proofOf(p, x.Name)
		if proof.Absent {
			continue
		}
		holds := []string{"1"}
		for _, condition := range []string{proof.Where, proof.Must} {
			if condition != "" {
				holds = append(holds, sqlOf(condition))
			}
		}
		for _, e := range x.Elements {
			holds = append(holds, "isNotNull("+e+")")
		}
		all := strings.Join(holds, " AND ")
		if len(q.Keys) == 0 {
			order = append(order, "("+all+")")
			continue
		}
		var in []string
		for _, key := range q.Keys {
			in = append(in, fmt.Sprintf("%s IN (SELECT %s FROM base.%s WHERE isNotNull(%s) AND %s)", number, key, q.Library, key, all))
		}
		order = append(order, "("+strings.Join(in, " OR ")+")")
	}
	statement := fmt.Sprintf("SELECT %s AS number FROM base.%s WHERE isNotNull(%s) ORDER BY toUInt32(%s) DESC, cityHash64(number) LIMIT 40", number, party.Library, number, strings.Join(order, ") + toUInt32("))
	out, err := run(d.t, "sql", statement, "--data", d.dir, "--json")
	if err != nil {
		d.t.Fatalf("%s: %v", p.Name, err)
	}
	var numbers []string
	for line := range strings.Lines(out) {
		var row struct{ Number string }
		if err := json.Unmarshal([]byte(line), &row, json.MatchCaseInsensitiveNames(true)); err != nil {
			d.t.Fatalf("%s: %v", line, err)
		}
		numbers = append(numbers, row.Number)
	}
	if len(numbers) == 0 {
		d.t.Fatalf("%s: nobody for %s", p.Name, party.Name)
	}
	return numbers
}

func proofOf(p *matter.Plan, material string) *catalog.Proof {
	for i := range p.Matter.Materials {
		if m := &p.Matter.Materials[i]; m.Name == material {
			return m.Proof
		}
	}
	return nil
}

func (d *demoCounter) open(name string, by map[string]serve.By) (c serve.CaseAnswer) {
	d.t.Helper()
	body, status := d.post(name, by)
	if status != http.StatusCreated {
		d.t.Fatalf("%s: %d %s", name, status, body)
	}
	if err := json.Unmarshal(body, &c); err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *demoCounter) post(name string, by map[string]serve.By) ([]byte, int) {
	d.t.Helper()
	body, err := json.Marshal(map[string]any{"matter": name, "division": "320102", "parties": by})
	if err != nil {
		d.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, "http://"+d.address+"/api/v1/cases", bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return text, resp.StatusCode
}
