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
	Names    []string // by number of an element, from 1, as the engine keeps it: its name; empty for one that the catalogue no longer has
	Leads    []uint32 // by number: the number of the first element of its group, its own where it is in none, 0 for one that is no more
	Lists    []uint32 // by number: its authority list, in Profiles
	Ranks    []uint32 // the Profiles one behind the other: the rank of the feed with ordinal o in list p is Ranks[p*len(Feeds)+o], from 1
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
	Index   int   // position in Rule.Elements
	Number  int   // its number in storage, from 1
	Profile int   // its authority list, in Rule.Profiles
	Alone   bool  // it is in no group
	Lead    bool  // it is the first of its group and carries the group's choice
	Winner  int   // the Index whose choice decides this element: its own, or its Lead's
	Places  []int // of a Lead: the Index of each of its group's elements
}

// Profile is one authority list: the rank of each of the rule's Feeds, in their order; neverWins where a feed is not in it.
type Profile struct {
	Ranks []uint32
}

// neverWins is the rank of a feed that is not in an authority list.
const neverWins = 255

// FeedHash names a feed in 32 bits, for resolve.*.sources. The catalogue's check refuses two feeds with one hash.
func FeedHash(feed string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(feed)) // a hash.Hash never fails
	return h.Sum32()
}

// Compile makes the rule of one library. columns are the elements in storage by number, from 1 (see store.Sync); the catalogue may no
// longer have some of them.
func Compile(c *catalog.Catalog, library string, columns []string) *Rule {
	lib := c.Library(library)
	r := &Rule{Library: library, Number: entity.LibraryNumber(library)}
	r.Feeds = feedsOf(c, lib)
	for i, f := range r.Feeds {
		r.Ordinals = append(r.Ordinals, uint32(i+1))
		r.Hashes = append(r.Hashes, FeedHash(f))
	}
	r.Names, r.Leads, r.Lists = make([]string, len(columns)), make([]uint32, len(columns)), make([]uint32, len(columns))
	leads := map[string]int{}
	for i, name := range columns {
		e := lib.Element(name)
		if e == nil {
			continue
		}
		at := len(r.Elements)
		el := Element{Name: name, Index: at, Number: i + 1, Profile: r.profile(e), Alone: e.Group == "", Winner: at, Lead: e.Group != ""}
		if e.Group != "" {
			if lead, seen := leads[e.Group]; seen {
				el.Winner, el.Lead = lead, false
			} else {
				leads[e.Group] = at
			}
		}
		r.Elements = append(r.Elements, el)
		if e.Group != "" {
			lead := &r.Elements[el.Winner]
			lead.Places = append(lead.Places, at)
		}
		r.Names[i], r.Leads[i], r.Lists[i] = name, uint32(r.Elements[el.Winner].Number), uint32(el.Profile)
	}
	for _, p := range r.Profiles {
		r.Ranks = append(r.Ranks, p.Ranks...)
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
