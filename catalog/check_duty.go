package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"wuku/entity"
)

// The forms of the numbers in responsibility lists and of the code of a resource.
var (
	batchForm    = regexp.MustCompile(`^[1-9][0-9]?$`)
	itemForm     = regexp.MustCompile(`^[1-9][0-9]?-[0-9]{3}$`)
	numberForm   = regexp.MustCompile(`^[0-9]{3}$`)
	resourceForm = regexp.MustCompile(`^[123][0-9]{5}[0-9A-Z]*/[0-9]+$`)
)

// batchOf is the batch's part of an item's number.
func batchOf(item string) string {
	batch, _, _ := strings.Cut(item, "-")
	return batch
}

// duties checks the responsibility lists.
func (k *checker) duties() {
	p := at(dutiesFile)
	batches := map[string]bool{}
	for i, b := range k.catalog.Batches {
		q := p.key("batches").item(i)
		k.form(q.key("batch"), "batch.form", "batch", b.Number, batchForm, "a number from 1, for example 2")
		k.unique(q.key("batch"), "batch.duplicate", "batch", b.Number, batches)
		k.filled(q.key("zh"), "zh", b.ZH)
		issued, ok := k.day(q.key("issued"), b.Issued)
		if due, valid := k.day(q.key("due"), b.Due); ok && valid && due.Before(issued) {
			k.fail(q.key("due"), "batch.order", fmt.Sprintf("batch %q is due before it is issued", b.Number), "swap the dates")
		}
	}
	items := map[string]bool{}
	for i := range k.catalog.Items {
		item, q := &k.catalog.Items[i], p.key("items").item(i)
		k.unique(q.key("item"), "item.duplicate", "item", item.Number, items)
		if k.form(q.key("item"), "item.form", "item", item.Number, itemForm, "<batch>-<three digits>, for example 1-001") && !batches[batchOf(item.Number)] {
			k.fail(q.key("item"), "item.batch", fmt.Sprintf("item %q stands in no batch", item.Number), "declare its batch, or give the item another number")
		}
		k.duty(q, item)
	}
}

func (k *checker) duty(p place, item *Item) {
	k.department(p.key("department"), item.Department)
	k.filled(p.key("zh"), "zh", item.ZH)
	k.oneOf(p.key("library"), "library.unknown", "library", item.Library, entity.Libraries[:])
	k.oneOf(p.key("urgency"), "urgency.unknown", "urgency", item.Urgency, Urgencies[:])
	for i, d := range item.Demand {
		k.department(p.key("demand").item(i), d)
	}
	k.distinct(p.key("demand"), "demand.duplicate", "department", item.Demand)
	if item.Due != "" {
		k.day(p.key("due"), item.Due)
	}
}

// day reads a date of the catalogue.
func (k *checker) day(p place, text string) (time.Time, bool) {
	t, err := time.Parse(DateLayout, text)
	if err != nil {
		k.fail(p, "date.form", fmt.Sprintf("%q is no date", text), "write a day that exists as 2006-01-02")
	}
	return t, err == nil
}

// duties of feeds: fulfilled items, and core metadata.
func (k *checker) fulfils(p place, f *Feed, taken map[string]string) {
	switch item := k.catalog.Item(f.Item); {
	case k.unsure(dutiesFile):
	case f.Item == "" && len(k.catalog.Items) > 0 && !f.Outside() && f.Expires == "":
		k.fail(p, "feed.item", fmt.Sprintf("feed %q hangs on no item of a responsibility list", f.Name), "add item: <number>; new duties are listed in "+dutiesFile+" first")
	case f.Item == "":
	case item == nil:
		var numbers []string
		for _, i := range k.catalog.Items {
			numbers = append(numbers, i.Number)
		}
		k.oneOf(p.key("item"), "item.unknown", "item", f.Item, numbers)
	case item.Department != f.Department:
		k.fail(p.key("item"), "item.department", fmt.Sprintf("item %q is a duty of department %q, not of %q", f.Item, item.Department, f.Department), "name an item of the feed's own department")
	case taken[f.Item] != "":
		k.fail(p.key("item"), "item.taken", fmt.Sprintf("item %q is fulfilled by feed %q already", f.Item, taken[f.Item]), "one item a feed: list the further duty in "+dutiesFile)
	case !slices.ContainsFunc(f.Claims, func(s Slot) bool { return s.Library == item.Library }):
		k.fail(p.key("item"), "item.library", fmt.Sprintf("item %q serves library %q, of which feed %q says nothing", f.Item, item.Library, f.Name), "map the feed to that library, or correct the item")
	default:
		taken[f.Item] = f.Name
	}
	switch {
	case f.Steward != "":
		k.department(p.key("steward"), f.Steward)
	case f.Tier == Tiers[0] && len(k.catalog.Items) > 0:
		k.fail(p, "feed.steward", fmt.Sprintf("feed %q returns a ministry's data and nobody of the province keeps it", f.Name), "add steward: the provincial department that answers for it here")
	}
	if f.Resource != nil {
		k.resource(p.key("resource"), f)
	} else if len(k.catalog.Items) > 0 && f.Expires == "" {
		k.fail(p, "resource.missing", fmt.Sprintf("feed %q has no entry in the resource catalogue", f.Name), "add resource: with code, abstract, form, share, open and published")
	}
}

// resource checks the core metadata of the national guide.
func (k *checker) resource(p place, f *Feed) {
	r := f.Resource
	if k.form(p.key("code"), "resource.code", "resource code", r.Code, resourceForm, `类 (1, 2 or 3), two digits 项, three digits 目, 细目, "/" and a number, for example 302005/0001`) {
		k.compiled(p.key("code"), f)
	}
	k.filled(p.key("abstract"), "the abstract", r.Abstract)
	k.oneOf(p.key("form"), "resource.form", "form", r.Form, Forms[:])
	shared := k.oneOf(p.key("share"), "share.unknown", "sharing type", r.Share, Shares[:])
	k.oneOf(p.key("open"), "share.unknown", "open attribute", r.Open, Shares[:])
	if shared && r.Share != ShareFree && strings.TrimSpace(r.Condition) == "" {
		k.fail(p.key("share"), "resource.condition", fmt.Sprintf("the resource is shared %s, and nothing says why", r.Share), "add condition: who may have it for what, or the law that forbids it")
	}
	if slices.Index(Shares[:], r.Open) < slices.Index(Shares[:], r.Share) {
		k.fail(p.key("open"), "resource.open", fmt.Sprintf("open to the public %s, but shared with departments only %s", r.Open, r.Share), "what is open is shared at least as freely")
	}
	k.day(p.key("published"), r.Published)
	for i, code := range r.Related {
		if !slices.ContainsFunc(k.catalog.Feeds, func(o Feed) bool { return o.Resource != nil && o.Resource.Code == code && o.Name != f.Name }) && !k.unsure(feedsDir) {
			k.fail(p.key("related").item(i), "resource.related", fmt.Sprintf("no other resource has the code %q", code), "name the code of another feed's resource")
		}
	}
}

// compiled checks the parts of a resource's code against the feed.
func (k *checker) compiled(p place, f *Feed) {
	code := f.Resource.Code
	d := k.catalog.departmentOf(f)
	switch code[0] {
	case '1':
		if !slices.ContainsFunc(f.Claims, func(s Slot) bool { return code[1:3] == baseClass(s.Library) }) {
			k.fail(p, "resource.class", fmt.Sprintf("code %q is of a base library of which feed %q says nothing", code, f.Name),
				"the second and third digit are 01 for person, 02 organisation, 03 place, 04 credit, 05 certificate")
		}
	case '3':
		if d == nil {
			return
		}
		if d.Number == "" {
			k.fail(p, "resource.department", fmt.Sprintf("department %q has no number for the codes of its resources", d.Code), "add number: three digits to it in "+departmentsFile)
			return
		}
		if want := "3" + tierClass(f.Tier) + d.Number; !strings.HasPrefix(code, want) {
			k.fail(p, "resource.department", fmt.Sprintf("code %q is not one of department %q, tier %s", code, d.Code, f.Tier), "its codes begin with "+want)
		}
	}
}

// baseClass and tierClass are the two digits 项 of a library in class 1 and of a tier in class 3.
func baseClass(library string) string {
	return map[string]string{entity.Person: "01", entity.Organisation: "02", entity.Place: "03", entity.Credit: "04", entity.Certificate: "05"}[library]
}

func tierClass(tier string) string {
	return fmt.Sprintf("%02d", slices.Index(Tiers[:], tier)+1)
}

// relations checks what must hold between elements.
func (k *checker) relations(p place, l *Library) {
	for i, r := range l.Relations {
		q := p.item(i)
		if !k.oneOf(q.key("kind"), "relation.kind", "relation", r.Kind, Relations[:]) {
			continue
		}
		want := 2
		if r.Kind == RelationCounty {
			want = 1
		}
		if len(r.Elements) != want || want == 2 && r.Elements[0] == r.Elements[1] {
			k.fail(q.key("elements"), "relation.elements", fmt.Sprintf("a relation %s is about %d element(s)", r.Kind, want), "name as many different elements as the relation's sentence has, in its order")
			continue
		}
		a, b := l.Element(r.Elements[0]), l.Element(r.Elements[want-1])
		for j, e := range []*Element{a, b}[:want] {
			if e == nil {
				k.fail(q.key("elements").item(j), "element.unknown", fmt.Sprintf("library %q has no element %q", l.Name, r.Elements[j]), meant(r.Elements[j], elementNames(l)))
			}
		}
		if a != nil && b != nil && !related(r.Kind, a, b) {
			k.fail(q.key("elements"), "relation.type", fmt.Sprintf("elements %q (%s) and %q (%s) cannot stand in relation %s", a.Name, a.Type, b.Name, b.Type, r.Kind),
				relationHint(r.Kind))
		}
	}
}

// related reports whether the types of two elements fit a kind of relation.
func related(kind string, a, b *Element) bool {
	citizen := a.Type == TypeIdentifier && a.Scheme == entity.SchemeCitizen
	switch kind {
	case RelationOrder:
		return isTime(a.Type) && a.Type == b.Type
	case RelationBorn:
		return citizen && b.Type == TypeDate
	case RelationSex:
		return citizen && b.Type == TypeCode
	case RelationCounty:
		return citizen
	case RelationDivisionYear:
		return a.Type == TypeCode && b.Type == TypeDate
	}
	return (a.Type == TypeCode || a.Type == TypeIdentifier || a.Type == TypeText && a.Pattern != "") && b.Type == TypeText
}

func relationHint(kind string) string {
	switch kind {
	case RelationOrder:
		return "name two elements of type date, or two of type datetime"
	case RelationBorn:
		return "name an element of scheme citizen and a date"
	case RelationSex:
		return "name an element of scheme citizen and a code"
	case RelationCounty:
		return "name an element of scheme citizen"
	case RelationDivisionYear:
		return "name a code of a table of divisions and a date"
	}
	return "name a code, an identifier or a text with a pattern, and the text of its name"
}
