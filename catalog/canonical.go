package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Canonical is the one encoding of what a catalogue means: JSON with defaults filled, keys in a fixed order, and every list
// whose order means nothing sorted. Two catalogues have the same bytes exactly if Diff finds nothing between them. The feeds'
// revisions are not part of it.
func Canonical(c *Catalog) []byte { return encode(canonical(c)) }

// Digest is the SHA-256 of Canonical in hexadecimal.
func Digest(c *Catalog) string { return digest(canonical(c)) }

// MappingDigests is, by feed, the SHA-256 of all that decides what ingest makes of a message of it: format, key, version, time,
// delete, nulls, claims, tier and jurisdiction, with the types, checks and code lists of the elements and the identities and
// relations of the libraries that it maps. When it changes, the topic is read again under the next revision of the mapping.
func MappingDigests(c *Catalog) map[string]string {
	n := canonical(c)
	out := make(map[string]string, len(n.Feeds))
	for i := range n.Feeds {
		out[n.Feeds[i].Name] = digest(n.mapping(&n.Feeds[i]))
	}
	return out
}

// RuleDigests is, by library, the SHA-256 of all that decides which value an element of it takes: its elements' names, types,
// groups, authorities, strict and division, and the library's identity.
func RuleDigests(c *Catalog) map[string]string {
	n := canonical(c)
	out := make(map[string]string, len(n.Libraries))
	for i := range n.Libraries {
		out[n.Libraries[i].Name] = digest(ruleOf(&n.Libraries[i]))
	}
	return out
}

// MappingDigest is that of one feed, or "" for a feed that the catalogue does not have. See MappingDigests.
func (c *Catalog) MappingDigest(feed string) string { return MappingDigests(c)[feed] }

// RuleDigest is that of one library, or "" for a library that the catalogue does not have. See RuleDigests.
func (c *Catalog) RuleDigest(library string) string { return RuleDigests(c)[library] }

// mappingContent is what MappingDigest hashes.
type mappingContent struct {
	Format, Tier, Jurisdiction string
	CRS                        string    `json:",omitempty"`
	Encoding                   string    `json:",omitempty"` // what is not said adds nothing, so that digests stay what they were
	CSV                        *CSV      `json:",omitempty"`
	Source                     *Sender   `json:",omitempty"`
	Snapshot                   *Snapshot `json:",omitempty"`
	Expires                    string    `json:",omitempty"`
	Key, Nulls                 []string
	Version                    Version
	EventTime                  *Time
	Delete                     *Delete
	Claims                     []Slot
	Elements                   map[string]validation
	Identity                   map[string][]Identity
	Relations                  map[string][]Relation `json:",omitempty"`
}

// validation is what ingest checks of a value of an element.
type validation struct {
	Type, Codes, Scheme, Pattern string
	Values                       []string
	MaxLength                    int
	Min, Max                     *string
}

func (c *Catalog) mapping(f *Feed) mappingContent {
	m := mappingContent{Format: f.Format, Encoding: f.Encoding, CRS: f.CRS, CSV: f.CSV, Source: f.Source, Snapshot: f.Snapshot, Expires: f.Expires, Tier: f.Tier, Jurisdiction: f.Jurisdiction, Key: f.Key, Nulls: f.Nulls, Version: f.Version,
		EventTime: f.EventTime, Delete: f.Delete, Claims: slices.Clone(f.Claims), Elements: map[string]validation{}, Identity: map[string][]Identity{},
		Relations: map[string][]Relation{}}
	for i, s := range f.Claims {
		m.Claims[i].Rank = ""      // it shows in the authorities
		m.Claims[i].Single = false // it raises findings; ingest makes the same of a message
		m.Claims[i].Fields = slices.Clone(s.Fields)
		for j := range m.Claims[i].Fields {
			m.Claims[i].Fields[j].Definition = "" // for people
		}
		l := c.Library(s.Library)
		if l == nil {
			continue
		}
		m.Identity[l.Name] = l.Identity
		if len(l.Relations) > 0 {
			m.Relations[l.Name] = l.Relations
		}
		for _, x := range s.Fields {
			e := l.Element(x.Element)
			if e == nil {
				continue
			}
			v := validation{Type: e.Type, Codes: e.Codes, Scheme: e.Scheme, Pattern: e.Pattern, MaxLength: e.MaxLength, Min: e.Min, Max: e.Max}
			if t := c.CodeTable(e.Codes); t != nil {
				v.Values = sortedKeys(t.Values)
			}
			m.Elements[l.Name+"."+e.Name] = v
		}
	}
	return m
}

// ruleContent is what RuleDigest hashes.
type ruleContent struct {
	Identity []Identity
	Elements []ruleElement
}

// ruleElement is what the rule needs to know of an element.
type ruleElement struct {
	Name, Type, Group string
	Division, Strict  bool
	Authority         []Rank
}

func ruleOf(l *Library) ruleContent {
	r := ruleContent{Identity: l.Identity}
	for _, e := range l.Elements {
		r.Elements = append(r.Elements, ruleElement{Name: e.Name, Type: e.Type, Group: e.Group, Division: e.Division, Strict: e.Strict, Authority: e.Authority})
	}
	return r
}

// encode is deterministic: struct fields in their order, map keys sorted, no HTML escapes.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return []byte(err.Error()) // cannot be: the types hold only texts, numbers (finite ones: see decode), lists and tables
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func digest(v any) string {
	sum := sha256.Sum256(encode(v))
	return hex.EncodeToString(sum[:])
}

// canonical returns a deep copy in canonical order. It shares nothing with c.
func canonical(c *Catalog) *Catalog {
	n := &Catalog{}
	order(copyOf(reflect.ValueOf(c).Elem(), reflect.ValueOf(n).Elem()))
	fillDefaults(n)
	for i := range n.Libraries {
		slices.Sort(n.Libraries[i].OpenCube)
	}
	for i := range n.Items {
		slices.Sort(n.Items[i].Demand)
	}
	for i := range n.Feeds {
		f := &n.Feeds[i]
		f.Revision = 0
		slices.Sort(f.Nulls)
		if f.Resource != nil {
			slices.Sort(f.Resource.Related)
		}
		if f.Delete != nil {
			slices.Sort(f.Delete.Values)
		}
		if f.Source != nil {
			slices.Sort(f.Source.Values)
		}
		if f.Snapshot != nil {
			slices.Sort(f.Snapshot.Begin)
			slices.Sort(f.Snapshot.End)
		}
		for j := range f.Claims {
			if w := f.Claims[j].When; w != nil {
				slices.Sort(w.In)
			}
		}
	}
	return n
}

// copyOf copies from into to, deeply, with empty lists and tables as nil.
func copyOf(from, to reflect.Value) reflect.Value {
	switch from.Kind() {
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			copyOf(from.Elem(), to.Elem())
		}
	case reflect.Struct:
		for i := range from.NumField() {
			copyOf(from.Field(i), to.Field(i))
		}
	case reflect.Slice:
		if from.Len() > 0 {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				copyOf(from.Index(i), to.Index(i))
			}
		}
	case reflect.Map:
		if from.Len() > 0 {
			to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
			for _, key := range from.MapKeys() {
				to.SetMapIndex(key, from.MapIndex(key))
			}
		}
	default:
		to.Set(from)
	}
	return to
}

// order sorts, at any depth, the lists whose order means nothing: those of things with a name, and the feeds of one rank.
func order(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			order(v.Field(i))
		}
	case reflect.Slice:
		if ranked, ok := v.Interface().(Rank); ok {
			slices.Sort(ranked)
			return
		}
		for i := range v.Len() {
			order(v.Index(i))
		}
		if _, keyed := keyOf(v.Type().Elem()); keyed {
			sortKeyed(v)
		}
	}
}

func sortKeyed(list reflect.Value) {
	type item struct {
		key   string
		value reflect.Value
	}
	items := make([]item, list.Len())
	for i := range items {
		v := reflect.New(list.Type().Elem()).Elem()
		v.Set(list.Index(i))
		items[i] = item{keyValue(list.Index(i)), v}
	}
	slices.SortStableFunc(items, func(a, b item) int { return strings.Compare(a.key, b.key) })
	for i, it := range items {
		list.Index(i).Set(it.value)
	}
}

// keyOf returns the field that names the things of a list of structs, and whether they have a name.
func keyOf(t reflect.Type) (field string, keyed bool) {
	switch t {
	case reflect.TypeFor[Department](), reflect.TypeFor[Jurisdiction]():
		return "Code", true
	case reflect.TypeFor[Batch](), reflect.TypeFor[Item]():
		return "Number", true
	case reflect.TypeFor[Library](), reflect.TypeFor[Element](), reflect.TypeFor[Feed](), reflect.TypeFor[CodeTable]():
		return "Name", true
	case reflect.TypeFor[RulePack](), reflect.TypeFor[Warning](), reflect.TypeFor[Matter](), reflect.TypeFor[Party](), reflect.TypeFor[Step](), reflect.TypeFor[Material]():
		return "Name", true
	case reflect.TypeFor[QualityRule]():
		return "Code", true
	case reflect.TypeFor[Clock]():
		return "Code", true
	case reflect.TypeFor[Weight]():
		return "Indicator", true
	case reflect.TypeFor[Tie]():
		return "As", true
	case reflect.TypeFor[Slot]():
		return "Role", true
	case reflect.TypeFor[Field]():
		return "Element", true
	}
	return "", false
}

func keyValue(v reflect.Value) string {
	field, _ := keyOf(v.Type())
	return v.FieldByName(field).String()
}
