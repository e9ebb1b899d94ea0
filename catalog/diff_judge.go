package catalog

import (
	"maps"
	"reflect"
	"slices"
)

// verdict is what a change at one kind of place means: by whether it was added, removed or changed.
type verdict struct {
	added, removed, changed judgement
}

type judgement struct {
	compatible bool
	why        string
}

func ok(why string) judgement       { return judgement{true, why} }
func breaking(why string) judgement { return judgement{false, why} }

// same is a verdict that does not depend on the kind.
func same(j judgement) verdict { return verdict{j, j, j} }

// described is the judgement of texts and of everything that neither a department nor a reader depends on.
var described = ok("described differently; nothing depends on it")

// verdicts judges by the kind of place. Places that are not here are texts for people. It is built anew for each use, so that
// there is nothing to change.
func verdicts() map[string]verdict {
	v := map[string]verdict{
		"name":                     same(ok("the catalogue's own name")),
		"departments":              {added: ok("a new department"), removed: breaking("whoever answers for its feeds is gone")},
		"departments.tier":         same(ok("new feeds of the department inherit it; those declared show their own change")),
		"departments.jurisdiction": same(ok("new feeds of the department inherit it; those declared show their own change")),
		"departments.number":       same(breaking("the codes of its resources change")),
		"batches":                  {added: ok("a new responsibility list"), removed: breaking("its items have no list")},
		"batches.issued":           same(ok("another date of issue")),
		"batches.due":              same(ok("another date by which its items must be delivered: tell the departments")),
		"items":                    {added: ok("one duty more: tell the department"), removed: breaking("the duty is gone: whoever asked for the data must know")},
		"items.urgency":            same(ok("another urgency: tell the department")),
		"items.demand":             same(ok("other departments ask for it")),
		"items.due":                same(ok("another date by which it must be delivered: tell the department")),
		"jurisdictions":            {added: ok("a new area"), removed: breaking("grants and authorities of the area lose their meaning")},
		"jurisdictions.parent":     same(breaking("what lies within what decides authorities and grants")),
		"codes":                    {added: ok("a new code table"), removed: breaking("elements can no longer use it")},
		"codes.values":             {added: ok("one more code is accepted"), removed: breaking("values with this code are refused from now on"), changed: ok("the code's meaning is worded differently: check that it is the same meaning")},
		"libraries":                {added: ok("a new library"), removed: breaking("its tables and answers are gone")},
		"libraries.identity":       same(breaking("entities are named by other identifiers: their ids change")),
		"libraries.open_cube": {added: ok("planners may count by more elements: this needs the approval of the data's owner"),
			removed: breaking("planners can no longer count"), changed: breaking("planners count by other elements: this needs the approval of the data's owner")},
		"libraries.relations": {added: ok("claims against it get findings; their values stay"), removed: ok("fewer findings"),
			changed: ok("claims against it get findings; their values stay")},
		"libraries.elements.share": {added: ok("its sharing type is said"), removed: breaking("nobody knows whether it may be shared"),
			changed: breaking("it is shared with others than before: look at the grants")},
		"libraries.elements":         {added: ok("one more element in tables and answers"), removed: breaking("readers of the element lose it")},
		"libraries.elements.type":    same(breaking("its column has another type")),
		"libraries.elements.codes":   same(breaking("its values come from another code table")),
		"libraries.elements.scheme":  same(breaking("its values are checked and normalised by another scheme")),
		"libraries.elements.pattern": {added: breaking("values that do not match are refused from now on"), removed: ok("more values are accepted"), changed: breaking("values that were accepted may be refused, or the reverse")},
		"libraries.elements.group":   same(ok("it is taken from one claim with other elements: values may change, their form does not")),
		"libraries.elements.personal": {added: breaking("it leaves open.* and the public interfaces"),
			removed: ok("it may appear in open.*: this needs the approval of the data's owner")},
		"libraries.elements.links":    same(ok("walks find other relations; its values stay")),
		"libraries.elements.division": same(breaking("statistics and rights by area use another element")),
		"libraries.elements.authority": {added: ok("it gets values"), removed: breaking("it has no values any more"),
			changed: ok("another source may win: values may change, their form does not")},
		"libraries.elements.strict": {added: ok("only the first rank counts: values of the others vanish"), removed: ok("the other ranks count again")},
	}
	maps.Copy(v, feedVerdicts())
	maps.Copy(v, ruleVerdicts())
	maps.Copy(v, matterVerdicts())
	return v
}

// feedVerdicts are those of feeds.
func feedVerdicts() map[string]verdict {
	return map[string]verdict{
		"feeds":              {added: ok("a new feed"), removed: breaking("what only it says vanishes, and its department publishes to nobody")},
		"feeds.topic":        same(breaking("the department must publish to another topic")),
		"feeds.class":        same(ok("its values are trusted more, or less: the order of authorities is checked again")),
		"feeds.tier":         same(ok("claims carry another tier")),
		"feeds.jurisdiction": same(ok("claims carry another jurisdiction")),
		"feeds.item": {added: ok("it fulfils a duty of a responsibility list"), removed: breaking("no responsibility list asks for it"),
			changed: ok("it fulfils another duty")},
		"feeds.resource":               {added: ok("its entry in the resource catalogue"), removed: breaking("its entry in the resource catalogue is gone")},
		"feeds.resource.form":          same(breaking("the resource comes in another form")),
		"feeds.resource.share":         same(breaking("it is shared with others than before: look at the grants")),
		"feeds.resource.open":          same(breaking("it is open to others than before: this needs the approval of the data's owner")),
		"feeds.resource.condition":     same(ok("another condition of sharing: tell those who have a grant")),
		"feeds.resource.published":     same(ok("another date of publication")),
		"feeds.resource.related":       same(ok("other related resources")),
		"feeds.format":                 same(breaking("the department must publish another kind of message")),
		"feeds.crs":                    same(breaking("the department must give its coordinates in another system")),
		"feeds.encoding":               same(breaking("the department must write its bytes differently")),
		"feeds.csv":                    same(breaking("the department must write its lines differently")),
		"feeds.csv.columns":            same(breaking("the department must write its columns differently")),
		"feeds.csv.delimiter":          same(breaking("the department must write its lines differently")),
		"feeds.source":                 {added: breaking("messages that name another sender are refused from now on"), removed: ok("messages are taken whoever they name as sender")},
		"feeds.source.field":           same(breaking("the sender is read from another field")),
		"feeds.source.values":          {added: ok("one more sender may stand in the message"), removed: breaking("messages of that sender are refused from now on"), changed: breaking("messages of other senders are refused from now on")},
		"feeds.snapshot":               same(breaking("the department must send snapshots, or changes, differently")),
		"feeds.snapshot.mark":          same(breaking("the department must mark snapshots differently")),
		"feeds.snapshot.begin":         same(breaking("the department must mark snapshots differently")),
		"feeds.snapshot.end":           same(breaking("the department must mark snapshots differently")),
		"feeds.snapshot.run":           same(breaking("the department must name snapshots differently")),
		"feeds.snapshot.count":         same(breaking("the department must count snapshots differently")),
		"feeds.expires":                same(breaking("the department's messages are taken until another day; the topic is read again")),
		"feeds.refusals":               same(ok("from now on an incident tells of other shares of refused records")),
		"feeds.refusals.most":          same(ok("from now on an incident tells of other shares of refused records")),
		"feeds.refusals.of":            same(ok("from now on an incident tells of other shares of refused records")),
		"feeds.key":                    same(breaking("records have other names: what was published before counts as other records")),
		"feeds.version.kind":           same(breaking("versions before and after cannot be compared")),
		"feeds.version.field":          same(breaking("the department must send the version elsewhere")),
		"feeds.version.format":         same(breaking("the department must write the version differently")),
		"feeds.event_time":             {added: ok("the time of events is now read"), removed: ok("the version or the broker's timestamp is taken as the time of events")},
		"feeds.event_time.field":       same(breaking("the department must send the time elsewhere")),
		"feeds.event_time.format":      same(breaking("the department must write the time differently")),
		"feeds.delete":                 {added: ok("deletes are now understood"), removed: breaking("deletes are no longer understood")},
		"feeds.delete.field":           same(breaking("deletes are said elsewhere")),
		"feeds.delete.values":          same(breaking("other values mean gone")),
		"feeds.delete.tombstone":       {added: ok("messages without a value delete too"), removed: breaking("messages without a value delete no more")},
		"feeds.nulls":                  {added: ok("more texts mean no value"), removed: breaking("texts that meant no value are read as values"), changed: breaking("other texts mean no value")},
		"feeds.claims":                 {added: ok("the feed says more"), removed: breaking("what this slot said vanishes")},
		"feeds.claims.library":         same(breaking("the slot speaks of another library")),
		"feeds.claims.each":            same(breaking("the department must send the list elsewhere")),
		"feeds.claims.list_key":        same(breaking("elements of the list have other names")),
		"feeds.claims.single":          {added: ok("a second live record of an entity is a finding from now on"), removed: ok("a second live record of an entity is no finding any more")},
		"feeds.claims.rank":            same(ok("the feed joins or leaves the authorities of what it maps, as they show")),
		"feeds.claims.when":            same(breaking("the slot counts for other messages")),
		"feeds.claims.when.field":      same(breaking("the slot counts for other messages")),
		"feeds.claims.when.in":         same(breaking("the slot counts for other messages")),
		"feeds.claims.when.present":    same(breaking("the slot counts for other messages")),
		"feeds.claims.fields":          {added: ok("the feed says one element more"), removed: breaking("the feed no longer gives this element")},
		"feeds.claims.fields.from":     same(breaking("the department must send the value elsewhere")),
		"feeds.claims.fields.const":    same(breaking("the value is another one")),
		"feeds.claims.fields.format":   same(breaking("the department must write the value differently")),
		"feeds.claims.fields.values":   {added: ok("one more code of the source is understood"), removed: breaking("a code of the source is no longer understood"), changed: breaking("a code of the source means something else")},
		"feeds.claims.fields.scale":    same(breaking("the source's unit is read differently")),
		"feeds.claims.fields.required": {added: breaking("messages without the value go to quarantine"), removed: ok("messages without the value are accepted")},
	}
}

// judge says whether a change keeps what departments send and readers ask working, and why.
func (d *differ) judge(t trail, kind string, old, new reflect.Value) (bool, string) {
	at := t.kind()
	if j, known := d.judgeLimits(t, at, old, new); known {
		return j.compatible, j.why
	}
	if at == "feeds.claims.fields" && kind == Added && new.FieldByName("Required").Bool() {
		return false, "messages without the new value go to quarantine"
	}
	v, known := verdicts()[at]
	if !known {
		return described.compatible, described.why
	}
	j := v.changed
	switch kind {
	case Added:
		j = v.added
	case Removed:
		j = v.removed
	}
	return j.compatible, j.why
}

// judgeLimits judges the limits, where it counts which way they moved.
func (d *differ) judgeLimits(t trail, at string, old, new reflect.Value) (judgement, bool) {
	var wider bool
	switch at {
	case "libraries.elements.max_length":
		wider = new.Int() == 0 || old.Int() != 0 && new.Int() > old.Int()
	case "libraries.elements.min", "libraries.elements.max":
		wider = d.widened(t, old, new)
	case "libraries.elements.level":
		if new.Int() > old.Int() {
			return breaking("it is more sensitive: readers may lose it until their grants are renewed"), true
		}
		return ok("it is less sensitive: more readers may see it, which needs the approval of the data's owner"), true
	case "feeds.partitions":
		if new.Int() > old.Int() {
			return ok("more partitions; a record's messages must stay on one partition, so its key decides anew"), true
		}
		return breaking("a topic cannot lose partitions: it must be created again"), true
	default:
		return judgement{}, false
	}
	if wider {
		return ok("more values are accepted"), true
	}
	return breaking("values that were accepted are refused from now on"), true
}

// widened reports whether a bound moved outward.
func (d *differ) widened(t trail, old, new reflect.Value) bool {
	if new.IsNil() || old.IsNil() {
		return new.IsNil()
	}
	l := d.new.Library(t[0].name)
	e := l.Element(t[1].name)
	a, errA := parseOrdered(e.Type, old.Elem().String())
	b, errB := parseOrdered(e.Type, new.Elem().String())
	if errA != nil || errB != nil {
		return false
	}
	if slices.ContainsFunc(t, func(s step) bool { return s.key == "min" }) {
		return b.Cmp(a) < 0
	}
	return b.Cmp(a) > 0
}
