package catalog

import (
	"fmt"
	"regexp"
	"slices"

	"wuku/entity"
)

var (
	purposeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,99}$`)
	areaForm    = regexp.MustCompile(`^([0-9]{2}|[0-9]{4}|[0-9]{6})$`)
)

func (k *checker) matters() {
	seen := map[string]bool{}
	for i := range k.catalog.Matters {
		m, p := &k.catalog.Matters[i], at(k.matterFiles[i])
		k.form(p.key("matter"), "name.form", "matter", m.Name, nameForm, nameHint)
		k.unique(p.key("matter"), "matter.duplicate", "matter", m.Name, seen)
		k.filled(p.key("zh"), "zh", m.ZH)
		k.filled(p.key("en"), "en", m.EN)
		k.department(p.key("department"), m.Department)
		k.form(p.key("purpose"), "matter.purpose", "purpose", m.Purpose, purposeForm, "small letters, digits and -, for example real-estate-transfer")
		k.oneOf(p.key("channel"), "matter.channel", "channel", m.Channel, Channels[:])
		k.reach(p, m)
		k.deciders(p.key("deciders"), m)
		k.parties(p.key("parties"), m)
		k.steps(p.key("steps"), m)
		k.materials(p.key("materials"), m)
	}
}

// reach checks how far the proofs of a matter are recognised.
func (k *checker) reach(p place, m *Matter) {
	k.oneOf(p.key("scope"), "matter.scope", "scope", m.Scope, Scopes[:])
	if (m.Scope == ScopeRegion) != (len(m.Region) > 0) {
		k.fail(p.key("scope"), "matter.region", "scope region and the list region belong together", "write scope: region with the divisions that recognise each other, or another scope without the list")
	}
	for i, code := range m.Region {
		k.form(p.key("region").item(i), "matter.area", "division", code, areaForm, `2, 4 or 6 digits in quotes, for example "3205"`)
	}
	for name, n := range map[string]int{"materials": m.Baseline.Materials, "days": m.Baseline.Days, "steps": m.Baseline.Steps} {
		if n < 0 || name == "materials" && n < len(m.Materials) {
			k.fail(p.key("baseline").key(name), "matter.baseline", fmt.Sprintf("baseline of %d %s", n, name), "say what the matter took before: at least the materials listed here")
		}
	}
}

func (k *checker) deciders(p place, m *Matter) {
	if len(m.Deciders) == 0 {
		k.fail(p, "matter.deciders", "nobody may decide when the rule does not", "list departments, or counter")
	}
	k.distinct(p, "matter.decider", "decider", m.Deciders)
	for i, d := range m.Deciders {
		if d != DeciderCounter {
			k.department(p.item(i), d)
		}
	}
}

func (k *checker) parties(p place, m *Matter) {
	if len(m.Parties) == 0 {
		k.fail(p, "matter.parties", "the matter has no party: no number opens a case", "list at least one, for example {party: applicant, zh: 申请人, en: applicant, library: person}")
	}
	seen := map[string]bool{}
	for i, x := range m.Parties {
		q := p.item(i)
		k.form(q.key("party"), "name.form", "party", x.Name, nameForm, nameHint)
		k.unique(q.key("party"), "matter.party", "party", x.Name, seen)
		k.filled(q.key("zh"), "zh", x.ZH)
		k.filled(q.key("en"), "en", x.EN)
		k.oneOf(q.key("library"), "matter.library", "library of a party", x.Library, []string{entity.Person, entity.Organisation})
	}
}

func (k *checker) steps(p place, m *Matter) {
	seen := map[string]bool{}
	for i, x := range m.Steps {
		q := p.item(i)
		k.form(q.key("step"), "name.form", "step", x.Name, nameForm, nameHint)
		k.unique(q.key("step"), "matter.step", "step", x.Name, seen)
		k.filled(q.key("zh"), "zh", x.ZH)
		k.filled(q.key("en"), "en", x.EN)
		k.department(q.key("department"), x.Department)
		if !slices.ContainsFunc(m.Materials, func(y Material) bool { return y.Step == x.Name }) {
			k.warn(q, "matter.idle", fmt.Sprintf("step %q checks no material", x.Name), "name it as step of a material, or leave it out")
		}
	}
}

func (k *checker) materials(p place, m *Matter) {
	if len(m.Materials) == 0 {
		k.fail(p, "matter.materials", "the matter has no materials", "list what people had to bring, proved by a library or not")
	}
	var steps, parties []string
	for _, x := range m.Steps {
		steps = append(steps, x.Name)
	}
	for _, x := range m.Parties {
		parties = append(parties, x.Name)
	}
	seen := map[string]bool{}
	for i := range m.Materials {
		x, q := &m.Materials[i], p.item(i)
		k.form(q.key("material"), "name.form", "material", x.Name, nameForm, nameHint)
		k.unique(q.key("material"), "material.duplicate", "material", x.Name, seen)
		k.filled(q.key("zh"), "zh", x.ZH)
		k.filled(q.key("en"), "en", x.EN)
		k.oneOf(q.key("step"), "material.step", "step", x.Step, steps)
		switch {
		case x.Party != "":
			k.oneOf(q.key("party"), "material.party", "party", x.Party, parties)
		case len(parties) > 1:
			k.fail(q.key("material"), "material.whose", fmt.Sprintf("material %q does not say whose it is", x.Name), "add party: "+meant("", parties))
		}
		if (x.Proof == nil) == (x.Bring == "") {
			k.fail(q.key("material"), "material.proof", fmt.Sprintf("material %q wants a proof, or the reason why it is brought", x.Name), "write proof: or bring:, one of the two")
		}
		if x.Proof != nil {
			k.proof(q.key("proof"), m, x)
		}
	}
}

func (k *checker) proof(p place, m *Matter, x *Material) {
	lib := k.catalog.Library(x.Proof.Library)
	if k.unsure(librariesDir + "/" + x.Proof.Library + ".yaml") {
		return
	}
	if lib == nil {
		k.fail(p.key("library"), "library.unknown", fmt.Sprintf("library %q is unknown", x.Proof.Library), "name a library of the catalogue")
		return
	}
	for i, name := range append(slices.Clone(x.Proof.Elements), x.Proof.By...) {
		q := p.key("elements").item(i)
		if i >= len(x.Proof.Elements) {
			q = p.key("by").item(i - len(x.Proof.Elements))
		}
		k.ruleElement(q, lib, name)
	}
	if party := m.PartyOf(x); party != nil {
		k.keys(p, party, x.Proof, lib)
	}
	if len(x.Proof.Elements) == 0 && x.Proof.Must == "" {
		k.fail(p.key("library"), "proof.empty", "the proof names no elements and no condition", "add elements:, or must:")
	}
	if x.Proof.Absent && (x.Proof.Must == "" || len(x.Proof.Elements) > 0) {
		k.fail(p.key("absent"), "proof.absent", "what must be absent wants a condition and has no elements", "write must: for the records that must not be there")
	}
	k.proofSources(p.key("sources"), x.Proof, lib)
	for _, c := range []struct{ key, text string }{{"where", x.Proof.Where}, {"must", x.Proof.Must}} {
		if c.text == "" {
			continue
		}
		if _, err := ParseExpr(c.text, x.Proof.Scope(k.catalog)); err != nil {
			k.fail(p.key(c.key), "proof.must", err.Error(), "docs/quality.md has the language: elements, texts in single quotes, numbers, = != < <= > >=, in, and, or, not, functions")
		}
	}
	for _, name := range sortedKeys(x.Proof.Example) {
		k.ruleElement(p.key("example").entry(name), lib, name)
	}
}

// keys checks by which elements records of a library can be a party's.
func (k *checker) keys(p place, party *Party, x *Proof, lib *Library) {
	if lib.Name == party.Library {
		if len(x.By) > 0 {
			k.fail(p.key("by"), "proof.by", fmt.Sprintf("library %s is the party's own: its number is the key", lib.Name), "remove by")
		}
		return
	}
	can := KeysTo(k.catalog.Library(party.Library), lib)
	for i, name := range x.By {
		if e := lib.Element(name); e != nil && !slices.Contains(can, name) {
			k.fail(p.key("by").item(i), "proof.by", fmt.Sprintf("element %q of library %s holds no number of a party of library %s", name, lib.Name, party.Library), meant(name, can))
		}
	}
	if len(can) == 0 {
		k.fail(p.key("library"), "proof.key", fmt.Sprintf("no element of library %s holds the number of a party of library %s", lib.Name, party.Library), "prove the material by another library, or let it be brought")
	}
}

// KeysTo lists the elements of a library that may hold a number by which an entity of another one is identified.
func KeysTo(own, lib *Library) []string {
	var keys []string
	if own == nil {
		return nil
	}
	for i := range lib.Elements {
		e := &lib.Elements[i]
		if e.Type == TypeIdentifier && slices.ContainsFunc(own.Identity, func(id Identity) bool {
			return len(id.Elements) == 1 && slices.Contains(entity.Schemes(e.Scheme), id.Scheme)
		}) {
			keys = append(keys, e.Name)
		}
	}
	return keys
}

// proofSources checks that the feeds that count have authority in the library.
func (k *checker) proofSources(p place, x *Proof, lib *Library) {
	for i, feed := range x.Sources {
		gives := false
		for j := range lib.Elements {
			gives = gives || lib.Elements[j].Ranks()[feed] > 0
		}
		if !gives {
			k.fail(p.item(i), "proof.source", fmt.Sprintf("feed %q gives no element of library %s its value", feed, lib.Name), "name feeds of its authority lists, or remove it")
		}
	}
}
