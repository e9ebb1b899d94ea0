package catalog

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Kinds of Change.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
)

// Change is one difference between two revisions of a catalogue.
type Change struct {
	Path string `json:"path"` // for example feeds[police.person].claims[child].fields[name].from
	Kind string `json:"kind"` // added, removed or changed
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"` // both as compact JSON, for a single value that changed
	// Compatible says that what departments send and readers ask today keeps working.
	Compatible bool   `json:"compatible"`
	Why        string `json:"why"`
	Effect     Effect `json:"effect,omitzero"`
}

// Effect is what must be done again when a change is published.
type Effect struct {
	// MappingChanged lists feeds of the new catalogue of whose messages ingest makes something else: exactly those whose
	// MappingDigest differs, or that are new.
	MappingChanged []string `json:"mapping_changed,omitempty"`
	// FeedsRemoved lists feeds that are no longer there: their claims no longer count.
	FeedsRemoved []string `json:"feeds_removed,omitempty"`
	// RuleChanged lists, by library, the elements whose value may be another one. Its libraries are exactly those whose
	// RuleDigest differs, are new, or are gone.
	RuleChanged map[string][]string `json:"rule_changed,omitempty"`
}

// IsZero reports whether nothing must be done again.
func (e Effect) IsZero() bool {
	return len(e.MappingChanged) == 0 && len(e.FeedsRemoved) == 0 && len(e.RuleChanged) == 0
}

// Changes is a list of changes in the order of their paths.
type Changes []Change

// Effect is the union of the changes' effects, sorted.
func (cs Changes) Effect() Effect {
	var mapping, removed []string
	rules := map[string][]string{}
	for _, c := range cs {
		mapping = append(mapping, c.Effect.MappingChanged...)
		removed = append(removed, c.Effect.FeedsRemoved...)
		for l, elements := range c.Effect.RuleChanged {
			rules[l] = set(append(rules[l], elements...))
		}
	}
	e := Effect{MappingChanged: set(mapping), FeedsRemoved: set(removed)}
	if len(rules) > 0 {
		e.RuleChanged = rules
	}
	return e
}

// Compatible reports whether all changes are.
func (cs Changes) Compatible() bool {
	return !slices.ContainsFunc(cs, func(c Change) bool { return !c.Compatible })
}

// set sorts a list and removes doubles.
func set(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// Diff compares two catalogues by what they mean: the order of files, of keys and of named things makes no difference. It is
// empty exactly if both have the same Digest.
func Diff(old, new *Catalog) Changes {
	d := differ{old: canonical(old), new: canonical(new)}
	d.compare(nil, reflect.ValueOf(d.old).Elem(), reflect.ValueOf(d.new).Elem())
	slices.SortStableFunc(d.out, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return d.out
}

type differ struct {
	old, new *Catalog
	out      Changes
}

// step is one part of a path: a key, and in a list or table the name of the entry.
type step struct {
	key, name string
	named     bool
}

type trail []step

func (t trail) String() string {
	var b strings.Builder
	for i, s := range t {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.key)
		if s.named {
			b.WriteString("[" + s.name + "]")
		}
	}
	return b.String()
}

// kind is the path without its names, for example feeds.claims.fields.from.
func (t trail) kind() string {
	keys := make([]string, len(t))
	for i, s := range t {
		keys[i] = s.key
	}
	return strings.Join(keys, ".")
}

// with returns the trail with one step more; it never shares memory with another trail.
func (t trail) with(s step) trail { return append(slices.Clone(t), s) }

// entry returns the trail with its last step naming an entry.
func (t trail) entry(name string) trail {
	n := slices.Clone(t)
	n[len(n)-1].name, n[len(n)-1].named = name, true
	return n
}

func (d *differ) compare(t trail, old, new reflect.Value) {
	switch old.Kind() {
	case reflect.Struct:
		for i := range old.NumField() {
			key, _, _ := strings.Cut(old.Type().Field(i).Tag.Get("yaml"), ",")
			if key != "-" {
				d.compare(t.with(step{key: key}), old.Field(i), new.Field(i))
			}
		}
	case reflect.Map:
		d.entries(t, tableOf(old), tableOf(new))
	case reflect.Slice:
		if _, keyed := keyOf(old.Type().Elem()); keyed {
			d.entries(t, listOf(old), listOf(new))
			return
		}
		d.leaf(t, old, new)
	case reflect.Pointer:
		if !old.IsNil() && !new.IsNil() && old.Elem().Kind() == reflect.Struct {
			d.compare(t, old.Elem(), new.Elem())
			return
		}
		d.leaf(t, old, new)
	default:
		d.leaf(t, old, new)
	}
}

func tableOf(v reflect.Value) map[string]reflect.Value {
	m := map[string]reflect.Value{}
	for _, key := range v.MapKeys() {
		m[key.String()] = v.MapIndex(key)
	}
	return m
}

func listOf(v reflect.Value) map[string]reflect.Value {
	m := map[string]reflect.Value{}
	for i := range v.Len() {
		m[keyValue(v.Index(i))] = v.Index(i)
	}
	return m
}

// entries compares two tables of named things.
func (d *differ) entries(t trail, old, new map[string]reflect.Value) {
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if n, kept := new[name]; kept {
			d.compare(t.entry(name), old[name], n)
			continue
		}
		d.note(t.entry(name), Removed, old[name], reflect.Value{})
	}
	for _, name := range slices.Sorted(maps.Keys(new)) {
		if _, known := old[name]; !known {
			d.note(t.entry(name), Added, reflect.Value{}, new[name])
		}
	}
}

// leaf compares two values that have no names within.
func (d *differ) leaf(t trail, old, new reflect.Value) {
	if reflect.DeepEqual(old.Interface(), new.Interface()) {
		return
	}
	kind := Changed
	switch {
	case old.IsZero():
		kind = Added
	case new.IsZero():
		kind = Removed
	}
	d.note(t, kind, old, new)
}

// note adds a change with its judgement and effect.
func (d *differ) note(t trail, kind string, old, new reflect.Value) {
	c := Change{Path: t.String(), Kind: kind, Old: brief(old), New: brief(new)}
	c.Compatible, c.Why = d.judge(t, kind, old, new)
	c.Effect = d.effect(t, kind)
	d.out = append(d.out, c)
}

// brief is a value as compact JSON, or "" for whole entries, whose content would hide the change.
func brief(v reflect.Value) string {
	if !v.IsValid() || v.Kind() == reflect.Struct || v.IsZero() {
		return ""
	}
	return string(encode(v.Interface()))
}

// Text is the changes for people, one a line with what it means below, and a summary of what will be done again.
func (cs Changes) Text() string {
	if len(cs) == 0 {
		return "no difference 无变化\n"
	}
	var b strings.Builder
	breaking := 0
	for _, c := range cs {
		mark := map[string]string{Added: "+", Removed: "-", Changed: "~"}[c.Kind]
		verdict := "compatible 兼容"
		if !c.Compatible {
			verdict = "BREAKING 不兼容"
			breaking++
		}
		fmt.Fprintf(&b, "%s %s  (%s)\n", mark, c.Path, verdict)
		if c.Old != "" || c.New != "" {
			fmt.Fprintf(&b, "    %s -> %s\n", orNone(c.Old), orNone(c.New))
		}
		fmt.Fprintf(&b, "    %s\n", c.Why)
	}
	fmt.Fprintf(&b, "\n%d change(s), %d breaking\n", len(cs), breaking)
	e := cs.Effect()
	if len(e.MappingChanged) > 0 {
		fmt.Fprintf(&b, "read again 重新接入: %s\n", strings.Join(e.MappingChanged, ", "))
	}
	if len(e.FeedsRemoved) > 0 {
		fmt.Fprintf(&b, "no longer counted 停止计入: %s\n", strings.Join(e.FeedsRemoved, ", "))
	}
	for _, l := range slices.Sorted(maps.Keys(e.RuleChanged)) {
		fmt.Fprintf(&b, "resolved again 重新归集: %s: %s\n", l, strings.Join(e.RuleChanged[l], ", "))
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}
