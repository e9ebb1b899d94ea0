package resolve

import (
	"hash/fnv"
	"slices"
	"strconv"

	"wuku/catalog"
	"wuku/entity"
)

// Rule is what the catalogue says of one library in the form that the SQL of sql/cycle is rendered from. It is a pure function of
// the catalogue and of the order of columns in storage.
type Rule struct {
	Library  string
	Number   uint8
	Elements []Element
	Profiles []Profile
	Feeds    []string // every feed that the library's slots or authority lists name, sorted: an ordinal is index plus 1
	Ordinals []uint32
	Hashes   []uint32 // FeedHash of each, in the same order
	// SchemeFeeds ("strength/feed") and SchemeRanks say whose word counts for which identifier.
	SchemeFeeds []string
	SchemeRanks []uint32
}

// Element is one column of the rule.
type Element struct {
	Name    string
	Index   int   // position in storage
	Profile int   // its authority list, in Rule.Profiles
	Alone   bool  // it is in no group
	Lead    bool  // it is the first of its group and carries the group's choice
	Winner  int   // the Index whose choice decides this element: its own, or its Lead's
	Places  []int // of a Lead: the Index of each of its group's elements
	Field   int   // its place in the tuple that a claim is gathered in
	Code    bool  // its column is LowCardinality
	Silent  bool  // no feed that may give it a value has any claim
}

// Profile is one authority list: the rank of each of the rule's Feeds, in their order; neverWins where a feed is not in it.
type Profile struct {
	Ranks []uint32
}

// Speaking is the elements that are not silent.
func (r *Rule) Speaking() []Element {
	return slices.DeleteFunc(slices.Clone(r.Elements), func(e Element) bool { return e.Silent })
}

// among returns the rule for claims of some feeds only, which gives them the same winners: elements that none of these feeds may
// give a value are silent, and authority lists that put these feeds into one order are one, which spares the SQL arrays that would
// be equal.
func (r *Rule) among(feeds []string) *Rule {
	reduced := *r
	reduced.Elements, reduced.Profiles = slices.Clone(r.Elements), nil
	field := tupleHead
	for i := range reduced.Elements {
		e := &reduced.Elements[i]
		ranks := r.order(r.Profiles[e.Profile].Ranks, feeds)
		if e.Silent = ranks == nil; e.Silent {
			e.Profile = 0
			continue
		}
		e.Field = field
		field++
		e.Profile = slices.IndexFunc(reduced.Profiles, func(p Profile) bool { return slices.Equal(p.Ranks, ranks) })
		if e.Profile < 0 {
			e.Profile = len(reduced.Profiles)
			reduced.Profiles = append(reduced.Profiles, Profile{Ranks: ranks})
		}
	}
	return &reduced
}

// order is an authority list as it puts some feeds: ranks counted from 0 without holes, neverWins for every other feed. It is nil
// when none of the feeds is in the list.
func (r *Rule) order(ranks []uint32, feeds []string) []uint32 {
	var present []uint32
	for _, f := range feeds {
		if k, ok := slices.BinarySearch(r.Feeds, f); ok && ranks[k] != neverWins {
			present = append(present, ranks[k])
		}
	}
	if present == nil {
		return nil
	}
	slices.Sort(present)
	present = slices.Compact(present)
	order := make([]uint32, len(r.Feeds))
	for k, f := range r.Feeds {
		order[k] = neverWins
		if at, ok := slices.BinarySearch(present, ranks[k]); ok && slices.Contains(feeds, f) {
			order[k] = uint32(at)
		}
	}
	return order
}

// tupleHead is how many fields stand before the elements in the tuple that the rule's SQL gathers a claim in, plus 1.
const tupleHead = 4

// neverWins is the rank of a feed that is not in an authority list.
const neverWins = 255

// FeedHash names a feed in 32 bits, for resolve.*.sources. The catalogue's check refuses two feeds with one hash.
func FeedHash(feed string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(feed)) // a hash.Hash never fails
	return h.Sum32()
}

// Compile makes the rule of one library. columns is the order of its element columns in storage (see store.Sync).
func Compile(c *catalog.Catalog, library string, columns []string) *Rule {
	lib := c.Library(library)
	r := &Rule{Library: library, Number: entity.LibraryNumber(library)}
	r.Feeds = feedsOf(c, lib)
	for i, f := range r.Feeds {
		r.Ordinals = append(r.Ordinals, uint32(i+1))
		r.Hashes = append(r.Hashes, FeedHash(f))
	}
	groups := map[string][]int{}
	for i, name := range columns {
		if e := lib.Element(name); e.Group != "" {
			groups[e.Group] = append(groups[e.Group], i)
		}
	}
	leads := map[string]int{}
	for i, name := range columns {
		e := lib.Element(name)
		el := Element{Name: name, Index: i, Profile: r.profile(e), Alone: e.Group == "", Winner: i, Field: i + tupleHead, Code: e.Type == catalog.TypeCode}
		if e.Group != "" {
			lead, seen := leads[e.Group]
			if !seen {
				lead, leads[e.Group] = i, i
				el.Lead, el.Places = true, groups[e.Group]
			}
			el.Winner = lead
		}
		r.Elements = append(r.Elements, el)
	}
	r.schemes(lib)
	return r
}

func feedsOf(c *catalog.Catalog, lib *catalog.Library) []string {
	set := map[string]bool{}
	for _, f := range c.Feeds {
		for _, s := range f.Claims {
			if s.Library == lib.Name {
				set[f.Name] = true
			}
		}
	}
	for i := range lib.Elements {
		for feed := range lib.Elements[i].Ranks() {
			set[feed] = true
		}
	}
	feeds := make([]string, 0, len(set))
	for f := range set {
		feeds = append(feeds, f)
	}
	slices.Sort(feeds)
	return feeds
}

// profile finds or adds the authority list of an element.
func (r *Rule) profile(e *catalog.Element) int {
	ranks := e.Ranks()
	p := Profile{Ranks: make([]uint32, len(r.Feeds))}
	for i, f := range r.Feeds {
		p.Ranks[i] = neverWins
		if rank, ok := ranks[f]; ok {
			p.Ranks[i] = uint32(min(rank, neverWins-1))
		}
	}
	for i, known := range r.Profiles {
		if slices.Equal(known.Ranks, p.Ranks) {
			return i
		}
	}
	r.Profiles = append(r.Profiles, p)
	return len(r.Profiles) - 1
}

// schemes lists whose word counts for each identifier: the authority list of its (first) element.
func (r *Rule) schemes(lib *catalog.Library) {
	for i, id := range lib.Identity {
		ranks := r.Profiles[r.profile(lib.Element(id.Elements[0]))].Ranks
		for k, f := range r.Feeds {
			if ranks[k] != neverWins {
				r.SchemeFeeds = append(r.SchemeFeeds, strconv.Itoa(i+1)+"/"+f)
				r.SchemeRanks = append(r.SchemeRanks, ranks[k])
			}
		}
	}
	if len(r.SchemeFeeds) == 0 {
		r.SchemeFeeds, r.SchemeRanks = []string{""}, []uint32{neverWins}
	}
}
