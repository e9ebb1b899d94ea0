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
	Slice       int  // of entities of several anchors
	Slices      int
	MemberTable string
	Base        string // the table of base rows
	All         bool   // it looks at all anchors, not only at those of its work list
	Number      uint8

	Feeds                     []string // those that can disagree or be double, sorted: an ordinal is index plus 1
	Ordinals                  []uint32
	AllFeeds                  []string // of the catalogue, with the topic of each
	Topics                    []string
	Home, HomeTopics          []string // feeds whose first claim is of this library: their refused records are its findings
	HomeMany                  []string // of them, those whose messages may hold several records
	FieldNames, FieldElements []string `json:"-"` // of those, "feed field" and the element that it is mapped to

	Elements []element
	Ranks    []uint32 // authority lists one behind the other: the rank of the feed with ordinal o in list p is Ranks[p*len(Feeds)+o], from 1
	Roles    []string // slots with one record an entity, by name
	Singles  []uint32 // for the feed with ordinal o the slot named Roles[r-1] has one record where Singles[(o-1)*len(Roles)+r-1] is 1

	// The declared rules, by how they are looked at; Rules is all of them.
	Records, Alone, Joined, Rules []rule
	Alike                         []alike `json:"-"` // of Alone, those of which many are of one form
	Ties                          []tie
	Linked                        []string // elements by whose values entities are related: the index of references has them too
	Standing                      []standing
	Areas                         []counted
	Divisions                     bool   // a rule looks at the history of divisions
	Dated                         bool   // a rule looks at the day
	Shapes                        bool   // the library has shapes that are held against each other
	Day                           string // 2006-01-02, in China

	// By an element's number in storage, from 1: its name, the number of the first of its group (0: nobody can disagree on it), its
	// authority list. See Inspector.number.
	Names        []string `json:"-"`
	Leads, Lists []uint32 `json:"-"`

	// Of the running inspection.
	Rule              *rule
	Group             *alike
	Some              []rule   // of Alone, for one statement
	Named             []string // elements that they name
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

func dayOf(t time.Time) string { return t.In(china()).Format(time.DateOnly) }

// element is one element on which two feeds can disagree, or one that shares a group with it.
type element struct {
	Name string
	Lead string // the first of its group, or itself
	List int    // its authority list
}

const neverWins = 255

func prepare(c *catalog.Catalog, library string, now time.Time) (*inspection, error) {
	lib := c.Library(library)
	if lib == nil {
		return nil, fmt.Errorf("inspect library %s: the catalogue has none of this name", library)
	}
	in := &inspection{Library: library, Linked: c.Linked(library), MemberTable: "resolve.member", Base: "resolve." + library, Number: entity.LibraryNumber(library), Day: dayOf(now)}
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
	single := map[string][]string{} // slot -> feeds
	for _, f := range c.Feeds {
		for _, s := range f.Claims {
			if s.Library == library && s.Single {
				feeds[f.Name] = true
				single[s.Role] = append(single[s.Role], f.Name)
			}
		}
	}
	in.Feeds = slices.Sorted(maps.Keys(feeds))
	for i := range in.Feeds {
		in.Ordinals = append(in.Ordinals, uint32(i+1))
	}
	for _, f := range c.Feeds {
		in.AllFeeds, in.Topics = append(in.AllFeeds, f.Name), append(in.Topics, f.Topic)
	}
	in.home(c)
	in.Roles = slices.Sorted(maps.Keys(single))
	for _, f := range in.Feeds {
		for _, role := range in.Roles {
			one := uint32(0)
			if slices.Contains(single[role], f) {
				one = 1
			}
			in.Singles = append(in.Singles, one)
		}
	}
	in.elements(contested, outside)
	err := errors.Join(in.rules(c), in.watched(c))
	if err != nil {
		return nil, fmt.Errorf("inspect library %s: %w", library, err)
	}
	if library == entity.Place && lib.Element("geometry") != nil {
		in.shapes(c)
	}
	if in.Digest, err = in.digest(); err != nil {
		return nil, fmt.Errorf("inspect library %s: %w", library, err)
	}
	in.form(fewestAlike)
	return in, nil
}

// home notes whose refused records are this library's findings.
func (in *inspection) home(c *catalog.Catalog) {
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if len(f.Claims) == 0 || f.Claims[0].Library != in.Library {
			continue
		}
		in.Home, in.HomeTopics = append(in.Home, f.Name), append(in.HomeTopics, f.ChangesTopic())
		if f.HoldsMany() {
			in.HomeMany = append(in.HomeMany, f.Name)
		}
		for _, s := range f.Claims {
			for _, field := range s.Fields {
				if s.Library == in.Library && field.From != "" {
					in.FieldNames, in.FieldElements = append(in.FieldNames, f.Name+" "+field.From), append(in.FieldElements, field.Element)
				}
			}
		}
	}
}

// shapes adds the rules about shapes that do not fit.
func (in *inspection) shapes(c *catalog.Catalog) {
	in.Shapes = true
	in.Rules = append(in.Rules,
		rule{Code: RuleOverlaps, Element: "geometry", Other: entity.Place, Says: "宗地图形与另一宗地重叠: the parcel overlaps another one: compare the two surveys and correct the one that is wrong"},
		rule{Code: RuleOutside, Element: "geometry", Other: entity.Place, Says: "图形超出所属县级行政区域: a tenth or more of the shape lies outside the county that its record names: correct the division or the shape"})
	in.stand(c, "geometry")
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
	leads := map[string]string{}
	for _, e := range contested {
		el := element{Name: e.Name, Lead: e.Name, List: in.profile(official(e, outside))}
		if e.Group != "" {
			if leads[e.Group] == "" {
				leads[e.Group] = e.Name
			}
			el.Lead = leads[e.Group]
		}
		in.Elements = append(in.Elements, el)
	}
}

// number says which numbers the elements have in storage.
func (in *inspection) number(numbers map[string]int) error {
	most := 0
	for _, n := range numbers {
		most = max(most, n)
	}
	in.Names, in.Leads, in.Lists = make([]string, most), make([]uint32, most), make([]uint32, most)
	for name, n := range numbers {
		in.Names[n-1] = name
	}
	for _, e := range in.Elements {
		n, lead := numbers[e.Name], numbers[e.Lead]
		if n == 0 || lead == 0 {
			return fmt.Errorf("claims of library %s have no element %s: the process that published the catalogue is still making it", in.Library, e.Name)
		}
		in.Leads[n-1], in.Lists[n-1] = uint32(lead), uint32(e.List)
	}
	return nil
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
	n := len(in.Feeds)
	for at := range len(in.Ranks) / max(n, 1) {
		if slices.Equal(in.Ranks[at*n:(at+1)*n], list) {
			return at
		}
	}
	in.Ranks = append(in.Ranks, list...)
	return len(in.Ranks)/n - 1
}
