package serve

import (
	"encoding/json/jsontext"
	"hash/fnv"
	"strings"
	"time"

	"wuku/catalog"
	"wuku/serve/access"
	"wuku/serve/read"
)

// Value is one element of an answer: what, from whom, as of when, how sensitive, and whether it is in doubt. 值
type Value struct {
	Value   any     `json:"value" doc:"Text, number or true/false as the element's type is; null where there is no value; masked values are texts"`
	Source  *Source `json:"source" doc:"The feed that gave it; null where there is no value"`
	AsOf    *string `json:"as_of" doc:"When it became so at the source, RFC 3339"`
	Level   int     `json:"level" doc:"Sensitivity, 1 (public) to 4"`
	Doubted bool    `json:"doubted" doc:"A quality finding on it is open"`
	Masked  bool    `json:"masked,omitempty" doc:"Shown under the mask of its type"`
}

// Source is where a value comes from. 数源
type Source struct {
	Feed       string `json:"feed"`
	Department string `json:"department"`
	ZH         string `json:"zh"`
	Class      string `json:"class,omitempty" doc:"outside: of the internet or an industry; no authority vouches for it"`
}

// sourceOf is a feed as answers name it.
func sourceOf(f *catalog.Feed) *Source {
	s := &Source{Feed: f.Name, Department: f.Department, ZH: f.ZH}
	if f.Outside() {
		s.Class = f.Class
	}
	return s
}

// feedHash is the name of a feed in a base row's sources: 32-bit FNV-1a.
func feedHash(feed string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(feed)) // a hash.Hash never fails
	return h.Sum32()
}

// values shows a record as a decision says.
func (s *Server) values(st *state, lib *catalog.Library, d access.Decision, r *read.Record) map[string]Value {
	out := make(map[string]Value, len(r.Values))
	for name, v := range r.Values {
		e := lib.Element(name)
		if e == nil || d.Treatment(name) < access.Mask { // a newer catalogue may have dropped what a grant names
			continue
		}
		out[name] = s.value(st, e, d, v)
	}
	return out
}

func (s *Server) value(st *state, e *catalog.Element, d access.Decision, v read.Value) Value {
	out := Value{Level: e.Level}
	feed := st.feeds[v.Source]
	if v.Text == nil || !visible(d, feed) {
		return out // a value that is another department's looks as no value does
	}
	at := time.UnixMilli(v.TimeMS).UTC().Format(time.RFC3339)
	out.AsOf, out.Doubted = &at, v.Doubted
	if feed != nil {
		out.Source = sourceOf(feed)
	}
	if d.Treatment(e.Name) == access.Mask {
		out.Value, out.Masked = s.mask(e, *v.Text), true
		return out
	}
	out.Value = typed(e, *v.Text)
	return out
}

// visible reports whether a value of this feed may be shown at all.
func visible(d access.Decision, feed *catalog.Feed) bool {
	department := d.OwnFeedsOf()
	if department == "" {
		return d.Valid() && !d.OwnFeeds()
	}
	return feed != nil && feed.Department == department
}

// typed writes a stored text as the JSON that its type wants. Decimals stay exact: they are numbers as written.
func typed(e *catalog.Element, text string) any {
	switch e.Type {
	case catalog.TypeInt, catalog.TypeDecimal, catalog.TypeFloat:
		if v := jsontext.Value(text); v.IsValid() && v.Kind() == '0' {
			return v
		}
	case catalog.TypeBool:
		return text == "true" || text == "1"
	case catalog.TypeDateTime:
		if t, ok := storedTime(text); ok {
			return t.Format(time.RFC3339Nano)
		}
	}
	return text
}

// storedTime reads a time as the engine writes it.
func storedTime(text string) (time.Time, bool) {
	t, err := time.ParseInLocation("2006-01-02 15:04:05.999", strings.TrimSpace(text), time.UTC)
	return t, err == nil
}
