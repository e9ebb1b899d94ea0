package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// relationPlan is one catalog.Relation of a slot that maps all its elements: places in slotPlan.fields, and what is said where it
// does not hold, made once.
type relationPlan struct {
	kind  string
	a, b  int
	fault *entity.Fault
	open  bool // the elements are public: the fault may tell of the code
}

// relations compiles those relations of the library whose elements the slot maps, and remembers its citizen numbers.
func (p *slotPlan) relations() {
	at := func(name string) int {
		return slices.IndexFunc(p.fields, func(f *fieldPlan) bool { return f.name == name })
	}
	for _, r := range p.library.Relations {
		if len(r.Elements) == 0 {
			continue
		}
		x := relationPlan{kind: r.Kind, a: at(r.Elements[0]), b: at(r.Elements[len(r.Elements)-1])}
		if x.a < 0 || x.b < 0 {
			continue
		}
		e := p.library.Element(r.Elements[0])
		x.open = e.Level == 1 && !e.Personal
		x.fault = relationFault(r, p.fields[x.raisedAt()].from)
		p.related = append(p.related, x)
	}
	for i, f := range p.fields {
		if f.scheme == entity.SchemeCitizen && f.constant == nil {
			p.citizens = append(p.citizens, i)
		}
	}
}

// raisedAt is the field at which a broken relation is found: the one that can be mended.
func (x *relationPlan) raisedAt() int {
	switch x.kind {
	case catalog.RelationSwapped, catalog.RelationDivisionYear, catalog.RelationCounty:
		return x.a
	}
	return x.b
}

func relationFault(r catalog.Relation, from string) *entity.Fault {
	first, second := r.Elements[0], r.Elements[len(r.Elements)-1]
	f := &entity.Fault{Code: "relation." + r.Kind, Field: from}
	switch r.Kind {
	case catalog.RelationOrder:
		f.Message, f.Hint = second+" lies before "+first, "compare both with the paper; look for swapped columns"
	case catalog.RelationBorn:
		f.Message, f.Hint = second+" is not the date of birth in "+first, "compare both with the household book; look for day and month in each other's place"
	case catalog.RelationSex:
		f.Message, f.Hint = second+" is not the sex in "+first, "compare both with the household book; look for a table of codes that counts otherwise"
	case catalog.RelationCounty:
		f.Message, f.Hint = first+" begins with a county that no number given out since this birth can have", "ask the department that holds the record for the true number"
	case catalog.RelationDivisionYear:
		f.Message, f.Hint = first+" was not in use in the year of "+second, "write the code that was valid in that year"
	case catalog.RelationSwapped:
		f.Message, f.Hint = first+" and "+second+" stand in each other's place", "swap the two columns at the source, or the two fields of the mapping"
	}
	return f
}

// faultCentury is a citizen number of somebody not yet born when the message came.
var faultCentury = &entity.Fault{Code: "citizen.century", Message: "citizen number is of somebody who is not yet born: 20 was inserted into a 15-digit number where 19 belongs",
	Hint: "widen 15-digit numbers with 19 and compute the check character anew"}

// relate holds the values of a claim against each other, and citizen numbers against the clock of the broker. cells is where they
// stand. A number from the future fails; where code and name are swapped, both are left out; otherwise the values stay.
func (m *Mapper) relate(slot int, s *slotPlan, cells int, role []byte) *entity.Fault {
	for _, i := range s.citizens {
		c, p := &m.cells[cells+i], s.fields[i]
		if c.state != filled {
			continue
		}
		if born, ok := entity.BirthDate(c.text); ok && int64(born) > floorDiv(m.now, msPerDay)+1 {
			if p.required {
				return m.at(p.from, faultCentury)
			}
			c.state, c.text = failed, nil
			m.findings = append(m.findings, finding{slot: slot, role: role, field: p, fault: faultCentury})
		}
	}
	for i := range s.related {
		x := &s.related[i]
		if f := m.broken(s, x, cells); f != nil {
			m.note(slot, s.fields[x.raisedAt()], role, f)
		}
	}
	return nil
}

// note adds a finding, or puts it in the place of one at the same element that it explains better; two of one kind are one.
func (m *Mapper) note(slot int, p *fieldPlan, role []byte, f *entity.Fault) {
	for i := len(m.findings) - 1; i >= 0; i-- {
		o := &m.findings[i]
		if o.slot != slot || string(o.role) != string(role) {
			break
		}
		if o.field == p && (o.fault.Code == f.Code || f.Code == "relation."+catalog.RelationSwapped) {
			o.fault = f
			return
		}
	}
	m.findings = append(m.findings, finding{slot: slot, role: role, field: p, fault: f})
}

// broken says how a relation does not hold; nil where it does, or where a value is missing.
func (m *Mapper) broken(s *slotPlan, x *relationPlan, cells int) *entity.Fault {
	a, b := &m.cells[cells+x.a], &m.cells[cells+x.b]
	if x.kind == catalog.RelationSwapped {
		if a.state == failed && b.state == filled && m.isValueOf(s.fields[x.a], b.text) {
			b.state, b.text = failed, nil
			return x.fault
		}
		return nil
	}
	if a.state != filled || b.state != filled {
		return nil
	}
	holds := true
	switch x.kind {
	case catalog.RelationOrder:
		holds = a.num <= b.num
	case catalog.RelationBorn:
		born, ok := entity.BirthDate(a.text)
		holds = !ok || int64(born) == b.num
	case catalog.RelationSex:
		sex := entity.Sex(a.text)
		holds = len(b.text) != 1 || b.text[0] != '1' && b.text[0] != '2' || sex == b.text[0]
	case catalog.RelationCounty:
		holds = entity.CitizenDivision(a.text) == nil
	case catalog.RelationDivisionYear:
		year := time.UnixMilli(b.num * msPerDay).UTC().Year()
		// The table knows each 31 December: a code that was retired in the year was in use in its first months.
		if holds = entity.DivisionValidIn(a.text, year) || entity.DivisionValidIn(a.text, year-1) || year <= entity.FirstDivisionYear; !holds && x.open {
			return lineage(x.fault, string(a.text), year)
		}
	}
	if holds {
		return nil
	}
	return x.fault
}

// isValueOf reports whether a text would be a value of a field of type code or identifier, or of a text with a pattern.
func (m *Mapper) isValueOf(p *fieldPlan, text []byte) bool {
	switch {
	case p.scheme != "":
		_, f := entity.Normalise(p.scheme, nil, text)
		return f == nil
	case p.values != nil:
		_, known := p.values[string(text)]
		return known
	}
	return p.pattern != nil && p.pattern.match(text)
}

// lineage adds what became of a division code, or since when it is in use.
func lineage(f *entity.Fault, code string, year int) *entity.Fault {
	lives := entity.Divisions().Lives(code)
	if len(lives) == 0 {
		return f
	}
	out := *f
	first, last := lives[0], lives[len(lives)-1]
	if first.From > year {
		out.Message += fmt.Sprintf(": it is in use since %d", first.From)
		return &out
	}
	out.Message += fmt.Sprintf(": it was in use until %d", last.Until)
	if now := entity.Divisions().Successors(code, last.Until-1, year); len(now) > 0 {
		out.Hint += "; its area had then " + strings.Join(now, ", ")
	}
	return &out
}
