package catalog

import (
	"slices"
	"strings"
)

// Overlap is one element that several departments collect for one area: duplicate collection, which sharing would spare. 重复采集
type Overlap struct {
	Library string   `json:"library"`
	Element string   `json:"element"`
	ZH      string   `json:"zh"`
	Owner   string   `json:"owner"`   // who is to collect it
	First   []string `json:"first"`   // the feeds that give it first
	Others  []string `json:"others"`  // feeds of other departments that send it too, for an area that the first ones cover
	Sharing string   `json:"sharing"` // how the first feed's resource is shared; "" if its entry does not say
}

// Overlaps lists the elements that more departments than one collect for one area, by library and in the order of its elements.
// Elements that identify are left out, and names, which every record bears so that it can be checked. Feeds of one rank have areas
// of their own and do not overlap, and feeds whose constants differ speak of different things.
func (c *Catalog) Overlaps() []Overlap {
	var out []Overlap
	for i := range c.Libraries {
		l := &c.Libraries[i]
		for j := range l.Elements {
			e := &l.Elements[j]
			if identifies(l, e.Name) || strings.HasSuffix(e.Name, "name") || e.Division || len(e.Authority) == 0 {
				continue
			}
			if o := c.overlap(l, e); len(o.Others) > 0 {
				out = append(out, o)
			}
		}
	}
	return out
}

func (c *Catalog) overlap(l *Library, e *Element) Overlap {
	o := Overlap{Library: l.Name, Element: e.Name, ZH: e.ZH, Owner: e.Owner, First: slices.Clone(e.Authority[0])}
	k := checker{catalog: c}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		if slices.Contains(o.First, f.Name) || !c.sends(f, l.Name, e.Name) {
			continue
		}
		covered := func(first string) bool {
			g := c.Feed(first)
			return g != nil && g.Department != f.Department && !disjoint(f, g, l.Name) && (k.within(f.Jurisdiction, g.Jurisdiction) || k.within(g.Jurisdiction, f.Jurisdiction))
		}
		if slices.ContainsFunc(o.First, covered) {
			o.Others = append(o.Others, f.Name)
		}
	}
	if f := c.Feed(o.First[0]); f != nil && f.Resource != nil {
		o.Sharing = f.Resource.Share
	}
	slices.Sort(o.Others)
	return o
}

// disjoint reports whether two feeds speak of different things of a library: each writes constants, and they differ, for example in
// the type of certificate.
func disjoint(f, g *Feed, library string) bool {
	for _, s := range f.Claims {
		for _, t := range g.Claims {
			if s.Library == library && t.Library == library && !apart(&s, &t) {
				return false
			}
		}
	}
	return true
}

func apart(s, t *Slot) bool {
	return slices.ContainsFunc(s.Fields, func(x Field) bool {
		return x.Const != "" && slices.ContainsFunc(t.Fields, func(y Field) bool { return y.Element == x.Element && y.Const != "" && y.Const != x.Const })
	})
}

// sends reports whether a feed reads an element from its messages.
func (c *Catalog) sends(f *Feed, library, element string) bool {
	return slices.ContainsFunc(f.Claims, func(s Slot) bool {
		return s.Library == library && slices.ContainsFunc(s.Fields, func(x Field) bool { return x.Element == element && x.From != "" && x.Definition == "" })
	})
}

// OverlapsText is Overlaps for people.
func OverlapsText(overlaps []Overlap) string {
	var b strings.Builder
	t := table{{"element 数据元", "name 名称", "owner 数源", "first 首要来源", "also collected by 重复采集", "sharing 共享"}}
	for _, o := range overlaps {
		t = append(t, []string{o.Library + "." + o.Element, o.ZH, o.Owner, strings.Join(o.First, " / "), strings.Join(o.Others, ", "), o.Sharing})
	}
	t.print(&b)
	return b.String()
}
