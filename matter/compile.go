package matter

import (
	"fmt"
	"slices"
	"strings"

	"wuku/catalog"
	"wuku/entity"
)

// Plan is a matter compiled: which queries prove its materials, and what a grant must allow for them. It is immutable.
type Plan struct {
	Matter    *catalog.Matter `json:"-"`
	Name      string          `json:"matter"`
	ZH        string          `json:"zh"`
	EN        string          `json:"en"`
	Purpose   string          `json:"purpose"`
	Queries   []Query         `json:"queries"`
	Needs     []Need          `json:"grants"`
	Materials []Planned       `json:"materials"`

	catalog *catalog.Catalog
}

// Query reads what one library has of one party. All queries of a case run at once.
type Query struct {
	Party    string   `json:"party"`
	Library  string   `json:"library"`
	Keys     []string `json:"keys,omitempty"` // elements that hold the party's number; none: the library is the party's own
	Elements []string `json:"elements"`
}

// Need is what the grant of a counter must allow in a library: elements to see (mask at least) and elements that are only tested or that
// name the party (verify at least).
type Need struct {
	Library string   `json:"library"`
	Show    []string `json:"show"`
	Test    []string `json:"test"`
}

// How far a material is proved by libraries.
const (
	ByLibrary = "library" // 免提交
	ByHand    = "bring"   // 须提交
)

// Planned is one material as compiled.
type Planned struct {
	Name     string   `json:"material"`
	ZH       string   `json:"zh"`
	EN       string   `json:"en"`
	Step     string   `json:"step"`
	Party    string   `json:"party"`
	By       string   `json:"by"`               // library or bring
	Reason   string   `json:"reason,omitempty"` // why it is brought
	Query    int      `json:"query"`            // place in the plan's queries; -1 for what is brought
	Elements []string `json:"elements,omitempty"`
	Tests    []string `json:"tests,omitempty"` // elements of the condition
	Sources  []string `json:"sources,omitempty"`
	Problems []Source `json:"problems,omitempty"` // sources that are dead or stale

	proof   *catalog.Proof
	where   *catalog.Expr // nil: all records are meant
	must    *catalog.Expr // nil: none
	counted map[string]map[string]bool
}

// Source is a feed that gives nothing (dead), or nothing lately (stale).
type Source struct {
	Feed  string `json:"feed"`
	State string `json:"state"` // dead or stale
	Last  string `json:"last,omitempty"`
}

// Compile makes the plan of a matter. The catalogue must be checked: what is wrong with it is an error of the program.
func Compile(c *catalog.Catalog, name string) (*Plan, error) {
	m := c.Matter(name)
	if m == nil {
		return nil, fmt.Errorf("matter %q is unknown: the catalogue has %s", name, strings.Join(Names(c), ", "))
	}
	p := &Plan{Matter: m, Name: m.Name, ZH: m.ZH, EN: m.EN, Purpose: m.Purpose, Queries: []Query{}, Needs: []Need{}, Materials: []Planned{}, catalog: c}
	for i := range m.Materials {
		x, err := p.material(&m.Materials[i])
		if err != nil {
			return nil, fmt.Errorf("matter %s, material %s: %w", name, m.Materials[i].Name, err)
		}
		p.Materials = append(p.Materials, x)
	}
	p.needs()
	return p, nil
}

// Names are the matters of a catalogue, in order.
func Names(c *catalog.Catalog) []string {
	names := make([]string, len(c.Matters))
	for i := range c.Matters {
		names[i] = c.Matters[i].Name
	}
	slices.Sort(names)
	return names
}

func (p *Plan) material(x *catalog.Material) (Planned, error) {
	out := Planned{Name: x.Name, ZH: x.ZH, EN: x.EN, Step: x.Step, By: ByHand, Reason: x.Bring, Query: -1}
	party := p.Matter.PartyOf(x)
	if party == nil {
		return out, fmt.Errorf("it belongs to no party")
	}
	out.Party = party.Name
	if x.Proof == nil {
		return out, nil
	}
	lib := p.catalog.Library(x.Proof.Library)
	if lib == nil {
		return out, fmt.Errorf("library %q is unknown", x.Proof.Library)
	}
	out.By, out.proof, out.Elements = ByLibrary, x.Proof, slices.Clone(x.Proof.Elements)
	var err error
	if out.where, err = p.condition(&out, x.Proof.Where); err != nil {
		return out, err
	}
	if out.must, err = p.condition(&out, x.Proof.Must); err != nil {
		return out, err
	}
	slices.Sort(out.Tests)
	out.sources(lib)
	out.Query = p.query(party, lib, x.Proof, append(slices.Clone(out.Elements), out.Tests...))
	return out, nil
}

// condition parses a condition and notes the elements that it tests; nil for none.
func (p *Plan) condition(x *Planned, text string) (*catalog.Expr, error) {
	if text == "" {
		return nil, nil
	}
	e, err := catalog.ParseExpr(text, x.proof.Scope(p.catalog))
	if err != nil {
		return nil, err
	}
	e.Walk(func(part *catalog.Expr) {
		if part.Op == catalog.OpElement && !slices.Contains(x.Tests, part.Name) {
			x.Tests = append(x.Tests, part.Name)
		}
	})
	return e, nil
}

// sources finds the feeds that count for each element: those declared, or those of the element's first rank.
func (x *Planned) sources(lib *catalog.Library) {
	x.counted = map[string]map[string]bool{}
	for _, name := range append(slices.Clone(x.Elements), x.Tests...) {
		e := lib.Element(name)
		if e == nil || x.counted[name] != nil {
			continue
		}
		x.counted[name] = map[string]bool{}
		ranks := e.Ranks()
		for feed, rank := range ranks {
			declared := slices.Contains(x.proof.Sources, feed)
			// An absence rests on every feed that could say otherwise.
			if declared || len(x.proof.Sources) == 0 && (rank == 1 || x.proof.Absent) {
				x.counted[name][feed] = true
				if !slices.Contains(x.Sources, feed) {
					x.Sources = append(x.Sources, feed)
				}
			}
		}
	}
	slices.Sort(x.Sources)
}

// query finds the query of a party and a library, or adds one, and lets it read these elements too.
func (p *Plan) query(party *catalog.Party, lib *catalog.Library, proof *catalog.Proof, elements []string) int {
	var keys []string
	if lib.Name != party.Library {
		if keys = slices.Clone(proof.By); len(keys) == 0 {
			keys = catalog.KeysTo(p.catalog.Library(party.Library), lib)
		}
		slices.Sort(keys)
	}
	at := slices.IndexFunc(p.Queries, func(q Query) bool {
		return q.Party == party.Name && q.Library == lib.Name && slices.Equal(q.Keys, keys)
	})
	if at < 0 {
		at = len(p.Queries)
		p.Queries = append(p.Queries, Query{Party: party.Name, Library: lib.Name, Keys: keys, Elements: []string{}})
	}
	q := &p.Queries[at]
	q.Elements = append(q.Elements, elements...)
	slices.Sort(q.Elements)
	q.Elements = slices.Compact(q.Elements)
	return at
}

// needs gathers what grants must allow, by library.
func (p *Plan) needs() {
	for _, library := range entity.Libraries {
		n := Need{Library: library, Show: []string{}, Test: []string{}}
		used := false
		for _, x := range p.Materials {
			if x.Query < 0 || p.Queries[x.Query].Library != library {
				continue
			}
			used = true
			n.Show = append(n.Show, x.Elements...)
			n.Test = append(append(n.Test, x.Tests...), p.Queries[x.Query].Keys...)
		}
		if !used {
			continue
		}
		slices.Sort(n.Show)
		n.Show = slices.Compact(n.Show)
		slices.Sort(n.Test)
		n.Test = slices.DeleteFunc(slices.Compact(n.Test), func(e string) bool { return slices.Contains(n.Show, e) })
		p.Needs = append(p.Needs, n)
	}
}

// Elements are all elements that are read of a library.
func (p *Plan) Elements(library string) []string {
	var all []string
	for _, q := range p.Queries {
		if q.Library == library {
			all = append(all, q.Elements...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Material is a material of the plan, or nil.
func (p *Plan) Material(name string) *Planned {
	if i := slices.IndexFunc(p.Materials, func(x Planned) bool { return x.Name == name }); i >= 0 {
		return &p.Materials[i]
	}
	return nil
}
