package serve

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wuku/serve/access"
	"wuku/trust"
)

// SampleAnswer is a feed's last good records beside its contract. 样例
type SampleAnswer struct {
	Feed  string       `json:"feed"`
	Slots []SampleSlot `json:"slots" nullable:"false"`
}

// SampleSlot is what they say of one library in one role.
type SampleSlot struct {
	Library string        `json:"library"`
	Role    string        `json:"role,omitempty"`
	Fields  []SampleField `json:"fields" nullable:"false"`
	Records []SampleOf    `json:"records" nullable:"false"`
}

// SampleField is one field of the contract and the element that it becomes.
type SampleField struct {
	From    string `json:"from,omitempty"`
	Element string `json:"element"`
	Masked  bool   `json:"masked"`
}

// SampleOf is one record, its values in the order of the fields; null where it has none.
type SampleOf struct {
	Event    time.Time `json:"event"`
	Received time.Time `json:"received"`
	Values   []*string `json:"values" nullable:"false"`
}

type sampleInput struct {
	Feed  string `path:"feed" maxLength:"100"`
	Limit int    `query:"limit" minimum:"1" maximum:"20" default:"5"`
}

func (s *Server) sampleRoutes() {
	register(s, operation{id: "feed-sample", method: http.MethodGet, path: "/api/v1/feeds/{feed}/sample", kind: access.Samples, tag: "departments",
		summary: "The last good records of a feed beside its contract, masked 样例", text: "Of your own feeds; of all for stewards. Personal elements are under the one mask of their type, record keys are left out."}, s.sample)
}

func (s *Server) sample(ctx context.Context, x *exchange, in *sampleInput) (*SampleAnswer, error) {
	d, err := s.decide(x, access.Call{Operation: access.Samples})
	if err != nil {
		return nil, err
	}
	c := s.current().catalog
	feed := c.Feed(in.Feed)
	if feed == nil || x.caller.Role == trust.RoleDepartment && feed.Department != x.caller.Department {
		return nil, ErrNone
	}
	out := &SampleAnswer{Feed: feed.Name, Slots: []SampleSlot{}}
	var all []noted
	for _, claim := range feed.Claims {
		lib := c.Library(claim.Library)
		if lib == nil {
			continue
		}
		slot := SampleSlot{Library: claim.Library, Role: claim.Role, Fields: []SampleField{}, Records: []SampleOf{}}
		var columns []string
		for _, f := range claim.Fields {
			if e := lib.Element(f.Element); e != nil && !slices.Contains(columns, f.Element) {
				columns = append(columns, f.Element)
				slot.Fields = append(slot.Fields, SampleField{From: f.From, Element: f.Element, Masked: e.Personal || e.Level >= 3})
			}
		}
		list, err := s.reads.Sample(ctx, d, claim.Library, feed.Name, claim.Role, columns, in.Limit)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			for i, v := range r.Values {
				if v != nil && slot.Fields[i].Masked {
					hidden := s.mask(lib.Element(columns[i]), *v)
					r.Values[i] = &hidden
				}
			}
			slot.Records = append(slot.Records, SampleOf{Event: r.Event, Received: r.Received, Values: r.Values})
			all = append(all, noted{library: claim.Library, entity: r.Anchor})
		}
		out.Slots = append(out.Slots, slot)
	}
	s.note(x, all)
	return out, nil
}
