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
	Index   int      // position in storage
	Profile int      // its authority list, in Rule.Profiles
	Alone   bool     // it is in no group
	Lead    bool     // it is the first of its group and carries the group's choice
	Members []string // of a Lead: the group's elements in storage order
	Winner  int      // the Index whose choice decides this element: its own, or its Lead's
	Place   int      // in a group: position in Members, from 1
}

// Profile is one authority list: feed -> rank.
type Profile struct {
	Feeds []string
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

// Compile makes the rule of one library. columns is the order of its element columns in storage (see store.Sync).
func Compile(c *catalog.Catalog, library string, columns []string) *Rule {
	lib := c.Library(library)
	r := &Rule{Library: library, Number: entity.LibraryNumber(library)}
	r.Feeds = feedsOf(c, lib)
	for i, f := range r.Feeds {
		r.Ordinals = append(r.Ordinals, uint32(i+1))
		r.Hashes = append(r.Hashes, FeedHash(f))
	}
	groups := map[string][]string{}
	for _, name := range columns {
		if e := lib.Element(name); e.Group != "" {
			groups[e.Group] = append(groups[e.Group], name)
		}
	}
	leads := map[string]int{}
	for i, name := range columns {
		e := lib.Element(name)
		el := Element{Name: name, Index: i, Profile: r.profile(e), Alone: e.Group == "", Winner: i}
		if e.Group != "" {
			lead, seen := leads[e.Group]
			if !seen {
				lead, leads[e.Group] = i, i
				el.Lead, el.Members = true, groups[e.Group]
			}
			el.Winner, el.Place = lead, slices.Index(groups[e.Group], name)+1
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
	p := ranked(e)
	for i, known := range r.Profiles {
		if slices.Equal(known.Feeds, p.Feeds) && slices.Equal(known.Ranks, p.Ranks) {
			return i
		}
	}
	r.Profiles = append(r.Profiles, p)
	return len(r.Profiles) - 1
}

func ranked(e *catalog.Element) Profile {
	ranks := e.Ranks()
	var p Profile
	for f := range ranks {
		p.Feeds = append(p.Feeds, f)
	}
	slices.Sort(p.Feeds)
	for _, f := range p.Feeds {
		p.Ranks = append(p.Ranks, uint32(min(ranks[f], neverWins-1)))
	}
	if len(p.Feeds) == 0 { // transform() wants at least one pair
		p = Profile{Feeds: []string{""}, Ranks: []uint32{neverWins}}
	}
	return p
}

// schemes lists whose word counts for each identifier: the authority list of its (first) element.
func (r *Rule) schemes(lib *catalog.Library) {
	for i, id := range lib.Identity {
		p := ranked(lib.Element(id.Elements[0]))
		for k, f := range p.Feeds {
			r.SchemeFeeds = append(r.SchemeFeeds, strconv.Itoa(i+1)+"/"+f)
			r.SchemeRanks = append(r.SchemeRanks, p.Ranks[k])
		}
	}
	if len(r.SchemeFeeds) == 0 {
		r.SchemeFeeds, r.SchemeRanks = []string{""}, []uint32{neverWins}
	}
}
