package matter

import (
	"fmt"
	"time"

	"wuku/catalog"
)

// Example is one material's example with what it came to.
type Example struct {
	Matter   string `json:"matter"`
	Material string `json:"material"`
	Fault    string `json:"fault,omitempty"` // what is wrong; "" where the example proves the material
}

// Try judges the examples of all matters as if libraries held just that, from sources that count. A material that records must prove
// wants an example; one that none may contradict needs none.
func Try(c *catalog.Catalog, now time.Time) ([]Example, error) {
	list := []Example{}
	for _, name := range Names(c) {
		p, err := Compile(c, name)
		if err != nil {
			return nil, err
		}
		for i := range p.Materials {
			if x := &p.Materials[i]; x.By == ByLibrary && !x.proof.Absent {
				list = append(list, p.try(i, now))
			}
		}
	}
	return list, nil
}

func (p *Plan) try(i int, now time.Time) Example {
	x := &p.Materials[i]
	out := Example{Matter: p.Name, Material: x.Name}
	if len(x.proof.Example) == 0 {
		out.Fault = "it has no example: add example: with values that prove it"
		return out
	}
	found := make([]Found, len(p.Queries))
	w := Where{Division: "320100", Now: now}
	found[x.Query].Records = []Record{p.Proving(i, w)}
	if o := p.Judge(found, w)[i]; o.Open() {
		out.Fault = fmt.Sprintf("its example comes to %s: %s", o.State, o.Points[0].EN)
	}
	return out
}

// Proving is a record that proves a material at a counter: its example, from sources that count there.
func (p *Plan) Proving(material int, w Where) Record {
	x := &p.Materials[material]
	r := Record{Values: map[string]Value{}}
	for _, e := range append(append([]string{}, x.Elements...), x.Tests...) {
		text, given := x.proof.Example[e]
		if !given && p.catalog.Library(x.proof.Library).Element(e).Type == catalog.TypeIdentifier {
			text, given = "1", true // the party's own number, which no file may hold
		}
		if given {
			r.Values[e] = Value{Text: &text, Feed: p.source(x, e, w.Division), At: w.Now}
		}
	}
	return r
}

// source is a feed that counts for an element at a counter: the first by name.
func (p *Plan) source(x *Planned, element, division string) string {
	for _, feed := range x.Sources {
		if x.counted[element][feed] && p.recognises(feed, division) {
			return feed
		}
	}
	return ""
}
