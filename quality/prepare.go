package quality

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"wuku/catalog"
	"wuku/entity"
)

// inspection is what the templates of sql/quality see: the catalogue's declarations about one library, as numbers.
type inspection struct {
	Library     string
	Run         uint64
	Members     bool // entities of several anchors, or of one
	MemberTable string
	Base        string // the table of base rows
	All         bool   // it looks at all anchors, not only at those of its work list
	Number      uint8

	Feeds       []string // those that can disagree or be double, sorted: an ordinal is index plus 1
	Ordinals    []uint32
	Topics      []string
	Elements    []element
	Profiles    [][]uint32 // authority lists: the rank of each of Feeds, neverWins where it is not listed
	Slots       []string   // "feed/slot" of the slots with one record an entity
	SlotNumbers []uint32

	// The declared rules, by how they are looked at; Rules is all of them.
	Records, Alone, Joined, Rules []rule
	Ties                          []tie
	Linked                        []string // elements by whose values entities are related: the index of references has them too
	Standing                      []standing
	Areas                         []counted
	Divisions                     bool   // a rule looks at the history of divisions
	Dated                         bool   // a rule looks at the day
	Day                           string // 2006-01-02, in China

	// Of the running inspection.
	Rule              *rule
	Element           *standing
	Counted           *counted
	Digest            string
	Seen, Marks       []position
	Windows           []window
	Since, Upto       uint64
	Anchors           uint64
	Opened, Closed    uint64
	Started, Finished int64
}

// china is the zone of all days: stored times are UTC.
func china() *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }

// element is one element on which two feeds can disagree, or one that shares a group with it.
type element struct {
	Name    string
	Index   int
	Number  int // Index plus 1
	Field   int // place in the tuple that a claim is gathered in
	Profile int
	Lead    bool  // it stands for its group, or alone
	Winner  int   // Index of its Lead
	Places  []int // of a Lead: the Index of each of its group's elements
}

const (
	neverWins = 255
	// tupleHead is how many fields stand before the elements in that tuple, plus 1.
	tupleHead = 10
)

func prepare(c *catalog.Catalog, library string, now time.Time) (*inspection, error) {
	lib := c.Library(library)
	if lib == nil {
		return nil, fmt.Errorf("inspect library %s: the catalogue has none of this name", library)
	}
	in := &inspection{Library: library, Linked: c.Linked(library), MemberTable: "resolve.member", Base: "resolve." + library, Number: entity.LibraryNumber(library), Day: now.In(china()).Format(time.DateOnly)}
	feeds, outside := map[string]bool{}, c.Outside()
	var contested []*catalog.Element
	for i := range lib.Elements {
		if e := &lib.Elements[i]; isContested(e, outside) {
			contested = append(contested, e)
			for f := range official(e, outside) {
				feeds[f] = true
			}
		}
	}
	for _, f := range c.Feeds {
		for _, s := range f.Claims {
			if s.Library == library && s.Single {
				feeds[f.Name] = true
				in.Slots = append(in.Slots, f.Name+"/"+s.Role)
				in.SlotNumbers = append(in.SlotNumbers, uint32(len(in.Slots)))
			}
		}
	}
	in.Feeds = slices.Sorted(maps.Keys(feeds))
	for i, name := range in.Feeds {
		in.Ordinals = append(in.Ordinals, uint32(i+1))
		topic := ""
		if f := c.Feed(name); f != nil {
			topic = f.Topic
		}
		in.Topics = append(in.Topics, topic)
	}
	in.elements(contested, outside)
	err := errors.Join(in.rules(c), in.watched(c))
	if err != nil {
		return nil, fmt.Errorf("inspect library %s: %w", library, err)
	}
	if in.Digest, err = in.digest(); err != nil {
		return nil, fmt.Errorf("inspect library %s: %w", library, err)
	}
	return in, nil
}

// isContested reports whether feeds of different rank give an element: only those can disagree. The elements of a group share one
// list, so all of a group are contested or none.
func isContested(e *catalog.Element, outside map[string]bool) bool {
	ranks := slices.Collect(maps.Values(official(e, outside)))
	return len(ranks) > 1 && slices.Min(ranks) != slices.Max(ranks)
}

// official are the ranks of an element's feeds without those from outside: these differ from an authority as they please, and nobody has
// to mend them.
func official(e *catalog.Element, outside map[string]bool) map[string]int {
	ranks := e.Ranks()
	maps.DeleteFunc(ranks, func(f string, _ int) bool { return outside[f] })
	return ranks
}

func (in *inspection) elements(contested []*catalog.Element, outside map[string]bool) {
	leads := map[string]int{}
	for i, e := range contested {
		el := element{Name: e.Name, Index: i, Number: i + 1, Field: i + tupleHead, Profile: in.profile(official(e, outside)), Winner: i, Lead: true, Places: []int{i}}
		if e.Group != "" {
			if lead, seen := leads[e.Group]; seen {
				el.Winner, el.Lead, el.Places = lead, false, nil
				in.Elements[lead].Places = append(in.Elements[lead].Places, i)
			} else {
				leads[e.Group] = i
			}
		}
		in.Elements = append(in.Elements, el)
	}
}

// profile finds or adds the authority list of an element.
func (in *inspection) profile(ranks map[string]int) int {
	list := make([]uint32, len(in.Feeds))
	for i, f := range in.Feeds {
		list[i] = neverWins
		if rank, ok := ranks[f]; ok {
			list[i] = uint32(min(rank, neverWins-1))
		}
	}
	at := slices.IndexFunc(in.Profiles, func(known []uint32) bool { return slices.Equal(known, list) })
	if at < 0 {
		at = len(in.Profiles)
		in.Profiles = append(in.Profiles, list)
	}
	return at
}
