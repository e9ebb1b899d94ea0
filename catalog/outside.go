package catalog

import (
	"fmt"
	"slices"
)

// Classes of feeds. 数据可信类别
const (
	ClassOfficial = "official" // what a department says in its own duty; the default
	ClassOutside  = "outside"  // 外部数据: of the internet or an industry, brought in by a department that answers for its use, not for its truth
)

// FeedClasses lists the classes of feeds.
var FeedClasses = [...]string{ClassOfficial, ClassOutside}

// Outside reports whether a feed is of the lower trust class: it gives an element its value only where no official feed does.
func (f *Feed) Outside() bool { return f.Class == ClassOutside }

// Outside lists the feeds of the lower trust class, by name.
func (c *Catalog) Outside() map[string]bool {
	out := map[string]bool{}
	for i := range c.Feeds {
		if c.Feeds[i].Outside() {
			out[c.Feeds[i].Name] = true
		}
	}
	return out
}

// behind checks that no feed of the lower class stands before an official one, or beside it.
func (k *checker) behind(p place, e *Element, outside map[string]bool) {
	first := -1
	for i, rank := range e.Authority {
		official := slices.IndexFunc(rank, func(f string) bool { return !outside[f] })
		at := slices.IndexFunc(rank, func(f string) bool { return outside[f] })
		if at >= 0 && first < 0 {
			first = i
		}
		if first >= 0 && official >= 0 {
			k.fail(p.item(first), "outside.rank", fmt.Sprintf("element %q takes an outside feed's value before or beside that of %q", e.Name, rank[official]), "what is from outside never wins over an authority: put its feeds behind all others, or leave them to rank: last")
			return
		}
	}
}

// outsideFields checks that a feed of the lower class says nothing of people.
func (k *checker) outsideFields(p place, f *Feed, e *Element) {
	if f.Outside() && e.Personal {
		k.fail(p, "outside.personal", fmt.Sprintf("outside feed %q gives the personal element %q", f.Name, e.Name), "leave it out: what people are is said by departments alone")
	}
}
