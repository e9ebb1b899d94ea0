package serve

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"wuku/serve/access"
)

// Sharing is how well data gets from those who have it to those who need it: from the application to the grant to the first call, and
// what is not used at all. 共享成效
type Sharing struct {
	SharingRow
	ByMonth      []SharingRow `json:"by_month" nullable:"false" doc:"By the month of the application, in Asia/Shanghai"`
	ByLibrary    []SharingRow `json:"by_library" nullable:"false"`
	ByDepartment []SharingRow `json:"by_department" nullable:"false" doc:"The applicants'"`
}

// SharingRow is the measures of some applications.
type SharingRow struct {
	Name     string `json:"name"`
	Filed    int    `json:"filed"`
	Granted  int    `json:"granted"`
	Rejected int    `json:"rejected"`
	Waiting  int    `json:"waiting" doc:"Neither granted nor ended"`
	Unused   int    `json:"unused" doc:"Granted, and never called 零使用"`
	ToGrant  Spread `json:"to_grant" doc:"From application to grant"`
	ToCall   Spread `json:"to_call" doc:"From grant to first call"`
}

// Spread is a time in hours: of how many, the median, and below which nine of ten lie.
type Spread struct {
	Of     int     `json:"of"`
	Median float64 `json:"median_hours"`
	Ninety float64 `json:"ninety_hours"`
}

// DormantGrant is a grant that nobody has called on for long. 休眠授权
type DormantGrant struct {
	ID      string     `json:"id"`
	Client  string     `json:"client"`
	Title   string     `json:"title"`
	Library string     `json:"library"`
	Granted time.Time  `json:"granted"`
	Last    *time.Time `json:"last,omitempty" doc:"Its last call; none: never"`
	Calls   uint64     `json:"calls"`
}

// DormantPage lists dormant grants, those first that were never called.
type DormantPage struct {
	Days   int            `json:"days"`
	Grants []DormantGrant `json:"grants" nullable:"false"`
}

// UnusedAnswer is what nobody asks for. 无人使用的数据
type UnusedAnswer struct {
	Elements []UnusedElement `json:"elements" nullable:"false" doc:"In no grant that is in force"`
	Feeds    []FeedItem      `json:"feeds" nullable:"false" doc:"Of which no element is in one"`
	Grants   int             `json:"grants" doc:"In force and never called"`
}

// UnusedElement is an element that no grant in force names.
type UnusedElement struct {
	Library string `json:"library"`
	Element string `json:"element"`
	ZH      string `json:"zh"`
}

type dormantInput struct {
	Days int `query:"days" minimum:"1" maximum:"1000" default:"90" doc:"Without a call for so many"`
}

func (s *Server) sharingRoutes() {
	if s.copy == nil {
		return
	}
	register(s, operation{id: "sharing", method: http.MethodGet, path: "/api/v1/sharing", kind: access.Sharing, tag: tagAccess,
		summary: "From application to grant to first call 共享成效"}, s.sharing)
	register(s, operation{id: "dormant", method: http.MethodGet, path: "/api/v1/grants/dormant", kind: access.Granting, tag: tagAccess,
		summary: "Grants that nobody calls on: review them, revoke them 休眠授权"}, s.dormant)
	register(s, operation{id: "unused", method: http.MethodGet, path: "/api/v1/catalog/unused", kind: access.Sharing, tag: "catalogue",
		summary: "What nobody uses 无人使用"}, s.unused)
}

// calls is what the log's copy knows of one grant's calls.
type calls struct {
	first, last time.Time
	n           uint64
}

func (s *Server) callsByGrant(ctx context.Context) (map[string]calls, error) {
	if err := s.copy.sync(ctx); err != nil {
		return nil, err
	}
	out := map[string]calls{}
	err := s.cfg.Tables.Query(ctx, "query/serve_grant_calls", nil, func(scan func(...any) error) error {
		var grant string
		var c calls
		err := scan(&grant, &c.first, &c.last, &c.n)
		out[grant] = c
		return err
	})
	return out, err
}

// sharingCount adds applications up.
type sharingCount struct {
	row             SharingRow
	toGrant, toCall []float64
}

func (c *sharingCount) add(a *access.Case, used calls) {
	c.row.Filed++
	switch {
	case !a.Granted.IsZero():
		c.row.Granted++
		c.toGrant = append(c.toGrant, max(a.Granted.Sub(a.Filed).Hours(), 0))
		if used.n == 0 {
			c.row.Unused++
			return
		}
		c.toCall = append(c.toCall, max(used.first.Sub(a.Granted).Hours(), 0))
	case a.State == access.StateRejected:
		c.row.Rejected++
	case a.Ended == nil:
		c.row.Waiting++
	}
}

func (c *sharingCount) done(name string) SharingRow {
	c.row.Name, c.row.ToGrant, c.row.ToCall = name, spread(c.toGrant), spread(c.toCall)
	return c.row
}

// spread is the middle and the ninth tenth of some hours, each one of them (no mean of two).
func spread(hours []float64) Spread {
	if len(hours) == 0 {
		return Spread{}
	}
	slices.Sort(hours)
	return Spread{Of: len(hours), Median: hours[(len(hours)-1)/2], Ninety: hours[(len(hours)*9+9)/10-1]}
}

func (s *Server) sharing(ctx context.Context, x *exchange, _ *none) (*Sharing, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Sharing}); err != nil {
		return nil, err
	}
	used, err := s.callsByGrant(ctx)
	if err != nil {
		return nil, err
	}
	all := &sharingCount{}
	groups := [3]map[string]*sharingCount{{}, {}, {}}
	china := time.FixedZone("", 8*3600)
	for _, c := range x.book.Cases {
		all.add(c, used[c.ID])
		for i, name := range []string{c.Filed.In(china).Format("2006-01"), c.Application.Terms.Library, c.Application.Department} {
			if groups[i][name] == nil {
				groups[i][name] = &sharingCount{}
			}
			groups[i][name].add(c, used[c.ID])
		}
	}
	out := &Sharing{SharingRow: all.done("all"), ByMonth: rowsOf(groups[0]), ByLibrary: rowsOf(groups[1]), ByDepartment: rowsOf(groups[2])}
	return out, nil
}

func rowsOf(group map[string]*sharingCount) []SharingRow {
	rows := []SharingRow{}
	for name, c := range group {
		rows = append(rows, c.done(name))
	}
	slices.SortFunc(rows, func(a, b SharingRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows
}

func (s *Server) dormant(ctx context.Context, x *exchange, in *dormantInput) (*DormantPage, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Granting}); err != nil {
		return nil, err
	}
	used, err := s.callsByGrant(ctx)
	if err != nil {
		return nil, err
	}
	page, before := &DormantPage{Days: in.Days, Grants: []DormantGrant{}}, s.cfg.Now().AddDate(0, 0, -in.Days)
	for _, c := range x.book.Cases {
		u := used[c.ID]
		if c.State != access.StateGranted || !s.maySee(x, c) || c.Granted.After(before) || u.last.After(before) {
			continue
		}
		d := DormantGrant{ID: c.ID, Client: c.Application.Client, Title: c.Application.Title, Library: c.Application.Terms.Library, Granted: c.Granted, Calls: u.n}
		if u.n > 0 {
			d.Last = &u.last
		}
		page.Grants = append(page.Grants, d)
	}
	slices.SortFunc(page.Grants, func(a, b DormantGrant) int {
		return cmp.Or(cmp.Compare(a.Calls, b.Calls), a.Granted.Compare(b.Granted), cmp.Compare(a.ID, b.ID))
	})
	return page, nil
}

func (s *Server) unused(ctx context.Context, x *exchange, _ *none) (*UnusedAnswer, error) {
	if _, err := s.decide(x, access.Call{Operation: access.Sharing}); err != nil {
		return nil, err
	}
	used, err := s.callsByGrant(ctx)
	if err != nil {
		return nil, err
	}
	out := &UnusedAnswer{Elements: []UnusedElement{}, Feeds: []FeedItem{}}
	granted := map[string]bool{}
	for _, c := range x.book.Cases {
		if c.State != access.StateGranted {
			continue
		}
		if used[c.ID].n == 0 {
			out.Grants++
		}
		for e := range c.Application.Terms.Columns {
			granted[c.Application.Terms.Library+"."+e] = true
		}
	}
	c := s.current().catalog
	for i := range c.Libraries {
		for _, e := range c.Libraries[i].Elements {
			if !granted[c.Libraries[i].Name+"."+e.Name] {
				out.Elements = append(out.Elements, UnusedElement{c.Libraries[i].Name, e.Name, e.ZH})
			}
		}
	}
	for i := range c.Feeds {
		any := false
		for _, slot := range c.Feeds[i].Claims {
			for _, f := range slot.Fields {
				any = any || granted[slot.Library+"."+f.Element]
			}
		}
		if !any {
			out.Feeds = append(out.Feeds, feedItem(&c.Feeds[i]))
		}
	}
	return out, nil
}
