package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// Hit is one thing of a catalogue that a search finds. 检索结果
type Hit struct {
	Kind       string `json:"kind"` // element, feed, department, library or matter
	Name       string `json:"name"` // of an element with its library: person.name
	ZH         string `json:"zh"`
	EN         string `json:"en,omitempty"`
	Definition string `json:"definition,omitempty"`
	Department string `json:"department,omitempty"` // who gives it: of an element its first authority's
	How        string `json:"how"`                  // by what it was found: name, chinese, english, pinyin, initials or definition
	score      int
}

// HitMatter is the kind of a matter. 事项
const HitMatter = "matter"

// Index is a catalogue made ready to be searched by Chinese words, pinyin (xingming), initials (xm) and English. It may be used
// concurrently.
type Index struct{ entries []indexed }

// indexed is one thing with the texts that it is found by, in the order of their weight.
type indexed struct {
	Hit
	texts [6]string
}

// hows are the ways by which one is found, in the order of its texts.
var hows = [6]string{"name", "chinese", "english", "initials", "pinyin", "definition"}

// NewIndex reads a catalogue.
func NewIndex(c *Catalog) *Index {
	x := &Index{}
	owner := map[string]string{}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		owner[f.Name] = f.Department
		x.add(Hit{Kind: "feed", Name: f.Name, ZH: f.ZH, EN: f.EN, Department: f.Department})
	}
	for _, d := range c.Departments {
		x.add(Hit{Kind: "department", Name: d.Code, ZH: d.ZH, EN: d.EN})
	}
	for i := range c.Libraries {
		l := &c.Libraries[i]
		x.add(Hit{Kind: "library", Name: l.Name, ZH: l.ZH, EN: l.EN})
		for k := range l.Elements {
			e := &l.Elements[k]
			h := Hit{Kind: "element", Name: l.Name + "." + e.Name, ZH: e.ZH, EN: e.EN, Definition: e.Definition}
			if len(e.Authority) > 0 && len(e.Authority[0]) > 0 {
				h.Department = owner[e.Authority[0][0]]
			}
			x.add(h)
		}
	}
	for i := range c.Matters {
		m := &c.Matters[i]
		x.add(Hit{Kind: HitMatter, Name: m.Name, ZH: m.ZH, EN: m.EN, Department: m.Department})
	}
	return x
}

func (x *Index) add(h Hit) {
	spoken, initials := sounds(h.ZH)
	x.entries = append(x.entries, indexed{h, [6]string{strings.ToLower(h.Name), h.ZH, strings.ToLower(h.EN), initials, spoken, strings.ToLower(h.Definition)}})
}

// sounds is how a Chinese text is said, and the first letters of that; of a character with several sounds the commonest. Letters and digits
// stand as they are.
func sounds(text string) (spoken, initials string) {
	args := pinyin.NewArgs()
	var whole, first strings.Builder
	for _, r := range text {
		switch said := pinyin.SinglePinyin(r, args); {
		case len(said) > 0 && said[0] != "":
			whole.WriteString(said[0])
			first.WriteByte(said[0][0])
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			whole.WriteRune(unicode.ToLower(r))
			first.WriteRune(unicode.ToLower(r))
		}
	}
	return whole.String(), first.String()
}

// Search finds what fits all words of a query, the best first, at most so many. Words are parted by blanks; a word fits where it is the
// whole of a text, its beginning, or a part of it, in this order.
func (x *Index) Search(query string, most int) []Hit {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return nil
	}
	var hits []Hit
	for i := range x.entries {
		e := &x.entries[i]
		h := e.Hit
		for _, w := range words {
			score, how := e.fits(w)
			if score == 0 {
				h.score = 0
				break
			}
			if h.score += score; h.How == "" {
				h.How = how
			}
		}
		if h.score > 0 {
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(len(a.ZH), len(b.ZH)), cmp.Compare(a.Name, b.Name))
	})
	return hits[:min(len(hits), most)]
}

// fits is how well a word fits one, and by what; 0: not at all.
func (e *indexed) fits(word string) (best int, how string) {
	for i, text := range e.texts {
		at := strings.Index(text, word)
		if at < 0 || hows[i] == "initials" && len(word) < 2 || hows[i] == "pinyin" && len(word) < 3 && text != word {
			continue
		}
		score := 10 - i
		switch {
		case text == word, hows[i] == "name" && strings.HasSuffix(text, "."+word):
			score += 40
		case at == 0 || text[at-1] == '.' || text[at-1] == ' ' || text[at-1] == '_':
			score += 20
		}
		if hows[i] == "definition" {
			score = 1
		}
		if score > best {
			best, how = score, hows[i]
		}
	}
	return best, how
}
